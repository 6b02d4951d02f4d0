#include "oblique.h"
#include "voronoi20.h"

#define GRAIN 0.36840315 /* d = 20^(-1/3) */

static ObliqueFilm voronoi20(const char *id, PetscReal reference, PetscReal r,
                             const StructureSpec *structure)
{
  const ObliqueFilm film = {
      .id = id,
      .reference = reference,
      .size = GRAIN,
      .r = r,
      .bound = {0.01, 0.005, 0.0015, 0.0005},
      .model = {.film = {1e-6, {1e-6, 1e-6}, {16, 16, 16}, LATERAL_PERIODIC, 1.0},
                .structure = structure}};

  return film;
}

/* References voro20_Bi0.01, _Bi1, _Bi100 (body-fitted finite elements, 5 to 7 digits), r = Bi d.
   What r on every stair face costs (solver.boundary_faces = "stairs"): NUMERICS.md, section 3,
   states errors of -0.3 ... -0.2, +5.9 and +9.9, +44 and +47 % at d/h = 6 and 12. The bands are
   those numbers, half a percent either side. */
static const struct {
  const char *id;
  PetscReal biot, reference, on_stairs[2]; /* at 16 and 32 cells */
} biots[] = {{"voro20_Bi0.01", 0.01, 0.993738607730659, {-0.003, -0.0025}},
             {"voro20_Bi1", 1, 0.6174444125612354, {0.059, 0.099}},
             {"voro20_Bi100", 100, 0.01615112199586025, {0.44, 0.47}}};

static PetscErrorCode polycrystals_converge_to_their_references(void)
{
  const int num_grids = VerifyIsLong() ? 4 : 3;
  PetscReal matched[OBLIQUE_GRIDS], stairs[OBLIQUE_GRIDS];
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (int c = 0; c < 3; c++) {
    const ObliqueFilm film =
        voronoi20(biots[c].id, biots[c].reference, biots[c].biot * GRAIN, &structure);

    PetscCall(ObliqueConverge(&film, PETSC_TRUE, num_grids, matched));
    PetscCall(ObliqueConverge(&film, PETSC_FALSE, num_grids - !VerifyIsLong(), stairs));
    for (int g = 0; g < num_grids; g++) CU_ASSERT(fabs(matched[g]) < film.bound[g]);
    for (int g = 0; g < 2; g++) {
      CU_ASSERT(fabs(stairs[g] - biots[c].on_stairs[g]) < (biots[c].biot < 0.1 ? 0.001 : 0.005));
      CU_ASSERT(fabs(matched[g]) < fabs(stairs[g]));
    }
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same on cells twice as long along one axis or two. */
static PetscErrorCode polycrystals_converge_on_cells_that_are_no_cubes(void)
{
  const struct {
    const char *name;
    PetscInt cells[3];
    PetscReal bound[3];
  } shapes[] = {{"cells 1:1:2", {16, 16, 8}, {0.027, 0.003, 0.003}},
                {"cells 2:2:1", {16, 16, 32}, {0.016, 0.0072, 0.0036}},
                {"cells 2:1:1", {8, 16, 16}, {0.018, 0.0042, 0.0022}}};
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (int s = 0; s < 3; s++) {
    for (int c = 0; c < 3; c++) {
      ObliqueFilm film;
      char id[64];

      snprintf(id, sizeof id, "%s, %s", biots[c].id, shapes[s].name);
      film = voronoi20(id, biots[c].reference, biots[c].biot * GRAIN, &structure);
      for (int d = 0; d < 3; d++) {
        film.model.film.cells[d] = shapes[s].cells[d];
        film.bound[d] = shapes[s].bound[d];
      }
      PetscCall(ObliqueVerify(&film, VerifyIsLong() ? 3 : 2));
    }
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* voro2d_Bi1: 12 grains in 1.5 x 1, periodic in x (finite elements, 7 digits). */
#define DEPTH (1 / 34.0)
static const PetscReal seeds12[12][2] = {
    {0.058222, 0.166118}, {1.241276, 0.582089}, {0.11002, 0.502396},  {0.746256, 0.144177},
    {1.196825, 0.14587},  {0.59528, 0.469254},  {0.759086, 0.754638}, {1.057599, 0.86401},
    {0.403843, 0.804267}, {0.992254, 0.377228}, {0.010832, 0.850379}, {0.395053, 0.20877}};

static PetscErrorCode a_polycrystal_in_two_dimensions_converges(void)
{
  StructureSpec structure;
  const ObliqueFilm film = {
      .id = "voro2d_Bi1",
      .reference = 0.6111239562891635,
      .size = 0.3535533905932738,
      .r = 0.3535533905932738,
      .bound = {0.005, 0.0015, 0.0005},
      .model = {.film = {1e-6, {1.5e-6, DEPTH * 1e-6}, {51, 1, 34}, LATERAL_PERIODIC, 1.0},
                .structure = &structure}};
  PetscReal seeds[12][3];
  char directory[64], path[256];

  PetscFunctionBeginUser;
  for (int s = 0; s < 12; s++) {
    seeds[s][0] = seeds12[s][0];
    seeds[s][1] = 0.5 * DEPTH;
    seeds[s][2] = seeds12[s][1];
  }
  PetscCall(ScratchCreate(directory));
  PetscCall(
      SeedsWrite(directory, "seeds.csv", 12, (const PetscReal(*)[3])seeds, NULL, path, &structure));
  PetscCall(ObliqueVerify(&film, 3));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

#define KAPPA 0.7

/* exact_voronoi_patch: r between two grains is kappa times the distance of their seeds, and the
   plates have layers kappa z_i and kappa (H - z_i). Insulating sides, so that two grains meet once.
 */
static PetscErrorCode seed_distance(void *data, PetscInt a, PetscInt b, PetscReal *resistance)
{
  PetscReal squares = 0;

  (void)data;
  for (int d = 0; d < 3; d++) {
    squares += PetscSqr(voronoi20_seeds[a - 1][d] - voronoi20_seeds[b - 1][d]);
  }
  *resistance = KAPPA * sqrt(squares) * 1e-6;
  return PETSC_SUCCESS;
}

static PetscErrorCode plate_distance(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                                     PetscReal parts[])
{
  const PetscReal z = voronoi20_seeds[grain - 1][2];

  (void)data;
  (void)i;
  (void)j;
  parts[0] = KAPPA * (side == SIDE_ANODE ? z : 1 - z) * 1e-6;
  return PETSC_SUCCESS;
}

static PetscErrorCode the_voronoi_patch_carries_a_uniform_current(void)
{
  StructureSpec structure = {0};
  ObliqueFilm film = voronoi20("exact_voronoi_patch", 1 / (1 + KAPPA), 0, &structure);
  PetscReal errors[3];
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  film.model.film.lateral = LATERAL_INSULATING;
  film.model.transport = (Transport){
      .boundary = seed_distance, .electrode = plate_distance, .num_electrode_parts = {1, 1}};
  PetscCall(ObliqueConverge(&film, PETSC_TRUE, 3, errors));
  for (int g = 0; g < 3; g++) CU_ASSERT(fabs(errors[g]) < film.bound[g]);
  CU_ASSERT(fabs(errors[2]) < 0.6 * fabs(errors[1])); /* the coarsest grid is good by accident */
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"polycrystals converge to their references", polycrystals_converge_to_their_references},
    {"polycrystals converge on cells that are no cubes",
     polycrystals_converge_on_cells_that_are_no_cubes},
    {"a polycrystal in two dimensions converges", a_polycrystal_in_two_dimensions_converges},
    {"the Voronoi patch carries a uniform current", the_voronoi_patch_carries_a_uniform_current},
};

HARNESS_MAIN("voronoi", tests)
