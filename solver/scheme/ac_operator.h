#pragma once

#include <petscvec.h>
#include "ac_faces.h"
#include "halo.h"

/*@
  AcOperator - the operator of OperatorCreate() with complex faces, W + iT

  A complex vector is two global vectors of the grid, real and imaginary part. Rows of cells that
  take no part (voids, islands) are 0. In units of faces->sum.unit.
@*/
typedef struct {
  const AcFaces *faces;
  Halo halo;
  PetscScalar *ghosted[2]; /* local boxes with ghosts */
} AcOperator;

/* Currents through the plates with the anode at 1 V, real and imaginary part. */
typedef struct {
  PetscReal anode[2], cathode[2];
} AcPlates;

PetscErrorCode AcOperatorCreate(const AcFaces *faces, AcOperator *ac);
PetscErrorCode AcOperatorDestroy(AcOperator *ac);

/* y = (W + iT) x. Collective, as all below. */
PetscErrorCode AcOperatorMult(AcOperator *ac, const Vec x[2], const Vec y[2]);

/* Right-hand side for an anode at 1 V and a cathode at 0 V. */
PetscErrorCode AcOperatorRightHandSide(AcOperator *ac, const Vec rhs[2]);

PetscErrorCode AcOperatorPlates(AcOperator *ac, const Vec x[2], AcPlates *plates);

/*@
  AcOperatorAdmittance - sum over the faces of y (drop of the potential)^2, in double precision [S]

  The square is the plain one, of no conjugate: so the sum is stationary where x solves the
equations, and its error is of second order in that of x, as the energy's is at DC.
@*/
PetscErrorCode AcOperatorAdmittance(AcOperator *ac, const Vec x[2], PetscComplex *sum);
