#include <math.h>
#include "coincidence.h"
#include "constants.h"
#include "harness.h"
#include "orientations.h"
#include "random.h"

static const PetscReal x[3] = {1, 0, 0}, y[3] = {0, 1, 0}, z[3] = {0, 0, 1},
                       diagonal[3] = {1, 1, 1};

/* Uniform on all rotations. Source: Shoemake, Graphics Gems III (1992) 124 */
static Quaternion draw(uint32_t index)
{
  const double u = RandomUniform(1, RANDOM_TESTS, index, 0),
               v = RandomUniform(1, RANDOM_TESTS, index, 1) * 2 * PETSC_PI,
               w = RandomUniform(1, RANDOM_TESTS, index, 2) * 2 * PETSC_PI;

  return (Quaternion){sqrt(1 - u) * sin(v), sqrt(1 - u) * cos(v), sqrt(u) * sin(w),
                      sqrt(u) * cos(w)};
}

static PetscErrorCode rotations_of_a_class_are_a_group(void)
{
  const int sizes[NUM_LAUE_CLASSES] = {1, 1, 2, 4, 4, 8, 3, 6, 6, 12, 12, 24};

  PetscFunctionBeginUser;
  for (int l = 0; l < NUM_LAUE_CLASSES; l++) {
    int num;
    const Quaternion *rotations = LaueRotations((LaueClass)l, &num);

    CU_ASSERT_EQUAL(num, sizes[l]);
    for (int a = 0; a < num; a++) {
      for (int b = 0; b < num; b++) {
        const Quaternion product = QuaternionMultiply(rotations[a], rotations[b]);
        int found = 0;

        for (int c = 0; c < num; c++) {
          const Quaternion rest = QuaternionMultiply(QuaternionInvert(rotations[c]), product);

          found += QuaternionAngle(rest) < 1e-12;
        }
        CU_ASSERT_EQUAL(found, 1); /* closed, and no rotation is there twice */
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Column r of Bunge's matrix: axis r of the sample in the crystal's axes. */
static PetscErrorCode euler_angles_are_those_of_bunge(void)
{
  const PetscReal e[3] = {0.3, 0.8, 2.1};
  const PetscReal c1 = cos(e[0]), s1 = sin(e[0]), c = cos(e[1]), s = sin(e[1]), c2 = cos(e[2]),
                  s2 = sin(e[2]);
  const PetscReal matrix[3][3] = {{c1 * c2 - s1 * s2 * c, s1 * c2 + c1 * s2 * c, s2 * s},
                                  {-c1 * s2 - s1 * c2 * c, -s1 * s2 + c1 * c2 * c, c2 * s},
                                  {s1 * s, -c1 * s, c}};
  const Quaternion q = QuaternionFromEuler(e);

  PetscFunctionBeginUser;
  for (int r = 0; r < 3; r++) {
    const Quaternion axis = {0, r == 0, r == 1, r == 2};
    const Quaternion turned = QuaternionMultiply(q, QuaternionMultiply(axis, QuaternionInvert(q)));

    /* axis r of the crystal in the sample's axes is row r */
    ASSERT_CLOSE(turned.x, matrix[r][0], 1e-12);
    ASSERT_CLOSE(turned.y, matrix[r][1], 1e-12);
    ASSERT_CLOSE(turned.z, matrix[r][2], 1e-12);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode known_rotations_have_known_disorientations(void)
{
  const struct {
    LaueClass laue;
    const PetscReal *axis;
    PetscReal turn, least;
  } known[] = {
      {LAUE_CUBIC, diagonal, 60, 60},
      {LAUE_CUBIC, diagonal, 120, 0},
      {LAUE_CUBIC, z, 70, 20},
      {LAUE_CUBIC_LOW, z, 90, 90},
      {LAUE_TETRAGONAL, z, 100, 10},
      {LAUE_TETRAGONAL, x, 90, 90},
      {LAUE_TETRAGONAL_LOW, x, 180, 180},
      {LAUE_HEXAGONAL, z, 50, 10},
      {LAUE_HEXAGONAL, x, 95, 85},
      {LAUE_HEXAGONAL_LOW, x, 95, 95},
      {LAUE_TRIGONAL, z, 60, 60},
      {LAUE_TRIGONAL, z, 110, 10},
      {LAUE_TRIGONAL, x, 170, 10},
      {LAUE_TRIGONAL_LOW, x, 170, 170},
      {LAUE_ORTHORHOMBIC, z, 95, 85},
      {LAUE_ORTHORHOMBIC, diagonal, 120, 120},
      {LAUE_MONOCLINIC, y, 170, 10},
      {LAUE_MONOCLINIC, z, 170, 170},
      {LAUE_TRICLINIC, y, 170, 170},
      {LAUE_CUBIC, x, 1e-6, 1e-6},
  };

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(known); k++) {
    const Quaternion a = draw((uint32_t)k);
    const Quaternion b =
        QuaternionMultiply(a, QuaternionFromAxis(known[k].axis, known[k].turn * DEGREE));

    CU_ASSERT_DOUBLE_EQUAL(Disorientation(known[k].laue, a, b) / DEGREE, known[k].least, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(Disorientation(known[k].laue, b, a) / DEGREE, known[k].least, 1e-9);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode equivalent_orientations_have_the_same_disorientation(void)
{
  PetscFunctionBeginUser;
  for (int l = 0; l < NUM_LAUE_CLASSES; l++) {
    int num;
    const Quaternion *rotations = LaueRotations((LaueClass)l, &num);
    const Quaternion a = draw(1), b = draw(2);
    const PetscReal expected = Disorientation((LaueClass)l, a, b);

    for (int r = 0; r < num; r++) {
      const Quaternion c = QuaternionMultiply(a, rotations[r]);
      const Quaternion d = QuaternionMultiply(b, rotations[num - 1 - r]);

      ASSERT_CLOSE(Disorientation((LaueClass)l, c, d), expected, 1e-12);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Mackenzie 1958: cubic crystals at random differ by 40.74 degrees on average, by 62.80 at most.
   The spread is 11.3 degrees, so the mean of 40000 is right to 0.06. Hexagonal ones: by 93.84. */
static PetscErrorCode random_cubic_crystals_differ_as_mackenzie_says(void)
{
  const uint32_t num = 40000;
  PetscReal sum = 0, most = 0, hexagonal = 0;

  PetscFunctionBeginUser;
  for (uint32_t n = 0; n < num; n++) {
    const PetscReal angle = Disorientation(LAUE_CUBIC, draw(2 * n), draw(2 * n + 1)) / DEGREE;

    sum += angle;
    most = PetscMax(most, angle);
    hexagonal =
        PetscMax(hexagonal, Disorientation(LAUE_HEXAGONAL, draw(2 * n), draw(2 * n + 1)) / DEGREE);
  }
  CU_ASSERT_DOUBLE_EQUAL(sum / num, 40.74, 0.15);
  CU_ASSERT(most <= 62.7995 && most > 62);
  CU_ASSERT(hexagonal <= 93.8413 && hexagonal > 93);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grimmer, Bollmann and Warrington, Acta Cryst. A 30 (1974) 197, table 1: least angle and its axis.
 */
static PetscErrorCode known_coincidences_are_found(void)
{
  const struct {
    int sigma;
    PetscReal angle, axis[3];
  } known[] = {{3, 60, {1, 1, 1}},       {5, 36.8699, {1, 0, 0}},  {7, 38.2132, {1, 1, 1}},
               {9, 38.9424, {1, 1, 0}},  {11, 50.4788, {1, 1, 0}}, {13, 22.6199, {1, 0, 0}},
               {13, 27.7958, {1, 1, 1}}, {15, 48.1897, {2, 1, 0}}, {17, 28.0725, {1, 0, 0}},
               {17, 61.9275, {2, 2, 1}}, {25, 16.2602, {1, 0, 0}}, {25, 51.6839, {3, 3, 1}},
               {27, 31.5863, {1, 1, 0}}, {27, 35.4309, {2, 1, 0}}};

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(known); k++) {
    const Quaternion a = draw((uint32_t)k);
    const Quaternion b =
        QuaternionMultiply(a, QuaternionFromAxis(known[k].axis, known[k].angle * DEGREE));
    const Quaternion off = QuaternionMultiply(b, QuaternionFromAxis(z, 1.5 * DEGREE));
    Coincidence coincidence;

    PetscCall(CoincidenceCreate(known[k].sigma, &coincidence));
    CU_ASSERT(CoincidenceDeviation(&coincidence, a, b) < 1e-4 * DEGREE);
    CU_ASSERT(CoincidenceDeviation(&coincidence, b, a) < 1e-4 * DEGREE);
    CU_ASSERT_DOUBLE_EQUAL(CoincidenceDeviation(&coincidence, a, off) / DEGREE, 1.5, 1e-3);
    PetscCall(CoincidenceDestroy(&coincidence));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A ball of radius d holds (d - sin d)/pi of all rotations, and there are 96 of sigma 3 and 144 of
   sigma 5: with Brandon's d 1.76 % and 1.23 % of random boundaries (Warrington and Boon, Acta
   Metall. 23 (1975) 599). The standard deviation of a count in 40000 is 5 % of it. */
static PetscErrorCode random_boundaries_are_seldom_near_a_coincidence(void)
{
  const struct {
    int sigma;
    PetscInt num;
  } known[] = {{3, 96}, {5, 144}};
  const uint32_t num = 40000;

  PetscFunctionBeginUser;
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(known); k++) {
    const PetscReal limit = 15 * DEGREE / PetscSqrtReal((PetscReal)known[k].sigma);
    const PetscReal expected = (PetscReal)known[k].num * (limit - sin(limit)) / PETSC_PI;
    Coincidence coincidence;
    PetscInt found = 0;

    PetscCall(CoincidenceCreate(known[k].sigma, &coincidence));
    CU_ASSERT_EQUAL(coincidence.num, known[k].num);
    for (uint32_t n = 0; n < num; n++) {
      found += CoincidenceDeviation(&coincidence, draw(2 * n), draw(2 * n + 1)) <= limit;
    }
    ASSERT_CLOSE((PetscReal)found / num, expected, 0.15);
    PetscCall(CoincidenceDestroy(&coincidence));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode orientations_are_packed_to_1e_5(void)
{
  PetscFunctionBeginUser;
  for (uint32_t i = 0; i < 1000; i++) {
    const int32_t phase = 1 + (int32_t)(i % 127);
    const Quaternion q = draw(i);
    const int64_t packed = OrientationPack(phase, q);
    int32_t unpacked;

    CU_ASSERT(packed > 0);
    CU_ASSERT(Disorientation(LAUE_UNKNOWN, q, OrientationUnpack(packed, &unpacked)) < 4e-5);
    CU_ASSERT_EQUAL(unpacked, phase);
    CU_ASSERT_EQUAL(OrientationPack(0, q), 0);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"orientations are packed to 1e-5", orientations_are_packed_to_1e_5},
    {"the rotations of each Laue class are a group of its size", rotations_of_a_class_are_a_group},
    {"Euler angles are those of Bunge", euler_angles_are_those_of_bunge},
    {"known rotations have known disorientations", known_rotations_have_known_disorientations},
    {"equivalent orientations have the same disorientation",
     equivalent_orientations_have_the_same_disorientation},
    {"random cubic crystals differ as Mackenzie says",
     random_cubic_crystals_differ_as_mackenzie_says},
    {"known coincidences are found", known_coincidences_are_found},
    {"random boundaries are seldom near a coincidence",
     random_boundaries_are_seldom_near_a_coincidence},
};

HARNESS_MAIN("crystal", tests)
