#pragma once

#include "potential.h"

/*@
  CellCurrentGet - current density and dissipation of one cell, from its six faces

  Input Parameters:
+ model, faces - the scheme
. potential    - anode at 1 V and cathode at 0 V
. at           - local cell
- voltage      - true potential of the anode [V]

  Output Parameters:
+ density     - mean of the two faces along each axis [A/m^2]
- dissipation - of the cell's own material, half of each boundary and all of an electrode at its
faces, over the cell's volume [W/m^3]
@*/
PetscErrorCode CellCurrentGet(const FaceModel *model, const Faces *faces,
                              const Potential *potential, const PetscInt at[3], PetscReal voltage,
                              PetscReal density[3], PetscReal *dissipation);
