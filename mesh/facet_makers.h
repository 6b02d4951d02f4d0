#pragma once

#include "facets.h"
#include "laguerre.h"
#include "planes.h"
#include "spheres.h"

/* Each fills an empty geometry for one kind of generator and copies what it needs to find facets;
   collective if it takes a communicator. */
PetscErrorCode FacetsFromLaguerre(MPI_Comm comm, const Laguerre *laguerre,
                                  BoundaryGeometry *geometry);
PetscErrorCode FacetsFromSpheres(const Spheres *spheres, const StructureBox *box,
                                 BoundaryGeometry *geometry);
PetscErrorCode FacetsFromPlanes(const Planes *planes, const StructureBox *box,
                                BoundaryGeometry *geometry);
