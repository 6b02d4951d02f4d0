#pragma once

#include "keys.h"
#include "petsc_compat.h"

/* What study.cfg says, key by key. SI units; NaN, -1 (choices) or NULL: not given. `group`: the
   config_setting_t it was read from. */

typedef enum { SCALE_LINEAR, SCALE_LOG } ScaleKind;
extern const char *const ScaleKinds[]; /* NULL-terminated */

/* One key of the case and the values it takes. */
typedef struct {
  char *key;
  PetscInt num_values;
  char **values; /* as --set takes them */
  double from, to;
  PetscInt points;
  ScaleKind scale;
  const void *group;
} AxisKeys;

/* One factor of the product: a key, or several that go together. */
typedef struct {
  AxisKeys axis;
  PetscInt num_zip;
  AxisKeys *zip;
} SweepKeys;

/* Cells that follow a run's lengths; of the study or of one of its cases. */
typedef struct {
  double cell_size; /* [m] */
  double cells_per_grain, grains_across;
} CellKeys;

typedef struct {
  CellKeys cells;
  char *directory, *label;
  PetscInt num_sets;
  char **sets;
  const void *group;
} StudyCaseKeys;

typedef struct {
  CellKeys cells;
  char *title, *directory;
  PetscInt num_cases;
  StudyCaseKeys *cases;
  PetscInt num_sets;
  char **sets;
  PetscInt num_sweeps;
  SweepKeys *sweeps;
  PetscBool has_refit, has_fields;
  double cells_most;
  PetscInt realizations;
  double target; /* [Ohm m^2] */
} StudyKeys;

extern const KeyTable study_table;
