#include "laguerre.h"
#include "points_csv.h"
#include "structures.h"

static const PetscReal length_um[3] = {2, 1, 0.5};
static const PetscInt cells[3] = {4, 4, 4};

static PetscErrorCode read_text(const char *text, PointsType type, PetscBool is_periodic,
                                Problems *problems, Points *points)
{
  char directory[64], path[96];
  const PointsFile file = {path, type, 3, PETSC_FALSE};
  TestBox test;

  PetscFunctionBeginUser;
  TestBoxSet(&test, length_um, is_periodic, cells);
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "points.csv", text));
  snprintf(path, sizeof path, "%s/points.csv", directory);
  PetscCall(PointsRead(PETSC_COMM_WORLD, &file, &test.box, &test_phases, problems, points));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode files_are_read(void)
{
  const char *text =
      "\xef\xbb\xbf# seeds\r\n\r\nx_um,y_um,z_um,weight_um2,phase\r\n"
      "0,1,0.5,-0.25,glass\r\n  # between\r\n 1.5 , 0.5,1e-1,0, grain\r\n2,0.25,0,3,other";
  Problems problems = {0};
  Points points;

  PetscFunctionBeginUser;
  PetscCall(read_text(text, POINTS_SEEDS, PETSC_FALSE, &problems, &points));
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  CU_ASSERT_EQUAL_FATAL(points.num_points, 3);
  ASSERT_CLOSE(points.x[0][1], 1e-6, 1e-15);
  ASSERT_CLOSE(points.value[0], -0.25e-12, 1e-15);
  ASSERT_CLOSE(points.x[1][0], 1.5e-6, 1e-15);
  CU_ASSERT(points.phase[0] == 2 && points.phase[1] == 1 && points.phase[2] == 3);
  CU_ASSERT(points.line[0] == 4 && points.line[1] == 6 && points.line[2] == 7);
  PetscCall(PointsDestroy(&points));
  PetscCall(read_text("x_um,y_um,z_um,radius_um\n1,0.5,0,0.5\n0,0.5,0,0.5\n", POINTS_SPHERES,
                      PETSC_TRUE, &problems,
                      &points)); /* they touch, and one touches its image: allowed */
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  CU_ASSERT_EQUAL_FATAL(points.num_points, 2);
  CU_ASSERT_PTR_NULL(points.phase);
  ASSERT_CLOSE(points.value[0], 0.5e-6, 1e-15);
  PetscCall(PointsDestroy(&points));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

#define SEEDS "x_um,y_um,z_um,weight_um2\n"
#define SPHERES "x_um,y_um,z_um,radius_um\n"

static PetscErrorCode wrong_files_are_refused(void)
{
  const struct {
    const char *text;
    PointsType type;
    PetscBool is_periodic;
    const char *part;
  } cases[] = {
      {"1,1,0.1,0\n", POINTS_SEEDS, PETSC_TRUE,
       ".csv:1: the first line must be x_um,y_um,z_um,weight_um2 or"},
      {SEEDS, POINTS_SPHERES, PETSC_TRUE,
       ".csv:1: the first line must be x_um,y_um,z_um,radius_um or"},
      {"", POINTS_SEEDS, PETSC_TRUE, "there are no points in this file"},
      {SEEDS "#\n", POINTS_SEEDS, PETSC_TRUE, "there are no points in this file"},
      {SEEDS "1,1,0.1\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: 3 columns instead of 4"},
      {SEEDS "1,1,0.1,0,grain\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: 5 columns instead of 4"},
      {SEEDS "1,1,0.1,0,,,,,\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: 9 columns instead of 4"},
      {SEEDS "1,1 um,0.1,0\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: \"1 um\" is not a number"},
      {SEEDS "1,,0.1,0\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: \"\" is not a number"},
      {SEEDS "1,1,nan,0\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: nan is not a finite number"},
      {SEEDS "1,1,0.1,1e400\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: 1e400 is not a finite number"},
      {SEEDS "\n1,1.01,0.1,0\n", POINTS_SEEDS, PETSC_TRUE,
       ".csv:3: y = 1.01 um is outside the film, which is [0, 2] x [0, 1] x [0, 0.5] um"},
      {SEEDS "1,1,-0.1,0\n", POINTS_SEEDS, PETSC_TRUE, ".csv:2: z = -0.1 um is outside"},
      {SEEDS "1,1,0.1,0\n1,0.5,0.1,0\n1,1,0.1,2\n", POINTS_SEEDS, PETSC_FALSE,
       ".csv:4: the same place as the seed of line 2"},
      {SEEDS "0,1,0.1,0\n2,0,0.1,0\n", POINTS_SEEDS, PETSC_TRUE,
       ".csv:3: the same place as the seed of line 2"},
      {SPHERES "1,1,0.1,0\n", POINTS_SPHERES, PETSC_TRUE,
       ".csv:2: radius_um = 0 must be greater than 0"},
      {SPHERES "1,1,0.1,0.51\n", POINTS_SPHERES, PETSC_TRUE,
       ".csv:2: overlaps its own image: diameter 1.02 um"},
      {SPHERES "0.1,0.5,0.1,0.2\n0.45,0.5,0.1,0.2\n", POINTS_SPHERES, PETSC_FALSE,
       ".csv:3: overlaps the sphere of line 2: 0.35 um between centres, 0.4 um radii together"},
      {SPHERES "0.1,0.5,0.1,0.2\n1.9,0.5,0.1,0.2\n", POINTS_SPHERES, PETSC_TRUE,
       ".csv:3: overlaps the sphere of line 2: 0.2 um"},
      {"x_um,y_um,z_um,radius_um,phase\n1,1,0.1,0.1,gras\n", POINTS_SPHERES, PETSC_TRUE,
       ".csv:2: phase: no phase is called \"gras\"; there are: grain, glass, other"},
  };

  PetscFunctionBeginUser;
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    Problems problems = {0};
    Points points;

    PetscCall(read_text(cases[c].text, cases[c].type, cases[c].is_periodic, &problems, &points));
    CU_ASSERT_EQUAL(points.num_points, 0);
    CU_ASSERT_EQUAL(problems.num_problems, 1);
    CU_ASSERT(HasProblem(&problems, cases[c].part, NULL, NULL));
    PetscCall(PointsDestroy(&points));
    ProblemsDestroy(&problems);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode all_wrong_lines_are_named_at_once_up_to_twenty(void)
{
  char text[1024] = SEEDS;
  Problems problems = {0};
  Points points;

  PetscFunctionBeginUser;
  for (int line = 0; line < 25; line++) strcat(text, line == 3 ? "3,3,3\n" : "1,x,0.1,0\n");
  PetscCall(read_text(text, POINTS_SEEDS, PETSC_TRUE, &problems, &points));
  CU_ASSERT_EQUAL(problems.num_problems, 21);
  CU_ASSERT(HasProblem(&problems, ".csv:5: 3 columns", NULL, NULL));
  CU_ASSERT(HasProblem(&problems, ".csv:21: \"x\" is not a number", NULL, NULL));
  CU_ASSERT(HasProblem(&problems, ".csv: and 5 more", NULL, NULL));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two seeds, the plane between them at x = 1 + (w1 - w2)/(2 d) from the one at 0.5: 0.5 + 0.5 +
 * 0.1. */
static PetscErrorCode seeds_files_make_grains_with_their_phases(void)
{
  const PetscInt fine[3] = {20, 4, 4};
  char directory[64], path[96], name[2][16] = {"polycrystal", "columnar"};

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(
      directory, "seeds.csv",
      "x_um,y_um,z_um,weight_um2,phase\n0.5,0.5,0.25,0.2,glass\n1.5,0.5,0.25,0,grain\n"));
  snprintf(path, sizeof path, "%s/seeds.csv", directory);
  for (int n = 0; n < 2; n++) {
    StructureSpec spec = TestSpec(name[n]);
    char glass[] = "glass";
    PhaseFractionSpec fraction = {glass, 0.5};
    PetscInt *counts;
    Generator *generator;
    TestBox test;

    TestBoxSet(&test, length_um, PETSC_FALSE, fine);
    spec.seeds_file = path;
    PetscCall(TestCreate(&spec, &test.box, &generator));
    CU_ASSERT_EQUAL(generator->num_grains, 2);
    CU_ASSERT(generator->phase[1] == 2 && generator->phase[2] == 1);
    PetscCall(TestCount(generator, &test.points, &counts));
    CU_ASSERT_EQUAL(counts[1], 11 * 16);
    PetscCall(PetscFree(counts));
    PetscCall(GeneratorDestroy(&generator));
    spec.num_phase_fractions = 1;
    spec.phase_fractions = &fraction;
    PetscCall(TestRefused(&spec, &test.box, &test_phases,
                          "structure.phase_fractions and the phase column of"));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"files are read, with comments, blanks and CRLF", files_are_read},
    {"wrong files are refused", wrong_files_are_refused},
    {"all wrong lines are named at once, up to 20", all_wrong_lines_are_named_at_once_up_to_twenty},
    {"seeds files make grains with their phases", seeds_files_make_grains_with_their_phases},
};

HARNESS_MAIN("points_csv", tests)
