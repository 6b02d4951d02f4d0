#include "voxels.h"

#include <math.h>

static const char *const names[] = {"grain", "glass"};
static const PhaseNames phases = {2, names};
static const GridLayer anode_layers[2] = {{0.1e-6, 2}, {0.2e-6, 1}},
                       cathode_layers[1] = {{0.1e-6, 2}};
static const GridLayer *const layers[2] = {anode_layers, cathode_layers};

static StructureSpec request(char *generator)
{
  StructureSpec spec = {.generator = generator, .size_spread = 0.35, .aspect = 1, .seed = 1};

  spec.grain_size = spec.fraction = spec.diameter = NAN;
  spec.brick[0] = spec.brick[1] = spec.brick[2] = NAN;
  return spec;
}

/* Labels on all ranks against those that one rank alone computes; ghosts against their owners. */
static PetscErrorCode check_on_all_ranks(const StructureSpec *spec, const FilmSpec *film,
                                         const PetscInt num_layers[2])
{
  Problems problems = {0};
  Microstructure shared, alone;
  Grid grid, grid_alone;
  int32_t *all, *expected;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, film, num_layers[0], layers[0], num_layers[1], layers[1],
                       &grid));
  PetscCall(GridCreate(PETSC_COMM_SELF, film, num_layers[0], layers[0], num_layers[1], layers[1],
                       &grid_alone));
  PetscCall(MicrostructureCreate(&grid, spec, &phases, num_layers, layers, &problems, &shared));
  PetscCall(
      MicrostructureCreate(&grid_alone, spec, &phases, num_layers, layers, &problems, &alone));
  PetscCheck(!problems.num_problems, PETSC_COMM_SELF, PETSC_ERR_PLIB, "%s", problems.texts[0]);
  PetscCall(VoxelsGather(&grid, shared.grain, &all));
  PetscCall(VoxelsGather(&grid_alone, alone.grain, &expected));
  CU_ASSERT_EQUAL(
      memcmp(all, expected,
             sizeof *all * (size_t)(grid.num_cells[0] * grid.num_cells[1] * grid.num_cells[2])),
      0);
  CU_ASSERT_EQUAL(VoxelsGhostsWrong(&grid, shared.grain, all, -1, PETSC_TRUE), 0);
  CU_ASSERT_EQUAL(VoxelsGhostsWrong(&grid_alone, alone.grain, all, -1, PETSC_TRUE), 0);
  CU_ASSERT_EQUAL(shared.num_grains, alone.num_grains);
  for (PetscInt g = 0; g <= alone.num_grains; g++) CU_ASSERT_EQUAL(shared.phase[g], alone.phase[g]);
  PetscCall(PetscFree(all));
  PetscCall(PetscFree(expected));
  PetscCall(MicrostructureDestroy(&shared));
  PetscCall(MicrostructureDestroy(&alone));
  PetscCall(GridDestroy(&grid));
  PetscCall(GridDestroy(&grid_alone));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_polycrystal_is_the_same_on_any_number_of_ranks(void)
{
  StructureSpec spec = request("polycrystal");
  FilmSpec film = VoxelsFilm(1e-6, 1e-6, 0.8e-6, 13, 10, 12, LATERAL_PERIODIC);

  PetscFunctionBeginUser;
  spec.grain_size = 0.3e-6;
  PetscCall(check_on_all_ranks(&spec, &film, (const PetscInt[2]){0, 0}));
  PetscCall(check_on_all_ranks(&spec, &film, (const PetscInt[2]){2, 1}));
  film.lateral = LATERAL_INSULATING;
  film.grading_z = 3;
  PetscCall(check_on_all_ranks(&spec, &film, (const PetscInt[2]){0, 1}));
  film.lateral = LATERAL_PERIODIC;
  film.cells[1] = 1;
  PetscCall(check_on_all_ranks(&spec, &film, (const PetscInt[2]){1, 0}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pores_and_dealt_phases_are_the_same_on_any_number_of_ranks(void)
{
  StructureSpec spec = request("polycrystal");
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 16, 16, 16, LATERAL_PERIODIC);
  PhaseFractionSpec fraction = {"glass", 0.3};

  PetscFunctionBeginUser;
  spec.grain_size = 0.25e-6;
  spec.num_phase_fractions = 1;
  spec.phase_fractions = &fraction;
  spec.has_pores = PETSC_TRUE;
  spec.pores.fraction = 0.05;
  spec.pores.diameter = 0.2e-6;
  spec.pores.seed = 4;
  PetscCall(check_on_all_ranks(&spec, &film, (const PetscInt[2]){1, 1}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode crystallites_are_the_same_on_any_number_of_ranks(void)
{
  StructureSpec spec = request("crystallites");
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 16, 16, 16, LATERAL_PERIODIC);

  PetscFunctionBeginUser;
  spec.fraction = 0.2;
  spec.diameter = 0.3e-6;
  spec.size_spread = 0.1;
  PetscCall(check_on_all_ranks(&spec, &film, (const PetscInt[2]){0, 0}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One film grain; anode layers of 2 and 1 cells are grains 2 and 3, the cathode's is grain 4:
   from z cell 0: 3 2 2, then the film, then 4 4. Phases 1, 2 belong to the film. */
static PetscErrorCode layers_are_grains_and_phases_behind_those_of_the_film(void)
{
  const StructureSpec spec = request("amorphous");
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 4, 4, 5, LATERAL_PERIODIC);
  const PetscInt num_layers[2] = {2, 1};
  const int32_t expected[10] = {3, 2, 2, 1, 1, 1, 1, 1, 4, 4};
  Problems problems = {0};
  Microstructure structure;
  int32_t *all;
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 2, layers[0], 1, layers[1], &grid));
  PetscCall(MicrostructureCreate(&grid, &spec, &phases, num_layers, layers, &problems, &structure));
  CU_ASSERT_EQUAL(structure.num_film_grains, 1);
  CU_ASSERT_EQUAL(structure.num_grains, 4);
  CU_ASSERT_EQUAL(structure.num_film_phases, 2);
  CU_ASSERT_EQUAL(structure.num_phases, 5);
  CU_ASSERT_EQUAL(structure.phase[0], 0);
  CU_ASSERT_EQUAL(structure.phase[1], 1);
  for (PetscInt l = 1; l <= 3; l++) CU_ASSERT_EQUAL(structure.phase[1 + l], 2 + l);
  PetscCall(VoxelsGather(&grid, structure.grain, &all));
  for (PetscInt k = 0; k < 10; k++) {
    for (PetscInt c = 0; c < 16; c++) CU_ASSERT_EQUAL(all[16 * k + c], expected[k]);
  }
  PetscCall(PetscFree(all));
  PetscCall(MicrostructureDestroy(&structure));
  PetscCall(GridDestroy(&grid));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_wrong_request_is_a_problem_and_leaves_nothing_behind(void)
{
  const StructureSpec spec = request("polycristal");
  const FilmSpec film = VoxelsFilm(1e-6, 1e-6, 1e-6, 4, 4, 4, LATERAL_PERIODIC);
  const PetscInt none[2] = {0, 0};
  Problems problems = {0};
  Microstructure structure;
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  PetscCall(MicrostructureCreate(&grid, &spec, &phases, none, layers, &problems, &structure));
  CU_ASSERT(HasProblem(&problems, "polycristal", "polycrystal", NULL));
  CU_ASSERT_PTR_NULL(structure.grain);
  PetscCall(MicrostructureDestroy(&structure));
  PetscCall(GridDestroy(&grid));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a polycrystal is the same on any number of ranks, and ghosts equal their owners",
     a_polycrystal_is_the_same_on_any_number_of_ranks},
    {"pores and dealt phases are the same on any number of ranks",
     pores_and_dealt_phases_are_the_same_on_any_number_of_ranks},
    {"crystallites are the same on any number of ranks",
     crystallites_are_the_same_on_any_number_of_ranks},
    {"layers are grains and phases behind those of the film",
     layers_are_grains_and_phases_behind_those_of_the_film},
    {"a wrong request is a problem and leaves nothing behind",
     a_wrong_request_is_a_problem_and_leaves_nothing_behind},
};

HARNESS_MAIN("microstructure", tests)
