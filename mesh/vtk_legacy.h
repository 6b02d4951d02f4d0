#pragma once

#include "image.h"

/*@
  VtkLegacyOpen - a .vtk file with structured points, of VTK before its XML files

  Text or binary; of cells or of points, each of which is the middle of a voxel. An image flat along
z is a section, its y being z here. Lengths have no unit. All arrays must be there in full.

  Source: "VTK File Formats", Simple Legacy Formats; VTK's readers for what it leaves open
@*/
PetscErrorCode VtkLegacyOpen(const ImageSpec *spec, Problems *problems, Image *image,
                             PetscBool *is_open);
