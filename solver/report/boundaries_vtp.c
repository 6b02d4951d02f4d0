#include "boundaries_vtp.h"

#include <stdio.h>
#include "potential.h"

/* VTK's file formats, "VTK XML Formats", PolyData with raw appended data: each array is its number
   of bytes, 64 bits, and then the values. Quadrilaterals share no points. */

#ifdef PETSC_WORDS_BIGENDIAN
#define BYTE_ORDER_NAME "BigEndian"
#else
#define BYTE_ORDER_NAME "LittleEndian"
#endif

enum { NUM_NUMBERS = 3, NUM_ARRAYS = 5 + NUM_NUMBERS };

static const char *const number_names[NUM_NUMBERS] = {
    "resistance_ohm_cm2", "current_density_mA_per_cm2", "dissipation_W_per_cm2"};

/* A rank's quadrilaterals. */
typedef struct {
  PetscInt count, room;
  float *points;               /* [count][4][3], um */
  int32_t *grains[2];          /* [count] */
  float *numbers[NUM_NUMBERS]; /* [count] */
  int64_t *corners, *ends;     /* [count][4], [count]: points of each face, and where they end */
} Quads;

/* Corners in the order in which VTK walks around a quadrilateral. */
static void place_corners(const Grid *grid, int axis, const PetscInt at[3], float corners[4][3])
{
  static const int around[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
  const int u = (axis + 1) % 3, v = (axis + 2) % 3;

  for (int c = 0; c < 4; c++) {
    PetscInt corner[3] = {grid->start[0] + at[0], grid->start[1] + at[1], grid->start[2] + at[2]};

    corner[u] += around[c][0];
    corner[v] += around[c][1];
    for (int d = 0; d < 3; d++) corners[c][d] = (float)(grid->edges[d][corner[d]] * 1e6);
  }
}

static PetscErrorCode add_face(Quads *quads, const FaceModel *model, const Potential *potential,
                               PetscReal voltage, int axis, const PetscInt at[3])
{
  const PetscReal area = FaceArea(model->grid, axis, at);
  const PetscInt n = quads->count++;
  PetscReal current, resistance;
  FaceSeries series;
  PetscBool is_open;

  PetscFunctionBeginUser;
  PetscCall(FaceSeriesGet(model, axis, at, &series, &is_open));
  current = FaceSeriesConductance(&series) * PotentialDrop(potential, axis, at) * voltage;
  resistance = series.contact * area;
  place_corners(model->grid, axis, at, (float(*)[3])(quads->points + 12 * n));
  quads->grains[0][n] = (int32_t)series.grain_lower;
  quads->grains[1][n] = (int32_t)series.grain_upper;
  quads->numbers[0][n] = (float)(resistance * 1e4);
  quads->numbers[1][n] = (float)(current / area * 0.1);
  quads->numbers[2][n] = (float)(current * current * series.contact / area * 1e-4);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The open faces between different grains of the film, each on one rank: first their number, then,
   once there is room, what they are. */
static PetscErrorCode visit_faces(Quads *quads, const FaceModel *model, const Faces *faces,
                                  const Potential *potential, PetscReal voltage)
{
  const Grid *grid = model->grid;
  const PetscInt num = model->structure->num_film_grains;
  PetscInt at[3];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscInt range[2], last[3] = {grid->count[0], grid->count[1], grid->count[2]};

    FaceRange(grid, d, range);
    last[d] = range[1];
    for (at[2] = d == 2 ? range[0] : 0; at[2] < last[2]; at[2]++) {
      for (at[1] = d == 1 ? range[0] : 0; at[1] < last[1]; at[1]++) {
        for (at[0] = d == 0 ? range[0] : 0; at[0] < last[0]; at[0]++) {
          const PetscInt below =
              GridIndex(grid, at[0] - (d == 0), at[1] - (d == 1), at[2] - (d == 2));
          const int32_t a = model->structure->grain[below];
          const int32_t b = model->structure->grain[GridIndex(grid, at[0], at[1], at[2])];

          if (a == b || a < 1 || b < 1 || a > num || b > num) continue;
          if (faces->conductance[d][FaceIndex(grid, d, at)] == 0.0f) continue;
          if (quads->points)
            PetscCall(add_face(quads, model, potential, voltage, d, at));
          else
            quads->room++;
        }
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One array of the file: a rank's part of it. */
typedef struct {
  const void *values;
  MPI_Datatype type;
  PetscInt64 each; /* bytes of one face */
  int per_face;    /* values of one face */
} Part;

static void list_parts(const Quads *quads, Part parts[NUM_ARRAYS])
{
  int p = 0;

  parts[p++] = (Part){quads->points, MPI_FLOAT, 12 * sizeof(float), 12};
  parts[p++] = (Part){quads->corners, MPI_INT64_T, 4 * sizeof(int64_t), 4};
  parts[p++] = (Part){quads->ends, MPI_INT64_T, sizeof(int64_t), 1};
  for (int g = 0; g < 2; g++) {
    parts[p++] = (Part){quads->grains[g], MPI_INT32_T, sizeof(int32_t), 1};
  }
  for (int n = 0; n < NUM_NUMBERS; n++) {
    parts[p++] = (Part){quads->numbers[n], MPI_FLOAT, sizeof(float), 1};
  }
}

static size_t print_header(char *text, size_t size, PetscInt64 total, const PetscInt64 offsets[])
{
  size_t used = (size_t)snprintf(
      text, size,
      "<?xml version=\"1.0\"?>\n<!-- lengths in um -->\n"
      "<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"" BYTE_ORDER_NAME
      "\" header_type=\"UInt64\">\n<PolyData>\n"
      "<Piece NumberOfPoints=\"%lld\" NumberOfVerts=\"0\" NumberOfLines=\"0\" "
      "NumberOfStrips=\"0\" NumberOfPolys=\"%lld\">\n"
      "<Points>\n<DataArray type=\"Float32\" Name=\"points\" NumberOfComponents=\"3\" "
      "format=\"appended\" offset=\"%lld\"/>\n</Points>\n<Polys>\n"
      "<DataArray type=\"Int64\" Name=\"connectivity\" format=\"appended\" offset=\"%lld\"/>\n"
      "<DataArray type=\"Int64\" Name=\"offsets\" format=\"appended\" offset=\"%lld\"/>\n"
      "</Polys>\n<CellData>\n"
      "<DataArray type=\"Int32\" Name=\"grain_a\" format=\"appended\" offset=\"%lld\"/>\n"
      "<DataArray type=\"Int32\" Name=\"grain_b\" format=\"appended\" offset=\"%lld\"/>\n",
      (long long)(4 * total), (long long)total, (long long)offsets[0], (long long)offsets[1],
      (long long)offsets[2], (long long)offsets[3], (long long)offsets[4]);

  for (int n = 0; n < NUM_NUMBERS; n++) {
    used += (size_t)snprintf(
        text + used, size - used,
        "<DataArray type=\"Float32\" Name=\"%s\" format=\"appended\" offset=\"%lld\"/>\n",
        number_names[n], (long long)offsets[5 + n]);
  }
  used +=
      (size_t)snprintf(text + used, size - used,
                       "</CellData>\n</Piece>\n</PolyData>\n<AppendedData encoding=\"raw\">\n_");
  return used;
}

/* Rank 0 writes text or a number; all learn of nothing but through the failure count. */
static void put_bytes(MPI_File file, PetscMPIInt rank, PetscInt64 at, const void *bytes,
                      size_t count, int *failures)
{
  if (rank) return;
  if (MPI_File_write_at(file, (MPI_Offset)at, bytes, (int)count, MPI_BYTE, MPI_STATUS_IGNORE)) {
    ++*failures;
  }
}

static PetscErrorCode write_file(MPI_File file, MPI_Comm comm, const Quads *quads, PetscInt64 first,
                                 PetscInt64 total, int *failures)
{
  static const char tail[] = "\n</AppendedData>\n</VTKFile>\n";
  PetscInt64 offsets[NUM_ARRAYS + 1] = {0}, base;
  Part parts[NUM_ARRAYS];
  PetscMPIInt rank, count;
  char header[4096];

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  list_parts(quads, parts);
  for (int p = 0; p < NUM_ARRAYS; p++) offsets[p + 1] = offsets[p] + 8 + parts[p].each * total;
  base = (PetscInt64)print_header(header, sizeof header, total, offsets);
  put_bytes(file, rank, 0, header, (size_t)base, failures);
  for (int p = 0; p < NUM_ARRAYS; p++) {
    const uint64_t bytes = (uint64_t)(parts[p].each * total);
    const PetscInt64 values = base + offsets[p] + 8;

    put_bytes(file, rank, base + offsets[p], &bytes, sizeof bytes, failures);
    PetscCall(PetscMPIIntCast(parts[p].per_face * quads->count, &count));
    if (MPI_File_write_at_all(file, (MPI_Offset)(values + parts[p].each * first), parts[p].values,
                              count, parts[p].type, MPI_STATUS_IGNORE)) {
      ++*failures;
    }
  }
  put_bytes(file, rank, base + offsets[NUM_ARRAYS], tail, sizeof tail - 1, failures);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode quads_create(const FaceModel *model, const Faces *faces,
                                   const Potential *potential, PetscReal voltage, Quads *quads)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(quads, sizeof *quads));
  PetscCall(visit_faces(quads, model, faces, potential, voltage));
  PetscCall(PetscMalloc3(12 * quads->room, &quads->points, 4 * quads->room, &quads->corners,
                         quads->room, &quads->ends));
  PetscCall(PetscMalloc2(quads->room, &quads->grains[0], quads->room, &quads->grains[1]));
  PetscCall(PetscMalloc3(quads->room, &quads->numbers[0], quads->room, &quads->numbers[1],
                         quads->room, &quads->numbers[2]));
  if (quads->room) PetscCall(visit_faces(quads, model, faces, potential, voltage));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode quads_destroy(Quads *quads)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(quads->points, quads->corners, quads->ends));
  PetscCall(PetscFree2(quads->grains[0], quads->grains[1]));
  PetscCall(PetscFree3(quads->numbers[0], quads->numbers[1], quads->numbers[2]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode BoundariesVtpWrite(const FaceModel *model, const Faces *faces, Vec global,
                                  PetscReal voltage, const char *directory, PetscBool *is_written)
{
  const MPI_Comm comm = model->grid->comm;
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscInt64 first = 0, total, own;
  Potential potential;
  int failures = 0;
  MPI_File file;
  Quads quads;

  PetscFunctionBeginUser;
  PetscCall(PotentialGet(model->grid, global, &potential));
  PetscCall(quads_create(model, faces, &potential, voltage, &quads));
  PetscCall(PotentialRestore(&potential));
  own = quads.count;
  PetscCallMPI(MPI_Scan(&own, &first, 1, MPIU_INT64, MPI_SUM, comm));
  first -= own;
  PetscCallMPI(MPI_Allreduce(&own, &total, 1, MPIU_INT64, MPI_SUM, comm));
  for (PetscInt n = 0; n < quads.count; n++) {
    for (int c = 0; c < 4; c++) quads.corners[4 * n + c] = 4 * (first + n) + c;
    quads.ends[n] = 4 * (first + n + 1);
  }
  snprintf(path, sizeof path, "%s/boundaries.vtp.part", directory);
  if (MPI_File_open(comm, path, MPI_MODE_CREATE | MPI_MODE_WRONLY, MPI_INFO_NULL, &file)) {
    failures = 1;
  } else {
    if (MPI_File_set_size(file, 0)) failures++;
    PetscCall(write_file(file, comm, &quads, first, total, &failures));
    if (MPI_File_close(&file)) failures++;
  }
  PetscCall(quads_destroy(&quads));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &failures, 1, MPI_INT, MPI_SUM, comm));
  *is_written = (PetscBool)!failures;
  PetscFunctionReturn(PETSC_SUCCESS);
}
