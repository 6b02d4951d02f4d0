#pragma once

/* Which quantity is thermally activated; names in ArrheniusForms[] as in case files. */
typedef enum { ARRHENIUS_SIGMA_T, ARRHENIUS_SIGMA } ArrheniusForm;
extern const char *const ArrheniusForms[]; /* NULL-terminated */

/* Temperature dependence of a conductivity; resistances follow its inverse. */
typedef struct {
  double activation_energy; /* [J]; NaN: no temperature dependence */
  ArrheniusForm form;
  double reference_temperature; /* [K] */
} Arrhenius;

/*@
  ArrheniusFactor - conductivity at a temperature over conductivity at the reference temperature

    sigma_T: (T_ref/T) exp(-E/k (1/T - 1/T_ref));   sigma: the same without T_ref/T

  Input Parameters:
+ law         - activation energy [J], form, reference temperature [K]
- temperature - [K]

  Source: Nernst-Einstein relation with activated hopping (sigma_T); the plain form is used by some
  authors and must be stated with the number.
@*/
double ArrheniusFactor(const Arrhenius *law, double temperature);
