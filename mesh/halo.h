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
