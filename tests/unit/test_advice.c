#include "harness.h"

#include "case.h"
#include "scratch.h"

/* What a case is warned of: thickness, window and reactions, each where it is so and where not. */

static const char *const material =
    "conductivity_S_per_cm = 1e-3; window_V = [1.0, 3.0]; thickness_um = [1.0, 10.0];\n"
    "process_temperature_C = [20.0, 600.0];\n"
    "references = ( { what = \"conductivity\"; source = \"10.1/sigma\"; },\n"
    "  { what = \"window\"; source = \"10.1/window\"; },\n"
    "  { what = \"thickness\"; source = \"10.1/thickness\"; },\n"
    "  { what = \"process temperature\"; source = \"10.1/process\"; } );\n"
    "unverified = ( \"window_V\" );\n";

/* Writes electrodes/e.cfg with these keys and reads a case whose film is materials/m_one.cfg. */
static PetscErrorCode read_with(const char *directory, const char *electrode, double thickness,
                                const char *rest, Problems *problems)
{
  char text[1024], path[128];
  Case c;

  PetscFunctionBeginUser;
  snprintf(text, sizeof text,
           "film: { thickness_um = %g; cells = [4, 4, 4]; };\n"
           "structure: { generator = \"amorphous\"; };\n"
           "phases: ( { name = \"a\"; material = \"m_one\"; } );\n%s",
           thickness, rest);
  PetscCall(ScratchWrite(directory, "cases/one/case.cfg", text));
  PetscCall(ScratchWrite(directory, "cases/materials/m_one.cfg", material));
  snprintf(text, sizeof text, "%s\nreferences = ( { what = \"all\"; source = \"10.1/e\"; } );\n",
           electrode);
  PetscCall(ScratchWrite(directory, "cases/electrodes/e.cfg", text));
  snprintf(path, sizeof path, "%s/cases/one", directory);
  PetscCall(CaseRead(PETSC_COMM_WORLD, path, 0, NULL, &c, problems));
  CU_ASSERT_EQUAL(problems->num_problems, 0);
  PetscCall(CaseDestroy(&c));
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode every_rule_fires_where_it_should_and_nowhere_else(void)
{
  static const char *const anode = "anode: { name = \"e\"; };\n";
  static const char *const covered =
      "cathode: { name = \"e\";\n"
      "  layers = ( { name = \"skin\"; conductivity_S_per_cm = 1e-6; thickness_nm = 5; } ); };\n";
  static const struct {
    const char *electrode;
    double thickness;
    const char *rest, *where, *warning, *source; /* NULL: no warning at all */
  } rows[] = {
      {"", 1.0, "", NULL, NULL, NULL},
      {"", 10.0, "", NULL, NULL, NULL},
      {"", 0.9, "", "thickness_um = 0.9", "thinner than m_one is made, 1 to 10 um",
       "10.1/thickness"},
      {"", 10.1, "", "thickness_um = 10.1", "thicker than m_one is made", "10.1/thickness"},
      {"potential_V = 1.0;", 2.0, anode, NULL, NULL, NULL},
      {"potential_V = 3.0;", 2.0, anode, NULL, NULL, NULL},
      {"potential_V = 0.9;", 2.0, anode, "anode.name",
       "0.9 V against Li (potential_V) is below the reduction limit of m_one, 1 V (window_V, "
       "unverified",
       "10.1/window"},
      {"potential_V = 3.1; unverified = ( \"potential_V\" );", 2.0, "cathode: { name = \"e\"; };\n",
       "cathode.name", "3.1 V against Li (potential_V, unverified) is above the oxidation limit",
       "10.1/window"},
      {"potential_V = 3.1;", 2.0, covered, NULL, NULL, NULL},
      {"reactions = ( { material = \"m\"; onset_temperature_C = 500.0; source = \"10.1/r\"; } );",
       2.0, anode, "anode.name", "reacts with it above 500 C", "(10.1/r); join the two afterwards"},
      {"reactions = ( { material = \"m_one\"; onset_temperature_C = 599.0; source = \"10.1/r\"; } "
       ");",
       2.0, covered, "cathode.name", "made at up to 600 C (process_temperature_C", "10.1/process"},
      {"reactions = ( { material = \"m\"; onset_temperature_C = 600.0; source = \"10.1/r\"; } );",
       2.0, anode, NULL, NULL, NULL},
      {"reactions = ( { material = \"m_on\"; onset_temperature_C = 30.0; source = \"10.1/r\"; } );",
       2.0, anode, NULL, NULL, NULL},
      {"reactions = ( { material = \"m\"; product = \"dust\"; source = \"10.1/r\"; } );", 2.0,
       anode, "anode.name", "reacts with m_one at the temperature of use to dust", "10.1/r"},
      {"reactions = ( { material = \"m\"; source = \"10.1/r\"; } );", 2.0, covered, NULL, NULL,
       NULL},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    Problems problems = {0};

    PetscCall(read_with(directory, rows[r].electrode, rows[r].thickness, rows[r].rest, &problems));
    CU_ASSERT_EQUAL(problems.num_warnings, rows[r].warning ? 1 : 0);
    if (rows[r].warning) {
      CU_ASSERT(HasWarning(&problems, rows[r].where, rows[r].warning, rows[r].source));
    }
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_phase_with_a_window_of_its_own_is_judged_by_it(void)
{
  Problems problems = {0};
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(
      read_with(directory, "potential_V = 2.0;", 2.0, "anode: { name = \"e\"; };\n", &problems));
  CU_ASSERT_EQUAL(problems.num_warnings, 0);
  PetscCall(ScratchWrite(
      directory, "cases/one/case.cfg",
      "film: { thickness_um = 2; cells = [4, 4, 4]; };\n"
      "structure: { generator = \"amorphous\"; };\n"
      "phases: ( { name = \"a\"; conductivity_S_per_cm = 1e-3; window_V = [2.5, 3.0]; } );\n"
      "anode: { name = \"e\"; };\n"));
  {
    char path[128];
    Case c;

    snprintf(path, sizeof path, "%s/cases/one", directory);
    PetscCall(CaseRead(PETSC_COMM_WORLD, path, 0, NULL, &c, &problems));
    PetscCall(CaseDestroy(&c));
    PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  }
  CU_ASSERT(
      HasWarning(&problems, "below the reduction limit of a, 2.5 V", "the case itself", NULL));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"every rule fires where it should and nowhere else",
     every_rule_fires_where_it_should_and_nowhere_else},
    {"a phase with a window of its own is judged by it",
     a_phase_with_a_window_of_its_own_is_judged_by_it},
};

HARNESS_MAIN("advice", tests)
