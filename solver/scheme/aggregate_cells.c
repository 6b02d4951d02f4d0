#include <math.h>
#include <string.h>
#include "cell_block.h"

static const int lower_of_pair[3][4] = {{0, 2, 4, 6}, {0, 1, 4, 5}, {0, 1, 2, 3}};

/* Conductances of the faces of one axis: of cell m the lower at face[m], the upper at
   face[m][step]. */
static PetscInt block_faces(const Hierarchy *hierarchy, const CellBlock *block, int axis,
                            const float *face[8])
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt step_y = grid->count[0] + (axis == 0);
  const PetscInt step_z = step_y * (grid->count[1] + (axis == 1));
  const float *first = hierarchy->faces->conductance[axis] + FaceIndex(grid, axis, block->at);

  for (int m = 0; m < 8; m++) {
    face[m] = first + (m & 1) + (m >> 1 & 1) * step_y + (m >> 2) * step_z;
  }
  return axis == 0 ? 1 : axis == 1 ? step_y : step_z;
}

/* By how much a flat cell's ties along z are stronger than those along x and y inside its grain, as
   a factor of at most 1. */
static float cube_share(const Hierarchy *hierarchy, const PetscInt at[3])
{
  const Microstructure *structure = hierarchy->faces->model.structure;
  const HalfCells *half = &hierarchy->half_cells;
  const int32_t grain =
      structure->grain[GridIndex(hierarchy->faces->model.grid, at[0], at[1], at[2])];
  const PetscInt entry =
      (at[2] + 1) * (half->num_phases + 1) + structure->phase[PetscMax(grain, 0)];
  const PetscReal lateral = PetscMin(half->resistance[0][entry], half->resistance[1][entry]);

  return lateral > 0 ? (float)PetscMin(1, half->resistance[2][entry] / lateral) : 1;
}

/* Strongest tie of each cell to another cell, -1 if all its faces are closed. Faces on plates do
   not count: an electrode is no unknown. Those inside lines count as if the cell were a cube, since
   relaxation takes care of what they tie together: not for nothing, or cells whose neighbours along
   x and y are other grains' would be joined to those. */
static void block_read(const Hierarchy *hierarchy, CellBlock *block)
{
  const Grid *grid = hierarchy->faces->model.grid;
  PetscBool exists[8];
  float as_cube[8];
  PetscInt at[3];

  for (int m = 0; m < 8; m++) {
    CellAt(block, m, at);
    exists[m] = IsThere(grid, at);
    if (exists[m] && hierarchy->has_lines) as_cube[m] = cube_share(hierarchy, at);
    block->strongest[m] = -1;
  }
  for (int d = 0; d < 3; d++) {
    const PetscInt first = grid->start[d] + block->at[d];
    const float *face[8];
    const PetscInt step = block_faces(hierarchy, block, d, face);

    for (int m = 0; m < 8; m++) {
      const PetscInt cell = first + (m >> d & 1);

      if (!exists[m]) continue;
      for (int up = 0; up < 2; up++) {
        const float t = face[m][up * step];
        const PetscBool is_plate =
            (PetscBool)(d == 2 && (up ? cell + 1 == grid->num_cells[2] : cell == 0));
        const float share = is_plate ? 0 : d == 2 && hierarchy->has_lines ? as_cube[m] : 1;

        if (t > 0) block->strongest[m] = PetscMax(block->strongest[m], share * t);
      }
    }
    for (int p = 0; p < 4; p++) {
      const int lower = lower_of_pair[d][p], upper = lower | 1 << d;

      block->inside[d][p] = exists[upper] && exists[lower] ? *face[upper] : 0;
    }
  }
}

/* Eight cells of one grain, away from plates, whose ties along each axis are all strong or all
   weak: without further ado one aggregate, or parts that are cut along the axes of weak ties. cut:
   bit d for axis d. */
static PetscBool block_is_plain(const Hierarchy *hierarchy, const CellBlock *block, uint8_t *cut)
{
  const float theta = (float)hierarchy->options.theta;
  const Grid *grid = hierarchy->faces->model.grid;
  const int32_t *grain = hierarchy->faces->model.structure->grain +
                         GridIndex(grid, block->at[0], block->at[1], block->at[2]);
  const PetscInt y = GridStepY(grid), z = GridStepZ(grid);
  const PetscInt upper_cell = grid->start[2] + block->at[2] + 1;
  float weakest[3], strongest[3], least = 0, most = 0; /* inside; of each cell's strongest */

  if (block->at[0] + 1 >= grid->count[0] || block->at[1] + 1 >= grid->count[1] ||
      block->at[2] + 1 >= grid->count[2] || upper_cell == 1 ||
      upper_cell + 1 == grid->num_cells[2]) {
    return PETSC_FALSE;
  }
  if ((grain[0] ^ grain[1]) | (grain[0] ^ grain[y]) | (grain[0] ^ grain[y + 1]) |
      (grain[0] ^ grain[z]) | (grain[0] ^ grain[z + 1]) | (grain[0] ^ grain[z + y]) |
      (grain[0] ^ grain[z + y + 1])) {
    return PETSC_FALSE;
  }
  for (int d = 0; d < 3; d++) {
    const float *face[8];
    const PetscInt step = block_faces(hierarchy, block, d, face);

    weakest[d] = HUGE_VALF;
    strongest[d] = 0;
    for (int p = 0; p < 4; p++) {
      const float *lower = face[lower_of_pair[d][p]];

      weakest[d] = PetscMin(weakest[d], lower[step]);
      strongest[d] = PetscMax(strongest[d], lower[step]);
      if (d == 2 && hierarchy->has_lines) continue;
      most = PetscMax(most, PetscMax(lower[step], PetscMax(lower[0], lower[2 * step])));
    }
    if (d < 2 || !hierarchy->has_lines) least = PetscMax(least, weakest[d]);
  }
  *cut = 0;
  for (int d = 0; d < 3; d++) {
    if (weakest[d] > 0 && weakest[d] >= theta * most) continue;
    if (!(strongest[d] < theta * least)) return PETSC_FALSE;
    *cut |= (uint8_t)(1 << d);
  }
  return PETSC_TRUE;
}

/* All cells there and all ties strong, as inside a grain: one aggregate, without further ado. */
static PetscBool block_is_whole(const CellBlock *block, float theta)
{
  float weakest = HUGE_VALF, strongest = 0;

  for (int m = 0; m < 8; m++) {
    if (block->strongest[m] < 0) return PETSC_FALSE;
    strongest = PetscMax(strongest, block->strongest[m]);
  }
  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 4; p++) weakest = PetscMin(weakest, block->inside[d][p]);
  }
  return (PetscBool)(weakest >= theta * strongest);
}

/* group[m]: aggregate of cell m from 0, -1 for none; returns the number of aggregates. */
static int32_t block_aggregate(const CellBlock *block, float theta, int32_t group[8])
{
  int32_t place[8], joined[8], n = 0, num_ties = 0, num_groups;
  float strongest[8];
  Tie ties[12];

  if (block_is_whole(block, theta)) {
    for (int m = 0; m < 8; m++) group[m] = 0;
    return 1;
  }
  for (int m = 0; m < 8; m++) {
    place[m] = block->strongest[m] >= 0 ? n : -1;
    if (place[m] >= 0) strongest[n++] = block->strongest[m];
  }
  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 4; p++) {
      const int lower = lower_of_pair[d][p], upper = lower | 1 << d;

      if (block->inside[d][p] > 0) {
        ties[num_ties++] = (Tie){place[lower], place[upper], block->inside[d][p]};
      }
    }
  }
  num_groups = AggregateBlock(n, strongest, num_ties, ties, theta, joined);
  for (int m = 0; m < 8; m++) group[m] = place[m] >= 0 ? joined[place[m]] : -1;
  return num_groups;
}

/* Extents of the aggregates of mixed blocks, in the order in which they are found. */
typedef struct {
  Extent *extent;
  int32_t (*low)[3];
  PetscInt count, capacity;
} MixedExtents;

static PetscErrorCode mixed_reserve(MixedExtents *mixed)
{
  PetscFunctionBeginUser;
  if (mixed->count + 8 <= mixed->capacity) PetscFunctionReturn(PETSC_SUCCESS);
  mixed->capacity += mixed->capacity / 2 + 4096;
  PetscCall(PetscRealloc((size_t)mixed->capacity * sizeof *mixed->extent, &mixed->extent));
  PetscCall(PetscRealloc((size_t)mixed->capacity * sizeof *mixed->low, &mixed->low));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Appends the extents of the block's aggregates. */
static void set_extents(const Hierarchy *hierarchy, const CellBlock *block, const int32_t group[8],
                        int32_t num_groups, MixedExtents *mixed)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const int32_t *grain = hierarchy->faces->model.structure->grain;
  float bulks[8][3] = {{0}}, ties[8][3] = {{0}}, contact;
  int halves[8][3] = {{0}}; /* bit 0: cells in the lower half, bit 1: in the upper */
  PetscInt at[3];

  for (int m = 0; m < 8; m++) {
    for (int d = 0; d < 3 && group[m] >= 0; d++) halves[group[m]][d] |= 1 << (m >> d & 1);
  }
  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 4; p++) {
      const int lower = lower_of_pair[d][p], upper = lower | 1 << d;
      float bulk = block->inside[d][p];
      PetscInt cells[2];

      if (bulk == 0 || group[lower] != group[upper]) continue;
      ties[group[lower]][d] += bulk;
      CellAt(block, lower, at);
      cells[0] = GridIndex(grid, at[0], at[1], at[2]);
      CellAt(block, upper, at);
      cells[1] = GridIndex(grid, at[0], at[1], at[2]);
      if (grain[cells[0]] != grain[cells[1]]) {
        CellsSplitBoundary(hierarchy, d, at, bulk, &bulk, &contact);
      }
      bulks[group[lower]][d] += bulk;
    }
  }
  for (int32_t g = 0; g < num_groups; g++, mixed->count++) {
    Extent *extent = &mixed->extent[mixed->count];

    extent->series = 0;
    for (int d = 0; d < 3; d++) {
      extent->length[d] = 1 + (halves[g][d] == 3);
      extent->series |= IsSeries(bulks[g][d], ties[g][d]) << d;
      mixed->low[mixed->count][d] = (int32_t)block->at[d] + (halves[g][d] == 2);
    }
  }
}

/* A block's aggregates. */
typedef struct {
  uint8_t is_plain, cut; /* see block_is_plain() */
  uint8_t num_groups;
} BlockGroups;

/* The part of a block with the given cuts that cell m is in. */
static int32_t part_of(int cut, int m)
{
  int32_t part = 0;

  for (int d = 0, bit = 0; d < 3; d++) {
    if (cut >> d & 1) part |= (m >> d & 1) << bit++;
  }
  return part;
}

/* Aggregates one block, the parents being places in the block until the unknowns are numbered. */
static PetscErrorCode aggregate_block(Hierarchy *hierarchy, CellBlock *block, BlockGroups *groups,
                                      MixedExtents *mixed)
{
  const Grid *grid = hierarchy->faces->model.grid;
  int32_t group[8];
  PetscInt at[3];

  PetscFunctionBeginUser;
  *groups = (BlockGroups){.is_plain = 1};
  if (block_is_plain(hierarchy, block, &groups->cut)) {
    groups->num_groups = (uint8_t)(1 + part_of(groups->cut, 7));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(mixed_reserve(mixed));
  block_read(hierarchy, block);
  *groups = (BlockGroups){
      .num_groups = (uint8_t)block_aggregate(block, (float)hierarchy->options.theta, group)};
  set_extents(hierarchy, block, group, groups->num_groups, mixed);
  for (int m = 0; m < 8; m++) {
    CellAt(block, m, at);
    if (IsThere(grid, at)) {
      hierarchy->parent[GridIndex(grid, at[0], at[1], at[2])] = group[m];
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What is known of a block's aggregates once they have numbers, from `start`. */
static void number_block(Hierarchy *hierarchy, const CellBlock *block, const BlockGroups *groups,
                         int32_t start, MixedExtents *mixed, Level *next)
{
  const Grid *grid = hierarchy->faces->model.grid;
  int32_t *parent = hierarchy->parent + GridIndex(grid, block->at[0], block->at[1], block->at[2]);
  const PetscInt y = GridStepY(grid), z = GridStepZ(grid);
  PetscInt at[3];

  if (groups->is_plain) {
    for (int m = 7; m >= 0; m--) { /* the first cell of each part comes last */
      const int32_t u = start + part_of(groups->cut, m);

      parent[(m & 1) + (m >> 1 & 1) * y + (m >> 2) * z] = u;
      next->extent[u].series = 0;
      for (int d = 0; d < 3; d++) {
        next->extent[u].length[d] = 2 - (groups->cut >> d & 1);
        next->low[u][d] = (int32_t)block->at[d] + (m >> d & 1);
      }
    }
    return;
  }
  for (int m = 0; m < 8; m++) {
    int32_t *group = parent + (m & 1) + (m >> 1 & 1) * y + (m >> 2) * z;

    CellAt(block, m, at);
    if (IsThere(grid, at) && *group >= 0) *group += start;
  }
  for (int32_t g = 0; g < groups->num_groups; g++, mixed->count++) {
    next->extent[start + g] = mixed->extent[mixed->count];
    for (int d = 0; d < 3; d++) next->low[start + g][d] = mixed->low[mixed->count][d];
  }
}

/* Numbers of the blocks' first aggregates, in the order of the walk; and homes. */
static PetscErrorCode number_aggregates(const Grid *grid, const BlockGroups *groups, int32_t *start,
                                        Level *next)
{
  const PetscInt num_blocks = next->blocks[0] * next->blocks[1] * next->blocks[2];
  BlockWalk walk = BLOCK_WALK_START;
  int32_t n = 0;

  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < num_blocks; b++) n += groups[b].num_groups;
  next->num_unknowns = n;
  PetscCall(PetscMalloc1(n, &next->home));
  PetscCall(PetscMalloc1(n, &next->low));
  PetscCall(PetscMalloc1(n + CellsMostGhosts(grid), &next->extent));
  n = 0;
  while (BlockWalkNext(next->blocks, &walk)) {
    start[walk.number] = n;
    for (int g = 0; g < groups[walk.number].num_groups; g++) next->home[n++] = walk.home;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CellsAggregate(Hierarchy *hierarchy, Level *next)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt *blocks = next->blocks;
  MixedExtents mixed = {0};
  BlockGroups *groups;
  int32_t *start;
  PetscInt b;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(GridGhostedSize(grid), &hierarchy->parent));
  memset(hierarchy->parent, 0xff, (size_t)GridGhostedSize(grid) * sizeof *hierarchy->parent);
  PetscCall(PetscMalloc1(blocks[0] * blocks[1] * blocks[2], &groups));
  PetscCall(PetscMalloc1(blocks[0] * blocks[1] * blocks[2], &start));
  /* twice along the rows of cells, as they are in memory; the unknowns' order is another */
  for (int pass = 0; pass < 2; pass++) {
    b = 0;
    for (PetscInt k = 0; k < grid->count[2]; k += 2) {
      for (PetscInt j = 0; j < grid->count[1]; j += 2) {
        for (PetscInt i = 0; i < grid->count[0]; i += 2, b++) {
          CellBlock block = {.at = {i, j, k}};

          if (pass == 0)
            PetscCall(aggregate_block(hierarchy, &block, &groups[b], &mixed));
          else
            number_block(hierarchy, &block, &groups[b], start[b], &mixed, next);
        }
      }
    }
    if (pass == 0) PetscCall(number_aggregates(grid, groups, start, next));
    mixed.count = 0;
  }
  PetscCall(PetscFree(groups));
  PetscCall(PetscFree(start));
  PetscCall(PetscFree(mixed.extent));
  PetscCall(PetscFree(mixed.low));
  PetscFunctionReturn(PETSC_SUCCESS);
}
