#pragma once

#include "generator.h"

/*@
  ColumnarCreate - columns from plate to plate with a Laguerre section, of log-normal circle
diameter

  Input and output: as for GeneratorCreate(). Keys: grain_size, size_spread, seed; or seeds_file.
@*/
PetscErrorCode ColumnarCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                              const PhaseNames *phases, Problems *problems, Generator **generator);
