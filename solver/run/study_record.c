#include "study_record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "constants.h"
#include "exit_status.h"
#include "quantities.h"
#include "results.h"
#include "sample.h"

static const char *const error_names[] = {"algebraic_relative",       "parts_relative",
                                          "current_balance_relative", "grid_relative",
                                          "parameters_relative",      NULL};

double StudyRecordNumber(const json_t *record, const char *group, const char *name)
{
  const json_t *object = group ? json_object_get(record, group) : record;
  json_t *member = json_object_get(object, name), *part;
  const char *key;
  double sum = 0;

  if (json_is_number(member)) return json_number_value(member);
  if (!json_is_object(member)) return NAN;
  json_object_foreach(member, key, part) sum += json_number_value(part);
  return sum;
}

double StudyRecordFilm(const json_t *record)
{
  return StudyRecordNumber(record, "asr_ohm_cm2", "grains") +
         StudyRecordNumber(record, "asr_ohm_cm2", "boundaries");
}

/* A number if it reads as one. */
static json_t *value_json(const char *text)
{
  char *end;
  const double number = strtod(text, &end);

  if (end != text && !*end) return json_real(number);
  if (text[0] == '"') return json_stringn(text + 1, strlen(text) - 2);
  return json_string(text);
}

static json_t *values_json(const Study *study, const StudyPoint *point)
{
  json_t *values = json_object();

  for (int c = 0; c < study->num_columns; c++)
    json_object_set_new(values, study->columns[c].key, value_json(point->values[c]));
  return values;
}

/* Where each run's results are, as seen from anywhere. */
static json_t *paths_json(const Study *study, const StudyPoint *point)
{
  json_t *paths = json_array();

  for (int n = 0; n < point->num_jobs; n++) {
    const char *directory = study->jobs[point->jobs[n]].directory;
    char *full = realpath(directory, NULL), path[2 * PETSC_MAX_PATH_LEN];

    snprintf(path, sizeof path, "%s/results.json", full ? full : directory);
    if (full && !access(path, R_OK)) json_array_append_new(paths, json_string(path));
    free(full);
  }
  return paths;
}

/* The worst job decides; PETSC_FALSE if a job is not done. */
static void put_status(const Study *study, const StudyPoint *point, json_t *record)
{
  int status = point->problem ? STATUS_BAD_INPUT : STATUS_DONE;
  const char *message = point->problem;
  PetscBool is_reused = (PetscBool)(point->num_jobs > 0);

  for (int n = 0; n < point->num_jobs; n++) {
    const StudyJob *job = &study->jobs[point->jobs[n]];

    is_reused = (PetscBool)(is_reused && job->is_reused);
    if (job->status <= status) continue;
    status = job->status;
    message = job->message;
  }
  json_object_set_new(record, "status", json_integer(status));
  json_object_set_new(record, "message", message ? json_string(message) : json_null());
  json_object_set_new(record, "reused", json_boolean(is_reused));
}

/* One part of the ASR, "group.part" or "group". */
static void put_part(json_t *asr, const char *name, double value)
{
  const char *dot = strchr(name, '.');
  char group[64];
  json_t *parts;

  if (!dot) {
    json_object_set_new(asr, name, json_real(value));
    return;
  }
  snprintf(group, sizeof group, "%.*s", (int)(dot - name), name);
  parts = json_object_get(asr, group);
  if (!parts) {
    parts = json_object();
    json_object_set_new(asr, group, parts);
  }
  json_object_set_new(parts, dot + 1, json_real(value));
}

static PetscBool is_of_film(const char *name)
{
  return (PetscBool)(!strncmp(name, "grains", 6) || !strncmp(name, "boundaries", 10));
}

/* The stacks' parts, those of the film extended to its thickness. */
static json_t *extend_asr(const StudyPoint *point, const json_t *runs, double film[])
{
  const int count = point->num_jobs / 2;
  const double steps =
      (point->thickness - point->stacks[0]) / (point->stacks[0] - point->stacks[1]);
  json_t *asr = json_object(), *quantities = QuantitiesCollect(runs), *quantity;
  double total = 0;
  const char *name;

  json_object_set_new(asr, "total", json_null()); /* the first, as in results.json */
  json_object_foreach(quantities, name, quantity)
  {
    double *values = QuantityValues(quantity);
    double mean = SampleDescribe(count, values).mean;

    if (is_of_film(name)) {
      for (int n = 0; n < 2 * count; n++) film[n] += values[n];
      mean += steps * (mean - SampleDescribe(count, values + count).mean);
    }
    free(values);
    if (!strcmp(name, "total") || !strncmp(name, "fit.", 4)) continue;
    put_part(asr, name, mean);
    total += mean;
  }
  json_object_set_new(asr, "total", json_real(total));
  json_decref(quantities);
  return asr;
}

/* Half width of the band of the film's resistance, from those of the stacks. */
static double band_of_film(const StudyPoint *point, const double film[])
{
  const int count = point->num_jobs / 2;
  const double l1 = point->stacks[0], l2 = point->stacks[1];
  const double k = (point->thickness - l1) / (l1 - l2);
  const double s1 = SampleDescribe(count, film).deviation;
  const double s2 = SampleDescribe(count, film + count).deviation;
  const double variance = (s1 * s1 / l1 + s2 * s2 / l2) / 2; /* of a piece, per thickness */

  return StudentQuantile(2 * count - 2, 0.95) *
         sqrt(variance * (((1 + k) * (1 + k) * l1 + k * k * l2) / count + point->thickness));
}

/* The largest of the stacks'. */
static json_t *largest_errors(const json_t *runs)
{
  json_t *errors = json_object(), *run;
  size_t n;

  for (int e = 0; error_names[e]; e++) {
    double largest = NAN;

    json_array_foreach((json_t *)runs, n, run)
    {
      const double error = StudyRecordNumber(run, "error", error_names[e]);

      if (!(error <= largest)) largest = error;
    }
    json_object_set_new(errors, error_names[e], ResultsNumber(largest));
  }
  return errors;
}

/* What parameters do to the film's resistance grows with its thickness, what they do to the
   electrodes' does not: the squares of both, a L^2 + b, follow from the two lengths. */
static double parameters_error(const StudyPoint *point, const json_t *runs, double total)
{
  const int count = point->num_jobs / 2;
  const double l1 = point->stacks[0], l2 = point->stacks[1];
  double squares[2] = {0, 0}, slope;
  json_t *run;
  size_t n;

  json_array_foreach((json_t *)runs, n, run)
  {
    const double error = StudyRecordNumber(run, "error", "parameters_relative") *
                         StudyRecordNumber(run, "asr_ohm_cm2", "total");

    squares[n >= (size_t)count] += error * error / count;
  }
  slope = (squares[0] - squares[1]) / (l1 * l1 - l2 * l2);
  return sqrt(squares[0] + slope * (point->thickness * point->thickness - l1 * l1)) / total;
}

static double mean_of(const json_t *runs, const char *group, const char *name)
{
  double sum = 0;
  json_t *run;
  size_t n;

  json_array_foreach((json_t *)runs, n, run) sum += StudyRecordNumber(run, group, name);
  return sum / (double)json_array_size(runs);
}

static void put_costs(const json_t *runs, json_t *record)
{
  const json_t *first = json_array_get(runs, 0);
  double cells = 0, seconds = 0;
  json_t *run;
  size_t n;

  json_array_foreach((json_t *)runs, n, run)
  {
    const json_t *solve = json_object_get(run, "solve");

    cells += StudyRecordNumber(solve, NULL, "cells");
    seconds += StudyRecordNumber(solve, "seconds", "total");
  }
  json_object_set_new(record, "cells", json_integer((json_int_t)cells));
  json_object_set_new(record, "seconds", json_real(seconds));
  json_object_set(record, "warnings", json_object_get(first, "warnings"));
  json_object_set(record, "sources", json_object_get(first, "sources"));
}

static void put_resolved(const json_t *results, json_t *record)
{
  static const char *const copied[] = {"asr_ohm_cm2",
                                       "electrodes_ohm_cm2",
                                       "effective_conductivity_S_per_cm",
                                       "brick_layer_asr_ohm_cm2",
                                       "error",
                                       NULL};

  for (int m = 0; copied[m]; m++)
    json_object_set(record, copied[m], json_object_get(results, copied[m]));
  json_object_set_new(record, "band95_ohm_cm2", json_null());
}

static void put_representative(const StudyPoint *point, const json_t *runs, json_t *record)
{
  double *film = calloc((size_t)point->num_jobs, sizeof *film);
  json_t *errors = largest_errors(runs);

  if (!film) abort();
  json_object_set_new(record, "realizations", json_integer(point->num_jobs / 2));
  json_object_set_new(record, "stack_thickness_um",
                      json_pack("[f, f]", point->stacks[0] * 1e6, point->stacks[1] * 1e6));
  json_object_set_new(record, "asr_ohm_cm2", extend_asr(point, runs, film));
  json_object_set_new(record, "band95_ohm_cm2", json_real(band_of_film(point, film)));
  free(film);
  json_object_set_new(record, "effective_conductivity_S_per_cm",
                      json_real(point->thickness * 100 / StudyRecordFilm(record)));
  json_object_set_new(record, "brick_layer_asr_ohm_cm2", json_null());
  json_object_set_new(errors, "parameters_relative",
                      ResultsNumber(parameters_error(
                          point, runs, StudyRecordNumber(record, "asr_ohm_cm2", "total"))));
  json_object_set_new(record, "error", errors);
}

json_t *StudyRecord(const Study *study, const StudyPoint *point)
{
  json_t *record = json_pack("{s:s, s:s, s:o, s:s?}", "case", study->keys.cases[point->entry].label,
                             "case_directory", study->case_directories[point->entry], "values",
                             values_json(study, point), "representation",
                             point->problem ? NULL : StudyRepresentations[point->representation]);
  json_t *runs = json_array();

  put_status(study, point, record);
  json_object_set_new(record, "results", paths_json(study, point));
  for (int n = 0; n < point->num_jobs; n++) {
    json_t *results = study->jobs[point->jobs[n]].results;

    if (results) json_array_append(runs, results);
  }
  if (point->num_jobs && (int)json_array_size(runs) == point->num_jobs) {
    json_object_set_new(record, "thickness_um", json_real(point->thickness * 1e6));
    json_object_set_new(record, "temperature_C", json_real(point->temperature - ZERO_CELSIUS));
    json_object_set_new(record, "grain_size_um",
                        ResultsNumber(mean_of(runs, "microstructure", "mean_grain_size_um")));
    if (point->representation == STUDY_RESOLVED)
      put_resolved(json_array_get(runs, 0), record);
    else
      put_representative(point, runs, record);
    put_costs(runs, record);
  }
  json_decref(runs);
  return record;
}
