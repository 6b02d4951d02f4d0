#include "spheres.h"

#include <math.h>
#include "neighbours.h"
#include "sizes.h"

/* Spheres start anywhere and push each other apart. Up to half the volume that is far from jamming,
   at 0.64 for equal spheres. */

static const PetscReal gap = 2e-3;       /* spheres are pushed this much too far, relative */
static const PetscReal tolerance = 1e-3; /* of the fraction, relative */
static const PetscReal most_spheres = 1e7;
enum { MOST_PUSHES = 4000, MOST_SCALINGS = 40 };

typedef struct {
  const Spheres *spheres;
  PetscReal (*push)[3];
  PetscBool has_overlap;
} Pushing;

static PetscBool push_pair(PetscInt s, PetscInt t, const PetscReal separation[3], void *context)
{
  static const PetscReal along_x[3] = {1, 0, 0};
  Pushing *pushing = context;
  const PetscReal touching = pushing->spheres->radius[s] + pushing->spheres->radius[t];
  const PetscReal distance =
      sqrt(PetscSqr(separation[0]) + PetscSqr(separation[1]) + PetscSqr(separation[2]));
  const PetscReal *direction = distance > 0 ? separation : along_x; /* same centre: anywhere */
  const PetscReal missing = touching * (1 + gap) - distance;

  if (missing <= 0) return PETSC_TRUE;
  if (distance < touching * (1 + 1e-9)) pushing->has_overlap = PETSC_TRUE;
  for (int d = 0; d < 3; d++) {
    const PetscReal push = 0.5 * missing * direction[d] / (distance > 0 ? distance : 1);

    pushing->push[s][d] += push;
    pushing->push[t][d] -= push;
  }
  return PETSC_TRUE;
}

/* Largest radius of all. */
static PetscReal largest_radius(const Spheres *spheres)
{
  PetscReal largest = 0;

  for (PetscInt s = 0; s < spheres->num_spheres; s++) {
    largest = PetscMax(largest, spheres->radius[s]);
  }
  return largest;
}

/* Pushes until no spheres overlap; *done is false if that takes too long. */
static PetscErrorCode separate_spheres(const StructureBox *box, Spheres *spheres, PetscBool *done)
{
  const PetscBool is_periodic[3] = {box->is_periodic, box->is_periodic, PETSC_FALSE};
  const PetscReal reach = 2 * largest_radius(spheres) * (1 + gap);
  Pushing pushing = {.spheres = spheres};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(spheres->num_spheres, &pushing.push));
  *done = PETSC_FALSE;
  for (int p = 0; p < MOST_PUSHES && !*done; p++) {
    PetscCall(PetscArrayzero(pushing.push, spheres->num_spheres));
    pushing.has_overlap = PETSC_FALSE;
    PetscCall(NeighboursVisit(box->length, is_periodic, reach, spheres->num_spheres,
                              (const PetscReal(*)[3])spheres->x, push_pair, &pushing));
    *done = pushing.has_overlap ? PETSC_FALSE : PETSC_TRUE;
    for (PetscInt s = 0; s < spheres->num_spheres && !*done; s++) {
      for (int d = 0; d < 3; d++) {
        const PetscReal length = box->length[d];
        PetscReal x = spheres->x[s][d] + pushing.push[s][d];

        if (is_periodic[d]) x -= length * floor(x / length);
        spheres->x[s][d] = PetscMin(PetscMax(x, 0), length);
      }
    }
  }
  PetscCall(PetscFree(pushing.push));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode draw_spheres(const SpherePacking *packing, const StructureBox *box,
                                   Spheres *spheres)
{
  const PetscInt num = spheres->num_spheres;
  PetscReal *sizes;
  PetscInt *order;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(num, &sizes, num, &order));
  PetscCall(SizesLognormal(num, packing->spread, sizes));
  PetscCall(OrderDraw(num, packing->seed, packing->stream, order));
  for (PetscInt s = 0; s < num; s++) {
    spheres->radius[s] = 0.5 * packing->diameter * sizes[order[s]];
    for (int d = 0; d < 3; d++) {
      spheres->x[s][d] =
          box->length[d] * RandomUniform(packing->seed, packing->stream, (uint32_t)s, (uint32_t)d);
    }
  }
  PetscCall(PetscFree2(sizes, order));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* As many spheres as fill the fraction at their own size, judged by where they start; at least one.
 */
static PetscErrorCode count_spheres(const SpherePacking *packing, const StructureBox *box,
                                    PetscReal *num_spheres)
{
  const PetscReal wanted = packing->fraction * box->length[0] * box->length[1] * box->length[2];
  const PetscReal mean =
      PETSC_PI / 6 * PetscPowRealInt(packing->diameter, 3) * exp(3 * PetscSqr(packing->spread));
  Spheres trial;

  PetscFunctionBeginUser;
  *num_spheres = PetscMax(1, round(wanted / mean));
  for (int repetition = 0; repetition < 4 && *num_spheres <= most_spheres; repetition++) {
    PetscReal volume;

    PetscCall(SpheresCreate((PetscInt)*num_spheres, &trial));
    PetscCall(draw_spheres(packing, box, &trial));
    volume = SpheresVolume(&trial, box);
    PetscCall(SpheresDestroy(&trial));
    *num_spheres = PetscMax(1, round(*num_spheres * wanted / volume));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool is_packing_good(const SpherePacking *packing, const StructureBox *box,
                                 Problems *problems)
{
  const int num_problems = problems->num_problems;
  const PetscReal width = PetscMin(box->length[0], box->length[1]);

  if (!(packing->fraction >= 0 && packing->fraction <= 0.5)) {
    ProblemsAdd(problems, NULL,
                "%s.fraction = %g must be from 0 to 0.5: denser packings of spheres "
                "cannot be laid out at random",
                packing->group, packing->fraction);
  }
  if (!(packing->diameter > 0)) {
    ProblemsAdd(problems, NULL, "%s.diameter_um = %g must be greater than 0", packing->group,
                packing->diameter * 1e6);
  }
  if (packing->diameter > width) {
    ProblemsAdd(problems, NULL,
                "%s.diameter_um = %g is more than the smaller width of the film, %g um",
                packing->group, packing->diameter * 1e6, width * 1e6);
  }
  if (!(packing->spread >= 0)) {
    ProblemsAdd(problems, NULL, "%s.size_spread = %g must not be negative", packing->group,
                packing->spread);
  }
  return problems->num_problems == num_problems ? PETSC_TRUE : PETSC_FALSE;
}

/* Separates and scales in turn until the fraction is hit; *done is false if that is not found. */
static PetscErrorCode fill_fraction(const SpherePacking *packing, const StructureBox *box,
                                    Spheres *spheres, PetscReal *scale, PetscBool *done)
{
  const PetscReal wanted = packing->fraction * box->length[0] * box->length[1] * box->length[2];
  const PetscReal width =
      box->is_periodic ? PetscMin(box->length[0], box->length[1]) : PETSC_MAX_REAL;
  PetscBool is_separate = PETSC_TRUE;

  PetscFunctionBeginUser;
  *scale = 1;
  *done = PETSC_FALSE;
  for (int scaling = 0; scaling < MOST_SCALINGS && is_separate && !*done; scaling++) {
    PetscReal step;

    if (2 * largest_radius(spheres) >= width) break; /* it would overlap its own image */
    PetscCall(separate_spheres(box, spheres, &is_separate));
    step = cbrt(wanted / SpheresVolume(spheres, box));
    *done = is_separate && PetscAbs(step - 1) < tolerance / 3 ? PETSC_TRUE : PETSC_FALSE;
    if (*done) break;
    for (PetscInt s = 0; s < spheres->num_spheres; s++) spheres->radius[s] *= step;
    *scale *= step;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SpheresPack(const SpherePacking *packing, const StructureBox *box,
                           Problems *problems, Spheres *spheres)
{
  PetscReal num_spheres, better, scale = 1;
  PetscBool done = PETSC_FALSE;

  PetscFunctionBeginUser;
  PetscCall(SpheresCreate(0, spheres));
  if (!is_packing_good(packing, box, problems) || packing->fraction == 0) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(count_spheres(packing, box, &num_spheres));
  if (num_spheres > most_spheres) {
    ProblemsAdd(problems, NULL, "%s.diameter_um = %g gives %.3g spheres; at most %g are possible",
                packing->group, packing->diameter * 1e6, num_spheres, most_spheres);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int attempt = 0; attempt < 3; attempt++) {
    PetscCall(SpheresDestroy(spheres));
    PetscCall(SpheresCreate((PetscInt)num_spheres, spheres));
    PetscCall(draw_spheres(packing, box, spheres));
    PetscCall(fill_fraction(packing, box, spheres, &scale, &done));
    better = PetscMax(1, round(num_spheres * PetscPowRealInt(scale, 3)));
    if (!done || PetscAbs(better - num_spheres) <= 0.01 * num_spheres || attempt == 2) break;
    num_spheres = better; /* pushing has moved spheres across the plates: as many more, or fewer */
  }
  if (!done) {
    ProblemsAdd(
        problems, NULL,
        "%s: no packing found of %g spheres of mean diameter %g um to a fraction of %g in %g x "
        "%g x %g um; take a smaller diameter_um or fraction, or a wider film",
        packing->group, num_spheres, packing->diameter * 1e6, packing->fraction,
        box->length[0] * 1e6, box->length[1] * 1e6, box->length[2] * 1e6);
    PetscCall(SpheresDestroy(spheres));
  } else if (PetscAbs(scale - 1) > 0.05) {
    ProblemsWarn(problems, NULL,
                 "%s.diameter_um = %g is %.3g in the structure: the film holds only %g spheres",
                 packing->group, packing->diameter * 1e6, scale * packing->diameter * 1e6,
                 num_spheres);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
