#include "verify.h"
#include "voronoi20.h"

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
static const char *const names[] = {"grain"};

/* What r on every stair face costs (solver.boundary_faces = "stairs"): references voro20_Bi0.01,
   _Bi1, _Bi100 (5 to 7 digits) with r = Bi d, d = 20^(-1/3). NUMERICS.md, section 3, states errors
   of sigma_eff of -0.3 ... -0.2, +5.9 and +9.9, +44 and +47 % at d/h = 6 and 12. The bands are
   those numbers, half a percent either side. verify.matched has what matched faces make of them. */
static PetscErrorCode boundaries_on_stairs_conduct_too_well_by_the_known_amount(void)
{
  const struct {
    const char *id;
    PetscReal biot, reference, error[2]; /* at 16 and 32 cells */
  } cases[] = {{"voro20_Bi0.01", 0.01, 0.993738607730659, {-0.003, -0.0025}},
               {"voro20_Bi1", 1, 0.6174444125612354, {0.059, 0.099}},
               {"voro20_Bi100", 100, 0.01615112199586025, {0.44, 0.47}}};
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (int c = 0; c < 3; c++) {
    PetscReal r = cases[c].biot * 0.36840315e-6;

    for (int level = 0; level < 2; level++) {
      const PetscInt n = 16 << level;
      const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {n, n, n}, LATERAL_PERIODIC, 1.0},
                              .structure = &structure,
                              .phases = {1, names},
                              .transport = {.conductivity = conductivity,
                                            .boundary = ModelEqualBoundary,
                                            .boundary_data = &r}};
      PetscReal resistance, error;

      PetscCall(SolvedResistance(&spec, &resistance));
      error = VerifyError(cases[c].id, 1e-6 / resistance, cases[c].reference);
      CU_ASSERT(fabs(error - cases[c].error[level]) < (cases[c].biot < 0.1 ? 0.001 : 0.005));
    }
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"boundaries on stairs conduct too well by the known amount",
     boundaries_on_stairs_conduct_too_well_by_the_known_amount},
};

HARNESS_MAIN("stairs", tests)
