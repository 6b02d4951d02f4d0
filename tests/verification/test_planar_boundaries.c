#include "verify.h"

#include <math.h>

static int32_t slice(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)cell;
  return 1 + (int32_t)(*(const PetscReal *)data * centre[2]);
}

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
static const PetscInt phase[9] = {0, 1, 1, 1, 1, 1, 1, 1, 1};

/* series_nGB: sigma = 1, H = 1, 7 equally spaced boundaries of r = 0.3: 1 + 7 x 0.3 = 3.1. */
static PetscErrorCode planes_normal_to_z_add_their_resistances(void)
{
  const PetscReal slices = 8;
  PetscReal r = 0.3;
  ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {4, 4, 8}, LATERAL_PERIODIC, 1.0},
                    .voxels = {slice, &slices, 8, phase, 1},
                    .transport = {.conductivity = conductivity,
                                  .boundary = ModelEqualBoundary,
                                  .boundary_data = &r}};
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  CU_ASSERT(fabs(VerifyError("series_nGB, one cell a grain", solved.asr.total, 3.1)) < 1e-10);
  ASSERT_CLOSE(solved.asr.phases[1], 1.0, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 1, 1), 2.1, VERIFY_PART);
  PetscCall(SolvedDestroy(&solved));
  spec.film.cells[2] = 32;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  CU_ASSERT(fabs(VerifyError("series_nGB, four cells a grain", solved.asr.total, 3.1)) < 1e-10);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* R = 1 + 7 r at the tolerances that cases have by default: a boundary has no thickness on the
   grid, however resistive. The total is exact; the currents through the plates are differences of
   potentials that agree to h/(sigma R), so that rounding limits their balance to 1e-16 R sigma/h.
 */
static PetscErrorCode any_resistance_from_tiny_to_huge_is_exact(void)
{
  const SteadyOptions options = {
      .tolerance = 1e-6, .balance_tolerance = 1e-4, .max_iterations = 500};
  const PetscReal slices = 8;
  PetscReal r;
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {2, 3, 16}, LATERAL_INSULATING, 1.0},
                          .voxels = {slice, &slices, 8, phase, 1},
                          .transport = {.conductivity = conductivity,
                                        .boundary = ModelEqualBoundary,
                                        .boundary_data = &r}};

  PetscFunctionBeginUser;
  for (r = 1e-9; r < 2e9; r *= 10) {
    SteadyReport report;
    Steady steady;
    Vec potential;
    Model model;
    PetscReal error;
    char what[64];
    Asr asr;

    PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
    PetscCall(GridVecCreate(&model.grid, &potential));
    PetscCall(SteadyCreate(&model.grid, &model.faces, &options, &steady));
    PetscCall(SteadySolve(steady, potential, &report));
    PetscCall(AsrCompute(&model.parts, &model.faces, potential, &asr));
    snprintf(what, sizeof what, "7 boundaries of r = %g", (double)r);
    CU_ASSERT(report.is_converged);
    error = VerifyError(what, asr.total, 1 + 7 * r);
    CU_ASSERT(fabs(error) < 1e-6);
    PetscCall(AsrDestroy(&asr));
    PetscCall(SteadyDestroy(&steady));
    PetscCall(VecDestroy(&potential));
    PetscCall(ModelDestroy(&model));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Planes of different r with charge transfer and layers at both electrodes:
   1 + (0.1 + 0.2 + 0.4) + 0.01 + 0.02 + 0.5 + 0 = 2.23 */
static PetscErrorCode electrodes_stand_in_series_with_the_film(void)
{
  const PetscReal slices = 4;
  PetscReal r[3] = {0.1, 0.2, 0.4}, electrodes[4] = {0.01, 0.02, 0.5, 0};
  const ModelSpec spec = {
      .film = {1.0, {2.0, 2.0}, {4, 4, 12}, LATERAL_PERIODIC, 1.0},
      .voxels = {slice, &slices, 4, phase, 1},
      .transport = {
          conductivity, ModelStackBoundary, r, ModelEqualElectrodes, electrodes, {2, 2}, 0, NULL}};
  PetscReal resistance;

  PetscFunctionBeginUser;
  PetscCall(SolvedResistance(&spec, &resistance));
  CU_ASSERT(fabs(VerifyError("boundaries and electrodes", resistance, 2.23)) < 1e-10);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"planes normal to z add their resistances", planes_normal_to_z_add_their_resistances},
    {"any resistance from tiny to huge is exact", any_resistance_from_tiny_to_huge_is_exact},
    {"electrodes stand in series with the film", electrodes_stand_in_series_with_the_film},
};

HARNESS_MAIN("planar_boundaries", tests)
