#pragma once

#include "faces.h"

/* The faces on both plates, and the constant potential, which only they feel. */

/* Faces on a plate, shape (count[1], count[0]), and the plane of the cells behind; NULL if the
   plate is another rank's. */
static inline const float *PlateFaces(const Faces *faces, Side side, PetscInt *k)
{
  const Grid *grid = faces->model.grid;

  *k = side == SIDE_ANODE ? 0 : grid->count[2] - 1;
  if (grid->start[2] + *k != (side == SIDE_ANODE ? 0 : grid->num_cells[2] - 1)) return NULL;
  return faces->conductance[2] + (*k + (side == SIDE_CATHODE)) * grid->count[0] * grid->count[1];
}

/* Sum of the conductances of both plates, of all ranks. Collective. */
PetscErrorCode PlatesSum(const Faces *faces, PetscReal *sum);

/* What flows out through both plates with the anode at `anode` and the cathode at 0; x: shape
   (count[2], count[1], count[0]). Collective. */
PetscErrorCode PlatesOutflow(const Faces *faces, PetscReal anode, const PetscScalar *x,
                             PetscReal *flow);

/* The same with both at 0, for a ghosted local box in single precision. Collective. */
PetscErrorCode PlatesOutflowSingle(const Faces *faces, const float *x, PetscReal *flow);

/* Adds a constant to the cells that take part; r: residual of x, which changes at the plates only,
   or NULL. */
void PlatesShift(const Faces *faces, PetscReal shift, PetscScalar *x, float *r);
