#include "facet_makers.h"

#include <math.h>

/* Grain 1 is the matrix, sphere s is grain s + 2 and facet s. */
typedef struct {
  PetscReal period[3]; /* infinite without images */
  PetscReal (*x)[3];
} Search;

static void normalise(PetscReal normal[3])
{
  const PetscReal norm = sqrt(PetscSqr(normal[0]) + PetscSqr(normal[1]) + PetscSqr(normal[2]));

  for (int d = 0; d < 3; d++) normal[d] /= norm;
}

/* From the nearest image of a sphere's centre to x. */
static void find_radius(const Search *search, PetscInt sphere, const PetscReal x[3],
                        PetscReal radius[3])
{
  for (int d = 0; d < 3; d++) {
    const PetscReal distance = x[d] - search->x[sphere][d], half = 0.5 * search->period[d];

    radius[d] = distance;
    if (distance > half) radius[d] = distance - search->period[d];
    if (distance < -half) radius[d] = distance + search->period[d];
  }
}

static void find_facet(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                       const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const Search *search = data;
  const PetscReal middle[3] = {0.5 * (cell_a[0] + cell_b[0]), 0.5 * (cell_a[1] + cell_b[1]),
                               0.5 * (cell_a[2] + cell_b[2])};

  (void)facets, (void)axis;
  if (grain_a > 1 && grain_b > 1) {
    PetscReal radius[2][3];

    at->facet = -1;
    find_radius(search, grain_a - 2, middle, radius[0]);
    find_radius(search, grain_b - 2, middle, radius[1]);
    for (int d = 0; d < 3; d++) at->normal[d] = radius[0][d] - radius[1][d];
  } else {
    at->facet = PetscMax(grain_a, grain_b) - 2;
    find_radius(search, at->facet, middle, at->normal);
    if (grain_a == 1) {
      for (int d = 0; d < 3; d++) at->normal[d] = -at->normal[d];
    }
  }
  normalise(at->normal);
}

static PetscErrorCode destroy(void *data)
{
  Search *search = data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(search->x));
  PetscCall(PetscFree(search));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The angle by which the circle x = a of the unit sphere turns into y = b where they meet. */
static PetscReal turn(PetscReal a, PetscReal b)
{
  return acos(-a * b / sqrt((1 - a * a) * (1 - b * b)));
}

/* Area of the unit sphere where x > cut[0], y > cut[1] and z > cut[2], or fewer of these; none of
   them negative. Gauss and Bonnet: 2 pi less the turning of the rim, which is cut[d] times the
   angle of the arc on each circle, and the turns at the corners. */
static PetscReal cut_area(int num_cuts, const PetscReal cut[])
{
  PetscReal area = 2 * PETSC_PI, square = 0;

  for (int c = 0; c < num_cuts; c++) square += PetscSqr(cut[c]);
  if (square >= 1) return 0;
  for (int c = 0; c < num_cuts; c++) {
    const PetscReal radius = sqrt(1 - PetscSqr(cut[c])); /* of the circle */
    PetscReal arc = num_cuts == 3 ? 0.5 * PETSC_PI : 2 * PETSC_PI;

    for (int other = 0; other < num_cuts; other++) {
      if (other == c) continue;
      arc -=
          num_cuts == 3 ? asin(cut[other] / radius) : 2 * PETSC_PI - 2 * acos(cut[other] / radius);
    }
    area -= cut[c] * arc;
  }
  if (num_cuts == 2) area -= 2 * turn(cut[0], cut[1]);
  if (num_cuts == 3) area -= turn(cut[0], cut[1]) + turn(cut[1], cut[2]) + turn(cut[2], cut[0]);
  return area;
}

/* Area of a sphere inside the box: all of it, less its caps beyond each side, plus what two of
   these share, less what three share. Opposite caps share nothing, the centre being in the box. */
static PetscReal area_inside(const PetscReal x[3], PetscReal radius, const StructureBox *box)
{
  PetscReal area = 4 * PETSC_PI, caps[3][2]; /* distance of the side, over the radius */

  for (int d = 0; d < 3; d++) {
    const PetscBool is_open = box->is_periodic && d < 2 ? PETSC_TRUE : PETSC_FALSE;

    caps[d][0] = is_open ? 1 : x[d] / radius;
    caps[d][1] = is_open ? 1 : (box->length[d] - x[d]) / radius;
  }
  for (int end = 0; end < 2; end++) {
    for (int d = 0; d < 3; d++) area -= cut_area(1, &caps[d][end]);
  }
  for (int ends = 0; ends < 4; ends++) {
    for (int d = 0; d < 3; d++) {
      const PetscReal pair[2] = {caps[d][ends % 2], caps[(d + 1) % 3][ends / 2]};

      area += cut_area(2, pair);
    }
  }
  for (int ends = 0; ends < 8; ends++) {
    const PetscReal triple[3] = {caps[0][ends % 2], caps[1][ends / 2 % 2], caps[2][ends / 4]};

    area -= cut_area(3, triple);
  }
  return area * PetscSqr(radius);
}

PetscErrorCode FacetsFromSpheres(const Spheres *spheres, const StructureBox *box,
                                 BoundaryGeometry *geometry)
{
  Search *search;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&search));
  PetscCall(PetscMalloc1(spheres->num_spheres, &search->x));
  PetscCall(PetscArraycpy(search->x, spheres->x, spheres->num_spheres));
  for (int d = 0; d < 3; d++) {
    search->period[d] = box->is_periodic && d < 2 ? box->length[d] : INFINITY;
  }
  PetscCall(PetscCalloc1(spheres->num_spheres, &geometry->facets));
  for (PetscInt s = 0; s < spheres->num_spheres; s++) {
    geometry->facets[s].grain[0] = 1;
    geometry->facets[s].grain[1] = (int32_t)s + 2;
    geometry->facets[s].area = area_inside(spheres->x[s], spheres->radius[s], box);
  }
  geometry->num_facets = spheres->num_spheres;
  geometry->is_curved = PETSC_TRUE;
  geometry->find = find_facet;
  geometry->destroy = destroy;
  geometry->data = search;
  PetscFunctionReturn(PETSC_SUCCESS);
}
