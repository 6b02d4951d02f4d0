#pragma once

#include "generator.h"

/* Height over (x, y): at + slope . ((x, y) - middle). */
typedef struct {
  PetscReal at, slope[2];
} Plane;

/* Planes across the film; no two of them cross inside it. */
typedef struct {
  PetscReal middle[2];
  PetscInt num_planes;
  Plane *planes; /* upwards in the middle of the film */
} Planes;

/*@
  PlanesCreate - grains between planes that do not cross, numbered from the anode upwards

  Input and output: as for GeneratorCreate(). Keys: planes.
@*/
PetscErrorCode PlanesCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator);

/* The planes behind a generator, NULL if there are none; they belong to it. */
const Planes *GeneratorPlanes(const Generator *generator);

/* Whether any of them is not normal to z. */
PetscBool PlanesAreTilted(const Planes *planes);

/* Height [m] of a plane over (x, y). */
static inline PetscReal PlaneHeight(const Planes *planes, PetscInt p, PetscReal x, PetscReal y)
{
  const Plane *plane = &planes->planes[p];

  return plane->at +
         (plane->slope[0] * (x - planes->middle[0]) + plane->slope[1] * (y - planes->middle[1]));
}
