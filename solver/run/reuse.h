#pragma once

#include "caselist.h"

/*@
  ResultsFind - results of a case that fit its hash, if there are any and nobody says --force

  Collective

  Output Parameters:
+ results  - on rank 0, what stands in results.json; NULL elsewhere, and if nothing fits
- is_found - the same on all ranks
@*/
PetscErrorCode ResultsFind(const Session *session, const Case *case_in, const char *directory,
                           json_t **results, PetscBool *is_found);

/*@
  ResultsGet - results of one case of a list: reused if their hash fits and nobody says --force,
  computed otherwise

  Collective

  Input/Output Parameters:
+ list  - the case's boundaries may get their resistance
- worst - exit status so far; becomes the run's if that is worse

  Output Parameter:
. results - on rank 0, what stands in results.json; NULL elsewhere, and if there is none to use
@*/
PetscErrorCode ResultsGet(const Session *session, CaseList *list, int n, json_t **results,
                          int *worst);
