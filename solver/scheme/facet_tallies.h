#pragma once

#include "facets.h"

/* What all ranks together know of the stair faces of each facet. */
typedef struct {
  const BoundaryGeometry *geometry;
  PetscReal (*entries)[5]; /* [num_facets]: area of the faces along x, y, z; their number; whether
                              one is next to a void or to a grain that is no polyhedron */
  PetscReal
      whole; /* true area of the facets that are seen whole, over what their faces stand for */
} FacetTallies;

/*@
  FacetTalliesCreate - no faces yet

  Output Parameter:
. tallies - free with FacetTalliesDestroy(); refers to the geometry
@*/
PetscErrorCode FacetTalliesCreate(const BoundaryGeometry *geometry, FacetTallies *tallies);
PetscErrorCode FacetTalliesDestroy(FacetTallies *tallies);

/*@
  FacetTalliesAdd - counts a face

  Not collective; one rank counts a face, but any that sees it may say that it is next to a void

  Input Parameters:
+ facet         - which it belongs to
. axis          - normal of the face
. area          - of the face [m^2]; 0: another rank counts it
- is_at_foreign - a void, or a grain that the facets know nothing of, is next to it
@*/
void FacetTalliesAdd(FacetTallies *tallies, PetscInt facet, int axis, PetscReal area,
                     PetscBool is_at_foreign);

/* Adds up what all ranks have counted. Collective; before it nothing below may be asked. */
PetscErrorCode FacetTalliesSum(MPI_Comm comm, FacetTallies *tallies);

/*@
  FacetTalliesIsWhole - whether a facet's area may be put on its faces

  Not if others took some of them; nor, where facets were fitted to an image, if they have not about
  the area of the piece of plane: stairs move its edges by up to a voxel.
@*/
PetscBool FacetTalliesIsWhole(const FacetTallies *tallies, PetscInt facet);

/* Number of a facet's faces, and their area along an axis [m^2]. */
PetscReal FacetTalliesCount(const FacetTallies *tallies, PetscInt facet);
PetscReal FacetTalliesArea(const FacetTallies *tallies, PetscInt facet, int axis);
