#pragma once

#include "generator.h"

/*@
  PhasesDeal - gives grains the phases of `phase_fractions`

  Collective; every rank gets the same result. Grains are taken in random order (stream
RANDOM_PHASES) such that each phase's share of the volume comes as near as it can to what is asked
for; the rest keep their phase. If the fractions add up to 1, the last phase gets all that is left.

  Input Parameters:
+ comm      - ranks that share the work of measuring grains
. spec      - seed and phase_fractions
. box       - where
. phases    - names
. problems  - gets unknown phases, and fractions that cannot be
- generator - the grains

  Output Parameter:
. generator - `phase` set
@*/
PetscErrorCode PhasesDeal(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                          const PhaseNames *phases, Problems *problems, Generator *generator);

/*@
  PhaseFind - number of a phase, from 1

  Input Parameters:
+ phases   - all names
. name     - one of them
. place    - of the name in a file, or NULL
. key      - what the name stands for, for the message
- problems - gets "no phase is called ...", and the names there are

  Returns:
    0 if there is no such phase
@*/
PetscInt PhaseFind(const PhaseNames *phases, const char *name, const char *place, const char *key,
                   Problems *problems);
