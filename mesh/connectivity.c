#include "connectivity.h"

#include "halo.h"

/* Local pieces by union-find over cells; then every rank joins all ranks' pieces across the rank
   borders. Pieces are few (a void structure has one large and some islands), cells are many. */

static PetscInt find(PetscInt *parent, PetscInt a)
{
  while (parent[a] != a) {
    parent[a] = parent[parent[a]];
    a = parent[a];
  }
  return a;
}

static void join(PetscInt *parent, PetscInt a, PetscInt b)
{
  a = find(parent, a);
  b = find(parent, b);
  if (a < b)
    parent[b] = a;
  else
    parent[a] = b;
}

/* Pieces of the owned box: piece[ghosted index] = number from 1, 0 in voids; flags per piece. */
static PetscErrorCode find_local_pieces(const Grid *grid, const int32_t *grain, PetscInt *piece,
                                        PetscInt *num_pieces)
{
  const PetscInt step[3] = {GridIndex(grid, 0, 0, 0) - GridIndex(grid, -1, 0, 0),
                            GridIndex(grid, 0, 0, 0) - GridIndex(grid, 0, -1, 0),
                            GridIndex(grid, 0, 0, 0) - GridIndex(grid, 0, 0, -1)};
  const PetscInt size = GridGhostedSize(grid);
  PetscInt *parent;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(size, &parent));
  for (PetscInt c = 0; c < size; c++) parent[c] = c;
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const PetscInt c = GridIndex(grid, i, j, k);

        if (grain[c] <= 0) continue;
        if (i > 0 && grain[c - step[0]] > 0) join(parent, c, c - step[0]);
        if (j > 0 && grain[c - step[1]] > 0) join(parent, c, c - step[1]);
        if (k > 0 && grain[c - step[2]] > 0) join(parent, c, c - step[2]);
      }
    }
  }
  *num_pieces = 0;
  PetscCall(PetscArrayzero(piece, size));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const PetscInt c = GridIndex(grid, i, j, k);

        if (grain[c] <= 0) continue;
        if (parent[c] == c)
          piece[c] = ++*num_pieces; /* the root is the first cell met */
        else
          piece[c] = piece[find(parent, c)];
      }
    }
  }
  PetscCall(PetscFree(parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Makes piece numbers unique over all ranks and fills their ghost layer. */
static PetscErrorCode exchange_pieces(const Grid *grid, PetscInt *piece, PetscInt offset)
{
  const PetscInt size = GridGhostedSize(grid);
  Halo halo;

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < size; c++) piece[c] += piece[c] ? offset : 0;
  PetscCall(HaloCreate(grid, &halo));
  PetscCall(HaloExchange(&halo, piece, sizeof *piece, NULL, NULL));
  PetscCall(HaloDestroy(&halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct {
  PetscInt *pairs; /* two piece numbers each */
  PetscInt count, capacity;
} Links;

static PetscErrorCode add_link(Links *links, PetscInt a, PetscInt b)
{
  PetscFunctionBeginUser;
  if (!a || !b || a == b) PetscFunctionReturn(PETSC_SUCCESS);
  if (links->count && links->pairs[2 * links->count - 2] == a &&
      links->pairs[2 * links->count - 1] == b) {
    PetscFunctionReturn(PETSC_SUCCESS); /* neighbouring faces mostly join the same two pieces */
  }
  if (links->count == links->capacity) {
    links->capacity = 2 * links->capacity + 64;
    PetscCall(PetscRealloc(2 * (size_t)links->capacity * sizeof *links->pairs, &links->pairs));
  }
  links->pairs[2 * links->count] = a;
  links->pairs[2 * links->count + 1] = b;
  links->count++;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool touches(const Grid *grid, Contact *const contacts[2], int side,
                         const PetscInt at[3])
{
  return (PetscBool)(!contacts || ContactCoverage(contacts[side], grid, at[0], at[1], NULL) > 0);
}

/* Links across the faces of the owned box, and to the plates: anode `plate`, cathode `plate + 1`.
 */
static PetscErrorCode collect_links(const Grid *grid, const PetscInt *piece,
                                    Contact *const contacts[2], PetscInt plate, Links *links)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    const int e = (d + 1) % 3, f = (d + 2) % 3;

    for (PetscInt a = 0; a < grid->count[e]; a++) {
      for (PetscInt b = 0; b < grid->count[f]; b++) {
        PetscInt at[3], inner, outer;

        at[e] = a;
        at[f] = b;
        at[d] = 0;
        inner = piece[GridIndex(grid, at[0], at[1], at[2])];
        at[d] = -1;
        outer = piece[GridIndex(grid, at[0], at[1], at[2])];
        if (d == 2 && grid->start[2] == 0) outer = touches(grid, contacts, 0, at) ? plate : 0;
        PetscCall(add_link(links, inner, outer));
        if (d == 2 && grid->start[2] + grid->count[2] == grid->num_cells[2] &&
            touches(grid, contacts, 1, at)) {
          at[d] = grid->count[2] - 1;
          PetscCall(add_link(links, piece[GridIndex(grid, at[0], at[1], at[2])], plate + 1));
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Gathers every rank's links and joins them. */
static PetscErrorCode join_everywhere(MPI_Comm comm, const Links *links, PetscInt *parent)
{
  PetscMPIInt size, here, *counts, *starts, total = 0;
  PetscInt *all;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMPIIntCast(2 * links->count, &here));
  PetscCall(PetscMalloc2(size, &counts, size, &starts));
  PetscCallMPI(MPI_Allgather(&here, 1, MPI_INT, counts, 1, MPI_INT, comm));
  for (PetscMPIInt r = 0; r < size; r++) {
    starts[r] = total;
    total += counts[r];
  }
  PetscCall(PetscMalloc1(total, &all));
  PetscCallMPI(MPI_Allgatherv(links->pairs, here, MPIU_INT, all, counts, starts, MPIU_INT, comm));
  for (PetscMPIInt l = 0; l < total; l += 2) join(parent, all[l], all[l + 1]);
  PetscCall(PetscFree(all));
  PetscCall(PetscFree2(counts, starts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode label_joined(const Grid *grid, const Microstructure *structure,
                                   Contact *const contacts[2], Connectivity *connectivity)
{
  const PetscInt size = GridGhostedSize(grid);
  PetscInt *piece, *parent, num_pieces, total, end, plate, anode, cathode;
  Links links = {NULL, 0, 0};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(size, &piece));
  PetscCall(find_local_pieces(grid, structure->grain, piece, &num_pieces));
  PetscCallMPI(MPI_Scan(&num_pieces, &end, 1, MPIU_INT, MPI_SUM, grid->comm));
  PetscCall(MPIU_Allreduce(&num_pieces, &total, 1, MPIU_INT, MPI_SUM, grid->comm));
  PetscCall(exchange_pieces(grid, piece, end - num_pieces));
  plate = total + 1;
  PetscCall(collect_links(grid, piece, contacts, plate, &links));
  PetscCall(PetscMalloc1(total + 3, &parent));
  for (PetscInt p = 0; p < total + 3; p++) parent[p] = p;
  PetscCall(join_everywhere(grid->comm, &links, parent));
  anode = find(parent, plate);
  cathode = find(parent, plate + 1);
  connectivity->percolates = (PetscBool)(anode == cathode);
  for (PetscInt c = 0; c < size; c++) {
    const PetscInt root = structure->grain[c] > 0 && piece[c] ? find(parent, piece[c]) : 0;

    connectivity->is_joined[c] = root && (root == anode || root == cathode);
  }
  PetscCall(PetscFree(links.pairs));
  PetscCall(PetscFree(parent));
  PetscCall(PetscFree(piece));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt64 count_voids(const Grid *grid, const int32_t *grain)
{
  PetscInt64 voids = 0;

  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) voids += grain[GridIndex(grid, i, j, k)] == 0;
    }
  }
  return voids;
}

static PetscInt64 count_islands(const Grid *grid, const int32_t *grain, const uint8_t *is_joined)
{
  PetscInt64 islands = 0;

  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const PetscInt c = GridIndex(grid, i, j, k);

        islands += grain[c] > 0 && !is_joined[c];
      }
    }
  }
  return islands;
}

PetscErrorCode ConnectivityCompute(const Grid *grid, const Microstructure *structure,
                                   Contact *const contacts[2], Connectivity *connectivity)
{
  const PetscInt size = GridGhostedSize(grid);
  PetscInt64 count = count_voids(grid, structure->grain);

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(connectivity, sizeof *connectivity));
  PetscCall(PetscMalloc1(size, &connectivity->is_joined));
  PetscCall(MPIU_Allreduce(&count, &connectivity->void_cells, 1, MPIU_INT64, MPI_SUM, grid->comm));
  if (!connectivity->void_cells) {
    connectivity->percolates = PETSC_TRUE;
    for (PetscInt c = 0; c < size; c++) {
      connectivity->is_joined[c] = structure->grain[c] > 0;
    }
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(label_joined(grid, structure, contacts, connectivity));
  count = count_islands(grid, structure->grain, connectivity->is_joined);
  PetscCall(
      MPIU_Allreduce(&count, &connectivity->island_cells, 1, MPIU_INT64, MPI_SUM, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ConnectivityDestroy(Connectivity *connectivity)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(connectivity->is_joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}
