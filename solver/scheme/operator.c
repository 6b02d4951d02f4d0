#include "operator.h"

#include "halo.h"
#include "plates.h"
#include "profiling.h"

/* Share of the energy still to be lowered from which on imbalance is made up for. */
#define LEAST_IMBALANCE 1e-4

typedef struct {
  const Grid *grid;
  const Faces *faces;
  Halo halo;
  PetscReal plates; /* sum of the faces on both plates of all ranks: what A makes of a constant 1 */
} Shell;

static PetscErrorCode balance(Mat operator, PetscReal anode, Vec x)
{
  PetscScalar *values;
  PetscReal flow;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  PetscCall(VecGetArray(x, &values));
  PetscCall(PlatesOutflow(shell->faces, anode, values, &flow));
  PlatesShift(shell->faces, -flow / shell->plates, values, NULL);
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorKeepBalance(Mat operator, PetscReal energy, PetscReal sum, Vec x, float *r)
{
  PetscScalar *values;
  PetscReal shift;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  shift = sum / shell->plates;
  if (shift * sum <= LEAST_IMBALANCE * energy) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(VecGetArray(x, &values));
  PlatesShift(shell->faces, shift, values, r);
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorBalance(Mat operator, Vec x)
{
  PetscFunctionBeginUser;
  PetscCall(balance(operator, 1, x));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorBalanceDirection(Mat operator, Vec z)
{
  PetscFunctionBeginUser;
  PetscCall(balance(operator, 0, z));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One row of cells along x: what flows out of each. Of differences, so that rounding is relative to
   the flow and not to the potential. */
static void apply_row(const FaceRows *rows, PetscInt n, PetscInt step_y, PetscInt step_z,
                      const PetscScalar *restrict x, PetscScalar *restrict y)
{
  const float *west = rows->lower[0], *east = rows->upper[0];
  const float *south = rows->lower[1], *north = rows->upper[1];
  const float *down = rows->lower[2], *up = rows->upper[2];

  for (PetscInt i = 0; i < n; i++) {
    const float sum = west[i] + east[i] + south[i] + north[i] + down[i] + up[i];
    const PetscScalar here = x[i];
    const PetscScalar flow = west[i] * (here - x[i - 1]) + east[i] * (here - x[i + 1]) +
                             south[i] * (here - x[i - step_y]) + north[i] * (here - x[i + step_y]) +
                             down[i] * (here - x[i - step_z]) + up[i] * (here - x[i + step_z]);

    y[i] = sum > 0.0f ? flow : here;
  }
}

/* The same in single precision, for directions of conjugate gradients. */
static void apply_row_single(const FaceRows *rows, PetscInt n, PetscInt step_y, PetscInt step_z,
                             const float *restrict x, float *restrict y)
{
  const float *west = rows->lower[0], *east = rows->upper[0];
  const float *south = rows->lower[1], *north = rows->upper[1];
  const float *down = rows->lower[2], *up = rows->upper[2];

  for (PetscInt i = 0; i < n; i++) {
    const float here = x[i];

    y[i] = west[i] * (here - x[i - 1]) + east[i] * (here - x[i + 1]) +
           south[i] * (here - x[i - step_y]) + north[i] * (here - x[i + step_y]) +
           down[i] * (here - x[i - step_z]) + up[i] * (here - x[i + step_z]);
  }
}

/* x as a ghosted local box, 0 in ghosts without neighbours. */
static PetscErrorCode fill_ghosted(Shell *shell, Vec x, PetscScalar *ghosted)
{
  const PetscScalar *owned;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(ghosted, GridGhostedSize(shell->grid)));
  PetscCall(VecGetArrayRead(x, &owned));
  GridCopyOwned(shell->grid, owned, ghosted);
  PetscCall(VecRestoreArrayRead(x, &owned));
  PetscCall(HaloExchange(&shell->halo, ghosted, sizeof *ghosted, NULL, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void apply_at(const Shell *shell, PetscInt j, PetscInt k, const PetscScalar *ghosted,
                     PetscScalar *out)
{
  const Grid *grid = shell->grid;
  const FaceRows rows = FaceRowsGet(grid, shell->faces, j, k);

  apply_row(&rows, grid->count[0], GridStepY(grid), GridStepZ(grid),
            ghosted + GridIndex(grid, 0, j, k), out);
}

static PetscErrorCode shell_mult(Mat operator, Vec x, Vec y)
{
  PetscScalar *ghosted, *out;
  const Grid *grid;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  grid = shell->grid;
  PetscCall(PetscMalloc1(GridGhostedSize(grid), &ghosted));
  PetscCall(fill_ghosted(shell, x, ghosted));
  PetscCall(VecGetArrayWrite(y, &out));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      apply_at(shell, j, k, ghosted, out + (k * grid->count[1] + j) * grid->count[0]);
    }
  }
  PetscCall(VecRestoreArrayWrite(y, &out));
  PetscCall(PetscFree(ghosted));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorResidual(Mat operator, Vec b, Vec x, PetscScalar *work, float *r,
                                PetscReal *energy)
{
  const PetscScalar *source;
  PetscScalar *row;
  PetscReal sum = 0;
  const Grid *grid;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_RESIDUAL));
  PetscCall(MatShellGetContext(operator, & shell));
  grid = shell->grid;
  PetscCall(fill_ghosted(shell, x, work));
  PetscCall(PetscMalloc1(grid->count[0], &row));
  PetscCall(VecGetArrayRead(b, &source));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const PetscInt owned = (k * grid->count[1] + j) * grid->count[0];
      const PetscScalar *here = work + GridIndex(grid, 0, j, k);

      apply_at(shell, j, k, work, row);
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const PetscReal b_i = source[owned + i], r_i = b_i - row[i];

        sum += b_i * (1 - here[i]) - here[i] * r_i;
        r[owned + i] = (float)r_i;
      }
    }
  }
  PetscCall(VecRestoreArrayRead(b, &source));
  PetscCall(PetscFree(row));
  PetscCall(MPIU_Allreduce(&sum, energy, 1, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscCall(EventEnd(EVENT_RESIDUAL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct {
  const Grid *grid;
  const uint8_t *is_joined;
  float beta, shift;
  const float *z, *p;
} Direction;

/* What the direction will be, for ranks that need it before it is there. */
static double coming_value(const void *data, PetscInt i, PetscInt j, PetscInt k)
{
  const Direction *direction = data;
  const PetscInt cell = GridIndex(direction->grid, i, j, k);

  return direction->z[cell] + direction->beta * direction->p[cell] +
         direction->shift * (float)direction->is_joined[cell];
}

static void update_row(PetscInt n, float beta, float shift, const uint8_t *restrict is_joined,
                       const float *restrict z, float *restrict p)
{
  for (PetscInt i = 0; i < n; i++) p[i] = z[i] + beta * p[i] + shift * (float)is_joined[i];
}

static void update_plane(const Direction *direction, PetscInt k, float *p)
{
  const Grid *grid = direction->grid;

  for (PetscInt j = 0; j < grid->count[1]; j++) {
    const PetscInt row = GridIndex(grid, 0, j, k);

    update_row(grid->count[0], direction->beta, direction->shift, direction->is_joined + row,
               direction->z + row, p + row);
  }
}

static PetscReal apply_plane(const Shell *shell, PetscInt k, const float *p, float *w)
{
  const Grid *grid = shell->grid;
  PetscReal sum = 0;

  for (PetscInt j = 0; j < grid->count[1]; j++) {
    const FaceRows rows = FaceRowsGet(grid, shell->faces, j, k);
    const PetscInt row = GridIndex(grid, 0, j, k);

    apply_row_single(&rows, grid->count[0], GridStepY(grid), GridStepZ(grid), p + row, w + row);
    sum += DotSingle(grid->count[0], p + row, w + row);
  }
  return sum;
}

PetscErrorCode OperatorDirection(Mat operator, PetscReal beta, float *p, float *zw, PetscReal *pw)
{
  Direction direction = {.beta = (float)beta, .z = zw, .p = p};
  PetscReal sum = 0, flow;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_DIRECTION));
  PetscCall(MatShellGetContext(operator, & shell));
  direction.grid = shell->grid;
  direction.is_joined = shell->faces->model.connectivity->is_joined;
  PetscCall(PlatesOutflowSingle(shell->faces, zw, &flow));
  direction.shift = (float)(-flow / shell->plates);
  PetscCall(HaloExchange(&shell->halo, p, sizeof *p, coming_value, &direction));
  for (PetscInt k = 0; k <= shell->grid->count[2]; k++) {
    if (k < shell->grid->count[2]) update_plane(&direction, k, p);
    if (k > 0) sum += apply_plane(shell, k - 1, p, zw); /* z of that plane is used up */
  }
  PetscCall(MPIU_Allreduce(&sum, pw, 1, MPIU_REAL, MPIU_SUM, shell->grid->comm));
  PetscCall(EventEnd(EVENT_DIRECTION));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorStep(Mat operator, PetscReal alpha, const float *p, const float *w, Vec x,
                            float *r, PetscReal *sum)
{
  PetscReal local = 0;
  PetscScalar *solution;
  const Grid *grid;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_STEP));
  PetscCall(MatShellGetContext(operator, & shell));
  grid = shell->grid;
  PetscCall(VecGetArray(x, &solution));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const PetscInt owned = (k * grid->count[1] + j) * grid->count[0];
      const PetscInt row = GridIndex(grid, 0, j, k);
      const float *restrict p_row = p + row, *restrict w_row = w + row;
      PetscScalar *restrict x_row = solution + owned;
      float *restrict r_row = r + owned;

      for (PetscInt i = 0; i < grid->count[0]; i++) {
        x_row[i] += alpha * p_row[i];
        r_row[i] -= (float)alpha * w_row[i];
      }
      local += SumSingle(grid->count[0], r_row);
    }
  }
  PetscCall(VecRestoreArray(x, &solution));
  PetscCall(MPIU_Allreduce(&local, sum, 1, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscCall(EventEnd(EVENT_STEP));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscReal diagonal_entry(const FaceRows *rows, PetscInt i)
{
  PetscReal sum = 0;

  for (int d = 0; d < 3; d++) sum += (PetscReal)rows->lower[d][i] + rows->upper[d][i];
  return sum > 0 ? sum : 1;
}

static PetscErrorCode shell_diagonal(Mat operator, Vec diagonal)
{
  Shell *shell;
  PetscScalar *out;
  FaceRows rows;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  PetscCall(VecGetArrayWrite(diagonal, &out));
  for (PetscInt k = 0; k < shell->grid->count[2]; k++) {
    for (PetscInt j = 0; j < shell->grid->count[1]; j++) {
      const PetscInt row = (k * shell->grid->count[1] + j) * shell->grid->count[0];

      rows = FaceRowsGet(shell->grid, shell->faces, j, k);
      for (PetscInt i = 0; i < shell->grid->count[0]; i++) {
        out[row + i] = diagonal_entry(&rows, i);
      }
    }
  }
  PetscCall(VecRestoreArrayWrite(diagonal, &out));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode shell_destroy(Mat operator)
{
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  PetscCall(HaloDestroy(&shell->halo));
  PetscCall(PetscFree(shell));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorCreate(const Grid *grid, const Faces *faces, Mat *operator)
{
  const PetscInt n = grid->count[0] * grid->count[1] * grid->count[2];
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&shell));
  shell->grid = grid;
  shell->faces = faces;
  PetscCall(HaloCreate(grid, &shell->halo));
  PetscCall(PlatesSum(faces, &shell->plates));
  if (shell->plates == 0) shell->plates = 1; /* no cell takes part */
  PetscCall(MatCreateShell(grid->comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, shell, operator));
  PetscCall(MatShellSetOperation(*operator, MATOP_MULT, (void (*)(void))shell_mult));
  PetscCall(MatShellSetOperation(*operator, MATOP_MULT_TRANSPOSE, (void (*)(void))shell_mult));
  PetscCall(MatShellSetOperation(*operator, MATOP_GET_DIAGONAL, (void (*)(void))shell_diagonal));
  PetscCall(MatShellSetOperation(*operator, MATOP_DESTROY, (void (*)(void))shell_destroy));
  PetscCall(MatSetOption(*operator, MAT_SYMMETRIC, PETSC_TRUE));
  PetscCall(MatSetOption(*operator, MAT_SPD, PETSC_TRUE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Row of one cell. A pair of cells that meets across two faces (a periodic axis two cells wide) is
   listed twice and added up. */
static PetscErrorCode set_row(const Grid *grid, const FaceRows *rows, const PetscInt at[3],
                              Mat matrix)
{
  MatStencil row = {.i = grid->start[0] + at[0],
                    .j = grid->start[1] + at[1],
                    .k = grid->start[2] + at[2],
                    .c = 0};
  MatStencil columns[7];
  PetscScalar values[7];
  PetscInt n = 0;

  PetscFunctionBeginUser;
  columns[n] = row;
  values[n++] = diagonal_entry(rows, at[0]);
  for (int d = 0; d < 3; d++) {
    for (int up = 0; up < 2; up++) {
      const PetscReal conductance = up ? rows->upper[d][at[0]] : rows->lower[d][at[0]];
      const PetscInt neighbour = grid->start[d] + at[d] + (up ? 1 : -1);
      const PetscInt shift = up ? 1 : -1;

      if (conductance == 0.0) continue;
      if (!grid->is_periodic[d] && (neighbour < 0 || neighbour >= grid->num_cells[d])) continue;
      columns[n] = row;
      columns[n].i += d == 0 ? shift : 0;
      columns[n].j += d == 1 ? shift : 0;
      columns[n].k += d == 2 ? shift : 0;
      values[n++] = -conductance;
    }
  }
  PetscCall(MatSetValuesStencil(matrix, 1, &row, n, columns, values, ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorAssemble(const Grid *grid, const Faces *faces, MatType type, Mat *matrix)
{
  FaceRows rows;
  DM dm;

  PetscFunctionBeginUser;
  PetscCall(GridDMCreate(grid, &dm));
  PetscCall(DMSetMatType(dm, type));
  PetscCall(DMCreateMatrix(dm, matrix));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      rows = FaceRowsGet(grid, faces, j, k);
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        PetscCall(set_row(grid, &rows, (const PetscInt[3]){i, j, k}, *matrix));
      }
    }
  }
  PetscCall(MatAssemblyBegin(*matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(*matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatSetOption(*matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(DMDestroy(&dm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorRightHandSide(const Grid *grid, const Faces *faces, Vec rhs)
{
  const PetscInt plane = grid->count[0] * grid->count[1];
  PetscScalar *values;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(rhs, &values));
  if (grid->start[2] == 0) { /* the first plane of faces in z is the anode */
    for (PetscInt c = 0; c < plane; c++) values[c] = faces->conductance[2][c];
  }
  PetscCall(VecRestoreArray(rhs, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorGetFaces(Mat operator, const Faces ** faces)
{
  void (*mult)(void) = NULL;
  PetscBool is_shell;
  Shell *shell;

  PetscFunctionBeginUser;
  *faces = NULL;
  PetscCall(PetscObjectTypeCompare((PetscObject) operator, MATSHELL, &is_shell));
  if (is_shell) PetscCall(MatShellGetOperation(operator, MATOP_MULT, &mult));
  if (mult != (void (*)(void))shell_mult) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(MatShellGetContext(operator, & shell));
  *faces = shell->faces;
  PetscFunctionReturn(PETSC_SUCCESS);
}
