#include "energy_cg.h"

#include <petsc/private/kspimpl.h>
#include "grain_mg.h"
#include "operator.h"

/* In single precision the residual of the recursion drifts away from that of the solution; the step
   after it has fallen so far (squared norm), it is computed anew. */
#define RENEW 1e-10

/* Each step rounds again, and a sample is a single draw: up to 100 times as much was seen. */
#define ROUNDING_CARE 400

/* So many residuals computed anew none of which is smaller than all before: double precision has no
 * more digits. */
#define MOST_STALE 5

/* What is left of a residual when nothing is left to solve (squared norm). */
#define NOTHING 1e-28

typedef struct {
  EnergyCgState state;
  PetscBool
      is_single; /* the preconditioner is granulith's own: all vectors but x and b are single */
  float *r;      /* residual, shape (count[2], count[1], count[0]) */
  float *zw;     /* z = M r, then w = A p in its place; a ghosted local box, the preconditioner's */
  float *p;      /* direction; likewise, right behind zw */
} EnergyCg;

static PetscErrorCode set_up(KSP ksp)
{
  EnergyCg *cg = ksp->data;

  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare((PetscObject)ksp->pc, PCGRAINMG, &cg->is_single));
  if (!cg->is_single) PetscCall(KSPSetWorkVecs(ksp, 3));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* r of x, and the energy there. It leaves no direction. */
static PetscErrorCode find_residual(KSP ksp, Mat operator)
{
  EnergyCg *cg = ksp->data;
  const Faces *faces;

  PetscFunctionBegin;
  PetscCall(OperatorGetFaces(operator, & faces));
  PetscCall(OperatorResidual(operator, ksp->vec_rhs, ksp->vec_sol, (PetscScalar *)(void *)cg->zw,
                             cg->r, &cg->state.energy));
  PetscCall(GrainMgRounding(ksp->pc, cg->r, &cg->state.rounding));
  cg->state.rounding *= ROUNDING_CARE;
  cg->state.num_residuals++;
  PetscCall(PetscArrayzero(cg->zw, 2 * (size_t)GridGhostedSize(faces->model.grid)));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* x and r at the start, and the energy there. */
static PetscErrorCode start(KSP ksp, Mat operator)
{
  EnergyCg *cg = ksp->data;
  const Faces *faces;
  PetscScalar xr;

  PetscFunctionBegin;
  cg->state = (EnergyCgState){0};
  if (cg->is_single) {
    const Grid *grid;

    PetscCall(OperatorGetFaces(operator, & faces));
    grid = faces->model.grid;
    PetscCall(GrainMgStart(ksp->pc, ksp->vec_sol));
    PetscCall(OperatorBalance(operator, ksp->vec_sol));
    PetscCall(PetscMalloc1(grid->count[0] * grid->count[1] * grid->count[2], &cg->r));
    PetscCall(GrainMgRoom(ksp->pc, &cg->zw, &cg->p));
    PetscCall(find_residual(ksp, operator));
  } else {
    PetscCall(VecZeroEntries(ksp->vec_sol));
    PetscCall(OperatorBalance(operator, ksp->vec_sol));
    PetscCall(MatMult(operator, ksp->vec_sol, ksp->work[2]));
    PetscCall(VecWAXPY(ksp->work[0], -1, ksp->work[2], ksp->vec_rhs));
    /* b.(1 - x) - x.r, as OperatorResidual() has it */
    PetscCall(VecDot(ksp->vec_sol, ksp->work[0], &xr));
    PetscCall(VecSet(ksp->work[2], 1));
    PetscCall(VecAXPY(ksp->work[2], -1, ksp->vec_sol));
    PetscCall(VecDot(ksp->vec_rhs, ksp->work[2], &cg->state.energy));
    cg->state.energy -= xr;
    PetscCall(VecZeroEntries(ksp->work[1]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* z = M r, and a constant for the sake of balance, which a balanced r does not see: r.z is the
   same. In single precision the direction gets it. */
static PetscErrorCode precondition(KSP ksp, Mat operator, PetscReal * rz)
{
  EnergyCg *cg = ksp->data;

  PetscFunctionBegin;
  if (cg->is_single) {
    PetscCall(GrainMgCycle(ksp->pc, cg->r, &cg->zw, rz));
  } else {
    PetscCall(KSP_PCApply(ksp, ksp->work[0], ksp->work[2]));
    PetscCall(OperatorBalanceDirection(operator, ksp->work[2]));
    PetscCall(VecDot(ksp->work[0], ksp->work[2], rz));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* p = z + beta p, w = A p */
static PetscErrorCode turn(KSP ksp, Mat operator, PetscReal beta, PetscReal *pw)
{
  EnergyCg *cg = ksp->data;

  PetscFunctionBegin;
  if (cg->is_single) {
    PetscCall(OperatorDirection(operator, beta, cg->p, cg->zw, pw));
  } else {
    PetscCall(VecAYPX(ksp->work[1], beta, ksp->work[2]));
    PetscCall(MatMult(operator, ksp->work[1], ksp->work[2]));
    PetscCall(VecDot(ksp->work[1], ksp->work[2], pw));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* x += alpha p, r -= alpha w */
static PetscErrorCode step(KSP ksp, Mat operator, PetscReal alpha, PetscReal rz)
{
  EnergyCg *cg = ksp->data;
  PetscReal sum;

  PetscFunctionBegin;
  if (cg->is_single) {
    PetscCall(OperatorStep(operator, alpha, cg->p, cg->zw, ksp->vec_sol, cg->r, &sum));
    PetscCall(OperatorKeepBalance(operator, alpha * rz, sum, ksp->vec_sol, cg->r));
  } else {
    PetscCall(VecAXPY(ksp->vec_sol, alpha, ksp->work[1]));
    PetscCall(VecAXPY(ksp->work[0], -alpha, ksp->work[2]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* r of the solution as it is; the directions then start afresh. */
static PetscErrorCode renew(KSP ksp, Mat operator)
{
  PetscFunctionBegin;
  PetscCall(OperatorBalance(operator, ksp->vec_sol));
  PetscCall(find_residual(ksp, operator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* z of the residual, which is renewed if it may have drifted too far or be all rounding, or if the
   preconditioner is indefinite and another from now on. rz: before the last step, then r.z; least:
   of all that were renewed. */
static PetscErrorCode precondition_or_renew(KSP ksp, Mat operator, PetscReal least, PetscReal *rz,
                                            PetscBool *is_renewed)
{
  const EnergyCg *cg = ksp->data;

  PetscFunctionBegin;
  *is_renewed = (PetscBool)(cg->is_single && *rz <= PetscMax(RENEW * least, cg->state.rounding));
  if (*is_renewed) PetscCall(renew(ksp, operator));
  PetscCall(precondition(ksp, operator, rz));
  while (cg->is_single && *rz < 0) {
    PetscBool is_changed;

    PetscCall(GrainMgCalm(ksp->pc, &is_changed));
    if (!is_changed) break;
    PetscCall(renew(ksp, operator));
    PetscCall(precondition(ksp, operator, rz));
    *is_renewed = PETSC_TRUE;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode iterate(KSP ksp, Mat operator)
{
  EnergyCg *cg = ksp->data;
  PetscReal rz = PETSC_INFINITY, rz_before = 0, least = 0, first, pw;
  PetscBool is_renewed;
  int num_stale = 0;

  PetscFunctionBegin;
  PetscCall(start(ksp, operator));
  PetscCall(precondition_or_renew(ksp, operator, least, &rz, &is_renewed));
  first = least = rz;
  ksp->reason = KSP_CONVERGED_ITERATING;
  for (ksp->its = 0;; ksp->its++) {
    /* of the residual before the last step: that after it would cost one more cycle at the end */
    ksp->rnorm = PetscSqrtReal(PetscAbsReal(rz));
    PetscCall(KSPLogResidualHistory(ksp, ksp->rnorm));
    PetscCall(KSPMonitor(ksp, ksp->its, ksp->rnorm));
    PetscCall((*ksp->converged)(ksp, ksp->its, ksp->rnorm, &ksp->reason, ksp->cnvP));
    if (ksp->reason) break;
    if (ksp->its > 0) {
      rz_before = rz;
      PetscCall(precondition_or_renew(ksp, operator, least, &rz, &is_renewed));
    }
    if (is_renewed) {
      num_stale = rz < least || ksp->its == 0 ? 0 : num_stale + 1;
      least = PetscMin(least, rz);
      rz_before = PETSC_INFINITY; /* no direction to be conjugate to */
    }
    cg->state.left = rz;
    if (rz <= NOTHING * first || num_stale == MOST_STALE) {
      ksp->reason = rz < 0 ? KSP_DIVERGED_INDEFINITE_PC : KSP_CONVERGED_ATOL;
      break;
    }
    PetscCall(turn(ksp, operator, ksp->its ? rz / rz_before : 0, &pw));
    if (!(pw > 0)) {
      ksp->reason = KSP_DIVERGED_INDEFINITE_MAT;
      break;
    }
    PetscCall(step(ksp, operator, rz / pw, rz));
    cg->state.drop = rz / pw * rz;
    cg->state.energy -= cg->state.drop;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve(KSP ksp)
{
  EnergyCg *cg = ksp->data;
  Mat operator;

  PetscFunctionBegin;
  PetscCall(PCGetOperators(ksp->pc, &operator, NULL));
  PetscCall(iterate(ksp, operator));
  PetscCall(PetscFree(cg->r));
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

PetscErrorCode EnergyCgGet(KSP ksp, EnergyCgState *state)
{
  PetscFunctionBeginUser;
  *state = ((const EnergyCg *)ksp->data)->state;
  PetscFunctionReturn(PETSC_SUCCESS);
}
