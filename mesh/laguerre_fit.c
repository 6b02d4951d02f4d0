#include "laguerre_fit.h"

#include <math.h>
#include "random.h"
#include "sampling.h"

/* A stage of the iteration: on how fine a lattice, how often, how far seeds follow their centroids.
   The numbers were found by trial: at a spread of 0.35 the produced mean size is then within 0.1 %
   and the spread within 1 % of what was asked; 2000 grains take 0.3 s. */
typedef struct {
  PetscReal points_per_grain;
  PetscInt most_iterations;
  PetscReal centring;
  PetscReal tolerance; /* root mean square of the volumes' relative errors */
} Stage;

static const Stage stages[] = {{32, 12, 1.0, 0}, {64, 8, 0.5, 0}, {256, 8, 0, 0.03}};

/* What cells are measured on. */
typedef struct {
  MPI_Comm comm;
  Laguerre *laguerre;
  PetscReal *volumes; /* wanted, stretched [m^dimension] */
  Sampling sampling;
  PetscInt *nearest; /* [num_seeds][3], sampling point at the seed */
  PetscInt64 *sums;  /* [num_seeds][4]: points, and their offsets from `nearest` */
  int32_t *labels;
} Fit;

/* Start: the box is cut in two again and again, in proportion to the volumes that go into each
   part, so that no region starts with too much or too little to hold; a seed stands anywhere in its
   part. */
static void place_seeds(Laguerre *laguerre, const PetscReal *volumes, uint64_t seed, PetscInt first,
                        PetscInt num, const PetscReal low[3], const PetscReal high[3])
{
  PetscReal part = 0, whole = 0, side = 0, cut_low[3], cut_high[3];
  int axis = 0;

  if (num == 1) {
    for (int d = 0; d < laguerre->dimension; d++) {
      const PetscReal u = RandomUniform(seed, RANDOM_SEEDS, (uint32_t)first, (uint32_t)d);

      laguerre->seeds[first][d] = low[d] + u * (high[d] - low[d]);
    }
    return;
  }
  for (PetscInt s = 0; s < num; s++) {
    whole += volumes[first + s];
    if (s < num / 2) part += volumes[first + s];
  }
  for (int d = 0; d < laguerre->dimension; d++) {
    const PetscReal length = (high[d] - low[d]) / (d == 2 ? laguerre->aspect : 1);

    if (length > side) {
      side = length;
      axis = d;
    }
  }
  for (int d = 0; d < 3; d++) {
    cut_low[d] = low[d];
    cut_high[d] = high[d];
  }
  cut_low[axis] = cut_high[axis] = low[axis] + part / whole * (high[axis] - low[axis]);
  place_seeds(laguerre, volumes, seed, first, num / 2, low, cut_high);
  place_seeds(laguerre, volumes, seed, first + num / 2, num - num / 2, cut_low, high);
}

/* Radius of the sphere, or circle, of a volume. */
static PetscReal equivalent_radius(PetscInt dimension, PetscReal volume)
{
  return dimension == 3 ? cbrt(0.75 * volume / PETSC_PI) : sqrt(volume / PETSC_PI);
}

/* Volume of the box, area in two dimensions, with z stretched. */
static PetscReal stretched_volume(const Laguerre *laguerre)
{
  PetscReal volume = 1;

  for (int d = 0; d < laguerre->dimension; d++) {
    volume *= laguerre->length[d] / (d == 2 ? laguerre->aspect : 1);
  }
  return volume;
}

/* Index of the sampling point whose box holds each seed. */
static void find_nearest(Fit *fit)
{
  for (PetscInt s = 0; s < fit->laguerre->num_seeds; s++) {
    for (int d = 0; d < 3; d++) {
      const PetscReal n = (PetscReal)fit->sampling.n[d];
      const PetscReal place = fit->laguerre->seeds[s][d] / fit->laguerre->length[d] * n;

      fit->nearest[3 * s + d] = (PetscInt)PetscMin(floor(place), n - 1);
    }
  }
}

/* Adds a slab of labelled points to the sums. Offsets are whole numbers: the order does not matter.
 */
static void add_slab(Fit *fit, const PetscInt first[3], const Lattice *points)
{
  const Laguerre *laguerre = fit->laguerre;
  const int32_t *label = fit->labels;
  PetscInt index[3];

  for (index[2] = first[2]; index[2] < first[2] + points->n[2]; index[2]++) {
    for (index[1] = first[1]; index[1] < first[1] + points->n[1]; index[1]++) {
      for (index[0] = first[0]; index[0] < first[0] + points->n[0]; index[0]++) {
        const PetscInt s = *label++ - 1;
        PetscInt64 *sums = fit->sums + 4 * (size_t)s;

        sums[0]++;
        for (int d = 0; d < laguerre->dimension; d++) {
          const PetscInt n = fit->sampling.n[d];
          PetscInt offset = index[d] - fit->nearest[3 * s + d];

          if (laguerre->is_periodic[d] && 2 * offset > n) offset -= n;
          if (laguerre->is_periodic[d] && 2 * offset < -n) offset += n;
          sums[1 + d] += offset;
        }
      }
    }
  }
}

static PetscErrorCode measure_cells(Fit *fit)
{
  const PetscInt num_sums = 4 * fit->laguerre->num_seeds;
  PetscInt plane = fit->sampling.slab[0], first[3];
  Lattice points;

  PetscFunctionBeginUser;
  find_nearest(fit);
  PetscCall(PetscArrayzero(fit->sums, num_sums));
  while (SamplingNext(&fit->sampling, &plane, first, &points)) {
    PetscCall(LaguerreLabel(fit->laguerre, &points, fit->labels));
    add_slab(fit, first, &points);
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, fit->sums, (PetscMPIInt)num_sums, MPIU_INT64, MPI_SUM,
                             fit->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void centre_seed(Fit *fit, PetscInt s, PetscReal centring)
{
  const PetscInt64 *sums = fit->sums + 4 * (size_t)s;

  for (int d = 0; d < fit->laguerre->dimension && sums[0]; d++) {
    const PetscReal length = fit->laguerre->length[d];
    const PetscReal offset = (PetscReal)sums[1 + d] / (PetscReal)sums[0];
    const PetscReal centroid = ((PetscReal)fit->nearest[3 * s + d] + 0.5 + offset) * length /
                               (PetscReal)fit->sampling.n[d];
    PetscReal *x = &fit->laguerre->seeds[s][d];

    *x += centring * (centroid - *x);
    if (fit->laguerre->is_periodic[d]) *x -= length * floor(*x / length);
    *x = PetscMin(PetscMax(*x, 0), length);
  }
}

/* A cell among equals gains dV = pi R dw in 3-D, pi/2 dw in 2-D; a share of that step is stable
   also for a large cell among small ones. Returns the root mean square of the relative errors. */
static PetscReal adjust_weights(Fit *fit, PetscReal point_volume)
{
  Laguerre *laguerre = fit->laguerre;
  PetscReal squares = 0;

  for (PetscInt s = 0; s < laguerre->num_seeds; s++) {
    const PetscReal volume = point_volume * (PetscReal)fit->sums[4 * (size_t)s];
    const PetscReal radius = equivalent_radius(laguerre->dimension, fit->volumes[s]);
    const PetscReal gain = laguerre->dimension == 3 ? PETSC_PI * radius : 0.5 * PETSC_PI;
    const PetscReal missing = fit->volumes[s] - volume;

    laguerre->weights[s] += 0.7 * PetscMax(missing, -fit->volumes[s]) / gain;
    squares += PetscSqr(missing / fit->volumes[s]);
  }
  return sqrt(squares / (PetscReal)laguerre->num_seeds);
}

static PetscErrorCode run_stage(Fit *fit, const Stage *stage)
{
  Laguerre *laguerre = fit->laguerre;
  const PetscReal wanted =
      PetscMax(stage->points_per_grain * (PetscReal)laguerre->num_seeds, 30000);
  PetscReal error = PETSC_MAX_REAL;

  PetscFunctionBeginUser;
  PetscCall(SamplingCreate(fit->comm, laguerre->length, laguerre->dimension, laguerre->aspect,
                           wanted, &fit->sampling));
  PetscCall(PetscMalloc1(SamplingSlabSize(&fit->sampling), &fit->labels));
  for (PetscInt i = 0; i < stage->most_iterations && error > stage->tolerance; i++) {
    PetscCall(measure_cells(fit));
    error = adjust_weights(fit, stretched_volume(laguerre) / SamplingSize(&fit->sampling));
    for (PetscInt s = 0; s < laguerre->num_seeds && stage->centring > 0; s++) {
      centre_seed(fit, s, stage->centring);
    }
  }
  PetscCall(PetscFree(fit->labels));
  PetscCall(SamplingDestroy(&fit->sampling));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LaguerreFit(MPI_Comm comm, const PetscReal *volumes, uint64_t seed,
                           Laguerre *laguerre)
{
  const PetscReal low[3] = {0, 0, 0};
  const PetscInt num = laguerre->num_seeds;
  Fit fit = {.comm = comm, .laguerre = laguerre};
  PetscReal whole = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc3(num, &fit.volumes, 3 * num, &fit.nearest, 4 * num, &fit.sums));
  for (PetscInt s = 0; s < num; s++) whole += volumes[s];
  for (PetscInt s = 0; s < num; s++) {
    fit.volumes[s] = volumes[s] / whole * stretched_volume(laguerre);
    laguerre->weights[s] = PetscSqr(equivalent_radius(laguerre->dimension, fit.volumes[s]));
  }
  place_seeds(laguerre, fit.volumes, seed, 0, num, low, laguerre->length);
  for (size_t stage = 0; stage < sizeof stages / sizeof *stages && num > 1; stage++) {
    PetscCall(run_stage(&fit, &stages[stage]));
  }
  PetscCall(PetscFree3(fit.volumes, fit.nearest, fit.sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}
