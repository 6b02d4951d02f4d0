#pragma once

#include "boundary_classes.h"
#include "case.h"
#include "connectivity.h"
#include "electrode_stack.h"
#include "statistics.h"

/*@
  Model - a case laid out on cells, before any material has a temperature
@*/
typedef struct {
  ElectrodeStack stacks[2];
  Grid grid;
  Microstructure structure;
  Contact *contacts[2]; /* anode and cathode; NULL: the electrode touches everywhere */
  Connectivity connectivity;
  GrainStatistics statistics;
  BoundaryClasses *classes; /* of misorientation; NULL: none */
  PetscInt num_class_areas;
  BoundaryClassArea *class_areas; /* see BoundaryClassesMeasure(); NULL without classes */
  PetscReal
      brick; /* length of a grain along z in the brick-layer model [m]; NaN without boundaries */
  double mesh_seconds;
} Model;

/*@
  ModelCreate - grid, microstructure, connectivity and grain statistics

  Collective

  Input Parameters:
+ comm     - ranks that share the model
. case_in  - must outlive the model
- problems - gets what is wrong with the structure, memory or ranks

  Output Parameter:
. model - usable if no problems came; free with ModelDestroy() in any case
@*/
PetscErrorCode ModelCreate(MPI_Comm comm, const Case *case_in, Problems *problems, Model *model);
PetscErrorCode ModelDestroy(Model *model);

/*@
  ModelTouchEverywhere - the model with electrodes that touch everywhere

  Collective. Pores may cut off other cells than with contact in part only.

  Input Parameter:
. model - must outlive the other, which shares all but contacts and connectivity with it

  Output Parameter:
. full - free with ModelTouchingDestroy()
@*/
PetscErrorCode ModelTouchEverywhere(const Model *model, Model *full);
PetscErrorCode ModelTouchingDestroy(Model *full);

/* Number of cells, layers included, that a case will have. */
PetscErrorCode ModelCountCells(const Case *case_in, Problems *problems, PetscInt64 *cells);
