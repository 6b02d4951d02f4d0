#pragma once

#include "laguerre.h"

/* The seeds of a tessellation, in stretched space, sorted into buckets that tile the box, or more
   of space where seeds lie outside; beyond periodic sides the buckets go on with images of the
   seeds.
 */
typedef struct {
  PetscInt dimension, num_seeds;
  PetscBool is_periodic[3];
  double length[3]; /* of the box [m] */
  double tolerance; /* lengths below this are rounding [m] */
  double (*x)[3];   /* [num_seeds] */
  double *weights;  /* [num_seeds], [m^2] */
  double heaviest;  /* largest of the weights */
  PetscInt n[3];    /* buckets */
  double origin[3], width[3];
  PetscInt *bucket;           /* [num_seeds], where each is */
  PetscInt *first;            /* [buckets + 1], into order */
  PetscInt *order;            /* seeds by bucket */
  double *heaviest_in_bucket; /* [buckets] */
} PowerSites;

/* An image of a seed that may be a neighbour of the cell under way. */
typedef struct {
  double offset[3]; /* from the cell's seed to the image */
  double square;    /* of its length */
  double plane;     /* distance of the radical plane from the seed; < 0: behind it; -infinite: the
                       image is on the same spot and owns all */
  PetscInt seed;
  int8_t image[3]; /* in periods of the box */
} PowerNeighbour;

/* All zero: none, and no memory yet. */
typedef struct {
  PetscInt num, capacity;
  PowerNeighbour *list;
} PowerNeighbours;

/*@
  PowerSitesCreate - gets the seeds of a tessellation ready

  Output Parameter:
. sites - free with PowerSitesDestroy()
@*/
PetscErrorCode PowerSitesCreate(const Laguerre *laguerre, PowerSites *sites);
PetscErrorCode PowerSitesDestroy(PowerSites *sites);

/*@
  PowerSitesSearch - the images near a seed that can cut its cell

  Input Parameters:
+ sites  - the tessellation
. seed   - whose cell
. shell  - of buckets to look in, 0: the seed's own; a cell is done when all are done that count
- radius - of the cell so far: distance of its farthest vertex from the seed

  Output Parameters:
+ neighbours - other seeds' images in that shell with a plane nearer than the radius; the seed's own
               images cut nothing within half a period of it. Free the list with PetscFree()
- is_last    - no shell farther out can hold any
@*/
PetscErrorCode PowerSitesSearch(const PowerSites *sites, PetscInt seed, PetscInt shell,
                                double radius, PowerNeighbours *neighbours, PetscBool *is_last);
