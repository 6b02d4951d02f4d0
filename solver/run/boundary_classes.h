#pragma once

#include "case.h"
#include "microstructure.h"

/*@
  BoundaryClasses - which boundaries of a structure belong to the case's classes of misorientation
@*/
typedef struct BoundaryClasses BoundaryClasses;

/*@
  BoundaryClassesCreate - makes ready to sort boundaries

  Input Parameters:
+ case_in   - its boundaries with misorientation are the classes, in this order; must outlive them
. structure - must outlive the classes
- problems  - gets classes that the grains' orientations or symmetries do not allow

  Output Parameter:
. classes - NULL if the case has none, and after problems; free with BoundaryClassesDestroy()
@*/
PetscErrorCode BoundaryClassesCreate(const Case *case_in, const Microstructure *structure,
                                     Problems *problems, BoundaryClasses **classes);
PetscErrorCode BoundaryClassesDestroy(BoundaryClasses **classes);

/* How many there are (0: none), and the boundary of the case behind one. */
PetscInt BoundaryClassesCount(const BoundaryClasses *classes);
const BoundaryInput *BoundaryClassesInput(const BoundaryClasses *classes, PetscInt number);

/* The first class that the boundary between two grains belongs to; -1 if it is in none. */
PetscInt BoundaryClassesFind(BoundaryClasses *classes, PetscInt grain_a, PetscInt grain_b);

/* A class, or what is left of a phase that has classes. */
typedef struct {
  char name[BOUNDARY_NAME]; /* as in results */
  PetscInt number;          /* of the class; -1: the rest */
  PetscInt phase;
  PetscReal area; /* [m^2] */
} BoundaryClassArea;

/*@
  BoundaryClassesMeasure - how large the boundaries of each class are

  Collective

  Output Parameters:
+ num   - classes, and phases that have some
- areas - [num], classes first; free with PetscFree()
@*/
PetscErrorCode BoundaryClassesMeasure(const Case *case_in, BoundaryClasses *classes,
                                      const Grid *grid, PetscInt *num, BoundaryClassArea **areas);
