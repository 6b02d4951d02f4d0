#include "contact.h"

#include <math.h>
#include "sizes.h"

#define MAX_NEAR 16     /* pieces that can reach a rectangle no larger than a part: 4 x 4 */
#define ROUNDING 1e-9   /* of areas, relative */
#define MOST_CLOSED 0.4 /* of a gap, by the growth from one side */

const char *const ContactPatterns[] = {"discs", "strips", "random", NULL};

static PetscInt nearest(PetscReal number)
{
  return PetscMax(1, (PetscInt)floor(number + 0.5));
}

static void place_discs(const ContactSpec *spec, const PetscReal width[2], Contact *contact)
{
  const PetscReal period = spec->size * PetscSqrtReal(PETSC_PI / (4 * spec->fraction));

  for (int d = 0; d < 2; d++) {
    contact->num[d] = nearest(width[d] / period);
    contact->period[d] = width[d] / (PetscReal)contact->num[d];
  }
  contact->piece[0] = contact->piece[1] =
      PetscSqrtReal(4 / PETSC_PI * spec->fraction * contact->period[0] * contact->period[1]);
  contact->gap = PetscMin(contact->period[0], contact->period[1]) - contact->piece[0];
}

static void place_strips(const ContactSpec *spec, const PetscReal width[2], Contact *contact)
{
  contact->num[0] = nearest(width[0] * spec->fraction / spec->size);
  contact->num[1] = 1;
  contact->period[0] = width[0] / (PetscReal)contact->num[0];
  contact->period[1] = contact->piece[1] = width[1];
  contact->piece[0] = spec->fraction * contact->period[0];
  contact->gap = contact->period[0] - contact->piece[0];
}

static PetscErrorCode place_squares(const ContactSpec *spec, const PetscReal width[2],
                                    Contact *contact)
{
  PetscInt num_parts, *order;
  PetscReal covered;

  PetscFunctionBeginUser;
  for (int d = 0; d < 2; d++) {
    contact->num[d] = nearest(width[d] / spec->size);
    contact->piece[d] = contact->period[d] = width[d] / (PetscReal)contact->num[d];
  }
  contact->gap = PetscMin(contact->period[0], contact->period[1]);
  num_parts = contact->num[0] * contact->num[1];
  covered = spec->fraction * (PetscReal)num_parts;
  PetscCall(PetscMalloc1(num_parts, &order));
  PetscCall(PetscCalloc1(num_parts, &contact->share));
  PetscCall(OrderDraw(num_parts, (uint64_t)spec->seed, RANDOM_CONTACT, order));
  for (PetscInt p = 0; covered > ROUNDING; p++, covered -= 1) {
    contact->share[order[p]] = PetscMin(covered, 1);
  }
  PetscCall(PetscFree(order));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ContactCreate(const ContactSpec *spec, const PetscReal width[2],
                             PetscBool is_periodic, Contact **contact)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(contact));
  (*contact)->pattern = spec->pattern;
  (*contact)->fraction = spec->fraction;
  (*contact)->is_repeated = is_periodic;
  switch (spec->pattern) {
  case CONTACT_DISCS:
    place_discs(spec, width, *contact);
    break;
  case CONTACT_STRIPS:
    place_strips(spec, width, *contact);
    break;
  case CONTACT_RANDOM:
    PetscCall(place_squares(spec, width, *contact));
    break;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ContactDestroy(Contact **contact)
{
  PetscFunctionBeginUser;
  if (!*contact) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscFree((*contact)->share));
  PetscCall(PetscFree(*contact));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Integral of sqrt(1 - t^2) from -1 to x. */
static PetscReal half_disc(PetscReal x)
{
  return 0.5 * (x * PetscSqrtReal(1 - x * x) + asin(x) + 0.5 * PETSC_PI);
}

/* Area of the unit disc where its coordinates are below x and y. */
static PetscReal disc_corner(PetscReal x, PetscReal y)
{
  const PetscReal right = PetscMax(-1, PetscMin(x, 1)), top = PetscMax(-1, PetscMin(y, 1));
  const PetscReal reach = PetscSqrtReal(1 - top * top); /* of the line at y, to both sides */
  const PetscReal middle = PetscMax(-reach, PetscMin(right, reach));
  PetscReal area = top * (middle + reach) + half_disc(middle) - half_disc(-reach);

  if (top > 0) { /* left and right of the line all of the disc is below y */
    area += 2 * half_disc(PetscMin(right, -reach));
    if (right > reach) area += 2 * (half_disc(right) - half_disc(reach));
  }
  return area;
}

/* Area of an ellipse with axes along x and y in a rectangle. */
static PetscReal ellipse_area(const PetscReal centre[2], const PetscReal half[2],
                              const PetscReal from[2], const PetscReal to[2])
{
  PetscReal lower[2], upper[2];

  for (int d = 0; d < 2; d++) {
    lower[d] = (from[d] - centre[d]) / half[d];
    upper[d] = (to[d] - centre[d]) / half[d];
  }
  return half[0] * half[1] *
         (disc_corner(upper[0], upper[1]) - disc_corner(lower[0], upper[1]) -
          disc_corner(upper[0], lower[1]) + disc_corner(lower[0], lower[1]));
}

typedef struct {
  PetscReal from[2], to[2];
} Rectangle;

/* Area of the union of rectangles: cut along all their sides, each bit is in or out. */
static PetscReal union_area(int num, const Rectangle rectangles[])
{
  PetscReal lines[2][2 * MAX_NEAR], area = 0;

  for (int d = 0; d < 2; d++) {
    for (int r = 0; r < num; r++) {
      lines[d][2 * r] = rectangles[r].from[d];
      lines[d][2 * r + 1] = rectangles[r].to[d];
    }
    PetscSortReal(2 * num, lines[d]);
  }
  for (int a = 1; a < 2 * num; a++) {
    for (int b = 1; b < 2 * num; b++) {
      const PetscReal x = 0.5 * (lines[0][a - 1] + lines[0][a]);
      const PetscReal y = 0.5 * (lines[1][b - 1] + lines[1][b]);
      PetscBool is_in = PETSC_FALSE;

      for (int r = 0; r < num; r++) {
        is_in |= x > rectangles[r].from[0] && x < rectangles[r].to[0] &&
                 y > rectangles[r].from[1] && y < rectangles[r].to[1];
      }
      if (is_in) area += (lines[0][a] - lines[0][a - 1]) * (lines[1][b] - lines[1][b - 1]);
    }
  }
  return area;
}

/* The piece of part (a, b), grown and cut to a rectangle; false if nothing is left. */
static PetscBool cut_piece(const Contact *contact, const PetscInt part[2],
                           const PetscReal growth[2], const PetscReal from[2],
                           const PetscReal to[2], Rectangle *cut)
{
  PetscInt number[2];
  PetscReal share = 1;

  for (int d = 0; d < 2; d++) {
    const PetscInt n = contact->num[d];

    number[d] = part[d];
    if (part[d] < 0 || part[d] >= n) {
      if (!contact->is_repeated) return PETSC_FALSE;
      number[d] = (part[d] % n + n) % n;
    }
  }
  if (contact->share) share = contact->share[number[1] * contact->num[0] + number[0]];
  if (share == 0) return PETSC_FALSE;
  for (int d = 0; d < 2; d++) {
    const PetscReal start = ((PetscReal)part[d] + 0.5) * contact->period[d];

    cut->from[d] = PetscMax(start - 0.5 * contact->piece[d] - growth[d], from[d]);
    cut->to[d] = PetscMin(start + ((d ? 1 : share) - 0.5) * contact->piece[d] + growth[d], to[d]);
    if (cut->from[d] >= cut->to[d]) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Area of the pieces, grown, in a rectangle. */
static PetscReal covered_area(const Contact *contact, const PetscReal growth[2],
                              const PetscReal from[2], const PetscReal to[2])
{
  PetscReal half[2], centre[2], area = 0;
  PetscInt first[2], last[2], part[2];
  Rectangle near[MAX_NEAR];
  int num_near = 0;

  for (int d = 0; d < 2; d++) {
    first[d] = (PetscInt)floor((from[d] - growth[d]) / contact->period[d]);
    last[d] = PetscMin((PetscInt)floor((to[d] + growth[d]) / contact->period[d]), first[d] + 3);
    half[d] = 0.5 * contact->piece[d] + growth[d];
  }
  for (part[1] = first[1]; part[1] <= last[1]; part[1]++) {
    for (part[0] = first[0]; part[0] <= last[0]; part[0]++) {
      if (contact->pattern == CONTACT_DISCS) {
        for (int d = 0; d < 2; d++) centre[d] = ((PetscReal)part[d] + 0.5) * contact->period[d];
        area += ellipse_area(centre, half, from, to); /* those beyond the sides do not reach in */
      } else {
        num_near += cut_piece(contact, part, growth, from, to, &near[num_near]);
      }
    }
  }
  return contact->pattern == CONTACT_DISCS ? area : union_area(num_near, near);
}

PetscReal ContactCoverage(const Contact *contact, const Grid *grid, PetscInt i, PetscInt j,
                          const PetscReal growth[2])
{
  const PetscInt local[2] = {i, j};
  PetscReal from[2], to[2], grown[2] = {0, 0}, share;

  if (!contact) return 1;
  for (int d = 0; d < 2; d++) {
    from[d] = grid->edges[d][grid->start[d] + local[d]];
    to[d] = grid->edges[d][grid->start[d] + local[d] + 1];
    if (growth) grown[d] = PetscMin(growth[d], MOST_CLOSED * contact->gap);
  }
  share = covered_area(contact, grown, from, to) / ((to[0] - from[0]) * (to[1] - from[1]));
  return share < ROUNDING ? 0 : share > 1 - ROUNDING ? 1 : share;
}
