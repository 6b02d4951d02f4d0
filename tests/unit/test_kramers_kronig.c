#include "harness.h"

#include <math.h>
#include "kramers_kronig.h"

enum { POINTS = 61 };

/* 10 + two RC elements + a capacitor, 1e6 down to 1 1/s; `error` of Re Z in the middle decade. */
static PetscErrorCode test_of(PetscReal error, PetscReal capacitance, KramersKronig *test)
{
  PetscReal omega[POINTS];
  PetscComplex impedance[POINTS];

  PetscFunctionBeginUser;
  for (int k = 0; k < POINTS; k++) {
    omega[k] = PetscPowReal(10, 6 - 0.1 * k);
    impedance[k] =
        10 + 50 / (1 + omega[k] * 1e-5 * PETSC_i) + 200 / (1 + omega[k] * 3e-3 * PETSC_i);
    if (capacitance > 0) impedance[k] += 1 / (omega[k] * capacitance * PETSC_i);
    if (k / 10 == 3) impedance[k] *= 1 + error;
  }
  PetscCall(KramersKronigTest(POINTS, omega, impedance, test));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_chain_of_elements_leaves_little(void)
{
  KramersKronig test;

  PetscFunctionBeginUser;
  PetscCall(test_of(0, 0, &test));
  CU_ASSERT(test.max < 1e-5);
  CU_ASSERT(test.num_elements == 57);
  PetscCall(test_of(0, 1e-3, &test));
  CU_ASSERT(test.max < 1e-5);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A tenth too much modulus over one decade is no passive linear circuit. */
static PetscErrorCode a_spectrum_that_breaks_the_relations_is_seen(void)
{
  KramersKronig test;

  PetscFunctionBeginUser;
  PetscCall(test_of(0.1, 0, &test));
  CU_ASSERT(test.max > 0.02);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode few_points_say_nothing(void)
{
  const PetscReal omega[2] = {1, 2};
  const PetscComplex impedance[2] = {1, 1};
  KramersKronig test;

  PetscFunctionBeginUser;
  PetscCall(KramersKronigTest(2, omega, impedance, &test));
  CU_ASSERT(isnan((double)test.max) && isnan((double)test.rms));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a chain of elements leaves little", a_chain_of_elements_leaves_little},
    {"a spectrum that breaks the relations is seen", a_spectrum_that_breaks_the_relations_is_seen},
    {"few points say nothing", few_points_say_nothing},
};

HARNESS_MAIN("kramers_kronig", tests)
