#pragma once

#include <petscdmda.h>
#include "petsc_compat.h"
#include "problems.h"

/* How the sides of the film (x and y) are closed; names in LateralTypes[] as in case files. */
typedef enum { LATERAL_PERIODIC, LATERAL_INSULATING } LateralType;
extern const char *const LateralTypes[]; /* NULL-terminated */

/* The film as the user describes it; lengths in m. */
typedef struct {
  PetscReal thickness;
  PetscReal width[2];
  PetscInt cells[3]; /* of the film alone, without electrode layers */
  LateralType lateral;
  PetscReal
      grading_z; /* largest cell over smallest cell along z, smallest at both electrodes; >= 1 */
} FilmSpec;

/* A layer outside the film that gets cells of its own. */
typedef struct {
  PetscReal thickness; /* [m] */
  PetscInt cells;
} GridLayer;

/*@
  Grid - cells on a box with its own spacing per axis, shared out to the ranks of a DMDA

  z = 0 is the film's anode side and z = thickness its cathode side; electrode layers with cells of
  their own lie outside. Local arrays have one ghost layer all round: GridIndex().
@*/
typedef struct {
  MPI_Comm comm;
  DM dm;                  /* one unknown per cell, star stencil, one ghost layer on every side */
  PetscInt num_cells[3];  /* of the whole box, layers included */
  PetscInt film_cells[2]; /* first z cell of the film, and first behind it */
  PetscBool is_lateral_periodic; /* the structure repeats in x and y */
  PetscBool is_periodic[3]; /* cells do: false along an axis one cell wide, no cell being its own
                               neighbour */
  PetscReal *edges[3];      /* num_cells + 1 coordinates [m] */
  PetscInt start[3];        /* first owned cell */
  PetscInt count[3];        /* owned cells */
} Grid;

/*@
  FilmPlaceEdges - coordinates of the film's cell faces along z

  Output Parameter:
. edges - cells[2] + 1 coordinates from 0 to thickness [m]
@*/
void FilmPlaceEdges(const FilmSpec *film, PetscReal edges[]);

/*@
  GridShareOut - how many ranks to put along each axis

  Input Parameters:
+ size  - number of ranks
- cells - of the whole box

  Output Parameter:
. ranks - along x, y, z; their product is size

  Returns:
    false if so many ranks cannot share the cells
@*/
PetscBool GridShareOut(PetscMPIInt size, const PetscInt cells[3], PetscInt ranks[3]);

/*@
  GridCreate - lays out the cells and shares them out

  Collective

  Input Parameters:
+ comm              - ranks that share the grid
. film              - thickness, width, cells, sides, grading
. num_anode_layers  - layers with own cells on the anode side
. anode_layers      - ordered from the film outwards
. num_cathode_layers, cathode_layers - likewise

  Output Parameter:
. grid - free with GridDestroy()

  Errors:
. PETSC_ERR_ARG_SIZ - GridShareOut() finds no way to share the cells
@*/
PetscErrorCode GridCreate(MPI_Comm comm, const FilmSpec *film, PetscInt num_anode_layers,
                          const GridLayer *anode_layers, PetscInt num_cathode_layers,
                          const GridLayer *cathode_layers, Grid *grid);
PetscErrorCode GridDestroy(Grid *grid);

/*@
  GridCentres - coordinates of cell centres of the local box with its ghost layer

  Input Parameters:
+ grid - the grid
- axis - 0, 1, 2

  Output Parameter:
. centres - shape (count[axis] + 2); across a periodic side the centre of the cell that is there [m]
@*/
PetscErrorCode GridCentres(const Grid *grid, PetscInt axis, PetscReal *centres);

/* Width [m] of global cell `cell` along an axis; indices just outside are wrapped or clamped. */
PetscReal GridSpacing(const Grid *grid, PetscInt axis, PetscInt cell);

/* Area [m^2] of the electrodes. */
PetscReal GridPlateArea(const Grid *grid);

/* Place of local cell (i, j, k), each from -1 to count, in an array with the ghost layer. */
static inline PetscInt GridIndex(const Grid *grid, PetscInt i, PetscInt j, PetscInt k)
{
  return ((k + 1) * (grid->count[1] + 2) + j + 1) * (grid->count[0] + 2) + i + 1;
}

/* Number of cells of the local box with its ghost layer. */
static inline PetscInt GridGhostedSize(const Grid *grid)
{
  return (grid->count[0] + 2) * (grid->count[1] + 2) * (grid->count[2] + 2);
}
