#pragma once

#include "elements.h"
#include "problems.h"

/* Which file, and what it does not say itself. */
typedef struct {
  const char *file; /* path */
} ImageSpec;

/*@
  Image - a file of labels on voxels of equal size, read in parts

  Elements are numbered in the order of the file. Reading in ascending order is fast in every
format; a format that can only be read from its front starts again for an element before.
@*/
typedef struct Image Image;
struct Image {
  PetscInt cells[3];     /* along x, y, z */
  PetscInt64 step[3];    /* elements from a cell to the next along x, y, z */
  PetscReal spacing[3];  /* of voxels along x, y, z, in the file's unit; 0: it does not say */
  PetscReal unit;        /* [m]; 0: the file does not say */
  PetscBool is_unsigned; /* so that a negative value stands for one of 2^63 and more */

  /* Values of elements [first, first + count); unsigned ones of 2^63 and more come out negative.
   * PETSC_ERR_FILE_READ: the file became shorter or cannot be read any more */
  PetscErrorCode (*read)(const Image *image, PetscInt64 first, PetscInt64 count, int64_t *values);
  PetscErrorCode (*destroy)(void *data);
  void *data; /* of the format */
};

/*@
  ImageOpen - opens a file of labels and reads its header

  The format is that of the name's ending. What is allocated does not depend on the sizes that the
header claims, but on the file's own.

  Input Parameters:
+ spec     - which file
- problems - gets what is wrong: what is there, and what is allowed

  Output Parameters:
+ image  - close with ImageClose() in any case
- is_open - false if there were problems
@*/
PetscErrorCode ImageOpen(const ImageSpec *spec, Problems *problems, Image *image,
                         PetscBool *is_open);
PetscErrorCode ImageClose(Image *image);

/*@
  ImageSetShape - sizes of an image and the order of its elements; for the files that read a format

  Input Parameters:
+ path       - of the image, for messages
. shape      - [3], sizes along x, y, z as the file claims them: negative, 1e12, ...
. is_fortran - whether z is the fastest in the file; x otherwise
- problems   - gets sizes that are not from 1 to a million

  Output Parameter:
. image - its cells and steps

  Returns:
    false if there were problems
@*/
PetscBool ImageSetShape(const char *path, const double shape[3], PetscBool is_fortran,
                        Problems *problems, Image *image);

/* Lets an image read elements of a file, which it closes in the end; for the same files. */
PetscErrorCode ImageSetElements(const Elements *elements, Image *image);
