#pragma once

#include "case.h"
#include "log.h"

/*@
  Execute - runs one case: microstructure, solve, budget, files; says what came out and what was
wrong

  Collective

  Input Parameters:
+ comm         - ranks that share the case
. directory    - for the results
. command_line - as typed
- log          - for everything that is said; starts anew with the case, ends in run.log

  Input/Output Parameters:
+ case_in  - as read; boundaries found from a total get their resistance
. problems - the case's, with its warnings; gets more
- worst    - exit status so far; becomes this case's if that is worse
@*/
PetscErrorCode Execute(MPI_Comm comm, Case *case_in, const char *directory,
                       const char *command_line, Log *log, Problems *problems, int *worst);
