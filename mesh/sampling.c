#include "sampling.h"

#include <math.h>

enum { SLAB_POINTS = 1 << 21 };

PetscErrorCode SamplingCreate(MPI_Comm comm, const PetscReal length[3], PetscInt dimension,
                              PetscReal aspect, PetscReal num_points, Sampling *sampling)
{
  const PetscReal stretch[3] = {1, 1, aspect};
  PetscReal volume = 1, spacing, plane_points;
  PetscMPIInt rank, size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  for (int d = 0; d < dimension; d++) volume *= length[d] / stretch[d];
  spacing = pow(volume / num_points, 1.0 / (double)dimension);
  sampling->axis = 0;
  for (int d = 0; d < 3; d++) {
    const PetscReal wanted = length[d] / stretch[d] / spacing;

    sampling->n[d] = d < dimension ? (PetscInt)PetscMax(ceil(wanted), 1) : 1;
    PetscCall(PetscMalloc1(sampling->n[d], &sampling->x[d]));
    for (PetscInt p = 0; p < sampling->n[d]; p++) {
      sampling->x[d][p] = ((PetscReal)p + 0.5) * length[d] / (PetscReal)sampling->n[d];
    }
    if (sampling->n[d] > sampling->n[sampling->axis]) sampling->axis = d;
  }
  plane_points = SamplingSize(sampling) / (PetscReal)sampling->n[sampling->axis];
  sampling->thickness = (PetscInt)PetscMax(SLAB_POINTS / plane_points, 1);
  for (int end = 0; end < 2; end++) {
    const PetscInt64 planes = sampling->n[sampling->axis];

    sampling->slab[end] = (PetscInt)(planes * (rank + end) / size);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SamplingDestroy(Sampling *sampling)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(sampling->x[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal SamplingSize(const Sampling *sampling)
{
  return (PetscReal)sampling->n[0] * (PetscReal)sampling->n[1] * (PetscReal)sampling->n[2];
}

size_t SamplingSlabSize(const Sampling *sampling)
{
  const PetscInt planes = sampling->slab[1] - sampling->slab[0];
  size_t num_points = (size_t)PetscMin(sampling->thickness, planes);

  for (int d = 0; d < 3; d++) num_points *= d == sampling->axis ? 1 : (size_t)sampling->n[d];
  return num_points;
}

PetscBool SamplingNext(const Sampling *sampling, PetscInt *plane, PetscInt first[3],
                       Lattice *points)
{
  const PetscInt axis = sampling->axis;

  if (*plane >= sampling->slab[1]) return PETSC_FALSE;
  for (int d = 0; d < 3; d++) {
    first[d] = 0;
    points->n[d] = sampling->n[d];
    points->x[d] = sampling->x[d];
  }
  first[axis] = *plane;
  points->n[axis] = PetscMin(sampling->thickness, sampling->slab[1] - *plane);
  points->x[axis] = sampling->x[axis] + *plane;
  *plane += points->n[axis];
  return PETSC_TRUE;
}
