#include "grain_table.h"

#include <math.h>
#include <stdlib.h>
#include "cell_current.h"

/* Sums over a grain's cells and faces; all of one kind, so that one reduction serves. */
typedef struct {
  PetscReal cells, volume;
  PetscReal turn[2][2];         /* cosine and sine of places on periodic axes x and y */
  PetscReal current, current_z; /* times volume */
  PetscReal inside, boundaries; /* powers at 1 V */
} GrainSums;

enum { NUM_SUMS = sizeof(GrainSums) / sizeof(PetscReal) };

static PetscErrorCode reduce(MPI_Comm comm, PetscReal *values, PetscInt count)
{
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(count, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, values, size, MPIU_REAL, MPIU_SUM, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscReal box_length(const Grid *grid, int axis)
{
  return grid->edges[axis][grid->num_cells[axis]];
}

static PetscReal cell_centre(const Grid *grid, int axis, PetscInt local)
{
  const PetscReal *edge = grid->edges[axis] + grid->start[axis] + local;

  return 0.5 * (edge[0] + edge[1]);
}

/* The film's grain of a local cell; 0 for void and layers. */
static PetscInt film_grain(const FaceModel *model, const PetscInt at[3])
{
  const PetscInt g = model->structure->grain[GridIndex(model->grid, at[0], at[1], at[2])];

  return g > 0 && g <= model->structure->num_film_grains ? g : 0;
}

static PetscReal cell_volume(const Grid *grid, const PetscInt at[3])
{
  PetscReal volume = 1;

  for (int d = 0; d < 3; d++) volume *= GridSpacing(grid, d, grid->start[d] + at[d]);
  return volume;
}

static PetscErrorCode add_cells(const FaceModel *model, const Faces *faces,
                                const Potential *potential, PetscReal voltage, GrainSums *sums)
{
  const Grid *grid = model->grid;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
      for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
        GrainSums *sum = sums + film_grain(model, at);
        const PetscReal volume = cell_volume(grid, at);
        PetscReal density[3], dissipation;

        if (sum == sums) continue;
        PetscCall(CellCurrentGet(model, faces, potential, at, voltage, density, &dissipation));
        sum->cells += 1;
        sum->volume += volume;
        sum->current += volume * sqrt(density[0] * density[0] + density[1] * density[1] +
                                      density[2] * density[2]);
        sum->current_z += volume * density[2];
        for (int d = 0; d < 2; d++) {
          const PetscReal angle = 2 * PETSC_PI * cell_centre(grid, d, at[d]) / box_length(grid, d);

          sum->turn[d][0] += volume * cos(angle);
          sum->turn[d][1] += volume * sin(angle);
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_face(const FaceModel *model, const Faces *faces,
                               const Potential *potential, int axis, const PetscInt at[3],
                               GrainSums *sums)
{
  const PetscInt last = model->structure->num_film_grains;
  PetscReal current, squared;
  FaceSeries series;
  PetscBool is_open;

  PetscFunctionBeginUser;
  if (faces->conductance[axis][FaceIndex(model->grid, axis, at)] == 0.0f) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(FaceSeriesGet(model, axis, at, &series, &is_open));
  current = FaceSeriesConductance(&series) * PotentialDrop(potential, axis, at);
  squared = current * current;
  if (series.grain_lower <= last) sums[series.grain_lower].inside += squared * series.lower;
  if (series.grain_upper <= last) sums[series.grain_upper].inside += squared * series.upper;
  if (series.grain_lower && series.grain_upper && series.grain_lower <= last &&
      series.grain_upper <= last) {
    sums[series.grain_lower].boundaries += 0.5 * squared * series.contact;
    sums[series.grain_upper].boundaries += 0.5 * squared * series.contact;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Pairs of grains a < b as a (num_grains + 1) + b, as many as faces between different grains. */
typedef struct {
  PetscInt64 *keys;
  int count, capacity;
} Pairs;

static int compare_keys(const void *a, const void *b)
{
  const PetscInt64 left = *(const PetscInt64 *)a, right = *(const PetscInt64 *)b;

  return (left > right) - (left < right);
}

/* Sorts, and leaves each pair once. */
static void make_unique(Pairs *pairs)
{
  int kept = 0;

  qsort(pairs->keys, (size_t)pairs->count, sizeof *pairs->keys, compare_keys);
  for (int p = 0; p < pairs->count; p++) {
    if (!kept || pairs->keys[kept - 1] != pairs->keys[p]) pairs->keys[kept++] = pairs->keys[p];
  }
  pairs->count = kept;
}

/* When the list is full, what is there twice goes; it grows if that leaves more than half. */
static PetscErrorCode add_pair(Pairs *pairs, PetscInt64 key)
{
  PetscFunctionBeginUser;
  if (pairs->count < pairs->capacity) {
    pairs->keys[pairs->count++] = key;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  make_unique(pairs);
  if (2 * pairs->count >= pairs->capacity) {
    PetscInt64 *larger;

    pairs->capacity = 2 * pairs->capacity + 1024;
    PetscCall(PetscMalloc1(pairs->capacity, &larger));
    PetscCall(PetscArraycpy(larger, pairs->keys, pairs->count));
    PetscCall(PetscFree(pairs->keys));
    pairs->keys = larger;
  }
  pairs->keys[pairs->count++] = key;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_faces(const FaceModel *model, const Faces *faces,
                                const Potential *potential, GrainSums *sums, Pairs *pairs)
{
  const Grid *grid = model->grid;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscInt range[2], last[3] = {grid->count[0], grid->count[1], grid->count[2]};

    FaceRange(grid, d, range);
    last[d] = range[1];
    for (at[2] = d == 2 ? range[0] : 0; at[2] < last[2]; at[2]++) {
      for (at[1] = d == 1 ? range[0] : 0; at[1] < last[1]; at[1]++) {
        for (at[0] = d == 0 ? range[0] : 0; at[0] < last[0]; at[0]++) {
          const PetscInt below[3] = {at[0] - (d == 0), at[1] - (d == 1), at[2] - (d == 2)};
          const PetscInt a = film_grain(model, below), b = film_grain(model, at);

          PetscCall(add_face(model, faces, potential, d, at, sums));
          if (a == b || !a || !b) continue;
          PetscCall(
              add_pair(pairs, (PetscInt64)PetscMin(a, b) * (model->structure->num_film_grains + 1) +
                                  PetscMax(a, b)));
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Neighbours of each grain from the pairs of all ranks; on rank 0. */
static PetscErrorCode count_neighbours(MPI_Comm comm, PetscInt num_grains, Pairs *pairs,
                                       GrainRow *rows)
{
  int *counts, *displacements;
  PetscMPIInt rank, size;
  Pairs all = {0};

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  make_unique(pairs);
  PetscCall(PetscCalloc2(size, &counts, size, &displacements));
  PetscCallMPI(MPI_Gather(&pairs->count, 1, MPI_INT, counts, 1, MPI_INT, 0, comm));
  for (int r = 0; r < size; r++) {
    displacements[r] = all.count;
    all.count += counts[r];
  }
  PetscCall(PetscMalloc1(all.count + 1, &all.keys));
  PetscCallMPI(MPI_Gatherv(pairs->keys, pairs->count, MPIU_INT64, all.keys, counts, displacements,
                           MPIU_INT64, 0, comm));
  if (!rank) make_unique(&all);
  for (int p = 0; !rank && p < all.count; p++) {
    rows[all.keys[p] / (num_grains + 1)].num_neighbours++;
    rows[all.keys[p] % (num_grains + 1)].num_neighbours++;
  }
  PetscCall(PetscFree(all.keys));
  PetscCall(PetscFree2(counts, displacements));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sums of places, counted on periodic axes from where most of the grain is: exact for grains that
   reach over less than half of the box. */
static PetscErrorCode find_centroids(const FaceModel *model, const GrainSums *sums, GrainRow *rows)
{
  const Grid *grid = model->grid;
  const PetscInt num = model->structure->num_film_grains;
  PetscReal *place; /* [num + 1][3] */
  PetscInt at[3];

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(3 * (num + 1), &place));
  for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
      for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
        const PetscInt g = film_grain(model, at);
        const PetscReal volume = cell_volume(grid, at);

        for (int d = 0; g && d < 3; d++) {
          PetscReal x = cell_centre(grid, d, at[d]);

          if (d < 2 && grid->is_lateral_periodic) {
            const PetscReal length = box_length(grid, d);
            const PetscReal middle =
                length * atan2(sums[g].turn[d][1], sums[g].turn[d][0]) / (2 * PETSC_PI);

            x = middle + remainder(x - middle, length);
          }
          place[3 * g + d] += volume * x;
        }
      }
    }
  }
  PetscCall(reduce(grid->comm, place, 3 * (num + 1)));
  for (PetscInt g = 1; g <= num; g++) {
    if (sums[g].volume == 0) continue;
    for (int d = 0; d < 3; d++) {
      const PetscReal length = box_length(grid, d);
      const PetscReal x = place[3 * g + d] / sums[g].volume;

      rows[g].centroid[d] = d < 2 ? x - length * floor(x / length) : x;
    }
  }
  PetscCall(PetscFree(place));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainTableCompute(const FaceModel *model, const Faces *faces, Vec global,
                                 const Asr *asr, PetscReal voltage, GrainRow *rows)
{
  const PetscInt num = model->structure->num_film_grains;
  const PetscReal scale = GridPlateArea(model->grid) / (asr->current * asr->current);
  Potential potential;
  GrainSums *sums;
  Pairs pairs = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(rows, num + 1));
  PetscCall(PetscCalloc1(num + 1, &sums));
  PetscCall(PotentialGet(model->grid, global, &potential));
  PetscCall(add_cells(model, faces, &potential, voltage, sums));
  PetscCall(add_faces(model, faces, &potential, sums, &pairs));
  PetscCall(PotentialRestore(&potential));
  PetscCall(reduce(model->grid->comm, &sums->cells, (num + 1) * NUM_SUMS));
  PetscCall(count_neighbours(model->grid->comm, num, &pairs, rows));
  PetscCall(find_centroids(model, sums, rows));
  for (PetscInt g = 1; g <= num; g++) {
    if (sums[g].volume == 0) continue;
    rows[g].num_cells = sums[g].cells;
    rows[g].volume = sums[g].volume;
    rows[g].size = cbrt(6 * sums[g].volume / PETSC_PI);
    rows[g].current = sums[g].current / sums[g].volume;
    rows[g].current_z = sums[g].current_z / sums[g].volume;
    rows[g].asr_inside = sums[g].inside * scale;
    rows[g].asr_boundaries = sums[g].boundaries * scale;
  }
  PetscCall(PetscFree(pairs.keys));
  PetscCall(PetscFree(sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}
