#include "harness.h"

#include <math.h>
#include "case.h"
#include "constants.h"
#include "help.h"
#include "scratch.h"

#define REFERENCES "references = ( { what = \"all\"; source = \"10.1/x\"; } );\n"

static const char *const head =
    "film: { thickness_um = 1; cells = [4, 4, 4]; };\n"
    "structure: { generator = \"polycrystal\"; grain_size_um = 0.5; };\n";

/* Writes cases/one/case.cfg with these phases (line 3) and cases/materials/m.cfg, and reads the
 * case. */
static PetscErrorCode read_with(const char *directory, const char *material, const char *rest,
                                Case *c, Problems *problems)
{
  char text[2048], path[128];

  PetscFunctionBeginUser;
  snprintf(text, sizeof text, "%s%s", head, rest);
  PetscCall(ScratchWrite(directory, "cases/one/case.cfg", text));
  PetscCall(ScratchWrite(directory, "cases/materials/m.cfg", material));
  snprintf(path, sizeof path, "%s/cases/one/", directory);
  PetscCall(CaseRead(PETSC_COMM_WORLD, path, 0, NULL, c, problems));
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const one_phase = "phases: ( { name = \"a\"; material = \"m\"; } );\n";

static PetscErrorCode wrong_material_files_are_refused_in_place(void)
{
  static const struct {
    const char *text, *place, *message;
  } rows[] = {
      {"conductivity_S_per_cm = 1e-3;\n", "m.cfg: ", "references is missing"},
      {"conductivity_S_per_cm = 1e-3;\nreferences = ();\n",
       "m.cfg:2: references = (): ", "1 or more"},
      {"conductivity_S_per_cm = 1e-3;\nreferences = ( { what = \"x\"; } );\n",
       "m.cfg:2: references.[0]: ", "source is missing"},
      {REFERENCES, "m.cfg: ", "neither conductivity_S_per_cm"},
      {REFERENCES "conductivity_S_per_cm = 1.0; conductivity_diagonal_S_per_cm = [1, 1, 1];\n",
       "m.cfg: ", "both conductivity_S_per_cm"},
      {REFERENCES "conductivity_S_per_m = 1.0;\n",
       "m.cfg:2: conductivity_S_per_m = 1: ", "did you mean conductivity_S_per_cm?"},
      {REFERENCES "conductivity_S_per_cm = 1.0;\nconductivity_is = \"total\";\n"
                  "boundary: { resistance_ohm_cm2 = 1.0; };\n",
       "m.cfg:3: conductivity_is = \"total\": ", "must not stand together with a boundary"},
      {REFERENCES "conductivity_S_per_cm = 1.0;\nboundary: { activation_energy_eV = 1.0; };\n",
       "m.cfg:3: boundary: ", "none of resistance_ohm_cm2"},
      {REFERENCES "conductivity_S_per_cm = 1.0;\nvalid_C = [50, 20];\n",
       "m.cfg:3: valid_C = [50, 20]: ", "must not be above the second"},
      {REFERENCES "conductivity_S_per_cm = 1.0;\nunverified = ( \"activation_energy\" );\n",
       "m.cfg:3: unverified.[0] = \"activation_energy\": ", "did you mean activation_energy_eV?"},
      {REFERENCES "conductivity_S_per_cm = 1.0;\nrelative_permittivity = 0.5;\n",
       "m.cfg:3: relative_permittivity = 0.5: ", "not below 1"},
      {REFERENCES "conductivity_S_per_cm = ;\n", "m.cfg:2: ", "syntax error"},
  };
  char directory[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    Problems problems = {0};
    Case c;

    PetscCall(read_with(directory, rows[r].text, one_phase, &c, &problems));
    CU_ASSERT(HasProblem(&problems, "cases/materials/", rows[r].place, rows[r].message));
    PetscCall(CaseDestroy(&c));
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_nearest_folder_wins(void)
{
  static const char *const places[] = {"user/m.cfg", "materials/m.cfg", "cases/materials/m.cfg",
                                       "cases/one/materials/m.cfg", "cases/one/m.cfg"};
  char directory[64], path[128], text[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  snprintf(text, sizeof text, "%s%s", head, one_phase);
  PetscCall(ScratchWrite(directory, "cases/one/case.cfg", text));
  snprintf(path, sizeof path, "/none:%s/user", directory);
  setenv("GRANULITH_MATERIALS", path, 1);
  snprintf(path, sizeof path, "%s/cases/one", directory);
  for (int p = 0; p < 5; p++) { /* each before the ones that are there already */
    Problems problems = {0};
    Case c;

    snprintf(text, sizeof text, "conductivity_S_per_cm = %d;\n" REFERENCES, p + 1);
    PetscCall(ScratchWrite(directory, places[p], text));
    PetscCall(CaseRead(PETSC_COMM_WORLD, path, 0, NULL, &c, &problems));
    CU_ASSERT_EQUAL_FATAL(problems.num_problems, 0);
    ASSERT_CLOSE(c.phases[0].conductivity[0], 100.0 * (p + 1), 1e-14);
    PetscCall(CaseDestroy(&c));
    ProblemsDestroy(&problems);
    PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  }
  unsetenv("GRANULITH_MATERIALS");
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode an_unknown_material_is_refused_with_places_and_near_names(void)
{
  static const char *const names[] = {"mm", "quite_another", "../materials/m"};
  char directory[64], rest[128], value[128];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int n = 0; n < 3; n++) {
    Problems problems = {0};
    Case c;

    snprintf(rest, sizeof rest, "phases: ( { name = \"a\"; material = \"%s\"; } );\n", names[n]);
    snprintf(value, sizeof value, "case.cfg:3: phases.[0].material = \"%s\": ", names[n]);
    PetscCall(
        read_with(directory, "conductivity_S_per_cm = 1.0;\n" REFERENCES, rest, &c, &problems));
    CU_ASSERT(HasProblem(&problems, value, "/cases/materials", n ? NULL : "did you mean m"));
    PetscCall(CaseDestroy(&c));
    ProblemsDestroy(&problems);
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const char *const full = REFERENCES
    "conductivity_S_per_cm = 1e-3; uncertainty_relative = 0.3; activation_energy_eV = 0.4;\n"
    "arrhenius = \"sigma\"; reference_temperature_C = 60.0; valid_C = [0, 100];\n"
    "boundary: { resistance_ohm_cm2 = 0.5; uncertainty_relative = 0.2; };\n"
    "unverified = ( \"conductivity_S_per_cm\", \"boundary.resistance_ohm_cm2\", "
    "\"relative_permittivity\" );\n";

static PetscErrorCode a_pair_that_is_not_listed_takes_the_boundary_of_its_material(void)
{
  Problems problems = {0};
  char directory[64];
  const json_t *echo;
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(read_with(
      directory, full,
      "phases: ( { name = \"a\"; material = \"m\"; }, { name = \"b\"; material = \"m\"; },\n"
      "  { name = \"c\"; conductivity_S_per_cm = 1e-9; } );\n",
      &c, &problems));
  CU_ASSERT_EQUAL_FATAL(problems.num_problems, 0);
  CU_ASSERT_EQUAL_FATAL(c.num_boundaries, 3); /* a|a, a|b, b|b; c has no material */
  for (int b = 0; b < 3; b++) {
    CU_ASSERT(c.boundaries[b].is_from_material);
    ASSERT_CLOSE(c.boundaries[b].resistance, 0.5e-4, 1e-14);
    ASSERT_CLOSE(c.boundaries[b].uncertainty, 0.2, 1e-14);
    CU_ASSERT_EQUAL(c.boundaries[b].arrhenius.form, ARRHENIUS_SIGMA); /* as the material */
    ASSERT_CLOSE(c.boundaries[b].arrhenius.reference_temperature, 333.15, 1e-14);
  }
  CU_ASSERT(c.boundaries[1].phases[0] == 1 && c.boundaries[1].phases[1] == 2);
  echo = json_object_get(json_array_get(json_object_get(c.echo, "boundaries"), 1),
                         "resistance_ohm_cm2");
  CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(echo, "from")), "m.cfg:4");
  CU_ASSERT(
      HasWarning(&problems, "m.cfg:4: boundary: ", "taken as at 60 C, the case is at 25 C", NULL));
  CU_ASSERT(HasWarning(&problems, "case.cfg:3: phases.[0].material", "conductivity_S_per_cm",
                       "unverified"));
  CU_ASSERT(HasWarning(&problems, "case.cfg:3: ", "boundary.resistance_ohm_cm2", "unverified"));
  CU_ASSERT(
      !TextsContain(problems.num_warnings, problems.warnings, "relative_permittivity", NULL, NULL));
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_phase_overrides_its_material(void)
{
  Problems problems = {0};
  char directory[64];
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(read_with(directory, full,
                      "phases: ( { name = \"a\"; material = \"m\";\n"
                      "  conductivity_diagonal_S_per_cm = (1, 2, 3.5); } );\n"
                      "anode: { layers = ( { material = \"m\"; thickness_nm = 1;\n"
                      "  activation_energy_eV = 0.6; } ); };\n",
                      &c, &problems));
  CU_ASSERT_EQUAL_FATAL(problems.num_problems, 0);
  ASSERT_CLOSE(c.phases[0].conductivity[0], 100.0, 1e-14);
  ASSERT_CLOSE(c.phases[0].conductivity[2], 350.0, 1e-14);
  CU_ASSERT_EQUAL(c.phases[0].uncertainty,
                  0.0); /* that of the material is not that of this number */
  ASSERT_CLOSE(c.phases[0].arrhenius.activation_energy, 0.4 * ELEMENTARY_CHARGE, 1e-14);
  CU_ASSERT(
      HasWarning(&problems, "case.cfg:4: ", "reference_temperature_C = 60 of the material", NULL));
  CU_ASSERT(!TextsContain(problems.num_warnings, problems.warnings, "phases.[0].material",
                          "conductivity_S_per_cm of this material", NULL));
  ASSERT_CLOSE(c.anode.layers[0].arrhenius.activation_energy, 0.6 * ELEMENTARY_CHARGE, 1e-14);
  ASSERT_CLOSE(c.anode.layers[0].conductivity[2], 0.1, 1e-14);
  ASSERT_CLOSE(c.anode.layers[0].uncertainty, 0.3, 1e-14);
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode temperatures_outside_valid_C_and_wrong_totals_are_told(void)
{
  Problems problems = {0};
  char directory[64];
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(
      read_with(directory, full,
                "phases: ( { name = \"a\"; material = \"m\"; conductivity_is = \"total\"; } );\n"
                "conditions: { temperature_C = 120; };\n",
                &c, &problems));
  CU_ASSERT(HasProblem(
      &problems, "case.cfg:3: phases.[0].conductivity_is = \"total\": ", "has boundaries", NULL));
  CU_ASSERT(HasWarning(&problems, "case.cfg:3: phases.[0].material = \"m\": ", "from 0 to 100 C",
                       "at 120 C"));
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode an_electrode_file_gives_its_keys_and_sources_or_its_errors(void)
{
  const char *const rest =
      "phases: ( { name = \"a\"; material = \"m\"; } );\nanode: { name = \"li\"; };\n";
  Problems problems = {0};
  char directory[64];
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "cases/electrodes/li.cfg",
                         "references = ( { what = \"all\"; source = \"10.2/y\"; } );\n"));
  PetscCall(read_with(directory, full, rest, &c, &problems));
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  CU_ASSERT_EQUAL(json_array_size(c.sources), 2);
  CU_ASSERT_EQUAL(c.num_files, 3);
  CU_ASSERT_PTR_NOT_NULL(json_object_get(json_object_get(c.materials, "m"), "references"));
  CU_ASSERT_PTR_NOT_NULL(json_object_get(json_object_get(c.electrodes, "li"), "references"));
  PetscCall(CaseDestroy(&c));
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscCall(ScratchWrite(directory, "cases/electrodes/li.cfg", "potential_V = 40;\n"));
  PetscCall(read_with(directory, full, rest, &c, &problems));
  CU_ASSERT(HasProblem(&problems, "li.cfg:1: potential_V = 40: ", "from -10 to 10", NULL));
  CU_ASSERT(HasProblem(&problems, "li.cfg: ", "references is missing", NULL));
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode help_lists_the_materials_found(void)
{
  Problems problems = {0};
  char directory[64], path[128], *text = NULL;
  size_t size = 0;
  FILE *file = open_memstream(&text, &size);
  Case c;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "cases/materials/broken.cfg", "x = ;\n"));
  PetscCall(read_with(directory, full, one_phase, &c, &problems));
  PetscCall(CaseDestroy(&c));
  ProblemsDestroy(&problems);
  snprintf(path, sizeof path, "%s/cases/one", directory);
  PetscCall(HelpMaterials(file, path));
  fclose(file);
  CU_ASSERT_PTR_NOT_NULL(strstr(text, "0.001 S/cm at 60 C, with grain boundaries"));
  CU_ASSERT_PTR_NOT_NULL(strstr(text, "broken.cfg:1: syntax error"));
  CU_ASSERT_PTR_NOT_NULL(strstr(text, "/cases/materials\n"));
  free(text);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"wrong material files are refused in place", wrong_material_files_are_refused_in_place},
    {"the nearest folder wins", the_nearest_folder_wins},
    {"an unknown material is refused with places and near names",
     an_unknown_material_is_refused_with_places_and_near_names},
    {"a pair that is not listed takes the boundary of its material",
     a_pair_that_is_not_listed_takes_the_boundary_of_its_material},
    {"a phase overrides its material", a_phase_overrides_its_material},
    {"temperatures outside valid_C and wrong totals are told",
     temperatures_outside_valid_C_and_wrong_totals_are_told},
    {"an electrode file gives its keys and sources or its errors",
     an_electrode_file_gives_its_keys_and_sources_or_its_errors},
    {"help lists the materials found", help_lists_the_materials_found},
};

HARNESS_MAIN("materials", tests)
