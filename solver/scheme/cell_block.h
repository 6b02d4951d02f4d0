#pragma once

#include "hierarchy.h"

/* A block of up to 2 x 2 x 2 cells; cell m is at bit d of m along axis d. */
typedef struct {
  PetscInt at[3];     /* its first cell */
  float strongest[8]; /* tie of each cell; -1: no such cell, or it takes no part */
  float inside[3][4]; /* faces between the two halves along each axis, 0 where there is none */
} CellBlock;

static inline void CellAt(const CellBlock *block, int m, PetscInt at[3])
{
  for (int d = 0; d < 3; d++) at[d] = block->at[d] + (m >> d & 1);
}

static inline PetscBool IsThere(const Grid *grid, const PetscInt at[3])
{
  return (PetscBool)(at[0] < grid->count[0] && at[1] < grid->count[1] && at[2] < grid->count[2]);
}

/* As many ghosts as aggregates of other ranks can be at most: one behind each face on the sides. */
static inline PetscInt CellsMostGhosts(const Grid *grid)
{
  const PetscInt *n = grid->count;

  return 2 * (n[0] * n[1] + n[1] * n[2] + n[2] * n[0]);
}

/* Half cells as resistances, in units of 1/faces->unit: [axis of the face][plane from -1 of the
   cell, phase]; to be destroyed. */
PetscErrorCode HalfCellsCreate(const Faces *faces, HalfCells *halves);
PetscErrorCode HalfCellsDestroy(HalfCells *halves);

/* Bulk and contact conductance of a face between two grains, in units of the largest: the contact
   is what the half cells leave of the face's resistance, so that all of a matched face is there. */
void CellsSplitBoundary(const Hierarchy *hierarchy, int axis, const PetscInt face[3],
                        float conductance, float *bulk, float *contact);

/* Aggregates all cells: hierarchy->parent; number, blocks and extents of the next level, those
   with room for CellsMostGhosts() more. */
PetscErrorCode CellsAggregate(Hierarchy *hierarchy, Level *next);
