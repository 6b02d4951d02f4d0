#include "harness.h"

#include <math.h>
#include "element.h"

static void assert_is(double complex value, double re, double im)
{
  CU_ASSERT(cabs(value - (re + im * I)) <= 1e-14 * hypot(re, im));
}

/* R = 2, C = 3, omega = 5: 2/(1 + 30 i) = (2 - 60 i)/901 */
static PetscErrorCode a_resistor_beside_a_capacitor(void)
{
  const Element element = {2, 3, 0, 1};

  PetscFunctionBeginUser;
  assert_is(ElementImpedance(&element, 5), 2.0 / 901, -60.0 / 901);
  ASSERT_CLOSE(creal(ElementImpedance(&element, 1e-9)), 2, 1e-15);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* n = 1 is a capacitor, n = 1/2 has a phase of 45 degrees: Q (i omega)^(1/2) = 6 sqrt(2) (1 + i) */
static PetscErrorCode a_constant_phase_element_has_the_phase_of_its_exponent(void)
{
  const Element capacitor = {2, 3, 0, 1}, whole = {2, 0, 3, 1}, half = {INFINITY, 0, 3, 0.5};

  PetscFunctionBeginUser;
  assert_is(ElementImpedance(&whole, 5), creal(ElementImpedance(&capacitor, 5)),
            cimag(ElementImpedance(&capacitor, 5)));
  assert_is(1 / ElementImpedance(&half, 16), 6 * sqrt(2), 6 * sqrt(2));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode limits_of_the_resistance(void)
{
  const Element blocking = {INFINITY, 4, 0, 1}, ideal = {0, 4, 1, 0.8};

  PetscFunctionBeginUser;
  assert_is(ElementImpedance(&blocking, 0.5), 0, -0.5);
  CU_ASSERT(cabs(ElementImpedance(&ideal, 0.5)) == 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a resistor beside a capacitor", a_resistor_beside_a_capacitor},
    {"a constant-phase element has the phase of its exponent",
     a_constant_phase_element_has_the_phase_of_its_exponent},
    {"limits of the resistance", limits_of_the_resistance},
};

HARNESS_MAIN("element", tests)
