#pragma once

#include "voxel_view.h"

/* What is summed over faces: 1, x, y, z, xx, xy, xz, yy, yz, zz, and 1 or -1, if the lower grain is
   below the face or above. */
enum { FACET_NET = 10, FACET_MOMENTS = 11 };

/* What the faces of voxels between two grains, or their images, add up to. */
typedef struct {
  int32_t grain[2]; /* the lower one first */
  int32_t image;    /* of the higher grain's centre, next to the lower's: FacetSumsShift() */
  PetscReal moments[3][FACET_MOMENTS]; /* of the faces along each axis, their centres seen from the
                                          lower grain's centre */
} FacetSum;

/*@
  FacetSums - all pairs of grains in an image that have faces in common

  Lengths are in units of `unit`, near the size of a voxel.
@*/
typedef struct {
  MPI_Comm comm;
  PetscReal unit;       /* [m] */
  PetscReal spacing[3]; /* of voxels */
  PetscReal period[3];  /* 0: the image does not repeat */
  PetscInt num_grains;
  PetscReal (*centre)[3]; /* [num_grains + 1]: mean place of a grain's voxels, where it repeats the
                             place about which they lie */
  PetscReal *volume;      /* [num_grains + 1]: in voxels; 0: the image has none */
  PetscInt own[2];        /* lower grains whose pairs this rank has: from, to (behind the last) */
  PetscInt num;
  FacetSum *list;
} FacetSums;

/*@
  FacetSumsCreate - goes over an image once for its grains and once for their faces

  Collective

  Input Parameters:
+ comm       - ranks that share the image
. view       - what this rank has of it
- num_grains - labels are 1 to num_grains

  Output Parameter:
. sums - free with FacetSumsDestroy(); every rank knows all grains, and each pair is with one rank
@*/
PetscErrorCode FacetSumsCreate(MPI_Comm comm, const VoxelView *view, PetscInt num_grains,
                               FacetSums *sums);
PetscErrorCode FacetSumsDestroy(FacetSums *sums);

/* From the centre of the lower grain to that of the higher one's image. */
void FacetSumsShift(const FacetSums *sums, const FacetSum *sum, PetscReal shift[3]);
