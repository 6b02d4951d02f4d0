#pragma once

#include "petsc_compat.h"

/* Most series parts (charge transfer, thin layers) that an electrode's resistance may have. */
#define ELECTRODE_MAX_PARTS 16

typedef enum { SIDE_ANODE, SIDE_CATHODE } Side;

/*@
  BoundaryLaw - areal resistance of the boundary between two grains

  Input Parameters:
+ data    - the law's own
. grain_a, grain_b - two different grains, from 1, in any order; the result must not depend on the
order

  Output Parameter:
. resistance - [Ohm m^2], >= 0
@*/
typedef PetscErrorCode (*BoundaryLaw)(void *data, PetscInt grain_a, PetscInt grain_b,
                                      PetscReal *resistance);

/* Which of the kinds that the budget tells apart a boundary is, from 0 on; -1: none of them, it
 * counts by its pair of phases. Input as for BoundaryLaw. */
typedef PetscInt (*BoundaryKind)(void *data, PetscInt grain_a, PetscInt grain_b);

/*@
  ElectrodeLaw - areal resistances between an electrode and the cell at it, in series

  Input Parameters:
+ data  - the law's own
. side  - which electrode
. i, j  - global indices of the cell in x and y
- grain - the cell's grain

  Output Parameter:
. parts - num_electrode_parts[side] resistances [Ohm m^2], >= 0
@*/
typedef PetscErrorCode (*ElectrodeLaw)(void *data, Side side, PetscInt i, PetscInt j,
                                       PetscInt grain, PetscReal parts[]);

/* Everything the scheme needs to know about the materials. */
typedef struct {
  const PetscReal (
      *conductivity)[3]; /* [num_phases + 1][3] along x, y, z [S/m]; > 0 but for phase 0 */
  BoundaryLaw boundary;  /* NULL: boundaries have no resistance */
  void *boundary_data;
  ElectrodeLaw electrode; /* NULL: ideal contact */
  void *electrode_data;
  PetscInt num_electrode_parts[2];
  PetscInt num_boundary_kinds;
  BoundaryKind boundary_kind; /* gets boundary_data; not used if there are no kinds */
} Transport;
