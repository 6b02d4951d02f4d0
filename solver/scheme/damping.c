#include "hierarchy.h"
#include "operator.h"
#include "profiling.h"
#include "random.h"

#define SAFETY 1.1 /* Ritz values come from below */

/* Conjugate gradients on A x = b, b random, preconditioned by the cycle: their coefficients make
   up Lanczos' tridiagonal matrix of B A. The cycle itself works on level->x and level->b. */
typedef struct {
  float *residual, *direction, *product;
  PetscReal diagonal[HIERARCHY_MAX_LANCZOS], beside[HIERARCHY_MAX_LANCZOS];
  int n;
} Lanczos;

/* Sums over all ranks. */
static PetscErrorCode dot(MPI_Comm comm, PetscInt n, const float *a, const float *b, PetscReal *sum)
{
  const PetscReal local = DotSingle(n, a, b);

  PetscFunctionBeginUser;
  PetscCall(MPIU_Allreduce(&local, sum, 1, MPIU_REAL, MPIU_SUM, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode run(Hierarchy *hierarchy, int l, Lanczos *lanczos)
{
  Level *level = &hierarchy->levels[l];
  const PetscInt n = level->num_unknowns;
  const MPI_Comm comm = hierarchy->faces->model.grid->comm;
  float *r = lanczos->residual, *p = lanczos->direction, *w = lanczos->product;
  PetscReal rz, rz_before = 0, pw, alpha_before = 0;

  PetscFunctionBeginUser;
  for (lanczos->n = 0; lanczos->n < hierarchy->options.num_lanczos; lanczos->n++) {
    PetscReal alpha, beta;

    PetscCall(PetscArraycpy(level->b, r, n));
    PetscCall(LevelCycle(hierarchy, l, PETSC_TRUE));
    PetscCall(dot(comm, n, r, level->x, &rz));
    beta = lanczos->n ? rz / rz_before : 0;
    for (PetscInt u = 0; u < n; u++) level->x[u] = p[u] = level->x[u] + (float)beta * p[u];
    PetscCall(LevelMultiply(level, w));
    PetscCall(dot(comm, n, p, w, &pw));
    if (!(rz > 0) || !(pw > 0)) break; /* solved, or nothing there but lone unknowns */
    alpha = rz / pw;
    for (PetscInt u = 0; u < n; u++) r[u] -= (float)alpha * w[u];
    lanczos->diagonal[lanczos->n] = 1 / alpha + (lanczos->n ? beta / alpha_before : 0);
    if (lanczos->n) lanczos->beside[lanczos->n - 1] = PetscSqrtReal(beta) / alpha_before;
    alpha_before = alpha;
    rz_before = rz;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether all eigenvalues of the tridiagonal matrix are below `bound`: the pivots of the
   difference's elimination are positive. */
static PetscBool is_below(const Lanczos *lanczos, PetscReal bound)
{
  PetscReal pivot = bound - lanczos->diagonal[0];

  for (int k = 1; k < lanczos->n && pivot > 0; k++) {
    const PetscReal beside = lanczos->beside[k - 1];

    pivot = bound - lanczos->diagonal[k] - beside * beside / pivot;
  }
  return (PetscBool)(pivot > 0);
}

static PetscReal largest_eigenvalue(const Lanczos *lanczos)
{
  PetscReal lower = 0, upper = 1;

  while (!is_below(lanczos, upper)) upper *= 2;
  while (upper - lower > 1e-3 * upper) {
    const PetscReal middle = 0.5 * (lower + upper);

    if (is_below(lanczos, middle))
      upper = middle;
    else
      lower = middle;
  }
  return upper;
}

PetscErrorCode LevelSetDamping(Hierarchy *hierarchy, int l)
{
  Level *level = &hierarchy->levels[l];
  const PetscInt n = level->num_unknowns;
  PetscReal largest = 1;
  Lanczos lanczos;

  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_MG_DAMPING));
  level->damping = 0; /* one cycle, whose largest eigenvalue is wanted */
  PetscCall(PetscMalloc1(n, &lanczos.residual));
  PetscCall(PetscCalloc2(n, &lanczos.direction, n, &lanczos.product));
  for (PetscInt u = 0; u < n; u++) {
    const float random = (float)RandomUniform(0, RANDOM_DAMPING, (uint32_t)u, (uint32_t)l);

    lanczos.residual[u] = level->inverse[u] > 0 ? random - 0.5f : 0;
  }
  PetscCall(run(hierarchy, l, &lanczos));
  if (lanczos.n > 0) largest = largest_eigenvalue(&lanczos);
  level->damping = (float)PetscMin(1, 1 / PetscMax(SAFETY * largest - 1, 0.5));
  PetscCall(PetscFree(lanczos.residual));
  PetscCall(PetscFree2(lanczos.direction, lanczos.product));
  PetscCall(EventEnd(EVENT_MG_DAMPING));
  PetscFunctionReturn(PETSC_SUCCESS);
}
