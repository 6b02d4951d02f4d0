#include "current.h"
#include "verify.h"

#include <math.h>

static char generator[] = "amorphous";
static const StructureSpec amorphous = {.generator = generator,
                                        .grain_size = NAN,
                                        .fraction = NAN,
                                        .diameter = NAN,
                                        .brick = {NAN, NAN, NAN},
                                        .size_spread = 0.35,
                                        .aspect = 1};
static const char *const names[] = {"glass"};
static const GridLayer anode[2] = {{0.05, 3}, {0.2, 1}}, cathode[1] = {{0.1, 4}};

/* Film 1/2 = 0.5; anode layers 0.05/0.01 = 5 and 0.2/0.4 = 0.5; cathode layer 0.1/0.25 = 0.4;
   boundaries film|first 0.03, first|second 0.01, film|cathode 0.02; charge transfer at the outside
   0.1 and 0.2. Grains: film 1, layers 2, 3 (anode), 4 (cathode). Total
   0.5 + 5 + 0.5 + 0.4 + 0.06 + 0.3 = 6.76 */
static PetscErrorCode law(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  const PetscInt low = PetscMin(a, b), high = PetscMax(a, b);

  (void)data;
  *r = NAN; /* of pairs that do not touch */
  if (low == 1 && high == 2) *r = 0.03;
  if (low == 2 && high == 3) *r = 0.01;
  if (low == 1 && high == 4) *r = 0.02;
  return PETSC_SUCCESS;
}

static PetscErrorCode layers_with_cells_of_their_own_stand_in_series(void)
{
  const PetscReal conductivity[5][3] = {
      {0, 0, 0}, {2, 2, 2}, {0.01, 0.01, 0.01}, {0.4, 0.4, 0.4}, {0.25, 0.25, 0.25}};
  PetscReal electrodes[4] = {0.1, 0, 0.2, 0};
  const ModelSpec spec = {
      .film = {1.0, {2.0, 1.0}, {4, 4, 6}, LATERAL_PERIODIC, 3.0},
      .structure = &amorphous,
      .phases = {1, names},
      .num_layers = {2, 1},
      .layers = {anode, cathode},
      .transport = {conductivity, law, NULL, ModelEqualElectrodes, electrodes, {2, 2}, 0, NULL}};
  CurrentSpread spreads[NUM_PLANES];
  ProfileRow rows[14];
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
  CU_ASSERT(fabs(VerifyError("film with a stack of layers", solved.asr.total, 6.76)) < 1e-10);
  ASSERT_CLOSE(solved.asr.phases[1], 0.5, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.phases[2], 5.0, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.phases[3], 0.5, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.phases[4], 0.4, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 1, 2), 0.03, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 2, 3), 0.01, VERIFY_PART);
  ASSERT_CLOSE(AsrBoundary(&solved.asr, 1, 4), 0.02, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.electrodes[SIDE_ANODE][0], 0.1, VERIFY_PART);
  ASSERT_CLOSE(solved.asr.electrodes[SIDE_CATHODE][0], 0.2, VERIFY_PART);
  PetscCall(CurrentSpreads(&solved.model.parts, &solved.model.faces, solved.potential, spreads));
  for (int p = 0; p < NUM_PLANES; p++) ASSERT_CLOSE(spreads[p].mean, 1 / 6.76, VERIFY_PART);
  PetscCall(ProfileCompute(&solved.model.parts, &solved.model.faces, solved.potential, rows));
  ASSERT_CLOSE(rows[0].z, -0.15, 1e-12); /* of the outer anode layer: -0.25 ... -0.05 */
  ASSERT_CLOSE(rows[13].z, 1.0875, 1e-12);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same layer as cells and as an areal resistance: 0.2/0.4 = 0.5 on top of 0.5. */
static PetscErrorCode a_planar_layer_is_worth_its_areal_resistance(void)
{
  const PetscReal conductivity[3][3] = {{0, 0, 0}, {2, 2, 2}, {0.4, 0.4, 0.4}};
  const GridLayer layer = {0.2, 5};
  PetscReal electrodes[4] = {0.5, 0, 0, 0}, resolved, lumped;
  ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {3, 3, 5}, LATERAL_INSULATING, 1.0},
                    .structure = &amorphous,
                    .phases = {1, names},
                    .num_layers = {1, 0},
                    .layers = {&layer, NULL},
                    .transport = {.conductivity = conductivity}};

  PetscFunctionBeginUser;
  PetscCall(SolvedResistance(&spec, &resolved));
  spec.num_layers[0] = 0;
  spec.transport.electrode = ModelEqualElectrodes;
  spec.transport.electrode_data = electrodes;
  spec.transport.num_electrode_parts[0] = spec.transport.num_electrode_parts[1] = 2;
  PetscCall(SolvedResistance(&spec, &lumped));
  CU_ASSERT(fabs(VerifyError("layer in cells", resolved, 1.0)) < 1e-10);
  CU_ASSERT(fabs(VerifyError("layer as a resistance", lumped, 1.0)) < 1e-10);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"layers with cells of their own stand in series",
     layers_with_cells_of_their_own_stand_in_series},
    {"a planar layer is worth its areal resistance", a_planar_layer_is_worth_its_areal_resistance},
};

HARNESS_MAIN("layers", tests)
