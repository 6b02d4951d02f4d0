#pragma once

#include <stdint.h>
#include "petsc_compat.h"
#include "random.h"

/*@
  NormalQuantile - the x below which a standard normal variable lies with the given probability

  Input Parameter:
. probability - in (0, 1)
@*/
PetscReal NormalQuantile(PetscReal probability);

/*@
  SizesLognormal - sizes of a log-normal distribution, as even as they can be, in increasing order

  They are the quantiles of the distribution, scaled so that the mean is exactly 1 and the standard
  deviation of ln(size) exactly `spread` (one size alone is 1), not independent draws: a few grains
  then have the statistics asked for as well as many.

  Input Parameters:
+ num    - how many
- spread - standard deviation of ln(size)

  Output Parameter:
. sizes - [num]
@*/
PetscErrorCode SizesLognormal(PetscInt num, PetscReal spread, PetscReal *sizes);

/* Mean of size^power. */
PetscReal SizesMoment(PetscInt num, const PetscReal *sizes, PetscInt power);

/* Highest subindex of a stream: the draws that order things; no other use of a stream takes it. */
#define ORDER_SUBINDEX 0xffffffffu

/*@
  OrderDraw - the numbers 0 .. num - 1 in random order

  Output Parameter:
. order - [num]
@*/
PetscErrorCode OrderDraw(PetscInt num, uint64_t seed, RandomStream stream, PetscInt *order);
