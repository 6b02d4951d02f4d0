#include "element.h"

#include <math.h>

double complex ElementDisplacement(const Element *element, double omega)
{
  double complex admittance = omega * element->capacitance * I;

  if (element->cpe > 0) {
    const double angle = 0.5 * M_PI * element->exponent;

    admittance += element->cpe * pow(omega, element->exponent) * (cos(angle) + sin(angle) * I);
  }
  return admittance;
}

double complex ElementImpedance(const Element *element, double omega)
{
  if (element->resistance == 0) return 0;
  return 1 / (1 / element->resistance + ElementDisplacement(element, omega));
}
