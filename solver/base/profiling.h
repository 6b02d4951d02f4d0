#pragma once

#include <petscsys.h>
#include "petsc_compat.h"

/* What PETSc's -log_view tells apart: a stage for each part of a run, solves for fits and full
   contact included, and events within. */
typedef enum {
  STAGE_MESH,
  STAGE_FACES,
  STAGE_SETUP,
  STAGE_SOLVE,
  STAGE_IMPEDANCE,
  STAGE_REPORT,
  NUM_STAGES
} RunStage;

typedef enum {
  EVENT_MATCHED_FACES,
  EVENT_FACES,
  EVENT_ASR,
  EVENT_RESIDUAL,
  EVENT_DIRECTION,
  EVENT_STEP,
  EVENT_MG_SETUP, /* with the next four inside */
  EVENT_MG_CELLS, /* coarsening of the cells */
  EVENT_MG_COARSEN,
  EVENT_MG_COARSE_SETUP,
  EVENT_MG_DAMPING, /* again if the preconditioner was indefinite */
  EVENT_MG_APPLY,   /* with passes over the cells, and levels, inside */
  EVENT_MG_DOWN,
  EVENT_MG_LEVELS, /* with the last level's solver inside */
  EVENT_MG_UP,
  EVENT_MG_COARSE, /* of all cycles */
  EVENT_MG_START,
  EVENT_MG_ROUNDING,
  NUM_EVENTS
} RunEvent;

/* Stages nest: what a stage inside another takes is not part of the outer one. */
PetscErrorCode StageBegin(RunStage stage);
PetscErrorCode StageEnd(void);

PetscErrorCode EventBegin(RunEvent event);
PetscErrorCode EventEnd(RunEvent event);
