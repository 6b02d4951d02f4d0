#include "fields.h"

#include <stdio.h>
#include "cell_current.h"
#include "fields_vti.h"
#include "h5grid.h"

/* Files that are being written, NULL if not. */
typedef struct {
  H5Grid *hdf5;
  FieldsVti *vti;
} Files;

static PetscInt num_owned(const Grid *grid)
{
  return grid->count[0] * grid->count[1] * grid->count[2];
}

static PetscErrorCode put_numbers(const Files *files, const char *name, const char *units,
                                  int components, const double *values)
{
  const VtiArray array = {name, MPI_FLOAT, components};
  PetscInt n;
  float *single;

  PetscFunctionBeginUser;
  if (files->hdf5) {
    PetscCall(H5GridWrite(files->hdf5, name, units, H5T_NATIVE_DOUBLE, components, values));
  }
  if (!files->vti) PetscFunctionReturn(PETSC_SUCCESS);
  n = components * num_owned(files->vti->grid);
  PetscCall(PetscMalloc1(n, &single));
  for (PetscInt v = 0; v < n; v++) single[v] = (float)values[v];
  PetscCall(FieldsVtiPut(files->vti, &array, single));
  PetscCall(PetscFree(single));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode put_integers(const Files *files, const char *name, const int32_t *values)
{
  const VtiArray array = {name, MPI_INT32_T, 1};

  PetscFunctionBeginUser;
  if (files->hdf5) {
    PetscCall(H5GridWrite(files->hdf5, name, "1", H5T_NATIVE_INT32, 1, values));
  }
  if (files->vti) PetscCall(FieldsVtiPut(files->vti, &array, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_labels(const Grid *grid, const Microstructure *structure,
                                   const Files *files)
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
  PetscCall(put_integers(files, "grain", grain));
  PetscCall(put_integers(files, "phase", phase));
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
  PetscCall(write_labels(grid, structure, &(Files){&file, NULL}));
  snprintf(path, sizeof path, "%s/labels.xdmf.part", directory);
  PetscCall(H5GridClose(&file, path));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_currents(const FaceModel *model, const Faces *faces,
                                     const Potential *potential, PetscReal voltage,
                                     const Files *files)
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
  PetscCall(put_numbers(files, "current_density", "mA/cm2", 3, density));
  PetscCall(put_numbers(files, "dissipation", "W/cm3", 1, dissipation));
  PetscCall(PetscFree2(density, dissipation));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All of them, in the order of fields.vti. */
static PetscErrorCode write_all(const FaceModel *model, const Faces *faces, Vec global,
                                PetscReal voltage, const Files *files)
{
  const Grid *grid = model->grid;
  const PetscScalar *values;
  Potential potential;
  double *scaled;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num_owned(grid), &scaled));
  PetscCall(VecGetArrayRead(global, &values));
  for (PetscInt c = 0; c < num_owned(grid); c++) scaled[c] = values[c] * voltage;
  PetscCall(VecRestoreArrayRead(global, &values));
  PetscCall(put_numbers(files, "potential", "V", 1, scaled));
  PetscCall(PetscFree(scaled));
  PetscCall(PotentialGet(grid, global, &potential));
  PetscCall(write_currents(model, faces, &potential, voltage, files));
  PetscCall(PotentialRestore(&potential));
  PetscCall(write_labels(grid, model->structure, files));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FieldsWrite(const FaceModel *model, const Faces *faces, Vec global,
                           PetscReal voltage, int kinds, const char *directory,
                           PetscBool *is_vti_written)
{
  const VtiArray arrays[] = {{"potential", MPI_FLOAT, 1},
                             {"current_density", MPI_FLOAT, 3},
                             {"dissipation", MPI_FLOAT, 1},
                             {"grain", MPI_INT32_T, 1},
                             {"phase", MPI_INT32_T, 1}};
  char path[PETSC_MAX_PATH_LEN];
  H5Grid hdf5;
  FieldsVti vti;
  const Files files = {kinds & FIELDS_HDF5 ? &hdf5 : NULL, kinds & FIELDS_VTI ? &vti : NULL};

  PetscFunctionBeginUser;
  *is_vti_written = PETSC_TRUE;
  if (files.hdf5) {
    snprintf(path, sizeof path, "%s/fields.h5.part", directory);
    PetscCall(H5GridCreate(model->grid, path, "fields.h5", &hdf5));
  }
  if (files.vti) {
    snprintf(path, sizeof path, "%s/fields.vti.part", directory);
    PetscCall(FieldsVtiCreate(model->grid, path, PETSC_STATIC_ARRAY_LENGTH(arrays), arrays, &vti));
  }
  PetscCall(write_all(model, faces, global, voltage, &files));
  if (files.hdf5) {
    snprintf(path, sizeof path, "%s/fields.xdmf.part", directory);
    PetscCall(H5GridClose(&hdf5, path));
  }
  if (files.vti) PetscCall(FieldsVtiClose(&vti, is_vti_written));
  PetscFunctionReturn(PETSC_SUCCESS);
}
