#pragma once

#include "generator.h"

/*@
  TessellationCreate - what `polycrystal` (dimension 3) and `columnar` (dimension 2) have in common

  Collective. Input and output otherwise: as for GeneratorCreate().
@*/
PetscErrorCode TessellationCreate(MPI_Comm comm, PetscInt dimension, const StructureSpec *spec,
                                  const StructureBox *box, const PhaseNames *phases,
                                  Problems *problems, Generator **generator);
