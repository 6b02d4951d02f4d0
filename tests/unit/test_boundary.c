#include "harness.h"

#include <math.h>
#include <stdlib.h>
#include "boundary.h"

static PetscErrorCode the_scatter_does_not_depend_on_the_order_of_the_grains(void)
{
  PetscFunctionBeginUser;
  for (int32_t a = 1; a < 30; a++) {
    for (int32_t b = a + 1; b < 30; b++) {
      CU_ASSERT_EQUAL(BoundaryScatter(3, a, b, 0.7), BoundaryScatter(3, b, a, 0.7));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode every_pair_and_every_seed_has_its_own_draw(void)
{
  PetscFunctionBeginUser;
  CU_ASSERT_NOT_EQUAL(BoundaryScatter(1, 1, 2, 0.5), BoundaryScatter(1, 1, 3, 0.5));
  CU_ASSERT_NOT_EQUAL(BoundaryScatter(1, 1, 2, 0.5), BoundaryScatter(1, 2, 3, 0.5));
  CU_ASSERT_NOT_EQUAL(BoundaryScatter(1, 1, 2, 0.5), BoundaryScatter(2, 1, 2, 0.5));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int compare_doubles(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* ln of the factor is normal with standard deviation 0.7: for n draws the standard error of the
   median is 0.7 sqrt(pi/2/n), that of the standard deviation 0.7/sqrt(2 n). Five of each allowed.
 */
static PetscErrorCode many_pairs_have_median_one_and_the_spread_asked_for(void)
{
  enum { N = 20000 };
  static double factors[N];
  double sum = 0, squares = 0, deviation;

  PetscFunctionBeginUser;
  for (int p = 0; p < N; p++) {
    factors[p] = BoundaryScatter(11, p % 200 + 1, p / 200 + 300, 0.7);
    CU_ASSERT(factors[p] > 0);
    sum += log(factors[p]);
    squares += log(factors[p]) * log(factors[p]);
  }
  qsort(factors, N, sizeof *factors, compare_doubles);
  deviation = sqrt(squares / N - sum / N * sum / N);
  CU_ASSERT(fabs(log(factors[N / 2])) < 5 * 0.7 * sqrt(1.5708 / N));
  CU_ASSERT(fabs(deviation - 0.7) < 5 * 0.7 / sqrt(2.0 * N));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode no_spread_changes_nothing(void)
{
  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(BoundaryScatter(5, 4, 9, 0.0), 1.0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* L = 500 um, sigma = 1.5e-3 S/cm, d = 2.42 um, r = 6.4 Ohm cm^2:
   0.05/1.5e-3 + (500/2.42 - 1) 6.4 = 33.333 + 205.612 x 6.4 = 1349.25 Ohm cm^2 */
static PetscErrorCode the_llto_pellet_has_1349_ohm_cm2(void)
{
  const double asr = BrickLayerAsr(500e-6, 0.15, 2.42e-6, 6.4e-4);

  PetscFunctionBeginUser;
  ASSERT_CLOSE(asr * 1e4, 1349.248, 1e-6);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_brick_layer_can_be_inverted(void)
{
  const double thickness = 300e-6, sigma = 0.087, size = 5e-6, r = 1.9e-5;
  const double total = thickness / BrickLayerAsr(thickness, sigma, size, r);

  PetscFunctionBeginUser;
  ASSERT_CLOSE(BrickLayerBoundary(thickness, sigma, size, total), r, 1e-12);
  CU_ASSERT(BrickLayerBoundary(thickness, sigma, size, 1.01 * sigma) < 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_film_one_grain_thick_has_no_boundary(void)
{
  PetscFunctionBeginUser;
  ASSERT_CLOSE(BrickLayerAsr(1e-6, 0.1, 1e-6, 1.0), 1e-5, 1e-15);
  ASSERT_CLOSE(BrickLayerAsr(1e-6, 0.1, 3e-6, 1.0), 1e-5, 1e-15); /* grains larger than the film */
  CU_ASSERT(isnan(BrickLayerBoundary(1e-6, 0.1, 1e-6, 0.05)));
  CU_ASSERT(isnan(BrickLayerBoundary(1e-6, 0.1, 3e-6, 0.05)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the scatter does not depend on the order of the grains",
     the_scatter_does_not_depend_on_the_order_of_the_grains},
    {"every pair and every seed has its own draw", every_pair_and_every_seed_has_its_own_draw},
    {"many pairs have median 1 and the spread asked for",
     many_pairs_have_median_one_and_the_spread_asked_for},
    {"no spread changes nothing", no_spread_changes_nothing},
    {"the LLTO pellet has 1349 Ohm cm2", the_llto_pellet_has_1349_ohm_cm2},
    {"the brick layer can be inverted", the_brick_layer_can_be_inverted},
    {"a film one grain thick has no boundary", a_film_one_grain_thick_has_no_boundary},
};

HARNESS_MAIN("boundary", tests)
