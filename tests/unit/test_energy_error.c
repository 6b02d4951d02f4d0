#include "harness.h"

#include <math.h>
#include "energy_error.h"

#define NUM_STEPS 60

/* Drops that shrink by q leave q/(1 - q) of the last, which is doubled. */
static PetscErrorCode steady_convergence_is_extrapolated(void)
{
  const PetscReal rates[] = {1e-3, 0.1, 0.5, 0.9};
  PetscReal drops[NUM_STEPS];

  PetscFunctionBeginUser;
  for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
    for (int d = 0; d < NUM_STEPS; d++) drops[d] = pow(rates[r], d);
    for (PetscInt n = 3; n < NUM_STEPS; n++) {
      const PetscReal rate = n > 4 ? rates[r] : fmax(0.1, rates[r]); /* of few steps */

      ASSERT_CLOSE(EnergyErrorEstimate(n, drops),
                   2 * pow(rates[r], (PetscReal)n - 1) * rate / (1 - rate), 1e-10);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Conjugate gradients' drops are not smooth. Here they waver by 4 around a slow decay of 0.97, and
   in the end nothing is left: the truth is the sum of those to come. */
static PetscErrorCode wavering_convergence_is_not_trusted(void)
{
  PetscReal drops[4 * NUM_STEPS], left = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < 4 * NUM_STEPS; d++) {
    drops[d] = pow(0.97, d) * (d % 5 == 0 ? 4 : d % 5 == 3 ? 0.25 : 1);
  }
  for (int d = 4 * NUM_STEPS - 1; d >= 33; d--) {
    CU_ASSERT(EnergyErrorEstimate(d + 1, drops) >= left);
    left += drops[d];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_plateau_is_seen(void)
{
  const PetscReal drops[] = {1, 1e-2, 1e-4, 1e-6, 1e-6, 1e-6, 1e-6};

  PetscFunctionBeginUser;
  ASSERT_CLOSE(EnergyErrorEstimate(4, drops), 2e-6 * 0.1 / 0.9, 1e-10);
  for (PetscInt n = 5; n <= 7; n++) CU_ASSERT(EnergyErrorEstimate(n, drops) >= 1e-5);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Drops of a film of 100 000 grains, r = 1e6 h/sigma at 256^3 cells: the start leaves what two
   steps take, and a few grains that need eight. */
static PetscErrorCode a_good_start_is_not_trusted(void)
{
  const PetscReal drops[] = {7.0e-6,  3.7e-8,  8.7e-10, 2.5e-10, 1.5e-10,
                             5.8e-11, 1.1e-11, 1.1e-12, 2.4e-13};
  PetscReal left = 0;

  PetscFunctionBeginUser;
  for (int n = 9; n >= 3; n--) {
    CU_ASSERT(3 * EnergyErrorEstimate(n, drops) >= left);
    left += drops[n - 1];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode two_steps_tell_nothing(void)
{
  const PetscReal drops[] = {1, 0.1};

  PetscFunctionBeginUser;
  for (PetscInt n = 0; n <= 2; n++) CU_ASSERT(isinf(EnergyErrorEstimate(n, drops)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"steady convergence is extrapolated", steady_convergence_is_extrapolated},
    {"wavering convergence is not trusted", wavering_convergence_is_not_trusted},
    {"a plateau is seen", a_plateau_is_seen},
    {"a good start is not trusted", a_good_start_is_not_trusted},
    {"two steps tell nothing", two_steps_tell_nothing},
};

HARNESS_MAIN("energy_error", tests)
