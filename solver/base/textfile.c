#include "textfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Reads on this rank; *length is -errno if that fails. */
static PetscErrorCode read_here(const char *path, char **text, PetscInt64 *length)
{
  struct stat status;
  FILE *file = NULL;

  PetscFunctionBeginUser;
  *text = NULL;
  *length = -EISDIR;
  if (!stat(path, &status) && S_ISDIR(status.st_mode)) PetscFunctionReturn(PETSC_SUCCESS);
  file = fopen(path, "rb");
  if (!file || stat(path, &status)) {
    *length = -errno;
    if (file) fclose(file);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscMalloc1((size_t)status.st_size + 1, text));
  *length = (PetscInt64)fread(*text, 1, (size_t)status.st_size, file);
  (*text)[*length] = '\0';
  fclose(file);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TextFileRead(MPI_Comm comm, const char *path, Problems *problems, char **text)
{
  PetscMPIInt rank;
  PetscInt64 length = 0;

  PetscFunctionBeginUser;
  *text = NULL;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) PetscCall(read_here(path, text, &length));
  PetscCallMPI(MPI_Bcast(&length, 1, MPIU_INT64, 0, comm));
  if (length < 0) {
    ProblemsAdd(problems, path, "cannot read this file: %s", strerror((int)-length));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCheck(length < PETSC_MPI_INT_MAX, comm, PETSC_ERR_SUP, "%s has more than 2 GiB", path);
  if (rank) PetscCall(PetscMalloc1((size_t)length + 1, text));
  PetscCallMPI(MPI_Bcast(*text, (PetscMPIInt)length + 1, MPI_CHAR, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}
