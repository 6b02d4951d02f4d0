#pragma once

#include "petsc_compat.h"

/* How well a spectrum keeps the Kramers-Kronig relations. */
typedef struct {
  int num_elements;   /* resistors beside capacitors in the chain */
  PetscReal max, rms; /* residuals, real and imaginary, relative to |Z|; NaN with few points */
} KramersKronig;

/*@
  KramersKronigTest - what is left of a spectrum after a chain of RC elements is fitted to it

  Not collective

  Input Parameters:
+ count     - number of frequencies
. omega     - 2 pi f, in any order [1/s]
- impedance - in any unit

  Output Parameter:
. test - residuals of R + sum R_k/(1 + i omega tau_k) + 1/(i omega C) + i omega L, by linear least
         squares weighted with 1/|Z|, tau_k equally spaced in log from a decade before to a decade
         behind the ends, seven a decade but at most 1.2 a frequency; nothing is said below four.
Real and imaginary parts share the R_k, so what breaks the relations is left over. (Fewer elements,
as in SCHOENLEBER 2014, keep noise from being followed; here is none.)

  Source: BOUKAMP 1995, J. Electrochem. Soc. 142, 1885
@*/
PetscErrorCode KramersKronigTest(PetscInt count, const PetscReal omega[],
                                 const PetscComplex impedance[], KramersKronig *test);
