#pragma once

#include <math.h>
#include "contact_faces.h"
#include "matched_faces.h"
#include "voxels.h"

/* A film with its materials, ready to be solved. */

typedef struct {
  FilmSpec film;
  VoxelSpec voxels;                 /* the cells' grains, unless there is a structure */
  const StructureSpec *structure;   /* or NULL */
  const BoundaryGeometry *geometry; /* of the cells' grains; NULL: unknown, or the structure's */
  PetscBool is_matched;             /* boundaries on response-matched faces */
  PhaseNames phases;                /* of the structure */
  PetscInt num_layers[2];           /* with cells of their own; with a structure only */
  const GridLayer *layers[2];
  Contact *contacts[2]; /* NULL: the electrode touches everywhere */
  Transport transport;
} ModelSpec;

/* Points into itself: not to be copied. */
typedef struct {
  Grid grid;
  Microstructure structure;
  Connectivity connectivity;
  Transport transport;
  FaceModel parts;
  MatchedFaces *matched;
  ContactFaces *contact;
  Faces faces;
} Model;

static inline PetscErrorCode ModelCreate(MPI_Comm comm, const ModelSpec *spec, Model *model)
{
  const BoundaryGeometry *geometry = spec->geometry;
  Problems problems = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(model, sizeof *model));
  PetscCall(GridCreate(comm, &spec->film, spec->num_layers[0], spec->layers[0], spec->num_layers[1],
                       spec->layers[1], &model->grid));
  if (spec->structure) {
    PetscCall(MicrostructureCreate(&model->grid, spec->structure, &spec->phases, spec->num_layers,
                                   spec->layers, &problems, &model->structure));
    PetscCheck(!problems.num_problems, comm, PETSC_ERR_ARG_WRONG, "%s", problems.texts[0]);
    ProblemsDestroy(&problems);
    geometry = model->structure.geometry;
  } else {
    PetscCall(VoxelsFill(&model->grid, &spec->voxels, &model->structure));
  }
  PetscCall(
      ConnectivityCompute(&model->grid, &model->structure, spec->contacts, &model->connectivity));
  model->transport = spec->transport;
  model->parts.grid = &model->grid;
  model->parts.structure = &model->structure;
  model->parts.connectivity = &model->connectivity;
  model->parts.transport = &model->transport;
  if (spec->is_matched && geometry) {
    PetscCall(MatchedFacesCreate(&model->parts, geometry, NULL, &model->matched));
    model->parts.matched = model->matched;
  }
  PetscCall(ContactFacesCreate(&model->parts, spec->contacts, &model->contact));
  model->parts.contact = model->contact;
  PetscCall(FacesCompute(&model->parts, &model->faces));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline PetscErrorCode ModelDestroy(Model *model)
{
  PetscFunctionBeginUser;
  PetscCall(FacesDestroy(&model->faces));
  PetscCall(MatchedFacesDestroy(&model->matched));
  PetscCall(ContactFacesDestroy(&model->contact));
  PetscCall(ConnectivityDestroy(&model->connectivity));
  PetscCall(MicrostructureDestroy(&model->structure));
  PetscCall(GridDestroy(&model->grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A BoundaryLaw: the same resistance, *(PetscReal *)data, between any two grains. */
static inline PetscErrorCode ModelEqualBoundary(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  (void)a;
  (void)b;
  *r = *(PetscReal *)data;
  return PETSC_SUCCESS;
}

/* A BoundaryLaw: between grains g and g + 1 the g-th of an array of resistances. */
static inline PetscErrorCode ModelStackBoundary(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  *r = ((PetscReal *)data)[PetscMin(a, b) - 1];
  return PETSC_SUCCESS;
}

/* An ElectrodeLaw: parts of the anode, then of the cathode, two each, in data. */
static inline PetscErrorCode ModelEqualElectrodes(void *data, Side side, PetscInt i, PetscInt j,
                                                  PetscInt grain, PetscReal parts[])
{
  (void)i;
  (void)j;
  (void)grain;
  parts[0] = ((PetscReal *)data)[2 * side];
  parts[1] = ((PetscReal *)data)[2 * side + 1];
  return PETSC_SUCCESS;
}

/* All cells of one grain. */
static inline int32_t ModelOneGrain(const void *data, const PetscInt cell[3],
                                    const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  (void)centre;
  return 1;
}
