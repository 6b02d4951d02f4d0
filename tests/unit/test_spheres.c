#include "spheres.h"
#include "structures.h"

static void set_box(TestBox *test, PetscBool is_periodic)
{
  const PetscReal length[3] = {1, 1.25, 0.5};
  const PetscInt cells[3] = {100, 125, 50};

  TestBoxSet(test, length, is_periodic, cells);
}

/* Smallest distance of two spheres' surfaces, over their radii's sum; periodic images included. */
static PetscReal smallest_gap(const Spheres *spheres, const StructureBox *box)
{
  PetscReal smallest = PETSC_MAX_REAL;

  for (PetscInt s = 0; s < spheres->num_spheres; s++) {
    for (PetscInt t = 0; t <= s; t++) {
      for (int image = 0; image < 9; image++) {
        const PetscReal shift[3] = {(image % 3 - 1) * box->length[0],
                                    (image / 3 - 1) * box->length[1], 0};
        const PetscReal sum = spheres->radius[s] + spheres->radius[t];
        PetscReal square = 0;

        if (image != 4 && !box->is_periodic) continue;
        if (image == 4 && s == t) continue;
        for (int d = 0; d < 3; d++) {
          square += PetscSqr(spheres->x[s][d] - spheres->x[t][d] + shift[d]);
        }
        smallest = PetscMin(smallest, sqrt(square) / sum - 1);
      }
    }
  }
  return smallest;
}

static PetscErrorCode spheres_keep_apart_and_fill_their_fraction(void)
{
  const PetscReal asked[][3] = {
      {0.5, 0.1, 0}, {0.5, 0.1, 0.35}, {0.3, 0.2, 0.2}, {0.05, 0.06, 0.35}, {0.4, 0.3, 0}};

  PetscFunctionBeginUser;
  for (int c = 0; c < 10; c++) {
    const PetscReal *a = asked[c / 2];
    const SpherePacking packing = {"structure", a[0], a[1] * 1e-6, a[2], 7, RANDOM_SPHERES};
    Problems problems = {0};
    Spheres spheres;
    TestBox test;
    PetscReal mean = 0, squares = 0, logs = 0;

    set_box(&test, c % 2 ? PETSC_TRUE : PETSC_FALSE);
    PetscCall(SpheresPack(&packing, &test.box, &problems, &spheres));
    CU_ASSERT_EQUAL(problems.num_problems, 0);
    CU_ASSERT(spheres.num_spheres > 10);
    CU_ASSERT(smallest_gap(&spheres, &test.box) >= 0);
    ASSERT_CLOSE(SpheresVolume(&spheres, &test.box) / 0.625e-18, a[0], 0.001);
    for (PetscInt s = 0; s < spheres.num_spheres; s++) {
      mean += 2 * spheres.radius[s] / (PetscReal)spheres.num_spheres;
      logs += log(spheres.radius[s]) / (PetscReal)spheres.num_spheres;
    }
    for (PetscInt s = 0; s < spheres.num_spheres; s++) {
      squares += PetscSqr(log(spheres.radius[s]) - logs) / (PetscReal)spheres.num_spheres;
      for (int d = 0; d < 3; d++) {
        CU_ASSERT(spheres.x[s][d] >= 0 && spheres.x[s][d] <= test.box.length[d]);
      }
    }
    ASSERT_CLOSE(mean, a[1] * 1e-6, spheres.num_spheres > 50 ? 0.01 : 0.05);
    CU_ASSERT(fabs(sqrt(squares) - a[2]) < 1e-6);
    PetscCall(SpheresDestroy(&spheres));
    ProblemsDestroy(&problems);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A quarter and an eighth of a sphere, a half, a sphere cut by both plates: by hand. */
static PetscErrorCode volumes_are_those_inside_the_box(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscReal pi = PETSC_PI, r = 0.3;
  const PetscInt cells[3] = {2, 2, 2};
  PetscReal radius = r, x[1][3];
  const Spheres one = {1, x, &radius};
  const struct {
    PetscReal x[3], radius, volume;
    PetscBool is_periodic;
  } cases[] = {
      {{0.5, 0.5, 0.5}, r, 4 * pi / 3 * r * r * r, PETSC_FALSE},
      {{0, 0, 0.5}, r, 4 * pi / 3 * r * r * r, PETSC_TRUE},
      {{0.5, 0.5, 1}, r, 2 * pi / 3 * r * r * r, PETSC_FALSE},
      {{0, 0.5, 1}, r, pi / 3 * r * r * r, PETSC_FALSE},
      {{0, 1, 1}, r, pi / 6 * r * r * r, PETSC_FALSE},
      /* distances 0.1 and 0.9 from the plates: one cap of height 0.2 is missing */
      {{0.2, 0.5, 0.1}, r, 4 * pi / 3 * r * r * r - pi * 0.04 * (3 * r - 0.2) / 3, PETSC_TRUE},
      /* corners: the cube of edge 1 inscribed in its sphere */
      {{0.5, 0.5, 0.5}, 0.87, 1, PETSC_FALSE},
  };
  TestBox test;

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    TestBoxSet(&test, length, cases[c].is_periodic, cells);
    for (int d = 0; d < 3; d++) {
      test.box.length[d] = 1;
      x[0][d] = cases[c].x[d];
    }
    radius = cases[c].radius;
    ASSERT_CLOSE(SpheresVolume(&one, &test.box), cases[c].volume, 3e-4);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode points_inside_spheres_are_painted(void)
{
  const SpherePacking packing = {"structure", 0.3, 0.25e-6, 0.2, 1, RANDOM_PORES};
  Problems problems = {0};
  Spheres spheres;
  TestBox test;
  int32_t *labels, *alike;
  PetscInt wrong = 0, p = 0;

  PetscFunctionBeginUser;
  set_box(&test, PETSC_TRUE);
  PetscCall(SpheresPack(&packing, &test.box, &problems, &spheres));
  PetscCall(PetscMalloc2(100 * 125 * 50, &labels, 100 * 125 * 50, &alike));
  for (PetscInt q = 0; q < 100 * 125 * 50; q++) labels[q] = alike[q] = -7;
  PetscCall(SpheresLabel(&spheres, &test.box, &test.points, 2, 1, labels));
  PetscCall(SpheresLabel(&spheres, &test.box, &test.points, 0, 0, alike));
  for (PetscInt k = 0; k < 50; k++) {
    for (PetscInt j = 0; j < 125; j++) {
      for (PetscInt i = 0; i < 100; i++, p++) {
        const PetscInt index[3] = {i, j, k};
        int32_t expected = -7;

        for (PetscInt s = 0; s < spheres.num_spheres; s++) {
          PetscReal square = 0;

          for (int d = 0; d < 3; d++) {
            PetscReal distance = test.centres[d][index[d]] - spheres.x[s][d];

            if (d < 2) distance -= test.box.length[d] * rint(distance / test.box.length[d]);
            square += distance * distance;
          }
          if (square < PetscSqr(spheres.radius[s])) expected = 2 + (int32_t)s;
        }
        wrong += labels[p] != expected || alike[p] != (expected > 0 ? 0 : -7);
      }
    }
  }
  CU_ASSERT_EQUAL(wrong, 0);
  PetscCall(PetscFree2(labels, alike));
  PetscCall(SpheresDestroy(&spheres));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode all_ranks_pack_alike(void)
{
  const SpherePacking packing = {"structure", 0.4, 0.1e-6, 0.35, 5, RANDOM_SPHERES};
  Problems problems = {0};
  Spheres spheres;
  TestBox test;
  PetscReal sum = 0, range[2];

  PetscFunctionBeginUser;
  set_box(&test, PETSC_TRUE);
  PetscCall(SpheresPack(&packing, &test.box, &problems, &spheres));
  for (PetscInt s = 0; s < spheres.num_spheres; s++) {
    sum += (PetscReal)(s + 1) * (spheres.x[s][0] + 3 * spheres.x[s][1] + 5 * spheres.x[s][2]);
  }
  range[0] = sum;
  range[1] = -sum;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, range, 2, MPIU_REAL, MPI_MAX, PETSC_COMM_WORLD));
  CU_ASSERT_EQUAL(range[0], -range[1]);
  PetscCall(SpheresDestroy(&spheres));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode impossible_packings_are_refused(void)
{
  const struct {
    PetscReal fraction, diameter, spread;
    const char *part;
  } cases[] = {
      {0.6, 0.1, 0, "structure.pores.fraction = 0.6 must be from 0 to 0.5"},
      {-0.1, 0.1, 0, "structure.pores.fraction = -0.1"},
      {0.1, 0, 0, "structure.pores.diameter_um = 0 must be greater than 0"},
      {0.1, 1.1, 0,
       "structure.pores.diameter_um = 1.1 is more than the smaller width of the film, 1 um"},
      {0.1, 0.1, -1, "structure.pores.size_spread = -1"},
      {0.5, 0.99, 0.1, "no packing found"},
      {0.1, 1e-5, 0, "at most 1e+07 are possible"},
  };
  TestBox test;

  PetscFunctionBeginUser;
  set_box(&test, PETSC_TRUE);
  test.box.length[2] = 2e-6;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const SpherePacking packing = {
        "structure.pores", cases[c].fraction, cases[c].diameter * 1e-6, cases[c].spread, 1,
        RANDOM_PORES};
    Problems problems = {0};
    Spheres spheres;

    PetscCall(SpheresPack(&packing, &test.box, &problems, &spheres));
    CU_ASSERT_EQUAL(spheres.num_spheres, 0);
    CU_ASSERT(HasProblem(&problems, cases[c].part, NULL, NULL));
    PetscCall(SpheresDestroy(&spheres));
    ProblemsDestroy(&problems);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_film_that_holds_few_spheres_is_warned_of(void)
{
  const SpherePacking packing = {"structure", 0.01, 0.4e-6, 0, 1, RANDOM_SPHERES};
  Problems problems = {0};
  Spheres spheres;
  TestBox test;

  PetscFunctionBeginUser;
  set_box(&test, PETSC_TRUE);
  PetscCall(SpheresPack(&packing, &test.box, &problems, &spheres));
  CU_ASSERT_EQUAL(spheres.num_spheres, 1);
  CU_ASSERT(HasWarning(&problems, "structure.diameter_um = 0.4 is", NULL, NULL));
  PetscCall(SpheresDestroy(&spheres));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"spheres keep apart and fill their fraction", spheres_keep_apart_and_fill_their_fraction},
    {"volumes are those inside the box", volumes_are_those_inside_the_box},
    {"points inside spheres are painted, and no others", points_inside_spheres_are_painted},
    {"all ranks pack alike", all_ranks_pack_alike},
    {"impossible packings are refused", impossible_packings_are_refused},
    {"a film that holds few spheres is warned of", a_film_that_holds_few_spheres_is_warned_of},
};

HARNESS_MAIN("spheres", tests)
