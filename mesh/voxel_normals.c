#include "voxel_normals.h"

#include <math.h>

/* The window, in voxels: what bends in the larger one is looked at in the smaller one, unless it
   bends to all sides alike. */
#define WIDE 4.3
#define NARROW 3.0

/* A boundary is flat where its faces spread about their plane by at most so much more than those of
   an ideal one, whose centres are anywhere within half a voxel along their axis. */
#define MOST_SPREAD 2.2

/* A bent boundary goes on evenly around the middle of its window if its faces' mean place is at
   most so many voxels aside, and so much of their area is left. */
#define MOST_ASIDE 0.3
#define EVEN_LEFT 0.5

/* The least share of the faces' area that must be left where they are added up as vectors. */
#define LEAST_LEFT 0.1

enum {
  REACH = VOXEL_NORMALS_REACH,
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

struct VoxelNormals {
  const VoxelView *view;
  uint8_t *mark;   /* a bit for each voxel: there is another grain above along some axis. Few have
                      one */
  Window *windows; /* [3] */
};

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
static void add_faces(const VoxelNormals *normals, const Near *near, const int32_t *label,
                      int32_t lower, int32_t upper, Sums *sums)
{
  if (*label != lower && *label != upper) return;
  for (int d = 0; d < 3; d++) {
    const int32_t above = label[normals->view->step[d]];

    if (above == *label || (above != lower && above != upper)) continue;
    if (near->weight[d][0] > 0) add_face(near, d, above == upper ? 1 : -1, sums);
  }
}

/* The marks of a row of voxels. */
static uint32_t marks_of(const VoxelNormals *normals, PetscInt place, uint32_t length)
{
  const uint8_t *mark = normals->mark + place / 8;
  const uint32_t marks = mark[0] | (uint32_t)mark[1] << 8 | (uint32_t)mark[2] << 16;

  return marks >> (place % 8) & length;
}

/* Over the window of the face above the voxel at `place`, between grains lower and upper. */
static void add_up(const VoxelNormals *normals, int axis, PetscInt place, int32_t lower,
                   int32_t upper, Sums *sums)
{
  const Window *window = &normals->windows[axis];

  for (PetscInt r = 0; r < window->num_rows; r++) {
    const Row *row = &window->rows[r];

    for (uint32_t marks = marks_of(normals, place + row->place, row->length); marks;
         marks &= marks - 1) {
      const int v = __builtin_ctz(marks);

      add_faces(normals, &window->near[row->first + v],
                normals->view->label + place + row->place + v, lower, upper, sums);
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

/* Whether the boundary goes on to all sides alike, so that even if it is bent its normal in the
   middle is that of the sum. */
static PetscBool is_even(const Sums *sums, const PetscReal normal[3])
{
  PetscReal along = 0, square = 0, left = 0;

  for (int d = 0; d < 3; d++) {
    along += normal[d] * sums->first[d] / sums->whole[0];
    square += PetscSqr(sums->first[d] / sums->whole[0]);
    left += PetscSqr(sums->area[0][d]);
  }
  return (PetscBool)(square - along * along < PetscSqr(MOST_ASIDE) &&
                     sqrt(left) > EVEN_LEFT * sums->whole[0]);
}

PetscBool VoxelNormalsFind(const VoxelNormals *normals, int axis, PetscInt place, int32_t lower,
                           int32_t upper, PetscReal normal[3])
{
  PetscReal length = 0;
  PetscBool is_found;
  Sums sums = {0};

  add_up(normals, axis, place, lower, upper, &sums);
  is_found = find_direction(&sums, 0, normal);
  if (!is_found || (!is_flat(&sums, normal) && !is_even(&sums, normal))) {
    is_found = find_direction(&sums, 1, normal);
  }
  for (int d = 0; d < 3; d++) {
    /* voxels that are no cubes: areas are as the products of the other edges */
    normal[d] = is_found ? normal[d] / normals->view->size[d] : d == axis ? 1 : 0;
    length += PetscSqr(normal[d]);
  }
  for (int d = 0; d < 3; d++) normal[d] /= sqrt(length);
  return is_found;
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

static void mark_faces(const VoxelView *view, uint8_t *mark)
{
  PetscInt at[3], place = 0;

  for (at[2] = 0; at[2] < view->n[2]; at[2]++) {
    for (at[1] = 0; at[1] < view->n[1]; at[1]++) {
      for (at[0] = 0; at[0] < view->n[0]; at[0]++, place++) {
        const int32_t *label = view->label + place;

        for (int d = 0; *label && d < 3; d++) {
          const int32_t above = at[d] + 1 < view->n[d] ? label[view->step[d]] : 0;

          if (above && above != *label) mark[place / 8] |= 1 << (place % 8);
        }
      }
    }
  }
}

PetscErrorCode VoxelNormalsCreate(const VoxelView *view, VoxelNormals **normals)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(normals));
  (*normals)->view = view;
  PetscCall(PetscCalloc1(3, &(*normals)->windows));
  for (int d = 0; d < 3; d++) set_window(d, view->step, &(*normals)->windows[d]);
  PetscCall(PetscCalloc1(view->n[0] * view->n[1] * view->n[2] / 8 + 3, &(*normals)->mark));
  mark_faces(view, (*normals)->mark);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VoxelNormalsDestroy(VoxelNormals **normals)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree((*normals)->windows));
  PetscCall(PetscFree((*normals)->mark));
  PetscCall(PetscFree(*normals));
  PetscFunctionReturn(PETSC_SUCCESS);
}
