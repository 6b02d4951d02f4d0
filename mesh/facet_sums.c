#include "facet_sums.h"

#include <math.h>
#include <petscis.h>

/* Pairs of grains in the order in which they were met. A grain may have a hundred thousand
   neighbours, as the matrix around specks has: pairs are found by a hash. */
typedef struct {
  PetscInt num, capacity;
  FacetSum *list;
  PetscInt num_slots; /* a power of 2, more than twice the pairs */
  int32_t *slots;     /* numbers of pairs; -1: free */
} Table;

enum { FEWEST_SLOTS = 4096 };

/* Where a pair is among the slots, or would be. */
static PetscInt find_slot(const Table *table, const int32_t grain[2], int32_t image)
{
  const uint64_t key = ((uint64_t)grain[0] << 32 | (uint32_t)grain[1]) * 27 + (uint64_t)image;
  PetscInt slot = (PetscInt)((key * 0x9e3779b97f4a7c15u) >> 33) & (table->num_slots - 1);

  for (; table->slots[slot] >= 0; slot = (slot + 1) & (table->num_slots - 1)) {
    const FacetSum *sum = &table->list[table->slots[slot]];

    if (sum->grain[0] == grain[0] && sum->grain[1] == grain[1] && sum->image == image) break;
  }
  return slot;
}

static PetscErrorCode grow_slots(Table *table)
{
  PetscFunctionBeginUser;
  table->num_slots = table->num_slots ? 2 * table->num_slots : FEWEST_SLOTS;
  PetscCall(PetscFree(table->slots));
  PetscCall(PetscMalloc1(table->num_slots, &table->slots));
  for (PetscInt s = 0; s < table->num_slots; s++) table->slots[s] = -1;
  for (PetscInt p = 0; p < table->num; p++) {
    table->slots[find_slot(table, table->list[p].grain, table->list[p].image)] = (int32_t)p;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The pair's sums, new ones if there are none yet. */
static PetscErrorCode table_find(Table *table, const int32_t grain[2], int32_t image,
                                 FacetSum **sum)
{
  PetscInt slot;

  PetscFunctionBeginUser;
  if (2 * table->num >= table->num_slots) PetscCall(grow_slots(table));
  slot = find_slot(table, grain, image);
  if (table->slots[slot] < 0) {
    if (table->num == table->capacity) {
      table->capacity += table->capacity / 2 + 1024;
      PetscCheck(table->capacity < PETSC_MPI_INT_MAX / 4, PETSC_COMM_SELF, PETSC_ERR_ARG_SIZ,
                 "too many pairs of grains");
      PetscCall(PetscRealloc((size_t)table->capacity * sizeof *table->list, &table->list));
    }
    table->list[table->num] = (FacetSum){.grain = {grain[0], grain[1]}, .image = image};
    table->slots[slot] = (int32_t)table->num++;
  }
  *sum = &table->list[table->slots[slot]];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sums over a grain's voxels: their number, and for each axis the place, or where the image repeats
   its cosine and sine, so that a grain that lies across a side has its middle there. */
enum { GRAIN_SUMS = 7 };

/* Sums of cosine and sine, or of the place and 0, over the voxels before each. */
static PetscErrorCode sum_places(const VoxelView *view, int axis, PetscReal **places)
{
  const PetscInt num = view->own[axis][1] - view->own[axis][0];

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(2 * (num + 1), places));
  for (PetscInt v = 0; v < num; v++) {
    const PetscReal x = (PetscReal)(view->own[axis][0] + v) + 0.5;
    const PetscReal angle = 2 * PETSC_PI * x / (PetscReal)view->voxels[axis];

    (*places)[2 * v + 2] = (*places)[2 * v] + (view->repeats[axis] ? cos(angle) : x);
    (*places)[2 * v + 3] = (*places)[2 * v + 1] + (view->repeats[axis] ? sin(angle) : 0);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Voxels from..to of an own row, all of one grain. */
static void add_run(const PetscReal *const places[3], PetscInt from, PetscInt to, PetscInt j,
                    PetscInt k, PetscReal entry[GRAIN_SUMS])
{
  const PetscInt low[3] = {from, j, k}, high[3] = {to, j + 1, k + 1};
  const PetscReal length = (PetscReal)(to - from);

  entry[0] += length;
  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 2; p++) {
      entry[1 + 2 * d + p] +=
          (d ? length : 1) * (places[d][2 * high[d] + p] - places[d][2 * low[d] + p]);
    }
  }
}

static void add_grains(const VoxelView *view, const PetscReal *const places[3],
                       PetscReal (*entries)[GRAIN_SUMS])
{
  PetscInt num[3], before[3];

  for (int d = 0; d < 3; d++) {
    num[d] = view->own[d][1] - view->own[d][0];
    before[d] = view->own[d][0] - view->first[d];
  }
  for (PetscInt k = 0; k < num[2]; k++) {
    for (PetscInt j = 0; j < num[1]; j++) {
      const int32_t *row = view->label + (before[2] + k) * view->step[2] +
                           (before[1] + j) * view->step[1] + before[0];

      for (PetscInt from = 0, to; from < num[0]; from = to) {
        for (to = from + 1; to < num[0] && row[to] == row[from]; to++) continue;
        if (row[from]) add_run(places, from, to, j, k, entries[row[from]]);
      }
    }
  }
}

static PetscErrorCode find_centres(const VoxelView *view, FacetSums *sums)
{
  PetscReal *places[3], (*entries)[GRAIN_SUMS];
  PetscMPIInt num;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast((sums->num_grains + 1) * GRAIN_SUMS, &num));
  PetscCall(PetscCalloc1(sums->num_grains + 1, &entries));
  for (int d = 0; d < 3; d++) PetscCall(sum_places(view, d, &places[d]));
  add_grains(view, (const PetscReal *const *)places, entries);
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, entries, num, MPIU_REAL, MPIU_SUM, sums->comm));
  for (PetscInt g = 1; g <= sums->num_grains; g++) {
    const PetscReal *entry = entries[g];

    sums->volume[g] = entry[0];
    for (int d = 0; d < 3 && entry[0] > 0; d++) {
      const PetscReal turn = atan2(entry[2 + 2 * d], entry[1 + 2 * d]) / (2 * PETSC_PI);

      sums->centre[g][d] = view->repeats[d] ? sums->period[d] * (turn < 0 ? turn + 1 : turn)
                                            : sums->spacing[d] * entry[1 + 2 * d] / entry[0];
    }
  }
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(places[d]));
  PetscCall(PetscFree(entries));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* From the nearest image of a grain's centre to a place. */
static void see_from(const FacetSums *sums, int32_t grain, const PetscReal x[3], PetscReal from[3])
{
  for (int d = 0; d < 3; d++) {
    const PetscReal period = sums->period[d];

    from[d] = x[d] - sums->centre[grain][d];
    if (period > 0) from[d] -= period * rint(from[d] / period);
  }
}

static int32_t find_image(const FacetSums *sums, const int32_t grain[2], const PetscReal from[2][3])
{
  int32_t image = 0;

  for (int d = 2; d >= 0; d--) {
    const PetscReal period = sums->period[d];
    const PetscReal apart =
        from[0][d] - from[1][d] - (sums->centre[grain[1]][d] - sums->centre[grain[0]][d]);

    image = image * 3 + 1 + (period > 0 ? (int32_t)rint(apart / period) : 0);
  }
  return image;
}

void FacetSumsShift(const FacetSums *sums, const FacetSum *sum, PetscReal shift[3])
{
  int32_t image = sum->image;

  for (int d = 0; d < 3; d++, image /= 3) {
    shift[d] = sums->centre[sum->grain[1]][d] - sums->centre[sum->grain[0]][d] +
               sums->period[d] * (image % 3 - 1);
  }
}

/* The face above a voxel of another grain than its neighbour. */
static PetscErrorCode add_face(const FacetSums *sums, int axis, const PetscInt voxel[3],
                               int32_t lower, int32_t upper, Table *table)
{
  const int32_t grain[2] = {PetscMin(lower, upper), PetscMax(lower, upper)};
  PetscReal x[3], from[2][3], *moments;
  FacetSum *sum;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    x[d] = sums->spacing[d] * ((PetscReal)voxel[d] + (d == axis ? 1 : 0.5));
  }
  for (int g = 0; g < 2; g++) see_from(sums, grain[g], x, from[g]);
  PetscCall(table_find(table, grain, find_image(sums, grain, (const PetscReal(*)[3])from), &sum));
  moments = sum->moments[axis];
  *moments++ += 1;
  for (int d = 0; d < 3; d++) *moments++ += from[0][d];
  for (int d = 0; d < 3; d++) {
    for (int e = d; e < 3; e++) *moments++ += from[0][d] * from[0][e];
  }
  *moments += lower < upper ? 1 : -1;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_faces(const VoxelView *view, const FacetSums *sums, Table *table)
{
  PetscInt v[3];

  PetscFunctionBeginUser;
  for (v[2] = view->own[2][0]; v[2] < view->own[2][1]; v[2]++) {
    for (v[1] = view->own[1][0]; v[1] < view->own[1][1]; v[1]++) {
      const int32_t *row = view->label + (v[2] - view->first[2]) * view->step[2] +
                           (v[1] - view->first[1]) * view->step[1] - view->first[0];

      for (v[0] = view->own[0][0]; v[0] < view->own[0][1]; v[0]++) {
        const int32_t *label = row + v[0];

        for (int d = 0; d < 3 && *label; d++) {
          const int32_t above = label[view->step[d]];

          if (above && above != *label) PetscCall(add_face(sums, d, v, *label, above, table));
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Hands each pair to the rank of its lower grain, which adds up what it gets. */
static PetscErrorCode bring_together(PetscLayout layout, const Table *part, FacetSums *sums)
{
  PetscMPIInt size, owner, *counts, *starts, *places, *from_counts, *from_starts;
  PetscInt num_received = 0;
  FacetSum *sent, *received, *sum;
  MPI_Datatype type;
  Table whole = {.num = 0};

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(sums->comm, &size));
  PetscCall(PetscCalloc5(size, &counts, size, &starts, size, &places, size, &from_counts, size,
                         &from_starts));
  PetscCall(PetscMalloc1(part->num, &sent));
  for (PetscInt p = 0; p < part->num; p++) {
    PetscCall(PetscLayoutFindOwner(layout, part->list[p].grain[0] - 1, &owner));
    counts[owner]++;
  }
  for (PetscMPIInt r = 1; r < size; r++) starts[r] = places[r] = starts[r - 1] + counts[r - 1];
  for (PetscInt p = 0; p < part->num; p++) {
    PetscCall(PetscLayoutFindOwner(layout, part->list[p].grain[0] - 1, &owner));
    sent[places[owner]++] = part->list[p];
  }
  PetscCallMPI(MPI_Alltoall(counts, 1, MPI_INT, from_counts, 1, MPI_INT, sums->comm));
  for (PetscMPIInt r = 0; r < size; r++) {
    from_starts[r] = (PetscMPIInt)num_received;
    num_received += from_counts[r];
  }
  PetscCall(PetscMalloc1(num_received, &received));
  PetscCallMPI(MPI_Type_contiguous(sizeof *sent, MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(sent, counts, starts, type, received, from_counts, from_starts, type,
                             sums->comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(sent));
  for (PetscInt p = 0; p < num_received; p++) {
    PetscCall(table_find(&whole, received[p].grain, received[p].image, &sum));
    for (int m = 0; m < 3 * FACET_MOMENTS; m++) {
      sum->moments[m / FACET_MOMENTS][m % FACET_MOMENTS] +=
          received[p].moments[m / FACET_MOMENTS][m % FACET_MOMENTS];
    }
  }
  PetscCall(PetscFree(received));
  PetscCall(PetscFree(whole.slots));
  PetscCall(PetscFree5(counts, starts, places, from_counts, from_starts));
  sums->num = whole.num;
  sums->list = whole.list;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FacetSumsCreate(MPI_Comm comm, const VoxelView *view, PetscInt num_grains,
                               FacetSums *sums)
{
  PetscLayout layout;
  Table part = {.num = 0};

  PetscFunctionBeginUser;
  *sums = (FacetSums){.comm = comm, .num_grains = num_grains};
  sums->unit = cbrt(view->size[0] * view->size[1] * view->size[2]);
  for (int d = 0; d < 3; d++) {
    sums->spacing[d] = view->size[d] / sums->unit;
    sums->period[d] = view->repeats[d] ? sums->spacing[d] * (PetscReal)view->voxels[d] : 0;
  }
  PetscCall(PetscLayoutCreateFromSizes(comm, PETSC_DECIDE, num_grains, 1, &layout));
  PetscCall(PetscLayoutGetRange(layout, &sums->own[0], &sums->own[1]));
  for (int e = 0; e < 2; e++) sums->own[e]++; /* grains are from 1 */
  PetscCall(PetscCalloc2(num_grains + 1, &sums->centre, num_grains + 1, &sums->volume));
  PetscCall(find_centres(view, sums));
  PetscCall(add_faces(view, sums, &part));
  PetscCall(PetscFree(part.slots));
  PetscCall(bring_together(layout, &part, sums));
  PetscCall(PetscFree(part.list));
  PetscCall(PetscLayoutDestroy(&layout));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FacetSumsDestroy(FacetSums *sums)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(sums->centre, sums->volume));
  PetscCall(PetscFree(sums->list));
  PetscFunctionReturn(PETSC_SUCCESS);
}
