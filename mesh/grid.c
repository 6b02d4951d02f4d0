#include "grid.h"

#include <math.h>

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

/* DMDA's own choice fails on boxes thin along one axis; take the split with the smallest surface.
 */
PetscBool GridShareOut(PetscMPIInt size, const PetscInt cells[3], PetscInt ranks[3])
{
  PetscReal best = PETSC_MAX_REAL;

  for (PetscInt pz = 1; pz <= PetscMin(size, cells[2]); pz++) {
    if (size % pz) continue;
    for (PetscInt py = 1; py <= PetscMin(size / pz, cells[1]); py++) {
      const PetscInt px = size / pz / py;
      const PetscReal nx = (PetscReal)cells[0], ny = (PetscReal)cells[1], nz = (PetscReal)cells[2];
      const PetscReal surface = (PetscReal)(px - 1) * ny * nz + (PetscReal)(py - 1) * nx * nz +
                                (PetscReal)(pz - 1) * nx * ny;

      if (size / pz % py || px > cells[0] || surface >= best) continue;
      best = surface;
      ranks[0] = px;
      ranks[1] = py;
      ranks[2] = pz;
    }
  }
  return (PetscBool)(best < PETSC_MAX_REAL);
}

static PetscErrorCode share_out(Grid *grid)
{
  DMBoundaryType boundary[3];
  PetscInt ranks[3] = {1, 1, 1};
  PetscMPIInt size;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    boundary[d] = grid->is_periodic[d] ? DM_BOUNDARY_PERIODIC : DM_BOUNDARY_GHOSTED;
  }
  PetscCallMPI(MPI_Comm_size(grid->comm, &size));
  PetscCheck(GridShareOut(size, grid->num_cells, ranks), grid->comm, PETSC_ERR_ARG_SIZ,
             "%d ranks cannot share the cells", size);
  PetscCall(DMDACreate3d(grid->comm, boundary[0], boundary[1], boundary[2], DMDA_STENCIL_STAR,
                         grid->num_cells[0], grid->num_cells[1], grid->num_cells[2], ranks[0],
                         ranks[1], ranks[2], 1, 1, NULL, NULL, NULL, &grid->dm));
  PetscCall(DMSetUp(grid->dm));
  PetscCall(DMDAGetCorners(grid->dm, &grid->start[0], &grid->start[1], &grid->start[2],
                           &grid->count[0], &grid->count[1], &grid->count[2]));
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
  PetscCall(DMDestroy(&grid->dm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The cell that is at global index `cell`, which may lie just outside. */
static PetscInt cell_at(const Grid *grid, PetscInt axis, PetscInt cell)
{
  const PetscInt n = grid->num_cells[axis];

  if (grid->is_periodic[axis]) return (cell + n) % n;
  return PetscMin(PetscMax(cell, 0), n - 1);
}

PetscErrorCode GridCentres(const Grid *grid, PetscInt axis, PetscReal *centres)
{
  PetscFunctionBeginUser;
  for (PetscInt i = -1; i <= grid->count[axis]; i++) {
    const PetscInt cell = cell_at(grid, axis, grid->start[axis] + i);

    centres[i + 1] = 0.5 * (grid->edges[axis][cell] + grid->edges[axis][cell + 1]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal GridSpacing(const Grid *grid, PetscInt axis, PetscInt cell)
{
  const PetscInt c = cell_at(grid, axis, cell);

  return grid->edges[axis][c + 1] - grid->edges[axis][c];
}

PetscReal GridPlateArea(const Grid *grid)
{
  return grid->edges[0][grid->num_cells[0]] * grid->edges[1][grid->num_cells[1]];
}
