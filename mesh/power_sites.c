#include "power_sites.h"

#include <math.h>

static const double seeds_per_bucket = 2;

static PetscInt clamp_bucket(const PowerSites *sites, int axis, double x)
{
  return (PetscInt)PetscMin(PetscMax(floor((x - sites->origin[axis]) / sites->width[axis]), 0),
                            (double)(sites->n[axis] - 1));
}

/* The box along an axis, or as much more as the seeds take. */
static double find_extent(PowerSites *sites, int axis)
{
  double low = 0, high = sites->length[axis];

  for (PetscInt s = 0; s < sites->num_seeds && !sites->is_periodic[axis]; s++) {
    low = PetscMin(low, sites->x[s][axis]);
    high = PetscMax(high, sites->x[s][axis]);
  }
  sites->origin[axis] = low;
  return high - low;
}

static void lay_out_buckets(PowerSites *sites)
{
  double volume = seeds_per_bucket / (double)sites->num_seeds, width, longest = 0, extent[3];

  for (int d = 0; d < 3; d++) extent[d] = find_extent(sites, d);
  for (int d = 0; d < sites->dimension; d++) volume *= extent[d];
  width = pow(volume, 1.0 / (double)sites->dimension);
  for (int d = 0; d < 3; d++) {
    sites->n[d] = d < sites->dimension ? (PetscInt)PetscMax(floor(extent[d] / width), 1) : 1;
    sites->n[d] = PetscMin(sites->n[d], sites->num_seeds);
    sites->width[d] = extent[d] / (double)sites->n[d];
    longest = PetscMax(longest, sites->length[d]);
  }
  sites->tolerance = 1e-13 * longest;
}

/* Counting sort: seeds of a bucket in increasing order. */
static PetscErrorCode fill_buckets(PowerSites *sites)
{
  const PetscInt num_buckets = sites->n[0] * sites->n[1] * sites->n[2];
  PetscInt *next;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(num_buckets + 1, &sites->first));
  PetscCall(PetscMalloc1(num_buckets, &sites->heaviest_in_bucket));
  PetscCall(PetscMalloc2(sites->num_seeds, &sites->bucket, sites->num_seeds, &sites->order));
  for (PetscInt b = 0; b < num_buckets; b++) sites->heaviest_in_bucket[b] = -INFINITY;
  for (PetscInt s = 0; s < sites->num_seeds; s++) {
    PetscInt bucket = 0;

    for (int d = 2; d >= 0; d--) {
      bucket = bucket * sites->n[d] + clamp_bucket(sites, d, sites->x[s][d]);
    }
    sites->bucket[s] = bucket;
    sites->first[bucket + 1]++;
    sites->heaviest_in_bucket[bucket] =
        PetscMax(sites->heaviest_in_bucket[bucket], sites->weights[s]);
  }
  for (PetscInt b = 0; b < num_buckets; b++) sites->first[b + 1] += sites->first[b];
  PetscCall(PetscMalloc1(num_buckets, &next));
  PetscCall(PetscArraycpy(next, sites->first, num_buckets));
  for (PetscInt s = 0; s < sites->num_seeds; s++) sites->order[next[sites->bucket[s]]++] = s;
  PetscCall(PetscFree(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PowerSitesCreate(const Laguerre *laguerre, PowerSites *sites)
{
  const double stretch[3] = {1, 1, laguerre->aspect};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(sites, sizeof *sites));
  sites->dimension = laguerre->dimension;
  sites->num_seeds = laguerre->num_seeds;
  sites->heaviest = -INFINITY;
  PetscCall(PetscMalloc2(sites->num_seeds, &sites->x, sites->num_seeds, &sites->weights));
  for (int d = 0; d < 3; d++) {
    sites->is_periodic[d] = laguerre->is_periodic[d];
    sites->length[d] = laguerre->length[d] / stretch[d];
  }
  for (PetscInt s = 0; s < sites->num_seeds; s++) {
    for (int d = 0; d < 3; d++) sites->x[s][d] = laguerre->seeds[s][d] / stretch[d];
    sites->weights[s] = laguerre->weights[s];
    sites->heaviest = PetscMax(sites->heaviest, sites->weights[s]);
  }
  lay_out_buckets(sites);
  PetscCall(fill_buckets(sites));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PowerSitesDestroy(PowerSites *sites)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(sites->x, sites->weights));
  PetscCall(PetscFree2(sites->bucket, sites->order));
  PetscCall(PetscFree(sites->first));
  PetscCall(PetscFree(sites->heaviest_in_bucket));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether a site no nearer than `distance` and no heavier than `heaviest` leaves a cell of that
   weight and radius alone. The plane of a site at d is (d^2 + w - w')/2d away: farther than the
   radius if d^2 - 2 d radius + w - w' >= 0, which grows with d from d = radius on. */
static PetscBool is_too_far(double distance, double radius, double weight, double heaviest)
{
  const double d = PetscMax(distance, radius);

  return d * d + weight - heaviest >= 2 * d * radius ? PETSC_TRUE : PETSC_FALSE;
}

/* The buckets of the search, relative to the seed's own. */
typedef struct {
  PetscInt home[3], low[3], high[3];
} Reach;

/* An image a whole period away along an axis, or farther, is no neighbour: every point of the cell
   is nearest to this image of the seed, and on a common face to that image of the other. */
static Reach find_reach(const PowerSites *sites, PetscInt seed)
{
  Reach reach;
  PetscInt bucket = sites->bucket[seed];

  for (int d = 0; d < 3; d++) {
    reach.home[d] = bucket % sites->n[d];
    bucket /= sites->n[d];
    reach.low[d] = sites->is_periodic[d] ? -sites->n[d] : -reach.home[d];
    reach.high[d] = sites->is_periodic[d] ? sites->n[d] : sites->n[d] - 1 - reach.home[d];
  }
  return reach;
}

static PetscErrorCode append(PowerNeighbours *neighbours, const PowerNeighbour *neighbour)
{
  PetscFunctionBeginUser;
  if (neighbours->num == neighbours->capacity) {
    neighbours->capacity = 2 * neighbours->capacity + 64;
    PetscCall(
        PetscRealloc((size_t)neighbours->capacity * sizeof *neighbours->list, &neighbours->list));
  }
  neighbours->list[neighbours->num++] = *neighbour;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_bucket(const PowerSites *sites, PetscInt seed, PetscInt bucket,
                                  const PetscInt image[3], double radius,
                                  PowerNeighbours *neighbours)
{
  const double *x = sites->x[seed];

  PetscFunctionBeginUser;
  for (PetscInt place = sites->first[bucket]; place < sites->first[bucket + 1]; place++) {
    const PetscInt other = sites->order[place];
    const double excess = sites->weights[other] - sites->weights[seed];
    /* on the same spot the heavier owns all, or the first */
    const int is_displaced = excess > 0 || (excess == 0 && other < seed);
    PowerNeighbour neighbour = {.seed = other};
    PetscBool is_near = other != seed ? PETSC_TRUE : PETSC_FALSE;

    for (int d = 0; d < 3; d++) {
      neighbour.image[d] = (int8_t)image[d];
      neighbour.offset[d] = sites->x[other][d] + (double)image[d] * sites->length[d] - x[d];
      neighbour.square += PetscSqr(neighbour.offset[d]);
      if (sites->is_periodic[d] && fabs(neighbour.offset[d]) > sites->length[d] * (1 + 1e-9)) {
        is_near = PETSC_FALSE;
      }
    }
    neighbour.plane = neighbour.square > 0
                          ? 0.5 * (neighbour.square - excess) / sqrt(neighbour.square)
                          : (is_displaced ? -INFINITY : INFINITY);
    if (is_near && neighbour.plane < radius) PetscCall(append(neighbours, &neighbour));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Looks into the bucket at `step` from the seed's own, unless it is too far. */
static PetscErrorCode search_bucket(const PowerSites *sites, PetscInt seed, const Reach *reach,
                                    const PetscInt step[3], double radius,
                                    PowerNeighbours *neighbours)
{
  PetscInt image[3], bucket = 0;
  double square = 0;

  PetscFunctionBeginUser;
  for (int d = 2; d >= 0; d--) {
    const PetscInt place = reach->home[d] + step[d], n = sites->n[d];
    const double low = sites->origin[d] + (double)place * sites->width[d] - sites->x[seed][d];

    image[d] = (place + n) / n - 1; /* place >= -n */
    bucket = bucket * n + place - image[d] * n;
    square += PetscSqr(PetscMax(PetscMax(low, -(low + sites->width[d])), 0));
  }
  if (!is_too_far(sqrt(square), radius, sites->weights[seed], sites->heaviest_in_bucket[bucket])) {
    PetscCall(list_bucket(sites, seed, bucket, image, radius, neighbours));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Distance of the nearest point outside the shells searched; infinite if there is none. */
static double distance_searched(const PowerSites *sites, PetscInt seed, const Reach *reach,
                                PetscInt shell)
{
  double nearest = INFINITY;

  for (int d = 0; d < 3; d++) {
    const double in_bucket = sites->x[seed][d] - sites->origin[d] -
                             (double)reach->home[d] * sites->width[d]; /* from its lower side */

    if (-shell > reach->low[d])
      nearest = PetscMin(nearest, in_bucket + (double)shell * sites->width[d]);
    if (shell < reach->high[d]) {
      nearest = PetscMin(nearest, (double)(shell + 1) * sites->width[d] - in_bucket);
    }
  }
  return nearest;
}

PetscErrorCode PowerSitesSearch(const PowerSites *sites, PetscInt seed, PetscInt shell,
                                double radius, PowerNeighbours *neighbours, PetscBool *is_last)
{
  const Reach reach = find_reach(sites, seed);
  PetscInt low[3], high[3], step[3];
  double searched;

  PetscFunctionBeginUser;
  neighbours->num = 0;
  for (int d = 0; d < 3; d++) {
    low[d] = PetscMax(-shell, reach.low[d]);
    high[d] = PetscMin(shell, reach.high[d]);
  }
  for (step[2] = low[2]; step[2] <= high[2]; step[2]++) {
    for (step[1] = low[1]; step[1] <= high[1]; step[1]++) {
      const PetscBool is_side =
          PetscAbs(step[1]) == shell || PetscAbs(step[2]) == shell ? PETSC_TRUE : PETSC_FALSE;

      for (step[0] = low[0]; step[0] <= high[0]; step[0]++) {
        if (!is_side && PetscAbs(step[0]) < shell) step[0] = PetscMax(step[0], shell);
        if (step[0] > high[0]) break;
        PetscCall(search_bucket(sites, seed, &reach, step, radius, neighbours));
      }
    }
  }
  searched = distance_searched(sites, seed, &reach, shell);
  *is_last =
      searched == INFINITY || is_too_far(searched, radius, sites->weights[seed], sites->heaviest)
          ? PETSC_TRUE
          : PETSC_FALSE;
  PetscFunctionReturn(PETSC_SUCCESS);
}
