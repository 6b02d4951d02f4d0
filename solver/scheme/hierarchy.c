#include <stdlib.h>
#include "hierarchy.h"
#include "profiling.h"

/* Unknowns above which even a stalled last level gets multigrid instead of a direct solver. */
#define LARGEST_DIRECT 2000

/* Share of the unknowns that are left where a level joined next to nothing. */
#define LITTLE_JOINED 0.9

/* Work on coarse levels, in sweeps over the cells, that no level is doubled beyond: of each
   iteration, with the start's share in it if there are few. With 2.5 on the cells, a product, and a
   third of the first residual, that makes 8. */
#define MOST_SWEEPS_BELOW 4.16
#define FEW_ITERATIONS 3

static PetscErrorCode level_drop_building(Level *level)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(level->home));
  PetscCall(PetscFree(level->low));
  PetscCall(PetscFree(level->extent));
  PetscCall(PetscFree(level->links));
  PetscCall(PetscFree(level->link_row));
  free(level->plates);
  level->plates = NULL;
  PetscCall(PetscFree(level->is_waiting));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode level_create_vectors(Level *level)
{
  const PetscInt n = level->num_unknowns;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(n + level->num_ghosts, &level->x));
  PetscCall(PetscCalloc1(LevelLengthB(level), &level->b));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode level_destroy(Level *level)
{
  PetscFunctionBeginUser;
  PetscCall(level_drop_building(level));
  PetscCall(PetscFree(level->row));
  PetscCall(PetscFree(level->behind));
  PetscCall(PetscFree(level->column));
  PetscCall(PetscFree(level->conductance));
  PetscCall(PetscFree(level->inverse));
  free(level->plate);
  PetscCall(PetscFree(level->parent));
  PetscCall(PetscFree(level->sources));
  PetscCall(PetscFree(level->x));
  PetscCall(PetscFree(level->b));
  PetscCall(PetscSFDestroy(&level->halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sizes over all ranks, for the decision to stop and for viewing. */
static PetscErrorCode count_level(Hierarchy *hierarchy, int l)
{
  const Level *level = &hierarchy->levels[l];
  PetscInt64 counts[2] = {level->num_unknowns, level->row[level->num_unknowns]}, sums[2];

  PetscFunctionBeginUser;
  PetscCall(
      MPIU_Allreduce(counts, sums, 2, MPIU_INT64, MPI_SUM, hierarchy->faces->model.grid->comm));
  hierarchy->num_unknowns[l] = sums[0];
  hierarchy->num_links[l] = sums[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool is_last(const Hierarchy *hierarchy, int l)
{
  const PetscInt64 n = hierarchy->num_unknowns[l];

  if (n <= hierarchy->options.coarse_size || l == HIERARCHY_MAX_LEVELS - 1) return PETSC_TRUE;
  /* stalled: little was joined in this step and the one before */
  return (PetscBool)(l > 1 && n > LITTLE_JOINED * (double)hierarchy->num_unknowns[l - 1] &&
                     hierarchy->num_unknowns[l - 1] >
                         LITTLE_JOINED * (double)hierarchy->num_unknowns[l - 2]);
}

/* Work of a cycle below the cells, in sweeps over the cells, and of one from each level down. From
   potentials 0 the sweep and the residual take half of the links each, otherwise all. */
static PetscReal sweeps_below(const Hierarchy *hierarchy, PetscInt doubled, PetscReal *start)
{
  PetscReal below = 0;

  *start = 0;
  for (int l = hierarchy->num_levels - 2; l >= 0; l--) {
    const PetscReal pass =
        (PetscReal)hierarchy->num_links[l] / (6.0 * (PetscReal)hierarchy->num_cells);
    const PetscReal again = 3 * pass + below, from_zero = 2 * pass + below;

    *start += again;
    below = l > 0 && l <= doubled ? from_zero + again : from_zero;
  }
  return below;
}

/* Levels that get two cycles: fewer than asked for where coarsening is slow, as in flat cells, so
   that the cycle stays cheap. */
static PetscInt num_doubled(const Hierarchy *hierarchy)
{
  PetscInt doubled = PetscMin(hierarchy->options.num_doubled, hierarchy->num_levels - 2);

  /* more than three only where they get much smaller still: the last level is visited twice as
     often for each */
  while (doubled > 3 && 2 * hierarchy->num_unknowns[doubled] > hierarchy->num_unknowns[doubled - 1])
    doubled--;
  for (; doubled > 0; doubled--) {
    PetscReal start;
    const PetscReal below = sweeps_below(hierarchy, doubled, &start);

    if (below + start / FEW_ITERATIONS <= MOST_SWEEPS_BELOW) break;
  }
  return doubled;
}

PetscErrorCode HierarchyCalm(Hierarchy *hierarchy, PetscBool *is_changed)
{
  PetscFunctionBeginUser;
  *is_changed = hierarchy->is_damping_assumed;
  if (hierarchy->is_damping_assumed) {
    hierarchy->is_damping_assumed = PETSC_FALSE;
    PetscCall(LevelSetDamping(hierarchy, 1));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  for (int l = 0; l < hierarchy->num_levels; l++) {
    if (hierarchy->levels[l].damping > 0) *is_changed = PETSC_TRUE;
    hierarchy->levels[l].damping = 0;
  }
  hierarchy->options.num_doubled = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

void HierarchySweeps(const Hierarchy *hierarchy, PetscReal *cycle, PetscReal *start)
{
  /* before: one sweep and the residual on half of the cells; after: one sweep */
  *cycle = 2.5 + sweeps_below(hierarchy, num_doubled(hierarchy), start);
}

/* Cells are stretched if their ties along one axis are more than so many times those along another.
   What a sweep smooths along the weaker one is too little then for unknowns to be joined along it,
   so the threshold is higher, and there are more levels until all axes are alike. */
#define STRETCHED 2.0

/* Cells are flat if they are tied along z so many times as strongly as along x and y. Lines of them
   are relaxed at once if one rank has them (see GridShareOut()): where they were cut, what lags
   behind would be most of what flows. */
#define FLAT 4.0

/* That many of all cells must be so. */
#define LEAST_SHARE 0.125

/* Chooses what is left open, by the shapes of cells and what phases conduct along each axis. */
static void suit_cells(Hierarchy *hierarchy)
{
  const FaceModel *model = &hierarchy->faces->model;
  const Grid *grid = model->grid;
  const PetscInt num_phases = model->structure->num_phases;
  const PetscReal enough = LEAST_SHARE * (PetscReal)(num_phases * grid->num_cells[2]);
  HierarchyOptions *options = &hierarchy->options;
  PetscInt num_flat = 0, num_stretched = 0;

  for (PetscInt k = 0; k < grid->num_cells[2]; k++) {
    for (PetscInt phase = 1; phase <= num_phases; phase++) {
      PetscReal tie[3] = {0}, weakest = PETSC_MAX_REAL, strongest = 0;

      for (int d = 0; d < 3; d++) {
        if (grid->num_cells[d] == 1) continue;
        tie[d] = model->transport->conductivity[phase][d] /
                 PetscSqr(GridSpacing(grid, d, d == 2 ? k : 0));
        weakest = PetscMin(weakest, tie[d]);
        strongest = PetscMax(strongest, tie[d]);
      }
      num_stretched += strongest > STRETCHED * weakest;
      num_flat += tie[2] > FLAT * PetscMax(tie[0], tie[1]);
    }
  }
  hierarchy->is_stretched = (PetscBool)((PetscReal)num_stretched > enough);
  if (options->theta <= 0) options->theta = hierarchy->is_stretched ? 0.5 : 0.25;
  hierarchy->has_lines = (PetscBool)((PetscReal)num_flat > enough && grid->ranks[2] == 1);
  if (options->lines >= 0) hierarchy->has_lines = (PetscBool)options->lines;
  if (options->num_doubled < 0) {
    options->num_doubled = hierarchy->is_stretched && !hierarchy->has_lines ? 5 : 2;
  }
}

/* Growth of the unknowns along x and y from one level to the next that counts as none. */
#define NO_GROWTH 1.05

/* Whether a level's unknowns were joined, and along z only. Collective. */
static PetscErrorCode grew_along_z(MPI_Comm comm, const Level *level, const Level *next,
                                   PetscBool *is_so)
{
  const Level *both[2] = {level, next};
  PetscInt64 sums[4] = {0}, all[4]; /* unknowns and their lengths along x and y, of each level */

  PetscFunctionBeginUser;
  for (int l = 0; l < 2; l++) {
    sums[2 * l] = both[l]->num_unknowns;
    for (PetscInt u = 0; u < both[l]->num_unknowns; u++) {
      sums[2 * l + 1] += both[l]->extent[u].length[0] + both[l]->extent[u].length[1];
    }
  }
  PetscCall(MPIU_Allreduce(sums, all, 4, MPIU_INT64, MPI_SUM, comm));
  *is_so = (PetscBool)((PetscReal)all[2] < LITTLE_JOINED * (PetscReal)all[0] &&
                       (PetscReal)all[3] * (PetscReal)all[0] <
                           NO_GROWTH * (PetscReal)all[1] * (PetscReal)all[2]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Makes the second level the first: cells become parts of its unknowns at once. */
static PetscErrorCode skip_first_level(Hierarchy *hierarchy)
{
  Level *first = &hierarchy->levels[0];
  const Grid *grid = hierarchy->faces->model.grid;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      int32_t *parent = hierarchy->parent + GridIndex(grid, 0, j, k);

      for (PetscInt i = 0; i < grid->count[0]; i++) {
        if (parent[i] >= 0) parent[i] = first->parent[parent[i]];
      }
    }
  }
  PetscCall(level_destroy(first));
  *first = first[1];
  first[1] = (Level){0};
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyCreate(const Faces *faces, const HierarchyOptions *options,
                               const char *prefix, Hierarchy *hierarchy)
{
  const Grid *grid = faces->model.grid;
  int last = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(hierarchy, sizeof *hierarchy));
  hierarchy->faces = faces;
  hierarchy->options = *options;
  hierarchy->num_cells = (PetscInt64)grid->num_cells[0] * grid->num_cells[1] * grid->num_cells[2];
  suit_cells(hierarchy);
  PetscCall(HaloCreate(grid, &hierarchy->halo));
  PetscCall(EventBegin(EVENT_MG_CELLS));
  PetscCall(HierarchyCoarsenCells(hierarchy, &hierarchy->levels[0]));
  PetscCall(EventEnd(EVENT_MG_CELLS));
  PetscCall(count_level(hierarchy, 0));
  PetscCall(EventBegin(EVENT_MG_COARSEN));
  while (!is_last(hierarchy, last)) {
    PetscBool is_skipped = PETSC_FALSE;

    PetscCall(
        HierarchyCoarsenLevel(hierarchy, &hierarchy->levels[last], &hierarchy->levels[last + 1]));
    /* lines were relaxed at once: there is nothing left that varies along one unknown only */
    if (LevelMaySkip(hierarchy, &hierarchy->levels[last])) {
      PetscCall(
          grew_along_z(grid->comm, &hierarchy->levels[0], &hierarchy->levels[1], &is_skipped));
    }
    if (is_skipped)
      PetscCall(skip_first_level(hierarchy));
    else
      PetscCall(level_drop_building(&hierarchy->levels[last++]));
    PetscCall(count_level(hierarchy, last));
  }
  hierarchy->num_levels = last + 1;
  PetscCall(EventEnd(EVENT_MG_COARSEN));
  PetscCall(EventBegin(EVENT_MG_COARSE_SETUP));
  PetscCall(CoarseSolverCreate(hierarchy, prefix));
  PetscCall(EventEnd(EVENT_MG_COARSE_SETUP));
  PetscCall(level_drop_building(&hierarchy->levels[hierarchy->num_levels - 1]));
  for (int l = 0; l < hierarchy->num_levels; l++) {
    PetscCall(level_create_vectors(&hierarchy->levels[l]));
  }
  PetscCall(PetscCalloc1(2 * (size_t)GridGhostedSize(grid), &hierarchy->x));
  PetscCall(CellsInvertDiagonal(hierarchy));
  for (int l = PetscMin(num_doubled(hierarchy), hierarchy->num_levels - 2); l > 1; l--) {
    PetscCall(LevelSetDamping(hierarchy, l));
  }
  if (num_doubled(hierarchy) > 0 && hierarchy->num_levels > 2) {
    hierarchy->levels[1].damping = (float)options->damping;
    hierarchy->is_damping_assumed = PETSC_TRUE;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HierarchyDestroy(Hierarchy *hierarchy)
{
  PetscFunctionBeginUser;
  for (int l = 0; l < hierarchy->num_levels; l++) {
    PetscCall(level_destroy(&hierarchy->levels[l]));
  }
  PetscCall(HaloDestroy(&hierarchy->halo));
  PetscCall(PetscFree(hierarchy->parent));
  PetscCall(PetscFree(hierarchy->inverse));
  PetscCall(PetscFree(hierarchy->x));
  PetscCall(KSPDestroy(&hierarchy->coarse));
  PetscCall(MatDestroy(&hierarchy->coarse_matrix));
  PetscCall(VecDestroy(&hierarchy->coarse_x));
  PetscCall(VecDestroy(&hierarchy->coarse_b));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Link by link, so that the matrix is symmetric and its rows sum to the ties to the plates,
   exactly: floats that differ in their last digit would make it indefinite where those ties are
   weak. */
static PetscErrorCode assemble(const Level *level, PetscInt offset, const PetscInt *ghost_rows,
                               Mat matrix)
{
  PetscFunctionBeginUser;
  for (PetscInt u = 0; u < level->num_unknowns; u++) {
    PetscScalar diagonal = 0;

    for (int side = 0; side < 2; side++) {
      diagonal += LinkConductance(level->plates[u].bulk[side], level->plates[u].contact[side]);
    }
    if (level->inverse[u] == 0) diagonal = 1;
    PetscCall(MatSetValue(matrix, offset + u, offset + u, diagonal, ADD_VALUES));
    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
      const PetscInt v = level->column[l];
      const PetscInt other =
          v < level->num_unknowns ? offset + v : ghost_rows[v - level->num_unknowns];
      const PetscInt pair[2] = {offset + u, other};
      const PetscScalar t = level->conductance[l], entries[4] = {t, -t, -t, t};

      if (other < offset + u) continue; /* the other end adds it */
      PetscCall(MatSetValues(matrix, 2, pair, 2, pair, entries, ADD_VALUES));
    }
  }
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode create_matrix(MPI_Comm comm, const Level *level, Mat *matrix)
{
  const PetscInt n = level->num_unknowns;
  PetscInt end, *rows, *ghost_rows, *num_own, *num_ghosts;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Scan(&n, &end, 1, MPIU_INT, MPI_SUM, comm));
  PetscCall(PetscMalloc2(n, &rows, level->num_ghosts, &ghost_rows));
  PetscCall(PetscCalloc2(n, &num_own, n, &num_ghosts));
  for (PetscInt u = 0; u < n; u++) {
    rows[u] = end - n + u;
    num_own[u] = 1;
    for (int32_t l = level->row[u]; l < level->row[u + 1]; l++) {
      ++*(level->column[l] < n ? &num_own[u] : &num_ghosts[u]);
    }
  }
  PetscCall(PetscSFBcastBegin(level->halo, MPIU_INT, rows, ghost_rows, MPI_REPLACE));
  PetscCall(PetscSFBcastEnd(level->halo, MPIU_INT, rows, ghost_rows, MPI_REPLACE));
  PetscCall(MatCreateAIJ(comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, 0, num_own, 0, num_ghosts,
                         matrix));
  PetscCall(MatSetOption(*matrix, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
  PetscCall(assemble(level, end - n, ghost_rows, *matrix));
  PetscCall(MatSetOption(*matrix, MAT_SPD, PETSC_TRUE));
  PetscCall(PetscFree2(rows, ghost_rows));
  PetscCall(PetscFree2(num_own, num_ghosts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CoarseSolverCreate(Hierarchy *hierarchy, const char *prefix)
{
  const int last = hierarchy->num_levels - 1;
  const MPI_Comm comm = hierarchy->faces->model.grid->comm;
  PetscMPIInt size;
  PC pc;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(create_matrix(comm, &hierarchy->levels[last], &hierarchy->coarse_matrix));
  PetscCall(MatCreateVecs(hierarchy->coarse_matrix, &hierarchy->coarse_x, &hierarchy->coarse_b));
  PetscCall(KSPCreate(comm, &hierarchy->coarse));
  PetscCall(KSPSetOptionsPrefix(hierarchy->coarse, prefix));
  PetscCall(KSPSetOperators(hierarchy->coarse, hierarchy->coarse_matrix, hierarchy->coarse_matrix));
  PetscCall(KSPSetType(hierarchy->coarse, KSPPREONLY));
  PetscCall(KSPGetPC(hierarchy->coarse, &pc));
  if (hierarchy->num_unknowns[last] > LARGEST_DIRECT)
    PetscCall(PCSetType(pc, PCHYPRE));
  else
    PetscCall(PCSetType(pc, size > 1 ? PCREDUNDANT : PCCHOLESKY));
  PetscCall(KSPSetFromOptions(hierarchy->coarse));
  PetscCall(KSPSetUp(hierarchy->coarse));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CoarseSolverApply(Hierarchy *hierarchy)
{
  Level *level = &hierarchy->levels[hierarchy->num_levels - 1];
  const PetscScalar *x;
  PetscScalar *b;

  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_MG_COARSE));
  PetscCall(VecGetArrayWrite(hierarchy->coarse_b, &b));
  for (PetscInt u = 0; u < level->num_unknowns; u++) b[u] = level->b[u];
  PetscCall(VecRestoreArrayWrite(hierarchy->coarse_b, &b));
  PetscCall(KSPSolve(hierarchy->coarse, hierarchy->coarse_b, hierarchy->coarse_x));
  PetscCall(VecGetArrayRead(hierarchy->coarse_x, &x));
  for (PetscInt u = 0; u < level->num_unknowns; u++) level->x[u] = (float)x[u];
  PetscCall(VecRestoreArrayRead(hierarchy->coarse_x, &x));
  PetscCall(EventEnd(EVENT_MG_COARSE));
  PetscFunctionReturn(PETSC_SUCCESS);
}
