#include "help.h"

#include <stdlib.h>
#include <string.h>

#include "constants.h"
#include "materials.h"
#include "study_keys.h"

#define COLUMNS 100
#define MAX_DEPTH 4

/* Prints words between two columns. */
static void print_wrapped(FILE *file, const char *text, int indent)
{
  int column = indent;

  fprintf(file, "%*s", indent, "");
  while (*text) {
    const int length = (int)strcspn(text, " ");

    if (column > indent && column + 1 + length > COLUMNS) {
      fprintf(file, "\n%*s", indent, "");
      column = indent;
    }
    column += fprintf(file, "%s%.*s", column > indent ? " " : "", length, text);
    text += length;
    text += strspn(text, " ");
  }
  fprintf(file, "\n");
}

static void print_table(FILE *file, const KeyTable *table, int depth)
{
  for (int k = 0; k < KeyTableSize(table); k++) {
    const Key *key = KeyTableGet(table, k);
    char text[2048];

    KeyDescribe(key, text, sizeof text);
    if (key->table) fprintf(file, "\n");
    fprintf(file, "%*s%s\n", 2 * depth, "", key->name);
    print_wrapped(file, text, 2 * depth + 6);
    print_wrapped(file, key->meaning, 2 * depth + 6);
    if (key->table && depth < MAX_DEPTH) {
      print_table(file, key->table, depth + 1);
      fprintf(file, "\n");
    }
  }
}

PetscErrorCode HelpCase(FILE *file)
{
  PetscFunctionBeginUser;
  fprintf(
      file,
      "CASE/case.cfg: a libconfig file; an integer will do for any number, [ ] and ( ) both for "
      "vectors,\nfiles named are relative to the case directory\n\n");
  print_table(file, &case_table, 1);
  fprintf(file, "materials/NAME.cfg: a material\n\n");
  print_table(file, &material_table, 1);
  fprintf(file, "electrodes/NAME.cfg: an electrode\n\n");
  print_table(file, &electrode_file_table, 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HelpStudy(FILE *file)
{
  PetscFunctionBeginUser;
  fprintf(file, "DIR/study.cfg: a libconfig file\n\n");
  print_table(file, &study_table, 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int is_unverified(const MaterialKeys *keys, const char *name)
{
  for (PetscInt u = 0; u < keys->num_unverified; u++) {
    if (!strcmp(keys->unverified[u], name)) return 1;
  }
  return 0;
}

/* Appends "; from to to unit", one number if they are equal, nothing if they are not given. */
static void append_range(char *text, size_t size, double from, double to, const char *unit)
{
  const size_t used = strlen(text);

  if (!isfinite(from)) return;
  if (from == to)
    snprintf(text + used, size - used, "; %.5g %s", from, unit);
  else
    snprintf(text + used, size - used, "; %.5g to %.5g %s", from, to, unit);
}

/* How it is made: process, temperatures, thickness, as far as the file says. */
static void print_process(FILE *file, const MaterialKeys *keys)
{
  const double *made = keys->process_temperature, *thick = keys->thickness;
  char text[1024];

  snprintf(text, sizeof text, "%s", keys->process ? keys->process : "process not stated");
  append_range(text, sizeof text, made[0] - ZERO_CELSIUS, made[1] - ZERO_CELSIUS, "C");
  append_range(text, sizeof text, thick[0] * 1e6, thick[1] * 1e6, "um thick");
  print_wrapped(file, text, 6);
}

static void print_material(FILE *file, const Material *material)
{
  const MaterialKeys *keys = &material->keys;
  const int is_scalar = isfinite(keys->conductor.conductivity);
  const double conductivity =
      is_scalar ? keys->conductor.conductivity : keys->conductor.diagonal[2];

  fprintf(
      file, "  %s\n      %s, %.3g S/cm%s at %.5g C%s%s\n", material->name,
      keys->form ? keys->form : "form not stated", conductivity / 100.0,
      keys->conductor.kind == CONDUCTIVITY_TOTAL ? " (total)" : "",
      keys->conductor.arrhenius.reference_temperature - ZERO_CELSIUS,
      keys->has_boundary ? ", with grain boundaries" : "",
      is_unverified(keys, is_scalar ? "conductivity_S_per_cm" : "conductivity_diagonal_S_per_cm")
          ? ", unverified"
          : "");
  print_wrapped(file, keys->description ? keys->description : "no description", 6);
  print_process(file, keys);
  if (keys->num_references && keys->references[0].source) {
    print_wrapped(file, keys->references[0].source, 6);
  }
}

PetscErrorCode HelpMaterials(FILE *file, const char *directory)
{
  Materials materials;
  PetscInt num_names;
  char **names, *full = realpath(directory, NULL);

  PetscFunctionBeginUser;
  PetscCall(MaterialsCreate(full ? full : directory, &materials));
  free(full);
  PetscCall(MaterialsNames(materials.num_places, materials.places, &num_names, &names));
  fprintf(file, num_names ? "materials found in:\n" : "no materials found; looked in:\n");
  for (PetscInt p = num_names ? 1 : 0; p < materials.num_places; p++) {
    fprintf(file, "  %s\n", materials.places[p]);
  }
  if (!num_names) {
    fprintf(file, "  $GRANULITH_MATERIALS, which names further directories, separated by colons\n");
  }
  fprintf(file, "\n");
  for (PetscInt n = 0; n < num_names; n++) {
    const Material *material;
    Problems problems = {0};

    PetscCall(MaterialsFind(&materials, names[n], NULL, &problems, &material));
    if (material)
      print_material(file, material);
    else
      fprintf(file, "  %s\n", names[n]);
    for (int t = 0; t < problems.num_problems; t++) fprintf(file, "      %s\n", problems.texts[t]);
    ProblemsDestroy(&problems);
    PetscCall(PetscFree(names[n]));
  }
  PetscCall(PetscFree(names));
  PetscCall(MaterialsDestroy(&materials));
  PetscFunctionReturn(PETSC_SUCCESS);
}
