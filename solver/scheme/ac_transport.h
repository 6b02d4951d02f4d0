#pragma once

#include "transport.h"

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
