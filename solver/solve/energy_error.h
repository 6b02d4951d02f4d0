#pragma once

#include <petscsys.h>

/*@
  EnergyErrorEstimate - what conjugate gradients have still to take off the energy

  What is left after step n is the sum of the drops to come. Drops that shrink by q from one stretch
  of steps to the next leave q/(1 - q) times the last stretch. Which stretch is long enough to see
  the trend is not known beforehand, so that 1, 2, 4, ... steps up to half of all are tried, and the
  ratio of single steps one step before; the largest counts, doubled.

  README.md in this folder says how it did over ten structures with six preconditioners, on which it
  was chosen. It is no bound: a slow decay that has only begun looks like a fast one.

  Input Parameters:
+ n     - number of steps
- drops - [n] by how much each lowered the energy, in order

  Returns the estimate in the unit of the drops; infinity before the third step.

  Source: that drops are what is missing, Hestenes & Stiefel, J. Res. NBS 49 (1952) 409, theorem
  6:1, and Strakos & Tichy, ETNA 13 (2002) 56; the extrapolation is ours (README.md in this folder).
@*/
PetscReal EnergyErrorEstimate(PetscInt n, const PetscReal drops[]);
