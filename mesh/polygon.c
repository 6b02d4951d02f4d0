#include "polygon.h"

static PetscErrorCode reserve(Polygon *polygon, int num)
{
  PetscFunctionBeginUser;
  if (num > polygon->capacity) {
    PetscCall(PetscRealloc(2 * (size_t)num * sizeof *polygon->x, &polygon->x));
    polygon->capacity = 2 * num;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PolygonSet(int num, const double (*x)[3], Polygon *polygon)
{
  PetscFunctionBeginUser;
  PetscCall(reserve(polygon, num));
  PetscCall(PetscArraycpy(polygon->x, x, num));
  polygon->num = num;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PolygonDestroy(Polygon *polygon)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(polygon->x));
  polygon->num = polygon->capacity = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void add_vertex(Polygon *polygon, const double x[3])
{
  for (int d = 0; d < 3; d++) polygon->x[polygon->num][d] = x[d];
  polygon->num++;
}

/* Where the side from `inside` to `outside` leaves the half-space. The inner end may itself be
   outside, within the tolerance. */
static void add_crossing(Polygon *polygon, const double inside[3], double excess_inside,
                         const double outside[3], double excess_outside)
{
  const double share = excess_inside < 0 ? excess_inside / (excess_inside - excess_outside) : 0;
  double x[3];

  for (int d = 0; d < 3; d++) x[d] = inside[d] + share * (outside[d] - inside[d]);
  add_vertex(polygon, x);
}

PetscErrorCode PolygonCut(const HalfSpace *half, double tolerance, Polygon *polygon,
                          Polygon *scratch)
{
  PetscBool is_cut = PETSC_FALSE;
  Polygon whole;
  const double *last;
  double last_excess;

  PetscFunctionBeginUser;
  for (int v = 0; v < polygon->num; v++) {
    if (HalfSpaceExcess(half, polygon->x[v]) > tolerance) is_cut = PETSC_TRUE;
  }
  if (!is_cut) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(reserve(scratch, 2 * polygon->num)); /* convex but for rounding */
  scratch->num = 0;
  last = polygon->x[polygon->num - 1];
  last_excess = HalfSpaceExcess(half, last);
  for (int v = 0; v < polygon->num; v++) {
    const double *x = polygon->x[v];
    const double excess = HalfSpaceExcess(half, x);

    if (excess <= tolerance) {
      if (last_excess > tolerance) add_crossing(scratch, x, excess, last, last_excess);
      add_vertex(scratch, x);
    } else if (last_excess <= tolerance) {
      add_crossing(scratch, last, last_excess, x, excess);
    }
    last = x;
    last_excess = excess;
  }
  if (scratch->num < 3) scratch->num = 0;
  whole = *polygon;
  *polygon = *scratch;
  *scratch = whole;
  PetscFunctionReturn(PETSC_SUCCESS);
}

void PolygonArea(const Polygon *polygon, double stretch, double area[3])
{
  double sum[3] = {0, 0, 0};

  for (int v = 2; v < polygon->num; v++) {
    const double *o = polygon->x[0], *p = polygon->x[v - 1], *q = polygon->x[v];
    const double a[3] = {p[0] - o[0], p[1] - o[1], p[2] - o[2]};
    const double b[3] = {q[0] - o[0], q[1] - o[1], q[2] - o[2]};

    for (int d = 0; d < 3; d++) {
      const int e = (d + 1) % 3, f = (d + 2) % 3;

      sum[d] += 0.5 * (a[e] * b[f] - a[f] * b[e]);
    }
  }
  for (int d = 0; d < 3; d++) area[d] = sum[d] * (d == 2 ? 1 : stretch);
}
