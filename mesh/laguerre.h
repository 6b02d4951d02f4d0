#pragma once

#include "generator.h"

/*@
  Laguerre - a tessellation of the box into one cell per seed (a power diagram)

  A point belongs to the seed with the least D_i = |x - x_i|^2 - w_i, ties to the lower index, where
  distances are taken in (x, y, z/aspect), or in (x, y) alone if there are two dimensions, and each
  seed has images across every periodic pair of sides.
@*/
typedef struct {
  PetscInt dimension;       /* 3; 2: columns along z */
  PetscReal length[3];      /* of the box [m] */
  PetscBool is_periodic[3]; /* images of the seeds across these sides */
  PetscReal aspect;         /* stretch along z; 1 in two dimensions */
  PetscInt num_seeds;
  PetscReal (*seeds)[3]; /* not stretched [m]; in the box, but beyond sides without images they may
                            be anywhere; z = 0 in two dimensions */
  PetscReal *weights;    /* of the stretched distance [m^2] */
} Laguerre;

/*@
  LaguerreCreate - room for seeds and weights, all zero

  Input Parameters:
+ dimension     - 2 or 3
. box           - where
. is_periodic_z - images across the plates too
. aspect        - stretch along z
- num_seeds     - at least 1

  Output Parameter:
. laguerre - free with LaguerreDestroy()
@*/
PetscErrorCode LaguerreCreate(PetscInt dimension, const StructureBox *box, PetscBool is_periodic_z,
                              PetscReal aspect, PetscInt num_seeds, Laguerre **laguerre);
PetscErrorCode LaguerreDestroy(Laguerre **laguerre);

/*@
  LaguerreLabel - the grain, 1 + index of the seed, at each point of a lattice

  Not collective. Every point is decided by the same floating-point comparison whatever lattice it
  comes with, so that labels are equal bit for bit on any grid and any number of ranks.

  Input Parameters:
+ laguerre - the seeds
- points   - points in the box, in any order, some perhaps twice

  Output Parameter:
. labels - shape (n[2], n[1], n[0])
@*/
PetscErrorCode LaguerreLabel(const Laguerre *laguerre, const Lattice *points, int32_t *labels);

/*@
  LaguerreGeneratorCreate - the tessellation as a microstructure; every grain is of phase 1

  Output Parameter:
. generator - takes over `laguerre`
@*/
PetscErrorCode LaguerreGeneratorCreate(Laguerre *laguerre, Generator **generator);

/* The tessellation behind a generator, NULL if there is none; belongs to the generator. */
const Laguerre *GeneratorLaguerre(const Generator *generator);
