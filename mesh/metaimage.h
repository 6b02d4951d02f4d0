#pragma once

#include "image.h"

/*@
  MetaImageOpen - MetaImage of ITK and VTK, with its data (.mha) or with a file of them (.mhd); as
ImageOpen()

  Integers of any type, one a voxel, binary, compressed by zlib, or text. The axes are x, y, z; of
two the second is z. They must not be turned.

  Source: MetaIO (itk.org/Wiki/MetaIO/Documentation); DistanceUnits as MetaIO's source has it
@*/
PetscErrorCode MetaImageOpen(const ImageSpec *spec, Problems *problems, Image *image,
                             PetscBool *is_open);
