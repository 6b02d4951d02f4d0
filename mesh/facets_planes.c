#include "facet_makers.h"

#include <math.h>
#include "polygon.h"

/* Facet p is what plane p has in the box. */
typedef struct {
  PetscReal length[3];
  Planes planes;
} Search;

/* Planes below a point, leaving one out (-1: none): they decide which grain is there. */
static PetscInt count_below(const Planes *planes, const PetscReal x[3], PetscInt left_out)
{
  PetscInt below = 0;

  for (PetscInt p = 0; p < planes->num_planes; p++) {
    below += p != left_out && PlaneHeight(planes, p, x[0], x[1]) < x[2];
  }
  return below;
}

/* 1 if the plane passes between a and b upwards of a, -1 if downwards, else 0. */
static int crossing(const Planes *planes, PetscInt p, const PetscReal a[3], const PetscReal b[3])
{
  return (PlaneHeight(planes, p, b[0], b[1]) < b[2]) - (PlaneHeight(planes, p, a[0], a[1]) < a[2]);
}

static void find_facet(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                       const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const Search *search = data;
  const PetscInt low = PetscMin(grain_a, grain_b), high = PetscMax(grain_a, grain_b);
  const PetscReal end = cell_b[axis];
  PetscInt p = low - 1; /* its plane, unless two have changed places beyond a plate */
  int side = 0;

  at->facet = -1;
  for (int d = 0; d < 3; d++) at->normal[d] = 0;
  at->normal[axis] = end > cell_a[axis] ? 1 : -1;
  if (end < 0 || end > search->length[axis]) return; /* the structure jumps at this side */
  side = crossing(&search->planes, p, cell_a, cell_b);
  for (PetscInt other = 0; !side && other < search->planes.num_planes; other++) {
    p = other;
    side = crossing(&search->planes, p, cell_a, cell_b);
  }
  if (!side) return;
  if (facets[p].area > 0 && facets[p].grain[0] == low && facets[p].grain[1] == high) at->facet = p;
  for (int d = 0; d < 3; d++) at->normal[d] = side * facets[p].normal[d];
}

static PetscErrorCode destroy(void *data)
{
  Search *search = data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(search->planes.planes));
  PetscCall(PetscFree(search));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where the plane lies between the plates, seen from above; z = 0. */
static PetscErrorCode find_shadow(const Search *search, PetscInt p, Polygon *shadow,
                                  Polygon *scratch)
{
  const PetscReal *length = search->length;
  const double section[4][3] = {
      {0, 0, 0}, {length[0], 0, 0}, {length[0], length[1], 0}, {0, length[1], 0}};
  const Plane *plane = &search->planes.planes[p];
  const PetscReal slope = hypot(plane->slope[0], plane->slope[1]);
  const PetscReal origin = PlaneHeight(&search->planes, p, 0, 0);

  PetscFunctionBeginUser;
  PetscCall(PolygonSet(4, section, shadow));
  if (slope == 0) PetscFunctionReturn(PETSC_SUCCESS);
  for (int end = 0; end < 2 && shadow->num; end++) { /* above the one plate, below the other */
    const PetscReal sign = end ? 1 : -1;
    const HalfSpace half = {{sign * plane->slope[0] / slope, sign * plane->slope[1] / slope, 0},
                            sign * (end * length[2] - origin) / slope};

    PetscCall(PolygonCut(&half, 0, shadow, scratch));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_facet(const Search *search, PetscInt p, Facet *facet)
{
  const Plane *plane = &search->planes.planes[p];
  const PetscReal rise = sqrt(1 + PetscSqr(plane->slope[0]) + PetscSqr(plane->slope[1]));
  Polygon shadow = {0}, scratch = {0};
  PetscReal area[3], middle[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  PetscCall(find_shadow(search, p, &shadow, &scratch));
  PolygonArea(&shadow, 1, area);
  for (int v = 0; v < shadow.num; v++) {
    for (int d = 0; d < 2; d++) middle[d] += shadow.x[v][d] / shadow.num;
  }
  middle[2] = PlaneHeight(&search->planes, p, middle[0], middle[1]);
  facet->area = area[2] * rise;
  facet->grain[0] = (int32_t)count_below(&search->planes, middle, p) + 1;
  facet->grain[1] = facet->grain[0] + 1;
  facet->normal[0] = -plane->slope[0] / rise;
  facet->normal[1] = -plane->slope[1] / rise;
  facet->normal[2] = 1 / rise;
  PetscCall(PolygonDestroy(&shadow));
  PetscCall(PolygonDestroy(&scratch));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FacetsFromPlanes(const Planes *planes, const StructureBox *box,
                                BoundaryGeometry *geometry)
{
  Search *search;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&search));
  PetscCall(PetscArraycpy(search->length, box->length, 3));
  search->planes = *planes;
  PetscCall(PetscMalloc1(planes->num_planes, &search->planes.planes));
  PetscCall(PetscArraycpy(search->planes.planes, planes->planes, planes->num_planes));
  PetscCall(PetscMalloc1(planes->num_planes, &geometry->facets));
  for (PetscInt p = 0; p < planes->num_planes; p++) {
    PetscCall(set_facet(search, p, &geometry->facets[p]));
  }
  geometry->num_facets = planes->num_planes;
  geometry->find = find_facet;
  geometry->destroy = destroy;
  geometry->data = search;
  PetscFunctionReturn(PETSC_SUCCESS);
}
