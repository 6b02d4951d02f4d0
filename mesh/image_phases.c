#include "image_phases.h"

#include <stdio.h>
#include <string.h>
#include "label_set.h"

enum { BLOCK = 1 << 17 }; /* voxels read at a time */

static const int32_t most_phases = 1000;

/* The least and the greatest phase of each grain's voxels in a part of the file. */
static PetscErrorCode span_phases(const Image *image, PetscInt64 first, PetscInt64 last,
                                  PetscInt num, const int64_t *labels, int32_t *least,
                                  int32_t *greatest, PetscBool *is_read)
{
  int64_t *values, *phases, label = 0;
  PetscInt grain = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(BLOCK, &values, BLOCK, &phases));
  *is_read = PETSC_TRUE;
  for (; first < last && *is_read; first += BLOCK) {
    const PetscInt64 count = PetscMin(BLOCK, last - first);

    PetscCall((*image->read)(image, first, count, values));
    PetscCall(ImageTryRead(image, image->read_phases, first, count, phases, is_read));
    for (PetscInt64 v = 0; *is_read && v < count; v++) {
      const int32_t phase = (int32_t)PetscMax(0, PetscMin(phases[v], most_phases + 1));

      if (!values[v]) continue;
      if (values[v] != label) {
        label = values[v];
        grain = LabelSetPlace(num, labels, label) + 1;
      }
      least[grain] = PetscMin(least[grain], phase);
      greatest[grain] = PetscMax(greatest[grain], phase);
    }
  }
  PetscCall(PetscFree2(values, phases));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Phases of grains from those of their voxels. */
static PetscErrorCode find_in_voxels(MPI_Comm comm, const char *path, const Image *image,
                                     PetscInt num, const int64_t *labels, Problems *problems,
                                     int32_t *phase)
{
  const PetscInt64 whole = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  PetscMPIInt rank, size, length;
  PetscBool is_read;
  int32_t *greatest;
  int is_broken;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCall(PetscMPIIntCast(num + 1, &length));
  PetscCall(PetscCalloc1(num + 1, &greatest));
  for (PetscInt g = 0; g <= num; g++) phase[g] = most_phases + 1;
  PetscCall(span_phases(image, whole / size * rank + PetscMin(rank, whole % size),
                        whole / size * (rank + 1) + PetscMin(rank + 1, whole % size), num, labels,
                        phase, greatest, &is_read));
  is_broken = !is_read;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &is_broken, 1, MPI_INT, MPI_MAX, comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, phase, length, MPI_INT32_T, MPI_MIN, comm));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, greatest, length, MPI_INT32_T, MPI_MAX, comm));
  if (is_broken) ProblemsAdd(problems, path, "is broken: its phases cannot be read to the end");
  for (PetscInt g = 1; g <= num && !is_broken; g++) {
    if (phase[g] == greatest[g]) continue;
    ProblemsAdd(problems, path, "has voxels of phases %d and %d in grain %lld; a grain has one",
                (int)phase[g], (int)greatest[g], (long long)labels[g - 1]);
    break;
  }
  PetscCall(PetscFree(greatest));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What the table of grains says must be what the voxels say. */
static void find_in_table(const char *path, const ImageGrains *grains, PetscBool is_known,
                          PetscInt num, const int64_t *labels, Problems *problems, int32_t *phase)
{
  for (PetscInt g = 1; g <= num; g++) {
    const int64_t label = labels[g - 1];

    if (label >= grains->num) {
      ProblemsAdd(problems, path,
                  "says nothing of grain %lld; its table of grains ends with %" PetscInt_FMT,
                  (long long)label, grains->num - 1);
      return;
    }
    if (is_known && phase[g] != grains->phase[label]) {
      ProblemsAdd(problems, path, "has grain %lld of phase %d in its table of grains, %d in voxels",
                  (long long)label, (int)grains->phase[label], (int)phase[g]);
      return;
    }
    phase[g] = grains->phase[label];
  }
}

PetscErrorCode ImagePhasesFind(MPI_Comm comm, const char *path, const Image *image, PetscInt num,
                               const int64_t *labels, Problems *problems, int32_t **phase)
{
  const int before = problems->num_problems;

  PetscFunctionBeginUser;
  *phase = NULL;
  if (!image->read_phases && !image->grains.phase) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(num + 1, phase));
  if (image->read_phases) {
    PetscCall(find_in_voxels(comm, path, image, num, labels, problems, *phase));
  }
  if (image->grains.phase && problems->num_problems == before) {
    find_in_table(path, &image->grains, (PetscBool)(image->read_phases != NULL), num, labels,
                  problems, *phase);
  }
  (*phase)[0] = 0;
  for (PetscInt g = 1; g <= num && problems->num_problems == before; g++) {
    if ((*phase)[g] >= 1 && (*phase)[g] <= most_phases) continue;
    ProblemsAdd(problems, path,
                "has grain %lld of phase %d; phases of grains are numbers from 1 to %d",
                (long long)labels[g - 1], (int)(*phase)[g], (int)most_phases);
    break;
  }
  if (problems->num_problems > before) PetscCall(PetscFree(*phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A phase's name in the file, "" if it has none. */
static const char *name_of(const ImagePhases *in_file, PetscInt phase)
{
  return phase <= in_file->num ? in_file->name[phase] : "";
}

static PetscInt place_of(const PhaseNames *phases, const char *name)
{
  for (PetscInt p = 0; p < phases->num_phases; p++) {
    if (!strcmp(phases->names[p], name)) return p + 1;
  }
  return 0;
}

/* Says which phase is taken for which. */
static void say_numbers(const char *path, const ImagePhases *in_file, const PhaseNames *phases,
                        const PetscInt *to_case, Problems *problems)
{
  char text[1024] = "";
  int num = 0;

  for (PetscInt p = 1; p <= most_phases; p++) {
    const size_t used = strlen(text);

    if (to_case[p] < 1) continue;
    snprintf(text + used, sizeof text - used, "%s%" PetscInt_FMT " %s%s%sis \"%s\"",
             num++ ? ", " : "", p, name_of(in_file, p)[0] ? "(" : "", name_of(in_file, p),
             name_of(in_file, p)[0] ? ") " : "", phases->names[to_case[p] - 1]);
  }
  if (num > 1 || strchr(text, '(')) {
    ProblemsWarn(problems, path, "its phases are taken by their numbers: %s", text);
  }
}

PetscErrorCode ImagePhasesMatch(const char *path, const ImagePhases *in_file,
                                const PhaseNames *phases, PetscInt num, int32_t *phase,
                                Problems *problems)
{
  const int before = problems->num_problems;
  PetscBool is_named = PETSC_FALSE;
  PetscInt *to_case; /* -1: not in the image */

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(most_phases + 1, &to_case));
  for (PetscInt p = 0; p <= most_phases; p++) to_case[p] = -1;
  for (PetscInt g = 1; g <= num; g++) {
    PetscInt *own = &to_case[phase[g]];

    if (*own < 0) *own = place_of(phases, name_of(in_file, phase[g]));
    if (*own > 0) is_named = PETSC_TRUE;
  }
  for (PetscInt p = 1; p <= most_phases; p++) {
    if (to_case[p] < 0 || (is_named && to_case[p])) continue;
    to_case[p] = !is_named && p <= phases->num_phases ? p : 0;
    if (to_case[p]) continue;
    ProblemsAdd(problems, path,
                "has grains of phase %" PetscInt_FMT
                " \"%s\"; the case has no phase of this %s (structure.label_phases gives phases by "
                "labels instead)",
                p, name_of(in_file, p), is_named ? "name" : "number");
  }
  if (!is_named && problems->num_problems == before) {
    say_numbers(path, in_file, phases, to_case, problems);
  }
  for (PetscInt g = 1; g <= num; g++) phase[g] = (int32_t)to_case[phase[g]];
  PetscCall(PetscFree(to_case));
  PetscFunctionReturn(PETSC_SUCCESS);
}
