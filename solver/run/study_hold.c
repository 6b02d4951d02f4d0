#include <math.h>
#include <stdio.h>
#include <string.h>
#include "exit_status.h"
#include "reuse.h"
#include "study.h"
#include "table.h"

#define OHM_CM2 1e4 /* from Ohm m^2 */

/* What was found for boundary b of a case, from its results. */
static double found_resistance(const Case *case_in, PetscInt b, const json_t *results)
{
  const BoundaryInput *boundary = &case_in->boundaries[b];
  const json_t *fit = json_object_get(results, "fit");
  char name[BOUNDARY_NAME];

  if (isnan(boundary->total_conductivity)) return NAN;
  CaseBoundaryName(case_in, boundary, name);
  return json_number_value(json_object_get(json_object_get(fit, name), "resistance_ohm_cm2")) /
         OHM_CM2;
}

static PetscBool has_total(const Case *case_in)
{
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    if (!isnan(case_in->boundaries[b].total_conductivity)) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* One case as it stands, with what all its runs share, as a list of one. */
static PetscErrorCode read_base(const Session *session, const Study *study, int entry,
                                CaseList *list)
{
  PetscInt num_sets = 0;
  char **sets = NULL, *directory;

  PetscFunctionBeginUser;
  list->count = 1;
  PetscCall(PetscCalloc3(1, &list->cases, 1, &list->problems, 1, &list->outputs));
  PetscCall(StudyCommonSets(study, session->options, entry, &num_sets, &sets));
  PetscCall(CaseRead(session->comm, study->case_directories[entry], num_sets,
                     (const char *const *)sets, &list->cases[0], &list->problems[0]));
  PetscCall(StudyRunDirectory(study, entry, "as-it-stands", num_sets, sets, &directory));
  list->outputs[0] = strdup(directory);
  PetscCall(PetscFree(directory));
  PetscCall(StudySetsFree(num_sets, &sets));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What is kept belongs to the case's own materials. */
static void warn_of_swept_phases(const Study *study, Log *log)
{
  for (int c = 0; c < study->num_columns; c++) {
    if (strncmp(study->columns[c].key, "phases", 6)) continue;
    LogLine(log,
            "  warning: %s is swept; the boundary resistance stays that of the case as it stands "
            "(refit = true finds it anew)",
            study->columns[c].key);
  }
}

static PetscErrorCode hold_case(const Session *session, Study *study, int entry, CaseList *list,
                                int *status)
{
  const Case *case_in = &list->cases[0];
  StudyHeld *held = &study->held[entry];
  json_t *results;

  PetscFunctionBeginUser;
  LogLine(session->log, "%s: boundary resistance from the measured total, kept in all runs",
          study->keys.cases[entry].label);
  warn_of_swept_phases(study, session->log);
  PetscCall(ResultsGet(session, list, 0, &results, status));
  if (*status == STATUS_DONE) {
    held->num_boundaries = case_in->num_boundaries;
    PetscCall(PetscMalloc1(held->num_boundaries, &held->resistances));
    for (PetscInt b = 0; b < held->num_boundaries; b++)
      held->resistances[b] = found_resistance(case_in, b, results);
    PetscCallMPI(
        MPI_Bcast(held->resistances, (int)held->num_boundaries, MPI_DOUBLE, 0, session->comm));
  }
  json_decref(results);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode give_up(Study *study, int entry)
{
  PetscFunctionBeginUser;
  for (int p = 0; p < study->num_points; p++) {
    StudyPoint *point = &study->points[p];

    if (point->entry != entry || point->problem) continue;
    PetscCall(
        PetscStrallocpy("the boundary resistance could not be found on the case as it stands; "
                        "see the error above, or set refit = true",
                        &point->problem));
    for (int n = 0; n < point->num_jobs; n++) study->jobs[point->jobs[n]].is_skipped = PETSC_TRUE;
    point->num_jobs = 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudyHold(const Session *session, Study *study, int *worst)
{
  PetscFunctionBeginUser;
  for (int entry = 0; entry < study->keys.num_cases && !study->keys.has_refit; entry++) {
    CaseList list;
    int status = STATUS_DONE;

    PetscCall(read_base(session, study, entry, &list));
    /* a case that cannot be read as it stands may be one that needs its swept keys */
    if (!list.problems[0].num_problems && has_total(&list.cases[0]))
      PetscCall(hold_case(session, study, entry, &list, &status));
    /* after a signal nothing is run, and nothing is wrong */
    if (status != STATUS_DONE && status < 128) PetscCall(give_up(study, entry));
    *worst = PetscMax(*worst, status);
    PetscCall(CaseListDestroy(&list));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudyCaseRead(MPI_Comm comm, const Study *study, int entry, PetscInt num_sets,
                             char **sets, Case *case_in, Problems *problems)
{
  const StudyHeld *held = &study->held[entry];

  PetscFunctionBeginUser;
  PetscCall(CaseRead(comm, study->case_directories[entry], num_sets, (const char *const *)sets,
                     case_in, problems));
  for (PetscInt b = 0; b < PetscMin(held->num_boundaries, case_in->num_boundaries); b++) {
    BoundaryInput *boundary = &case_in->boundaries[b];
    json_t *echo = json_array_get(json_object_get(case_in->echo, "boundaries"), (size_t)b);

    if (isnan(held->resistances[b]) || isnan(boundary->total_conductivity)) continue;
    boundary->resistance = held->resistances[b];
    boundary->total_conductivity = NAN;
    boundary->has_fit = PETSC_FALSE;
    EchoPut(echo, "resistance_ohm_cm2", json_real(boundary->resistance * OHM_CM2),
            "the study: found on the case as it stands");
    EchoPut(echo, "fit", json_false(), "the study");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
