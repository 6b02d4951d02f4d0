#pragma once

#include "laguerre.h"

/*@
  LaguerreFit - seeds and weights such that the cells, as cut by the box, have the volumes asked for

  Collective; every rank gets the same result, bit for bit, on any number of ranks

  Input Parameters:
+ comm     - ranks that share the work
. volumes  - [num_seeds] in any unit (areas in two dimensions): shares of the box
. seed     - of the random start (stream RANDOM_SEEDS)
- laguerre - dimension, box, aspect, number of seeds

  Output Parameter:
. laguerre - seeds and weights set; cells are centred on their seeds, near enough

  Source: alternation of Lloyd's step and optimal-transport weights as in Bourne et al., Philos.
Mag. 100, 2677 (2020); here a damped Jacobi step takes the place of their Newton step
@*/
PetscErrorCode LaguerreFit(MPI_Comm comm, const PetscReal *volumes, uint64_t seed,
                           Laguerre *laguerre);
