#include "study_series.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "constants.h"
#include "line.h"
#include "results.h"
#include "sample.h"
#include "study_record.h"

#define OHM_CM2 1e4 /* from Ohm m^2 */

/* Points that agree in everything but one column and what changes with it. */
typedef struct {
  int num;
  const StudyPoint **points;
  char text[512]; /* what they agree in */
} Series;

static PetscBool is_usable(const StudyPoint *point)
{
  return (PetscBool)(json_is_object(json_object_get(point->record, "asr_ohm_cm2")));
}

/* The series that begins with a point; empty if the point is none's first. */
static PetscErrorCode series_find(const Study *study, int first, int column, Series *series)
{
  const int group = study->columns[column].group;
  char text[512];

  PetscFunctionBeginUser;
  series->num = 0;
  PetscCall(PetscMalloc1(study->num_points, &series->points));
  StudyPointText(study, &study->points[first], group, series->text, sizeof series->text);
  for (int p = 0; p < study->num_points; p++) {
    const StudyPoint *point = &study->points[p];

    if (point->entry != study->points[first].entry) continue;
    StudyPointText(study, point, group, text, sizeof text);
    if (strcmp(text, series->text)) continue;
    if (p < first) {
      series->num = 0;
      break;
    }
    if (is_usable(point)) series->points[series->num++] = point;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void sort_by_thickness(Series *series)
{
  for (int p = 1; p < series->num; p++) {
    for (int q = p; q > 0 && series->points[q]->thickness < series->points[q - 1]->thickness; q--) {
      const StudyPoint *swapped = series->points[q];

      series->points[q] = series->points[q - 1];
      series->points[q - 1] = swapped;
    }
  }
}

static double total_of(const StudyPoint *point)
{
  return StudyRecordNumber(point->record, "asr_ohm_cm2", "total");
}

/* Thickness [um] at which the point's film, made thicker or thinner, would meet the target. */
static double scale_to(const StudyPoint *point, double target)
{
  const double film = StudyRecordFilm(point->record), electrodes = total_of(point) - film;

  return target > electrodes && film > 0 ? point->thickness * 1e6 * (target - electrodes) / film
                                         : NAN;
}

static double meet_target(const Series *series, double target, const char **how)
{
  int last = series->num - 1;
  double slope;

  if (total_of(series->points[last]) <= target) {
    *how = "extrapolated above";
    return scale_to(series->points[last], target);
  }
  while (last >= 0 && total_of(series->points[last]) > target) last--;
  if (last < 0) {
    const double thickness = scale_to(series->points[0], target);

    *how = isnan(thickness) ? "electrodes alone exceed it" : "extrapolated below";
    return thickness;
  }
  *how = "interpolated";
  slope = (series->points[last + 1]->thickness - series->points[last]->thickness) /
          (total_of(series->points[last + 1]) - total_of(series->points[last]));
  return 1e6 *
         (series->points[last]->thickness + slope * (target - total_of(series->points[last])));
}

static json_t *describe_series(const Study *study, const Series *series, int column)
{
  json_t *values = json_object();
  const json_t *all = json_object_get(series->points[0]->record, "values");

  for (int c = 0; c < study->num_columns; c++) {
    const char *key = study->columns[c].key;

    if (study->columns[c].group != study->columns[column].group)
      json_object_set(values, key, json_object_get(all, key));
  }
  return json_pack("{s:s, s:o}", "case", study->keys.cases[series->points[0]->entry].label,
                   "values", values);
}

static void say_target(Log *log, const Study *study, const Series *series, double thickness,
                       const char *how)
{
  char text[64] = "none";

  if (!isnan(thickness)) snprintf(text, sizeof text, "%.4g um", thickness);
  LogLine(log, "  %-32.60s %s%s%s (%s)", study->keys.cases[series->points[0]->entry].label,
          series->text, series->text[0] ? ": " : "", text, how);
}

json_t *StudyTargets(const Study *study, Log *log)
{
  const int column = StudyColumnFind(study, "film.thickness_um");
  const double target = study->keys.target * OHM_CM2;
  json_t *list = json_array();

  if (column < 0) {
    json_decref(list);
    return NULL;
  }
  LogLine(log, "%s", "");
  LogLine(log, "greatest thickness with an ASR of at most %g Ohm cm2", target);
  for (int p = 0; p < study->num_points; p++) {
    Series series;
    const char *how = NULL;
    json_t *entry;
    double thickness;

    if (series_find(study, p, column, &series)) break;
    if (series.num) {
      sort_by_thickness(&series);
      thickness = meet_target(&series, target, &how);
      entry = describe_series(study, &series, column);
      json_object_set_new(entry, "thickness_um", ResultsNumber(thickness));
      json_object_set_new(entry, "how", json_string(how));
      json_array_append_new(list, entry);
      say_target(log, study, &series, thickness, how);
    }
    if (PetscFree(series.points)) break;
  }
  return json_pack("{s:f, s:o}", "asr_ohm_cm2", target, "series", list);
}

/* sigma = L/ASR of a part [S/cm]. */
static double conductivity_of(const StudyPoint *point, const char *part)
{
  const double asr = strcmp(part, "total") ? StudyRecordNumber(point->record, "asr_ohm_cm2", part)
                                           : StudyRecordFilm(point->record);

  return point->thickness * 100 / asr;
}

/* One activation energy; NULL if the part is not there, or at fewer than two temperatures. */
static json_t *fit_part(const Series *series, const char *part, ArrheniusForm law, char said[64])
{
  double *x, *y;
  json_t *entry = NULL;
  int num = 0;
  Line line;

  if (PetscMalloc2(series->num, &x, series->num, &y)) return NULL;
  for (int p = 0; p < series->num; p++) {
    const double temperature = series->points[p]->temperature;
    const double sigma = conductivity_of(series->points[p], part);

    if (!isfinite(sigma)) continue;
    x[num] = ELEMENTARY_CHARGE / (BOLTZMANN * temperature);
    y[num++] = log(law == ARRHENIUS_SIGMA_T ? sigma * temperature : sigma);
  }
  snprintf(said, 64, "-");
  if (num >= 2) {
    line = LineFit(num, x, y);
    snprintf(said, 64, "%.4f +- %.1g", -line.slope, isnan(line.slope_error) ? 0 : line.slope_error);
    entry =
        json_pack("{s:f, s:o, s:o, s:s, s:f, s:s, s:f, s:i}", "activation_energy_eV", -line.slope,
                  "standard_error_eV", ResultsNumber(line.slope_error), "band95_eV",
                  ResultsNumber(num > 2 ? StudentQuantile(num - 2, 0.95) * line.slope_error : NAN),
                  "law", ArrheniusForms[law], "prefactor", exp(line.intercept), "prefactor_unit",
                  law == ARRHENIUS_SIGMA_T ? "S K/cm" : "S/cm", "largest_deviation_of_ln",
                  line.deviation, "points", num);
  }
  PetscFree2(x, y);
  return entry;
}

static json_t *fit_series(const Series *series, Log *log, const char *name)
{
  static const char *const parts[] = {"grains", "boundaries", "total"};
  json_t *object = json_object();
  char said[3][64];

  for (int q = 0; q < 3; q++) {
    const StudyPoint *first = series->points[0];
    json_t *entry =
        fit_part(series, parts[q], q == 1 ? first->boundaries_law : first->grains_law, said[q]);

    if (entry) json_object_set_new(object, parts[q], entry);
  }
  LogLine(log, "  %-40.60s %18s %18s %18s", name, said[0], said[1], said[2]);
  return object;
}

json_t *StudyArrhenius(const Study *study, Log *log)
{
  const int column = StudyColumnFind(study, "conditions.temperature_C");
  json_t *list = json_array();

  if (column < 0) {
    json_decref(list);
    return NULL;
  }
  LogLine(log, "%s", "");
  LogLine(log, "  %-40s %18s %18s %18s", "activation energy (eV)", "grains", "boundaries", "total");
  for (int p = 0; p < study->num_points; p++) {
    Series series;
    char name[600];

    if (series_find(study, p, column, &series)) break;
    if (series.num) {
      json_t *entry = describe_series(study, &series, column);

      snprintf(name, sizeof name, "%.60s%s%s", study->keys.cases[series.points[0]->entry].label,
               series.text[0] ? ", " : "", series.text);
      json_object_set_new(entry, "quantities", fit_series(&series, log, name));
      json_array_append_new(list, entry);
    }
    if (PetscFree(series.points)) break;
  }
  return list;
}
