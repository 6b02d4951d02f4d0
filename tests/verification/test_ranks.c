#include "verify.h"

#include <math.h>
#include "rubble.h"

/* The film on all ranks against the same film that each rank solves by itself. */
static PetscErrorCode compare(const char *what, const ModelSpec *spec)
{
  Solved shared, alone;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, spec, &shared));
  PetscCall(SolvedCreate(PETSC_COMM_SELF, spec, &alone));
  CU_ASSERT(fabs(VerifyError(what, shared.asr.total, alone.asr.total)) < 1e-11);
  /* parts are of first order in the potential's error: sqrt(1e-12) */
  for (PetscInt p = 1; p <= shared.asr.num_phases; p++) {
    CU_ASSERT(fabs(shared.asr.phases[p] - alone.asr.phases[p]) < 2e-6 * alone.asr.total);
    for (PetscInt q = p; q <= shared.asr.num_phases; q++) {
      CU_ASSERT(fabs(AsrBoundary(&shared.asr, p, q) - AsrBoundary(&alone.asr, p, q)) <
                2e-6 * alone.asr.total);
    }
  }
  PetscCall(SolvedDestroy(&shared));
  PetscCall(SolvedDestroy(&alone));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_random_film_is_the_same_on_all_ranks_and_on_one(void)
{
  const PetscReal resistances[] = {0, 0.05, 50};

  PetscFunctionBeginUser;
  for (int c = 0; c < 3; c++) {
    PetscReal r = resistances[c];
    const ModelSpec periodic = RubbleSpec((const PetscInt[3]){13, 12, 14}, LATERAL_PERIODIC, &r);
    const ModelSpec closed = RubbleSpec((const PetscInt[3]){9, 16, 11}, LATERAL_INSULATING, &r);

    PetscCall(compare("rubble, periodic", &periodic));
    PetscCall(compare("rubble, insulating", &closed));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_polycrystal_is_the_same_on_all_ranks_and_on_one(void)
{
  const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
  const char *const names[] = {"grain"};
  char generator[] = "polycrystal";
  PetscReal r = 0.2e-6;
  const StructureSpec structure = {.generator = generator,
                                   .grain_size = 0.3e-6,
                                   .size_spread = 0.35,
                                   .aspect = 1,
                                   .seed = 5,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .brick = {NAN, NAN, NAN}};
  const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {16, 16, 16}, LATERAL_PERIODIC, 2.0},
                          .structure = &structure,
                          .phases = {1, names},
                          .transport = {.conductivity = conductivity,
                                        .boundary = ModelEqualBoundary,
                                        .boundary_data = &r}};

  PetscFunctionBeginUser;
  PetscCall(compare("polycrystal", &spec));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a random film is the same on all ranks and on one",
     a_random_film_is_the_same_on_all_ranks_and_on_one},
    {"a polycrystal is the same on all ranks and on one",
     a_polycrystal_is_the_same_on_all_ranks_and_on_one},
};

HARNESS_MAIN("ranks", tests)
