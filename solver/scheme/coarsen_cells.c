#include <math.h>
#include "hierarchy.h"

/* A block of up to 2 x 2 x 2 cells; cell m is at bit d of m along axis d. */
typedef struct {
  PetscInt at[3];     /* its first cell */
  float strongest[8]; /* tie of each cell; -1: no such cell, or it takes no part */
  float inside[3][4]; /* faces between the two halves along each axis, 0 where there is none */
} CellBlock;

static const int lower_of_pair[3][4] = {{0, 2, 4, 6}, {0, 1, 4, 5}, {0, 1, 2, 3}};

static void cell_at(const CellBlock *block, int m, PetscInt at[3])
{
  for (int d = 0; d < 3; d++) at[d] = block->at[d] + (m >> d & 1);
}

static PetscInt owned_index(const Grid *grid, const PetscInt at[3])
{
  return (at[2] * grid->count[1] + at[1]) * grid->count[0] + at[0];
}

static PetscBool is_there(const Grid *grid, const PetscInt at[3])
{
  return (PetscBool)(at[0] < grid->count[0] && at[1] < grid->count[1] && at[2] < grid->count[2]);
}

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

/* Strongest tie of each cell to another cell, -1 if all its faces are closed. Faces on plates do
   not count: an electrode is no unknown. */
static void block_read(const Hierarchy *hierarchy, CellBlock *block)
{
  const Grid *grid = hierarchy->faces->model.grid;
  PetscBool exists[8];
  PetscInt at[3];

  for (int m = 0; m < 8; m++) {
    cell_at(block, m, at);
    exists[m] = is_there(grid, at);
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

        if (t > 0) block->strongest[m] = PetscMax(block->strongest[m], is_plate ? 0 : t);
      }
    }
    for (int p = 0; p < 4; p++) {
      const int lower = lower_of_pair[d][p], upper = lower | 1 << d;

      block->inside[d][p] = exists[upper] && exists[lower] ? *face[upper] : 0;
    }
  }
}

/* Eight cells of one grain, away from plates, all their ties strong: one aggregate, without further
   ado. */
static PetscBool block_is_plain(const Hierarchy *hierarchy, const CellBlock *block)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const int32_t *grain = hierarchy->faces->model.structure->grain +
                         GridIndex(grid, block->at[0], block->at[1], block->at[2]);
  const PetscInt y = GridStepY(grid), z = GridStepZ(grid);
  const PetscInt upper_cell = grid->start[2] + block->at[2] + 1;
  float weakest = HUGE_VALF, strongest = 0;

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

    for (int p = 0; p < 4; p++) {
      const float *lower = face[lower_of_pair[d][p]];

      weakest = PetscMin(weakest, lower[step]);
      strongest = PetscMax(strongest, PetscMax(lower[step], PetscMax(lower[0], lower[2 * step])));
    }
  }
  return (PetscBool)(weakest > 0 && weakest >= (float)hierarchy->options.theta * strongest);
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

/* Bulk and contact conductance of a face between two grains, in units of the largest: the contact
   is what the half cells leave of the face's resistance, so that all of a matched face is there. */
static void split_boundary(const Hierarchy *hierarchy, int axis, const PetscInt face[3],
                           float conductance, float *bulk, float *contact)
{
  const Faces *faces = hierarchy->faces;
  const float halves = (float)(1.0 / (FaceHalves(&faces->model, axis, face) * faces->unit));
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

/* Spans of the block's aggregates, the first of which is unknown `start` of the next level. */
static void set_spans(const Hierarchy *hierarchy, const CellBlock *block, const int32_t group[8],
                      int32_t num_groups, int32_t start, Level *next)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const int32_t *grain = hierarchy->faces->model.structure->grain;
  float bulks[8][3] = {{0}}, ties[8][3] = {{0}}, contact;
  PetscInt at[3];

  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 4; p++) {
      const int lower = lower_of_pair[d][p], upper = lower | 1 << d;
      float bulk = block->inside[d][p];
      PetscInt cells[2];

      if (bulk == 0 || group[lower] != group[upper]) continue;
      ties[group[lower]][d] += bulk;
      cell_at(block, lower, at);
      cells[0] = GridIndex(grid, at[0], at[1], at[2]);
      cell_at(block, upper, at);
      cells[1] = GridIndex(grid, at[0], at[1], at[2]);
      if (grain[cells[0]] != grain[cells[1]]) {
        split_boundary(hierarchy, d, at, bulk, &bulk, &contact);
      }
      bulks[group[lower]][d] += bulk;
    }
  }
  for (int32_t g = 0; g < num_groups; g++) {
    next->span[start + g] = 0;
    for (int d = 0; d < 3; d++) {
      next->span[start + g] |= AggregateSpan(d, bulks[g][d], ties[g][d]);
    }
  }
}

static PetscErrorCode aggregate(Hierarchy *hierarchy, Level *next)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt num_blocks = next->blocks[0] * next->blocks[1] * next->blocks[2];
  const PetscInt num_cells = grid->count[0] * grid->count[1] * grid->count[2];
  PetscInt b[3], at[3], number = 0, capacity = num_blocks + num_blocks / 4 + 64;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num_cells, &hierarchy->parent));
  PetscCall(PetscMalloc1(num_blocks + 1, &next->first));
  PetscCall(PetscMalloc1(capacity, &next->span));
  next->first[0] = 0;
  for (b[2] = 0; b[2] < next->blocks[2]; b[2]++) {
    for (b[1] = 0; b[1] < next->blocks[1]; b[1]++) {
      for (b[0] = 0; b[0] < next->blocks[0]; b[0]++) {
        const int32_t start = next->first[number];
        CellBlock block = {.at = {2 * b[0], 2 * b[1], 2 * b[2]}};
        int32_t group[8], num_groups;

        const PetscBool is_plain = block_is_plain(hierarchy, &block);

        if (is_plain) {
          for (int m = 0; m < 8; m++) group[m] = 0;
          num_groups = 1;
        } else {
          block_read(hierarchy, &block);
          num_groups = block_aggregate(&block, (float)hierarchy->options.theta, group);
        }
        for (int m = 0; m < 8; m++) {
          cell_at(&block, m, at);
          if (at[0] >= grid->count[0] || at[1] >= grid->count[1] || at[2] >= grid->count[2])
            continue;
          hierarchy->parent[owned_index(grid, at)] = group[m] < 0 ? -1 : start + group[m];
        }
        if (start + 8 > capacity) {
          capacity += capacity / 2 + 8;
          PetscCall(PetscRealloc((size_t)capacity * sizeof *next->span, &next->span));
        }
        if (is_plain)
          next->span[start] = SPANS_ALL;
        else
          set_spans(hierarchy, &block, group, num_groups, start, next);
        next->first[++number] = start + num_groups;
      }
    }
  }
  next->num_unknowns = next->first[num_blocks];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Aggregate of every cell in a ghosted array, -1 for none. */
static PetscErrorCode exchange_parents(Hierarchy *hierarchy, int32_t **aggregate_of)
{
  const Grid *grid = hierarchy->faces->model.grid;
  PetscInt at[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(GridGhostedSize(grid), aggregate_of));
  for (PetscInt c = 0; c < GridGhostedSize(grid); c++) (*aggregate_of)[c] = -1;
  for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
      for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
        (*aggregate_of)[GridIndex(grid, at[0], at[1], at[2])] =
            hierarchy->parent[owned_index(grid, at)];
      }
    }
  }
  PetscCall(HaloExchange(&hierarchy->halo, *aggregate_of, sizeof **aggregate_of, NULL, NULL));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Which rank the cell at ghosted position `at` belongs to. */
static PetscMPIInt rank_of(const Hierarchy *hierarchy, const PetscInt at[3], PetscMPIInt own)
{
  for (int d = 0; d < 3; d++) {
    if (at[d] < 0) return hierarchy->halo.rank[d][0];
    if (at[d] >= hierarchy->faces->model.grid->count[d]) return hierarchy->halo.rank[d][1];
  }
  return own;
}

static PetscErrorCode find_ghosts(Hierarchy *hierarchy, const int32_t *aggregate_of, Level *next,
                                  Remote **ghosts)
{
  const Grid *grid = hierarchy->faces->model.grid;
  PetscInt capacity = 0, count = 0, at[3];
  PetscMPIInt own;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &own));
  for (int d = 0; d < 3; d++) capacity += 2 * grid->count[(d + 1) % 3] * grid->count[(d + 2) % 3];
  PetscCall(PetscMalloc1(capacity, ghosts));
  for (int d = 0; d < 3; d++) {
    const int e = (d + 1) % 3, f = (d + 2) % 3;

    for (int side = 0; side < 2; side++) {
      const PetscMPIInt rank = hierarchy->halo.rank[d][side];

      if (rank == MPI_PROC_NULL || rank == own) continue;
      at[d] = side ? grid->count[d] : -1;
      for (at[f] = 0; at[f] < grid->count[f]; at[f]++) {
        for (at[e] = 0; at[e] < grid->count[e]; at[e]++) {
          const int32_t entry = aggregate_of[GridIndex(grid, at[0], at[1], at[2])];

          if (entry >= 0) (*ghosts)[count++] = (Remote){entry, rank};
        }
      }
    }
  }
  PetscCall(LevelSetGhosts(grid->comm, next, count, *ghosts));
  PetscCall(PetscRealloc((size_t)(next->num_unknowns + next->num_ghosts + 1) * sizeof *next->span,
                         &next->span));
  PetscCall(LevelExchangeSpans(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One face of a cell of aggregate `row`: a link, or a tie to a plate. */
static PetscErrorCode add_face(const Hierarchy *hierarchy, const int32_t *aggregate_of,
                               const Remote *ghosts, PetscMPIInt own, int axis, int up,
                               const PetscInt at[3], int32_t row, Level *next, LinkBuilder *builder)
{
  const Grid *grid = hierarchy->faces->model.grid;
  const PetscInt face[3] = {at[0] + (up && axis == 0), at[1] + (up && axis == 1),
                            at[2] + (up && axis == 2)};
  const float conductance = hierarchy->faces->conductance[axis][FaceIndex(grid, axis, face)];
  const PetscInt other[3] = {at[0] + (axis == 0 ? 2 * up - 1 : 0),
                             at[1] + (axis == 1 ? 2 * up - 1 : 0),
                             at[2] + (axis == 2 ? 2 * up - 1 : 0)};
  const PetscInt cell = GridIndex(grid, at[0], at[1], at[2]);
  const PetscInt beyond = GridIndex(grid, other[0], other[1], other[2]);
  const int32_t *grain = hierarchy->faces->model.structure->grain;
  Link link = {-1, axis, conductance, HUGE_VALF};
  Remote remote;

  PetscFunctionBeginUser;
  if (conductance == 0.0f) PetscFunctionReturn(PETSC_SUCCESS);
  if (grain[beyond] >= 0) {
    remote = (Remote){aggregate_of[beyond], rank_of(hierarchy, other, own)};
    link.column = remote.unknown;
    if (remote.rank != own) {
      link.column = (int32_t)(next->num_unknowns + RemoteFind(ghosts, next->num_ghosts, &remote));
    }
    if (link.column <= row) PetscFunctionReturn(PETSC_SUCCESS); /* the other end adds it */
  }
  if (grain[beyond] < 0) { /* a plate */
    const int side = up ? SIDE_CATHODE : SIDE_ANODE;

    PetscCall(split_plate(hierarchy, face, conductance, &link.bulk, &link.contact));
    next->plates[row].bulk[side] += link.bulk / (float)(1 + (next->span[row] >> 2 & 1));
    next->plates[row].contact[side] += link.contact;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (grain[beyond] != grain[cell]) {
    split_boundary(hierarchy, axis, face, conductance, &link.bulk, &link.contact);
  }
  LinkStretch(next->span[row], next->span[link.column], &link);
  PetscCall(LinkBuilderAdd(builder, &link));
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

/* The faces on one side of a block that is one aggregate of eight cells: mostly a single link, when
   all of them are within one grain and lead to one aggregate of this rank. */
static PetscBool side_is_plain(const Linking *linking, const CellBlock *block, int axis, int up,
                               Link *link)
{
  const Grid *grid = linking->hierarchy->faces->model.grid;
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;
  const PetscInt *step = linking->cell_step, *face_step = linking->face_step[axis];
  const PetscInt first = GridIndex(grid, block->at[0], block->at[1], block->at[2]);
  const PetscInt c = first + up * step[axis], o = first + (up ? 2 : -1) * step[axis];
  const int32_t *grain = linking->hierarchy->faces->model.structure->grain;
  const int32_t *aggregate = linking->aggregate_of + o;
  const PetscInt beyond = block->at[axis] + (up ? 2 : -1);
  const float *face = linking->hierarchy->faces->conductance[axis] +
                      FaceIndex(grid, axis, block->at) + 2 * up * face_step[axis];

  if (beyond < 0 || beyond >= grid->count[axis] || aggregate[0] < 0) return PETSC_FALSE;
  if ((grain[c] ^ grain[o]) | (grain[c + step[e]] ^ grain[o + step[e]]) |
      (grain[c + step[f]] ^ grain[o + step[f]]) |
      (grain[c + step[e] + step[f]] ^ grain[o + step[e] + step[f]]) |
      (aggregate[0] ^ aggregate[step[e]]) | (aggregate[0] ^ aggregate[step[f]]) |
      (aggregate[0] ^ aggregate[step[e] + step[f]])) {
    return PETSC_FALSE;
  }
  *link =
      (Link){aggregate[0], axis,
             face[0] + face[face_step[e]] + face[face_step[f]] + face[face_step[e] + face_step[f]],
             HUGE_VALF};
  return PETSC_TRUE;
}

/* Links of aggregate `row` through the faces on one side of the cells of its block. */
static PetscErrorCode link_side(Linking *linking, const CellBlock *block, int axis, int up,
                                int32_t row)
{
  const Hierarchy *hierarchy = linking->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (int m = 0; m < 8; m++) {
    cell_at(block, m, at);
    if (!is_there(grid, at) || hierarchy->parent[owned_index(grid, at)] != row) continue;
    PetscCall(add_face(hierarchy, linking->aggregate_of, linking->ghosts, linking->own, axis, up,
                       at, row, linking->next, &linking->builder));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode link_block(Linking *linking, const CellBlock *block, PetscInt number)
{
  const Hierarchy *hierarchy = linking->hierarchy;
  const Grid *grid = hierarchy->faces->model.grid;
  Level *next = linking->next;
  PetscBool is_whole = (PetscBool)(next->first[number + 1] - next->first[number] == 1);
  PetscInt at[3];
  Link link;

  PetscFunctionBeginUser;
  for (int m = 0; m < 8 && is_whole; m++) {
    cell_at(block, m, at);
    is_whole = (PetscBool)(is_there(grid, at) && hierarchy->parent[owned_index(grid, at)] >= 0);
  }
  for (int32_t row = next->first[number]; row < next->first[number + 1]; row++) {
    for (int f = 0; f < 6; f++) {
      if (is_whole && f % 2 == 0 && block->at[f / 2] > 0) continue; /* blocks before add them */
      if (is_whole && side_is_plain(linking, block, f / 2, f % 2, &link)) {
        LinkStretch(next->span[row], next->span[link.column], &link);
        PetscCall(LinkBuilderAppend(&linking->builder, &link)); /* no other side leads there */
      } else {
        PetscCall(link_side(linking, block, f / 2, f % 2, row));
      }
    }
    PetscCall(LinkBuilderEndRow(&linking->builder));
    next->row[row + 1] = (int32_t)linking->builder.count;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode link_aggregates(Hierarchy *hierarchy, const int32_t *aggregate_of,
                                      const Remote *ghosts, Level *next)
{
  const Grid *grid = hierarchy->faces->model.grid;
  Linking linking = {.hierarchy = hierarchy,
                     .aggregate_of = aggregate_of,
                     .ghosts = ghosts,
                     .next = next,
                     .cell_step = {1, GridStepY(grid), GridStepZ(grid)}};
  PetscInt b[3], number = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &linking.own));
  PetscCall(PetscMalloc1(next->num_unknowns + 1, &next->row));
  PetscCall(PetscCalloc1(next->num_unknowns, &next->plates));
  for (int d = 0; d < 3; d++) {
    linking.face_step[d][0] = 1;
    linking.face_step[d][1] = grid->count[0] + (d == 0);
    linking.face_step[d][2] = linking.face_step[d][1] * (grid->count[1] + (d == 1));
  }
  next->row[0] = 0;
  PetscCall(LinkBuilderReserve(&linking.builder, 4 * next->num_unknowns)); /* mostly enough */
  for (b[2] = 0; b[2] < next->blocks[2]; b[2]++) {
    for (b[1] = 0; b[1] < next->blocks[1]; b[1]++) {
      for (b[0] = 0; b[0] < next->blocks[0]; b[0]++, number++) {
        const CellBlock block = {.at = {2 * b[0], 2 * b[1], 2 * b[2]}};

        PetscCall(link_block(&linking, &block, number));
      }
    }
  }
  next->links = linking.builder.links;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyCoarsenCells(Hierarchy *hierarchy, Level *next)
{
  int32_t *aggregate_of;
  Remote *ghosts;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) next->blocks[d] = (hierarchy->faces->model.grid->count[d] + 1) / 2;
  PetscCall(aggregate(hierarchy, next));
  PetscCall(exchange_parents(hierarchy, &aggregate_of));
  PetscCall(find_ghosts(hierarchy, aggregate_of, next, &ghosts));
  PetscCall(link_aggregates(hierarchy, aggregate_of, ghosts, next));
  PetscCall(PetscFree(aggregate_of));
  PetscCall(PetscFree(ghosts));
  PetscCall(LevelFinish(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}
