#include "facets.h"

#include "crystallites.h"
#include "facet_makers.h"

PetscErrorCode BoundaryGeometryCreate(MPI_Comm comm, const Generator *generator,
                                      const StructureBox *box, BoundaryGeometry **geometry)
{
  const Laguerre *laguerre = GeneratorLaguerre(generator);
  const Spheres *spheres = GeneratorSpheres(generator);
  const Planes *planes = GeneratorPlanes(generator);

  PetscFunctionBeginUser;
  *geometry = NULL;
  if (planes && !PlanesAreTilted(planes)) planes = NULL;
  if (!laguerre && !spheres && !planes) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(geometry));
  if (laguerre) PetscCall(FacetsFromLaguerre(comm, laguerre, *geometry));
  if (spheres) PetscCall(FacetsFromSpheres(spheres, box, *geometry));
  if (planes) PetscCall(FacetsFromPlanes(planes, box, *geometry));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode BoundaryGeometryDestroy(BoundaryGeometry **geometry)
{
  PetscFunctionBeginUser;
  if (!*geometry) PetscFunctionReturn(PETSC_SUCCESS);
  if ((*geometry)->destroy) PetscCall((*(*geometry)->destroy)((*geometry)->data));
  PetscCall(PetscFree((*geometry)->facets));
  PetscCall(PetscFree(*geometry));
  PetscFunctionReturn(PETSC_SUCCESS);
}
