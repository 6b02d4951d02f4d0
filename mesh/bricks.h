#pragma once

#include "generator.h"

/*@
  BricksCreate - equal bricks that fill the box, numbered with x fastest

  Input and output: as for GeneratorCreate(). Keys: brick; staggered: every other row along y, and
every other layer along z, is shifted by half a brick in x (running bond). Where sides are not
periodic a shifted row starts and ends with half a brick.
@*/
PetscErrorCode BricksCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator);
