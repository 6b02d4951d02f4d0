#pragma once

#include "faces.h"

/*@
  Potential - the solution with its ghost layer, so that the difference across any face can be had
@*/
typedef struct {
  const Grid *grid;
  PetscScalar *values; /* ghosted local box [V] */
} Potential;

PetscErrorCode PotentialGet(const Grid *grid, Vec global, Potential *potential);
PetscErrorCode PotentialRestore(Potential *potential);

/* Potential below minus potential above the face below local cell `at`; electrodes at 1 V and 0 V.
 */
PetscReal PotentialDrop(const Potential *potential, int axis, const PetscInt at[3]);
