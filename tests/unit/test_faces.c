#include "models.h"

/* Cells of 1/2 x 1/3 x dz in a film of unit section: see the tests. */
static const PetscReal conductivity[4][3] = {{0, 0, 0}, {1, 2, 3}, {5, 7, 11}, {1, 1, 1}};

static int32_t lower_and_upper(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return cell[2] == 0 ? 1 : 2;
}

/* Conductance of the face below a global cell on the rank that counts it, summed over ranks. */
static PetscErrorCode conductance_at(const Model *model, int axis, PetscInt i, PetscInt j,
                                     PetscInt k, PetscReal *conductance)
{
  const Grid *grid = &model->grid;
  const PetscInt face[3] = {i, j, k};
  PetscInt range[2], at[3];
  PetscBool is_here = PETSC_TRUE;
  PetscReal local = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    range[0] = 0;
    range[1] = grid->count[d];
    if (d == axis) FaceRange(grid, d, range);
    at[d] = face[d] - grid->start[d];
    if (at[d] < range[0] || at[d] >= range[1]) is_here = PETSC_FALSE;
  }
  if (is_here)
    local = model->faces.unit * model->faces.conductance[axis][FaceIndex(grid, axis, at)];
  PetscCall(MPIU_Allreduce(&local, conductance, 1, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 2 x 3 x 2 cells, film 1 m thick: cells 1/2 x 1/3 x 1/2, section 1/6, sigma_z 3 below, 11 above,
   r = 0.7; anode parts 0.1 + 0.2, cathode 0.3 + 0.4:
     inner face  (1/6)/(0.25/3 + 0.7 + 0.25/11)
     anode       (1/6)/(0.3 + 0.25/3),  cathode (1/6)/(0.7 + 0.25/11)
   Along x: area 1/6, sigma_x 1: (1/6)/(1/2) = 1/3; along y: area 1/4, sigma_y 2: (1/4)/(1/3/2). */
static PetscErrorCode every_kind_of_face_has_the_series_of_its_parts(void)
{
  PetscReal r = 0.7, electrodes[4] = {0.1, 0.2, 0.3, 0.4}, conductance;
  const ModelSpec spec = {
      .film = {1.0, {1.0, 1.0}, {2, 3, 2}, LATERAL_PERIODIC, 1.0},
      .voxels = {lower_and_upper, NULL, 2, NULL, 2},
      .transport = {
          conductivity, ModelEqualBoundary, &r, ModelEqualElectrodes, electrodes, {2, 2}, 0, NULL}};
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
  PetscCall(conductance_at(&model, 2, 1, 2, 1, &conductance));
  ASSERT_CLOSE(conductance, 1.0 / 6 / (0.25 / 3 + 0.7 + 0.25 / 11), 2e-7);
  PetscCall(conductance_at(&model, 2, 0, 1, 0, &conductance));
  ASSERT_CLOSE(conductance, 1.0 / 6 / (0.3 + 0.25 / 3), 2e-7);
  PetscCall(conductance_at(&model, 2, 1, 0, 2, &conductance));
  ASSERT_CLOSE(conductance, 1.0 / 6 / (0.7 + 0.25 / 11), 2e-7);
  PetscCall(conductance_at(&model, 0, 0, 1, 0, &conductance)); /* across the periodic side */
  ASSERT_CLOSE(conductance, 1.0 / 3, 2e-7);
  PetscCall(conductance_at(&model, 0, 1, 1, 1, &conductance));
  ASSERT_CLOSE(conductance, 5.0 / 3, 2e-7);
  PetscCall(conductance_at(&model, 1, 1, 2, 0, &conductance));
  ASSERT_CLOSE(conductance, 1.5, 2e-7);
  ASSERT_CLOSE(model.faces.unit, 0.25 * 7 * 3, 2e-7); /* along y in the upper grain */
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t pore_and_island(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  if (cell[1] == 1 && cell[2] == 2 && cell[0] == 2) return 3; /* in a ring of voids */
  return PetscAbsInt(cell[0] - 2) + PetscAbsInt(cell[1] - 1) + PetscAbsInt(cell[2] - 2) == 1 ? 0
                                                                                             : 1;
}

static PetscErrorCode no_current_crosses_voids_islands_and_insulating_sides(void)
{
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {5, 4, 5}, LATERAL_INSULATING, 1.0},
                          .voxels = {pore_and_island, NULL, 3, NULL, 3},
                          .transport = {.conductivity = conductivity}};
  PetscReal conductance;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
  CU_ASSERT_EQUAL(model.connectivity.island_cells, 1);
  for (int d = 0; d < 3; d++) {
    PetscCall(conductance_at(&model, d, 2, 1, 2, &conductance)); /* the island's */
    CU_ASSERT_EQUAL(conductance, 0.0);
    PetscCall(conductance_at(&model, d, 2 + (d == 0), 1 + (d == 1), 2 + (d == 2), &conductance));
    CU_ASSERT_EQUAL(conductance, 0.0);
  }
  PetscCall(conductance_at(&model, 0, 2, 0, 2, &conductance)); /* of the void at (2, 0, 2) */
  CU_ASSERT_EQUAL(conductance, 0.0);
  PetscCall(conductance_at(&model, 0, 0, 3, 1, &conductance)); /* the sides */
  CU_ASSERT_EQUAL(conductance, 0.0);
  PetscCall(conductance_at(&model, 0, 5, 3, 1, &conductance));
  CU_ASSERT_EQUAL(conductance, 0.0);
  PetscCall(conductance_at(&model, 1, 4, 4, 1, &conductance));
  CU_ASSERT_EQUAL(conductance, 0.0);
  PetscCall(conductance_at(&model, 0, 1, 0, 0, &conductance)); /* an ordinary one: 0.05 x 1/0.2 */
  ASSERT_CLOSE(conductance, 0.25, 2e-7);
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t one_or_two(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return 1 + (int32_t)((cell[0] * 7 + cell[1] * 3 + cell[2] * 5) % 2);
}

/* Periodic: 6 x 5 x 4 faces along x and y each, and one plane of 30 more along z. */
static PetscErrorCode every_face_is_counted_once(void)
{
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {6, 5, 4}, LATERAL_PERIODIC, 1.0},
                          .voxels = {one_or_two, NULL, 2, NULL, 2},
                          .transport = {.conductivity = conductivity}};
  const PetscInt expected[3] = {120, 120, 150};
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
  for (int d = 0; d < 3; d++) {
    PetscInt range[2], count = 1, total;

    FaceRange(&model.grid, d, range);
    for (int e = 0; e < 3; e++) count *= e == d ? range[1] - range[0] : model.grid.count[e];
    PetscCall(MPIU_Allreduce(&count, &total, 1, MPIU_INT, MPI_SUM, PETSC_COMM_WORLD));
    CU_ASSERT_EQUAL(total, expected[d]);
  }
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode refuse(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  (void)data;
  (void)a;
  (void)b;
  *r = 0;
  return PETSC_ERR_ARG_OUTOFRANGE;
}

static PetscErrorCode an_error_of_a_law_is_passed_on(void)
{
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {4, 4, 4}, LATERAL_PERIODIC, 1.0},
                          .voxels = {one_or_two, NULL, 2, NULL, 2},
                          .transport = {.conductivity = conductivity, .boundary = refuse}};
  Model model;

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(ModelCreate(PETSC_COMM_WORLD, &spec, &model), PETSC_ERR_ARG_OUTOFRANGE);
  for (int d = 1; d < 3; d++) model.faces.conductance[d] = NULL; /* not reached */
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"every kind of face has the series of its parts",
     every_kind_of_face_has_the_series_of_its_parts},
    {"no current crosses voids, islands and insulating sides",
     no_current_crosses_voids_islands_and_insulating_sides},
    {"every face is counted once", every_face_is_counted_once},
    {"an error of a law is passed on", an_error_of_a_law_is_passed_on},
};

HARNESS_MAIN("faces", tests)
