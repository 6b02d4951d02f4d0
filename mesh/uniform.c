#include "uniform.h"

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  const size_t num_points = (size_t)points->n[0] * (size_t)points->n[1] * (size_t)points->n[2];

  PetscFunctionBeginUser;
  (void)generator;
  for (size_t p = 0; p < num_points; p++) labels[p] = 1;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode UniformCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                             const PhaseNames *phases, Problems *problems, Generator **generator)
{
  PetscFunctionBeginUser;
  (void)comm, (void)spec, (void)box, (void)phases, (void)problems;
  PetscCall(GeneratorWrap(1, label_points, NULL, NULL, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}
