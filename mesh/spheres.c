#include "spheres.h"

#include <math.h>

PetscErrorCode SpheresCreate(PetscInt num_spheres, Spheres *spheres)
{
  PetscFunctionBeginUser;
  spheres->num_spheres = num_spheres;
  PetscCall(PetscCalloc1(num_spheres, &spheres->x));
  PetscCall(PetscCalloc1(num_spheres, &spheres->radius));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SpheresDestroy(Spheres *spheres)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(spheres->x));
  PetscCall(PetscFree(spheres->radius));
  spheres->num_spheres = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Points of one axis within a radius of x, by squared distance. */
typedef struct {
  PetscInt num;
  PetscInt *index;
  PetscReal *square;
} Reached;

static void list_reached(PetscInt n, const PetscReal *points, PetscReal x, PetscReal radius,
                         PetscReal period, Reached *reached)
{
  reached->num = 0;
  for (PetscInt p = 0; p < n; p++) {
    PetscReal distance = PetscAbs(points[p] - x);

    if (period > 0 && distance > 0.5 * period) distance = period - distance;
    if (PetscAbs(distance) >= radius) continue;
    reached->index[reached->num] = p;
    reached->square[reached->num++] = distance * distance;
  }
}

static void paint_sphere(const Reached reached[3], const Lattice *points, PetscReal radius,
                         int32_t label, int32_t *labels)
{
  for (PetscInt k = 0; k < reached[2].num; k++) {
    for (PetscInt j = 0; j < reached[1].num; j++) {
      const PetscReal square = reached[2].square[k] + reached[1].square[j];
      int32_t *row = labels + ((size_t)reached[2].index[k] * (size_t)points->n[1] +
                               (size_t)reached[1].index[j]) *
                                  (size_t)points->n[0];

      for (PetscInt i = 0; i < reached[0].num; i++) {
        if (square + reached[0].square[i] < radius * radius) row[reached[0].index[i]] = label;
      }
    }
  }
}

PetscErrorCode SpheresLabel(const Spheres *spheres, const StructureBox *box, const Lattice *points,
                            int32_t first, int32_t step, int32_t *labels)
{
  Reached reached[3];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc2(points->n[d], &reached[d].index, points->n[d], &reached[d].square));
  }
  for (PetscInt s = 0; s < spheres->num_spheres; s++) {
    for (int d = 0; d < 3; d++) {
      list_reached(points->n[d], points->x[d], spheres->x[s][d], spheres->radius[s],
                   box->is_periodic && d < 2 ? box->length[d] : 0, &reached[d]);
    }
    paint_sphere(reached, points, spheres->radius[s], first + step * (int32_t)s, labels);
  }
  for (int d = 0; d < 3; d++) PetscCall(PetscFree2(reached[d].index, reached[d].square));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Volume of a unit sphere between low[d] and high[d] (from its centre): quadrature over the angles
   t, u with x = sin t, y = cos t sin u, and the chord in z cut exactly. */
static PetscReal cut_volume(const PetscReal low[3], const PetscReal high[3])
{
  enum { STEPS = 48 };
  const PetscReal t0 = asin(low[0]), t1 = asin(high[0]);
  PetscReal volume = 0;

  for (int s = 0; s < STEPS; s++) {
    const PetscReal t = t0 + (t1 - t0) * (s + 0.5) / STEPS, rho = cos(t);
    const PetscReal u0 = asin(PetscMax(low[1] / rho, -1)), u1 = asin(PetscMin(high[1] / rho, 1));
    PetscReal area = 0;

    for (int r = 0; r < STEPS; r++) {
      const PetscReal u = u0 + (u1 - u0) * (r + 0.5) / STEPS, half = rho * cos(u);
      const PetscReal chord = PetscMin(half, high[2]) - PetscMax(-half, low[2]);

      area += chord * half * (u1 - u0) / STEPS;
    }
    volume += area * rho * (t1 - t0) / STEPS;
  }
  return volume;
}

/* Volume of one sphere inside the box. */
static PetscReal volume_inside(const PetscReal x[3], PetscReal radius, const StructureBox *box)
{
  PetscReal low[3], high[3], caps = 0;
  int num_cut = 0;

  for (int d = 0; d < 3; d++) {
    const PetscBool is_open = box->is_periodic && d < 2 ? PETSC_TRUE : PETSC_FALSE;

    low[d] = is_open ? -1 : PetscMax(-x[d] / radius, -1);
    high[d] = is_open ? 1 : PetscMin((box->length[d] - x[d]) / radius, 1);
    num_cut += low[d] > -1 || high[d] < 1;
    caps += PetscSqr(1 + low[d]) * (2 - low[d]) + PetscSqr(1 - high[d]) * (2 + high[d]);
  }
  if (num_cut > 1) return cut_volume(low, high) * PetscPowRealInt(radius, 3);
  return PETSC_PI / 3 * (4 - caps) * PetscPowRealInt(radius, 3);
}

PetscReal SpheresVolume(const Spheres *spheres, const StructureBox *box)
{
  PetscReal volume = 0;

  for (PetscInt s = 0; s < spheres->num_spheres; s++) {
    volume += volume_inside(spheres->x[s], spheres->radius[s], box);
  }
  return volume;
}
