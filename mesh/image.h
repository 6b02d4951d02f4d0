#pragma once

#include <stdio.h>
#include "crystal.h"
#include "elements.h"
#include "problems.h"

/* What is in a file of voxels and nothing else. */
typedef struct {
  PetscInt voxels[3];
  int type; /* of RawTypes */
  PetscBool is_big_endian;
  PetscInt header_bytes; /* before the voxels */
} RawSpec;

/* Which file, and what it does not say itself. */
typedef struct {
  const char *file;         /* path */
  PetscReal grain_angle;    /* least disorientation between grains of a map of orientations [rad] */
  const char *array;        /* in a file of several (.vti, .vtk); NULL: the first of integers */
  const RawSpec *raw;       /* NULL: not said */
  PetscBool by_orientation; /* grains are to be made of the voxels' orientations */
} ImageSpec;

enum { IMAGE_PHASE_NAME = 64 };

/* Phases that a file tells apart, numbered from 1; nothing if `num` is 0. */
typedef struct {
  PetscInt num;
  char (*name)[IMAGE_PHASE_NAME]; /* [num + 1]; empty: the file gives none */
  LaueClass *laue;                /* [num + 1] */
} ImagePhases;

/* What a file says of single labels, of 0 to num - 1; nothing if `num` is 0. */
typedef struct {
  PetscInt num;
  int32_t *phase;          /* NULL: not said */
  Quaternion *orientation; /* NULL: not said */
} ImageGrains;

/*@
  Image - a file of labels on voxels of equal size, read in parts

  Elements are numbered in the order of the file. Reading in ascending order is fast in every
format; a format that can only be read from its front starts again for an element before.
@*/
typedef struct Image Image;
typedef PetscErrorCode (*ImageReader)(const Image *image, PetscInt64 first, PetscInt64 count,
                                      int64_t *values);
struct Image {
  PetscInt cells[3];     /* along x, y, z */
  PetscInt64 step[3];    /* elements from a cell to the next along x, y, z */
  PetscInt64 origin;     /* element of cell (0, 0, 0); not 0 if a step is negative */
  PetscReal spacing[3];  /* of voxels along x, y, z, in the file's unit; 0: it does not say */
  PetscReal unit;        /* [m]; 0: the file does not say */
  PetscBool is_unsigned; /* so that a negative value stands for one of 2^63 and more */

  /* Values of elements [first, first + count); unsigned ones of 2^63 and more come out negative.
   * PETSC_ERR_FILE_READ: the file became shorter or cannot be read any more */
  ImageReader read;
  ImageReader read_phases; /* the phase of each voxel, likewise; NULL: the file does not say */
  PetscErrorCode (*destroy)(void *data);
  void *data;      /* of the format */
  char *data_file; /* path of the file with the voxels; NULL: that of the header */
  ImagePhases phases;
  ImageGrains grains;
  PetscReal grain_angle; /* > 0: values are orientations, see OrientationPack(), and neighbours that
                            differ by less are of one grain [rad]; 0: they are labels */
};

/*@
  ImageOpen - opens a file of labels and reads its header

  The format is that of the name's ending; a folder is one of TIFF files. What is allocated does not
depend on the sizes that the header claims, but on the file's own.

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

/* The axes, from that along which cells follow one another in the file to the slowest. */
void ImageOrder(const Image *image, int order[3]);

/*@
  ImageTryRead - reads, where a broken file is to be a problem and not an error

  Input Parameters:
+ image        - the open image
. read         - its member read or read_phases
- first, count - which elements

  Output Parameters:
+ values  - [count]
- is_read - false if the file cannot be read there
@*/
PetscErrorCode ImageTryRead(const Image *image, ImageReader read, PetscInt64 first,
                            PetscInt64 count, int64_t *values, PetscBool *is_read);

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

/* Likewise integers as text, from a byte on; something else may follow if has_more. */
PetscErrorCode ImageSetText(FILE *file, PetscInt64 begin, PetscBool has_more, Image *image);
