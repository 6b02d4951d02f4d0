#include "resampling.h"

#include <math.h>

/* Voxels that a cell overlaps along an axis. */
typedef struct {
  PetscInt cell, first, last, centre;
} Overlap;

typedef struct {
  int32_t grain;
  PetscInt64 volume; /* in units of a cell's divided by the number of the image's voxels */
} Share;

typedef struct {
  PetscInt num, capacity;
  Share *shares;
  int32_t at_centre; /* grain */
} Tally;

/* Axes from the fastest in the file on. */
typedef struct {
  const Resampling *resampling;
  int order[3];
  PetscInt num[3];      /* points */
  Overlap *overlaps[3]; /* [num] */
  PetscInt low, width;  /* of the voxels read along the fastest axis */
  PetscInt *slot;       /* of each row of a plane of voxels; -1: is not read */
  PetscInt held;        /* plane of voxels that is in memory; -1: none */
  int64_t *plane;       /* [slots][width], grains, as the file has them */
  Tally *tallies;       /* [num[1]][num[0]] */
} Poll;

/* Cell number `at`, counted in the order of the file. */
static PetscInt in_file_order(PetscInt64 step, PetscInt num, PetscInt at)
{
  return step > 0 ? at : num - 1 - at;
}

static PetscInt64 axis_step(const Poll *poll, int o)
{
  return poll->resampling->image->step[poll->order[o]];
}

static PetscInt num_voxels(const Poll *poll, int o)
{
  return poll->resampling->image->cells[poll->order[o]];
}

/* Length of a voxel in a cell along an axis, of which the cell has as many as there are voxels. */
static PetscInt64 overlap_length(const Poll *poll, int o, PetscInt64 cell, PetscInt64 voxel)
{
  const PetscInt64 cells = poll->resampling->cells[poll->order[o]], voxels = num_voxels(poll, o);

  return PetscMin((cell + 1) * voxels, (voxel + 1) * cells) -
         PetscMax(cell * voxels, voxel * cells);
}

static PetscErrorCode find_overlaps(const Lattice *points, int o, Poll *poll)
{
  const int d = poll->order[o];
  const PetscInt64 cells = poll->resampling->cells[d], voxels = num_voxels(poll, o);

  PetscFunctionBeginUser;
  poll->num[o] = points->n[d];
  PetscCall(PetscMalloc1(points->n[d], &poll->overlaps[o]));
  for (PetscInt i = 0; i < points->n[d]; i++) {
    const PetscReal at = floor(points->x[d][i] / poll->resampling->length[d] * (PetscReal)cells);
    const PetscInt64 cell = (PetscInt64)PetscMax(0, PetscMin(at, (PetscReal)(cells - 1)));

    poll->overlaps[o][i] = (Overlap){(PetscInt)cell, (PetscInt)(cell * voxels / cells),
                                     (PetscInt)(((cell + 1) * voxels - 1) / cells),
                                     (PetscInt)((2 * cell + 1) * voxels / (2 * cells))};
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Which voxels of a plane are read. */
static PetscErrorCode choose_voxels(Poll *poll)
{
  const PetscInt rows = num_voxels(poll, 1);
  PetscInt high = 0, num = 0;

  PetscFunctionBeginUser;
  poll->low = num_voxels(poll, 0);
  for (PetscInt i = 0; i < poll->num[0]; i++) {
    poll->low = PetscMin(poll->low, poll->overlaps[0][i].first);
    high = PetscMax(high, poll->overlaps[0][i].last);
  }
  poll->width = high - poll->low + 1;
  PetscCall(PetscMalloc1(rows, &poll->slot));
  for (PetscInt row = 0; row < rows; row++) poll->slot[row] = -1;
  for (PetscInt j = 0; j < poll->num[1]; j++) {
    for (PetscInt row = poll->overlaps[1][j].first; row <= poll->overlaps[1][j].last; row++) {
      if (poll->slot[row] < 0) poll->slot[row] = num++;
    }
  }
  PetscCall(PetscMalloc1((size_t)num * (size_t)poll->width, &poll->plane));
  poll->held = -1;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_plane(Poll *poll, PetscInt plane)
{
  const Resampling *resampling = poll->resampling;
  const PetscInt rows = num_voxels(poll, 1);
  const PetscInt begin = axis_step(poll, 0) > 0 ? poll->low : poll->low + poll->width - 1;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < rows; r++) {
    const PetscInt row = in_file_order(axis_step(poll, 1), rows, r);

    if (poll->slot[row] < 0) continue;
    PetscCall((*resampling->read)(resampling->source,
                                  resampling->image->origin + begin * axis_step(poll, 0) +
                                      row * axis_step(poll, 1) + plane * axis_step(poll, 2),
                                  poll->width,
                                  poll->plane + (PetscInt64)poll->slot[row] * poll->width));
  }
  poll->held = plane;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_share(int32_t grain, PetscInt64 volume, Tally *tally)
{
  PetscInt s = 0;

  PetscFunctionBeginUser;
  while (s < tally->num && tally->shares[s].grain != grain) s++;
  if (s == tally->capacity) {
    tally->capacity = PetscMax(1, 2 * tally->capacity);
    PetscCall(PetscRealloc((size_t)tally->capacity * sizeof *tally->shares, &tally->shares));
  }
  if (s == tally->num) tally->shares[tally->num++] = (Share){grain, 0};
  tally->shares[s].volume += volume;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds a row of voxels to a row of cells; `area` of their faces. */
static PetscErrorCode add_row(const Poll *poll, const int64_t *row, PetscInt64 area,
                              PetscBool is_central, Tally *tallies)
{
  const PetscInt64 begin = axis_step(poll, 0) > 0 ? poll->low : poll->low + poll->width - 1;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < poll->num[0]; i++) {
    const Overlap *x = &poll->overlaps[0][i];

    for (PetscInt v = x->first; v <= x->last; v++) {
      const int32_t grain = (int32_t)row[v > begin ? v - begin : begin - v];

      PetscCall(add_share(grain, area * overlap_length(poll, 0, x->cell, v), &tallies[i]));
      if (is_central && v == x->centre) tallies[i].at_centre = grain;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds the plane of voxels in memory to a plane of cells. */
static PetscErrorCode add_plane(const Poll *poll, const Overlap *z)
{
  const PetscInt64 height = overlap_length(poll, 2, z->cell, poll->held);

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < poll->num[1]; j++) {
    const Overlap *y = &poll->overlaps[1][j];

    for (PetscInt row = y->first; row <= y->last; row++) {
      const PetscBool is_central = (PetscBool)(poll->held == z->centre && row == y->centre);

      PetscCall(add_row(poll, poll->plane + (PetscInt64)poll->slot[row] * poll->width,
                        height * overlap_length(poll, 1, y->cell, row), is_central,
                        poll->tallies + (PetscInt64)j * poll->num[0]));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t find_winner(const Tally *tally)
{
  Share best = tally->shares[0];

  for (PetscInt s = 0; s < tally->num; s++) {
    const Share *share = &tally->shares[s];

    if (share->volume < best.volume) continue;
    if (share->volume > best.volume || share->grain == tally->at_centre ||
        (best.grain != tally->at_centre && share->grain < best.grain)) {
      best = *share;
    }
  }
  return best.grain;
}

/* Labels of plane number k of the points along the slowest axis. */
static PetscErrorCode label_plane(Poll *poll, PetscInt k, const PetscInt place[3], int32_t *labels)
{
  const Overlap *z = &poll->overlaps[2][k];
  const PetscInt planes = z->last - z->first + 1;

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < planes; p++) {
    const PetscInt plane = z->first + in_file_order(axis_step(poll, 2), planes, p);

    if (plane != poll->held) PetscCall(read_plane(poll, plane));
    PetscCall(add_plane(poll, z));
  }
  for (PetscInt j = 0; j < poll->num[1]; j++) {
    for (PetscInt i = 0; i < poll->num[0]; i++) {
      Tally *tally = &poll->tallies[(PetscInt64)j * poll->num[0] + i];

      labels[k * place[poll->order[2]] + j * place[poll->order[1]] + i * place[poll->order[0]]] =
          find_winner(tally);
      tally->num = 0;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ResamplingLabel(const Resampling *resampling, const Lattice *points, int32_t *labels)
{
  const PetscInt place[3] = {1, points->n[0], points->n[0] * points->n[1]};
  Poll poll = {.resampling = resampling};

  PetscFunctionBeginUser;
  if (!points->n[0] || !points->n[1] || !points->n[2]) PetscFunctionReturn(PETSC_SUCCESS);
  ImageOrder(resampling->image, poll.order);
  for (int o = 0; o < 3; o++) PetscCall(find_overlaps(points, o, &poll));
  PetscCall(choose_voxels(&poll));
  PetscCall(PetscCalloc1((size_t)poll.num[0] * (size_t)poll.num[1], &poll.tallies));
  for (PetscInt p = 0; p < poll.num[2]; p++) {
    const PetscInt k = in_file_order(axis_step(&poll, 2), poll.num[2], p);

    PetscCall(label_plane(&poll, k, place, labels));
  }
  for (PetscInt t = 0; t < poll.num[0] * poll.num[1]; t++) {
    PetscCall(PetscFree(poll.tallies[t].shares));
  }
  PetscCall(PetscFree(poll.tallies));
  PetscCall(PetscFree(poll.plane));
  PetscCall(PetscFree(poll.slot));
  for (int o = 0; o < 3; o++) PetscCall(PetscFree(poll.overlaps[o]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Voxels of each phase in this rank's planes. */
static PetscErrorCode count_voxels(const Generator *generator, const StructureBox *box,
                                   const PetscInt planes[2], PetscInt64 *counts)
{
  const PetscInt *voxels = generator->voxels;
  PetscReal *x[3];
  int32_t *labels;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(voxels[d], &x[d]));
    for (PetscInt i = 0; i < voxels[d]; i++) {
      x[d][i] = ((PetscReal)i + 0.5) * box->length[d] / (PetscReal)voxels[d];
    }
  }
  PetscCall(PetscMalloc1((size_t)voxels[0] * (size_t)voxels[1], &labels));
  for (PetscInt k = planes[0]; k < planes[1]; k++) {
    const Lattice points = {{voxels[0], voxels[1], 1}, {x[0], x[1], x[2] + k}};

    PetscCall((*generator->label)(generator, &points, labels));
    for (PetscInt64 v = 0; v < (PetscInt64)voxels[0] * voxels[1]; v++) {
      counts[generator->phase[labels[v]]]++;
    }
  }
  PetscCall(PetscFree(labels));
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(x[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ResamplingMeasure(MPI_Comm comm, const Generator *generator, const StructureBox *box,
                                 PetscInt num_phases, ResampleReport *report)
{
  const PetscInt *voxels = generator->voxels;
  PetscBool is_changed = PETSC_FALSE;
  PetscMPIInt rank, size;
  PetscInt64 *counts;
  PetscInt planes[2];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3 && voxels[d]; d++) {
    if (box->cells[d] % voxels[d]) is_changed = PETSC_TRUE;
  }
  if (!is_changed) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  for (int end = 0; end < 2; end++) {
    planes[end] = (PetscInt)((PetscInt64)voxels[2] * (rank + end) / size);
  }
  PetscCall(PetscCalloc1(num_phases + 1, &counts));
  PetscCall(count_voxels(generator, box, planes, counts));
  PetscCallMPI(
      MPI_Allreduce(MPI_IN_PLACE, counts, (PetscMPIInt)num_phases + 1, MPIU_INT64, MPI_SUM, comm));
  PetscCall(PetscMalloc1(num_phases + 1, &report->fraction));
  for (PetscInt p = 0; p <= num_phases; p++) {
    report->fraction[p] =
        (PetscReal)counts[p] / (PetscReal)voxels[0] / (PetscReal)voxels[1] / (PetscReal)voxels[2];
  }
  for (int d = 0; d < 3; d++) {
    report->voxels[d] = voxels[d];
    report->cells[d] = box->cells[d];
  }
  PetscCall(PetscFree(counts));
  PetscFunctionReturn(PETSC_SUCCESS);
}
