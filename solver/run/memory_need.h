#pragma once

#include "case.h"
#include "petsc_compat.h"
#include "problems.h"

/* Peak of a whole run per cell, with room to spare: 73 measured at 400^3 cells of 100 grains; more
   where coarsening is slow, as in flat cells. */
#define MEMORY_BYTES_PER_CELL 100.0
/* What a run needs besides, per rank. */
#define MEMORY_BYTES_PER_RANK 60e6
/* What a spectrum needs besides, per cell: 8 pairs of directions, solutions and faces. */
#define MEMORY_BYTES_PER_CELL_IMPEDANCE 500.0
/* Cells per second and core from labels to result, for `check`; measured at 256^3 cells: 3e6. */
#define SPEED_CELLS_PER_SECOND 2.0e6
/* The same for one frequency of a spectrum. */
#define SPEED_CELLS_PER_SECOND_IMPEDANCE 0.8e6

/*@
  MemoryNeedCheck - refuses a case that the machines it runs on cannot hold

  Collective

  Input Parameters:
+ comm     - ranks that will share the cells
. cells    - of the whole box
. has_impedance - whether a spectrum is asked for
. place    - of the case, for the message
. advice   - what the user can do, for the message
- problems - gets how much it would take and how much there is
@*/
PetscErrorCode MemoryNeedCheck(MPI_Comm comm, PetscInt64 cells, PetscBool has_impedance,
                               const char *place, const char *advice, Problems *problems);

/* Memory [bytes] that cells on this many ranks will need. */
double MemoryNeed(PetscInt64 cells, PetscBool has_impedance, int ranks);

/* Core seconds that a case on so many cells will take, about. */
double SecondsNeed(PetscInt64 cells, const Case *case_in);

/* Peak memory [bytes] of all ranks since the last reset; collective. Resets need Linux: without,
   the peak is that of the whole process. */
double MemoryPeak(MPI_Comm comm);
void MemoryPeakReset(void);
