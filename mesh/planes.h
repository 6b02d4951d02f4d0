#pragma once

#include "generator.h"

/*@
  PlanesCreate - grains between planes that do not cross, numbered from the anode upwards

  Input and output: as for GeneratorCreate(). Keys: planes.
@*/
PetscErrorCode PlanesCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator);
