#pragma once

/*@
  SignalsCatch - from here on SIGTERM and SIGINT only note that they came, and SIGPIPE ends the
program without a word
@*/
void SignalsCatch(void);

/* Number of the signal that came, 0 if none; on this rank alone. */
extern volatile int SignalCaught;
