#pragma once

#include "solution.h"

/*@
  FitBrickLayer - boundary resistances from measured total conductivities, by the brick-layer model

  Input Parameters:
+ model    - laid out
- problems - gets totals that no boundary resistance can explain, and warnings that say what was
done

  Input/Output Parameter:
. case_in - boundaries with a total conductivity get their resistance

  Output Parameter:
. fit - JSON object: for each such boundary what was found and how; NULL if there is none
@*/
PetscErrorCode FitBrickLayer(Case *case_in, const Model *model, Problems *problems, json_t **fit);

/*@
  FitResolved - refines such a resistance until the resolved structure has the measured conductivity

  Collective. Newton's method on the film's resistance, whose derivative by ln r is the boundaries'
own part of it. Does nothing if no boundary asks for a fit.

  Input Parameters:
+ model    - laid out and percolating
. log      - one line an iteration
- problems - gets a fit that does not come to an end

  Input/Output Parameters:
+ case_in - the boundary's resistance
- fit     - from FitBrickLayer()

  Output Parameter:
. interrupted - a signal came
@*/
PetscErrorCode FitResolved(Case *case_in, const Model *model, Log *log, Problems *problems,
                           json_t *fit, PetscBool *interrupted);

/* How closely, relatively, a fit meets the measured total. */
PetscReal FitTolerance(const Case *case_in);
