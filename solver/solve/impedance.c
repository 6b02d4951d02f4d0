#include "impedance.h"

#include <math.h>
#include "grain_mg.h"
#include "operator.h"

/* Directions kept to be conjugate to. */
#define MOST_KEPT 30

/* A direction of which conjugation leaves less than this (relative, squared) is none. */
#define NOTHING 1e-13

/* Of the error estimate: sqrt(2), and as much again since one cycle is no exact solve. */
#define SAFETY 2.0

/* Least real part over modulus that the error is measured against. */
#define LEAST_SHARE 1e-3

/* A direction p, and q = (W + iT) p. */
typedef struct {
  Vec p[2], q[2];
} Direction;

typedef struct {
  const AcFaces *faces;
  AcOperator ac;
  Mat sum; /* W + T */
  PC pc;
  Vec x[2], r[2], z[2], work[2];
  Direction kept[MOST_KEPT];
  PetscComplex products[MOST_KEPT][MOST_KEPT]; /* p_i^H q_j */
  int order[MOST_KEPT];                        /* of the kept ones, as they came */
  int num_kept;
} Solver;

static PetscErrorCode create_pair(const Grid *grid, Vec pair[2])
{
  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) {
    PetscCall(GridVecCreate(grid, &pair[p]));
    PetscCall(VecZeroEntries(pair[p]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy_pair(Vec pair[2])
{
  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) PetscCall(VecDestroy(&pair[p]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode copy_pair(const Vec from[2], const Vec to[2])
{
  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) PetscCall(VecCopy(from[p], to[p]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* y += a x */
static PetscErrorCode add_pair(const Vec y[2], PetscComplex a, const Vec x[2])
{
  const PetscReal re = PetscRealPartComplex(a), im = PetscImaginaryPartComplex(a);

  PetscFunctionBeginUser;
  PetscCall(VecAXPY(y[0], re, x[0]));
  PetscCall(VecAXPY(y[0], -im, x[1]));
  PetscCall(VecAXPY(y[1], re, x[1]));
  PetscCall(VecAXPY(y[1], im, x[0]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* x^H y, and x^T y with is_plain. */
static PetscErrorCode dot_pair(const Vec x[2], const Vec y[2], PetscBool is_plain,
                               PetscComplex *product)
{
  const PetscReal sign = is_plain ? -1 : 1;
  PetscScalar dots[2][2];

  PetscFunctionBeginUser;
  for (int p = 0; p < 2; p++) PetscCall(VecMDot(x[p], 2, y, dots[p]));
  *product = dots[0][0] + sign * dots[1][1] + (dots[0][1] - sign * dots[1][0]) * PETSC_i;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode create(const AcFaces *faces, Solver *s)
{
  const Grid *grid = faces->model.grid;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(s, sizeof *s));
  s->faces = faces;
  PetscCall(AcOperatorCreate(faces, &s->ac));
  PetscCall(OperatorCreate(grid, &faces->sum, &s->sum));
  PetscCall(GrainMgRegister());
  PetscCall(PCCreate(grid->comm, &s->pc));
  PetscCall(PCSetType(s->pc, PCGRAINMG));
  PetscCall(PCSetOperators(s->pc, s->sum, s->sum));
  PetscCall(PCSetUp(s->pc));
  PetscCall(create_pair(grid, s->x));
  PetscCall(create_pair(grid, s->r));
  PetscCall(create_pair(grid, s->z));
  PetscCall(create_pair(grid, s->work));
  PetscCall(AcOperatorRightHandSide(&s->ac, s->r));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(Solver *s)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < MOST_KEPT; d++) {
    PetscCall(destroy_pair(s->kept[d].p));
    PetscCall(destroy_pair(s->kept[d].q));
  }
  PetscCall(destroy_pair(s->x));
  PetscCall(destroy_pair(s->r));
  PetscCall(destroy_pair(s->z));
  PetscCall(destroy_pair(s->work));
  PetscCall(PCDestroy(&s->pc));
  PetscCall(MatDestroy(&s->sum));
  PetscCall(AcOperatorDestroy(&s->ac));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Coefficients c with p_i^H (q - sum_j c_j q_j) = 0: the products form a lower triangle. */
static PetscErrorCode conjugate(Solver *s, const Vec q[2], PetscComplex c[MOST_KEPT])
{
  PetscFunctionBeginUser;
  for (int i = 0; i < s->num_kept; i++) {
    const int row = s->order[i];

    PetscCall(dot_pair(s->kept[row].p, q, PETSC_FALSE, &c[row]));
    for (int j = 0; j < i; j++) c[row] -= s->products[row][s->order[j]] * c[s->order[j]];
    c[row] /= s->products[row][row];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Place for a new direction: a free one, or that of the oldest but the first. */
static PetscErrorCode make_room(Solver *s, int *place)
{
  PetscFunctionBeginUser;
  *place = s->num_kept < MOST_KEPT ? s->num_kept : s->order[1];
  if (s->num_kept == MOST_KEPT) {
    for (int i = 1; i + 1 < MOST_KEPT; i++) s->order[i] = s->order[i + 1];
    s->num_kept--;
  }
  if (!s->kept[*place].p[0]) {
    PetscCall(create_pair(s->faces->model.grid, s->kept[*place].p));
    PetscCall(create_pair(s->faces->model.grid, s->kept[*place].q));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Steps along what is new in a direction z to where the residual is orthogonal to it. */
static PetscErrorCode take_step(Solver *s, const Vec z[2])
{
  PetscComplex c[MOST_KEPT], before, curvature, slope;
  Direction *direction;
  int place;

  PetscFunctionBeginUser;
  PetscCall(AcOperatorMult(&s->ac, z, s->work));
  PetscCall(dot_pair(z, s->work, PETSC_FALSE, &before));
  PetscCall(make_room(s, &place));
  direction = &s->kept[place];
  PetscCall(conjugate(s, s->work, c));
  PetscCall(copy_pair(z, direction->p));
  PetscCall(copy_pair(s->work, direction->q));
  for (int i = 0; i < s->num_kept; i++) {
    const int other = s->order[i];

    PetscCall(add_pair(direction->p, -c[other], s->kept[other].p));
    PetscCall(add_pair(direction->q, -c[other], s->kept[other].q));
  }
  PetscCall(dot_pair(direction->p, direction->q, PETSC_FALSE, &curvature));
  if (!(PetscAbsComplex(curvature) > NOTHING * PetscAbsComplex(before))) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(dot_pair(direction->p, s->r, PETSC_FALSE, &slope));
  PetscCall(add_pair(s->x, slope / curvature, direction->p));
  PetscCall(add_pair(s->r, -slope / curvature, direction->q));
  for (int i = 0; i < s->num_kept; i++) {
    PetscCall(dot_pair(direction->p, s->kept[s->order[i]].q, PETSC_FALSE,
                       &s->products[place][s->order[i]]));
  }
  s->products[place][place] = curvature;
  s->order[s->num_kept++] = place;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The first directions: the same potential everywhere, so that the electrodes' currents stay
   balanced; what other frequencies had, else full multigrid for W + T. */
static PetscErrorCode begin(Solver *s, const ImpedanceStart *start)
{
  PetscFunctionBeginUser;
  PetscCall(VecSet(s->z[0], 1));
  PetscCall(VecZeroEntries(s->z[1]));
  PetscCall(take_step(s, s->z));
  for (int n = 0; n < start->count; n++) PetscCall(take_step(s, start->kept[n]));
  if (start->count) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(GrainMgStart(s->pc, s->z[0]));
  PetscCall(take_step(s, s->z));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* z = (W + T)^-1 r, about. */
static PetscErrorCode precondition(Solver *s)
{
  PetscFunctionBeginUser;
  PetscCall(PCApply(s->pc, s->r[0], s->z[0]));
  PetscCall(PCApply(s->pc, s->r[1], s->z[1]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What is known of x: admittance, balance, and from z the error. */
static PetscErrorCode judge(Solver *s, const ImpedanceOptions *options, ImpedancePoint *point)
{
  PetscComplex admittance, rest = 0, left = 0;
  PetscReal share; /* of the real part, the same for admittance and impedance */
  AcPlates plates;

  PetscFunctionBeginUser;
  PetscCall(AcOperatorPlates(&s->ac, s->x, &plates));
  PetscCall(dot_pair(s->r, s->x, PETSC_TRUE, &rest));
  PetscCall(dot_pair(s->r, s->z, PETSC_FALSE, &left));
  /* x^T (W + iT) x - 2 b^T x and its constant, with b^T x from the anode's current */
  admittance = plates.anode[0] + plates.anode[1] * PETSC_i - rest;
  point->error = SAFETY * PetscAbsComplex(left) / PetscAbsComplex(admittance);
  point->error = PetscMax(point->error, PETSC_MACHINE_EPSILON);
  share = PetscAbsReal(PetscRealPartComplex(admittance)) / PetscAbsComplex(admittance);
  point->balance = PetscAbsComplex(plates.anode[0] - plates.cathode[0] +
                                   (plates.anode[1] - plates.cathode[1]) * PETSC_i) /
                   PetscAbsComplex(admittance);
  point->is_converged =
      (PetscBool)(point->error <= options->tolerance * PetscMax(share, LEAST_SHARE) &&
                  point->balance <= options->balance_tolerance);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode is_to_stop(MPI_Comm comm, const ImpedanceOptions *options,
                                 PetscBool *is_interrupted)
{
  int caught = options->interrupt ? *options->interrupt : 0, any;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Allreduce(&caught, &any, 1, MPI_INT, MPI_MAX, comm));
  *is_interrupted = (PetscBool)(any != 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode iterate(Solver *s, const ImpedanceOptions *options, ImpedancePoint *point)
{
  PetscFunctionBeginUser;
  for (point->iterations = 0;; point->iterations++) {
    PetscCall(precondition(s));
    PetscCall(judge(s, options, point));
    if (point->is_converged || !isfinite((double)point->error)) break;
    PetscCall(is_to_stop(s->faces->model.grid->comm, options, &point->is_interrupted));
    if (point->is_interrupted || point->iterations >= options->max_iterations) break;
    PetscCall(take_step(s, s->z));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode keep(ImpedanceStart *start, const Grid *grid, const Vec x[2])
{
  const int last = PetscMin(start->count, IMPEDANCE_KEPT - 1);

  PetscFunctionBeginUser;
  if (start->count < IMPEDANCE_KEPT) PetscCall(create_pair(grid, start->kept[start->count++]));
  for (int p = 0; p < 2; p++) {
    const Vec oldest = start->kept[last][p];

    for (int n = last; n > 0; n--) start->kept[n][p] = start->kept[n - 1][p];
    start->kept[0][p] = oldest;
  }
  PetscCall(copy_pair(x, start->kept[0]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImpedanceSolve(const AcFaces *faces, const ImpedanceOptions *options,
                              ImpedanceStart *start, ImpedancePoint *point)
{
  PetscComplex admittance;
  Solver solver;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(point, sizeof *point));
  PetscCall(create(faces, &solver));
  PetscCall(begin(&solver, start));
  PetscCall(iterate(&solver, options, point));
  PetscCall(AcOperatorAdmittance(&solver.ac, solver.x, &admittance));
  point->impedance = GridPlateArea(faces->model.grid) / admittance;
  if (point->is_converged) PetscCall(keep(start, faces->model.grid, solver.x));
  PetscCall(destroy(&solver));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImpedanceStartDestroy(ImpedanceStart *start)
{
  PetscFunctionBeginUser;
  for (int n = 0; n < start->count; n++) PetscCall(destroy_pair(start->kept[n]));
  start->count = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
