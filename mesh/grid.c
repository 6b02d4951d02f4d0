#include "grid.h"

#include <math.h>
#include <string.h>

const char *const LateralTypes[] = {"periodic", "insulating", NULL};

/* Cell widths grow by a constant factor from both electrodes to the middle. */
void FilmPlaceEdges(const FilmSpec *film, PetscReal edges[])
{
  const PetscInt n = film->cells[2];
  const PetscInt half = (n + 1) / 2;
  PetscReal sum = 0;

  if (film->grading_z == 1.0 || half < 2) {
    for (PetscInt e = 0; e <= n; e++) edges[e] = film->thickness * (PetscReal)e / (PetscReal)n;
    return;
  }
  edges[0] = 0;
  for (PetscInt c = 0; c < n; c++) {
    const PetscReal depth = (PetscReal)PetscMin(c, n - 1 - c) / (PetscReal)(half - 1);

    sum += PetscPowReal(film->grading_z, depth);
    edges[c + 1] = sum;
  }
  for (PetscInt e = 1; e < n; e++) edges[e] *= film->thickness / sum;
  edges[n] = film->thickness;
}

static PetscErrorCode place_z_edges(const FilmSpec *film, PetscInt num_anode,
                                    const GridLayer *anode, PetscInt num_cathode,
                                    const GridLayer *cathode, Grid *grid)
{
  PetscReal *edges, position;
  PetscInt below = 0, above = 0, e;

  PetscFunctionBeginUser;
  for (PetscInt l = 0; l < num_anode; l++) below += anode[l].cells;
  for (PetscInt l = 0; l < num_cathode; l++) above += cathode[l].cells;
  grid->film_cells[0] = below;
  grid->film_cells[1] = below + film->cells[2];
  grid->num_cells[2] = below + film->cells[2] + above;
  PetscCall(PetscMalloc1(grid->num_cells[2] + 1, &grid->edges[2]));
  edges = grid->edges[2];
  FilmPlaceEdges(film, edges + below);
  e = below;
  position = 0;
  for (PetscInt l = 0; l < num_anode; l++) {
    for (PetscInt c = 1; c <= anode[l].cells; c++) {
      edges[--e] = position - anode[l].thickness * (PetscReal)c / (PetscReal)anode[l].cells;
    }
    position = edges[e];
  }
  e = grid->film_cells[1];
  position = film->thickness;
  for (PetscInt l = 0; l < num_cathode; l++) {
    for (PetscInt c = 1; c <= cathode[l].cells; c++) {
      edges[++e] = position + cathode[l].thickness * (PetscReal)c / (PetscReal)cathode[l].cells;
    }
    position = edges[e];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The split with the cheapest surface. */
PetscBool GridShareOut(PetscMPIInt size, const PetscInt cells[3], const PetscReal price[3],
                       PetscInt ranks[3])
{
  const PetscReal same[3] = {1, 1, 1}, *each = price ? price : same;
  PetscReal best = PETSC_MAX_REAL;

  for (PetscInt pz = 1; pz <= PetscMin(size, cells[2]); pz++) {
    if (size % pz) continue;
    for (PetscInt py = 1; py <= PetscMin(size / pz, cells[1]); py++) {
      const PetscInt px = size / pz / py;
      const PetscReal nx = (PetscReal)cells[0], ny = (PetscReal)cells[1], nz = (PetscReal)cells[2];
      const PetscReal surface = each[0] * (PetscReal)(px - 1) * ny * nz +
                                each[1] * (PetscReal)(py - 1) * nx * nz +
                                each[2] * (PetscReal)(pz - 1) * nx * ny;

      if (size / pz % py || px > cells[0] || surface >= best) continue;
      best = surface;
      ranks[0] = px;
      ranks[1] = py;
      ranks[2] = pz;
    }
  }
  return (PetscBool)(best < PETSC_MAX_REAL);
}

/* What a cut across z costs where more than an eighth of the cells are less than half as high as
   wide: whole lines of such cells along z are relaxed at once, if one rank has them. */
#define PRICE_OF_FLAT_CELLS 8

static PetscReal price_along_z(const Grid *grid)
{
  const PetscReal width = PetscMin(GridSpacing(grid, 0, 0), GridSpacing(grid, 1, 0));
  PetscInt num_flat = 0;

  for (PetscInt k = 0; k < grid->num_cells[2]; k++) num_flat += 2 * GridSpacing(grid, 2, k) < width;
  return 8 * num_flat > grid->num_cells[2] ? PRICE_OF_FLAT_CELLS : 1;
}

/* How much larger than even the largest share may be for the sake of pairs. */
#define MOST_UNEVEN 1.08

PetscInt GridShare(PetscInt num_cells, PetscInt ranks, PetscInt place)
{
  const PetscInt num_pairs = (num_cells + 1) / 2, even = (num_cells + ranks - 1) / ranks;
  const PetscReal most = 2.0 * (PetscReal)((num_pairs + ranks - 1) / ranks);
  const PetscInt width = num_pairs >= ranks && most <= MOST_UNEVEN * (PetscReal)even ? 2 : 1;
  const PetscInt num = width == 2 ? num_pairs : num_cells;
  const PetscInt share = width * (num / ranks + (place < num % ranks));

  return place == ranks - 1 ? share - (width * num - num_cells) : share;
}

static PetscErrorCode share_out(Grid *grid)
{
  const PetscReal price[3] = {1, 1, price_along_z(grid)};
  PetscMPIInt size, rank;
  PetscInt left;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(grid->comm, &size));
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  PetscCheck(GridShareOut(size, grid->num_cells, price, grid->ranks), grid->comm, PETSC_ERR_ARG_SIZ,
             "%d ranks cannot share the cells", size);
  left = rank;
  for (int d = 0; d < 3; d++) {
    grid->place[d] = left % grid->ranks[d];
    left /= grid->ranks[d];
    for (PetscInt p = 0; p < grid->place[d]; p++) {
      grid->start[d] += GridShare(grid->num_cells[d], grid->ranks[d], p);
    }
    grid->count[d] = GridShare(grid->num_cells[d], grid->ranks[d], grid->place[d]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GridVecCreate(const Grid *grid, Vec *vec)
{
  PetscFunctionBeginUser;
  PetscCall(VecCreate(grid->comm, vec));
  PetscCall(VecSetSizes(*vec, grid->count[0] * grid->count[1] * grid->count[2], PETSC_DETERMINE));
  PetscCall(VecSetType(*vec, VECSTANDARD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GridVecCreateWithArray(const Grid *grid, const PetscScalar *array, Vec *vec)
{
  const PetscInt n = grid->count[0] * grid->count[1] * grid->count[2];
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(grid->comm, &size));
  if (size == 1)
    PetscCall(VecCreateSeqWithArray(grid->comm, 1, n, array, vec));
  else
    PetscCall(VecCreateMPIWithArray(grid->comm, 1, n, PETSC_DETERMINE, array, vec));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GridDMCreate(const Grid *grid, DM *dm)
{
  DMBoundaryType boundary[3];
  PetscInt *counts[3];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(grid->ranks[d], &counts[d]));
    for (PetscInt p = 0; p < grid->ranks[d]; p++) {
      counts[d][p] = GridShare(grid->num_cells[d], grid->ranks[d], p);
    }
    boundary[d] = grid->is_periodic[d] ? DM_BOUNDARY_PERIODIC : DM_BOUNDARY_GHOSTED;
  }
  PetscCall(DMDACreate3d(grid->comm, boundary[0], boundary[1], boundary[2], DMDA_STENCIL_STAR,
                         grid->num_cells[0], grid->num_cells[1], grid->num_cells[2], grid->ranks[0],
                         grid->ranks[1], grid->ranks[2], 1, 1, counts[0], counts[1], counts[2],
                         dm));
  PetscCall(DMSetUp(*dm));
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(counts[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GridCreate(MPI_Comm comm, const FilmSpec *film, PetscInt num_anode_layers,
                          const GridLayer *anode_layers, PetscInt num_cathode_layers,
                          const GridLayer *cathode_layers, Grid *grid)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(grid, sizeof *grid));
  grid->comm = comm;
  grid->is_lateral_periodic = (PetscBool)(film->lateral == LATERAL_PERIODIC);
  for (int d = 0; d < 2; d++) {
    const PetscInt n = film->cells[d];

    grid->num_cells[d] = n;
    grid->is_periodic[d] = (PetscBool)(grid->is_lateral_periodic && n > 1);
    PetscCall(PetscMalloc1(n + 1, &grid->edges[d]));
    for (PetscInt e = 0; e <= n; e++) {
      grid->edges[d][e] = film->width[d] * (PetscReal)e / (PetscReal)n;
    }
  }
  PetscCall(place_z_edges(film, num_anode_layers, anode_layers, num_cathode_layers, cathode_layers,
                          grid));
  PetscCall(share_out(grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GridDestroy(Grid *grid)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(grid->edges[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void GridCopyOwned(const Grid *grid, const PetscScalar *owned, PetscScalar *ghosted)
{
  const size_t row = (size_t)grid->count[0];

  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++, owned += row) {
      memcpy(ghosted + GridIndex(grid, 0, j, k), owned, row * sizeof *owned);
    }
  }
}

PetscErrorCode GridCentres(const Grid *grid, PetscInt axis, PetscReal *centres)
{
  PetscFunctionBeginUser;
  for (PetscInt i = -1; i <= grid->count[axis]; i++) {
    const PetscInt cell = GridCellAt(grid, axis, grid->start[axis] + i);

    centres[i + 1] = 0.5 * (grid->edges[axis][cell] + grid->edges[axis][cell + 1]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal GridPlateArea(const Grid *grid)
{
  return grid->edges[0][grid->num_cells[0]] * grid->edges[1][grid->num_cells[1]];
}
