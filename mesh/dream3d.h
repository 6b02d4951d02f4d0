#pragma once

#include "image.h"

/*@
  Dream3dOpen - an image in the format of DREAM.3D (file versions 7 and 8); as ImageOpen()

  Version 7 keeps a geometry in DataContainers/NAME/_SIMPL_GEOMETRY (DIMENSIONS, SPACING or
RESOLUTION), version 8 (DREAM3D-NX) as the attributes _DIMENSIONS and _SPACING of a group in
DataStructure. Beside it stand groups of arrays: of voxels (FeatureIds, Phases), of grains (Phases;
AvgEulerAngles or EulerAngles [rad]) and of phases (CrystalStructures; PhaseName or MaterialName).
Label 0 is void. The unit is the geometry's attribute Units, but for the metre, which stands for no
unit: DREAM3D-NX writes it if none was given. Links are not followed.

  Source: DREAM.3D 6 manual, "Native DREAM.3D File Format"; DREAM3D-NX, "DREAM3D File
Specification"; SIMPL's IGeometry.h (units) and EbsdLib's constants (crystal structures)
@*/
PetscErrorCode Dream3dOpen(const ImageSpec *spec, Problems *problems, Image *image,
                           PetscBool *is_open);
