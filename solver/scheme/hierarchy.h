#pragma once

#include <petscksp.h>
#include <petscsf.h>
#include "block_walk.h"
#include "faces.h"
#include "halo.h"
#include "link_builder.h"

/* Most levels below the cells: 2^24 cells along an axis. */
#define HIERARCHY_MAX_LEVELS 24
#define HIERARCHY_MAX_LANCZOS 50

/* How large an aggregate is. */
typedef struct {
  int32_t length[3]; /* cells from its first to its last along each axis */
  int32_t series;    /* bit d: its parts along axis d are held together by boundaries only */
} Extent;

/* Ties of an unknown to the electrodes, anode and cathode. */
typedef struct {
  float bulk[2], contact[2]; /* as in Link; bulk 0: no tie */
} PlateLink;

/* What flows into an unknown from the anode at 1 V if its own potential is 0. */
typedef struct {
  int32_t unknown;
  float flow;
} Source;

/*@
  Level - one coarse level of the hierarchy on this rank: a weighted graph of aggregates

  Single precision; conductances in units of the largest face.
@*/
typedef struct {
  PetscInt num_unknowns, num_ghosts;
  int width;          /* its blocks are 2^width cells wide */
  PetscInt blocks[3]; /* blocks of cells along each axis */
  int32_t *home; /* [num_unknowns] block of the next level that each lies in, -1 if it leaves this
                    rank; while building */
  int32_t (*low)[3];      /* [num_unknowns] its first cell along each axis; likewise */
  Extent *extent;         /* [num_unknowns + num_ghosts]; likewise */
  Link *links;            /* of each unknown to those behind it and to ghosts; likewise */
  int32_t (*link_row)[2]; /* [num_unknowns] first link of each, and one behind its last; likewise */
  PlateLink *plates;      /* [num_unknowns], of LevelCreatePlates(); likewise */
  uint8_t *is_waiting; /* [num_unknowns + num_ghosts] joined nothing of its rank, though most of its
                          ties' sum is to one neighbour; likewise */
  int32_t *row;        /* [num_unknowns + 1] of the ties to other unknowns, links along all axes;
                         where there are ghosts, to itself too, see LevelDamp() */
  int32_t *behind;     /* [num_unknowns] first tie of the row to an unknown behind it or a ghost */
  int32_t *column;     /* [row[num_unknowns]] */
  float *conductance;  /* [row[num_unknowns]] */
  float *inverse;      /* [num_unknowns] of the diagonal, and what LevelDamp() adds */
  float *plate;        /* [num_unknowns] conductance to the electrodes, of LevelCreatePlates() */
  int32_t *parent;     /* [num_unknowns] aggregate on the next level, its own or a ghost; NULL on
                          the last */
  PetscBool has_guests; /* unknowns of the level before are parts of other ranks' aggregates, on any
                           rank */
  float damping;        /* of the first of two cycles in a row; 0: there is but one */
  PetscInt num_sources;
  Source *sources; /* [num_sources] */
  float *x;        /* [num_unknowns + num_ghosts] */
  float *b; /* [num_unknowns], and for [num_ghosts] aggregates of other ranks if there are guests */
  PetscSF halo; /* own unknowns to other ranks' ghosts */
} Level;

typedef struct {
  PetscReal theta; /* two unknowns of a block are joined if their tie is at least theta times the
                      strongest tie of each; 0: what suits the cells */
  PetscInt coarse_size; /* number of unknowns of all ranks below which a direct solver takes over */
  PetscInt num_doubled; /* coarse levels, from the second on, that get two cycles in a row; -1: what
                           suits the cells */
  PetscReal damping;    /* assumed for the largest of them, see LevelSetDamping() */
  PetscInt lines;       /* relax lines of cells along z: 1 yes, 0 no, -1 what suits the cells */
  PetscInt num_lanczos; /* steps that estimate the largest eigenvalue of the others' cycles */
} HierarchyOptions;

/* Resistances of half cells, which are alike along x and y; see cell_block.h. */
typedef struct {
  PetscInt num_phases;
  PetscReal *resistance[3];
} HalfCells;

/*@
  Hierarchy - cells, coarse levels, and a solver for the last one
@*/
typedef struct {
  const Faces *faces;
  Halo halo;
  HierarchyOptions options;
  int32_t *parent;        /* ghosted local box: aggregate of each cell; -1: takes no part */
  PetscBool is_stretched; /* many cells are no cubes, or phases conduct along an axis best */
  PetscBool has_lines;    /* cells are flat: lines of them along z are relaxed at once */
  float *inverse;         /* [owned cells] of the diagonal, or of the lines' pivots */
  float *x;               /* ghosted local box, and room for one more behind it */
  HalfCells half_cells;   /* while the first level is built */
  int num_levels;         /* coarse ones */
  Level levels[HIERARCHY_MAX_LEVELS];
  KSP coarse; /* for the last level */
  Mat coarse_matrix;
  Vec coarse_x, coarse_b;
  PetscBool is_damping_assumed; /* that of levels[1] */
  PetscInt64 num_unknowns[HIERARCHY_MAX_LEVELS], num_links[HIERARCHY_MAX_LEVELS]; /* of all ranks */
  PetscInt64 num_cells;
} Hierarchy;

/*@
  HierarchyCreate - aggregates cells, then aggregates, until few are left

  Collective

  Input Parameters:
+ faces   - conductances and what they are made of; must outlive the hierarchy
. options - how to coarsen and to cycle
- prefix  - of the options of the last level's solver

  Output Parameter:
. hierarchy - free with HierarchyDestroy()

  Source: block-strength aggregation, see README.md in this folder.
@*/
PetscErrorCode HierarchyCreate(const Faces *faces, const HierarchyOptions *options,
                               const char *prefix, Hierarchy *hierarchy);
PetscErrorCode HierarchyDestroy(Hierarchy *hierarchy);

/* One V-cycle, M r, symmetric and positive definite. r: shape (count[2], count[1], count[0]); the
   result is in hierarchy->x, which the caller may change; rz: its dot product with r. */
PetscErrorCode HierarchyCycle(Hierarchy *hierarchy, const float *r, PetscReal *rz);

/*@
  HierarchyRounding - what a residual in single precision cannot tell from 0

  Collective; between cycles

  Input Parameter:
. r - residual, shape (count[2], count[1], count[0])

  Output Parameter:
. energy - that of the potential which independent errors of its rounding would bring about: a
sample, by a cycle from the third level on
@*/
PetscErrorCode HierarchyRounding(Hierarchy *hierarchy, const float *r, PetscReal *energy);

/* Fills hierarchy->inverse. */
PetscErrorCode CellsInvertDiagonal(Hierarchy *hierarchy);

/* Full multigrid: the approximate potential with the anode at 1 V, from the last level up. */
PetscErrorCode HierarchyStart(Hierarchy *hierarchy, Vec x);

/* One V-cycle from coarse level l down; from zero or from what x holds. */
PetscErrorCode LevelCycle(Hierarchy *hierarchy, int l, PetscBool is_zero);

/*@
  LevelSetDamping - readies a level for two cycles in a row

  With the correction of the first cycle B scaled by damping w, both together are
  (1 + w) B - w B A B, which is positive as long as the eigenvalues of B A stay below 1 + 1/w. Links
  that were stretched correct too much, so that they can exceed 2, and without damping the
  preconditioner would be indefinite.

  Collective; the levels below must be ready
@*/
PetscErrorCode LevelSetDamping(Hierarchy *hierarchy, int l);

/* After the preconditioner was found indefinite: the damping that was assumed is determined, and if
   that was done before, there is one cycle on every level from here on, which is positive definite
   in any case. is_changed: whether there was anything to change. Collective. */
PetscErrorCode HierarchyCalm(Hierarchy *hierarchy, PetscBool *is_changed);

/* From here on unknown u, which must have ghosts, is relaxed by less, as if it were tied to itself
   as strongly as to them. Neither sees the other change, so that both would go to the other's old
   value, and back with the next sweep: what differs between them would stay as it is. */
void LevelDamp(Level *level, PetscInt u);

/* Length of a level's b. */
PetscInt LevelLengthB(const Level *level);

/* Adds what a level's b holds for aggregates of other ranks to theirs. Collective. */
PetscErrorCode LevelGather(Level *level);

/* Fills the ghosts of a level's x. Collective. */
PetscErrorCode LevelExchange(Level *level);

/* A x of what a level's x holds. Collective. */
PetscErrorCode LevelMultiply(Level *level, float *product);

/* The last level's equations, for a PETSc solver; and their solution. */
PetscErrorCode CoarseSolverCreate(Hierarchy *hierarchy, const char *prefix);
PetscErrorCode CoarseSolverApply(Hierarchy *hierarchy);

/* Work of one V-cycle, and of the start by full multigrid, in sweeps of level 0: visits of faces
   over the faces of all cells. */
void HierarchySweeps(const Hierarchy *hierarchy, PetscReal *cycle, PetscReal *start);

/* Joins the n unknowns of one block: group[u] = number of u's aggregate from 0; returns how many.
   strongest[u] is u's strongest tie anywhere; ties are those inside the block. */
typedef struct {
  int32_t a, b;
  float conductance;
} Tie;
int32_t AggregateBlock(int32_t n, const float strongest[], int32_t num_ties, const Tie ties[],
                       float theta, int32_t group[]);

/* Coarsening of the cells, and of a level; `next` is zeroed before. Collective. */
PetscErrorCode HierarchyCoarsenCells(Hierarchy *hierarchy, Level *next);
PetscErrorCode HierarchyCoarsenLevel(Hierarchy *hierarchy, Level *level, Level *next);

/* Whether the level may be left out, the cells becoming parts of the next one's unknowns: lines
   were relaxed at once, and it may have joined cells along z only. */
static inline PetscBool LevelMaySkip(const Hierarchy *hierarchy, const Level *level)
{
  return (PetscBool)(hierarchy->has_lines && level == hierarchy->levels &&
                     hierarchy->faces->model.grid->ranks[2] == 1);
}

/* Whether grains are in series: sums over the ties along an axis inside an aggregate. */
static inline PetscBool IsSeries(float bulk, float conductance)
{
  return (PetscBool)(conductance > 0 && conductance < 0.5f * bulk);
}

/* Bulk goes as one over the distance between the middles. At least a half: what varies from
   aggregate to aggregate is then corrected twice too much at most, whatever their shape. At most
   one: guests are longer than the aggregate they join at times. */
static inline float BulkStretch(int32_t before, int32_t after)
{
  return PetscMin(1.0f, PetscMax(0.5f, (float)before / (float)after));
}

/*@
  LinkStretch - what growing apart does to a link

  Bulk by the sums of the lengths of both ends along the link. Contacts add up, but where an
  aggregate is of grains in series its inner boundaries are in series too: 2/(2 + number of such
  ends).

  Input Parameters:
+ before - sum of the lengths of both ends before
- a, b   - the aggregates
@*/
static inline void LinkStretch(int32_t before, const Extent *a, const Extent *b, Link *link)
{
  const int axis = link->axis;

  link->bulk *= BulkStretch(before, a->length[axis] + b->length[axis]);
  link->contact *= 2.0f / (float)(2 + (a->series >> axis & 1) + (b->series >> axis & 1));
}

/* An aggregate of another rank. */
typedef struct {
  int32_t unknown;
  PetscMPIInt rank;
} Remote;

/* The distinct aggregates among `remotes`, sorted, become ghosts of a level and its halo is made.
 */
PetscErrorCode LevelSetGhosts(MPI_Comm comm, Level *level, PetscInt count, Remote *remotes);

/* No ties to the plates. Few unknowns will have any: of calloc()'s zeros, those that nobody writes
   to take no memory. */
PetscErrorCode LevelCreatePlates(Level *level);

/* Tells other ranks the extents of their ghosts. Collective. */
PetscErrorCode LevelExchangeExtents(Level *level);

/* Ghost number of a remote aggregate; `ghosts` as sorted by LevelSetGhosts(). */
PetscInt RemoteFind(const Remote *ghosts, PetscInt count, const Remote *remote);

/* Ties, diagonal and sources of the links that were built; x and b come once there are all levels.
   Frees the builder. */
PetscErrorCode LevelFinish(Level *level, LinkBuilder *builder);
