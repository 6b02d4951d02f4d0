#pragma once

#include "labels.h"
#include "structures.h"
#include "voxels.h"

/* Images that tests make by a function of place, and their boundaries as they are estimated. */

typedef struct {
  Grid grid;
  Problems problems;
  Generator *generator;
  BoundaryGeometry *geometry;
} Imaged;

typedef int32_t (*Labeller)(const void *data, const PetscReal x[3]); /* x: of a voxel, in voxels */

static inline PetscErrorCode ImagedPut(const char *directory, const PetscInt voxels[3],
                                       Labeller label, const void *data)
{
  int32_t *labels;
  PetscInt v = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(voxels[0] * voxels[1] * voxels[2], &labels));
  for (PetscInt k = 0; k < voxels[2]; k++) {
    for (PetscInt j = 0; j < voxels[1]; j++) {
      for (PetscInt i = 0; i < voxels[0]; i++, v++) {
        const PetscReal x[3] = {(PetscReal)i + 0.5, (PetscReal)j + 0.5, (PetscReal)k + 0.5};

        labels[v] = (*label)(data, x);
      }
    }
  }
  PetscCall(ScratchWriteNpy(directory, "image.npy", voxels, labels));
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The image on a film. */
static inline PetscErrorCode ImagedOpen(MPI_Comm comm, const char *directory, const FilmSpec *film,
                                        Imaged *imaged)
{
  static char name[] = "labels";
  StructureSpec spec = TestSpec(name);
  StructureBox box = {.is_periodic = (PetscBool)(film->lateral == LATERAL_PERIODIC)};
  const PhaseNames one_phase = {1, test_phase_names};
  char path[256];

  PetscFunctionBeginUser;
  *imaged = (Imaged){.generator = NULL};
  snprintf(path, sizeof path, "%s/image.npy", directory);
  spec.file = path;
  PetscCall(GridCreate(comm, film, 0, NULL, 0, NULL, &imaged->grid));
  for (int d = 0; d < 3; d++) {
    box.cells[d] = imaged->grid.num_cells[d];
    box.edges[d] = imaged->grid.edges[d];
    box.length[d] = box.edges[d][box.cells[d]];
  }
  PetscCall(GeneratorCreate(comm, &spec, &box, &one_phase, &imaged->problems, &imaged->generator));
  CU_ASSERT_PTR_NOT_NULL_FATAL(imaged->generator);
  PetscCall(BoundaryGeometryEstimate(&imaged->grid, imaged->generator, &imaged->geometry));
  CU_ASSERT_PTR_NOT_NULL_FATAL(imaged->geometry);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscErrorCode ImagedClose(Imaged *imaged)
{
  PetscFunctionBeginUser;
  PetscCall(BoundaryGeometryDestroy(&imaged->geometry));
  PetscCall(GeneratorDestroy(&imaged->generator));
  PetscCall(GridDestroy(&imaged->grid));
  ProblemsDestroy(&imaged->problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What there is at the face above cell `at`; false if it is no boundary. */
static inline PetscBool ImagedLook(const Imaged *imaged, int axis, const PetscInt at[3],
                                   Labeller label, const void *data, FacetAt *found)
{
  PetscReal x[2][3], in_voxels[2][3];
  PetscInt voxels[3];
  int32_t grain[2];

  LabelsVoxels(imaged->generator, voxels);
  for (int side = 0; side < 2; side++) {
    for (int d = 0; d < 3; d++) {
      const PetscReal length = imaged->grid.edges[d][imaged->grid.num_cells[d]];
      const PetscReal h = length / (PetscReal)imaged->grid.num_cells[d];

      x[side][d] = ((PetscReal)at[d] + 0.5 + (d == axis ? side : 0)) * h;
      in_voxels[side][d] = fmod(x[side][d] / length, 1) * (PetscReal)voxels[d];
      in_voxels[side][d] = floor(in_voxels[side][d]) + 0.5;
    }
    grain[side] = (*label)(data, in_voxels[side]);
  }
  if (grain[0] == grain[1] || !grain[0] || !grain[1]) return PETSC_FALSE;
  BoundaryGeometryFind(imaged->geometry, axis, x[0], x[1], grain[0], grain[1], found);
  return PETSC_TRUE;
}
