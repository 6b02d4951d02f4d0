#pragma once

#include "output.h"
#include "solution.h"

/*@
  GrainsCsvWrite - writes grains.csv.part, one row a grain of the film that holds a cell

  Collective

  Input Parameters:
+ case_in, model, solution - solved
. voltage  - potential of the anode at the case's current [V]
. output   - where to
- problems - gets a message if it cannot be written

  Output Parameter:
. is_written - false if so
@*/
PetscErrorCode GrainsCsvWrite(const Case *case_in, const Model *model, const Solution *solution,
                              PetscReal voltage, const Output *output, Problems *problems,
                              PetscBool *is_written);
