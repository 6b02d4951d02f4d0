#include "label_set.h"

#include <stdlib.h>

enum { BLOCK = 1 << 18 }; /* elements read at a time */

typedef struct {
  PetscInt num;
  int64_t *labels; /* ascending */
} LabelSet;

/* Of a search, from good to bad. */
typedef enum { OUTCOME_FOUND, OUTCOME_TOO_MANY, OUTCOME_BROKEN } Outcome;

static int compare(const void *a, const void *b)
{
  const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

  return (x > y) - (x < y);
}

/* Adds ascending labels, some of which may be in the set already. */
static PetscErrorCode merge(PetscInt num, const int64_t *more, LabelSet *set)
{
  PetscInt a = 0, b = 0, n = 0;
  int64_t *both;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(set->num + num, &both));
  while (a < set->num || b < num) {
    const int64_t next =
        b == num || (a < set->num && set->labels[a] <= more[b]) ? set->labels[a] : more[b];

    both[n++] = next;
    while (a < set->num && set->labels[a] == next) a++;
    while (b < num && more[b] == next) b++;
  }
  PetscCall(PetscFree(set->labels));
  set->num = n;
  set->labels = both;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The labels of this rank's share of the file; stops when there are more than `most`, or where the
   file is broken. */
static PetscErrorCode collect_own(MPI_Comm comm, const Image *image, PetscInt most, LabelSet *set,
                                  Outcome *outcome)
{
  PetscBool is_read = PETSC_TRUE;
  const PetscInt64 whole = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  PetscMPIInt rank, size;
  PetscInt64 first, last;
  int64_t *values;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  first = whole / size * rank + PetscMin(rank, whole % size);
  last = first + whole / size + (rank < whole % size);
  PetscCall(PetscMalloc1(PetscMin(BLOCK, PetscMax(last - first, 1)), &values));
  for (; first < last && set->num <= most && is_read; first += BLOCK) {
    const PetscInt64 count = PetscMin(BLOCK, last - first);
    PetscInt num_new = 0;
    int64_t before = 0; /* void needs no place in the set */

    PetscCall(ImageTryRead(image, image->read, first, count, values, &is_read));
    for (PetscInt64 v = 0; is_read && v < count; v++) {
      const int64_t value = values[v];

      if (value == before) continue;
      before = value;
      if (value && LabelSetPlace(set->num, set->labels, value) < 0) values[num_new++] = value;
    }
    if (!num_new) continue;
    qsort(values, (size_t)num_new, sizeof *values, compare);
    PetscCall(merge(num_new, values, set));
  }
  PetscCall(PetscFree(values));
  *outcome = !is_read ? OUTCOME_BROKEN : set->num > most ? OUTCOME_TOO_MANY : OUTCOME_FOUND;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Ranks hand their sets down a binary tree to rank 0, which sends the union to all. */
static PetscErrorCode unite(MPI_Comm comm, LabelSet *set)
{
  PetscMPIInt rank, size, num;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  for (PetscMPIInt step = 1; step < size; step *= 2) {
    if (rank % (2 * step)) {
      num = (PetscMPIInt)set->num;
      PetscCallMPI(MPI_Send(set->labels, num, MPI_INT64_T, rank - step, 0, comm));
      break;
    }
    if (rank + step < size) {
      MPI_Status status;
      int64_t *more;

      PetscCallMPI(MPI_Probe(rank + step, 0, comm, &status));
      PetscCallMPI(MPI_Get_count(&status, MPI_INT64_T, &num));
      PetscCall(PetscMalloc1(num, &more));
      PetscCallMPI(MPI_Recv(more, num, MPI_INT64_T, rank + step, 0, comm, MPI_STATUS_IGNORE));
      PetscCall(merge(num, more, set));
      PetscCall(PetscFree(more));
    }
  }
  num = (PetscMPIInt)set->num;
  PetscCallMPI(MPI_Bcast(&num, 1, MPI_INT, 0, comm));
  if (rank) {
    PetscCall(PetscFree(set->labels));
    PetscCall(PetscMalloc1(num, &set->labels));
  }
  set->num = num;
  PetscCallMPI(MPI_Bcast(set->labels, num, MPI_INT64_T, 0, comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LabelSetFind(MPI_Comm comm, const char *path, const Image *image, PetscInt most,
                            Problems *problems, PetscInt *num, int64_t **labels)
{
  LabelSet set = {0, NULL};
  Outcome own = OUTCOME_FOUND;
  int outcome;

  PetscFunctionBeginUser;
  PetscCall(collect_own(comm, image, most, &set, &own));
  outcome = own;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &outcome, 1, MPI_INT, MPI_MAX, comm));
  if (outcome == OUTCOME_FOUND) {
    PetscCall(unite(comm, &set));
    if (set.num > most) outcome = OUTCOME_TOO_MANY;
  }
  if (outcome == OUTCOME_BROKEN) {
    ProblemsAdd(problems, path, "is broken: its voxels cannot be read to the end");
  } else if (outcome == OUTCOME_TOO_MANY) {
    ProblemsAdd(problems, path,
                "holds more than %" PetscInt_FMT " different labels, the most there can be", most);
  } else if (!set.num) {
    ProblemsAdd(problems, path, "holds label 0 (void) only; grains are labels from 1 on");
  } else if (set.labels[0] < 0 && !image->is_unsigned) {
    ProblemsAdd(problems, path,
                "holds the label %lld; labels must not be negative (0: void, grains from 1 on)",
                (long long)set.labels[0]);
  } else if (set.labels[0] < 0) {
    ProblemsAdd(problems, path, "holds the label %llu; labels must be below 2^63",
                (unsigned long long)set.labels[0]);
  } else {
    *num = set.num;
    *labels = set.labels;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscFree(set.labels));
  *num = 0;
  *labels = NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}
