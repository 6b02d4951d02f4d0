#include "plates.h"

#include "single.h"

static PetscErrorCode sum_ranks(const Faces *faces, PetscReal local, PetscReal *sum)
{
  PetscFunctionBeginUser;
  PetscCall(MPIU_Allreduce(&local, sum, 1, MPIU_REAL, MPIU_SUM, faces->model.grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PlatesSum(const Faces *faces, PetscReal *sum)
{
  const Grid *grid = faces->model.grid;
  PetscReal local = 0;

  PetscFunctionBeginUser;
  for (int side = 0; side < 2; side++) {
    PetscInt k;
    const float *plate = PlateFaces(faces, (Side)side, &k);

    if (plate) local += SumSingle(grid->count[0] * grid->count[1], plate);
  }
  PetscCall(sum_ranks(faces, local, sum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PlatesOutflow(const Faces *faces, PetscReal anode, const PetscScalar *x,
                             PetscReal *flow)
{
  const PetscInt plane = faces->model.grid->count[0] * faces->model.grid->count[1];
  PetscReal local = 0;

  PetscFunctionBeginUser;
  for (int side = 0; side < 2; side++) {
    const PetscReal behind = side == SIDE_ANODE ? anode : 0;
    PetscInt k;
    const float *plate = PlateFaces(faces, (Side)side, &k);

    for (PetscInt c = 0; plate && c < plane; c++) local += plate[c] * (x[k * plane + c] - behind);
  }
  PetscCall(sum_ranks(faces, local, flow));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PlatesOutflowSingle(const Faces *faces, const float *x, PetscReal *flow)
{
  const Grid *grid = faces->model.grid;
  const PetscInt n = grid->count[0];
  PetscReal local = 0;

  PetscFunctionBeginUser;
  for (int side = 0; side < 2; side++) {
    PetscInt k;
    const float *plate = PlateFaces(faces, (Side)side, &k);

    for (PetscInt j = 0; plate && j < grid->count[1]; j++) {
      local += DotSingle(n, plate + j * n, x + GridIndex(grid, 0, j, k));
    }
  }
  PetscCall(sum_ranks(faces, local, flow));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void PlatesShift(const Faces *faces, PetscReal shift, PetscScalar *x, float *r)
{
  const Grid *grid = faces->model.grid;
  const PetscInt plane = grid->count[0] * grid->count[1];

  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const uint8_t *is_joined = faces->model.connectivity->is_joined + GridIndex(grid, 0, j, k);
      PetscScalar *row = x + k * plane + j * grid->count[0];

      for (PetscInt i = 0; i < grid->count[0]; i++) row[i] += shift * is_joined[i];
    }
  }
  for (int side = 0; side < 2 && r; side++) {
    PetscInt k;
    const float *plate = PlateFaces(faces, (Side)side, &k);

    for (PetscInt c = 0; plate && c < plane; c++) r[k * plane + c] -= (float)(shift * plate[c]);
  }
}
