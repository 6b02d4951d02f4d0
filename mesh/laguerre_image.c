#include "laguerre_image.h"

#include <math.h>
#include <petscksp.h>

/* With places x seen from the centre of the lower grain a, that of the higher grain's image at s,
   q the seeds seen from their centres and k = |q|^2 - w, the two distances of the tessellation
   differ by
     F(x) = 2 x.(s + q_b - q_a) - s.s - 2 q_b.s + k_a - k_b,
   which is linear in place and in the unknowns (q, k). It is 0 on the boundary, which a link along
   axis d cuts at a distance of F/(2 D_d) from the middle, D = s + q_b - q_a. */

enum {
  ROUNDS = 5,
  UNKNOWNS = 4, /* of a grain: q, k */
  PLACE = 4     /* x, y, z, 1 */
};

/* Part of |D|^2 that is added to D_d^2, so that links all but in the plane count little. */
#define SHALLOW 0.02

/* The faces of a pair lie on a plane if their mean square, for which theory has 1/12, is below; of
   a few faces it scatters. Boundaries that bend by 0.6 voxels have 0.12. */
#define MOST_SQUARE 0.12
#define FEW_FACES 0.3

/* The largest share of its faces that may look the other way. */
#define MOST_WRONG 0.1

/* The least share of faces that must be explained for the rest to be worth while. */
#define LEAST_EXPLAINED 0.1

static const PetscReal accuracy = 0.02; /* of a round's step, which the next one mends */

typedef struct {
  const FacetSums *sums;
  PetscReal (*now)[UNKNOWNS]; /* [num_grains + 1] */
  PetscReal limit;            /* of a pair's mean square, above which it counts less */
  Mat matrix;
  Vec step, force, steps; /* steps: those of all grains */
  VecScatter gather;
  KSP ksp;
} Fit;

/* A pair of grains as the fit has it now. */
typedef struct {
  PetscReal shift[3], apart[3]; /* s, D */
  PetscReal plane[PLACE];       /* F = plane . (x, 1) */
  PetscReal square;             /* |D|^2 */
} Pair;

static void find_pair(const Fit *fit, const FacetSum *sum, Pair *pair)
{
  const PetscReal *low = fit->now[sum->grain[0]], *high = fit->now[sum->grain[1]];

  FacetSumsShift(fit->sums, sum, pair->shift);
  pair->square = 0;
  pair->plane[3] = low[3] - high[3];
  for (int d = 0; d < 3; d++) {
    pair->apart[d] = pair->shift[d] + high[d] - low[d];
    pair->plane[d] = 2 * pair->apart[d];
    pair->plane[3] -= pair->shift[d] * (pair->shift[d] + 2 * high[d]);
    pair->square += PetscSqr(pair->apart[d]);
  }
}

/* D_d^2, but not near 0. */
static PetscReal square_along(const Pair *pair, int axis)
{
  const PetscReal least = 1e-12; /* in case both seeds are on one spot */

  return PetscSqr(pair->apart[axis]) + SHALLOW * pair->square + least;
}

/* 1/(2 D_d spacing)^2, for distances in voxels. */
static PetscReal weigh(const Fit *fit, const Pair *pair, int axis)
{
  return 1 / (4 * square_along(pair, axis) * PetscSqr(fit->sums->spacing[axis]));
}

/* The moments as sums of (x, 1) (x, 1)^T. */
static void square_moments(const PetscReal moments[FACET_MOMENTS], PetscReal square[PLACE][PLACE])
{
  static const int first[3] = {4, 6, 7}; /* row d, column e >= d is number first[d] + e */

  square[3][3] = moments[0];
  for (int d = 0; d < 3; d++) {
    square[d][3] = square[3][d] = moments[1 + d];
    for (int e = d; e < 3; e++) square[d][e] = square[e][d] = moments[first[d] + e];
  }
}

/* Sum over a pair's faces of the squares of distances in voxels, and their number. */
static void add_squares(const Fit *fit, const FacetSum *sum, const Pair *pair, PetscReal total[2])
{
  PetscReal square[PLACE][PLACE];

  for (int axis = 0; axis < 3; axis++) {
    const PetscReal weight = weigh(fit, pair, axis);

    square_moments(sum->moments[axis], square);
    for (int i = 0; i < PLACE; i++) {
      for (int j = 0; j < PLACE; j++) {
        total[0] += weight * pair->plane[i] * square[i][j] * pair->plane[j];
      }
    }
    total[1] += sum->moments[axis][0];
  }
}

/* Derivatives of F by the unknowns of both grains, as rows to be multiplied by (x, 1). They are
   taken at the foot of the link's middle on the plane, x_d - F D_d/(2 D_d^2): taken at the middle,
   whose place along the link is off by as much as F tells, they would draw seeds together. */
static void find_slopes(const Pair *pair, int axis, PetscReal slopes[2 * UNKNOWNS][PLACE])
{
  const PetscReal foot = pair->apart[axis] / (2 * square_along(pair, axis));

  for (int u = 0; u < 2 * UNKNOWNS; u++) {
    for (int i = 0; i < PLACE; i++) slopes[u][i] = 0;
  }
  for (int d = 0; d < 3; d++) {
    slopes[d][d] = -2;
    slopes[UNKNOWNS + d][d] = 2;
    slopes[UNKNOWNS + d][3] = -2 * pair->shift[d];
  }
  slopes[3][3] = 1;
  slopes[UNKNOWNS + 3][3] = -1;
  for (int u = 0; u < 2 * UNKNOWNS; u++) {
    const PetscReal along = slopes[u][axis];

    for (int i = 0; i < PLACE; i++) slopes[u][i] -= foot * along * pair->plane[i];
  }
}

static PetscErrorCode add_pair(const Fit *fit, const FacetSum *sum)
{
  const PetscInt grains[2] = {sum->grain[0] - 1, sum->grain[1] - 1};
  PetscScalar matrix[2 * UNKNOWNS][2 * UNKNOWNS] = {{0}}, force[2 * UNKNOWNS] = {0};
  PetscReal slopes[2 * UNKNOWNS][PLACE], square[PLACE][PLACE], total[2] = {0, 0}, trust;
  Pair pair;

  PetscFunctionBeginUser;
  find_pair(fit, sum, &pair);
  add_squares(fit, sum, &pair, total);
  trust = PetscSqr(PetscMin(1, fit->limit * total[1] / PetscMax(total[0], PETSC_SMALL)));
  for (int axis = 0; axis < 3; axis++) {
    const PetscReal weight = trust * weigh(fit, &pair, axis);

    if (!(sum->moments[axis][0] > 0)) continue;
    find_slopes(&pair, axis, slopes);
    square_moments(sum->moments[axis], square);
    for (int u = 0; u < 2 * UNKNOWNS; u++) {
      for (int j = 0; j < PLACE; j++) {
        PetscReal product = 0;

        for (int i = 0; i < PLACE; i++) product += weight * slopes[u][i] * square[i][j];
        for (int v = 0; v < 2 * UNKNOWNS; v++) matrix[u][v] += product * slopes[v][j];
        force[u] -= product * pair.plane[j];
      }
    }
  }
  PetscCall(MatSetValuesBlocked(fit->matrix, 2, grains, 2, grains, matrix[0], ADD_VALUES));
  PetscCall(VecSetValuesBlocked(fit->force, 2, grains, force, ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Square of a grain's radius: of the ball of its volume. */
static PetscReal square_radius(const FacetSums *sums, PetscInt grain)
{
  const PetscReal voxel = sums->spacing[0] * sums->spacing[1] * sums->spacing[2];
  const PetscReal radius = cbrt(3 * PetscMax(sums->volume[grain], 1) * voxel / (4 * PETSC_PI));

  return PetscSqr(radius);
}

/* Holds q within radius/2 of what it is now, and k within radius^2, where a face is held within
   1/sqrt(12); so no grain goes astray of which too little is seen, and none is drawn to where it
   was at first. */
static PetscErrorCode add_hold(const Fit *fit, PetscInt grain)
{
  const PetscReal square = square_radius(fit->sums, grain);
  const PetscInt row = grain - 1;
  PetscScalar matrix[UNKNOWNS][UNKNOWNS] = {{0}};

  PetscFunctionBeginUser;
  for (int u = 0; u < 3; u++) matrix[u][u] = 1 / (3 * square);
  matrix[3][3] = 1 / (12 * PetscSqr(square));
  PetscCall(MatSetValuesBlocked(fit->matrix, 1, &row, 1, &row, matrix[0], ADD_VALUES));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Room for a block for each neighbour of a grain, with grains of this rank and with others. */
static PetscErrorCode create_matrix(Fit *fit)
{
  const FacetSums *sums = fit->sums;
  const PetscInt num = sums->own[1] - sums->own[0];
  PetscInt(*neighbours)[2], *near, *far;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(sums->num_grains + 1, &neighbours));
  for (PetscInt p = 0; p < sums->num; p++) {
    const int32_t *grain = sums->list[p].grain;
    const int is_far = grain[1] < sums->own[0] || grain[1] >= sums->own[1];

    for (int g = 0; g < 2; g++) neighbours[grain[g]][is_far]++;
  }
  PetscCall(PetscMPIIntCast(2 * (sums->num_grains + 1), &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, neighbours, size, MPIU_INT, MPI_SUM, sums->comm));
  PetscCall(PetscMalloc2(num, &near, num, &far));
  for (PetscInt g = 0; g < num; g++) {
    near[g] = PetscMin(neighbours[sums->own[0] + g][0] + 1, num);
    far[g] = PetscMin(neighbours[sums->own[0] + g][1], sums->num_grains - num);
  }
  PetscCall(MatCreateBAIJ(sums->comm, UNKNOWNS, UNKNOWNS * num, UNKNOWNS * num, PETSC_DETERMINE,
                          PETSC_DETERMINE, 0, near, 0, far, &fit->matrix));
  PetscCall(PetscFree2(near, far));
  PetscCall(PetscFree(neighbours));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fit_create(const FacetSums *sums, Fit *fit)
{
  PC pc;

  PetscFunctionBeginUser;
  *fit = (Fit){.sums = sums};
  PetscCall(PetscCalloc1(sums->num_grains + 1, &fit->now));
  for (PetscInt g = 1; g <= sums->num_grains; g++) fit->now[g][3] = -square_radius(sums, g);
  PetscCall(create_matrix(fit));
  PetscCall(MatCreateVecs(fit->matrix, &fit->step, &fit->force));
  PetscCall(VecScatterCreateToAll(fit->step, &fit->gather, &fit->steps));
  PetscCall(KSPCreate(sums->comm, &fit->ksp));
  PetscCall(KSPSetOptionsPrefix(fit->ksp, "image_fit_"));
  PetscCall(KSPSetType(fit->ksp, KSPCG));
  PetscCall(KSPSetNormType(fit->ksp, KSP_NORM_NATURAL));
  PetscCall(KSPSetTolerances(fit->ksp, accuracy, 0, PETSC_DEFAULT, 1000));
  PetscCall(KSPGetPC(fit->ksp, &pc));
  PetscCall(PCSetType(pc, PCPBJACOBI));
  PetscCall(KSPSetFromOptions(fit->ksp));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fit_destroy(Fit *fit)
{
  PetscFunctionBeginUser;
  PetscCall(KSPDestroy(&fit->ksp));
  PetscCall(VecScatterDestroy(&fit->gather));
  PetscCall(VecDestroy(&fit->steps));
  PetscCall(VecDestroy(&fit->step));
  PetscCall(VecDestroy(&fit->force));
  PetscCall(MatDestroy(&fit->matrix));
  PetscCall(PetscFree(fit->now));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Boundaries that are bent, or that many more than one plane would be needed for, must not spoil
   what is near them: pairs count less that are much worse than is common so far. */
static PetscErrorCode set_limit(Fit *fit)
{
  PetscReal common[2] = {0, 0}; /* sum of logarithms, faces */

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < fit->sums->num; p++) {
    PetscReal total[2] = {0, 0};
    Pair pair;

    find_pair(fit, &fit->sums->list[p], &pair);
    add_squares(fit, &fit->sums->list[p], &pair, total);
    common[0] += total[1] * log(total[0] / total[1] + 0.01);
    common[1] += total[1];
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, common, 2, MPIU_REAL, MPIU_SUM, fit->sums->comm));
  fit->limit = common[1] > 0 ? PetscMax(MOST_SQUARE, 4 * exp(common[0] / common[1])) : MOST_SQUARE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode improve(Fit *fit)
{
  const FacetSums *sums = fit->sums;
  const PetscScalar *steps;

  PetscFunctionBeginUser;
  PetscCall(set_limit(fit));
  PetscCall(MatZeroEntries(fit->matrix));
  PetscCall(VecZeroEntries(fit->force));
  for (PetscInt p = 0; p < sums->num; p++) PetscCall(add_pair(fit, &sums->list[p]));
  for (PetscInt g = sums->own[0]; g < sums->own[1]; g++) PetscCall(add_hold(fit, g));
  PetscCall(MatAssemblyBegin(fit->matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(fit->matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(VecAssemblyBegin(fit->force));
  PetscCall(VecAssemblyEnd(fit->force));
  PetscCall(KSPSetOperators(fit->ksp, fit->matrix, fit->matrix));
  PetscCall(KSPSolve(fit->ksp, fit->force, fit->step));
  PetscCall(VecScatterBegin(fit->gather, fit->step, fit->steps, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecScatterEnd(fit->gather, fit->step, fit->steps, INSERT_VALUES, SCATTER_FORWARD));
  PetscCall(VecGetArrayRead(fit->steps, &steps));
  for (PetscInt g = 1; g <= sums->num_grains; g++) {
    for (int u = 0; u < UNKNOWNS; u++) fit->now[g][u] += steps[UNKNOWNS * (g - 1) + u];
  }
  PetscCall(VecRestoreArrayRead(fit->steps, &steps));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The faces are near the plane, and have the lower grain on its side of it. */
static PetscBool is_on_plane(const Fit *fit, const FacetSum *sum)
{
  PetscReal total[2] = {0, 0}, wrong = 0;
  Pair pair;

  find_pair(fit, sum, &pair);
  add_squares(fit, sum, &pair, total);
  for (int d = 0; d < 3; d++) {
    const PetscReal net = sum->moments[d][FACET_NET];

    wrong += 0.5 * (sum->moments[d][0] - (pair.apart[d] > 0 ? net : -net));
  }
  return (PetscBool)(total[0] <= (MOST_SQUARE + FEW_FACES / sqrt(total[1])) * total[1] &&
                     wrong <= MOST_WRONG * total[1]);
}

static PetscReal count_faces(const FacetSum *sum)
{
  return sum->moments[0][0] + sum->moments[1][0] + sum->moments[2][0];
}

/* Explained are grains of whose faces half and more are of pairs that lie on their planes, and all
   but a tenth of those with other such grains. The share is that of all faces that have explained
   grains on both sides. */
static PetscErrorCode judge(const Fit *fit, PetscBool is_explained[], PetscReal *share)
{
  const FacetSums *sums = fit->sums;
  PetscReal(*faces)[2], of_all[2] = {0, 0}; /* all; not on planes */
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(2 * (sums->num_grains + 1), &size));
  PetscCall(PetscMalloc1(sums->num_grains + 1, &faces));
  for (PetscInt g = 1; g <= sums->num_grains; g++) is_explained[g] = PETSC_TRUE;
  for (int look = 0; look < 2; look++) {
    const PetscReal most = look ? 0.1 : 0.5;

    PetscCall(PetscArrayzero(faces, sums->num_grains + 1));
    for (PetscInt p = 0; p < sums->num; p++) {
      const FacetSum *sum = &sums->list[p];
      const PetscBool is_good = is_on_plane(fit, sum);

      if (!is_explained[sum->grain[0]] || !is_explained[sum->grain[1]]) continue;
      for (int g = 0; g < 2; g++) {
        faces[sum->grain[g]][0] += count_faces(sum);
        if (!is_good) faces[sum->grain[g]][1] += count_faces(sum);
      }
    }
    PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, faces, size, MPIU_REAL, MPIU_SUM, sums->comm));
    for (PetscInt g = 1; g <= sums->num_grains; g++) {
      if (!(faces[g][1] < most * faces[g][0])) is_explained[g] = PETSC_FALSE;
    }
  }
  PetscCall(PetscFree(faces));
  for (PetscInt p = 0; p < sums->num; p++) {
    const FacetSum *sum = &sums->list[p];

    of_all[0] += count_faces(sum);
    if (is_explained[sum->grain[0]] && is_explained[sum->grain[1]]) of_all[1] += count_faces(sum);
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, of_all, 2, MPIU_REAL, MPIU_SUM, sums->comm));
  *share = of_all[0] > 0 ? of_all[1] / of_all[0] : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Weights that own nothing are farther below those of grains than any distance in the box. */
static void set_seeds(const Fit *fit, const PetscBool is_explained[], Laguerre *laguerre)
{
  const FacetSums *sums = fit->sums;
  PetscReal least = 0, extent = 0;

  for (int d = 0; d < 3; d++) extent += PetscSqr(laguerre->length[d]);
  for (PetscInt g = 1; g <= sums->num_grains; g++) {
    const PetscReal *now = fit->now[g];
    PetscReal *seed = laguerre->seeds[g - 1], square = 0;

    for (int d = 0; d < 3; d++) {
      const PetscReal x = sums->centre[g][d] + (is_explained[g] ? now[d] : 0);
      const PetscReal period = sums->period[d];

      square += PetscSqr(now[d]);
      seed[d] = sums->unit * (period > 0 ? x - period * floor(x / period) : x);
    }
    laguerre->weights[g - 1] = PetscSqr(sums->unit) * (square - now[3]);
    if (is_explained[g]) least = PetscMin(least, laguerre->weights[g - 1]);
  }
  for (PetscInt g = 1; g <= sums->num_grains; g++) {
    if (!is_explained[g]) laguerre->weights[g - 1] = least - 16 * extent;
  }
}

PetscErrorCode LaguerreFromImage(const FacetSums *sums, const StructureBox *box,
                                 Laguerre **laguerre, PetscBool **is_explained)
{
  PetscReal share;
  Fit fit;

  PetscFunctionBeginUser;
  *laguerre = NULL;
  PetscCall(PetscCalloc1(sums->num_grains + 1, is_explained));
  PetscCall(fit_create(sums, &fit));
  for (int r = 0; r < ROUNDS; r++) PetscCall(improve(&fit));
  PetscCall(judge(&fit, *is_explained, &share));
  if (share >= LEAST_EXPLAINED) {
    PetscCall(LaguerreCreate(3, box, PETSC_FALSE, 1, sums->num_grains, laguerre));
    set_seeds(&fit, *is_explained, *laguerre);
  }
  PetscCall(fit_destroy(&fit));
  PetscFunctionReturn(PETSC_SUCCESS);
}
