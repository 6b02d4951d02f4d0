#pragma once

#include "impedance_run.h"
#include "results.h"

/* What came out of a case, in a few lines; an error if it did not converge. */
void SayResult(Log *log, const ResultInput *input, const ImpedanceRun *spectrum,
               const char *directory);
