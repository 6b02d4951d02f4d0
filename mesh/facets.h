#pragma once

#include "generator.h"

/* A piece of boundary between two grains: connected, and flat unless the boundary is curved. Two
   grains that meet across several periodic sides have a facet for each. */
typedef struct {
  int32_t grain[2];    /* the lower one first */
  PetscReal normal[3]; /* unit, from grain[0] to grain[1]; 0 if curved: it differs from face to face
                        */
  PetscReal area;      /* inside the box: without what plates and insulating sides cut off [m^2] */
} Facet;

/* In place of a facet, in images: the normal could not be estimated and is that of the face; it
   could, but nothing is known of the facet's area. */
enum { FACET_NOT_SEEN = -2, FACET_SEEN = -3 };

/* What the true boundary is like where the stairs have a face. */
typedef struct {
  PetscInt facet;      /* -1: the two grains have no facet there, or none is known; see
                          BoundaryGeometryFind() */
  PetscReal normal[3]; /* unit, from the first grain to the second */
} FacetAt;

/*@
  BoundaryGeometry - where the boundaries of a generator's grains truly are

  It knows nothing of cells or ranks, but where it is estimated: every rank holds all facets, the
same bit for bit (estimated ones to rounding), and an answer depends on the arguments alone. Pores
are not part of it: a facet has its whole area even if a pore takes some of its faces, so where a
face of the facet touches a void its area must not be compared with the faces'; 1/|n_d| on each face
is right there.
@*/
typedef struct BoundaryGeometry BoundaryGeometry;
struct BoundaryGeometry {
  PetscInt num_facets;
  Facet *facets; /* grains: in increasing order of grain[0]; planes: upwards; spheres: as listed */
  PetscBool is_curved; /* all facets are spheres, or of unknown shape */
  PetscReal voxel;     /* estimated from labels on voxels of this size [m]; 0: known exactly */
  PetscBool *is_known; /* [num_grains + 1], where estimated: facets are those between such grains;
                          NULL: there are none */

  void (*find)(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
               const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at);
  PetscErrorCode (*destroy)(void *data);
  void *data;
};

/*@
  BoundaryGeometryCreate - facets of a structure, with exact areas and normals

  Collective; the ranks share the work

  Input Parameters:
+ comm      - every rank gets all facets
. generator - may be destroyed before the geometry
- box       - the one the generator was made for

  Output Parameter:
. geometry - free with BoundaryGeometryDestroy(); NULL if every boundary is normal to an axis, or
             nothing is known of it but its cells

  Exact to rounding for: polyhedra of a Laguerre tessellation (columns, images, stretch, plates and
  insulating sides included), tilted planes, spheres cut by plates and insulating sides.
@*/
PetscErrorCode BoundaryGeometryCreate(MPI_Comm comm, const Generator *generator,
                                      const StructureBox *box, BoundaryGeometry **geometry);

/*@
  BoundaryGeometryEstimate - the boundaries in an image, from the labels of its voxels

  Collective on the grid's ranks; the answers are the same on any number of them, to rounding

  Input Parameters:
+ grid      - where its cells are not whole parts of the voxels, they count as voxels
- generator - may be destroyed before the geometry

  Output Parameter:
. geometry - answers for faces of the local box; free with BoundaryGeometryDestroy(). NULL if the
             generator has no image

  Between grains that LaguerreFromImage() explains, facets are those of its tessellation; other
faces have no facet, but FACET_SEEN and the normal of VoxelNormalsFind(), or FACET_NOT_SEEN and
their own. A rank keeps the labels of its voxels and of 6 around them.
@*/
PetscErrorCode BoundaryGeometryEstimate(const Grid *grid, const Generator *generator,
                                        BoundaryGeometry **geometry);
PetscErrorCode BoundaryGeometryDestroy(BoundaryGeometry **geometry);

/*@
  BoundaryGeometryFind - the facet behind a face between cells of two grains

  Not collective, and allocates nothing.

  Input Parameters:
+ geometry - facets
. axis     - normal of the face
. cell_a   - centre of the cell on one side, in the box [m]
. cell_b   - centre of the cell on the other side; it may lie beyond a periodic side, next to cell_a
. grain_a  - grain of cell_a: 1 .. num_grains, what the generator has there
- grain_b  - grain of cell_b, another one

  Output Parameter:
. at - facet and normal

  A Laguerre boundary is the plane of equal distance to those images of the two seeds that own the
  cells; it passes between the two centres. If that pair of images has no facet (cells stepped over
  a grain's edge or over a piece smaller than they are), the normal is that of this plane and the
  facet -1. Across periodic sides at which tilted planes jump, the boundary is the side itself,
  again with facet -1. The normal of a sphere is radial, taken half way between the centres; between
  two spheres with no matrix between their cells it points from centre to centre, facet -1.
@*/
static inline void BoundaryGeometryFind(const BoundaryGeometry *geometry, int axis,
                                        const PetscReal cell_a[3], const PetscReal cell_b[3],
                                        PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  (*geometry->find)(geometry->data, geometry->facets, axis, cell_a, cell_b, grain_a, grain_b, at);
}
