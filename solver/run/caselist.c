#include "caselist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exit_status.h"

void SayProblems(Log *log, const Problems *problems)
{
  for (int p = 0; p < problems->num_problems; p++) {
    LogError(log, "granulith: error: %s", problems->texts[p]);
  }
}

void SayWarnings(Log *log, const Problems *problems, int first)
{
  for (int w = first; w < problems->num_warnings; w++) {
    LogLine(log, "  warning: %s", problems->warnings[w]);
  }
}

/* One case: CASE/results or --output DIR; several: DIR/CASENAME. */
static char *results_directory(const Options *options, const Case *case_in, PetscBool is_single)
{
  char path[2 * PETSC_MAX_PATH_LEN];

  if (!options->output)
    snprintf(path, sizeof path, "%s/results", case_in->directory);
  else if (is_single)
    snprintf(path, sizeof path, "%s", options->output);
  else
    snprintf(path, sizeof path, "%s/%s", options->output, case_in->name);
  return strdup(path);
}

static void refuse_same_output(const CaseList *list, int n, Problems *problems)
{
  for (int m = 0; m < n; m++) {
    if (list->outputs[m] && list->outputs[n] && !strcmp(list->outputs[m], list->outputs[n])) {
      ProblemsAdd(
          problems, list->cases[n].directory,
          "its results would overwrite those of %s in %s; name each case once, and cases of "
          "the same name in separate commands",
          list->cases[m].directory, list->outputs[m]);
    }
  }
}

PetscErrorCode CaseListRead(const Session *session, CaseList *list, int *status)
{
  const Options *options = session->options;
  const PetscBool is_compare = (PetscBool)!strcmp(options->command, "compare");

  PetscFunctionBeginUser;
  memset(list, 0, sizeof *list);
  *status = STATUS_DONE;
  if (!options->num_arguments) {
    LogError(session->log, "granulith: error: %s needs a case directory; see granulith help",
             options->command);
    *status = STATUS_BAD_INPUT;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  list->count = options->num_arguments;
  PetscCall(PetscCalloc3(list->count, &list->cases, list->count, &list->problems, list->count,
                         &list->outputs));
  for (int n = 0; n < list->count; n++) {
    PetscCall(CaseRead(session->comm, options->arguments[n], options->num_sets, options->sets,
                       &list->cases[n], &list->problems[n]));
    if (!list->problems[n].num_problems) {
      list->outputs[n] =
          results_directory(options, &list->cases[n], (PetscBool)(list->count == 1 && !is_compare));
      refuse_same_output(list, n, &list->problems[n]);
    }
    SayProblems(session->log, &list->problems[n]);
    if (list->problems[n].num_problems) *status = STATUS_BAD_INPUT;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CaseListDestroy(CaseList *list)
{
  PetscFunctionBeginUser;
  for (int n = 0; n < list->count; n++) {
    PetscCall(CaseDestroy(&list->cases[n]));
    ProblemsDestroy(&list->problems[n]);
    free(list->outputs[n]);
  }
  PetscCall(PetscFree3(list->cases, list->problems, list->outputs));
  PetscFunctionReturn(PETSC_SUCCESS);
}
