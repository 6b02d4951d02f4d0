#pragma once

#include <petscmat.h>
#include "faces.h"
#include "single.h"

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

  Input/Output Parameter:
. rhs - a global vector of the grid, 0 before, in units of faces->unit times 1 V: only cells next to
the anode are touched
@*/
PetscErrorCode OperatorRightHandSide(const Grid *grid, const Faces *faces, Vec rhs);

/* The faces an operator was created with; NULL if it is not one of OperatorCreate(). */
PetscErrorCode OperatorGetFaces(Mat operator, const Faces ** faces);

/*@
  OperatorResidual - the residual, computed in double precision and kept in single, and the energy

  Collective

  Input Parameters:
+ operator - of OperatorCreate()
. b        - right-hand side
. x        - an approximate solution
- work     - room for a ghosted local box

  Output Parameters:
+ r      - b - A x, shape (count[2], count[1], count[0])
- energy - what x dissipates, x.Ax - 2 b.x + 1.b, as the current b.(1 - x) less x.r, since those
sums would cancel where the film conducts much less than its cells
@*/
PetscErrorCode OperatorResidual(Mat operator, Vec b, Vec x, PetscScalar *work, float *r,
                                PetscReal *energy);

/*@
  OperatorDirection - the new search direction of conjugate gradients, and what the operator makes
of it

    p := z + beta p + c,   w := A p,   in one pass over memory,

  with the constant c, in cells that take part, for which p lets no current flow out: the currents
  through both plates stay the same if they are so at the start (OperatorBalance()).

  Collective. Single precision: a step taken is corrected by the steps after it.

  Input Parameters:
+ operator - of OperatorCreate()
. beta     - 0 for the first direction
. p        - the last direction, ghosted local box; ghosts that stand for nothing are finite
- zw       - z, ghosted local box

  Output Parameters:
+ p  - the new direction
. zw - w, in the place of z
- pw - the dot product of p and w
@*/
PetscErrorCode OperatorDirection(Mat operator, PetscReal beta, float *p, float *zw, PetscReal *pw);

/*@
  OperatorBalance - adds the constant to a potential for which both plates carry the same current

  Collective. Cells that take part only; anode at 1 V, cathode at 0 V. It is the constant that
  lowers the energy most. OperatorBalanceDirection() does the same for a direction, both at 0 V:
  steps along it leave the currents the same. OperatorKeepBalance() makes up for what steps in
  single precision round off, where conductances of cells and of the film differ by many orders.

  Input Parameters of OperatorKeepBalance():
+ energy - what the last step took off the energy: less than 1e-4 of it is left alone
- sum    - of the residual, from OperatorStep()

  Input/Output Parameters:
+ x - the potential
- r - its residual, shape (count[2], count[1], count[0])

  Source: balancing, J. Mandel, Commun. Numer. Meth. Engng 9 (1993) 233, with one subdomain.
@*/
PetscErrorCode OperatorBalance(Mat operator, Vec x);
PetscErrorCode OperatorBalanceDirection(Mat operator, Vec z);
PetscErrorCode OperatorKeepBalance(Mat operator, PetscReal energy, PetscReal sum, Vec x, float *r);

/* x += alpha p, r -= alpha w: the step along the last direction; sum: of r. p, w ghosted, r as a
   vector. Collective. */
PetscErrorCode OperatorStep(Mat operator, PetscReal alpha, const float *p, const float *w, Vec x,
                            float *r, PetscReal *sum);
