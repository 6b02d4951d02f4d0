#pragma once

#include "generator.h"

/*@
  Sampling - a lattice over the box to measure grains on, shared out to ranks in slabs

  It depends on the box alone, never on cells or ranks, so what is counted on it is the same for a
  structure on any grid. Every point stands for the same volume.
@*/
typedef struct {
  PetscInt n[3];
  PetscReal *x[3];    /* [m] */
  PetscInt axis;      /* slabs are cut across this one, the longest */
  PetscInt slab[2];   /* this rank's planes: first, and first behind them */
  PetscInt thickness; /* planes in a slab */
} Sampling;

/*@
  SamplingCreate - about num_points points, equally spaced in the stretched box

  Input Parameters:
+ comm       - ranks that share the work
. length     - of the box [m]
. dimension  - 2: one layer in the middle of the box; 3
. aspect     - points are farther apart along z by this factor
- num_points - how many, all ranks together

  Output Parameter:
. sampling - free with SamplingDestroy()
@*/
PetscErrorCode SamplingCreate(MPI_Comm comm, const PetscReal length[3], PetscInt dimension,
                              PetscReal aspect, PetscReal num_points, Sampling *sampling);
PetscErrorCode SamplingDestroy(Sampling *sampling);

/* Number of points of the whole lattice. */
PetscReal SamplingSize(const Sampling *sampling);

/* Largest number of points in a slab. */
size_t SamplingSlabSize(const Sampling *sampling);

/*@
  SamplingNext - goes to the next slab of this rank; not collective

  Input Parameters:
+ sampling - the lattice
- plane    - where the last slab ended; start with sampling->slab[0]

  Output Parameters:
+ plane  - where this slab ends
. first  - index of the slab's first point per axis
- points - the slab

  Returns:
    false if there is none left
@*/
PetscBool SamplingNext(const Sampling *sampling, PetscInt *plane, PetscInt first[3],
                       Lattice *points);
