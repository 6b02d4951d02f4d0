#include "verify.h"

#include <math.h>

/* Two-dimensional checkerboards of squares of edge 1/2, in a box one cell thick in y. Plates run
   through the centres of squares, which are mirror planes, so that a film one period thick has the
   bulk's conductivity. At the corners the field is singular, r^(lambda - 1) with lambda =
   (4/pi) atan(1/sqrt(contrast)) for two phases: the energy converges with order 2 lambda at most
   (1.57 at contrast 2, 0.78 at 10, 0.25 at 100), as seen: 1.54, 0.76, 0.19. At contrast 100 the
   corners are far from resolved, 45 % off at 64 x 64 cells, at 10 000 94 %; the bounds below are
   what is measured, their reason the order. */

static int32_t two_phases(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const int in_x = centre[0] > 0.25 && centre[0]<0.75, in_z = centre[2]> 0.25 && centre[2] < 0.75;

  (void)data;
  (void)cell;
  return in_x == in_z ? 1 : 2;
}

/* a top left, b top right, c bottom right, d bottom left: grains 1 to 4; the plates run through the
   centres of the bottom row. */
static int32_t four_phases(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const int is_top = centre[2] > 0.25 && centre[2] < 0.75, is_left = centre[0] < 0.5;

  (void)data;
  (void)cell;
  if (is_top) return is_left ? 1 : 2;
  return is_left ? 4 : 3;
}

static PetscErrorCode converge(const char *id, ModelSpec *spec, PetscReal reference,
                               PetscReal order, PetscReal finest)
{
  VerifySeries series = {.what = id, .reference = reference};

  PetscFunctionBeginUser;
  for (int level = 0; level < (VerifyIsLong() ? 5 : 3); level++) {
    const PetscReal before = fabs(series.error);
    const PetscInt n = 16 << level;
    PetscReal resistance;

    spec->film = (FilmSpec){1.0, {1.0, 1.0}, {n, 1, n}, LATERAL_PERIODIC, 1.0};
    PetscCall(SolvedResistance(spec, &resistance));
    VerifyGrid(&series, 0.5 * (PetscReal)n, 1 / resistance);
    if (level) {
      CU_ASSERT(fabs(series.error) < before);
      CU_ASSERT(series.order > order);
    }
  }
  CU_ASSERT(fabs(series.error) < finest);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* sigma_eff = sqrt(s1 s2), Dykhne 1970 */
static PetscErrorCode a_checkerboard_conducts_as_the_geometric_mean(void)
{
  const struct {
    const char *id;
    PetscReal contrast, reference, order, finest;
  } cases[] = {{"dykhne_2", 2, 1.4142135623730951, 1.45, 6e-4},
               {"dykhne_10", 10, 3.1622776601683795, 0.7, 0.045},
               {"dykhne_100", 100, 10, 0.17, 0.46},
               {"dykhne_10000", 1e4, 100, 0.01, 0.95}};

  PetscFunctionBeginUser;
  for (int c = 0; c < 4; c++) {
    const PetscReal s = cases[c].contrast;
    const PetscReal conductivity[3][3] = {{0, 0, 0}, {1, 1, 1}, {s, s, s}};
    ModelSpec spec = {.voxels = {two_phases, NULL, 2, NULL, 2},
                      .transport = {.conductivity = conductivity}};

    PetscCall(converge(cases[c].id, &spec, cases[c].reference, cases[c].order, cases[c].finest));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same turned by a quarter, so that z is its x. */
static int32_t four_phases_turned(const void *data, const PetscInt cell[3],
                                  const PetscReal centre[3])
{
  const PetscReal moved[3] = {fmod(centre[2] + 0.25, 1), centre[1], fmod(centre[0] + 0.25, 1)};

  return four_phases(data, cell, moved);
}

/* fourphase_1_5_2_11: sigma_z = 3.102872789669628, sigma_x = 3.3415553119519075 */
static PetscErrorCode four_phases_converge_to_the_exact_conductivity(void)
{
  const PetscReal conductivity[5][3] = {{0, 0, 0}, {1, 1, 1}, {5, 5, 5}, {2, 2, 2}, {11, 11, 11}};
  ModelSpec spec = {.voxels = {four_phases, NULL, 4, NULL, 4},
                    .transport = {.conductivity = conductivity}};

  PetscFunctionBeginUser;
  PetscCall(converge("fourphase_1_5_2_11, z", &spec, 3.102872789669628, 0.9, 0.01));
  spec.voxels.grain = four_phases_turned;
  PetscCall(converge("fourphase_1_5_2_11, x", &spec, 3.3415553119519075, 0.9, 0.01));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a checkerboard conducts as the geometric mean",
     a_checkerboard_conducts_as_the_geometric_mean},
    {"four phases converge to the exact conductivity",
     four_phases_converge_to_the_exact_conductivity},
};

HARNESS_MAIN("dykhne", tests)
