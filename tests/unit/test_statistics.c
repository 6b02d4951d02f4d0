#include "statistics.h"

#include <math.h>
#include "voxels.h"

typedef int32_t (*GrainAt)(const void *, const PetscInt *, const PetscReal *);

typedef struct {
  PetscReal brick[3]; /* lengths of a brick */
  PetscReal radius;   /* of a sphere, its middle at (m, m, m) */
  int32_t columns;    /* bricks along x and y */
  PetscReal middle;
} Shape;

/* Statistics on all ranks, checked against those of one rank alone. */
static PetscErrorCode measure(GrainAt grain, const Shape *shape, const FilmSpec *film,
                              PetscInt num_grains, const PetscInt *phase, PetscBool is_columnar,
                              GrainStatistics *statistics)
{
  const VoxelSpec voxels = {grain, shape, num_grains, phase, phase ? 2 : num_grains};
  const MPI_Comm comms[2] = {PETSC_COMM_SELF, PETSC_COMM_WORLD};
  GrainStatistics both[2];

  PetscFunctionBeginUser;
  for (int c = 0; c < 2; c++) {
    Microstructure structure;
    Grid grid;

    PetscCall(GridCreate(comms[c], film, 0, NULL, 0, NULL, &grid));
    PetscCall(VoxelsFill(&grid, &voxels, &structure));
    PetscCall(GrainStatisticsCompute(&grid, &structure, is_columnar, &both[c]));
    PetscCall(MicrostructureDestroy(&structure));
    PetscCall(GridDestroy(&grid));
  }
  CU_ASSERT_EQUAL(both[0].num_grains, both[1].num_grains);
  ASSERT_CLOSE(both[1].boundary_area, both[0].boundary_area, 1e-12);
  ASSERT_CLOSE(both[1].mean_size, both[0].mean_size, 1e-12);
  PetscCall(GrainStatisticsDestroy(&both[0]));
  *statistics = both[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t brick_at(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const Shape *shape = data;
  int32_t at[3];

  (void)cell;
  for (int d = 0; d < 3; d++) at[d] = (int32_t)floor(centre[d] / shape->brick[d]);
  return 1 + at[0] + shape->columns * (at[1] + shape->columns * at[2]);
}

/* 4 x 4 x 4 bricks of 1/4 in a unit box: periodic sides have four planes each, the plates leave
   three: 11 planes of area 1. Size of a brick: (6/64/pi)^(1/3). */
static PetscErrorCode the_boundary_area_of_bricks_is_exact(void)
{
  const Shape bricks = {{0.25, 0.25, 0.25}, 0, 4, 0};
  FilmSpec film = VoxelsFilm(1, 1, 1, 16, 16, 16, LATERAL_PERIODIC);
  GrainStatistics statistics;

  PetscFunctionBeginUser;
  PetscCall(measure(brick_at, &bricks, &film, 64, NULL, PETSC_FALSE, &statistics));
  CU_ASSERT_EQUAL(statistics.num_grains, 64);
  CU_ASSERT_EQUAL(statistics.num_lost_grains, 0);
  ASSERT_CLOSE(statistics.boundary_area, 11.0, 1e-12);
  ASSERT_CLOSE(statistics.mean_size, pow(6.0 / 64.0 / PETSC_PI, 1.0 / 3.0), 1e-12);
  CU_ASSERT(statistics.size_spread < 1e-7);
  PetscCall(GrainStatisticsDestroy(&statistics));
  /* graded cells do not matter where bricks end on cell faces: two of 8 cells, widths 1/2 */
  film.grading_z = 5;
  film.lateral = LATERAL_INSULATING;
  PetscCall(measure(brick_at, &(Shape){{0.5, 0.5, 0.5}, 0, 2, 0}, &film, 8, NULL, PETSC_FALSE,
                    &statistics));
  ASSERT_CLOSE(statistics.boundary_area, 3.0, 1e-12);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two lamellae in a periodic box 8 cells wide meet twice, with opposite normals, within one block
   of cells: the area is 2, not the difference. */
static PetscErrorCode both_sides_of_a_thin_lamella_count(void)
{
  const Shape lamellae = {{0.5, 1, 1}, 0, 2, 0};
  const FilmSpec film = VoxelsFilm(1, 1, 1, 8, 8, 8, LATERAL_PERIODIC);
  GrainStatistics statistics;

  PetscFunctionBeginUser;
  PetscCall(measure(brick_at, &lamellae, &film, 2, NULL, PETSC_FALSE, &statistics));
  ASSERT_CLOSE(statistics.boundary_area, 2.0, 1e-12);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t beside_tilted_plane(const void *data, const PetscInt cell[3],
                                   const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  return centre[2] < 0.5 + 0.3 * (centre[0] - 0.5) - 0.5 * (centre[1] - 0.5) ? 1 : 2;
}

/* z = 0.5 + 0.3 (x - 0.5) - 0.5 (y - 0.5): area sqrt(1 + 0.09 + 0.25) = 1.1576; its stairs have
   1 + 0.3 + 0.5 = 1.8, 56 % more. */
static PetscErrorCode a_tilted_plane_has_its_own_area_not_that_of_its_stairs(void)
{
  const FilmSpec film = VoxelsFilm(1, 1, 1, 32, 32, 32, LATERAL_INSULATING);
  const Shape none = {{1, 1, 1}, 0, 1, 0};
  GrainStatistics statistics;

  PetscFunctionBeginUser;
  PetscCall(measure(beside_tilted_plane, &none, &film, 2, NULL, PETSC_FALSE, &statistics));
  ASSERT_CLOSE(statistics.boundary_area, sqrt(1.34), 0.02);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t sphere_at(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const Shape *shape = data;
  PetscReal squared = 0;

  (void)cell;
  for (int d = 0; d < 3; d++) squared += PetscSqr(centre[d] - shape->middle);
  return squared < PetscSqr(shape->radius) ? 2 : 1;
}

/* Within a block of 8 cells a sphere of 13 cells radius is not flat: the vector sum misses about
   (half angle of the patch)^2/4 = (4/13)^2/4 = 2.4 % of it. Where the whole sphere lies in a block
   its area comes out of octants, sqrt(3) 2 pi R^2 instead of 4 pi R^2: 13 % low. */
static PetscErrorCode spheres_have_their_area_large_or_small(void)
{
  const FilmSpec film = VoxelsFilm(1, 1, 1, 32, 32, 32, LATERAL_PERIODIC);
  Shape sphere = {{1, 1, 1}, 0.4, 1, 0.5};
  GrainStatistics statistics;

  PetscFunctionBeginUser;
  PetscCall(measure(sphere_at, &sphere, &film, 2, NULL, PETSC_FALSE, &statistics));
  ASSERT_CLOSE(statistics.boundary_area, 4 * PETSC_PI * 0.16, 0.04);
  PetscCall(GrainStatisticsDestroy(&statistics));
  sphere.radius = 0.1; /* 3.2 cells, in the middle of the block of cells 8 to 15 */
  sphere.middle = 0.375;
  PetscCall(measure(sphere_at, &sphere, &film, 2, NULL, PETSC_FALSE, &statistics));
  ASSERT_CLOSE(statistics.boundary_area, 4 * PETSC_PI * 0.01, 0.15);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Bricks of 1/4 x 1/4 x 1: columns of section 1/16, circle of diameter sqrt(4/16/pi). */
static PetscErrorCode columns_have_the_size_of_their_circle(void)
{
  const Shape columns = {{0.25, 0.25, 1}, 0, 4, 0};
  const FilmSpec film = VoxelsFilm(1, 1, 1, 8, 8, 5, LATERAL_PERIODIC);
  GrainStatistics statistics;

  PetscFunctionBeginUser;
  PetscCall(measure(brick_at, &columns, &film, 16, NULL, PETSC_TRUE, &statistics));
  ASSERT_CLOSE(statistics.mean_size, sqrt(0.25 / PETSC_PI), 1e-12);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Void for x < 1/4, grain 1 to x = 1/2, grain 3 behind; grain 2 has no cell. */
static int32_t with_voids(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  if (centre[0] < 0.25) return 0;
  return centre[0] < 0.5 ? 1 : 3;
}

/* Sizes (6 V/pi)^(1/3) of V = 1/4 and 1/2: ln 2/3 apart, so the standard deviation of ln is
   ln(2)/6; phases: grain 1 is of phase 2, grain 3 of phase 1. Pores are no boundary. */
static PetscErrorCode voids_lost_grains_and_phases_are_counted(void)
{
  const Shape none = {{1, 1, 1}, 0, 1, 0};
  const FilmSpec film = VoxelsFilm(1, 1, 1, 8, 4, 4, LATERAL_PERIODIC);
  const PetscInt phase[4] = {0, 2, 1, 1};
  GrainStatistics statistics;

  PetscFunctionBeginUser;
  PetscCall(measure(with_voids, &none, &film, 3, phase, PETSC_FALSE, &statistics));
  CU_ASSERT_EQUAL(statistics.num_grains, 2);
  CU_ASSERT_EQUAL(statistics.num_lost_grains, 1);
  ASSERT_CLOSE(statistics.size_spread, log(2.0) / 6, 1e-10);
  ASSERT_CLOSE(statistics.void_fraction, 0.25, 1e-12);
  ASSERT_CLOSE(statistics.phase_fractions[1], 0.5, 1e-12);
  ASSERT_CLOSE(statistics.phase_fractions[2], 0.25, 1e-12);
  ASSERT_CLOSE(statistics.boundary_area, 1.0, 1e-12);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode layers_outside_the_film_do_not_count(void)
{
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 4, 4, 4, LATERAL_PERIODIC);
  const GridLayer layer = {1e-6, 4};
  const GridLayer *const layers[2] = {&layer, &layer};
  const PetscInt num_layers[2] = {1, 1};
  const char *const names[] = {"glass"};
  const PhaseNames phases = {1, names};
  char generator[] = "amorphous";
  const StructureSpec spec = {.generator = generator,
                              .grain_size = NAN,
                              .fraction = NAN,
                              .diameter = NAN,
                              .brick = {NAN, NAN, NAN},
                              .aspect = 1};
  GrainStatistics statistics;
  Microstructure structure;
  Problems problems = {0};
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 1, &layer, 1, &layer, &grid));
  PetscCall(MicrostructureCreate(&grid, &spec, &phases, num_layers, layers, &problems, &structure));
  PetscCall(GrainStatisticsCompute(&grid, &structure, PETSC_FALSE, &statistics));
  CU_ASSERT_EQUAL(statistics.num_grains, 1);
  CU_ASSERT_EQUAL(statistics.boundary_area, 0.0);
  ASSERT_CLOSE(statistics.phase_fractions[1], 1.0, 1e-12);
  PetscCall(GrainStatisticsDestroy(&statistics));
  PetscCall(MicrostructureDestroy(&structure));
  PetscCall(GridDestroy(&grid));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the boundary area of bricks is exact", the_boundary_area_of_bricks_is_exact},
    {"both sides of a thin lamella count", both_sides_of_a_thin_lamella_count},
    {"a tilted plane has its own area, not that of its stairs",
     a_tilted_plane_has_its_own_area_not_that_of_its_stairs},
    {"spheres have their area, large or small", spheres_have_their_area_large_or_small},
    {"columns have the size of their circle", columns_have_the_size_of_their_circle},
    {"voids, lost grains and phases are counted", voids_lost_grains_and_phases_are_counted},
    {"layers outside the film do not count", layers_outside_the_film_do_not_count},
};

HARNESS_MAIN("statistics", tests)
