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

static void print_material(FILE *file, const Material *material)
{
  const MaterialKeys *keys = &material->keys;
  const double conductivity = isfinite(keys->conductor.conductivity) ? keys->conductor.conductivity
                                                                     : keys->conductor.diagonal[2];

  fprintf(file, "  %s\n      %s, %.3g S/cm%s at %.5g C%s\n", material->name,
          keys->form ? keys->form : "form not stated", conductivity / 100.0,
          keys->conductor.kind == CONDUCTIVITY_TOTAL ? " (total)" : "",
          keys->conductor.arrhenius.reference_temperature - ZERO_CELSIUS,
          keys->has_boundary ? ", with grain boundaries" : "");
  print_wrapped(file, keys->description ? keys->description : "no description", 6);
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
  fprintf(file, num_names ? "materials found in:\n" : "no materials found in:\n");
  for (PetscInt p = 1; p < materials.num_places; p++) fprintf(file, "  %s\n", materials.places[p]);
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
