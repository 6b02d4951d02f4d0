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

PetscErrorCode LevelCreatePlates(Level *level)
{
  PetscFunctionBeginUser;
  level->plates = calloc((size_t)level->num_unknowns + 1, sizeof *level->plates);
  level->plate = calloc((size_t)level->num_unknowns + 1, sizeof *level->plate);
  PetscCheck(level->plates && level->plate, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "No memory for ties to the plates");
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

static PetscBool has_ghosts(const Level *level, PetscInt u)
{
  for (int32_t l = level->link_row[u][0]; l < level->link_row[u][1]; l++) {
    if ((PetscInt)level->links[l].column >= level->num_unknowns) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

void LevelDamp(Level *level, PetscInt u)
{
  float *self = &level->conductance[level->behind[u]];

  for (int32_t t = level->behind[u]; t < level->row[u + 1]; t++) {
    if (level->column[t] >= level->num_unknowns) *self += level->conductance[t];
  }
  level->inverse[u] = 1.0f / (1.0f / level->inverse[u] + *self);
}

/* Ties of each unknown, of what is linked along all axes; each is given to both ends. Those to
   unknowns before come first in a row; those behind backwards, so that the unknown just relaxed is
   added last: sweeps wait for it. Where a row has ghosts, the first of those behind is a tie to
   itself, 0 until LevelDamp(). */
static PetscErrorCode tie_unknowns(Level *level)
{
  const PetscInt n = level->num_unknowns;
  const Link *links = level->links;
  int32_t *row, *place;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n + 1, &row));
  for (PetscInt u = 0; u < n; u++) {
    row[u + 1] += has_ghosts(level, u);
    for (int32_t l = level->link_row[u][0]; l < level->link_row[u][1]; l++) {
      if (l > level->link_row[u][0] && links[l].column == links[l - 1].column) continue;
      row[u + 1]++;
      if ((PetscInt)links[l].column < n) row[links[l].column + 1]++;
    }
  }
  for (PetscInt u = 0; u < n; u++) {
    PetscCheck(row[u + 1] <= INT32_MAX - row[u], PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "a rank has too many unknowns for its ties to be counted; use more ranks");
    row[u + 1] += row[u];
  }
  PetscCall(PetscMalloc1(row[n], &level->column));
  PetscCall(PetscMalloc1(row[n], &level->conductance));
  PetscCall(PetscMalloc1(n, &level->behind));
  PetscCall(PetscMalloc1(n, &place));
  PetscCall(PetscArraycpy(place, row, n));
  for (PetscInt u = 0; u < n; u++) {
    int32_t l = level->link_row[u][1];

    level->behind[u] = place[u];
    if (has_ghosts(level, u)) {
      level->column[place[u]] = (int32_t)u;
      level->conductance[place[u]++] = 0;
    }
    while (l > level->link_row[u][0]) {
      const int32_t v = links[l - 1].column;
      float t = 0;

      for (; l > level->link_row[u][0] && (int32_t)links[l - 1].column == v; l--) {
        t += LinkConductance(links[l - 1].bulk, links[l - 1].contact);
      }
      level->column[place[u]] = v;
      level->conductance[place[u]++] = t;
      if (v >= n) continue;
      level->column[place[v]] = (int32_t)u;
      level->conductance[place[v]++] = t;
    }
  }
  level->row = row;
  PetscCall(PetscFree(place));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LevelFinish(Level *level, LinkBuilder *builder)
{
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  PetscCall(LinkBuilderFinish(builder, &level->links, &level->link_row));
  PetscCall(tie_unknowns(level));
  PetscCall(PetscMalloc1(n, &level->inverse));
  for (PetscInt u = 0; u < n; u++) {
    float diagonal = 0;

    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) diagonal += level->conductance[l];
    for (int side = 0; side < 2; side++) {
      const PlateLink *plate = &level->plates[u];

      if (!(plate->bulk[side] > 0)) continue;
      level->plate[u] += LinkConductance(plate->bulk[side], plate->contact[side]);
    }
    diagonal += level->plate[u];
    level->inverse[u] = diagonal > 0 ? 1.0f / diagonal : 0.0f;
  }
  PetscCall(set_sources(level));
  PetscFunctionReturn(PETSC_SUCCESS);
}
