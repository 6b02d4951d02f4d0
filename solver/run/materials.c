#include "materials.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rawtext.h"

#define MAX_TEXT 2048

static PetscErrorCode add_place(const char *path, PetscInt *num_places, char ***places)
{
  struct stat status;

  PetscFunctionBeginUser;
  if (stat(path, &status) || !S_ISDIR(status.st_mode)) PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt p = 0; p < *num_places; p++) {
    if (!strcmp((*places)[p], path)) PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(TextAppend(path, num_places, places));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* folder/ in a directory and in all above it. */
static PetscErrorCode add_places_above(const char *directory, const char *folder,
                                       PetscInt *num_places, char ***places)
{
  char above[PETSC_MAX_PATH_LEN], path[2 * PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  snprintf(above, sizeof above, "%s", directory);
  for (char *slash = above; slash;) {
    snprintf(path, sizeof path, "%s/%s", above, folder);
    PetscCall(add_place(path, num_places, places));
    slash = strrchr(above, '/');
    if (slash) *slash = '\0';
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every directory in $GRANULITH_MATERIALS, with something behind it. */
static PetscErrorCode add_places_of_user(const char *behind, PetscInt *num_places, char ***places)
{
  const char *list = getenv("GRANULITH_MATERIALS");
  char path[2 * PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  while (list && *list) {
    const int length = (int)strcspn(list, ":");

    snprintf(path, sizeof path, "%.*s%s", length, list, behind);
    if (length) PetscCall(add_place(path, num_places, places));
    list += length + (list[length] == ':');
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What belongs to the program: beside an installed bin/ (which may have been moved), in the source
   tree above build/bin/, or where it was to be installed. */
static PetscErrorCode add_places_of_program(const char *folder, PetscInt *num_places,
                                            char ***places)
{
  static const char *const beside[] = {"../share/granulith", "../../cases"};
  char program[PETSC_MAX_PATH_LEN], path[3 * PETSC_MAX_PATH_LEN];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  char *slash;

  PetscFunctionBeginUser;
  program[PetscMax(length, 0)] = '\0';
  slash = strrchr(program, '/');
  if (slash) *slash = '\0';
  for (size_t b = 0; slash && b < sizeof beside / sizeof *beside; b++) {
    char *full;

    snprintf(path, sizeof path, "%s/%s/%s", program, beside[b], folder);
    full = realpath(path, NULL);
    if (full) PetscCall(add_place(full, num_places, places));
    free(full);
  }
  snprintf(path, sizeof path, "%s/%s", GRANULITH_DATADIR, folder);
  PetscCall(add_place(path, num_places, places));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MaterialsCreate(const char *directory, Materials *materials)
{
  Materials *m = materials;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(m, sizeof *m));
  PetscCall(TextAppend(directory, &m->num_places, &m->places));
  PetscCall(add_places_above(directory, "materials", &m->num_places, &m->places));
  PetscCall(add_places_of_user("", &m->num_places, &m->places));
  PetscCall(add_places_of_program("materials", &m->num_places, &m->places));
  PetscCall(TextAppend(directory, &m->num_electrode_places, &m->electrode_places));
  PetscCall(
      add_places_above(directory, "electrodes", &m->num_electrode_places, &m->electrode_places));
  PetscCall(add_places_of_user("/../electrodes", &m->num_electrode_places, &m->electrode_places));
  PetscCall(add_places_of_program("electrodes", &m->num_electrode_places, &m->electrode_places));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode free_texts(PetscInt num_texts, char **texts)
{
  PetscFunctionBeginUser;
  for (PetscInt t = 0; t < num_texts; t++) PetscCall(PetscFree(texts[t]));
  PetscCall(PetscFree(texts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MaterialsDestroy(Materials *materials)
{
  PetscFunctionBeginUser;
  for (PetscInt m = 0; m < materials->num_materials; m++) {
    PetscCall(PetscFree(materials->materials[m]->name));
    PetscCall(TableFree(&material_table, &materials->materials[m]->keys));
    PetscCall(SettingsDestroy(&materials->materials[m]->settings));
    json_decref(materials->materials[m]->echo);
    PetscCall(PetscFree(materials->materials[m]));
  }
  PetscCall(PetscFree(materials->materials));
  PetscCall(free_texts(materials->num_places, materials->places));
  PetscCall(free_texts(materials->num_electrode_places, materials->electrode_places));
  PetscCall(PetscMemzero(materials, sizeof *materials));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void MaterialsLocate(PetscInt num_places, char *const *places, const char *name, char *path,
                     size_t size)
{
  struct stat status;

  for (PetscInt p = 0; p < num_places && !strchr(name, '/'); p++) {
    if (!p && !strcmp(name, "case")) continue; /* the case itself is no material */
    RawTextJoin(places[p], name, path, size);
    strncat(path, ".cfg", size - strlen(path) - 1);
    if (!stat(path, &status) && S_ISREG(status.st_mode)) return;
  }
  path[0] = '\0';
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

PetscErrorCode MaterialsNames(PetscInt num_places, char *const *places, PetscInt *num_names,
                              char ***names)
{
  PetscInt kept = 0;

  PetscFunctionBeginUser;
  *num_names = 0;
  *names = NULL;
  for (PetscInt p = 1; p < num_places; p++) {
    DIR *folder = opendir(places[p]);

    for (struct dirent *entry; folder && (entry = readdir(folder));) {
      char *dot = strrchr(entry->d_name, '.');

      if (!dot || strcmp(dot, ".cfg") || dot == entry->d_name) continue;
      *dot = '\0';
      PetscCall(TextAppend(entry->d_name, num_names, names));
    }
    if (folder) closedir(folder);
  }
  if (*num_names) qsort(*names, (size_t)*num_names, sizeof **names, by_name);
  for (PetscInt n = 0; n < *num_names; n++) {
    if (kept && !strcmp((*names)[n], (*names)[kept - 1]))
      PetscCall(PetscFree((*names)[n]));
    else
      (*names)[kept++] = (*names)[n];
  }
  *num_names = kept;
  PetscCall(PetscRealloc((size_t)(kept + 1) * sizeof **names, names));
  (*names)[kept] = NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SettingsFiles(const Settings *settings, PetscInt *num_files, char ***files)
{
  const config_t *config = &settings->config;
  char path[2 * PETSC_MAX_PATH_LEN], *full;

  PetscFunctionBeginUser;
  full = realpath(settings->path, NULL);
  PetscCall(TextAppend(full ? full : settings->path, num_files, files));
  free(full);
  for (unsigned f = 0; f < config->num_filenames; f++) {
    if (!strcmp(config->filenames[f], settings->path)) continue;
    RawTextJoin(settings->directory, config->filenames[f], path, sizeof path);
    full = realpath(path, NULL);
    PetscCall(TextAppend(full ? full : path, num_files, files));
    free(full);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Says that there is no such material, where it was looked for and what there is. */
static PetscErrorCode refuse_name(const Materials *materials, const char *name,
                                  const config_setting_t *asked, Problems *problems)
{
  char near[MAX_TEXT / 2] = "", searched[MAX_TEXT] = "";
  PetscInt num_names;
  char **names;

  PetscFunctionBeginUser;
  PetscCall(MaterialsNames(materials->num_places, materials->places, &num_names, &names));
  for (PetscInt n = 0; n < num_names; n++) {
    const size_t used = strlen(near);

    if (!KeyIsNear(names[n], name) && !strstr(names[n], name)) continue;
    snprintf(near + used, sizeof near - used, "%s%s", used ? ", " : "; did you mean ", names[n]);
  }
  PetscCall(free_texts(num_names, names));
  for (PetscInt p = 0; p < materials->num_places; p++) {
    const size_t used = strlen(searched);

    snprintf(searched + used, sizeof searched - used, "%s%s", p ? ", " : "", materials->places[p]);
  }
  if (asked) {
    SettingProblem(asked, problems, "no file %s.cfg in %s%s", name, searched, near);
  } else {
    ProblemsAdd(problems, NULL, "material \"%s\": no file %s.cfg in %s%s", name, name, searched,
                near);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

void BoundaryValuesCheck(const BoundaryValues *values, Problems *problems)
{
  const config_setting_t *group = values->group;
  const int has_resistance = SettingMember(group, "resistance_ohm_cm2") != NULL;
  const int has_thickness = SettingMember(group, "thickness_nm") != NULL;
  const int has_conductivity = SettingMember(group, "conductivity_S_per_cm") != NULL;
  const int has_total = SettingMember(group, "total_conductivity_S_per_cm") != NULL;

  if (has_resistance + (has_thickness || has_conductivity) + has_total != 1) {
    SettingProblem(group, problems,
                   "%s of resistance_ohm_cm2, thickness_nm with conductivity_S_per_cm, and "
                   "total_conductivity_S_per_cm; exactly one must be given",
                   has_resistance + has_thickness + has_conductivity + has_total ? "more than one"
                                                                                 : "none");
  }
  if (has_thickness != has_conductivity) {
    SettingProblem(SettingMember(group, has_thickness ? "thickness_nm" : "conductivity_S_per_cm"),
                   problems, "%s is missing; the resistance is thickness/conductivity",
                   has_thickness ? "conductivity_S_per_cm" : "thickness_nm");
  }
  if (SettingMember(group, "relative_permittivity") &&
      (!has_thickness || SettingMember(group, "capacitance_uF_per_cm2"))) {
    SettingProblem(SettingMember(group, "relative_permittivity"), problems,
                   has_thickness ? "must not stand together with capacitance_uF_per_cm2"
                                 : "thickness_nm is missing; the capacitance is "
                                   "permittivity/thickness (or give capacitance_uF_per_cm2)");
  }
  if (values->has_fit && !has_total) {
    SettingProblem(SettingMember(group, "fit"), problems,
                   "there is nothing to fit to; total_conductivity_S_per_cm is missing");
  }
}

static void check_order(const config_setting_t *root, const char *name, const double pair[2],
                        Problems *problems)
{
  const config_setting_t *setting = SettingMember(root, name);

  if (setting && pair[0] > pair[1]) {
    SettingProblem(setting, problems, "the first number must not be above the second");
  }
}

static void check_unverified(const config_setting_t *root, const MaterialKeys *keys,
                             Problems *problems)
{
  const config_setting_t *list = SettingMember(root, "unverified");

  for (PetscInt u = 0; u < keys->num_unverified; u++) {
    const char *name = keys->unverified[u], *inner = NULL;
    const char *nearest = KeyTableNearest(&material_table, name);

    if (!strncmp(name, "boundary.", 9)) inner = name + 9;
    if (inner ? !!KeyTableFind(&boundary_values_table, inner)
              : !!KeyTableFind(&material_table, name)) {
      continue;
    }
    SettingProblem(config_setting_get_elem(list, (unsigned)u), problems,
                   "names no key of this file%s%s%s", nearest ? "; did you mean " : "",
                   nearest ? nearest : "", nearest ? "?" : "");
  }
}

static void check_material(const Material *material, Problems *problems)
{
  const config_setting_t *root = config_root_setting(&material->settings->config);
  const MaterialKeys *keys = &material->keys;
  const int has_scalar = SettingMember(root, "conductivity_S_per_cm") != NULL;
  const int has_diagonal = SettingMember(root, "conductivity_diagonal_S_per_cm") != NULL;

  if (has_scalar + has_diagonal != 1) {
    SettingProblem(root, problems, "%s; exactly one of the two must be given",
                   has_scalar ? "both conductivity_S_per_cm and conductivity_diagonal_S_per_cm"
                              : "neither conductivity_S_per_cm nor conductivity_diagonal_S_per_cm");
  }
  if (keys->has_boundary) {
    BoundaryValuesCheck(&keys->boundary, problems);
    if (keys->conductor.kind == CONDUCTIVITY_TOTAL) {
      SettingProblem(SettingMember(root, "conductivity_is"), problems,
                     "must not stand together with a boundary, whose resistance would count twice; "
                     "give the bulk conductivity, or leave the boundary out");
    }
  }
  check_order(root, "valid_C", keys->conductor.valid, problems);
  check_order(root, "window_V", keys->conductor.window, problems);
  check_order(root, "thickness_um", keys->thickness, problems);
  check_order(root, "process_temperature_C", keys->process_temperature, problems);
  check_unverified(root, keys, problems);
}

static PetscErrorCode read_material(Materials *materials, const char *name, const char *path,
                                    Problems *problems, Material **material)
{
  TableReader reader = {materials->places[0], 0, NULL, problems};
  const PetscInt n = materials->num_materials;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(material));
  PetscCall(PetscStrallocpy(name, &(*material)->name));
  PetscCall(PetscRealloc((size_t)(n + 1) * sizeof *materials->materials, &materials->materials));
  materials->materials[materials->num_materials++] = *material;
  PetscCall(SettingsRead(path, problems, &(*material)->settings));
  if (!(*material)->settings) PetscFunctionReturn(PETSC_SUCCESS);
  (*material)->echo = json_object();
  PetscCall(TableRead(&material_table, config_root_setting(&(*material)->settings->config), NULL,
                      &reader, &(*material)->keys, (*material)->echo));
  check_material(*material, problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MaterialsFind(Materials *materials, const char *name, const config_setting_t *asked,
                             Problems *problems, const Material **material)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  Material *found = NULL;

  PetscFunctionBeginUser;
  *material = NULL;
  for (PetscInt m = 0; m < materials->num_materials; m++) {
    if (!strcmp(materials->materials[m]->name, name)) found = materials->materials[m];
  }
  if (!found) {
    MaterialsLocate(materials->num_places, materials->places, name, path, sizeof path);
    if (path[0])
      PetscCall(read_material(materials, name, path, problems, &found));
    else
      PetscCall(refuse_name(materials, name, asked, problems));
  }
  if (found && found->settings) *material = found;
  PetscFunctionReturn(PETSC_SUCCESS);
}
