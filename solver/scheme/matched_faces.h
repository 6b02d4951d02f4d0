#pragma once

#include "ac_transport.h"
#include "facets.h"
#include "faces.h"
#include "sparse_faces.h"

/* How well a grid resolves the facets of a structure; of an image, how far normals are known. */
typedef struct {
  PetscInt num_facets, num_seen; /* seen: with a face at least */
  PetscReal coarse_share;        /* of the facets' area: on facets with fewer than 4 faces */
  PetscBool is_estimated;        /* of an image: nothing is known of its facets */
  PetscReal unknown_share;       /* of the stair faces' area: without an estimate of the normal */
  PetscReal planes_share;        /* of the same: on planes of a tessellation that was fitted */
} FacetStatistics;

/*@
  MatchedFaces - what makes stair faces answer as the boundaries that they stand for

  Stair faces have a contact resistance in units of r/A and their bulk some times; the faces inside
a grain that touch a cell at a boundary conduct 1 + gamma as well.
@*/
struct MatchedFaces {
  SparseFaces stairs; /* contact, bulk: see BoundaryStair(); at a frequency s and both parts of 1 +
                         alpha */
  SparseFaces raised; /* gamma; at a frequency both parts of it */
  FacetStatistics statistics;
};

/*@
  MatchedFacesCreate - response-matched faces of a model

  Collective; the same on any number of ranks, to rounding

  Input Parameters:
+ model    - grid, labels with the ghost layer filled, materials; its own `matched` is not used
. geometry - of the film's grains
- ac       - materials at a frequency, see BoundaryResponseAc(); NULL: at DC

  Output Parameter:
. matched - free with MatchedFacesDestroy()

  Stair faces get s = w/n + (1 - w) n, w from BoundaryResponse(). A flat facet with N_d faces of
area A_d and true area A has n = n_d^2 A/(N_d A_d): where w = 1 its faces conduct n_d^2 A/r
together, where w = 0 they dissipate what n_d^2 A of it would, so that edges and small facets are
right too, and grains that conduct well form the exact network of their facets. Curved
boundaries and those of which only the normal is known have n = |n_d|; facets that are not seen
whole, because a pore has taken faces from them, |n_d| times what whole ones have more on the
average. n stays between 0.05 and 20, and is 0.05 where stairs bring grains together that have no
facet. alpha and gamma are those of BoundaryResponse(); of several boundaries at a face the gammas
add up, each taken once.
@*/
PetscErrorCode MatchedFacesCreate(const FaceModel *model, const BoundaryGeometry *geometry,
                                  const AcTransport *ac, MatchedFaces **matched);
PetscErrorCode MatchedFacesDestroy(MatchedFaces **matched);

/* How many times better than its bulk a face inside a grain conducts: 1 but for matched faces. */
static inline PetscReal FaceRaise(const FaceModel *model, int axis, PetscInt face)
{
  const float *gamma = model->matched ? SparseFacesGet(&model->matched->raised, axis, face) : NULL;

  return gamma ? 1 + (PetscReal)*gamma : 1;
}

/* The first face from `face` on whose FaceRaise() may not be 1, `end` if there is none before. */
static inline PetscInt FaceRaiseNext(const FaceModel *model, int axis, PetscInt face, PetscInt end)
{
  return model->matched ? SparseFacesNext(&model->matched->raised, axis, face, end) : end;
}
