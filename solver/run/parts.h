#pragma once

#include "results.h"
#include "solution.h"

/*@
  PartsCollect - the budget under the names of the case: phases, boundaries, electrode layers

  Output Parameter:
. input - its grains, boundaries and electrodes are set
@*/
void PartsCollect(const Case *case_in, const Model *model, const Solution *solution,
                  ResultInput *input);

/* Areas and resistances of the classes of misorientation, by their names in the budget, and of the
   rest of their phases; NULL if there are none. A new reference. */
json_t *PartsClasses(const Case *case_in, const Model *model, const Solution *solution);

/* Resistance of the film with its electrodes by the brick-layer model [Ohm m^2]; NaN with several
   conducting phases, or with classes of misorientation. */
PetscReal PartsBrickLayer(const Case *case_in, const Model *model, const Solution *solution,
                          const ResultInput *input);
