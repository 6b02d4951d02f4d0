#pragma once

#include "image_part.h"
#include "petsc_compat.h"

/* What the labels of an image are; names in ImageContents[] as in case files. */
typedef enum { IMAGE_OF_GRAINS, IMAGE_OF_PHASES, IMAGE_OF_ORIENTATIONS } ImageContent;
extern const char *const ImageContents[]; /* NULL-terminated */

/* Grains of too few voxels that were given to others, or became void. */
typedef struct {
  PetscInt smallest; /* voxels asked for; 0: nothing was */
  PetscInt num, num_void;
  PetscInt64 voxels, voxels_void, of_voxels; /* theirs; the image's */
  PetscInt num_joined; /* grains of one phase that became one with others, being apart before */
} SpeckReport;

/* An image on cells that overlap several of its voxels. */
typedef struct {
  PetscInt voxels[3], cells[3]; /* of the image and the film; 0: each cell lies in one voxel */
  PetscReal *fraction;          /* [num_phases + 1], of the image's volume, void first; or NULL */
} ResampleReport;

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
  char *file;  /* an image of labels: full path, NULL if none */
  char *array; /* in that file; NULL: the first of integers */
  PetscBool has_raw;
  RawSpec raw;             /* what is in that file, if it says nothing itself */
  PetscReal file_unit;     /* of a file's lengths [m]; NaN: the file says it, or nobody */
  PetscReal grain_angle;   /* least disorientation between grains of a map of orientations [rad] */
  ImagePart part;          /* of the image */
  ImageContent contents;   /* what its labels are */
  PetscInt smallest_grain; /* voxels that its grains must have */
  PetscBool has_normals;   /* of its boundaries: to be estimated */
  PetscInt num_label_phases;
  LabelPhaseSpec *label_phases;
  PetscInt num_phase_fractions;
  PhaseFractionSpec *phase_fractions;
  PetscBool has_pores;
  PoreSpec pores;
} StructureSpec;
