#include "steady.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "energy_cg.h"
#include "energy_error.h"
#include "grain_mg.h"

struct _Steady {
  const Grid *grid;
  const Faces *faces;
  SteadyOptions options;
  KSP ksp;
  Mat operator, twin; /* twin: NULL if the preconditioner needs no matrix */
  Vec rhs;
  PetscScalar *sources; /* of rhs */
  PetscReal *drops;     /* [room] of the energy by iteration, in units of faces->unit */
  PetscInt room;
  SteadyReport report;
};

/* Parts are estimated with care: they are off by about this much less. */
#define PARTS_CARE 10

/* Faces are floats: the parts, unlike the total, feel their rounding. */
#define PARTS_ROUNDING FLT_EPSILON

typedef struct {
  PetscReal anode, cathode, interrupt;
} PlateSums;

/* Currents through both plates, in units of faces->unit. */
static PetscErrorCode sum_over_plates(Steady steady, Vec potential, PlateSums *sums)
{
  const Grid *grid = steady->grid;
  const PetscInt plane = grid->count[0] * grid->count[1];
  const float *z_faces = steady->faces->conductance[2];
  PlateSums local = {0, 0, 0};
  const PetscScalar *x;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(potential, &x));
  if (grid->start[2] == 0) {
    for (PetscInt c = 0; c < plane; c++) local.anode += z_faces[c] * (1.0 - x[c]);
  }
  if (grid->start[2] + grid->count[2] == grid->num_cells[2]) {
    const PetscScalar *top = x + plane * (grid->count[2] - 1);

    for (PetscInt c = 0; c < plane; c++)
      local.cathode += z_faces[plane * grid->count[2] + c] * top[c];
  }
  PetscCall(VecRestoreArrayRead(potential, &x));
  local.interrupt = steady->options.interrupt ? (PetscReal)*steady->options.interrupt : 0;
  PetscCall(MPIU_Allreduce(&local, sums, 3, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* left: what may still be taken off the energy. */
static void set_errors(Steady steady, const PlateSums *sums, PetscReal energy, PetscReal left)
{
  SteadyReport *report = &steady->report;
  const PetscReal error = left == 0 ? 0 : energy > 0 ? left / energy : INFINITY;
  const PetscReal difference = PetscAbsReal(sums->anode - sums->cathode);

  report->current_balance = difference == 0 ? 0 : difference / PetscAbsReal(energy);
  /* no estimate is better than what rounding leaves */
  report->algebraic_relative = PetscMax(error, PETSC_MACHINE_EPSILON);
  report->parts_relative = 2 * PetscSqrtReal(error) + PARTS_ROUNDING;
}

static PetscBool is_good_enough(const SteadyReport *report, const SteadyOptions *options)
{
  return (PetscBool)(report->algebraic_relative <= options->tolerance &&
                     report->current_balance <= options->balance_tolerance &&
                     report->parts_relative <=
                         PARTS_CARE * options->balance_tolerance + PARTS_ROUNDING);
}

static PetscErrorCode test_convergence(KSP ksp, PetscInt iteration, PetscReal natural_norm,
                                       KSPConvergedReason *reason, void *context)
{
  Steady steady = context;
  const SteadyOptions *options = &steady->options;
  EnergyCgState state;
  PlateSums sums;
  Vec x;

  PetscFunctionBeginUser;
  *reason = KSP_CONVERGED_ITERATING;
  PetscCall(KSPGetSolution(ksp, &x));
  PetscCall(sum_over_plates(steady, x, &sums));
  PetscCall(EnergyCgGet(ksp, &state));
  steady->report.iterations = iteration;
  if (iteration == 0) {
    set_errors(steady, &sums, state.energy, INFINITY);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (iteration > steady->room) {
    steady->room = 2 * iteration + 64;
    PetscCall(PetscRealloc((size_t)steady->room * sizeof *steady->drops, &steady->drops));
  }
  steady->drops[iteration - 1] = state.drop;
  set_errors(steady, &sums, state.energy,
             PetscMax(EnergyErrorEstimate(iteration, steady->drops), state.rounding));
  if (options->progress) {
    (*options->progress)(options->progress_data, iteration, steady->report.algebraic_relative,
                         steady->report.current_balance);
  }
  if (PetscIsInfOrNanReal(natural_norm)) {
    *reason = KSP_DIVERGED_NANORINF;
  } else if (sums.interrupt > 0) {
    steady->report.is_interrupted = PETSC_TRUE;
    *reason = KSP_DIVERGED_BREAKDOWN;
  } else if (is_good_enough(&steady->report, options)) {
    *reason = KSP_CONVERGED_RTOL;
  } else if (iteration >= options->max_iterations) {
    *reason = KSP_DIVERGED_ITS;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* BoomerAMG's own defaults are for two dimensions, and PFMG's tolerance costs a norm where one
   cycle is all there is; these are for -pc_type hypre and pfmg unless the user says otherwise. */
static PetscErrorCode set_options(KSP ksp)
{
  static const char *const defaults[][2] = {{"-pc_hypre_boomeramg_strong_threshold", "0.5"},
                                            {"-pc_hypre_boomeramg_coarsen_type", "HMIS"},
                                            {"-pc_hypre_boomeramg_interp_type", "ext+i"},
                                            {"-pc_pfmg_tol", "0"}};
  const size_t n = sizeof defaults / sizeof *defaults;
  PetscBool is_set[sizeof defaults / sizeof *defaults];

  PetscFunctionBeginUser;
  for (size_t o = 0; o < n; o++) {
    PetscCall(PetscOptionsHasName(NULL, NULL, defaults[o][0], &is_set[o]));
    if (!is_set[o]) PetscCall(PetscOptionsSetValue(NULL, defaults[o][0], defaults[o][1]));
  }
  PetscCall(KSPSetFromOptions(ksp));
  for (size_t o = 0; o < n; o++) {
    if (!is_set[o]) PetscCall(PetscOptionsClearValue(NULL, defaults[o][0]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Only a library's preconditioner wants a matrix. */
static PetscErrorCode assemble_twin(Steady steady, PC pc)
{
  PetscLogDouble start, end;
  PetscBool is_structured;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(PetscObjectTypeCompareAny((PetscObject)pc, &is_structured, PCPFMG, PCSMG, ""));
  PetscCall(OperatorAssemble(steady->grid, steady->faces, is_structured ? MATHYPRESTRUCT : MATAIJ,
                             &steady->twin));
  PetscCall(PetscTime(&end));
  steady->report.assembly_seconds = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode choose_solver(Steady steady)
{
  PetscBool is_cg = PETSC_FALSE, is_matrix_free;
  PC pc;

  PetscFunctionBeginUser;
  PetscCall(GrainMgRegister());
  PetscCall(EnergyCgRegister());
  PetscCall(KSPSetType(steady->ksp, KSPENERGYCG));
  PetscCall(KSPSetNormType(steady->ksp, KSP_NORM_NATURAL));
  PetscCall(KSPGetPC(steady->ksp, &pc));
  PetscCall(PCSetType(pc, PCGRAINMG));
  PetscCall(set_options(steady->ksp));
  PetscCall(PetscObjectTypeCompare((PetscObject)steady->ksp, KSPENERGYCG, &is_cg));
  PetscCheck(is_cg, steady->grid->comm, PETSC_ERR_SUP,
             "-ksp_type must be " KSPENERGYCG ": the error estimate needs its energies");
  PetscCall(
      PetscObjectTypeCompareAny((PetscObject)pc, &is_matrix_free, PCGRAINMG, PCNONE, PCJACOBI, ""));
  if (is_matrix_free) {
    PetscCall(KSPSetOperators(steady->ksp, steady->operator, steady->operator));
  } else {
    PetscCall(assemble_twin(steady, pc));
    PetscCall(KSPSetOperators(steady->ksp, steady->operator, steady->twin));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Zeros but for the cells next to the anode, and only read: calloc()'s take no memory. */
static PetscErrorCode create_rhs(Steady steady)
{
  const Grid *grid = steady->grid;
  const size_t n = (size_t)grid->count[0] * (size_t)grid->count[1] * (size_t)grid->count[2];

  PetscFunctionBeginUser;
  steady->sources = calloc(n, sizeof *steady->sources);
  PetscCheck(steady->sources, PETSC_COMM_SELF, PETSC_ERR_MEM, "No memory for the right-hand side");
  PetscCall(GridVecCreateWithArray(grid, steady->sources, &steady->rhs));
  PetscCall(OperatorRightHandSide(grid, steady->faces, steady->rhs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SteadyCreate(const Grid *grid, const Faces *faces, const SteadyOptions *options,
                            Steady *steady_out)
{
  Steady steady;
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(PetscNew(&steady));
  *steady_out = steady;
  steady->grid = grid;
  steady->faces = faces;
  steady->options = *options;
  PetscCall(OperatorCreate(grid, faces, &steady->operator));
  PetscCall(KSPCreate(grid->comm, &steady->ksp));
  PetscCall(choose_solver(steady));
  /* after the options: how to stop is the case's to say */
  PetscCall(KSPSetTolerances(steady->ksp, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT,
                             PetscMin(options->max_iterations, PETSC_MAX_INT - 1) + 1));
  PetscCall(KSPSetConvergenceTest(steady->ksp, test_convergence, steady, NULL));
  PetscCall(KSPSetUp(steady->ksp));
  PetscCall(create_rhs(steady));
  PetscCall(PetscTime(&end));
  steady->report.setup_seconds = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Work of the solve: products with the operator, cycles, and the start. */
static PetscErrorCode count_sweeps(Steady steady)
{
  const PetscReal iterations = (PetscReal)steady->report.iterations;
  PetscReal cycle, start;
  PetscBool is_grain_mg;
  EnergyCgState state;
  PC pc;

  PetscFunctionBeginUser;
  steady->report.sweeps = NAN;
  PetscCall(KSPGetPC(steady->ksp, &pc));
  PetscCall(PetscObjectTypeCompare((PetscObject)pc, PCGRAINMG, &is_grain_mg));
  if (!is_grain_mg) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(GrainMgSweeps(pc, &cycle, &start));
  PetscCall(EnergyCgGet(steady->ksp, &state));
  steady->report.sweeps = start + (PetscReal)state.num_residuals + iterations * (cycle + 1);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Solved as well as can be, perhaps before there were drops enough to tell. */
static PetscErrorCode set_final_errors(Steady steady, Vec potential)
{
  EnergyCgState state;
  PlateSums sums;

  PetscFunctionBeginUser;
  PetscCall(EnergyCgGet(steady->ksp, &state));
  PetscCall(sum_over_plates(steady, potential, &sums));
  set_errors(steady, &sums, state.energy, PetscMax(2 * state.left, state.rounding));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void explain(Steady steady, KSPConvergedReason reason)
{
  SteadyReport *report = &steady->report;
  const char *words = KSPConvergedReasons[reason];

  report->is_converged =
      (PetscBool)(reason > 0 && report->algebraic_relative <= steady->options.tolerance &&
                  report->current_balance <= steady->options.balance_tolerance);
  if (report->is_converged)
    words = "converged";
  else if (reason == KSP_CONVERGED_ATOL)
    words = "double precision has no more digits";
  else if (report->is_interrupted)
    words = "stopped by a signal";
  else if (reason == KSP_DIVERGED_ITS)
    words = "the iteration limit was reached";
  else if (reason == KSP_DIVERGED_NANORINF)
    words = "not-a-number or infinity in the solver";
  PetscStrncpy(report->reason, words, sizeof report->reason);
}

PetscErrorCode SteadySolve(Steady steady, Vec potential, SteadyReport *report)
{
  KSPConvergedReason reason;
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  steady->report.is_interrupted = PETSC_FALSE;
  PetscCall(KSPSetInitialGuessNonzero(steady->ksp, PETSC_FALSE));
  PetscCall(KSPSolve(steady->ksp, steady->rhs, potential));
  PetscCall(KSPGetConvergedReason(steady->ksp, &reason));
  if (reason == KSP_CONVERGED_ATOL) PetscCall(set_final_errors(steady, potential));
  explain(steady, reason);
  PetscCall(count_sweeps(steady));
  PetscCall(PetscTime(&end));
  steady->report.solve_seconds = end - start;
  *report = steady->report;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SteadyDestroy(Steady *steady)
{
  PetscFunctionBeginUser;
  if (!*steady) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(KSPDestroy(&(*steady)->ksp));
  PetscCall(MatDestroy(&(*steady)->operator));
  PetscCall(MatDestroy(&(*steady)->twin));
  PetscCall(VecDestroy(&(*steady)->rhs));
  free((*steady)->sources);
  PetscCall(PetscFree((*steady)->drops));
  PetscCall(PetscFree(*steady));
  PetscFunctionReturn(PETSC_SUCCESS);
}
