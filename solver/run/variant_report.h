#pragma once

#include "variants.h"

/* Name, without .json and .csv, of the files that a kind of variants gets. */
extern const char *const VariantFiles[]; /* "convergence", "realizations", "width", NULL */

/*@
  ReportGrids - order, Richardson's value and error band of the ASR and of its parts

  Collective. A table, convergence.json and convergence.csv beside the case's own results.json, and
  in every run's results.json its error.grid_relative.

  Input Parameters:
+ variants - of kind VARY_GRID
- runs     - on rank 0, an array of what stands in their results.json

  Output Parameter:
. status - STATUS_NOT_CONVERGED if the ASR's differences from grid to grid change their sign
@*/
PetscErrorCode ReportGrids(const Session *session, const Variants *variants, json_t *runs,
                           int *status);

/*@
  ReportSpread - the ASR and its parts over realizations (mean, standard deviation, bands) or widths

  Collective. A table, and realizations.json and .csv or width.json and .csv; arguments as above.
@*/
PetscErrorCode ReportSpread(const Session *session, const Variants *variants, json_t *runs,
                            int *status);

/*@
  VariantReportWrite - writes NAME.json and NAME.csv beside the case's own results

  Collective

  Input Parameters:
+ quantities - on rank 0, what goes into the document under this name
- csv        - on rank 0, the table
@*/
PetscErrorCode VariantReportWrite(const Session *session, const Variants *variants,
                                  const json_t *runs, json_t *quantities, const char *csv,
                                  int *status);

/* How wide the column of the quantities' names has to be. */
int VariantReportNames(const json_t *quantities);
