#include "profiling.h"

static const char *const stage_names[NUM_STAGES] = {
    [STAGE_MESH] = "Mesh",   [STAGE_FACES] = "Faces",         [STAGE_SETUP] = "Setup",
    [STAGE_SOLVE] = "Solve", [STAGE_IMPEDANCE] = "Impedance", [STAGE_REPORT] = "Report"};
static const char *const event_names[NUM_EVENTS] = {[EVENT_MATCHED_FACES] = "FacesMatch",
                                                    [EVENT_FACES] = "FacesCompute",
                                                    [EVENT_ASR] = "AsrCompute",
                                                    [EVENT_RESIDUAL] = "CGResidual",
                                                    [EVENT_DIRECTION] = "CGDirection",
                                                    [EVENT_STEP] = "CGStep",
                                                    [EVENT_MG_SETUP] = "GrainMGSetUp",
                                                    [EVENT_MG_CELLS] = "GrainMGCells",
                                                    [EVENT_MG_COARSEN] = "GrainMGCoarsen",
                                                    [EVENT_MG_COARSE_SETUP] = "GrainMGLastSetUp",
                                                    [EVENT_MG_DAMPING] = "GrainMGDamping",
                                                    [EVENT_MG_APPLY] = "GrainMGApply",
                                                    [EVENT_MG_DOWN] = "GrainMGDown",
                                                    [EVENT_MG_LEVELS] = "GrainMGLevels",
                                                    [EVENT_MG_UP] = "GrainMGUp",
                                                    [EVENT_MG_COARSE] = "GrainMGLast",
                                                    [EVENT_MG_START] = "GrainMGStart",
                                                    [EVENT_MG_ROUNDING] = "GrainMGRounding"};

static PetscLogStage stages[NUM_STAGES];
static PetscLogEvent events[NUM_EVENTS];

/* All at once, so that numbers are the same on all ranks. */
static PetscErrorCode register_all(void)
{
  static PetscBool is_registered = PETSC_FALSE;
  PetscClassId class;

  PetscFunctionBeginUser;
  if (is_registered) PetscFunctionReturn(PETSC_SUCCESS);
  is_registered = PETSC_TRUE;
  for (int s = 0; s < NUM_STAGES; s++) {
    PetscCall(PetscLogStageRegister(stage_names[s], &stages[s]));
  }
  PetscCall(PetscClassIdRegister("granulith", &class));
  for (int e = 0; e < NUM_EVENTS; e++) {
    PetscCall(PetscLogEventRegister(event_names[e], class, &events[e]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StageBegin(RunStage stage)
{
  PetscFunctionBeginUser;
  PetscCall(register_all());
  PetscCall(PetscLogStagePush(stages[stage]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StageEnd(void)
{
  PetscFunctionBeginUser;
  PetscCall(PetscLogStagePop());
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode EventBegin(RunEvent event)
{
  PetscFunctionBeginUser;
  PetscCall(register_all());
  PetscCall(PetscLogEventBegin(events[event], 0, 0, 0, 0));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode EventEnd(RunEvent event)
{
  PetscFunctionBeginUser;
  PetscCall(PetscLogEventEnd(events[event], 0, 0, 0, 0));
  PetscFunctionReturn(PETSC_SUCCESS);
}
