#include "points_csv.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "neighbours.h"
#include "phases_deal.h"
#include "textfile.h"

enum { MOST_PROBLEMS = 20, ENOUGH_PROBLEMS = 1000, MOST_FIELDS = 6 };

static const PetscReal same_place = 1e-9; /* of the box's largest side */
static const char *const value_names[] = {"weight_um2", "radius_um"};
static const PetscReal value_units[] = {1e-12, 1e-6};

typedef struct {
  const PointsFile *file;
  const StructureBox *box;
  const PhaseNames *phases;
  Problems *problems;
  int num_problems;     /* of this file */
  PetscInt num_columns; /* 0 before the header */
  Points *points;
} Reader;

static void note(Reader *reader, PetscInt line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void note(Reader *reader, PetscInt line, const char *format, ...)
{
  char place[PETSC_MAX_PATH_LEN], message[1024];
  va_list arguments;

  if (++reader->num_problems > MOST_PROBLEMS) return;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  snprintf(place, sizeof place, "%s:%" PetscInt_FMT, reader->file->path, line);
  ProblemsAdd(reader->problems, place, "%s", message);
}

/* Cuts a line into its fields, without blanks around them; counts also those beyond MOST_FIELDS. */
static PetscInt split_fields(char *line, char *fields[MOST_FIELDS])
{
  PetscInt num = 0;

  for (char *field = line; field;) {
    char *comma = strchr(field, ','), *end = comma ? comma : field + strlen(field);

    if (comma) *comma = '\0';
    while (end > field && (end[-1] == ' ' || end[-1] == '\t')) *--end = '\0';
    field += strspn(field, " \t");
    if (num < MOST_FIELDS) fields[num] = field;
    num++;
    field = comma ? comma + 1 : NULL;
  }
  return num;
}

static void read_header(Reader *reader, PetscInt line, PetscInt num, char *const fields[])
{
  const char *const names[] = {"x_um", "y_um", "z_um", value_names[reader->file->type], "phase"};
  PetscBool is_good = num == 4 || num == 5 ? PETSC_TRUE : PETSC_FALSE;

  for (PetscInt f = 0; f < num && is_good; f++) {
    if (strcmp(fields[f], names[f])) is_good = PETSC_FALSE;
  }
  if (!is_good) {
    note(reader, line, "the first line must be x_um,y_um,z_um,%s or x_um,y_um,z_um,%s,phase",
         names[3], names[3]);
  }
  reader->num_columns = is_good ? num : -1;
}

static PetscBool read_numbers(Reader *reader, PetscInt line, char *const fields[],
                              PetscReal numbers[4])
{
  PetscBool is_good = PETSC_TRUE;

  for (int f = 0; f < 4; f++) {
    char *end;

    numbers[f] = strtod(fields[f], &end);
    if (end == fields[f] || *end) {
      note(reader, line, "\"%s\" is not a number", fields[f]);
      is_good = PETSC_FALSE;
    } else if (!isfinite(numbers[f])) {
      note(reader, line, "%s is not a finite number", fields[f]);
      is_good = PETSC_FALSE;
    }
  }
  return is_good;
}

static void check_point(Reader *reader, PetscInt line, const PetscReal numbers[4])
{
  const PetscReal *length = reader->box->length;

  for (int d = 0; d < reader->file->dimension; d++) {
    if (numbers[d] >= 0 && numbers[d] * 1e-6 <= length[d] * (1 + same_place)) continue;
    note(reader, line, "%c = %g um is outside the film, which is [0, %g] x [0, %g] x [0, %g] um",
         "xyz"[d], numbers[d], length[0] * 1e6, length[1] * 1e6, length[2] * 1e6);
  }
  if (reader->file->type == POINTS_SPHERES && numbers[3] <= 0) {
    note(reader, line, "radius_um = %g must be greater than 0", numbers[3]);
  }
}

static void read_point(Reader *reader, PetscInt line, PetscInt num, char *const fields[])
{
  Points *points = reader->points;
  const PetscInt p = points->num_points;
  PetscReal numbers[4];
  Problems unknown = {0};

  if (num != reader->num_columns) {
    note(reader, line, "%" PetscInt_FMT " columns instead of %" PetscInt_FMT, num,
         reader->num_columns);
    return;
  }
  if (!read_numbers(reader, line, fields, numbers)) return;
  check_point(reader, line, numbers);
  for (int d = 0; d < 3; d++) {
    const PetscReal x = d < reader->file->dimension ? numbers[d] * 1e-6 : 0;

    points->x[p][d] = PetscMin(x, reader->box->length[d]); /* one rounding beyond a face is on it */
  }
  points->value[p] = numbers[3] * value_units[reader->file->type];
  points->line[p] = line;
  if (num == 5) {
    points->phase[p] = PhaseFind(reader->phases, fields[4], NULL, "phase", &unknown);
    if (unknown.num_problems) note(reader, line, "%s", unknown.texts[0]);
    ProblemsDestroy(&unknown);
  }
  points->num_points++;
}

/* Goes through the text, which it takes apart. */
static void read_lines(Reader *reader, char *text)
{
  PetscInt line = 0;

  if (!strncmp(text, "\xef\xbb\xbf", 3)) text += 3; /* byte order mark of spreadsheets */
  for (char *next; text; text = next) {
    char *fields[MOST_FIELDS];
    PetscInt num;

    line++;
    next = strchr(text, '\n');
    if (next) *next++ = '\0';
    if (*text && text[strlen(text) - 1] == '\r') text[strlen(text) - 1] = '\0';
    text += strspn(text, " \t");
    if (!*text || *text == '#') continue;
    num = split_fields(text, fields);
    if (!reader->num_columns)
      read_header(reader, line, num, fields);
    else
      read_point(reader, line, num, fields);
    if (reader->num_columns < 0) return;
  }
  if (!reader->points->num_points && !reader->num_problems) {
    note(reader, line, "there are no points in this file");
  }
}

/* Two seeds in one place, or two spheres that overlap. */
static PetscBool check_pair(PetscInt s, PetscInt t, const PetscReal separation[3], void *context)
{
  Reader *reader = context;
  const Points *points = reader->points;
  const PetscReal distance =
      sqrt(PetscSqr(separation[0]) + PetscSqr(separation[1]) + PetscSqr(separation[2]));

  if (reader->file->type == POINTS_SEEDS) {
    note(reader, points->line[s], "the same place as the seed of line %" PetscInt_FMT,
         points->line[t]);
  } else if (distance < (points->value[s] + points->value[t]) * (1 - same_place)) {
    note(reader, points->line[s],
         "overlaps the sphere of line %" PetscInt_FMT
         ": %g um between centres, %g um radii together",
         points->line[t], distance * 1e6, (points->value[s] + points->value[t]) * 1e6);
  }
  return reader->num_problems < ENOUGH_PROBLEMS ? PETSC_TRUE : PETSC_FALSE;
}

static PetscErrorCode check_pairs(Reader *reader)
{
  const StructureBox *box = reader->box;
  const PetscBool is_periodic[3] = {box->is_periodic, box->is_periodic,
                                    reader->file->is_periodic_z};
  const PetscReal width = PetscMin(box->length[0], box->length[1]);
  const Points *points = reader->points;
  PetscReal reach = 0;

  PetscFunctionBeginUser;
  if (reader->file->type == POINTS_SEEDS) {
    for (int d = 0; d < 3; d++) reach = PetscMax(reach, same_place * box->length[d]);
  }
  for (PetscInt p = 0; p < points->num_points && reader->file->type == POINTS_SPHERES; p++) {
    if (box->is_periodic && 2 * points->value[p] > width * (1 + same_place)) {
      note(reader, points->line[p],
           "overlaps its own image: diameter %g um, the smaller width of the film %g um",
           2e6 * points->value[p], width * 1e6);
    }
    reach = PetscMax(reach, 2 * points->value[p]);
  }
  PetscCall(NeighboursVisit(box->length, is_periodic, reach, points->num_points,
                            (const PetscReal(*)[3])points->x, check_pair, reader));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode reserve_points(const char *text, Points *points)
{
  PetscInt num_lines = 1;

  PetscFunctionBeginUser;
  for (const char *c = text; *c; c++) num_lines += *c == '\n';
  PetscCall(PetscCalloc1(num_lines, &points->x));
  PetscCall(PetscCalloc1(num_lines, &points->value));
  PetscCall(PetscCalloc1(num_lines, &points->phase));
  PetscCall(PetscCalloc1(num_lines, &points->line));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PointsRead(MPI_Comm comm, const PointsFile *file, const StructureBox *box,
                          const PhaseNames *phases, Problems *problems, Points *points)
{
  Reader reader = {
      .file = file, .box = box, .phases = phases, .problems = problems, .points = points};
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(points, sizeof *points));
  PetscCall(TextFileRead(comm, file->path, problems, &text));
  if (!text) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(reserve_points(text, points));
  read_lines(&reader, text);
  PetscCall(PetscFree(text));
  if (!reader.num_problems)
    PetscCall(check_pairs(&reader)); /* needs points in the box, radii > 0 */
  if (reader.num_problems > MOST_PROBLEMS) {
    ProblemsAdd(problems, file->path, "and %s%d more",
                reader.num_problems < ENOUGH_PROBLEMS ? "" : "at least ",
                reader.num_problems - MOST_PROBLEMS);
  }
  if (reader.num_problems)
    PetscCall(PointsDestroy(points));
  else if (reader.num_columns < 5)
    PetscCall(PetscFree(points->phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PointsDestroy(Points *points)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(points->x));
  PetscCall(PetscFree(points->value));
  PetscCall(PetscFree(points->phase));
  PetscCall(PetscFree(points->line));
  points->num_points = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}
