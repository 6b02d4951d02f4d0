#include "statistics.h"

#include <math.h>

/* Volume of every grain of the film [m^3], on all ranks; [0] is void. */
static PetscErrorCode measure_grains(const Grid *grid, const Microstructure *structure,
                                     PetscReal *volume)
{
  const PetscInt first = PetscMax(grid->film_cells[0] - grid->start[2], 0);
  const PetscInt last = PetscMin(grid->film_cells[1] - grid->start[2], grid->count[2]);
  const PetscReal section =
      GridPlateArea(grid) / ((PetscReal)grid->num_cells[0] * (PetscReal)grid->num_cells[1]);
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(volume, structure->num_film_grains + 1));
  for (PetscInt k = first; k < last; k++) {
    const PetscReal cell = section * GridSpacing(grid, 2, grid->start[2] + k);

    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        volume[structure->grain[GridIndex(grid, i, j, k)]] += cell;
      }
    }
  }
  PetscCall(PetscMPIIntCast(structure->num_film_grains + 1, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, volume, size, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscReal grain_size(PetscReal volume, PetscReal thickness, PetscBool is_columnar)
{
  if (is_columnar) return PetscSqrtReal(4 * volume / thickness / PETSC_PI);
  return PetscPowReal(6 * volume / PETSC_PI, 1.0 / 3.0);
}

static void summarise_sizes(const Microstructure *structure, const PetscReal *volume,
                            PetscReal thickness, PetscBool is_columnar, GrainStatistics *statistics)
{
  PetscReal sum = 0, log_sum = 0, log_squares = 0, n;

  for (PetscInt g = 1; g <= structure->num_film_grains; g++) {
    const PetscReal size = grain_size(volume[g], thickness, is_columnar);

    if (volume[g] == 0) continue;
    statistics->num_grains++;
    sum += size;
    log_sum += PetscLogReal(size / thickness);
    log_squares += PetscSqr(PetscLogReal(size / thickness));
  }
  n = (PetscReal)PetscMax(statistics->num_grains, 1);
  statistics->num_lost_grains = structure->num_film_grains - statistics->num_grains;
  statistics->mean_size =
      structure->num_film_grains > 1 ? sum / n : NAN; /* else the box's, no grain's */
  statistics->size_spread = PetscSqrtReal(PetscMax(log_squares / n - PetscSqr(log_sum / n), 0));
}

PetscErrorCode GrainStatisticsCompute(const Grid *grid, const Microstructure *structure,
                                      PetscBool is_columnar, GrainStatistics *statistics)
{
  const PetscReal thickness = grid->edges[2][grid->film_cells[1]];
  const PetscReal film = GridPlateArea(grid) * thickness;
  PetscReal *volume, area;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(statistics, sizeof *statistics));
  PetscCall(PetscMalloc1(structure->num_film_grains + 1, &volume));
  PetscCall(measure_grains(grid, structure, volume));
  summarise_sizes(structure, volume, thickness, is_columnar, statistics);
  PetscCall(PetscCalloc1(structure->num_film_phases + 1, &statistics->phase_fractions));
  for (PetscInt g = 0; g <= structure->num_film_grains; g++) {
    statistics->phase_fractions[structure->phase[g]] += volume[g] / film;
  }
  statistics->void_fraction = statistics->phase_fractions[0];
  PetscCall(PetscFree(volume));
  PetscCall(BoundaryAreaCompute(grid, structure, 1, NULL, NULL, &area));
  statistics->boundary_area = area / film;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainStatisticsDestroy(GrainStatistics *statistics)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(statistics->phase_fractions));
  PetscFunctionReturn(PETSC_SUCCESS);
}
