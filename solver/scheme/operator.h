#pragma once

#include <petscmat.h>
#include "faces.h"

/*@
  OperatorCreate - the conduction operator without a matrix

    (A phi)_c = sum over the faces of c of T_f (phi_c - phi_neighbour), electrodes at potential 0

  in units of faces->unit. Symmetric and positive definite. Cells that take no part (voids, islands)
  have a row of their own, 1 on the diagonal.

  Collective

  Input Parameters:
+ grid  - the cells; must outlive the operator
- faces - conductances; must outlive the operator

  Output Parameter:
. operator - a MATSHELL with MatMult() and MatGetDiagonal(); vectors are the grid's global vectors
[S]
@*/
PetscErrorCode OperatorCreate(const Grid *grid, const Faces *faces, Mat *operator);

/*@
  OperatorAssemble - the same operator as a matrix, for library preconditioners and tests

  Collective

  Input Parameters:
+ grid  - the cells
. faces - conductances
- type  - MATAIJ, or MATHYPRESTRUCT for hypre's structured solvers, which know periodic sides too

  Output Parameter:
. matrix - in units of faces->unit [S]; voids and islands have rows of their own, 1 on the diagonal

  Errors:
. PETSC_ERR_ARG_UNKNOWN_TYPE - MATHYPRESTRUCT, and PETSc was built without hypre
@*/
PetscErrorCode OperatorAssemble(const Grid *grid, const Faces *faces, MatType type, Mat *matrix);

/*@
  OperatorRightHandSide - right-hand side for an anode at 1 V and a cathode at 0 V

  Output Parameter:
. rhs - a global vector of the grid, in units of faces->unit times 1 V
@*/
PetscErrorCode OperatorRightHandSide(const Grid *grid, const Faces *faces, Vec rhs);

/* The faces an operator was created with; NULL if it is not one of OperatorCreate(). */
PetscErrorCode OperatorGetFaces(Mat operator, const Faces ** faces);

/*@
  OperatorDirection - the new search direction of conjugate gradients, and what the operator makes
of it

    p := z + beta p,   w := A p,   in one pass over memory

  Collective

  Input Parameters:
+ operator - of OperatorCreate(), which keeps p
. beta     - 0 for the first direction
- zw       - z

  Output Parameters:
+ zw - w, in the place of z
- pw - the dot product of p and w
@*/
PetscErrorCode OperatorDirection(Mat operator, PetscReal beta, Vec zw, PetscReal *pw);

/* x += alpha p, r -= alpha w: the step along the last direction. */
PetscErrorCode OperatorStep(Mat operator, PetscReal alpha, Vec w, Vec x, Vec r);
