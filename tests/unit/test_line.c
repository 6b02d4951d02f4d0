#include "line.h"

#include <math.h>
#include "harness.h"

static PetscErrorCode two_points_give_their_line(void)
{
  const double x[] = {1, 3}, y[] = {5, -1};
  const Line line = LineFit(2, x, y);

  PetscFunctionBeginUser;
  CU_ASSERT_DOUBLE_EQUAL(line.slope, -3, 1e-15);
  CU_ASSERT_DOUBLE_EQUAL(line.intercept, 8, 1e-15);
  CU_ASSERT_DOUBLE_EQUAL(line.deviation, 0, 1e-15);
  CU_ASSERT(isnan(line.slope_error));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* x = -1, 0, 1 about 1000, y = 0, 3, 0: slope 0, mean 1, residuals -1, 2, -1; the slope's variance
   is (1 + 4 + 1)/(3 - 2)/(1 + 1) = 3 */
static PetscErrorCode the_error_of_the_slope_is_that_of_the_textbook(void)
{
  const double x[] = {999, 1000, 1001}, y[] = {0, 3, 0};
  const Line line = LineFit(3, x, y);

  PetscFunctionBeginUser;
  CU_ASSERT_DOUBLE_EQUAL(line.slope, 0, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(line.intercept, 1, 1e-9);
  CU_ASSERT_DOUBLE_EQUAL(line.deviation, 2, 1e-12);
  CU_ASSERT_DOUBLE_EQUAL(line.slope_error, sqrt(3), 1e-12);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode points_on_a_line_leave_no_error(void)
{
  double x[20], y[20];
  Line line;

  PetscFunctionBeginUser;
  for (int n = 0; n < 20; n++) {
    x[n] = 30 + 0.1 * n;
    y[n] = 4 - 0.58 * x[n];
  }
  line = LineFit(20, x, y);
  CU_ASSERT_DOUBLE_EQUAL(line.slope, -0.58, 1e-13);
  CU_ASSERT_DOUBLE_EQUAL(line.intercept, 4, 1e-11);
  CU_ASSERT(line.slope_error < 1e-13);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"two points give their line", two_points_give_their_line},
    {"the error of the slope is that of the textbook",
     the_error_of_the_slope_is_that_of_the_textbook},
    {"points on a line leave no error", points_on_a_line_leave_no_error},
};

HARNESS_MAIN("line", tests)
