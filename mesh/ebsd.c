#include "ebsd.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LEAST_BYTES = 10, MOST_POINTS = 50000000 };

PetscErrorCode EbsdMapReserve(const EbsdLines *lines, PetscInt64 bytes, EbsdMap *map,
                              PetscBool *is_reserved)
{
  const PetscInt64 num = (PetscInt64)map->cells[0] * map->cells[1];

  PetscFunctionBeginUser;
  *is_reserved = (PetscBool)(num <= PetscMin(bytes / LEAST_BYTES, MOST_POINTS));
  if (!*is_reserved) {
    EbsdLinesProblem(lines,
                     "%" PetscInt_FMT " x %" PetscInt_FMT " points are too many for a file of %lld "
                     "bytes, or for the %d that are possible",
                     map->cells[0], map->cells[1], (long long)bytes, (int)MOST_POINTS);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscCalloc1(num, &map->phase));
  PetscCall(PetscCalloc1(num, &map->orientation));
  PetscFunctionReturn(PETSC_SUCCESS);
}

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

PetscBool EbsdMapHasPlace(const EbsdLines *lines, const EbsdMap *map, PetscInt64 point, double x,
                          double y)
{
  const double i = (double)(point % map->cells[0]), j = (double)(point / map->cells[0]);

  if (fabs(x / map->step[0] - i) <= 0.1 && fabs(y / map->step[1] - j) <= 0.1) return PETSC_TRUE;
  EbsdLinesProblem(
      lines, "the point (%g, %g) um should be (%g, %g) um; points must fill the grid, row by row",
      x, y, i * map->step[0], j * map->step[1]);
  return PETSC_FALSE;
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
  struct stat status;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (!lines.file || fstat(fileno(lines.file), &status)) {
    ProblemsAdd(problems, spec->file, "cannot be read: %s", strerror(errno));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall((*read)(&lines, (PetscInt64)status.st_size, &map, is_open));
  if (*is_open) PetscCall(segment(spec->file, &map, spec->grain_angle, problems, image, is_open));
  PetscCall(destroy_map(&map));
  free(lines.text);
  fclose(lines.file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
