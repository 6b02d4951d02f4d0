#pragma once

#include "segments.h"

/* An orientation and its phase, 1 to 127, in one integer, to 1e-5 rad; 0 for phase 0: none. */
int64_t OrientationPack(int32_t phase, Quaternion orientation);
Quaternion OrientationUnpack(int64_t packed, int32_t *phase);

/* Whether two values of an image belong together if they are neighbours. */
PetscBool ImageAlike(const Image *image, int64_t a, int64_t b);

/*@
  OrientationsSegment - makes an image of orientations one of grains

  Neighbouring voxels of one phase that differ by less than the image's grain_angle are of one
grain. Grains are numbered by their first voxel in the file; their phases, and their orientations,
means over their voxels, go to image->grains. No rank holds more than its share of the voxels.

  Collective

  Input Parameters:
+ comm     - ranks that share the work
. path     - of the image, for messages
. rules    - sides; the rest is not used
- problems - gets too many runs or grains

  Input/Output Parameter:
. image - with a grain_angle
@*/
PetscErrorCode OrientationsSegment(MPI_Comm comm, const char *path, const SegmentRules *rules,
                                   Problems *problems, Image *image);
