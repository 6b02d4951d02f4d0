#include "impedance_run.h"

#include <math.h>
#include <petsctime.h>
#include <stdlib.h>
#include "ac_laws.h"
#include "impedance.h"
#include "impedance_group.h"
#include "signals.h"

#define MOST_HALVINGS 4

/* What came of one frequency. */
typedef struct {
  FrequencyPoint point;
  PetscBool is_converged, is_interrupted;
} Outcome;

/* A run while it goes on. */
typedef struct {
  const Case *case_in;
  const Output *output;
  Log *log;
  ImpedanceGroup group;
  AcLaws laws;
  ImpedanceStart start;
  PetscInt num_kept;
  FrequencyPoint *kept; /* of an interrupted run */
  PetscInt capacity;
  FrequencyRange range; /* of the limits */
  ImpedanceRun *run;
} Sweep;

/* On the ranks of a group. */
static PetscErrorCode solve(Sweep *sweep, PetscReal frequency, Outcome *outcome)
{
  const Case *case_in = sweep->case_in;
  const ImpedanceOptions options = {.tolerance = case_in->tolerance,
                                    .balance_tolerance = case_in->balance_tolerance,
                                    .max_iterations = case_in->max_iterations,
                                    .interrupt = &SignalCaught};
  const PetscBool is_matched = (PetscBool)(case_in->boundary_faces == BOUNDARIES_MATCHED);
  const FaceModel *faces_of = &sweep->group.faces_of;
  ImpedancePoint solved;
  AcFaces faces;

  PetscFunctionBeginUser;
  AcLawsSet(&sweep->laws, frequency);
  PetscCall(AcFacesCompute(faces_of, is_matched ? faces_of->structure->geometry : NULL,
                           sweep->group.contacts, &sweep->laws.transport, &faces));
  PetscCall(ImpedanceSolve(&faces, &options, &sweep->start, &solved));
  PetscCall(AcFacesDestroy(&faces));
  *outcome =
      (Outcome){{frequency, solved.impedance, solved.iterations, solved.error, solved.balance},
                solved.is_converged,
                solved.is_interrupted};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Solves frequencies, each group its part of the list, one after the other. After each all groups
   hear of what the others have, so that rank 0 can write it down and all stop together; done gets
   the outcomes on every rank. */
static PetscErrorCode solve_list(Sweep *sweep, PetscInt count, const PetscReal frequencies[],
                                 PetscErrorCode (*done)(Sweep *, const Outcome *))
{
  const ImpedanceGroup *group = &sweep->group;
  const PetscInt first = ImpedanceGroupFirst(group, group->own, count);
  const PetscInt own = ImpedanceGroupFirst(group, group->own + 1, count) - first;
  const PetscInt rounds = (count + group->count - 1) / group->count;
  Outcome *outcomes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1((size_t)group->count * (size_t)group->ranks, &outcomes));
  for (PetscInt n = 0; n < rounds && !sweep->run->is_interrupted; n++) {
    Outcome outcome = {.is_converged = PETSC_FALSE}; /* frequency 0: this group has no more to do */

    if (n < own) {
      LogProgress(sweep->log, "  impedance: %" PetscInt_FMT " frequencies done, %.4g Hz",
                  sweep->run->count, (double)frequencies[first + n]);
      PetscCall(solve(sweep, frequencies[first + n], &outcome));
    }
    PetscCallMPI(MPI_Allgather(&outcome, (int)sizeof outcome, MPI_BYTE, outcomes,
                               (int)sizeof outcome, MPI_BYTE, sweep->output->comm));
    for (int g = 0; g < group->count; g++) {
      const Outcome *found = &outcomes[g * group->ranks];

      if (found->is_interrupted)
        sweep->run->is_interrupted = PETSC_TRUE;
      else if (found->point.frequency > 0)
        PetscCall((*done)(sweep, found));
    }
  }
  PetscCall(PetscFree(outcomes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take(Sweep *sweep, const FrequencyPoint *point)
{
  ImpedanceRun *run = sweep->run;

  PetscFunctionBeginUser;
  if (run->count == sweep->capacity) {
    sweep->capacity += sweep->capacity / 2 + 64;
    PetscCall(PetscRealloc((size_t)sweep->capacity * sizeof *run->points, &run->points));
  }
  run->points[run->count++] = *point;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take_solved(Sweep *sweep, const Outcome *outcome)
{
  PetscFunctionBeginUser;
  if (!outcome->is_converged)
    sweep->run->is_converged = PETSC_FALSE;
  else
    ImpedanceFileAdd(sweep->output, &outcome->point);
  PetscCall(take(sweep, &outcome->point));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int by_falling_frequency(const void *a, const void *b)
{
  const PetscReal first = ((const FrequencyPoint *)a)->frequency;
  const PetscReal second = ((const FrequencyPoint *)b)->frequency;

  return (first < second) - (first > second);
}

/* Adds frequencies, from an earlier run those that it had; changes their list. */
static PetscErrorCode add(Sweep *sweep, PetscInt count, PetscReal frequencies[])
{
  ImpedanceRun *run = sweep->run;
  PetscInt missing = 0;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < count; f++) {
    const FrequencyPoint *found = NULL;

    for (PetscInt k = 0; k < sweep->num_kept; k++) {
      if (fabs(sweep->kept[k].frequency / frequencies[f] - 1) < 1e-12) found = &sweep->kept[k];
    }
    if (!found) {
      frequencies[missing++] = frequencies[f];
      continue;
    }
    PetscCall(take(sweep, found));
    run->num_kept++;
  }
  PetscCall(solve_list(sweep, missing, frequencies, take_solved));
  qsort(run->points, (size_t)run->count, sizeof *run->points, by_falling_frequency);
  PetscFunctionReturn(PETSC_SUCCESS);
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
  const FrequencyPoint *points = sweep->run->points;
  PetscReal *frequencies;
  PetscInt count = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(sweep->run->count, &frequencies));
  for (PetscInt p = 0; p + 1 < sweep->run->count; p++) {
    if (turn_between(&points[p]) <= sweep->case_in->impedance.refine) continue;
    frequencies[count++] = sqrt(points[p].frequency * points[p + 1].frequency);
  }
  *is_refined = (PetscBool)(count > 0);
  PetscCall(add(sweep, count, frequencies));
  PetscCall(PetscFree(frequencies));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sweep_list(Sweep *sweep)
{
  const ImpedanceInput *input = &sweep->case_in->impedance;
  const PetscReal decades = log10(input->to / input->from);
  const PetscInt intervals = FrequencyIntervals(input);
  const ImpedanceRun *run = sweep->run;
  PetscBool is_refined = (PetscBool)(input->refine > 0);
  PetscReal *frequencies;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(intervals + 1, &frequencies));
  for (PetscInt k = 0; k <= intervals; k++) {
    frequencies[k] = input->to * PetscPowReal(10, -decades * (PetscReal)k / intervals);
  }
  PetscCall(add(sweep, intervals + 1, frequencies));
  PetscCall(PetscFree(frequencies));
  for (int n = 0; n < MOST_HALVINGS && is_refined && !run->is_interrupted; n++) {
    PetscCall(refine(sweep, &is_refined));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take_limit(Sweep *sweep, const Outcome *outcome)
{
  const PetscBool is_fast = (PetscBool)(outcome->point.frequency == sweep->range.fast);

  PetscFunctionBeginUser;
  if (outcome->is_converged) *(is_fast ? &sweep->run->fast : &sweep->run->slow) = outcome->point;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* omega -> 0, but where it is an open circuit, and omega -> infinity. They are but a check: one
   that cannot be solved is left out. */
static PetscErrorCode find_limits(Sweep *sweep)
{
  const PetscReal frequencies[2] = {sweep->range.fast, sweep->range.slow};

  PetscFunctionBeginUser;
  if (isnan(sweep->range.slow)) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(solve_list(sweep, CaseIsBlocking(sweep->case_in) ? 1 : 2, frequencies, take_limit));
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
  Sweep sweep = {.case_in = case_in, .output = output, .log = log, .run = run};
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  *run = (ImpedanceRun){.is_converged = PETSC_TRUE};
  if (!case_in->has_impedance) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscTime(&start));
  sweep.range = ImpedanceRangeOf(case_in, &solution->laws);
  PetscCall(ImpedanceGroupCreate(case_in, model, solution, &sweep.group));
  run->num_groups = sweep.group.count;
  PetscCall(AcLawsCreate(case_in, sweep.group.laws, &sweep.laws));
  PetscCall(ImpedanceFileOpen(output, hash, &sweep.num_kept, &sweep.kept));
  PetscCall(sweep_list(&sweep));
  if (!run->is_interrupted) PetscCall(find_limits(&sweep));
  PetscCall(PetscFree(sweep.kept));
  PetscCall(ImpedanceStartDestroy(&sweep.start));
  PetscCall(AcLawsDestroy(&sweep.laws));
  PetscCall(ImpedanceGroupDestroy(&sweep.group));
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
