#pragma once

#include "crystal.h"

/*@
  Coincidence - rotations after which two cubic lattices share every sigma-th site

  sigma is odd; there may be several kinds of one sigma (13a, 13b), all of which count.
@*/
typedef struct {
  int sigma;
  PetscInt num;
  Quaternion *rotations; /* [num], all equivalents of all kinds, none twice (q and -q are one) */
} Coincidence;

/*@
  CoincidenceCreate - all rotations of a sigma

  In lowest terms, quaternions of integers whose squares add up to sigma are one of each kind.

  Source: Grimmer, Acta Cryst. A 30 (1974) 685; Ranganathan, Acta Cryst. 21 (1966) 197
@*/
PetscErrorCode CoincidenceCreate(int sigma, Coincidence *coincidence);
PetscErrorCode CoincidenceDestroy(Coincidence *coincidence);

/* Angle by which the misorientation of two cubic crystals misses the nearest of the rotations
 * [rad]. */
PetscReal CoincidenceDeviation(const Coincidence *coincidence, Quaternion a, Quaternion b);
