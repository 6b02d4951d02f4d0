#pragma once

#include "ac_transport.h"
#include "facets.h"
#include "faces.h"

/*@
  AcFaces - complex admittance of every face of the local box at one frequency

  Every resistance in series of FaceSeriesGet() is computed from the moduli of conductivities and
impedances, by the same code as at DC, and then gets its phase; for how faces are matched see
BoundaryResponseAc(). At frequency 0 they are the faces of DC.

  Points into itself: not to be copied.
@*/
typedef struct {
  const AcTransport *transport;
  PetscReal (*modulus)[3], (*total)[3]; /* [num_phases + 1] of the conductivities */
  Transport moduli, sums;               /* sums: real and imaginary parts of admittances added up */
  FaceModel model;                      /* of the moduli, on the stairs */
  MatchedFaces *matched;
  ContactFaces *contact;
  float *part[2][3]; /* real and imaginary part, laid out as Faces, in units of sum.unit */
  Faces sum;         /* of both parts: for the preconditioner */
} AcFaces;

/*@
  AcFacesCompute - admittance of all faces

  Collective

  Input Parameters:
+ model     - grid, labels with the ghost layer filled, connectivity, materials at DC
. geometry  - of the boundaries; NULL: they lie on the stair faces
. contacts  - where anode and cathode touch, each NULL: everywhere
- transport - materials; must outlive the faces

  Output Parameter:
. faces - free with AcFacesDestroy()
@*/
PetscErrorCode AcFacesCompute(const FaceModel *model, const BoundaryGeometry *geometry,
                              Contact *const contacts[2], const AcTransport *transport,
                              AcFaces *faces);
PetscErrorCode AcFacesDestroy(AcFaces *faces);

/* Admittances in double precision [S] of the first n faces of a row along x, those below local
   cells (i, j, k); 0 where no current can cross. */
PetscErrorCode AcFacesRow(const AcFaces *faces, int axis, PetscInt j, PetscInt k, PetscInt n,
                          PetscComplex *row);
