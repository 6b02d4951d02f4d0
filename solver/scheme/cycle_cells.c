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

/* The first colour of a sweep from zero. */
static void start_row(PetscInt n, const int32_t *colour, const float *r, const float *inverse,
                      float *restrict x)
{
  for (PetscInt i = 0; i < n; i++) {
    const float swept = r[i] * inverse[i];

    x[i] = colour[i] ? swept : 0.0f;
  }
}

static void relax_row(PetscInt n, const int32_t *colour, const float *inflow, const float *r,
                      const float *inverse, float *restrict x)
{
  for (PetscInt i = 0; i < n; i++) {
    const float swept = (inflow[i] + r[i]) * inverse[i], kept = x[i];

    x[i] = colour[i] ? swept : kept;
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

PetscErrorCode CellsInvertDiagonal(Hierarchy *hierarchy)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * grid->count[1] * grid->count[2], &hierarchy->inverse));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const FaceRows rows = FaceRowsGet(grid, hierarchy->faces, j, k);

      inverse_row(&rows, n, hierarchy->inverse + (k * grid->count[1] + j) * n);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef enum { START, RELAX, RESTRICT, PROLONG, FINISH } RowTask;

typedef struct {
  Hierarchy *hierarchy;
  const float *r;
  float *inflow;   /* of one row */
  int32_t *colour; /* 0 and 1 in turn, one more than a row has cells */
  PetscReal rz;
} Pass;

static void do_row(Pass *pass, PetscInt j, PetscInt k, RowTask task, PetscInt colour)
{
  Hierarchy *hierarchy = pass->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0], owned = (k * grid->count[1] + j) * n;
  const PetscInt first = first_of_colour(grid, j, k, colour);
  const FaceRows rows = FaceRowsGet(grid, hierarchy->faces, j, k);
  const int32_t *parent = hierarchy->parent + GridIndex(grid, 0, j, k);
  float *x = hierarchy->x + GridIndex(grid, 0, j, k), *coarse = hierarchy->levels[0].b;
  const int32_t *colours = pass->colour + 1 - first; /* 1 on the wanted colour */
  const float *r = pass->r + owned, *inflow = pass->inflow, *inverse = hierarchy->inverse + owned;

  switch (task) {
  case START:
    start_row(n, colours, r, inverse, x);
    break;
  case RELAX:
    inflow_row(&rows, n, GridStepY(grid), GridStepZ(grid), x, pass->inflow);
    relax_row(n, colours, inflow, r, inverse, x);
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
  case FINISH: /* the last colour of the last sweep */
    inflow_row(&rows, n, GridStepY(grid), GridStepZ(grid), x, pass->inflow);
    relax_row(n, colours, inflow, r, inverse, x);
    pass->rz += DotSingle(n, r, x);
  }
}

/* The tasks of a half cycle, each one plane behind the task before it, in one pass. (Strips of a
   plane at a time, to stay in the cache, were slower.) */
static void do_tasks(Pass *pass, const RowTask tasks[3], const PetscInt colours[3])
{
  const Grid *grid = pass->hierarchy->faces->model.grid;

  for (PetscInt k = 0; k < grid->count[2] + 2; k++) {
    for (int t = 0; t < 3; t++) {
      if (k - t < 0 || k - t >= grid->count[2]) continue;
      for (PetscInt j = 0; j < grid->count[1]; j++) do_row(pass, j, k - t, tasks[t], colours[t]);
    }
  }
}

/* Couplings across one side of the box: their part of the residual is restricted, or the potentials
   behind are cleared. */
static void do_border(Hierarchy *hierarchy, int axis, int side, PetscBool is_restricting)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const int inner = axis == 0 ? 1 : 0, outer = axis == 2 ? 1 : 2;
  const PetscInt step = inner == 0 ? 1 : GridStepY(grid);
  const PetscInt face_step = inner == 0 ? 1 : grid->count[0] + 1;
  float *coarse = hierarchy->levels[0].b;
  PetscInt at[3] = {0, 0, 0};

  at[axis] = side ? grid->count[axis] - 1 : 0;
  for (at[outer] = 0; at[outer] < grid->count[outer]; at[outer]++) {
    const PetscInt face[3] = {at[0] + (side && axis == 0), at[1] + (side && axis == 1),
                              at[2] + (side && axis == 2)};
    const PetscInt behind[3] = {axis == 0 ? (side ? at[0] + 1 : -1) : at[0],
                                axis == 1 ? (side ? at[1] + 1 : -1) : at[1],
                                axis == 2 ? (side ? at[2] + 1 : -1) : at[2]};
    const float *t = hierarchy->faces->conductance[axis] + FaceIndex(grid, axis, face);
    const int32_t *parent = hierarchy->parent + GridIndex(grid, at[0], at[1], at[2]);
    float *ghost = hierarchy->x + GridIndex(grid, behind[0], behind[1], behind[2]);

    for (PetscInt i = 0; i < grid->count[inner]; i++) {
      if (!is_restricting) {
        ghost[i * step] = 0;
      } else if (parent[i * step] >= 0) {
        coarse[parent[i * step]] += t[i * face_step] * ghost[i * step];
      }
    }
  }
}

static void do_borders(Hierarchy *hierarchy, PetscBool is_restricting)
{
  for (int d = 0; d < 3; d++) {
    for (int side = 0; side < 2; side++) {
      if (hierarchy->halo.rank[d][side] == MPI_PROC_NULL) continue;
      do_border(hierarchy, d, side, is_restricting);
    }
  }
}

static double prolonged_value(const void *data, PetscInt i, PetscInt j, PetscInt k)
{
  const Hierarchy *hierarchy = data;
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt cell = GridIndex(grid, i, j, k);
  const int32_t parent = hierarchy->parent[cell];

  return hierarchy->x[cell] + (parent < 0 ? 0.0f : hierarchy->levels[0].x[parent]);
}

PetscErrorCode HierarchyCycle(Hierarchy *hierarchy, const float *r, PetscReal *rz)
{
  const Grid *grid = hierarchy->faces->model.grid;
  Level *first = &hierarchy->levels[0];
  Pass pass = {.hierarchy = hierarchy, .r = r, .rz = 0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(grid->count[0], &pass.inflow, grid->count[0] + 1, &pass.colour));
  for (PetscInt i = 0; i <= grid->count[0]; i++) pass.colour[i] = i & 1;
  PetscCall(PetscArrayzero(first->b, first->num_unknowns));
  do_borders(hierarchy, PETSC_FALSE);
  do_tasks(&pass, (const RowTask[]){START, RELAX, RESTRICT}, (const PetscInt[]){0, 1, 0});
  PetscCall(HaloExchange(&hierarchy->halo, hierarchy->x, sizeof *hierarchy->x, NULL, NULL));
  do_borders(hierarchy, PETSC_TRUE);
  PetscCall(LevelCycle(hierarchy, 0, PETSC_TRUE));
  PetscCall(HaloExchange(&hierarchy->halo, hierarchy->x, sizeof *hierarchy->x, prolonged_value,
                         hierarchy));
  do_tasks(&pass, (const RowTask[]){PROLONG, RELAX, FINISH}, (const PetscInt[]){0, 1, 0});
  PetscCall(PetscFree2(pass.inflow, pass.colour));
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
  const Grid *grid = hierarchy->faces->model.grid;
  PetscScalar *out;

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
  PetscCall(VecGetArrayWrite(x, &out));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const int32_t *parent = hierarchy->parent + GridIndex(grid, 0, j, k);

      for (PetscInt i = 0; i < grid->count[0]; i++) {
        *out++ = parent[i] >= 0 ? hierarchy->levels[0].x[parent[i]] : 0;
      }
    }
  }
  out -= grid->count[0] * grid->count[1] * grid->count[2];
  PetscCall(VecRestoreArrayWrite(x, &out));
  PetscFunctionReturn(PETSC_SUCCESS);
}
