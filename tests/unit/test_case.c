#include "harness.h"

#include <math.h>
#include "case.h"
#include "constants.h"
#include "help.h"
#include "scratch.h"

/* Longer than other tests because every refusal has its row. */

#define NUM_LINES 16

/* A case that is right; tests replace single lines of it. */
static const char *const right[NUM_LINES] = {
    "title = \"a film\";",
    "film: { thickness_um = 1; width_um = (2, 2.5);",
    "  cells = [8, 8, 4]; };",
    "structure: { generator = \"polycrystal\";",
    "  grain_size_um = 0.25; };",
    "phases: ( { name = \"grain\"; material = \"oxide\"; },",
    "  { name = \"glass\"; conductivity_S_per_cm = 1e-6; } );",
    "boundaries: ( { between = [\"grain\", \"grain\"]; resistance_ohm_cm2 = 0.02; },",
    "  { between = [\"glass\", \"grain\"]; thickness_nm = 2; conductivity_S_per_cm = 1e-8; },",
    "  { between = [\"glass\", \"glass\"]; resistance_ohm_cm2 = 0; } );",
    "anode: { charge_transfer_ohm_cm2 = 2.0; activation_energy_eV = 0.5;",
    "  layers = ( { material = \"oxide\"; thickness_nm = 5; } ); };",
    "cathode: { charge_transfer_ohm_cm2 = 8.6; };",
    "conditions: { temperature_C = 25; };",
    "solver: { tolerance = 1e-7; };",
    "output: { fields = false; };",
};
static const char *const oxide = "conductivity_S_per_cm = 1e-3;\n"
                                 "activation_energy_eV = 0.4;\n"
                                 "relative_permittivity = 50;\n"
                                 "references = ( { what = \"all\"; source = \"10.1/x\"; } );\n";

/* Writes the case with line `line` (from 1; 0: none) replaced, and its material. */
static PetscErrorCode write_case(const char *directory, int line, const char *replacement)
{
  char text[4096] = "";

  PetscFunctionBeginUser;
  for (int l = 0; l < NUM_LINES; l++) {
    const size_t used = strlen(text);

    snprintf(text + used, sizeof text - used, "%s\n", l + 1 == line ? replacement : right[l]);
  }
  PetscCall(ScratchWrite(directory, "materials/oxide.cfg", oxide));
  PetscCall(ScratchWrite(directory, "case.cfg", text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Writes and reads; with an optional --set. */
static PetscErrorCode read_case(const char *directory, int line, const char *replacement,
                                const char *set, Case *result, Problems *problems)
{
  PetscFunctionBeginUser;
  PetscCall(write_case(directory, line, replacement));
  PetscCall(CaseRead(PETSC_COMM_WORLD, directory, set ? 1 : 0, &set, result, problems));
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD)); /* before the next case is written */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_case_is_read_in_si_units(void)
{
  Problems problems = {0};
  char directory[64];
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(read_case(directory, 0, NULL, NULL, &c, &problems));
  CU_ASSERT_EQUAL_FATAL(problems.num_problems, 0);
  CU_ASSERT_EQUAL(problems.num_warnings, 0);
  CU_ASSERT_STRING_EQUAL(c.title, "a film");
  CU_ASSERT_STRING_EQUAL(c.directory, directory);
  ASSERT_CLOSE(c.film.thickness, 1e-6, 1e-14);
  ASSERT_CLOSE(c.film.width[1], 2.5e-6, 1e-14);
  CU_ASSERT_EQUAL(c.film.cells[2], 4);
  CU_ASSERT_EQUAL(c.film.lateral, LATERAL_PERIODIC);
  CU_ASSERT_STRING_EQUAL(c.structure.generator, "polycrystal");
  ASSERT_CLOSE(c.structure.grain_size, 0.25e-6, 1e-14);
  ASSERT_CLOSE(c.structure.size_spread, 0.35, 1e-14);
  CU_ASSERT(isnan(c.structure.fraction));
  CU_ASSERT_EQUAL_FATAL(c.num_phases, 2);
  ASSERT_CLOSE(c.phases[0].conductivity[2], 0.1, 1e-14);
  ASSERT_CLOSE(c.phases[0].arrhenius.activation_energy, 0.4 * ELEMENTARY_CHARGE, 1e-14);
  ASSERT_CLOSE(c.phases[0].relative_permittivity, 50.0, 1e-14);
  CU_ASSERT_PTR_NULL(c.phases[1].material);
  ASSERT_CLOSE(c.phases[1].conductivity[0], 1e-4, 1e-14);
  CU_ASSERT_EQUAL_FATAL(c.num_boundaries, 3);
  ASSERT_CLOSE(c.boundaries[0].resistance, 2e-6, 1e-14);
  CU_ASSERT(c.boundaries[1].phases[0] == 1 && c.boundaries[1].phases[1] == 2);
  ASSERT_CLOSE(c.boundaries[1].resistance, 2e-9 / 1e-6, 1e-14);
  CU_ASSERT(isnan(c.boundaries[0].total_conductivity));
  ASSERT_CLOSE(c.anode.charge_transfer, 2e-4, 1e-14);
  CU_ASSERT_EQUAL_FATAL(c.anode.num_layers, 1);
  CU_ASSERT_STRING_EQUAL(c.anode.layers[0].name, "oxide");
  ASSERT_CLOSE(c.anode.layers[0].thickness, 5e-9, 1e-14);
  ASSERT_CLOSE(c.anode.layers[0].conductivity[1], 0.1, 1e-14);
  ASSERT_CLOSE(c.temperature, 298.15, 1e-14);
  ASSERT_CLOSE(c.current_density, 10.0, 1e-14);
  ASSERT_CLOSE(c.tolerance, 1e-7, 1e-14);
  CU_ASSERT_EQUAL(c.max_iterations, 1000);
  CU_ASSERT_FALSE(c.has_fields);
  CU_ASSERT_EQUAL(json_array_size(c.sources), 1); /* of a material used twice */
  CU_ASSERT_EQUAL(c.num_files, 2);
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Asserts that a case with one line replaced has this problem. */
static PetscErrorCode assert_refused(const char *directory, int line, const char *replacement,
                                     int place, const char *value, const char *message)
{
  Problems problems = {0};
  char text[32];
  Case c;

  PetscFunctionBeginUser;
  snprintf(text, sizeof text, "/case.cfg:%d: ", place);
  if (!place) snprintf(text, sizeof text, "/case.cfg: ");
  PetscCall(read_case(directory, line, replacement, NULL, &c, &problems));
  CU_ASSERT(HasProblem(&problems, text, value, message));
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode values_out_of_range_or_of_the_wrong_type_are_refused_in_place(void)
{
  static const struct {
    int line;
    const char *replacement, *value, *message;
  } rows[] = {
      {1, "title = 3;", "title = 3: ", "must be a string"},
      {1, "title = \"\";", "title = \"\": ", "not empty"},
      {1, "title = \"\\xb5m\";", "title = ", "must be UTF-8 text"},
      {2, "film: { thickness_um = -1.5;", "film.thickness_um = -1.5: ", "must be a number above 0"},
      {2, "film: { thickness_um = \"1\";", "film.thickness_um = \"1\": ", "must be a number"},
      {2, "film: { thickness_um = 1; width_um = (2, 0);",
       "film.width_um = (2, 0): ", "must be 2 numbers, each above 0"},
      {2, "film: { thickness_um = 1; width_um = [2];",
       "film.width_um = [2]: ", "must be 2 numbers"},
      {2, "film: { thickness_um = 1; lateral = \"perodic\";",
       "film.lateral = \"perodic\": ", "did you mean \"periodic\"?"},
      {2, "film: { thickness_um = 1; grading_z = 0.5;", "film.grading_z = 0.5: ", "from 1 to 1000"},
      {3, "cells = (8, 8, 4.5); };", "film.cells = (8, 8, 4.5): ", "must be 3 integers"},
      {3, "cells = [8, 8, 0]; };", "film.cells = [8, 8, 0]: ", "each from 1"},
      {4, "structure: { generator = \"policrystal\";",
       "generator = \"policrystal\": ", "did you mean \"polycrystal\"?"},
      {5, "grain_size_um = 1; seed = 3000000000L; };",
       "structure.seed = 3000000000: ", "must be an integer from 0 to 2147483647"},
      {5, "grain_size_um = 1; periodic_z = 1; };", "structure.periodic_z = 1: ", "true or false"},
      {5, "grain_size_um = 1; pores = 0.1; };", "structure.pores = 0.1: ", "must be a group"},
      {5, "grain_size_um = 1; planes = [1]; };", "structure.planes = [1]: ", "a list of groups"},
      {5, "grain_size_um = 1; pores: { fraction = 1; diameter_um = 1; }; };",
       "structure.pores.fraction = 1: ", "not below 0 and below 1"},
      {7, "{ name = \"glass\"; conductivity_S_per_cm = -1.0; } );",
       "phases.[1].conductivity_S_per_cm = -1: ", "above 0"},
      {10, "{ between = [\"glass\"]; resistance_ohm_cm2 = 0; } );",
       "between = [\"glass\"]: ", "must be 2 strings"},
      {14, "conditions: { temperature_C = -273.15; };",
       "temperature_C = -273.15: ", "above -273.15"},
      {14, "conditions: { current_density_mA_per_cm2 = 0; };",
       "current_density_mA_per_cm2 = 0: ", "above 0"},
      {15, "solver: { tolerance = 0.1; };", "solver.tolerance = 0.1: ", "from 1e-13 to 0.01"},
      {15, "solver: { max_iterations = 0; };", "solver.max_iterations = 0: ", "from 1"},
      {16, "output: { fields = \"yes\"; };", "output.fields = \"yes\": ", "true or false"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    PetscCall(assert_refused(directory, rows[r].line, rows[r].replacement, rows[r].line,
                             rows[r].value, rows[r].message));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode unknown_and_missing_keys_are_refused_in_place(void)
{
  static const struct {
    int line;
    const char *replacement;
    int place;
    const char *value, *message;
  } rows[] = {
      {2, "film: { thicknes_um = 1;", 2, "film.thicknes_um = 1: ", "did you mean thickness_um?"},
      {2, "film: { thicknes_um = 1;", 2, "film: ", "thickness_um is missing"},
      {5, "grain_size_nm = 250; };", 5,
       "structure.grain_size_nm = 250: ", "did you mean grain_size_um?"},
      {5, "quartz = 1; };", 5, "structure.quartz = 1: ", "known here: generator"},
      {13, "cathode: { kinetics = true; };", 13, "cathode.kinetics = true: ", "unknown key"},
      {15, "kinetics: { rate = 1; };", 15, "kinetics: ", "unknown key; known here: title, film"},
      {6, "phases: ( { material = \"oxide\"; },", 6, "phases.[0]: ", "name is missing"},
      {12, "layers = ( { material = \"oxide\"; } ); };", 12,
       "anode.layers.[0]: ", "thickness_nm is missing"},
      {5, "};", 4, "structure.generator = \"polycrystal\": ", "needs grain_size_um or seeds_file"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    PetscCall(assert_refused(directory, rows[r].line, rows[r].replacement, rows[r].place,
                             rows[r].value, rows[r].message));
  }
  PetscCall(ScratchWrite(directory, "case.cfg", "title = \"x\";\n"));
  for (int g = 0; g < 3; g++) {
    const char *const groups[] = {"film is missing", "structure is missing", "phases is missing"};
    Problems problems = {0};
    Case c;

    PetscCall(CaseRead(PETSC_COMM_WORLD, directory, 0, NULL, &c, &problems));
    CU_ASSERT(HasProblem(&problems, "/case.cfg: ", groups[g], NULL));
    PetscCall(CaseDestroy(&c));
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode contradictions_are_refused_in_place(void)
{
  static const struct {
    int line;
    const char *replacement;
    int place;
    const char *value, *message;
  } rows[] = {
      {7, "{ name = \"grain\"; conductivity_S_per_cm = 1e-6; } );", 7,
       "phases.[1].name = \"grain\": ", "another phase has this name"},
      {7, "{ name = \"void\"; conductivity_S_per_cm = 1e-6; } );", 7,
       "phases.[1].name = \"void\": ", "must not be"},
      {7, "{ name = \"glass\"; } );", 7, "phases.[1]: ", "conductivity_S_per_cm is missing"},
      {7, "{ name = \"glass\"; material = \"oxid\"; } );", 7,
       "phases.[1].material = \"oxid\": ", "did you mean oxide"},
      {7,
       "{ name = \"glass\"; conductivity_S_per_cm = 1e-6; conductivity_diagonal_S_per_cm = [1, 1, "
       "1]; } );",
       7, "conductivity_diagonal_S_per_cm = [1, 1, 1]: ", "must not stand together"},
      {9, "{ between = [\"glas\", \"grain\"]; resistance_ohm_cm2 = 1; },", 9,
       "boundaries.[1].between = [\"glas\", \"grain\"]: ", "the phases are: grain, glass"},
      {9, "{ between = [\"grain\", \"grain\"]; resistance_ohm_cm2 = 1; },", 9,
       "boundaries.[1].between = [\"grain\", \"grain\"]: ", "listed twice"},
      {9, "{ between = [\"glass\", \"grain\"]; },", 9,
       "boundaries.[1]: ", "none of resistance_ohm_cm2"},
      {9,
       "{ between = [\"glass\", \"grain\"]; resistance_ohm_cm2 = 1; total_conductivity_S_per_cm = "
       "1; },",
       9, "boundaries.[1]: ", "more than one of resistance_ohm_cm2"},
      {9, "{ between = [\"glass\", \"grain\"]; thickness_nm = 2; },", 9,
       "boundaries.[1].thickness_nm = 2: ", "conductivity_S_per_cm is missing"},
      {9, "{ between = [\"glass\", \"grain\"]; resistance_ohm_cm2 = 1; fit = true; },", 9,
       "boundaries.[1].fit = true: ", "nothing to fit to"},
      {6,
       "phases: ( { name = \"grain\"; conductivity_S_per_cm = 1e-3; conductivity_is = \"total\"; "
       "},",
       8, "boundaries.[0].between = [\"grain\", \"grain\"]: ", "is a total one"},
      {5, "seeds_file = \"none.csv\"; };", 5,
       "structure.seeds_file = \"none.csv\": ", "no such file"},
      {5, "grain_size_um = 1; phase_fractions = ( { phase = \"x\"; fraction = 0.5; } ); };", 5,
       "structure.phase_fractions.[0].phase = \"x\": ", "the phases are: grain, glass"},
      {5,
       "grain_size_um = 1; phase_fractions = ( { phase = \"glass\"; fraction = 0.7; }, { phase = "
       "\"grain\"; fraction = 0.5; } ); };",
       5, "structure.phase_fractions = ", "add up to 1.2"},
      {5,
       "grain_size_um = 1; phase_fractions = ( { phase = \"glass\"; fraction = 0.1; }, { phase = "
       "\"glass\"; fraction = 0.5; } ); };",
       5, "structure.phase_fractions.[1].phase = \"glass\": ", "listed twice"},
      {5, "planes = ( { at_um = 0.5; normal = [1, 0, 0]; } ); };", 5,
       "structure.planes.[0].normal = [1, 0, 0]: ", "must not be 0"},
      {12, "layers = ( { thickness_nm = 5; conductivity_S_per_cm = 1.0; } ); };", 12,
       "anode.layers.[0]: ", "name is missing"},
      {12,
       "layers = ( { material = \"oxide\"; thickness_nm = 5; conductivity_S_per_cm = 0; } ); };",
       12, "anode.layers.[0].conductivity_S_per_cm = 0: ", "above 0"},
      {12,
       "layers = ( { material = \"oxide\"; thickness_nm = 5; }, { material = \"oxide\"; "
       "thickness_nm = 1; } "
       "); };",
       12,
       "anode.layers.[1].material = \"oxide\": ", "another layer of this electrode has this name"},
      {12,
       "layers = ( { name = \"charge_transfer\"; material = \"oxide\"; thickness_nm = 5; } ); };",
       12, "anode.layers.[0].name = \"charge_transfer\": ", "must not be"},
      {3, "cells = [1000000, 1000000, 1000000]; };", 3,
       "film.cells = [1000000, 1000000, 1000000]: ", "these are 1e+18 cells"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    if (strstr(rows[r].message, "1e+18") && sizeof(PetscInt) == 8)
      continue; /* they can be counted */
    PetscCall(assert_refused(directory, rows[r].line, rows[r].replacement, rows[r].place,
                             rows[r].value, rows[r].message));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode all_problems_are_reported_at_once(void)
{
  Problems problems = {0};
  char directory[64];
  const char *set = "solver.tolerance=7";
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(
      read_case(directory, 2, "film: { thickness_um = -1; widht_um = [1, 1];", set, &c, &problems));
  CU_ASSERT(HasProblem(&problems, "case.cfg:2: film.thickness_um = -1: ", NULL, NULL));
  CU_ASSERT(HasProblem(&problems, "case.cfg:2: film.widht_um = [1, 1]: ", "width_um", NULL));
  CU_ASSERT(HasProblem(&problems, "--set solver.tolerance=7: solver.tolerance = 7: ", "from 1e-13",
                       NULL));
  CU_ASSERT_EQUAL(problems.num_problems, 3);
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode what_deserves_a_word_is_a_warning(void)
{
  static const struct {
    int line;
    const char *replacement, *set, *place, *message;
  } rows[] = {
      {0, NULL, "conditions.temperature_C=60", "case.cfg:7: phases.[1]: ",
       "the conductivity of phase \"glass\" is taken as at 25 C, the case is at 60 C"},
      {0, NULL, "conditions.temperature_C=60",
       "case.cfg:8: boundaries.[0]: ", "resistance is taken as at 25"},
      {0, NULL, "conditions.temperature_C=60",
       "case.cfg:13: cathode: ", "the charge transfer is taken as at"},
      {9, "", NULL, "case.cfg: ", "between \"grain\" and \"glass\" are not listed"},
      {0, NULL, "structure.generator=amorphous",
       "case.cfg:5: structure.grain_size_um = 0.25: ", "no effect with generator = \"amorphous\""},
      {13, "cathode: { name = \"zzz\"; };", NULL,
       "case.cfg:13: cathode.name = \"zzz\": ", "no electrodes/zzz.cfg"},
      {7, "{ name = \"glass\"; conductivity_S_per_cm = 1e-6; conductivity_is = \"total\"; } );",
       NULL, "case.cfg:7: phases.[1]: ", "is a total one"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    Problems problems = {0};
    Case c;

    PetscCall(read_case(directory, rows[r].line, rows[r].replacement, rows[r].set, &c, &problems));
    CU_ASSERT(HasWarning(&problems, rows[r].place, rows[r].message, NULL));
    PetscCall(CaseDestroy(&c));
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* {"value", "from"} at a path of the echo. */
static void assert_echo(const json_t *echo, const char *from, double value)
{
  CU_ASSERT_PTR_NOT_NULL_FATAL(echo);
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(echo, "from")), from);
  ASSERT_CLOSE(json_number_value(json_object_get(echo, "value")), value, 1e-14);
}

static PetscErrorCode the_echo_says_where_every_value_came_from(void)
{
  Problems problems = {0};
  char directory[64];
  const json_t *phase, *film;
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(
      read_case(directory, 2, "film: { thickness_um = 1;", "film.grading_z=2", &c, &problems));
  CU_ASSERT_EQUAL_FATAL(problems.num_problems, 0);
  film = json_object_get(c.echo, "film");
  phase = json_array_get(json_object_get(c.echo, "phases"), 0);
  assert_echo(json_object_get(film, "thickness_um"), "case.cfg:2", 1.0);
  assert_echo(json_object_get(film, "grading_z"), "--set film.grading_z=2", 2.0);
  assert_echo(json_object_get(json_object_get(c.echo, "solver"), "balance_tolerance"), "default",
              1e-4);
  assert_echo(json_object_get(phase, "conductivity_S_per_cm"), "oxide.cfg:1", 1e-3);
  assert_echo(json_object_get(phase, "reference_temperature_C"), "default", 25.0);
  ASSERT_CLOSE(c.film.width[0], 1e-6, 1e-14); /* not given: the thickness */
  CU_ASSERT_STRING_EQUAL(
      json_string_value(json_object_get(json_object_get(film, "width_um"), "from")), "default");
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode files_named_are_relative_to_the_case(void)
{
  Problems problems = {0};
  char directory[64], path[128];
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "data/seeds.csv", "x_um\n"));
  PetscCall(read_case(directory, 5, "seeds_file = \"data/seeds.csv\"; };", NULL, &c, &problems));
  CU_ASSERT_EQUAL_FATAL(problems.num_problems, 0);
  snprintf(path, sizeof path, "%s/data/seeds.csv", directory);
  CU_ASSERT_STRING_EQUAL(c.structure.seeds_file, path);
  CU_ASSERT_EQUAL_FATAL(c.num_files, 3);
  CU_ASSERT_STRING_EQUAL(c.files[2], path);
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_directory_without_a_case_is_refused(void)
{
  const char *const places[] = {"/no/such/case", "/dev/null", ""};
  const char *const messages[] = {"there is no such directory", "is no directory",
                                  "holds no case.cfg"};
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int d = 0; d < 3; d++) {
    const char *place = places[d][0] ? places[d] : directory;
    Problems problems = {0};
    Case c;

    PetscCall(CaseRead(PETSC_COMM_WORLD, place, 0, NULL, &c, &problems));
    CU_ASSERT_EQUAL(problems.num_problems, 1);
    CU_ASSERT(HasProblem(&problems, place, messages[d], NULL));
    PetscCall(CaseDestroy(&c));
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode help_knows_every_key_and_keeps_to_100_columns(void)
{
  const char *const keys[] = {"thickness_um",
                              "grain_size_um",
                              "total_conductivity_S_per_cm",
                              "charge_transfer_ohm_cm2",
                              "unverified",
                              "onset_temperature_C"};
  char *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);

  PetscFunctionBeginUser;
  PetscCall(HelpCase(file));
  fclose(file);
  for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
    CU_ASSERT_PTR_NOT_NULL(strstr(text, keys[k]));
  for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
    CU_ASSERT(strcspn(line, "\n") <= 100);
  }
  free(text);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a case is read in SI units", a_case_is_read_in_si_units},
    {"values out of range or of the wrong type are refused in place",
     values_out_of_range_or_of_the_wrong_type_are_refused_in_place},
    {"unknown and missing keys are refused in place",
     unknown_and_missing_keys_are_refused_in_place},
    {"contradictions are refused in place", contradictions_are_refused_in_place},
    {"all problems are reported at once", all_problems_are_reported_at_once},
    {"what deserves a word is a warning", what_deserves_a_word_is_a_warning},
    {"the echo says where every value came from", the_echo_says_where_every_value_came_from},
    {"files named are relative to the case", files_named_are_relative_to_the_case},
    {"a directory without a case is refused", a_directory_without_a_case_is_refused},
    {"help knows every key and keeps to 100 columns",
     help_knows_every_key_and_keeps_to_100_columns},
};

HARNESS_MAIN("case", tests)
