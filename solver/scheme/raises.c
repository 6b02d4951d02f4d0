#include "raises.h"

#include "halo.h"

/* A boundary of a border cell on its way to the next rank. */
typedef struct {
  int32_t other, count;
  float gamma; /* along the axis of the border */
} Sent;
enum { MOST_SENT = 6 }; /* one per face of a cell */

PetscErrorCode RaisesCreate(const Grid *grid, Raises *raises)
{
  PetscFunctionBeginUser;
  *raises = (Raises){.grid = grid};
  PetscCall(PetscCalloc1(GridGhostedSize(grid), &raises->first));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode RaisesDestroy(Raises *raises)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(raises->first));
  PetscCall(PetscFree(raises->list));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode RaisesAdd(Raises *raises, PetscInt cell, int32_t other, const PetscReal gamma[3])
{
  int32_t *place = &raises->first[cell], entry;

  PetscFunctionBeginUser;
  while (*place && raises->list[*place - 1].other != other) place = &raises->list[*place - 1].next;
  entry = *place;
  if (!entry) {
    PetscCheck(raises->count < PETSC_MPI_INT_MAX, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
               "a rank's cells have more than 2^31 boundaries: use more ranks");
    entry = *place = (int32_t)raises->count + 1; /* before the list moves */
    if (raises->count == raises->capacity) {
      raises->capacity += raises->capacity / 2 + 4096;
      PetscCall(PetscRealloc((size_t)raises->capacity * sizeof *raises->list, &raises->list));
    }
    raises->list[raises->count++] = (Raise){.other = other};
  }
  raises->list[entry - 1].count++;
  for (int d = 0; d < 3; d++) raises->list[entry - 1].gamma[d] += (float)gamma[d];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void pack(void *data, int axis, int side, const PetscInt at[3], void *buffer)
{
  const Raises *raises = data;
  Sent *sent = buffer;
  int32_t next = raises->first[GridIndex(raises->grid, at[0], at[1], at[2])];

  (void)side;
  for (int n = 0; n < MOST_SENT; n++) {
    sent[n] = (Sent){0};
    if (!next) continue;
    sent[n] = (Sent){raises->list[next - 1].other, raises->list[next - 1].count,
                     raises->list[next - 1].gamma[axis]};
    next = raises->list[next - 1].next;
  }
}

static void unpack(void *data, int axis, int side, const PetscInt at[3], const void *buffer)
{
  Raises *raises = data;
  const Sent *received = buffer;
  PetscInt ghost[3] = {at[0], at[1], at[2]};

  ghost[axis] += side ? 1 : -1;
  for (int n = 0; n < MOST_SENT && received[n].other; n++) {
    Raise *raise = &raises->list[raises->count++]; /* RaisesExchange() made room */

    *raise = (Raise){.other = received[n].other, .count = received[n].count};
    raise->gamma[axis] = received[n].gamma;
    if (n) {
      raises->list[raises->count - 2].next = (int32_t)raises->count;
    } else {
      raises->first[GridIndex(raises->grid, ghost[0], ghost[1], ghost[2])] = (int32_t)raises->count;
    }
  }
}

PetscErrorCode RaisesExchange(Raises *raises)
{
  const Grid *grid = raises->grid;
  PetscInt num_ghosts = 0;
  Halo halo;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) num_ghosts += 2 * grid->count[(d + 1) % 3] * grid->count[(d + 2) % 3];
  raises->capacity = raises->count + MOST_SENT * num_ghosts;
  PetscCheck(raises->capacity < PETSC_MPI_INT_MAX, PETSC_COMM_SELF, PETSC_ERR_ARG_OUTOFRANGE,
             "a rank's cells have more than 2^31 boundaries: use more ranks");
  PetscCall(PetscRealloc((size_t)raises->capacity * sizeof *raises->list, &raises->list));
  PetscCall(HaloCreate(grid, &halo));
  PetscCall(HaloSwap(&halo, MOST_SENT * sizeof(Sent), pack, unpack, raises));
  PetscCall(HaloDestroy(&halo));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Raise *find(const Raises *raises, int32_t first, int32_t other)
{
  while (first && raises->list[first - 1].other != other) first = raises->list[first - 1].next;
  return first ? &raises->list[first - 1] : NULL;
}

PetscReal RaisesSum(const Raises *raises, PetscInt lower, PetscInt upper, int axis)
{
  const int32_t first = raises->first[lower], second = raises->first[upper];
  PetscReal sum = 0;

  for (int32_t next = first; next; next = raises->list[next - 1].next) {
    const Raise *below = &raises->list[next - 1];
    const Raise *above = find(raises, second, below->other);
    const PetscReal gamma =
        (PetscReal)below->gamma[axis] + (above ? (PetscReal)above->gamma[axis] : 0);

    sum += gamma / (below->count + (above ? above->count : 0));
  }
  for (int32_t next = second; next; next = raises->list[next - 1].next) {
    const Raise *above = &raises->list[next - 1];

    if (!find(raises, first, above->other)) sum += (PetscReal)above->gamma[axis] / above->count;
  }
  return sum;
}
