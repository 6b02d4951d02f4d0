#pragma once

#include "polygon.h"
#include "power_sites.h"

/* One face of a cell; places are from the cell's seed, in stretched space. */
typedef struct {
  PetscInt seed;    /* of the cell beyond; -1: a side of the box, or an image of the cell's own */
  int8_t image[3];  /* which image of that seed, in periods of the box */
  double offset[3]; /* where that image is */
  HalfSpace half;   /* that the cell lies in */
  Polygon polygon;
  double excess[2]; /* of its vertices over the plane under way: least, largest */
} PowerFace;

/* The convex polyhedron that belongs to a seed. All zero: none, and no memory yet. */
typedef struct {
  PetscInt num_faces, capacity;
  PowerFace *faces; /* in no order; polygons behind num_faces are kept for the next cell */
  double radius;    /* distance of the farthest vertex from the seed; columns: in the plane */
  Polygon scratch;
  PowerNeighbours neighbours;
} PowerCell;

/*@
  PowerCellCompute - the cell of one seed, whole across periodic sides, cut off at the others

  Not collective. Depends on the tessellation alone, not on what `cell` was before.

  Input Parameters:
+ sites - the tessellation
- seed  - whose cell

  Output Parameter:
. cell - no faces if the seed owns nothing; free with PowerCellDestroy()

  Source: as in Voro++ (Rycroft, Chaos 19, 041111, 2009) a cell is cut by the planes of its
  neighbours, near ones first, until none farther away can reach a vertex.
@*/
PetscErrorCode PowerCellCompute(const PowerSites *sites, PetscInt seed, PowerCell *cell);
PetscErrorCode PowerCellDestroy(PowerCell *cell);
