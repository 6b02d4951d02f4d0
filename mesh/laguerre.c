#include "laguerre.h"

PetscErrorCode LaguerreCreate(PetscInt dimension, const StructureBox *box, PetscBool is_periodic_z,
                              PetscReal aspect, PetscInt num_seeds, Laguerre **laguerre)
{
  Laguerre *created;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&created));
  created->dimension = dimension;
  for (int d = 0; d < 3; d++) {
    created->length[d] = box->length[d];
    created->is_periodic[d] = d < 2 ? box->is_periodic : is_periodic_z;
  }
  created->aspect = aspect;
  if (dimension == 2) {
    created->is_periodic[2] = PETSC_FALSE;
    created->aspect = 1;
  }
  created->num_seeds = num_seeds;
  PetscCall(PetscCalloc1(num_seeds, &created->seeds));
  PetscCall(PetscCalloc1(num_seeds, &created->weights));
  *laguerre = created;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LaguerreDestroy(Laguerre **laguerre)
{
  PetscFunctionBeginUser;
  if (!*laguerre) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscFree((*laguerre)->seeds));
  PetscCall(PetscFree((*laguerre)->weights));
  PetscCall(PetscFree(*laguerre));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  PetscFunctionBeginUser;
  PetscCall(LaguerreLabel((const Laguerre *)generator->data, points, labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Laguerre *laguerre = data;

  PetscFunctionBeginUser;
  PetscCall(LaguerreDestroy(&laguerre));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LaguerreGeneratorCreate(Laguerre *laguerre, Generator **generator)
{
  PetscFunctionBeginUser;
  PetscCall(GeneratorWrap(laguerre->num_seeds, label_points, destroy, laguerre, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Laguerre *GeneratorLaguerre(const Generator *generator)
{
  return generator->label == label_points ? (const Laguerre *)generator->data : NULL;
}
