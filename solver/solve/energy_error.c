#include "energy_error.h"

#include <math.h>

#define FEWEST_STEPS 3
#define SAFETY 2

/* Where the start was good, the first steps take what many modes make and leave a few that converge
   slowly: as long as there are no more than so many steps, each is taken to leave at least so much
   of what the one before did. */
#define FIRST_STEPS 4
#define FASTEST 0.1

/* Most that a stretch of steps can leave, in units of what it took: one that shrinks by less than a
   tenth is too short to tell. */
#define MOST_LEFT 10

/* What is left after the last stretch of steps took `recent` if each takes q times what the one
   before took. */
static PetscReal left_over(PetscReal recent, PetscReal q)
{
  return recent * (q < MOST_LEFT / (MOST_LEFT + 1.0) ? q / (1 - q) : MOST_LEFT);
}

static PetscReal sum(PetscInt n, const PetscReal drops[])
{
  PetscReal total = 0;

  for (PetscInt d = 0; d < n; d++) total += drops[d];
  return total;
}

PetscReal EnergyErrorEstimate(PetscInt n, const PetscReal drops[])
{
  PetscReal most;

  if (n < FEWEST_STEPS) return INFINITY;
  most = left_over(drops[n - 1],
                   PetscMax(n <= FIRST_STEPS ? FASTEST : 0, drops[n - 2] / drops[n - 3]));
  for (PetscInt length = 1; 2 * length <= n; length *= 2) {
    const PetscReal recent = sum(length, drops + n - length);

    most = PetscMax(most, left_over(recent, recent / sum(length, drops + n - 2 * length)));
  }
  return SAFETY * most;
}
