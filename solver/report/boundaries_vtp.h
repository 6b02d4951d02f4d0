#pragma once

#include "faces.h"

/*@
  BoundariesVtpWrite - cell faces between grains of the film, as a VTK file of quadrilaterals

  Collective; every rank writes its own faces, so their order depends on the number of ranks

  Input Parameters:
+ model, faces - the scheme
. potential    - global vector, anode at 1 V and cathode at 0 V
. voltage      - true potential of the anode [V]
- directory    - gets boundaries.vtp.part, to be renamed by the caller

  Output Parameter:
. is_written - false if the file cannot be written

  Coordinates are in um. Of each face: grain_a below and grain_b above it; resistance_ohm_cm2 that
it has in the scheme, which for matched faces is not the boundary's own; current_density_mA_per_cm2
through it, positive from grain_a to grain_b; dissipation_W_per_cm2, whose sum times the faces'
areas is the boundaries' part of the budget.
@*/
PetscErrorCode BoundariesVtpWrite(const FaceModel *model, const Faces *faces, Vec potential,
                                  PetscReal voltage, const char *directory, PetscBool *is_written);
