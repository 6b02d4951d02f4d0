#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "study.h"
#include "study_size.h"
#include "table.h"

#define FIT_SOLVES 5 /* of a case with fit = true, its own solve included */

const char *const StudyRepresentations[] = {"resolved", "representative", NULL};

PetscErrorCode StudySet(PetscInt *num_sets, char ***sets, const char *format, ...)
{
  char text[4096];
  va_list arguments;

  PetscFunctionBeginUser;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  PetscCall(TextAppend(text, num_sets, sets));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudySetsFree(PetscInt num_sets, char ***sets)
{
  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < num_sets; s++) PetscCall(PetscFree((*sets)[s]));
  PetscCall(PetscFree(*sets));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode StudyCommonSets(const Study *study, const Options *options, int entry,
                               PetscInt *num_sets, char ***sets)
{
  const StudyKeys *keys = &study->keys;
  const StudyCaseKeys *own = &keys->cases[entry];

  PetscFunctionBeginUser;
  if (!keys->has_fields) PetscCall(StudySet(num_sets, sets, "output.fields=false"));
  for (PetscInt s = 0; s < keys->num_sets; s++)
    PetscCall(TextAppend(keys->sets[s], num_sets, sets));
  for (PetscInt s = 0; s < own->num_sets; s++) PetscCall(TextAppend(own->sets[s], num_sets, sets));
  for (int s = 0; s < options->num_sets; s++)
    PetscCall(TextAppend(options->sets[s], num_sets, sets));
  PetscFunctionReturn(PETSC_SUCCESS);
}

int StudyColumnFind(const Study *study, const char *key)
{
  for (int c = 0; c < study->num_columns; c++) {
    if (!strcmp(study->columns[c].key, key)) return c;
  }
  return -1;
}

void StudyPointText(const Study *study, const StudyPoint *point, int without, char *text,
                    size_t size)
{
  text[0] = '\0';
  for (int c = 0; c < study->num_columns; c++) {
    const size_t used = strlen(text);

    if (study->columns[c].group == without) continue;
    snprintf(text + used, size - used, "%s%s = %s", used ? ", " : "", study->columns[c].key,
             point->values[c]);
  }
}

/* FNV-1a, 32 bits: tells apart runs whose readable names are alike. */
static unsigned mix(unsigned hash, const char *text)
{
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x01000193u;
  return (hash ^ '\n') * 0x01000193u;
}

/* A name that says what is swept, in letters that any file system takes. */
static void name_run(const Study *study, const StudyPoint *point, PetscInt stack, char name[128])
{
  size_t length = 0;

  for (int c = 0; c < study->num_columns && length < 96; c++) {
    const char *key = study->columns[c].key, *dot = strrchr(key, '.');

    if (stack >= 0 && !strcmp(key, "film.thickness_um")) continue;
    length += (size_t)snprintf(name + length, 128 - length, "%.24s=%.24s,", dot ? dot + 1 : key,
                               point->values[c]);
  }
  if (stack >= 0 && length < 120)
    length += (size_t)snprintf(name + length, 128 - length, "stack=%d,", (int)stack + 1);
  if (!length) length = (size_t)snprintf(name, 128, "run,");
  name[PetscMin(length, 127) - 1] = '\0';
  for (char *letter = name; *letter; letter++) {
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,=+-_", *letter))
      *letter = '_';
  }
}

PetscErrorCode StudyRunDirectory(const Study *study, int entry, const char *name, PetscInt num_sets,
                                 char **sets, char **directory)
{
  unsigned hash = mix(0x811c9dc5u, study->case_directories[entry]);
  char label[64], path[2 * PETSC_MAX_PATH_LEN];

  PetscFunctionBeginUser;
  for (PetscInt s = 0; s < num_sets; s++) hash = mix(hash, sets[s]);
  snprintf(label, sizeof label, "%.60s", study->keys.cases[entry].label);
  for (char *letter = label; *letter; letter++) {
    if (*letter == '/' || *letter == ' ' || (letter == label && *letter == '.')) *letter = '_';
  }
  snprintf(path, sizeof path, "%s/runs/%s/%s-%08x", study->output, label, name, hash);
  PetscCall(PetscStrallocpy(path, directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Takes the settings. Stacks that several thicknesses share are one job. */
static PetscErrorCode add_job(Study *study, StudyPoint *point, PetscInt stack, double cells,
                              double solves, PetscInt num_sets, char **sets)
{
  StudyJob job = {.entry = point->entry, .num_sets = num_sets, .sets = sets, .cells = cells};
  char name[128];
  int found = 0;

  PetscFunctionBeginUser;
  name_run(study, point, stack, name);
  PetscCall(StudyRunDirectory(study, point->entry, name, num_sets, sets, &job.directory));
  job.cost = cells * solves;
  while (found < study->num_jobs && strcmp(study->jobs[found].directory, job.directory)) found++;
  if (found == study->num_jobs) {
    PetscCall(PetscRealloc((size_t)(study->num_jobs + 1) * sizeof *study->jobs, &study->jobs));
    study->jobs[study->num_jobs++] = job;
  } else {
    PetscCall(StudySetsFree(num_sets, &job.sets));
    PetscCall(PetscFree(job.directory));
  }
  PetscCall(PetscRealloc((size_t)(point->num_jobs + 1) * sizeof *point->jobs, &point->jobs));
  point->jobs[point->num_jobs++] = found;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode point_sets(const Study *study, const Options *options,
                                 const StudyPoint *point, PetscBool is_stack, PetscInt *num_sets,
                                 char ***sets)
{
  PetscFunctionBeginUser;
  PetscCall(StudyCommonSets(study, options, point->entry, num_sets, sets));
  for (int c = 0; c < study->num_columns; c++) {
    const char *key = study->columns[c].key;

    /* a stack has a thickness and cells of its own, and is shared */
    if (is_stack && (!strcmp(key, "film.thickness_um") || !strcmp(key, "film.cells"))) continue;
    PetscCall(StudySet(num_sets, sets, "%s=%s", key, point->values[c]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static ArrheniusForm boundary_law(const Case *case_in)
{
  return case_in->num_boundaries ? case_in->boundaries[0].arrhenius.form : ARRHENIUS_SIGMA_T;
}

static PetscErrorCode add_jobs(const Session *session, Study *study, const Case *case_in,
                               const StudySize *size, StudyPoint *point)
{
  const PetscBool is_stack = (PetscBool)(size->representation == STUDY_REPRESENTATIVE);
  double solves = 1;

  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    if (case_in->boundaries[b].has_fit && study->keys.has_refit) solves = FIT_SOLVES;
  }
  for (PetscInt n = 0; n < (is_stack ? 2 * size->realizations : 1); n++) {
    PetscInt num_sets = 0;
    char **sets = NULL;

    PetscCall(point_sets(study, session->options, point, is_stack, &num_sets, &sets));
    PetscCall(StudySizeSets(size, case_in, n, &num_sets, &sets));
    PetscCall(
        add_job(study, point, is_stack ? n : -1, StudySizeCells(size, n), solves, num_sets, sets));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static char *join_problems(const Problems *problems)
{
  char text[4096] = "", *copy = NULL;

  for (int p = 0; p < problems->num_problems; p++) {
    const size_t used = strlen(text);

    snprintf(text + used, sizeof text - used, "%s%s", p ? "; " : "", problems->texts[p]);
  }
  if (PetscStrallocpy(text, &copy)) abort();
  return copy;
}

static PetscErrorCode plan_point(const Session *session, Study *study, StudyPoint *point)
{
  Problems problems = {0, NULL, 0, NULL};
  PetscInt num_sets = 0;
  char **sets = NULL;
  StudySize size;
  Case case_in;

  PetscFunctionBeginUser;
  PetscCall(point_sets(study, session->options, point, PETSC_FALSE, &num_sets, &sets));
  PetscCall(CaseRead(session->comm, study->case_directories[point->entry], num_sets,
                     (const char *const *)sets, &case_in, &problems));
  if (!problems.num_problems) {
    point->thickness = case_in.film.thickness;
    point->temperature = case_in.temperature;
    point->grains_law = case_in.phases[0].arrhenius.form;
    point->boundaries_law = boundary_law(&case_in);
    StudySizeFind(&study->keys.cases[point->entry].cells, &case_in, study->keys.cells_most,
                  study->keys.realizations, &size, &problems);
  }
  if (problems.num_problems) {
    point->problem = join_problems(&problems);
  } else {
    point->representation = size.representation;
    for (int s = 0; s < 2; s++) point->stacks[s] = size.stacks[s];
    PetscCall(add_jobs(session, study, &case_in, &size, point));
  }
  ProblemsDestroy(&problems);
  PetscCall(CaseDestroy(&case_in));
  PetscCall(StudySetsFree(num_sets, &sets));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Values of combination n: the last group varies fastest. */
static void take_values(const Study *study, int n, StudyPoint *point)
{
  for (int group = study->num_groups - 1; group >= 0; group--) {
    PetscInt length = 1;

    for (int c = 0; c < study->num_columns; c++) {
      if (study->columns[c].group != group) continue;
      length = study->columns[c].num_values;
      point->values[c] = study->columns[c].values[n % length];
    }
    n /= (int)length;
  }
}

PetscErrorCode StudyPlan(const Session *session, Study *study)
{
  int combinations = 1;

  PetscFunctionBeginUser;
  for (int group = 0; group < study->num_groups; group++) {
    for (int c = 0; c < study->num_columns; c++) {
      if (study->columns[c].group != group) continue;
      combinations *= (int)study->columns[c].num_values;
      break;
    }
  }
  study->num_points = combinations * (int)study->keys.num_cases;
  PetscCall(PetscCalloc1(study->num_points, &study->points));
  for (int p = 0; p < study->num_points; p++) {
    StudyPoint *point = &study->points[p];

    point->entry = p / combinations;
    PetscCall(PetscCalloc1(study->num_columns + 1, &point->values));
    take_values(study, p % combinations, point);
    PetscCall(plan_point(session, study, point));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
