#pragma once

#include <jansson.h>
#include "impedance_file.h"
#include "kramers_kronig.h"
#include "solution.h"

/* Slowest and fastest of the resistors beside capacitors that a case is made of. */
typedef struct {
  PetscReal slow, fast; /* [Hz], far enough away for the limits; NaN: there is none */
} FrequencyRange;

/*@
  ImpedanceRun - the spectrum of a case
@*/
typedef struct {
  PetscInt count;            /* 0: none was asked for */
  FrequencyPoint *points;    /* frequencies falling */
  FrequencyPoint slow, fast; /* limits omega -> 0 and infinity; frequency 0: not computed */
  KramersKronig kramers_kronig;
  int num_groups;    /* of ranks, that solved side by side */
  PetscInt num_kept; /* that an interrupted run had done */
  PetscBool is_converged, is_interrupted;
  double seconds;
} ImpedanceRun;

/*@
  ImpedanceRunCreate - solves every frequency that a case asks for

  Collective

  Input Parameters:
+ case_in  - boundary resistances resolved
. model    - laid out and percolating
. solution - at DC
. output   - directory; gets impedance.partial, to be removed once the results are there
. hash     - of the case
- log      - progress

  Output Parameter:
. run - free with ImpedanceRunDestroy()
@*/
PetscErrorCode ImpedanceRunCreate(const Case *case_in, const Model *model, const Solution *solution,
                                  const Output *output, const char *hash, Log *log,
                                  ImpedanceRun *run);
PetscErrorCode ImpedanceRunDestroy(ImpedanceRun *run);

/* Time constants of a case's elements: the range that their limits span, and as JSON by the names
   of the budget, null for mere resistances [s]. */
FrequencyRange ImpedanceRangeOf(const Case *case_in, const Laws *laws);
json_t *ImpedanceTimeConstants(const Case *case_in, const Laws *laws);

/* Writes impedance.csv.part, if a spectrum was asked for; see ImpedanceCsvWrite(). */
PetscErrorCode ImpedanceWrite(const Case *case_in, const Model *model, const Output *output,
                              const ImpedanceRun *spectrum, Problems *problems,
                              PetscBool *is_written);

/* The member `impedance` of results.json; NULL if no spectrum was asked for. */
json_t *ImpedanceJson(const Case *case_in, const Solution *solution, const ImpedanceRun *run);
