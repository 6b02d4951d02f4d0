#include "harness.h"

#include <math.h>
#include "asr.h"
#include "grain_mg.h"
#include "hierarchy.h"
#include "models.h"
#include "operator.h"
#include "steady.h"
#include "structures.h"

/* The number of iterations is the same in every run, so its bounds may be asserted. Box 1 x 1 x 1,
   conductivity 1; r in units of the cell's height over the conductivity. */

static PetscReal resistance;
static const PetscReal alike[4][3] = {{0, 0, 0}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
static const PetscReal contrast[4][3] = {{0, 0, 0}, {1, 1, 1}, {1e-4, 1e-4, 1e-4}, {1, 1, 1}};

static char polycrystal[] = "polycrystal", columnar[] = "columnar";

/* Polycrystal of about a hundred grains. */
static StructureSpec grains(char *generator)
{
  StructureSpec structure = TestSpec(generator);

  structure.grain_size = 0.27;
  return structure;
}

static ModelSpec film(PetscInt n, const StructureSpec *structure, PetscReal r)
{
  const ModelSpec spec = {
      .film = {1.0, {1.0, 1.0}, {n, n, n}, LATERAL_PERIODIC, 1.0},
      .structure = structure,
      .phases = test_phases,
      .transport = {alike, ModelEqualBoundary, &resistance, NULL, NULL, {0, 0}, 0, NULL}};

  resistance = r / (PetscReal)n;
  return spec;
}

static PetscErrorCode solve(const ModelSpec *spec, SteadyReport *report)
{
  const SteadyOptions options = {
      .tolerance = 1e-6, .balance_tolerance = 1e-4, .max_iterations = 300};
  Steady steady;
  Model model;
  Vec potential;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, spec, &model));
  PetscCall(GridVecCreate(&model.grid, &potential));
  PetscCall(SteadyCreate(&model.grid, &model.faces, &options, &steady));
  PetscCall(SteadySolve(steady, potential, report));
  PetscCall(SteadyDestroy(&steady));
  PetscCall(VecDestroy(&potential));
  PetscCall(ModelDestroy(&model));
  CU_ASSERT(report->is_converged);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void assert_at_most(const char *what, const SteadyReport *report, PetscInt iterations)
{
  const PetscReal sweeps = report->sweeps / (PetscReal)report->iterations;

  if (report->iterations > iterations || sweeps > 8) {
    printf("  %s: %d iterations of %.1f sweeps\n", what, (int)report->iterations, (double)sweeps);
  }
  CU_ASSERT(report->iterations <= iterations);
  CU_ASSERT(sweeps <= 8);
}

static PetscErrorCode polycrystals_take_few_iterations_at_any_resistance(void)
{
  const PetscReal r[] = {0, 1, 100, 1e4, 1e6};
  StructureSpec structure = grains(polycrystal);

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof r / sizeof *r; c++) {
    PetscInt coarser = 0;

    for (PetscInt n = 32; n <= 64; n *= 2) {
      const ModelSpec spec = film(n, &structure, r[c] * (n == 64 ? 2 : 1)); /* the same film */
      SteadyReport report;

      PetscCall(solve(&spec, &report));
      assert_at_most("polycrystal", &report, 15);
      if (n == 64) CU_ASSERT(report.iterations <= coarser + 3);
      coarser = report.iterations;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains of 3 and of 6 cells: pieces of them, cut by the planes between blocks, on every level. */
static PetscErrorCode small_grains_take_few_iterations(void)
{
  const struct {
    PetscReal grain_size, r;
    PetscInt most;
  } films[] = {{0.19, 100, 8}, {0.19, 1e4, 8}, {0.19, 1e8, 8}, {0.094, 1e4, 8}};
  StructureSpec structure = grains(polycrystal);

  PetscFunctionBeginUser;
  for (size_t f = 0; f < sizeof films / sizeof *films; f++) {
    ModelSpec spec;
    SteadyReport report;

    structure.grain_size = films[f].grain_size;
    spec = film(32, &structure, films[f].r);
    PetscCall(solve(&spec, &report));
    assert_at_most("small grains", &report, films[f].most);
    spec.film.grading_z = 1000;
    PetscCall(solve(&spec, &report));
    assert_at_most("small grains in graded cells", &report, films[f].most);
    /* cells three times as wide as high, as many of them to a grain */
    spec = film(32, &structure, films[f].r);
    spec.film.width[0] = spec.film.width[1] = 3;
    structure.grain_size *= 3;
    PetscCall(solve(&spec, &report));
    structure.grain_size /= 3;
    assert_at_most("small grains in flat cells", &report, films[f].most);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains of one or two cells along x and y, whole as soon as cells are joined along z: a level that
   cells skip would hide them. On such a level no piece goes to another rank. */
static PetscErrorCode grains_of_two_cells_take_few_iterations(void)
{
  StructureSpec structure = grains(polycrystal);
  PetscMPIInt size;
  PetscInt most, most_flat;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  most = size == 1 ? 8 : 9;
  most_flat = size == 1 ? 8 : 18;
  for (PetscInt n = 32; n <= 48; n += 16) {
    for (PetscReal grading = 1; grading < 1e4; grading *= 1000) {
      SteadyReport report;
      ModelSpec spec;

      spec = film(n, &structure, 1e4);
      spec.film.grading_z = grading;
      structure.grain_size = 0.06;
      PetscCall(solve(&spec, &report));
      assert_at_most("grains of two cells", &report, most);
      spec.film.width[0] = spec.film.width[1] = 10;
      structure.grain_size = 0.42;
      PetscCall(solve(&spec, &report));
      assert_at_most("grains of one or two flat cells", &report, most_flat);
      spec.film.width[0] = spec.film.width[1] = 0.1;
      structure.grain_size = 0.013;
      PetscCall(solve(&spec, &report));
      assert_at_most("grains of few tall cells", &report, most);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two cycles in a row with too little damping make the preconditioner indefinite. The solver has it
   determined and goes on; where one step of Lanczos' method sees too little of it, it goes on
   without the second cycles: at less work a cycle. */
static PetscErrorCode an_indefinite_preconditioner_is_replaced(void)
{
  StructureSpec structure = grains(polycrystal);
  ModelSpec spec = film(24, &structure, 1416.78);
  SteadyReport damped, determined, replaced;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  spec.film.width[0] = spec.film.width[1] = 0.077437;
  spec.film.grading_z = 103.9781;
  structure.grain_size = 0.0161577;
  PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_coarse_size", "50"));
  PetscCall(solve(&spec, &damped));
  PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_damping", "1"));
  PetscCall(solve(&spec, &determined));
  PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_lanczos", "1"));
  PetscCall(solve(&spec, &replaced));
  PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_damping"));
  PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_lanczos"));
  PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_coarse_size"));
  CU_ASSERT(determined.iterations <= 20);
  CU_ASSERT(replaced.iterations <= 20);
  if (size > 1) PetscFunctionReturn(PETSC_SUCCESS); /* other blocks, perhaps not indefinite */
  CU_ASSERT(replaced.sweeps / (PetscReal)replaced.iterations <
            0.9 * damped.sweeps / (PetscReal)damped.iterations);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Numbers of a level's unknowns and ghosts among those of all ranks, and how many there are. */
static PetscErrorCode number_unknowns(MPI_Comm comm, const Level *level, PetscInt **number,
                                      PetscInt *total)
{
  const PetscInt n = level->num_unknowns;
  PetscInt end;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Scan(&n, &end, 1, MPIU_INT, MPI_SUM, comm));
  PetscCall(MPIU_Allreduce(&n, total, 1, MPIU_INT, MPI_SUM, comm));
  PetscCall(PetscMalloc1(n + level->num_ghosts, number));
  for (PetscInt u = 0; u < n; u++) (*number)[u] = end - n + u;
  PetscCall(PetscSFBcastBegin(level->halo, MPIU_INT, *number, *number + n, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPIU_INT, *number, *number + n, MPI_REPLACE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Aggregates of a level's unknowns and ghosts, numbered over all ranks. */
static PetscErrorCode number_parents(const Level *level, const PetscInt *next_number,
                                     PetscInt **parent)
{
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + level->num_ghosts, parent));
  for (PetscInt u = 0; u < n; u++) (*parent)[u] = next_number[level->parent[u]];
  PetscCall(PetscSFBcastBegin(level->halo, MPIU_INT, *parent, *parent + n, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPIU_INT, *parent, *parent + n, MPI_REPLACE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A level's ties summed up by aggregates, those of the next level, and so on, over all ranks. */
typedef struct {
  PetscInt m;
  PetscReal *ties, *next_ties, *plate, *next_plate, *count, *waits;
} Sums;

static PetscErrorCode add_up(MPI_Comm comm, const Level *level, const Level *next, Sums *sums)
{
  PetscInt *next_number, *parent, m;

  PetscFunctionBeginUser;
  PetscCall(number_unknowns(comm, next, &next_number, &m));
  PetscCall(number_parents(level, next_number, &parent));
  sums->m = m;
  PetscCall(PetscCalloc6(m * m, &sums->ties, m * m, &sums->next_ties, m, &sums->plate, m,
                         &sums->next_plate, m, &sums->count, m, &sums->waits));
  for (PetscInt u = 0; u < level->num_unknowns; u++) sums->count[parent[u]]++;
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, sums->count, m, MPIU_REAL, MPI_SUM, comm));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    float strongest = 0;

    sums->plate[parent[u]] += level->plate[u];
    for (int32_t t = level->row[u]; t < level->row[u + 1]; t++) {
      sums->ties[parent[u] * m + parent[level->column[t]]] += level->conductance[t];
      strongest = PetscMax(strongest, level->conductance[t]);
    }
    sums->waits[parent[u]] += sums->count[parent[u]] == 1 && strongest * level->inverse[u] > 0.501f;
  }
  for (PetscInt a = 0; a < next->num_unknowns; a++) {
    sums->next_plate[next_number[a]] = next->plate[a];
    for (int32_t t = next->row[a]; t < next->row[a + 1]; t++) {
      sums->next_ties[next_number[a] * m + next_number[next->column[t]]] += next->conductance[t];
    }
  }
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, sums->ties, m * m, MPIU_REAL, MPI_SUM, comm));
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, sums->next_ties, m * m, MPIU_REAL, MPI_SUM, comm));
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, sums->plate, m, MPIU_REAL, MPI_SUM, comm));
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, sums->next_plate, m, MPIU_REAL, MPI_SUM, comm));
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, sums->waits, m, MPIU_REAL, MPI_SUM, comm));
  PetscCall(PetscFree(next_number));
  PetscCall(PetscFree(parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What is constant on each aggregate, on one at a time, and on both ends of a tie: its energy on
   the next level is at least half of what it is. So is that to the plates. Links of those that wait
   do not stretch. None is more but by a little, as bulk and contacts of links in parallel are added
   up apart. So whoever goes to another rank takes all of its ties along, once. */
static PetscErrorCode check_stretches(MPI_Comm comm, const Level *level, const Level *next,
                                      PetscReal *num_waiting)
{
  Sums sums;

  PetscFunctionBeginUser;
  PetscCall(add_up(comm, level, next, &sums));
  for (PetscInt a = 0; a < sums.m; a++) {
    CU_ASSERT(sums.next_plate[a] >= 0.4999 * sums.plate[a]);
    CU_ASSERT(sums.next_plate[a] <= 1.0001 * sums.plate[a]);
    *num_waiting += sums.waits[a];
    for (PetscInt b = 0; b < sums.m; b++) {
      const PetscReal before = sums.ties[a * sums.m + b], after = sums.next_ties[a * sums.m + b];
      const PetscBool is_stretched = (PetscBool)(!(sums.waits[a] + sums.waits[b] > 0));

      if (a == b) continue;
      CU_ASSERT(after >= (is_stretched ? 0.4999 : 0.9999) * before);
      CU_ASSERT(after <= 1.02 * before);
      CU_ASSERT(PetscAbsReal(after - sums.next_ties[b * sums.m + a]) <= 1e-5 * after);
    }
  }
  PetscCall(
      PetscFree6(sums.ties, sums.next_ties, sums.plate, sums.next_plate, sums.count, sums.waits));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode no_level_corrects_more_than_twice_too_much(void)
{
  const HierarchyOptions options = {.theta = 0.25, .coarse_size = 1, .num_doubled = 0};
  StructureSpec structure = grains(polycrystal);
  PetscReal num_waiting = 0;
  PetscInt num_with_guests = 0;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  structure.grain_size = 0.2;
  for (PetscReal r = 1; r < 1e5; r *= 100) {
    const ModelSpec spec = film(20, &structure, r);
    Hierarchy hierarchy;
    Model model;

    PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
    PetscCall(HierarchyCreate(&model.faces, &options, "stretches_", &hierarchy));
    for (int l = 0; l + 1 < hierarchy.num_levels; l++) {
      num_with_guests += hierarchy.levels[l + 1].has_guests;
      PetscCall(check_stretches(PETSC_COMM_WORLD, &hierarchy.levels[l], &hierarchy.levels[l + 1],
                                &num_waiting));
    }
    PetscCall(HierarchyDestroy(&hierarchy));
    PetscCall(ModelDestroy(&model));
  }
  CU_ASSERT(num_waiting > 10);
  CU_ASSERT(size > 1 ? num_with_guests > 5 : num_with_guests == 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Of a grain of 6 cells hardly one in ten lies inside one of the blocks of 16; the others would
   remain in pieces, which join nothing else. */
static PetscErrorCode pieces_of_a_grain_come_together(void)
{
  const HierarchyOptions options = {.theta = 0.25, .coarse_size = 1, .num_doubled = 0};
  StructureSpec structure = grains(polycrystal);
  Hierarchy hierarchy;
  ModelSpec spec;
  Model model;

  PetscFunctionBeginUser;
  structure.grain_size = 0.19;
  spec = film(32, &structure, 1e6);
  PetscCall(ModelCreate(PETSC_COMM_SELF, &spec, &model));
  PetscCall(HierarchyCreate(&model.faces, &options, "pieces_", &hierarchy));
  CU_ASSERT_FATAL(hierarchy.num_levels > 3);
  CU_ASSERT_EQUAL(hierarchy.levels[3].blocks[0], 2);
  CU_ASSERT(hierarchy.num_unknowns[3] < 1.3 * model.structure.num_grains);
  PetscCall(HierarchyDestroy(&hierarchy));
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode hard_films_take_few_iterations(void)
{
  StructureSpec structure = grains(polycrystal), columns = grains(columnar);
  char phase[] = "glass";
  PhaseFractionSpec glass = {.phase = phase, .fraction = 0.5};
  SteadyReport report;
  ModelSpec spec;

  PetscFunctionBeginUser;
  for (PetscInt n = 32; n <= 64; n *= 2) {
    spec = film(n, &columns, 100);
    PetscCall(solve(&spec, &report));
    assert_at_most("columns", &report, 25);
    spec = film(n, &structure, 1);
    spec.film.grading_z = 1000;
    PetscCall(solve(&spec, &report));
    assert_at_most("graded over three decades", &report, 10);
    spec = film(n, &structure, 1);
    spec.film.thickness = 0.1;
    structure.grain_size = 0.12;
    PetscCall(solve(&spec, &report));
    assert_at_most("flat cells", &report, 6);
    spec = film(n, &structure, 1);
    spec.film.width[0] = spec.film.width[1] = 0.1;
    structure.grain_size = 0.06;
    PetscCall(solve(&spec, &report));
    assert_at_most("tall cells", &report, 8);
    structure.grain_size = 0.27;
    structure.has_pores = PETSC_TRUE;
    structure.pores = (PoreSpec){0.2, 0.12, 1};
    spec = film(n, &structure, 100);
    PetscCall(solve(&spec, &report));
    assert_at_most("pores", &report, 25);
    structure.has_pores = PETSC_FALSE;
    structure.num_phase_fractions = 1;
    structure.phase_fractions = &glass;
    spec = film(n, &structure, 0);
    spec.transport.conductivity = contrast;
    PetscCall(solve(&spec, &report));
    assert_at_most("contrast 1e-4", &report, 25);
    structure.num_phase_fractions = 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every cell a grain of its own. */
static int32_t own_grain(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)centre;
  return 1 + (int32_t)((cell[2] * *(const PetscInt *)data + cell[1]) * *(const PetscInt *)data +
                       cell[0]);
}

/* Nothing can be joined on any level until the coarse block is the box: 110 592 unknowns in it. At
   low resistance all become one. */
static PetscErrorCode a_hundred_thousand_grains_in_one_block_do_not_stall(void)
{
  const PetscInt n = 48;
  PetscInt *phase;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n * n * n + 1, &phase));
  for (PetscInt g = 0; g <= n * n * n; g++) phase[g] = g > 0;
  for (PetscReal r = 0.01; r < 1e7; r *= 1e4) {
    ModelSpec spec = film(n, NULL, r);
    SteadyReport report;

    spec.voxels = (VoxelSpec){own_grain, &n, n * n * n, phase, 1};
    PetscCall(solve(&spec, &report));
    assert_at_most("a grain per cell", &report, 25);
  }
  PetscCall(PetscFree(phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Halves of one grain each, with r between them. */
static int32_t half_grain(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  return centre[2] < 0.5 ? 1 : 2;
}

/* Between two blocks of 2^l cells lies sigma A/d, with r A in series where the halves meet.
   Galerkin products would be 2^l times too stiff. */
static PetscErrorCode coarse_links_are_exact_on_layers(void)
{
  const PetscInt n = 16;
  const HierarchyOptions options = {.theta = 0.25, .coarse_size = 1, .num_doubled = 0};

  PetscFunctionBeginUser;
  for (PetscReal r = 0; r < 1e7; r = 1000 * r + 1) {
    ModelSpec spec = film(n, NULL, r);
    Hierarchy hierarchy;
    Model model;

    spec.voxels = (VoxelSpec){half_grain, NULL, 2, NULL, 2};
    PetscCall(ModelCreate(PETSC_COMM_SELF, &spec, &model));
    PetscCall(HierarchyCreate(&model.faces, &options, "layers_", &hierarchy));
    for (int l = 0; l < hierarchy.num_levels && hierarchy.levels[l].blocks[2] > 1; l++) {
      const Level *level = &hierarchy.levels[l];
      const PetscReal size = (PetscReal)(2 << l) / (PetscReal)n;
      const PetscReal bulk = size / model.faces.unit; /* area over distance */
      const PetscReal across = bulk / (1 + resistance / size);
      PetscInt num_across = 0;

      for (int32_t k = 0; k < level->row[level->num_unknowns]; k++) {
        const PetscReal t = level->conductance[k];
        /* blocks that reach round a periodic side meet twice */
        const PetscInt meetings = level->blocks[0] == 2 && t > 1.5 * bulk ? 2 : 1;
        const PetscBool is_across = (PetscBool)(fabs(t - across) < 1e-5 * across);

        CU_ASSERT(is_across || fabs(t - (PetscReal)meetings * bulk) < 1e-5 * bulk);
        num_across += is_across;
      }
      if (r > 0) {
        CU_ASSERT_EQUAL(num_across, 2 * level->blocks[0] * level->blocks[1]);
      }
    }
    PetscCall(HierarchyDestroy(&hierarchy));
    PetscCall(ModelDestroy(&model));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cells ten times as wide as high: the first unknowns are 2 x 2 x 16 cells, nearly cubes, as lines
   along z are relaxed at once; without lines they are pairs. */
static PetscErrorCode flat_cells_are_stacked(void)
{
  HierarchyOptions options = {.theta = 0.5, .coarse_size = 1, .num_doubled = 0};
  ModelSpec spec = film(32, NULL, 0);
  Hierarchy hierarchy;
  Model model;

  PetscFunctionBeginUser;
  spec.film.thickness = 0.1;
  spec.voxels = (VoxelSpec){half_grain, NULL, 2, NULL, 2};
  PetscCall(ModelCreate(PETSC_COMM_SELF, &spec, &model));
  for (options.lines = -1; options.lines <= 0; options.lines++) {
    PetscCall(HierarchyCreate(&model.faces, &options, "stacks_", &hierarchy));
    CU_ASSERT(hierarchy.is_stretched);
    CU_ASSERT_EQUAL(hierarchy.has_lines, options.lines < 0);
    CU_ASSERT_EQUAL(hierarchy.num_unknowns[0], 32 * 32 * 32 / (options.lines < 0 ? 64 : 2));
    PetscCall(HierarchyDestroy(&hierarchy));
  }
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* First and last grain of unknowns; nothing yet: none after all. */
typedef struct {
  PetscInt first, last;
} Range;

static void extend(Range *range, const Range *part)
{
  range->first = PetscMin(range->first, part->first);
  range->last = PetscMax(range->last, part->last);
}

static PetscErrorCode find_grains(const Model *model, const Hierarchy *hierarchy, Range *grains)
{
  const Grid *grid = &model->grid;

  PetscFunctionBeginUser;
  for (PetscInt u = 0; u < hierarchy->levels[0].num_unknowns; u++) {
    grains[u] = (Range){PETSC_MAX_INT, -1};
  }
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const PetscInt cell = GridIndex(grid, i, j, k), grain = model->structure.grain[cell];

        extend(&grains[hierarchy->parent[cell]], &(Range){grain, grain});
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode broadcast(PetscSF sf, int size, const void *own, void *ghosts)
{
  MPI_Datatype type;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Type_contiguous(size, MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCall(PetscSFBcastBegin(sf, type, own, ghosts, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(sf, type, own, ghosts, MPI_REPLACE));
  PetscCallMPI(MPI_Type_free(&type));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains of the next level's unknowns, of those that stayed on their rank. One that left must be of
   a grain that was there: in between, if there are several. */
static PetscErrorCode check_homes(const Level *level, const Level *next, const Range *grains,
                                  Range *next_grains)
{
  PetscFunctionBeginUser;
  for (PetscInt a = 0; a < next->num_unknowns; a++) next_grains[a] = (Range){PETSC_MAX_INT, -1};
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    if (level->parent[u] < next->num_unknowns) extend(&next_grains[level->parent[u]], &grains[u]);
  }
  PetscCall(
      broadcast(next->halo, sizeof *next_grains, next_grains, next_grains + next->num_unknowns));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    const Range *home = &next_grains[level->parent[u]];

    if (level->parent[u] < next->num_unknowns || grains[u].first != grains[u].last) continue;
    CU_ASSERT(home->first <= grains[u].first && grains[u].first <= home->last);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What left is with whom it is tied to most, and by no less than a lone unknown inside a block
   would have to be. */
static PetscErrorCode check_ties(MPI_Comm comm, const Level *level, const Level *next,
                                 PetscReal theta, PetscInt *num_left)
{
  const PetscInt n = level->num_unknowns;
  PetscInt *next_number, *parent, m, *best;
  float *strongest;

  PetscFunctionBeginUser;
  PetscCall(number_unknowns(comm, next, &next_number, &m));
  PetscCall(number_parents(level, next_number, &parent));
  PetscCall(PetscCalloc2(n + level->num_ghosts, &strongest, n, &best));
  for (PetscInt u = 0; u < n; u++) {
    for (int32_t t = level->row[u]; t < level->row[u + 1]; t++) {
      if (level->column[t] == u || level->conductance[t] <= strongest[u]) continue;
      strongest[u] = level->conductance[t];
      best[u] = level->column[t];
    }
  }
  PetscCall(broadcast(level->halo, sizeof *strongest, strongest, strongest + n));
  for (PetscInt u = 0; u < n; u++) {
    if (level->parent[u] < next->num_unknowns) continue;
    ++*num_left;
    CU_ASSERT_EQUAL(parent[u], parent[best[u]]);
    CU_ASSERT(strongest[u] >= 0.999 * theta * theta * strongest[best[u]]);
  }
  PetscCall(PetscFree(next_number));
  PetscCall(PetscFree(parent));
  PetscCall(PetscFree2(strongest, best));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Boundaries resist a lot, then grains differ a lot and are as small. */
static PetscErrorCode pieces_go_where_their_grain_is(void)
{
  const HierarchyOptions options = {.theta = 0.25, .coarse_size = 1, .num_doubled = 0};
  StructureSpec structure = grains(polycrystal);
  char phase[] = "glass";
  PhaseFractionSpec glass = {.phase = phase, .fraction = 0.5};
  PetscInt num_left[2] = {0};
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  for (int f = 0; f < 8; f++) {
    const PetscBool differ = (PetscBool)(f % 2);
    ModelSpec spec = film(20, &structure, differ ? 0 : 1e4);
    Hierarchy hierarchy;
    Range *ranges[2];
    Model model;

    structure.grain_size = 0.06 + 0.04 * (f / 2);
    structure.num_phase_fractions = differ;
    structure.phase_fractions = &glass;
    if (differ) spec.transport.conductivity = contrast;
    PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
    PetscCall(HierarchyCreate(&model.faces, &options, "homes_", &hierarchy));
    for (int r = 0; r < 2; r++) PetscCall(PetscMalloc1(20 * 20 * 20, &ranges[r]));
    if (!differ) PetscCall(find_grains(&model, &hierarchy, ranges[0]));
    for (int l = 0; l + 1 < hierarchy.num_levels; l++) {
      const Level *level = &hierarchy.levels[l];

      PetscCall(check_ties(PETSC_COMM_WORLD, level, level + 1, options.theta, &num_left[differ]));
      if (differ) continue;
      PetscCall(check_homes(level, level + 1, ranges[l % 2], ranges[(l + 1) % 2]));
    }
    for (int r = 0; r < 2; r++) PetscCall(PetscFree(ranges[r]));
    PetscCall(HierarchyDestroy(&hierarchy));
    PetscCall(ModelDestroy(&model));
  }
  for (int d = 0; d < 2; d++) CU_ASSERT(size > 1 ? num_left[d] > 20 : num_left[d] == 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

#define PAIRED 16

/* Grains of two cells along an axis; planes in the middle, where ranks meet, go through them. */
static int32_t paired_grain(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const int axis = *(const int *)data;
  PetscInt grain = 0;

  (void)centre;
  for (int d = 0; d < 3; d++) {
    grain = grain * PAIRED + (d == axis ? (cell[d] + 1) % PAIRED / 2 : cell[d]);
  }
  return 1 + (int32_t)grain;
}

/* Smallest eigenvalue of B A, B the cycle: what is left of anything after many steps of
   x - B A x / 2, as none is as large as 4 (test_grain_mg.c: B is definite; stretched links correct
   twice too much at most). */
static PetscErrorCode slowest_mode(const ModelSpec *spec, PetscReal *eigenvalue)
{
  PetscReal norm = 1;
  Model model;
  Mat operator;
  PC pc;
  Vec x, product, correction;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, spec, &model));
  PetscCall(OperatorCreate(&model.grid, &model.faces, &operator));
  PetscCall(GridVecCreate(&model.grid, &x));
  PetscCall(VecDuplicate(x, &product));
  PetscCall(VecDuplicate(x, &correction));
  PetscCall(GrainMgRegister());
  PetscCall(PCCreate(PETSC_COMM_WORLD, &pc));
  PetscCall(PCSetOperators(pc, operator, operator));
  PetscCall(PCSetType(pc, PCGRAINMG));
  PetscCall(VecSetRandom(x, NULL));
  for (int n = 0; n < 60; n++) {
    PetscCall(MatMult(operator, x, product));
    PetscCall(PCApply(pc, product, correction));
    PetscCall(VecAXPY(x, -0.5, correction));
    PetscCall(VecNormalize(x, &norm));
  }
  *eigenvalue = 2 * (1 - norm);
  PetscCall(PCDestroy(&pc));
  PetscCall(VecDestroy(&x));
  PetscCall(VecDestroy(&product));
  PetscCall(VecDestroy(&correction));
  PetscCall(MatDestroy(&operator));
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Halves of a grain on two ranks, a cell each, do not see each other change: sweeps would leave
   what differs between them as it is, and once they are one, nothing else takes it away. */
static PetscErrorCode halves_on_two_ranks_are_relaxed(void)
{
  const PetscInt num_grains = PAIRED * PAIRED * PAIRED;
  ModelSpec spec = film(PAIRED, NULL, 1e4);
  PetscInt *phase;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num_grains + 1, &phase));
  for (PetscInt g = 0; g <= num_grains; g++) phase[g] = g > 0;
  for (int axis = 0; axis < 3; axis++) {
    PetscReal eigenvalue;

    spec.voxels = (VoxelSpec){paired_grain, &axis, num_grains, phase, 1};
    PetscCall(slowest_mode(&spec, &eigenvalue));
    CU_ASSERT(eigenvalue > 0.1);
  }
  PetscCall(PetscFree(phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"pieces go where their grain is", pieces_go_where_their_grain_is},
    {"halves on two ranks are relaxed", halves_on_two_ranks_are_relaxed},
    {"flat cells are stacked", flat_cells_are_stacked},
    {"small grains take few iterations", small_grains_take_few_iterations},
    {"grains of two cells take few iterations", grains_of_two_cells_take_few_iterations},
    {"no level corrects more than twice too much", no_level_corrects_more_than_twice_too_much},
    {"an indefinite preconditioner is replaced", an_indefinite_preconditioner_is_replaced},
    {"pieces of a grain come together", pieces_of_a_grain_come_together},
    {"coarse links are exact on layers", coarse_links_are_exact_on_layers},
    {"polycrystals take few iterations at any resistance",
     polycrystals_take_few_iterations_at_any_resistance},
    {"hard films take few iterations", hard_films_take_few_iterations},
    {"a hundred thousand grains in one block do not stall",
     a_hundred_thousand_grains_in_one_block_do_not_stall},
};

HARNESS_MAIN("iterations", tests)
