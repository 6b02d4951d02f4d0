#pragma once

#include "petsc_compat.h"

/*@
  LaueClass - which rotations leave a crystal as it is

  Axes are those of DREAM.3D and of EDAX: z along c, x along a; the twofold axis of 2/m is y.
@*/
typedef enum {
  LAUE_UNKNOWN,
  LAUE_TRICLINIC,      /* -1: 1 rotation */
  LAUE_MONOCLINIC,     /* 2/m: 2 */
  LAUE_ORTHORHOMBIC,   /* mmm: 222 */
  LAUE_TETRAGONAL_LOW, /* 4/m: 4 */
  LAUE_TETRAGONAL,     /* 4/mmm: 422 */
  LAUE_TRIGONAL_LOW,   /* -3: 3 */
  LAUE_TRIGONAL,       /* -3m: 32 */
  LAUE_HEXAGONAL_LOW,  /* 6/m: 6 */
  LAUE_HEXAGONAL,      /* 6/mmm: 622 */
  LAUE_CUBIC_LOW,      /* m-3: 23 */
  LAUE_CUBIC,          /* m-3m: 432 */
  NUM_LAUE_CLASSES
} LaueClass;
extern const char *const LaueClassNames[]; /* "unknown", "-1", ..., "m-3m"; NULL-terminated */

enum { MOST_ROTATIONS = 24 };

/*@
  Quaternion - a rotation: w + x i + y j + z k, of length 1

  An orientation is the rotation that takes the sample's axes to the crystal's.
@*/
typedef struct {
  PetscReal w, x, y, z;
} Quaternion;

/* Rotation by an angle [rad] about an axis of any length but 0. */
Quaternion QuaternionFromAxis(const PetscReal axis[3], PetscReal angle);

/* An orientation from Bunge's Euler angles (z, x, z) [rad]. Source: Bunge, "Texture Analysis in
 * Materials Science" (1982), chapter 2 */
Quaternion QuaternionFromEuler(const PetscReal euler[3]);

Quaternion QuaternionMultiply(Quaternion a, Quaternion b);
Quaternion QuaternionInvert(Quaternion a);

/* Angle of a rotation, 0 to pi [rad]. */
PetscReal QuaternionAngle(Quaternion a);

/* The rotations of a class, at most MOST_ROTATIONS; 1 for LAUE_UNKNOWN. They last. */
const Quaternion *LaueRotations(LaueClass laue, int *num);

/*@
  Disorientation - the least angle of a rotation that takes one crystal to another [rad]

  Input Parameters:
+ laue - class of both crystals
- a, b - their orientations

  At most 62.80 degrees for m-3m, 93.84 for 6/mmm. Source: Mackenzie, Biometrika 45 (1958) 229.
@*/
PetscReal Disorientation(LaueClass laue, Quaternion a, Quaternion b);

/* Of the equivalents of an orientation the one nearest to another, for sums over a grain. */
Quaternion QuaternionNearest(LaueClass laue, Quaternion orientation, Quaternion to);

/* To length 1. */
Quaternion QuaternionNormalise(Quaternion q);
