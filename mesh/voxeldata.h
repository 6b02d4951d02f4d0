#pragma once

#include "image.h"

/* How voxels stand in a file. */
typedef enum { VOXELS_RAW, VOXELS_DEFLATED /* zlib or gzip */, VOXELS_TEXT } VoxelEncoding;

/* Where the voxels of an image are, as its header says. */
typedef struct {
  const char *header; /* path of the file that says so */
  const char *file;   /* NULL: in that file, from `begin` on; else beside it, or an absolute path */
  PetscInt64 begin;   /* byte at which lines and bytes to be skipped begin */
  PetscInt64 lines;   /* to be skipped first, of the file as it is */
  PetscInt64 bytes;   /* then to be skipped, decompressed; -1: all but the last, of raw ones */
  VoxelEncoding encoding;
  Elements elements; /* bytes, sign and order of one element */
} VoxelData;

/*@
  VoxelDataOpen - makes an image whose shape is set ready to be read

  Data must end where the voxels end. Compressed ones can be read from the front only: ascending is
fast, going back begins again; 64 KB are kept at a time.

  Input Parameters:
+ data     - where and how
- problems - gets what is wrong with that

  Output Parameters:
+ image   - the image
- is_open - false if there were problems
@*/
PetscErrorCode VoxelDataOpen(const VoxelData *data, Problems *problems, Image *image,
                             PetscBool *is_open);
