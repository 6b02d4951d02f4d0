#pragma once

#include "petsc_compat.h"

/*@
  Log - what a run says: on the terminal (rank 0, unless quiet) and kept for run.log

  Progress is a line that is written over on a terminal, and not shown elsewhere.
@*/
typedef struct {
  MPI_Comm comm;
  PetscBool is_quiet;
  PetscBool is_mute;      /* not even errors are shown: whoever made the log says them */
  PetscBool has_progress; /* a progress line stands on the terminal */
  char *text;             /* everything said so far */
  size_t length, capacity;
} Log;

PetscErrorCode LogCreate(MPI_Comm comm, PetscBool is_quiet, Log *log);
PetscErrorCode LogDestroy(Log *log);

/* One line, without its newline; the same call on all ranks. */
void LogLine(Log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line that the next line or progress replaces; terminals only, not kept. */
void LogProgress(Log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* One line on standard error, shown even if quiet, and kept. */
void LogError(Log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets what was said so far, so that run.log holds one case. */
void LogStartCase(Log *log);
