#pragma once

#include "faces.h"

/*@
  FieldsWrite - potential, current density, grain, phase and dissipation of every cell

  Collective

  Input Parameters:
+ model     - grid, labels, materials
. faces     - conductances
. potential - global vector, anode at 1 V and cathode at 0 V
. voltage   - true potential of the anode [V]; scales the fields
- directory - gets fields.h5.part and fields.xdmf.part, to be renamed by the caller

  Current density is the mean of a cell's two faces along each axis [mA/cm^2]. Dissipation is the
power in the cell's own material plus half of each boundary's, and all of an electrode's, at its
faces, over the cell's volume [W/cm^3]: its integral is current times voltage loss.
@*/
PetscErrorCode FieldsWrite(const FaceModel *model, const Faces *faces, Vec potential,
                           PetscReal voltage, const char *directory);

/*@
  LabelsWrite - grain and phase of every cell: labels.h5.part and labels.xdmf.part

  Collective
@*/
PetscErrorCode LabelsWrite(const Grid *grid, const Microstructure *structure,
                           const char *directory);
