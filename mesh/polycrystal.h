#pragma once

#include "generator.h"

/*@
  PolycrystalCreate - Laguerre grains of log-normal size, or those of a seeds file

  Input and output: as for GeneratorCreate(). Keys: grain_size, size_spread, aspect, seed,
periodic_z; or seeds_file, aspect, periodic_z.
@*/
PetscErrorCode PolycrystalCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                                 const PhaseNames *phases, Problems *problems,
                                 Generator **generator);
