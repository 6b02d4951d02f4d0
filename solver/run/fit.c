#include "fit.h"

#include <math.h>
#include <stdio.h>
#include "boundary.h"
#include "case_place.h"

#define OHM_CM2 1e4 /* from Ohm m^2 */
#define MAX_ITERATIONS 12

/* Conductivity along z of the phase the boundary lies in (the first), at the reference temperature.
 */
static PetscReal bulk_conductivity(const Case *case_in, const BoundaryInput *boundary)
{
  return case_in->phases[boundary->phases[0] - 1].conductivity[2];
}

static void invert(Case *case_in, BoundaryInput *boundary, PetscReal brick, const char *name,
                   Problems *problems)
{
  const PetscReal bulk = bulk_conductivity(case_in, boundary);

  char text[512];

  boundary->resistance =
      BrickLayerBoundary(case_in->film.thickness, bulk, brick, boundary->total_conductivity);
  if (isnan(boundary->resistance)) {
    snprintf(
        text, sizeof text,
        "boundaries: %s: total_conductivity_S_per_cm = %g: needs boundaries across the current, "
        "but the film (%g um) is no thicker than its grains (%g um); give resistance_ohm_cm2",
        name, boundary->total_conductivity * 1e-2, case_in->film.thickness * 1e6, brick * 1e6);
  } else if (boundary->resistance < 0) {
    snprintf(
        text, sizeof text,
        "boundaries: %s: total_conductivity_S_per_cm = %g: must be below that of the grains, %g "
        "S/cm",
        name, boundary->total_conductivity * 1e-2, bulk * 1e-2);
  } else {
    snprintf(text, sizeof text,
             "boundaries: %s: resistance %.6g Ohm cm2 follows from the total conductivity by the "
             "brick-layer model%s",
             name, boundary->resistance * OHM_CM2,
             boundary->has_fit ? ", refined on the resolved structure" : "");
  }
  CasePlaceProblem(case_in, text, (PetscBool)(boundary->resistance >= 0), problems);
}

PetscErrorCode FitBrickLayer(Case *case_in, const Model *model, Problems *problems, json_t **fit)
{
  PetscFunctionBeginUser;
  *fit = NULL;
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    BoundaryInput *boundary = &case_in->boundaries[b];
    char name[BOUNDARY_NAME];

    if (isnan(boundary->total_conductivity)) continue;
    CaseBoundaryName(case_in, boundary, name);
    invert(case_in, boundary, model->brick, name, problems);
    if (!*fit) *fit = json_object();
    json_object_set_new(
        *fit, name,
        json_pack("{s:s, s:f, s:o}", "method", "brick layer", "total_conductivity_S_per_cm",
                  boundary->total_conductivity * 1e-2, "resistance_ohm_cm2",
                  isnan(boundary->resistance) ? json_null()
                                              : json_real(boundary->resistance * OHM_CM2)));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One solve: the film's resistance against the measured, and the Newton step for ln r. */
static PetscErrorCode step(Case *case_in, BoundaryInput *boundary, const Model *model, Log *log,
                           Problems *problems, PetscReal *mismatch, PetscBool *interrupted)
{
  const PetscReal target = case_in->film.thickness / boundary->total_conductivity;
  Solution solution;

  PetscFunctionBeginUser;
  PetscCall(SolutionCreate(case_in, model, boundary->arrhenius.reference_temperature, log, problems,
                           &solution));
  *interrupted = solution.report.is_interrupted;
  if (!problems->num_problems && !*interrupted) {
    const PetscReal film = SolutionFilmAsr(&solution, model);
    const PetscReal part = AsrBoundary(&solution.asr, boundary->phases[0], boundary->phases[1]);

    *mismatch = (target - film) / target;
    LogLine(log, "  fit: r = %.6g Ohm cm2 gives a total conductivity of %.6g S/cm",
            boundary->resistance * OHM_CM2, case_in->film.thickness / film * 1e-2);
    /* r stays positive: the film's resistance is concave in r, a full step may go below 0 */
    boundary->resistance *= PetscMax(1 + (target - film) / part, 0.1);
  }
  PetscCall(SolutionDestroy(&solution));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal FitTolerance(const Case *case_in)
{
  /* a measured total has four digits at best; and parts of the budget, which the film's resistance
     is the sum of, are no better than the solve's and the floats' rounding allows */
  return PetscMax(10 * case_in->tolerance, 1e-5);
}

static PetscErrorCode refine(Case *case_in, BoundaryInput *boundary, const Model *model, Log *log,
                             Problems *problems, json_t *entry, PetscBool *interrupted)
{
  const PetscReal tolerance = FitTolerance(case_in);
  PetscReal mismatch = PETSC_INFINITY, found;
  int iterations = 0;
  char name[BOUNDARY_NAME];

  PetscFunctionBeginUser;
  CaseBoundaryName(case_in, boundary, name);
  do {
    found = boundary->resistance;
    PetscCall(step(case_in, boundary, model, log, problems, &mismatch, interrupted));
    iterations++;
    if (problems->num_problems || *interrupted) PetscFunctionReturn(PETSC_SUCCESS);
  } while (PetscAbsReal(mismatch) > tolerance && iterations < MAX_ITERATIONS);
  if (PetscAbsReal(mismatch) > tolerance) {
    char text[512];

    snprintf(text, sizeof text,
             "boundaries: %s: total_conductivity_S_per_cm = %g: no resistance gives it (after %d "
             "steps, at r = %g Ohm cm2, the film is %.2g %% off); the grains alone may resist more",
             name, boundary->total_conductivity * 1e-2, iterations, found * OHM_CM2,
             100 * mismatch);
    CasePlaceProblem(case_in, text, PETSC_FALSE, problems);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  boundary->resistance = found; /* the one that was tried, not the step after it */
  json_object_set_new(entry, "method", json_string("fit"));
  json_object_set(entry, "brick_layer_resistance_ohm_cm2",
                  json_object_get(entry, "resistance_ohm_cm2"));
  json_object_set_new(entry, "resistance_ohm_cm2", json_real(found * OHM_CM2));
  json_object_set_new(entry, "iterations", json_integer(iterations));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FitResolved(Case *case_in, const Model *model, Log *log, Problems *problems,
                           json_t *fit, PetscBool *interrupted)
{
  PetscFunctionBeginUser;
  *interrupted = PETSC_FALSE;
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    BoundaryInput *boundary = &case_in->boundaries[b];
    char name[BOUNDARY_NAME];

    if (!boundary->has_fit || isnan(boundary->total_conductivity)) continue;
    CaseBoundaryName(case_in, boundary, name);
    PetscCall(
        refine(case_in, boundary, model, log, problems, json_object_get(fit, name), interrupted));
    if (problems->num_problems || *interrupted) PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
