#pragma once

#include <mpi.h>
#include "petsc_compat.h"
#include "problems.h"

/*@
  TextFileRead - the whole of a text file, on every rank

  Collective

  Input Parameters:
+ comm     - rank 0 reads, all ranks get the same bytes
. path     - path of the file
- problems - gets "cannot read" with the system's reason

  Output Parameter:
. text - 0-terminated contents, free with PetscFree(); NULL if the file cannot be read
@*/
PetscErrorCode TextFileRead(MPI_Comm comm, const char *path, Problems *problems, char **text);
