#pragma once

/* What a quantity does from grid to grid; names in ConvergenceStates[] as in convergence.json. */
typedef enum {
  CONVERGENCE_AGREE,   /* the grids agree within the tolerance */
  CONVERGENCE_ORDERLY, /* differences of one sign, an order that the scheme can have */
  CONVERGENCE_ODD,     /* differences of one sign, another order */
  CONVERGENCE_NONE     /* the differences change sign: nothing can be said */
} ConvergenceState;
extern const char *const ConvergenceStates[]; /* NULL-terminated */

/*@
  Convergence - what three grids say of the value on an infinitely fine one

  The observed order p solves f(h) = f0 + C h^p. Where it lies outside 0.8 to 2.2 (the scheme has
  order 1 at oblique boundaries and 2 on smooth fields) it is not believed: f0 then comes from the
  nearest order within 0.5 to 2, and the band gets the larger factor.
@*/
typedef struct {
  ConvergenceState state;
  double order;        /* observed; NaN if there is none */
  double extrapolated; /* Richardson's value f0; NaN if there is none */
  double factor;       /* of safety: 1.25 or 3; NaN where no order is used */
} Convergence;

/*@
  ConvergenceFind - observed order, Richardson's value and factor of safety from the finest three
  grids

  A difference within the tolerance has no sign: it counts as one of that size with the sign of the
  other.

  Input Parameters:
+ num       - of grids, at least 3
. sizes     - of the cells, falling, in any unit
. values    - on these grids
- tolerance - to which values can be trusted, in their unit

  Source: ROACHE 1994, J. Fluids Eng. 116, 405 (grid convergence index, factors 1.25 and 3)
@*/
Convergence ConvergenceFind(int num, const double sizes[], const double values[], double tolerance);

/*@
  ConvergenceBand - half width of the error band of the value on one grid, in its unit: the factor
  of safety times the distance to Richardson's value (to the finest grid's, where the grids agree),
  at least the tolerance

  On the finest grid this is the grid convergence index. NaN in state CONVERGENCE_NONE.
@*/
double ConvergenceBand(const Convergence *convergence, double value, double tolerance);
