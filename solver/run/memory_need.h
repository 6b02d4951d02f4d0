#pragma once

#include "petsc_compat.h"
#include "problems.h"

/* Peak of a whole run per cell, with room to spare: 73 measured at 400^3 cells of 100 grains; more
   where coarsening is slow, as in flat cells. */
#define MEMORY_BYTES_PER_CELL 100.0
/* What a run needs besides, per rank. */
#define MEMORY_BYTES_PER_RANK 60e6
/* Cells per second and core from labels to result, for `check`; measured at 256^3 cells: 3e6. */
#define SPEED_CELLS_PER_SECOND 2.0e6

/*@
  MemoryNeedCheck - refuses a case that the machines it runs on cannot hold

  Collective

  Input Parameters:
+ comm     - ranks that will share the cells
. cells    - of the whole box
. place    - of the case, for the message
. advice   - what the user can do, for the message
- problems - gets how much it would take and how much there is
@*/
PetscErrorCode MemoryNeedCheck(MPI_Comm comm, PetscInt64 cells, const char *place,
                               const char *advice, Problems *problems);

/* Memory [bytes] that cells on this many ranks will need. */
double MemoryNeed(PetscInt64 cells, int ranks);

/* Peak memory [bytes] of all ranks since the last reset; collective. Resets need Linux: without,
   the peak is that of the whole process. */
double MemoryPeak(MPI_Comm comm);
void MemoryPeakReset(void);
