#pragma once

#include <petscsys.h>

/* A walk over the blocks of a level, by the block of the next level that they lie in (their home),
   x fastest, and in there those with an even sum of positions first. Unknowns are numbered so:
   those that become one stand together, and few are tied to the one before, for which a sweep
   waits. */
typedef struct {
  PetscInt at[3];
  PetscInt home_at[3];
  int32_t home;   /* number of the home, x fastest */
  int32_t number; /* of the block, x fastest */
  int step;       /* 0 .. 7 inside the home */
} BlockWalk;
#define BLOCK_WALK_START                                                                           \
  {                                                                                                \
    {0, 0, 0}, {-1, 0, 0}, -1, 0, 7                                                                \
  }

static inline PetscBool BlockWalkNext(const PetscInt blocks[3], BlockWalk *walk)
{
  static const int places[8] = {0, 3, 5, 6, 1, 2, 4, 7}; /* bit d: upper half along axis d */
  PetscInt *at = walk->at, *home_at = walk->home_at;

  do {
    if (++walk->step == 8) {
      walk->step = 0;
      walk->home++;
      if (2 * ++home_at[0] >= blocks[0]) {
        home_at[0] = 0;
        if (2 * ++home_at[1] >= blocks[1]) {
          home_at[1] = 0;
          if (2 * ++home_at[2] >= blocks[2]) return PETSC_FALSE;
        }
      }
    }
    for (int d = 0; d < 3; d++) at[d] = 2 * home_at[d] + (places[walk->step] >> d & 1);
  } while (at[0] >= blocks[0] || at[1] >= blocks[1] || at[2] >= blocks[2]);
  walk->number = (int32_t)((at[2] * blocks[1] + at[1]) * blocks[0] + at[0]);
  return PETSC_TRUE;
}

/* Whether the block beside the one at `at`, above or below it along an axis, comes before it in the
   walk. */
static inline PetscBool BlockWalkCameBy(const PetscInt at[3], int axis, int up)
{
  const PetscBool is_at_home = (PetscBool)((at[axis] & 1) != up);

  return (PetscBool)(is_at_home ? (at[0] + at[1] + at[2]) & 1 : !up);
}
