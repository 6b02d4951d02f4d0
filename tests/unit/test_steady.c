#include "asr.h"
#include "steady.h"

#include <math.h>
#include <string.h>
#include "rubble.h"

/* Conductivities over four decades, r = 100 sigma/L between all grains, voids. */
static const PetscInt cells[3] = {16, 16, 16};

static PetscErrorCode solve(const Model *model, const SteadyOptions *options, Vec potential,
                            SteadyReport *report)
{
  Steady steady;

  PetscFunctionBeginUser;
  PetscCall(SteadyCreate(&model->grid, &model->faces, options, &steady));
  PetscCall(SteadySolve(steady, potential, report));
  PetscCall(SteadyDestroy(&steady));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Exact to the square of the potential's error, unlike the solver's own account of its energy. */
static PetscErrorCode conductance_of(const Model *model, Vec potential, PetscReal *conductance)
{
  Asr asr;

  PetscFunctionBeginUser;
  PetscCall(AsrCompute(&model->parts, &model->faces, potential, &asr));
  *conductance = asr.current;
  PetscCall(AsrDestroy(&asr));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode create(PetscReal *r, Model *model, Vec *potential)
{
  const ModelSpec spec = RubbleSpec(cells, LATERAL_PERIODIC, r);

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, model));
  CU_ASSERT(model->connectivity.percolates);
  PetscCall(GridVecCreate(&model->grid, potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(Model *model, Vec *potential)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(potential));
  PetscCall(ModelDestroy(model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Slow convergence is the harder case for an estimate. */
static PetscErrorCode the_estimate_bounds_the_error_of_the_asr(void)
{
  const char *const preconditioners[] = {"grain_mg", "jacobi", "gamg"};
  const PetscReal resistances[] = {0, 0.01, 1, 100};
  const PetscReal tolerances[] = {1e-2, 1e-3, 1e-4, 1e-6, 1e-8};

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof resistances / sizeof *resistances; c++) {
    SteadyOptions options = {
        .tolerance = 1e-12, .balance_tolerance = 1e-10, .max_iterations = 5000};
    PetscReal r = resistances[c], exact = 0, found = 0;
    SteadyReport report;
    Vec potential;
    Model model;

    PetscCall(create(&r, &model, &potential));
    PetscCall(solve(&model, &options, potential, &report));
    CU_ASSERT(report.is_converged);
    PetscCall(conductance_of(&model, potential, &exact));
    for (size_t k = 0; k < sizeof preconditioners / sizeof *preconditioners; k++) {
      PetscCall(PetscOptionsSetValue(NULL, "-pc_type", preconditioners[k]));
      for (size_t t = 0; t < sizeof tolerances / sizeof *tolerances; t++) {
        options.tolerance = tolerances[t];
        options.balance_tolerance = 1; /* so that the estimate alone decides */
        PetscCall(solve(&model, &options, potential, &report));
        CU_ASSERT(report.is_converged);
        CU_ASSERT(report.algebraic_relative <= tolerances[t]);
        PetscCall(conductance_of(&model, potential, &found));
        /* 1/(1 + e) and e differ by e^2 */
        CU_ASSERT(fabs(exact / found - 1) <= 1.01 * report.algebraic_relative + 1e-11);
        CU_ASSERT(report.algebraic_relative <= 200 * fabs(exact / found - 1) + 1e-11);
      }
      PetscCall(PetscOptionsClearValue(NULL, "-pc_type"));
    }
    PetscCall(destroy(&model, &potential));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode all_conditions_must_hold(void)
{
  const SteadyOptions loose = {.tolerance = 1e-2, .balance_tolerance = 1, .max_iterations = 1000};
  SteadyOptions balanced = loose;
  PetscReal r = 100;
  SteadyReport early, late;
  Vec potential;
  Model model;

  PetscFunctionBeginUser;
  balanced.balance_tolerance = 1e-9;
  PetscCall(create(&r, &model, &potential));
  PetscCall(solve(&model, &loose, potential, &early));
  PetscCall(solve(&model, &balanced, potential, &late));
  CU_ASSERT(late.is_converged && late.current_balance <= 1e-9);
  CU_ASSERT(late.iterations > early.iterations);
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_tightest_tolerance_allowed_is_reached(void)
{
  const SteadyOptions tight = {
      .tolerance = 1e-13, .balance_tolerance = 1e-11, .max_iterations = 1000};
  PetscReal r = 100;
  SteadyReport report;
  Vec potential;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(create(&r, &model, &potential));
  PetscCall(solve(&model, &tight, potential, &report));
  CU_ASSERT(report.is_converged);
  CU_ASSERT(report.algebraic_relative <= 1e-13);
  CU_ASSERT(report.current_balance <= 1e-11);
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_iteration_limit_is_reported_as_not_converged(void)
{
  const SteadyOptions short_run = {
      .tolerance = 1e-10, .balance_tolerance = 1e-8, .max_iterations = 2};
  PetscReal r = 100;
  SteadyReport report;
  Vec potential;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(create(&r, &model, &potential));
  PetscCall(solve(&model, &short_run, potential, &report));
  CU_ASSERT(!report.is_converged && !report.is_interrupted);
  CU_ASSERT_EQUAL(report.iterations, 2);
  CU_ASSERT_STRING_EQUAL(report.reason, "the iteration limit was reached");
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct {
  PetscInt calls, last;
  volatile int flag;
} Watch;

static void watch(void *data, PetscInt iteration, PetscReal error, PetscReal balance)
{
  Watch *w = data;

  CU_ASSERT(error > 0 && balance >= 0);
  w->calls++;
  w->last = iteration;
}

/* As a signal handler would, on one rank only. */
static void raise_flag(void *data, PetscInt iteration, PetscReal error, PetscReal balance)
{
  PetscMPIInt rank, size;

  (void)error;
  (void)balance;
  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  MPI_Comm_size(PETSC_COMM_WORLD, &size);
  if (iteration == 2 && rank == size - 1) ((Watch *)data)->flag = 1;
}

static PetscErrorCode a_signal_on_one_rank_stops_all_at_the_next_iteration(void)
{
  Watch w = {0, 0, 0};
  SteadyOptions options = {.tolerance = 1e-13,
                           .balance_tolerance = 1e-11,
                           .max_iterations = 1000,
                           .interrupt = &w.flag,
                           .progress = raise_flag,
                           .progress_data = &w};
  PetscReal r = 100;
  SteadyReport report;
  Vec potential;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(create(&r, &model, &potential));
  PetscCall(solve(&model, &options, potential, &report));
  CU_ASSERT(report.is_interrupted && !report.is_converged);
  CU_ASSERT_EQUAL(report.iterations, 3);
  CU_ASSERT_STRING_EQUAL(report.reason, "stopped by a signal");
  w.flag = 0;
  options.progress = watch;
  PetscCall(solve(&model, &options, potential, &report)); /* and nothing of it sticks */
  CU_ASSERT(!report.is_interrupted && report.is_converged);
  CU_ASSERT_EQUAL(w.calls, report.iterations);
  CU_ASSERT_EQUAL(w.last, report.iterations);
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode voids_and_islands_stay_at_zero(void)
{
  const SteadyOptions options = {
      .tolerance = 1e-8, .balance_tolerance = 1e-6, .max_iterations = 1000};
  PetscReal r = 1;
  const PetscScalar *values;
  SteadyReport report;
  PetscInt n = 0;
  Vec potential;
  Model model;
  const Grid *grid = &model.grid;

  PetscFunctionBeginUser;
  PetscCall(create(&r, &model, &potential));
  PetscCall(VecSet(potential, 7)); /* what is in the vector before does not matter */
  PetscCall(solve(&model, &options, potential, &report));
  PetscCall(VecGetArrayRead(potential, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++, n++) {
        if (!model.connectivity.is_joined[GridIndex(grid, i, j, k)]) CU_ASSERT_EQUAL(values[n], 0);
        CU_ASSERT(values[n] > -1e-4 && values[n] < 1 + 1e-4);
      }
    }
  }
  PetscCall(VecRestoreArrayRead(potential, &values));
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_preconditioner_is_the_users_choice_and_the_answer_is_not(void)
{
  const SteadyOptions options = {
      .tolerance = 1e-11, .balance_tolerance = 1e-8, .max_iterations = 5000};
  PetscReal r = 1, expected = 0, found = 0;
  SteadyReport own, jacobi;
  Steady steady;
  Vec potential;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(create(&r, &model, &potential));
  PetscCall(solve(&model, &options, potential, &own));
  PetscCall(conductance_of(&model, potential, &expected));
  PetscCall(PetscOptionsSetValue(NULL, "-pc_type", "jacobi"));
  PetscCall(solve(&model, &options, potential, &jacobi));
  PetscCall(PetscOptionsClearValue(NULL, "-pc_type"));
  CU_ASSERT(jacobi.is_converged && jacobi.iterations > own.iterations);
  PetscCall(conductance_of(&model, potential, &found));
  ASSERT_CLOSE(found, expected, 1e-9);
  /* the estimate is that of conjugate gradients */
  PetscCall(PetscOptionsSetValue(NULL, "-ksp_type", "gmres"));
  CU_ASSERT_EQUAL(SteadyCreate(&model.grid, &model.faces, &options, &steady), PETSC_ERR_SUP);
  PetscCall(PetscOptionsClearValue(NULL, "-ksp_type"));
  PetscCall(SteadyDestroy(&steady));
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* hypre's structured multigrids, on sizes that cannot always be halved; where a side is periodic
   SMG refuses those. */
static PetscErrorCode structured_multigrids_give_the_same_answer(void)
{
  PetscFunctionBeginUser;
#if defined(PETSC_HAVE_HYPRE)
  static const PetscInt sizes[][3] = {{16, 16, 16}, {12, 10, 9}, {2, 7, 12}};
  static const char *const types[] = {PCPFMG, PCSMG};
  const SteadyOptions options = {
      .tolerance = 1e-10, .balance_tolerance = 1e-8, .max_iterations = 1000};

  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    for (LateralType lateral = LATERAL_PERIODIC; lateral <= LATERAL_INSULATING; lateral++) {
      PetscReal r = 1, expected = 0, found = 0;
      const ModelSpec spec = RubbleSpec(sizes[s], lateral, &r);
      SteadyReport own, structured;
      Vec potential;
      Model model;

      PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
      CU_ASSERT(model.connectivity.percolates);
      PetscCall(GridVecCreate(&model.grid, &potential));
      PetscCall(solve(&model, &options, potential, &own));
      PetscCall(conductance_of(&model, potential, &expected));
      CU_ASSERT_EQUAL(own.assembly_seconds, 0);
      for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        if (t == 1 && s > 0 && lateral == LATERAL_PERIODIC) continue;
        PetscCall(PetscOptionsSetValue(NULL, "-pc_type", types[t]));
        PetscCall(solve(&model, &options, potential, &structured));
        PetscCall(PetscOptionsClearValue(NULL, "-pc_type"));
        CU_ASSERT(structured.is_converged && isnan(structured.sweeps));
        CU_ASSERT(structured.assembly_seconds > 0);
        CU_ASSERT(structured.assembly_seconds < structured.setup_seconds);
        PetscCall(conductance_of(&model, potential, &found));
        ASSERT_CLOSE(found, expected, 1e-8);
      }
      PetscCall(destroy(&model, &potential));
    }
  }
#endif
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 4 x 4 x 4 cells of unit conductivity: the solution is linear and the first steps find it. */
static PetscErrorCode an_easy_film_is_solved_to_rounding(void)
{
  const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {4, 4, 4}, LATERAL_PERIODIC, 1.0},
                          .voxels = {ModelOneGrain, NULL, 1, NULL, 1},
                          .transport = {.conductivity = conductivity}};
  const SteadyOptions options = {
      .tolerance = 1e-13, .balance_tolerance = 1e-12, .max_iterations = 100};
  PetscReal conductance = 0;
  SteadyReport report;
  Vec potential;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
  PetscCall(GridVecCreate(&model.grid, &potential));
  PetscCall(solve(&model, &options, potential, &report));
  CU_ASSERT(report.is_converged && isfinite(report.parts_relative));
  PetscCall(conductance_of(&model, potential, &conductance));
  ASSERT_CLOSE(conductance, 1.0, 1e-12);
  PetscCall(destroy(&model, &potential));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A film of width[0] x width[1] x 1, its grains blocks of cells, with r between them. */
typedef struct {
  PetscReal width[2], r;
  PetscInt cells[3], block[3];
} Bricks;

static int32_t brick(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const Bricks *bricks = data;
  int32_t number = 0;

  (void)centre;
  for (int d = 2; d >= 0; d--) {
    number *= (int32_t)(bricks->cells[d] / bricks->block[d]);
    number += (int32_t)(cell[d] / bricks->block[d]);
  }
  return 1 + number;
}

/* Ties inside grains are 1e9 to 1e12 times as strong as those across boundaries, so that what
   single precision rounds off the former outweighs all that flows across the latter. */
static PetscErrorCode rounding_is_part_of_the_error(void)
{
  const Bricks films[] = {{{0.63, 0.044}, 1e8, {24, 27, 20}, {6, 9, 5}},
                          {{0.027, 17.2}, 1e8, {24, 3, 40}, {8, 3, 5}},
                          {{0.021, 0.64}, 1e8, {28, 14, 20}, {4, 7, 5}},
                          {{1, 1}, 1e10, {12, 12, 12}, {4, 3, 2}},
                          {{1.2, 0.8}, 1e10, {30, 30, 30}, {5, 5, 5}}};
  const PetscReal tolerances[] = {1e-6, 1e-9};
  static const PetscReal alike[2][3] = {{0, 0, 0}, {1, 1, 1}};

  PetscFunctionBeginUser;
  for (size_t f = 0; f < sizeof films / sizeof *films; f++) {
    const PetscInt *n = films[f].cells;
    SteadyOptions options = {.tolerance = 1e-12, .balance_tolerance = 1, .max_iterations = 300};
    PetscReal r = films[f].r, exact = 0, found = 0;
    ModelSpec spec = {.film = {1.0,
                               {films[f].width[0], films[f].width[1]},
                               {n[0], n[1], n[2]},
                               LATERAL_PERIODIC,
                               1.0},
                      .transport = {alike, ModelEqualBoundary, &r, NULL, NULL, {0, 0}, 0, NULL}};
    PetscInt *phase, num_grains = 1;
    SteadyReport report;
    Vec potential;
    Model model;

    for (int d = 0; d < 3; d++) num_grains *= n[d] / films[f].block[d];
    PetscCall(PetscMalloc1(num_grains + 1, &phase));
    for (PetscInt g = 0; g <= num_grains; g++) phase[g] = g > 0;
    spec.voxels = (VoxelSpec){brick, &films[f], num_grains, phase, 1};
    PetscCall(ModelCreate(PETSC_COMM_WORLD, &spec, &model));
    PetscCall(GridVecCreate(&model.grid, &potential));
    PetscCall(PetscOptionsSetValue(NULL, "-pc_type", "hypre"));
    PetscCall(solve(&model, &options, potential, &report));
    CU_ASSERT(report.is_converged);
    PetscCall(conductance_of(&model, potential, &exact));
    PetscCall(PetscOptionsClearValue(NULL, "-pc_type"));
    for (size_t t = 0; t < sizeof tolerances / sizeof *tolerances; t++) {
      options.tolerance = tolerances[t];
      options.balance_tolerance = 1e-4;
      PetscCall(solve(&model, &options, potential, &report));
      CU_ASSERT(report.is_converged && report.iterations <= 40);
      PetscCall(conductance_of(&model, potential, &found));
      CU_ASSERT(fabs(exact / found - 1) <= tolerances[t]);
      CU_ASSERT(fabs(exact / found - 1) <= 4 * report.algebraic_relative + 1e-11);
    }
    PetscCall(destroy(&model, &potential));
    PetscCall(PetscFree(phase));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the estimate bounds the error of the ASR", the_estimate_bounds_the_error_of_the_asr},
    {"all stopping conditions must hold", all_conditions_must_hold},
    {"the tightest tolerance allowed is reached", the_tightest_tolerance_allowed_is_reached},
    {"the iteration limit is reported as not converged",
     the_iteration_limit_is_reported_as_not_converged},
    {"a signal on one rank stops all at the next iteration",
     a_signal_on_one_rank_stops_all_at_the_next_iteration},
    {"voids and islands stay at 0 V", voids_and_islands_stay_at_zero},
    {"the preconditioner is the user's choice, and the answer is not",
     the_preconditioner_is_the_users_choice_and_the_answer_is_not},
    {"hypre's structured multigrids give the same answer",
     structured_multigrids_give_the_same_answer},
    {"rounding is part of the error", rounding_is_part_of_the_error},
    {"an easy film is solved to rounding", an_easy_film_is_solved_to_rounding},
};

HARNESS_MAIN("steady", tests)
