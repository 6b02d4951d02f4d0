#pragma once

#include "solution.h"

/* The same case with electrodes that touch everywhere. */
typedef struct {
  PetscReal asr;          /* [Ohm m^2]; NaN: the solve did not converge, or was not needed */
  PetscBool is_converged; /* also if it was not needed */
  double seconds;
} FullContact;

/*@
  FullContactSolve - ASR with electrodes that touch everywhere, if they do not, and fits

  Collective. A measured conductivity is the material's, not that of contacts: boundaries are fitted
  (FitResolved()) with full contact.

  Input Parameters:
+ model    - laid out and percolating
. log      - progress
- problems - gets what FitResolved() and SolutionCreate() find; a warning if it does not converge

  Input/Output Parameters:
+ case_in - resistances of boundaries to be fitted
- fit     - from FitBrickLayer()

  Output Parameters:
+ full        - the outcome
- interrupted - a signal came
@*/
PetscErrorCode FullContactSolve(Case *case_in, const Model *model, Log *log, Problems *problems,
                                json_t *fit, FullContact *full, PetscBool *interrupted);

/*@
  FullContactConstriction - what contact in part costs [Ohm m^2]

  0 if a contact was given and is full, NaN if none was given.
@*/
PetscReal FullContactConstriction(const Case *case_in, const FullContact *full, PetscReal asr);
