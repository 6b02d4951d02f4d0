#include "specks.h"

#include <stdlib.h>
#include "forest.h"

/* Faces that a speck has in common with a neighbour; integers only, so that ranks can swap them. */
typedef struct {
  int32_t speck, neighbour, faces;
} SpeckContact;

typedef struct {
  const Segments *segments;
  const int32_t *target; /* [num_grains + 1]: -1 for specks, which are to go somewhere */
  SpeckContact *list;
  PetscInt num, capacity;
} Contacts;

static int compare(const void *a, const void *b)
{
  const SpeckContact *x = a, *y = b;

  if (x->speck != y->speck) return x->speck < y->speck ? -1 : 1;
  return (x->neighbour > y->neighbour) - (x->neighbour < y->neighbour);
}

/* Sorts the list and makes one entry of those of the same two grains. */
static void condense(Contacts *contacts)
{
  PetscInt n = 0;

  qsort(contacts->list, (size_t)contacts->num, sizeof *contacts->list, compare);
  for (PetscInt c = 0; c < contacts->num; c++) {
    if (n && !compare(&contacts->list[n - 1], &contacts->list[c]))
      contacts->list[n - 1].faces += contacts->list[c].faces;
    else
      contacts->list[n++] = contacts->list[c];
  }
  contacts->num = n;
}

static PetscErrorCode add_contact(Contacts *contacts, SpeckContact contact)
{
  PetscFunctionBeginUser;
  if (contacts->num == contacts->capacity) {
    condense(contacts);
    if (2 * contacts->num >= contacts->capacity) {
      contacts->capacity = 2 * contacts->capacity + 1024;
      PetscCall(PetscRealloc((size_t)contacts->capacity * sizeof *contacts->list, &contacts->list));
    }
  }
  contacts->list[contacts->num++] = contact;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode note_specks(void *data, PetscInt run, PetscInt other, PetscBool is_same,
                                  PetscInt faces)
{
  Contacts *contacts = data;
  const int32_t grain[2] = {contacts->segments->grain[run], contacts->segments->grain[other]};

  PetscFunctionBeginUser;
  (void)is_same;
  for (int s = 0; s < 2; s++) {
    const SpeckContact contact = {grain[s], grain[1 - s], (int32_t)faces};

    if (!grain[0] || !grain[1] || contacts->target[contact.speck] >= 0) continue;
    if (contacts->target[contact.neighbour] < 0) continue;
    PetscCall(add_contact(contacts, contact));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains of one label that touch: a pair of the two. */
static PetscErrorCode note_alike(void *data, PetscInt run, PetscInt other, PetscBool is_same,
                                 PetscInt faces)
{
  Contacts *contacts = data;
  const Segments *segments = contacts->segments;
  const int32_t a = segments->grain[run], b = segments->grain[other];

  PetscFunctionBeginUser;
  (void)is_same;
  if (a == b || !a || !b || segments->label[a] != segments->label[b]) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(add_contact(
      contacts, (SpeckContact){PetscMin(a, b), PetscMax(a, b), (int32_t)PetscMin(faces, 1)}));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The contacts of all ranks, in order. */
static PetscErrorCode visit(const VoxelRuns *runs, RunTouch note, Contacts *contacts)
{
  int32_t *all;
  PetscInt num;

  PetscFunctionBeginUser;
  PetscCall(VoxelRunsVisit(runs, note, contacts));
  condense(contacts);
  PetscCall(
      VoxelRunsGather(runs->comm, 3 * contacts->num, (const int32_t *)contacts->list, &num, &all));
  PetscCall(PetscFree(contacts->list));
  contacts->list = (SpeckContact *)all;
  contacts->num = contacts->capacity = num / 3;
  condense(contacts);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Voxels of each grain. */
static PetscErrorCode count_voxels(const VoxelRuns *runs, const Segments *segments,
                                   PetscInt64 *voxels)
{
  const RunBlock *block = &runs->block;
  PetscMPIInt length;
  PetscInt64 row;
  PetscInt span[3];

  PetscFunctionBeginUser;
  VoxelRunsSpan(runs, span);
  for (PetscInt64 r = runs->own[0]; r < runs->own[1]; r++) {
    row = r - block->rows[0];
    for (PetscInt a = block->offset[row]; a < block->offset[row + 1]; a++) {
      voxels[segments->grain[span[0] + a]] +=
          (a + 1 < block->offset[row + 1] ? block->begin[a + 1] : runs->length) - block->begin[a];
    }
  }
  PetscCall(PetscMPIIntCast(segments->num_grains + 1, &length));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, voxels, length, MPIU_INT64, MPI_SUM, runs->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One round: specks beside other grains get a target. Returns how many did. */
static PetscErrorCode find_targets(const VoxelRuns *runs, const Segments *segments, int32_t *target,
                                   PetscInt *num)
{
  Contacts contacts = {segments, target, NULL, 0, 0};

  PetscFunctionBeginUser;
  *num = 0;
  PetscCall(visit(runs, note_specks, &contacts));
  for (PetscInt c = 0; c < contacts.num; (*num)++) {
    const int32_t speck = contacts.list[c].speck;
    PetscInt best = c;

    for (; c < contacts.num && contacts.list[c].speck == speck; c++) {
      if (contacts.list[c].faces > contacts.list[best].faces) best = c;
    }
    target[speck] = contacts.list[best].neighbour;
  }
  PetscCall(PetscFree(contacts.list));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains of one label that touch become the first of them. */
static PetscErrorCode join_alike(const VoxelRuns *runs, Segments *segments)
{
  Contacts contacts = {segments, NULL, NULL, 0, 0};
  int32_t *parent;

  PetscFunctionBeginUser;
  PetscCall(visit(runs, note_alike, &contacts));
  PetscCall(PetscMalloc1(segments->num_grains + 1, &parent));
  for (PetscInt g = 0; g <= segments->num_grains; g++) parent[g] = (int32_t)g;
  for (PetscInt c = 0; c < contacts.num; c++) {
    ForestJoin(parent, contacts.list[c].speck, contacts.list[c].neighbour);
  }
  for (PetscInt r = 0; r < segments->first[runs->num_rows]; r++) {
    segments->grain[r] = ForestFind(parent, segments->grain[r]);
  }
  PetscCall(PetscFree(parent));
  PetscCall(PetscFree(contacts.list));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains become number[grain], of which there are num. */
static PetscErrorCode apply_numbers(PetscInt num_runs, PetscInt num, const int32_t *number,
                                    Segments *segments)
{
  int32_t *label;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < num_runs; r++) segments->grain[r] = number[segments->grain[r]];
  PetscCall(PetscCalloc1(num + 1, &label));
  for (PetscInt g = 1; g <= segments->num_grains; g++) {
    if (number[g]) label[number[g]] = segments->label[g];
  }
  PetscCall(PetscFree(segments->label));
  segments->label = label;
  segments->num_grains = num;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Numbers without gaps: by the first run of each grain, or in the order that they had. */
static PetscErrorCode renumber(PetscInt num_runs, PetscBool is_by_run, Segments *segments)
{
  PetscInt num = 0;
  int32_t *number;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(segments->num_grains + 1, &number));
  for (PetscInt r = 0; r < num_runs; r++) {
    const int32_t grain = segments->grain[r];

    if (grain && !number[grain]) number[grain] = is_by_run ? (int32_t)++num : 1;
  }
  for (PetscInt g = 1; g <= segments->num_grains && !is_by_run; g++) {
    if (number[g]) number[g] = (int32_t)++num;
  }
  PetscCall(apply_numbers(num_runs, num, number, segments));
  PetscCall(PetscFree(number));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rounds, until every grain has a target: itself, another or void. */
static PetscErrorCode drop(const VoxelRuns *runs, const PetscInt64 *voxels, int32_t *target,
                           Segments *segments)
{
  SpeckReport *report = &segments->specks;
  PetscInt num = 1, left = report->num;

  PetscFunctionBeginUser;
  while (left && num) {
    PetscCall(find_targets(runs, segments, target, &num));
    for (PetscInt r = 0; num && r < segments->first[runs->num_rows]; r++) {
      const int32_t to = target[segments->grain[r]];

      if (to >= 0) segments->grain[r] = to;
    }
    left -= num;
  }
  report->num_void = left;
  for (PetscInt g = 1; left && g <= segments->num_grains; g++) {
    if (target[g] < 0) report->voxels_void += voxels[g];
  }
  for (PetscInt r = 0; left && r < segments->first[runs->num_rows]; r++) {
    if (target[segments->grain[r]] < 0) segments->grain[r] = 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SpecksDrop(const VoxelRuns *runs, const char *path, ImageContent contents,
                          PetscInt smallest, Problems *problems, Segments *segments)
{
  SpeckReport *report = &segments->specks;
  const PetscInt before = segments->num_grains;
  PetscInt64 *voxels;
  int32_t *target;

  PetscFunctionBeginUser;
  PetscCall(PetscCalloc1(before + 1, &voxels));
  PetscCall(PetscMalloc1(before + 1, &target));
  PetscCall(count_voxels(runs, segments, voxels));
  target[0] = 0;
  for (PetscInt g = 1; g <= before; g++) {
    target[g] = voxels[g] < smallest ? -1 : (int32_t)g;
    if (target[g] >= 0) continue;
    report->num++;
    report->voxels += voxels[g];
  }
  report->smallest = smallest;
  report->of_voxels = runs->num_rows * runs->length;
  if (report->num == before) {
    ProblemsAdd(problems, path,
                "has no grain of %" PetscInt_FMT " voxels, which structure.smallest_grain_voxels "
                "asks for",
                smallest);
  } else if (report->num) {
    PetscCall(drop(runs, voxels, target, segments));
    if (contents == IMAGE_OF_PHASES) PetscCall(join_alike(runs, segments));
    PetscCall(renumber(segments->first[runs->num_rows], (PetscBool)(contents == IMAGE_OF_PHASES),
                       segments));
    report->num_joined = before - report->num - segments->num_grains;
  }
  PetscCall(PetscFree(voxels));
  PetscCall(PetscFree(target));
  PetscFunctionReturn(PETSC_SUCCESS);
}
