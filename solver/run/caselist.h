#pragma once

#include "case.h"
#include "commands.h"

/*@
  CaseList - the cases a command names, all read before the first is run
@*/
typedef struct {
  int count;
  Case *cases;
  Problems *problems; /* of each case; warnings go to its results */
  char **outputs;     /* directory for each case's results */
} CaseList;

/*@
  CaseListRead - reads all cases and says everything that is wrong with them

  Collective

  Output Parameters:
+ list   - free with CaseListDestroy() in any case
- status - not 0 if a case cannot be used; everything has been said then
@*/
PetscErrorCode CaseListRead(const Session *session, CaseList *list, int *status);
PetscErrorCode CaseListDestroy(CaseList *list);

/* Says every problem on standard error. */
void SayProblems(Log *log, const Problems *problems);

/* Says every warning. */
void SayWarnings(Log *log, const Problems *problems, int first);
