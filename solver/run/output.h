#pragma once

#include "petsc_compat.h"
#include "problems.h"

/*@
  Output - a directory that gets a set of files, all or none

  Files are written as NAME.part and renamed together at the end, so that an interrupted run leaves
  what was there before.
@*/
typedef struct {
  MPI_Comm comm;
  char directory[PETSC_MAX_PATH_LEN];
  PetscBool is_new; /* made by OutputOpen() */
} Output;

/*@
  OutputOpen - makes the directory and its parents and sees whether it can be written

  Collective

  Output Parameters:
+ output - the directory
- is_writable - false, with a message in problems, if not
@*/
PetscErrorCode OutputOpen(MPI_Comm comm, const char *directory, Problems *problems, Output *output,
                          PetscBool *is_writable);

/*@
  OutputWriteText - writes NAME.part on rank 0

  Collective. is_written is set to false, with a message, if that fails.
@*/
PetscErrorCode OutputWriteText(const Output *output, const char *name, const char *text,
                               Problems *problems, PetscBool *is_written);

/*@
  OutputCommit - renames NAME.part to NAME for all names, and removes stale files

  Collective

  Input Parameters:
+ output - the directory
. names  - NULL-terminated; files that were written. The last is renamed last: it vouches for the
others . stale  - NULL-terminated; files of an earlier run that this run has none of
- problems - gets a message if a file cannot be renamed
@*/
PetscErrorCode OutputCommit(const Output *output, const char *const *names,
                            const char *const *stale, Problems *problems, PetscBool *is_written);

/* Removes NAME.part of all names. Collective. */
PetscErrorCode OutputDiscard(const Output *output, const char *const *names);

/* Removes the directory again if OutputOpen() made it and nothing was written. Collective. */
PetscErrorCode OutputForget(const Output *output);
