#pragma once

#include "case.h"

#define HASH_LENGTH 17 /* 16 hexadecimal digits and the final 0 */

/*@
  HashCase - fingerprint of a case, its files and the program: the same hash, the same result

  Collective; the same on all ranks

  Input Parameters:
+ comm    - rank 0 reads the files
- case_in - with its echo and its list of files

  Output Parameter:
. hash - hexadecimal
@*/
PetscErrorCode HashCase(MPI_Comm comm, const Case *case_in, char hash[HASH_LENGTH]);
