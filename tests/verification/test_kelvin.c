#include "oblique.h"
#include "seeds.h"

/* Truncated octahedra around the points of a body-centred cubic lattice of edge 1, d = 2^(-1/3).
   kelvin_r0.1, kelvin_r10: body-fitted finite elements, 6 and 8 digits; large_r_network: the
   network of the sides, K = 0.899519052838329. */
#define SIZE 0.7937005259840998

static const struct {
  const char *id;
  PetscReal r, reference, bound_in_plates[3];
} cases[] = {{"kelvin_r0.1", 0.1, 0.8997376111942936, {0.005, 0.0019, 0.001}},
             {"kelvin_r10", 10, 0.08252225824951598, {0.033, 0.0167, 0.0084}},
             {"large_r_network, Kelvin cells", 1e6, 0.899519052838329e-6, {0.037, 0.0183, 0.0092}}};

/* Current along [110]: the plates and sides are mirror planes through centres, with no boundary in
   the plates. Cells slightly flat, or the squares at 45 degrees would pass through their centres.
 */
static PetscErrorCode kelvin_cells_converge(void)
{
  const PetscReal s = sqrt(0.5);
  const PetscReal seeds[6][3] = {{0, 0, 0},   {0, 1, 0}, {s, 0.5, 0},
                                 {0, 0.5, s}, {s, 0, s}, {s, 1, s}};
  StructureSpec structure;
  char directory[64], path[256], id[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(SeedsWrite(directory, "seeds.csv", 6, seeds, NULL, path, &structure));
  for (int c = 0; c < 3; c++) {
    const ObliqueFilm film = {
        .id = id,
        .reference = cases[c].reference,
        .size = SIZE,
        .r = cases[c].r,
        .bound = {0.005, 0.0015, 0.0005},
        .model = {.film = {s * 1e-6, {s * 1e-6, 1e-6}, {12, 16, 11}, LATERAL_INSULATING, 1.0},
                  .structure = &structure}};

    snprintf(id, sizeof id, "%s, along [110]", cases[c].id);
    PetscCall(ObliqueVerify(&film, VerifyIsLong() ? 3 : 2));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Current along [001]: cubes' corners and middle (grain 9), whose square sides lie in the plates:
   half of r there. The plate meets the section of grain 9 half a cell above it, which is wider by a
   share of 4h: of first order. Multiples of 4 cells, so that no centre lies in a boundary. */
static PetscErrorCode half_in_the_plates(void *data, Side side, PetscInt i, PetscInt j,
                                         PetscInt grain, PetscReal parts[])
{
  (void)side;
  (void)i;
  (void)j;
  parts[0] = grain == 9 ? 0.5 * *(PetscReal *)data : 0;
  return PETSC_SUCCESS;
}

static PetscErrorCode boundaries_in_the_plates_are_of_first_order(void)
{
  const PetscReal seeds[9][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0},      {0, 0, 1},
                                 {1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0.5, 0.5, 0.5}};
  StructureSpec structure;
  char directory[64], path[256], id[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(SeedsWrite(directory, "seeds.csv", 9, seeds, NULL, path, &structure));
  for (int c = 0; c < 3; c++) {
    const PetscReal *bound = cases[c].bound_in_plates;
    PetscReal r = cases[c].r * OBLIQUE_UNIT;
    const ObliqueFilm film = {
        .id = id,
        .reference = cases[c].reference,
        .size = SIZE,
        .r = cases[c].r,
        .bound = {bound[0], bound[1], bound[2]},
        .is_stairs_better = PETSC_TRUE,
        .model = {.film = {1e-6, {1e-6, 1e-6}, {16, 16, 16}, LATERAL_INSULATING, 1.0},
                  .structure = &structure,
                  .transport = {.electrode = half_in_the_plates,
                                .electrode_data = &r,
                                .num_electrode_parts = {1, 1}}}};

    snprintf(id, sizeof id, "%s, along [001], r/2 in the plates", cases[c].id);
    PetscCall(ObliqueVerify(&film, VerifyIsLong() ? 3 : 2));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"Kelvin cells converge", kelvin_cells_converge},
    {"boundaries in the plates are of first order", boundaries_in_the_plates_are_of_first_order},
};

HARNESS_MAIN("kelvin", tests)
