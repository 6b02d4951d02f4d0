#include <math.h>
#include <stdio.h>
#include <string.h>
#include "vti_head.h"

int VtiBytes(const VtiArray *array, PetscBool *is_signed)
{
  const char *type = array->type;
  int bits = 0;

  *is_signed = (PetscBool)(type[0] == 'I');
  if (sscanf(type + (type[0] == 'U'), "Int%d", &bits) != 1) return 0;
  return bits == 8 || bits == 16 || bits == 32 || bits == 64 ? bits / 8 : 0;
}

static PetscBool is_usable(const VtiArray *array)
{
  PetscBool is_signed;

  return (PetscBool)(VtiBytes(array, &is_signed) && array->is_scalar);
}

const VtiArray *VtiChoose(const char *path, const char *name, const VtiHead *head,
                          Problems *problems)
{
  const VtiArray *found = NULL;
  char others[512] = "";
  int num = 0;

  for (PetscInt n = 0; n < 2 * head->num_arrays; n++) {
    const VtiArray *array = &head->arrays[n % head->num_arrays];
    const size_t used = strlen(others);

    if (array->is_of_points != (PetscBool)(n >= head->num_arrays)) continue;
    snprintf(others + used, sizeof others - used, "%s\"%s\" (%s)", used ? ", " : "", array->name,
             array->is_scalar ? array->type : "vectors");
    if (!strncmp(array->name, "vtkGhost", 8)) continue;
    num += is_usable(array);
    if (!found && (name ? !strcmp(array->name, name) : is_usable(array))) found = array;
  }
  if (!found && name) {
    ProblemsAdd(problems, path, "has no array \"%s\"; it has %s", name,
                others[0] ? others : "none");
  } else if (!found || !is_usable(found)) {
    ProblemsAdd(problems, path, "has no array of labels, of one integer a voxel; it has %s",
                others[0] ? others : "none");
    return NULL;
  } else if (!name && num > 1) {
    ProblemsWarn(problems, path,
                 "array \"%s\" is taken as labels; structure.array takes another of %s",
                 found->name, others);
  }
  return found;
}

PetscBool VtiSetShape(const char *path, const VtiHead *head, const VtiArray *array,
                      Problems *problems, Image *image)
{
  double sizes[3], spacing[3];

  for (int d = 0; d < 3; d++) {
    const double steps = head->whole[2 * d + 1] - head->whole[2 * d];

    sizes[d] = array->is_of_points ? steps + 1 : steps == 0 ? 1 : steps;
    spacing[d] = head->spacing[d] > 0 && isfinite(head->spacing[d]) ? head->spacing[d] : 0;
    if (sizes[d] != floor(sizes[d])) sizes[d] = NAN;
  }
  if (sizes[2] == 1 && sizes[1] > 1) {
    sizes[2] = sizes[1];
    spacing[2] = spacing[1];
    sizes[1] = 1;
    spacing[1] = 0;
  }
  if (!ImageSetShape(path, sizes, PETSC_FALSE, problems, image)) return PETSC_FALSE;
  for (int d = 0; d < 3; d++) image->spacing[d] = spacing[d];
  return PETSC_TRUE;
}
