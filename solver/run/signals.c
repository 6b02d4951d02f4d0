#include "signals.h"

#include <signal.h>
#include <string.h>

volatile int SignalCaught = 0;

static void note(int number)
{
  SignalCaught = number;
}

void SignalsCatch(void)
{
  struct sigaction action;

  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = SA_RESETHAND; /* a second signal ends the program at once */
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  signal(SIGPIPE,
         SIG_DFL); /* `granulith help case | head` ends without PETSc's report of a crash */
}
