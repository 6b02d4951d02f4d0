#include "laguerre.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The lattice is halved again and again, and each half keeps only those seeds of its parent that
   can own a point in it. With c the centre of a half, h its half-widths and j the owner of c,
     D_i(p) - D_j(p) = D_i(c) - D_j(c) - 2 (x_i - x_j).(p - c),
   so seed i owns nothing if D_i(c) - D_j(c) - 2 sum_d |x_i - x_j|_d h_d > 0. The test has a margin
   far above rounding: what it drops could not win, so labels depend on no one's choice of lattice.
   Unlike a search in rings, this does not mind weights that differ by orders of magnitude. */

enum { LEAF_POINTS = 64 }; /* compared one by one from here on */

/* A seed or one of its periodic images. */
typedef struct {
  double x[3]; /* stretched */
  double weight;
  double label;
} Site;

/* Points first .. first + count - 1 of each axis, as sorted. */
typedef struct {
  PetscInt first[3], count[3];
} Block;

typedef struct {
  double *x[3];       /* sorted, stretched */
  PetscInt *place[3]; /* where a sorted coordinate stands in the lattice */
  PetscInt n[3];
  int32_t *labels;
  double margin; /* [m^2] */
  Site *sites;   /* stack: a block's sites stand above those of its parent */
  size_t capacity;
  double *excess; /* scratch: D of a site at the centre of the block, as many as the root's sites */
} Labelling;

/* Insertion sort: lattices are sorted but for a ghost layer that comes from the other side. */
static PetscErrorCode sort_axis(PetscInt n, const PetscReal *points, double scale, double **x,
                                PetscInt **place)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, x, n, place));
  for (PetscInt p = 0; p < n; p++) {
    const double value = points[p] / scale;
    PetscInt q = p;

    for (; q > 0 && (*x)[q - 1] > value; q--) {
      (*x)[q] = (*x)[q - 1];
      (*place)[q] = (*place)[q - 1];
    }
    (*x)[q] = value;
    (*place)[q] = p;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Images -1, 0, 1 suffice: any other is farther from every point of the box than one of them. Of
   those three only the ones that are the nearest somewhere in the lattice are kept. */
static int list_images(const Laguerre *laguerre, const Labelling *labelling, PetscInt seed,
                       int axis, double images[3])
{
  const double stretch = axis == 2 ? laguerre->aspect : 1;
  const double period = laguerre->length[axis] / stretch;
  const double x = laguerre->seeds[seed][axis] / stretch;
  const double low = labelling->x[axis][0];
  const double high = labelling->x[axis][labelling->n[axis] - 1];
  int num_images = 0;

  if (!laguerre->is_periodic[axis]) {
    images[0] = x;
    return 1;
  }
  for (int image = -1; image <= 1; image++) {
    const double position = x + image * period;
    const double reach = 0.5 * period * (1 + 1e-9);

    if (position - reach <= high && position + reach >= low) images[num_images++] = position;
  }
  return num_images;
}

static PetscErrorCode reserve(Labelling *labelling, size_t num_sites)
{
  PetscFunctionBeginUser;
  if (num_sites > labelling->capacity) {
    Site *sites = realloc(labelling->sites, 2 * num_sites * sizeof *sites);

    PetscCheck(sites, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for %zu seeds", 2 * num_sites);
    labelling->sites = sites;
    labelling->capacity = 2 * num_sites;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode list_sites(const Laguerre *laguerre, Labelling *labelling, size_t *num_sites)
{
  double largest = 0, extent = 0;

  PetscFunctionBeginUser;
  *num_sites = 0;
  for (PetscInt s = 0; s < laguerre->num_seeds; s++) {
    double images[3][3] = {{0}};
    int num_images[3] = {1, 1, 1};

    for (int d = 0; d < laguerre->dimension; d++) {
      num_images[d] = list_images(laguerre, labelling, s, d, images[d]);
    }
    PetscCall(reserve(labelling, *num_sites + 27));
    for (int image = 0; image < num_images[0] * num_images[1] * num_images[2]; image++) {
      Site *site = &labelling->sites[(*num_sites)++];

      site->x[0] = images[0][image % num_images[0]];
      site->x[1] = images[1][image / num_images[0] % num_images[1]];
      site->x[2] = images[2][image / (num_images[0] * num_images[1])];
      site->weight = laguerre->weights[s];
      site->label = (double)(s + 1);
    }
    largest = fmax(largest, fabs(laguerre->weights[s]));
  }
  for (int d = 0; d < laguerre->dimension; d++) {
    extent += 4 * PetscSqr(laguerre->length[d] / (d == 2 ? laguerre->aspect : 1));
  }
  labelling->margin = 1e-13 * (extent + largest); /* rounding: a few times 1e-16 of the same */
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Copies to `kept` those of the sites that can own a point within half_width of the centre. */
static size_t keep_sites(const Labelling *labelling, const Site *sites, size_t num_sites,
                         const double centre[3], const double half_width[3], Site *kept)
{
  double *excess = labelling->excess;
  size_t owner = 0, num_kept = 0;

  for (size_t s = 0; s < num_sites; s++) {
    const double dx = sites[s].x[0] - centre[0], dy = sites[s].x[1] - centre[1],
                 dz = sites[s].x[2] - centre[2];

    excess[s] = dx * dx + dy * dy + dz * dz - sites[s].weight;
  }
  for (size_t s = 1; s < num_sites; s++) {
    if (excess[s] < excess[owner]) owner = s;
  }
  const Site best = sites[owner];
  const double bound = excess[owner] + labelling->margin;

  for (size_t s = 0; s < num_sites; s++) {
    const double reach = fabs(sites[s].x[0] - best.x[0]) * half_width[0] +
                         fabs(sites[s].x[1] - best.x[1]) * half_width[1] +
                         fabs(sites[s].x[2] - best.x[2]) * half_width[2];

    kept[num_kept] = sites[s]; /* branch-free: half of them stay */
    num_kept += excess[s] - 2 * reach <= bound;
  }
  return num_kept;
}

/* Where the labels of a row of points start. */
static int32_t *find_row(const Labelling *labelling, PetscInt j, PetscInt k)
{
  const size_t row =
      (size_t)labelling->place[2][k] * (size_t)labelling->n[1] + (size_t)labelling->place[1][j];

  return labelling->labels + row * (size_t)labelling->n[0];
}

static void fill_block(const Labelling *labelling, const Block *block, int32_t label)
{
  for (PetscInt k = block->first[2]; k < block->first[2] + block->count[2]; k++) {
    for (PetscInt j = block->first[1]; j < block->first[1] + block->count[1]; j++) {
      int32_t *row = find_row(labelling, j, k);

      for (PetscInt i = 0; i < block->count[0]; i++) {
        row[labelling->place[0][block->first[0] + i]] = label;
      }
    }
  }
}

/* The comparison that decides, always ((dy^2 + dz^2) - w) + dx^2. */
static void compare_points(const Labelling *labelling, const Block *block, const Site *sites,
                           size_t num_sites)
{
  const PetscInt count = block->count[0];
  const double *x = labelling->x[0] + block->first[0];
  double least[LEAF_POINTS], owner[LEAF_POINTS];

  for (PetscInt k = block->first[2]; k < block->first[2] + block->count[2]; k++) {
    for (PetscInt j = block->first[1]; j < block->first[1] + block->count[1]; j++) {
      int32_t *row = find_row(labelling, j, k);

      for (PetscInt i = 0; i < count; i++) {
        least[i] = INFINITY;
        owner[i] = 0;
      }
      for (size_t s = 0; s < num_sites; s++) {
        const double site_x = sites[s].x[0], label = sites[s].label;
        const double dy = labelling->x[1][j] - sites[s].x[1];
        const double dz = labelling->x[2][k] - sites[s].x[2];
        const double beyond_x = dy * dy + dz * dz - sites[s].weight;

        for (PetscInt i = 0; i < count; i++) {
          const double dx = x[i] - site_x;
          const double distance = beyond_x + dx * dx;

          owner[i] = distance < least[i] ? label : owner[i];
          least[i] = distance < least[i] ? distance : least[i];
        }
      }
      for (PetscInt i = 0; i < count; i++) {
        row[labelling->place[0][block->first[0] + i]] = (int32_t)owner[i];
      }
    }
  }
}

/* Halves the block across its longest side; rows along x are kept longer, they are what a leaf
   loops over. */
static void split_block(const Labelling *labelling, const Block *block, Block halves[2])
{
  double longest = -1;
  int axis = 0;

  for (int d = 0; d < 3; d++) {
    const double *x = labelling->x[d] + block->first[d];
    const double side = (d ? 1 : 0.5) * (x[block->count[d] - 1] - x[0]);

    if (block->count[d] > 1 && side > longest) {
      longest = side;
      axis = d;
    }
  }
  halves[0] = halves[1] = *block;
  halves[0].count[axis] = block->count[axis] / 2;
  halves[1].first[axis] += halves[0].count[axis];
  halves[1].count[axis] -= halves[0].count[axis];
}

/* Labels a block whose candidates stand at [first, first + num) of the stack of sites. */
static PetscErrorCode label_block(Labelling *labelling, const Block *block, size_t first,
                                  size_t num)
{
  double centre[3], half_width[3];
  size_t kept;
  Block halves[2];

  PetscFunctionBeginUser;
  PetscCall(reserve(labelling, first + 2 * num + 1));
  for (int d = 0; d < 3; d++) {
    const double low = labelling->x[d][block->first[d]];
    const double high = labelling->x[d][block->first[d] + block->count[d] - 1];

    centre[d] = 0.5 * (low + high);
    half_width[d] = 0.5 * (high - low);
  }
  kept = keep_sites(labelling, labelling->sites + first, num, centre, half_width,
                    labelling->sites + first + num);
  first += num;
  if (kept == 1) {
    fill_block(labelling, block, (int32_t)labelling->sites[first].label);
  } else if ((size_t)block->count[0] * (size_t)block->count[1] * (size_t)block->count[2] <=
             LEAF_POINTS) {
    compare_points(labelling, block, labelling->sites + first, kept);
  } else {
    split_block(labelling, block, halves);
    for (int half = 0; half < 2; half++) {
      PetscCall(label_block(labelling, &halves[half], first, kept));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LaguerreLabel(const Laguerre *laguerre, const Lattice *points, int32_t *labels)
{
  const PetscReal origin = 0;
  Labelling labelling = {.labels = labels};
  Block all;
  size_t num_sites;

  PetscFunctionBeginUser;
  if (!points->n[0] || !points->n[1] || !points->n[2]) PetscFunctionReturn(PETSC_SUCCESS);
  for (int d = 0; d < 3; d++) {
    const PetscBool is_ignored = d >= laguerre->dimension ? PETSC_TRUE : PETSC_FALSE;

    labelling.n[d] = is_ignored ? 1 : points->n[d];
    PetscCall(sort_axis(labelling.n[d], is_ignored ? &origin : points->x[d],
                        d == 2 ? laguerre->aspect : 1, &labelling.x[d], &labelling.place[d]));
    all.first[d] = 0;
    all.count[d] = labelling.n[d];
  }
  PetscCall(list_sites(laguerre, &labelling, &num_sites));
  PetscCall(PetscMalloc1(num_sites, &labelling.excess));
  PetscCall(label_block(&labelling, &all, 0, num_sites));
  if (laguerre->dimension == 2) {
    const size_t layer = (size_t)points->n[0] * (size_t)points->n[1];

    for (PetscInt k = 1; k < points->n[2]; k++) {
      memcpy(labels + (size_t)k * layer, labels, layer * sizeof *labels);
    }
  }
  PetscCall(PetscFree(labelling.excess));
  free(labelling.sites);
  for (int d = 0; d < 3; d++) PetscCall(PetscFree2(labelling.x[d], labelling.place[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
