#include "h5grid.h"

#include "scratch.h"
#include "harness.h"

/* A vector field whose value tells its cell: x + 100 y + 10000 z, components +0.25, +0.5, +0.75. */
static PetscErrorCode write_and_read(const Grid *grid, const char *path, const char *xdmf)
{
  const PetscInt n = grid->count[0] * grid->count[1] * grid->count[2];
  double *values, all[5 * 4 * 3 * 3], edges[6];
  PetscMPIInt rank;
  PetscInt v = 0;
  H5Grid file;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(3 * n, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        for (int c = 1; c <= 3; c++) {
          values[v++] = (double)(grid->start[0] + i + 100 * (grid->start[1] + j) +
                                 10000 * (grid->start[2] + k)) +
                        0.25 * c;
        }
      }
    }
  }
  PetscCall(H5GridCreate(grid, path, "final.h5", &file));
  PetscCall(H5GridWrite(&file, "place", "1", H5T_NATIVE_DOUBLE, 3, values));
  PetscCall(H5GridClose(&file, xdmf));
  PetscCall(PetscFree(values));
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  if (!rank) {
    const hid_t in = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(in, "place", H5P_DEFAULT);

    CU_ASSERT(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, all) >= 0);
    H5Dclose(dataset);
    for (int c = 0; c < 60; c++) { /* 5 x 4 x 3 cells in x, y, z */
      for (int d = 0; d < 3; d++) {
        CU_ASSERT_EQUAL(all[3 * c + d],
                        c % 5 + 100 * (c / 5 % 4) + 10000 * (c / 20) + 0.25 * (d + 1));
      }
    }
    dataset = H5Dopen2(in, "x_um", H5P_DEFAULT);
    CU_ASSERT(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, edges) >= 0);
    H5Dclose(dataset);
    for (int e = 0; e <= 5; e++) ASSERT_CLOSE(edges[e] + 1, 0.4 * e + 1, 1e-14);
    H5Fclose(in);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode arrays_are_z_y_x_with_components_last(void)
{
  const FilmSpec film = {3e-6, {2e-6, 1e-6}, {5, 4, 3}, LATERAL_PERIODIC, 1.0};
  char directory[64], path[128], xdmf[128];
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  snprintf(path, sizeof path, "%s/a.h5", directory);
  snprintf(xdmf, sizeof xdmf, "%s/a.xdmf", directory);
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  PetscCall(write_and_read(&grid, path, xdmf));
  PetscCall(GridDestroy(&grid));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode files_that_cannot_be_written_are_errors(void)
{
  const FilmSpec film = {3e-6, {2e-6, 1e-6}, {5, 4, 3}, LATERAL_PERIODIC, 1.0};
  char directory[64], path[128];
  H5Grid file;
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  snprintf(path, sizeof path, "%s/missing/a.h5", directory);
  CU_ASSERT_EQUAL(H5GridCreate(&grid, path, "a.h5", &file), PETSC_ERR_FILE_OPEN);
  snprintf(path, sizeof path, "%s/a.h5", directory);
  PetscCall(H5GridCreate(&grid, path, "a.h5", &file));
  snprintf(path, sizeof path, "%s/missing/a.xdmf", directory);
  CU_ASSERT_EQUAL(H5GridClose(&file, path), PETSC_ERR_FILE_WRITE);
  PetscCall(GridDestroy(&grid));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"arrays are (z, y, x) with components last", arrays_are_z_y_x_with_components_last},
    {"files that cannot be written are errors", files_that_cannot_be_written_are_errors},
};

HARNESS_MAIN("h5grid", tests)
