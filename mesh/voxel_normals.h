#pragma once

#include "voxel_view.h"

/* Voxels from the one below a face that are looked at for its normal. */
enum { VOXEL_NORMALS_REACH = 5 };

/* Normals of boundaries in an image, each from the faces of voxels around it. */
typedef struct VoxelNormals VoxelNormals;

/*@
  VoxelNormalsCreate - gets a view ready for its normals

  Input Parameter:
. view - must stay as it is; reaches VOXEL_NORMALS_REACH voxels beyond those below the faces asked
for

  Output Parameter:
. normals - free with VoxelNormalsDestroy()
@*/
PetscErrorCode VoxelNormalsCreate(const VoxelView *view, VoxelNormals **normals);
PetscErrorCode VoxelNormalsDestroy(VoxelNormals **normals);

/*@
  VoxelNormalsFind - the normal of the boundary that a face of voxels stands for

  Not collective, and allocates nothing.

  Input Parameters:
+ axis  - normal of the face
. place - of the voxel below it, among the view's labels
. lower - grain below
- upper - grain above

  Output Parameter:
. normal - unit, from lower to upper; the face's own if none is found

  Returns:
    false if the faces around give no direction, as around a single voxel

  The faces between the same two grains within 4.3 voxels are added up as vectors with the weights
  (1 - r^2/4.3^2)^2; the normal is the sum's direction. Where they spread about their plane more
than 2.2 times as much as those of an ideal one, the boundary is bent, and unless it goes on to all
sides alike the window is 3 voxels. Third grains have no influence, and so sides and plates have
none.
@*/
PetscBool VoxelNormalsFind(const VoxelNormals *normals, int axis, PetscInt place, int32_t lower,
                           int32_t upper, PetscReal normal[3]);
