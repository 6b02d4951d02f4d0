#include "exit_status.h"
#include "reuse.h"
#include "variant_report.h"

static PetscErrorCode run_all(const Session *session, Variants *variants, json_t *runs, int *status)
{
  PetscFunctionBeginUser;
  for (int n = 0; n < variants->list.count && *status == STATUS_DONE; n++) {
    json_t *results;

    LogLine(session->log, "%s", "");
    LogLine(session->log, "%d of %d: %s", n + 1, variants->list.count, variants->labels[n]);
    PetscCall(ResultsGet(session, &variants->list, n, &results, status));
    if (results) json_array_append_new(runs, results);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_and_report(const Session *session, Variants *variants, int *status)
{
  json_t *runs = json_array(); /* filled on rank 0 */

  PetscFunctionBeginUser;
  PetscCall(run_all(session, variants, runs, status));
  if (*status == STATUS_DONE && variants->kind == VARY_GRID)
    PetscCall(ReportGrids(session, variants, runs, status));
  else if (*status == STATUS_DONE)
    PetscCall(ReportSpread(session, variants, runs, status));
  else if (*status != STATUS_BAD_INPUT) { /* that has been said */
    LogError(session->log,
             "granulith: not all runs came to an end: no %s.json was written; those that did are "
             "reused next time",
             VariantFiles[variants->kind]);
  }
  json_decref(runs);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CommandConverge(const Session *session, int *status)
{
  CaseList own;
  Variants variants;

  PetscFunctionBeginUser;
  if (session->options->num_arguments > 1) {
    LogError(session->log, "granulith: error: converge takes one case, these are %d",
             session->options->num_arguments);
    *status = STATUS_BAD_INPUT;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(CaseListRead(session, &own, status));
  if (*status == STATUS_DONE && CaseIsBlocking(&own.cases[0])) {
    LogError(session->log,
             "granulith: error: %s: an electrode is blocking: there is no ASR that could converge",
             own.cases[0].name);
    *status = STATUS_BAD_INPUT;
  }
  if (*status == STATUS_DONE) {
    PetscCall(VariantsRead(session, &own, &variants, status));
    if (*status == STATUS_DONE) PetscCall(run_and_report(session, &variants, status));
    PetscCall(VariantsDestroy(&variants));
  }
  PetscCall(CaseListDestroy(&own));
  PetscFunctionReturn(PETSC_SUCCESS);
}
