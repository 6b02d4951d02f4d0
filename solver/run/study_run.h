#pragma once

#include "study.h"

/* A run gets as many ranks as it has times this many cells, a power of 2, or all; runs of as many
   ranks go side by side. Two ranks share one run less than twice as fast as they do a run each: the
   limit is there for memory, and so that the last run does not keep the others waiting. */
#define STUDY_CELLS_PER_RANK 500000

/* What is to be done, on rank 0, when a job has come to its end. */
typedef PetscErrorCode (*StudyJobDone)(Study *study, int job, void *context);

/*@
  StudyRunJobs - computes all jobs, or reuses their results, several side by side on
  sub-communicators

  Collective

  Input Parameters:
+ done    - called on rank 0 after each job
- context - for it

  Input/Output Parameter:
. study - on rank 0 its jobs get their status, message and results
@*/
PetscErrorCode StudyRunJobs(const Session *session, Study *study, StudyJobDone done, void *context);
