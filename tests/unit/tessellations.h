#pragma once

#include "facets.h"
#include "laguerre.h"
#include "structures.h"
#include "voronoi20.h"

/* Tessellations of given seeds, and their facets. */

/* A box of given lengths [um] with 48 cells a side; seeds are to be filled in, weights are 0.
 */
static inline PetscErrorCode TessellationCreateEmpty(const PetscReal length[3],
                                                     PetscBool is_periodic, PetscBool is_periodic_z,
                                                     PetscInt dimension, PetscReal aspect,
                                                     PetscInt num, TestBox *test,
                                                     Laguerre **laguerre, Generator **generator)
{
  const PetscInt cells[3] = {48, 48, 48};

  PetscFunctionBeginUser;
  TestBoxSet(test, length, is_periodic, cells);
  PetscCall(LaguerreCreate(dimension, &test->box, is_periodic_z, aspect, num, laguerre));
  PetscCall(LaguerreGeneratorCreate(*laguerre, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscErrorCode TessellationDestroy(Generator **generator, BoundaryGeometry **geometry)
{
  PetscFunctionBeginUser;
  PetscCall(BoundaryGeometryDestroy(geometry));
  PetscCall(GeneratorDestroy(generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscErrorCode TessellationVoronoi20(PetscBool is_periodic_z, PetscReal aspect,
                                                   TestBox *test, Laguerre **laguerre,
                                                   Generator **generator,
                                                   BoundaryGeometry **geometry)
{
  const PetscReal length[3] = {1, 1, 1};

  PetscFunctionBeginUser;
  PetscCall(TessellationCreateEmpty(length, PETSC_TRUE, is_periodic_z, 3, aspect, VORONOI20, test,
                                    laguerre, generator));
  for (int s = 0; s < VORONOI20; s++) {
    for (int d = 0; d < 3; d++) (*laguerre)->seeds[s][d] = voronoi20_seeds[s][d] * 1e-6;
  }
  PetscCall(BoundaryGeometryCreate(PETSC_COMM_WORLD, *generator, &test->box, geometry));
  PetscFunctionReturn(PETSC_SUCCESS);
}
