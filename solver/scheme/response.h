#pragma once

#include "petsc_compat.h"

/* Of an oblique boundary: what BoundaryStair() makes stair faces of, and the raise of the faces
   inside grains. A rise is the derivative by ln r. */
typedef struct {
  PetscReal gamma[3];                /* by axis, >= 0 */
  PetscReal alpha, alpha_rise;       /* alpha >= 0 */
  PetscReal strength, strength_rise; /* w: 0 where r is 0, 1 where it is infinite */
  PetscReal resistance[3];           /* r over that of a cell along the axis */
} Response;

/*@
  BoundaryResponse - what makes the stairs of an oblique boundary answer every far field as the
plane does

  Stair faces across the boundary get, along axis d,
    1/T = (1 + alpha) (h_d/(2 sigma_1) + h_d/(2 sigma_2))/A_d + s_d r/A_d,
    s_d = w/|n_d| + (1 - w) |n_d|, w = 1 - 1/(1 + beta)^2, beta = r sigma/|n_d h_d|,
  and faces inside a grain that touch a cell with such a face are raised to 1 + gamma_d times.

  Input Parameters:
+ normal     - n, of unit length, sign of no meaning
. spacing    - h, of the cells at the boundary [m]
. resistance - r, of the boundary, >= 0, may be infinite [Ohm m^2]
- sigma      - on the two sides, in any order, > 0 [S/m]

  Output Parameter:
. response - see above and BoundaryStair()

  alpha and gamma are 0 where the boundary is normal to an axis, and where there is neither
resistance nor contrast. Even in every component of n and continuous in all arguments; permuting the
axes permutes gamma.

  Cubes and conductivities whose contrast and beta = r sigma/h are nodes of the table are as exact
as four numbers can be; in between, linear interpolation. Other cells are read at the normal n_d h_d
(see response/tabulate.py --check for its cost).

  Source: the local problem in response/tabulate.py.
@*/
void BoundaryResponse(const PetscReal normal[3], const PetscReal spacing[3], PetscReal resistance,
                      const PetscReal sigma[2], Response *response);

/* At one frequency. */
typedef struct {
  PetscComplex alpha, gamma[3];
} AcResponse;

/*@
  BoundaryResponseAc - what becomes of alpha and gamma at a frequency

  Input Parameters:
+ normal, spacing, resistance, sigma - of BoundaryResponse(), at DC
. impedance    - z, of the boundary [Ohm m^2]
- conductivity - of the two sides, with displacement [S/m]

  Output Parameter:
. response - see below

  What the boundary's resistance asks for at DC, X(beta_0), becomes X(beta_0) g(beta)/g(beta_0) with
beta = z sigma/|n_d h_d| and g = beta/(beta + 0.6). What the contrast asks for goes from that of the
conductivities to that of the permittivities as the mean of both sides relaxes. s_d stays that of
DC.

  So alpha and gamma are analytic in the frequency, which Kramers and Kronig ask of an impedance,
and those of BoundaryResponse() at DC and where capacitors carry all current.
@*/
void BoundaryResponseAc(const PetscReal normal[3], const PetscReal spacing[3], PetscReal resistance,
                        const PetscReal sigma[2], PetscComplex impedance,
                        const PetscComplex conductivity[2], AcResponse *response);

/* s_d, as of BoundaryStair(). */
PetscReal BoundaryStretch(const Response *response, PetscReal n);

/*@
  BoundaryStair - the two resistances in series of a stair face

  Input Parameters:
+ response - of its boundary
. axis     - normal of the face
- n        - |n_d|, > 0, or what stands for it so that a facet's faces have its area together

  Output Parameters:
+ contact - resistance that comes with the boundary's own, over r/A_d: so much that it is what the
            face's whole resistance changes by with ln r, or as much as leaves the bulk a tenth
- bulk    - the rest, over the resistance of the two half cells

  1 + alpha and s_d together.
@*/
void BoundaryStair(const Response *response, int axis, PetscReal n, PetscReal *contact,
                   PetscReal *bulk);
