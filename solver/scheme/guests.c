#include <stdlib.h>
#include "guests.h"

static PetscErrorCode broadcast(PetscSF sf, size_t size, const void *roots, void *leaves)
{
  MPI_Datatype type;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Type_contiguous((int)size, MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCall(PetscSFBcastBegin(sf, type, roots, leaves, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(sf, type, roots, leaves, MPI_REPLACE));
  PetscCallMPI(MPI_Type_free(&type));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Fetches entries of size bytes from their places on other ranks. Frees places. */
static PetscErrorCode fetch(MPI_Comm comm, PetscInt num_roots, const void *roots, size_t size,
                            PetscInt num_places, PetscSFNode *places, void *entries)
{
  PetscSF sf;

  PetscFunctionBeginUser;
  PetscCall(PetscSFCreate(comm, &sf));
  PetscCall(PetscSFSetGraph(sf, num_roots, num_places, NULL, PETSC_OWN_POINTER, places,
                            PETSC_OWN_POINTER));
  PetscCall(broadcast(sf, size, roots, entries));
  PetscCall(PetscSFDestroy(&sf));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All links of an unknown: those to unknowns before it are kept there. Returns how many; NULL: only
   counts them. */
static int32_t gather_links(const Level *level, const Guests *guests, PetscMPIInt own, int32_t u,
                            GuestLink *links)
{
  const int32_t n = (int32_t)level->num_unknowns;
  int32_t count = 0;

  for (int32_t t = level->row[u]; t < level->row[u + 1]; t++) {
    const int32_t v = level->column[t];
    const int32_t row = t < level->behind[u] ? v : u, column = t < level->behind[u] ? u : v;

    for (int32_t l = level->link_row[row][0]; l < level->link_row[row][1]; l++) {
      const Link *link = &level->links[l];
      GuestLink *gathered = links ? &links[count] : NULL;

      if ((int32_t)link->column != column) continue;
      count++;
      if (!gathered) continue;
      gathered->link = *link;
      gathered->before =
          level->is_waiting[u] || level->is_waiting[v]
              ? 0
              : level->extent[u].length[link->axis] + level->extent[v].length[link->axis];
      if (v >= n)
        gathered->target = guests->ghost_parent[v - n];
      else if (level->parent[v] < 0)
        gathered->target = guests->ghost_parent[guests->leaving[-1 - level->parent[v]].host];
      else
        gathered->target = (Remote){level->parent[v], own};
    }
  }
  return count;
}

/* Who leaves this rank, and how many links they have. */
static int32_t describe(const Level *level, const Guests *guests, PetscMPIInt own, Guest *leaving)
{
  int32_t num_links = 0;

  for (int32_t i = 0; i < guests->num_leaving; i++) {
    const int32_t u = guests->leaving[i].unknown;

    leaving[i] = (Guest){.aggregate = guests->ghost_parent[guests->leaving[i].host],
                         .plate = level->plates[u],
                         .first_link = num_links,
                         .num_links = gather_links(level, guests, own, u, NULL)};
    num_links += leaving[i].num_links;
  }
  return num_links;
}

static int compare_guests(const void *left, const void *right)
{
  const Guest *a = left, *b = right;
  const int32_t aggregates[2] = {a->aggregate.unknown, b->aggregate.unknown};

  if (aggregates[0] != aggregates[1]) return aggregates[0] < aggregates[1] ? -1 : 1;
  return (a->ghost > b->ghost) - (a->ghost < b->ghost);
}

/* Where ghosts go that leave their ranks; those that come to this one are guests. */
static PetscErrorCode fetch_guests(MPI_Comm comm, const Level *level, PetscMPIInt own,
                                   const Guest *leaving, const int32_t *parent, Guests *guests)
{
  const PetscSFNode *nodes;
  PetscSFNode *places;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscSFGetGraph(level->halo, NULL, NULL, NULL, &nodes));
  for (PetscInt g = 0; g < level->num_ghosts; g++) n += parent[g] < 0;
  PetscCall(PetscMalloc1(n, &places));
  PetscCall(PetscMalloc1(n, &guests->guests));
  n = 0;
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    if (parent[g] >= 0) continue;
    places[n].rank = nodes[g].rank;
    places[n++].index = -1 - parent[g];
  }
  PetscCall(fetch(comm, guests->num_leaving, leaving, sizeof *leaving, n, places, guests->guests));
  n = 0;
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    Guest guest;

    if (parent[g] >= 0) continue;
    guest = guests->guests[n++];
    guest.ghost = (int32_t)g;
    guests->ghost_parent[g] = guest.aggregate;
    if (guest.aggregate.rank == own) guests->guests[guests->num_guests++] = guest;
  }
  if (guests->num_guests) {
    qsort(guests->guests, (size_t)guests->num_guests, sizeof *guests->guests, compare_guests);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* packed: links of all that leave this rank. */
static PetscErrorCode fetch_links(MPI_Comm comm, const Level *level, int32_t num_packed,
                                  const GuestLink *packed, Guests *guests)
{
  const PetscSFNode *nodes;
  PetscSFNode *places;
  int32_t place = 0;

  PetscFunctionBeginUser;
  for (PetscInt g = 0; g < guests->num_guests; g++) {
    guests->num_links += guests->guests[g].num_links;
  }
  PetscCall(PetscMalloc1(guests->num_links, &places));
  PetscCall(PetscMalloc1(guests->num_links, &guests->links));
  PetscCall(PetscSFGetGraph(level->halo, NULL, NULL, NULL, &nodes));
  for (PetscInt g = 0; g < guests->num_guests; g++) {
    Guest *guest = &guests->guests[g];
    const int32_t first = guest->first_link;

    guest->first_link = place;
    for (int32_t l = 0; l < guest->num_links; l++, place++) {
      places[place].rank = nodes[guest->ghost].rank;
      places[place].index = first + l;
    }
  }
  PetscCall(
      fetch(comm, num_packed, packed, sizeof *packed, guests->num_links, places, guests->links));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where all ghosts have gone; guests, and what belongs to them. */
static PetscErrorCode find_parents(MPI_Comm comm, PetscMPIInt own, const Level *level,
                                   Guests *guests)
{
  const PetscSFNode *nodes;
  int32_t *parent, num_packed;
  Guest *leaving;
  GuestLink *packed;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(level->num_ghosts, &parent));
  PetscCall(broadcast(level->halo, sizeof *parent, level->parent, parent));
  PetscCall(PetscSFGetGraph(level->halo, NULL, NULL, NULL, &nodes));
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    guests->ghost_parent[g] = (Remote){parent[g], (PetscMPIInt)nodes[g].rank};
  }
  if (guests->are_any) {
    PetscCall(PetscMalloc1(guests->num_leaving, &leaving));
    num_packed = describe(level, guests, own, leaving);
    PetscCall(fetch_guests(comm, level, own, leaving, parent, guests));
    PetscCall(PetscMalloc1(num_packed, &packed));
    for (int32_t i = 0; i < guests->num_leaving; i++) {
      gather_links(level, guests, own, guests->leaving[i].unknown, packed + leaving[i].first_link);
    }
    PetscCall(fetch_links(comm, level, num_packed, packed, guests));
    PetscCall(PetscFree(leaving));
    PetscCall(PetscFree(packed));
  }
  PetscCall(PetscFree(parent));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Column of an aggregate of any rank. */
static int32_t column_of(const Level *level, const Remote *ghosts, PetscMPIInt own,
                         const Remote *remote)
{
  return remote->rank == own
             ? remote->unknown
             : (int32_t)(level->num_unknowns + RemoteFind(ghosts, level->num_ghosts, remote));
}

PetscErrorCode GuestsExchange(MPI_Comm comm, Level *level, Level *next, Guests *guests,
                              int32_t *column)
{
  PetscInt count = 0;
  PetscMPIInt own;
  Remote *remotes; /* of other ranks: of ghosts, and what guests are tied to */

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &own));
  PetscCall(PetscMalloc1(level->num_ghosts, &guests->ghost_parent));
  PetscCall(find_parents(comm, own, level, guests));
  PetscCall(PetscMalloc1(level->num_ghosts + guests->num_links, &remotes));
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    if (guests->ghost_parent[g].rank != own) remotes[count++] = guests->ghost_parent[g];
  }
  for (PetscInt l = 0; l < guests->num_links; l++) {
    if (guests->links[l].target.rank != own) remotes[count++] = guests->links[l].target;
  }
  PetscCall(LevelSetGhosts(comm, next, count, remotes));
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    column[g] = column_of(next, remotes, own, &guests->ghost_parent[g]);
  }
  for (PetscInt l = 0; l < guests->num_links; l++) {
    guests->links[l].link.column =
        (uint32_t)column_of(next, remotes, own, &guests->links[l].target);
  }
  for (int32_t i = 0; i < guests->num_leaving; i++) {
    level->parent[guests->leaving[i].unknown] = column[guests->leaving[i].host];
  }
  PetscCall(PetscFree(remotes));
  PetscCall(PetscRealloc((size_t)(next->num_unknowns + next->num_ghosts + 1) * sizeof *next->extent,
                         &next->extent));
  PetscCall(LevelExchangeExtents(next));
  next->has_guests = guests->are_any;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GuestsDestroy(Guests *guests)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(guests->leaving));
  PetscCall(PetscFree(guests->ghost_parent));
  PetscCall(PetscFree(guests->guests));
  PetscCall(PetscFree(guests->links));
  PetscFunctionReturn(PETSC_SUCCESS);
}
