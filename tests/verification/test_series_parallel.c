#include "verify.h"

#include <math.h>

static const PetscReal conductivity[5][3] = {
    {0, 0, 0}, {1, 1, 1}, {4, 4, 4}, {0.05, 0.05, 0.05}, {2, 2, 2}};

/* Columns end at 0.2, 0.5, 0.6, 1 along one axis. */
static int32_t column(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscReal x = centre[*(const int *)data];

  (void)cell;
  return x < 0.2 ? 1 : x < 0.5 ? 2 : x < 0.6 ? 3 : 4;
}

/* parallel4: (0.2, 1) (0.3, 4) (0.1, 0.05) (0.4, 2) side by side: 0.2 + 1.2 + 0.005 + 0.8 = 2.205
   at any r on the walls, since no current crosses them. */
static PetscErrorCode columns_add_their_conductances(void)
{
  const PetscReal resistances[] = {0, 0.2, 1e6};

  PetscFunctionBeginUser;
  for (int axis = 0; axis < 2; axis++) {
    for (int c = 0; c < 3; c++) {
      PetscReal r = resistances[c], resistance;
      const ModelSpec spec = {
          .film = {1.0, {1.0, 1.0}, {10, 10, 6}, axis ? LATERAL_INSULATING : LATERAL_PERIODIC, 3.0},
          .voxels = {column, &axis, 4, NULL, 4},
          .transport = {
              .conductivity = conductivity, .boundary = ModelEqualBoundary, .boundary_data = &r}};

      PetscCall(SolvedResistance(&spec, &resistance));
      CU_ASSERT(fabs(VerifyError("parallel4", 1 / resistance, 2.205)) < 1e-10);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A column of void drops out: 2.205 - 1.2 = 1.005, as does an insulated one. */
static int32_t column_with_void(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const int32_t grain = column(data, cell, centre);

  return grain == 2 ? 0 : grain;
}

static PetscErrorCode a_column_of_void_carries_nothing(void)
{
  const int axis = 0;
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {10, 3, 6}, LATERAL_PERIODIC, 1.0},
                          .voxels = {column_with_void, &axis, 4, NULL, 4},
                          .transport = {.conductivity = conductivity}};
  PetscReal resistance;

  PetscFunctionBeginUser;
  PetscCall(SolvedResistance(&spec, &resistance));
  CU_ASSERT(fabs(VerifyError("parallel4 without its second column", 1 / resistance, 1.005)) <
            1e-10);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Lower half two columns of sigma 1 and 4, upper half sigma 2, r on all boundaries. Cutting the
   film along the columns raises the resistance, to 1/(sum of 1/2/(1/2/sigma_k + r + 1/4)); short
   circuits on both sides of the plane z = 1/2 lower it, to 1/2/2.5 + r + 1/4. */
static int32_t halves(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  if (centre[2] > 0.5) return 4;
  return centre[0] < 0.5 ? 1 : 2;
}

static PetscErrorCode mixed_films_lie_between_series_and_parallel(void)
{
  PetscReal r = 0.1, resistance, lower, upper;
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {16, 1, 16}, LATERAL_INSULATING, 1.0},
                          .voxels = {halves, NULL, 4, NULL, 4},
                          .transport = {.conductivity = conductivity,
                                        .boundary = ModelEqualBoundary,
                                        .boundary_data = &r}};

  PetscFunctionBeginUser;
  lower = 0.5 / 2.5 + r + 0.25;
  upper = 1 / (0.5 / (0.5 + r + 0.25) + 0.5 / (0.125 + r + 0.25));
  PetscCall(SolvedResistance(&spec, &resistance));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "  series of parallels %g < %g < parallel of series %g\n",
                        (double)lower, (double)resistance, (double)upper));
  CU_ASSERT(lower < resistance && resistance < upper);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"columns add their conductances at any r on their walls", columns_add_their_conductances},
    {"a column of void carries nothing", a_column_of_void_carries_nothing},
    {"mixed films lie between series and parallel", mixed_films_lie_between_series_and_parallel},
};

HARNESS_MAIN("series_parallel", tests)
