#include "harness.h"

#include <math.h>
#include "asr.h"
#include "grain_mg.h"
#include "hierarchy.h"
#include "operator.h"
#include "rubble.h"
#include "steady.h"

static PetscReal resistance;

/* Periodic and insulating, odd and thin boxes. */
static const struct {
  PetscInt n[3];
  LateralType lateral;
} boxes[] = {{{8, 8, 8}, LATERAL_PERIODIC},    {{7, 9, 11}, LATERAL_PERIODIC},
             {{10, 6, 9}, LATERAL_INSULATING}, {{1, 1, 24}, LATERAL_PERIODIC},
             {{2, 1, 24}, LATERAL_PERIODIC},   {{16, 3, 8}, LATERAL_PERIODIC}};
enum { NUM_BOXES = sizeof boxes / sizeof *boxes };

static PetscErrorCode fill_at_random(const Grid *grid, uint32_t which, Vec x)
{
  PetscScalar *values;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(x, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const PetscInt cell =
            ((grid->start[2] + k) * grid->num_cells[1] + grid->start[1] + j) * grid->num_cells[0] +
            grid->start[0] + i;

        values[n++] = 2 * RandomUniform(which, RANDOM_TESTS, (uint32_t)cell, 7) - 1;
      }
    }
  }
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_symmetry(const ModelSpec *spec, const char *doubled, const char *lines,
                                     PetscReal tolerance)
{
  PetscReal xmx, ymy, xmy, ymx;
  Vec x, y, mx, my;
  Mat operator;
  Model model;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, spec, &model));
  PetscCall(OperatorCreate(&model.grid, &model.faces, &operator));
  PetscCall(GridVecCreate(&model.grid, &x));
  PetscCall(VecDuplicate(x, &y));
  PetscCall(VecDuplicate(x, &mx));
  PetscCall(VecDuplicate(x, &my));
  PetscCall(fill_at_random(&model.grid, 1, x));
  PetscCall(fill_at_random(&model.grid, 2, y));
  PetscCall(PCCreate(PETSC_COMM_WORLD, &pc));
  PetscCall(PCSetOperators(pc, operator, operator));
  PetscCall(PCSetType(pc, PCGRAINMG));
  PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_coarse_size", "4")); /* levels even here */
  PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_doubled", doubled));
  PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_lines", lines));
  PetscCall(PCSetFromOptions(pc));
  PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_coarse_size"));
  PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_doubled"));
  PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_lines"));
  PetscCall(PCSetUp(pc));
  PetscCall(PCApply(pc, x, mx));
  PetscCall(PCApply(pc, y, my));
  PetscCall(VecDot(x, mx, &xmx));
  PetscCall(VecDot(y, my, &ymy));
  PetscCall(VecDot(x, my, &xmy));
  PetscCall(VecDot(y, mx, &ymx));
  CU_ASSERT(xmx > 0 && ymy > 0);
  CU_ASSERT(fabs(xmy - ymx) <= tolerance * sqrt(xmx * ymy));
  PetscCall(PCDestroy(&pc));
  PetscCall(MatDestroy(&operator));
  PetscCall(VecDestroy(&x));
  PetscCall(VecDestroy(&y));
  PetscCall(VecDestroy(&mx));
  PetscCall(VecDestroy(&my));
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_cycle_is_symmetric_and_positive(void)
{
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(GrainMgRegister());
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  for (int b = 0; b < NUM_BOXES; b++) {
    PetscInt ranks[3];

    if (!GridShareOut(size, boxes[b].n, NULL, ranks)) continue;
    for (resistance = 0; resistance < 200; resistance = 10 * resistance + 1) {
      const ModelSpec spec = RubbleSpec(boxes[b].n, boxes[b].lateral, &resistance);

      /* single precision: 6e-8, times some hundred operations and the contrast of the rubble; a
         second cycle starts from potentials, whose differences are smaller by that contrast */
      PetscCall(check_symmetry(&spec, "0", "0", 3e-5));
      PetscCall(check_symmetry(&spec, "2", "0", 1e-3));
      PetscCall(check_symmetry(&spec, "0", "1", 3e-5));
      PetscCall(check_symmetry(&spec, "2", "1", 1e-3));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One line of cells is the whole problem: its relaxation is an exact solver. */
static PetscErrorCode a_column_is_solved_exactly(void)
{
  const PetscInt n[3] = {1, 1, 64};
  ModelSpec spec = RubbleSpec(n, LATERAL_PERIODIC, &resistance);
  Model model;
  PetscReal error, norm;
  Mat operator;
  Vec x, ax, y;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(GrainMgRegister());
  for (resistance = 0; resistance < 2e4; resistance = 100 * resistance + 1) {
    PetscCall(ModelCreate(PETSC_COMM_SELF, &spec, &model));
    PetscCall(OperatorCreate(&model.grid, &model.faces, &operator));
    PetscCall(GridVecCreate(&model.grid, &x));
    PetscCall(VecDuplicate(x, &ax));
    PetscCall(VecDuplicate(x, &y));
    PetscCall(fill_at_random(&model.grid, 1, x));
    PetscCall(MatMult(operator, x, ax));
    PetscCall(PCCreate(PETSC_COMM_SELF, &pc));
    PetscCall(PCSetOperators(pc, operator, operator));
    PetscCall(PCSetType(pc, PCGRAINMG));
    PetscCall(PetscOptionsSetValue(NULL, "-grain_mg_lines", "1"));
    PetscCall(PCSetFromOptions(pc));
    PetscCall(PetscOptionsClearValue(NULL, "-grain_mg_lines"));
    PetscCall(PCSetUp(pc));
    PetscCall(PCApply(pc, ax, y));
    PetscCall(MatMult(operator, y, x));
    PetscCall(VecNorm(ax, NORM_2, &norm));
    PetscCall(VecAXPY(x, -1, ax));
    PetscCall(VecNorm(x, NORM_2, &error));
    CU_ASSERT(norm > 0);
    CU_ASSERT(error <= 1e-5 * norm);
    PetscCall(PCDestroy(&pc));
    PetscCall(MatDestroy(&operator));
    PetscCall(VecDestroy(&x));
    PetscCall(VecDestroy(&ax));
    PetscCall(VecDestroy(&y));
    PetscCall(ModelDestroy(&model));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two strong triples with a cell between them that hangs on both by weaker ties. */
static PetscErrorCode a_tip_between_two_groups_does_not_bridge_them(void)
{
  const Tie ties[] = {{0, 1, 1}, {1, 2, 1}, {4, 5, 1}, {5, 6, 1}, {2, 3, 0.2f}, {3, 4, 0.1f}};
  const float strongest[7] = {1, 1, 1, 0.2f, 1, 1, 1};
  int32_t group[7];

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(AggregateBlock(7, strongest, 6, ties, 0.25f, group), 2);
  CU_ASSERT(group[0] == group[1] && group[1] == group[2]);
  CU_ASSERT(group[4] == group[5] && group[5] == group[6]);
  CU_ASSERT_EQUAL(group[3], group[0]); /* the stronger of its ties */
  CU_ASSERT_NOT_EQUAL(group[0], group[4]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A grain that lies in one block (unknown 2) beside two pieces of one that lies in several: once
   they were one with it, no level would know that grain alone. */
static PetscErrorCode a_whole_grain_waits_for_its_neighbour_to_be_whole(void)
{
  const Tie ties[] = {{0, 1, 1}, {1, 2, 1e-3f}};
  const float in_pieces[3] = {1, 1, 1e-3f};
  int32_t group[3];

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(AggregateBlock(3, in_pieces, 2, ties, 0.25f, group), 2);
  CU_ASSERT_EQUAL(group[0], group[1]);
  CU_ASSERT_NOT_EQUAL(group[1], group[2]);
  CU_ASSERT_EQUAL(
      AggregateBlock(2, (const float[]){1e-3f, 1e-3f}, 1, &(Tie){0, 1, 1e-3f}, 0.25f, group), 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode ties_below_the_threshold_part_aggregates(void)
{
  const float strongest[4] = {1, 1, 1, 1};
  int32_t group[4];

  PetscFunctionBeginUser;
  for (int is_strong = 0; is_strong < 2; is_strong++) {
    const Tie ties[] = {{0, 1, 1}, {2, 3, 1}, {1, 2, is_strong ? 0.26f : 0.24f}};

    CU_ASSERT_EQUAL(AggregateBlock(4, strongest, 3, ties, 0.25f, group), is_strong ? 1 : 2);
    CU_ASSERT_EQUAL(group[0] == group[3], is_strong);
  }
  /* whose strongest tie leads out of the block stays alone */
  CU_ASSERT_EQUAL(AggregateBlock(2, (const float[]){1, 1}, 1, &(Tie){0, 1, 0.1f}, 0.25f, group), 2);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Slabs eight cells thick of two conductivities, boundaries between them. */
static int32_t slab_grain(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return 1 + (int32_t)(cell[2] / 8 % 2);
}

static const PetscReal slab_conductivity[3][3] = {{0, 0, 0}, {1, 1, 1}, {30, 30, 30}};

static PetscErrorCode solve(MPI_Comm comm, const ModelSpec *spec, PetscReal tolerance,
                            SteadyReport *report, PetscReal *total)
{
  const SteadyOptions options = {
      .tolerance = tolerance, .balance_tolerance = 1e-4, .max_iterations = 100};
  Steady steady;
  Model model;
  Vec potential;
  Asr asr;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(comm, spec, &model));
  PetscCall(GridVecCreate(&model.grid, &potential));
  PetscCall(SteadyCreate(&model.grid, &model.faces, &options, &steady));
  PetscCall(SteadySolve(steady, potential, report));
  PetscCall(AsrCompute(&model.parts, &model.faces, potential, &asr));
  *total = asr.total;
  PetscCall(AsrDestroy(&asr));
  PetscCall(SteadyDestroy(&steady));
  PetscCall(VecDestroy(&potential));
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The number of iterations is the same in every run, so it may be asserted. */
static PetscErrorCode iterations_stay_few_at_any_boundary_resistance(void)
{
  PetscFunctionBeginUser;
  for (int cells = 32; cells <= 64; cells *= 2) {
    for (resistance = 0; resistance < 2e3; resistance = 100 * resistance + 0.01) {
      ModelSpec spec =
          RubbleSpec((const PetscInt[3]){16, 16, cells}, LATERAL_PERIODIC, &resistance);
      SteadyReport report;
      PetscReal total;

      spec.film.grading_z = 1;
      spec.voxels = (VoxelSpec){slab_grain, NULL, 2, NULL, 2};
      spec.transport.conductivity = slab_conductivity;
      PetscCall(solve(PETSC_COMM_WORLD, &spec, 1e-6, &report, &total));
      CU_ASSERT(report.is_converged);
      CU_ASSERT(report.iterations <= 15);
      CU_ASSERT(report.sweeps < 8.0 * (report.iterations + 2));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cubes, flat cells whose lines are relaxed at once, tall ones; sides are shared unequally. */
static PetscErrorCode the_asr_does_not_depend_on_the_ranks(void)
{
  const PetscInt n[3] = {14, 9, 16};
  const PetscReal thickness[] = {1, 0.1, 10};

  PetscFunctionBeginUser;
  resistance = 3;
  for (size_t t = 0; t < sizeof thickness / sizeof *thickness; t++) {
    ModelSpec spec = RubbleSpec(n, LATERAL_PERIODIC, &resistance);
    SteadyReport shared, alone;
    PetscReal total[2];

    spec.film.thickness = thickness[t];
    PetscCall(solve(PETSC_COMM_WORLD, &spec, 1e-11, &shared, &total[0]));
    PetscCall(solve(PETSC_COMM_SELF, &spec, 1e-11, &alone, &total[1]));
    CU_ASSERT(shared.is_converged && alone.is_converged);
    ASSERT_CLOSE(total[0], total[1], 1e-10);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Film of rubble whose grains are `size` cells wide; only the phases differ, not the boundaries. */
static int32_t coarse_rubble(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscInt size = *(const PetscInt *)data;
  const PetscInt at[3] = {2 * (cell[0] / size), 2 * (cell[1] / size), 2 * (cell[2] / size)};

  return RubbleGrain(NULL, at, centre);
}

/* A tie as what its faces add up to: a face inside grains stands for its conductance times the
   distance of its cells over that of the aggregates' middles, a boundary for its contact alone. */
typedef struct {
  PetscReal bulk[3], contact[3]; /* by axis; contact: 0 if a face has none */
} FaceSums;

static PetscReal tie_of(const FaceSums *sums)
{
  PetscReal tie = 0;

  for (int d = 0; d < 3; d++) {
    if (sums->bulk[d] > 0) {
      tie += 1 / (1 / sums->bulk[d] + (sums->contact[d] > 0 ? 1 / sums->contact[d] : 0));
    }
  }
  return tie;
}

static PetscErrorCode add_face_up(const Model *model, const PetscInt at[3], int d,
                                  PetscReal distance, FaceSums *sums)
{
  FaceSeries series;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(FaceSeriesGet(&model->parts, d, at, &series, &is_open));
  if (!is_open) PetscFunctionReturn(PETSC_SUCCESS);
  sums->bulk[d] += 2 / distance / ((series.lower + series.upper) * model->faces.unit);
  if (series.contact > 0) sums->contact[d] += 1 / (series.contact * model->faces.unit);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* sums: shape (n, n), by unknowns of the first level; grain_of: [n] */
static PetscErrorCode add_up_faces(const Model *model, const Hierarchy *hierarchy, PetscInt n,
                                   FaceSums *sums, int32_t *grain_of)
{
  const Grid *grid = &model->grid;
  PetscInt at[3], (*range)[3][2];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n, &range));
  for (PetscInt u = 0; u < n; u++) {
    for (int d = 0; d < 3; d++) range[u][d][1] = 0, range[u][d][0] = grid->count[d];
  }
  for (int pass = 0; pass < 2; pass++) {
    for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
      for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
        for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
          const int32_t u = hierarchy->parent[GridIndex(grid, at[0], at[1], at[2])];

          for (int d = 0; d < 3 && u >= 0; d++) {
            const PetscInt below[3] = {at[0] - (d == 0), at[1] - (d == 1), at[2] - (d == 2)};
            int32_t v;

            if (pass == 0) {
              grain_of[u] = model->structure.grain[GridIndex(grid, at[0], at[1], at[2])];
              range[u][d][0] = PetscMin(range[u][d][0], at[d]);
              range[u][d][1] = PetscMax(range[u][d][1], at[d] + 1);
              continue;
            }
            if (d == 2 && below[2] < 0) continue;
            v = hierarchy->parent[GridIndex(grid, below[0], below[1],
                                            below[2])]; /* also round periodic sides */
            if (u == v || v < 0) continue;
            PetscCall(add_face_up(
                model, at, d,
                (PetscReal)(range[u][d][1] - range[u][d][0] + range[v][d][1] - range[v][d][0]),
                &sums[PetscMax(u, v) * n + PetscMin(u, v)]));
          }
        }
      }
    }
  }
  PetscCall(PetscFree(range));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Ties as a matrix; each pair of unknowns has but one. */
static PetscErrorCode read_ties(const Level *level, PetscReal *ties)
{
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  for (PetscInt u = 0; u < n; u++) {
    for (int32_t t = level->row[u]; t < level->row[u + 1]; t++) {
      PetscReal *tie = &ties[u * n + level->column[t]];

      CU_ASSERT_EQUAL(*tie, 0);
      *tie = level->conductance[t];
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Between grains that boundaries part, the second level's ties are the sums of the first's, as long
   as no aggregate is of several grains. */
static PetscErrorCode check_second_level(const Hierarchy *hierarchy, const PetscReal *first_ties,
                                         const int32_t *grain_of)
{
  const Level *first = &hierarchy->levels[0], *second = &hierarchy->levels[1];
  const PetscInt n = first->num_unknowns, m = second->num_unknowns;
  PetscReal *ties, *sums;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(m * m, &ties, m * m, &sums));
  PetscCall(read_ties(second, ties));
  for (PetscInt u = 0; u < n; u++) {
    for (PetscInt v = 0; v < n; v++) {
      if (grain_of[u] == grain_of[v]) continue;
      CU_ASSERT_NOT_EQUAL(first->parent[u], first->parent[v]);
      sums[first->parent[u] * m + first->parent[v]] += first_ties[u * n + v];
    }
  }
  for (PetscInt t = 0; t < m * m; t++) {
    if (sums[t] > 0) ASSERT_CLOSE(ties[t], sums[t], 1e-4);
  }
  PetscCall(PetscFree2(ties, sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode check_links(const ModelSpec *spec, PetscBool has_second)
{
  const HierarchyOptions options = {.theta = 0.25, .coarse_size = 1, .num_doubled = 0};
  Hierarchy hierarchy;
  int32_t *grain_of;
  PetscReal *ties;
  FaceSums *sums;
  PetscInt n;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_SELF, spec, &model));
  PetscCall(HierarchyCreate(&model.faces, &options, "links_", &hierarchy));
  n = hierarchy.levels[0].num_unknowns;
  PetscCall(PetscCalloc3(n * n, &sums, n * n, &ties, n, &grain_of));
  PetscCall(add_up_faces(&model, &hierarchy, n, sums, grain_of));
  PetscCall(read_ties(&hierarchy.levels[0], ties));
  for (PetscInt u = 0; u < n; u++) {
    for (PetscInt v = 0; v < u; v++) {
      const PetscReal tie = tie_of(&sums[u * n + v]);

      CU_ASSERT(fabs(ties[u * n + v] - tie) <= 1e-5 * tie);
      CU_ASSERT_EQUAL(ties[v * n + u], ties[u * n + v]);
    }
  }
  if (has_second) PetscCall(check_second_level(&hierarchy, ties, grain_of));
  PetscCall(PetscFree3(sums, ties, grain_of));
  PetscCall(HierarchyDestroy(&hierarchy));
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains of whole blocks and of parts of them; cells that are cubes, and others whose blocks are
   cut along one axis or two; sides that are met twice, as a periodic film is two blocks wide. */
static PetscErrorCode links_add_up_faces(void)
{
  const PetscReal shapes[][2] = {{1, 1}, {0.1, 0.1}, {0.1, 1}, {30, 1}, {30, 30}};
  const PetscInt boxes_of[][3] = {{12, 10, 11}, {4, 4, 12}, {3, 4, 9}};

  PetscFunctionBeginUser;
  for (int b = 0; b < 3; b++) {
    for (int w = 0; w < 5; w++) {
      for (PetscInt size = 2; size <= 5; size++) {
        ModelSpec spec = RubbleSpec(boxes_of[b], LATERAL_PERIODIC, &resistance);

        spec.film.thickness = (PetscReal)boxes_of[b][2];
        spec.film.grading_z = 1;
        for (int d = 0; d < 2; d++) spec.film.width[d] = shapes[w][d] * (PetscReal)boxes_of[b][d];
        spec.voxels = (VoxelSpec){coarse_rubble, &size, RUBBLE_GRAINS, NULL, RUBBLE_GRAINS};
        resistance = 0;
        PetscCall(check_links(&spec, PETSC_FALSE));
        resistance = 1e7; /* nothing is joined across boundaries */
        PetscCall(check_links(&spec, (PetscBool)(size >= 4)));
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Inside a grain blocks of cells are cut along the axes of ties below the threshold. */
static PetscErrorCode blocks_are_cut_along_weak_ties(void)
{
  const struct {
    PetscReal width[2];
    PetscInt length[3]; /* of the first aggregates */
  } films[] = {{{8, 8}, {2, 2, 2}},
               {{0.8, 0.8}, {2, 2, 1}},
               {{80, 8}, {1, 2, 2}},
               {{8, 0.8}, {1, 2, 1}},
               {{80, 80}, {1, 1, 2}}};
  const HierarchyOptions options = {.theta = 0.25, .coarse_size = 1, .num_doubled = 0};
  const PetscInt n[3] = {8, 8, 8};

  PetscFunctionBeginUser;
  resistance = 0;
  for (size_t f = 0; f < sizeof films / sizeof *films; f++) {
    ModelSpec spec = RubbleSpec(n, LATERAL_PERIODIC, &resistance);
    const PetscInt *length = films[f].length;
    Hierarchy hierarchy;
    Model model;
    PetscInt at[3];

    spec.film.thickness = 8;
    spec.film.grading_z = 1;
    for (int d = 0; d < 2; d++) spec.film.width[d] = films[f].width[d];
    spec.voxels = (VoxelSpec){ModelOneGrain, NULL, 1, NULL, 1};
    PetscCall(ModelCreate(PETSC_COMM_SELF, &spec, &model));
    PetscCall(HierarchyCreate(&model.faces, &options, "cuts_", &hierarchy));
    CU_ASSERT_EQUAL(hierarchy.num_unknowns[0] * length[0] * length[1] * length[2], 512);
    for (at[2] = 0; at[2] < 8; at[2]++) {
      for (at[1] = 0; at[1] < 8; at[1]++) {
        for (at[0] = 0; at[0] < 8; at[0]++) {
          const PetscInt cell = GridIndex(&model.grid, at[0], at[1], at[2]);
          const PetscInt first = GridIndex(&model.grid, at[0] - at[0] % length[0],
                                           at[1] - at[1] % length[1], at[2] - at[2] % length[2]);

          CU_ASSERT_EQUAL(hierarchy.parent[cell], hierarchy.parent[first]);
        }
      }
    }
    PetscCall(HierarchyDestroy(&hierarchy));
    PetscCall(ModelDestroy(&model));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"links add up faces", links_add_up_faces},
    {"blocks are cut along weak ties", blocks_are_cut_along_weak_ties},
    {"a column is solved exactly", a_column_is_solved_exactly},
    {"the cycle is symmetric and positive", the_cycle_is_symmetric_and_positive},
    {"a whole grain waits for its neighbour to be whole",
     a_whole_grain_waits_for_its_neighbour_to_be_whole},
    {"a tip between two groups does not bridge them",
     a_tip_between_two_groups_does_not_bridge_them},
    {"ties below the threshold part aggregates", ties_below_the_threshold_part_aggregates},
    {"iterations stay few at any boundary resistance",
     iterations_stay_few_at_any_boundary_resistance},
    {"the ASR does not depend on the ranks", the_asr_does_not_depend_on_the_ranks},
};

HARNESS_MAIN("grain_mg", tests)
