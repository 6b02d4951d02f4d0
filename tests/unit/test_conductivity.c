#include "harness.h"

#include <math.h>
#include <string.h>
#include "conductivity.h"
#include "constants.h"

static const double room = 298.15; /* K */

static Arrhenius law_of(double electron_volts, ArrheniusForm form)
{
  const Arrhenius law = {electron_volts * ELEMENTARY_CHARGE, form, room};

  return law;
}

static PetscErrorCode the_factor_is_one_at_the_reference(void)
{
  const Arrhenius activated = law_of(0.37, ARRHENIUS_SIGMA_T),
                  plain = law_of(0.37, ARRHENIUS_SIGMA);

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(ArrheniusFactor(&activated, room), 1.0);
  CU_ASSERT_EQUAL(ArrheniusFactor(&plain, room), 1.0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode without_activation_energy_only_the_form_is_left(void)
{
  const Arrhenius unknown = law_of(NAN, ARRHENIUS_SIGMA_T);
  const Arrhenius flat = law_of(0, ARRHENIUS_SIGMA), inverse = law_of(0, ARRHENIUS_SIGMA_T);

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(ArrheniusFactor(&unknown, 400), 1.0); /* not known: no temperature dependence */
  CU_ASSERT_EQUAL(ArrheniusFactor(&flat, 400), 1.0);
  ASSERT_CLOSE(ArrheniusFactor(&inverse, 2 * room), 0.5, 1e-15); /* T_ref/T */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_limits_of_hot_and_cold(void)
{
  const Arrhenius plain = law_of(0.3, ARRHENIUS_SIGMA);

  PetscFunctionBeginUser;
  /* T -> infinity: exp(E/(k T_ref)) = exp(0.3/(8.617333e-5 x 298.15)) = exp(11.67649) */
  ASSERT_CLOSE(ArrheniusFactor(&plain, 1e12), exp(0.3 / (8.617333262e-5 * room)), 1e-7);
  CU_ASSERT(ArrheniusFactor(&plain, 5) == 0.0 || ArrheniusFactor(&plain, 5) < 1e-290);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode going_there_and_back_is_one(void)
{
  PetscFunctionBeginUser;
  for (int form = 0; form < 2; form++) {
    Arrhenius there = law_of(0.45, (ArrheniusForm)form), back = there;

    back.reference_temperature = 353.15;
    ASSERT_CLOSE(ArrheniusFactor(&there, 353.15) * ArrheniusFactor(&back, room), 1.0, 1e-14);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* d ln(sigma T)/d(1/T) = -E/k for sigma_T; for sigma, d ln sigma/d(1/T) = -E/k. */
static PetscErrorCode the_slope_of_the_arrhenius_plot_is_the_activation_energy(void)
{
  const double inverse = 1.0 / 320.0, step = 1e-7;
  const Arrhenius activated = law_of(0.37, ARRHENIUS_SIGMA_T),
                  plain = law_of(0.37, ARRHENIUS_SIGMA);
  const double lower = 1.0 / (inverse + step), upper = 1.0 / (inverse - step);
  const double slope_k = 0.37 * ELEMENTARY_CHARGE / BOLTZMANN;
  double slope;

  PetscFunctionBeginUser;
  slope = log(ArrheniusFactor(&plain, lower) / ArrheniusFactor(&plain, upper)) / (2 * step);
  ASSERT_CLOSE(slope, -slope_k, 1e-8);
  slope =
      log(ArrheniusFactor(&activated, lower) * lower / ArrheniusFactor(&activated, upper) / upper) /
      (2 * step);
  ASSERT_CLOSE(slope, -slope_k, 1e-8);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Bulk 3.72e-4 S/cm exp(-0.28 eV/kT) and boundary 10 S/cm exp(-0.52 eV/kT) cross where
   kT = 0.24 eV/ln(10/3.72e-4): T = 0.24/(8.617333e-5 x 10.19915) = 273.07 K. */
static PetscErrorCode bulk_and_boundary_conduct_equally_where_they_cross(void)
{
  const Arrhenius bulk = law_of(0.28, ARRHENIUS_SIGMA), boundary = law_of(0.52, ARRHENIUS_SIGMA);
  const double thermal = BOLTZMANN * room;
  const double bulk_room = 3.72e-4 * exp(-0.28 * ELEMENTARY_CHARGE / thermal);
  const double boundary_room = 10.0 * exp(-0.52 * ELEMENTARY_CHARGE / thermal);
  double cold = 200, hot = 400;

  PetscFunctionBeginUser;
  while (hot - cold > 1e-9) {
    const double middle = 0.5 * (cold + hot);

    if (boundary_room * ArrheniusFactor(&boundary, middle) <
        bulk_room * ArrheniusFactor(&bulk, middle))
      cold = middle;
    else
      hot = middle;
  }
  CU_ASSERT(fabs(cold - 273.07) < 0.005);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_names_stand_in_the_order_of_the_forms(void)
{
  PetscFunctionBeginUser;
  CU_ASSERT_STRING_EQUAL(ArrheniusForms[ARRHENIUS_SIGMA_T], "sigma_T");
  CU_ASSERT_STRING_EQUAL(ArrheniusForms[ARRHENIUS_SIGMA], "sigma");
  CU_ASSERT_PTR_NULL(ArrheniusForms[2]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the factor is one at the reference temperature", the_factor_is_one_at_the_reference},
    {"without activation energy only the form is left",
     without_activation_energy_only_the_form_is_left},
    {"the limits of hot and cold are right", the_limits_of_hot_and_cold},
    {"going to another temperature and back is one", going_there_and_back_is_one},
    {"the slope of the Arrhenius plot is the activation energy",
     the_slope_of_the_arrhenius_plot_is_the_activation_energy},
    {"bulk and boundary conduct equally at 273.07 K",
     bulk_and_boundary_conduct_equally_where_they_cross},
    {"the names stand in the order of the forms", the_names_stand_in_the_order_of_the_forms},
};

HARNESS_MAIN("conductivity", tests)
