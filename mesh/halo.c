#include "halo.h"

#include <string.h>

PetscErrorCode HaloCreate(const Grid *grid, Halo *halo)
{
  PetscFunctionBeginUser;
  halo->grid = grid;
  halo->buffer = NULL;
  halo->buffer_bytes = 0;
  for (int d = 0; d < 3; d++) {
    for (int side = 0; side < 2; side++) {
      const PetscInt beyond = grid->place[d] + (side ? 1 : -1);
      PetscInt at[3] = {grid->place[0], grid->place[1], grid->place[2]};

      halo->rank[d][side] = MPI_PROC_NULL;
      if (!grid->is_periodic[d] && (beyond < 0 || beyond >= grid->ranks[d])) continue;
      at[d] = (beyond + grid->ranks[d]) % grid->ranks[d];
      halo->rank[d][side] =
          (PetscMPIInt)((at[2] * grid->ranks[1] + at[1]) * grid->ranks[0] + at[0]);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode HaloDestroy(Halo *halo)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(halo->buffer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt plane_size(const Grid *grid, int axis)
{
  return grid->count[(axis + 1) % 3] * grid->count[(axis + 2) % 3];
}

/* Whether this rank is its own neighbour along an axis. */
static PetscBool is_own(const Grid *grid, int axis)
{
  return (PetscBool)(grid->ranks[axis] == 1);
}

/* The axes of a plane, the faster first. */
static int inner_axis(int axis)
{
  return axis == 0 ? 1 : 0;
}

static int outer_axis(int axis)
{
  return axis == 2 ? 1 : 2;
}

/* n entries, each a step further in `to` and in `from` [bytes]. */
static void copy_entries(PetscInt n, size_t size, char *to, size_t to_step, const char *from,
                         size_t from_step)
{
  if (to_step == size && from_step == size) {
    memcpy(to, from, (size_t)n * size);
  } else if (size == sizeof(float)) {
    for (PetscInt i = 0; i < n; i++) memcpy(to + i * to_step, from + i * from_step, sizeof(float));
  } else {
    for (PetscInt i = 0; i < n; i++) memcpy(to + i * to_step, from + i * from_step, size);
  }
}

/* Copies between an array's plane at position `layer` along an axis and a buffer. */
static void copy_plane(const Grid *grid, int axis, PetscInt layer, char *array, size_t size,
                       char *buffer, PetscBool is_packing)
{
  const int inner = inner_axis(axis), outer = outer_axis(axis);
  const PetscInt n = grid->count[inner];
  const size_t step = inner == 0 ? size : (size_t)GridStepY(grid) * size;
  PetscInt at[3] = {0, 0, 0};

  at[axis] = layer;
  for (at[outer] = 0; at[outer] < grid->count[outer]; at[outer]++) {
    char *row = array + (size_t)GridIndex(grid, at[0], at[1], at[2]) * size;

    if (is_packing)
      copy_entries(n, size, buffer, size, row, step);
    else
      copy_entries(n, size, row, step, buffer, size);
    buffer += (size_t)n * size;
  }
}

static void pack_values(const Grid *grid, int axis, PetscInt layer, HaloValue value,
                        const void *data, size_t size, void *buffer)
{
  const int inner = inner_axis(axis), outer = outer_axis(axis);
  PetscInt at[3], n = 0;

  at[axis] = layer;
  for (at[outer] = 0; at[outer] < grid->count[outer]; at[outer]++) {
    for (at[inner] = 0; at[inner] < grid->count[inner]; at[inner]++) {
      const double sent = (*value)(data, at[0], at[1], at[2]);

      if (size == sizeof(double))
        ((double *)buffer)[n++] = sent;
      else
        ((float *)buffer)[n++] = (float)sent;
    }
  }
}

PetscErrorCode HaloExchange(Halo *halo, void *array, size_t size, HaloValue value, const void *data)
{
  const Grid *grid = halo->grid;
  char *send[3][2], *receive[3][2], *next;
  MPI_Request requests[12];
  size_t bytes = 0;
  int n = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) bytes += 4 * (size_t)plane_size(grid, d) * size;
  if (bytes > halo->buffer_bytes) {
    PetscCall(PetscFree(halo->buffer));
    PetscCall(PetscMalloc(bytes, &halo->buffer));
    halo->buffer_bytes = bytes;
  }
  next = halo->buffer;
  for (int d = 0; d < 3; d++) {
    const PetscMPIInt count = (PetscMPIInt)((size_t)plane_size(grid, d) * size);

    for (int side = 0; side < 2; side++) {
      receive[d][side] = next;
      send[d][side] = next + count;
      next += 2 * (size_t)count;
      if (halo->rank[d][side] == MPI_PROC_NULL || is_own(grid, d)) continue;
      PetscCallMPI(MPI_Irecv(receive[d][side], count, MPI_BYTE, halo->rank[d][side], 2 * d + side,
                             grid->comm, &requests[n++]));
    }
  }
  for (int d = 0; d < 3; d++) {
    const PetscMPIInt count = (PetscMPIInt)((size_t)plane_size(grid, d) * size);

    for (int side = 0; side < 2; side++) {
      const PetscInt layer = side ? grid->count[d] - 1 : 0;

      if (halo->rank[d][side] == MPI_PROC_NULL) continue;
      if (value)
        pack_values(grid, d, layer, value, data, size, send[d][side]);
      else
        copy_plane(grid, d, layer, array, size, send[d][side], PETSC_TRUE);
      /* what goes up arrives from below */
      if (is_own(grid, d)) {
        receive[d][!side] = send[d][side];
        continue;
      }
      PetscCallMPI(MPI_Isend(send[d][side], count, MPI_BYTE, halo->rank[d][side], 2 * d + !side,
                             grid->comm, &requests[n++]));
    }
  }
  PetscCallMPI(MPI_Waitall(n, requests, MPI_STATUSES_IGNORE));
  for (int d = 0; d < 3; d++) {
    for (int side = 0; side < 2; side++) {
      if (halo->rank[d][side] == MPI_PROC_NULL) continue;
      copy_plane(grid, d, side ? grid->count[d] : -1, array, size, receive[d][side], PETSC_FALSE);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void do_side(const Grid *grid, int axis, int side, size_t size, char *buffer, HaloPack pack,
                    HaloUnpack unpack, void *data)
{
  const int e = (axis + 1) % 3, f = (axis + 2) % 3;
  PetscInt at[3];

  at[axis] = side ? grid->count[axis] - 1 : 0;
  for (at[f] = 0; at[f] < grid->count[f]; at[f]++) {
    for (at[e] = 0; at[e] < grid->count[e]; at[e]++, buffer += size) {
      if (pack)
        (*pack)(data, axis, side, at, buffer);
      else
        (*unpack)(data, axis, side, at, buffer);
    }
  }
}

PetscErrorCode HaloSwap(Halo *halo, size_t size, HaloPack pack, HaloUnpack unpack, void *data)
{
  const Grid *grid = halo->grid;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscMPIInt count;
    char *buffer; /* received and sent through the lower side, then through the upper */

    PetscCall(PetscMPIIntCast(plane_size(grid, d) * (PetscInt)size, &count));
    PetscCall(PetscMalloc1(4 * (size_t)count, &buffer));
    for (int side = 0; side < 2; side++) {
      do_side(grid, d, side, size, buffer + (2 * side + 1) * count, pack, NULL, data);
    }
    for (int side = 0; side < 2; side++) {
      /* what leaves through one side comes in through the other */
      PetscCallMPI(MPI_Sendrecv(buffer + (2 * side + 1) * count, count, MPI_BYTE,
                                halo->rank[d][side], side, buffer + 2 * !side * count, count,
                                MPI_BYTE, halo->rank[d][!side], side, grid->comm,
                                MPI_STATUS_IGNORE));
    }
    for (int side = 0; side < 2; side++) {
      if (halo->rank[d][side] == MPI_PROC_NULL) continue;
      do_side(grid, d, side, size, buffer + 2 * side * count, NULL, unpack, data);
    }
    PetscCall(PetscFree(buffer));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
