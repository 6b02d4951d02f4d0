#include "conductivity.h"

#include <math.h>
#include <stddef.h>
#include "constants.h"

const char *const ArrheniusForms[] = {"sigma_T", "sigma", NULL};

double ArrheniusFactor(const Arrhenius *law, double temperature)
{
  const double reference = law->reference_temperature;
  double factor;

  if (isnan(law->activation_energy)) return 1.0;
  factor = exp(-law->activation_energy / BOLTZMANN * (1.0 / temperature - 1.0 / reference));
  return law->form == ARRHENIUS_SIGMA_T ? factor * reference / temperature : factor;
}
