#include "orientations.h"

#include <math.h>
#include <string.h>

/* The three smaller components of four, each below 1/sqrt(2) in size, in BITS bits. */
enum { BITS = 17, BLOCK = 1 << 18 };
#define MOST ((1 << (BITS - 1)) - 1)

int64_t OrientationPack(int32_t phase, Quaternion orientation)
{
  const PetscReal q[4] = {orientation.w, orientation.x, orientation.y, orientation.z};
  int64_t packed = phase;
  int largest = 0;

  if (!phase) return 0;
  for (int c = 1; c < 4; c++) {
    if (fabs(q[c]) > fabs(q[largest])) largest = c;
  }
  packed = packed << 2 | largest;
  for (int c = 0; c < 4; c++) {
    const PetscReal part = (q[largest] < 0 ? -q[c] : q[c]) * sqrt(2.0);

    if (c != largest) packed = packed << BITS | (int64_t)(MOST + lround(MOST * PetscMin(part, 1)));
  }
  return packed;
}

Quaternion OrientationUnpack(int64_t packed, int32_t *phase)
{
  const int largest = (int)(packed >> (3 * BITS) & 3);
  PetscReal q[4], rest = 1;

  for (int c = 3; c >= 0; c--) {
    if (c == largest) continue;
    q[c] = (PetscReal)((packed & ((1 << BITS) - 1)) - MOST) / (MOST * sqrt(2.0));
    rest -= q[c] * q[c];
    packed >>= BITS;
  }
  q[largest] = sqrt(PetscMax(rest, 0));
  *phase = (int32_t)(packed >> 2);
  return (Quaternion){q[0], q[1], q[2], q[3]};
}

PetscBool ImageAlike(const Image *image, int64_t a, int64_t b)
{
  Quaternion orientation[2];
  int32_t phase[2];
  PetscReal dot;

  if (a == b) return PETSC_TRUE;
  if (!(image->grain_angle > 0)) return PETSC_FALSE;
  orientation[0] = OrientationUnpack(a, &phase[0]);
  orientation[1] = OrientationUnpack(b, &phase[1]);
  if (!phase[0] || phase[0] != phase[1]) return PETSC_FALSE;
  dot = orientation[0].w * orientation[1].w + orientation[0].x * orientation[1].x +
        orientation[0].y * orientation[1].y + orientation[0].z * orientation[1].z;
  if (fabs(dot) > cos(0.5 * image->grain_angle)) return PETSC_TRUE; /* as they are: mostly */
  return (PetscBool)(Disorientation(image->phases.laue[phase[0]], orientation[0], orientation[1]) <
                     image->grain_angle);
}

/* An image of orientations with the grains made of them. */
typedef struct {
  Image whole;
  Segments segments;
} Grains;

static PetscErrorCode read_grains(const Image *image, PetscInt64 first, PetscInt64 count,
                                  int64_t *values)
{
  const Grains *grains = image->data;
  const PetscInt64 length = grains->segments.length;

  PetscFunctionBeginUser;
  while (count > 0) {
    const PetscInt64 num = PetscMin(count, length - first % length);

    PetscCall(SegmentsRead(&grains->segments, &grains->whole, first, num, values));
    first += num;
    count -= num;
    values += num;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Grains *grains = data;

  PetscFunctionBeginUser;
  PetscCall(SegmentsDestroy(&grains->segments));
  memset(&grains->whole.phases, 0, sizeof grains->whole.phases); /* the image's */
  PetscCall(ImageClose(&grains->whole));
  PetscCall(PetscFree(grains));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What is added up over the voxels of each grain. */
typedef struct {
  PetscInt num;    /* of grains, and one */
  int64_t *first;  /* [num], its first orientation on this rank, then of all; 0: it has none here */
  PetscReal *sums; /* [num][4] */
} Means;

/* Calls act for the grain and orientation of every voxel of this rank's rows. */
static PetscErrorCode
for_voxels(MPI_Comm comm, const Image *image, const Grains *grains, Means *means,
           void (*act)(const ImagePhases *, Means *, int64_t grain, int64_t packed))
{
  const PetscInt64 total = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  const PetscInt64 length = grains->segments.length, rows = total / length;
  PetscMPIInt rank, size;
  int64_t *grain, *packed;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc2(length, &grain, length, &packed));
  for (PetscInt64 r = rows * rank / size; r < rows * (rank + 1) / size; r++) {
    PetscCall(SegmentsRead(&grains->segments, &grains->whole, r * length, length, grain));
    PetscCall((*grains->whole.read)(&grains->whole, r * length, length, packed));
    for (PetscInt64 v = 0; v < length; v++) {
      if (grain[v]) (*act)(&image->phases, means, grain[v], packed[v]);
    }
  }
  PetscCall(PetscFree2(grain, packed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void note_first(const ImagePhases *phases, Means *means, int64_t grain, int64_t packed)
{
  (void)phases;
  if (!means->first[grain]) means->first[grain] = packed;
}

static void add(const ImagePhases *phases, Means *means, int64_t grain, int64_t packed)
{
  PetscReal *sum = means->sums + 4 * grain;
  int32_t phase;
  const Quaternion first = OrientationUnpack(means->first[grain], &phase);
  const Quaternion own =
      QuaternionNearest(phases->laue[phase], OrientationUnpack(packed, &phase), first);

  sum[0] += own.w;
  sum[1] += own.x;
  sum[2] += own.y;
  sum[3] += own.z;
}

/* The first orientations of all ranks: those of the lowest rank that has any. */
static PetscErrorCode agree_on_first(MPI_Comm comm, Means *means)
{
  PetscMPIInt rank, size, num;
  int *lowest;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMPIIntCast(means->num, &num));
  PetscCall(PetscMalloc1(means->num, &lowest));
  for (PetscInt g = 0; g < means->num; g++) lowest[g] = means->first[g] ? rank : size;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, lowest, num, MPI_INT, MPI_MIN, comm));
  for (PetscInt g = 0; g < means->num; g++) {
    if (lowest[g] != rank) means->first[g] = 0;
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, means->first, num, MPI_INT64_T, MPI_SUM, comm));
  PetscCall(PetscFree(lowest));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode describe(MPI_Comm comm, const Grains *grains, Image *image)
{
  ImageGrains *table = &image->grains;
  Means means = {.num = grains->segments.num_grains + 1};
  PetscMPIInt num;

  PetscFunctionBeginUser;
  PetscCall(PetscMPIIntCast(4 * means.num, &num));
  PetscCall(PetscCalloc2(means.num, &means.first, 4 * means.num, &means.sums));
  PetscCall(for_voxels(comm, image, grains, &means, note_first));
  PetscCall(agree_on_first(comm, &means));
  PetscCall(for_voxels(comm, image, grains, &means, add));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, means.sums, num, MPIU_REAL, MPI_SUM, comm));
  PetscCall(PetscFree(table->phase));
  PetscCall(PetscFree(table->orientation));
  table->num = means.num;
  PetscCall(PetscCalloc1(table->num, &table->phase));
  PetscCall(PetscCalloc1(table->num, &table->orientation));
  for (PetscInt g = 1; g < means.num; g++) {
    const PetscReal *sum = means.sums + 4 * g;

    table->phase[g] = grains->segments.label[g];
    table->orientation[g] = QuaternionNormalise((Quaternion){sum[0], sum[1], sum[2], sum[3]});
  }
  PetscCall(PetscFree2(means.first, means.sums));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether all voxels can be read, each rank its share; a problem if not. */
static PetscErrorCode check(MPI_Comm comm, const char *path, const Image *image, Problems *problems)
{
  const PetscInt64 total = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  PetscBool is_read = PETSC_TRUE;
  PetscMPIInt rank, size;
  int is_broken;
  int64_t *values;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMalloc1(BLOCK, &values));
  for (PetscInt64 v = total / size * rank, end = rank + 1 < size ? v + total / size : total;
       v < end && is_read; v += BLOCK) {
    PetscCall(ImageTryRead(image, image->read, v, PetscMin(BLOCK, end - v), values, &is_read));
  }
  PetscCall(PetscFree(values));
  is_broken = !is_read;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &is_broken, 1, MPI_INT, MPI_MAX, comm));
  if (is_broken) ProblemsAdd(problems, path, "is broken: its voxels cannot be read to the end");
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode OrientationsSegment(MPI_Comm comm, const char *path, const SegmentRules *rules,
                                   Problems *problems, Image *image)
{
  const int before = problems->num_problems;
  SegmentRules pieces = *rules;
  Grains *grains;

  PetscFunctionBeginUser;
  pieces.contents = IMAGE_OF_PHASES;
  pieces.smallest = 1;
  PetscCall(check(comm, path, image, problems));
  if (problems->num_problems > before) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(&grains));
  PetscCall(SegmentsFind(comm, path, image, &pieces, image->phases.num, NULL, problems,
                         &grains->segments));
  if (problems->num_problems > before) {
    PetscCall(SegmentsDestroy(&grains->segments));
    PetscCall(PetscFree(grains));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  grains->whole = *image;
  PetscCall(describe(comm, grains, image));
  memset(&grains->whole.grains, 0, sizeof grains->whole.grains);
  image->grain_angle = 0;
  image->read = read_grains;
  image->read_phases = NULL;
  image->destroy = destroy;
  image->data = grains;
  image->is_unsigned = PETSC_FALSE;
  image->data_file = NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}
