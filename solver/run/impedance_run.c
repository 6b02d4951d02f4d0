#include "impedance_run.h"

#include <math.h>
#include <petsctime.h>
#include <stdlib.h>
#include "ac_laws.h"
#include "impedance.h"
#include "signals.h"

#define MOST_HALVINGS 4

/* A run while it goes on. */
typedef struct {
  const Case *case_in;
  const Model *model;
  const Solution *solution;
  const Output *output;
  Log *log;
  AcLaws laws;
  ImpedanceStart start;
  PetscInt num_kept;
  FrequencyPoint *kept; /* of an interrupted run */
  PetscInt capacity;
  ImpedanceRun *run;
} Sweep;

static PetscErrorCode solve(Sweep *sweep, PetscReal frequency, FrequencyPoint *point,
                            PetscBool *is_converged)
{
  const Case *case_in = sweep->case_in;
  const ImpedanceOptions options = {.tolerance = case_in->tolerance,
                                    .balance_tolerance = case_in->balance_tolerance,
                                    .max_iterations = case_in->max_iterations,
                                    .interrupt = &SignalCaught};
  const PetscBool is_matched = (PetscBool)(case_in->boundary_faces == BOUNDARIES_MATCHED);
  ImpedancePoint solved;
  AcFaces faces;

  PetscFunctionBeginUser;
  AcLawsSet(&sweep->laws, frequency);
  PetscCall(AcFacesCompute(&sweep->solution->faces_of,
                           is_matched ? sweep->model->structure.geometry : NULL,
                           sweep->model->contacts, &sweep->laws.transport, &faces));
  PetscCall(ImpedanceSolve(&faces, &options, &sweep->start, &solved));
  PetscCall(AcFacesDestroy(&faces));
  *point = (FrequencyPoint){frequency, solved.impedance, solved.iterations, solved.error,
                            solved.balance};
  sweep->run->is_interrupted = solved.is_interrupted;
  *is_converged = solved.is_converged;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds a frequency, from an earlier run if that had it. */
static PetscErrorCode add(Sweep *sweep, PetscReal frequency)
{
  ImpedanceRun *run = sweep->run;
  FrequencyPoint point = {.frequency = 0};
  PetscBool is_converged;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < sweep->num_kept; k++) {
    if (fabs(sweep->kept[k].frequency / frequency - 1) < 1e-12) point = sweep->kept[k];
  }
  if (point.frequency == 0) {
    LogProgress(sweep->log, "  impedance: %" PetscInt_FMT " frequencies done, %.4g Hz", run->count,
                (double)frequency);
    PetscCall(solve(sweep, frequency, &point, &is_converged));
    if (run->is_interrupted) PetscFunctionReturn(PETSC_SUCCESS);
    if (!is_converged)
      run->is_converged = PETSC_FALSE;
    else
      ImpedanceFileAdd(sweep->output, &point);
  } else {
    run->num_kept++;
  }
  if (run->count == sweep->capacity) {
    sweep->capacity += sweep->capacity / 2 + 64;
    PetscCall(PetscRealloc((size_t)sweep->capacity * sizeof *run->points, &run->points));
  }
  run->points[run->count++] = point;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int by_falling_frequency(const void *a, const void *b)
{
  const PetscReal first = ((const FrequencyPoint *)a)->frequency;
  const PetscReal second = ((const FrequencyPoint *)b)->frequency;

  return (first < second) - (first > second);
}

/* Angle between the impedances at two neighbouring frequencies. */
static PetscReal turn_between(const FrequencyPoint *points)
{
  const PetscComplex ratio = points[1].impedance / points[0].impedance;

  return fabs(atan2(PetscImaginaryPartComplex(ratio), PetscRealPartComplex(ratio)));
}

/* Halves every interval across which the phase turns by too much. */
static PetscErrorCode refine(Sweep *sweep, PetscBool *is_refined)
{
  ImpedanceRun *run = sweep->run;
  const PetscInt count = run->count;

  PetscFunctionBeginUser;
  *is_refined = PETSC_FALSE;
  for (PetscInt p = 0; p + 1 < count && !run->is_interrupted; p++) {
    if (turn_between(&run->points[p]) <= sweep->case_in->impedance.refine) continue;
    *is_refined = PETSC_TRUE;
    PetscCall(add(sweep, sqrt(run->points[p].frequency * run->points[p + 1].frequency)));
  }
  qsort(run->points, (size_t)run->count, sizeof *run->points, by_falling_frequency);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sweep_list(Sweep *sweep)
{
  const ImpedanceInput *input = &sweep->case_in->impedance;
  const PetscReal decades = log10(input->to / input->from);
  const PetscInt intervals = FrequencyIntervals(input);
  ImpedanceRun *run = sweep->run;
  PetscBool is_refined = (PetscBool)(input->refine > 0);

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k <= intervals && !run->is_interrupted; k++) {
    PetscCall(add(sweep, input->to * PetscPowReal(10, -decades * (PetscReal)k / intervals)));
  }
  for (int n = 0; n < MOST_HALVINGS && is_refined && !run->is_interrupted; n++) {
    PetscCall(refine(sweep, &is_refined));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* omega -> 0, but where it is an open circuit, and omega -> infinity. They are but a check: one
   that cannot be solved is left out. */
static PetscErrorCode find_limits(Sweep *sweep)
{
  const FrequencyRange range = ImpedanceRangeOf(sweep->case_in, &sweep->solution->laws);
  PetscBool is_converged;

  PetscFunctionBeginUser;
  if (isnan(range.slow)) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(solve(sweep, range.fast, &sweep->run->fast, &is_converged));
  if (!is_converged) sweep->run->fast.frequency = 0;
  if (CaseIsBlocking(sweep->case_in) || sweep->run->is_interrupted) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(solve(sweep, range.slow, &sweep->run->slow, &is_converged));
  if (!is_converged) sweep->run->slow.frequency = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode test_relations(ImpedanceRun *run)
{
  PetscComplex *impedance;
  PetscReal *omega;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(run->count, &omega, run->count, &impedance));
  for (PetscInt p = 0; p < run->count; p++) {
    omega[p] = 2 * PETSC_PI * run->points[p].frequency;
    impedance[p] = run->points[p].impedance;
  }
  PetscCall(KramersKronigTest(run->count, omega, impedance, &run->kramers_kronig));
  PetscCall(PetscFree2(omega, impedance));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImpedanceRunCreate(const Case *case_in, const Model *model, const Solution *solution,
                                  const Output *output, const char *hash, Log *log,
                                  ImpedanceRun *run)
{
  Sweep sweep = {.case_in = case_in,
                 .model = model,
                 .solution = solution,
                 .output = output,
                 .log = log,
                 .run = run};
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  *run = (ImpedanceRun){.is_converged = PETSC_TRUE};
  if (!case_in->has_impedance) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscTime(&start));
  PetscCall(AcLawsCreate(case_in, &solution->laws, &sweep.laws));
  PetscCall(ImpedanceFileOpen(output, hash, &sweep.num_kept, &sweep.kept));
  PetscCall(sweep_list(&sweep));
  if (!run->is_interrupted) PetscCall(find_limits(&sweep));
  PetscCall(PetscFree(sweep.kept));
  PetscCall(ImpedanceStartDestroy(&sweep.start));
  PetscCall(AcLawsDestroy(&sweep.laws));
  if (!run->is_interrupted) PetscCall(test_relations(run));
  PetscCall(PetscTime(&end));
  run->seconds = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImpedanceRunDestroy(ImpedanceRun *run)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(run->points));
  PetscFunctionReturn(PETSC_SUCCESS);
}
