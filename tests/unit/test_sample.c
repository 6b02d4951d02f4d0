#include "sample.h"

#include <math.h>
#include "harness.h"

/* Two-sided 95 % points, as in every table of Student's distribution. */
static PetscErrorCode the_quantiles_are_those_of_the_tables(void)
{
  static const struct {
    int freedom;
    double t;
  } rows[] = {{1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},  {5, 2.571},
              {9, 2.262},  {10, 2.228}, {30, 2.042}, {60, 2.000}, {120, 1.980}};

  PetscFunctionBeginUser;
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    CU_ASSERT(fabs(StudentQuantile(rows[r].freedom, 0.95) - rows[r].t) < 5.001e-4);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 1: tan(pi p/2); 2: p sqrt(2/(1 - p^2)); many: the normal distribution, 1.959964. */
static PetscErrorCode the_quantiles_are_those_of_closed_form(void)
{
  PetscFunctionBeginUser;
  for (double p = 0.1; p < 1; p += 0.2) {
    ASSERT_CLOSE(StudentQuantile(1, p), tan(acos(0) * p), 1e-12);
    ASSERT_CLOSE(StudentQuantile(2, p), p * sqrt(2 / (1 - p * p)), 1e-12);
  }
  ASSERT_CLOSE(StudentQuantile(100001, 0.95), 1.959964, 2e-5);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squares 32, s = sqrt(32/7); t of 7 is 2.364624. */
static PetscErrorCode a_sample_is_described(void)
{
  static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
  const Sample sample = SampleDescribe(8, values);

  PetscFunctionBeginUser;
  ASSERT_CLOSE(sample.mean, 5, 1e-15);
  ASSERT_CLOSE(sample.deviation, sqrt(32.0 / 7), 1e-14);
  ASSERT_CLOSE(sample.band_of_mean, 2.364624 * sqrt(32.0 / 7 / 8), 1e-6);
  ASSERT_CLOSE(sample.band_of_one, 2.364624 * sqrt(32.0 / 7 * 9 / 8), 1e-6);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the quantiles are those of the tables", the_quantiles_are_those_of_the_tables},
    {"the quantiles are those of closed form", the_quantiles_are_those_of_closed_form},
    {"a sample is described", a_sample_is_described},
};

HARNESS_MAIN("sample", tests)
