#pragma once

#include "generator.h"
#include "image.h"

/* Reads the grains of elements [first, first + count) of an image, which are of one row. */
typedef PetscErrorCode (*GrainReader)(const void *source, PetscInt64 first, PetscInt count,
                                      int64_t *grains);

/*@
  Resampling - an image of grains on cells of any number, over the same box

  A cell belongs to the grain with the largest part of its volume, void being one of them; of equal
ones to that of the voxel which holds its centre (on a face: the one behind it), else to the first.
Parts are compared as integers, so that ties are ties.
@*/
typedef struct {
  const Image *image;
  GrainReader read;
  const void *source;
  PetscReal length[3]; /* of the box [m] */
  PetscInt cells[3];   /* along x, y, z; equal to the image's: its own voxels */
} Resampling;

/*@
  ResamplingLabel - the grains of the cells that hold some points

  Reads the voxels that these cells overlap, in the order of the file, and keeps one plane of them.

  Input Parameters:
+ resampling - from what to what
- points     - in the box

  Output Parameter:
. labels - shape (n[2], n[1], n[0])
@*/
PetscErrorCode ResamplingLabel(const Resampling *resampling, const Lattice *points,
                               int32_t *labels);

/*@
  ResamplingMeasure - what an image was before it got the film's cells

  Collective; each rank reads its share of the image

  Input Parameters:
+ comm       - ranks that share the work
. generator  - the image's
. box        - with the film's cells
- num_phases - of the case

  Output Parameter:
. report - free its fractions with PetscFree(); nothing in it if each cell lies in one voxel
@*/
PetscErrorCode ResamplingMeasure(MPI_Comm comm, const Generator *generator, const StructureBox *box,
                                 PetscInt num_phases, ResampleReport *report);
