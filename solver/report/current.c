#include "current.h"

#include <math.h>
#include "potential.h"

/* j_z through the face below local cell `at` [A/m^2 at 1 V]. */
static PetscReal current_density(const FaceModel *model, const Faces *faces,
                                 const Potential *potential, const PetscInt at[3])
{
  return faces->unit * faces->conductance[2][FaceIndex(model->grid, 2, at)] *
         PotentialDrop(potential, 2, at) / FaceArea(model->grid, 2, at);
}

/* Local j_z of global z face `face`; empty on ranks that do not count it. */
static PetscErrorCode local_plane(const FaceModel *model, const Faces *faces,
                                  const Potential *potential, PetscInt face, PetscReal *currents,
                                  PetscMPIInt *count)
{
  const Grid *grid = model->grid;
  PetscInt range[2], at[3];

  PetscFunctionBeginUser;
  *count = 0;
  FaceRange(grid, 2, range);
  at[2] = face - grid->start[2];
  if (at[2] < range[0] || at[2] >= range[1]) PetscFunctionReturn(PETSC_SUCCESS);
  for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
    for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
      currents[(*count)++] = current_density(model, faces, potential, at);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All faces of a plane have the same area, so a percentile by area is one by number. */
static PetscErrorCode spread_of(PetscReal *currents, PetscInt n, CurrentSpread *spread)
{
  PetscReal sum = 0;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < n; f++) {
    sum += currents[f];
    currents[f] = PetscAbsReal(currents[f]);
  }
  PetscCall(PetscSortReal(n, currents));
  spread->mean = sum / (PetscReal)n;
  spread->max_over_mean = currents[n - 1] / spread->mean;
  spread->p50 = currents[(PetscInt)(0.5 * (PetscReal)(n - 1) + 0.5)] / spread->mean;
  spread->p99 = currents[(PetscInt)(0.99 * (PetscReal)(n - 1) + 0.5)] / spread->mean;
  spread->p999 = currents[(PetscInt)(0.999 * (PetscReal)(n - 1) + 0.5)] / spread->mean;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode gather_plane(MPI_Comm comm, const PetscReal *local, PetscMPIInt count,
                                   PetscReal *all)
{
  PetscMPIInt rank, size, *counts, *starts;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc2(size, &counts, size, &starts));
  PetscCallMPI(MPI_Gather(&count, 1, MPI_INT, counts, 1, MPI_INT, 0, comm));
  starts[0] = 0;
  for (PetscMPIInt r = 1; r < size && !rank; r++) starts[r] = starts[r - 1] + counts[r - 1];
  PetscCallMPI(MPI_Gatherv(local, count, MPIU_REAL, all, counts, starts, MPIU_REAL, 0, comm));
  PetscCall(PetscFree2(counts, starts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CurrentSpreads(const FaceModel *model, const Faces *faces, Vec global,
                              CurrentSpread spreads[NUM_PLANES])
{
  const Grid *grid = model->grid;
  const PetscInt first = grid->film_cells[0], last = grid->film_cells[1];
  const PetscInt planes[NUM_PLANES] = {first, (first + last) / 2, last};
  const PetscInt n = grid->num_cells[0] * grid->num_cells[1];
  PetscReal *local, *all = NULL;
  Potential potential;
  PetscMPIInt rank, count;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  PetscCall(PetscMalloc1(grid->count[0] * grid->count[1], &local));
  if (!rank) PetscCall(PetscMalloc1(n, &all));
  PetscCall(PotentialGet(grid, global, &potential));
  for (int p = 0; p < NUM_PLANES; p++) {
    PetscCall(local_plane(model, faces, &potential, planes[p], local, &count));
    PetscCall(gather_plane(grid->comm, local, count, all));
    if (!rank) PetscCall(spread_of(all, n, &spreads[p]));
  }
  PetscCall(PotentialRestore(&potential));
  PetscCallMPI(MPI_Bcast(spreads, NUM_PLANES * (int)sizeof *spreads, MPI_BYTE, 0, grid->comm));
  PetscCall(PetscFree(local));
  PetscCall(PetscFree(all));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sums over a plane's local cells: conducting cells, potential, j_z, j_z^2. */
static void add_plane(const FaceModel *model, const Faces *faces, const Potential *potential,
                      PetscInt k, PetscReal sums[4])
{
  const Grid *grid = model->grid;
  PetscInt at[3] = {0, 0, k};

  for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
    for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
      const PetscInt c = GridIndex(grid, at[0], at[1], k);
      const PetscReal current = current_density(model, faces, potential, at);

      if (model->connectivity->is_joined[c]) {
        sums[0] += 1;
        sums[1] += potential->values[c];
      }
      sums[2] += current;
      sums[3] += current * current;
    }
  }
}

PetscErrorCode ProfileCompute(const FaceModel *model, const Faces *faces, Vec global,
                              ProfileRow *rows)
{
  const Grid *grid = model->grid;
  const PetscInt nz = grid->num_cells[2];
  const PetscReal cells = (PetscReal)grid->num_cells[0] * (PetscReal)grid->num_cells[1];
  PetscReal(*sums)[4];
  Potential potential;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(nz, &sums));
  PetscCall(PotentialGet(grid, global, &potential));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    add_plane(model, faces, &potential, k, sums[grid->start[2] + k]);
  }
  PetscCall(PotentialRestore(&potential));
  PetscCall(PetscMPIIntCast(4 * nz, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, size, MPIU_REAL, MPIU_SUM, grid->comm));
  for (PetscInt k = 0; k < nz; k++) {
    const PetscReal mean = sums[k][2] / cells;
    const PetscReal variance = PetscMax(sums[k][3] / cells - mean * mean, 0);

    rows[k].z = 0.5 * (grid->edges[2][k] + grid->edges[2][k + 1]);
    rows[k].conducting = sums[k][0] / cells;
    rows[k].potential = sums[k][0] > 0 ? sums[k][1] / sums[k][0] : 0;
    rows[k].current = mean;
    rows[k].current_spread = PetscSqrtReal(variance) / mean;
  }
  PetscCall(PetscFree(sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}
