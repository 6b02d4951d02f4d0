#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "study.h"
#include "rawtext.h"
#include "table.h"

#define MAX_POINTS 10000

static const config_setting_t *setting_of(const void *group, const char *name)
{
  return SettingMember((const config_setting_t *)group, name);
}

/* Six digits, so that what is swept is what is shown. */
static PetscErrorCode expand_range(const AxisKeys *axis, StudyColumn *column)
{
  const PetscInt last = axis->points - 1;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p <= last; p++) {
    const double share = (double)p / (double)last;
    const double value = axis->scale == SCALE_LOG ? axis->from * pow(axis->to / axis->from, share)
                                                  : axis->from + share * (axis->to - axis->from);
    char text[64];

    snprintf(text, sizeof text, "%.6g", value);
    PetscCall(TextAppend(text, &column->num_values, &column->values));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void check_range(const AxisKeys *axis, Problems *problems)
{
  const config_setting_t *key = setting_of(axis->group, "key");

  if (isnan(axis->from) || isnan(axis->to) || !axis->points) {
    SettingProblem(key, problems, "needs values = ( ... ), or from, to and points");
  } else if (axis->from == axis->to) {
    SettingProblem(setting_of(axis->group, "to"), problems, "must differ from `from`");
  } else if (axis->scale == SCALE_LOG && (axis->from <= 0 || axis->to <= 0)) {
    SettingProblem(setting_of(axis->group, axis->from <= 0 ? "from" : "to"), problems,
                   "must be above 0 with scale = \"log\"");
  }
}

/* A swept key cannot be set as well. */
static void refuse_set(const AxisKeys *axis, const char *set, const char *option,
                       Problems *problems)
{
  const size_t length = strlen(axis->key);

  if (strncmp(set, axis->key, length) || set[length] != '=') return;
  SettingProblem(setting_of(axis->group, "key"), problems, "is swept, %s %s would do nothing",
                 option, set);
}

static void check_column(const Study *study, const AxisKeys *axis, const Options *options,
                         Problems *problems)
{
  const StudyKeys *keys = &study->keys;

  if (StudyColumnFind(study, axis->key) >= 0)
    SettingProblem(setting_of(axis->group, "key"), problems, "is swept twice");
  if (strstr(axis->key, "total_conductivity_S_per_cm") && !keys->has_refit) {
    SettingProblem(setting_of(axis->group, "key"), problems,
                   "needs refit = true; otherwise the boundary resistance is found once, on the "
                   "case as it stands");
  }
  for (int s = 0; s < options->num_sets; s++) refuse_set(axis, options->sets[s], "--set", problems);
  for (PetscInt s = 0; s < keys->num_sets; s++) refuse_set(axis, keys->sets[s], "set", problems);
  for (PetscInt n = 0; n < keys->num_cases; n++) {
    for (PetscInt s = 0; s < keys->cases[n].num_sets; s++)
      refuse_set(axis, keys->cases[n].sets[s], "set", problems);
  }
}

static PetscErrorCode add_column(Study *study, const AxisKeys *axis, PetscBool is_alone,
                                 const Options *options, Problems *problems)
{
  const int before = problems->num_problems;
  const PetscBool has_range =
      (PetscBool)(!isnan(axis->from) || !isnan(axis->to) || axis->points > 0);
  StudyColumn *column = &study->columns[study->num_columns];

  PetscFunctionBeginUser;
  if (!axis->key) {
    SettingProblem((const config_setting_t *)axis->group, problems,
                   is_alone ? "needs key, or zip" : "needs key");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (has_range && axis->num_values) {
    SettingProblem(setting_of(axis->group, "values"), problems,
                   "give either values, or from, to and points");
  } else if (!axis->num_values) {
    check_range(axis, problems);
  }
  if (problems->num_problems > before) PetscFunctionReturn(PETSC_SUCCESS);
  column->key = axis->key;
  column->group = study->num_groups;
  if (has_range) PetscCall(expand_range(axis, column));
  for (PetscInt v = 0; v < axis->num_values; v++)
    PetscCall(TextAppend(axis->values[v], &column->num_values, &column->values));
  check_column(study, axis, options, problems);
  study->num_columns++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_zip(Study *study, const SweepKeys *sweep, const Options *options,
                              Problems *problems)
{
  const int first = study->num_columns;

  PetscFunctionBeginUser;
  if (sweep->axis.key) {
    SettingProblem(setting_of(sweep->axis.group, "key"), problems,
                   "stands beside zip; put it into the list, or make it a sweep of its own");
  }
  for (PetscInt z = 0; z < sweep->num_zip; z++) {
    PetscCall(add_column(study, &sweep->zip[z], PETSC_FALSE, options, problems));
  }
  for (int c = first + 1; c < study->num_columns; c++) {
    const StudyColumn *column = &study->columns[c], *leader = &study->columns[first];

    if (column->num_values == leader->num_values) continue;
    SettingProblem(setting_of(sweep->axis.group, "zip"), problems,
                   "%s takes %" PetscInt_FMT " values, %s %" PetscInt_FMT
                   "; keys that change together take as many",
                   leader->key, leader->num_values, column->key, column->num_values);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether the columns of a group take the same values at two places. */
static PetscBool is_repeated(const Study *study, int first, PetscInt v, PetscInt w)
{
  for (int c = first; c < study->num_columns; c++) {
    const StudyColumn *column = &study->columns[c];

    if (PetscMax(v, w) >= column->num_values || strcmp(column->values[v], column->values[w]))
      return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* The same run twice is a slip. */
static void refuse_repetition(const Study *study, int first, const SweepKeys *sweep,
                              Problems *problems)
{
  const config_setting_t *place = setting_of(sweep->axis.group, sweep->num_zip ? "zip" : "key");

  for (PetscInt v = 0; v < study->columns[first].num_values; v++) {
    for (PetscInt w = 0; w < v; w++) {
      if (!is_repeated(study, first, v, w)) continue;
      SettingProblem(place, problems, "takes the value %s twice", study->columns[first].values[v]);
    }
  }
}

static PetscErrorCode read_sweeps(Study *study, const Options *options, Problems *problems)
{
  PetscInt num_columns = 0;
  double num_points = (double)study->keys.num_cases;

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < study->keys.num_sweeps; s++) {
    num_columns += PetscMax(1, study->keys.sweeps[s].num_zip);
  }
  PetscCall(PetscCalloc1(num_columns + 1, &study->columns));
  for (PetscInt s = 0; s < study->keys.num_sweeps; s++) {
    const SweepKeys *sweep = &study->keys.sweeps[s];
    const int first = study->num_columns;

    if (sweep->num_zip)
      PetscCall(add_zip(study, sweep, options, problems));
    else
      PetscCall(add_column(study, &sweep->axis, PETSC_TRUE, options, problems));
    if (study->num_columns > first) {
      num_points *= (double)study->columns[first].num_values;
      refuse_repetition(study, first, sweep, problems);
    }
    study->num_groups++;
  }
  if (num_points > MAX_POINTS) {
    SettingProblem(SettingMember(config_root_setting(&study->settings->config), "sweep"), problems,
                   "these are %.3g runs; there can be no more than %d", num_points, MAX_POINTS);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* `case` alone is a list of one. */
static PetscErrorCode complete_cases(Study *study, Problems *problems)
{
  const config_setting_t *root = config_root_setting(&study->settings->config);
  StudyKeys *keys = &study->keys;

  PetscFunctionBeginUser;
  if (keys->directory && keys->num_cases) {
    SettingProblem(SettingMember(root, "case"), problems, "give either case or cases");
  } else if (!keys->directory && !keys->num_cases && !SettingMember(root, "cases")) {
    SettingProblem(root, problems, "case is missing; it must be the directory of a case");
  } else if (keys->directory) {
    PetscCall(PetscCalloc1(1, &keys->cases));
    keys->num_cases = 1;
    keys->cases[0].cells = (CellKeys){NAN, NAN, NAN};
    keys->cases[0].group = root;
    PetscCall(PetscStrallocpy(keys->directory, &keys->cases[0].directory));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void inherit(double *own, double of_study)
{
  if (isnan(*own)) *own = of_study;
}

static void check_cells(const StudyCaseKeys *entry, Problems *problems)
{
  if (isnan(entry->cells.cell_size) || isnan(entry->cells.cells_per_grain)) return;
  SettingProblem((const config_setting_t *)entry->group, problems,
                 "give either cell_size_um or cells_per_grain");
}

/* The directory of every case, and a label that no other case has. */
static PetscErrorCode find_cases(Study *study, Problems *problems)
{
  StudyKeys *keys = &study->keys;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc2(keys->num_cases, &study->case_directories, keys->num_cases, &study->held));
  for (PetscInt n = 0; n < keys->num_cases; n++) {
    StudyCaseKeys *entry = &keys->cases[n];
    const config_setting_t *setting = setting_of(entry->group, "case");
    char path[2 * PETSC_MAX_PATH_LEN], *full;
    struct stat status;

    if (!entry->directory) continue;
    RawTextJoin(study->directory, entry->directory, path, sizeof path);
    full = realpath(path, NULL);
    if (!full || stat(full, &status) || !S_ISDIR(status.st_mode)) {
      SettingProblem(setting, problems, "there is no such directory; looked for %s", path);
    } else {
      const char *slash = strrchr(full, '/');

      PetscCall(PetscStrallocpy(full, &study->case_directories[n]));
      if (!entry->label) PetscCall(PetscStrallocpy(slash[1] ? slash + 1 : full, &entry->label));
    }
    free(full);
    if (!(isnan(entry->cells.cell_size) && isnan(entry->cells.cells_per_grain))) {
      check_cells(entry, problems);
    } else {
      inherit(&entry->cells.cell_size, keys->cells.cell_size);
      inherit(&entry->cells.cells_per_grain, keys->cells.cells_per_grain);
      check_cells(entry, problems);
    }
    inherit(&entry->cells.grains_across, keys->cells.grains_across);
    for (PetscInt m = 0; m < n && entry->label; m++) {
      if (keys->cases[m].label && !strcmp(keys->cases[m].label, entry->label)) {
        SettingProblem(setting, problems, "two cases are called \"%s\"; give them labels",
                       entry->label);
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode locate(const char *directory, const Options *options, Study *study)
{
  char *full = realpath(directory, NULL), path[2 * PETSC_MAX_PATH_LEN];
  const char *slash = full ? strrchr(full, '/') : NULL;

  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(full ? full : directory, &study->directory));
  PetscCall(PetscStrallocpy(slash && slash[1] ? slash + 1 : directory, &study->name));
  snprintf(path, sizeof path, "%s/results", directory);
  PetscCall(PetscStrallocpy(options->output ? options->output : path, &study->output));
  free(full);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudyRead(const char *directory, const Options *options, Study *study,
                         Problems *problems)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  TableReader reader = {NULL, 0, NULL, problems};
  PetscBool is_there;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(study, sizeof *study));
  PetscCall(locate(directory, options, study));
  snprintf(path, sizeof path, "%s/study.cfg", directory);
  PetscCall(PetscTestFile(path, 'r', &is_there));
  if (!is_there) {
    ProblemsAdd(problems, directory,
                "holds no study.cfg; a study is a directory with a study.cfg (granulith help "
                "study)");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(SettingsRead(path, problems, &study->settings));
  if (!study->settings) PetscFunctionReturn(PETSC_SUCCESS);
  reader.directory = study->directory;
  PetscCall(TableRead(&study_table, config_root_setting(&study->settings->config), NULL, &reader,
                      &study->keys, NULL));
  PetscCall(complete_cases(study, problems));
  PetscCall(find_cases(study, problems));
  PetscCall(read_sweeps(study, options, problems));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy_points(Study *study)
{
  PetscFunctionBeginUser;
  for (int p = 0; p < study->num_points; p++) {
    StudyPoint *point = &study->points[p];

    PetscCall(PetscFree(point->values));
    PetscCall(PetscFree(point->problem));
    PetscCall(PetscFree(point->jobs));
    json_decref(point->record);
  }
  for (int j = 0; j < study->num_jobs; j++) {
    StudyJob *job = &study->jobs[j];

    PetscCall(StudySetsFree(job->num_sets, &job->sets));
    PetscCall(PetscFree(job->directory));
    PetscCall(PetscFree(job->message));
    json_decref(job->results);
  }
  PetscCall(PetscFree(study->points));
  PetscCall(PetscFree(study->jobs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudyDestroy(Study *study)
{
  PetscFunctionBeginUser;
  PetscCall(destroy_points(study));
  for (int c = 0; c < study->num_columns; c++) {
    PetscCall(StudySetsFree(study->columns[c].num_values, &study->columns[c].values));
  }
  PetscCall(PetscFree(study->columns));
  for (PetscInt n = 0; study->held && n < study->keys.num_cases; n++) {
    PetscCall(PetscFree(study->case_directories[n]));
    PetscCall(PetscFree(study->held[n].resistances));
  }
  PetscCall(PetscFree2(study->case_directories, study->held));
  PetscCall(TableFree(&study_table, &study->keys));
  PetscCall(PetscFree(study->directory));
  PetscCall(PetscFree(study->name));
  PetscCall(PetscFree(study->output));
  PetscCall(SettingsDestroy(&study->settings));
  PetscFunctionReturn(PETSC_SUCCESS);
}
