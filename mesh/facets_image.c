#include <math.h>
#include "facet_makers.h"
#include "labels.h"
#include "laguerre_image.h"
#include "voxel_normals.h"

/* Images with fewer voxels to a grain are not taken for tessellations. */
#define FEW_VOXELS 20

/* What is known of an image. */
typedef struct {
  VoxelView view; /* with what the normals of own faces reach */
  VoxelNormals *normals;
  BoundaryGeometry *fitted; /* of the tessellation that it looks like; NULL: none */
  PetscBool *is_explained;  /* [num_grains + 1]: by that tessellation */
} Search;

/* The voxel below a face, among the labels. */
static PetscInt find_place(const VoxelView *view, int axis, const PetscReal cell_a[3],
                           const PetscReal cell_b[3])
{
  PetscInt place = 0;

  for (int d = 0; d < 3; d++) {
    const PetscReal x = d == axis ? PetscMin(cell_a[d], cell_b[d]) : cell_a[d];
    PetscInt from = (PetscInt)floor(x / view->size[d]) - view->first[d] - VOXEL_NORMALS_REACH;

    if (view->repeats[d]) from = (from % view->voxels[d] + view->voxels[d]) % view->voxels[d];
    place += (from + VOXEL_NORMALS_REACH) * view->step[d];
  }
  return place;
}

static void estimate(const Search *search, int axis, const PetscReal cell_a[3],
                     const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const PetscBool is_upwards = (PetscBool)(cell_b[axis] > cell_a[axis]);
  const PetscInt place = find_place(&search->view, axis, cell_a, cell_b);
  const int32_t lower = (int32_t)(is_upwards ? grain_a : grain_b);
  const int32_t upper = (int32_t)(is_upwards ? grain_b : grain_a);

  at->facet = VoxelNormalsFind(search->normals, axis, place, lower, upper, at->normal)
                  ? FACET_SEEN
                  : FACET_NOT_SEEN;
  for (int d = 0; d < 3 && !is_upwards; d++) at->normal[d] = -at->normal[d];
}

static void find_facet(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                       const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  const Search *search = data;

  if (search->fitted && search->is_explained[grain_a] && search->is_explained[grain_b]) {
    (*search->fitted->find)(search->fitted->data, facets, axis, cell_a, cell_b, grain_a, grain_b,
                            at);
  } else {
    estimate(search, axis, cell_a, cell_b, grain_a, grain_b, at);
  }
}

static PetscErrorCode destroy(void *data)
{
  Search *search = data;

  PetscFunctionBeginUser;
  PetscCall(BoundaryGeometryDestroy(&search->fitted));
  PetscCall(PetscFree(search->is_explained));
  PetscCall(VoxelNormalsDestroy(&search->normals));
  PetscCall(PetscFree(search->view.label));
  PetscCall(PetscFree(search));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whole part of a quotient, towards minus infinity. */
static PetscInt divide(PetscInt a, PetscInt b)
{
  return a >= 0 ? a / b : -((b - 1 - a) / b);
}

/* Which voxels along an axis: those below the faces of the local box, and what windows reach. A
   voxel belongs to the rank of its first cell. */
static PetscErrorCode place_view(const Grid *grid, int axis, VoxelView *view, PetscReal **x)
{
  const PetscInt voxels = view->voxels[axis];
  const PetscInt before = axis < 2 ? 0 : grid->film_cells[0];
  const PetscInt cells = axis < 2 ? grid->num_cells[axis] : grid->film_cells[1] - before;
  const PetscInt per_voxel = cells / voxels, start = grid->start[axis] - before;
  const PetscInt low = axis < 2 ? start - 1 : PetscMax(start - 1, 0);
  const PetscInt high =
      axis < 2 ? start + grid->count[axis] - 1 : PetscMin(start + grid->count[axis], cells) - 1;

  PetscFunctionBeginUser;
  view->repeats[axis] = (PetscBool)(axis < 2 && grid->is_lateral_periodic);
  view->size[axis] =
      (grid->edges[axis][before + cells] - grid->edges[axis][before]) / (PetscReal)voxels;
  view->first[axis] = divide(low, per_voxel) - VOXEL_NORMALS_REACH;
  view->n[axis] =
      high < low ? 0 : divide(high, per_voxel) - view->first[axis] + 1 + VOXEL_NORMALS_REACH;
  for (int e = 0; e < 2; e++) {
    const PetscInt end = PetscMin(PetscMax(start + e * grid->count[axis], 0), cells);

    view->own[axis][e] = (end + per_voxel - 1) / per_voxel;
  }
  PetscCall(PetscMalloc1(view->n[axis], x));
  for (PetscInt v = 0; v < view->n[axis]; v++) {
    PetscInt voxel = view->first[axis] + v;

    if (view->repeats[axis]) {
      voxel = (voxel % voxels + voxels) % voxels;
    } else {
      voxel = PetscMax(0, PetscMin(voxel, voxels - 1)); /* left out afterwards */
    }
    (*x)[v] = ((PetscReal)voxel + 0.5) * view->size[axis];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether a place in the view is in the film, not behind plates or insulating sides. */
static PetscBool is_inside(const VoxelView *view, const PetscInt at[3])
{
  for (int d = 0; d < 3; d++) {
    const PetscInt voxel = view->first[d] + at[d];

    if (!view->repeats[d] && (voxel < 0 || voxel >= view->voxels[d])) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Takes away what is not in the film. */
static void clear_outside(VoxelView *view)
{
  PetscInt at[3], place = 0;

  for (at[2] = 0; at[2] < view->n[2]; at[2]++) {
    for (at[1] = 0; at[1] < view->n[1]; at[1]++) {
      for (at[0] = 0; at[0] < view->n[0]; at[0]++, place++) {
        if (!is_inside(view, at)) view->label[place] = 0;
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

/* Whether the film's cells are of one height, as those of an image are. */
static PetscBool is_uniform(const Grid *grid)
{
  const PetscReal *z = grid->edges[2] + grid->film_cells[0];
  const PetscInt num = grid->film_cells[1] - grid->film_cells[0];

  for (PetscInt k = 1; k < num; k++) {
    if (fabs(z[k + 1] - z[k] - (z[1] - z[0])) > 1e-6 * (z[1] - z[0])) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* The tessellation that the image looks like. Grains of a few voxels each are not worth the room
   that all of them would take on every rank. */
static PetscErrorCode fit_tessellation(MPI_Comm comm, PetscInt num_grains, Search *search)
{
  const VoxelView *view = &search->view;
  const StructureBox box = {.length = {(PetscReal)view->voxels[0] * view->size[0],
                                       (PetscReal)view->voxels[1] * view->size[1],
                                       (PetscReal)view->voxels[2] * view->size[2]},
                            .is_periodic = view->repeats[0]};
  const PetscReal voxels =
      (PetscReal)view->voxels[0] * (PetscReal)view->voxels[1] * (PetscReal)view->voxels[2];
  Laguerre *laguerre;
  FacetSums sums;

  PetscFunctionBeginUser;
  if (num_grains < 2 || (PetscReal)num_grains * FEW_VOXELS > voxels) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(FacetSumsCreate(comm, view, num_grains, &sums));
  PetscCall(LaguerreFromImage(&sums, &box, &laguerre, &search->is_explained));
  PetscCall(FacetSumsDestroy(&sums));
  if (!laguerre) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(&search->fitted));
  PetscCall(FacetsFromLaguerre(comm, laguerre, search->fitted));
  PetscCall(LaguerreDestroy(&laguerre));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode BoundaryGeometryEstimate(const Grid *grid, const Generator *generator,
                                        BoundaryGeometry **geometry)
{
  PetscInt num = 1, voxels[3];
  PetscReal *x[3];
  PetscBool is_resampled;
  VoxelView *view;
  Search *search;
  Lattice points;

  PetscFunctionBeginUser;
  *geometry = NULL;
  if (!LabelsVoxels(generator, voxels)) PetscFunctionReturn(PETSC_SUCCESS);
  is_resampled = count_voxels(grid, generator, voxels);
  PetscCall(PetscNew(&search));
  view = &search->view;
  PetscCall(PetscArraycpy(view->voxels, voxels, 3));
  for (int d = 0; d < 3; d++) {
    PetscCall(place_view(grid, d, view, &x[d]));
    view->step[d] = num;
    num *= view->n[d];
    points.n[d] = view->n[d];
    points.x[d] = x[d];
  }
  PetscCall(PetscMalloc1(num, &view->label));
  PetscCall((is_resampled ? *generator->label_cells : *generator->label)(generator, &points,
                                                                         view->label));
  clear_outside(view);
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(x[d]));
  PetscCall(VoxelNormalsCreate(view, &search->normals));
  if (is_uniform(grid)) PetscCall(fit_tessellation(grid->comm, generator->num_grains, search));
  PetscCall(PetscNew(geometry));
  if (search->fitted) {
    (*geometry)->num_facets = search->fitted->num_facets;
    (*geometry)->facets = search->fitted->facets;
    (*geometry)->is_known = search->is_explained;
    search->fitted->facets = NULL;
  }
  (*geometry)->voxel = cbrt(view->size[0] * view->size[1] * view->size[2]);
  (*geometry)->find = find_facet;
  (*geometry)->destroy = destroy;
  (*geometry)->data = search;
  PetscFunctionReturn(PETSC_SUCCESS);
}
