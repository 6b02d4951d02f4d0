#include "line.h"

#include <math.h>

Line LineFit(int num, const double x[], const double y[])
{
  Line line = {0, 0, NAN, 0};
  double mean_x = 0, mean_y = 0, sum_xx = 0, sum_xy = 0, sum_rr = 0;

  for (int n = 0; n < num; n++) {
    mean_x += x[n] / num;
    mean_y += y[n] / num;
  }
  for (int n = 0; n < num; n++) { /* about the means: 1/T varies by little */
    sum_xx += (x[n] - mean_x) * (x[n] - mean_x);
    sum_xy += (x[n] - mean_x) * (y[n] - mean_y);
  }
  line.slope = sum_xy / sum_xx;
  line.intercept = mean_y - line.slope * mean_x;
  for (int n = 0; n < num; n++) {
    const double residual = y[n] - mean_y - line.slope * (x[n] - mean_x);

    sum_rr += residual * residual;
    line.deviation = fmax(line.deviation, fabs(residual));
  }
  if (num > 2) line.slope_error = sqrt(sum_rr / (num - 2) / sum_xx);
  return line;
}
