#include "crystallites.h"
#include "laguerre.h"
#include "structures.h"

static const PetscReal unit_um[3] = {1, 1, 1};

/* Label of the cell (i, j, k). */
static int32_t label_at(const int32_t *labels, const TestBox *test, PetscInt i, PetscInt j,
                        PetscInt k)
{
  return labels[(k * test->points.n[1] + j) * test->points.n[0] + i];
}

static PetscErrorCode uniform_films_are_one_grain(void)
{
  const PetscInt cells[3] = {4, 5, 6};
  char name[2][16] = {"amorphous", "single_crystal"};
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  for (int n = 0; n < 2; n++) {
    const StructureSpec spec = TestSpec(name[n]);
    PetscInt *counts;
    Generator *generator;

    PetscCall(TestCreate(&spec, &test.box, &generator));
    CU_ASSERT_EQUAL(generator->num_grains, 1);
    CU_ASSERT(generator->phase[0] == 0 && generator->phase[1] == 1);
    CU_ASSERT_PTR_NULL(GeneratorLaguerre(generator));
    CU_ASSERT_PTR_NULL(GeneratorSpheres(generator));
    PetscCall(TestCount(generator, &test.points, &counts));
    CU_ASSERT_EQUAL(counts[1], 4 * 5 * 6);
    PetscCall(PetscFree(counts));
    PetscCall(GeneratorDestroy(&generator));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode unknown_generators_are_refused_and_unused_keys_warned_of(void)
{
  const PetscInt cells[3] = {4, 4, 4};
  char wrong[] = "polycristal", right[] = "amorphous";
  StructureSpec spec = TestSpec(wrong);
  Problems problems = {0};
  Generator *generator;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  PetscCall(TestRefused(&spec, &test.box, &test_phases,
                        "structure.generator = \"polycristal\" is unknown; there are: amorphous, "
                        "single_crystal, polycrystal, columnar, crystallites, bricks, planes"));
  spec = TestSpec(right);
  spec.grain_size = 1e-6;
  PetscCall(
      GeneratorCreate(PETSC_COMM_WORLD, &spec, &test.box, &test_phases, &problems, &generator));
  CU_ASSERT(HasWarning(&problems, "structure.grain_size_um is not used by generator amorphous",
                       NULL, NULL));
  CU_ASSERT_EQUAL(problems.num_warnings, 1);
  PetscCall(GeneratorDestroy(&generator));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode bricks_fill_the_box(void)
{
  const PetscInt cells[3] = {8, 6, 4};
  char name[] = "bricks";
  StructureSpec spec = TestSpec(name);
  Generator *generator;
  TestBox test;
  int32_t *labels;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  PetscCall(PetscMalloc1(8 * 6 * 4, &labels));
  spec.brick[0] = 0.25e-6; /* 4 x 2 x 2 bricks of 2 x 3 x 2 cells */
  spec.brick[1] = spec.brick[2] = 0.5e-6;
  for (int staggered = 0; staggered < 2; staggered++) {
    for (int periodic = 0; periodic < 2; periodic++) {
      PetscInt wrong = 0;

      test.box.is_periodic = periodic ? PETSC_TRUE : PETSC_FALSE;
      spec.staggered = staggered ? PETSC_TRUE : PETSC_FALSE;
      PetscCall(TestCreate(&spec, &test.box, &generator));
      /* not periodic: one brick more in the two rows (1, 0) and (0, 1) */
      CU_ASSERT_EQUAL(generator->num_grains, staggered && !periodic ? 18 : 16);
      PetscCall((*generator->label)(generator, &test.points, labels));
      for (PetscInt k = 0; k < 4; k++) {
        for (PetscInt j = 0; j < 6; j++) {
          for (PetscInt i = 0; i < 8; i++) {
            const PetscInt row = k / 2 * 2 + j / 3;
            const PetscInt is_shifted = staggered && (row == 1 || row == 2);
            const PetscInt before[] = {0, 4, staggered && !periodic ? 9 : 8,
                                       staggered && !periodic ? 14 : 12};
            PetscInt brick = (i + is_shifted) / 2;

            if (periodic) brick %= 4;
            wrong += label_at(labels, &test, i, j, k) != before[row] + brick + 1;
          }
        }
      }
      CU_ASSERT_EQUAL(wrong, 0);
      PetscCall(GeneratorDestroy(&generator));
    }
  }
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode bricks_that_do_not_fit_are_refused(void)
{
  const PetscInt cells[3] = {12, 12, 12};
  char name[] = "bricks";
  const struct {
    PetscReal brick[3];
    PetscBool is_staggered;
    const char *part;
  } cases[] = {
      {{NAN, NAN, NAN}, PETSC_FALSE, "structure.brick_um is required by generator bricks"},
      {{0.5, -1, 0.5}, PETSC_FALSE, "structure.brick_um: -1 along y must be greater than 0"},
      {{0.3, 0.5, 0.5},
       PETSC_FALSE,
       "structure.brick_um: 0.3 along x must divide the film (1 um, 12 cells); the nearest that do "
       "are 0.25 "
       "and 0.333333333"},
      {{0.5, 0.5, 0.2},
       PETSC_FALSE,
       "structure.brick_um: 0.2 along z must end on cell faces (1 um, 12 cells); the nearest that "
       "do are "
       "0.166666667 and 0.25"},
      {{0.5, 3, 0.5},
       PETSC_FALSE,
       "3 along y must divide the film (1 um, 12 cells); the nearest that does is 1"},
      {{0.5, 0.5, 0.5}, PETSC_TRUE, ""},
      {{0.0833333333333333, 0.5, 0.5},
       PETSC_TRUE,
       "along x and half of it must end on cell faces (1 um, 12 cells); the nearest that do"},
      {{0.5, 0.333333333333333, 0.5},
       PETSC_TRUE,
       "along y must give an even number of staggered rows"},
  };

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    StructureSpec spec = TestSpec(name);
    Generator *generator;
    TestBox test;

    TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
    for (int d = 0; d < 3; d++) spec.brick[d] = cases[c].brick[d] * 1e-6;
    spec.staggered = cases[c].is_staggered;
    if (*cases[c].part) {
      PetscCall(TestRefused(&spec, &test.box, &test_phases, cases[c].part));
    } else {
      PetscCall(TestCreate(&spec, &test.box, &generator)); /* shifted by three cells */
      PetscCall(GeneratorDestroy(&generator));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grain of a point: 1 + planes below it, each n.(p - p0) > 0 with n turned upwards. */
static PetscErrorCode planes_number_grains_from_the_anode(void)
{
  const PetscInt cells[3] = {10, 11, 40};
  PlaneSpec planes[] = {{0.7e-6, {0.3, -0.5, 1}}, {0.2e-6, {0, 0, -2}}, {0.9e-6, {0.3, -0.5, 1}}};
  char name[] = "planes";
  StructureSpec spec = TestSpec(name);
  Generator *generator;
  TestBox test;
  int32_t *labels;
  PetscInt wrong = 0;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_FALSE, cells);
  spec.num_planes = 3;
  spec.planes = planes;
  PetscCall(TestCreate(&spec, &test.box, &generator));
  CU_ASSERT_EQUAL(generator->num_grains, 4);
  PetscCall(PetscMalloc1(10 * 11 * 40, &labels));
  PetscCall((*generator->label)(generator, &test.points, labels));
  for (PetscInt p = 0; p < 10 * 11 * 40; p++) {
    const PetscReal x = test.centres[0][p % 10] - 0.5e-6, y = test.centres[1][p / 10 % 11] - 0.5e-6,
                    z = test.centres[2][p / 110];
    const int32_t expected = 1 + (z > 0.2e-6) + (0.3 * x - 0.5 * y + (z - 0.7e-6) > 0) +
                             (0.3 * x - 0.5 * y + (z - 0.9e-6) > 0);

    wrong += labels[p] != expected;
  }
  CU_ASSERT_EQUAL(wrong, 0);
  PetscCall(PetscFree(labels));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode planes_that_cross_or_coincide_are_refused(void)
{
  const PetscInt cells[3] = {4, 4, 4};
  PlaneSpec cases[][2] = {
      {{0.5e-6, {0, 0, 1}}, {0.6e-6, {1, 0, 0}}},
      {{0.4e-6, {0, 0, 1}}, {0.6e-6, {0.5, 0, 1}}},
      {{0.4e-6, {0, 0, 1}}, {0.4e-6, {0.1, 0, 1}}},
      {{0.4e-6, {0, 0, 1}}, {1.7e-6, {0.5, 0.5, 1}}},
      {{0.6e-6, {1, 1, 1}}, {0.4e-6, {1.5, 1, 1.2}}},
  };
  const char *parts[] = {"the plane at 0.6 um has no z component",
                         "the planes at 0.4 and 0.6 um cross inside the film",
                         "two planes are at the same place, 0.4 um",
                         "the plane at 1.7 um misses the film", NULL};
  PlaneSpec beyond[] = {{0.6e-6, {-1.5, 0, 1}}, {0.9e-6, {-0.6, 0, 1}}};
  char name[] = "planes";
  StructureSpec spec = TestSpec(name);
  Problems problems = {0};
  Generator *generator;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_FALSE, cells);
  PetscCall(TestRefused(&spec, &test.box, &test_phases,
                        "structure.planes is required by generator planes"));
  spec.num_planes = 2;
  for (int c = 0; c < 4; c++) {
    spec.planes = cases[c];
    PetscCall(TestRefused(&spec, &test.box, &test_phases, parts[c]));
  }
  spec.planes =
      cases[4]; /* heights differ by 0.2 + 0.25 (x - 1/2) - (y - 1/2)/6 > 0: close, but apart? */
  PetscCall(TestRefused(&spec, &test.box, &test_phases, "cross inside the film"));
  spec.planes = beyond; /* cross at x = 1/3 from the axis, 1.1 um high, where there is no film */
  PetscCall(TestCreate(&spec, &test.box, &generator));
  PetscCall(GeneratorDestroy(&generator));
  spec.num_planes = 1;
  spec.planes = cases[1] + 1;
  test.box.is_periodic = PETSC_TRUE;
  PetscCall(
      GeneratorCreate(PETSC_COMM_WORLD, &spec, &test.box, &test_phases, &problems, &generator));
  CU_ASSERT(HasWarning(&problems, "the plane at 0.6 um is tilted and the sides are periodic", NULL,
                       NULL));
  PetscCall(GeneratorDestroy(&generator));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode columns_do_not_change_along_z(void)
{
  const PetscInt cells[3] = {20, 20, 9};
  char name[] = "columnar";
  StructureSpec spec = TestSpec(name);
  Generator *generator;
  TestBox test;
  int32_t *labels;
  PetscInt differing = 0;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  spec.grain_size = 0.15e-6;
  PetscCall(TestCreate(&spec, &test.box, &generator));
  CU_ASSERT_EQUAL(GeneratorLaguerre(generator)->dimension, 2);
  PetscCall(PetscMalloc1(20 * 20 * 9, &labels));
  PetscCall((*generator->label)(generator, &test.points, labels));
  for (PetscInt p = 400; p < 20 * 20 * 9; p++) differing += labels[p] != labels[p % 400];
  CU_ASSERT_EQUAL(differing, 0);
  PetscCall(PetscFree(labels));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode crystallites_lie_in_a_matrix(void)
{
  const PetscInt cells[3] = {64, 64, 64};
  const PhaseNames one_phase = {1, test_phase_names};
  char name[] = "crystallites", directory[64], path[96];
  StructureSpec spec = TestSpec(name);
  Generator *generator;
  TestBox test;
  PetscInt *counts;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  PetscCall(TestRefused(&spec, &test.box, &test_phases, "structure.fraction is required"));
  PetscCall(TestRefused(&spec, &test.box, &test_phases, "structure.diameter_um is required"));
  spec.fraction = 0.3;
  spec.diameter = 0.2e-6;
  PetscCall(
      TestRefused(&spec, &test.box, &one_phase, "needs two phases, the matrix and the crystals"));
  PetscCall(TestCreate(&spec, &test.box, &generator));
  CU_ASSERT(generator->phase[1] == 1 && generator->phase[2] == 2);
  CU_ASSERT_EQUAL(generator->num_grains, 1 + GeneratorSpheres(generator)->num_spheres);
  PetscCall(TestCount(generator, &test.points, &counts));
  ASSERT_CLOSE((PetscReal)counts[1] / (64 * 64 * 64), 0.7, 0.005);
  PetscCall(PetscFree(counts));
  PetscCall(GeneratorDestroy(&generator));
  PetscCall(ScratchCreate(directory));
  PetscCall(
      ScratchWrite(directory, "s.csv", "x_um,y_um,z_um,radius_um,phase\n0,0,0.5,0.25,other\n"));
  snprintf(path, sizeof path, "%s/s.csv", directory);
  spec.spheres_file = path;
  PetscCall(
      TestRefused(&spec, &test.box, &test_phases, "structure.spheres_file and structure.fraction"));
  spec.fraction = spec.diameter = NAN;
  PetscCall(TestCreate(&spec, &test.box, &generator));
  CU_ASSERT(generator->num_grains == 2 && generator->phase[2] == 3);
  PetscCall(TestCount(generator, &test.points, &counts));
  ASSERT_CLOSE((PetscReal)counts[2] / (64 * 64 * 64), 4 * PETSC_PI / 3 / 64, 0.01);
  PetscCall(PetscFree(counts));
  PetscCall(GeneratorDestroy(&generator));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode phases_are_dealt_by_volume(void)
{
  const PetscInt cells[3] = {100, 100, 100};
  char name[] = "polycrystal", glass[] = "glass", other[] = "other";
  PhaseFractionSpec fractions[] = {{glass, 0.2}, {other, 0.35}};
  StructureSpec spec = TestSpec(name);
  Generator *together, *alone;
  Problems problems = {0};
  TestBox test;
  PetscInt *counts;
  PetscReal share[4] = {0, 0, 0, 0};

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  spec.grain_size = 0.15e-6;
  spec.num_phase_fractions = 2;
  spec.phase_fractions = fractions;
  PetscCall(TestCreate(&spec, &test.box, &together));
  PetscCall(TestCount(together, &test.points, &counts));
  for (PetscInt g = 1; g <= together->num_grains; g++) {
    share[together->phase[g]] += (PetscReal)counts[g] / 1e6;
  }
  PetscCall(PetscFree(counts));
  ASSERT_CLOSE(share[1], 0.45, 0.01);
  ASSERT_CLOSE(share[2], 0.2, 0.01);
  ASSERT_CLOSE(share[3], 0.35, 0.01);
  PetscCall(GeneratorCreate(PETSC_COMM_SELF, &spec, &test.box, &test_phases, &problems, &alone));
  CU_ASSERT(!memcmp(together->phase, alone->phase,
                    (size_t)(alone->num_grains + 1) * sizeof *alone->phase));
  PetscCall(GeneratorDestroy(&together));
  PetscCall(GeneratorDestroy(&alone));
  fractions[1].fraction = 0.8; /* with 0.2 the whole film: no grain keeps its phase */
  PetscCall(TestCreate(&spec, &test.box, &together));
  for (PetscInt g = 1; g <= together->num_grains; g++) CU_ASSERT(together->phase[g] > 1);
  PetscCall(GeneratorDestroy(&together));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode impossible_phase_fractions_are_refused(void)
{
  const PetscInt cells[3] = {4, 4, 4};
  char name[] = "amorphous", glass[] = "glass", grain[] = "grain", gras[] = "gras";
  PhaseFractionSpec cases[][2] = {{{glass, 0.7}, {grain, 0.4}},
                                  {{glass, 0.5}, {gras, 0.1}},
                                  {{glass, -0.1}, {grain, 0.4}},
                                  {{glass, 0.1}, {glass, 0.4}}};
  const char *parts[] = {"the fractions add up to 1.1; at most 1",
                         "no phase is called \"gras\"; there are: grain, glass",
                         "the fraction of glass is -0.1; it must be from 0 to 1",
                         "glass is there twice"};
  PhaseFractionSpec half = {glass, 0.3};
  StructureSpec spec = TestSpec(name);
  Problems problems = {0};
  Generator *generator;
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, unit_um, PETSC_TRUE, cells);
  spec.num_phase_fractions = 2;
  for (int c = 0; c < 4; c++) {
    spec.phase_fractions = cases[c];
    PetscCall(TestRefused(&spec, &test.box, &test_phases, parts[c]));
  }
  spec.num_phase_fractions = 1;
  spec.phase_fractions = &half;
  PetscCall(
      GeneratorCreate(PETSC_COMM_WORLD, &spec, &test.box, &test_phases, &problems, &generator));
  CU_ASSERT(HasWarning(
      &problems, "glass gets 0 of the volume instead of 0.3; there are only 1 grains", NULL, NULL));
  PetscCall(GeneratorDestroy(&generator));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"uniform films are one grain", uniform_films_are_one_grain},
    {"unknown generators are refused, unused keys warned of",
     unknown_generators_are_refused_and_unused_keys_warned_of},
    {"bricks fill the box, staggered or not", bricks_fill_the_box},
    {"bricks that do not fit are refused, with those that do", bricks_that_do_not_fit_are_refused},
    {"planes number grains from the anode", planes_number_grains_from_the_anode},
    {"planes that cross or coincide are refused", planes_that_cross_or_coincide_are_refused},
    {"columns do not change along z", columns_do_not_change_along_z},
    {"crystallites lie in a matrix", crystallites_lie_in_a_matrix},
    {"phases are dealt by volume, alike on any number of ranks", phases_are_dealt_by_volume},
    {"impossible phase fractions are refused", impossible_phase_fractions_are_refused},
};

HARNESS_MAIN("generators", tests)
