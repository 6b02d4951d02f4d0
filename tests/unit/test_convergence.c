#include "convergence.h"

#include <math.h>
#include "harness.h"

static const double halved[] = {4, 2, 1};

static PetscErrorCode a_power_law_gives_its_order_and_its_limit(void)
{
  static const double orders[] = {0.8, 1, 1.5, 2, 2.2};
  static const double ratios[][2] = {{2, 2}, {2, 1.5}, {1.2, 3}};

  PetscFunctionBeginUser;
  for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
    for (size_t r = 0; r < sizeof ratios / sizeof *ratios; r++) {
      for (double c = -0.3; c < 0.4; c += 0.6) {
        /* just inside the ends of what is believed */
        const double p = 1.5 + (orders[o] - 1.5) * (1 - 1e-9);
        const double sizes[] = {ratios[r][0] * ratios[r][1], ratios[r][1], 1};
        double values[3];
        Convergence found;

        for (int v = 0; v < 3; v++) values[v] = 20 + c * pow(sizes[v], p);
        found = ConvergenceFind(3, sizes, values, 1e-12);
        CU_ASSERT_EQUAL(found.state, CONVERGENCE_ORDERLY);
        ASSERT_CLOSE(found.order, p, 1e-9);
        ASSERT_CLOSE(found.extrapolated, 20, 1e-10);
        for (int v = 0; v < 3; v++) {
          ASSERT_CLOSE(ConvergenceBand(&found, values[v], 1e-12), 1.25 * fabs(values[v] - 20),
                       1e-7);
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Pressure recovery of an inlet on three grids, worked out in NASA's tutorial "Examining Spatial
   (Grid) Convergence", in single precision: p = 1.78618479, 0.971300304, bands 0.103080 % and
   0.356244 %. */
static PetscErrorCode a_published_example_is_reproduced(void)
{
  static const double values[] = {0.96178, 0.96854, 0.97050};
  const Convergence found = ConvergenceFind(3, halved, values, 1e-9);

  PetscFunctionBeginUser;
  ASSERT_CLOSE(found.order, 1.78618479, 1e-5);
  ASSERT_CLOSE(found.extrapolated, 0.971300304, 1e-7);
  ASSERT_CLOSE(ConvergenceBand(&found, values[2], 1e-9) / values[2], 0.103080e-2, 1e-4);
  ASSERT_CLOSE(ConvergenceBand(&found, values[1], 1e-9) / values[1], 0.356244e-2, 1e-4);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode grids_that_agree_have_the_tolerance_for_a_band(void)
{
  static const double values[] = {10, 10.001, 9.9995, 10.0002}, sizes[] = {8, 4, 2, 1};
  Convergence found = ConvergenceFind(4, sizes, values, 2e-3);

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(found.state, CONVERGENCE_AGREE);
  CU_ASSERT_EQUAL(found.extrapolated, values[3]);
  CU_ASSERT(isnan(found.order));
  CU_ASSERT_EQUAL(ConvergenceBand(&found, values[0], 2e-3), 2e-3);
  ASSERT_CLOSE(ConvergenceBand(&found, 9.9, 2e-3), 0.1002,
               1e-12); /* a coarser grid that does not */
  found = ConvergenceFind(3, halved, (const double[]){7, 7, 7}, 0);
  CU_ASSERT_EQUAL(found.state, CONVERGENCE_AGREE);
  CU_ASSERT_EQUAL(ConvergenceBand(&found, 7, 0), 0.0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_change_of_sign_has_no_order_and_no_band(void)
{
  static const double values[] = {10, 10.3, 10.2};
  const Convergence found = ConvergenceFind(3, halved, values, 1e-3);

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(found.state, CONVERGENCE_NONE);
  CU_ASSERT(isnan(found.order) && isnan(found.extrapolated));
  CU_ASSERT(isnan(ConvergenceBand(&found, 10, 1e-3)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 4^p - 2^p over 2^p - 1 is 2^p; the band is 3 |f - f0| with f0 of an order within 0.5 and 2. */
static PetscErrorCode an_order_that_cannot_be_gets_the_larger_factor(void)
{
  static const double orders[] = {-1, 0, 0.3, 0.6, 2.5, 6}, used[] = {0.5, 0.5, 0.5, 0.6, 2, 2};

  PetscFunctionBeginUser;
  for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
    const double values[] = {20, 20 + pow(2, orders[o]), 21 + pow(2, orders[o])};
    const Convergence found = ConvergenceFind(3, halved, values, 1e-9);

    CU_ASSERT_EQUAL(found.state, CONVERGENCE_ODD);
    CU_ASSERT(fabs(found.order - orders[o]) < 1e-9);
    ASSERT_CLOSE(ConvergenceBand(&found, values[2], 1e-9), 3 / (pow(2, used[o]) - 1), 1e-8);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 1, then -1e-6 with a tolerance of 1e-3: converged on the two finest grids, no change of sign. */
static PetscErrorCode a_difference_within_the_tolerance_has_no_sign(void)
{
  const double fast[] = {10, 11, 11 - 1e-6}, slow[] = {10, 10 - 1e-6, 11};
  Convergence found = ConvergenceFind(3, halved, fast, 1e-3);

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(found.state, CONVERGENCE_ODD);
  ASSERT_CLOSE(found.order, log(1000) / log(2), 1e-9);
  ASSERT_CLOSE(ConvergenceBand(&found, fast[2], 1e-3), 1e-3, 1e-9); /* 3 x 1e-3/3 */
  found = ConvergenceFind(3, halved, slow, 1e-3);
  CU_ASSERT_EQUAL(found.state, CONVERGENCE_ODD);
  CU_ASSERT(found.order < 0);
  CU_ASSERT(ConvergenceBand(&found, slow[2], 1e-3) > 3);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_finest_three_of_more_grids_decide(void)
{
  static const double sizes[] = {8, 4, 2, 1}, values[] = {15, 14, 12, 11};
  const Convergence found = ConvergenceFind(4, sizes, values, 1e-9);

  PetscFunctionBeginUser;
  ASSERT_CLOSE(found.order, 1, 1e-9);
  ASSERT_CLOSE(found.extrapolated, 10, 1e-9);
  ASSERT_CLOSE(ConvergenceBand(&found, values[0], 1e-9), 1.25 * 5, 1e-9);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a power law gives its order and its limit", a_power_law_gives_its_order_and_its_limit},
    {"a published example is reproduced", a_published_example_is_reproduced},
    {"grids that agree have the tolerance for a band",
     grids_that_agree_have_the_tolerance_for_a_band},
    {"a change of sign has no order and no band", a_change_of_sign_has_no_order_and_no_band},
    {"an order that cannot be gets the larger factor",
     an_order_that_cannot_be_gets_the_larger_factor},
    {"a difference within the tolerance has no sign",
     a_difference_within_the_tolerance_has_no_sign},
    {"the finest three of more grids decide", the_finest_three_of_more_grids_decide},
};

HARNESS_MAIN("convergence", tests)
