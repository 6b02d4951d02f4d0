#pragma once

#include "grid.h"

/*@
  Halo - fills the ghost layer of local arrays that are no PETSc vectors

  Faces only, as the star stencil needs. Ghosts behind plates and insulating sides are left as they
  are.
@*/
typedef struct {
  const Grid *grid;
  PetscMPIInt rank[3][2]; /* neighbour below and above along each axis; MPI_PROC_NULL: none */
  void *buffer;           /* for twelve planes: six to send, six to receive */
  size_t buffer_bytes;
} Halo;

PetscErrorCode HaloCreate(const Grid *grid, Halo *halo);
PetscErrorCode HaloDestroy(Halo *halo);

/* Value of the owned cell at `index` (see GridIndex()) that is to be sent, for HaloExchange(). */
typedef double (*HaloValue)(const void *data, PetscInt i, PetscInt j, PetscInt k);

/*@
  HaloExchange - fills the ghost layer from the cells that are there

  Collective

  Input Parameters:
+ halo  - of the grid
. size  - bytes of an entry
. value - what to send instead of what is in the array (floats and doubles); NULL: the array's
entries
- data  - handed to value

  Input/Output Parameter:
. array - ghosted local box
@*/
PetscErrorCode HaloExchange(Halo *halo, void *array, size_t size, HaloValue value,
                            const void *data);

/* What a border cell at local position `at` sends through its side (0 lower, 1 upper) along an
   axis, and what comes from the cell behind it. */
typedef void (*HaloPack)(void *data, int axis, int side, const PetscInt at[3], void *buffer);
typedef void (*HaloUnpack)(void *data, int axis, int side, const PetscInt at[3],
                           const void *buffer);

/* Swaps `size` bytes for every border cell with the cell behind it. Collective. */
PetscErrorCode HaloSwap(Halo *halo, size_t size, HaloPack pack, HaloUnpack unpack, void *data);
