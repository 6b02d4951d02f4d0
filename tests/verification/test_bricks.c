#include "verify.h"

#include <math.h>

static StructureSpec bricks(PetscReal x, PetscReal y, PetscReal z)
{
  static char generator[] = "bricks";
  StructureSpec spec = {.generator = generator, .size_spread = 0.35, .aspect = 1, .seed = 1};

  spec.grain_size = spec.fraction = spec.diameter = NAN;
  spec.brick[0] = x;
  spec.brick[1] = y;
  spec.brick[2] = z;
  return spec;
}

static const char *const names[] = {"grain"};
static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};

/* Lengths in um, sigma = 1 S/m: areal resistances in units of 1e-6 Ohm m^2. */
static PetscErrorCode solve_bricks(const char *id, const StructureSpec *structure,
                                   const PetscInt n[3], PetscReal r, PetscReal reference)
{
  PetscReal scaled = r * 1e-6;
  const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {n[0], n[1], n[2]}, LATERAL_PERIODIC, 1.0},
                          .structure = structure,
                          .phases = {1, names},
                          .transport = {.conductivity = conductivity,
                                        .boundary = ModelEqualBoundary,
                                        .boundary_data = &scaled}};
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  CU_ASSERT(fabs(VerifyError(id, solved.asr.total * 1e6, reference)) < 1e-10);
  ASSERT_CLOSE(solved.asr.phases[1] * 1e6, 1.0, VERIFY_PART);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* brick2D: n = 5 of edge 0.2, r = 0.4: 1 + 4 x 0.4 = 2.6. brick3D: n = 8 of 1/8, r = 0.05: 1.35. */
static PetscErrorCode aligned_bricks_are_the_brick_layer_model(void)
{
  const StructureSpec two = bricks(0.2e-6, 1e-6, 0.2e-6);
  const StructureSpec three = bricks(0.125e-6, 0.125e-6, 0.125e-6);

  PetscFunctionBeginUser;
  PetscCall(solve_bricks("brick2D", &two, (const PetscInt[3]){20, 1, 20}, 0.4, 2.6));
  PetscCall(
      solve_bricks("brick2D, one cell a brick", &two, (const PetscInt[3]){5, 1, 5}, 0.4, 2.6));
  PetscCall(solve_bricks("brick3D", &three, (const PetscInt[3]){16, 16, 16}, 0.05, 1.35));
  PetscCall(
      solve_bricks("brick3D, flat cells", &three, (const PetscInt[3]){8, 16, 24}, 0.05, 1.35));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Columns in a checkerboard, each cut into bricks of 1/4: grain 1 + z brick + 4 x column. */
static int32_t column_brick(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const int32_t column = (int32_t)(2 * centre[0]) + 2 * (int32_t)(2 * centre[1]);

  (void)data;
  (void)cell;
  return 1 + (int32_t)(4 * centre[2]) + 4 * column;
}

static PetscErrorCode two_phase_boundary(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  const PetscInt column_a = (a - 1) / 4, column_b = (b - 1) / 4;

  (void)data;
  *r = column_a == 0 || column_a == 3 ? 0.3 : 0.02; /* r_aa, r_bb */
  if (column_a != column_b) *r = 1e15;              /* r_ab: column walls insulate */
  return PETSC_SUCCESS;
}

/* brick3D_twophase_columns: sigma_a = 1 with r_aa = 0.3, sigma_b = 10 with r_bb = 0.02, 4 bricks:
   sigma_eff = 0.5/(1 + 0.9) + 0.5/(0.1 + 0.06) = 3.388157894736842 */
static PetscErrorCode insulated_columns_of_bricks_conduct_in_parallel(void)
{
  const PetscReal two[3][3] = {{0, 0, 0}, {1, 1, 1}, {10, 10, 10}};
  PetscInt phase[17] = {0};
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {8, 8, 16}, LATERAL_PERIODIC, 1.0},
                          .voxels = {column_brick, NULL, 16, phase, 2},
                          .transport = {.conductivity = two, .boundary = two_phase_boundary}};
  PetscReal resistance;

  PetscFunctionBeginUser;
  for (PetscInt g = 1; g <= 16; g++) phase[g] = (g - 1) / 4 % 3 == 0 ? 1 : 2; /* columns 0, 3: a */
  PetscCall(SolvedResistance(&spec, &resistance));
  CU_ASSERT(fabs(VerifyError("brick3D_twophase_columns", 1 / resistance, 3.388157894736842)) <
            1e-10);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t running_bond(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  if (centre[0] < 0.25) return 1 + (int32_t)(centre[2] + 0.5);
  return 4 + (int32_t)centre[2];
}

/* brickbond_film_r1: film 0 < z < 2, x < 1/4 with boundaries at z = 1/2, 3/2, x > 1/4 with one at
   z = 1, one along x = 1/4; r = 1: sigma_eff = 0.6620423463826869. The current bends at the ends
   of the boundaries, where it is singular, so the grid converges; the boundaries lie on faces. */
static PetscErrorCode staggered_bricks_converge(void)
{
  const PetscInt phase[6] = {0, 1, 1, 1, 1, 1};
  VerifySeries series = {.what = "brickbond_film_r1", .reference = 0.6620423463826869};
  PetscReal r = 1;

  PetscFunctionBeginUser;
  for (int level = 0; level < (VerifyIsLong() ? 5 : 3); level++) {
    const PetscInt n = 8 << level;
    const ModelSpec spec = {.film = {2.0, {0.5, 1.0}, {n, 1, 4 * n}, LATERAL_INSULATING, 1.0},
                            .voxels = {running_bond, NULL, 5, phase, 1},
                            .transport = {.conductivity = conductivity,
                                          .boundary = ModelEqualBoundary,
                                          .boundary_data = &r}};
    PetscReal resistance;

    PetscCall(SolvedResistance(&spec, &resistance));
    VerifyGrid(&series, (PetscReal)n, 2 / resistance); /* cells to two bricks' width */
    if (level) CU_ASSERT(series.order > 1);
  }
  CU_ASSERT(fabs(series.error) < 5e-4);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"aligned bricks are the brick-layer model", aligned_bricks_are_the_brick_layer_model},
    {"insulated columns of bricks conduct in parallel",
     insulated_columns_of_bricks_conduct_in_parallel},
    {"staggered bricks converge", staggered_bricks_converge},
};

HARNESS_MAIN("bricks", tests)
