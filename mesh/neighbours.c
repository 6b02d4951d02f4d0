#include "neighbours.h"

#include <math.h>

/* Buckets at least `reach` wide, so that neighbours stand in the same bucket or the next. */
typedef struct {
  const PetscReal *length;
  const PetscBool *is_periodic;
  PetscReal reach;
  const PetscReal (*x)[3];
  PetscInt n[3];
  PetscInt *first; /* [buckets], -1: empty */
  PetscInt *next;  /* [num_points] */
} Buckets;

static PetscInt find_bucket(const Buckets *buckets, const PetscInt place[3])
{
  return (place[2] * buckets->n[1] + place[1]) * buckets->n[0] + place[0];
}

static void find_place(const Buckets *buckets, PetscInt point, PetscInt place[3])
{
  for (int d = 0; d < 3; d++) {
    const PetscReal share = buckets->x[point][d] / buckets->length[d];

    place[d] = (PetscInt)floor(share * (PetscReal)buckets->n[d]);
    place[d] = PetscMin(PetscMax(place[d], 0), buckets->n[d] - 1);
  }
}

/* Buckets at and beside a place along an axis, each once. */
static int list_beside(const Buckets *buckets, int axis, PetscInt place, PetscInt beside[3])
{
  const PetscInt n = buckets->n[axis];
  int num = 0;

  for (PetscInt p = place - 1; p <= place + 1; p++) {
    const PetscInt q = buckets->is_periodic[axis] ? (p + n) % n : p;
    PetscBool is_new = q >= 0 && q < n ? PETSC_TRUE : PETSC_FALSE;

    for (int b = 0; b < num; b++) {
      if (beside[b] == q) is_new = PETSC_FALSE;
    }
    if (is_new) beside[num++] = q;
  }
  return num;
}

static PetscBool are_near(const Buckets *buckets, PetscInt s, PetscInt t, PetscReal separation[3])
{
  PetscReal square = 0;

  for (int d = 0; d < 3; d++) {
    const PetscReal length = buckets->length[d];

    separation[d] = buckets->x[s][d] - buckets->x[t][d];
    if (buckets->is_periodic[d]) separation[d] -= length * rint(separation[d] / length);
    square += PetscSqr(separation[d]);
  }
  return square < PetscSqr(buckets->reach) ? PETSC_TRUE : PETSC_FALSE;
}

/* Pairs of point s with the points that are in the buckets already. */
static PetscBool visit_pairs(const Buckets *buckets, PetscInt s, const PetscInt place[3],
                             PairVisitor visit, void *context)
{
  PetscInt beside[3][3];
  int num[3];

  for (int d = 0; d < 3; d++) num[d] = list_beside(buckets, d, place[d], beside[d]);
  for (int b = 0; b < num[0] * num[1] * num[2]; b++) {
    const PetscInt other[3] = {beside[0][b % num[0]], beside[1][b / num[0] % num[1]],
                               beside[2][b / (num[0] * num[1])]};

    for (PetscInt t = buckets->first[find_bucket(buckets, other)]; t >= 0; t = buckets->next[t]) {
      PetscReal separation[3];

      if (are_near(buckets, s, t, separation) && !(*visit)(s, t, separation, context)) {
        return PETSC_FALSE;
      }
    }
  }
  return PETSC_TRUE;
}

PetscErrorCode NeighboursVisit(const PetscReal length[3], const PetscBool is_periodic[3],
                               PetscReal reach, PetscInt num_points, const PetscReal (*x)[3],
                               PairVisitor visit, void *context)
{
  const PetscReal most = ceil(cbrt((PetscReal)num_points)) + 1; /* a few points in each at least */
  Buckets buckets = {.length = length, .is_periodic = is_periodic, .reach = reach, .x = x};
  PetscInt num_buckets = 1, place[3];
  PetscBool goes_on = PETSC_TRUE;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    buckets.n[d] = (PetscInt)PetscMax(1, PetscMin(most, floor(length[d] / reach)));
    num_buckets *= buckets.n[d];
  }
  PetscCall(PetscMalloc2(num_buckets, &buckets.first, num_points, &buckets.next));
  for (PetscInt b = 0; b < num_buckets; b++) buckets.first[b] = -1;
  for (PetscInt s = 0; s < num_points && goes_on; s++) {
    PetscInt *first;

    find_place(&buckets, s, place);
    goes_on = visit_pairs(&buckets, s, place, visit, context);
    first = &buckets.first[find_bucket(&buckets, place)];
    buckets.next[s] = *first;
    *first = s;
  }
  PetscCall(PetscFree2(buckets.first, buckets.next));
  PetscFunctionReturn(PETSC_SUCCESS);
}
