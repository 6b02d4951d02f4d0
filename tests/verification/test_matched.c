#include "verify.h"
#include "voronoi20.h"

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
static const char *const names[] = {"grain"};

/* References voro20_Bi0.01, _Bi1, _Bi100 (body-fitted finite elements, 5 to 7 digits), r = Bi d,
   d = 20^(-1/3). */
static PetscErrorCode polycrystals_converge_to_their_references(void)
{
  const struct {
    const char *id;
    PetscReal biot, reference;
  } cases[] = {{"voro20_Bi0.01", 0.01, 0.993738607730659},
               {"voro20_Bi1", 1, 0.6174444125612354},
               {"voro20_Bi100", 100, 0.01615112199586025}};
  const PetscReal bounds[] = {0.01, 0.005, 0.0015};
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (int c = 0; c < 3; c++) {
    PetscReal r = cases[c].biot * 0.36840315e-6;

    for (int level = 0; level < 3; level++) {
      const PetscInt n = 16 << level;
      const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {n, n, n}, LATERAL_PERIODIC, 1.0},
                              .structure = &structure,
                              .is_matched = PETSC_TRUE,
                              .phases = {1, names},
                              .transport = {.conductivity = conductivity,
                                            .boundary = ModelEqualBoundary,
                                            .boundary_data = &r}};
      PetscReal resistance, error;

      PetscCall(SolvedResistance(&spec, &resistance));
      error = VerifyError(cases[c].id, 1e-6 / resistance, cases[c].reference);
      CU_ASSERT(fabs(error) < bounds[level]);
    }
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"polycrystals converge to their references", polycrystals_converge_to_their_references},
};

HARNESS_MAIN("matched", tests)
