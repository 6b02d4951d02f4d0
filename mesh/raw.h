#pragma once

#include "image.h"

extern const char *const RawTypes[]; /* NULL-terminated; a number of RawSpec.type */

/*@
  RawOpen - a file of voxels and nothing else, x fastest, described by spec->raw

  It must be as long as the voxels and the bytes before them are.
@*/
PetscErrorCode RawOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
