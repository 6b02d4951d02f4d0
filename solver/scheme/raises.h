#pragma once

#include "grid.h"

/* One boundary at a cell: the grain behind it, and the sum of what its stair faces at the cell ask
   of the faces inside the grain, by axis. */
typedef struct {
  int32_t other, count, next; /* next: place + 1 of the cell's next boundary, 0: none */
  float gamma[3];
} Raise;

/*@
  Raises - what the boundaries at the cells of the local box ask of the faces inside the grains

  A list per cell, its boundaries in the order in which their first faces were added.
@*/
typedef struct {
  const Grid *grid;
  int32_t *first; /* by GridIndex(): place + 1 of the cell's first boundary, 0: none */
  Raise *list;
  PetscInt count, capacity;
} Raises;

PetscErrorCode RaisesCreate(const Grid *grid, Raises *raises);
PetscErrorCode RaisesDestroy(Raises *raises);

/* A stair face between an owned cell and grain `other`. */
PetscErrorCode RaisesAdd(Raises *raises, PetscInt cell, int32_t other, const PetscReal gamma[3]);

/* Fills the lists of the ghost cells beside owned ones. Collective. */
PetscErrorCode RaisesExchange(Raises *raises);

/*@
  RaisesSum - raise of a face inside a grain: of every boundary that one of its two cells has, the
mean of what the boundary's stair faces at both cells ask

  0 if neither cell is at a boundary.
@*/
PetscReal RaisesSum(const Raises *raises, PetscInt lower, PetscInt upper, int axis);
