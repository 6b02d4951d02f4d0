#include "laguerre.h"
#include "sizes.h"
#include "structures.h"

/* Mean size over what was asked for, and the standard deviation of ln(size), measured on cells. */
static PetscErrorCode measure_sizes(const Generator *generator, const TestBox *test,
                                    PetscInt dimension, PetscReal grain_size, PetscReal *mean,
                                    PetscReal *spread)
{
  const PetscInt *n = test->points.n;
  const PetscReal unit = dimension == 3 ? PETSC_PI / 6 : PETSC_PI / 4;
  PetscReal cell = 1, squares = 0, logs = 0;
  PetscInt *counts, num = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < dimension; d++) cell *= test->box.length[d] / (PetscReal)n[d];
  if (dimension == 2) cell /= (PetscReal)n[2];
  PetscCall(TestCount(generator, &test->points, &counts));
  *mean = 0;
  for (PetscInt g = 1; g <= generator->num_grains; g++) {
    const PetscReal volume = cell * (PetscReal)counts[g];
    const PetscReal size = pow(volume / unit, 1.0 / (double)dimension) / grain_size;

    if (!counts[g]) continue;
    num++;
    *mean += size;
    logs += log(size);
    squares += PetscSqr(log(size));
  }
  CU_ASSERT(num >= 0.995 * (double)generator->num_grains);
  *mean /= (PetscReal)num;
  *spread = sqrt(PetscMax(squares / (PetscReal)num - PetscSqr(logs / (PetscReal)num), 0));
  PetscCall(PetscFree(counts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode grains_have_the_size_and_spread_asked_for(void)
{
  const struct {
    PetscReal length[3];
    PetscInt cells[3];
    PetscReal grain_size, spread, aspect;
    PetscBool is_columnar, is_periodic, is_periodic_z;
    PetscInt least_grains;
    PetscReal mean_tolerance, spread_tolerance;
  } cases[] = {
      {{1, 1, 1},
       {128, 128, 128},
       0.1,
       0.35,
       1,
       PETSC_FALSE,
       PETSC_TRUE,
       PETSC_FALSE,
       1000,
       0.01,
       0.03},
      {{1, 1, 0.5},
       {128, 128, 64},
       0.075,
       0.2,
       1,
       PETSC_FALSE,
       PETSC_FALSE,
       PETSC_FALSE,
       1000,
       0.01,
       0.03},
      {{1, 1, 1},
       {128, 128, 128},
       0.1,
       0.1,
       2.5,
       PETSC_FALSE,
       PETSC_TRUE,
       PETSC_TRUE,
       1000,
       0.01,
       0.03},
      {{1, 1, 1},
       {256, 256, 2},
       0.025,
       0.35,
       1,
       PETSC_TRUE,
       PETSC_TRUE,
       PETSC_FALSE,
       1000,
       0.01,
       0.05},
      {{1, 1, 4},
       {64, 64, 200},
       0.6,
       0.35,
       1,
       PETSC_FALSE,
       PETSC_TRUE,
       PETSC_FALSE,
       10,
       0.05,
       0.05},
      {{2, 2, 0.1},
       {200, 200, 10},
       0.3,
       0.35,
       1,
       PETSC_FALSE,
       PETSC_TRUE,
       PETSC_FALSE,
       10,
       0.05,
       0.15},
  };

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    char name[2][16] = {"polycrystal", "columnar"};
    StructureSpec spec = TestSpec(name[cases[c].is_columnar]);
    PetscReal mean = 0, spread = 0;
    TestBox test;
    Generator *generator;

    TestBoxSet(&test, cases[c].length, cases[c].is_periodic, cases[c].cells);
    spec.grain_size = cases[c].grain_size * 1e-6;
    spec.size_spread = cases[c].spread;
    spec.aspect = cases[c].aspect;
    spec.periodic_z = cases[c].is_periodic_z;
    PetscCall(TestCreate(&spec, &test.box, &generator));
    CU_ASSERT(generator->num_grains >= cases[c].least_grains);
    PetscCall(measure_sizes(generator, &test, cases[c].is_columnar ? 2 : 3, spec.grain_size, &mean,
                            &spread));
    ASSERT_CLOSE(mean, 1, cases[c].mean_tolerance);
    ASSERT_CLOSE(spread, cases[c].spread, cases[c].spread_tolerance);
    PetscCall(GeneratorDestroy(&generator));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Second moments of grains about their centre: along z they are aspect^2 times those along x. */
static PetscErrorCode aspect_makes_grains_longer_along_z(void)
{
  const PetscReal length[3] = {1, 1, 3};
  const PetscInt cells[3] = {64, 64, 96};
  char name[] = "polycrystal";
  StructureSpec spec = TestSpec(name);
  PetscReal(*sums)[7], along[3] = {0, 0, 0};
  TestBox test;
  Generator *generator;
  int32_t *labels;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_FALSE, cells);
  spec.grain_size = 0.2e-6;
  spec.aspect = 3;
  PetscCall(TestCreate(&spec, &test.box, &generator));
  PetscCall(PetscMalloc1(64 * 64 * 96, &labels));
  PetscCall(PetscCalloc1(generator->num_grains + 1, &sums));
  PetscCall((*generator->label)(generator, &test.points, labels));
  for (PetscInt p = 0; p < 64 * 64 * 96; p++) {
    const PetscInt index[3] = {p % 64, p / 64 % 64, p / 4096};

    sums[labels[p]][0]++;
    for (int d = 0; d < 3; d++) {
      sums[labels[p]][1 + d] += test.centres[d][index[d]];
      sums[labels[p]][4 + d] += PetscSqr(test.centres[d][index[d]]);
    }
  }
  for (PetscInt g = 1; g <= generator->num_grains; g++) {
    for (int d = 0; d < 3 && sums[g][0] > 0; d++) {
      along[d] += sums[g][4 + d] - PetscSqr(sums[g][1 + d]) / sums[g][0];
    }
  }
  ASSERT_CLOSE(sqrt(along[2] / along[0]), 3, 0.1);
  ASSERT_CLOSE(sqrt(along[1] / along[0]), 1, 0.1);
  PetscCall(PetscFree(labels));
  PetscCall(PetscFree(sums));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Laid out by all ranks together and by this rank alone. */
static PetscErrorCode any_number_of_ranks_gives_the_same_grains(void)
{
  const PetscReal length[3] = {1, 1, 0.6};
  const PetscInt cells[3] = {8, 8, 8};
  const PhaseNames *phases = &test_phases;
  char name[] = "polycrystal";
  StructureSpec spec = TestSpec(name);
  Problems problems = {0};
  TestBox test;
  Generator *together, *alone;
  const Laguerre *a, *b;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  spec.grain_size = 0.12e-6;
  PetscCall(TestCreate(&spec, &test.box, &together));
  PetscCall(GeneratorCreate(PETSC_COMM_SELF, &spec, &test.box, phases, &problems, &alone));
  a = GeneratorLaguerre(together);
  b = GeneratorLaguerre(alone);
  CU_ASSERT_EQUAL(a->num_seeds, b->num_seeds);
  CU_ASSERT(!memcmp(a->seeds, b->seeds, (size_t)a->num_seeds * sizeof *a->seeds));
  CU_ASSERT(!memcmp(a->weights, b->weights, (size_t)a->num_seeds * sizeof *a->weights));
  PetscCall(GeneratorDestroy(&together));
  PetscCall(GeneratorDestroy(&alone));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_seed_changes_the_grains(void)
{
  const PetscReal length[3] = {1, 1, 1};
  const PetscInt cells[3] = {8, 8, 8};
  char name[] = "polycrystal";
  StructureSpec spec = TestSpec(name);
  TestBox test;
  Generator *first, *second;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  spec.grain_size = 0.3e-6;
  PetscCall(TestCreate(&spec, &test.box, &first));
  spec.seed = 2;
  PetscCall(TestCreate(&spec, &test.box, &second));
  CU_ASSERT_NOT_EQUAL(GeneratorLaguerre(first)->seeds[0][0],
                      GeneratorLaguerre(second)->seeds[0][0]);
  PetscCall(GeneratorDestroy(&first));
  PetscCall(GeneratorDestroy(&second));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode there_is_always_one_grain(void)
{
  const PetscReal length[3] = {1, 1, 0.01};
  const PetscInt cells[3] = {8, 8, 8};
  char name[] = "polycrystal";
  StructureSpec spec = TestSpec(name);
  TestBox test;
  Generator *generator;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length, PETSC_TRUE, cells);
  spec.grain_size = 1e-6;
  PetscCall(TestCreate(&spec, &test.box, &generator));
  CU_ASSERT_EQUAL(generator->num_grains, 1);
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode impossible_polycrystals_are_refused(void)
{
  const PetscReal length[3] = {2, 1.5, 4};
  const PetscInt cells[3] = {8, 8, 8};
  char name[2][16] = {"polycrystal", "columnar"}, file[] = "no/such/seeds.csv";
  TestBox test;

  PetscFunctionBeginUser;
  for (int n = 0; n < 2; n++) {
    StructureSpec spec = TestSpec(name[n]);

    TestBoxSet(&test, length, n ? PETSC_TRUE : PETSC_FALSE, cells);
    PetscCall(TestRefused(&spec, &test.box, &test_phases,
                          "structure.grain_size_um is required by generator"));
    spec.grain_size = 1.6e-6;
    PetscCall(TestRefused(
        &spec, &test.box, &test_phases,
        "structure.grain_size_um = 1.6 is more than the smaller width of the film, 1.5 um"));
    spec.grain_size = 0;
    PetscCall(
        TestRefused(&spec, &test.box, &test_phases, "structure.grain_size_um = 0 must be greater"));
    spec.grain_size = n ? 1e-11 : 1e-9;
    PetscCall(TestRefused(&spec, &test.box, &test_phases, "grains; at most 2e+07 are possible"));
    spec.grain_size = 1e-6;
    spec.size_spread = -0.1;
    PetscCall(TestRefused(&spec, &test.box, &test_phases, "structure.size_spread = -0.1 must not"));
    spec.size_spread = 0.1;
    spec.aspect = 0;
    PetscCall(TestRefused(&spec, &test.box, &test_phases, "structure.aspect = 0 must be greater"));
    spec.aspect = 1;
    spec.seeds_file = file;
    PetscCall(TestRefused(&spec, &test.box, &test_phases, "are both given"));
    spec.grain_size = NAN;
    PetscCall(TestRefused(&spec, &test.box, &test_phases, "no/such/seeds.csv: cannot read"));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Published values: Phi(1.959963984540054) = 0.975, Phi(4.753424308822899) = 1 - 1e-6. */
static PetscErrorCode quantiles_are_those_of_tables(void)
{
  PetscReal sizes[100], logs = 0, squares = 0;

  PetscFunctionBeginUser;
  ASSERT_CLOSE(NormalQuantile(0.975), 1.959963984540054, 1e-12);
  ASSERT_CLOSE(NormalQuantile(1e-6), -4.753424308822899, 1e-12);
  CU_ASSERT_EQUAL(NormalQuantile(0.5), 0);
  PetscCall(SizesLognormal(100, 0.4, sizes));
  for (int s = 0; s < 100; s++) {
    logs += log(sizes[s]) / 100;
    squares += PetscSqr(log(sizes[s])) / 100;
  }
  ASSERT_CLOSE(SizesMoment(100, sizes, 1), 1, 1e-12);
  ASSERT_CLOSE(sqrt(squares - logs * logs), 0.4, 1e-9);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"grains have the size and spread asked for", grains_have_the_size_and_spread_asked_for},
    {"aspect makes grains longer along z", aspect_makes_grains_longer_along_z},
    {"any number of ranks gives the same grains", any_number_of_ranks_gives_the_same_grains},
    {"the seed changes the grains", the_seed_changes_the_grains},
    {"there is always one grain", there_is_always_one_grain},
    {"impossible polycrystals are refused", impossible_polycrystals_are_refused},
    {"quantiles are those of tables", quantiles_are_those_of_tables},
};

HARNESS_MAIN("polycrystal", tests)
