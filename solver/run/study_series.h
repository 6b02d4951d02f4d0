#pragma once

#include <jansson.h>
#include "study.h"

/*@
  StudyTargets - the greatest thickness whose ASR is no more than the target, of every series of
  points that differ in film.thickness_um (and what changes together with it) alone; rank 0

  Between two runs the ASR is taken as linear in the thickness, beyond them the film's part as
  proportional to it.

  Returns:
    a new object for study.json, NULL if the thickness is not swept; says the same as a table
@*/
json_t *StudyTargets(const Study *study, Log *log);

/*@
  StudyArrhenius - activation energies of grains, boundaries and both, of every series of points
  that differ in conditions.temperature_C alone; rank 0

  A line through ln(sigma T) or ln(sigma), whichever law the material has, over 1/(k T), with sigma
  = L/ASR part.

  Returns:
    a new array for study.json, NULL if the temperature is not swept; says the same as a table
@*/
json_t *StudyArrhenius(const Study *study, Log *log);
