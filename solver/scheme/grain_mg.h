#pragma once

#include <petscpc.h>
#include "petsc_compat.h"

#define PCGRAINMG "grain_mg"

/*@
  GrainMgRegister - makes the preconditioner -pc_type grain_mg known to PETSc

  Multigrid by block-strength aggregation for operators of OperatorCreate(). Options:
+ -grain_mg_theta       - strength threshold of the aggregation (0.25)
. -grain_mg_coarse_size - number of unknowns below which a direct solver takes over (1000)
- -grain_mg_coarse_...  - KSP and PC of the last level
@*/
PetscErrorCode GrainMgRegister(void);

/* An approximate solution of A x = b by full multigrid; the preconditioner must be set up. */
PetscErrorCode GrainMgStart(PC pc, Vec b, Vec x);

/* Work of one application and of GrainMgStart(), in sweeps of level 0. */
PetscErrorCode GrainMgSweeps(PC pc, PetscReal *cycle, PetscReal *start);
