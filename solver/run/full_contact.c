#include "full_contact.h"

#include <math.h>
#include <petsctime.h>
#include "fit.h"

static PetscErrorCode solve(const Case *case_in, const Model *touching, Log *log,
                            Problems *problems, FullContact *full, PetscBool *interrupted)
{
  PetscLogDouble start, end;
  Solution solution;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(SolutionCreate(case_in, touching, case_in->temperature, log, problems, &solution));
  *interrupted = solution.report.is_interrupted;
  if (!problems->num_problems && !*interrupted) {
    full->is_converged = solution.report.is_converged;
    if (full->is_converged)
      full->asr = solution.asr.total;
    else {
      ProblemsWarn(problems, case_in->path,
                   "constriction_ohm_cm2 is null: with electrodes that touch everywhere the solve "
                   "did not converge (%s)",
                   solution.report.reason);
    }
  }
  PetscCall(SolutionDestroy(&solution));
  PetscCall(PetscTime(&end));
  full->seconds = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FullContactSolve(Case *case_in, const Model *model, Log *log, Problems *problems,
                                json_t *fit, FullContact *full, PetscBool *interrupted)
{
  Model touching;

  PetscFunctionBeginUser;
  *full = (FullContact){NAN, PETSC_TRUE, 0};
  if (!model->contacts[0] && !model->contacts[1]) {
    PetscCall(FitResolved(case_in, model, log, problems, fit, interrupted));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(ModelTouchEverywhere(model, &touching));
  PetscCall(FitResolved(case_in, &touching, log, problems, fit, interrupted));
  if (!problems->num_problems && !*interrupted) {
    PetscCall(solve(case_in, &touching, log, problems, full, interrupted));
  }
  PetscCall(ModelTouchingDestroy(&touching));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal FullContactConstriction(const Case *case_in, const FullContact *full, PetscReal asr)
{
  if (ElectrodeIsPartial(&case_in->anode) || ElectrodeIsPartial(&case_in->cathode)) {
    return asr - full->asr;
  }
  return case_in->anode.has_contact || case_in->cathode.has_contact ? 0 : NAN;
}
