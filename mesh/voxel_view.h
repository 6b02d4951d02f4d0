#pragma once

#include "petsc_compat.h"

/* The voxels of an image that a rank has before it: its own, and some around them. */
typedef struct {
  PetscInt voxels[3];   /* of the image along x, y, z */
  PetscInt first[3];    /* which of them stands first; it may be before the image, or in a period */
  PetscInt n[3];        /* how many are before it */
  PetscInt step[3];     /* between neighbours */
  PetscInt own[3][2];   /* the rank's own: from, to (behind the last). Each voxel has one owner */
  PetscBool repeats[3]; /* the image is periodic */
  PetscReal size[3];    /* of a voxel [m] */
  int32_t *label;       /* shape (n[2], n[1], n[0]): grain; 0 in voids and outside the film */
} VoxelView;
