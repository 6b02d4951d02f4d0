#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caselist.h"
#include "constants.h"
#include "exit_status.h"
#include "output.h"
#include "reuse.h"

/* Path from the comparison's directory to a case's results: absolute paths stay right wherever the
   comparison is read from. */
static json_t *describe_case(const Case *case_in, const char *directory, json_t *results)
{
  static const char *const copied[] = {"effective_conductivity_S_per_cm", "asr_ohm_cm2", "error",
                                       "brick_layer_asr_ohm_cm2", NULL};
  char path[2 * PETSC_MAX_PATH_LEN];
  char *absolute = realpath(directory, NULL);
  json_t *entry, *size;

  snprintf(path, sizeof path, "%s/results.json", absolute ? absolute : directory);
  free(absolute);
  size = json_object_get(json_object_get(results, "microstructure"), "mean_grain_size_um");
  entry = json_pack("{s:s, s:s, s:s, s:f, s:O, s:f}", "name", case_in->name, "title",
                    case_in->title ? case_in->title : "", "result", path, "thickness_um",
                    case_in->film.thickness * 1e6, "grain_size_um", size, "temperature_C",
                    case_in->temperature - ZERO_CELSIUS);
  for (int m = 0; copied[m]; m++) {
    json_object_set(entry, copied[m], json_object_get(results, copied[m]));
  }
  return entry;
}

static double sum_of(const json_t *part)
{
  const char *key;
  json_t *member;
  double sum = 0;

  if (!json_is_object(part)) return json_is_number(part) ? json_number_value(part) : NAN;
  json_object_foreach((json_t *)part, key, member) sum += json_number_value(member);
  return sum;
}

/* The numbers of the table, in order; NaN where there is none. */
enum { NUM_COLUMNS = 11 };
static const char *const column_names[NUM_COLUMNS] = {"thickness_um",
                                                      "grain_size_um",
                                                      "temperature_C",
                                                      "sigma_eff_S_per_cm",
                                                      "total",
                                                      "grains",
                                                      "boundaries",
                                                      "anode",
                                                      "cathode",
                                                      "brick_layer",
                                                      "error_parameters_percent"};
static const char *const column_heads[NUM_COLUMNS][2] = {
    {"thickness", "um"},        {"grain", "um"},      {"T", "C"},
    {"sigma_eff", "S/cm"},      {"ASR", "Ohm cm2"},   {"grains", "Ohm cm2"},
    {"boundaries", "Ohm cm2"},  {"anode", "Ohm cm2"}, {"cathode", "Ohm cm2"},
    {"brick layer", "Ohm cm2"}, {"error", "+-%"}};

static double number_of(const json_t *object, const char *key)
{
  const json_t *member = json_object_get(object, key);

  return json_is_number(member) ? json_number_value(member) : NAN;
}

static void row_of(const json_t *entry, double row[NUM_COLUMNS])
{
  const json_t *asr = json_object_get(entry, "asr_ohm_cm2");

  for (int c = 0; c < 3; c++) row[c] = number_of(entry, column_names[c]);
  row[3] = number_of(entry, "effective_conductivity_S_per_cm");
  for (int c = 4; c < 9; c++) row[c] = sum_of(json_object_get(asr, column_names[c]));
  row[9] = number_of(entry, "brick_layer_asr_ohm_cm2");
  row[10] = 100 * number_of(json_object_get(entry, "error"), "parameters_relative");
}

static void format_cell(double number, char text[32])
{
  if (isnan(number))
    snprintf(text, 32, "-");
  else if (number != 0 && (fabs(number) < 1e-2 || fabs(number) >= 1e5))
    snprintf(text, 32, "%.3e", number);
  else
    snprintf(text, 32, "%.4g", number);
}

static void print_table(Log *log, const json_t *entries)
{
  size_t index, name_width = 4;
  json_t *entry;
  char line[512], cell[32];

  json_array_foreach((json_t *)entries, index, entry)
  {
    name_width = PetscMax(name_width, strlen(json_string_value(json_object_get(entry, "name"))));
  }
  name_width = PetscMin(name_width, 40);
  for (int head = 0; head < 2; head++) {
    int length = snprintf(line, sizeof line, "%-*s", (int)name_width, head ? "" : "case");

    for (int c = 0; c < NUM_COLUMNS; c++) {
      length +=
          snprintf(line + length, sizeof line - (size_t)length, " %11s", column_heads[c][head]);
    }
    LogLine(log, "%s", line);
  }
  json_array_foreach((json_t *)entries, index, entry)
  {
    double row[NUM_COLUMNS];
    int length = snprintf(line, sizeof line, "%-*.40s", (int)name_width,
                          json_string_value(json_object_get(entry, "name")));

    row_of(entry, row);
    for (int c = 0; c < NUM_COLUMNS; c++) {
      format_cell(row[c], cell);
      length += snprintf(line + length, sizeof line - (size_t)length, " %11s", cell);
    }
    LogLine(log, "%s", line);
  }
  LogLine(log,
          "error: of the ASR, from the materials' stated uncertainties; the solve's own is below "
          "solver.tolerance, that of the grid is found by `granulith converge`");
}

static char *format_csv(const json_t *entries)
{
  const size_t capacity = 512 * (json_array_size(entries) + 2);
  char *text = malloc(capacity);
  size_t length, index;
  json_t *entry;

  if (!text) abort();
  length = (size_t)snprintf(text, capacity,
                            "case,thickness_um,grain_size_um,temperature_C,sigma_eff_S_per_cm,"
                            "total_ohm_cm2,grains_ohm_cm2,boundaries_ohm_cm2,anode_ohm_cm2,"
                            "cathode_ohm_cm2,brick_layer_ohm_cm2,error_parameters_percent\n");
  json_array_foreach((json_t *)entries, index, entry)
  {
    double row[NUM_COLUMNS];

    row_of(entry, row);
    length += (size_t)snprintf(text + length, capacity - length, "%.100s",
                               json_string_value(json_object_get(entry, "name")));
    for (int c = 0; c < NUM_COLUMNS; c++) {
      if (isnan(row[c]))
        length += (size_t)snprintf(text + length, capacity - length, ",");
      else
        length += (size_t)snprintf(text + length, capacity - length, ",%.9g", row[c]);
    }
    length += (size_t)snprintf(text + length, capacity - length, "\n");
  }
  return text;
}

static PetscErrorCode write_comparison(const Session *session, const Output *output,
                                       json_t *entries, int *status)
{
  static const char *const files[] = {"comparison.csv", "comparison.json", NULL};
  static const char *const none[] = {NULL};
  json_t *document = json_pack("{s:i, s:O}", "schema", 1, "cases", entries);
  char *json_text = json_dumps(document, JSON_INDENT(2)), *csv = format_csv(entries);
  Problems problems = {0, NULL, 0, NULL};
  PetscBool is_written;

  PetscFunctionBeginUser;
  PetscCall(OutputWriteText(output, "comparison.json", json_text, &problems, &is_written));
  if (is_written) PetscCall(OutputWriteText(output, "comparison.csv", csv, &problems, &is_written));
  if (is_written) PetscCall(OutputCommit(output, files, none, &problems, &is_written));
  SayProblems(session->log, &problems);
  if (is_written) {
    LogLine(session->log, "written: %s/comparison.csv and comparison.json", output->directory);
  } else {
    *status = STATUS_NOT_WRITTEN;
  }
  ProblemsDestroy(&problems);
  free(json_text);
  free(csv);
  json_decref(document);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CommandCompare(const Session *session, int *status)
{
  const char *directory = session->options->output ? session->options->output : "comparison";
  Problems problems = {0, NULL, 0, NULL};
  PetscBool is_writable = PETSC_FALSE;
  json_t *entries = json_array();
  CaseList list;
  Output output;

  PetscFunctionBeginUser;
  PetscCall(CaseListRead(session, &list, status));
  if (*status == STATUS_DONE) {
    PetscCall(OutputOpen(session->comm, directory, &problems, &output, &is_writable));
    SayProblems(session->log, &problems);
    if (!is_writable) *status = STATUS_NOT_WRITTEN;
  }
  for (int n = 0; n < list.count && *status == STATUS_DONE; n++) {
    json_t *results;

    PetscCall(ResultsGet(session, &list, n, &results, status));
    if (results) {
      json_array_append_new(entries, describe_case(&list.cases[n], list.outputs[n], results));
    }
    json_decref(results);
  }
  if (*status == STATUS_DONE) {
    LogLine(session->log, "%s", "");
    print_table(session->log, entries);
    PetscCall(write_comparison(session, &output, entries, status));
  } else if (is_writable) {
    LogError(session->log, "granulith: no comparison was written");
  }
  json_decref(entries);
  ProblemsDestroy(&problems);
  PetscCall(CaseListDestroy(&list));
  PetscFunctionReturn(PETSC_SUCCESS);
}
