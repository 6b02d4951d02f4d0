#pragma once

#include <petscksp.h>
#include "petsc_compat.h"

#define KSPENERGYCG "energycg"

/*@
  EnergyCgRegister - makes -ksp_type energycg known to PETSc

  Conjugate gradients for operators of OperatorCreate() that starts from full multigrid, if the
  preconditioner has it, fuses its passes over memory, and tells by how much each step lowers the
  energy x.Ax - 2 b.x + 1.b. KSPCG does the same steps but keeps the drops to itself. Both
electrodes carry the same current at every step (OperatorBalance()).

  Source: Hestenes & Stiefel, J. Res. NBS 49 (1952) 409, section 6.
@*/
PetscErrorCode EnergyCgRegister(void);

typedef struct {
  PetscReal energy;   /* dissipated by the potential as it is, with the anode at 1 V */
  PetscReal drop;     /* what the last step took off it */
  PetscReal left;     /* what is left to take off, by the last residual that was preconditioned */
  PetscReal rounding; /* what steps may leave unseen, as the residual is rounded */
  PetscInt num_residuals; /* computed from the solution: at the start, and again as they drift */
} EnergyCgState;
PetscErrorCode EnergyCgGet(KSP ksp, EnergyCgState *state);
