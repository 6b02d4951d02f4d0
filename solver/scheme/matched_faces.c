#include "matched_faces.h"

#include <math.h>
#include <string.h>
#include "facet_tallies.h"
#include "raises.h"
#include "response.h"

/* Bounds of s: a facet smaller than a face may have one, and one that is nearly parallel to an axis
   some across it. */
#define MOST 20.0

/* Facets whose area rests on fewer faces are badly resolved. */
#define FEW_FACES 4

/* A stair face while it is worked on. */
typedef struct {
  int32_t facet; /* -1: none */
  float normal[3];
} Stair;

/* All that a response depends on. The faces of a flat facet on a uniform grid ask for the same one.
 */
typedef struct {
  PetscReal normal[3], spacing[3], resistance, sigma[2];
  PetscComplex impedance, conductivity[2]; /* at a frequency */
} Circumstances;
typedef struct {
  Circumstances of;
  Response response;
  AcResponse at_frequency;
} Known;
enum { NUM_KNOWN = 1024 };

typedef struct {
  const FaceModel *model;
  const BoundaryGeometry *geometry;
  const AcTransport *ac; /* NULL: at DC */
  PetscReal *centres[3]; /* with the ghost layer */
  Stair *stairs;         /* in the order of matched->stairs */
  PetscInt capacity;
  PetscInt next; /* of the stairs, while they are gone through again */
  FacetTallies tallies;
  PetscReal area[3]; /* of the stair faces; of those without an estimate of their normal; of those
                        on planes that were fitted to an image */
  PetscBool has_foreign;
  Known *known;  /* [NUM_KNOWN], by facet */
  int num_parts; /* 2 at a frequency: real and imaginary part */
  Raises raises[2];
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
  const int32_t *boundaries = matching->raises[0].first;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (at[2] = 0; at[2] < grid->count[2] + unit[axis][2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1] + unit[axis][1]; at[1]++) {
      const PetscInt first[3] = {0, at[1], at[2]};
      PetscInt upper = GridIndex(grid, 0, at[1], at[2]), lower = index_below(grid, axis, first);

      for (at[0] = 0; at[0] < grid->count[0] + unit[axis][0]; at[0]++, upper++, lower++) {
        const PetscBool is_inside = (PetscBool)(grain[lower] == grain[upper]);

        if (choice == BETWEEN_GRAINS ? !is_inside
                                     : is_inside && (boundaries[lower] | boundaries[upper])) {
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

/* Whether a grain may take faces from a facet that does not know of it: void, or a grain of an
   image that is no polyhedron. */
static PetscBool is_foreign(const Matching *matching, int32_t grain)
{
  const PetscBool *is_known = matching->geometry->is_known;

  return (PetscBool)(grain == 0 ||
                     (is_known && is_film_grain(matching, grain) && !is_known[grain]));
}

static PetscBool touches_foreign(const Matching *matching, const PetscInt cell[3])
{
  const Grid *grid = matching->model->grid;
  const int32_t *grain = matching->model->structure->grain;

  for (int d = 0; d < 3; d++) {
    for (int step = -1; step <= 1; step += 2) {
      const PetscInt next[3] = {cell[0] + step * unit[d][0], cell[1] + step * unit[d][1],
                                cell[2] + step * unit[d][2]};

      if (next[d] < -1 || next[d] > grid->count[d]) continue;
      if (is_foreign(matching, grain[GridIndex(grid, next[0], next[1], next[2])])) {
        return PETSC_TRUE;
      }
    }
  }
  return PETSC_FALSE;
}

/* Whether a foreign grain touches one of the cells of a face. */
static PetscBool is_at_foreign(const Matching *matching, int axis, const PetscInt at[3])
{
  const PetscInt below[3] = {at[0] - unit[axis][0], at[1] - unit[axis][1], at[2] - unit[axis][2]};

  if (!matching->has_foreign) return PETSC_FALSE;
  return (PetscBool)(touches_foreign(matching, at) || touches_foreign(matching, below));
}

/* Counts a face, if this rank is to. */
static void count_face(Matching *matching, int axis, const PetscInt at[3], PetscInt facet)
{
  const Grid *grid = matching->model->grid;
  PetscReal area = 0;
  PetscInt range[2];

  FaceRange(grid, axis, range);
  if (at[axis] < range[1]) area = FaceArea(grid, axis, at); /* else the next rank counts it */
  matching->area[0] += area;
  if (facet == FACET_NOT_SEEN) matching->area[1] += area;
  if (facet >= -1) matching->area[2] += area;
  if (facet >= 0) {
    FacetTalliesAdd(&matching->tallies, facet, axis, area, is_at_foreign(matching, axis, at));
  }
}

static PetscErrorCode find_stair(Matching *matching, int axis, const PetscInt at[3])
{
  const Grid *grid = matching->model->grid;
  const PetscInt upper = GridIndex(grid, at[0], at[1], at[2]);
  const PetscInt lower = index_below(grid, axis, at), first = grid->start[axis] + at[axis];
  const int32_t *grain = matching->model->structure->grain;
  const float none[3] = {0, 0, 0};
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
              {(float)found.normal[0], (float)found.normal[1], (float)found.normal[2]}};
  PetscCall(SparseFacesAppend(&matching->matched->stairs, axis, FaceIndex(grid, axis, at), none));
  count_face(matching, axis, at, found.facet);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode sum_counts(Matching *matching)
{
  const MPI_Comm comm = matching->model->grid->comm;
  const BoundaryGeometry *geometry = matching->geometry;
  FacetStatistics *statistics = &matching->matched->statistics;
  PetscReal area = 0, coarse = 0;

  PetscFunctionBeginUser;
  PetscCall(FacetTalliesSum(comm, &matching->tallies));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, matching->area, 3, MPIU_REAL, MPIU_SUM, comm));
  statistics->is_estimated = (PetscBool)(geometry->voxel > 0);
  if (matching->area[0] > 0) {
    statistics->unknown_share = matching->area[1] / matching->area[0];
    statistics->planes_share = matching->area[2] / matching->area[0];
  }
  if (statistics->is_estimated) PetscFunctionReturn(PETSC_SUCCESS);
  statistics->num_facets = geometry->num_facets;
  for (PetscInt f = 0; f < geometry->num_facets; f++) {
    const PetscReal num_faces = FacetTalliesCount(&matching->tallies, f);

    statistics->num_seen += num_faces > 0;
    area += geometry->facets[f].area;
    if (num_faces < FEW_FACES) coarse += geometry->facets[f].area;
  }
  statistics->coarse_share = area > 0 ? coarse / area : 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* How much more area a face stands for in cells at plates and insulating sides. There the faces
   along e that stairs would have in the side itself, half of them on this side, are missing:
   n_e^2/2 of the area, of which 1 - n_e^2 is left. */
static PetscReal at_sides(const Grid *grid, const Stair *stair, int axis, const PetscInt at[3])
{
  PetscReal more = 1;

  for (int e = 0; e < 3; e++) {
    const PetscInt first = e < 2 ? 0 : grid->film_cells[0], cell = grid->start[e] + at[e];
    const PetscInt last = (e < 2 ? grid->num_cells[e] : grid->film_cells[1]) - 1;
    const PetscReal square = PetscSqr((PetscReal)stair->normal[e]);
    const int sides = (cell == first) + (cell == last);

    if (e == axis || grid->is_periodic[e] || (e < 2 && grid->is_lateral_periodic)) continue;
    more += 0.5 * sides * square / PetscMax(1 - square, 1 / MOST);
  }
  return more;
}

/* |n_d| of a stair face, as the facet's own faces have it on the average: with 1/|n_d| they conduct
   together as the facet does, with |n_d| they dissipate as much from a given current. */
static PetscReal slope(const Matching *matching, const Stair *stair, int axis, const PetscInt at[3])
{
  const PetscReal n = PetscMax(fabs((PetscReal)stair->normal[axis]), 1 / MOST);
  const BoundaryGeometry *geometry = matching->geometry;
  const PetscInt facet = stair->facet;
  PetscReal more;

  if (facet >= 0 && !geometry->is_curved && FacetTalliesIsWhole(&matching->tallies, facet)) {
    const PetscReal counted = FacetTalliesArea(&matching->tallies, facet, axis);

    return PetscMin(PetscMax(n * n * geometry->facets[facet].area / counted, 1 / MOST), MOST);
  }
  if (facet == -1 && !geometry->is_curved &&
      !(geometry->voxel > 0 && is_at_foreign(matching, axis, at))) {
    return 1 / MOST;
  }
  more = at_sides(matching->model->grid, stair, axis, at);
  return PetscMin(n * (facet < -1 ? more : more * matching->tallies.whole), MOST);
}

static const Known *respond(Matching *matching, int32_t facet, const Circumstances *of)
{
  Known *known = &matching->known[(uint32_t)facet % NUM_KNOWN];

  if (memcmp(&known->of, of, sizeof *of) != 0) {
    known->of = *of;
    BoundaryResponse(of->normal, of->spacing, of->resistance, of->sigma, &known->response);
    if (matching->ac) {
      BoundaryResponseAc(of->normal, of->spacing, of->resistance, of->sigma, of->impedance,
                         of->conductivity, &known->at_frequency);
    }
  }
  return known;
}

/* Of the boundary between two grains. */
static PetscErrorCode find_circumstances(const Matching *matching, int axis, const PetscInt at[3],
                                         const Stair *stair, int32_t a, int32_t b,
                                         Circumstances *of)
{
  const Transport *dc = matching->model->transport;
  const Grid *grid = matching->model->grid;
  const PetscInt *phase = matching->model->structure->phase;
  const AcTransport *ac = matching->ac;

  PetscFunctionBeginUser;
  if (dc->boundary) PetscCall((*dc->boundary)(dc->boundary_data, a, b, &of->resistance));
  for (int d = 0; d < 3; d++) {
    const PetscInt cell = grid->start[d] + at[d];

    of->normal[d] = stair->normal[d];
    of->spacing[d] =
        0.5 * (GridSpacing(grid, d, cell - unit[axis][d]) + GridSpacing(grid, d, cell));
  }
  of->sigma[0] = dc->conductivity[phase[a]][axis];
  of->sigma[1] = dc->conductivity[phase[b]][axis];
  if (!ac) PetscFunctionReturn(PETSC_SUCCESS);
  if (ac->boundary) PetscCall((*ac->boundary)(ac->boundary_data, a, b, &of->impedance));
  of->conductivity[0] = ac->conductivity[phase[a]][axis];
  of->conductivity[1] = ac->conductivity[phase[b]][axis];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The numbers of a stair face, and the parts of what it asks of the faces inside the grains. */
static void set_stair(const Matching *matching, const Known *known, int axis, PetscReal n,
                      float values[], PetscReal gamma[2][3])
{
  PetscReal contact, bulk;

  if (!matching->ac) {
    BoundaryStair(&known->response, axis, n, &contact, &bulk);
    values[0] = (float)contact;
    values[1] = (float)bulk;
    for (int d = 0; d < 3; d++) gamma[0][d] = known->response.gamma[d];
  } else {
    values[0] = (float)BoundaryStretch(&known->response, n);
    values[1] = (float)(1 + PetscRealPartComplex(known->at_frequency.alpha));
    values[2] = (float)PetscImaginaryPartComplex(known->at_frequency.alpha);
    for (int d = 0; d < 3; d++) {
      gamma[0][d] = PetscRealPartComplex(known->at_frequency.gamma[d]);
      gamma[1][d] = PetscImaginaryPartComplex(known->at_frequency.gamma[d]);
    }
  }
}

/* Of the faces between grains, in the order of find_stair(). */
static PetscErrorCode match_stair(Matching *matching, int axis, const PetscInt at[3])
{
  const FaceModel *model = matching->model;
  const Grid *grid = model->grid;
  SparseFaces *stairs = &matching->matched->stairs;
  const PetscInt lower = index_below(grid, axis, at), upper = GridIndex(grid, at[0], at[1], at[2]);
  const int32_t a = model->structure->grain[lower], b = model->structure->grain[upper];
  Circumstances of = {.resistance = 0};
  const Stair *stair;
  float *values;
  PetscReal gamma[2][3];

  PetscFunctionBeginUser;
  if (!is_film_grain(matching, a) || !is_film_grain(matching, b)) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  stair = &matching->stairs[matching->next];
  values = stairs->values + stairs->width * matching->next++;
  PetscCall(find_circumstances(matching, axis, at, stair, a, b, &of));
  set_stair(matching, respond(matching, stair->facet, &of), axis, slope(matching, stair, axis, at),
            values, gamma);
  for (int p = 0; p < matching->num_parts; p++) {
    if (at[axis] > 0) PetscCall(RaisesAdd(&matching->raises[p], lower, b, gamma[p]));
    if (at[axis] < grid->count[axis]) {
      PetscCall(RaisesAdd(&matching->raises[p], upper, a, gamma[p]));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode raise_face(Matching *matching, int axis, const PetscInt at[3])
{
  const Grid *grid = matching->model->grid;
  float gamma[2];

  PetscFunctionBeginUser;
  for (int p = 0; p < matching->num_parts; p++) {
    gamma[p] = (float)RaisesSum(&matching->raises[p], index_below(grid, axis, at),
                                GridIndex(grid, at[0], at[1], at[2]), axis);
  }
  if (gamma[0] > 0) {
    PetscCall(
        SparseFacesAppend(&matching->matched->raised, axis, FaceIndex(grid, axis, at), gamma));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode matching_destroy(Matching *matching)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(matching->centres[d]));
  PetscCall(PetscFree(matching->stairs));
  PetscCall(FacetTalliesDestroy(&matching->tallies));
  PetscCall(PetscFree(matching->known));
  for (int p = 0; p < matching->num_parts; p++) PetscCall(RaisesDestroy(&matching->raises[p]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MatchedFacesCreate(const FaceModel *model, const BoundaryGeometry *geometry,
                                  const AcTransport *ac, MatchedFaces **matched)
{
  const Grid *grid = model->grid;
  Matching matching = {.model = model, .geometry = geometry, .ac = ac, .num_parts = ac ? 2 : 1};

  PetscFunctionBeginUser;
  PetscCall(PetscNew(matched));
  matching.matched = *matched;
  PetscCall(SparseFacesCreate(grid, ac ? 3 : 2, &(*matched)->stairs));
  PetscCall(SparseFacesCreate(grid, matching.num_parts, &(*matched)->raised));
  PetscCall(FacetTalliesCreate(geometry, &matching.tallies));
  PetscCall(PetscCalloc1(NUM_KNOWN, &matching.known));
  for (int p = 0; p < matching.num_parts; p++) {
    PetscCall(RaisesCreate(grid, &matching.raises[p]));
  }
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(grid->count[d] + 2, &matching.centres[d]));
    PetscCall(GridCentres(grid, d, matching.centres[d]));
  }
  for (PetscInt c = 0; c < GridGhostedSize(grid) && !matching.has_foreign; c++) {
    matching.has_foreign = is_foreign(&matching, model->structure->grain[c]);
  }
  for (int d = 0; d < 3; d++) PetscCall(for_faces(&matching, d, BETWEEN_GRAINS, find_stair));
  SparseFacesFinish(grid, &(*matched)->stairs);
  PetscCall(sum_counts(&matching));
  for (int d = 0; d < 3; d++) PetscCall(for_faces(&matching, d, BETWEEN_GRAINS, match_stair));
  for (int p = 0; p < matching.num_parts; p++) PetscCall(RaisesExchange(&matching.raises[p]));
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
