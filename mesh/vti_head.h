#pragma once

#include "image.h"

enum { VTI_NAME = 64 };

/* An array, as its tag describes it. */
typedef struct {
  char name[VTI_NAME], type[VTI_NAME], format[VTI_NAME];
  PetscBool is_of_points, is_scalar;
  double offset;         /* among appended data; NaN: none */
  PetscInt64 begin, end; /* bytes of the file between its tags */
} VtiArray;

/* What a .vti file says before its appended data; of a .vtk file what both have. */
typedef struct {
  char kind[VTI_NAME], byte_order[VTI_NAME], header_type[VTI_NAME], compressor[VTI_NAME];
  char encoding[VTI_NAME]; /* of appended data; empty: there are none */
  PetscInt64 appended;     /* byte behind the tag of appended data */
  PetscBool has_image;
  double whole[6], piece[6], spacing[3], direction[9];
  PetscInt num_pieces, num_arrays, capacity;
  VtiArray *arrays;
} VtiHead;

/*@
  VtiHeadRead - parses a .vti file as far as its appended data

  Output Parameters:
+ head    - free its arrays with PetscFree()
- is_read - false if there were problems
@*/
PetscErrorCode VtiHeadRead(const char *path, int file, Problems *problems, VtiHead *head,
                           PetscBool *is_read);

/* Bytes of an element of type Int8 ... UInt64; 0: no integers. */
int VtiBytes(const VtiArray *array, PetscBool *is_signed);

/*@
  VtiChoose - the array with the labels: the one asked for, or the first of integers, cells before
points and without VTK's marks of ghosts

  Input Parameters:
+ path     - of the file, for messages
. name     - NULL: the first
. head     - what is there
- problems - gets what is wrong, as a warning that there are others

  Returns:
    NULL if there is none
@*/
const VtiArray *VtiChoose(const char *path, const char *name, const VtiHead *head,
                          Problems *problems);

/* Voxels of an array and their size: a point is the middle of one; what is flat along z is a
   section. False with a problem. */
PetscBool VtiSetShape(const char *path, const VtiHead *head, const VtiArray *array,
                      Problems *problems, Image *image);
