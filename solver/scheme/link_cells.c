#include <math.h>
#include "cell_block.h"

PetscErrorCode HalfCellsCreate(const Faces *faces, HalfCells *halves)
{
  const FaceModel *model = &faces->model;
  const Grid *grid = model->grid;
  const PetscInt num_phases = model->structure->num_phases, planes = grid->count[2] + 2;

  PetscFunctionBeginUser;
  halves->num_phases = num_phases;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscCalloc1(planes * (num_phases + 1), &halves->resistance[d]));
    for (PetscInt k = -1; k <= grid->count[2]; k++) {
      const PetscInt at[3] = {0, 0, PetscMax(k, 0)};

      for (PetscInt phase = 1; phase <= num_phases; phase++) {
        halves->resistance[d][(k + 1) * (num_phases + 1) + phase] =
            faces->unit *
            FaceHalf(model, d, grid->start[d] + (d == 2 ? k : 0), phase, FaceArea(grid, d, at));
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HalfCellsDestroy(HalfCells *halves)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(halves->resistance[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void CellsSplitBoundary(const Hierarchy *hierarchy, int axis, const PetscInt face[3],
                        float conductance, float *bulk, float *contact)
{
  const Microstructure *structure = hierarchy->faces->model.structure;
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt upper = GridIndex(grid, face[0], face[1], face[2]);
  const PetscInt step = axis == 0 ? 1 : axis == 1 ? GridStepY(grid) : GridStepZ(grid);
  const HalfCells *half = &hierarchy->half_cells;
  const PetscReal *above = half->resistance[axis] + (face[2] + 1) * (half->num_phases + 1);
  const PetscReal *below = axis == 2 ? above - (half->num_phases + 1) : above;
  const float halves = (float)(1.0 / (below[structure->phase[structure->grain[upper - step]]] +
                                      above[structure->phase[structure->grain[upper]]]));
  const float left = halves - conductance;

  *bulk = conductance;
  *contact = HUGE_VALF;
  if (left > 1e-6f * halves) {
    *bulk = halves;
    *contact = conductance / left * halves;
  }
}

/* The same for a face on a plate. */
static PetscErrorCode split_plate(const Hierarchy *hierarchy, const PetscInt face[3],
                                  float conductance, float *bulk, float *contact)
{
  const PetscReal unit = hierarchy->faces->unit;
  FaceSeries series;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(FaceSeriesGet(&hierarchy->faces->model, 2, face, &series, &is_open));
  *bulk = conductance;
  *contact = HUGE_VALF;
  if (is_open && series.contact > 0) {
    *bulk = (float)(1.0 / ((series.lower + series.upper) * unit));
    *contact = (float)(1.0 / (series.contact * unit));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode find_ghosts(Hierarchy *hierarchy, Level *next, Remote **ghosts)
{
  const Grid *grid = hierarchy->faces->model.grid;
  PetscInt count = 0, at[3];
  PetscMPIInt own;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &own));
  PetscCall(PetscMalloc1(CellsMostGhosts(grid), ghosts));
  for (int d = 0; d < 3; d++) {
    const int e = (d + 1) % 3, f = (d + 2) % 3;

    for (int side = 0; side < 2; side++) {
      const PetscMPIInt rank = hierarchy->halo.rank[d][side];

      if (rank == MPI_PROC_NULL || rank == own) continue;
      at[d] = side ? grid->count[d] : -1;
      for (at[f] = 0; at[f] < grid->count[f]; at[f]++) {
        for (at[e] = 0; at[e] < grid->count[e]; at[e]++) {
          const int32_t entry = hierarchy->parent[GridIndex(grid, at[0], at[1], at[2])];

          if (entry >= 0) (*ghosts)[count++] = (Remote){entry, rank};
        }
      }
    }
  }
  PetscCall(LevelSetGhosts(grid->comm, next, count, *ghosts));
  PetscCall(LevelExchangeExtents(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}

typedef struct {
  const Hierarchy *hierarchy;
  const int32_t *aggregate_of; /* ghosted */
  const Remote *ghosts;
  PetscMPIInt own;
  Level *next;
  LinkBuilder builder;
  PetscInt cell_step[3], face_step[3][3]; /* to the next along each axis; [axis of the faces] */
} Linking;

/* One face of a cell of aggregate `row`: a link, or a tie to a plate. */
static PetscErrorCode add_face(Linking *linking, const PetscInt at[3], int axis, int up,
                               int32_t row)
{
  const Hierarchy *hierarchy = linking->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt cell = GridIndex(grid, at[0], at[1], at[2]);
  const PetscInt beyond = cell + (2 * up - 1) * linking->cell_step[axis];
  const PetscInt place = at[axis] + 2 * up - 1;
  const PetscBool is_in_box = (PetscBool)(place >= 0 && place < grid->count[axis]);
  const PetscInt face[3] = {at[0] + (up && axis == 0), at[1] + (up && axis == 1),
                            at[2] + (up && axis == 2)};
  const int32_t *grain = hierarchy->faces->model.structure->grain;
  Link link = {.axis = (uint32_t)axis, .contact = HUGE_VALF};
  int32_t column = linking->aggregate_of[beyond];
  Level *next = linking->next;

  PetscFunctionBeginUser;
  /* mostly: the other end adds it, or it is no link at all */
  if (is_in_box && column <= row) PetscFunctionReturn(PETSC_SUCCESS);
  link.bulk = hierarchy->faces->conductance[axis][FaceIndex(grid, axis, face)];
  if (link.bulk == 0.0f) PetscFunctionReturn(PETSC_SUCCESS);
  if (grain[beyond] < 0) { /* a plate */
    const int side = up ? SIDE_CATHODE : SIDE_ANODE;

    PetscCall(split_plate(hierarchy, face, link.bulk, &link.bulk, &link.contact));
    next->plates[row].bulk[side] += link.bulk / (float)next->extent[row].length[2];
    next->plates[row].contact[side] += link.contact;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (!is_in_box && hierarchy->halo.rank[axis][up] != linking->own) {
    const Remote remote = {column, hierarchy->halo.rank[axis][up]};

    column = (int32_t)(next->num_unknowns + RemoteFind(linking->ghosts, next->num_ghosts, &remote));
  }
  if (column <= row) PetscFunctionReturn(PETSC_SUCCESS);
  link.column = (uint32_t)column;
  if (grain[beyond] != grain[cell]) {
    CellsSplitBoundary(hierarchy, axis, face, link.bulk, &link.bulk, &link.contact);
  }
  LinkStretch(2, &next->extent[row], &next->extent[column], &link);
  PetscCall(LinkBuilderAdd(&linking->builder, &link));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cells of a block that make up one aggregate and form a box, as they mostly do. */
typedef struct {
  PetscInt at[3];
  int length[3]; /* 1 or 2 */
} CellBox;

/* Whether the cells of a block's aggregate form a box. */
static PetscBool find_box(const CellBlock *block, const int32_t parent[8], int32_t row,
                          CellBox *box)
{
  int lower = 7, upper = 0, num_cells = 0, volume = 1; /* lower, upper: bits as in a cell's place */

  for (int m = 0; m < 8; m++) {
    if (parent[m] != row) continue;
    lower &= m;
    upper |= m;
    num_cells++;
  }
  for (int d = 0; d < 3; d++) {
    box->at[d] = block->at[d] + (lower >> d & 1);
    box->length[d] = 1 + ((upper ^ lower) >> d & 1);
    volume *= box->length[d];
  }
  return (PetscBool)(volume == num_cells);
}

/* Adds up the faces on one side of a box, some of which are between different grains. */
static void add_up_side(const Linking *linking, const CellBox *box, int axis, int up, Link *link)
{
  const Hierarchy *hierarchy = linking->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;
  const int32_t *grain = hierarchy->faces->model.structure->grain;
  PetscInt face[3];

  link->bulk = link->contact = 0;
  face[axis] = box->at[axis] + up * box->length[axis];
  for (face[f] = box->at[f]; face[f] < box->at[f] + box->length[f]; face[f]++) {
    for (face[e] = box->at[e]; face[e] < box->at[e] + box->length[e]; face[e]++) {
      const PetscInt upper = GridIndex(grid, face[0], face[1], face[2]);
      float bulk = hierarchy->faces->conductance[axis][FaceIndex(grid, axis, face)];
      float contact = HUGE_VALF;

      if (bulk == 0.0f) continue;
      if (grain[upper] != grain[upper - linking->cell_step[axis]]) {
        CellsSplitBoundary(hierarchy, axis, face, bulk, &bulk, &contact);
      }
      link->bulk += bulk;
      link->contact += contact;
    }
  }
}

/* The faces on one side of a box: mostly a single link, when all of them lead to one aggregate of
   this rank. */
static PetscBool side_is_plain(const Linking *linking, const CellBox *box, int axis, int up,
                               Link *link)
{
  const Grid *grid = linking->hierarchy->faces->model.grid;
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;
  const PetscInt *step = linking->cell_step, *face_step = linking->face_step[axis];
  const PetscInt first = GridIndex(grid, box->at[0], box->at[1], box->at[2]);
  const PetscInt c = first + up * (box->length[axis] - 1) * step[axis];
  const PetscInt o = c + (2 * up - 1) * step[axis];
  /* 0 where the box is but one cell wide: its faces then count twice, and half each */
  const PetscInt to_e = (box->length[e] - 1) * step[e], to_f = (box->length[f] - 1) * step[f];
  const PetscInt face_e = (box->length[e] - 1) * face_step[e];
  const PetscInt face_f = (box->length[f] - 1) * face_step[f];
  const float share = 0.25f * (float)(box->length[e] * box->length[f]);
  const int32_t *grain = linking->hierarchy->faces->model.structure->grain;
  const int32_t *aggregate = linking->aggregate_of + o;
  const PetscInt beyond = box->at[axis] + (up ? box->length[axis] : -1);
  const float *face = linking->hierarchy->faces->conductance[axis] +
                      FaceIndex(grid, axis, box->at) + up * box->length[axis] * face_step[axis];

  if (beyond < 0 || beyond >= grid->count[axis] || aggregate[0] < 0) return PETSC_FALSE;
  if ((aggregate[0] ^ aggregate[to_e]) | (aggregate[0] ^ aggregate[to_f]) |
      (aggregate[0] ^ aggregate[to_e + to_f])) {
    return PETSC_FALSE;
  }
  *link = (Link){(uint32_t)aggregate[0], (uint32_t)axis, 0, HUGE_VALF};
  if ((grain[c] ^ grain[o]) | (grain[c + to_e] ^ grain[o + to_e]) |
      (grain[c + to_f] ^ grain[o + to_f]) | (grain[c + to_e + to_f] ^ grain[o + to_e + to_f])) {
    add_up_side(linking, box, axis, up, link);
  } else {
    link->bulk = share * (face[0] + face[face_e] + face[face_f] + face[face_e + face_f]);
  }
  return PETSC_TRUE;
}

/* Links of an aggregate that is a box. */
static PetscErrorCode link_box(Linking *linking, const CellBlock *block, const CellBox *box,
                               const PetscBool *came_by, int32_t row)
{
  const Grid *grid = linking->hierarchy->faces->model.grid;
  const Level *next = linking->next;
  PetscInt at[3];
  Link link;

  PetscFunctionBeginUser;
  for (int s = 0; s < 6; s++) {
    const int axis = s / 2, up = s % 2, e = (axis + 1) % 3, f = (axis + 2) % 3;
    const PetscInt beyond = box->at[axis] + (up ? box->length[axis] : -1);
    const PetscBool is_inside =
        (PetscBool)(beyond >= block->at[axis] && beyond < block->at[axis] + 2);

    /* a block that came before has added them */
    if (!is_inside && came_by[s] && beyond >= 0 && beyond < grid->count[axis]) continue;
    if (side_is_plain(linking, box, axis, up, &link)) {
      if ((int32_t)link.column <= row || link.bulk == 0.0f) continue;
      LinkStretch(2, &next->extent[row], &next->extent[link.column], &link);
      PetscCall(LinkBuilderAdd(&linking->builder, &link));
      continue;
    }
    at[axis] = box->at[axis] + up * (box->length[axis] - 1);
    for (at[f] = box->at[f]; at[f] < box->at[f] + box->length[f]; at[f]++) {
      for (at[e] = box->at[e]; at[e] < box->at[e] + box->length[e]; at[e]++) {
        PetscCall(add_face(linking, at, axis, up, row));
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Links of the aggregates of the block at place `at` among the blocks. */
static PetscErrorCode link_block(Linking *linking, const PetscInt block_at[3])
{
  const Grid *grid = linking->hierarchy->faces->model.grid;
  const CellBlock block = {.at = {2 * block_at[0], 2 * block_at[1], 2 * block_at[2]}};
  int32_t parent[8], first = INT32_MAX, last = -1;
  PetscBool came_by[6];
  PetscInt at[8][3];

  PetscFunctionBeginUser;
  for (int m = 0; m < 8; m++) {
    CellAt(&block, m, at[m]);
    parent[m] = IsThere(grid, at[m])
                    ? linking->aggregate_of[GridIndex(grid, at[m][0], at[m][1], at[m][2])]
                    : -1;
    if (parent[m] < 0) continue;
    first = PetscMin(first, parent[m]);
    last = PetscMax(last, parent[m]);
  }
  for (int f = 0; f < 6; f++) came_by[f] = BlockWalkCameBy(block_at, f / 2, f % 2);
  for (int32_t row = first; row <= last; row++) {
    CellBox box;

    LinkBuilderBeginRow(&linking->builder, row);
    if (find_box(&block, parent, row, &box)) {
      PetscCall(link_box(linking, &block, &box, came_by, row));
    } else {
      for (int m = 0; m < 8; m++) {
        if (parent[m] != row) continue;
        for (int f = 0; f < 6; f++) {
          const int axis = f / 2, up = f % 2;
          const PetscInt beyond = at[m][axis] + 2 * up - 1;

          if (beyond >= 0 && beyond < grid->count[axis]) {
            /* mostly the other end adds it, or it is no link at all */
            if ((m >> axis & 1) != up ? parent[m ^ 1 << axis] <= row : came_by[f]) continue;
          }
          PetscCall(add_face(linking, at[m], axis, up, row));
        }
      }
    }
    PetscCall(LinkBuilderEndRow(&linking->builder, row));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode link_aggregates(Hierarchy *hierarchy, const Remote *ghosts, Level *next,
                                      LinkBuilder *builder)
{
  const Grid *grid = hierarchy->faces->model.grid;
  Linking linking = {.hierarchy = hierarchy,
                     .aggregate_of = hierarchy->parent,
                     .ghosts = ghosts,
                     .next = next,
                     .cell_step = {1, GridStepY(grid), GridStepZ(grid)}};
  PetscInt at[3];

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &linking.own));
  PetscCall(LevelCreatePlates(next));
  for (int d = 0; d < 3; d++) {
    linking.face_step[d][0] = 1;
    linking.face_step[d][1] = grid->count[0] + (d == 0);
    linking.face_step[d][2] = linking.face_step[d][1] * (grid->count[1] + (d == 1));
  }
  PetscCall(LinkBuilderCreate(next->num_unknowns, next->num_unknowns + next->num_ghosts,
                              4 * next->num_unknowns /* mostly enough */, &linking.builder));
  for (at[2] = 0; at[2] < next->blocks[2]; at[2]++) {
    for (at[1] = 0; at[1] < next->blocks[1]; at[1]++) {
      for (at[0] = 0; at[0] < next->blocks[0]; at[0]++) PetscCall(link_block(&linking, at));
    }
  }
  *builder = linking.builder;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyCoarsenCells(Hierarchy *hierarchy, Level *next)
{
  LinkBuilder builder;
  Remote *ghosts;

  PetscFunctionBeginUser;
  next->width = 1;
  for (int d = 0; d < 3; d++) next->blocks[d] = (hierarchy->faces->model.grid->count[d] + 1) / 2;
  PetscCall(HalfCellsCreate(hierarchy->faces, &hierarchy->half_cells));
  PetscCall(CellsAggregate(hierarchy, next));
  PetscCall(
      HaloExchange(&hierarchy->halo, hierarchy->parent, sizeof *hierarchy->parent, NULL, NULL));
  PetscCall(find_ghosts(hierarchy, next, &ghosts));
  PetscCall(link_aggregates(hierarchy, ghosts, next, &builder));
  PetscCall(PetscFree(ghosts));
  PetscCall(HalfCellsDestroy(&hierarchy->half_cells));
  PetscCall(
      LevelFinish(next, &builder)); /* the largest moment of all: nothing but links is there then */
  PetscFunctionReturn(PETSC_SUCCESS);
}
