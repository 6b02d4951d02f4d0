#pragma once

#include "image.h"

/*@
  NrrdOpen - NRRD of two or three axes of space, with its data or as a header of its own; as
ImageOpen()

  Integers of any type, raw, gzip or text. The axes are x, y, z; of two the second is z. Voxels have
sizes where there are spacings or space directions, which must be diagonal and positive.

  Source: Definition of NRRD File Format (teem.sourceforge.net/nrrd/format.html), NRRD0001 to 0005
@*/
PetscErrorCode NrrdOpen(const ImageSpec *spec, Problems *problems, Image *image,
                        PetscBool *is_open);
