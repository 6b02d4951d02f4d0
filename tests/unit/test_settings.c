#include "harness.h"

#include "case_keys.h"
#include "scratch.h"
#include "settings.h"

/* Reads a text as DIRECTORY/case.cfg. */
static PetscErrorCode read_text(const char *directory, const char *text, Problems *problems,
                                Settings **settings)
{
  char path[128];

  PetscFunctionBeginUser;
  PetscCall(ScratchWrite(directory, "case.cfg", text));
  snprintf(path, sizeof path, "%s/case.cfg", directory);
  PetscCall(SettingsRead(path, problems, settings));
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD)); /* before the next text */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode texts_that_cannot_be_read_are_refused_with_their_line(void)
{
  static const struct {
    const char *text, *place, *message;
  } rows[] = {
      {"a = 1;\nb = [1 2];\n", "case.cfg:2: ", "syntax error"},
      {"a = 1;\nb = [2, 2.0];\n", "case.cfg:2: ", "make all of them decimal"},
      {"a = 1;\n\na = 2;\n", "case.cfg:3: ", "given twice"},
      {"a = 1;\nb = 5000000000;\n", "case.cfg:2: ", "5000000000 is an integer beyond 32 bits"},
      {"b = -2147483649;\n", "case.cfg:1: ", "-2147483649 is an integer beyond 32 bits"},
      {"b = 0xFFFFFFFF;\n", "case.cfg:1: ", "0xFFFFFFFF is an integer beyond 32 bits"},
      {"b = 99999999999999999999L;\n", "case.cfg:1: ", "beyond 64 bits"},
      {"/* one\n two */ b = [1.0,\n 1e400];\n",
       "case.cfg:3: ", "1e400 is beyond the largest number"},
      {"@include \"none.cfg\"\n", "case.cfg:1: ", "none.cfg"},
      {"a = 1;\n@include \"sub\"\n", "case.cfg:2: ", "sub"},
      {"@include \"case.cfg\"\n", "case.cfg:1: ", "does one include itself?"},
      {"@include \"wrong.cfg\"\n", "wrong.cfg:2: ", "syntax error"},
      {"@include \"big.cfg\"\n", "big.cfg:2: ", "3000000000 is an integer beyond 32 bits"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "wrong.cfg", "b = 1;\nc = ];\n"));
  PetscCall(ScratchWrite(directory, "big.cfg", "b = 1;\nc = 3000000000;\n"));
  PetscCall(ScratchWrite(directory, "sub/x.cfg", ""));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    Problems problems = {0};
    Settings *settings;

    PetscCall(read_text(directory, rows[r].text, &problems, &settings));
    CU_ASSERT_PTR_NULL(settings);
    CU_ASSERT(HasProblem(&problems, rows[r].place, rows[r].message, directory));
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode strings_comments_and_names_are_not_taken_for_numbers(void)
{
  Problems problems = {0};
  Settings *settings;
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(read_text(directory,
                      "# 5000000000\n// 1e400\n/* 5000000000 */ a = \"5000000000 \\\" 1e400\";\n"
                      "b5000000000 = 2147483647; c = -2147483648; d = 5000000000L; e = 1e300;\n"
                      "f = 5000000000.0; g = 0x7fffffff;\n",
                      &problems, &settings));
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
  CU_ASSERT_EQUAL(SettingNumber(config_lookup(&settings->config, "d")), 5e9);
  CU_ASSERT_EQUAL(SettingNumber(config_lookup(&settings->config, "c")), -2147483648.0);
  PetscCall(SettingsDestroy(&settings));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_setting_knows_its_place_path_and_value(void)
{
  Problems problems = {0};
  Settings *settings;
  char directory[64], text[256], expected[256];
  const config_setting_t *setting;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "more.cfg", "\nfilm: {\n width_um = (1, 2.5);\n};\n"));
  PetscCall(read_text(directory,
                      "title = \"x\";\n@include \"more.cfg\"\nphases = ( { name = \"a\"; } );\n",
                      &problems, &settings));
  CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
  setting = config_lookup(&settings->config, "film.width_um");
  SettingPlace(setting, text, sizeof text);
  snprintf(expected, sizeof expected, "%s/more.cfg:3", directory);
  CU_ASSERT_STRING_EQUAL(text, expected);
  SettingOrigin(setting, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "more.cfg:3");
  SettingText(setting, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "(1, 2.5)");
  setting = config_lookup(&settings->config, "phases.[0].name");
  SettingPath(setting, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "phases.[0].name");
  SettingOrigin(setting, text, sizeof text);
  CU_ASSERT_STRING_EQUAL(text, "case.cfg:3");
  PetscCall(SettingsDestroy(&settings));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const small_case =
    "film: { thickness_um = 1; cells = [4, 4, 4]; };\n"
    "phases = ( { name = \"grain\"; material = \"x\"; }, { name = \"glass\"; } );\n"
    "boundaries = ( { resistance_ohm_cm2 = 1.0; } );\n"
    "anode: { layers = ( { material = \"li2co3\"; thickness_nm = 5; } ); };\n";

static PetscErrorCode values_are_set_by_path_and_remember_it(void)
{
  static const struct {
    const char *assignment, *path, *text;
  } rows[] = {
      {"film.thickness_um=2", "film.thickness_um", "2"},
      {"film.width_um=(1, 2.5)", "film.width_um", "(1, 2.5)"},
      {"film.cells.[1]=7", "film.cells.[1]", "7"},
      {"film.lateral=insulating", "film.lateral", "\"insulating\""},
      {"title=2024", "title", "\"2024\""},
      {"title=\"a = b\"", "title", "\"a = b\""},
      {"phases.[1].name=x", "phases.[1].name", "\"x\""},
      {"phases.grain.material=y", "phases.[0].material", "\"y\""},
      {"boundaries.[0].fit=true", "boundaries.[0].fit", "true"},
      {"anode.layers.li2co3.thickness_nm=7", "anode.layers.[0].thickness_nm", "7"},
      {"solver.tolerance=1e-9", "solver.tolerance", "1e-09"},
      {"structure.pores.fraction=0.1", "structure.pores.fraction", "0.1"},
      {"structure.planes=({ at_um = 1.0; normal = [0, 0, 1]; })", "structure.planes.[0].at_um",
       "1"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    Problems problems = {0};
    Settings *settings;
    char text[256], origin[256];
    const config_setting_t *setting;

    PetscCall(read_text(directory, small_case, &problems, &settings));
    CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
    PetscCall(SettingsSet(settings, &case_table, rows[r].assignment, &problems));
    CU_ASSERT_EQUAL(problems.num_problems, 0);
    setting = config_lookup(&settings->config, rows[r].path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(setting);
    SettingText(setting, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, rows[r].text);
    snprintf(origin, sizeof origin, "--set %s", rows[r].assignment);
    SettingPlace(setting, text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, origin);
    ProblemsDestroy(&problems);
    PetscCall(SettingsDestroy(&settings));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode paths_and_values_that_make_no_sense_are_refused(void)
{
  static const struct {
    const char *assignment, *message;
  } rows[] = {
      {"film.thickness=2", "unknown key thickness; did you mean thickness_um?"},
      {"flim.thickness_um=2", "unknown key flim; did you mean film?"},
      {"kinetics.rate=1", "unknown key kinetics"},
      {"film", "must be path=value"},
      {"=2", "must be path=value"},
      {"film.thickness_um=", "thickness_um = "},
      {"film.thickness_um=[1", "thickness_um = [1: "},
      {"film.cells=[1, 2.0, 3]", "make all of them decimal"},
      {"film.thickness_um=1; x = 2", "not a single value"},
      {"film.cells=[5000000000, 1, 1]", "5000000000 is an integer beyond 32 bits"},
      {"film.thickness_um=1e400", "1e400 is beyond the largest number"},
      {"film.cells.[3]=1", "cells is no vector in the file with that entry"},
      {"film.width_um.[0]=1", "width_um is no vector in the file with that entry"},
      {"film.thickness_um.x=1", "thickness_um is a single value"},
      {"phases.[2].name=x", "phases has no entry [2]; there are [0] to [1], grain, glass"},
      {"phases.glas.name=x", "phases has no entry glas"},
      {"phases.[0]=x", "names a group; set one of its keys"},
      {"cathode.layers.[0].thickness_nm=1", "layers has no entries in the file"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    Problems problems = {0};
    Settings *settings;
    char place[256];

    PetscCall(read_text(directory, small_case, &problems, &settings));
    CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
    PetscCall(SettingsSet(settings, &case_table, rows[r].assignment, &problems));
    CU_ASSERT_EQUAL(problems.num_problems, 1);
    snprintf(place, sizeof place, "--set %s: ", rows[r].assignment);
    CU_ASSERT(HasProblem(&problems, place, rows[r].message, NULL));
    ProblemsDestroy(&problems);
    PetscCall(SettingsDestroy(&settings));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"texts that cannot be read are refused with their line",
     texts_that_cannot_be_read_are_refused_with_their_line},
    {"strings, comments and names are not taken for numbers",
     strings_comments_and_names_are_not_taken_for_numbers},
    {"a setting knows its place, path and value", a_setting_knows_its_place_path_and_value},
    {"values are set by path and remember it", values_are_set_by_path_and_remember_it},
    {"paths and values that make no sense are refused",
     paths_and_values_that_make_no_sense_are_refused},
};

HARNESS_MAIN("settings", tests)
