#include "ebsd.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_POINTS = 50000000 };

/* What places may be off, of a step: numbers are rounded. */
#define MOST_OFF 0.1

static PetscErrorCode destroy_map(EbsdMap *map)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(map->phases.name));
  PetscCall(PetscFree(map->phases.laue));
  PetscCall(PetscFree(map->phase));
  PetscCall(PetscFree(map->orientation));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode EbsdMapAddPhases(PetscInt num, EbsdMap *map)
{
  ImagePhases *phases = &map->phases;

  PetscFunctionBeginUser;
  if (num <= phases->num) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscRealloc((size_t)(num + 1) * sizeof *phases->name, &phases->name));
  PetscCall(PetscRealloc((size_t)(num + 1) * sizeof *phases->laue, &phases->laue));
  for (PetscInt p = phases->num ? phases->num + 1 : 0; p <= num; p++) {
    phases->name[p][0] = '\0';
    phases->laue[p] = LAUE_UNKNOWN;
  }
  phases->num = num;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool refuse_place(const EbsdLines *lines, double x, double y, double right_x,
                              double right_y)
{
  EbsdLinesProblem(
      lines, "the point (%g, %g) um should be (%g, %g) um; points must fill the grid, row by row",
      x, y, right_x, right_y);
  return PETSC_FALSE;
}

/* A point of the first row, which tells the distance along x, or the first of the second, which
   tells how long rows are and the distance along y. */
static PetscBool begin_grid(const EbsdLines *lines, double x, double y, EbsdMap *map)
{
  const PetscReal pitch = map->num == 1 ? x - map->first[0] : map->pitch[0];

  if (y == map->first[1]) {
    if (!(pitch > 0) || fabs(x - map->last[0] - pitch) > 2 * MOST_OFF * pitch) {
      return refuse_place(lines, x, y, map->last[0] + map->pitch[0], y);
    }
    map->pitch[0] = pitch;
    return PETSC_TRUE;
  }
  map->row = (PetscInt)map->num;
  if (map->row > 1) map->pitch[0] = (map->last[0] - map->first[0]) / (PetscReal)(map->row - 1);
  map->pitch[1] = y - map->first[1];
  if (map->pitch[1] > 0 && fabs(x - map->first[0]) <= MOST_OFF * map->pitch[0]) return PETSC_TRUE;
  return refuse_place(lines, x, y, map->first[0], map->first[1] + fabs(map->pitch[1]));
}

static PetscBool has_place(const EbsdLines *lines, double x, double y, const EbsdMap *map)
{
  const PetscInt i = (PetscInt)(map->num % map->row);
  const double right_x = map->first[0] + (double)i * map->pitch[0];
  const double right_y = map->last[1] + (i ? 0 : map->pitch[1]);

  if (fabs(x - right_x) <= MOST_OFF * map->pitch[0] &&
      fabs(y - right_y) <= 2 * MOST_OFF * map->pitch[1]) {
    return PETSC_TRUE;
  }
  return refuse_place(lines, x, y, right_x, right_y);
}

PetscErrorCode EbsdMapAdd(const EbsdLines *lines, double x, double y, int32_t phase,
                          Quaternion orientation, EbsdMap *map, PetscBool *is_good)
{
  PetscFunctionBeginUser;
  if (map->num == MOST_POINTS) {
    EbsdLinesProblem(lines, "there are more points than the %d that are possible",
                     (int)MOST_POINTS);
    *is_good = PETSC_FALSE;
  } else if (!map->num) {
    map->first[0] = x;
    map->first[1] = y;
    *is_good = (PetscBool)(isfinite(x) && isfinite(y));
  } else {
    *is_good = map->row ? has_place(lines, x, y, map) : begin_grid(lines, x, y, map);
  }
  if (!*is_good) PetscFunctionReturn(PETSC_SUCCESS);
  if (map->num == map->room) {
    map->room += map->room / 2 + 4096;
    PetscCall(PetscRealloc((size_t)map->room * sizeof *map->phase, &map->phase));
    PetscCall(PetscRealloc((size_t)map->room * sizeof *map->orientation, &map->orientation));
  }
  map->phase[map->num] = phase;
  map->orientation[map->num++] = orientation;
  map->last[0] = x;
  map->last[1] = y;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Compares the header with what the points fill. */
static PetscBool agrees(const EbsdLines *lines, const EbsdMap *map, const PetscInt cells[2],
                        const PetscReal step[2])
{
  PetscBool is_step = PETSC_TRUE;

  for (int d = 0; d < 2; d++) {
    if (map->step[d] > 0 && fabs(step[d] - map->step[d]) > MOST_OFF * step[d])
      is_step = PETSC_FALSE;
  }
  if (map->cells[0] && map->cells[0] != cells[0] && !is_step) {
    ProblemsWarn(lines->problems, lines->path,
                 "its header has %" PetscInt_FMT " x %" PetscInt_FMT
                 " points, %g x %g um apart, but those in it are %" PetscInt_FMT " x %" PetscInt_FMT
                 ", %g x %g um apart: taken as they are",
                 map->cells[0], map->cells[1], map->step[0], map->step[1], cells[0], cells[1],
                 step[0], step[1]);
    return PETSC_TRUE;
  }
  if (!is_step) {
    EbsdLinesProblem(lines, "the points are %g x %g um apart; the header has %g x %g", step[0],
                     step[1], map->step[0], map->step[1]);
  } else if (map->cells[0] && map->cells[0] != cells[0]) {
    EbsdLinesProblem(lines, "the rows have %" PetscInt_FMT " points; the header has %" PetscInt_FMT,
                     cells[0], map->cells[0]);
  } else if (map->cells[1] && map->cells[1] != cells[1]) {
    EbsdLinesProblem(lines,
                     "the file ends after %" PetscInt_FMT " rows; the header has %" PetscInt_FMT,
                     cells[1], map->cells[1]);
  } else {
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

void EbsdMapFinish(const EbsdLines *lines, EbsdMap *map, PetscBool *is_good)
{
  const PetscInt row = map->row ? map->row : (PetscInt)map->num;
  PetscInt cells[2];
  PetscReal step[2];

  *is_good = (PetscBool)(map->num > 0 && map->num % row == 0);
  if (!*is_good) {
    EbsdLinesProblem(lines, "the file ends after %" PetscInt64_FMT " points%s", map->num,
                     map->num ? ", within a row" : "");
    return;
  }
  cells[0] = row;
  cells[1] = (PetscInt)(map->num / row);
  for (int d = 0; d < 2; d++) {
    /* a single row, or points of one row each, is as wide as long, unless the header knows better
     */
    step[d] = cells[d] > 1 ? map->pitch[d] : map->step[d] > 0 ? map->step[d] : map->pitch[1 - d];
    if (map->step[d] > 0 && fabs(step[d] - map->step[d]) < 0.01 * step[d]) step[d] = map->step[d];
  }
  *is_good = (PetscBool)(step[0] > 0 && step[1] > 0);
  if (!*is_good) {
    EbsdLinesProblem(lines, "the header lacks the step, and a single point does not tell it");
    return;
  }
  *is_good = agrees(lines, map, cells, step);
  for (int d = 0; d < 2; d++) {
    map->cells[d] = cells[d];
    map->step[d] = step[d];
  }
}

/* First point of the set that a point belongs to; the way there becomes shorter. */
static int32_t find_root(int32_t *parent, int32_t point)
{
  while (parent[point] != point) {
    parent[point] = parent[parent[point]];
    point = parent[point];
  }
  return point;
}

static void join_if_alike(const EbsdMap *map, PetscReal angle, int32_t *parent, int32_t a,
                          int32_t b)
{
  const int32_t phase = map->phase[a];

  if (!phase || phase != map->phase[b]) return;
  if (Disorientation(map->phases.laue[phase], map->orientation[a], map->orientation[b]) < angle) {
    const int32_t x = find_root(parent, a), y = find_root(parent, b);

    parent[PetscMax(x, y)] = PetscMin(x, y);
  }
}

/* Points of one grain share a root. */
static PetscErrorCode join_points(const EbsdMap *map, PetscReal angle, int32_t **parent)
{
  const int32_t nx = (int32_t)map->cells[0], num = nx * (int32_t)map->cells[1];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num, parent));
  for (int32_t p = 0; p < num; p++) (*parent)[p] = p;
  for (int32_t p = 0; p < num; p++) {
    if (p % nx) join_if_alike(map, angle, *parent, p, p - 1);
    if (p >= nx) join_if_alike(map, angle, *parent, p, p - nx);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains from 1 in the order of their first points; 0: not indexed. */
static PetscErrorCode number_grains(const EbsdMap *map, int32_t *parent, int32_t **label,
                                    PetscInt *num_grains)
{
  const int32_t num = (int32_t)(map->cells[0] * map->cells[1]);

  PetscFunctionBeginUser;
  *num_grains = 0;
  PetscCall(PetscMalloc1(num, label));
  for (int32_t p = 0; p < num; p++) {
    const int32_t root = find_root(parent, p); /* no point after p */

    if (!map->phase[p])
      (*label)[p] = 0;
    else
      (*label)[p] = root == p ? (int32_t)++(*num_grains) : (*label)[root];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Phase and mean orientation of each grain. */
static PetscErrorCode describe_grains(const EbsdMap *map, const int32_t *label, PetscInt num_grains,
                                      ImageGrains *grains)
{
  const PetscInt64 num = (PetscInt64)map->cells[0] * map->cells[1];
  Quaternion *first;

  PetscFunctionBeginUser;
  grains->num = num_grains + 1;
  PetscCall(PetscCalloc1(grains->num, &grains->phase));
  PetscCall(PetscCalloc1(grains->num, &grains->orientation));
  PetscCall(PetscMalloc1(grains->num, &first));
  for (PetscInt64 p = 0; p < num; p++) {
    Quaternion *sum = &grains->orientation[label[p]], own;

    if (!label[p]) continue;
    if (!grains->phase[label[p]]) first[label[p]] = map->orientation[p];
    grains->phase[label[p]] = map->phase[p];
    own = QuaternionNearest(map->phases.laue[map->phase[p]], map->orientation[p], first[label[p]]);
    *sum = (Quaternion){sum->w + own.w, sum->x + own.x, sum->y + own.y, sum->z + own.z};
  }
  for (PetscInt g = 1; g <= num_grains; g++) {
    grains->orientation[g] = QuaternionNormalise(grains->orientation[g]);
  }
  PetscCall(PetscFree(first));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_labels(const Image *image, PetscInt64 first, PetscInt64 count,
                                  int64_t *values)
{
  const int32_t *label = image->data;

  PetscFunctionBeginUser;
  for (PetscInt64 v = 0; v < count; v++) values[v] = label[first + v];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy_labels(void *data)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(data));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The map's phases become the image's. */
static PetscErrorCode segment(const char *path, EbsdMap *map, PetscReal angle, Problems *problems,
                              Image *image, PetscBool *is_open)
{
  const double shape[3] = {(double)map->cells[0], 1, (double)map->cells[1]};
  const PetscInt64 num = (PetscInt64)map->cells[0] * map->cells[1];
  PetscInt64 num_void = 0;
  int32_t *parent, *label;
  PetscInt num_grains;

  PetscFunctionBeginUser;
  *is_open = ImageSetShape(path, shape, PETSC_FALSE, problems, image);
  if (!*is_open) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(join_points(map, angle, &parent));
  PetscCall(number_grains(map, parent, &label, &num_grains));
  PetscCall(PetscFree(parent));
  PetscCall(describe_grains(map, label, num_grains, &image->grains));
  image->phases = map->phases;
  map->phases = (ImagePhases){0};
  image->spacing[0] = map->step[0];
  image->spacing[2] = map->step[1];
  image->unit = 1e-6;
  image->read = read_labels;
  image->destroy = destroy_labels;
  image->data = label;
  for (PetscInt64 p = 0; p < num; p++) num_void += !label[p];
  if (num_void) {
    ProblemsWarn(problems, path,
                 "%" PetscInt64_FMT " of its %" PetscInt64_FMT " points are not indexed: void",
                 num_void, num);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode EbsdOpen(const ImageSpec *spec, EbsdReader read, Problems *problems, Image *image,
                        PetscBool *is_open)
{
  EbsdLines lines = {.path = spec->file, .file = fopen(spec->file, "re"), .problems = problems};
  EbsdMap map = {.cells = {0, 0}};

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (!lines.file) {
    ProblemsAdd(problems, spec->file, "cannot be read: %s", strerror(errno));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall((*read)(&lines, &map, is_open));
  if (*is_open) PetscCall(segment(spec->file, &map, spec->grain_angle, problems, image, is_open));
  PetscCall(destroy_map(&map));
  free(lines.text);
  fclose(lines.file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
