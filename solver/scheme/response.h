#pragma once

#include "petsc_compat.h"

/* Of an oblique boundary, see below. */
typedef struct {
  PetscReal strength, alpha, gamma[3];
} Response;

/*@
  BoundaryResponse - what makes the stairs of an oblique boundary answer every far field as the
plane does

  Stair faces across the boundary get, along axis d,
    1/T = (1 + alpha) (h_d/(2 sigma_1) + h_d/(2 sigma_2))/A_d + s_d r/A_d,
    s_d = strength/|n_d| + (1 - strength) |n_d|,
  and faces inside a grain that touch a cell with such a face are raised to 1 + gamma_d times.

  Input Parameters:
+ normal     - n, of unit length, sign of no meaning
. spacing    - h, of the cells at the boundary [m]
. resistance - r, of the boundary, >= 0, may be infinite [Ohm m^2]
- sigma      - on the two sides, in any order, > 0 [S/m]

  Output Parameter:
. response - strength from 0 (r = 0) to 1 (nothing passes), alpha, relative to the bulk
  resistance, and gamma by axis, >= 0

  alpha and gamma are 0 where the boundary is normal to an axis, and where there is neither
resistance nor contrast. Even in every component of n and continuous in all arguments; permuting the
axes permutes gamma.

  Cubes and conductivities whose contrast and beta = r sigma/h are nodes of the table are as exact
as four numbers can be; in between, linear interpolation. Other cells are read at the normal n_d h_d
(see response/tabulate.py --check for its cost).

  Source: the local problem in response/tabulate.py.
@*/
void BoundaryResponse(const PetscReal normal[3], const PetscReal spacing[3], PetscReal resistance,
                      const PetscReal sigma[2], Response *response);
