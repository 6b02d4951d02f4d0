#include <math.h>
#include <stdlib.h>
#include "hierarchy.h"

/* Longest row that is searched for an equal entry; longer ones are sorted. */
#define MAX_SEARCH 48

static int compare_links(const void *left, const void *right)
{
  const Link *a = left, *b = right;

  if (a->column != b->column) return a->column < b->column ? -1 : 1;
  return (a->axis > b->axis) - (a->axis < b->axis);
}

PetscErrorCode LinkBuilderReserve(LinkBuilder *builder, PetscInt capacity)
{
  PetscFunctionBeginUser;
  builder->capacity = capacity;
  PetscCall(PetscRealloc((size_t)capacity * sizeof *builder->links, &builder->links));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LinkBuilderAppend(LinkBuilder *builder, const Link *link)
{
  PetscFunctionBeginUser;
  if (builder->count == builder->capacity) {
    PetscCall(LinkBuilderReserve(builder, builder->capacity + builder->capacity / 4 + 4096));
  }
  builder->links[builder->count++] = *link;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LinkBuilderAdd(LinkBuilder *builder, const Link *link)
{
  PetscFunctionBeginUser;
  if (builder->count - builder->row_start <= MAX_SEARCH) {
    for (PetscInt l = builder->row_start; l < builder->count; l++) {
      Link *entry = &builder->links[l];

      if (entry->column == link->column && entry->axis == link->axis) {
        entry->bulk += link->bulk;
        entry->contact += link->contact;
        PetscFunctionReturn(PETSC_SUCCESS);
      }
    }
  }
  PetscCall(LinkBuilderAppend(builder, link));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LinkBuilderEndRow(LinkBuilder *builder)
{
  Link *row = builder->links + builder->row_start;
  const PetscInt n = builder->count - builder->row_start;
  PetscInt last = 0;

  PetscFunctionBeginUser;
  if (n > MAX_SEARCH) {
    qsort(row, (size_t)n, sizeof *row, compare_links);
    for (PetscInt l = 1; l < n; l++) {
      if (compare_links(&row[last], &row[l])) {
        row[++last] = row[l];
      } else {
        row[last].bulk += row[l].bulk;
        row[last].contact += row[l].contact;
      }
    }
    builder->count = builder->row_start + last + 1;
  }
  builder->row_start = builder->count;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int compare_remotes(const void *left, const void *right)
{
  const Remote *a = left, *b = right;

  if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
  return (a->unknown > b->unknown) - (a->unknown < b->unknown);
}

PetscInt RemoteFind(const Remote *ghosts, PetscInt count, const Remote *remote)
{
  const Remote *found =
      count ? bsearch(remote, ghosts, (size_t)count, sizeof *ghosts, compare_remotes) : NULL;

  return found ? (PetscInt)(found - ghosts) : -1;
}

PetscErrorCode LevelSetGhosts(MPI_Comm comm, Level *level, PetscInt count, Remote *remotes)
{
  PetscSFNode *nodes;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  if (count) qsort(remotes, (size_t)count, sizeof *remotes, compare_remotes);
  for (PetscInt r = 0; r < count; r++) {
    if (!n || compare_remotes(&remotes[n - 1], &remotes[r])) remotes[n++] = remotes[r];
  }
  level->num_ghosts = n;
  PetscCall(PetscMalloc1(n, &nodes));
  for (PetscInt g = 0; g < n; g++) {
    nodes[g].rank = remotes[g].rank;
    nodes[g].index = remotes[g].unknown;
  }
  PetscCall(PetscSFCreate(comm, &level->halo));
  PetscCall(PetscSFSetGraph(level->halo, level->num_unknowns, n, NULL, PETSC_OWN_POINTER, nodes,
                            PETSC_OWN_POINTER));
  PetscCall(PetscSFSetUp(level->halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelExchangeExtents(Level *level)
{
  Extent *ghosts = level->extent + level->num_unknowns;
  MPI_Datatype type;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Type_contiguous(sizeof(Extent) / sizeof(int32_t), MPI_INT32_T, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCall(PetscSFBcastBegin(level->halo, type, level->extent, ghosts, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, type, level->extent, ghosts, MPI_REPLACE));
  PetscCallMPI(MPI_Type_free(&type));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A level has its own: its unknowns are further from the plate than those they are made of. */
static PetscErrorCode set_sources(Level *level)
{
  PetscInt n = 0;

  PetscFunctionBeginUser;
  for (PetscInt u = 0; u < level->num_unknowns; u++) n += level->plates[u].bulk[SIDE_ANODE] > 0;
  PetscCall(PetscMalloc1(n, &level->sources));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    const PlateLink *plate = &level->plates[u];

    if (!(plate->bulk[SIDE_ANODE] > 0)) continue;
    level->sources[level->num_sources++] =
        (Source){(int32_t)u, LinkConductance(plate->bulk[SIDE_ANODE], plate->contact[SIDE_ANODE])};
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Gives each link between own unknowns to its other end too. Links to unknowns before come first in
   a row; those behind backwards, so that the unknown just relaxed is added last: sweeps wait for
   it. */
static PetscErrorCode mirror_links(Level *level)
{
  const PetscInt n = level->num_unknowns;
  Link *links;
  int32_t *row, *place;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n + 1, &row));
  PetscCall(PetscMalloc1(n, &level->behind));
  for (PetscInt u = 0; u < n; u++) {
    row[u + 1] += level->row[u + 1] - level->row[u];
    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
      if (level->links[l].column < n) row[level->links[l].column + 1]++;
    }
  }
  for (PetscInt u = 0; u < n; u++) row[u + 1] += row[u];
  PetscCall(PetscMalloc1(row[n], &links));
  PetscCall(PetscMalloc1(n, &place));
  PetscCall(PetscArraycpy(place, row, n));
  for (PetscInt u = 0; u < n; u++) {
    level->behind[u] = place[u];
    for (int32_t l = level->row[u + 1] - 1; l >= level->row[u]; l--) {
      Link link = level->links[l];
      const int32_t v = link.column;

      links[place[u]++] = link;
      if (v >= n) continue;
      link.column = (int32_t)u;
      links[place[v]++] = link;
    }
  }
  PetscCall(PetscFree(place));
  PetscCall(PetscFree(level->row));
  PetscCall(PetscFree(level->links));
  level->row = row;
  level->links = links;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelFinish(Level *level)
{
  const PetscInt n = level->num_unknowns;
  PetscInt num_links;

  PetscFunctionBeginUser;
  PetscCall(mirror_links(level));
  num_links = level->row[n];
  PetscCall(PetscMalloc1(num_links, &level->column));
  PetscCall(PetscMalloc1(num_links, &level->conductance));
  PetscCall(PetscMalloc1(n, &level->inverse));
  PetscCall(PetscCalloc1(n, &level->plate));
  PetscCall(PetscCalloc1(n + level->num_ghosts, &level->x));
  PetscCall(PetscCalloc1(n, &level->b));
  for (PetscInt u = 0; u < n; u++) {
    float diagonal = 0;

    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
      level->column[l] = level->links[l].column;
      level->conductance[l] = LinkConductance(level->links[l].bulk, level->links[l].contact);
      diagonal += level->conductance[l];
    }
    for (int side = 0; side < 2; side++) {
      level->plate[u] +=
          LinkConductance(level->plates[u].bulk[side], level->plates[u].contact[side]);
    }
    diagonal += level->plate[u];
    level->inverse[u] = diagonal > 0 ? 1.0f / diagonal : 0.0f;
  }
  PetscCall(set_sources(level));
  PetscFunctionReturn(PETSC_SUCCESS);
}
