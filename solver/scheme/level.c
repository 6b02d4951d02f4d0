#include <stdlib.h>
#include "hierarchy.h"

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
static PetscErrorCode mirror_links(Level *level, LinkBuilder *builder)
{
  const PetscInt n = level->num_unknowns;
  int32_t *row, *place;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(builder->neighbours));
  PetscCall(PetscFree(builder->place));
  PetscCall(PetscCalloc1(n + 1, &row));
  for (PetscInt u = 0; u < n; u++) {
    row[u + 1] += builder->row[u][1] - builder->row[u][0];
    for (int32_t l = builder->row[u][0]; l < builder->row[u][1]; l++) {
      if (builder->links[l].column < n) row[builder->links[l].column + 1]++;
    }
  }
  for (PetscInt u = 0; u < n; u++) row[u + 1] += row[u];
  PetscCall(PetscMalloc1(row[n], &level->links));
  PetscCall(PetscMalloc1(n, &place));
  PetscCall(PetscArraycpy(place, row, n));
  for (PetscInt u = 0; u < n; u++) {
    for (int32_t l = builder->row[u][1] - 1; l >= builder->row[u][0]; l--) {
      Link link = builder->links[l];
      const int32_t v = link.column;

      level->links[place[u]++] = link;
      if (v >= n) continue;
      link.column = (int32_t)u;
      level->links[place[v]++] = link;
    }
  }
  level->link_row = row;
  PetscCall(PetscFree(place));
  PetscCall(PetscFree(builder->row));
  PetscCall(PetscFree(builder->links));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Conductances of the ties, each made of the links along all axes. */
static PetscErrorCode tie_unknowns(Level *level)
{
  const PetscInt n = level->num_unknowns, num_links = level->link_row[n];
  int32_t num_ties = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(n + 1, &level->row));
  PetscCall(PetscMalloc1(n, &level->behind));
  PetscCall(PetscMalloc1(num_links, &level->column));
  PetscCall(PetscMalloc1(num_links, &level->conductance));
  level->row[0] = 0;
  for (PetscInt u = 0; u < n; u++) {
    int32_t last = -1;

    level->behind[u] = -1;
    for (int32_t l = level->link_row[u]; l < level->link_row[u + 1]; l++) {
      const Link *link = &level->links[l];
      const float t = LinkConductance(link->bulk, link->contact);

      if (link->column == last) {
        level->conductance[num_ties - 1] += t;
        continue;
      }
      last = link->column;
      if (level->behind[u] < 0 && last > u) level->behind[u] = num_ties;
      level->column[num_ties] = last;
      level->conductance[num_ties++] = t;
    }
    level->row[u + 1] = num_ties;
    if (level->behind[u] < 0) level->behind[u] = num_ties;
  }
  PetscCall(PetscRealloc((size_t)num_ties * sizeof *level->column, &level->column));
  PetscCall(PetscRealloc((size_t)num_ties * sizeof *level->conductance, &level->conductance));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelFinish(Level *level, LinkBuilder *builder)
{
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  PetscCall(mirror_links(level, builder));
  PetscCall(tie_unknowns(level));
  PetscCall(PetscMalloc1(n, &level->inverse));
  PetscCall(PetscCalloc1(n, &level->plate));
  PetscCall(PetscCalloc1(n + level->num_ghosts, &level->x));
  PetscCall(PetscCalloc1(n, &level->b));
  for (PetscInt u = 0; u < n; u++) {
    float diagonal = 0;

    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) diagonal += level->conductance[l];
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
