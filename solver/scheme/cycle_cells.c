#include <string.h>
#include "hierarchy.h"
#include "operator.h"
#include "profiling.h"

/* Level 0 of the cycle: red-black Gauss-Seidel, colour by colour in one pass over the planes, with
   what comes before and after it. Couplings to other ranks (and across periodic sides) lag behind:
   they are left out of the first sweep and taken from before the second. So the sweeps stay each
   other's mirror image, and one exchange a pass is enough.

   Where cells are flat, whole lines of them along z are relaxed at once, red and black ones like
   squares of a chessboard, in one pass over the x-z planes. */

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

/* Lines of cells: elimination upwards, with what each row then gets from the one above it. */
static void eliminate_row(PetscInt n, const float *inflow, const float *r, const float *inverse,
                          const float *down, const float *up, const float *below,
                          float *restrict swept, float *restrict factor)
{
  for (PetscInt i = 0; i < n; i++) {
    swept[i] = (inflow[i] + r[i] + down[i] * below[i]) * inverse[i];
    factor[i] = up[i] * inverse[i];
  }
}

/* Substitution downwards. */
static void substitute_row(PetscInt n, const int32_t *colour, const float *swept,
                           const float *factor, const float *above, float *restrict x)
{
  for (PetscInt i = 0; i < n; i++) {
    const float solved = swept[i] + factor[i] * above[i], kept = x[i];

    x[i] = colour[i] ? solved : kept;
  }
}

static void prolong_row(PetscInt n, const int32_t *parent, const float *coarse, float *x)
{
  for (PetscInt i = 0; i < n; i++) x[i] += parent[i] < 0 ? 0.0f : coarse[parent[i]];
}

/* Colour 0 or 1 of the first cell of a row that has the wanted colour: red cells have an even sum
   of global indices; lines are of one colour. */
static PetscInt first_of_colour(const Hierarchy *hierarchy, PetscInt j, PetscInt k, PetscInt colour)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt height = hierarchy->has_lines ? 0 : grid->start[2] + k;

  return (grid->start[0] + grid->start[1] + j + height + colour) & 1;
}

/* 1 over the pivots of each line, which are sums: what a cell has to lose to others than the cell
   above it, directly and through those below, and its face to that cell. */
static PetscErrorCode invert_pivots(Hierarchy *hierarchy)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0], top = grid->count[2] - 1;
  float *through;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &through));
  for (PetscInt j = 0; j < grid->count[1]; j++) {
    for (PetscInt k = 0; k <= top; k++) {
      const FaceRows rows = FaceRowsGet(grid, hierarchy->faces, j, k);
      float *inverse = hierarchy->inverse + (k * grid->count[1] + j) * n;

      for (PetscInt i = 0; i < n; i++) {
        const float up = rows.upper[2][i];
        const float loss = rows.lower[0][i] + rows.upper[0][i] + rows.lower[1][i] +
                           rows.upper[1][i] + (k > 0 ? through[i] : rows.lower[2][i]);
        const float pivot = loss + up;

        inverse[i] = 1.0f / (pivot > 0.0f ? pivot : 1.0f);
        through[i] = up * (loss * inverse[i]);
      }
    }
  }
  PetscCall(PetscFree(through));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CellsInvertDiagonal(Hierarchy *hierarchy)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * grid->count[1] * grid->count[2], &hierarchy->inverse));
  if (hierarchy->has_lines) {
    PetscCall(invert_pivots(hierarchy));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
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
  int32_t *colour;       /* 0 and 1 in turn, one more than a row has cells */
  float *inflow, *zero;  /* of one row */
  float *swept, *factor; /* lines: of one x-z plane */
  PetscReal rz;
} Pass;

/* One row of cells along x and what is needed to work on it. */
typedef struct {
  PetscInt n, first; /* the first cell of the wanted colour */
  FaceRows faces;    /* through which something flows in that is taken as it is */
  const int32_t *colour, *parent;
  const float *r, *inverse;
  float *x;
} Row;

static Row row_get(const Pass *pass, PetscInt j, PetscInt k, PetscInt colour)
{
  const Hierarchy *hierarchy = pass->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0], owned = (k * grid->count[1] + j) * n;
  const PetscInt first = first_of_colour(hierarchy, j, k, colour);
  Row row = {n,
             first,
             FaceRowsGet(grid, hierarchy->faces, j, k),
             pass->colour + 1 - first, /* 1 on the wanted colour */
             hierarchy->parent + GridIndex(grid, 0, j, k),
             pass->r + owned,
             hierarchy->inverse + owned,
             hierarchy->x + GridIndex(grid, 0, j, k)};

  if (hierarchy->has_lines) { /* what flows inside a line is solved for */
    if (k > 0) row.faces.lower[2] = pass->zero;
    if (k + 1 < grid->count[2]) row.faces.upper[2] = pass->zero;
  }
  return row;
}

static void find_inflow(const Pass *pass, const Row *row)
{
  const Grid *grid = pass->hierarchy->faces->model.grid;

  inflow_row(&row->faces, row->n, GridStepY(grid), GridStepZ(grid), row->x, pass->inflow);
}

/* The residual is 0 on the last colour; on the first it is what flows in. */
static void restrict_row(const Pass *pass, const Row *row)
{
  float *coarse = pass->hierarchy->levels[0].b;

  find_inflow(pass, row);
  for (PetscInt i = row->first; i < row->n; i += 2) {
    if (row->parent[i] >= 0) coarse[row->parent[i]] += pass->inflow[i];
  }
}

static void do_row(Pass *pass, PetscInt j, PetscInt k, RowTask task, PetscInt colour)
{
  const Row row = row_get(pass, j, k, colour);

  switch (task) {
  case START:
    start_row(row.n, row.colour, row.r, row.inverse, row.x);
    break;
  case RELAX:
  case FINISH: /* the last colour of the last sweep */
    find_inflow(pass, &row);
    relax_row(row.n, row.colour, pass->inflow, row.r, row.inverse, row.x);
    if (task == FINISH) pass->rz += DotSingle(row.n, row.r, row.x);
    break;
  case RESTRICT:
    restrict_row(pass, &row);
    break;
  case PROLONG:
    prolong_row(row.n, row.parent, pass->hierarchy->levels[0].x, row.x);
  }
}

/* Solves for the lines of one colour in an x-z plane, their neighbours given. */
static void relax_lines(Pass *pass, PetscInt j, RowTask task, PetscInt colour)
{
  const Grid *grid = pass->hierarchy->faces->model.grid;
  const PetscInt n = grid->count[0], top = grid->count[2] - 1;

  for (PetscInt k = 0; k <= top; k++) {
    const Row row = row_get(pass, j, k, colour);
    const FaceRows faces = FaceRowsGet(grid, pass->hierarchy->faces, j, k);

    if (task != START) find_inflow(pass, &row);
    eliminate_row(n, task == START ? pass->zero : pass->inflow, row.r, row.inverse, faces.lower[2],
                  k < top ? faces.upper[2] : pass->zero,
                  k > 0 ? pass->swept + (k - 1) * n : pass->zero, pass->swept + k * n,
                  pass->factor + k * n);
  }
  for (PetscInt k = top; k >= 0; k--) {
    const Row row = row_get(pass, j, k, colour);

    if (task == START) memset(row.x, 0, (size_t)n * sizeof *row.x);
    substitute_row(n, row.colour, pass->swept + k * n, pass->factor + k * n,
                   k < top ? row.x + GridStepZ(grid) : pass->zero, row.x);
    if (task == FINISH) pass->rz += DotSingle(n, row.r, row.x);
  }
}

/* One task on a plane, of cells to be relaxed one by one or of lines. */
static void do_plane(Pass *pass, PetscInt at, RowTask task, PetscInt colour)
{
  const Hierarchy *hierarchy = pass->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;

  if (!hierarchy->has_lines) {
    for (PetscInt j = 0; j < grid->count[1]; j++) do_row(pass, j, at, task, colour);
  } else if (task == RESTRICT || task == PROLONG) {
    for (PetscInt k = 0; k < grid->count[2]; k++) do_row(pass, at, k, task, colour);
  } else {
    relax_lines(pass, at, task, colour);
  }
}

/* The tasks of a half cycle, each one plane behind the task before it, in one pass. (Strips of a
   plane at a time, to stay in the cache, were slower.) */
static void do_tasks(Pass *pass, const RowTask tasks[3], const PetscInt colours[3])
{
  const Hierarchy *hierarchy = pass->hierarchy;
  const PetscInt num_planes = hierarchy->faces->model.grid->count[hierarchy->has_lines ? 1 : 2];

  for (PetscInt p = 0; p < num_planes + 2; p++) {
    for (int t = 0; t < 3; t++) {
      if (p - t >= 0 && p - t < num_planes) do_plane(pass, p - t, tasks[t], colours[t]);
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
  const PetscInt n = grid->count[0], num_in_plane = hierarchy->has_lines ? n * grid->count[2] : 0;
  Pass pass = {.hierarchy = hierarchy, .r = r, .rz = 0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc4(n, &pass.inflow, n + 1, &pass.colour, num_in_plane, &pass.swept,
                         num_in_plane, &pass.factor));
  PetscCall(PetscCalloc1(n, &pass.zero));
  for (PetscInt i = 0; i <= n; i++) pass.colour[i] = i & 1;
  PetscCall(EventBegin(EVENT_MG_DOWN));
  PetscCall(PetscArrayzero(first->b, first->num_unknowns));
  do_borders(hierarchy, PETSC_FALSE);
  do_tasks(&pass, (const RowTask[]){START, RELAX, RESTRICT}, (const PetscInt[]){0, 1, 0});
  PetscCall(HaloExchange(&hierarchy->halo, hierarchy->x, sizeof *hierarchy->x, NULL, NULL));
  do_borders(hierarchy, PETSC_TRUE);
  PetscCall(EventEnd(EVENT_MG_DOWN));
  PetscCall(EventBegin(EVENT_MG_LEVELS));
  PetscCall(LevelCycle(hierarchy, 0, PETSC_TRUE));
  PetscCall(EventEnd(EVENT_MG_LEVELS));
  PetscCall(EventBegin(EVENT_MG_UP));
  PetscCall(HaloExchange(&hierarchy->halo, hierarchy->x, sizeof *hierarchy->x, prolonged_value,
                         hierarchy));
  do_tasks(&pass, (const RowTask[]){PROLONG, RELAX, FINISH}, (const PetscInt[]){0, 1, 0});
  PetscCall(PetscFree4(pass.inflow, pass.colour, pass.swept, pass.factor));
  PetscCall(PetscFree(pass.zero));
  PetscCall(MPIU_Allreduce(&pass.rz, rz, 1, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscCall(EventEnd(EVENT_MG_UP));
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

    if (level[1].has_guests) PetscCall(LevelExchange(&level[1]));
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
