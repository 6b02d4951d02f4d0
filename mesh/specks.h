#pragma once

#include "segments.h"
#include "voxel_runs.h"

/*@
  SpecksDrop - gives grains of few voxels to their neighbours

  A grain of fewer voxels than `smallest` goes as a whole to the grain, not itself a speck, with
which it has the most faces in common; of equal ones to the first. Specks among specks follow in the
next round, when their neighbours have gone. Those with no neighbour but void, or specks of such a
kind, become void. In an image of phases, grains of one phase that touch afterwards are one.

  Collective; the same on any number of ranks

  Input Parameters:
+ runs      - of the image
. path      - of the image, for messages
. contents  - what its labels are
. smallest  - voxels that a grain must have
- problems  - gets an image of nothing but specks

  Input/Output Parameter:
. segments - the grains, numbered anew without gaps; specks: what was changed
@*/
PetscErrorCode SpecksDrop(const VoxelRuns *runs, const char *path, ImageContent contents,
                          PetscInt smallest, Problems *problems, Segments *segments);
