#include <float.h>
#include <math.h>
#include "hierarchy.h"
#include "random.h"
#include "single.h"

/* Sums of squares over the cells of each of the first level's unknowns. */
static PetscErrorCode square_cells(Hierarchy *hierarchy, const float *r)
{
  const Grid *grid = hierarchy->faces->model.grid;
  Level *first = &hierarchy->levels[0];

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(first->b, first->num_unknowns));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const int32_t *parent = hierarchy->parent + GridIndex(grid, 0, j, k);
      const float *row = r + (k * grid->count[1] + j) * grid->count[0];

      for (PetscInt i = 0; i < grid->count[0]; i++) {
        if (parent[i] >= 0) first->b[parent[i]] += row[i] * row[i];
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyRounding(Hierarchy *hierarchy, const float *r, PetscReal *energy)
{
  const int l = PetscMin(2, hierarchy->num_levels - 1); /* the largest levels cost most */
  const PetscReal largest = 0.5 * FLT_EPSILON;          /* error of a number, relative to it */
  const MPI_Comm comm = hierarchy->faces->model.grid->comm;
  Level *level = &hierarchy->levels[l];
  PetscReal local, sum;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(square_cells(hierarchy, r));
  for (int f = 0; f < l; f++) {
    const Level *finer = &hierarchy->levels[f];
    Level *next = &hierarchy->levels[f + 1];

    PetscCall(PetscArrayzero(next->b, LevelLengthB(next)));
    for (PetscInt u = 0; u < finer->num_unknowns; u++) next->b[finer->parent[u]] += finer->b[u];
    PetscCall(LevelGather(next));
  }
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    const float sign =
        RandomUniform(0, RANDOM_ROUNDING, (uint32_t)u, (uint32_t)rank) < 0.5 ? -1 : 1;

    level->b[u] = level->inverse[u] > 0 ? sign * sqrtf(level->b[u]) : 0;
  }
  PetscCall(LevelCycle(hierarchy, l, PETSC_TRUE));
  local = DotSingle(level->num_unknowns, level->b, level->x);
  PetscCall(MPIU_Allreduce(&local, &sum, 1, MPIU_REAL, MPIU_SUM, comm));
  /* a cycle that is damped too little may make it negative */
  *energy = PetscSqr(largest) * PetscAbsReal(sum);
  PetscFunctionReturn(PETSC_SUCCESS);
}
