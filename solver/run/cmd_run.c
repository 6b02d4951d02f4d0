#include "caselist.h"
#include "execute.h"
#include "exit_status.h"
#include "signals.h"

PetscErrorCode CommandRun(const Session *session, int *status)
{
  CaseList list;
  int worst;

  PetscFunctionBeginUser;
  PetscCall(CaseListRead(session, &list, status));
  worst = *status;
  for (int n = 0; n < list.count && *status == STATUS_DONE && worst < 128; n++) {
    PetscCall(Execute(session, &list.cases[n], list.outputs[n], &list.problems[n], &worst));
    if (SignalCaught && n + 1 < list.count) {
      LogError(session->log, "granulith: %d cases were not run", list.count - n - 1);
    }
  }
  *status = worst;
  PetscCall(CaseListDestroy(&list));
  PetscFunctionReturn(PETSC_SUCCESS);
}
