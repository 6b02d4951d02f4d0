#pragma once

#include "image.h"

/*@
  VoxelRuns - an image as runs: neighbouring voxels of one label in a row of the file, or of alike
orientations

  A row are the voxels along the axis that is the fastest in the file. Runs are numbered in the
order of the file, over all ranks; a rank has those of its share of the rows, and of the rows that
its share touches before.
@*/
typedef struct {
  PetscInt64 rows[2]; /* [first, last) */
  PetscInt *offset;   /* [rows + 1], runs before each row, of those here */
  PetscInt num, capacity;
  int32_t *begin;  /* [num], voxel of the row */
  int32_t *label;  /* [num], place among the labels from 1, or phase of an orientation; 0: void */
  int64_t *values; /* [rows][length], orientations; NULL: labels */
} RunBlock;

typedef struct {
  MPI_Comm comm;
  const Image *image;
  PetscInt64 length, num_rows; /* voxels of a row; rows */
  PetscInt64 middle;           /* rows of a plane */
  PetscBool is_periodic[3];    /* axes from the fastest on */
  PetscInt64 own[2];           /* rows of this rank's share: [first, last) */
  int32_t *first;              /* [num_rows + 1], runs of all ranks before each row */
  RunBlock block;              /* own rows and a plane of rows before them */
  RunBlock wrapped;            /* rows of the first plane behind own rows of the last one */
} VoxelRuns;

/* Two runs with faces between them; is_same: of one label, or alike across one of the faces. Each
   pair of rows is visited by one rank, that of the later row. */
typedef PetscErrorCode (*RunTouch)(void *data, PetscInt run, PetscInt other, PetscBool is_same,
                                   PetscInt faces);

/*@
  VoxelRunsCreate - reads the rank's share of an image

  Collective

  Input Parameters:
+ comm        - ranks that share the work
. path        - of the image, for messages
. image       - open
. is_periodic - whether its x, y, z repeat
. num, labels - all labels, ascending; not used of orientations
. most        - so many runs are possible
- problems    - gets more of them

  Output Parameter:
. runs - free with VoxelRunsDestroy(), also after problems
@*/
PetscErrorCode VoxelRunsCreate(MPI_Comm comm, const char *path, const Image *image,
                               const PetscBool is_periodic[3], PetscInt num, const int64_t *labels,
                               PetscInt most, Problems *problems, VoxelRuns *runs);
PetscErrorCode VoxelRunsDestroy(VoxelRuns *runs);

/* Calls `touch` for all runs of own rows and those that they touch in the same and earlier rows. */
PetscErrorCode VoxelRunsVisit(const VoxelRuns *runs, RunTouch touch, void *data);

/* Concatenates what the ranks have, num integers each; free with PetscFree(). Collective. */
PetscErrorCode VoxelRunsGather(MPI_Comm comm, PetscInt num, const int32_t *own, PetscInt *num_all,
                               int32_t **all);

/* First of the runs here, first own one, and first behind those. */
static inline void VoxelRunsSpan(const VoxelRuns *runs, PetscInt span[3])
{
  span[0] = runs->first[runs->block.rows[0]];
  span[1] = runs->first[runs->own[0]];
  span[2] = runs->first[runs->own[1]];
}
