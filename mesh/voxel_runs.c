#include "voxel_runs.h"

#include "label_set.h"
#include "orientations.h"

enum { BLOCK = 1 << 18 }; /* voxels read at a time, if a row has no more */

static PetscErrorCode add_run(RunBlock *block, int32_t begin, int32_t label)
{
  PetscFunctionBeginUser;
  if (block->num == block->capacity) {
    block->capacity = 2 * block->capacity + 1024;
    PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->begin, &block->begin));
    PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->label, &block->label));
  }
  block->begin[block->num] = begin;
  block->label[block->num++] = label;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What a run is of, by one of its voxels; 0: void. */
static int32_t label_of(const Image *image, PetscInt num, const int64_t *labels, int64_t value)
{
  int32_t phase;

  if (!value) return 0;
  if (!(image->grain_angle > 0)) return (int32_t)LabelSetPlace(num, labels, value) + 1;
  OrientationUnpack(value, &phase);
  return phase;
}

/* Runs of rows [first, last); stops behind `most`. */
static PetscErrorCode read_block(const Image *image, PetscInt64 length, PetscInt64 first,
                                 PetscInt64 last, PetscInt num, const int64_t *labels,
                                 PetscInt most, RunBlock *block)
{
  const PetscInt64 at_once = PetscMin(PetscMax(1, BLOCK / length), PetscMax(last - first, 1));
  int64_t *values;

  PetscFunctionBeginUser;
  block->rows[0] = first;
  block->rows[1] = last;
  PetscCall(PetscMalloc1(last - first + 1, &block->offset));
  PetscCall(PetscMalloc1(at_once * length, &values));
  if (image->grain_angle > 0) PetscCall(PetscMalloc1((last - first) * length, &block->values));
  for (PetscInt64 row = first; row < last && block->num <= most; row += at_once) {
    const PetscInt64 count = PetscMin(at_once, last - row);

    PetscCall((*image->read)(image, row * length, count * length, values));
    if (block->values) {
      PetscCall(PetscArraycpy(block->values + (row - first) * length, values, count * length));
    }
    for (PetscInt64 r = 0; r < count; r++) {
      const int64_t *voxel = values + r * length;

      block->offset[row + r - first] = block->num;
      for (PetscInt64 v = 0; v < length; v++) {
        if (v && ImageAlike(image, voxel[v], voxel[v - 1])) continue;
        PetscCall(add_run(block, (int32_t)v, label_of(image, num, labels, voxel[v])));
      }
    }
  }
  block->offset[last - first] = block->num;
  PetscCall(PetscFree(values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every rank gets the numbers of all rows' runs. */
static PetscErrorCode number_runs(VoxelRuns *runs)
{
  const RunBlock *block = &runs->block;
  const PetscInt64 before = runs->own[0] - block->rows[0];
  PetscMPIInt size, here, *counts, *starts;
  int32_t *own;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(runs->comm, &size));
  here = (PetscMPIInt)(runs->own[1] - runs->own[0]);
  PetscCall(PetscMalloc3(size, &counts, size, &starts, here, &own));
  PetscCallMPI(MPI_Allgather(&here, 1, MPI_INT, counts, 1, MPI_INT, runs->comm));
  starts[0] = 0;
  for (PetscMPIInt r = 1; r < size; r++) starts[r] = starts[r - 1] + counts[r - 1];
  for (PetscMPIInt r = 0; r < here; r++) {
    own[r] = (int32_t)(block->offset[before + r + 1] - block->offset[before + r]);
  }
  PetscCall(PetscMalloc1(runs->num_rows + 1, &runs->first));
  runs->first[0] = 0;
  PetscCallMPI(MPI_Allgatherv(own, here, MPI_INT32_T, runs->first + 1, counts, starts, MPI_INT32_T,
                              runs->comm));
  for (PetscInt64 r = 0; r < runs->num_rows; r++) runs->first[r + 1] += runs->first[r];
  PetscCall(PetscFree3(counts, starts, own));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void share_rows(const Image *image, const PetscBool is_periodic[3], VoxelRuns *runs)
{
  PetscMPIInt rank, size;
  int order[3];

  MPI_Comm_rank(runs->comm, &rank);
  MPI_Comm_size(runs->comm, &size);
  ImageOrder(image, order);
  runs->length = image->cells[order[0]];
  runs->middle = image->cells[order[1]];
  runs->num_rows = runs->middle * image->cells[order[2]];
  for (int o = 0; o < 3; o++) runs->is_periodic[o] = is_periodic[order[o]];
  for (int e = 0; e < 2; e++) {
    runs->own[e] = runs->num_rows / size * (rank + e) + PetscMin(rank + e, runs->num_rows % size);
  }
}

PetscErrorCode VoxelRunsCreate(MPI_Comm comm, const char *path, const Image *image,
                               const PetscBool is_periodic[3], PetscInt num, const int64_t *labels,
                               PetscInt most, Problems *problems, VoxelRuns *runs)
{
  PetscInt64 count;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(runs, sizeof *runs));
  runs->comm = comm;
  runs->image = image;
  share_rows(image, is_periodic, runs);
  count = runs->num_rows; /* each has a run */
  if (count <= most) {
    PetscCall(read_block(image, runs->length, PetscMax(0, runs->own[0] - runs->middle),
                         runs->own[1], num, labels, most, &runs->block));
    count = runs->block.num - runs->block.offset[runs->own[0] - runs->block.rows[0]];
    PetscCall(MPIU_Allreduce(MPI_IN_PLACE, &count, 1, MPIU_INT64, MPI_SUM, comm));
  }
  if (count > most) {
    ProblemsAdd(problems, path,
                "has more than %" PetscInt_FMT " runs of like voxels, the most that can be "
                "segmented; it is noisy, filter it first",
                most);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(number_runs(runs));
  if (runs->is_periodic[2] && runs->num_rows > runs->middle) {
    const PetscInt64 last_plane = runs->num_rows - runs->middle;

    if (runs->own[1] > last_plane) {
      PetscCall(read_block(image, runs->length, PetscMax(runs->own[0] - last_plane, 0),
                           runs->own[1] - last_plane, num, labels, most, &runs->wrapped));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy_block(RunBlock *block)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(block->offset));
  PetscCall(PetscFree(block->begin));
  PetscCall(PetscFree(block->label));
  PetscCall(PetscFree(block->values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VoxelRunsDestroy(VoxelRuns *runs)
{
  PetscFunctionBeginUser;
  PetscCall(destroy_block(&runs->block));
  PetscCall(destroy_block(&runs->wrapped));
  PetscCall(PetscFree(runs->first));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One row of a block. */
typedef struct {
  PetscInt num; /* runs */
  PetscInt run; /* number of the first one */
  const int32_t *begin, *label;
  const int64_t *values; /* of its voxels; NULL: labels */
} Row;

static Row row_of(const VoxelRuns *runs, const RunBlock *block, PetscInt64 row)
{
  const PetscInt at = block->offset[row - block->rows[0]];

  return (Row){runs->first[row + 1] - runs->first[row], runs->first[row], block->begin + at,
               block->label + at,
               block->values ? block->values + (row - block->rows[0]) * runs->length : NULL};
}

/* Whether runs a and b of two rows, side by side on voxels [begin, end), are of one label, or alike
   at one of them. */
static PetscBool is_same(const VoxelRuns *runs, const Row *row, PetscInt a, const Row *other,
                         PetscInt b, PetscInt64 begin, PetscInt64 end)
{
  if (!row->values || row->label[a] != other->label[b] || !row->label[a]) {
    return (PetscBool)(row->label[a] == other->label[b]);
  }
  for (PetscInt64 v = begin; v < end; v++) {
    if (ImageAlike(runs->image, row->values[v], other->values[v])) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

static PetscErrorCode visit_rows(const VoxelRuns *runs, const Row *row, const Row *other,
                                 RunTouch touch, void *data)
{
  const PetscInt64 length = runs->length;
  PetscInt a = 0, b = 0;

  PetscFunctionBeginUser;
  while (a < row->num && b < other->num) {
    const PetscInt64 end_a = a + 1 < row->num ? row->begin[a + 1] : length;
    const PetscInt64 end_b = b + 1 < other->num ? other->begin[b + 1] : length;
    const PetscInt64 begin = PetscMax(row->begin[a], other->begin[b]);
    const PetscInt64 end = PetscMin(end_a, end_b);

    PetscCall((*touch)(data, row->run + a, other->run + b,
                       is_same(runs, row, a, other, b, begin, end), (PetscInt)(end - begin)));
    if (end_a <= end_b) a++;
    if (end_b <= end_a) b++;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VoxelRunsVisit(const VoxelRuns *runs, RunTouch touch, void *data)
{
  const PetscInt64 last_plane = runs->num_rows - runs->middle;

  PetscFunctionBeginUser;
  for (PetscInt64 r = runs->own[0]; r < runs->own[1]; r++) {
    const PetscInt64 in_plane = r % runs->middle;
    const Row row = row_of(runs, &runs->block, r);
    PetscInt64 back[3];
    int num = 0;

    for (PetscInt a = 1; a < row.num; a++) {
      PetscCall((*touch)(data, row.run + a, row.run + a - 1, PETSC_FALSE, 1));
    }
    if (runs->is_periodic[0] && row.num > 1) {
      PetscCall((*touch)(data, row.run + row.num - 1, row.run,
                         row.values
                             ? ImageAlike(runs->image, row.values[0], row.values[runs->length - 1])
                             : (PetscBool)(row.label[0] == row.label[row.num - 1]),
                         1));
    }
    if (in_plane > 0) back[num++] = 1;
    if (r >= runs->middle) back[num++] = runs->middle;
    if (runs->is_periodic[1] && in_plane > 0 && in_plane == runs->middle - 1) {
      back[num++] = runs->middle - 1;
    }
    for (int n = 0; n < num; n++) {
      const Row other = row_of(runs, &runs->block, r - back[n]);

      PetscCall(visit_rows(runs, &row, &other, touch, data));
    }
    if (runs->wrapped.offset && r >= last_plane) {
      const Row other = row_of(runs, &runs->wrapped, r - last_plane);

      PetscCall(visit_rows(runs, &row, &other, touch, data));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VoxelRunsGather(MPI_Comm comm, PetscInt num, const int32_t *own, PetscInt *num_all,
                               int32_t **all)
{
  PetscMPIInt size, here, *counts, *starts;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMPIIntCast(num, &here));
  PetscCall(PetscMalloc2(size, &counts, size, &starts));
  PetscCallMPI(MPI_Allgather(&here, 1, MPI_INT, counts, 1, MPI_INT, comm));
  starts[0] = 0;
  for (PetscMPIInt r = 1; r < size; r++) starts[r] = starts[r - 1] + counts[r - 1];
  *num_all = starts[size - 1] + counts[size - 1];
  PetscCall(PetscMalloc1(*num_all, all));
  PetscCallMPI(MPI_Allgatherv(own, here, MPI_INT32_T, *all, counts, starts, MPI_INT32_T, comm));
  PetscCall(PetscFree2(counts, starts));
  PetscFunctionReturn(PETSC_SUCCESS);
}
