#pragma once

#include "faces.h"

/*@
  Asr - the area-specific resistance and where it sits

  With the anode at 1 V the power is P = sum over faces of T dphi^2 = I, and each face's share
splits by its resistances in series. A part is P_x A / I^2; the parts add up to total to rounding.
@*/
typedef struct {
  PetscReal total;            /* [Ohm m^2] */
  PetscReal current;          /* I = P at 1 V [A] */
  PetscReal plate_current[2]; /* through the anode and the cathode faces [A at 1 V] */
  PetscInt num_phases;        /* layers with cells included */
  PetscReal *phases;          /* [num_phases + 1] inside the grains of a phase [Ohm m^2] */
  PetscReal *boundaries;      /* [num_phases + 1][num_phases + 1], lower phase first, but for those
                                 of a kind [Ohm m^2] */
  PetscInt num_kinds;
  PetscReal *kinds;                             /* [num_kinds], boundaries of each kind [Ohm m^2] */
  PetscReal electrodes[2][ELECTRODE_MAX_PARTS]; /* charge transfer and thin layers [Ohm m^2] */
} Asr;

/*@
  AsrCompute - adds up the power of every face

  Collective

  Input Parameters:
+ model     - grid, labels, materials
. faces     - conductances of the model
- potential - global vector, anode at 1 V and cathode at 0 V

  Output Parameter:
. asr - free with AsrDestroy()
@*/
PetscErrorCode AsrCompute(const FaceModel *model, const Faces *faces, Vec potential, Asr *asr);
PetscErrorCode AsrDestroy(Asr *asr);

/* The sum of boundary parts between phases a and b, in any order, without those of a kind [Ohm
 * m^2]. */
PetscReal AsrBoundary(const Asr *asr, PetscInt a, PetscInt b);
