#include <math.h>
#include "facets.h"
#include "labels.h"

/* The window, in voxels: what bends in the larger one is looked at in the smaller one. */
#define WIDE 4.3
#define NARROW 3.0

/* A boundary is flat where its faces spread about their plane by at most so much more than those of
   an ideal one, whose centres are anywhere within half a voxel along their axis. */
#define MOST_SPREAD 2.2

/* The least share of the faces' area that must be left where they are added up as vectors. */
#define LEAST_LEFT 0.1

enum {
  REACH = 5, /* voxels from the one below a face that its window may touch */
  MOST_ROWS = (2 * REACH + 1) * (2 * REACH + 1),
  MOST_NEAR = MOST_ROWS * (2 * REACH + 1)
};

/* A voxel in the window of a face. */
typedef struct {
  PetscReal from[3];      /* its centre, from the face's */
  PetscReal weight[3][2]; /* of the faces above it along each axis, in the wide and in the narrow
                             window; 0: not in it */
} Near;

/* Voxels of a window that follow one another along x. */
typedef struct {
  PetscInt place;  /* of the first, among the labels, from the voxel below the face */
  PetscInt first;  /* its number in the window */
  uint32_t length; /* a bit for each */
} Row;

/* The window of faces along an axis. */
typedef struct {
  PetscInt num_rows, num_near;
  Row rows[MOST_ROWS];
  Near near[MOST_NEAR];
} Window;

/* Voxels of a rank with what its windows reach. */
typedef struct {
  int32_t *label; /* shape (n[2], n[1], n[0]); 0 in voids and outside the film */
  uint8_t *mark;  /* a bit for each: there is another grain above along some axis. Few have one */
  PetscInt n[3], step[3];
  PetscInt first[3];  /* the lowest voxel below a face: at place REACH */
  PetscInt period[3]; /* voxels of the image; 0: it does not repeat */
  PetscReal size[3];  /* of a voxel [m] */
  Window *windows;    /* [3] */
} Search;

/* Sums over the faces between two grains in a window. */
typedef struct {
  PetscReal area[2][3];             /* as vectors, in the wide and in the narrow window */
  PetscReal whole[2];               /* without direction */
  PetscReal first[3], second[3][3]; /* moments of place, in the wide window */
} Sums;

static void add_face(const Near *near, int axis, int sign, Sums *sums)
{
  PetscReal x[3] = {near->from[0], near->from[1], near->from[2]};
  const PetscReal weight = near->weight[axis][0];

  x[axis] += 0.5;
  for (int w = 0; w < 2; w++) {
    sums->area[w][axis] += sign * near->weight[axis][w];
    sums->whole[w] += near->weight[axis][w];
  }
  for (int d = 0; d < 3; d++) {
    sums->first[d] += weight * x[d];
    for (int e = 0; e <= d; e++) sums->second[d][e] += weight * x[d] * x[e];
  }
}

/* The faces above a voxel between grains lower and upper. */
static void add_faces(const Search *search, const Near *near, const int32_t *label, int32_t lower,
                      int32_t upper, Sums *sums)
{
  if (*label != lower && *label != upper) return;
  for (int d = 0; d < 3; d++) {
    const int32_t above = label[search->step[d]];

    if (above == *label || (above != lower && above != upper)) continue;
    if (near->weight[d][0] > 0) add_face(near, d, above == upper ? 1 : -1, sums);
  }
}

/* The marks of a row of voxels. */
static uint32_t marks_of(const Search *search, PetscInt place, uint32_t length)
{
  const uint8_t *mark = search->mark + place / 8;
  const uint32_t marks = mark[0] | (uint32_t)mark[1] << 8 | (uint32_t)mark[2] << 16;

  return marks >> (place % 8) & length;
}

/* Over the window of the face above the voxel at `place`, between grains lower and upper. */
static void add_up(const Search *search, int axis, PetscInt place, int32_t lower, int32_t upper,
                   Sums *sums)
{
  const Window *window = &search->windows[axis];

  for (PetscInt r = 0; r < window->num_rows; r++) {
    const Row *row = &window->rows[r];

    for (uint32_t marks = marks_of(search, place + row->place, row->length); marks;
         marks &= marks - 1) {
      const int v = __builtin_ctz(marks);

      add_faces(search, &window->near[row->first + v], search->label + place + row->place + v,
                lower, upper, sums);
    }
  }
}

/* The direction of a sum of areas; false if it has none. It may be across the middle face, as where
   that is the side of a bump, which then carries next to nothing. */
static PetscBool find_direction(const Sums *sums, int window, PetscReal normal[3])
{
  const PetscReal *area = sums->area[window];
  const PetscReal length = sqrt(PetscSqr(area[0]) + PetscSqr(area[1]) + PetscSqr(area[2]));

  for (int d = 0; d < 3; d++) normal[d] = area[d] / length;
  return (PetscBool)(length > LEAST_LEFT * sums->whole[window]);
}

static PetscBool is_flat(const Sums *sums, const PetscReal normal[3])
{
  PetscReal mean = 0, square = 0, faces = 0, ideal = 0;

  for (int d = 0; d < 3; d++) {
    const PetscReal slope = fabs(normal[d]);

    mean += normal[d] * sums->first[d] / sums->whole[0];
    for (int e = 0; e <= d; e++) {
      square += (e < d ? 2 : 1) * normal[d] * normal[e] * sums->second[d][e] / sums->whole[0];
    }
    faces += slope;
    ideal += slope * slope * slope / 12;
  }
  return (PetscBool)(square - mean * mean <= MOST_SPREAD * (ideal / faces + 0.01));
}

/* The voxel below a face, among the labels. */
static PetscInt find_place(const Search *search, int axis, const PetscReal cell_a[3],
                           const PetscReal cell_b[3])
{
  PetscInt place = 0;

  for (int d = 0; d < 3; d++) {
    const PetscReal x = d == axis ? PetscMin(cell_a[d], cell_b[d]) : cell_a[d];
    PetscInt from = (PetscInt)floor(x / search->size[d]) - search->first[d];

    if (search->period[d])
      from = (from % search->period[d] + search->period[d]) % search->period[d];
    place += (from + REACH) * search->step[d];
  }
  return place;
}

static void find_normal(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                        const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const Search *search = data;
  const PetscBool is_upwards = (PetscBool)(cell_b[axis] > cell_a[axis]);
  const int32_t lower = (int32_t)(is_upwards ? grain_a : grain_b);
  const int32_t upper = (int32_t)(is_upwards ? grain_b : grain_a);
  const PetscReal sign = is_upwards ? 1 : -1;
  PetscReal normal[3], length = 0;
  PetscBool is_found;
  Sums sums = {0};

  (void)facets;
  add_up(search, axis, find_place(search, axis, cell_a, cell_b), lower, upper, &sums);
  is_found = find_direction(&sums, 0, normal);
  if (!is_found || !is_flat(&sums, normal)) is_found = find_direction(&sums, 1, normal);
  at->facet = is_found ? -1 : FACET_NOT_SEEN;
  for (int d = 0; d < 3; d++) {
    /* voxels that are no cubes: areas are as the products of the other edges */
    at->normal[d] = is_found ? sign * normal[d] / search->size[d] : d == axis ? sign : 0;
    length += PetscSqr(at->normal[d]);
  }
  for (int d = 0; d < 3; d++) at->normal[d] /= sqrt(length);
}

static PetscErrorCode destroy(void *data)
{
  Search *search = data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(search->windows));
  PetscCall(PetscFree2(search->label, search->mark));
  PetscCall(PetscFree(search));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Weight of a face at distance x from the window's middle. */
static PetscReal weigh(const PetscReal x[3], PetscReal radius)
{
  const PetscReal share = (PetscSqr(x[0]) + PetscSqr(x[1]) + PetscSqr(x[2])) / PetscSqr(radius);

  return share < 1 ? PetscSqr(1 - share) : 0;
}

/* Weights of the faces above a voxel; false if none is in the window. */
static PetscBool set_near(int axis, const PetscInt from[3], Near *near)
{
  PetscBool is_near = PETSC_FALSE;

  for (int d = 0; d < 3; d++) near->from[d] = (PetscReal)from[d] - (d == axis ? 0.5 : 0);
  for (int d = 0; d < 3; d++) {
    PetscReal x[3] = {near->from[0], near->from[1], near->from[2]};

    x[d] += 0.5;
    near->weight[d][0] = weigh(x, WIDE);
    near->weight[d][1] = weigh(x, NARROW);
    if (near->weight[d][0] > 0) is_near = PETSC_TRUE;
  }
  return is_near;
}

/* The rows of a window are without gaps, as it is a ball. */
static void set_window(int axis, const PetscInt step[3], Window *window)
{
  PetscInt from[3];

  for (from[2] = -REACH; from[2] <= REACH; from[2]++) {
    for (from[1] = -REACH; from[1] <= REACH; from[1]++) {
      Row *row = &window->rows[window->num_rows];

      *row = (Row){.first = window->num_near};
      for (from[0] = -REACH; from[0] <= REACH; from[0]++) {
        if (!set_near(axis, from, &window->near[window->num_near])) continue;
        if (!row->length) row->place = from[0] + from[1] * step[1] + from[2] * step[2];
        row->length = row->length << 1 | 1;
        window->num_near++;
      }
      if (row->length) window->num_rows++;
    }
  }
}

/* Whole part of a quotient, towards minus infinity. */
static PetscInt divide(PetscInt a, PetscInt b)
{
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* Which voxels along an axis: those below the faces of the local box, and what windows reach. */
static PetscErrorCode place_window(const Grid *grid, int axis, PetscInt voxels, Search *search,
                                   PetscReal **x)
{
  const PetscInt before = axis < 2 ? 0 : grid->film_cells[0];
  const PetscInt cells = axis < 2 ? grid->num_cells[axis] : grid->film_cells[1] - before;
  const PetscInt per_voxel = cells / voxels, start = grid->start[axis] - before;
  const PetscInt low = axis < 2 ? start - 1 : PetscMax(start - 1, 0);
  const PetscInt high =
      axis < 2 ? start + grid->count[axis] - 1 : PetscMin(start + grid->count[axis], cells) - 1;

  PetscFunctionBeginUser;
  search->period[axis] = axis < 2 && grid->is_lateral_periodic ? voxels : 0;
  search->size[axis] =
      (grid->edges[axis][before + cells] - grid->edges[axis][before]) / (PetscReal)voxels;
  search->first[axis] = divide(low, per_voxel);
  search->n[axis] = high < low ? 0 : divide(high, per_voxel) - search->first[axis] + 1 + 2 * REACH;
  PetscCall(PetscMalloc1(search->n[axis], x));
  for (PetscInt v = 0; v < search->n[axis]; v++) {
    PetscInt voxel = search->first[axis] + v - REACH;

    if (search->period[axis]) {
      voxel = (voxel % voxels + voxels) % voxels;
    } else {
      voxel = PetscMax(0, PetscMin(voxel, voxels - 1)); /* left out afterwards */
    }
    (*x)[v] = ((PetscReal)voxel + 0.5) * search->size[axis];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether a place in the window is in the film, not behind plates or insulating sides. */
static PetscBool is_inside(const PetscInt voxels[3], const Search *search, const PetscInt at[3])
{
  for (int d = 0; d < 3; d++) {
    const PetscInt voxel = search->first[d] + at[d] - REACH;

    if (!search->period[d] && (voxel < 0 || voxel >= voxels[d])) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Takes away what is not in the film and marks voxels with faces, from the last on. */
static void mark_faces(const PetscInt voxels[3], const Search *search)
{
  int32_t *label = search->label;
  PetscInt at[3], place = search->n[0] * search->n[1] * search->n[2] - 1;

  for (at[2] = search->n[2] - 1; at[2] >= 0; at[2]--) {
    for (at[1] = search->n[1] - 1; at[1] >= 0; at[1]--) {
      for (at[0] = search->n[0] - 1; at[0] >= 0; at[0]--, place--) {
        if (!is_inside(voxels, search, at)) label[place] = 0;
        for (int d = 0; label[place] && d < 3; d++) {
          const int32_t above = at[d] + 1 < search->n[d] ? label[place + search->step[d]] : 0;

          if (above && above != label[place]) search->mark[place / 8] |= 1 << (place % 8);
        }
      }
    }
  }
}

/* What windows count: voxels of the image if they are whole numbers of cells, else the cells, which
   are then the image's voxels anew. */
static PetscBool count_voxels(const Grid *grid, const Generator *generator, PetscInt voxels[3])
{
  const PetscInt cells[3] = {grid->num_cells[0], grid->num_cells[1],
                             grid->film_cells[1] - grid->film_cells[0]};

  for (int d = 0; d < 3; d++) {
    if (cells[d] % voxels[d] == 0 || !generator->label_cells) continue;
    for (int e = 0; e < 3; e++) voxels[e] = cells[e];
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscErrorCode BoundaryGeometryEstimate(const Grid *grid, const Generator *generator,
                                        BoundaryGeometry **geometry)
{
  PetscInt voxels[3];
  PetscReal *x[3];
  Search *search;
  Lattice points;
  PetscBool is_resampled;
  PetscInt num = 1;

  PetscFunctionBeginUser;
  *geometry = NULL;
  if (!LabelsVoxels(generator, voxels)) PetscFunctionReturn(PETSC_SUCCESS);
  is_resampled = count_voxels(grid, generator, voxels);
  PetscCall(PetscNew(&search));
  for (int d = 0; d < 3; d++) {
    PetscCall(place_window(grid, d, voxels[d], search, &x[d]));
    search->step[d] = num;
    num *= search->n[d];
    points.n[d] = search->n[d];
    points.x[d] = x[d];
  }
  PetscCall(PetscCalloc1(3, &search->windows));
  for (int d = 0; d < 3; d++) set_window(d, search->step, &search->windows[d]);
  PetscCall(PetscCalloc2(num, &search->label, num / 8 + 3, &search->mark));
  PetscCall((is_resampled ? *generator->label_cells : *generator->label)(generator, &points,
                                                                         search->label));
  mark_faces(voxels, search);
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(x[d]));
  PetscCall(PetscNew(geometry));
  (*geometry)->is_curved = PETSC_TRUE;
  (*geometry)->is_estimated = PETSC_TRUE;
  (*geometry)->find = find_normal;
  (*geometry)->destroy = destroy;
  (*geometry)->data = search;
  PetscFunctionReturn(PETSC_SUCCESS);
}
