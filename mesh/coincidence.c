#include "coincidence.h"

#include <math.h>

static PetscReal overlap(Quaternion a, Quaternion b)
{
  return fabs(a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z);
}

static void add(Quaternion rotation, Coincidence *coincidence)
{
  for (PetscInt r = 0; r < coincidence->num; r++) {
    if (overlap(rotation, coincidence->rotations[r]) > 1 - 1e-9) return;
  }
  coincidence->rotations[coincidence->num++] = rotation;
}

/* All that symmetry and exchange of the crystals make of one rotation. */
static PetscErrorCode add_equivalents(Quaternion rotation, Coincidence *coincidence)
{
  int num;
  const Quaternion *own = LaueRotations(LAUE_CUBIC, &num);

  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)(coincidence->num + 2 * num * num) * sizeof rotation,
                         &coincidence->rotations));
  for (int a = 0; a < num; a++) {
    for (int b = 0; b < num; b++) {
      const Quaternion turned = QuaternionMultiply(own[a], QuaternionMultiply(rotation, own[b]));

      add(turned, coincidence);
      add(QuaternionInvert(turned), coincidence);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int common_divisor(int a, int b)
{
  return b ? common_divisor(b, a % b) : a;
}

PetscErrorCode CoincidenceCreate(int sigma, Coincidence *coincidence)
{
  const PetscReal length = sqrt(sigma);

  PetscFunctionBeginUser;
  *coincidence = (Coincidence){sigma, 0, NULL};
  for (int w = 1; w * w <= sigma; w++) {
    for (int x = 0; x <= w; x++) {
      for (int y = 0; y <= x; y++) {
        for (int z = 0; z <= y; z++) {
          if (w * w + x * x + y * y + z * z != sigma ||
              common_divisor(common_divisor(w, x), common_divisor(y, z)) > 1) {
            continue;
          }
          PetscCall(add_equivalents((Quaternion){w / length, x / length, y / length, z / length},
                                    coincidence));
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CoincidenceDestroy(Coincidence *coincidence)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(coincidence->rotations));
  coincidence->num = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal CoincidenceDeviation(const Coincidence *coincidence, Quaternion a, Quaternion b)
{
  const Quaternion rotation = QuaternionMultiply(QuaternionInvert(a), b);
  PetscReal most = 0;

  for (PetscInt r = 0; r < coincidence->num; r++) {
    most = PetscMax(most, overlap(rotation, coincidence->rotations[r]));
  }
  return 2 * acos(PetscMin(most, 1));
}
