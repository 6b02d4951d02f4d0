#pragma once

#include "generator.h"

/* `amorphous` and `single_crystal`: one grain of phase 1. Input, output: as for GeneratorCreate().
 */
PetscErrorCode UniformCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                             const PhaseNames *phases, Problems *problems, Generator **generator);
