#include "study_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exit_status.h"
#include "reuse.h"
#include "signals.h"

/* What the group that ran a job tells rank 0. The results themselves are in their file. */
typedef struct {
  int job, status, is_reused;
  char message[2000];
} Outcome;

/* Jobs that take the same number of ranks, and who does which. */
typedef struct {
  MPI_Comm comm;  /* of all ranks, for outcomes alone */
  MPI_Comm group; /* of those that share this rank's jobs */
  int ranks;      /* a group's */
  int num_groups, own;
  int *group_of; /* of each job; -1: of another round */
} Round;

/* 0 for a job that is not to be run. */
static int ranks_of(const StudyJob *job, int size)
{
  int ranks = 1;

  if (job->is_skipped) return 0;
  while (ranks < size && job->cells > (double)STUDY_CELLS_PER_RANK * ranks) ranks *= 2;
  return PetscMin(ranks, size);
}

/* Each job, longest first, goes to the group that has the least to do: all ranks find the same. */
static PetscErrorCode share_out(const Study *study, int size, Round *round)
{
  double *load;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(study->num_jobs, &round->group_of));
  PetscCall(PetscCalloc1(round->num_groups, &load));
  for (int j = 0; j < study->num_jobs; j++) round->group_of[j] = -1;
  for (;;) {
    int longest = -1, idle = 0;

    for (int j = 0; j < study->num_jobs; j++) {
      const StudyJob *job = &study->jobs[j];

      if (ranks_of(job, size) != round->ranks || round->group_of[j] >= 0) continue;
      if (longest < 0 || job->cost > study->jobs[longest].cost) longest = j;
    }
    if (longest < 0) break;
    for (int g = 1; g < round->num_groups; g++) {
      if (load[g] < load[idle]) idle = g;
    }
    round->group_of[longest] = idle;
    load[idle] += study->jobs[longest].cost;
  }
  PetscCall(PetscFree(load));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode round_create(MPI_Comm comm, const Study *study, int ranks, Round *round)
{
  PetscMPIInt rank, size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Comm_dup(comm, &round->comm));
  round->ranks = ranks;
  round->num_groups = size / ranks;
  round->own = PetscMin(rank / ranks, round->num_groups - 1); /* the last takes who is left over */
  PetscCallMPI(MPI_Comm_split(comm, round->own, rank, &round->group));
  PetscCall(share_out(study, size, round));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode round_destroy(Round *round)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(round->group_of));
  PetscCallMPI(MPI_Comm_free(&round->group));
  PetscCallMPI(MPI_Comm_free(&round->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void write_message(const Problems *problems, Outcome *outcome)
{
  for (int p = 0; p < problems->num_problems; p++) {
    const size_t used = strlen(outcome->message);

    snprintf(outcome->message + used, sizeof outcome->message - used, "%s%s", p ? "; " : "",
             problems->texts[p]);
  }
  if (outcome->message[0]) return;
  if (outcome->status == STATUS_NOT_CONVERGED)
    snprintf(outcome->message, sizeof outcome->message,
             "not converged: the numbers in its results are not to be trusted");
  else if (outcome->status >= 128) {
    snprintf(outcome->message, sizeof outcome->message, "stopped by signal %d",
             outcome->status - 128);
  }
}

/* Runs a job on its group, or finds that its results fit. */
static PetscErrorCode run_job(const Session *session, MPI_Comm group, const Study *study, int index,
                              Outcome *outcome)
{
  const StudyJob *job = &study->jobs[index];
  Case case_in;
  Problems problems = {0, NULL, 0, NULL};
  char *directory = job->directory;
  CaseList list = {1, &case_in, &problems, &directory};
  Session own = *session;
  Log log;
  json_t *results = NULL;
  PetscBool is_found = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(LogCreate(group, PETSC_TRUE, &log));
  log.is_mute = PETSC_TRUE;
  own.comm = group;
  own.log = &log;
  PetscCall(StudyCaseRead(group, study, job->entry, job->num_sets, job->sets, &case_in, &problems));
  if (problems.num_problems) {
    outcome->status = STATUS_BAD_INPUT;
  } else {
    PetscCall(ResultsFind(&own, &case_in, directory, &results, &is_found));
    outcome->is_reused = is_found;
    if (!is_found) PetscCall(ResultsGet(&own, &list, 0, &results, &outcome->status));
  }
  write_message(&problems, outcome);
  json_decref(results);
  PetscCall(CaseDestroy(&case_in));
  ProblemsDestroy(&problems);
  PetscCall(LogDestroy(&log));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* On rank 0. */
static PetscErrorCode take_outcome(Study *study, const Outcome *outcome, StudyJobDone done,
                                   void *context)
{
  StudyJob *job = &study->jobs[outcome->job];
  char path[2 * PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  job->is_done = PETSC_TRUE;
  job->status = outcome->status;
  job->is_reused = (PetscBool)outcome->is_reused;
  if (outcome->message[0]) PetscCall(PetscStrallocpy(outcome->message, &job->message));
  if (job->status == STATUS_DONE) {
    snprintf(path, sizeof path, "%s/results.json", job->directory);
    job->results = json_load_file(path, 0, NULL);
    if (!job->results) {
      job->status = STATUS_NOT_WRITTEN;
      PetscCall(PetscStrallocpy("its results cannot be read", &job->message));
    }
  }
  PetscCall((*done)(study, outcome->job, context));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Outcomes of other groups: those that have come, or, at the end, all of them. */
static PetscErrorCode receive(const Round *round, Study *study, PetscBool is_end, int *missing,
                              StudyJobDone done, void *context)
{
  PetscFunctionBeginUser;
  while (*missing > 0) {
    Outcome outcome;
    int is_there = 1;

    if (!is_end)
      PetscCallMPI(MPI_Iprobe(MPI_ANY_SOURCE, 0, round->comm, &is_there, MPI_STATUS_IGNORE));
    if (!is_there) break;
    PetscCallMPI(MPI_Recv(&outcome, (int)sizeof outcome, MPI_BYTE, MPI_ANY_SOURCE, 0, round->comm,
                          MPI_STATUS_IGNORE));
    PetscCall(take_outcome(study, &outcome, done, context));
    --*missing;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One after the other. The leaders of groups tell rank 0, which writes them down when it can. */
static PetscErrorCode run_round(const Session *session, const Round *round, Study *study,
                                StudyJobDone done, void *context)
{
  PetscMPIInt rank, rank_in_group;
  int missing = 0, num_sent = 0;
  MPI_Request *requests;
  Outcome *outcomes;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(round->comm, &rank));
  PetscCallMPI(MPI_Comm_rank(round->group, &rank_in_group));
  PetscCall(PetscCalloc2(study->num_jobs, &outcomes, study->num_jobs, &requests));
  for (int j = 0; j < study->num_jobs; j++) missing += !rank && round->group_of[j] > 0;
  for (int j = 0; j < study->num_jobs; j++) {
    Outcome *outcome = &outcomes[num_sent];
    int stop = SignalCaught;

    if (round->group_of[j] != round->own) continue;
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &stop, 1, MPI_INT, MPI_MAX, round->group));
    *outcome = (Outcome){.job = j, .status = stop ? 128 + stop : STATUS_DONE};
    if (!stop) PetscCall(run_job(session, round->group, study, j, outcome));
    if (!rank) {
      PetscCall(take_outcome(study, outcome, done, context));
      PetscCall(receive(round, study, PETSC_FALSE, &missing, done, context));
    } else if (!rank_in_group) {
      PetscCallMPI(MPI_Isend(outcome, (int)sizeof *outcome, MPI_BYTE, 0, 0, round->comm,
                             &requests[num_sent]));
      num_sent++;
    }
  }
  PetscCall(receive(round, study, PETSC_TRUE, &missing, done, context));
  PetscCallMPI(MPI_Waitall(num_sent, requests, MPI_STATUSES_IGNORE));
  PetscCall(PetscFree2(outcomes, requests));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudyRunJobs(const Session *session, Study *study, StudyJobDone done, void *context)
{
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(session->comm, &size));
  for (int ranks = 1; ranks < 2 * size; ranks *= 2) {
    Round round;
    int num_jobs = 0;

    for (int j = 0; j < study->num_jobs; j++)
      num_jobs += ranks_of(&study->jobs[j], size) == PetscMin(ranks, size);
    if (!num_jobs) continue;
    PetscCall(round_create(session->comm, study, PetscMin(ranks, size), &round));
    PetscCall(run_round(session, &round, study, done, context));
    PetscCall(round_destroy(&round));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
