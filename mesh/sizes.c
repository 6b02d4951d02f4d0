#include "sizes.h"

#include <math.h>

/* Newton's method from 0 outwards, where the distribution is concave, so that it never overshoots.
 */
PetscReal NormalQuantile(PetscReal probability)
{
  const PetscReal tail = PetscMin(probability, 1 - probability);
  PetscReal x = 0, step = 1;

  for (int s = 0; s < 100 && step > 1e-15 * (1 + x); s++) {
    const PetscReal density = exp(-0.5 * x * x) / sqrt(2 * PETSC_PI);

    step = (0.5 * erfc(x / sqrt(2.0)) - tail) / density;
    x += step;
  }
  return probability < 0.5 ? -x : x;
}

PetscErrorCode SizesLognormal(PetscInt num, PetscReal spread, PetscReal *sizes)
{
  PetscReal squares = 0, sum = 0;

  PetscFunctionBeginUser;
  for (PetscInt q = 0; q < num; q++) {
    sizes[q] = NormalQuantile(((PetscReal)q + 0.5) / (PetscReal)num);
    squares += PetscSqr(sizes[q]);
  }
  for (PetscInt q = 0; q < num; q++) {
    sizes[q] = num > 1 ? exp(spread * sizes[q] / sqrt(squares / (PetscReal)num)) : 1;
    sum += sizes[q];
  }
  for (PetscInt q = 0; q < num; q++) sizes[q] *= (PetscReal)num / sum;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal SizesMoment(PetscInt num, const PetscReal *sizes, PetscInt power)
{
  PetscReal sum = 0;

  for (PetscInt q = 0; q < num; q++) sum += PetscPowRealInt(sizes[q], power);
  return sum / (PetscReal)num;
}

/* Fisher-Yates. */
PetscErrorCode OrderDraw(PetscInt num, uint64_t seed, RandomStream stream, PetscInt *order)
{
  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < num; p++) order[p] = p;
  for (PetscInt p = num - 1; p > 0; p--) {
    const double draw = RandomUniform(seed, stream, (uint32_t)p, ORDER_SUBINDEX);
    const PetscInt q = PetscMin(p, (PetscInt)(draw * (double)(p + 1)));
    const PetscInt kept = order[p];

    order[p] = order[q];
    order[q] = kept;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
