#include "oblique.h"

/* A square array of cylinders of 30 %, their axes along y, as voxels: grain 1 the matrix, grain 2
   the cylinder. */
#define RADIUS 0.30901936161855165e-6

static void from_axis(const PetscReal x[3], PetscReal radius[3])
{
  radius[0] = x[0] - 0.5e-6;
  radius[1] = 0;
  radius[2] = x[2] - 0.5e-6;
}

static int32_t cylinder(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  PetscReal radius[3];

  (void)data;
  (void)cell;
  from_axis(centre, radius);
  return hypot(radius[0], radius[2]) < RADIUS ? 2 : 1;
}

static void find_facet(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                       const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const PetscReal middle[3] = {0.5 * (cell_a[0] + cell_b[0]), 0.5 * (cell_a[1] + cell_b[1]),
                               0.5 * (cell_a[2] + cell_b[2])};
  const PetscReal sign = grain_a < grain_b ? -1 : 1;
  PetscReal radius[3];

  (void)data, (void)facets, (void)axis;
  from_axis(middle, radius);
  at->facet = 0;
  for (int d = 0; d < 3; d++) at->normal[d] = sign * radius[d] / hypot(radius[0], radius[2]);
}

/* square2D_f0.3_*: matrix 1, cylinder s, r = R a; multipole series, 12 digits. Infinite s is
   1e5, zero s 1e-8. 12, 25 and 49 cells to a diameter. Goals: 0.5 % at 24
   and 0.1 % at 48 up to R = 1, above 1.5 and 0.3 %, without r 3 % at 24. */
static PetscErrorCode cylinders_converge(void)
{
  const struct {
    const char *id;
    PetscReal s, ratio, reference, bound[3];
    PetscBool is_stairs_better;
  } cases[] = {
      {"square2D_f0.3_sinf_R0", 1e5, 0, 1.8601883065193947, {0.0145, 0.03, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s100_R0", 100, 0, 1.8359191179307839, {0.0137, 0.03, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s10_R0", 10, 0, 1.652036011082147, {0.0085, 0.03, 0.001}, PETSC_TRUE},
      {"square2D_f0.3_s0.1_R0", 0.1, 0, 0.6053136815976315, {0.0055, 0.03, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s0_R0", 1e-8, 0, 0.5375799839700659, {0.0074, 0.03, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s1_R0.01", 1, 0.01, 0.9970193735260507, {0.001, 0.005, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s1_R0.1", 1, 0.1, 0.9718305582929827, {0.003, 0.005, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s1_R1", 1, 1, 0.81809984933069, {0.0062, 0.005, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s1_R10", 1, 10, 0.5993794584614112, {0.0108, 0.015, 0.003}, PETSC_FALSE},
      {"square2D_f0.3_s10_R0.1", 10, 0.1, 1.5004427948533139, {0.0043, 0.005, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s10_R1", 10, 1, 0.9718293068980833, {0.0056, 0.005, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s0.1_R1", 0.1, 1, 0.5994327311296259, {0.0087, 0.005, 0.001}, PETSC_FALSE},
      {"square2D_f0.3_s2_R0.5", 2, 0.5, 1.0, {0.0041, 0.005, 0.001}, PETSC_FALSE}};
  Facet facet = {.grain = {1, 2}, .area = 2 * PETSC_PI * RADIUS * 0.05e-6};
  const BoundaryGeometry geometry = {
      .num_facets = 1, .facets = &facet, .is_curved = PETSC_TRUE, .find = find_facet};

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const ObliqueFilm film = {
        .id = cases[c].id,
        .reference = cases[c].reference,
        .size = 2e6 * RADIUS,
        .sigma = {1, cases[c].s},
        .r = cases[c].ratio * RADIUS * 1e6,
        .bound = {cases[c].bound[0], cases[c].bound[1], cases[c].bound[2]},
        .is_stairs_better = cases[c].is_stairs_better,
        .model = {.film = {1e-6, {1e-6, 0.05e-6}, {20, 1, 20}, LATERAL_PERIODIC, 1.0},
                  .voxels = {cylinder, NULL, 2, NULL, 2},
                  .geometry = &geometry}};

    PetscCall(ObliqueVerify(&film, 3));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {{"cylinders converge", cylinders_converge}};

HARNESS_MAIN("cylinders", tests)
