#pragma once

#include "image.h"

/*@
  TesrOpen - a raster tessellation of Neper, .tesr of format 2.0 and 2.1; as ImageOpen()

  Of three dimensions, or of two: a section one cell thick along y, its y being z here. Cell 0 is
void. The data are text or binary, in the file itself or in another one that it names. Orientations
of cells (*ori) are kept, as Rodrigues vector, quaternion, axis and angle or Bunge's angles, active
or passive; of voxels (**oridata) not. Neper's lengths have no unit.

  Source: Neper manual, "Raster Tessellation File (.tesr)" and "Rotations and Orientations"
@*/
PetscErrorCode TesrOpen(const ImageSpec *spec, Problems *problems, Image *image,
                        PetscBool *is_open);
