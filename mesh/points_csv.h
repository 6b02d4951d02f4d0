#pragma once

#include "generator.h"

/* Which of the two files: seeds have a weight [m^2], spheres a radius [m]. */
typedef enum { POINTS_SEEDS, POINTS_SPHERES } PointsType;

typedef struct {
  const char *path;
  PointsType type;
  PetscInt dimension;      /* 2: z is read but not used */
  PetscBool is_periodic_z; /* the plates are the same place */
} PointsFile;

/* Points of a file, in its order; lengths in m. */
typedef struct {
  PetscInt num_points;
  PetscReal (*x)[3];
  PetscReal *value; /* weight or radius */
  PetscInt *phase;  /* from 1; NULL if the file has no such column */
  PetscInt *line;   /* in the file, from 1 */
} Points;

/*@
  PointsRead - reads `seeds_file` or `spheres_file`

  Collective. CSV with the header x_um,y_um,z_um,weight_um2 (or radius_um), and perhaps a column
  phase; blank lines and lines that start with # are skipped.

  Input Parameters:
+ comm     - all ranks get the same points
. file     - which file
. box      - all points must lie in it or on its faces
. phases   - names
- problems - gets every line that is wrong, points that are there twice, spheres that overlap: the
             first 20

  Output Parameter:
. points - free with PointsDestroy(); no points if there were problems
@*/
PetscErrorCode PointsRead(MPI_Comm comm, const PointsFile *file, const StructureBox *box,
                          const PhaseNames *phases, Problems *problems, Points *points);
PetscErrorCode PointsDestroy(Points *points);
