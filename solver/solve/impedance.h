#pragma once

#include <petscpc.h>
#include "ac_operator.h"

/* When to stop. */
typedef struct {
  PetscReal tolerance;         /* estimated error over the real part of the impedance, or over a
                                  thousandth of its modulus if that is larger */
  PetscReal balance_tolerance; /* relative difference of the two electrodes' currents */
  PetscInt max_iterations;
  const volatile int *interrupt; /* not 0: stop at the next iteration; may be NULL */
} ImpedanceOptions;

/* One frequency, solved. */
typedef struct {
  PetscComplex impedance; /* of the film's area [Ohm m^2] */
  PetscInt iterations;
  PetscReal error;   /* estimated, relative to the modulus */
  PetscReal balance; /* |I_anode - I_cathode| / |I| */
  PetscBool is_converged, is_interrupted;
} ImpedancePoint;

/*@
  ImpedanceStart - solutions at other frequencies, to begin from

  Each solve starts from the best combination of them and leaves its own, in the place of the
  oldest.
@*/
#define IMPEDANCE_KEPT 2
typedef struct {
  int count;
  Vec kept[IMPEDANCE_KEPT][2]; /* real and imaginary part, the latest first */
} ImpedanceStart;
PetscErrorCode ImpedanceStartDestroy(ImpedanceStart *start);

/*@
  ImpedanceSolve - impedance of a film at one frequency

  Collective

  Input Parameters:
+ faces   - admittances at the frequency
- options - when to stop

  Input/Output Parameter:
. start - count = 0 before the first frequency

  Output Parameter:
. point - how it went; not converging is no PETSc error

  With W and T the real and imaginary part of the operator, (W + iT) x = b is preconditioned by
  W + T, real, symmetric and definite, for which one cycle of multigrid on each part of the residual
  stands. With exact solves the eigenvalues lie between 1 and i at every frequency. Directions are
  made conjugate in p^H (W + iT) q to the last ones, to which the residual is orthogonal; as the
  numerical range of W + iT is in the first quadrant, iterates are within sqrt(2) of the best ones.
  The first direction, kept throughout, is a potential that is the same everywhere: the residual has
  no sum, so the electrodes' currents are balanced from the start.

  The impedance is that of AcOperatorAdmittance(). Its error e^T (W + iT) e is of second order, and
  at most sqrt(2) |r^H e|, for which the preconditioned residual stands.
@*/
PetscErrorCode ImpedanceSolve(const AcFaces *faces, const ImpedanceOptions *options,
                              ImpedanceStart *start, ImpedancePoint *point);
