#pragma once

#include "petsc_compat.h"

/* Gets a pair of points, s > t, and x_s - x_t to the nearest image; false: that is enough. */
typedef PetscBool (*PairVisitor)(PetscInt s, PetscInt t, const PetscReal separation[3],
                                 void *context);

/*@
  NeighboursVisit - finds all pairs of points that are near each other

  Input Parameters:
+ length      - of the box that holds the points [m]
. is_periodic - across which sides distances go
. reach       - pairs nearer than this [m]
. num_points  - how many
. x           - where [m]
. visit       - called once for each pair, in increasing order of s
- context     - passed on to visit
@*/
PetscErrorCode NeighboursVisit(const PetscReal length[3], const PetscBool is_periodic[3],
                               PetscReal reach, PetscInt num_points, const PetscReal (*x)[3],
                               PairVisitor visit, void *context);
