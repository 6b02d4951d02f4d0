#pragma once

#include <complex.h>

/* A resistance, a capacitor and a constant-phase element side by side, per area; any of the last
   two may be 0. */
typedef struct {
  double resistance;  /* [Ohm m^2]; infinite: it does not conduct */
  double capacitance; /* [F/m^2] */
  double cpe;         /* Q [S s^n/m^2] */
  double exponent;    /* n, above 0 and at most 1 */
} Element;

/*@
  ElementImpedance - 1/(1/R + i omega C + Q (i omega)^n) [Ohm m^2], 0 if R is

  Input Parameters:
+ element - nothing in it is negative; not infinite without capacitor and constant-phase element
- omega   - 2 pi f, > 0 [1/s]

  Source: the usual definition of the constant-phase element, e.g. BARSOUKOV MACDONALD 2005,
  Impedance Spectroscopy, section 2.1
@*/
double complex ElementImpedance(const Element *element, double omega);

/* Admittance of what is beside the resistance, i omega C + Q (i omega)^n [S/m^2]. */
double complex ElementDisplacement(const Element *element, double omega);
