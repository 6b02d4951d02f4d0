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

/* What flows into an unknown from its neighbours, per potential of its own at 0, besides `flow`.
   Two sums, because a sweep waits for each addition. */
static float inflow(const Level *level, PetscInt u, float flow)
{
  const int32_t end = level->row[u + 1];
  int32_t l = level->row[u];
  float other = 0;

  for (; l + 1 < end; l += 2) {
    flow += level->conductance[l] * level->x[level->column[l]];
    other += level->conductance[l + 1] * level->x[level->column[l + 1]];
  }
  if (l < end) flow += level->conductance[l] * level->x[level->column[l]];
  return flow + other;
}

/* Residual into the next level's right-hand side. */
static PetscErrorCode restrict_residual(const Level *level, Level *next)
{
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(next->b, next->num_unknowns));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    if (level->inverse[u] == 0) continue;
    next->b[level->parent[u]] += inflow(level, u, level->b[u]) - level->x[u] / level->inverse[u];
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
  for (PetscInt u = 0; u < n; u++) level->x[u] = inflow(level, u, level->b[u]) * level->inverse[u];
  PetscCall(exchange(level));
  PetscCall(restrict_residual(level, level + 1));
  PetscCall(LevelCycle(hierarchy, l + 1, PETSC_TRUE));
  if (level[1].damping > 0) {
    for (PetscInt u = 0; u < level[1].num_unknowns; u++) level[1].x[u] *= level[1].damping;
    PetscCall(LevelCycle(hierarchy, l + 1, PETSC_FALSE));
  }
  for (PetscInt u = 0; u < n; u++) level->x[u] += level[1].x[level->parent[u]];
  PetscCall(exchange(level));
  for (PetscInt u = n - 1; u >= 0; u--)
    level->x[u] = inflow(level, u, level->b[u]) * level->inverse[u];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelMultiply(Level *level, float *product)
{
  PetscFunctionBeginUser;
  PetscCall(exchange(level));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    const float own = level->inverse[u] > 0 ? level->x[u] / level->inverse[u] : 0;

    product[u] = own - inflow(level, u, 0);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
