#pragma once

#include "log.h"
#include "options.h"

/* What a command gets. */
typedef struct {
  MPI_Comm comm;
  const Options *options;
  Log *log;
} Session;

/*@
  The commands. Each is collective and sets the program's exit status.
@*/
PetscErrorCode CommandRun(const Session *session, int *status);
PetscErrorCode CommandCompare(const Session *session, int *status);
PetscErrorCode CommandConverge(const Session *session, int *status);
PetscErrorCode CommandStudy(const Session *session, int *status);
PetscErrorCode CommandMesh(const Session *session, int *status);
PetscErrorCode CommandCheck(const Session *session, int *status);
PetscErrorCode CommandHelp(const Session *session, int *status);
PetscErrorCode CommandVersion(const Session *session, int *status);
