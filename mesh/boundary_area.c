#include <stdlib.h>
#include <string.h>
#include "statistics.h"

#define BLOCK 8

/* Faces between one pair of grains in one block of cells, by axis and by direction: from a to b
   along the axis, or against it. */
typedef struct {
  PetscInt64 block;
  int32_t a, b;
  PetscReal area[3][2];
} Piece;

enum { NUM_MET = 64 };

typedef struct {
  Piece *pieces;
  PetscInt count, capacity;
  PetscInt met[NUM_MET]; /* where a pair was met last, by a hash of it; a guess */
} Pieces;

static int compare_pieces(const void *left, const void *right)
{
  const Piece *x = left, *y = right;

  if (x->block != y->block) return x->block < y->block ? -1 : 1;
  if (x->a != y->a) return x->a < y->a ? -1 : 1;
  return (x->b > y->b) - (x->b < y->b);
}

/* Adds up pieces of the same pair and block, cut by rank borders. */
static void merge(Pieces *list)
{
  PetscInt last = 0;

  if (!list->count) return;
  qsort(list->pieces, (size_t)list->count, sizeof *list->pieces, compare_pieces);
  for (PetscInt p = 1; p < list->count; p++) {
    if (compare_pieces(&list->pieces[last], &list->pieces[p])) {
      list->pieces[++last] = list->pieces[p];
    } else {
      for (int d = 0; d < 3; d++) {
        for (int s = 0; s < 2; s++) list->pieces[last].area[d][s] += list->pieces[p].area[d][s];
      }
    }
  }
  list->count = last + 1;
}

static PetscBool is_pair(const Piece *piece, int32_t a, int32_t b)
{
  return (PetscBool)(piece->a == a && piece->b == b);
}

/* Finds the piece of a pair among those from `first` on, the block's, or appends one. */
static PetscErrorCode find_piece(Pieces *list, PetscInt first, PetscInt64 block, int32_t a,
                                 int32_t b, Piece **piece)
{
  PetscInt *met = &list->met[(31 * (uint32_t)a + (uint32_t)b) % NUM_MET];

  PetscFunctionBeginUser;
  if (*met < first || *met >= list->count || !is_pair(&list->pieces[*met], a, b)) {
    *met = list->count - 1;
    while (*met >= first && !is_pair(&list->pieces[*met], a, b)) --*met;
  }
  if (*met >= first) {
    *piece = &list->pieces[*met];
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  *met = list->count;
  if (list->count == list->capacity) {
    list->capacity += list->capacity / 2 + 4096;
    PetscCall(PetscRealloc((size_t)list->capacity * sizeof *list->pieces, &list->pieces));
  }
  *piece = &list->pieces[list->count++];
  **piece = (Piece){.block = block, .a = a, .b = b};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The face below local cell `at`, which parts two grains, if both are the film's. */
static PetscErrorCode add_face(const Grid *grid, const Microstructure *structure, int axis,
                               const PetscInt at[3], PetscInt64 block, PetscInt first, Pieces *list)
{
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;
  const int32_t upper = structure->grain[GridIndex(grid, at[0], at[1], at[2])];
  const int32_t lower =
      structure
          ->grain[GridIndex(grid, at[0] - (axis == 0), at[1] - (axis == 1), at[2] - (axis == 2))];
  const PetscReal area =
      GridSpacing(grid, e, grid->start[e] + at[e]) * GridSpacing(grid, f, grid->start[f] + at[f]);
  const int32_t a = PetscMin(lower, upper), b = PetscMax(lower, upper);
  Piece *piece = NULL;

  PetscFunctionBeginUser;
  if (a < 1 || b > structure->num_film_grains) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(find_piece(list, first, block, a, b, &piece));
  piece->area[axis][lower > upper] += area;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The pieces of local cells from[d] <= at[d] < end[d], which lie in one block. */
static PetscErrorCode add_block(const Grid *grid, const Microstructure *structure,
                                const PetscInt from[3], const PetscInt end[3], PetscInt64 block,
                                Pieces *list)
{
  const PetscInt first = list->count;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    const PetscInt below = d == 0 ? 1 : d == 1 ? GridStepY(grid) : GridStepZ(grid);

    for (at[2] = from[2]; at[2] < end[2]; at[2]++) {
      for (at[1] = from[1]; at[1] < end[1]; at[1]++) {
        const int32_t *grain = structure->grain + GridIndex(grid, 0, at[1], at[2]);

        for (at[0] = from[0]; at[0] < end[0]; at[0]++) {
          if (grain[at[0]] == grain[at[0] - below]) continue;
          PetscCall(add_face(grid, structure, d, at, block, first, list));
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The pieces of this rank's part of all blocks, block by block. */
static PetscErrorCode find_pieces(const Grid *grid, const Microstructure *structure, Pieces *list)
{
  PetscInt b[3], range[3][2], blocks[3];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    range[d][0] = grid->start[d] / BLOCK;
    range[d][1] = (grid->start[d] + grid->count[d] + BLOCK - 1) / BLOCK;
    blocks[d] = (grid->num_cells[d] + BLOCK - 1) / BLOCK;
  }
  for (b[2] = range[2][0]; b[2] < range[2][1]; b[2]++) {
    for (b[1] = range[1][0]; b[1] < range[1][1]; b[1]++) {
      for (b[0] = range[0][0]; b[0] < range[0][1]; b[0]++) {
        PetscInt from[3], end[3];

        for (int d = 0; d < 3; d++) {
          from[d] = PetscMax(0, b[d] * BLOCK - grid->start[d]);
          end[d] = PetscMin(grid->count[d], (b[d] + 1) * BLOCK - grid->start[d]);
        }
        PetscCall(add_block(grid, structure, from, end,
                            ((PetscInt64)b[2] * blocks[1] + b[1]) * blocks[0] + b[0], list));
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sends the pieces of every block to one rank, so that blocks cut by rank borders are whole. */
static PetscErrorCode send_blocks_home(MPI_Comm comm, Pieces *list)
{
  PetscMPIInt size, total = 0, *sent, *received, *send_start, *receive_start, *next;
  Pieces whole = {.count = 0};
  MPI_Datatype type;
  Piece *ordered;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  if (size == 1) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscCalloc5(size, &sent, size, &received, size, &send_start, size, &receive_start,
                         size, &next));
  PetscCall(PetscMalloc1(list->count, &ordered));
  for (PetscInt p = 0; p < list->count; p++) sent[list->pieces[p].block % size]++;
  for (PetscMPIInt r = 1; r < size; r++) send_start[r] = send_start[r - 1] + sent[r - 1];
  PetscCall(PetscArraycpy(next, send_start, size));
  for (PetscInt p = 0; p < list->count; p++) {
    ordered[next[list->pieces[p].block % size]++] = list->pieces[p];
  }
  PetscCallMPI(MPI_Alltoall(sent, 1, MPI_INT, received, 1, MPI_INT, comm));
  for (PetscMPIInt r = 0; r < size; r++) {
    receive_start[r] = total;
    total += received[r];
  }
  PetscCall(PetscMalloc(PetscMax(1, (size_t)total) * sizeof(Piece), &whole.pieces));
  whole.count = whole.capacity = total;
  PetscCallMPI(MPI_Type_contiguous(sizeof(Piece), MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Alltoallv(ordered, sent, send_start, type, whole.pieces, received, receive_start,
                             type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree(ordered));
  PetscCall(PetscFree5(sent, received, send_start, receive_start, next));
  PetscCall(PetscFree(list->pieces));
  *list = whole;
  merge(list);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* True area of a piece. A flat boundary has faces in one direction an axis, and its area is the
   length of their vector. Where both directions occur (a thin grain, a small sphere) opposite faces
   must not cancel: the faces of an axis are dealt to the eight octants by the shares of the other
   axes' directions, and each octant is taken as flat. Exact for parallel planes, 13 % low for a
   whole sphere. */
static PetscReal piece_area(const Piece *piece)
{
  PetscReal share[3][2], total = 0;

  for (int d = 0; d < 3; d++) {
    const PetscReal both = piece->area[d][0] + piece->area[d][1];

    for (int s = 0; s < 2; s++) share[d][s] = both > 0 ? piece->area[d][s] / both : 0.5;
  }
  for (int octant = 0; octant < 8; octant++) {
    const int side[3] = {octant & 1, octant >> 1 & 1, octant >> 2};
    PetscReal squared = 0;

    for (int d = 0; d < 3; d++) {
      const int e = (d + 1) % 3, f = (d + 2) % 3;

      squared += PetscSqr(piece->area[d][side[d]] * share[e][side[e]] * share[f][side[f]]);
    }
    total += PetscSqrtReal(squared);
  }
  return total;
}

PetscErrorCode BoundaryAreaCompute(const Grid *grid, const Microstructure *structure,
                                   PetscInt num_kinds, BoundarySorter sort, void *data,
                                   PetscReal *area)
{
  Pieces list = {.count = 0};
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(find_pieces(grid, structure, &list));
  PetscCall(send_blocks_home(grid->comm, &list));
  PetscCall(PetscArrayzero(area, num_kinds));
  for (PetscInt p = 0; p < list.count; p++) {
    const Piece *piece = &list.pieces[p];

    area[num_kinds > 1 ? (*sort)(data, piece->a, piece->b) : 0] += piece_area(piece);
  }
  PetscCall(PetscFree(list.pieces));
  PetscCall(PetscMPIIntCast(num_kinds, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, area, size, MPIU_REAL, MPIU_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}
