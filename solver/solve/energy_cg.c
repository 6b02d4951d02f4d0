#include "energy_cg.h"

#include <petsc/private/kspimpl.h>
#include "grain_mg.h"
#include "operator.h"

typedef struct {
  PetscReal start, drop;
} EnergyCg;

static PetscErrorCode set_up(KSP ksp)
{
  PetscFunctionBegin;
  PetscCall(KSPSetWorkVecs(ksp, 2));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Start, residual, and energy of the start. */
static PetscErrorCode start(KSP ksp, Mat operator, Vec x, Vec b, Vec r, Vec zw)
{
  EnergyCg *cg = ksp->data;
  PetscReal bx, xax;
  PetscBool is_grain_mg;

  PetscFunctionBegin;
  cg->start = cg->drop = 0;
  PetscCall(PetscObjectTypeCompare((PetscObject)ksp->pc, PCGRAINMG, &is_grain_mg));
  if (!is_grain_mg) {
    PetscCall(VecZeroEntries(x));
    PetscCall(VecCopy(b, r));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(GrainMgStart(ksp->pc, b, x));
  PetscCall(VecCopy(x, zw));
  PetscCall(OperatorDirection(operator, 0, zw, &xax));
  PetscCall(VecDot(b, x, &bx));
  PetscCall(VecWAXPY(r, -1, zw, b));
  cg->start = xax - 2 * bx;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve(KSP ksp)
{
  const Vec x = ksp->vec_sol, b = ksp->vec_rhs, r = ksp->work[0], zw = ksp->work[1];
  EnergyCg *cg = ksp->data;
  PetscReal rz, rz_before = 0, pw;
  Mat operator;

  PetscFunctionBegin;
  PetscCall(PCGetOperators(ksp->pc, &operator, NULL));
  PetscCall(start(ksp, operator, x, b, r, zw));
  ksp->reason = KSP_CONVERGED_ITERATING;
  for (ksp->its = 0;; ksp->its++) {
    PetscCall(KSP_PCApply(ksp, r, zw));
    PetscCall(VecDot(r, zw, &rz));
    ksp->rnorm = PetscSqrtReal(PetscAbsReal(rz));
    PetscCall(KSPLogResidualHistory(ksp, ksp->rnorm));
    PetscCall(KSPMonitor(ksp, ksp->its, ksp->rnorm));
    PetscCall((*ksp->converged)(ksp, ksp->its, ksp->rnorm, &ksp->reason, ksp->cnvP));
    if (!ksp->reason && rz == 0) ksp->reason = KSP_CONVERGED_ATOL;
    if (!ksp->reason && rz < 0) ksp->reason = KSP_DIVERGED_INDEFINITE_PC;
    if (ksp->reason) break;
    PetscCall(OperatorDirection(operator, ksp->its ? rz / rz_before : 0, zw, &pw));
    if (pw <= 0) {
      ksp->reason = KSP_DIVERGED_INDEFINITE_MAT;
      break;
    }
    PetscCall(OperatorStep(operator, rz / pw, zw, x, r));
    cg->drop = rz / pw * rz;
    rz_before = rz;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode create(KSP ksp)
{
  EnergyCg *cg;

  PetscFunctionBegin;
  PetscCall(PetscNew(&cg));
  ksp->data = cg;
  PetscCall(KSPSetSupportedNorm(ksp, KSP_NORM_NATURAL, PC_LEFT, 2));
  ksp->ops->setup = set_up;
  ksp->ops->solve = solve;
  ksp->ops->destroy = KSPDestroyDefault;
  ksp->ops->buildsolution = KSPBuildSolutionDefault;
  ksp->ops->buildresidual = KSPBuildResidualDefault;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode EnergyCgRegister(void)
{
  static PetscBool is_registered = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (!is_registered) PetscCall(KSPRegister(KSPENERGYCG, create));
  is_registered = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode EnergyCgGet(KSP ksp, PetscReal *energy, PetscReal *drop)
{
  const EnergyCg *cg = ksp->data;

  PetscFunctionBeginUser;
  *energy = cg->start;
  *drop = cg->drop;
  PetscFunctionReturn(PETSC_SUCCESS);
}
