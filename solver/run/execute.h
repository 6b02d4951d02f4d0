#pragma once

#include "case.h"
#include "commands.h"

/*@
  Execute - runs one case: microstructure, solve, budget, files; says what came out and what was
wrong

  Collective

  Input Parameters:
+ session   - ranks that share the case; its log starts anew with the case and ends in run.log; with
              --force nothing is taken over from an interrupted run
- directory - for the results

  Input/Output Parameters:
+ case_in  - as read; boundaries found from a total get their resistance
. problems - the case's, with its warnings; gets more
- worst    - exit status so far; becomes this case's if that is worse
@*/
PetscErrorCode Execute(const Session *session, Case *case_in, const char *directory,
                       Problems *problems, int *worst);
