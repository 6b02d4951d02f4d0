#pragma once

#include <petscpc.h>
#include "petsc_compat.h"

#define PCGRAINMG "grain_mg"

/*@
  GrainMgRegister - makes the preconditioner -pc_type grain_mg known to PETSc

  Multigrid by block-strength aggregation for operators of OperatorCreate(). Options:
+ -grain_mg_theta       - strength threshold of the aggregation (0.25; 0.5 where cells are no cubes)
. -grain_mg_lines       - 1 or 0: whether lines of cells along z are relaxed at once (-1: if flat)
. -grain_mg_coarse_size - number of unknowns below which a direct solver takes over (1000)
. -grain_mg_doubled     - number of coarse levels, from the second on, that get two cycles in a row
(2; 5 where cells are no cubes and lines are not relaxed; 0: a V-cycle)
. -grain_mg_damping     - of the first of the two on the largest of these levels (0.6)
. -grain_mg_lanczos     - steps of Lanczos' method that estimate it on the others (12)
- -grain_mg_coarse_...  - KSP and PC of the last level
@*/
PetscErrorCode GrainMgRegister(void);

/* What is wrong with these options in PETSc's database, as a sentence; empty if nothing is. The
   preconditioner refuses the same. */
PetscErrorCode GrainMgCheckOptions(const char *prefix, size_t size, char problem[]);

/* The approximate potential with the anode at 1 V and the cathode at 0 V, that is for the
   right-hand side of OperatorRightHandSide(), by full multigrid; the preconditioner must be set up.
 */
PetscErrorCode GrainMgStart(PC pc, Vec x);

/*@
  GrainMgRoom - room for a solver's vectors

  Input Parameter:
. pc - set up

  Output Parameters:
+ z      - what GrainMgCycle() will give
- behind - a ghosted local box, the solver's until pc is set up again or destroyed

  Between cycles both together hold a ghosted local box in double precision; they must be set to 0
afterwards.
@*/
PetscErrorCode GrainMgRoom(PC pc, float **z, float **behind);

/*@
  GrainMgCycle - the preconditioner for a solver that keeps its vectors in single precision

  Collective

  Input Parameters:
+ pc - set up
- r  - residual, shape (count[2], count[1], count[0])

  Output Parameters:
+ z  - the preconditioned residual, a ghosted local box of the preconditioner's own that the caller
may overwrite and that the next cycle overwrites; its ghosts mean nothing
- rz - the dot product of both
@*/
PetscErrorCode GrainMgCycle(PC pc, const float *r, float **z, PetscReal *rz);

/* By how much the energy of the potential may stay above the least as its residual r, of shape
   (count[2], count[1], count[0]), was rounded to single precision: a sample. Between cycles.
   Collective. */
PetscErrorCode GrainMgRounding(PC pc, const float *r, PetscReal *energy);

/* For a solver that has found the preconditioner indefinite, which too little damping can make it:
   has what was assumed of it determined, and if that was not enough turns it into a V-cycle, which
   never is. is_changed: it was none yet. Collective. */
PetscErrorCode GrainMgCalm(PC pc, PetscBool *is_changed);

/* Work of one application and of GrainMgStart(), in sweeps of level 0. */
PetscErrorCode GrainMgSweeps(PC pc, PetscReal *cycle, PetscReal *start);
