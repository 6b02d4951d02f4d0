#pragma once

#include "petsc_compat.h"

/* What a user may ask of a microstructure; lengths in m. Generators read it, run/ fills it from the
 * case. */

typedef struct {
  PetscReal at;        /* where the plane crosses the axis in the middle of the box [m] */
  PetscReal normal[3]; /* any length; z component not zero */
} PlaneSpec;

typedef struct {
  char *phase;        /* a phase's name */
  PetscReal fraction; /* of the film's volume without pores */
} PhaseFractionSpec;

typedef struct {
  double labels[2]; /* first and last, whole numbers */
  char *phase;      /* a phase's name */
} LabelPhaseSpec;

typedef struct {
  PetscReal fraction; /* of the film's volume */
  PetscReal diameter; /* [m] */
  PetscInt seed;
} PoreSpec;

typedef struct {
  char *generator;       /* a name of GeneratorNames[] */
  PetscReal grain_size;  /* number mean of the equivalent-sphere (columns: circle) diameter [m] */
  PetscReal size_spread; /* standard deviation of ln(size) */
  PetscReal aspect;      /* grains are longer in z by this factor */
  PetscInt seed;
  PetscBool periodic_z; /* images of the seeds in z too */
  char *seeds_file;     /* full path, NULL if none */
  PetscReal brick[3];   /* [m] */
  PetscBool staggered;
  PetscReal fraction; /* of crystallites */
  PetscReal diameter; /* of crystallites: number mean [m] */
  char *spheres_file; /* full path, NULL if none */
  PetscInt num_planes;
  PlaneSpec *planes;
  char *file;            /* an image of labels: full path, NULL if none */
  char *array;           /* in that file; NULL: the first of integers */
  PetscReal file_unit;   /* of a file's lengths [m]; NaN: the file says it, or nobody */
  PetscReal grain_angle; /* least disorientation between grains of a map of orientations [rad] */
  PetscInt num_label_phases;
  LabelPhaseSpec *label_phases;
  PetscInt num_phase_fractions;
  PhaseFractionSpec *phase_fractions;
  PetscBool has_pores;
  PoreSpec pores;
} StructureSpec;
