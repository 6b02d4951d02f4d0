#include "facet_tallies.h"

#include <math.h>

enum { FACE_AREA = 0, NUM_FACES = 3, AT_FOREIGN = 4, ENTRY = 5 };

PetscErrorCode FacetTalliesCreate(const BoundaryGeometry *geometry, FacetTallies *tallies)
{
  PetscFunctionBeginUser;
  *tallies = (FacetTallies){.geometry = geometry, .whole = 1};
  PetscCall(PetscCalloc1(geometry->num_facets, &tallies->entries));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FacetTalliesDestroy(FacetTallies *tallies)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(tallies->entries));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void FacetTalliesAdd(FacetTallies *tallies, PetscInt facet, int axis, PetscReal area,
                     PetscBool is_at_foreign)
{
  PetscReal *entry = tallies->entries[facet];

  entry[FACE_AREA + axis] += area;
  entry[NUM_FACES] += area > 0;
  entry[AT_FOREIGN] += is_at_foreign;
}

PetscReal FacetTalliesCount(const FacetTallies *tallies, PetscInt facet)
{
  return tallies->entries[facet][NUM_FACES];
}

PetscReal FacetTalliesArea(const FacetTallies *tallies, PetscInt facet, int axis)
{
  return tallies->entries[facet][FACE_AREA + axis];
}

/* The area that the faces stand for if each has its share of a plane. */
static PetscReal stand_for(const FacetTallies *tallies, PetscInt facet)
{
  const PetscReal *normal = tallies->geometry->facets[facet].normal;
  PetscReal area = 0;

  for (int d = 0; d < 3; d++) area += fabs(normal[d]) * tallies->entries[facet][FACE_AREA + d];
  return area;
}

PetscBool FacetTalliesIsWhole(const FacetTallies *tallies, PetscInt facet)
{
  const PetscReal voxel = tallies->geometry->voxel, area = stand_for(tallies, facet);
  const PetscReal truth = tallies->geometry->facets[facet].area;

  if (tallies->entries[facet][AT_FOREIGN] > 0) return PETSC_FALSE;
  if (!(voxel > 0)) return PETSC_TRUE;
  return (PetscBool)(fabs(area - truth) <
                     0.25 * area + 3 * voxel * sqrt(truth) + 2 * PetscSqr(voxel));
}

PetscErrorCode FacetTalliesSum(MPI_Comm comm, FacetTallies *tallies)
{
  const BoundaryGeometry *geometry = tallies->geometry;
  PetscReal area = 0, seen = 0;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(geometry->num_facets * ENTRY, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, tallies->entries, size, MPIU_REAL, MPIU_SUM, comm));
  /* links that step over the edge of a third grain have one face in place of two */
  for (PetscInt f = 0; f < geometry->num_facets && !geometry->is_curved; f++) {
    if (!(FacetTalliesCount(tallies, f) > 0) || !FacetTalliesIsWhole(tallies, f)) continue;
    area += geometry->facets[f].area;
    seen += stand_for(tallies, f);
  }
  tallies->whole = seen > 0 ? area / seen : 1;
  PetscFunctionReturn(PETSC_SUCCESS);
}
