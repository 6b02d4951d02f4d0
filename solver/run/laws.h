#pragma once

#include "boundary_classes.h"
#include "case.h"
#include "electrode_stack.h"
#include "microstructure.h"
#include "transport.h"

/* One resistance that a file sets by grain or by pair of grains. */
typedef struct {
  int32_t grain_a, grain_b; /* grain_a < grain_b; grain_b = 0 for a single grain */
  PetscReal resistance;     /* [Ohm m^2] */
} GrainResistance;

/* A file of them, sorted for look-up. */
typedef struct {
  PetscInt count;
  GrainResistance *entries;
} GrainResistances;

/*@
  Laws - a case's materials at one temperature, as the scheme wants them
@*/
typedef struct {
  PetscInt num_film_grains, num_film_phases, num_phases;
  const PetscInt *phase;        /* of each grain; the structure's */
  PetscReal (*conductivity)[3]; /* [num_phases + 1] [S/m] */
  PetscReal *boundary;          /* [num_film_phases + 1]^2, at this temperature [Ohm m^2] */
  PetscReal *spread;            /* likewise, standard deviation of ln r */
  BoundaryClasses *classes;     /* of misorientation; NULL: none */
  PetscReal *class_boundary;    /* [number of classes], as boundary */
  uint64_t seed;
  GrainResistances pairs;       /* single boundaries set by file */
  GrainResistances surface[2];  /* charge transfer of single grains set by file */
  const ElectrodeStack *stacks; /* anode and cathode */
  Transport transport;          /* points into the above; hand this to the scheme */
} Laws;

/*@
  LawsCreate - puts all materials at one temperature

  Collective

  Input Parameters:
+ comm        - ranks that share the files' contents
. case_in     - must outlive the laws; boundary resistances resolved (none is NaN)
. structure   - must outlive the laws
. classes     - of misorientation; must outlive the laws; may be NULL
. stacks      - anode and cathode; must outlive the laws
. temperature - [K]
- problems    - gets what is wrong with resistance files

  Output Parameter:
. laws - free with LawsDestroy(); hand on a pointer to it, not a copy
@*/
PetscErrorCode LawsCreate(MPI_Comm comm, const Case *case_in, const Microstructure *structure,
                          BoundaryClasses *classes, const ElectrodeStack stacks[2],
                          PetscReal temperature, Problems *problems, Laws *laws);
PetscErrorCode LawsDestroy(Laws *laws);

/*@
  GrainResistancesRead - reads `grain_a,grain_b,resistance_ohm_cm2` or `grain,resistance_ohm_cm2`

  Collective

  Input Parameters:
+ comm       - rank 0 reads
. path       - of the CSV file
. num_columns - grain columns: 2 or 1
. num_grains - grains must be from 1 to this
- problems   - gets what is wrong, with file and line

  Output Parameter:
. list - free its entries with PetscFree()
@*/
PetscErrorCode GrainResistancesRead(MPI_Comm comm, const char *path, int num_columns,
                                    PetscInt num_grains, Problems *problems,
                                    GrainResistances *list);

/* The resistance set for a pair (grain_b = 0: for a single grain), or NULL. */
const GrainResistance *GrainResistancesFind(const GrainResistances *list, PetscInt grain_a,
                                            PetscInt grain_b);
