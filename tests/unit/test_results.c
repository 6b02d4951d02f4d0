#include "results.h"

#include <math.h>
#include "harness.h"

/* Total 20 Ohm cm2 = 2e-3 Ohm m2: grains 8, boundaries 5 + 1, anode 2 + 1, cathode 3. */
typedef struct {
  ResultInput input;
  Asr asr;
  GrainStatistics statistics;
  PetscReal fractions[3];
  CurrentSpread spreads[NUM_PLANES];
  SteadyReport solve;
} Sheet;

static const char *const names[] = {"grain", "glass"};

static void sheet_create(Sheet *sheet)
{
  ResultInput *in = &sheet->input;

  memset(sheet, 0, sizeof *sheet);
  sheet->asr.total = 20e-4;
  sheet->fractions[0] = 0.1;
  sheet->fractions[1] = 0.7;
  sheet->fractions[2] = 0.2;
  sheet->statistics = (GrainStatistics){512, 0, 0.25e-6, 0.3, 8.1e6, 0.1, sheet->fractions};
  for (int p = 0; p < NUM_PLANES; p++) sheet->spreads[p] = (CurrentSpread){1, 3, 0.9, 2, INFINITY};
  sheet->solve.algebraic_relative = 3e-7;
  sheet->solve.is_converged = PETSC_TRUE;
  sheet->solve.iterations = 11;
  in->hash = in->version = in->git = in->command = "x";
  in->ranks = 2;
  in->case_echo = json_object();
  in->sources = json_array();
  in->materials = json_object();
  in->electrode_files = json_object();
  in->warnings = json_array();
  in->statistics = &sheet->statistics;
  in->phase_names = names;
  in->num_film_phases = 2;
  in->percolates = PETSC_TRUE;
  in->thickness = 1e-6;
  in->asr = &sheet->asr;
  in->brick_asr = NAN;
  in->constriction = NAN;
  in->spreads = sheet->spreads;
  in->solve = &sheet->solve;
  in->cells = 1048576;
  ResultPartsAdd(&in->grains, "grain", 8e-4, 0.3);
  ResultPartsAdd(&in->boundaries, "grain|grain", 5e-4, 0.5);
  ResultPartsAdd(&in->boundaries, "grain|glass", 1e-4, NAN);
  ResultPartsAdd(&in->electrodes[0], "charge_transfer", 2e-4, 0.1);
  ResultPartsAdd(&in->electrodes[0], "li2co3", 1e-4, NAN);
  ResultPartsAdd(&in->electrodes[1], "charge_transfer", 3e-4, NAN);
}

static void sheet_destroy(Sheet *sheet)
{
  json_decref(sheet->input.case_echo);
  json_decref(sheet->input.sources);
  json_decref(sheet->input.materials);
  json_decref(sheet->input.electrode_files);
  json_decref(sheet->input.warnings);
}

static double number_at(const json_t *object, const char *group, const char *name)
{
  const json_t *value = json_object_get(json_object_get(object, group), name);

  CU_ASSERT(json_is_number(value));
  return json_number_value(value);
}

static double sum_of_parts(const json_t *value)
{
  const char *key;
  json_t *member;
  double sum = 0;

  if (json_is_number(value)) return json_number_value(value);
  json_object_foreach((json_t *)value, key, member) sum += json_number_value(member);
  return sum;
}

static PetscErrorCode every_member_of_the_asr_but_total_is_a_part_of_it(void)
{
  const char *key;
  json_t *results, *asr, *member;
  double sum = 0;
  Sheet sheet;

  PetscFunctionBeginUser;
  sheet_create(&sheet);
  results = ResultsBuild(&sheet.input);
  asr = json_object_get(results, "asr_ohm_cm2");
  json_object_foreach(asr, key, member)
  {
    if (strcmp(key, "total")) sum += sum_of_parts(member);
  }
  ASSERT_CLOSE(sum, 20.0, 1e-12);
  ASSERT_CLOSE(number_at(results, "asr_ohm_cm2", "total"), 20.0, 1e-12);
  ASSERT_CLOSE(number_at(results, "asr_ohm_cm2", "anode"), 3.0, 1e-12);
  ASSERT_CLOSE(number_at(asr, "boundaries", "grain|glass"), 1.0, 1e-12);
  ASSERT_CLOSE(number_at(json_object_get(results, "electrodes_ohm_cm2"), "anode", "li2co3"), 1.0,
               1e-12);
  json_decref(results);
  sheet_destroy(&sheet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 1 um/(20 - 3 - 3) Ohm cm2 = 1e-4 cm/14 Ohm cm2 = 7.142857e-6 S/cm */
static PetscErrorCode numbers_come_in_the_units_of_their_names(void)
{
  json_t *results;
  Sheet sheet;

  PetscFunctionBeginUser;
  sheet_create(&sheet);
  results = ResultsBuild(&sheet.input);
  ASSERT_CLOSE(json_number_value(json_object_get(results, "effective_conductivity_S_per_cm")),
               1e-4 / 14, 1e-12);
  ASSERT_CLOSE(number_at(results, "microstructure", "mean_grain_size_um"), 0.25, 1e-12);
  ASSERT_CLOSE(number_at(results, "microstructure", "boundary_area_per_volume_per_um"), 8.1, 1e-12);
  ASSERT_CLOSE(number_at(json_object_get(results, "microstructure"), "phase_fractions", "glass"),
               0.2, 1e-15);
  ASSERT_CLOSE(number_at(json_object_get(results, "microstructure"), "phase_fractions", "void"),
               0.1, 1e-15);
  json_decref(results);
  sheet_destroy(&sheet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode what_is_not_finite_becomes_null(void)
{
  const json_t *current;
  json_t *results, *number;
  char *text;
  Sheet sheet;

  PetscFunctionBeginUser;
  sheet_create(&sheet);
  results = ResultsBuild(&sheet.input);
  CU_ASSERT(json_is_null(json_object_get(results, "brick_layer_asr_ohm_cm2")));
  CU_ASSERT(json_is_null(json_object_get(json_object_get(results, "error"), "grid_relative")));
  current = json_object_get(json_object_get(results, "current"), "middle");
  CU_ASSERT(json_is_null(json_object_get(current, "p999")));
  ASSERT_CLOSE(json_number_value(json_object_get(current, "max_over_mean")), 3, 1e-15);
  text = json_dumps(results, 0);
  CU_ASSERT_PTR_NOT_NULL(text); /* Jansson cannot write NaN */
  free(text);
  json_decref(results);
  number = ResultsNumber(-INFINITY);
  CU_ASSERT(json_is_null(number));
  json_decref(number);
  sheet_destroy(&sheet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* sqrt((8 x 0.3)^2 + (5 x 0.5)^2 + (2 x 0.1)^2)/20 = sqrt(5.76 + 6.25 + 0.04)/20 = 0.173566 */
static PetscErrorCode the_error_of_the_parameters_is_the_root_of_squares(void)
{
  json_t *results;
  Sheet sheet;

  PetscFunctionBeginUser;
  sheet_create(&sheet);
  ASSERT_CLOSE(ResultsParameterError(&sheet.input), sqrt(12.05) / 20, 1e-14);
  results = ResultsBuild(&sheet.input);
  ASSERT_CLOSE(number_at(results, "error", "parameters_relative"), sqrt(12.05) / 20, 1e-14);
  json_decref(results);
  sheet.input.grains.parts[0].uncertainty = NAN;
  sheet.input.boundaries.parts[0].uncertainty = NAN;
  sheet.input.electrodes[0].parts[0].uncertainty = NAN;
  CU_ASSERT(isnan(ResultsParameterError(&sheet.input))); /* nothing is known */
  sheet.input.electrodes[0].parts[0].uncertainty = 0;
  CU_ASSERT_EQUAL(ResultsParameterError(&sheet.input), 0.0); /* known exactly */
  sheet_destroy(&sheet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode parts_of_the_same_name_add_up(void)
{
  ResultParts parts = {0};

  PetscFunctionBeginUser;
  ResultPartsAdd(&parts, "a", 1, NAN);
  ResultPartsAdd(&parts, "b", 2, 0.5);
  ResultPartsAdd(&parts, "a", 4, NAN);
  CU_ASSERT_EQUAL(parts.count, 2);
  CU_ASSERT_EQUAL(parts.parts[0].asr, 5.0);
  CU_ASSERT_EQUAL(ResultPartsSum(&parts), 7.0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Nothing may be lost: the parts have to add up to the total. */
static PetscErrorCode more_parts_than_there_is_room_for_still_add_up(void)
{
  static ResultParts parts;

  PetscFunctionBeginUser;
  memset(&parts, 0, sizeof parts);
  for (int p = 0; p < RESULT_MAX_PARTS + 50; p++) {
    char name[32];

    snprintf(name, sizeof name, "part %d", p);
    ResultPartsAdd(&parts, name, 1, NAN);
  }
  CU_ASSERT_EQUAL(ResultPartsSum(&parts), (double)(RESULT_MAX_PARTS + 50));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode contacts_are_null_unless_they_are_given(void)
{
  Contact contact = {.pattern = CONTACT_STRIPS, .fraction = 0.3, .num = {4, 1}, .piece = {2e-6, 1}};
  json_t *results, *contacts;
  Sheet sheet;

  PetscFunctionBeginUser;
  sheet_create(&sheet);
  for (int given = 0; given < 2; given++) {
    sheet.input.contacts[1] = given ? &contact : NULL;
    sheet.input.constriction = given ? 3e-4 : NAN;
    results = ResultsBuild(&sheet.input);
    contacts = json_object_get(json_object_get(results, "microstructure"), "contact");
    CU_ASSERT(json_is_null(json_object_get(contacts, "anode")));
    CU_ASSERT_EQUAL(json_is_null(json_object_get(contacts, "cathode")), !given);
    CU_ASSERT_EQUAL(json_is_null(json_object_get(results, "constriction_ohm_cm2")), !given);
    if (given) {
      const json_t *strips = json_object_get(contacts, "cathode");

      ASSERT_CLOSE(json_number_value(json_object_get(results, "constriction_ohm_cm2")), 3, 1e-12);
      ASSERT_CLOSE(json_number_value(json_object_get(strips, "size_um")), 2, 1e-12);
      CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(strips, "pattern")), "strips");
    }
    json_decref(results);
  }
  sheet_destroy(&sheet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"contacts are null unless they are given", contacts_are_null_unless_they_are_given},
    {"every member of the ASR but total is a part of it",
     every_member_of_the_asr_but_total_is_a_part_of_it},
    {"numbers come in the units of their names", numbers_come_in_the_units_of_their_names},
    {"what is not finite becomes null", what_is_not_finite_becomes_null},
    {"the error of the parameters is the root of the sum of squares",
     the_error_of_the_parameters_is_the_root_of_squares},
    {"parts of the same name add up", parts_of_the_same_name_add_up},
    {"more parts than there is room for still add up",
     more_parts_than_there_is_room_for_still_add_up},
};

HARNESS_MAIN("results", tests)
