#pragma once

#include "facet_sums.h"
#include "laguerre.h"

/*@
  LaguerreFromImage - the Laguerre tessellation that an image of grains looks like

  Collective

  Input Parameters:
+ sums - of the image
- box  - of the film

  Output Parameters:
+ laguerre     - seed g - 1 is that of grain g, the same on every rank; NULL if it explains less
                 than a tenth of the faces. Free with LaguerreDestroy()
- is_explained - [num_grains + 1]: the grain's faces lie about its planes as those of planes do; the
                 others have weights with which they own nothing. Free with PetscFree()

  The place where a boundary cuts the line between the centres of two voxels is spread evenly over
  it: the sum of squares of its distances from the middle, along the line, is made least in seeds
and weights, by Newton's method with damping, from the middles and the volumes of the grains.

  Source: Alpers et al., arXiv:2507.14268 (2025), compares other ways to fit tessellations to images
  of grains; distances along the links and sums for each pair are this program's.
@*/
PetscErrorCode LaguerreFromImage(const FacetSums *sums, const StructureBox *box,
                                 Laguerre **laguerre, PetscBool **is_explained);
