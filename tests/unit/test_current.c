#include "current.h"

#include <math.h>
#include "verify.h"

static const PetscReal conductivity[5][3] = {{0, 0, 0}, {1, 1, 1}, {2, 2, 2}, {3, 3, 3}, {4, 4, 4}};

static int32_t quarter(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscInt *phases = data;

  (void)cell;
  return (int32_t)phases[(int)(4 * centre[0])];
}

/* Columns of sigma 1, 2, 3, 4 side by side carry j = 1, 2, 3, 4, mean 2.5. Of 256 faces the median
   is one of the third column: 3/2.5 = 1.2; the top percent are in the fourth: 1.6. Standard
   deviation sqrt(1.25)/2.5. The potential falls evenly. */
static PetscErrorCode columns_in_parallel_carry_current_by_their_conductivity(void)
{
  const PetscInt phases[4] = {3, 1, 4, 2};
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {16, 16, 6}, LATERAL_PERIODIC, 1.0},
                          .voxels = {quarter, phases, 4, NULL, 4},
                          .transport = {.conductivity = conductivity}};
  CurrentSpread spreads[NUM_PLANES];
  ProfileRow rows[6];
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  PetscCall(CurrentSpreads(&solved.model.parts, &solved.model.faces, solved.potential, spreads));
  for (int p = 0; p < NUM_PLANES; p++) {
    ASSERT_CLOSE(spreads[p].mean, 2.5, 1e-9);
    ASSERT_CLOSE(spreads[p].max_over_mean, 1.6, 1e-7);
    ASSERT_CLOSE(spreads[p].p50, 1.2, 1e-7);
    ASSERT_CLOSE(spreads[p].p99, 1.6, 1e-7);
    ASSERT_CLOSE(spreads[p].p999, 1.6, 1e-7);
  }
  PetscCall(ProfileCompute(&solved.model.parts, &solved.model.faces, solved.potential, rows));
  for (int k = 0; k < 6; k++) {
    ASSERT_CLOSE(rows[k].z, (k + 0.5) / 6, 1e-14);
    ASSERT_CLOSE(rows[k].potential, 1 - rows[k].z, 1e-7);
    ASSERT_CLOSE(rows[k].current, 2.5, 1e-9);
    ASSERT_CLOSE(rows[k].current_spread, sqrt(1.25) / 2.5, 1e-7);
    CU_ASSERT_EQUAL(rows[k].conducting, 1.0);
  }
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A quarter is void: j = 0, 1, 2, 4 with mean 7/4; means of the potential leave the void out. */
static PetscErrorCode voids_carry_nothing_and_have_no_potential(void)
{
  const PetscInt phases[4] = {0, 1, 4, 2};
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {8, 8, 5}, LATERAL_INSULATING, 1.0},
                          .voxels = {quarter, phases, 4, NULL, 4},
                          .transport = {.conductivity = conductivity}};
  CurrentSpread spreads[NUM_PLANES];
  ProfileRow rows[5];
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  PetscCall(CurrentSpreads(&solved.model.parts, &solved.model.faces, solved.potential, spreads));
  ASSERT_CLOSE(spreads[PLANE_MIDDLE].mean, 1.75, 1e-8);
  ASSERT_CLOSE(spreads[PLANE_MIDDLE].max_over_mean, 4 / 1.75, 1e-7);
  PetscCall(ProfileCompute(&solved.model.parts, &solved.model.faces, solved.potential, rows));
  for (int k = 0; k < 5; k++) {
    ASSERT_CLOSE(rows[k].conducting, 0.75, 1e-14);
    ASSERT_CLOSE(rows[k].potential, 1 - rows[k].z, 1e-7);
  }
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct {
  PetscReal contact, elsewhere;
} Patch;

/* One of 8 x 8 anode cells in contact, the cathode everywhere. */
static PetscErrorCode patchy_anode(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                                   PetscReal parts[])
{
  const Patch *patch = data;

  (void)grain;
  parts[0] = side == SIDE_CATHODE || (i == 5 && j == 2) ? patch->contact : patch->elsewhere;
  return PETSC_SUCCESS;
}

/* All current enters through one face of 64: 64 times the mean there, next to nothing elsewhere. */
static PetscErrorCode each_plane_is_looked_at_by_itself(void)
{
  Patch patch = {0, 1e9};
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {8, 8, 8}, LATERAL_PERIODIC, 1.0},
                          .voxels = {ModelOneGrain, NULL, 1, NULL, 1},
                          .transport = {.conductivity = conductivity,
                                        .electrode = patchy_anode,
                                        .electrode_data = &patch,
                                        .num_electrode_parts = {1, 1}}};
  CurrentSpread spreads[NUM_PLANES];
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  PetscCall(CurrentSpreads(&solved.model.parts, &solved.model.faces, solved.potential, spreads));
  ASSERT_CLOSE(spreads[PLANE_ANODE].max_over_mean, 64, 1e-6);
  CU_ASSERT(spreads[PLANE_ANODE].p50 < 1e-6);
  CU_ASSERT(spreads[PLANE_MIDDLE].max_over_mean < 1.5);
  CU_ASSERT(spreads[PLANE_CATHODE].max_over_mean < 1.1); /* spread out by then */
  CU_ASSERT(spreads[PLANE_MIDDLE].max_over_mean > spreads[PLANE_CATHODE].max_over_mean);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"columns in parallel carry current by their conductivity",
     columns_in_parallel_carry_current_by_their_conductivity},
    {"voids carry nothing and have no potential", voids_carry_nothing_and_have_no_potential},
    {"each plane is looked at by itself", each_plane_is_looked_at_by_itself},
};

HARNESS_MAIN("current", tests)
