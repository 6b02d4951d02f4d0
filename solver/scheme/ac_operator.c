#include "ac_operator.h"

PetscErrorCode AcOperatorCreate(const AcFaces *faces, AcOperator *ac)
{
  const Grid *grid = faces->model.grid;

  PetscFunctionBeginUser;
  ac->faces = faces;
  PetscCall(HaloCreate(grid, &ac->halo));
  for (int p = 0; p < 2; p++) {
    PetscCall(PetscCalloc1(GridGhostedSize(grid), &ac->ghosted[p]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AcOperatorDestroy(AcOperator *ac)
{
  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) PetscCall(PetscFree(ac->ghosted[p]));
  PetscCall(HaloDestroy(&ac->halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode get_ghosted(AcOperator *ac, Vec x, int part)
{
  const PetscScalar *owned;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(x, &owned));
  GridCopyOwned(ac->faces->model.grid, owned, ac->ghosted[part]);
  PetscCall(VecRestoreArrayRead(x, &owned));
  PetscCall(HaloExchange(&ac->halo, ac->ghosted[part], sizeof *ac->ghosted[part], NULL, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The faces of a row of cells: their place in AcFaces.part[][axis], below and above. */
typedef struct {
  PetscInt lower[3], upper[3];
} RowFaces;

static RowFaces row_faces(const Grid *grid, PetscInt j, PetscInt k)
{
  RowFaces row;

  for (int d = 0; d < 3; d++) {
    row.lower[d] = FaceIndex(grid, d, (const PetscInt[3]){0, j, k});
    row.upper[d] = FaceIndex(grid, d, (const PetscInt[3]){d == 0, j + (d == 1), k + (d == 2)});
  }
  return row;
}

/* What flows out of each cell of a row, of both parts. */
static void apply_row(const AcFaces *faces, const RowFaces *row, const PetscInt step[3], PetscInt n,
                      const PetscScalar *restrict re, const PetscScalar *restrict im,
                      PetscScalar *restrict out_re, PetscScalar *restrict out_im)
{
  for (PetscInt i = 0; i < n; i++) out_re[i] = out_im[i] = 0;
  for (int d = 0; d < 3; d++) {
    const float *w_lower = faces->part[0][d] + row->lower[d];
    const float *w_upper = faces->part[0][d] + row->upper[d];
    const float *t_lower = faces->part[1][d] + row->lower[d];
    const float *t_upper = faces->part[1][d] + row->upper[d];
    const PetscInt s = step[d];

    for (PetscInt i = 0; i < n; i++) {
      const PetscScalar re_below = re[i] - re[i - s], re_above = re[i] - re[i + s];
      const PetscScalar im_below = im[i] - im[i - s], im_above = im[i] - im[i + s];

      out_re[i] += w_lower[i] * re_below + w_upper[i] * re_above - t_lower[i] * im_below -
                   t_upper[i] * im_above;
      out_im[i] += w_lower[i] * im_below + w_upper[i] * im_above + t_lower[i] * re_below +
                   t_upper[i] * re_above;
    }
  }
}

PetscErrorCode AcOperatorMult(AcOperator *ac, const Vec x[2], const Vec y[2])
{
  const Grid *grid = ac->faces->model.grid;
  const PetscInt step[3] = {1, GridStepY(grid), GridStepZ(grid)};
  PetscScalar *out[2];

  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) {
    PetscCall(get_ghosted(ac, x[p], p));
    PetscCall(VecGetArrayWrite(y[p], &out[p]));
  }
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const PetscInt owned = (k * grid->count[1] + j) * grid->count[0];
      const PetscInt first = GridIndex(grid, 0, j, k);
      const RowFaces row = row_faces(grid, j, k);

      apply_row(ac->faces, &row, step, grid->count[0], ac->ghosted[0] + first,
                ac->ghosted[1] + first, out[0] + owned, out[1] + owned);
    }
  }
  for (int p = 0; p < 2; p++) PetscCall(VecRestoreArrayWrite(y[p], &out[p]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AcOperatorRightHandSide(AcOperator *ac, const Vec rhs[2])
{
  const Grid *grid = ac->faces->model.grid;
  PetscScalar *values;

  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) {
    PetscCall(VecZeroEntries(rhs[p]));
    if (grid->start[2] > 0) continue;
    PetscCall(VecGetArray(rhs[p], &values)); /* the first plane of faces in z is the anode */
    for (PetscInt c = 0; c < grid->count[0] * grid->count[1]; c++) {
      values[c] = ac->faces->part[p][2][c];
    }
    PetscCall(VecRestoreArray(rhs[p], &values));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds the current through a plane of faces: y (value - x), or y x. */
static void add_plate(PetscInt n, const float *const y[2], const PetscScalar *const x[2],
                      PetscBool is_anode, PetscReal current[2])
{
  for (PetscInt c = 0; c < n; c++) {
    const PetscReal drop[2] = {is_anode ? 1 - x[0][c] : x[0][c], is_anode ? -x[1][c] : x[1][c]};

    current[0] += y[0][c] * drop[0] - y[1][c] * drop[1];
    current[1] += y[0][c] * drop[1] + y[1][c] * drop[0];
  }
}

PetscErrorCode AcOperatorPlates(AcOperator *ac, const Vec x[2], AcPlates *plates)
{
  const Grid *grid = ac->faces->model.grid;
  const PetscInt plane = grid->count[0] * grid->count[1];
  const PetscScalar *values[2];
  AcPlates local = {{0}, {0}};

  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) PetscCall(VecGetArrayRead(x[p], &values[p]));
  if (grid->start[2] == 0) {
    const float *y[2] = {ac->faces->part[0][2], ac->faces->part[1][2]};

    add_plate(plane, y, values, PETSC_TRUE, local.anode);
  }
  if (grid->start[2] + grid->count[2] == grid->num_cells[2]) {
    const PetscInt top = plane * (grid->count[2] - 1);
    const float *y[2] = {ac->faces->part[0][2] + top + plane, ac->faces->part[1][2] + top + plane};
    const PetscScalar *below[2] = {values[0] + top, values[1] + top};

    add_plate(plane, y, below, PETSC_FALSE, local.cathode);
  }
  for (int p = 0; p < 2; p++) PetscCall(VecRestoreArrayRead(x[p], &values[p]));
  PetscCallMPI(MPI_Allreduce(&local, plates, 4, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds y (drop)^2 of a row of faces below local cells (i, j, k); electrodes at 1 V and 0 V. */
static void add_row(const AcOperator *ac, int axis, PetscInt j, PetscInt k, PetscInt n,
                    const PetscComplex *y, PetscReal sum[2])
{
  const Grid *grid = ac->faces->model.grid;
  const PetscInt upper = GridIndex(grid, 0, j, k);
  const PetscInt lower = GridIndex(grid, -(axis == 0), j - (axis == 1), k - (axis == 2));
  const PetscBool at_anode = (PetscBool)(axis == 2 && grid->start[2] + k == 0);
  const PetscBool at_cathode = (PetscBool)(axis == 2 && grid->start[2] + k == grid->num_cells[2]);
  const PetscScalar *re = ac->ghosted[0], *im = ac->ghosted[1];

  for (PetscInt i = 0; i < n; i++) {
    const PetscReal y_re = PetscRealPartComplex(y[i]), y_im = PetscImaginaryPartComplex(y[i]);
    const PetscReal drop_re = (at_anode ? 1 : re[lower + i]) - (at_cathode ? 0 : re[upper + i]);
    const PetscReal drop_im = (at_anode ? 0 : im[lower + i]) - (at_cathode ? 0 : im[upper + i]);
    const PetscReal square_re = drop_re * drop_re - drop_im * drop_im;
    const PetscReal square_im = 2 * drop_re * drop_im;

    sum[0] += y_re * square_re - y_im * square_im;
    sum[1] += y_re * square_im + y_im * square_re;
  }
}

PetscErrorCode AcOperatorAdmittance(AcOperator *ac, const Vec x[2], PetscComplex *sum)
{
  const Grid *grid = ac->faces->model.grid;
  PetscReal local[2] = {0, 0}, all[2];
  PetscComplex *row;
  PetscInt range[2];

  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) PetscCall(get_ghosted(ac, x[p], p));
  PetscCall(PetscMalloc1(grid->count[0] + 1, &row));
  for (int d = 0; d < 3; d++) {
    PetscInt last[3] = {grid->count[0], grid->count[1], grid->count[2]};

    FaceRange(grid, d, range);
    last[d] = range[1];
    for (PetscInt k = 0; k < last[2]; k++) {
      for (PetscInt j = 0; j < last[1]; j++) {
        PetscCall(AcFacesRow(ac->faces, d, j, k, last[0], row));
        add_row(ac, d, j, k, last[0], row, local);
      }
    }
  }
  PetscCall(PetscFree(row));
  PetscCall(MPIU_Allreduce(local, all, 2, MPIU_REAL, MPIU_SUM, grid->comm));
  *sum = all[0] + all[1] * PETSC_i;
  PetscFunctionReturn(PETSC_SUCCESS);
}
