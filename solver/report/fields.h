#pragma once

#include "faces.h"

/* Files that the same fields go to. */
enum { FIELDS_HDF5 = 1, FIELDS_VTI = 2 };

/*@
  FieldsWrite - potential, current density, grain, phase and dissipation of every cell

  Collective

  Input Parameters:
+ model     - grid, labels, materials
. faces     - conductances
. potential - global vector, anode at 1 V and cathode at 0 V
. voltage   - true potential of the anode [V]; scales the fields
. kinds     - FIELDS_HDF5, FIELDS_VTI or both added; of VTI only the film is written, whose cells
must have one height
- directory - gets fields.h5.part and fields.xdmf.part, and fields.vti.part, to be renamed by the
caller

  Output Parameter:
. is_vti_written - false if fields.vti was asked for and could not be written

  Current density is the mean of a cell's two faces along each axis [mA/cm^2]. Dissipation is the
power in the cell's own material plus half of each boundary's, and all of an electrode's, at its
faces, over the cell's volume [W/cm^3]: its integral is current times voltage loss.
@*/
PetscErrorCode FieldsWrite(const FaceModel *model, const Faces *faces, Vec potential,
                           PetscReal voltage, int kinds, const char *directory,
                           PetscBool *is_vti_written);

/*@
  LabelsWrite - grain and phase of every cell: labels.h5.part and labels.xdmf.part

  Collective
@*/
PetscErrorCode LabelsWrite(const Grid *grid, const Microstructure *structure,
                           const char *directory);
