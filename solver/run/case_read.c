#include "case_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The directory as given, without slashes at its end; its full path and name. */
static PetscErrorCode locate(const char *directory, Problems *problems, Case *result, char **given)
{
  struct stat status;
  size_t length = strlen(directory);
  const char *slash;
  char *full;

  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(directory[0] ? directory : ".", given));
  while (length > 1 && (*given)[length - 1] == '/') (*given)[--length] = '\0';
  full = realpath(*given, NULL);
  if (!full || stat(full, &status)) {
    ProblemsAdd(problems, directory,
                "there is no such directory; a case is a directory with a case.cfg");
  } else if (!S_ISDIR(status.st_mode)) {
    ProblemsAdd(problems, directory, "is no directory; give the directory that holds case.cfg");
  } else {
    char path[2 * PETSC_MAX_PATH_LEN];

    PetscCall(PetscStrallocpy(full, &result->directory));
    slash = strrchr(full, '/');
    PetscCall(PetscStrallocpy(slash && slash[1] ? slash + 1 : full, &result->name));
    snprintf(path, sizeof path, "%s/case.cfg", full);
    PetscCall(PetscStrallocpy(path, &result->path));
    if (stat(path, &status)) {
      ProblemsAdd(problems, directory, "holds no case.cfg; a case is a directory with a case.cfg");
    }
  }
  free(full);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What needs neither tables nor files. */
static PetscErrorCode complete_rest(CaseDraft *draft)
{
  CaseKeys *keys = &draft->keys;
  Case *result = draft->result;

  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(keys->title ? keys->title : result->name, &result->title));
  if (!keys->title) EchoPut(result->echo, "title", json_string(result->name), "default");
  PetscCall(PetscStrallocpy(keys->boundaries_file, &result->boundaries_file));
  result->temperature = keys->temperature;
  result->current_density = keys->current_density;
  result->tolerance = keys->tolerance;
  result->balance_tolerance = keys->balance_tolerance;
  result->max_iterations = keys->max_iterations;
  result->boundary_faces = keys->boundary_faces;
  result->has_fields = keys->has_fields;
  result->has_fields_vti = keys->has_fields_vti;
  result->has_grains = keys->has_grains;
  result->has_boundaries_vtp = keys->has_boundaries_vtp;
  if (keys->has_fields_vti && keys->film.spec.grading_z > 1) {
    SettingProblem(SettingMember(SettingMember(draft->root, "output"), "fields_vti"),
                   draft->problems,
                   "needs film.grading_z = 1: the cells of VTK's image data are of one height "
                   "(fields.xdmf has graded ones)");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every file once, in a list that belongs to the case. */
static PetscErrorCode list_files(CaseDraft *draft)
{
  Case *result = draft->result;
  PetscInt kept = 0;

  PetscFunctionBeginUser;
  for (PetscInt m = 0; m < draft->materials.num_materials; m++) {
    const Settings *settings = draft->materials.materials[m]->settings;

    if (settings) PetscCall(SettingsFiles(settings, &result->num_files, &result->files));
  }
  for (PetscInt f = 0; f < draft->reader.num_files; f++) {
    PetscCall(TextAppend(draft->reader.files[f], &result->num_files, &result->files));
    PetscCall(PetscFree(draft->reader.files[f]));
  }
  PetscCall(PetscFree(draft->reader.files));
  for (PetscInt f = 0; f < result->num_files; f++) {
    PetscBool is_known = PETSC_FALSE;

    for (PetscInt k = 0; k < kept; k++) is_known |= !strcmp(result->files[k], result->files[f]);
    if (is_known)
      PetscCall(PetscFree(result->files[f]));
    else
      result->files[kept++] = result->files[f];
  }
  result->num_files = kept;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode resolve(const Settings *settings, Case *result, Problems *problems)
{
  CaseDraft draft;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(&draft, sizeof draft));
  draft.root = config_root_setting(&settings->config);
  draft.problems = draft.reader.problems = problems;
  draft.reader.directory = result->directory;
  draft.result = result;
  PetscCall(SettingsFiles(settings, &result->num_files, &result->files));
  PetscCall(TableRead(&case_table, draft.root, NULL, &draft.reader, &draft.keys, result->echo));
  PetscCall(MaterialsCreate(result->directory, &draft.materials));
  PetscCall(CaseStructure(&draft));
  PetscCall(CasePhases(&draft));
  CaseAdviseThickness(&draft);
  PetscCall(CaseBoundaries(&draft));
  PetscCall(CaseElectrodes(&draft));
  PetscCall(complete_rest(&draft));
  PetscCall(CaseImpedance(&draft));
  PetscCall(list_files(&draft));
  PetscCall(TableFree(&case_table, &draft.keys));
  PetscCall(PetscFree(draft.phase_materials));
  PetscCall(MaterialsDestroy(&draft.materials));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_here(const char *directory, PetscInt num_sets, const char *const *sets,
                                Case *result, Problems *problems)
{
  Settings *settings = NULL;
  char *given, path[2 * PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  PetscCall(locate(directory, problems, result, &given));
  if (!problems->num_problems) {
    snprintf(path, sizeof path, "%s/case.cfg", given);
    PetscCall(SettingsRead(path, problems, &settings));
  }
  PetscCall(PetscFree(given));
  if (!settings) PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt s = 0; s < num_sets; s++) {
    PetscCall(SettingsSet(settings, &case_table, sets[s], problems));
  }
  PetscCall(resolve(settings, result, problems));
  PetscCall(SettingsDestroy(&settings));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CaseRead(MPI_Comm comm, const char *directory, PetscInt num_sets,
                        const char *const *sets, Case *case_in, Problems *problems)
{
  int is_wrong, is_wrong_anywhere;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(case_in, sizeof *case_in));
  case_in->echo = json_object();
  case_in->sources = json_array();
  case_in->materials = json_object();
  case_in->electrodes = json_object();
  PetscCall(read_here(directory, num_sets, sets, case_in, problems));
  is_wrong = problems->num_problems > 0;
  PetscCallMPI(MPI_Allreduce(&is_wrong, &is_wrong_anywhere, 1, MPI_INT, MPI_MAX, comm));
  if (is_wrong_anywhere && !is_wrong) { /* a disk that not all machines see */
    ProblemsAdd(problems, directory,
                "another rank could not read this case; can all machines see it?");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy_electrode(ElectrodeInput *electrode)
{
  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < electrode->num_layers; l++)
    PetscCall(PetscFree(electrode->layers[l].name));
  PetscCall(PetscFree(electrode->layers));
  PetscCall(PetscFree(electrode->name));
  PetscCall(PetscFree(electrode->grain_resistance_file));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CaseDestroy(Case *case_in)
{
  PetscFunctionBeginUser;
  PetscCall(TableFree(&structure_table, &case_in->structure));
  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    PetscCall(PetscFree(case_in->phases[p].name));
    PetscCall(PetscFree(case_in->phases[p].material));
  }
  PetscCall(PetscFree(case_in->phases));
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    PetscCall(PetscFree(case_in->boundaries[b].misorientation.name));
    PetscCall(PetscFree(case_in->boundaries[b].misorientation.sigmas));
  }
  PetscCall(PetscFree(case_in->boundaries));
  PetscCall(destroy_electrode(&case_in->anode));
  PetscCall(destroy_electrode(&case_in->cathode));
  for (PetscInt f = 0; f < case_in->num_files; f++) PetscCall(PetscFree(case_in->files[f]));
  PetscCall(PetscFree(case_in->files));
  PetscCall(PetscFree(case_in->boundaries_file));
  PetscCall(PetscFree(case_in->title));
  PetscCall(PetscFree(case_in->name));
  PetscCall(PetscFree(case_in->directory));
  PetscCall(PetscFree(case_in->path));
  json_decref(case_in->echo);
  json_decref(case_in->sources);
  json_decref(case_in->materials);
  json_decref(case_in->electrodes);
  PetscCall(PetscMemzero(case_in, sizeof *case_in));
  PetscFunctionReturn(PETSC_SUCCESS);
}
