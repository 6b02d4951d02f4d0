#include "fields.h"

#include <stdio.h>
#include "cell_current.h"
#include "h5grid.h"

static PetscInt num_owned(const Grid *grid)
{
  return grid->count[0] * grid->count[1] * grid->count[2];
}

static PetscErrorCode write_labels(const Grid *grid, const Microstructure *structure, H5Grid *file)
{
  int32_t *grain, *phase;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(num_owned(grid), &grain, num_owned(grid), &phase));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        grain[n] = structure->grain[GridIndex(grid, i, j, k)];
        phase[n] = (int32_t)structure->phase[grain[n]];
        n++;
      }
    }
  }
  PetscCall(H5GridWrite(file, "grain", "1", H5T_NATIVE_INT32, 1, grain));
  PetscCall(H5GridWrite(file, "phase", "1", H5T_NATIVE_INT32, 1, phase));
  PetscCall(PetscFree2(grain, phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LabelsWrite(const Grid *grid, const Microstructure *structure, const char *directory)
{
  char path[PETSC_MAX_PATH_LEN];
  H5Grid file;

  PetscFunctionBeginUser;
  snprintf(path, sizeof path, "%s/labels.h5.part", directory);
  PetscCall(H5GridCreate(grid, path, "labels.h5", &file));
  PetscCall(write_labels(grid, structure, &file));
  snprintf(path, sizeof path, "%s/labels.xdmf.part", directory);
  PetscCall(H5GridClose(&file, path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_currents(const FaceModel *model, const Faces *faces,
                                     const Potential *potential, PetscReal voltage, H5Grid *file)
{
  const Grid *grid = model->grid;
  double *density, *dissipation;
  PetscInt n = 0, at[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(3 * num_owned(grid), &density, num_owned(grid), &dissipation));
  for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
      for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
        PetscCall(
            CellCurrentGet(model, faces, potential, at, voltage, density + 3 * n, dissipation + n));
        for (int d = 0; d < 3; d++) density[3 * n + d] *= 0.1; /* A/m^2 to mA/cm^2 */
        dissipation[n++] *= 1e-6;                              /* W/m^3 to W/cm^3 */
      }
    }
  }
  PetscCall(H5GridWrite(file, "current_density", "mA/cm2", H5T_NATIVE_DOUBLE, 3, density));
  PetscCall(H5GridWrite(file, "dissipation", "W/cm3", H5T_NATIVE_DOUBLE, 1, dissipation));
  PetscCall(PetscFree2(density, dissipation));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FieldsWrite(const FaceModel *model, const Faces *faces, Vec global,
                           PetscReal voltage, const char *directory)
{
  const Grid *grid = model->grid;
  char path[PETSC_MAX_PATH_LEN];
  const PetscScalar *values;
  Potential potential;
  double *scaled;
  H5Grid file;

  PetscFunctionBeginUser;
  snprintf(path, sizeof path, "%s/fields.h5.part", directory);
  PetscCall(H5GridCreate(grid, path, "fields.h5", &file));
  PetscCall(PetscMalloc1(num_owned(grid), &scaled));
  PetscCall(VecGetArrayRead(global, &values));
  for (PetscInt c = 0; c < num_owned(grid); c++) scaled[c] = values[c] * voltage;
  PetscCall(VecRestoreArrayRead(global, &values));
  PetscCall(H5GridWrite(&file, "potential", "V", H5T_NATIVE_DOUBLE, 1, scaled));
  PetscCall(PetscFree(scaled));
  PetscCall(PotentialGet(grid, global, &potential));
  PetscCall(write_currents(model, faces, &potential, voltage, &file));
  PetscCall(PotentialRestore(&potential));
  PetscCall(write_labels(grid, model->structure, &file));
  snprintf(path, sizeof path, "%s/fields.xdmf.part", directory);
  PetscCall(H5GridClose(&file, path));
  PetscFunctionReturn(PETSC_SUCCESS);
}
