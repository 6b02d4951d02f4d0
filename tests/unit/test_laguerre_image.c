#include "images.h"
#include "laguerre.h"

/* Tessellations found again in their images: the facets of the fit beside those of the generator.
 */

typedef struct {
  PetscReal length[3]; /* [um] */
  PetscInt voxels[3];
  PetscBool is_periodic;
  PetscReal size, aspect; /* of the grains: [um], length along z over that across */
} Tessellation;

/* The generator and what it has at the voxels; a ball is one grain more. */
typedef struct {
  TestBox test;
  Generator *generator;
  BoundaryGeometry *geometry;
  int32_t *labels;
  PetscReal ball[4]; /* centre, radius in voxels; radius 0: none */
} Truth;

static PetscErrorCode make_truth(const Tessellation *tessellation, Truth *truth)
{
  static char name[] = "polycrystal";
  StructureSpec spec = TestSpec(name);
  const Lattice *points = &truth->test.points;

  PetscFunctionBeginUser;
  spec.grain_size = tessellation->size * 1e-6;
  spec.size_spread = 0.25;
  spec.aspect = tessellation->aspect;
  TestBoxSet(&truth->test, tessellation->length, tessellation->is_periodic, tessellation->voxels);
  PetscCall(TestCreate(&spec, &truth->test.box, &truth->generator));
  PetscCall(BoundaryGeometryCreate(PETSC_COMM_WORLD, truth->generator, &truth->test.box,
                                   &truth->geometry));
  PetscCall(PetscMalloc1(points->n[0] * points->n[1] * points->n[2], &truth->labels));
  PetscCall((*truth->generator->label)(truth->generator, points, truth->labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode truth_destroy(Truth *truth)
{
  PetscFunctionBeginUser;
  PetscCall(BoundaryGeometryDestroy(&truth->geometry));
  PetscCall(GeneratorDestroy(&truth->generator));
  PetscCall(PetscFree(truth->labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t true_label(const void *data, const PetscReal x[3])
{
  const Truth *truth = data;
  const PetscInt *n = truth->test.points.n;
  PetscReal square = 0;

  for (int d = 0; d < 3; d++) square += PetscSqr(x[d] - truth->ball[d]);
  if (square < PetscSqr(truth->ball[3])) return (int32_t)truth->generator->num_grains + 1;
  return truth->labels[((PetscInt)x[2] * n[1] + (PetscInt)x[1]) * n[0] + (PetscInt)x[0]];
}

static FilmSpec film_of(const Tessellation *tessellation)
{
  const PetscReal *length = tessellation->length;
  const PetscInt *voxels = tessellation->voxels;

  return VoxelsFilm(length[0] * 1e-6, length[1] * 1e-6, length[2] * 1e-6, voxels[0], voxels[1],
                    voxels[2], tessellation->is_periodic ? LATERAL_PERIODIC : LATERAL_INSULATING);
}

/* The facet between the same grains with the nearest normal; NULL if there is none. */
static const Facet *find_twin(const BoundaryGeometry *geometry, const Facet *facet)
{
  const Facet *twin = NULL;
  PetscReal best = -2;

  for (PetscInt f = 0; f < geometry->num_facets; f++) {
    const Facet *other = &geometry->facets[f];
    PetscReal dot = 0;

    if (other->grain[0] != facet->grain[0] || other->grain[1] != facet->grain[1]) continue;
    for (int d = 0; d < 3; d++) dot += facet->normal[d] * other->normal[d];
    if (dot > best) twin = other;
    best = PetscMax(best, dot);
  }
  return twin;
}

/* Areas and tilts, also where grains are columns, voxels no cubes, seeds beyond the plates. */
static PetscErrorCode tessellations_are_found_again(void)
{
  const Tessellation cases[] = {
      {{1, 1, 1}, {28, 28, 28}, PETSC_TRUE, 0.25, 1},
      {{1, 1, 1}, {28, 28, 28}, PETSC_FALSE, 0.25, 1},
      {{1, 1, 1.5}, {32, 32, 32}, PETSC_TRUE, 0.25, 2},
      {{1, 1, 1}, {28, 28, 40}, PETSC_FALSE, 0.25, 0.5},
      {{1, 0.8, 1.2}, {24, 20, 48}, PETSC_FALSE, 0.25, 1},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const FilmSpec film = film_of(&cases[c]);
    PetscReal areas[2] = {0, 0}, along[2] = {0, 0}, off = 0, tilt = 0;
    Truth truth = {.ball = {0}};
    Imaged imaged;

    PetscCall(make_truth(&cases[c], &truth));
    PetscCall(ImagedPut(directory, cases[c].voxels, true_label, &truth));
    PetscCall(ImagedOpen(PETSC_COMM_WORLD, directory, &film, &imaged));
    CU_ASSERT_EQUAL_FATAL(imaged.generator->num_grains, truth.generator->num_grains);
    for (PetscInt f = 0; f < truth.geometry->num_facets; f++) {
      const Facet *facet = &truth.geometry->facets[f], *twin = find_twin(imaged.geometry, facet);
      PetscReal square = 0;

      areas[0] += facet->area;
      along[0] += facet->area * PetscSqr(facet->normal[2]);
      off += fabs(facet->area - (twin ? twin->area : 0));
      for (int d = 0; d < 3 && twin; d++) square += PetscSqr(facet->normal[d] - twin->normal[d]);
      tilt += facet->area * square;
    }
    for (PetscInt f = 0; f < imaged.geometry->num_facets; f++) {
      const Facet *facet = &imaged.geometry->facets[f];

      areas[1] += facet->area;
      along[1] += facet->area * PetscSqr(facet->normal[2]);
    }
    ASSERT_CLOSE(areas[1], areas[0], 0.005);
    ASSERT_CLOSE(along[1], along[0], 0.01);
    CU_ASSERT(off < 0.06 * areas[0]);
    CU_ASSERT(sqrt(tilt / areas[0]) < 2 * PETSC_PI / 180);
    PetscCall(ImagedClose(&imaged));
    PetscCall(truth_destroy(&truth));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A ball in a tessellation: its faces have normals of their own, and so have those of grains that
   it cuts; all others lie on planes. */
static PetscErrorCode what_is_bent_is_left_out(void)
{
  const Tessellation tessellation = {{1, 1, 1}, {40, 40, 40}, PETSC_FALSE, 0.2, 1};
  const FilmSpec film = film_of(&tessellation);
  Truth truth = {.ball = {14.2, 15.1, 13.7, 9}};
  PetscInt of_ball[2] = {0, 0}, far[2] = {0, 0}; /* all, on planes */
  char directory[64];
  Imaged imaged;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(make_truth(&tessellation, &truth));
  PetscCall(ImagedPut(directory, tessellation.voxels, true_label, &truth));
  PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &film, &imaged));
  for (PetscInt v = 0; v < 40 * 40 * 39; v++) {
    const PetscInt at[3] = {v % 40, v / 40 % 40, v / 1600};
    const PetscReal x[3] = {(PetscReal)at[0] + 0.5, (PetscReal)at[1] + 0.5, (PetscReal)at[2] + 0.5};
    const PetscReal above[3] = {x[0], x[1], x[2] + 1};
    const int32_t ball = (int32_t)truth.generator->num_grains + 1;
    FacetAt found;

    if (!ImagedLook(&imaged, 2, at, true_label, &truth, &found)) continue;
    if (true_label(&truth, x) == ball || true_label(&truth, above) == ball) {
      of_ball[0]++;
      of_ball[1] += found.facet >= -1;
    } else if (sqrt(PetscSqr(x[0] - 14.2) + PetscSqr(x[1] - 15.1) + PetscSqr(x[2] - 13.7)) > 26) {
      far[0]++;
      far[1] += found.facet >= 0;
    }
  }
  CU_ASSERT_EQUAL(imaged.generator->num_grains,
                  truth.generator->num_grains + 1); /* none swallowed */
  CU_ASSERT(of_ball[0] > 100);
  CU_ASSERT_EQUAL(of_ball[1], 0);
  CU_ASSERT(far[0] > 300);
  CU_ASSERT((PetscReal)far[1] > 0.97 * (PetscReal)far[0]);
  PetscCall(ImagedClose(&imaged));
  PetscCall(truth_destroy(&truth));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_fit_does_not_depend_on_the_number_of_ranks(void)
{
  const Tessellation tessellation = {{1, 1, 1}, {20, 20, 20}, PETSC_TRUE, 0.3, 1};
  const FilmSpec film = film_of(&tessellation);
  Truth truth = {.ball = {0}};
  Imaged shared, alone;
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(make_truth(&tessellation, &truth));
  PetscCall(ImagedPut(directory, tessellation.voxels, true_label, &truth));
  PetscCall(ImagedOpen(PETSC_COMM_WORLD, directory, &film, &shared));
  PetscCall(ImagedOpen(PETSC_COMM_SELF, directory, &film, &alone));
  CU_ASSERT_EQUAL_FATAL(shared.geometry->num_facets, alone.geometry->num_facets);
  CU_ASSERT(alone.geometry->num_facets > 50);
  for (PetscInt f = 0; f < alone.geometry->num_facets; f++) {
    const Facet *here = &shared.geometry->facets[f], *there = &alone.geometry->facets[f];

    CU_ASSERT(fabs(here->area - there->area) < 1e-9 * 1e-12);
    for (int d = 0; d < 3; d++) CU_ASSERT(fabs(here->normal[d] - there->normal[d]) < 1e-9);
  }
  PetscCall(ImagedClose(&shared));
  PetscCall(ImagedClose(&alone));
  PetscCall(truth_destroy(&truth));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"tessellations are found again in their images", tessellations_are_found_again},
    {"what is bent is left out", what_is_bent_is_left_out},
    {"the fit does not depend on the number of ranks",
     the_fit_does_not_depend_on_the_number_of_ranks},
};

HARNESS_MAIN("laguerre_image", tests)
