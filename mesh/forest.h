#pragma once

#include "petsc_compat.h"

/* Union-find: a forest whose roots are the least of their trees. parent[a] of a root is a; an
   array may begin elsewhere than at 0. */
static inline int32_t ForestFind(int32_t *parent, int32_t a)
{
  while (parent[a] != a) {
    parent[a] = parent[parent[a]];
    a = parent[a];
  }
  return a;
}

static inline void ForestJoin(int32_t *parent, int32_t a, int32_t b)
{
  a = ForestFind(parent, a);
  b = ForestFind(parent, b);
  parent[PetscMax(a, b)] = PetscMin(a, b);
}
