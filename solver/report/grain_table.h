#pragma once

#include "asr.h"

/*@
  GrainRow - one grain of the film, as its cells have it

  With periodic sides a grain that lies across them is taken as the piece it is in the repeated
film; its centroid then is brought back into the box.
@*/
typedef struct {
  PetscReal num_cells;
  PetscReal volume;         /* [m^3] */
  PetscReal size;           /* diameter of the sphere of that volume [m] */
  PetscReal centroid[3];    /* [m] */
  PetscInt num_neighbours;  /* other grains of the film that share a cell face with it */
  PetscReal current;        /* volume mean of the current density's magnitude [A/m^2] */
  PetscReal current_z;      /* and of its component from anode to cathode [A/m^2] */
  PetscReal asr_inside;     /* share of the ASR that the grain's own material has [Ohm m^2] */
  PetscReal asr_boundaries; /* half of what each of its boundaries with film grains has [Ohm m^2] */
} GrainRow;

/*@
  GrainTableCompute - one row a grain

  Collective

  Input Parameters:
+ model, faces - the scheme
. potential    - global vector, anode at 1 V and cathode at 0 V
. asr          - of the same solution
- voltage      - true potential of the anode [V]; scales the current densities

  Output Parameter:
. rows - [num_film_grains + 1], on rank 0; [0] is not set. Shares of the ASR add up to the parts of
asr in the film's phases and in the boundaries between them.
@*/
PetscErrorCode GrainTableCompute(const FaceModel *model, const Faces *faces, Vec potential,
                                 const Asr *asr, PetscReal voltage, GrainRow *rows);
