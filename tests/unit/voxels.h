#pragma once

#include "harness.h"
#include "microstructure.h"
#include "scratch.h"

/* Structures that a test fills by hand, and what all ranks together hold of them. */

typedef struct {
  /* grain of a cell, 0 for void; cell has global indices, centre is in m */
  int32_t (*grain)(const void *data, const PetscInt cell[3], const PetscReal centre[3]);
  const void *data;
  PetscInt num_grains;
  const PetscInt *phase; /* [num_grains + 1]; NULL: grain g is of phase g */
  PetscInt num_phases;
} VoxelSpec;

/* The global index of local cell `at`, and whether there is a cell. */
static inline PetscBool VoxelsLocate(const Grid *grid, const PetscInt at[3], PetscInt cell[3])
{
  PetscBool is_inside = PETSC_TRUE;

  for (int d = 0; d < 3; d++) {
    cell[d] = grid->start[d] + at[d];
    if (grid->is_periodic[d]) cell[d] = (cell[d] + grid->num_cells[d]) % grid->num_cells[d];
    if (cell[d] < 0 || cell[d] >= grid->num_cells[d]) is_inside = PETSC_FALSE;
  }
  return is_inside;
}

static inline PetscErrorCode VoxelsFill(const Grid *grid, const VoxelSpec *spec,
                                        Microstructure *structure)
{
  PetscInt at[3], cell[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(structure, sizeof *structure));
  structure->num_film_grains = structure->num_grains = spec->num_grains;
  structure->num_film_phases = structure->num_phases = spec->num_phases;
  PetscCall(PetscMalloc1(spec->num_grains + 1, &structure->phase));
  for (PetscInt g = 0; g <= spec->num_grains; g++) {
    structure->phase[g] = spec->phase ? spec->phase[g] : g;
  }
  PetscCall(PetscMalloc1(GridGhostedSize(grid), &structure->grain));
  for (at[2] = -1; at[2] <= grid->count[2]; at[2]++) {
    for (at[1] = -1; at[1] <= grid->count[1]; at[1]++) {
      for (at[0] = -1; at[0] <= grid->count[0]; at[0]++) {
        const PetscBool is_inside = VoxelsLocate(grid, at, cell);
        PetscReal centre[3] = {0, 0, 0};

        for (int d = 0; d < 3 && is_inside; d++) {
          centre[d] = 0.5 * (grid->edges[d][cell[d]] + grid->edges[d][cell[d] + 1]);
        }
        structure->grain[GridIndex(grid, at[0], at[1], at[2])] =
            is_inside ? (*spec->grain)(spec->data, cell, centre) : -1;
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscInt VoxelsIndex(const Grid *grid, const PetscInt cell[3])
{
  return (cell[2] * grid->num_cells[1] + cell[1]) * grid->num_cells[0] + cell[0];
}

/* Owned cells of all ranks, shape (z, y, x); free with PetscFree(). Collective. */
static inline PetscErrorCode VoxelsGather(const Grid *grid, const int32_t *ghosted, int32_t **all)
{
  const PetscInt size = grid->num_cells[0] * grid->num_cells[1] * grid->num_cells[2];
  PetscInt at[3], cell[3];

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(size, all));
  for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
      for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
        VoxelsLocate(grid, at, cell);
        (*all)[VoxelsIndex(grid, cell)] = ghosted[GridIndex(grid, at[0], at[1], at[2])];
      }
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, *all, (int)size, MPI_INT32_T, MPI_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cells of the ghosted box that differ from what their owner has, or from `outside` if nobody owns
   them. Corner ghosts are looked at only if asked for. */
static inline PetscInt VoxelsGhostsWrong(const Grid *grid, const int32_t *ghosted,
                                         const int32_t *all, int32_t outside, PetscBool corners)
{
  PetscInt at[3], cell[3], wrong = 0;

  for (at[2] = -1; at[2] <= grid->count[2]; at[2]++) {
    for (at[1] = -1; at[1] <= grid->count[1]; at[1]++) {
      for (at[0] = -1; at[0] <= grid->count[0]; at[0]++) {
        const PetscBool is_inside = VoxelsLocate(grid, at, cell);
        int ghost_axes = 0;

        for (int d = 0; d < 3; d++) ghost_axes += at[d] < 0 || at[d] == grid->count[d];
        if (ghost_axes > 1 && !corners) continue;
        wrong += ghosted[GridIndex(grid, at[0], at[1], at[2])] !=
                 (is_inside ? all[VoxelsIndex(grid, cell)] : outside);
      }
    }
  }
  return wrong;
}

/* A film with equal cells. */
static inline FilmSpec VoxelsFilm(PetscReal wx, PetscReal wy, PetscReal thickness, PetscInt nx,
                                  PetscInt ny, PetscInt nz, LateralType lateral)
{
  const FilmSpec film = {thickness, {wx, wy}, {nx, ny, nz}, lateral, 1.0};

  return film;
}
