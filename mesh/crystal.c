#include "crystal.h"

#include <math.h>

const char *const LaueClassNames[] = {"unknown", "-1",  "2/m",   "mmm", "4/m",  "4/mmm", "-3",
                                      "-3m",     "6/m", "6/mmm", "m-3", "m-3m", NULL};

/* Generators of the rotations: an axis of some order along z (2/m: y), a twofold one along x, a
   threefold one along [111]. Their products are the whole group. */
static const struct {
  int order;
  PetscBool has_x, has_diagonal;
} generators[NUM_LAUE_CLASSES] = {
    [LAUE_UNKNOWN] = {1, PETSC_FALSE, PETSC_FALSE},
    [LAUE_TRICLINIC] = {1, PETSC_FALSE, PETSC_FALSE},
    [LAUE_MONOCLINIC] = {2, PETSC_FALSE, PETSC_FALSE},
    [LAUE_ORTHORHOMBIC] = {2, PETSC_TRUE, PETSC_FALSE},
    [LAUE_TETRAGONAL_LOW] = {4, PETSC_FALSE, PETSC_FALSE},
    [LAUE_TETRAGONAL] = {4, PETSC_TRUE, PETSC_FALSE},
    [LAUE_TRIGONAL_LOW] = {3, PETSC_FALSE, PETSC_FALSE},
    [LAUE_TRIGONAL] = {3, PETSC_TRUE, PETSC_FALSE},
    [LAUE_HEXAGONAL_LOW] = {6, PETSC_FALSE, PETSC_FALSE},
    [LAUE_HEXAGONAL] = {6, PETSC_TRUE, PETSC_FALSE},
    [LAUE_CUBIC_LOW] = {2, PETSC_TRUE, PETSC_TRUE},
    [LAUE_CUBIC] = {4, PETSC_TRUE, PETSC_TRUE},
};

Quaternion QuaternionFromAxis(const PetscReal axis[3], PetscReal angle)
{
  const PetscReal length = sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
  const PetscReal s = sin(angle / 2) / length;

  return (Quaternion){cos(angle / 2), s * axis[0], s * axis[1], s * axis[2]};
}

Quaternion QuaternionFromEuler(const PetscReal euler[3])
{
  const PetscReal c = cos(euler[1] / 2), s = sin(euler[1] / 2);
  const PetscReal sum = (euler[0] + euler[2]) / 2, difference = (euler[0] - euler[2]) / 2;

  return (Quaternion){c * cos(sum), s * cos(difference), s * sin(difference), c * sin(sum)};
}

Quaternion QuaternionMultiply(Quaternion a, Quaternion b)
{
  return (Quaternion){
      a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}

Quaternion QuaternionInvert(Quaternion a)
{
  return (Quaternion){a.w, -a.x, -a.y, -a.z};
}

PetscReal QuaternionAngle(Quaternion a)
{
  /* exact near 0 as well, where acos(w) is not */
  return 2 * atan2(sqrt(a.x * a.x + a.y * a.y + a.z * a.z), fabs(a.w));
}

static int make_rotations(LaueClass laue, Quaternion rotations[MOST_ROTATIONS])
{
  static const PetscReal x[3] = {1, 0, 0}, y[3] = {0, 1, 0}, z[3] = {0, 0, 1},
                         diagonal[3] = {1, 1, 1};
  int num = 0;

  for (int d = 0; d < (generators[laue].has_diagonal ? 3 : 1); d++) {
    const Quaternion threefold = QuaternionFromAxis(diagonal, 2 * PETSC_PI * d / 3);

    for (int t = 0; t < (generators[laue].has_x ? 2 : 1); t++) {
      const Quaternion twofold = QuaternionFromAxis(x, t * PETSC_PI);

      for (int n = 0; n < generators[laue].order; n++) {
        const Quaternion turn = QuaternionFromAxis(laue == LAUE_MONOCLINIC ? y : z,
                                                   2 * PETSC_PI * n / generators[laue].order);

        rotations[num++] = QuaternionMultiply(threefold, QuaternionMultiply(twofold, turn));
      }
    }
  }
  return num;
}

const Quaternion *LaueRotations(LaueClass laue, int *num)
{
  static Quaternion rotations[NUM_LAUE_CLASSES][MOST_ROTATIONS];
  static int nums[NUM_LAUE_CLASSES]; /* 0: not made yet */

  if (!nums[laue]) nums[laue] = make_rotations(laue, rotations[laue]);
  *num = nums[laue];
  return rotations[laue];
}

PetscReal Disorientation(LaueClass laue, Quaternion a, Quaternion b)
{
  const Quaternion rotation = QuaternionMultiply(QuaternionInvert(a), b);
  PetscReal least = PETSC_PI;
  int num;
  const Quaternion *rotations = LaueRotations(laue, &num);

  /* s m t turns by the same angle as m t s: one group is enough */
  for (int r = 0; r < num; r++) {
    least = PetscMin(least, QuaternionAngle(QuaternionMultiply(rotation, rotations[r])));
  }
  return least;
}

Quaternion QuaternionNearest(LaueClass laue, Quaternion orientation, Quaternion to)
{
  Quaternion best = orientation;
  PetscReal most = -1;
  int num;
  const Quaternion *rotations = LaueRotations(laue, &num);

  for (int r = 0; r < num; r++) {
    const Quaternion q = QuaternionMultiply(orientation, rotations[r]);
    const PetscReal dot = q.w * to.w + q.x * to.x + q.y * to.y + q.z * to.z;

    if (fabs(dot) <= most) continue;
    most = fabs(dot);
    best = dot < 0 ? (Quaternion){-q.w, -q.x, -q.y, -q.z} : q;
  }
  return best;
}

Quaternion QuaternionNormalise(Quaternion q)
{
  const PetscReal length = sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);

  return (Quaternion){q.w / length, q.x / length, q.y / length, q.z / length};
}
