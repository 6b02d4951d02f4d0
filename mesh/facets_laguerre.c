#include "facet_makers.h"

#include <math.h>
#include <stdint.h>
#include "power_cell.h"

/* What it takes to find a facet: where the seeds are, and which facets a grain has. */
typedef struct {
  PetscReal length[3], stretch[3];
  PetscReal half_period[3]; /* infinite without images */
  PetscReal (*seeds)[3];    /* not stretched */
  PetscInt *first;          /* [num_seeds + 1]: facets with grain[0] - 1 = s start at first[s] */
  int64_t *keys;            /* [num_facets]: the other grain and the images, see make_key() */
} Search;

/* A facet on its way to all ranks. */
typedef struct {
  Facet facet;
  int64_t key;
} Found;

typedef struct {
  PetscInt num, capacity;
  Found *list;
} FoundList;

/* `image`: of the higher grain, from the lower one, each -1, 0 or 1; `piece`: image of the lower
   grain along z, which tells the two ends of a facet apart that periodic seeds have cut by a
   plate. */
static int64_t make_key(PetscInt other, const int image[3], int piece)
{
  return (((int64_t)other * 3 + piece + 1) * 3 + image[2] + 1) * 9 + (image[1] + 1) * 3 + image[0] +
         1;
}

static int nearest_image(PetscReal distance, PetscReal half_period)
{
  return (distance > half_period) - (distance < -half_period);
}

/* Normal of the plane between two seeds: along their distance where space is stretched. */
static void find_normal(const PetscReal stretch[3], const PetscReal offset[3], PetscReal normal[3])
{
  PetscReal norm;

  for (int d = 0; d < 3; d++) normal[d] = offset[d] / (stretch[d] * stretch[d]);
  norm = sqrt(PetscSqr(normal[0]) + PetscSqr(normal[1]) + PetscSqr(normal[2]));
  for (int d = 0; d < 3; d++) normal[d] /= norm;
}

static void find_facet(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                       const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const Search *search = data;
  const PetscBool is_upwards = grain_a < grain_b ? PETSC_TRUE : PETSC_FALSE;
  const PetscInt low = (is_upwards ? grain_a : grain_b) - 1;
  const PetscInt high = (is_upwards ? grain_b : grain_a) - 1;
  const PetscReal *low_cell = is_upwards ? cell_a : cell_b;
  const PetscReal *high_cell = is_upwards ? cell_b : cell_a;
  const PetscReal sign = is_upwards ? 1 : -1;
  int image[3], low_image[3];
  PetscBool is_known = PETSC_TRUE;
  int64_t key;

  (void)axis;
  for (int d = 0; d < 3; d++) {
    const PetscReal half = search->half_period[d];

    low_image[d] = nearest_image(low_cell[d] - search->seeds[low][d], half);
    image[d] = nearest_image(high_cell[d] - search->seeds[high][d], half) - low_image[d];
    if (image[d] < -1 || image[d] > 1) is_known = PETSC_FALSE;
  }
  key = make_key(high, image, low_image[2]);
  for (PetscInt f = search->first[low]; is_known && f < search->first[low + 1]; f++) {
    if (search->keys[f] == key) {
      at->facet = f;
      for (int d = 0; d < 3; d++) at->normal[d] = sign * facets[f].normal[d];
      return;
    }
  }
  at->facet = -1;
  for (int d = 0; d < 3; d++) {
    at->normal[d] =
        sign * (search->seeds[high][d] + image[d] * search->length[d] - search->seeds[low][d]);
  }
  find_normal(search->stretch, at->normal, at->normal);
}

static PetscErrorCode destroy(void *data)
{
  Search *search = data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(search->seeds));
  PetscCall(PetscFree(search->first));
  PetscCall(PetscFree(search->keys));
  PetscCall(PetscFree(search));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode append(FoundList *found, const Found *one)
{
  PetscFunctionBeginUser;
  if (found->num == found->capacity) {
    found->capacity = 2 * found->capacity + 1024;
    PetscCall(PetscRealloc((size_t)found->capacity * sizeof *found->list, &found->list));
  }
  found->list[found->num++] = *one;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What of a face lies between the plates of the box if its cell's seed is moved up by `piece`
   periods. */
static PetscErrorCode cut_by_plates(const PowerSites *sites, PetscInt seed, int piece,
                                    Polygon *polygon, Polygon *scratch)
{
  const double bottom = -piece * sites->length[2] - sites->x[seed][2];
  const HalfSpace above = {{0, 0, -1}, -bottom}, below = {{0, 0, 1}, bottom + sites->length[2]};

  PetscFunctionBeginUser;
  PetscCall(PolygonCut(&above, 0, polygon, scratch));
  if (polygon->num) PetscCall(PolygonCut(&below, 0, polygon, scratch));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The facets of a cell with higher grains; their areas in true space. */
static PetscErrorCode list_facets(const PowerSites *sites, const Laguerre *laguerre, PetscInt seed,
                                  const PowerCell *cell, Polygon scratch[2], FoundList *found)
{
  const PetscReal stretch[3] = {1, 1, laguerre->aspect};
  const int num_pieces = sites->is_periodic[2] ? 3 : 1;

  PetscFunctionBeginUser;
  for (PetscInt f = 0; f < cell->num_faces; f++) {
    const PowerFace *face = &cell->faces[f];
    const int image[3] = {face->image[0], face->image[1], face->image[2]};

    if (face->seed <= seed) continue; /* a side, or listed by the other grain */
    for (int p = 0; p < num_pieces; p++) {
      const int piece = num_pieces == 1 ? 0 : p - 1;
      Found one = {.facet.grain = {(int32_t)seed + 1, (int32_t)face->seed + 1}};
      PetscReal offset[3], area[3];

      PetscCall(PolygonSet(face->polygon.num, (const double(*)[3])face->polygon.x, &scratch[0]));
      if (num_pieces > 1) {
        PetscCall(cut_by_plates(sites, seed, piece, &scratch[0], &scratch[1]));
      }
      PolygonArea(&scratch[0], laguerre->aspect, area);
      one.facet.area = sqrt(PetscSqr(area[0]) + PetscSqr(area[1]) + PetscSqr(area[2]));
      if (one.facet.area <= sites->tolerance * cell->radius) continue; /* an edge or a point */
      for (int d = 0; d < 3; d++) offset[d] = face->offset[d] * stretch[d];
      find_normal(stretch, offset, one.facet.normal);
      one.key = make_key(face->seed, image, piece);
      PetscCall(append(found, &one));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Facets of this rank's share of the grains: neighbours one after the other, while what is near
   them is in the cache. */
static PetscErrorCode find_share(MPI_Comm comm, const Laguerre *laguerre, FoundList *found)
{
  const PetscInt64 num_seeds = laguerre->num_seeds;
  PetscMPIInt rank, size;
  PowerSites sites;
  PowerCell cell = {0};
  Polygon scratch[2] = {{0}};

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PowerSitesCreate(laguerre, &sites));
  for (PetscInt64 p = num_seeds * rank / size; p < num_seeds * (rank + 1) / size; p++) {
    PetscCall(PowerCellCompute(&sites, sites.order[p], &cell));
    PetscCall(list_facets(&sites, laguerre, sites.order[p], &cell, scratch, found));
  }
  for (int p = 0; p < 2; p++) PetscCall(PolygonDestroy(&scratch[p]));
  PetscCall(PowerCellDestroy(&cell));
  PetscCall(PowerSitesDestroy(&sites));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Shares follow each other in one order, so the whole is the same on any number of ranks. */
static PetscErrorCode gather(MPI_Comm comm, FoundList *found)
{
  PetscMPIInt size, num = (PetscMPIInt)found->num, total = 0, *counts, *starts;
  MPI_Datatype type;
  Found *all;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc2(size, &counts, size, &starts));
  PetscCallMPI(MPI_Allgather(&num, 1, MPI_INT, counts, 1, MPI_INT, comm));
  for (PetscMPIInt r = 0; r < size; r++) {
    starts[r] = total;
    total += counts[r];
  }
  PetscCall(PetscMalloc((size_t)total * sizeof *all, &all));
  PetscCallMPI(MPI_Type_contiguous(sizeof *all, MPI_BYTE, &type));
  PetscCallMPI(MPI_Type_commit(&type));
  PetscCallMPI(MPI_Allgatherv(found->list, num, type, all, counts, starts, type, comm));
  PetscCallMPI(MPI_Type_free(&type));
  PetscCall(PetscFree2(counts, starts));
  PetscCall(PetscFree(found->list));
  found->list = all;
  found->num = found->capacity = total;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sorts the facets by their lower grain, which leaves those of one grain as they were. */
static PetscErrorCode sort_facets(const FoundList *found, PetscInt num_seeds, Search *search,
                                  Facet *facets)
{
  PetscInt *next;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num_seeds + 1, &next));
  for (PetscInt f = 0; f < found->num; f++) search->first[found->list[f].facet.grain[0]]++;
  for (PetscInt s = 0; s < num_seeds; s++) search->first[s + 1] += search->first[s];
  PetscCall(PetscArraycpy(next, search->first, num_seeds + 1));
  for (PetscInt f = 0; f < found->num; f++) {
    const PetscInt place = next[found->list[f].facet.grain[0] - 1]++;

    facets[place] = found->list[f].facet;
    search->keys[place] = found->list[f].key;
  }
  PetscCall(PetscFree(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FacetsFromLaguerre(MPI_Comm comm, const Laguerre *laguerre,
                                  BoundaryGeometry *geometry)
{
  FoundList found = {0};
  Search *search;

  PetscFunctionBeginUser;
  PetscCall(find_share(comm, laguerre, &found));
  PetscCall(gather(comm, &found));
  PetscCall(PetscNew(&search));
  for (int d = 0; d < 3; d++) {
    search->length[d] = laguerre->length[d];
    search->stretch[d] = d == 2 ? laguerre->aspect : 1;
    search->half_period[d] = laguerre->is_periodic[d] ? 0.5 * laguerre->length[d] : INFINITY;
  }
  PetscCall(PetscMalloc1(laguerre->num_seeds, &search->seeds));
  PetscCall(PetscArraycpy(search->seeds, laguerre->seeds, laguerre->num_seeds));
  PetscCall(PetscCalloc1(laguerre->num_seeds + 1, &search->first));
  PetscCall(PetscMalloc1(found.num, &search->keys));
  PetscCall(PetscMalloc1(found.num, &geometry->facets));
  PetscCall(sort_facets(&found, laguerre->num_seeds, search, geometry->facets));
  PetscCall(PetscFree(found.list));
  geometry->num_facets = found.num;
  geometry->find = find_facet;
  geometry->destroy = destroy;
  geometry->data = search;
  PetscFunctionReturn(PETSC_SUCCESS);
}
