#pragma once

/*@
  Line - y = intercept + slope x through points, by least squares
@*/
typedef struct {
  double slope, intercept;
  double slope_error; /* standard error, from num - 2 degrees of freedom; NaN with two points */
  double deviation;   /* largest distance of a point, in y */
} Line;

/*@
  LineFit - the line through at least two points with different x

  Source: any text on linear regression; all points have the same weight
@*/
Line LineFit(int num, const double x[], const double y[]);
