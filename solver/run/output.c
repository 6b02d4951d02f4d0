#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_directories(const char *directory)
{
  char path[PETSC_MAX_PATH_LEN];
  struct stat status;

  snprintf(path, sizeof path, "%s", directory);
  for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    if (mkdir(path, 0777) && errno != EEXIST) return errno;
    *slash = '/';
  }
  if (mkdir(path, 0777) && errno != EEXIST) return errno;
  if (stat(path, &status)) return errno;
  if (!S_ISDIR(status.st_mode)) return ENOTDIR;
  return access(path, W_OK | X_OK) ? errno : 0;
}

/* Shares rank 0's errno; adds a problem if it is one. */
static PetscErrorCode share_failure(const Output *output, int failure, const char *what,
                                    Problems *problems, PetscBool *succeeded)
{
  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Bcast(&failure, 1, MPI_INT, 0, output->comm));
  *succeeded = (PetscBool)!failure;
  if (failure) ProblemsAdd(problems, output->directory, "%s: %s", what, strerror(failure));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OutputOpen(MPI_Comm comm, const char *directory, Problems *problems, Output *output,
                          PetscBool *is_writable)
{
  PetscMPIInt rank;
  int failure = 0;

  PetscFunctionBeginUser;
  output->comm = comm;
  PetscCall(PetscStrncpy(output->directory, directory, sizeof output->directory));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  output->is_new = (PetscBool)(!rank && access(directory, F_OK));
  if (!rank) failure = make_directories(directory);
  PetscCall(
      share_failure(output, failure, "results cannot be written here", problems, is_writable));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OutputWriteText(const Output *output, const char *name, const char *text,
                               Problems *problems, PetscBool *is_written)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;
  int failure = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(output->comm, &rank));
  snprintf(path, sizeof path, "%s/%s.part", output->directory, name);
  if (!rank) {
    FILE *file = fopen(path, "w");

    failure = file ? 0 : errno;
    if (file) {
      if (fputs(text, file) < 0) failure = errno;
      if (fclose(file)) failure = errno;
    }
  }
  PetscCall(share_failure(output, failure, name, problems, is_written));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OutputCommit(const Output *output, const char *const *names,
                            const char *const *stale, Problems *problems, PetscBool *is_written)
{
  char from[2 * PETSC_MAX_PATH_LEN], to[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;
  int failure = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(output->comm, &rank));
  for (; !rank && *stale; stale++) {
    snprintf(to, sizeof to, "%s/%s", output->directory, *stale);
    unlink(to);
  }
  for (; !rank && *names && !failure; names++) {
    snprintf(to, sizeof to, "%s/%s", output->directory, *names);
    snprintf(from, sizeof from, "%s/%s.part", output->directory, *names);
    if (rename(from, to)) failure = errno;
  }
  PetscCall(share_failure(output, failure, "a file cannot be put in place", problems, is_written));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OutputDiscard(const Output *output, const char *const *names)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(output->comm, &rank));
  for (; !rank && *names; names++) {
    snprintf(path, sizeof path, "%s/%s.part", output->directory, *names);
    unlink(path);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OutputForget(const Output *output)
{
  PetscFunctionBeginUser;
  if (output->is_new) rmdir(output->directory); /* on rank 0; fails, as it should, if not empty */
  PetscFunctionReturn(PETSC_SUCCESS);
}
