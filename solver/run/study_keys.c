#include "study_keys.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

const char *const ScaleKinds[] = {"linear", "log", NULL};

static const Key axis_keys[] = {
    {.name = "key",
     .type = KEY_STRING,
     .offset = offsetof(AxisKeys, key),
     .otherwise = "the sweep needs zip",
     .meaning =
         "path of a key of the case, as for --set: film.thickness_um, phases.grain.material"},
    {.name = "values",
     .type = KEY_VALUES,
     .offset = offsetof(AxisKeys, values),
     .count = offsetof(AxisKeys, num_values),
     .otherwise = "from, to and points are needed",
     .meaning = "the values it takes, in this order"},
    {.name = "from",
     .type = KEY_NUMBER,
     .offset = offsetof(AxisKeys, from),
     .meaning = "first value of a range"},
    {.name = "to",
     .type = KEY_NUMBER,
     .offset = offsetof(AxisKeys, to),
     .meaning = "last value of a range"},
    {.name = "points",
     .type = KEY_INTEGER,
     .offset = offsetof(AxisKeys, points),
     .range = {2, 10000, 0, 0},
     .meaning = "number of values in a range, both ends counted; rounded to six digits"},
    {.name = "scale",
     .type = KEY_CHOICE,
     .offset = offsetof(AxisKeys, scale),
     .choices = ScaleKinds,
     .default_text = "linear",
     .meaning = "equal steps (linear) or equal ratios (log) between the values of a range"},
};
static const KeyTable axis_table = {axis_keys, COUNT(axis_keys), sizeof(AxisKeys),
                                    offsetof(AxisKeys, group), NULL};

static const Key sweep_keys[] = {
    {.name = "zip",
     .type = KEY_LIST,
     .length = 1,
     .offset = offsetof(SweepKeys, zip),
     .count = offsetof(SweepKeys, num_zip),
     .table = &axis_table,
     .otherwise = "one key alone",
     .meaning = "several keys that change together: the first values of all, the second of all"},
};
static const KeyTable sweep_table = {sweep_keys, COUNT(sweep_keys), sizeof(SweepKeys), 0,
                                     &axis_table};

static const Key cell_keys[] = {
    {.name = "cell_size_um",
     .type = KEY_NUMBER,
     .offset = offsetof(CellKeys, cell_size),
     .factor = 1e-6,
     .range = KEY_POSITIVE,
     .otherwise = "film.cells of the case, or cells_per_grain",
     .meaning =
         "every run gets cells of at most this size, whatever its width and thickness: an "
         "even number along each axis, at least 8, and so many that bricks end on faces; "
         "axes one cell wide stay so; films without grains and columns along z keep film.cells"},
    {.name = "cells_per_grain",
     .type = KEY_NUMBER,
     .offset = offsetof(CellKeys, cells_per_grain),
     .range = {1, 1000, 0, 0},
     .otherwise = "film.cells of the case, or cell_size_um",
     .meaning = "likewise, the size being structure.grain_size_um (crystallites: diameter_um) "
                "divided by this"},
    {.name = "grains_across",
     .type = KEY_NUMBER,
     .offset = offsetof(CellKeys, grains_across),
     .range = {1, 1000, 0, 0},
     .otherwise = "film.width_um of the case",
     .meaning = "every run is so many grains wide; films without grains keep film.width_um"},
};
static const KeyTable cell_table = {cell_keys, COUNT(cell_keys), sizeof(CellKeys), 0, NULL};

static const Key study_case_keys[] = {
    {.name = "case",
     .type = KEY_STRING,
     .offset = offsetof(StudyCaseKeys, directory),
     .is_required = 1,
     .meaning = "directory of a case, relative to that of the study"},
    {.name = "label",
     .type = KEY_STRING,
     .offset = offsetof(StudyCaseKeys, label),
     .otherwise = "the directory's name",
     .meaning = "name of the case in tables and pictures; tells two entries of one case apart"},
    {.name = "set",
     .type = KEY_STRINGS,
     .offset = offsetof(StudyCaseKeys, sets),
     .count = offsetof(StudyCaseKeys, num_sets),
     .otherwise = "the case as it stands",
     .meaning = "\"path=value\" as for --set, in every run of this case"},
};
static const KeyTable study_case_table = {study_case_keys, COUNT(study_case_keys),
                                          sizeof(StudyCaseKeys), offsetof(StudyCaseKeys, group),
                                          &cell_table};

static const Key target_keys[] = {
    {.name = "asr_ohm_cm2",
     .type = KEY_NUMBER,
     .offset = offsetof(StudyKeys, target),
     .factor = 1e-4,
     .default_text = "10.0",
     .range = KEY_POSITIVE,
     .meaning = "with film.thickness_um swept: the greatest thickness whose ASR is no more"},
};
static const KeyTable target_table = {target_keys, COUNT(target_keys), sizeof(StudyKeys), 0, NULL};

static const Key study_keys[] = {
    {.name = "title",
     .type = KEY_STRING,
     .offset = offsetof(StudyKeys, title),
     .otherwise = "the name of the directory",
     .meaning = "one line that says what the study is"},
    {.name = "case",
     .type = KEY_STRING,
     .offset = offsetof(StudyKeys, directory),
     .otherwise = "cases are needed",
     .meaning = "directory of the case that is varied, relative to that of the study"},
    {.name = "cases",
     .type = KEY_LIST,
     .length = 1,
     .offset = offsetof(StudyKeys, cases),
     .count = offsetof(StudyKeys, num_cases),
     .table = &study_case_table,
     .otherwise = "case is needed",
     .meaning = "several cases; the cell keys in an entry go before those of the study"},
    {.name = "set",
     .type = KEY_STRINGS,
     .offset = offsetof(StudyKeys, sets),
     .count = offsetof(StudyKeys, num_sets),
     .otherwise = "the cases as they stand",
     .meaning = "\"path=value\" as for --set, in every run"},
    {.name = "sweep",
     .type = KEY_LIST,
     .length = 1,
     .offset = offsetof(StudyKeys, sweeps),
     .count = offsetof(StudyKeys, num_sweeps),
     .table = &sweep_table,
     .otherwise = "one run a case",
     .meaning = "what is varied; several entries form all combinations, the last varies fastest"},
    {.name = "cells_most",
     .type = KEY_NUMBER,
     .offset = offsetof(StudyKeys, cells_most),
     .default_text = "4e6",
     .range = {1000, 1e15, 0, 0},
     .meaning =
         "a film of more cells is computed as a representative stack: `realizations` "
         "thinner pieces of together no more cells, the film's part scaled to the thickness"},
    {.name = "realizations",
     .type = KEY_INTEGER,
     .offset = offsetof(StudyKeys, realizations),
     .default_text = "4",
     .range = {2, 1000, 0, 0},
     .meaning = "structures of each of the two thicknesses of a representative stack"},
    {.name = "refit",
     .type = KEY_BOOLEAN,
     .offset = offsetof(StudyKeys, has_refit),
     .default_text = "false",
     .meaning = "find boundary resistances from total_conductivity_S_per_cm anew in every run; "
                "otherwise once, on the case as it stands, and keep them"},
    {.name = "fields",
     .type = KEY_BOOLEAN,
     .offset = offsetof(StudyKeys, has_fields),
     .default_text = "false",
     .meaning = "write fields.h5 of every run whose case does"},
    {.name = "target",
     .type = KEY_GROUP,
     .table = &target_table,
     .otherwise = "the default below",
     .meaning = "what the ASR should be"},
};
const KeyTable study_table = {study_keys, COUNT(study_keys), sizeof(StudyKeys), 0, &cell_table};
