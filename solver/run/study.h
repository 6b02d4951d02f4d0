#pragma once

#include "case.h"
#include "commands.h"
#include "settings.h"
#include "study_keys.h"

/* One swept key. Columns of a group change together; groups form the product. */
typedef struct {
  const char *key;
  PetscInt num_values;
  char **values; /* as --set takes them */
  int group;
} StudyColumn;

/* What is computed: one case with its settings, in a directory of its own. */
typedef struct {
  int entry; /* of the study's cases */
  PetscInt num_sets;
  char **sets;
  char *directory; /* for the results */
  double cells;
  double cost;          /* cells, times the solves they take */
  PetscBool is_skipped; /* what it needs could not be found */
  PetscBool is_done, is_reused;
  int status;
  char *message;   /* on rank 0, why the status is not 0 */
  json_t *results; /* on rank 0, if the status is 0 */
} StudyJob;

typedef enum { STUDY_RESOLVED, STUDY_REPRESENTATIVE } StudyRepresentation;
extern const char *const StudyRepresentations[]; /* "resolved", "representative", NULL */

/* One row of the table: one combination of values, of one case. */
typedef struct {
  int entry;
  const char **values; /* one a column */
  char *problem;       /* why there is nothing to compute; NULL if there is */
  StudyRepresentation representation;
  double stacks[2]; /* thickness of the long and the short stacks that stand for the film [m] */
  int num_jobs;
  int *jobs;                     /* the run, or the realizations */
  double thickness, temperature; /* SI units */
  ArrheniusForm grains_law, boundaries_law;
  json_t *record; /* on rank 0, once all jobs are done */
} StudyPoint;

/* Boundary resistances of a case that were found from a measured total and are kept [Ohm m^2]. */
typedef struct {
  PetscInt num_boundaries;
  double *resistances; /* NaN: as the case says */
} StudyHeld;

/*@
  Study - a study.cfg, what it asks for, and what has been computed of it

  The same on all ranks but for what is said to be on rank 0.
@*/
typedef struct {
  StudyKeys keys;
  Settings *settings;
  char *directory, *name; /* of the study; its last part */
  char *output;           /* directory for tables and runs */
  char **case_directories;
  StudyHeld *held; /* of each case */
  int num_columns, num_groups;
  StudyColumn *columns;
  int num_points, num_jobs;
  StudyPoint *points;
  StudyJob *jobs;
} Study;

/*@
  StudyRead - reads DIR/study.cfg and refuses what cannot be swept

  Every rank reads.

  Output Parameters:
+ study    - its keys, cases and columns; free with StudyDestroy() in any case
- problems - all that is wrong with it
@*/
PetscErrorCode StudyRead(const char *directory, const Options *options, Study *study,
                         Problems *problems);
PetscErrorCode StudyDestroy(Study *study);

/*@
  StudyPlan - points and jobs: reads every combination once, gives it cells, and decides which films
  are too thick to be resolved

  Collective

  A combination that cannot be read is a point with a problem and without jobs.
@*/
PetscErrorCode StudyPlan(const Session *session, Study *study);

/*@
  StudyCaseRead - the case of a job, with the boundary resistances that are kept

  Collective; arguments as of CaseRead()
@*/
PetscErrorCode StudyCaseRead(MPI_Comm comm, const Study *study, int entry, PetscInt num_sets,
                             char **sets, Case *case_in, Problems *problems);

/*@
  StudyHold - finds the boundary resistances that follow from a measured total, on each case as it
  stands, once for all its runs

  Collective

  Output Parameter:
. worst - exit status so far; becomes that of a case that cannot be computed, whose points then have
a problem
@*/
PetscErrorCode StudyHold(const Session *session, Study *study, int *worst);

/* Adds "path=value" to a list of settings. */
PetscErrorCode StudySet(PetscInt *num_sets, char ***sets, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
PetscErrorCode StudySetsFree(PetscInt num_sets, char ***sets);

/* The settings that all runs of a case share: the study's, the case's, the command line's. */
PetscErrorCode StudyCommonSets(const Study *study, const Options *options, int entry,
                               PetscInt *num_sets, char ***sets);

/* Where a run's results go: a readable name, and a hash of the case's directory and the settings.
 */
PetscErrorCode StudyRunDirectory(const Study *study, int entry, const char *name, PetscInt num_sets,
                                 char **sets, char **directory);

/* Column of a key, -1 if it is not swept. */
int StudyColumnFind(const Study *study, const char *key);

/* "film.thickness_um = 10, conditions.temperature_C = 25"; the columns of one group are left out
   (-1: of none). */
void StudyPointText(const Study *study, const StudyPoint *point, int without, char *text,
                    size_t size);
