#include "sparse_faces.h"

static PetscInt num_words(const Grid *grid, int axis)
{
  const PetscInt faces = (grid->count[0] + (axis == 0)) * (grid->count[1] + (axis == 1)) *
                         (grid->count[2] + (axis == 2));

  return faces / 64 + 1;
}

PetscErrorCode SparseFacesCreate(const Grid *grid, PetscInt width, SparseFaces *faces)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(faces, sizeof *faces));
  faces->width = width;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscCalloc1(num_words(grid, d), &faces->has[d]));
    PetscCall(PetscMalloc1(num_words(grid, d), &faces->before[d]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SparseFacesDestroy(SparseFaces *faces)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscFree(faces->has[d]));
    PetscCall(PetscFree(faces->before[d]));
  }
  PetscCall(PetscFree(faces->values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SparseFacesAppend(SparseFaces *faces, int axis, PetscInt face, const float values[])
{
  PetscFunctionBeginUser;
  if (faces->count == faces->capacity) {
    faces->capacity += faces->capacity / 2 + 4096;
    PetscCall(PetscRealloc((size_t)(faces->capacity * faces->width) * sizeof *faces->values,
                           &faces->values));
  }
  for (PetscInt v = 0; v < faces->width; v++) {
    faces->values[faces->count * faces->width + v] = values[v];
  }
  faces->has[axis][face >> 6] |= (uint64_t)1 << (face & 63);
  faces->count++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

void SparseFacesFinish(const Grid *grid, SparseFaces *faces)
{
  int32_t count = 0;

  for (int d = 0; d < 3; d++) {
    for (PetscInt w = 0; w < num_words(grid, d); w++) {
      faces->before[d][w] = count;
      count += (int32_t)__builtin_popcountll(faces->has[d][w]);
    }
  }
}
