#include "tessellation.h"

#include <math.h>
#include "laguerre.h"
#include "laguerre_fit.h"
#include "points_csv.h"
#include "sizes.h"

static const PetscReal most_grains =
    2e7; /* labels are 32 bits wide, and every rank holds all seeds */

/* All that is wrong with the keys, before anything is computed. */
static PetscBool are_keys_good(const StructureSpec *spec, const StructureBox *box,
                               Problems *problems)
{
  const int num_problems = problems->num_problems;
  const PetscReal width = PetscMin(box->length[0], box->length[1]);

  if (!(spec->aspect > 0)) {
    ProblemsAdd(problems, NULL, "structure.aspect = %g must be greater than 0", spec->aspect);
  }
  if (spec->seeds_file && !isnan(spec->grain_size)) {
    ProblemsAdd(
        problems, NULL,
        "structure.grain_size_um and structure.seeds_file are both given; grains are either "
        "laid out by size or read from a file");
  } else if (!spec->seeds_file && isnan(spec->grain_size)) {
    ProblemsAdd(problems, NULL,
                "structure.grain_size_um is required by generator %s (or structure.seeds_file)",
                spec->generator);
  } else if (!spec->seeds_file) {
    if (!(spec->grain_size > 0)) {
      ProblemsAdd(problems, NULL, "structure.grain_size_um = %g must be greater than 0",
                  spec->grain_size * 1e6);
    }
    if (spec->grain_size > width) {
      ProblemsAdd(problems, NULL,
                  "structure.grain_size_um = %g is more than the smaller width of the film, %g um; "
                  "the film must be wider than a grain",
                  spec->grain_size * 1e6, width * 1e6);
    }
    if (!(spec->size_spread >= 0)) {
      ProblemsAdd(problems, NULL, "structure.size_spread = %g must not be negative",
                  spec->size_spread);
    }
  }
  return problems->num_problems == num_problems ? PETSC_TRUE : PETSC_FALSE;
}

/* Number of grains of mean size `mean` that fill the box. The mean of size^dimension depends,
   weakly, on the number of grains itself, hence the repetition. */
static PetscErrorCode count_grains(PetscInt dimension, const StructureSpec *spec,
                                   const StructureBox *box, PetscReal *num_grains)
{
  const PetscReal unit = dimension == 3 ? PETSC_PI / 6 : PETSC_PI / 4; /* of diameter 1 */
  const PetscReal spread = spec->size_spread;
  PetscReal volume = 1, moment, *sizes;

  PetscFunctionBeginUser;
  for (int d = 0; d < dimension; d++) volume *= box->length[d] / spec->grain_size;
  moment = exp(0.5 * (PetscReal)(dimension * (dimension - 1)) * PetscSqr(spread));
  *num_grains = PetscMax(1, round(volume / (unit * moment)));
  for (int repetition = 0; repetition < 4 && *num_grains <= most_grains; repetition++) {
    PetscCall(PetscMalloc1((size_t)*num_grains, &sizes));
    PetscCall(SizesLognormal((PetscInt)*num_grains, spread, sizes));
    moment = SizesMoment((PetscInt)*num_grains, sizes, dimension);
    PetscCall(PetscFree(sizes));
    *num_grains = PetscMax(1, round(volume / (unit * moment)));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode lay_out_grains(MPI_Comm comm, PetscInt dimension, const StructureSpec *spec,
                                     const StructureBox *box, Problems *problems,
                                     Laguerre **laguerre)
{
  const uint64_t seed = (uint64_t)spec->seed;
  PetscReal wanted, *sizes, *volumes;
  PetscInt num, *order;

  PetscFunctionBeginUser;
  PetscCall(count_grains(dimension, spec, box, &wanted));
  if (wanted > most_grains) {
    ProblemsAdd(problems, NULL,
                "structure.grain_size_um = %g gives %.3g grains; at most %g are possible",
                spec->grain_size * 1e6, wanted, most_grains);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  num = (PetscInt)wanted;
  PetscCall(LaguerreCreate(dimension, box, spec->periodic_z, spec->aspect, num, laguerre));
  PetscCall(PetscMalloc3(num, &sizes, num, &volumes, num, &order));
  PetscCall(SizesLognormal(num, spec->size_spread, sizes));
  PetscCall(OrderDraw(num, seed, RANDOM_SIZES, order));
  for (PetscInt g = 0; g < num; g++) volumes[g] = PetscPowRealInt(sizes[order[g]], dimension);
  PetscCall(LaguerreFit(comm, volumes, seed, *laguerre));
  PetscCall(PetscFree3(sizes, volumes, order));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode copy_seeds(const Points *points, PetscInt dimension,
                                 const StructureSpec *spec, const StructureBox *box,
                                 Laguerre **laguerre)
{
  PetscFunctionBeginUser;
  PetscCall(
      LaguerreCreate(dimension, box, spec->periodic_z, spec->aspect, points->num_points, laguerre));
  for (PetscInt s = 0; s < points->num_points; s++) {
    for (int d = 0; d < dimension; d++) (*laguerre)->seeds[s][d] = points->x[s][d];
    (*laguerre)->weights[s] = points->value[s];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TessellationCreate(MPI_Comm comm, PetscInt dimension, const StructureSpec *spec,
                                  const StructureBox *box, const PhaseNames *phases,
                                  Problems *problems, Generator **generator)
{
  Laguerre *laguerre = NULL;
  const PointsFile file = {spec->seeds_file, POINTS_SEEDS, dimension, spec->periodic_z};
  Points points = {0};

  PetscFunctionBeginUser;
  if (!are_keys_good(spec, box, problems)) PetscFunctionReturn(PETSC_SUCCESS);
  if (spec->seeds_file) {
    PetscCall(PointsRead(comm, &file, box, phases, problems, &points));
    if (points.num_points) PetscCall(copy_seeds(&points, dimension, spec, box, &laguerre));
  } else {
    PetscCall(lay_out_grains(comm, dimension, spec, box, problems, &laguerre));
  }
  if (laguerre) PetscCall(LaguerreGeneratorCreate(laguerre, generator));
  if (laguerre && points.phase) {
    PetscCall(PetscArraycpy((*generator)->phase + 1, points.phase, points.num_points));
    if (spec->num_phase_fractions) {
      ProblemsAdd(problems, NULL,
                  "structure.phase_fractions and the phase column of %s are both given",
                  spec->seeds_file);
    }
  }
  PetscCall(PointsDestroy(&points));
  PetscFunctionReturn(PETSC_SUCCESS);
}
