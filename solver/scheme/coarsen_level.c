#include <math.h>
#include "hierarchy.h"

/* The unknowns of one coarse block: those of up to 2 x 2 x 2 finer blocks. */
typedef struct {
  int32_t n, capacity;
  int32_t *unknown; /* of the finer level */
  uint8_t *half;    /* bit d: in the upper half along d */
  float *strongest;
  int32_t *group;
  int32_t num_ties, tie_capacity;
  Tie *ties;
} Block;

static PetscErrorCode block_reserve(Block *block, int32_t n)
{
  PetscFunctionBeginUser;
  if (n <= block->capacity) PetscFunctionReturn(PETSC_SUCCESS);
  block->capacity = 2 * n + 64;
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->unknown, &block->unknown));
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->half, &block->half));
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->strongest, &block->strongest));
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->group, &block->group));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode block_destroy(Block *block)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(block->unknown));
  PetscCall(PetscFree(block->half));
  PetscCall(PetscFree(block->strongest));
  PetscCall(PetscFree(block->group));
  PetscCall(PetscFree(block->ties));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode block_gather(const Level *level, const PetscInt at[3], Block *block)
{
  PetscFunctionBeginUser;
  block->n = 0;
  for (int child = 0; child < 8; child++) {
    PetscInt fine[3], number;
    PetscBool is_inside = PETSC_TRUE;

    for (int d = 0; d < 3; d++) {
      fine[d] = 2 * at[d] + (child >> d & 1);
      if (fine[d] >= level->blocks[d]) is_inside = PETSC_FALSE;
    }
    if (!is_inside) continue;
    number = (fine[2] * level->blocks[1] + fine[1]) * level->blocks[0] + fine[0];
    PetscCall(block_reserve(block, block->n + level->first[number + 1] - level->first[number]));
    for (int32_t u = level->first[number]; u < level->first[number + 1]; u++) {
      block->unknown[block->n] = u;
      block->half[block->n++] = (uint8_t)child;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Ties inside the block and the strongest tie of each; place[u] is u's place in the block, -1
 * elsewhere. */
static PetscErrorCode block_tie(const Level *level, int32_t *place, Block *block)
{
  PetscFunctionBeginUser;
  block->num_ties = 0;
  for (int32_t m = 0; m < block->n; m++) place[block->unknown[m]] = m;
  for (int32_t m = 0; m < block->n; m++) {
    const int32_t u = block->unknown[m];
    float strongest = 0;

    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
      const int32_t v = level->column[l];
      const float t = level->conductance[l];

      strongest = PetscMax(strongest, t);
      if (v <= u || v >= level->num_unknowns || place[v] < 0) continue;
      if (block->num_ties == block->tie_capacity) {
        block->tie_capacity = 2 * block->tie_capacity + 256;
        PetscCall(PetscRealloc((size_t)block->tie_capacity * sizeof *block->ties, &block->ties));
      }
      block->ties[block->num_ties++] = (Tie){m, place[v], t};
    }
    block->strongest[m] = strongest;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Spans of the block's aggregates, the first of which is unknown `start` of the next level. */
static PetscErrorCode set_spans(const Level *level, const int32_t *place, const Block *block,
                                int32_t num_groups, int32_t start, Level *next)
{
  float *sums; /* bulk and conductance of the ties across the middle, per aggregate and axis */

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(6 * num_groups, &sums));
  for (int32_t m = 0; m < block->n; m++) {
    const int32_t u = block->unknown[m];

    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
      const int32_t v = level->column[l], axis = level->links[l].axis;
      const int32_t other = v < level->num_unknowns ? place[v] : -1;

      if (v < u || other < 0 || block->group[other] != block->group[m]) continue;
      if (!((block->half[m] ^ block->half[other]) >> axis & 1)) continue;
      sums[6 * block->group[m] + axis] += level->links[l].bulk;
      sums[6 * block->group[m] + 3 + axis] += level->conductance[l];
    }
  }
  for (int32_t g = 0; g < num_groups; g++) {
    next->span[start + g] = 0;
    for (int d = 0; d < 3; d++) {
      next->span[start + g] |= AggregateSpan(d, sums[6 * g + d], sums[6 * g + 3 + d]);
    }
  }
  PetscCall(PetscFree(sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Aggregates all blocks: parents of the level's unknowns; first and span of the next. */
static PetscErrorCode aggregate(Hierarchy *hierarchy, Level *level, Level *next)
{
  const PetscInt num_blocks = next->blocks[0] * next->blocks[1] * next->blocks[2];
  Block block = {0};
  int32_t *place;
  PetscInt at[3], number = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(level->num_unknowns, &level->parent));
  PetscCall(PetscMalloc1(level->num_unknowns + level->num_ghosts, &next->span));
  PetscCall(PetscMalloc1(num_blocks + 1, &next->first));
  PetscCall(PetscMalloc1(level->num_unknowns, &place));
  for (PetscInt u = 0; u < level->num_unknowns; u++) place[u] = -1;
  next->first[0] = 0;
  for (at[2] = 0; at[2] < next->blocks[2]; at[2]++) {
    for (at[1] = 0; at[1] < next->blocks[1]; at[1]++) {
      for (at[0] = 0; at[0] < next->blocks[0]; at[0]++) {
        const int32_t start = next->first[number];
        int32_t num_groups;

        PetscCall(block_gather(level, at, &block));
        PetscCall(block_tie(level, place, &block));
        num_groups = AggregateBlock(block.n, block.strongest, block.num_ties, block.ties,
                                    (float)hierarchy->options.theta, block.group);
        for (int32_t m = 0; m < block.n; m++) {
          level->parent[block.unknown[m]] = start + block.group[m];
        }
        PetscCall(set_spans(level, place, &block, num_groups, start, next));
        for (int32_t m = 0; m < block.n; m++) place[block.unknown[m]] = -1;
        next->first[++number] = start + num_groups;
      }
    }
  }
  next->num_unknowns = next->first[num_blocks];
  PetscCall(PetscFree(place));
  PetscCall(block_destroy(&block));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Tells other ranks the parents of their ghosts; ghost_parent[g] becomes a column of the next
 * level. */
static PetscErrorCode exchange_parents(Hierarchy *hierarchy, const Level *level, Level *next,
                                       int32_t *ghost_parent)
{
  const PetscSFNode *nodes;
  int32_t *received;
  Remote *remotes;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(level->num_ghosts, &received, level->num_ghosts, &remotes));
  PetscCall(PetscSFBcastBegin(level->halo, MPI_INT32_T, level->parent, received, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPI_INT32_T, level->parent, received, MPI_REPLACE));
  PetscCall(PetscSFGetGraph(level->halo, NULL, NULL, NULL, &nodes));
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    remotes[g] = (Remote){received[g], (PetscMPIInt)nodes[g].rank};
  }
  PetscCall(LevelSetGhosts(hierarchy->faces->model.grid->comm, next, level->num_ghosts, remotes));
  for (PetscInt g = 0; g < level->num_ghosts; g++) {
    const Remote remote = {received[g], (PetscMPIInt)nodes[g].rank};

    ghost_parent[g] =
        (int32_t)(next->num_unknowns + RemoteFind(remotes, next->num_ghosts, &remote));
  }
  PetscCall(PetscFree2(received, remotes));
  PetscCall(LevelExchangeSpans(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_members(const Level *level, const Level *next, int32_t row, int32_t u,
                                  const int32_t *ghost_parent, LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
    Link link = level->links[l];

    link.column = link.column < level->num_unknowns
                      ? level->parent[link.column]
                      : ghost_parent[link.column - level->num_unknowns];
    if (link.column <= row) continue; /* the other end adds it */
    LinkStretch(next->span[row], next->span[link.column], &link);
    PetscCall(LinkBuilderAdd(builder, &link));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Members of each aggregate: member[start[a]] .. member[start[a + 1] - 1]. */
static PetscErrorCode list_members(const Level *level, PetscInt num_aggregates, int32_t **start,
                                   int32_t **member)
{
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(num_aggregates + 2, start));
  PetscCall(PetscMalloc1(level->num_unknowns, member));
  for (PetscInt u = 0; u < level->num_unknowns; u++) (*start)[level->parent[u] + 2]++;
  for (PetscInt a = 0; a < num_aggregates; a++) (*start)[a + 2] += (*start)[a + 1];
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    (*member)[(*start)[level->parent[u] + 1]++] = (int32_t)u;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode link_aggregates(const Level *level, Level *next, const int32_t *ghost_parent)
{
  LinkBuilder builder = {NULL, 0, 0, 0};
  int32_t *start, *member;

  PetscFunctionBeginUser;
  PetscCall(list_members(level, next->num_unknowns, &start, &member));
  PetscCall(PetscMalloc1(next->num_unknowns + 1, &next->row));
  PetscCall(PetscCalloc1(next->num_unknowns, &next->plates));
  next->row[0] = 0;
  for (int32_t a = 0; a < next->num_unknowns; a++) {
    for (int32_t m = start[a]; m < start[a + 1]; m++) {
      const PlateLink *plate = &level->plates[member[m]];

      PetscCall(add_members(level, next, a, member[m], ghost_parent, &builder));
      for (int side = 0; side < 2; side++) {
        next->plates[a].bulk[side] += plate->bulk[side] / (float)(1 + (next->span[a] >> 2 & 1));
        next->plates[a].contact[side] += plate->contact[side];
      }
    }
    PetscCall(LinkBuilderEndRow(&builder));
    next->row[a + 1] = (int32_t)builder.count;
  }
  next->links = builder.links;
  PetscCall(PetscFree(start));
  PetscCall(PetscFree(member));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyCoarsenLevel(Hierarchy *hierarchy, Level *level, Level *next)
{
  int32_t *ghost_parent;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) next->blocks[d] = (level->blocks[d] + 1) / 2;
  PetscCall(aggregate(hierarchy, level, next));
  PetscCall(PetscMalloc1(level->num_ghosts, &ghost_parent));
  PetscCall(exchange_parents(hierarchy, level, next, ghost_parent));
  PetscCall(link_aggregates(level, next, ghost_parent));
  PetscCall(PetscFree(ghost_parent));
  PetscCall(LevelFinish(next));
  PetscFunctionReturn(PETSC_SUCCESS);
}
