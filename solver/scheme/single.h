#pragma once

#include <petscsys.h>

/* Dot product, summed in double precision. */
static inline PetscReal DotSingle(PetscInt n, const float *a, const float *b)
{
  PetscReal parts[8] = {0}, sum = 0; /* parts let the compiler use vectors */
  PetscInt i = 0;

  for (; i + 8 <= n; i += 8) {
    for (int v = 0; v < 8; v++) parts[v] += (PetscReal)a[i + v] * b[i + v];
  }
  for (; i < n; i++) sum += (PetscReal)a[i] * b[i];
  for (int v = 0; v < 8; v++) sum += parts[v];
  return sum;
}

/* Sum, in double precision. */
static inline PetscReal SumSingle(PetscInt n, const float *a)
{
  PetscReal parts[8] = {0}, sum = 0;
  PetscInt i = 0;

  for (; i + 8 <= n; i += 8) {
    for (int v = 0; v < 8; v++) parts[v] += (PetscReal)a[i + v];
  }
  for (; i < n; i++) sum += (PetscReal)a[i];
  for (int v = 0; v < 8; v++) sum += parts[v];
  return sum;
}
