#pragma once

#include "verify.h"

/* A film with boundaries oblique to its grid. Lengths are in um and sigma in S/m, so that areal
   resistances count in OBLIQUE_UNIT. */
#define OBLIQUE_UNIT 1e-6 /* [Ohm m^2] */

enum { OBLIQUE_GRIDS = 4 };

typedef struct {
  const char *id;
  PetscReal reference;            /* conductivity [S/m] */
  PetscReal size;                 /* grain, particle, distance of planes [um] */
  PetscReal sigma[2];             /* of the first and second phase; 0: 1 [S/m] */
  PetscReal r;                    /* of all boundaries, unless the model has a law [OBLIQUE_UNIT] */
  PetscReal bound[OBLIQUE_GRIDS]; /* of matched faces' relative error, from the coarsest grid on */
  PetscBool is_stairs_better;     /* by accident */
  ModelSpec model;                /* on the coarsest grid; phases and conductivity are put in */
} ObliqueFilm;

/*@
  ObliqueConverge - solves a film on finer and finer grids, each twice as fine as the one before

  Input Parameters:
+ film       - what
. is_matched - scheme of its boundaries
- num_grids  - how many

  Output Parameter:
. errors - relative errors of the conductivity [num_grids]
@*/
PetscErrorCode ObliqueConverge(const ObliqueFilm *film, PetscBool is_matched, int num_grids,
                               PetscReal errors[]);

/* Holds matched faces to their bounds and, on the finest grid, to be nearer than stairs, or within
   1e-5 themselves. */
PetscErrorCode ObliqueVerify(const ObliqueFilm *film, int num_grids);
