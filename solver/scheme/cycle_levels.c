#include "hierarchy.h"

PetscErrorCode LevelExchange(Level *level)
{
  PetscFunctionBeginUser;
  PetscCall(PetscSFBcastBegin(level->halo, MPI_FLOAT, level->x, level->x + level->num_unknowns,
                              MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPI_FLOAT, level->x, level->x + level->num_unknowns,
                            MPI_REPLACE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt LevelLengthB(const Level *level)
{
  return level->num_unknowns + (level->has_guests ? level->num_ghosts : 0);
}

PetscErrorCode LevelGather(Level *level)
{
  float *ghosts = level->b + level->num_unknowns;

  PetscFunctionBeginUser;
  if (!level->has_guests) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscSFReduceBegin(level->halo, MPI_FLOAT, ghosts, level->b, MPI_SUM));
  PetscCall(PetscSFReduceEnd(level->halo, MPI_FLOAT, ghosts, level->b, MPI_SUM));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What flows along links [l, end) into an unknown at potential 0, besides `flow`. Two sums, because
   a sweep waits for each addition. */
static float inflow(const Level *level, int32_t l, int32_t end, float flow)
{
  float other = 0;

  for (; l + 1 < end; l += 2) {
    flow += level->conductance[l] * level->x[level->column[l]];
    other += level->conductance[l + 1] * level->x[level->column[l + 1]];
  }
  if (l < end) flow += level->conductance[l] * level->x[level->column[l]];
  return flow + other;
}

static void relax(Level *level, PetscInt u, int32_t end)
{
  level->x[u] = inflow(level, level->row[u], end, level->b[u]) * level->inverse[u];
}

/* The same of links to potentials above its own, less what it loses to the plates: a difference, so
   that what two unknowns of one grain round off cancels where they become one. */
static float net_inflow(const Level *level, PetscInt u, float flow)
{
  const float own = level->x[u];
  float other = 0;
  int32_t l = level->row[u];

  for (; l + 1 < level->row[u + 1]; l += 2) {
    flow += level->conductance[l] * (level->x[level->column[l]] - own);
    other += level->conductance[l + 1] * (level->x[level->column[l + 1]] - own);
  }
  if (l < level->row[u + 1]) flow += level->conductance[l] * (level->x[level->column[l]] - own);
  return flow + other - level->plate[u] * own;
}

/* Sweep forwards and residual into the next level's right-hand side. From potentials 0 only links
   to unknowns before count in the sweep, and only those to unknowns behind and ghosts, which
   changed later, in the residual; to itself too, where an unknown is damped. What belongs to
   aggregates of other ranks is sent there. */
static PetscErrorCode go_down(Level *level, Level *next, PetscBool is_zero)
{
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  if (!is_zero) PetscCall(LevelExchange(level));
  for (PetscInt u = 0; u < n; u++) relax(level, u, is_zero ? level->behind[u] : level->row[u + 1]);
  PetscCall(LevelExchange(level));
  PetscCall(PetscArrayzero(next->b, LevelLengthB(next)));
  for (PetscInt u = 0; u < n; u++) {
    const int32_t end = level->row[u + 1];

    if (level->inverse[u] == 0) continue;
    next->b[level->parent[u]] +=
        is_zero ? inflow(level, level->behind[u], end, 0) : net_inflow(level, u, level->b[u]);
  }
  PetscCall(LevelGather(next));
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
  PetscCall(go_down(level, level + 1, is_zero));
  PetscCall(LevelCycle(hierarchy, l + 1, PETSC_TRUE));
  if (level[1].damping > 0) {
    for (PetscInt u = 0; u < level[1].num_unknowns; u++) level[1].x[u] *= level[1].damping;
    PetscCall(LevelCycle(hierarchy, l + 1, PETSC_FALSE));
  }
  if (level[1].has_guests) PetscCall(LevelExchange(&level[1]));
  for (PetscInt u = 0; u < n; u++) level->x[u] += level[1].x[level->parent[u]];
  PetscCall(LevelExchange(level));
  for (PetscInt u = n - 1; u >= 0; u--) relax(level, u, level->row[u + 1]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelMultiply(Level *level, float *product)
{
  PetscFunctionBeginUser;
  PetscCall(LevelExchange(level));
  for (PetscInt u = 0; u < level->num_unknowns; u++) product[u] = -net_inflow(level, u, 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}
