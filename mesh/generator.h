#pragma once

#include "crystal.h"
#include "grid.h"
#include "structure.h"

/* The box a structure lives in: the film, without electrode layers. */
typedef struct {
  PetscReal length[3]; /* [m]; x and y repeat if is_periodic */
  PetscBool is_periodic;
  PetscInt cells[3];         /* of the film; bricks must fall on cell faces */
  const PetscReal *edges[3]; /* cells + 1 coordinates of cell faces [m] */
} StructureBox;

/* Points of a tensor product: (x[i], y[j], z[k]), all inside the box. */
typedef struct {
  PetscInt n[3];
  const PetscReal *x[3]; /* [m] */
} Lattice;

/* Names of the case's phases; phase p (from 1) is names[p - 1]. Phase 0 is void. */
typedef struct {
  PetscInt num_phases;
  const char *const *names;
} PhaseNames;

/* How the grains' crystals lie. */
typedef struct {
  Quaternion *orientation; /* [num_grains + 1] */
  LaueClass *laue;         /* [num_grains + 1] */
} Crystals;

/*@
  Generator - a microstructure as a function of position: which grain is at a point

  It knows nothing of cells or ranks, so that the same structure can be put on any grid: the grain
at a point depends on the point's coordinates alone, bit for bit, whatever other points are asked
for.
@*/
typedef struct Generator Generator;
struct Generator {
  PetscInt num_grains;
  PetscInt *phase;    /* [num_grains + 1], phase of each grain; phase[0] = 0 */
  Crystals *crystals; /* NULL: not known */
  SpeckReport specks; /* of an image */
  PetscInt voxels[3]; /* of an image; 0: there is none */

  /* Fills labels (shape n[2], n[1], n[0]; x fastest) with the grain, 1 .. num_grains, at each
   * point. */
  PetscErrorCode (*label)(const Generator *generator, const Lattice *points, int32_t *labels);
  /* Likewise the grains of the film's cells, by their centres; NULL: those at the centres. */
  PetscErrorCode (*label_cells)(const Generator *generator, const Lattice *centres,
                                int32_t *labels);
  PetscErrorCode (*destroy)(void *data);
  void *data;
  PetscInt
      num_matrix; /* the first so many grains are a matrix, which phase_fractions leaves alone */
};

/*@
  GeneratorCreate - the structure that a case asks for

  Collective; every rank gets the same structure

  Input Parameters:
+ comm     - ranks that share the work of laying it out
. spec     - what is asked for
. box      - where
. phases   - names of the phases
- problems - gets what is wrong with the request or with the files it names

  Output Parameter:
. generator - free with GeneratorDestroy(); NULL if there were problems
@*/
PetscErrorCode GeneratorCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                               const PhaseNames *phases, Problems *problems, Generator **generator);
PetscErrorCode GeneratorDestroy(Generator **generator);

/* Crystals of so many grains, yet to be filled. */
PetscErrorCode CrystalsCreate(PetscInt num_grains, Crystals **crystals);
PetscErrorCode CrystalsDestroy(Crystals **crystals);

/*@
  GeneratorWrap - a generator of given grains, all of phase 1; for the files that make one

  Input Parameters:
+ num_grains - at least 1
. label      - as in Generator
. destroy    - frees data; NULL if there is none
- data       - what label needs; belongs to the generator from now on

  Output Parameter:
. generator - free with GeneratorDestroy()
@*/
PetscErrorCode GeneratorWrap(PetscInt num_grains,
                             PetscErrorCode (*label)(const Generator *, const Lattice *, int32_t *),
                             PetscErrorCode (*destroy)(void *), void *data, Generator **generator);

/* All generators by name, NULL-terminated, as in case files. */
extern const char *const GeneratorNames[];
