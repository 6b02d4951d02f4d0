#include "segments.h"

#include "forest.h"
#include "orientations.h"
#include "specks.h"
#include "voxel_runs.h"

/* A forest over runs, whose roots are the least of their trees: local ones first, over the runs
   that a rank has; then one over all runs on every rank, from the local ones and the pairs that
   join them. */
typedef struct {
  PetscInt base; /* first run of the forest */
  PetscInt end;
  int32_t *parent; /* [end - base]; of run r at r - base */
  int32_t *pairs;  /* two runs each, to be joined once all runs are there */
  PetscInt num_pairs, capacity;
} Forest;

static PetscErrorCode add_pair(Forest *forest, int32_t a, int32_t b)
{
  PetscFunctionBeginUser;
  if (forest->num_pairs == forest->capacity) {
    forest->capacity = 2 * forest->capacity + 256;
    PetscCall(PetscRealloc(2 * (size_t)forest->capacity * sizeof *forest->pairs, &forest->pairs));
  }
  forest->pairs[2 * forest->num_pairs] = a;
  forest->pairs[2 * forest->num_pairs++ + 1] = b;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode join_touching(void *data, PetscInt run, PetscInt other, PetscBool is_same,
                                    PetscInt faces)
{
  Forest *forest = data;

  PetscFunctionBeginUser;
  (void)faces;
  if (!is_same) PetscFunctionReturn(PETSC_SUCCESS);
  if (other >= forest->base)
    ForestJoin(forest->parent - forest->base, (int32_t)run, (int32_t)other);
  else
    PetscCall(add_pair(forest, (int32_t)run, (int32_t)other)); /* across the periodic side */
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The forest of a rank's runs becomes that of all runs. */
static PetscErrorCode join_ranks(const VoxelRuns *runs, Forest *forest)
{
  PetscInt span[3], num;
  int32_t *parent, *pairs;

  PetscFunctionBeginUser;
  VoxelRunsSpan(runs, span);
  for (PetscInt r = span[0]; r < span[2]; r++) {
    const int32_t root = ForestFind(forest->parent - forest->base, (int32_t)r);

    forest->parent[r - span[0]] = root;
    if (r < span[1] && root != r) PetscCall(add_pair(forest, (int32_t)r, root));
  }
  PetscCall(VoxelRunsGather(runs->comm, span[2] - span[1], forest->parent + (span[1] - span[0]),
                            &num, &parent));
  PetscCall(PetscFree(forest->parent));
  forest->parent = parent;
  forest->base = 0;
  forest->end = num;
  PetscCall(VoxelRunsGather(runs->comm, 2 * forest->num_pairs, forest->pairs, &num, &pairs));
  for (PetscInt p = 0; p < num; p += 2) ForestJoin(forest->parent, pairs[p], pairs[p + 1]);
  PetscCall(PetscFree(pairs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Turns the forest into grains: label[r] of run r becomes its grain. Roots come first, being least.
 */
static PetscInt number_grains(const Forest *forest, int32_t *label)
{
  PetscInt num = 0;

  for (PetscInt r = 0; r < forest->end; r++) {
    const int32_t parent = forest->parent[r];

    if (label[r]) label[r] = parent == r ? (int32_t)++num : label[parent];
  }
  return num;
}

/* Pieces of one label that are connected. */
static PetscErrorCode find_pieces(const VoxelRuns *runs, Segments *segments)
{
  const RunBlock *block = &runs->block;
  Forest forest = {0};
  PetscInt span[3], num;

  PetscFunctionBeginUser;
  VoxelRunsSpan(runs, span);
  forest.base = span[0];
  forest.end = span[2];
  PetscCall(PetscMalloc1(span[2] - span[0], &forest.parent));
  for (PetscInt r = span[0]; r < span[2]; r++) forest.parent[r - span[0]] = (int32_t)r;
  PetscCall(VoxelRunsVisit(runs, join_touching, &forest));
  PetscCall(join_ranks(runs, &forest));
  PetscCall(VoxelRunsGather(runs->comm, span[2] - span[1], block->label + (span[1] - span[0]), &num,
                            &segments->grain));
  segments->num_grains = number_grains(&forest, segments->grain);
  PetscCall(PetscFree(forest.parent));
  PetscCall(PetscFree(forest.pairs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode find_labels(const VoxelRuns *runs, Segments *segments)
{
  PetscMPIInt length;
  PetscInt span[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(segments->num_grains + 1, &length));
  PetscCall(PetscCalloc1(length, &segments->label));
  VoxelRunsSpan(runs, span);
  for (PetscInt r = span[0]; r < span[2]; r++) {
    segments->label[segments->grain[r]] = runs->block.label[r - span[0]];
  }
  PetscCallMPI(
      MPI_Allreduce(MPI_IN_PLACE, segments->label, length, MPI_INT32_T, MPI_MAX, runs->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains as they are labelled. */
static PetscErrorCode take_labels(const VoxelRuns *runs, PetscInt num_labels, Segments *segments)
{
  PetscInt span[3], num;

  PetscFunctionBeginUser;
  VoxelRunsSpan(runs, span);
  PetscCall(VoxelRunsGather(runs->comm, span[2] - span[1], runs->block.label + (span[1] - span[0]),
                            &num, &segments->grain));
  segments->num_grains = num_labels;
  PetscCall(PetscMalloc1(num_labels + 1, &segments->label));
  for (PetscInt g = 0; g <= num_labels; g++) segments->label[g] = (int32_t)g;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SegmentsFind(MPI_Comm comm, const char *path, const Image *image,
                            const SegmentRules *rules, PetscInt num, const int64_t *labels,
                            Problems *problems, Segments *segments)
{
  VoxelRuns runs;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(segments, sizeof *segments));
  PetscCall(VoxelRunsCreate(comm, path, image, rules->is_periodic, num, labels, rules->most_runs,
                            problems, &runs));
  if (runs.first) {
    segments->length = runs.length;
    segments->first = runs.first;
    if (rules->contents != IMAGE_OF_PHASES) {
      PetscCall(take_labels(&runs, num, segments));
    } else {
      PetscCall(find_pieces(&runs, segments));
      PetscCall(find_labels(&runs, segments));
    }
    if (rules->smallest > 1) {
      PetscCall(SpecksDrop(&runs, path, rules->contents, rules->smallest, problems, segments));
    }
    runs.first = NULL; /* the segments have it */
    if (segments->num_grains > rules->most_grains) {
      ProblemsAdd(problems, path,
                  "has %" PetscInt_FMT " grains, pieces of one label; the most there can be are "
                  "%" PetscInt_FMT,
                  segments->num_grains, rules->most_grains);
    }
  }
  PetscCall(VoxelRunsDestroy(&runs));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SegmentsDestroy(Segments *segments)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(segments->first));
  PetscCall(PetscFree(segments->grain));
  PetscCall(PetscFree(segments->label));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SegmentsRead(const Segments *segments, const Image *image, PetscInt64 first,
                            PetscInt64 count, int64_t *grains)
{
  const PetscInt64 row = first / segments->length, at = first % segments->length;
  const int32_t *grain = segments->grain + segments->first[row];
  int64_t *values;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(at + count, &values));
  PetscCall((*image->read)(image, first - at, at + count, values));
  for (PetscInt64 v = 0; v < at + count; v++) {
    if (v && !ImageAlike(image, values[v], values[v - 1])) grain++;
    PetscCheck(grain < segments->grain + segments->first[row + 1], PETSC_COMM_SELF,
               PETSC_ERR_FILE_UNEXPECTED, "the image was changed while it was read");
    if (v >= at) grains[v - at] = *grain;
  }
  PetscCall(PetscFree(values));
  PetscFunctionReturn(PETSC_SUCCESS);
}
