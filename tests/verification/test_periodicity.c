#include "verify.h"
#include "voronoi20.h"

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
static const char *const names[] = {"grain"};

/* Seeds moved by whole cells of 1/16 in x and y: the same film, seen through another window. */
static PetscErrorCode moving_the_seeds_by_whole_cells_changes_nothing(void)
{
  const PetscReal shifts[4][2] = {{0, 0}, {3. / 16, 0}, {0, 11. / 16}, {7. / 16, 5. / 16}};
  PetscReal r = 0.368e-6, first = 0;
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int s = 0; s < 4; s++) {
    StructureSpec structure;
    char path[256], name[32];
    const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {16, 16, 16}, LATERAL_PERIODIC, 1.0},
                            .structure = &structure,
                            .phases = {1, names},
                            .transport = {.conductivity = conductivity,
                                          .boundary = ModelEqualBoundary,
                                          .boundary_data = &r}};
    PetscReal resistance;

    snprintf(name, sizeof name, "seeds%d.csv", s);
    PetscCall(Voronoi20Write(directory, name, shifts[s], path, &structure));
    PetscCall(SolvedResistance(&spec, &resistance));
    if (s == 0) first = resistance;
    CU_ASSERT(fabs(VerifyError("voro20 at 16 x 16 x 16, moved", resistance, first)) < 1e-11);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A period and two periods of the same columns: sections and currents double, the ASR stays. */
static int32_t stripes(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return cell[0] % 8 < 3 ? 1 : 2 + (int32_t)(cell[2] / 4 % 2);
}

static PetscErrorCode two_periods_have_the_resistance_of_one(void)
{
  const PetscReal three[4][3] = {{0, 0, 0}, {1, 1, 1}, {5, 5, 5}, {0.2, 0.2, 0.2}};
  PetscReal r = 0.3, once, twice;
  ModelSpec spec = {
      .film = {1.0, {1.0, 0.25}, {8, 2, 8}, LATERAL_PERIODIC, 1.0},
      .voxels = {stripes, NULL, 3, NULL, 3},
      .transport = {.conductivity = three, .boundary = ModelEqualBoundary, .boundary_data = &r}};

  PetscFunctionBeginUser;
  PetscCall(SolvedResistance(&spec, &once));
  spec.film.width[0] = 2.0;
  spec.film.cells[0] = 16;
  PetscCall(SolvedResistance(&spec, &twice));
  CU_ASSERT(fabs(VerifyError("two periods against one", twice, once)) < 1e-11);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"moving the seeds by whole cells changes nothing",
     moving_the_seeds_by_whole_cells_changes_nothing},
    {"two periods have the resistance of one", two_periods_have_the_resistance_of_one},
};

HARNESS_MAIN("periodicity", tests)
