#include "study_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exit_status.h"
#include "output.h"
#include "study_record.h"
#include "study_series.h"

/* The numbers of a row, after the swept keys. */
static const struct {
  const char *column, *group, *member;
} numbers[] = {{"thickness_um", NULL, "thickness_um"},
               {"grain_size_um", NULL, "grain_size_um"},
               {"temperature_C", NULL, "temperature_C"},
               {"sigma_eff_S_per_cm", NULL, "effective_conductivity_S_per_cm"},
               {"total_ohm_cm2", "asr_ohm_cm2", "total"},
               {"grains_ohm_cm2", "asr_ohm_cm2", "grains"},
               {"boundaries_ohm_cm2", "asr_ohm_cm2", "boundaries"},
               {"anode_ohm_cm2", "asr_ohm_cm2", "anode"},
               {"cathode_ohm_cm2", "asr_ohm_cm2", "cathode"},
               {"brick_layer_ohm_cm2", NULL, "brick_layer_asr_ohm_cm2"},
               {"band95_ohm_cm2", NULL, "band95_ohm_cm2"},
               {"error_algebraic_relative", "error", "algebraic_relative"},
               {"error_grid_relative", "error", "grid_relative"},
               {"error_parameters_relative", "error", "parameters_relative"},
               {"cells", NULL, "cells"},
               {"seconds", NULL, "seconds"}};

enum { NUM_NUMBERS = sizeof numbers / sizeof *numbers };

/* A field of a CSV file, quoted where it must be. */
static void put_text(FILE *file, const char *text)
{
  if (!strpbrk(text, ",\"\n")) {
    fputs(text, file);
    return;
  }
  fputc('"', file);
  for (; *text; text++) {
    if (*text == '"') fputc('"', file);
    fputc(*text, file);
  }
  fputc('"', file);
}

/* As the record has it: strings without their quotes. */
static void put_value(FILE *file, const json_t *record, const char *key, const char *text)
{
  const json_t *value = json_object_get(json_object_get(record, "values"), key);

  put_text(file, json_is_string(value) ? json_string_value(value) : text);
}

static void put_row(FILE *file, const Study *study, const StudyPoint *point)
{
  const json_t *record = point->record;
  const char *message = json_string_value(json_object_get(record, "message"));
  const char *result = json_string_value(json_array_get(json_object_get(record, "results"), 0));

  put_text(file, study->keys.cases[point->entry].label);
  for (int c = 0; c < study->num_columns; c++) {
    fputc(',', file);
    put_value(file, record, study->columns[c].key, point->values[c]);
  }
  fprintf(file, ",%s", point->problem ? "" : StudyRepresentations[point->representation]);
  for (int n = 0; n < NUM_NUMBERS; n++) {
    const double number = StudyRecordNumber(record, numbers[n].group, numbers[n].member);

    fputc(',', file);
    if (isfinite(number)) fprintf(file, "%.9g", number);
  }
  fprintf(file, ",%d,%d,", (int)json_array_size(json_object_get(record, "warnings")),
          (int)json_integer_value(json_object_get(record, "status")));
  put_text(file, message ? message : "");
  fputc(',', file);
  put_text(file, result ? result : "");
  fputc('\n', file);
}

static char *format_csv(const Study *study)
{
  char *text = NULL;
  size_t size;
  FILE *file = open_memstream(&text, &size);

  if (!file) abort();
  fputs("case", file);
  for (int c = 0; c < study->num_columns; c++) {
    fputc(',', file);
    put_text(file, study->columns[c].key);
  }
  fputs(",representation", file);
  for (int n = 0; n < NUM_NUMBERS; n++) fprintf(file, ",%s", numbers[n].column);
  fputs(",warnings,status,message,result\n", file);
  for (int p = 0; p < study->num_points; p++) {
    if (study->points[p].record) put_row(file, study, &study->points[p]);
  }
  fclose(file);
  return text;
}

static json_t *format_json(const Session *session, const Study *study, Log *log)
{
  json_t *keys = json_array(), *runs = json_array(), *series;
  json_t *document;

  for (int c = 0; c < study->num_columns; c++)
    json_array_append_new(keys, json_string(study->columns[c].key));
  for (int p = 0; p < study->num_points; p++) {
    if (study->points[p].record) json_array_append(runs, study->points[p].record);
  }
  document = json_pack("{s:i, s:s, s:s, s:s, s:o, s:i, s:i, s:o}", "schema", 1, "study",
                       study->name, "title", study->keys.title ? study->keys.title : study->name,
                       "command", session->options->line, "keys", keys, "num_runs",
                       study->num_points, "num_done", (int)json_array_size(runs), "runs", runs);
  series = StudyTargets(study, log);
  if (series) json_object_set_new(document, "target", series);
  series = StudyArrhenius(study, log);
  if (series) json_object_set_new(document, "arrhenius", series);
  return document;
}

PetscErrorCode StudyReportWrite(const Session *session, const Study *study, Log *log,
                                Problems *problems, PetscBool *is_written)
{
  static const char *const files[] = {"study.csv", "study.json", NULL}, *const none[] = {NULL};
  Log silent;
  json_t *document;
  char *text, *csv;
  Output output;

  PetscFunctionBeginUser;
  PetscCall(LogCreate(PETSC_COMM_SELF, PETSC_TRUE, &silent));
  document = format_json(session, study, log ? log : &silent);
  text = json_dumps(document, JSON_INDENT(2));
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_LIB, "study.json cannot be written as JSON");
  csv = format_csv(study);
  PetscCall(OutputOpen(PETSC_COMM_SELF, study->output, problems, &output, is_written));
  if (*is_written) PetscCall(OutputWriteText(&output, files[0], csv, problems, is_written));
  if (*is_written) PetscCall(OutputWriteText(&output, files[1], text, problems, is_written));
  if (*is_written) PetscCall(OutputCommit(&output, files, none, problems, is_written));
  free(csv);
  free(text);
  json_decref(document);
  PetscCall(LogDestroy(&silent));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void StudyReportSay(const Session *session, const Study *study, int index)
{
  const StudyPoint *point = &study->points[index];
  const json_t *record = point->record;
  const char *message = json_string_value(json_object_get(record, "message"));
  const double band = StudyRecordNumber(record, NULL, "band95_ohm_cm2");
  char text[512], note[64] = "";
  int num_done = 0;

  StudyPointText(study, point, -1, text, sizeof text);
  if (isfinite(band)) snprintf(note, sizeof note, " +- %.2g (representative)", band);
  if (message) {
    LogError(session->log, "granulith: error: %s%s%s: %s", study->keys.cases[point->entry].label,
             text[0] ? ", " : "", text, message);
  } else {
    for (int p = 0; p < study->num_points; p++) num_done += study->points[p].record != NULL;
    LogLine(session->log, "%4d of %d: %s%s%s: ASR %.6g%s Ohm cm2, %s", num_done, study->num_points,
            study->keys.cases[point->entry].label, text[0] ? ", " : "", text,
            StudyRecordNumber(record, "asr_ohm_cm2", "total"), note,
            json_is_true(json_object_get(record, "reused")) ? "reused" : "computed");
  }
}

static void format_cell(double number, char text[32])
{
  if (!isfinite(number))
    snprintf(text, 32, "-");
  else if (number != 0 && (fabs(number) < 1e-2 || fabs(number) >= 1e5))
    snprintf(text, 32, "%.3e", number);
  else
    snprintf(text, 32, "%.5g", number);
}

static void print_row(Log *log, const Study *study, const StudyPoint *point, const int widths[])
{
  static const char *const parts[] = {"total", "grains", "boundaries", "anode", "cathode"};
  char line[1024], cell[32];
  size_t length = (size_t)snprintf(line, sizeof line, "%-*.40s", widths[0],
                                   study->keys.cases[point->entry].label);

  for (int c = 0; c < study->num_columns && length < 700; c++)
    length += (size_t)snprintf(line + length, sizeof line - length, "  %*.32s", widths[c + 1],
                               point->values[c]);
  for (int n = 0; n < 5; n++) {
    format_cell(StudyRecordNumber(point->record, "asr_ohm_cm2", parts[n]), cell);
    length += (size_t)snprintf(line + length, sizeof line - length, " %11s", cell);
  }
  format_cell(StudyRecordNumber(point->record, NULL, "band95_ohm_cm2"), cell);
  LogLine(log, "%s %10s  %s", line, cell,
          json_is_object(json_object_get(point->record, "asr_ohm_cm2"))
              ? json_string_value(json_object_get(point->record, "representation"))
          : point->record ? "failed"
                          : "not run");
}

void StudyReportTable(const Session *session, const Study *study)
{
  static const char *const heads[] = {"ASR", "grains", "boundaries", "anode", "cathode"};
  int widths[64] = {4};
  char line[1024];
  size_t length;

  for (int n = 0; n < study->keys.num_cases; n++)
    widths[0] = PetscMax(widths[0], PetscMin(40, (int)strlen(study->keys.cases[n].label)));
  length = (size_t)snprintf(line, sizeof line, "%-*s", widths[0], "case");
  for (int c = 0; c < study->num_columns; c++) {
    const StudyColumn *column = &study->columns[c];
    const char *dot = strrchr(column->key, '.');

    if (c >= 62 || length > 700) break;
    widths[c + 1] = (int)strlen(dot ? dot + 1 : column->key);
    for (PetscInt v = 0; v < column->num_values; v++)
      widths[c + 1] = PetscMax(widths[c + 1], PetscMin(32, (int)strlen(column->values[v])));
    length += (size_t)snprintf(line + length, sizeof line - length, "  %*.32s", widths[c + 1],
                               dot ? dot + 1 : column->key);
  }
  for (int n = 0; n < 5; n++)
    length += (size_t)snprintf(line + length, sizeof line - length, " %11s", heads[n]);
  LogLine(session->log, "%s", "");
  LogLine(session->log, "%s %10s  film (ASR in Ohm cm2)", line, "95 % +-");
  for (int p = 0; p < study->num_points; p++)
    print_row(session->log, study, &study->points[p], widths);
}
