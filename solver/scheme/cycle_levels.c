#include "hierarchy.h"

static PetscErrorCode exchange(Level *level)
{
  PetscFunctionBeginUser;
  PetscCall(PetscSFBcastBegin(level->halo, MPI_FLOAT, level->x, level->x + level->num_unknowns,
                              MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPI_FLOAT, level->x, level->x + level->num_unknowns,
                            MPI_REPLACE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static float inflow(const Level *level, PetscInt u)
{
  float flow = level->b[u];

  for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
    flow += level->conductance[l] * level->x[level->column[l]];
  }
  return flow;
}

/* Residual into the next level's right-hand side. */
static PetscErrorCode restrict_residual(const Level *level, Level *next)
{
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(next->b, next->num_unknowns));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    if (level->inverse[u] == 0) continue;
    next->b[level->parent[u]] += inflow(level, u) - level->x[u] / level->inverse[u];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelCycle(Hierarchy *hierarchy, int l, PetscBool is_zero)
{
  Level *level = &hierarchy->levels[l];
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  if (l == hierarchy->num_levels - 1) {
    PetscCall(CoarseSolverApply(hierarchy));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (is_zero)
    PetscCall(PetscArrayzero(level->x, n + level->num_ghosts));
  else
    PetscCall(exchange(level));
  for (PetscInt u = 0; u < n; u++) level->x[u] = inflow(level, u) * level->inverse[u];
  PetscCall(exchange(level));
  PetscCall(restrict_residual(level, level + 1));
  PetscCall(LevelCycle(hierarchy, l + 1, PETSC_TRUE));
  for (PetscInt u = 0; u < n; u++) level->x[u] += level[1].x[level->parent[u]];
  PetscCall(exchange(level));
  for (PetscInt u = n - 1; u >= 0; u--) level->x[u] = inflow(level, u) * level->inverse[u];
  PetscFunctionReturn(PETSC_SUCCESS);
}
