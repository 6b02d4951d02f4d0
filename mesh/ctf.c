#include "ebsd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PHASES = 1000, MOST_COLUMNS = 32, NUM_COLUMNS = 6 };

static const char *const column_names[NUM_COLUMNS] = {"Phase",  "X",      "Y",
                                                      "Euler1", "Euler2", "Euler3"};

typedef struct {
  EbsdLines *lines;
  EbsdMap *map;
  PetscBool is_grid, has_phases;
  int columns[NUM_COLUMNS],
      num_columns; /* which column is which; how many up to the last of them */
} Reader;

/* What stands behind a key and a tab; NULL if the line has another key. */
static const char *value_of(const char *line, const char *key)
{
  const size_t length = strlen(key);

  return !strncmp(line, key, length) && strchr("\t ", line[length])
             ? line + length + strspn(line + length, "\t ")
             : NULL;
}

static PetscBool read_size(const Reader *reader, const char *value, double most, double *size)
{
  char text[64];

  snprintf(text, sizeof text, "%.63s", value);
  if (EbsdLinesNumbers(reader->lines, text, 1, size) == 1 && *size > 0 && *size <= most) {
    return PETSC_TRUE;
  }
  EbsdLinesProblem(reader->lines, "must have a number above 0 and not above %g: %.60s", most,
                   reader->lines->text);
  return PETSC_FALSE;
}

static PetscBool read_count(const Reader *reader, const char *value, PetscInt *count)
{
  double size;

  if (!read_size(reader, value, 1e6, &size)) return PETSC_FALSE;
  *count = (PetscInt)size;
  if (size == floor(size)) return PETSC_TRUE;
  EbsdLinesProblem(reader->lines, "must have an integer: %.60s", reader->lines->text);
  return PETSC_FALSE;
}

static LaueClass laue_of(int group)
{
  static const LaueClass groups[] = {LAUE_UNKNOWN,      LAUE_TRICLINIC,      LAUE_MONOCLINIC,
                                     LAUE_ORTHORHOMBIC, LAUE_TETRAGONAL_LOW, LAUE_TETRAGONAL,
                                     LAUE_TRIGONAL_LOW, LAUE_TRIGONAL,       LAUE_HEXAGONAL_LOW,
                                     LAUE_HEXAGONAL,    LAUE_CUBIC_LOW,      LAUE_CUBIC};

  return group >= 1 && group <= 11 ? groups[group] : LAUE_UNKNOWN;
}

/* "a;b;c<tab>alpha;beta;gamma<tab>name<tab>Laue group<tab>..." for each phase. */
static PetscErrorCode read_phases(Reader *reader, const char *value, PetscBool *is_good)
{
  double num = 0;

  PetscFunctionBeginUser;
  *is_good = read_size(reader, value, MOST_PHASES, &num);
  if (!*is_good) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(EbsdMapAddPhases((PetscInt)num, reader->map));
  for (PetscInt p = 1; p <= (PetscInt)num && *is_good; p++) {
    char *field[4] = {NULL}, *rest;

    *is_good = (PetscBool)EbsdLinesNext(reader->lines);
    rest = *is_good ? reader->lines->text : NULL;
    for (int f = 0; f < 4; f++) field[f] = rest ? strsep(&rest, "\t") : NULL;
    *is_good = (PetscBool)(field[3] != NULL);
    if (!*is_good) {
      EbsdLinesProblem(reader->lines,
                       "phase %" PetscInt_FMT
                       " must have lengths, angles, a name and a Laue group, parted by tabs",
                       p);
      break;
    }
    PetscCall(PetscStrncpy(reader->map->phases.name[p], field[2], IMAGE_PHASE_NAME));
    reader->map->phases.laue[p] = laue_of(atoi(field[3]));
  }
  reader->has_phases = *is_good;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The line of the columns' names; false if this is another line. */
static PetscBool read_columns(Reader *reader)
{
  char *rest = reader->lines->text;

  if (!value_of(reader->lines->text, "Phase")) return PETSC_FALSE;
  for (int c = 0; c < NUM_COLUMNS; c++) reader->columns[c] = -1;
  reader->num_columns = 0;
  for (int column = 0; rest && column < MOST_COLUMNS; column++) {
    const char *name = strsep(&rest, "\t ");

    for (int c = 0; c < NUM_COLUMNS; c++) {
      if (strcmp(name, column_names[c])) continue;
      reader->columns[c] = column;
      reader->num_columns = column + 1;
    }
  }
  return PETSC_TRUE;
}

static PetscBool check_header(const Reader *reader)
{
  const char *missing = !reader->is_grid      ? "JobMode Grid (a square grid)"
                        : !reader->has_phases ? "Phases"
                                              : NULL;

  for (int c = 0; !missing && c < NUM_COLUMNS; c++) {
    if (reader->columns[c] < 0) missing = column_names[c];
  }
  if (!missing) return PETSC_TRUE;
  EbsdLinesProblem(reader->lines, "the points begin, but the header lacks %s", missing);
  return PETSC_FALSE;
}

/* A line of the header; sets has_columns at the last. */
static PetscErrorCode read_header_line(Reader *reader, PetscBool *has_columns, PetscBool *is_good)
{
  const char *line = reader->lines->text, *value;
  double size = 0;

  PetscFunctionBeginUser;
  if ((value = value_of(line, "JobMode"))) {
    reader->is_grid = (PetscBool)!strncmp(value, "Grid", 4);
  } else if ((value = value_of(line, "XCells"))) {
    *is_good = read_count(reader, value, &reader->map->cells[0]);
  } else if ((value = value_of(line, "YCells"))) {
    *is_good = read_count(reader, value, &reader->map->cells[1]);
  } else if ((value = value_of(line, "ZCells"))) {
    *is_good = read_size(reader, value, 1, &size);
  } else if ((value = value_of(line, "XStep"))) {
    *is_good = read_size(reader, value, 1e6, &reader->map->step[0]);
  } else if ((value = value_of(line, "YStep"))) {
    *is_good = read_size(reader, value, 1e6, &reader->map->step[1]);
  } else if ((value = value_of(line, "Phases"))) {
    PetscCall(read_phases(reader, value, is_good));
  } else if (read_columns(reader)) {
    *has_columns = PETSC_TRUE;
    *is_good = check_header(reader);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_point(Reader *reader, PetscBool *is_good)
{
  EbsdMap *map = reader->map;
  double column[MOST_COLUMNS], v[NUM_COLUMNS];
  const int num = EbsdLinesNumbers(reader->lines, reader->lines->text, reader->num_columns, column);

  PetscFunctionBeginUser;
  *is_good = PETSC_FALSE;
  if (num < 0) PetscFunctionReturn(PETSC_SUCCESS);
  if (num < reader->num_columns) {
    EbsdLinesProblem(reader->lines, "has %d numbers; a point has %d or more", num,
                     reader->num_columns);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int c = 0; c < NUM_COLUMNS; c++) v[c] = column[reader->columns[c]];
  if (!(v[0] >= 0 && v[0] <= (double)map->phases.num)) {
    EbsdLinesProblem(reader->lines,
                     "is of phase %g; the header has phases 1 to %" PetscInt_FMT ", 0 is none",
                     v[0], map->phases.num);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int d = 0; d < 3; d++) v[3 + d] *= PETSC_PI / 180;
  PetscCall(EbsdMapAdd(reader->lines, v[1], v[2], (int32_t)v[0], QuaternionFromEuler(&v[3]), map,
                       is_good));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_map(EbsdLines *lines, EbsdMap *map, PetscBool *is_read)
{
  Reader reader = {.lines = lines, .map = map};
  PetscBool has_columns = PETSC_FALSE;

  PetscFunctionBeginUser;
  *is_read = (PetscBool)(EbsdLinesNext(lines) && !strncmp(lines->text, "Channel Text File", 17));
  if (!*is_read) {
    ProblemsAdd(lines->problems, lines->path,
                "is no .ctf file: its first line must be \"Channel Text File\"");
  }
  while (*is_read && EbsdLinesNext(lines)) {
    if (!has_columns) {
      PetscCall(read_header_line(&reader, &has_columns, is_read));
    } else if (lines->text[strspn(lines->text, " \t")]) {
      PetscCall(read_point(&reader, is_read));
    }
  }
  if (*is_read) EbsdMapFinish(lines, map, is_read);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CtfOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  PetscFunctionBeginUser;
  PetscCall(EbsdOpen(spec, read_map, problems, image, is_open));
  PetscFunctionReturn(PETSC_SUCCESS);
}
