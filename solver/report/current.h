#pragma once

#include "faces.h"

/* How unevenly the current crosses a plane of z faces; all but mean relative to the mean. The
   largest value at an edge or corner of a resistive boundary grows without limit as the grid is
   refined: it tells where, not how much. Percentiles are by area and converge. */
typedef struct {
  PetscReal mean; /* of j_z over the whole plane [A/m^2 at 1 V] */
  PetscReal max_over_mean, p50, p99, p999;
} CurrentSpread;

enum { PLANE_ANODE, PLANE_MIDDLE, PLANE_CATHODE, NUM_PLANES };

/*@
  CurrentSpreads - spread of |j_z| at the film's two sides and in its middle

  Collective

  Input Parameters: as for AsrCompute()

  Output Parameter:
. spreads - the same on all ranks
@*/
PetscErrorCode CurrentSpreads(const FaceModel *model, const Faces *faces, Vec potential,
                              CurrentSpread spreads[NUM_PLANES]);

/* Means over the cells of one plane. */
typedef struct {
  PetscReal z;              /* of the cells' centres [m] */
  PetscReal potential;      /* mean over conducting cells [V at 1 V] */
  PetscReal current;        /* mean of j_z, at the plane's lower faces [A/m^2 at 1 V] */
  PetscReal current_spread; /* standard deviation of j_z over its mean, likewise */
  PetscReal conducting;     /* share of the area */
} ProfileRow;

/*@
  ProfileCompute - means along z

  Collective

  Output Parameter:
. rows - [num_cells[2]], the same on all ranks
@*/
PetscErrorCode ProfileCompute(const FaceModel *model, const Faces *faces, Vec potential,
                              ProfileRow *rows);
