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
  Grid - cells on a box with its own spacing per axis, shared out to ranks in blocks

  z = 0 is the film's anode side and z = thickness its cathode side; electrode layers with cells of
  their own lie outside. Local arrays have one ghost layer all round: GridIndex().
@*/
typedef struct {
  MPI_Comm comm;
  PetscInt ranks[3];      /* along each axis; rank (z ranks[1] + y) ranks[0] + x is at (x, y, z) */
  PetscInt place[3];      /* of this rank among them */
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
. cells - of the whole box
- price - of a cell face between two ranks, along each axis; NULL: the same

  Output Parameter:
. ranks - along x, y, z; their product is size

  Returns:
    false if so many ranks cannot share the cells
@*/
PetscBool GridShareOut(PetscMPIInt size, const PetscInt cells[3], const PetscReal price[3],
                       PetscInt ranks[3]);

/*@
  GridShare - cells of one rank along an axis

  Input Parameters:
+ num_cells - along the axis, at least as many as ranks
. ranks     - along the axis
- place     - of the rank among them, from 0

  Shares are as equal as can be, the larger ones first: in pairs of cells if along this axis that
makes the largest at most 8 % larger, since multigrid's blocks would else end in ones of a single
cell at every second rank.
@*/
PetscInt GridShare(PetscInt num_cells, PetscInt ranks, PetscInt place);

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
  GridVecCreate - a vector with one entry per cell

  Collective

  Output Parameter:
. vec - each rank's part has shape (count[2], count[1], count[0]); free with VecDestroy()
@*/
PetscErrorCode GridVecCreate(const Grid *grid, Vec *vec);

/* The same around an array of the caller, who frees it after the vector. */
PetscErrorCode GridVecCreateWithArray(const Grid *grid, const PetscScalar *array, Vec *vec);

/*@
  GridDMCreate - the same cells as a DMDA, for library matrices

  Collective. Costs more memory than the grid's own ghost exchange (Halo), which the solver uses.

  Output Parameter:
. dm - star stencil, one ghost layer, vectors laid out as those of GridVecCreate(); free with
DMDestroy()
@*/
PetscErrorCode GridDMCreate(const Grid *grid, DM *dm);

/*@
  GridCentres - coordinates of cell centres of the local box with its ghost layer

  Input Parameters:
+ grid - the grid
- axis - 0, 1, 2

  Output Parameter:
. centres - shape (count[axis] + 2); across a periodic side the centre of the cell that is there [m]
@*/
PetscErrorCode GridCentres(const Grid *grid, PetscInt axis, PetscReal *centres);

/* The cell that is at global index `cell`, which may lie just outside: wrapped or clamped. */
static inline PetscInt GridCellAt(const Grid *grid, PetscInt axis, PetscInt cell)
{
  const PetscInt n = grid->num_cells[axis];

  if (cell >= 0 && cell < n) return cell;
  if (grid->is_periodic[axis]) return cell < 0 ? cell + n : cell - n;
  return cell < 0 ? 0 : n - 1;
}

/* Width [m] of global cell `cell` along an axis; indices just outside are wrapped or clamped. */
static inline PetscReal GridSpacing(const Grid *grid, PetscInt axis, PetscInt cell)
{
  const PetscInt c = GridCellAt(grid, axis, cell);

  return grid->edges[axis][c + 1] - grid->edges[axis][c];
}

/* Area [m^2] of the electrodes. */
PetscReal GridPlateArea(const Grid *grid);

/* Place of local cell (i, j, k), each from -1 to count, in an array with the ghost layer. */
static inline PetscInt GridIndex(const Grid *grid, PetscInt i, PetscInt j, PetscInt k)
{
  return ((k + 1) * (grid->count[1] + 2) + j + 1) * (grid->count[0] + 2) + i + 1;
}

/* Distance in such an array to the next cell along y and z. */
static inline PetscInt GridStepY(const Grid *grid)
{
  return grid->count[0] + 2;
}

static inline PetscInt GridStepZ(const Grid *grid)
{
  return (grid->count[0] + 2) * (grid->count[1] + 2);
}

/* Copies the owned cells of a vector into an array with the ghost layer, which is left alone. */
void GridCopyOwned(const Grid *grid, const PetscScalar *owned, PetscScalar *ghosted);

/* Number of cells of the local box with its ghost layer. */
static inline PetscInt GridGhostedSize(const Grid *grid)
{
  return (grid->count[0] + 2) * (grid->count[1] + 2) * (grid->count[2] + 2);
}
