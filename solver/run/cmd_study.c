#include <petsctime.h>
#include <string.h>
#include "caselist.h"
#include "exit_status.h"
#include "output.h"
#include "signals.h"
#include "study_record.h"
#include "study_report.h"
#include "study_run.h"

#define SECONDS_BETWEEN_WRITES 1.0 /* of tables; each run's own results are written at once */

/* What is kept on rank 0 while jobs come in. */
typedef struct {
  const Session *session;
  PetscLogDouble last_write;
  int worst;
} Progress;

static PetscBool is_complete(const Study *study, const StudyPoint *point)
{
  for (int n = 0; n < point->num_jobs; n++) {
    const StudyJob *job = &study->jobs[point->jobs[n]];

    if (!job->is_done || job->status >= 128) return PETSC_FALSE; /* stopped: it was not run */
  }
  return PETSC_TRUE;
}

/* Records the points that a job completes, and writes the tables. */
static PetscErrorCode note_job(Study *study, int job, void *context)
{
  Progress *progress = context;
  PetscLogDouble now;

  PetscFunctionBeginUser;
  progress->worst = PetscMax(progress->worst, study->jobs[job].status);
  for (int p = 0; p < study->num_points; p++) {
    StudyPoint *point = &study->points[p];

    if (point->record || !is_complete(study, point)) continue;
    point->record = StudyRecord(study, point);
    StudyReportSay(progress->session, study, p);
  }
  PetscCall(PetscTime(&now));
  if (now - progress->last_write > SECONDS_BETWEEN_WRITES) {
    Problems problems = {0, NULL, 0, NULL};
    PetscBool is_written;

    PetscCall(StudyReportWrite(progress->session, study, NULL, &problems, &is_written));
    ProblemsDestroy(&problems); /* the last write says it */
    progress->last_write = now;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A study none of whose combinations can be read is a mistake in study.cfg. */
static void refuse_hopeless(const Study *study, Log *log, int *status)
{
  for (int p = 0; p < study->num_points; p++) {
    if (!study->points[p].problem) return;
  }
  for (int p = 0; p < study->num_points; p++) {
    if (p && !strcmp(study->points[p].problem, study->points[p - 1].problem)) continue;
    LogError(log, "granulith: error: %s", study->points[p].problem);
  }
  LogError(log, "granulith: no run of this study can be made, nothing was written");
  *status = STATUS_BAD_INPUT;
}

static void say_plan(const Study *study, MPI_Comm comm, Log *log)
{
  double cells = 0;
  int size, representative = 0;

  MPI_Comm_size(comm, &size);
  for (int j = 0; j < study->num_jobs; j++) cells += study->jobs[j].cells;
  for (int p = 0; p < study->num_points; p++) {
    representative += study->points[p].representation == STUDY_REPRESENTATIVE;
  }
  LogLine(log, "%s: %d run%s of %.3g cells in all on %d rank%s; by representative stacks: %d",
          study->keys.title ? study->keys.title : study->name, study->num_points,
          study->num_points == 1 ? "" : "s", cells, size, size == 1 ? "" : "s", representative);
}

static PetscErrorCode write_all(const Session *session, const Study *study, int *status)
{
  Problems problems = {0, NULL, 0, NULL};
  PetscBool is_written;
  int missing = 0;

  PetscFunctionBeginUser;
  for (int p = 0; p < study->num_points; p++) missing += !study->points[p].record;
  StudyReportTable(session, study);
  PetscCall(StudyReportWrite(session, study, session->log, &problems, &is_written));
  SayProblems(session->log, &problems);
  if (!is_written) *status = PetscMax(*status, STATUS_NOT_WRITTEN);
  if (is_written) {
    LogLine(session->log, "%s", "");
    LogLine(session->log, "written: %s/study.csv and study.json", study->output);
  }
  if (missing) {
    LogError(session->log,
             "granulith: %d of %d runs were not made; the same command makes them, and reuses the "
             "others",
             missing, study->num_points);
  }
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run_study(const Session *session, Study *study, int *status)
{
  Progress progress = {session, 0, STATUS_DONE};
  PetscMPIInt rank;
  int signal;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(session->comm, &rank));
  say_plan(study, session->comm, session->log);
  PetscCall(StudyHold(session, study, &progress.worst));
  for (int p = 0; p < study->num_points; p++) {
    StudyPoint *point = &study->points[p];

    if (!point->problem) continue;
    progress.worst = PetscMax(progress.worst, STATUS_BAD_INPUT);
    if (rank) continue;
    point->record = StudyRecord(study, point);
    StudyReportSay(session, study, p);
  }
  PetscCall(StudyRunJobs(session, study, note_job, &progress));
  signal = SignalCaught;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &signal, 1, MPI_INT, MPI_MAX, session->comm));
  if (signal) progress.worst = 128 + signal;
  if (!rank) PetscCall(write_all(session, study, &progress.worst));
  PetscCallMPI(MPI_Bcast(&progress.worst, 1, MPI_INT, 0, session->comm));
  *status = progress.worst;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CommandStudy(const Session *session, int *status)
{
  Problems problems = {0, NULL, 0, NULL};
  PetscBool is_writable;
  Output output;
  Study study;

  PetscFunctionBeginUser;
  *status = STATUS_BAD_INPUT;
  if (session->options->num_arguments != 1) {
    LogError(session->log, "granulith: error: study takes one directory, these are %d",
             session->options->num_arguments);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(StudyRead(session->options->arguments[0], session->options, &study, &problems));
  if (!problems.num_problems) {
    *status = STATUS_DONE;
    PetscCall(StudyPlan(session, &study));
    refuse_hopeless(&study, session->log, status);
  }
  if (*status == STATUS_DONE) {
    PetscCall(OutputOpen(session->comm, study.output, &problems, &output, &is_writable));
    if (!is_writable) *status = STATUS_NOT_WRITTEN;
  }
  SayProblems(session->log, &problems);
  if (*status == STATUS_DONE) PetscCall(run_study(session, &study, status));
  ProblemsDestroy(&problems);
  PetscCall(StudyDestroy(&study));
  PetscFunctionReturn(PETSC_SUCCESS);
}
