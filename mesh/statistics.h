#pragma once

#include "microstructure.h"

/*@
  GrainStatistics - what the structure on the cells is like; electrode layers not counted
@*/
typedef struct {
  PetscInt64 num_grains;      /* grains that hold at least one cell */
  PetscInt64 num_lost_grains; /* grains too small for any cell */
  PetscReal mean_size;   /* number mean of the equivalent-sphere (columns: circle) diameter [m]; NaN
                            for one grain */
  PetscReal size_spread; /* standard deviation of ln(size) */
  PetscReal boundary_area; /* per film volume [1/m] */
  PetscReal void_fraction;
  PetscReal *phase_fractions; /* [num_film_phases + 1], of the film's volume; 0 is void */
} GrainStatistics;

/*@
  GrainStatisticsCompute - sizes, fractions and boundary area

  Collective

  Input Parameters:
+ grid      - the cells
. structure - labels with the ghost layer filled
- is_columnar - sizes are those of circles with the grain's volume over the film's thickness

  Output Parameter:
. statistics - the same on all ranks; free with GrainStatisticsDestroy()

  The stairs of a boundary have more area than the boundary. Their faces, summed as vectors over a
  block of 8 x 8 x 8 cells, give the area of the plane through them: exact for flat boundaries but
for the blocks their edges lie in. Faces in opposite directions do not cancel; a sphere within one
block comes out 13 % low.
@*/
PetscErrorCode GrainStatisticsCompute(const Grid *grid, const Microstructure *structure,
                                      PetscBool is_columnar, GrainStatistics *statistics);
PetscErrorCode GrainStatisticsDestroy(GrainStatistics *statistics);

/* Kind of the boundary between two grains, from 0 on; the same on all ranks. */
typedef PetscInt (*BoundarySorter)(void *data, PetscInt grain_a, PetscInt grain_b);

/*@
  BoundaryAreaCompute - area of all boundaries between film grains, by their kind [m^2]

  Collective

  Input Parameters:
+ grid      - the cells
. structure - labels with the ghost layer filled
. num_kinds - into how many kinds boundaries are sorted; 1: into none
. sort      - which kind (not used if there is one only)
- data      - for sort

  Output Parameter:
. area - [num_kinds]
@*/
PetscErrorCode BoundaryAreaCompute(const Grid *grid, const Microstructure *structure,
                                   PetscInt num_kinds, BoundarySorter sort, void *data,
                                   PetscReal *area);
