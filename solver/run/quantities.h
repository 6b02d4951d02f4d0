#pragma once

#include <jansson.h>

/*@
  QuantitiesCollect - the ASR, each part of it, and resistances found by a fit, over several runs

  Input Parameter:
. runs - array of what stands in results.json, one a run

  Returns:
    a new object: "total", "grains.PHASE", "boundaries.PHASE|PHASE", "anode", "cathode",
    "fit.PHASE|PHASE", each an array of one number a run [Ohm cm2]; 0 where a run has no such part
@*/
json_t *QuantitiesCollect(const json_t *runs);

/* The numbers of one quantity; the caller frees them. */
double *QuantityValues(const json_t *quantity);

/*@
  QuantitiesTolerance - to which these numbers can be trusted, relative to the total

  Input Parameters:
+ runs      - as above; they say how well their parts are known
. name      - of the quantity
. tolerance - of the solve, relative
- fit       - of the fit, relative; 0 if there is none
@*/
double QuantitiesTolerance(const json_t *runs, const char *name, double tolerance, double fit);
