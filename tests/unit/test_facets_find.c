#include "tessellations.h"

/* Squared distance from the nearest image of a seed. */
static PetscReal squared_distance(const Laguerre *laguerre, PetscInt grain, const PetscReal x[3])
{
  PetscReal square = 0;

  for (int d = 0; d < 3; d++) {
    PetscReal distance = x[d] - laguerre->seeds[grain - 1][d];

    if (laguerre->is_periodic[d])
      distance -= laguerre->length[d] * rint(distance / laguerre->length[d]);
    square += PetscSqr(distance / (d == 2 ? laguerre->aspect : 1));
  }
  return square;
}

typedef struct {
  PetscReal (*stairs)[3]; /* of each facet: its faces' area, as a vector [m^2] */
  PetscInt num_faces, num_missing;
} Walk;

/* The answer for the face above a cell along an axis, from both sides. */
static void look_at_face(const TestBox *test, const Laguerre *laguerre,
                         const BoundaryGeometry *geometry, int axis, const PetscInt at[3],
                         const int32_t labels[2], Walk *walk)
{
  const PetscReal h = test->box.length[axis] / (PetscReal)test->points.n[axis];
  PetscReal x[2][3], excess[2];
  FacetAt found, back;

  for (int d = 0; d < 3; d++) x[0][d] = x[1][d] = test->centres[d][at[d]];
  x[1][axis] += h;
  BoundaryGeometryFind(geometry, axis, x[0], x[1], labels[0], labels[1], &found);
  BoundaryGeometryFind(geometry, axis, x[1], x[0], labels[1], labels[0], &back);
  CU_ASSERT_EQUAL(found.facet, back.facet);
  for (int d = 0; d < 3; d++) CU_ASSERT_EQUAL(found.normal[d], -back.normal[d]);
  /* the plane of equal distance has each cell on its own side, so it passes between them, and the
     normal points from the one to the other */
  for (int c = 0; c < 2; c++) {
    excess[c] =
        squared_distance(laguerre, labels[1], x[c]) - squared_distance(laguerre, labels[0], x[c]);
  }
  CU_ASSERT(excess[0] >= 0 && excess[1] <= 0);
  CU_ASSERT(found.normal[axis] > 0);
  walk->num_faces++;
  walk->num_missing += found.facet < 0;
  if (found.facet >= 0) {
    const Facet *facet = &geometry->facets[found.facet];
    const PetscReal sign = facet->grain[0] == labels[0] ? 1 : -1;

    CU_ASSERT_EQUAL(facet->grain[0], PetscMin(labels[0], labels[1]));
    CU_ASSERT_EQUAL(facet->grain[1], PetscMax(labels[0], labels[1]));
    walk->stairs[found.facet][axis] += sign * h * h;
  }
}

/* Voxelises the 20 grains with 48^3 cells, 18 to a grain, and looks at every face. */
static PetscErrorCode walk_faces(const TestBox *test, const Laguerre *laguerre,
                                 const BoundaryGeometry *geometry, Walk *walk)
{
  const PetscInt stride[3] = {1, 48, 48 * 48};
  int32_t *labels;

  PetscFunctionBeginUser;
  *walk = (Walk){0};
  PetscCall(PetscCalloc1(geometry->num_facets, &walk->stairs));
  PetscCall(PetscMalloc1(48 * 48 * 48, &labels));
  PetscCall(LaguerreLabel(laguerre, &test->points, labels));
  for (PetscInt c = 0; c < 48 * 48 * 48; c++) {
    const PetscInt at[3] = {c % 48, c / 48 % 48, c / 48 / 48};

    for (int d = 0; d < 3; d++) {
      const PetscInt next = at[d] < 47 ? c + stride[d] : c - 47 * stride[d];
      const int32_t pair[2] = {labels[c], labels[next]};

      if (pair[0] == pair[1] || (d == 2 && at[2] == 47)) continue;
      look_at_face(test, laguerre, geometry, d, at, pair, walk);
    }
  }
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All faces have a facet but a few at edges, and the stairs of each facet, as a vector, come to its
   area times its normal but for a cell along its rim; plates that cut periodic grains in two, and
   stretched ones, too. */
static PetscErrorCode stairs_have_the_vector_area_of_their_facet(void)
{
  const PetscReal aspects[3] = {1, 1, 1.5};

  PetscFunctionBeginUser;
  for (int c = 0; c < 3; c++) {
    Laguerre *laguerre;
    Generator *generator;
    BoundaryGeometry *geometry;
    PetscReal squares = 0, total = 0;
    Walk walk;
    TestBox test;

    PetscCall(TessellationVoronoi20(c > 0 ? PETSC_TRUE : PETSC_FALSE, aspects[c], &test, &laguerre,
                                    &generator, &geometry));
    PetscCall(walk_faces(&test, laguerre, geometry, &walk));
    CU_ASSERT(walk.num_faces > 10000);
    CU_ASSERT(walk.num_missing < 0.002 * walk.num_faces);
    for (PetscInt f = 0; f < geometry->num_facets; f++) {
      const Facet *facet = &geometry->facets[f];
      const PetscReal h = 1e-6 / 48;
      PetscReal square = 0;

      for (int d = 0; d < 3; d++) {
        square += PetscSqr(walk.stairs[f][d] - facet->area * facet->normal[d]);
      }
      CU_ASSERT(sqrt(square) < 4 * h * sqrt(facet->area) + 2 * h * h);
      squares += square;
      total += PetscSqr(facet->area);
    }
    CU_ASSERT(sqrt(squares / total) < 0.07);
    PetscCall(PetscFree(walk.stairs));
    PetscCall(TessellationDestroy(&generator, &geometry));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode facets_do_not_depend_on_the_number_of_ranks(void)
{
  Laguerre *laguerre;
  Generator *generator;
  BoundaryGeometry *geometry, *alone;
  PetscInt differing = 0;
  TestBox test;

  PetscFunctionBeginUser;
  PetscCall(TessellationVoronoi20(PETSC_TRUE, 1, &test, &laguerre, &generator, &geometry));
  PetscCall(BoundaryGeometryCreate(PETSC_COMM_SELF, generator, &test.box, &alone));
  CU_ASSERT_EQUAL(alone->num_facets, geometry->num_facets);
  for (PetscInt f = 0; f < alone->num_facets; f++) {
    const Facet *a = &alone->facets[f], *b = &geometry->facets[f];

    differing += a->area != b->area || a->grain[0] != b->grain[0] || a->grain[1] != b->grain[1];
    for (int d = 0; d < 3; d++) differing += a->normal[d] != b->normal[d];
  }
  CU_ASSERT_EQUAL(differing, 0);
  PetscCall(BoundaryGeometryDestroy(&alone));
  PetscCall(TessellationDestroy(&generator, &geometry));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"stairs have the vector area of their facet", stairs_have_the_vector_area_of_their_facet},
    {"facets do not depend on the number of ranks", facets_do_not_depend_on_the_number_of_ranks},
};

HARNESS_MAIN("facets_find", tests)
