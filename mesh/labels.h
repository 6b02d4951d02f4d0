#pragma once

#include "generator.h"

/*@
  LabelsCreate - an image of labels, put on the box as it is: voxels of equal size

  Input and output: as for GeneratorCreate(). Keys: file; holds; smallest_grain; grain_angle; crop;
through; label_phases. Grains are numbered from 1 in the order of their labels; label 0 is void. In
an image of phases a grain is a connected piece of one label, numbered by its first voxel in the
file. Each rank reads what it is asked to label, row by row.
@*/
PetscErrorCode LabelsCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator);

/* Voxels of a generator's image along x, y, z; false if it has no image. */
PetscBool LabelsVoxels(const Generator *generator, PetscInt voxels[3]);
