#include "laguerre.h"
#include "random.h"
#include "structures.h"

/* Uniform draw, one for each (index, subindex). */
static PetscReal draw(PetscInt index, PetscInt subindex)
{
  return RandomUniform(3, RANDOM_TESTS, (uint32_t)index, (uint32_t)subindex);
}

/* Seeds anywhere, weights from 0 to `weight`, or over orders of magnitude up to it. */
static PetscErrorCode create_random(const TestBox *test, PetscInt dimension,
                                    PetscBool is_periodic_z, PetscReal aspect, PetscInt num,
                                    PetscReal weight, PetscBool is_wide, Laguerre **laguerre)
{
  PetscFunctionBeginUser;
  PetscCall(LaguerreCreate(dimension, &test->box, is_periodic_z, aspect, num, laguerre));
  for (PetscInt s = 0; s < num; s++) {
    for (int d = 0; d < dimension; d++) {
      (*laguerre)->seeds[s][d] = test->box.length[d] * draw(s, d);
    }
    (*laguerre)->weights[s] = weight * (is_wide ? pow(10, -8 * draw(s, 3)) : draw(s, 3));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The definition: every seed, every image, one further out than can matter. */
static int32_t label_plainly(const Laguerre *laguerre, const PetscReal point[3])
{
  PetscReal least = INFINITY;
  int32_t label = 0;

  for (PetscInt s = 0; s < laguerre->num_seeds; s++) {
    for (int image = 0; image < 125; image++) {
      const int shift[3] = {image % 5 - 2, image / 5 % 5 - 2, image / 25 - 2};
      PetscReal square[3] = {0, 0, 0}, distance;
      PetscBool is_image = PETSC_TRUE;

      for (int d = 0; d < 3; d++) {
        const PetscReal stretch = d == 2 ? laguerre->aspect : 1;
        const PetscReal x =
            laguerre->seeds[s][d] / stretch + shift[d] * (laguerre->length[d] / stretch);

        if (shift[d] && (!laguerre->is_periodic[d] || d >= laguerre->dimension))
          is_image = PETSC_FALSE;
        if (d < laguerre->dimension) square[d] = PetscSqr(point[d] / stretch - x);
      }
      distance = square[1] + square[2] - laguerre->weights[s] + square[0];
      if (is_image && distance < least) {
        least = distance;
        label = (int32_t)s + 1;
      }
    }
  }
  return label;
}

/* Number of points whose label is not that of the definition. */
static PetscErrorCode count_wrong(const Laguerre *laguerre, const Lattice *points, PetscInt *wrong)
{
  int32_t *labels;
  size_t p = 0;

  PetscFunctionBeginUser;
  *wrong = 0;
  PetscCall(PetscMalloc1(points->n[0] * points->n[1] * points->n[2], &labels));
  PetscCall(LaguerreLabel(laguerre, points, labels));
  for (PetscInt k = 0; k < points->n[2]; k++) {
    for (PetscInt j = 0; j < points->n[1]; j++) {
      for (PetscInt i = 0; i < points->n[0]; i++) {
        const PetscReal point[3] = {points->x[0][i], points->x[1][j], points->x[2][k]};

        *wrong += labels[p++] != label_plainly(laguerre, point);
      }
    }
  }
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode labels_are_those_of_the_definition(void)
{
  const struct {
    PetscReal length[3];
    PetscInt cells[3];
    PetscBool is_periodic, is_periodic_z;
    PetscReal aspect;
    PetscInt num;
    PetscReal weight; /* [um^2] */
    PetscBool is_wide;
    PetscInt dimension;
  } cases[] = {
      {{1, 1, 1}, {20, 20, 20}, PETSC_TRUE, PETSC_FALSE, 1, 200, 0.02, PETSC_FALSE, 3},
      {{1, 2, 0.5}, {17, 23, 9}, PETSC_FALSE, PETSC_FALSE, 1, 50, 0.05, PETSC_FALSE, 3},
      {{1, 1, 1}, {16, 16, 16}, PETSC_TRUE, PETSC_TRUE, 2.5, 100, 0.03, PETSC_FALSE, 3},
      {{1, 1, 1}, {16, 16, 16}, PETSC_TRUE, PETSC_FALSE, 0.4, 100, 0.3, PETSC_TRUE, 3},
      {{0.05, 0.07, 8}, {6, 7, 60}, PETSC_TRUE, PETSC_FALSE, 1, 12, 1, PETSC_FALSE, 3},
      {{4, 0.02, 0.02}, {60, 3, 3}, PETSC_TRUE, PETSC_TRUE, 1, 9, 0.5, PETSC_FALSE, 3},
      {{1, 1, 1}, {9, 9, 9}, PETSC_TRUE, PETSC_TRUE, 1, 1, 1, PETSC_FALSE, 3},
      {{1, 1, 1}, {9, 9, 9}, PETSC_TRUE, PETSC_TRUE, 1, 2, 9, PETSC_FALSE, 3},
      {{1, 1, 3}, {40, 40, 3}, PETSC_TRUE, PETSC_FALSE, 1, 60, 0.05, PETSC_FALSE, 2},
      {{1, 1, 3}, {40, 40, 3}, PETSC_FALSE, PETSC_FALSE, 3, 60, 0.5, PETSC_TRUE, 2},
  };

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    TestBox test;
    Laguerre *laguerre;
    PetscInt wrong;

    TestBoxSet(&test, cases[c].length, cases[c].is_periodic, cases[c].cells);
    PetscCall(create_random(&test, cases[c].dimension, cases[c].is_periodic_z, cases[c].aspect,
                            cases[c].num, cases[c].weight * 1e-12, cases[c].is_wide, &laguerre));
    PetscCall(count_wrong(laguerre, &test.points, &wrong));
    CU_ASSERT_EQUAL(wrong, 0);
    PetscCall(LaguerreDestroy(&laguerre));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Seeds at 1/4 and 3/4 of each axis: the cell centre at 1/2 is as far from all eight. */
static PetscErrorCode ties_go_to_the_lower_index(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt cells[3] = {33, 33, 33};
  TestBox test;
  Laguerre *laguerre;
  PetscInt wrong;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  for (int d = 0; d < 3; d++) { /* powers of two, so that there are ties exactly */
    test.box.length[d] = 1;
    for (PetscInt c = 0; c < 33; c++) test.centres[d][c] = (PetscReal)c / 32;
  }
  PetscCall(LaguerreCreate(3, &test.box, PETSC_FALSE, 1, 9, &laguerre));
  for (PetscInt s = 0; s < 9; s++) { /* the last seed stands where the first one does */
    const PetscInt corner = s % 8;

    laguerre->seeds[s][0] = 0.25 + 0.5 * (PetscReal)(corner % 2);
    laguerre->seeds[s][1] = 0.25 + 0.5 * (PetscReal)(corner / 2 % 2);
    laguerre->seeds[s][2] = 0.75 - 0.5 * (PetscReal)(corner / 4);
  }
  PetscCall(count_wrong(laguerre, &test.points, &wrong));
  CU_ASSERT_EQUAL(wrong, 0);
  PetscCall(LaguerreDestroy(&laguerre));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same points in one lattice, in the pieces of eight ranks, and in any order. */
static PetscErrorCode labels_do_not_depend_on_the_lattice(void)
{
  const PetscReal length[3] = {1, 1.5, 0.7};
  const PetscInt cells[3] = {40, 44, 36};
  TestBox test;
  Laguerre *laguerre;
  int32_t *whole, *part;
  PetscInt differing = 0;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  PetscCall(create_random(&test, 3, PETSC_FALSE, 1, 400, 0.01e-12, PETSC_FALSE, &laguerre));
  PetscCall(PetscMalloc2(40 * 44 * 36, &whole, 40 * 44 * 36, &part));
  PetscCall(LaguerreLabel(laguerre, &test.points, whole));
  for (PetscInt piece = 0; piece < 8; piece++) {
    const PetscInt at[3] = {piece % 2, piece / 2 % 2, piece / 4};
    PetscReal x[3][24];
    PetscInt index[3][24];
    Lattice points;

    for (int d = 0; d < 3;
         d++) { /* half the axis, a ghost from the other side, and one point twice */
      points.n[d] = cells[d] / 2 + 2;
      points.x[d] = x[d];
      for (PetscInt p = 0; p < points.n[d]; p++) {
        index[d][p] = (at[d] * cells[d] / 2 + p + cells[d] - 1) % cells[d];
        if (p == 5) index[d][p] = index[d][3];
        x[d][p] = test.centres[d][index[d][p]];
      }
    }
    PetscCall(LaguerreLabel(laguerre, &points, part));
    for (PetscInt p = 0; p < points.n[0] * points.n[1] * points.n[2]; p++) {
      const PetscInt i = index[0][p % points.n[0]], j = index[1][p / points.n[0] % points.n[1]],
                     k = index[2][p / (points.n[0] * points.n[1])];

      differing += part[p] != whole[(k * 44 + j) * 40 + i];
    }
  }
  CU_ASSERT_EQUAL(differing, 0);
  PetscCall(PetscFree2(whole, part));
  PetscCall(LaguerreDestroy(&laguerre));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Lengths and seeds are multiples of 2^-10, so that nothing is rounded on the way. */
static PetscErrorCode shifted_seeds_shift_the_labels(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt n = 32, cells[3] = {n, n, n}, shift[2] = {5, 19};
  TestBox test;
  Laguerre *laguerre;
  int32_t *labels, *shifted;
  PetscInt differing = 0;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  for (int d = 0; d < 3; d++) {
    test.box.length[d] = 1;
    for (PetscInt c = 0; c < n; c++) test.centres[d][c] = ((PetscReal)c + 0.5) / (PetscReal)n;
  }
  PetscCall(create_random(&test, 3, PETSC_FALSE, 1, 90, 0, PETSC_FALSE, &laguerre));
  for (PetscInt s = 0; s < 90; s++) {
    for (int d = 0; d < 3; d++) laguerre->seeds[s][d] = rint(laguerre->seeds[s][d] * 1024) / 1024;
    laguerre->weights[s] = rint(draw(s, 3) * 20) / 1024;
  }
  PetscCall(PetscMalloc2(n * n * n, &labels, n * n * n, &shifted));
  PetscCall(LaguerreLabel(laguerre, &test.points, labels));
  for (PetscInt s = 0; s < 90; s++) {
    for (int d = 0; d < 2; d++) {
      laguerre->seeds[s][d] = fmod(laguerre->seeds[s][d] + (PetscReal)shift[d] / (PetscReal)n, 1);
    }
  }
  PetscCall(LaguerreLabel(laguerre, &test.points, shifted));
  for (PetscInt p = 0; p < n * n * n; p++) {
    const PetscInt i = (p % n + shift[0]) % n, j = (p / n % n + shift[1]) % n, k = p / (n * n);

    differing += labels[p] != shifted[(k * n + j) * n + i];
  }
  CU_ASSERT_EQUAL(differing, 0);
  PetscCall(PetscFree2(labels, shifted));
  PetscCall(LaguerreDestroy(&laguerre));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"labels are those of the definition, over all seeds and images",
     labels_are_those_of_the_definition},
    {"ties go to the lower index", ties_go_to_the_lower_index},
    {"labels do not depend on the lattice or its order", labels_do_not_depend_on_the_lattice},
    {"seeds shifted along x and y shift the labels", shifted_seeds_shift_the_labels},
};

HARNESS_MAIN("laguerre", tests)
