#pragma once

#include "facets.h"
#include "faces.h"

/*@
  AcTransport - what Transport says, at one frequency: time dependence exp(i omega t)

  All real parts are >= 0; imaginary parts are >= 0 of conductivities and <= 0 of impedances.
@*/
typedef struct {
  const PetscComplex (*conductivity)[3]; /* [num_phases + 1][3] sigma + i omega epsilon [S/m] */
  PetscErrorCode (*boundary)(void *data, PetscInt grain_a, PetscInt grain_b,
                             PetscComplex *impedance); /* [Ohm m^2]; NULL: none */
  PetscErrorCode (*electrode)(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                              PetscComplex parts[]); /* in series [Ohm m^2]; NULL: ideal contact */
  void *boundary_data, *electrode_data;
  PetscInt num_electrode_parts[2];
} AcTransport;

/*@
  AcFaces - complex admittance of every face of the local box at one frequency

  Every resistance in series of FaceSeriesGet() is computed from the moduli of conductivities and
impedances, by the same code and with the same matching as at DC, and then gets its phase. So beta,
which decides how faces are matched, is |z sigma|/h. What is exact at DC is exact here.

  Points into itself: not to be copied.
@*/
typedef struct {
  const AcTransport *transport;
  PetscReal (*modulus)[3], (*total)[3]; /* [num_phases + 1] of the conductivities */
  Transport moduli, sums;               /* sums: real and imaginary parts of admittances added up */
  FaceModel model;                      /* of the moduli */
  MatchedFaces *matched;
  ContactFaces *contact;
  float *part[2][3]; /* real and imaginary part, >= 0, laid out as Faces, in units of sum.unit */
  Faces sum;         /* of both parts: for the preconditioner */
} AcFaces;

/*@
  AcFacesCompute - admittance of all faces

  Collective

  Input Parameters:
+ model     - grid, labels with the ghost layer filled, connectivity; the rest of it is not used
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
