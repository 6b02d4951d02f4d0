#include "facets.h"
#include "structures.h"

static PetscErrorCode create(const TestBox *test, PetscInt num_planes, PlaneSpec planes[],
                             Generator **generator, BoundaryGeometry **geometry)
{
  static char name[] = "planes";
  StructureSpec spec = TestSpec(name);

  PetscFunctionBeginUser;
  spec.num_planes = num_planes;
  spec.planes = planes;
  PetscCall(TestCreate(&spec, &test->box, generator));
  PetscCall(BoundaryGeometryCreate(PETSC_COMM_WORLD, *generator, &test->box, geometry));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The third one, z = 2.5 + 3 (x - 0.5), leaves the box through the plate at x = 1/3. */
static PetscErrorCode areas_and_normals_are_those_of_the_planes(void)
{
  const PetscReal length[3] = {1, 1, 2};
  const PetscInt cells[3] = {8, 8, 16};
  PlaneSpec planes[] = {{0.4e-6, {-1, -1, 2}}, {1e-6, {-1, -1, 2}}, {2.5e-6, {-3, 0, 1}}};
  Generator *generator;
  BoundaryGeometry *geometry;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_FALSE, cells);
  PetscCall(create(&test, 3, planes, &generator, &geometry));
  CU_ASSERT_EQUAL(geometry->num_facets, 3);
  /* 0.4 + (x + y - 1)/2 is below 0 where x + y < 0.2: a triangle of 0.02 is missing */
  ASSERT_CLOSE(geometry->facets[0].area, 0.98e-12 * sqrt(1.5), 1e-12);
  ASSERT_CLOSE(geometry->facets[1].area, 1e-12 * sqrt(1.5), 1e-12);
  ASSERT_CLOSE(geometry->facets[2].area, 1e-12 * sqrt(10) / 3, 1e-12);
  for (int p = 0; p < 3; p++) {
    const Facet *facet = &geometry->facets[p];
    PetscReal norm = 0;

    for (int d = 0; d < 3; d++) norm += PetscSqr(planes[p].normal[d]);
    for (int d = 0; d < 3; d++) {
      CU_ASSERT(fabs(facet->normal[d] - planes[p].normal[d] / sqrt(norm)) < 1e-15);
    }
    CU_ASSERT_EQUAL(facet->grain[0], p + 1);
    CU_ASSERT_EQUAL(facet->grain[1], p + 2);
  }
  PetscCall(BoundaryGeometryDestroy(&geometry));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Asks at every stair face, b above a: the plane must pass between the cells, with the area that
   the faces along z project to. */
static PetscErrorCode check_faces(const TestBox *test, const Generator *generator,
                                  const BoundaryGeometry *geometry, PetscReal projected[2])
{
  const PetscInt n[3] = {test->points.n[0], test->points.n[1], test->points.n[2]};
  const PetscInt stride[3] = {1, n[0], n[0] * n[1]};
  int32_t *labels;
  PetscInt at[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n[0] * n[1] * n[2], &labels));
  PetscCall((*generator->label)(generator, &test->points, labels));
  projected[0] = projected[1] = 0;
  for (PetscInt c = 0; c < n[0] * n[1] * n[2]; c++) {
    at[0] = c % n[0], at[1] = c / n[0] % n[1], at[2] = c / stride[2];
    for (int d = 0; d < 3; d++) {
      PetscReal x[2][3];
      FacetAt found;

      if (at[d] + 1 == n[d] || labels[c] == labels[c + stride[d]]) continue;
      for (int e = 0; e < 3; e++) {
        x[0][e] = test->centres[e][at[e]];
        x[1][e] = test->centres[e][at[e] + (d == e)];
      }
      BoundaryGeometryFind(geometry, d, x[0], x[1], labels[c], labels[c + stride[d]], &found);
      CU_ASSERT(found.facet == 0 || found.facet == 1);
      CU_ASSERT(found.normal[d] > 0); /* the cell above the face is on the far side */
      if (d == 2 && found.facet >= 0) {
        projected[found.facet] += test->box.length[0] / (PetscReal)n[0] * test->box.length[1] /
                                  (PetscReal)n[1] / found.normal[2];
      }
      BoundaryGeometryFind(geometry, d, x[1], x[0], labels[c + stride[d]], labels[c], &found);
      CU_ASSERT(found.normal[d] < 0);
    }
  }
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two planes that cross above the upper plate and come back into the film in the other order: both
   part grains 1 and 2, on either side of the box. */
static PetscErrorCode planes_that_changed_places_are_told_apart(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt cells[3] = {40, 4, 40};
  PlaneSpec planes[] = {{1.1e-6, {-2, 0, 1}}, {1.3e-6, {2, 0, 1}}};
  Generator *generator;
  BoundaryGeometry *geometry;
  PetscReal projected[2];
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_FALSE, cells);
  PetscCall(create(&test, 2, planes, &generator, &geometry));
  for (int p = 0; p < 2; p++) {
    CU_ASSERT_EQUAL(geometry->facets[p].grain[0], 1);
    CU_ASSERT_EQUAL(geometry->facets[p].grain[1], 2);
  }
  ASSERT_CLOSE(geometry->facets[0].area, 0.45e-12 * sqrt(5), 1e-12);
  ASSERT_CLOSE(geometry->facets[1].area, 0.35e-12 * sqrt(5), 1e-12);
  PetscCall(check_faces(&test, generator, geometry, projected));
  for (int p = 0; p < 2; p++) ASSERT_CLOSE(projected[p], geometry->facets[p].area, 0.1);
  PetscCall(BoundaryGeometryDestroy(&geometry));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* At a periodic side the heights on the two sides differ: the boundary is the side. */
static PetscErrorCode a_jump_at_a_periodic_side_is_the_side(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt cells[3] = {10, 10, 10};
  PlaneSpec plane[] = {{0.5e-6, {-1, 0, 2}}};
  const PetscReal a[3] = {0.95e-6, 0.5e-6, 0.6e-6}, b[3] = {1.05e-6, 0.5e-6, 0.6e-6};
  Generator *generator;
  BoundaryGeometry *geometry;
  FacetAt found;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  PetscCall(create(&test, 1, plane, &generator, &geometry));
  BoundaryGeometryFind(geometry, 0, a, b, 1, 2, &found);
  CU_ASSERT_EQUAL(found.facet, -1);
  CU_ASSERT(found.normal[0] == 1 && found.normal[1] == 0 && found.normal[2] == 0);
  PetscCall(BoundaryGeometryDestroy(&geometry));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode boundaries_normal_to_an_axis_have_no_geometry(void)
{
  static char bricks[] = "bricks", amorphous[] = "amorphous";
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt cells[3] = {10, 10, 10};
  PlaneSpec planes[] = {{0.3e-6, {0, 0, 1}}, {0.5e-6, {0, 0, -3}}};
  StructureSpec specs[2] = {TestSpec(bricks), TestSpec(amorphous)};
  Generator *generator;
  BoundaryGeometry *geometry;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  PetscCall(create(&test, 2, planes, &generator, &geometry));
  CU_ASSERT_PTR_NULL(geometry);
  PetscCall(GeneratorDestroy(&generator));
  for (int d = 0; d < 3; d++) specs[0].brick[d] = 0.2e-6;
  for (int s = 0; s < 2; s++) {
    PetscCall(TestCreate(&specs[s], &test.box, &generator));
    PetscCall(BoundaryGeometryCreate(PETSC_COMM_WORLD, generator, &test.box, &geometry));
    CU_ASSERT_PTR_NULL(geometry);
    PetscCall(GeneratorDestroy(&generator));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"areas and normals are those of the planes", areas_and_normals_are_those_of_the_planes},
    {"planes that changed places beyond a plate are told apart",
     planes_that_changed_places_are_told_apart},
    {"a jump at a periodic side is the side", a_jump_at_a_periodic_side_is_the_side},
    {"boundaries normal to an axis have no geometry",
     boundaries_normal_to_an_axis_have_no_geometry},
};

HARNESS_MAIN("facets_planes", tests)
