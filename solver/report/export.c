#include "export.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "export_formats.h"

static const ExportFormat *const formats[NUM_EXPORT_FORMATS] = {&ExportNpy, &ExportVti, &ExportTiff,
                                                                &ExportDream3d, &ExportTesr};

const char *ExportFileName(int format)
{
  return formats[format]->file;
}

void ExportFormatsRead(const char *list, Problems *problems, PetscBool chosen[NUM_EXPORT_FORMATS])
{
  const char *name = list;
  char known[128] = "";

  memset(chosen, 0, NUM_EXPORT_FORMATS * sizeof *chosen);
  for (int f = 0; f < NUM_EXPORT_FORMATS; f++) {
    snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s", f ? ", " : "",
             formats[f]->name);
  }
  for (;;) {
    const size_t length = strcspn(name, ",");
    PetscBool is_known = PETSC_FALSE;

    for (int f = 0; f < NUM_EXPORT_FORMATS; f++) {
      if (strlen(formats[f]->name) != length || strncmp(name, formats[f]->name, length)) continue;
      chosen[f] = is_known = PETSC_TRUE;
    }
    if (!is_known) {
      ProblemsAdd(problems, NULL,
                  "--format %s: \"%.*s\" is no format; must be one or more of %s, separated by "
                  "commas",
                  list, (int)length, name, known);
      return;
    }
    if (!name[length]) return;
    name += length + 1;
  }
}

PetscBool ExportIsUniform(const Grid *grid)
{
  const PetscInt first = grid->film_cells[0], behind = grid->film_cells[1];
  const PetscReal mean =
      (grid->edges[2][behind] - grid->edges[2][first]) / (PetscReal)(behind - first);

  for (PetscInt k = first; k < behind; k++) {
    if (fabs(GridSpacing(grid, 2, k) - mean) > 1e-9 * mean) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Which grains have a cell, void being 0; flags of layers are left alone. */
static PetscErrorCode find_present(const Grid *grid, const Microstructure *structure, char *flags)
{
  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        const int32_t grain = structure->grain[GridIndex(grid, i, j, k)];

        if (grain <= structure->num_film_grains) flags[grain] = 1;
      }
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, flags, (int)structure->num_film_grains + 1, MPI_CHAR,
                             MPI_MAX, grid->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static ExportImage describe_film(const Grid *grid, const Microstructure *structure,
                                 const char *const *phase_names, const char *is_present)
{
  ExportImage image = {.num_grains = (int32_t)structure->num_film_grains,
                       .num_phases = (int32_t)structure->num_film_phases,
                       .phase_names = phase_names,
                       .is_present = is_present};

  for (int d = 0; d < 3; d++) {
    const PetscInt first = d == 2 ? grid->film_cells[0] : 0;
    const PetscInt behind = d == 2 ? grid->film_cells[1] : grid->num_cells[d];

    image.cells[d] = behind - first;
    image.spacing_um[d] =
        (grid->edges[d][behind] - grid->edges[d][first]) / (PetscReal)(behind - first) * 1e6;
  }
  return image;
}

/* What brings a plane of cells to rank 0. */
typedef struct {
  const Grid *grid;
  int size;
  PetscInt *boxes; /* [size][6]: start and count of every rank; on all ranks */
  int *counts, *displacements;
  int32_t *own, *pieces;  /* this rank's part; all parts, on rank 0 */
  int32_t *grain, *phase; /* the plane, on rank 0 */
} PlaneGather;

static PetscErrorCode plane_gather_create(const Grid *grid, PlaneGather *gather)
{
  PetscInt box[6];
  PetscMPIInt rank, size;
  PetscInt plane;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  PetscCallMPI(MPI_Comm_size(grid->comm, &size));
  gather->grid = grid;
  gather->size = size;
  plane = rank ? 0 : grid->num_cells[0] * grid->num_cells[1];
  for (int d = 0; d < 3; d++) {
    box[d] = grid->start[d];
    box[3 + d] = grid->count[d];
  }
  PetscCall(
      PetscMalloc3(6 * size, &gather->boxes, size, &gather->counts, size, &gather->displacements));
  PetscCallMPI(MPI_Allgather(box, 6, MPIU_INT, gather->boxes, 6, MPIU_INT, grid->comm));
  PetscCall(PetscMalloc4(grid->count[0] * grid->count[1], &gather->own, plane, &gather->pieces,
                         plane, &gather->grain, plane, &gather->phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode plane_gather_destroy(PlaneGather *gather)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(gather->boxes, gather->counts, gather->displacements));
  PetscCall(PetscFree4(gather->own, gather->pieces, gather->grain, gather->phase));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Puts the parts of all ranks, which came one behind the other, in their places. */
static void arrange_plane(PlaneGather *gather, const Microstructure *structure)
{
  const PetscInt nx = gather->grid->num_cells[0];

  for (int r = 0; r < gather->size; r++) {
    const PetscInt *start = gather->boxes + 6 * r, *count = start + 3;
    const int32_t *piece = gather->pieces + gather->displacements[r];

    if (!gather->counts[r]) continue;
    for (PetscInt j = 0; j < count[1]; j++) {
      for (PetscInt i = 0; i < count[0]; i++) {
        const PetscInt at = (start[1] + j) * nx + start[0] + i;

        gather->grain[at] = piece[j * count[0] + i];
        gather->phase[at] = (int32_t)structure->phase[gather->grain[at]];
      }
    }
  }
}

/* The plane of global index k of the grid. */
static PetscErrorCode gather_plane(PlaneGather *gather, const Microstructure *structure, PetscInt k)
{
  const Grid *grid = gather->grid;
  int total = 0, own = 0;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  for (int r = 0; r < gather->size; r++) {
    const PetscInt *start = gather->boxes + 6 * r, *count = start + 3;

    gather->counts[r] = k >= start[2] && k < start[2] + count[2] ? (int)(count[0] * count[1]) : 0;
    gather->displacements[r] = total;
    total += gather->counts[r];
  }
  for (PetscInt j = 0; gather->counts[rank] && j < grid->count[1]; j++) {
    for (PetscInt i = 0; i < grid->count[0]; i++) {
      gather->own[own++] = structure->grain[GridIndex(grid, i, j, k - grid->start[2])];
    }
  }
  PetscCallMPI(MPI_Gatherv(gather->own, own, MPI_INT32_T, gather->pieces, gather->counts,
                           gather->displacements, MPI_INT32_T, 0, grid->comm));
  if (!rank) arrange_plane(gather, structure);
  PetscFunctionReturn(PETSC_SUCCESS);
}

int ExportIntegers(FILE *file, const int32_t *values, size_t count)
{
  unsigned char bytes[4096];

  for (size_t done = 0; done < count;) {
    const size_t part = PetscMin(count - done, sizeof bytes / 4);

    for (size_t n = 0; n < part; n++) {
      const uint32_t value = (uint32_t)values[done + n];

      for (int b = 0; b < 4; b++) bytes[4 * n + (size_t)b] = (unsigned char)(value >> 8 * b);
    }
    if (fwrite(bytes, 4, part, file) != part) return errno ? errno : EIO;
    done += part;
  }
  return 0;
}

int ExportClose(void *file)
{
  const int is_bad = ferror((FILE *)file);

  if (fclose(file)) return errno;
  return is_bad ? EIO : 0;
}

/* Opens the files of the formats chosen, until one fails; on rank 0. */
static void open_all(const ExportImage *image, const PetscBool chosen[], const char *directory,
                     void *writers[], int failed[2])
{
  char path[2 * PETSC_MAX_PATH_LEN];

  for (int f = 0; f < NUM_EXPORT_FORMATS && !failed[1]; f++) {
    if (!chosen[f]) continue;
    snprintf(path, sizeof path, "%s/%s.part", directory, formats[f]->file);
    failed[1] = formats[f]->open(image, path, &writers[f]);
    if (failed[1]) failed[0] = f;
  }
}

static void put_all(const ExportImage *image, const ExportPlane *plane, void *writers[],
                    int failed[2])
{
  for (int f = 0; f < NUM_EXPORT_FORMATS && !failed[1]; f++) {
    if (writers[f]) failed[1] = formats[f]->put(writers[f], image, plane);
    if (failed[1]) failed[0] = f;
  }
}

static void close_all(void *writers[], int failed[2])
{
  for (int f = 0; f < NUM_EXPORT_FORMATS; f++) {
    const int failure = writers[f] ? formats[f]->close(writers[f]) : 0;

    if (!failure || failed[1]) continue;
    failed[0] = f;
    failed[1] = failure;
  }
}

PetscErrorCode ExportLabels(const Grid *grid, const Microstructure *structure,
                            const char *const *phase_names,
                            const PetscBool chosen[NUM_EXPORT_FORMATS], const char *directory,
                            int *failed_format, int *failure)
{
  void *writers[NUM_EXPORT_FORMATS] = {NULL}; /* of rank 0 */
  int failed[2] = {-1, 0};                    /* format and errno, known to rank 0 until the end */
  char *is_present;
  ExportImage image;
  PlaneGather gather;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(grid->comm, &rank));
  PetscCall(PetscCalloc1(structure->num_film_grains + 1, &is_present));
  PetscCall(find_present(grid, structure, is_present));
  image = describe_film(grid, structure, phase_names, is_present);
  if (!rank) open_all(&image, chosen, directory, writers, failed);
  PetscCall(plane_gather_create(grid, &gather));
  for (PetscInt k = 0; k < image.cells[2]; k++) {
    const ExportPlane plane = {k, gather.grain, gather.phase};

    PetscCall(gather_plane(&gather, structure, grid->film_cells[0] + k));
    put_all(&image, &plane, writers, failed);
  }
  PetscCall(plane_gather_destroy(&gather));
  close_all(writers, failed);
  PetscCall(PetscFree(is_present));
  PetscCallMPI(MPI_Bcast(failed, 2, MPI_INT, 0, grid->comm));
  *failed_format = failed[0];
  *failure = failed[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}
