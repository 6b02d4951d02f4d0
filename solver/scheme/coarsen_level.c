#include <math.h>
#include "guests.h"

/* How much shorter along an axis unknowns are on the mean to be flat: grains of few cells are not.
 */
#define FLAT 3

/* Unknowns of a block, or of an eighth of it, and so on, of which those of different grains may
   join: three along each axis, or five where unknowns are stretched, as cells are tall and no lines
   of them were relaxed at once. */
#define MOST_TOGETHER 27
#define MOST_STRETCHED 125

/* Share of the sum of its ties above which an unknown hangs on its strongest. */
#define MOST 0.5f

/* Unknowns by the coarse block that they go into: unknown[first[b]] .. unknown[first[b + 1] - 1].
 */
typedef struct {
  int32_t *first;   /* [blocks + 1] */
  int32_t *unknown; /* [unknowns] */
  float *strongest; /* [unknowns] tie of each */
} Homes;

/* The unknowns of one coarse block. */
typedef struct {
  int32_t n, capacity;
  const int32_t *unknown; /* of the finer level */
  float *strongest;
  int32_t *group;
  int32_t *only; /* member of each aggregate if it has but one */
  float *sums;   /* of bulk and conductance of the ties along each axis inside each aggregate */
  int32_t num_ties, tie_capacity;
  Tie *ties;
  int width;            /* it is 2^width cells wide */
  PetscBool is_flat[3]; /* what is in it, along each axis */
  PetscBool is_any_flat;
  int32_t most_together;
  int halvings; /* across boundaries, join what is in one of its 8^halvings parts only */
  PetscBool is_within_grains; /* nothing is joined across boundaries that resist more than grains */
} Block;

/* Whether boundaries resist most of what is between an unknown and one behind it or a ghost. */
static PetscBool is_across_boundary(const Level *level, int32_t u, int32_t v)
{
  float bulk = 0, conductance = 0;

  for (int32_t l = level->link_row[u][0]; l < level->link_row[u][1]; l++) {
    const Link *link = &level->links[l];

    if ((int32_t)link->column != v) continue;
    bulk += link->bulk;
    conductance += LinkConductance(link->bulk, link->contact);
  }
  return IsSeries(bulk, conductance);
}

/* Of two alike the one that comes first; a ghost does if its rank does. */
static PetscBool is_larger(const Level *level, int32_t v, int32_t u, PetscBool is_first)
{
  const int32_t *a = level->extent[u].length, *b = level->extent[v].length;
  const int64_t volume_u = (int64_t)a[0] * a[1] * a[2], volume_v = (int64_t)b[0] * b[1] * b[2];

  return (PetscBool)(volume_v != volume_u ? volume_v > volume_u : is_first);
}

/* To whose block an unknown wants to go: a piece of a grain, cut off by a plane between blocks or
   ranks, to its larger neighbour's; -1 if it stays. Else small grains would remain in pieces until
   the last level, because pieces join nothing else. */
static int32_t wanted_neighbour(const Level *level, const PetscSFNode *nodes, PetscMPIInt own,
                                int32_t u, float theta, float *strongest_tie)
{
  const int32_t n = (int32_t)level->num_unknowns;
  float inside = 0, strongest = 0;
  int32_t best = -1;

  for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
    const int32_t v = level->column[l];
    const float t = level->conductance[l];

    if (v < n && level->home[v] == level->home[u]) inside = PetscMax(inside, t);
    if (t > strongest) {
      strongest = t;
      best = v;
    }
  }
  *strongest_tie = strongest;
  if (best < 0 || inside >= theta * strongest) return -1;
  return is_larger(level, best, u, (PetscBool)(best < n ? best < u : nodes[best - n].rank < own))
             ? best
             : -1;
}

/* Who of those that want to go to a ghost leaves this rank; the others stay. Like a lone unknown
   inside a block it must be tied to the ghost by at least theta squared of what that is tied by to
   any. A ghost that wants to leave itself is waited for. */
static PetscErrorCode find_leaving(const Hierarchy *hierarchy, const Level *level,
                                   const float *strongest, int32_t *wanted, Guests *guests)
{
  const float theta = (float)hierarchy->options.theta;
  const int32_t n = (int32_t)level->num_unknowns;
  int32_t capacity = 0;
  float *limit, *ghost_limit;
  PetscBool are_here;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(n, &limit, level->num_ghosts, &ghost_limit));
  for (int32_t u = 0; u < n; u++) {
    limit[u] = wanted[u] >= n ? HUGE_VALF : theta * theta * strongest[u];
    capacity += wanted[u] >= n;
  }
  PetscCall(PetscSFBcastBegin(level->halo, MPI_FLOAT, limit, ghost_limit, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPI_FLOAT, limit, ghost_limit, MPI_REPLACE));
  PetscCall(PetscMalloc1(capacity, &guests->leaving));
  for (int32_t u = 0; u < n; u++) {
    const int32_t host = wanted[u] - n;

    if (host < 0) continue;
    if (strongest[u] < ghost_limit[host])
      wanted[u] = -1;
    else
      guests->leaving[guests->num_leaving++] = (Leaving){u, host};
  }
  PetscCall(PetscFree2(limit, ghost_limit));
  are_here = (PetscBool)(guests->num_leaving > 0);
  PetscCall(MPIU_Allreduce(&are_here, &guests->are_any, 1, MPIU_BOOL, MPI_LOR,
                           hierarchy->faces->model.grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode homes_find(const Hierarchy *hierarchy, Level *level, const Level *next,
                                 Homes *homes, Guests *guests)
{
  const PetscInt num_blocks = next->blocks[0] * next->blocks[1] * next->blocks[2];
  const int32_t n = (int32_t)level->num_unknowns;
  const PetscBool is_kept = LevelMaySkip(hierarchy, level); /* cells become parts of what is here */
  const PetscSFNode *nodes;
  PetscMPIInt own;
  int32_t *wanted, *place;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(hierarchy->faces->model.grid->comm, &own));
  PetscCall(PetscSFGetGraph(level->halo, NULL, NULL, NULL, &nodes));
  PetscCall(PetscMalloc1(n, &homes->unknown));
  PetscCall(PetscMalloc1(n, &homes->strongest));
  PetscCall(PetscCalloc1(num_blocks + 1, &homes->first));
  PetscCall(PetscMalloc2(n, &wanted, num_blocks, &place));
  for (int32_t u = 0; u < n; u++) {
    wanted[u] = wanted_neighbour(level, nodes, own, u, (float)hierarchy->options.theta,
                                 &homes->strongest[u]);
    if (wanted[u] >= n && (is_kept || is_across_boundary(level, u, wanted[u]))) wanted[u] = -1;
  }
  PetscCall(find_leaving(hierarchy, level, homes->strongest, wanted, guests));
  for (int32_t u = 0; u < n; u++) {
    const int32_t v = wanted[u];

    /* one that goes itself is waited for, until the next level */
    if (v >= 0 && v < n && wanted[v] < 0) level->home[u] = level->home[v];
    if (v >= n)
      level->home[u] = -1;
    else
      homes->first[level->home[u] + 1]++;
  }
  for (PetscInt b = 0; b < num_blocks; b++) homes->first[b + 1] += homes->first[b];
  PetscCall(PetscArraycpy(place, homes->first, num_blocks));
  for (int32_t u = 0; u < n; u++) {
    if (level->home[u] >= 0) homes->unknown[place[level->home[u]]++] = u;
  }
  PetscCall(PetscFree2(wanted, place));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode homes_destroy(Homes *homes)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(homes->first));
  PetscCall(PetscFree(homes->unknown));
  PetscCall(PetscFree(homes->strongest));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode block_take(const Homes *homes, PetscInt number, Block *block)
{
  PetscFunctionBeginUser;
  block->unknown = homes->unknown + homes->first[number];
  block->n = homes->first[number + 1] - homes->first[number];
  if (block->n <= block->capacity) PetscFunctionReturn(PETSC_SUCCESS);
  block->capacity = 2 * block->n + 64;
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->strongest, &block->strongest));
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->group, &block->group));
  PetscCall(PetscRealloc((size_t)block->capacity * sizeof *block->only, &block->only));
  PetscCall(PetscRealloc((size_t)block->capacity * 6 * sizeof *block->sums, &block->sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode block_destroy(Block *block)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(block->strongest));
  PetscCall(PetscFree(block->group));
  PetscCall(PetscFree(block->only));
  PetscCall(PetscFree(block->sums));
  PetscCall(PetscFree(block->ties));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where ties along an axis were too weak to join anything until now, a block's unknowns are much
   shorter along it than along others. They may join in pairs along it only, like all others: so
   many at once that they fill the block are more than a sweep can smooth. The mean counts, since
   there are always some slices of grains. Likewise where grains are much smaller than the block
   once the pieces of each are together. */
static void block_limit(const Level *level, PetscBool is_stretched, Block *block)
{
  int64_t sum[3] = {0}, longest = 0;
  int32_t low[3] = {INT32_MAX, INT32_MAX, INT32_MAX}, end[3] = {0}; /* of what is in it */

  block->halvings = 0;
  block->is_any_flat = PETSC_FALSE;
  if (!is_stretched && block->n <= block->most_together) return;
  for (int32_t m = 0; m < block->n; m++) {
    const int32_t u = block->unknown[m];

    for (int d = 0; d < 3; d++) {
      const int32_t first = level->low[u][d], length = level->extent[u].length[d];

      sum[d] += length;
      low[d] = PetscMin(low[d], first);
      end[d] = PetscMax(end[d], first + length);
    }
  }
  for (int d = 0; d < 3; d++) longest = PetscMax(longest, sum[d]);
  for (int d = 0; d < 3; d++) {
    block->is_flat[d] = (PetscBool)(is_stretched && FLAT * sum[d] <= longest);
    block->is_any_flat |= block->is_flat[d];
  }
  for (; block->n && block->halvings < block->width; block->halvings++) {
    const int32_t part = 1 << (block->width - block->halvings);
    float n = (float)block->n; /* in a part, on the mean */

    for (int d = 0; d < 3; d++) {
      n *= PetscMin(1, (float)part / (float)PetscMin(end[d] - low[d], 1 << block->width));
    }
    if (n <= (float)block->most_together) break;
  }
}

static PetscBool may_join(const Level *level, const Block *block, int32_t u, int32_t v)
{
  const Extent *a = &level->extent[u], *b = &level->extent[v];
  PetscBool is_pair = PETSC_TRUE;

  for (int d = 0; d < 3; d++) {
    const int32_t apart = level->low[u][d] ^ level->low[v][d];
    const int32_t length = PetscMax(a->length[d], b->length[d]);
    int shift = 1;

    if (apart >> block->width)
      return PETSC_TRUE; /* one came from another block, to join the other */
    while (1 << shift < 2 * length) shift++;
    if (block->is_flat[d] && apart >> shift) is_pair = PETSC_FALSE;
  }
  return is_pair;
}

/* Whether the middles of two unknowns are in different parts of the block. */
static PetscBool is_apart(const Level *level, const Block *block, int32_t u, int32_t v)
{
  const int shift = block->width - block->halvings + 1; /* of twice the places */

  for (int d = 0; d < 3; d++) {
    const int32_t a = 2 * level->low[u][d] + level->extent[u].length[d];
    const int32_t b = 2 * level->low[v][d] + level->extent[v].length[d];

    if (a >> shift != b >> shift) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* Ties inside the block and the strongest tie of each; place[u] is u's place in the block, -1
 * elsewhere. */
static PetscErrorCode block_tie(const Level *level, const Homes *homes, int32_t *place,
                                Block *block)
{
  PetscFunctionBeginUser;
  block->num_ties = 0;
  for (int32_t m = 0; m < block->n; m++) place[block->unknown[m]] = m;
  for (int32_t m = 0; m < block->n; m++) {
    const int32_t u = block->unknown[m];

    block->strongest[m] = homes->strongest[u];
    for (int32_t l = level->behind[u]; l < level->row[u + 1]; l++) {
      const int32_t v = level->column[l];

      if (v >= level->num_unknowns || place[v] < 0) continue;
      if (block->is_any_flat && !may_join(level, block, u, v)) continue;
      if ((block->is_within_grains || (block->halvings && is_apart(level, block, u, v))) &&
          is_across_boundary(level, u, v)) {
        continue;
      }
      if (block->num_ties == block->tie_capacity) {
        block->tie_capacity = 2 * block->tie_capacity + 256;
        PetscCall(PetscRealloc((size_t)block->tie_capacity * sizeof *block->ties, &block->ties));
      }
      block->ties[block->num_ties++] = (Tie){m, place[v], level->conductance[l]};
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Extents of the block's aggregates, the first of which is unknown `start` of the next level. */
static PetscErrorCode set_extents(const Level *level, const int32_t *place, const Block *block,
                                  int32_t num_groups, int32_t start, Level *next)
{
  float *sums = block->sums;

  PetscFunctionBeginUser;
  PetscCall(PetscArrayzero(sums, 6 * num_groups));
  for (int32_t g = 0; g < num_groups; g++) {
    next->extent[start + g] = (Extent){{0, 0, 0}, 0};
  }
  for (int32_t m = 0; m < block->n; m++) {
    const int32_t u = block->unknown[m], g = block->group[m];
    const Extent *part = &level->extent[u];
    Extent *whole = &next->extent[start + g];
    int32_t *low = next->low[start + g];

    for (int d = 0; d < 3; d++) {
      const PetscBool is_first = (PetscBool)(whole->length[d] == 0);
      const int32_t below = is_first ? level->low[u][d] : PetscMin(low[d], level->low[u][d]);
      const int32_t end =
          PetscMax(is_first ? 0 : low[d] + whole->length[d], level->low[u][d] + part->length[d]);

      low[d] = below;
      whole->length[d] = end - below;
    }
    for (int32_t l = level->link_row[u][0]; l < level->link_row[u][1]; l++) {
      const Link *link = &level->links[l];
      const int32_t v = link->column;

      if (v >= level->num_unknowns || place[v] < 0 || block->group[place[v]] != g) continue;
      sums[6 * g + link->axis] += link->bulk;
      sums[6 * g + 3 + link->axis] += LinkConductance(link->bulk, link->contact);
    }
  }
  for (int32_t g = 0; g < num_groups; g++) {
    for (int d = 0; d < 3; d++) {
      next->extent[start + g].series |= IsSeries(sums[6 * g + d], sums[6 * g + 3 + d]) << d;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Who joined nothing while most of its ties' sum is to one neighbour. A sweep hardly changes the
   mean of the two, so that what their aggregates' links to others are stretched by, level after
   level, would be corrected too much, by more than two. */
static void find_waiting(const Level *level, const Block *block, int32_t num_groups)
{
  int32_t *only = block->only;

  for (int32_t g = 0; g < num_groups; g++) only[g] = -1;
  for (int32_t m = 0; m < block->n; m++) {
    only[block->group[m]] = only[block->group[m]] == -1 ? m : -2;
  }
  for (int32_t g = 0; g < num_groups; g++) {
    const int32_t m = only[g];

    if (m < 0) continue;
    level->is_waiting[block->unknown[m]] =
        block->strongest[m] * level->inverse[block->unknown[m]] > MOST;
  }
}

/* Aggregates all blocks: parents of the level's unknowns, and who waits; blocks and extents of the
   next. Those that leave get their number among them, as GuestsExchange() wants it. */
static PetscErrorCode aggregate(const Hierarchy *hierarchy, Level *level, Level *next,
                                Guests *guests)
{
  const PetscInt n = level->num_unknowns;
  BlockWalk walk = BLOCK_WALK_START;
  const float theta = (float)hierarchy->options.theta;
  Block block = {0};
  Homes homes;
  int32_t *place, start = 0;

  PetscFunctionBeginUser;
  block.width = next->width;
  block.most_together =
      hierarchy->is_stretched && !hierarchy->has_lines ? MOST_STRETCHED : MOST_TOGETHER;
  /* a level that cells may skip must not hide grains that are whole by then */
  block.is_within_grains = LevelMaySkip(hierarchy, level);
  PetscCall(homes_find(hierarchy, level, next, &homes, guests));
  PetscCall(PetscMalloc1(n, &level->parent));
  PetscCall(PetscCalloc1(n + level->num_ghosts, &level->is_waiting));
  PetscCall(PetscMalloc1(n, &next->home));
  PetscCall(PetscMalloc1(n, &next->low));
  PetscCall(PetscMalloc1(n, &next->extent));
  PetscCall(PetscMalloc1(n, &place));
  for (PetscInt u = 0; u < n; u++) place[u] = -1;
  while (BlockWalkNext(next->blocks, &walk)) {
    int32_t num_groups;

    PetscCall(block_take(&homes, walk.number, &block));
    block_limit(level, hierarchy->is_stretched, &block);
    PetscCall(block_tie(level, &homes, place, &block));
    num_groups =
        AggregateBlock(block.n, block.strongest, block.num_ties, block.ties, theta, block.group);
    for (int32_t m = 0; m < block.n; m++) {
      level->parent[block.unknown[m]] = start + block.group[m];
    }
    find_waiting(level, &block, num_groups);
    PetscCall(set_extents(level, place, &block, num_groups, start, next));
    for (int32_t m = 0; m < block.n; m++) place[block.unknown[m]] = -1;
    for (int32_t g = 0; g < num_groups; g++) next->home[start++] = walk.home;
  }
  for (int32_t i = 0; i < guests->num_leaving; i++) {
    level->parent[guests->leaving[i].unknown] = -1 - i;
  }
  next->num_unknowns = start;
  PetscCall(PetscFree(place));
  PetscCall(homes_destroy(&homes));
  PetscCall(block_destroy(&block));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Tells other ranks which of their ghosts wait. */
static PetscErrorCode exchange_waiting(const Level *level)
{
  uint8_t *ghosts = level->is_waiting + level->num_unknowns;

  PetscFunctionBeginUser;
  PetscCall(PetscSFBcastBegin(level->halo, MPI_UINT8_T, level->is_waiting, ghosts, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPI_UINT8_T, level->is_waiting, ghosts, MPI_REPLACE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What a link between unknowns u and v of a level becomes, in row `row` of the next. */
static PetscErrorCode add_link(const Level *level, const Level *next, int32_t u, int32_t v,
                               int32_t row, int32_t column, Link link, LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  link.column = (uint32_t)column;
  if (!level->is_waiting[u] && !level->is_waiting[v]) {
    LinkStretch(level->extent[u].length[link.axis] + level->extent[v].length[link.axis],
                &next->extent[row], &next->extent[column], &link);
  }
  PetscCall(LinkBuilderAdd(builder, &link));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds the links of unknown u to row `row`, those to aggregates behind it. */
static PetscErrorCode add_member(const Level *level, const Level *next, int32_t row, int32_t u,
                                 const int32_t *ghost_parent, LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  /* a quarter of all: kept at the other end, but what becomes of that comes behind */
  for (int32_t t = level->row[u]; t < level->behind[u]; t++) {
    const int32_t v = level->column[t], column = level->parent[v];

    if (column <= row) continue;
    for (int32_t l = level->link_row[v][0]; l < level->link_row[v][1]; l++) {
      if ((int32_t)level->links[l].column != u) continue;
      PetscCall(add_link(level, next, u, v, row, column, level->links[l], builder));
    }
  }
  for (int32_t l = level->link_row[u][0]; l < level->link_row[u][1]; l++) {
    const int32_t v = level->links[l].column;
    const int32_t column =
        v < level->num_unknowns ? level->parent[v] : ghost_parent[v - level->num_unknowns];

    if (column <= row) continue; /* the other end adds it */
    PetscCall(add_link(level, next, u, v, row, column, level->links[l], builder));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds the links of a guest to row `row`; all of them were sent. */
static PetscErrorCode add_guest(const Level *next, const Guests *guests, const Guest *guest,
                                int32_t row, LinkBuilder *builder)
{
  PetscFunctionBeginUser;
  for (int32_t l = guest->first_link; l < guest->first_link + guest->num_links; l++) {
    const GuestLink *sent = &guests->links[l];
    const int32_t column = sent->link.column;
    Link link = sent->link;

    if (column <= row) continue; /* the other end adds it */
    if (sent->before > 0) {
      LinkStretch(sent->before, &next->extent[row], &next->extent[column], &link);
    }
    PetscCall(LinkBuilderAdd(builder, &link));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Adds the ties of an unknown of the given length to the plates to those of its aggregate. */
static void add_plate(const PlateLink *plate, int32_t length, int32_t aggregate, Level *next)
{
  PlateLink *sum = &next->plates[aggregate];

  for (int side = 0; side < 2; side++) {
    if (!(plate->bulk[side] > 0)) continue; /* most are none */
    sum->bulk[side] += plate->bulk[side] * BulkStretch(length, next->extent[aggregate].length[2]);
    sum->contact[side] += plate->contact[side];
  }
}

/* Members of each aggregate: member[start[a]] .. member[start[a + 1] - 1]. Not those that left. */
static PetscErrorCode list_members(const Level *level, PetscInt num_aggregates, int32_t **start,
                                   int32_t **member)
{
  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(num_aggregates + 2, start));
  PetscCall(PetscMalloc1(level->num_unknowns, member));
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    if (level->parent[u] < num_aggregates) (*start)[level->parent[u] + 2]++;
  }
  for (PetscInt a = 0; a < num_aggregates; a++) (*start)[a + 2] += (*start)[a + 1];
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    if (level->parent[u] < num_aggregates) {
      (*member)[(*start)[level->parent[u] + 1]++] = (int32_t)u;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode link_aggregates(const Level *level, Level *next, const Guests *guests,
                                      const int32_t *ghost_parent, LinkBuilder *builder)
{
  const Extent *ghosts = level->extent + level->num_unknowns;
  PetscInt g = 0;
  int32_t *start, *member;

  PetscFunctionBeginUser;
  PetscCall(list_members(level, next->num_unknowns, &start, &member));
  PetscCall(LinkBuilderCreate(next->num_unknowns, next->num_unknowns + next->num_ghosts,
                              level->row[level->num_unknowns] / 4 + 64, builder));
  PetscCall(LevelCreatePlates(next));
  for (int32_t a = 0; a < next->num_unknowns; a++) {
    LinkBuilderBeginRow(builder, a);
    for (int32_t m = start[a]; m < start[a + 1]; m++) {
      PetscCall(add_member(level, next, a, member[m], ghost_parent, builder));
      add_plate(&level->plates[member[m]], level->extent[member[m]].length[2], a, next);
    }
    for (; g < guests->num_guests && guests->guests[g].aggregate.unknown == a; g++) {
      const Guest *guest = &guests->guests[g];

      PetscCall(add_guest(next, guests, guest, a, builder));
      add_plate(&guest->plate, ghosts[guest->ghost].length[2], a, next);
    }
    PetscCall(LinkBuilderEndRow(builder, a));
  }
  PetscCall(PetscFree(start));
  PetscCall(PetscFree(member));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyCoarsenLevel(Hierarchy *hierarchy, Level *level, Level *next)
{
  LinkBuilder builder;
  int32_t *ghost_parent;
  Guests guests = {0};

  PetscFunctionBeginUser;
  next->width = level->width + 1;
  for (int d = 0; d < 3; d++) next->blocks[d] = (level->blocks[d] + 1) / 2;
  PetscCall(aggregate(hierarchy, level, next, &guests));
  PetscCall(PetscFree(level->home));
  PetscCall(PetscFree(level->low));
  PetscCall(exchange_waiting(level));
  PetscCall(PetscMalloc1(level->num_ghosts, &ghost_parent));
  PetscCall(GuestsExchange(hierarchy->faces->model.grid->comm, level, next, &guests, ghost_parent));
  PetscCall(link_aggregates(level, next, &guests, ghost_parent, &builder));
  for (int32_t i = 0; i < guests.num_leaving; i++) LevelDamp(level, guests.leaving[i].unknown);
  PetscCall(GuestsDestroy(&guests));
  PetscCall(PetscFree(ghost_parent));
  PetscCall(LevelFinish(next, &builder));
  PetscFunctionReturn(PETSC_SUCCESS);
}
