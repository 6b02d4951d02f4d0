#pragma once

#include "generator.h"
#include "spheres.h"

/*@
  CrystallitesCreate - a matrix, grain 1 of phase 1, with spheres in it, grains from 2 of phase 2

  Input and output: as for GeneratorCreate(). Keys: fraction, diameter, size_spread, seed; or
  spheres_file.
@*/
PetscErrorCode CrystallitesCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                                  const PhaseNames *phases, Problems *problems,
                                  Generator **generator);

/* The spheres behind a generator (grain = 2 + index), NULL if there are none; belong to it. */
const Spheres *GeneratorSpheres(const Generator *generator);
