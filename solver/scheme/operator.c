#include "operator.h"

#include "halo.h"

typedef struct {
  const Grid *grid;
  const Faces *faces;
  Halo halo;
  /* ghosted local boxes, made when first needed; zero where a ghost stands for nothing */
  PetscScalar *input;     /* of a product */
  PetscScalar *direction; /* p, kept between OperatorDirection() and OperatorStep() */
} Shell;

/* One row of cells along x. */
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

static void apply_plane(const Shell *shell, PetscInt k, const PetscScalar *in, PetscScalar *out)
{
  const Grid *grid = shell->grid;
  const PetscInt step_y = grid->count[0] + 2, step_z = step_y * (grid->count[1] + 2);

  for (PetscInt j = 0; j < grid->count[1]; j++) {
    const FaceRows rows = FaceRowsGet(grid, shell->faces, j, k);

    apply_row(&rows, grid->count[0], step_y, step_z, in + GridIndex(grid, 0, j, k),
              out + (k * grid->count[1] + j) * grid->count[0]);
  }
}

static PetscErrorCode shell_mult(Mat operator, Vec x, Vec y)
{
  Shell *shell;
  const PetscScalar *in;
  PetscScalar *out;
  const Grid *grid;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  grid = shell->grid;
  if (!shell->input) PetscCall(PetscCalloc1(GridGhostedSize(grid), &shell->input));
  PetscCall(VecGetArrayRead(x, &in));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      PetscCall(PetscArraycpy(shell->input + GridIndex(grid, 0, j, k),
                              in + (k * grid->count[1] + j) * grid->count[0], grid->count[0]));
    }
  }
  PetscCall(VecRestoreArrayRead(x, &in));
  PetscCall(HaloExchange(&shell->halo, shell->input, sizeof *shell->input, NULL, NULL));
  PetscCall(VecGetArrayWrite(y, &out));
  for (PetscInt k = 0; k < grid->count[2]; k++) apply_plane(shell, k, shell->input, out);
  PetscCall(VecRestoreArrayWrite(y, &out));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct {
  const Shell *shell;
  PetscReal beta;
  const PetscScalar *z;
} Direction;

/* What the direction will be, for ranks that need it before it is there. */
static double coming_value(const void *data, PetscInt i, PetscInt j, PetscInt k)
{
  const Direction *direction = data;
  const Grid *grid = direction->shell->grid;

  return direction->z[(k * grid->count[1] + j) * grid->count[0] + i] +
         direction->beta * direction->shell->direction[GridIndex(grid, i, j, k)];
}

static void update_plane(const Direction *direction, PetscInt k)
{
  const Grid *grid = direction->shell->grid;
  const PetscInt n = grid->count[0];
  const PetscReal beta = direction->beta;

  for (PetscInt j = 0; j < grid->count[1]; j++) {
    PetscScalar *restrict p = direction->shell->direction + GridIndex(grid, 0, j, k);
    const PetscScalar *restrict z = direction->z + (k * grid->count[1] + j) * n;

    for (PetscInt i = 0; i < n; i++) p[i] = z[i] + beta * p[i];
  }
}

static PetscReal dot_plane(const Shell *shell, PetscInt k, const PetscScalar *w)
{
  const Grid *grid = shell->grid;
  const PetscInt n = grid->count[0];
  PetscReal sum = 0;

  for (PetscInt j = 0; j < grid->count[1]; j++) {
    const PetscScalar *p = shell->direction + GridIndex(grid, 0, j, k);
    const PetscScalar *row = w + (k * grid->count[1] + j) * n;
    PetscReal parts[8] = {0}; /* lets the compiler use vectors */
    PetscInt i = 0;

    for (; i + 8 <= n; i += 8) {
      for (int v = 0; v < 8; v++) parts[v] += p[i + v] * row[i + v];
    }
    for (; i < n; i++) sum += p[i] * row[i];
    for (int v = 0; v < 8; v++) sum += parts[v];
  }
  return sum;
}

PetscErrorCode OperatorDirection(Mat operator, PetscReal beta, Vec zw, PetscReal *pw)
{
  PetscReal sum = 0;
  PetscScalar *values;
  Direction direction;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  PetscCall(VecGetArray(zw, &values));
  if (!shell->direction) {
    PetscCall(PetscCalloc1(GridGhostedSize(shell->grid), &shell->direction));
  }
  direction = (Direction){shell, beta, values};
  PetscCall(HaloExchange(&shell->halo, shell->direction, sizeof *shell->direction, coming_value,
                         &direction));
  for (PetscInt k = 0; k <= shell->grid->count[2]; k++) {
    if (k < shell->grid->count[2]) update_plane(&direction, k);
    if (k == 0) continue;
    apply_plane(shell, k - 1, shell->direction, values); /* z of that plane is used up */
    sum += dot_plane(shell, k - 1, values);
  }
  PetscCall(VecRestoreArray(zw, &values));
  PetscCall(MPIU_Allreduce(&sum, pw, 1, MPIU_REAL, MPIU_SUM, shell->grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorStep(Mat operator, PetscReal alpha, Vec w, Vec x, Vec r)
{
  PetscScalar *solution, *residual;
  const PetscScalar *product;
  const Grid *grid;
  Shell *shell;

  PetscFunctionBeginUser;
  PetscCall(MatShellGetContext(operator, & shell));
  grid = shell->grid;
  PetscCall(VecGetArrayRead(w, &product));
  PetscCall(VecGetArray(x, &solution));
  PetscCall(VecGetArray(r, &residual));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const PetscInt row = (k * grid->count[1] + j) * grid->count[0];
      const PetscScalar *restrict p = shell->direction + GridIndex(grid, 0, j, k);
      const PetscScalar *restrict a_p = product + row;
      PetscScalar *restrict x_row = solution + row, *restrict r_row = residual + row;

      for (PetscInt i = 0; i < grid->count[0]; i++) {
        x_row[i] += alpha * p[i];
        r_row[i] -= alpha * a_p[i];
      }
    }
  }
  PetscCall(VecRestoreArray(r, &residual));
  PetscCall(VecRestoreArray(x, &solution));
  PetscCall(VecRestoreArrayRead(w, &product));
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
  PetscCall(PetscFree(shell->input));
  PetscCall(PetscFree(shell->direction));
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

  PetscFunctionBeginUser;
  PetscCall(DMSetMatType(grid->dm, type));
  PetscCall(DMCreateMatrix(grid->dm, matrix));
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
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OperatorRightHandSide(const Grid *grid, const Faces *faces, Vec rhs)
{
  const PetscInt plane = grid->count[0] * grid->count[1];
  PetscScalar *values;

  PetscFunctionBeginUser;
  PetscCall(VecZeroEntries(rhs));
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
