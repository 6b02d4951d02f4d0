#include <string.h>
#include "hierarchy.h"
#include "operator.h"

/* Level 0 of the cycle: red-black Gauss-Seidel, colour by colour in one pass over the planes, with
   what comes before and after it. Couplings to other ranks (and across periodic sides) lag behind:
   they are left out of the first sweep and taken from before the second. So the sweeps stay each
   other's mirror image, and one exchange a pass is enough. */

/* What flows into the cells of a row from their neighbours, per potential of their own at 0. All
   cells are computed and half are used: that goes faster than steps of two. */
static void inflow_row(const FaceRows *rows, PetscInt n, PetscInt step_y, PetscInt step_z,
                       const float *x, float *restrict inflow)
{
  const float *west = rows->lower[0], *east = rows->upper[0];
  const float *south = rows->lower[1], *north = rows->upper[1];
  const float *down = rows->lower[2], *up = rows->upper[2];

  for (PetscInt i = 0; i < n; i++) {
    inflow[i] = west[i] * x[i - 1] + east[i] * x[i + 1] + south[i] * x[i - step_y] +
                north[i] * x[i + step_y] + down[i] * x[i - step_z] + up[i] * x[i + step_z];
  }
}

/* 1 over the sum of the faces of each cell. */
static void inverse_row(const FaceRows *rows, PetscInt n, float *restrict inverse)
{
  const float *west = rows->lower[0], *east = rows->upper[0];
  const float *south = rows->lower[1], *north = rows->upper[1];
  const float *down = rows->lower[2], *up = rows->upper[2];

  for (PetscInt i = 0; i < n; i++) {
    const float sum = west[i] + east[i] + south[i] + north[i] + down[i] + up[i];

    inverse[i] = 1.0f / (sum > 0.0f ? sum : 1.0f);
  }
}

static void prolong_row(PetscInt n, const int32_t *parent, const float *coarse, float *x)
{
  for (PetscInt i = 0; i < n; i++) x[i] += parent[i] < 0 ? 0.0f : coarse[parent[i]];
}

/* Colour 0 or 1 of the first cell of a row that has the wanted colour: red cells have an even sum
   of global indices. */
static PetscInt first_of_colour(const Grid *grid, PetscInt j, PetscInt k, PetscInt colour)
{
  return (grid->start[0] + grid->start[1] + grid->start[2] + j + k + colour) & 1;
}

typedef enum { START, RELAX, RESTRICT, PROLONG, DOT } RowTask;

typedef struct {
  Hierarchy *hierarchy;
  const float *r;
  float *inflow, *inverse; /* of one row */
  PetscReal rz;
} Pass;

static void do_row(Pass *pass, PetscInt j, PetscInt k, RowTask task, PetscInt colour)
{
  Hierarchy *hierarchy = pass->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0], owned = (k * grid->count[1] + j) * n;
  const PetscInt first = first_of_colour(grid, j, k, colour);
  const FaceRows rows = FaceRowsGet(grid, hierarchy->faces, j, k);
  const int32_t *parent = hierarchy->parent + owned;
  float *x = hierarchy->x + GridIndex(grid, 0, j, k), *coarse = hierarchy->levels[0].b;
  const float *r = pass->r + owned, *inflow = pass->inflow, *inverse = pass->inverse;

  switch (task) {
  case START: /* the first colour of a sweep from zero */
    inverse_row(&rows, n, pass->inverse);
    for (PetscInt i = 0; i < n; i++) x[i] = r[i] * inverse[i];
    for (PetscInt i = 1 - first; i < n; i += 2) x[i] = 0;
    break;
  case RELAX:
    inverse_row(&rows, n, pass->inverse);
    inflow_row(&rows, n, GridStepY(grid), GridStepZ(grid), x, pass->inflow);
    for (PetscInt i = first; i < n; i += 2) x[i] = (inflow[i] + r[i]) * inverse[i];
    break;
  case RESTRICT: /* the residual is 0 on the last colour; on the first it is what flows in */
    inflow_row(&rows, n, GridStepY(grid), GridStepZ(grid), x, pass->inflow);
    for (PetscInt i = first; i < n; i += 2) {
      if (parent[i] >= 0) coarse[parent[i]] += inflow[i];
    }
    break;
  case PROLONG:
    prolong_row(n, parent, hierarchy->levels[0].x, x);
    break;
  case DOT:
    pass->rz += DotSingle(n, r, x);
  }
}

/* One task on all rows of a plane, if there is such a plane. */
static void do_plane(Pass *pass, PetscInt k, RowTask task, PetscInt colour)
{
  const Grid *grid = pass->hierarchy->faces->model.grid;

  if (k < 0 || k >= grid->count[2]) return;
  for (PetscInt j = 0; j < grid->count[1]; j++) do_row(pass, j, k, task, colour);
}

/* Does something for every owned cell at a border that has a neighbour behind it. */
static void at_borders(Hierarchy *hierarchy,
                       void (*act)(Hierarchy *, int axis, int side, const PetscInt at[3]))
{
  const Grid *grid = hierarchy->faces->model.grid;

  for (int d = 0; d < 3; d++) {
    const int e = (d + 1) % 3, f = (d + 2) % 3;

    for (int side = 0; side < 2; side++) {
      PetscInt at[3];

      if (hierarchy->halo.rank[d][side] == MPI_PROC_NULL) continue;
      at[d] = side ? grid->count[d] - 1 : 0;
      for (at[f] = 0; at[f] < grid->count[f]; at[f]++) {
        for (at[e] = 0; at[e] < grid->count[e]; at[e]++) (*act)(hierarchy, d, side, at);
      }
    }
  }
}

static PetscInt ghost_behind(const Grid *grid, int axis, int side, const PetscInt at[3])
{
  PetscInt behind[3] = {at[0], at[1], at[2]};

  behind[axis] += side ? 1 : -1;
  return GridIndex(grid, behind[0], behind[1], behind[2]);
}

static void clear_ghost(Hierarchy *hierarchy, int axis, int side, const PetscInt at[3])
{
  hierarchy->x[ghost_behind(hierarchy->faces->model.grid, axis, side, at)] = 0;
}

/* The part of the residual that flows in across a border. */
static void restrict_border(Hierarchy *hierarchy, int axis, int side, const PetscInt at[3])
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt face[3] = {at[0] + (side && axis == 0), at[1] + (side && axis == 1),
                            at[2] + (side && axis == 2)};
  const float t = hierarchy->faces->conductance[axis][FaceIndex(grid, axis, face)];
  const int32_t parent =
      hierarchy->parent[(at[2] * grid->count[1] + at[1]) * grid->count[0] + at[0]];

  if (parent >= 0) {
    hierarchy->levels[0].b[parent] += t * hierarchy->x[ghost_behind(grid, axis, side, at)];
  }
}

static double prolonged_value(const void *data, PetscInt i, PetscInt j, PetscInt k)
{
  const Hierarchy *hierarchy = data;
  const Grid *grid = hierarchy->faces->model.grid;
  const int32_t parent = hierarchy->parent[(k * grid->count[1] + j) * grid->count[0] + i];

  return hierarchy->x[GridIndex(grid, i, j, k)] +
         (parent < 0 ? 0.0f : hierarchy->levels[0].x[parent]);
}

PetscErrorCode HierarchyCycle(Hierarchy *hierarchy, const float *r, PetscReal *rz)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt planes = grid->count[2];
  Level *first = &hierarchy->levels[0];
  Pass pass = {.hierarchy = hierarchy, .r = r, .rz = 0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(grid->count[0], &pass.inflow, grid->count[0], &pass.inverse));
  PetscCall(PetscArrayzero(first->b, first->num_unknowns));
  at_borders(hierarchy, clear_ghost);
  for (PetscInt k = 0; k < planes + 2; k++) {
    do_plane(&pass, k, START, 0);
    do_plane(&pass, k - 1, RELAX, 1);
    do_plane(&pass, k - 2, RESTRICT, 0);
  }
  PetscCall(HaloExchange(&hierarchy->halo, hierarchy->x, sizeof *hierarchy->x, NULL, NULL));
  at_borders(hierarchy, restrict_border);
  PetscCall(LevelCycle(hierarchy, 0, PETSC_TRUE));
  PetscCall(HaloExchange(&hierarchy->halo, hierarchy->x, sizeof *hierarchy->x, prolonged_value,
                         hierarchy));
  for (PetscInt k = 0; k < planes + 2; k++) {
    do_plane(&pass, k, PROLONG, 0);
    do_plane(&pass, k - 1, RELAX, 1);
    do_plane(&pass, k - 2, RELAX, 0);
    do_plane(&pass, k - 2, DOT, 0);
  }
  PetscCall(PetscFree2(pass.inflow, pass.inverse));
  PetscCall(MPIU_Allreduce(&pass.rz, rz, 1, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_source(Level *level)
{
  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(level->b, level->num_unknowns));
  for (PetscInt s = 0; s < level->num_sources; s++) {
    level->b[level->sources[s].unknown] = level->sources[s].flow;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyStart(Hierarchy *hierarchy, Vec x)
{
  const int last = hierarchy->num_levels - 1;
  PetscScalar *out;
  PetscInt num_cells;

  PetscFunctionBeginUser;
  PetscCall(set_source(&hierarchy->levels[last]));
  PetscCall(CoarseSolverApply(hierarchy));
  for (int l = last - 1; l >= 0; l--) {
    Level *level = &hierarchy->levels[l];

    for (PetscInt u = 0; u < level->num_unknowns; u++) {
      level->x[u] = level[1].x[level->parent[u]];
    }
    PetscCall(set_source(level));
    PetscCall(LevelCycle(hierarchy, l, PETSC_FALSE));
  }
  PetscCall(VecGetLocalSize(x, &num_cells));
  PetscCall(VecGetArrayWrite(x, &out));
  for (PetscInt c = 0; c < num_cells; c++) {
    out[c] = hierarchy->parent[c] >= 0 ? hierarchy->levels[0].x[hierarchy->parent[c]] : 0;
  }
  PetscCall(VecRestoreArrayWrite(x, &out));
  PetscFunctionReturn(PETSC_SUCCESS);
}
