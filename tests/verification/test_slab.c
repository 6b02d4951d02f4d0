#include "verify.h"

#include <math.h>

/* Values of data/references.json: layers normal to z are exact on any spacing that has cell faces
   where the layers end. Every layer is a grain of its own. */

static int32_t single(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  (void)centre;
  return 1;
}

/* R = H/sigma = 2/0.5 = 4, whatever the cells and the sides. */
static PetscErrorCode a_uniform_slab_is_exact_on_any_grid(void)
{
  const PetscReal conductivity[2][3] = {{0, 0, 0}, {3, 7, 0.5}};
  const struct {
    PetscInt cells[3];
    LateralType lateral;
    PetscReal grading;
    const char *what;
  } cases[] = {{{8, 8, 8}, LATERAL_PERIODIC, 1, "8 x 8 x 8"},
               {{8, 8, 9}, LATERAL_INSULATING, 1, "insulating sides"},
               {{3, 5, 11}, LATERAL_PERIODIC, 100, "cells graded by 100"},
               {{2, 2, 8}, LATERAL_PERIODIC, 1, "two cells wide"},
               {{1, 1, 16}, LATERAL_PERIODIC, 1, "one cell wide: 1-D"},
               {{1, 1, 4}, LATERAL_INSULATING, 5, "one cell wide, insulating, graded"},
               {{6, 1, 4}, LATERAL_PERIODIC, 1, "2-D"},
               {{4, 4, 1}, LATERAL_PERIODIC, 1, "one cell thick"}};

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const PetscInt *n = cases[c].cells;
    const ModelSpec spec = {
        .film = {2.0, {3.0, 0.7}, {n[0], n[1], n[2]}, cases[c].lateral, cases[c].grading},
        .voxels = {single, NULL, 1, NULL, 1},
        .transport = {.conductivity = conductivity}};
    PetscReal resistance;

    PetscCall(SolvedResistance(&spec, &resistance));
    CU_ASSERT(fabs(VerifyError(cases[c].what, resistance, 4.0)) < 1e-10);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Layer of series4 at a height: they end at 0.2, 0.5, 0.6, 1. */
static int32_t layer_of_series4(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscReal z = centre[2];

  (void)data;
  (void)cell;
  return z < 0.2 ? 1 : z < 0.5 ? 2 : z < 0.6 ? 3 : 4;
}

/* series4: layers (0.2, 1) (0.3, 4) (0.1, 0.05) (0.4, 2), r = 0.03, 0.7, 0.2:
   0.2 + 0.075 + 2 + 0.2 + 0.93 = 3.405 */
static PetscErrorCode layers_in_series_with_boundaries_are_exact(void)
{
  const PetscReal conductivity[5][3] = {
      {0, 0, 0}, {1, 1, 1}, {4, 4, 4}, {0.05, 0.05, 0.05}, {2, 2, 2}};
  const PetscReal phases[5] = {0, 0.2, 0.075, 2, 0.2};
  PetscReal r[3] = {0.03, 0.7, 0.2};
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {4, 3, 10}, LATERAL_PERIODIC, 1.0},
                          .voxels = {layer_of_series4, NULL, 4, NULL, 4},
                          .transport = {.conductivity = conductivity,
                                        .boundary = ModelStackBoundary,
                                        .boundary_data = r}};
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  CU_ASSERT(fabs(VerifyError("series4", solved.asr.total, 3.405)) < 1e-10);
  for (int p = 1; p <= 4; p++) ASSERT_CLOSE(solved.asr.phases[p], phases[p], VERIFY_PART);
  for (int p = 1; p <= 3; p++)
    ASSERT_CLOSE(AsrBoundary(&solved.asr, p, p + 1), r[p - 1], VERIFY_PART);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { FINEST = 128 };

/* Every plane of cells is a grain and a phase of its own. */
static int32_t plane_of(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return 1 + (int32_t)cell[2];
}

static double exponential(double z)
{
  return exp(3 * z);
}

static double linear(double z)
{
  return 1 + 4 * z;
}

static double depleted(double z)
{
  const double x = (z - 0.37) / 0.05;

  return 1 / (1 + 20 * exp(-x * x));
}

/* graded_*: sigma(z) taken at cell centres is the midpoint rule for the integral of 1/sigma, so
   second order; errors h^2/24 (1/sigma)'(1)-(1/sigma)'(0) over R. For graded_gauss the slope ends
   at zero and the error falls faster than any power once h < 0.05. */
static PetscErrorCode graded_layers_converge_with_second_order(void)
{
  const struct {
    const char *id;
    double (*sigma)(double);
    PetscReal reference, order, finest_error;
  } cases[] = {{"graded_exp", exponential, 0.3167376438773787, 2, 6e-5},
               {"graded_lin", linear, 0.40235947810852507, 2, 3e-5},
               {"graded_gauss", depleted, 2.772453850905516, 4, 1e-9}};

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    VerifySeries series = {.what = cases[c].id, .reference = cases[c].reference};

    for (PetscInt n = FINEST / 8, level = 0; n <= FINEST; n *= 2, level++) {
      PetscReal conductivity[FINEST + 1][3] = {{0}}, resistance, before = fabs(series.error);
      const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {1, 1, n}, LATERAL_PERIODIC, 1.0},
                              .voxels = {plane_of, NULL, n, NULL, n},
                              .transport = {.conductivity = (const PetscReal(*)[3])conductivity}};

      for (PetscInt k = 0; k < n; k++) {
        conductivity[k + 1][0] = conductivity[k + 1][1] = conductivity[k + 1][2] =
            (*cases[c].sigma)(((double)k + 0.5) / (double)n);
      }
      PetscCall(SolvedResistance(&spec, &resistance));
      VerifyGrid(&series, (PetscReal)n, resistance);
      if (level == 1) CU_ASSERT(series.order > cases[c].order - 0.05);
      if (level > 1) CU_ASSERT(fabs(series.error) < before || fabs(series.error) < 1e-9);
    }
    CU_ASSERT(fabs(series.error) < cases[c].finest_error);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a uniform slab is exact on any grid", a_uniform_slab_is_exact_on_any_grid},
    {"layers in series with boundaries are exact", layers_in_series_with_boundaries_are_exact},
    {"graded layers converge with second order", graded_layers_converge_with_second_order},
};

HARNESS_MAIN("slab", tests)
