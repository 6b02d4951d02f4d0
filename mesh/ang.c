#include "ebsd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PHASES = 1000 };

/* Turns of more than this stand for a point that was not indexed (EDAX writes 4 pi). */
static const PetscReal most_angle = 12.56;

typedef struct {
  EbsdLines *lines;
  EbsdMap *map;
  PetscInt phase; /* the header's lines are about */
  PetscBool has_grid;
} Reader;

/* What stands behind a key of the header, "# XSTEP: 0.5"; NULL if the line has another. */
static const char *value_of(const char *line, const char *key)
{
  const size_t length = strlen(key);

  line += strspn(line, "# \t");
  if (strncmp(line, key, length)) return NULL;
  line += length;
  if (!strchr(": \t", *line)) return NULL;
  return line + strspn(line, ": \t");
}

static LaueClass laue_of(const char *symmetry)
{
  static const struct {
    int code;
    LaueClass laue;
  } codes[] = {{43, LAUE_CUBIC},        {23, LAUE_CUBIC_LOW},   {62, LAUE_HEXAGONAL},
               {6, LAUE_HEXAGONAL_LOW}, {42, LAUE_TETRAGONAL},  {4, LAUE_TETRAGONAL_LOW},
               {32, LAUE_TRIGONAL},     {3, LAUE_TRIGONAL_LOW}, {22, LAUE_ORTHORHOMBIC},
               {2, LAUE_MONOCLINIC},    {20, LAUE_MONOCLINIC},  {1, LAUE_TRICLINIC}};
  const int code = atoi(symmetry);

  for (size_t c = 0; c < PETSC_STATIC_ARRAY_LENGTH(codes); c++) {
    if (codes[c].code == code) return codes[c].laue;
  }
  return LAUE_UNKNOWN;
}

static PetscBool read_size(const Reader *reader, const char *value, double most, double *size)
{
  char *end;

  *size = strtod(value, &end);
  if (end != value && *size > 0 && *size <= most) return PETSC_TRUE;
  EbsdLinesProblem(reader->lines, "must have a number above 0 and not above %g: %.60s", most,
                   reader->lines->text);
  return PETSC_FALSE;
}

static PetscErrorCode read_phase_line(Reader *reader, const char *line, PetscBool *is_good)
{
  const char *value;

  PetscFunctionBeginUser;
  if ((value = value_of(line, "Phase"))) {
    reader->phase = atoi(value);
    *is_good = (PetscBool)(reader->phase >= 1 && reader->phase <= MOST_PHASES);
    if (!*is_good)
      EbsdLinesProblem(reader->lines, "phases are numbers from 1 to %d", (int)MOST_PHASES);
    else
      PetscCall(EbsdMapAddPhases(reader->phase, reader->map));
  } else if ((value = value_of(line, "MaterialName"))) {
    char *name;

    if (!reader->phase) reader->phase = 1; /* ACOM does not number its only one */
    PetscCall(EbsdMapAddPhases(reader->phase, reader->map));
    name = reader->map->phases.name[reader->phase];
    PetscCall(PetscStrncpy(name, value, IMAGE_PHASE_NAME));
    for (size_t length = strlen(name); length && strchr(" \t", name[length - 1]);) {
      name[--length] = '\0';
    }
  } else if (reader->phase && (value = value_of(line, "Symmetry"))) {
    reader->map->phases.laue[reader->phase] = laue_of(value);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
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

/* A line that begins with #. */
static PetscErrorCode read_header_line(Reader *reader, PetscBool *is_good)
{
  const char *line = reader->lines->text, *value;

  PetscFunctionBeginUser;
  if ((value = value_of(line, "GRID"))) {
    reader->has_grid = PETSC_TRUE;
    *is_good = (PetscBool)!strncmp(value, "SqrGrid", 7);
    if (!*is_good) {
      EbsdLinesProblem(
          reader->lines,
          "the grid is %.20s; only square ones are read (OIM Analysis and DREAM.3D turn "
          "hexagonal ones into square ones)",
          value);
    }
  } else if ((value = value_of(line, "XSTEP"))) {
    *is_good = read_size(reader, value, 1e6, &reader->map->step[0]);
  } else if ((value = value_of(line, "YSTEP"))) {
    *is_good = read_size(reader, value, 1e6, &reader->map->step[1]);
  } else if ((value = value_of(line, "NCOLS_ODD"))) {
    *is_good = read_count(reader, value, &reader->map->cells[0]);
  } else if ((value = value_of(line, "NROWS"))) {
    *is_good = read_count(reader, value, &reader->map->cells[1]);
  } else {
    PetscCall(read_phase_line(reader, line, is_good));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All that must be known before the first point. */
static PetscBool check_header(const Reader *reader)
{
  if (reader->has_grid && reader->map->phases.num) return PETSC_TRUE;
  EbsdLinesProblem(reader->lines, "the points begin, but the header lacks %s",
                   reader->has_grid ? "a phase (# Phase 1)" : "GRID");
  return PETSC_FALSE;
}

/* phi1 Phi phi2 [rad], x, y [um], quality, confidence, phase, ... */
static PetscErrorCode read_point(Reader *reader, PetscBool *is_good)
{
  EbsdMap *map = reader->map;
  double v[8];
  const int num = EbsdLinesNumbers(reader->lines, reader->lines->text, 8, v);
  PetscInt phase;

  PetscFunctionBeginUser;
  *is_good = PETSC_FALSE;
  if (num < 0) PetscFunctionReturn(PETSC_SUCCESS);
  if (num < 8) {
    EbsdLinesProblem(reader->lines, "has %d numbers; a point has 8 or more, the last its phase",
                     num);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  phase = v[7] >= 0 && v[7] <= MOST_PHASES ? (PetscInt)v[7] : -1;
  if (phase == 0 && map->phases.num == 1) phase = 1; /* a map of one phase need not number it */
  if (phase < 0 || phase > map->phases.num) {
    EbsdLinesProblem(reader->lines, "is of phase %g; the header has phases 1 to %" PetscInt_FMT,
                     v[7], map->phases.num);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (v[6] == -1 || fabs(v[0]) > most_angle || fabs(v[2]) > most_angle) phase = 0;
  PetscCall(
      EbsdMapAdd(reader->lines, v[3], v[4], (int32_t)phase, QuaternionFromEuler(v), map, is_good));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_map(EbsdLines *lines, EbsdMap *map, PetscBool *is_read)
{
  Reader reader = {.lines = lines, .map = map};

  PetscFunctionBeginUser;
  *is_read = PETSC_TRUE;
  while (*is_read && EbsdLinesNext(lines)) {
    if (lines->text[0] == '#') {
      if (!map->num) PetscCall(read_header_line(&reader, is_read));
      continue;
    }
    if (!lines->text[strspn(lines->text, " \t")]) continue;
    if (!map->num) *is_read = check_header(&reader);
    if (*is_read) PetscCall(read_point(&reader, is_read));
  }
  if (*is_read) EbsdMapFinish(lines, map, is_read);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AngOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  PetscFunctionBeginUser;
  PetscCall(EbsdOpen(spec, read_map, problems, image, is_open));
  PetscFunctionReturn(PETSC_SUCCESS);
}
