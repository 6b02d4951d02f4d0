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

/* What a .vti file says before its appended data. */
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
