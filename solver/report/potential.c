#include "potential.h"

#include "halo.h"

PetscErrorCode PotentialGet(const Grid *grid, Vec global, Potential *potential)
{
  const PetscScalar *owned;
  Halo halo;

  PetscFunctionBeginUser;
  potential->grid = grid;
  PetscCall(PetscCalloc1(GridGhostedSize(grid), &potential->values));
  PetscCall(VecGetArrayRead(global, &owned));
  GridCopyOwned(grid, owned, potential->values);
  PetscCall(VecRestoreArrayRead(global, &owned));
  PetscCall(HaloCreate(grid, &halo));
  PetscCall(HaloExchange(&halo, potential->values, sizeof *potential->values, NULL, NULL));
  PetscCall(HaloDestroy(&halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PotentialRestore(Potential *potential)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(potential->values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal PotentialDrop(const Potential *potential, int axis, const PetscInt at[3])
{
  const Grid *grid = potential->grid;
  const PetscInt cell = grid->start[axis] + at[axis];
  PetscReal lower = 1.0, upper = 0.0;

  if (axis != 2 || cell > 0) {
    lower = potential->values[GridIndex(grid, at[0] - (axis == 0), at[1] - (axis == 1),
                                        at[2] - (axis == 2))];
  }
  if (axis != 2 || cell < grid->num_cells[2]) {
    upper = potential->values[GridIndex(grid, at[0], at[1], at[2])];
  }
  return lower - upper;
}
