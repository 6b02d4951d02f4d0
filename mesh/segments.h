#pragma once

#include "structure.h"

/*@
  Segments - grains of an image that are not simply its labels: connected pieces of one label in an
image of phases, or those that are left when specks are dropped

  Every rank holds the grain of every run of voxels, 4 bytes a run, but no voxel. Grains are
numbered by their first voxel in the file, whatever the ranks.
@*/
typedef struct {
  PetscInt64 length; /* voxels of a row of the file */
  int32_t *first;    /* [rows + 1], runs before each row */
  int32_t *grain;    /* of each run; 0: void */
  PetscInt num_grains;
  int32_t *label; /* [num_grains + 1], place of a grain's label among the labels, from 1 */
  SpeckReport specks;
} Segments;

/* What a search for grains must keep to. */
typedef struct {
  ImageContent contents;    /* labels of grains are taken as they are */
  PetscInt smallest;        /* voxels that a grain must have */
  PetscBool is_periodic[3]; /* whether the image's x, y, z repeat */
  PetscInt most_runs, most_grains;
} SegmentRules;

/*@
  SegmentsFind - the grains of an image

  Collective; each rank reads its share of the file, and a plane before it

  Input Parameters:
+ comm        - ranks that share the work
. path        - of the image, for messages
. image       - open
. rules       - sides and sizes
. num, labels - all labels, ascending
- problems    - gets too many runs or grains

  Output Parameter:
. segments - free with SegmentsDestroy(), also after problems
@*/
PetscErrorCode SegmentsFind(MPI_Comm comm, const char *path, const Image *image,
                            const SegmentRules *rules, PetscInt num, const int64_t *labels,
                            Problems *problems, Segments *segments);
PetscErrorCode SegmentsDestroy(Segments *segments);

/* Grains of elements [first, first + count) of the image, which must be of one row; reads the row
   up to there. */
PetscErrorCode SegmentsRead(const Segments *segments, const Image *image, PetscInt64 first,
                            PetscInt64 count, int64_t *grains);
