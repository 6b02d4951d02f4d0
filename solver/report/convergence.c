#include "convergence.h"

#include <math.h>
#include <stddef.h>

#define LEAST_ORDER 0.8 /* of those that are believed */
#define LARGEST_ORDER 2.2
#define LEAST_ORDER_USED 0.5
#define LARGEST_ORDER_USED 2.0
#define STEEPEST 30.0 /* orders are looked for up to this, both ways */

const char *const ConvergenceStates[] = {"agree", "converging", "odd order", "sign change", NULL};

/* ((r1^p - 1) / (1 - r2^-p)): what two successive differences of h^p relate as, coarse to fine, for
   ratios r1, r2 of the cell sizes. Grows with p. */
static double ratio_of_differences(const double logs[2], double order)
{
  if (fabs(order) < 1e-12) return logs[0] / logs[1];
  return expm1(order * logs[0]) / -expm1(-order * logs[1]);
}

static double find_order(const double sizes[3], double ratio)
{
  const double logs[2] = {log(sizes[0] / sizes[1]), log(sizes[1] / sizes[2])};
  double low = -STEEPEST, high = STEEPEST;

  while (high - low > 1e-13 * STEEPEST) {
    const double middle = 0.5 * (low + high);

    if (ratio_of_differences(logs, middle) < ratio)
      low = middle;
    else
      high = middle;
  }
  return 0.5 * (low + high);
}

Convergence ConvergenceFind(int num, const double sizes[], const double values[], double tolerance)
{
  const double *size = sizes + num - 3, *value = values + num - 3;
  double first = value[1] - value[0], second = value[2] - value[1];
  Convergence result = {CONVERGENCE_AGREE, NAN, value[2], NAN};
  double order;

  if (fabs(first) <= tolerance && fabs(second) <= tolerance) return result;
  if (fabs(first) <= tolerance) first = copysign(tolerance, second);
  if (fabs(second) <= tolerance) second = copysign(tolerance, first);
  if (first * second < 0) {
    return (Convergence){CONVERGENCE_NONE, NAN, NAN, NAN};
  }
  /* finest three agree exactly, with no tolerance to tell a sign: nothing left to extrapolate */
  if (second == 0) return (Convergence){CONVERGENCE_ODD, NAN, value[2], 3};
  order = find_order(size, first / second);
  result.order = order;
  if (order >= LEAST_ORDER && order <= LARGEST_ORDER) {
    result.state = CONVERGENCE_ORDERLY;
    result.factor = 1.25;
  } else {
    result.state = CONVERGENCE_ODD;
    result.factor = 3;
    order = fmin(fmax(order, LEAST_ORDER_USED), LARGEST_ORDER_USED);
  }
  result.extrapolated = value[2] + second / expm1(order * log(size[1] / size[2]));
  return result;
}

double ConvergenceBand(const Convergence *convergence, double value, double tolerance)
{
  const double factor = convergence->state == CONVERGENCE_AGREE ? 1 : convergence->factor;

  if (convergence->state == CONVERGENCE_NONE) return NAN;
  return fmax(factor * fabs(value - convergence->extrapolated), tolerance);
}
