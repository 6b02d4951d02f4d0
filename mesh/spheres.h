#pragma once

#include "generator.h"
#include "random.h"

/* Spheres with centres in the box; the plates and insulating sides cut them. */
typedef struct {
  PetscInt num_spheres;
  PetscReal (*x)[3];
  PetscReal *radius;
} Spheres;

/* What is asked of a packing. */
typedef struct {
  const char *group;  /* the case's group, for messages: "structure" or "structure.pores" */
  PetscReal fraction; /* of the box, at most 0.5 */
  PetscReal diameter; /* number mean [m] */
  PetscReal spread;   /* standard deviation of ln(diameter) */
  uint64_t seed;
  RandomStream stream; /* of the positions */
} SpherePacking;

/*@
  SpheresPack - spheres that do not overlap and fill a fraction of the box

  Not collective: every rank computes the same. The volume counted is the volume inside the box; to
  hit the fraction all diameters are scaled together, with a warning if that is by more than 5 %.

  Input Parameters:
+ packing  - what is asked for
. box      - where; spheres reach across periodic sides
- problems - gets keys that are out of range, and packings that do not exist or were not found

  Output Parameter:
. spheres - free with SpheresDestroy(); none if there were problems
@*/
PetscErrorCode SpheresPack(const SpherePacking *packing, const StructureBox *box,
                           Problems *problems, Spheres *spheres);
PetscErrorCode SpheresCreate(PetscInt num_spheres, Spheres *spheres);
PetscErrorCode SpheresDestroy(Spheres *spheres);

/*@
  SpheresLabel - paints the points inside spheres; leaves all others as they are

  Input Parameters:
+ spheres - none wider than a periodic box
. box     - where
. points  - points in the box, in any order
. first   - label of the first sphere
- step    - from one sphere's label to the next one's; 0: all alike

  Output Parameter:
. labels - shape (n[2], n[1], n[0])
@*/
PetscErrorCode SpheresLabel(const Spheres *spheres, const StructureBox *box, const Lattice *points,
                            int32_t first, int32_t step, int32_t *labels);

/* Volume [m^3] of all spheres inside the box; exact but for spheres in edges (1e-4 of each). */
PetscReal SpheresVolume(const Spheres *spheres, const StructureBox *box);
