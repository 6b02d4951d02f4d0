#include "fields.h"

#include <hdf5.h>
#include "rubble.h"
#include "verify.h"

static const PetscInt cells[3] = {6, 5, 8};

/* Reads a dataset as doubles on the calling rank; its extent must be as expected. */
static void read_dataset(const char *path, const char *name, const char *units, int rank,
                         const hsize_t expected[], double *values)
{
  const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
  const hid_t space = H5Dget_space(dataset);
  const hid_t attribute = H5Aopen(dataset, "units", H5P_DEFAULT);
  const hid_t type = H5Aget_type(attribute);
  hsize_t extent[4] = {0, 0, 0, 0};
  char text[32] = "";

  CU_ASSERT_EQUAL_FATAL(H5Sget_simple_extent_ndims(space), rank);
  H5Sget_simple_extent_dims(space, extent, NULL);
  for (int d = 0; d < rank; d++) CU_ASSERT_EQUAL_FATAL(extent[d], expected[d]);
  CU_ASSERT(H5Aread(attribute, type, text) >= 0);
  CU_ASSERT_STRING_EQUAL(text, units);
  CU_ASSERT(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  H5Tclose(type);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Dclose(dataset);
  H5Fclose(file);
}

/* Volume of cell c of the array (z, y, x) [m^3]. */
static double volume(const Grid *grid, int c)
{
  const PetscInt *n = grid->num_cells;

  return GridSpacing(grid, 0, c % n[0]) * GridSpacing(grid, 1, c / n[0] % n[1]) *
         GridSpacing(grid, 2, c / (n[0] * n[1]));
}

static PetscErrorCode check_fields(const Solved *solved, PetscReal voltage, const int32_t *grain,
                                   const char *path)
{
  const Grid *grid = &solved->model.grid;
  const hsize_t extent[4] = {8, 5, 6, 3};
  double potential[240], density[720], dissipation[240], labels[240], phase[240];
  double power = 0, current[8] = {0};

  PetscFunctionBeginUser;
  read_dataset(path, "potential", "V", 3, extent, potential);
  read_dataset(path, "current_density", "mA/cm2", 4, extent, density);
  read_dataset(path, "dissipation", "W/cm3", 3, extent, dissipation);
  read_dataset(path, "grain", "1", 3, extent, labels);
  read_dataset(path, "phase", "1", 3, extent, phase);
  for (int c = 0; c < 240; c++) {
    CU_ASSERT_EQUAL(labels[c], grain[c]);
    CU_ASSERT_EQUAL(phase[c], grain[c]);
    CU_ASSERT(potential[c] >= -1e-6 && potential[c] <= voltage * (1 + 1e-6));
    power += dissipation[c] * 1e6 * volume(grid, c);
    current[c / 30] += density[3 * c + 2] * 10.0 * volume(grid, c) /
                       GridSpacing(grid, 2, c / 30); /* of plane c/30 [A] */
  }
  /* stored as 32-bit floats: 1e-7 */
  ASSERT_CLOSE(power, solved->asr.current * voltage * voltage, 1e-6);
  for (int k = 0; k < 8; k++) ASSERT_CLOSE(current[k], solved->asr.current * voltage, 1e-6);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Current of every plane is the film's; dissipation integrates to current times voltage. */
static PetscErrorCode fields_hold_what_was_solved(void)
{
  PetscReal r = 0.5;
  const ModelSpec spec = RubbleSpec(cells, LATERAL_PERIODIC, &r);
  char directory[64], path[128], text[8192] = "";
  PetscMPIInt rank;
  int32_t *grain;
  Solved solved;
  PetscBool is_written;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  PetscCall(FieldsWrite(&solved.model.parts, &solved.model.faces, solved.potential, 0.25,
                        FIELDS_HDF5, directory, &is_written));
  CU_ASSERT(is_written);
  PetscCall(VoxelsGather(&solved.model.grid, solved.model.structure.grain, &grain));
  if (!rank) {
    const char *const names[] = {
        "potential", "current_density", "dissipation", "grain", "phase", "x_um", "y_um", "z_um"};
    FILE *file;

    snprintf(path, sizeof path, "%s/fields.h5.part", directory);
    PetscCall(check_fields(&solved, 0.25, grain, path));
    snprintf(path, sizeof path, "%s/fields.xdmf.part", directory);
    file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    for (int n = 0; n < 8; n++) {
      char reference[64];

      snprintf(reference, sizeof reference, "fields.h5:/%s<", names[n]);
      CU_ASSERT_PTR_NOT_NULL(strstr(text, reference));
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"9 6 7\"")); /* nodes z, y, x */
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"8 5 6 3\""));
  }
  PetscCall(PetscFree(grain));
  PetscCall(SolvedDestroy(&solved));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode labels_can_be_written_without_a_solve(void)
{
  const hsize_t extent[3] = {8, 5, 6};
  PetscReal r = 0;
  const ModelSpec spec = RubbleSpec(cells, LATERAL_INSULATING, &r);
  char directory[64], path[128];
  double labels[240];
  PetscMPIInt rank;
  int32_t *grain;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
  PetscCall(LabelsWrite(&model.grid, &model.structure, directory));
  PetscCall(VoxelsGather(&model.grid, model.structure.grain, &grain));
  if (!rank) {
    snprintf(path, sizeof path, "%s/labels.h5.part", directory);
    read_dataset(path, "grain", "1", 3, extent, labels);
    for (int c = 0; c < 240; c++) CU_ASSERT_EQUAL(labels[c], grain[c]);
  }
  PetscCall(PetscFree(grain));
  PetscCall(ModelDestroy(&model));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_directory_that_is_not_there_is_an_error(void)
{
  PetscReal r = 0;
  const ModelSpec spec = RubbleSpec(cells, LATERAL_INSULATING, &r);
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
  CU_ASSERT_EQUAL(LabelsWrite(&model.grid, &model.structure, "/nonexistent/granulith"),
                  PETSC_ERR_FILE_OPEN);
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"fields hold what was solved", fields_hold_what_was_solved},
    {"labels can be written without a solve", labels_can_be_written_without_a_solve},
    {"a directory that is not there is an error", a_directory_that_is_not_there_is_an_error},
};

HARNESS_MAIN("fields", tests)
