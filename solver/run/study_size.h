#pragma once

#include "case.h"
#include "study.h"

/* How many times the long stacks of a representation are thicker than the short ones. */
#define STUDY_STACKS_RATIO 4

/*@
  StudySize - width and cells of one run, and whether the film is computed whole
@*/
typedef struct {
  PetscBool has_width, has_cells; /* other than the case's own */
  double width[2];                /* [m] */
  PetscInt cells[3];
  StudyRepresentation representation;
  PetscInt realizations;   /* of the long and of the short stack */
  double stacks[2];        /* thickness of long and short stacks [m] */
  PetscInt stack_cells[2]; /* along z */
} StudySize;

/*@
  StudySizeFind - sizes a run by the study's cell keys

  Input Parameters:
+ keys         - cell size, cells per grain, grains across; NaN: as the case says
. case_in      - as read, with its own width and cells
. cells_most   - a film of more cells becomes a stack
- realizations - number of long stacks, and of short ones; all share cells_most

  Output Parameters:
+ size     - of the run
- problems - films that have too many cells, and of which no piece can stand for the whole
@*/
void StudySizeFind(const CellKeys *keys, const Case *case_in, double cells_most,
                   PetscInt realizations, StudySize *size, Problems *problems);

/*@
  StudySizeSets - the settings that make a run so

  Stacks are numbered from 0, the long ones first. Each has seeds of its own, that many steps from
  the case's.
@*/
PetscErrorCode StudySizeSets(const StudySize *size, const Case *case_in, PetscInt stack,
                             PetscInt *num_sets, char ***sets);

/* Cells of the film, or of one stack. */
double StudySizeCells(const StudySize *size, PetscInt stack);
