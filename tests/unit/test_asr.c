#include "verify.h"

#include <math.h>
#include "rubble.h"

static PetscErrorCode parts_of_a_random_film_add_up_to_its_total(void)
{
  const PetscReal resistances[] = {0, 0.01, 100};

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof resistances / sizeof *resistances; c++) {
    PetscReal r = resistances[c];
    const ModelSpec spec = RubbleSpec((const PetscInt[3]){12, 10, 14}, LATERAL_PERIODIC, &r);
    Solved solved;

    PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
    ASSERT_CLOSE(SolvedBudget(&solved), solved.asr.total, 1e-12);
    ASSERT_CLOSE(solved.asr.total, 1 / solved.asr.current, 1e-14); /* section 1 m^2 */
    for (int side = 0; side < 2; side++) {
      ASSERT_CLOSE(solved.asr.plate_current[side], solved.asr.current, 1e-7);
    }
    for (PetscInt p = 1; p <= RUBBLE_GRAINS; p++) CU_ASSERT(solved.asr.phases[p] > 0);
    CU_ASSERT_EQUAL(solved.asr.phases[0], 0.0);
    if (r == 0) CU_ASSERT_EQUAL(AsrBoundary(&solved.asr, 1, 2), 0.0);
    PetscCall(SolvedDestroy(&solved));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t slice(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return 1 + (int32_t)(cell[2] / 2);
}

/* Slices of 1/4 with sigma 1, 4, 0.5, 1 (phases 1, 2, 3, 1), r = 0.1, 0.2, 0.3 between them:
   phase 1: 1/4 + 1/4 = 0.5; phase 2: 1/16; phase 3: 1/2; pairs 1|2 0.1, 2|3 0.2, 1|3 0.3; anode
   0.01 + 0.02, cathode 0.03 + 0.04. Total 0.5 + 0.0625 + 0.5 + 0.6 + 0.1 = 1.7625. */
static PetscErrorCode each_part_of_a_stack_is_its_own_resistance(void)
{
  const PetscReal conductivity[4][3] = {{0, 0, 0}, {1, 1, 1}, {4, 4, 4}, {0.5, 0.5, 0.5}};
  const PetscInt phase[5] = {0, 1, 2, 3, 1};
  PetscReal r[3] = {0.1, 0.2, 0.3}, electrodes[4] = {0.01, 0.02, 0.03, 0.04};
  const ModelSpec spec = {
      .film = {1.0, {3.0, 2.0}, {3, 4, 8}, LATERAL_PERIODIC, 1.0},
      .voxels = {slice, NULL, 4, phase, 3},
      .transport = {
          conductivity, ModelStackBoundary, r, ModelEqualElectrodes, electrodes, {2, 2}, 0, NULL}};
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  ASSERT_CLOSE(solved.asr.total, 1.7625, 1e-11);
  ASSERT_CLOSE(solved.asr.current, 6.0 / 1.7625, 1e-11);
  ASSERT_CLOSE(solved.asr.phases[1], 0.5, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.phases[2], 0.0625, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.phases[3], 0.5, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 1, 2), 0.1, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 3, 2), 0.2, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 3, 1), 0.3, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 1, 3), 0.3, VERIFY_PART);
  CU_ASSERT_EQUAL(AsrBoundary(&solved.asr, 1, 1), 0.0);
  ASSERT_CLOSE(solved.asr.electrodes[SIDE_ANODE][0], 0.01, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.electrodes[SIDE_ANODE][1], 0.02, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.electrodes[SIDE_CATHODE][0], 0.03, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.electrodes[SIDE_CATHODE][1], 0.04, VERIFY_PART);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A part is the derivative of the total by the logarithm of its resistance: boundaries by central
   differences of ln r, whose error is of second order in the step of 1e-3. */
static PetscErrorCode a_part_is_the_derivative_by_its_own_resistance(void)
{
  const PetscReal step = 1e-3;
  PetscReal total[2], part = 0;

  PetscFunctionBeginUser;
  for (int s = 0; s < 3; s++) {
    PetscReal r = 0.3 * exp((s - 1) * step);
    const ModelSpec spec = RubbleSpec((const PetscInt[3]){10, 10, 10}, LATERAL_PERIODIC, &r);
    Solved solved;

    PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
    if (s == 1) {
      for (PetscInt p = 1; p <= RUBBLE_GRAINS; p++) {
        for (PetscInt q = p; q <= RUBBLE_GRAINS; q++) part += AsrBoundary(&solved.asr, p, q);
      }
    } else {
      total[s / 2] = solved.asr.total;
    }
    PetscCall(SolvedDestroy(&solved));
  }
  CU_ASSERT(part > 0);
  ASSERT_CLOSE((total[1] - total[0]) / (2 * step), part, 1e-5);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Loosely solved, the parts still add up; and they are off by no more than parts_relative says. */
static PetscErrorCode parts_are_off_by_no_more_than_their_estimate(void)
{
  PetscReal r = 1;
  const ModelSpec spec = RubbleSpec((const PetscInt[3]){16, 16, 16}, LATERAL_PERIODIC, &r);
  const PetscReal tolerances[] = {1e-3, 1e-5, 1e-7};
  Solved exact;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &exact));
  for (int t = 0; t < 3; t++) {
    const SteadyOptions options = {
        .tolerance = tolerances[t], .balance_tolerance = 1, .max_iterations = 500};
    SteadyReport report;
    Steady steady;
    Vec potential;
    Asr asr;

    PetscCall(VecDuplicate(exact.potential, &potential));
    PetscCall(SteadyCreate(&exact.model.grid, &exact.model.faces, &options, &steady));
    PetscCall(SteadySolve(steady, potential, &report));
    PetscCall(AsrCompute(&exact.model.parts, &exact.model.faces, potential, &asr));
    for (PetscInt p = 1; p <= RUBBLE_GRAINS; p++) {
      CU_ASSERT(fabs(asr.phases[p] - exact.asr.phases[p]) <= report.parts_relative * asr.total);
    }
    PetscCall(AsrDestroy(&asr));
    PetscCall(VecDestroy(&potential));
    PetscCall(SteadyDestroy(&steady));
  }
  PetscCall(SolvedDestroy(&exact));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"parts of a random film add up to its total", parts_of_a_random_film_add_up_to_its_total},
    {"each part of a stack is its own resistance", each_part_of_a_stack_is_its_own_resistance},
    {"a part is the derivative by its own resistance",
     a_part_is_the_derivative_by_its_own_resistance},
    {"parts are off by no more than their estimate", parts_are_off_by_no_more_than_their_estimate},
};

HARNESS_MAIN("asr", tests)
