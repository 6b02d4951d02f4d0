#include "matched_faces.h"

#include <math.h>
#include "halo.h"
#include "response.h"

/* Bounds of s: a facet smaller than a face may have one, and one that is nearly parallel to an axis
   some across it. */
#define LEAST 0.05
#define MOST 20.0

/* Facets whose area rests on fewer faces are badly resolved. */
#define FEW_FACES 4

/* A stair face while it is worked on. */
typedef struct {
  int32_t facet; /* -1: none */
  float normal[3];
  float gamma[3];
} Stair;

/* What all ranks know of a facet: area and number of its faces along each axis, and whether its
   cells touch a void. */
enum { FACE_AREA = 0, NUM_FACES = 3, AT_VOID = 4, TALLY = 5 };

/* One boundary at a cell: the grain behind it and what it asks of the faces along an axis. */
typedef struct {
  int32_t other;
  float gamma;
} Raise;
enum { MAX_RAISES = 6 }; /* one per face of a cell */

typedef struct {
  const FaceModel *model;
  const BoundaryGeometry *geometry;
  PetscReal *centres[3]; /* with the ghost layer */
  Stair *stairs;         /* in the order of matched->stairs */
  PetscInt capacity;
  PetscReal *tallies;   /* [num_facets][TALLY] */
  uint8_t *is_boundary; /* ghosted: the cell has a stair face */
  Raise *borders[3][2]; /* of the ghost cells behind each side, MAX_RAISES each */
  MatchedFaces *matched;
} Matching;

static const PetscInt unit[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

static PetscInt index_below(const Grid *grid, int axis, const PetscInt at[3])
{
  return GridIndex(grid, at[0] - unit[axis][0], at[1] - unit[axis][1], at[2] - unit[axis][2]);
}

typedef enum { BETWEEN_GRAINS, INSIDE_AT_BOUNDARY } FaceChoice;

/* Calls act on the chosen faces of an axis of the local box, in the order of their indices. */
static PetscErrorCode for_faces(Matching *matching, int axis, FaceChoice choice,
                                PetscErrorCode (*act)(Matching *, int axis, const PetscInt at[3]))
{
  const Grid *grid = matching->model->grid;
  const int32_t *grain = matching->model->structure->grain;
  const uint8_t *is_boundary = matching->is_boundary;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (at[2] = 0; at[2] < grid->count[2] + unit[axis][2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1] + unit[axis][1]; at[1]++) {
      const PetscInt first[3] = {0, at[1], at[2]};
      PetscInt upper = GridIndex(grid, 0, at[1], at[2]), lower = index_below(grid, axis, first);

      for (at[0] = 0; at[0] < grid->count[0] + unit[axis][0]; at[0]++, upper++, lower++) {
        const PetscBool is_inside = (PetscBool)(grain[lower] == grain[upper]);

        if (choice == BETWEEN_GRAINS ? !is_inside
                                     : is_inside && (is_boundary[lower] | is_boundary[upper])) {
          PetscCall((*act)(matching, axis, at));
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool is_film_grain(const Matching *matching, int32_t grain)
{
  return (PetscBool)(grain > 0 && grain <= matching->model->structure->num_film_grains);
}

static PetscBool touches_void(const Matching *matching, const PetscInt cell[3])
{
  const Grid *grid = matching->model->grid;
  const int32_t *grain = matching->model->structure->grain;

  for (int d = 0; d < 3; d++) {
    for (int step = -1; step <= 1; step += 2) {
      const PetscInt next[3] = {cell[0] + step * unit[d][0], cell[1] + step * unit[d][1],
                                cell[2] + step * unit[d][2]};

      if (next[d] < -1 || next[d] > grid->count[d]) continue;
      if (grain[GridIndex(grid, next[0], next[1], next[2])] == 0) return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

/* Adds a face that this rank is to count to the tally of its facet. */
static void tally(Matching *matching, int axis, const PetscInt at[3], PetscInt facet)
{
  const Grid *grid = matching->model->grid;
  const PetscInt below[3] = {at[0] - unit[axis][0], at[1] - unit[axis][1], at[2] - unit[axis][2]};
  PetscReal *entry = matching->tallies + facet * TALLY;
  PetscInt range[2];

  if (touches_void(matching, at) || touches_void(matching, below)) entry[AT_VOID] = 1;
  FaceRange(grid, axis, range);
  if (at[axis] >= range[1]) return; /* the next rank counts it */
  entry[FACE_AREA + axis] += FaceArea(grid, axis, at);
  entry[NUM_FACES]++;
}

static PetscErrorCode find_stair(Matching *matching, int axis, const PetscInt at[3])
{
  const Grid *grid = matching->model->grid;
  const PetscInt upper = GridIndex(grid, at[0], at[1], at[2]);
  const PetscInt lower = index_below(grid, axis, at), first = grid->start[axis] + at[axis];
  const int32_t *grain = matching->model->structure->grain;
  const float none[2] = {0, 0};
  PetscReal centre[2][3];
  FacetAt found;

  PetscFunctionBeginUser;
  if (!is_film_grain(matching, grain[lower]) || !is_film_grain(matching, grain[upper])) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int d = 0; d < 3; d++) {
    centre[0][d] = matching->centres[d][at[d] + 1 - unit[axis][d]];
    centre[1][d] = centre[0][d];
  }
  centre[1][axis] = matching->centres[axis][at[axis] + 1];
  if (centre[1][axis] <
      centre[0][axis]) { /* across a periodic side, where it is the lowest cell's */
    centre[1][axis] = centre[0][axis] +
                      0.5 * (GridSpacing(grid, axis, first - 1) + GridSpacing(grid, axis, first));
  }
  BoundaryGeometryFind(matching->geometry, axis, centre[0], centre[1], grain[lower], grain[upper],
                       &found);
  if (matching->matched->stairs.count == matching->capacity) {
    matching->capacity += matching->capacity / 2 + 4096;
    PetscCall(
        PetscRealloc((size_t)matching->capacity * sizeof *matching->stairs, &matching->stairs));
  }
  matching->stairs[matching->matched->stairs.count] =
      (Stair){(int32_t)found.facet,
              {(float)found.normal[0], (float)found.normal[1], (float)found.normal[2]},
              {0, 0, 0}};
  PetscCall(SparseFacesAppend(&matching->matched->stairs, axis, FaceIndex(grid, axis, at), none));
  matching->is_boundary[lower] = matching->is_boundary[upper] = 1;
  if (found.facet >= 0) tally(matching, axis, at, found.facet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sum_tallies(Matching *matching)
{
  const PetscInt num_facets = matching->geometry->num_facets;
  FacetStatistics *statistics = &matching->matched->statistics;
  PetscReal area = 0, coarse = 0;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(num_facets * TALLY, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, matching->tallies, size, MPIU_REAL, MPIU_SUM,
                             matching->model->grid->comm));
  statistics->num_facets = num_facets;
  for (PetscInt f = 0; f < num_facets; f++) {
    const PetscReal num_faces = matching->tallies[f * TALLY + NUM_FACES];

    statistics->num_seen += num_faces > 0;
    area += matching->geometry->facets[f].area;
    if (num_faces < FEW_FACES) coarse += matching->geometry->facets[f].area;
  }
  statistics->coarse_share = area > 0 ? coarse / area : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* How many times r a stair face resists. */
static PetscReal stretch(const Matching *matching, const Stair *stair, int axis)
{
  const PetscReal n = PetscMax(fabs((PetscReal)stair->normal[axis]), 1 / MOST);
  const PetscReal *entry;

  if (stair->facet < 0 || matching->geometry->is_curved) return 1 / n;
  entry = matching->tallies + stair->facet * TALLY;
  if (entry[AT_VOID] > 0) return 1 / n;
  return PetscMin(
      PetscMax(entry[FACE_AREA + axis] / (n * n * matching->geometry->facets[stair->facet].area),
               LEAST),
      MOST);
}

static PetscErrorCode match_stair(Matching *matching, int axis, const PetscInt at[3])
{
  const FaceModel *model = matching->model;
  const Grid *grid = model->grid;
  SparseFaces *stairs = &matching->matched->stairs;
  const PetscInt entry = SparseFacesIndex(stairs, axis, FaceIndex(grid, axis, at));
  const int32_t a = model->structure->grain[index_below(grid, axis, at)];
  const int32_t b = model->structure->grain[GridIndex(grid, at[0], at[1], at[2])];
  PetscReal normal[3], spacing[3], sigma[2], gamma[3], alpha, resistance = 0;
  Stair *stair;

  PetscFunctionBeginUser;
  if (entry < 0) PetscFunctionReturn(PETSC_SUCCESS);
  stair = &matching->stairs[entry];
  if (model->transport->boundary) {
    PetscCall((*model->transport->boundary)(model->transport->boundary_data, a, b, &resistance));
  }
  for (int d = 0; d < 3; d++) {
    const PetscInt cell = grid->start[d] + at[d];

    normal[d] = stair->normal[d];
    spacing[d] = 0.5 * (GridSpacing(grid, d, cell - unit[axis][d]) + GridSpacing(grid, d, cell));
  }
  sigma[0] = model->transport->conductivity[model->structure->phase[a]][axis];
  sigma[1] = model->transport->conductivity[model->structure->phase[b]][axis];
  BoundaryResponse(normal, spacing, resistance, sigma, &alpha, gamma);
  for (int d = 0; d < 3; d++) stair->gamma[d] = (float)gamma[d];
  stairs->values[2 * entry] = (float)stretch(matching, stair, axis);
  stairs->values[2 * entry + 1] = (float)alpha;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What the boundaries at an owned cell ask of the faces along an axis. */
static int list_raises(const Matching *matching, const PetscInt cell[3], int axis,
                       Raise raises[MAX_RAISES])
{
  const Grid *grid = matching->model->grid;
  const int32_t *grain = matching->model->structure->grain;
  int n = 0;

  for (int d = 0; d < 3; d++) {
    for (int up = 0; up < 2; up++) {
      const PetscInt face[3] = {cell[0] + up * unit[d][0], cell[1] + up * unit[d][1],
                                cell[2] + up * unit[d][2]};
      const PetscInt entry =
          SparseFacesIndex(&matching->matched->stairs, d, FaceIndex(grid, d, face));

      if (entry < 0) continue;
      raises[n].other =
          grain[up ? GridIndex(grid, face[0], face[1], face[2]) : index_below(grid, d, face)];
      raises[n++].gamma = matching->stairs[entry].gamma[axis];
    }
  }
  return n;
}

static PetscInt place_on_side(const Grid *grid, int axis, const PetscInt at[3])
{
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;

  return at[f] * grid->count[e] + at[e];
}

static void pack_raises(void *data, int axis, int side, const PetscInt at[3], void *buffer)
{
  const Matching *matching = data;
  Raise *raises = buffer;

  (void)side;
  for (int n = list_raises(matching, at, axis, raises); n < MAX_RAISES; n++) {
    raises[n] = (Raise){0, 0};
  }
}

static void unpack_raises(void *data, int axis, int side, const PetscInt at[3], const void *buffer)
{
  const Matching *matching = data;
  const Grid *grid = matching->model->grid;
  const Raise *received = buffer;
  PetscInt ghost[3] = {at[0], at[1], at[2]};
  Raise *raises = matching->borders[axis][side] + MAX_RAISES * place_on_side(grid, axis, at);

  ghost[axis] += side ? 1 : -1;
  for (int n = 0; n < MAX_RAISES; n++) {
    raises[n] = received[n];
    if (received[n].other) matching->is_boundary[GridIndex(grid, ghost[0], ghost[1], ghost[2])] = 1;
  }
}

static int get_raises(const Matching *matching, const PetscInt cell[3], int axis,
                      Raise raises[MAX_RAISES])
{
  const Grid *grid = matching->model->grid;
  const PetscBool is_above = (PetscBool)(cell[axis] == grid->count[axis]);
  const Raise *received;
  int n = 0;

  if (!matching->is_boundary[GridIndex(grid, cell[0], cell[1], cell[2])]) return 0;
  if (cell[axis] >= 0 && !is_above) return list_raises(matching, cell, axis, raises);
  received = matching->borders[axis][is_above] + MAX_RAISES * place_on_side(grid, axis, cell);
  for (; n < MAX_RAISES && received[n].other; n++) raises[n] = received[n];
  return n;
}

/* Faces inside a grain: each boundary that one of the two cells has raises them once, by the mean
   of what its stair faces at them ask. */
static PetscErrorCode raise_face(Matching *matching, int axis, const PetscInt at[3])
{
  const Grid *grid = matching->model->grid;
  const PetscInt below[3] = {at[0] - unit[axis][0], at[1] - unit[axis][1], at[2] - unit[axis][2]};
  Raise raises[2 * MAX_RAISES];
  float sum = 0;
  int n;

  PetscFunctionBeginUser;
  n = get_raises(matching, below, axis, raises);
  n += get_raises(matching, at, axis, raises + n);
  for (int i = 0; i < n; i++) {
    float of_one = raises[i].gamma;
    int count = 1, is_first = 1;

    for (int j = 0; j < n; j++) {
      if (j == i || raises[j].other != raises[i].other) continue;
      if (j < i) is_first = 0;
      of_one += raises[j].gamma;
      count++;
    }
    if (is_first) sum += of_one / (float)count;
  }
  if (sum > 0) {
    PetscCall(SparseFacesAppend(&matching->matched->raised, axis, FaceIndex(grid, axis, at), &sum));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode exchange_raises(Matching *matching)
{
  const Grid *grid = matching->model->grid;
  Halo halo;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    const PetscInt size = grid->count[(d + 1) % 3] * grid->count[(d + 2) % 3];

    for (int side = 0; side < 2; side++) {
      PetscCall(PetscCalloc1(MAX_RAISES * size, &matching->borders[d][side]));
    }
  }
  PetscCall(HaloCreate(grid, &halo));
  PetscCall(HaloSwap(&halo, MAX_RAISES * sizeof(Raise), pack_raises, unpack_raises, matching));
  PetscCall(HaloDestroy(&halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode matching_destroy(Matching *matching)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscFree(matching->centres[d]));
    for (int side = 0; side < 2; side++) PetscCall(PetscFree(matching->borders[d][side]));
  }
  PetscCall(PetscFree(matching->stairs));
  PetscCall(PetscFree(matching->tallies));
  PetscCall(PetscFree(matching->is_boundary));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MatchedFacesCreate(const FaceModel *model, const BoundaryGeometry *geometry,
                                  MatchedFaces **matched)
{
  const Grid *grid = model->grid;
  Matching matching = {.model = model, .geometry = geometry};

  PetscFunctionBeginUser;
  PetscCall(PetscNew(matched));
  matching.matched = *matched;
  PetscCall(SparseFacesCreate(grid, 2, &(*matched)->stairs));
  PetscCall(SparseFacesCreate(grid, 1, &(*matched)->raised));
  PetscCall(PetscCalloc1(geometry->num_facets * TALLY, &matching.tallies));
  PetscCall(PetscCalloc1(GridGhostedSize(grid), &matching.is_boundary));
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(grid->count[d] + 2, &matching.centres[d]));
    PetscCall(GridCentres(grid, d, matching.centres[d]));
  }
  for (int d = 0; d < 3; d++) PetscCall(for_faces(&matching, d, BETWEEN_GRAINS, find_stair));
  SparseFacesFinish(grid, &(*matched)->stairs);
  PetscCall(sum_tallies(&matching));
  for (int d = 0; d < 3; d++) PetscCall(for_faces(&matching, d, BETWEEN_GRAINS, match_stair));
  PetscCall(exchange_raises(&matching));
  for (int d = 0; d < 3; d++) PetscCall(for_faces(&matching, d, INSIDE_AT_BOUNDARY, raise_face));
  SparseFacesFinish(grid, &(*matched)->raised);
  PetscCall(matching_destroy(&matching));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MatchedFacesDestroy(MatchedFaces **matched)
{
  PetscFunctionBeginUser;
  if (!*matched) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(SparseFacesDestroy(&(*matched)->stairs));
  PetscCall(SparseFacesDestroy(&(*matched)->raised));
  PetscCall(PetscFree(*matched));
  PetscFunctionReturn(PETSC_SUCCESS);
}
