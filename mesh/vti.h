#pragma once

#include "image.h"

/*@
  VtiOpen - VTK's XML image data, serial, by expat and zlib; as ImageOpen()

  Integers of any type, as text, base64 or raw bytes, in the array or appended, plain or in zlib's
blocks, of which one is decoded at a time. Cell data come first, then point data, each point a voxel
around it. The array is spec->array, or else the first of integers. An image flat along z is a
section, whose y is z. VTK has spacings without a unit.

  Source: VTK XML file formats (docs.vtk.org), version 1.0 and before
@*/
PetscErrorCode VtiOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
