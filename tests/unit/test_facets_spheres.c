#include "facets.h"
#include "scratch.h"
#include "structures.h"

/* Spheres read from a file, in a box of 1 um. */
static PetscErrorCode create(const TestBox *test, const char *csv, Generator **generator,
                             BoundaryGeometry **geometry)
{
  static char name[] = "crystallites";
  char directory[256], path[300];
  StructureSpec spec = TestSpec(name);

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "spheres.csv", csv));
  snprintf(path, sizeof path, "%s/spheres.csv", directory);
  spec.spheres_file = path;
  PetscCall(TestCreate(&spec, &test->box, generator));
  PetscCall(BoundaryGeometryCreate(PETSC_COMM_WORLD, *generator, &test->box, geometry));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Caps by Archimedes: 2 pi r times their height. */
static PetscErrorCode areas_are_those_inside_the_box(void)
{
  const PetscReal pi = PETSC_PI, length[3] = {1, 1, 1};
  const PetscInt cells[3] = {4, 4, 4};
  const struct {
    const char *sphere;
    PetscReal area; /* [um^2] */
    PetscBool is_periodic;
  } cases[] = {
      {"0.5,0.5,0.5,0.3", 4 * pi * 0.09, PETSC_FALSE},
      {"0,0.9,0.5,0.3", 4 * pi * 0.09, PETSC_TRUE},
      {"0.5,0.5,0,0.3", 2 * pi * 0.09, PETSC_TRUE},
      {"0.5,0.5,0.1,0.3", 2 * pi * 0.3 * 0.4, PETSC_TRUE},
      {"0.5,0.5,0.9,0.3", 2 * pi * 0.3 * 0.4, PETSC_FALSE},
      {"0,0.5,1,0.3", pi * 0.09, PETSC_FALSE},
      {"0,1,0,0.3", pi * 0.09 / 2, PETSC_FALSE},
      /* sides that pass by where the caps beyond them do not meet, 0.05 beyond each of two */
      {"0.25,0.25,0.5,0.3", 2 * pi * 0.3 * (0.6 - 2 * 0.05), PETSC_FALSE},
  };

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    Generator *generator;
    BoundaryGeometry *geometry;
    char csv[128];
    TestBox test;

    TestBoxSet(&test, length, cases[c].is_periodic, cells);
    snprintf(csv, sizeof csv, "x_um,y_um,z_um,radius_um\n%s\n", cases[c].sphere);
    PetscCall(create(&test, csv, &generator, &geometry));
    CU_ASSERT_EQUAL(geometry->num_facets, 1);
    CU_ASSERT(geometry->is_curved);
    ASSERT_CLOSE(geometry->facets[0].area, cases[c].area * 1e-12, 1e-12);
    PetscCall(BoundaryGeometryDestroy(&geometry));
    PetscCall(GeneratorDestroy(&generator));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where three sides cut a sphere askew: equal angles of longitude and slices of height have equal
   areas, so counting those that lie inside is a quadrature. */
static PetscErrorCode area_in_a_corner_is_that_of_a_count(void)
{
  enum { STEPS = 2000 };
  const PetscReal length[3] = {1, 1, 1}, x[3] = {0.1, 0.15, 0.85}, radius = 0.3;
  const PetscInt cells[3] = {4, 4, 4};
  Generator *generator;
  BoundaryGeometry *geometry;
  PetscReal inside = 0;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_FALSE, cells);
  PetscCall(create(&test, "x_um,y_um,z_um,radius_um\n0.1,0.15,0.85,0.3\n", &generator, &geometry));
  for (int k = 0; k < STEPS; k++) {
    const PetscReal z = 2 * (k + 0.5) / STEPS - 1, rho = sqrt(1 - z * z);

    for (int a = 0; a < STEPS; a++) {
      const PetscReal angle = 2 * PETSC_PI * (a + 0.5) / STEPS;

      inside += x[0] + radius * rho * cos(angle) > 0 && x[1] + radius * rho * sin(angle) > 0 &&
                x[2] + radius * z < 1;
    }
  }
  ASSERT_CLOSE(geometry->facets[0].area,
               1e-12 * 4 * PETSC_PI * radius * radius * inside / STEPS / STEPS, 2e-4);
  PetscCall(BoundaryGeometryDestroy(&geometry));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Through the sides: faces of a sphere across a corner point to its nearest image, and faces times
   |n_d| add up to its area. */
static PetscErrorCode normals_are_radial_and_faces_add_up_to_the_area(void)
{
  enum { N = 60 };
  const PetscReal length[3] = {1, 1, 1}, centre[3] = {0.03, 0.98, 0.5};
  const PetscInt cells[3] = {N, N, N}, stride[3] = {1, N, N * N};
  Generator *generator;
  BoundaryGeometry *geometry;
  PetscReal area = 0;
  int32_t *labels;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  PetscCall(create(&test, "x_um,y_um,z_um,radius_um\n0.5,0.5,0.5,0.1\n0.03,0.98,0.5,0.3\n",
                   &generator, &geometry));
  PetscCall(PetscMalloc1(N * N * N, &labels));
  PetscCall((*generator->label)(generator, &test.points, labels));
  for (PetscInt c = 0; c < N * N * N; c++) {
    const PetscInt at[3] = {c % N, c / N % N, c / N / N};

    for (int d = 0; d < 3; d++) {
      const PetscInt next = at[d] + 1 < N ? c + stride[d] : c - (N - 1) * stride[d];
      PetscReal x[2][3], radius[3], norm = 0, along = 0;
      FacetAt found;

      if (labels[c] == labels[next] || PetscMax(labels[c], labels[next]) != 3) continue;
      for (int e = 0; e < 3; e++) {
        x[0][e] = x[1][e] = test.centres[e][at[e]];
        if (e == d) x[1][e] += test.box.length[e] / N;
        radius[e] = (x[0][e] + x[1][e]) / 2e-6 - centre[e];
        radius[e] -= rint(radius[e]);
        norm += PetscSqr(radius[e]);
      }
      BoundaryGeometryFind(geometry, d, x[0], x[1], labels[c], labels[next], &found);
      CU_ASSERT_EQUAL(found.facet, 1);
      for (int e = 0; e < 3; e++) along += found.normal[e] * radius[e] / sqrt(norm);
      CU_ASSERT(fabs(along - (labels[c] == 3 ? 1 : -1)) < 1e-12);
      area += fabs(found.normal[d]) * 1e-12 / N / N;
    }
  }
  ASSERT_CLOSE(area, geometry->facets[1].area, 0.01);
  PetscCall(PetscFree(labels));
  PetscCall(BoundaryGeometryDestroy(&geometry));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two spheres that nearly touch, with no cell of matrix between. */
static PetscErrorCode between_two_spheres_the_normal_joins_their_centres(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt cells[3] = {4, 4, 4};
  const PetscReal a[3] = {0.375e-6, 0.5e-6, 0.5e-6}, b[3] = {0.625e-6, 0.5e-6, 0.5e-6};
  Generator *generator;
  BoundaryGeometry *geometry;
  FacetAt found;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  PetscCall(create(&test, "x_um,y_um,z_um,radius_um\n0.3,0.5,0.5,0.2\n0.7,0.5,0.5,0.199\n",
                   &generator, &geometry));
  BoundaryGeometryFind(geometry, 0, a, b, 2, 3, &found);
  CU_ASSERT_EQUAL(found.facet, -1);
  CU_ASSERT(fabs(found.normal[0] - 1) < 1e-12);
  PetscCall(BoundaryGeometryDestroy(&geometry));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"areas of cut spheres are those inside the box", areas_are_those_inside_the_box},
    {"the area in a corner of the box is that of a count", area_in_a_corner_is_that_of_a_count},
    {"normals are radial and faces add up to the area",
     normals_are_radial_and_faces_add_up_to_the_area},
    {"between two spheres the normal joins their centres",
     between_two_spheres_the_normal_joins_their_centres},
};

HARNESS_MAIN("facets_spheres", tests)
