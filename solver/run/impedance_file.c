#include "impedance_file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "constants.h"

#define OHM_CM2 1e4 /* from Ohm m^2 */

static void join(const Output *output, const char *name, char path[], size_t size)
{
  snprintf(path, size, "%s/%s", output->directory, name);
}

static void write_point(FILE *file, const FrequencyPoint *point)
{
  fprintf(file, "%.17g %.17g %.17g %d %.6g %.6g\n", (double)point->frequency,
          (double)PetscRealPartComplex(point->impedance),
          (double)PetscImaginaryPartComplex(point->impedance), (int)point->iterations,
          (double)point->error, (double)point->balance);
}

/* A line that was written to its end. */
static PetscBool read_point(const char *line, FrequencyPoint *point)
{
  double frequency, re, im, error, balance;
  int iterations;

  if (!strchr(line, '\n')) return PETSC_FALSE;
  if (sscanf(line, "%lg %lg %lg %d %lg %lg", &frequency, &re, &im, &iterations, &error, &balance) !=
      6) {
    return PETSC_FALSE;
  }
  *point = (FrequencyPoint){frequency, re + im * PETSC_i, iterations, error, balance};
  return PETSC_TRUE;
}

static PetscErrorCode read_points(const char *path, const char *hash, PetscInt *count,
                                  FrequencyPoint **points)
{
  FILE *file = fopen(path, "r");
  PetscInt capacity = 0;
  FrequencyPoint point;
  char line[256];

  PetscFunctionBeginUser;
  if (!file) PetscFunctionReturn(PETSC_SUCCESS);
  if (fgets(line, sizeof line, file) && !strncmp(line, hash, strlen(hash))) {
    while (fgets(line, sizeof line, file) && read_point(line, &point)) {
      if (*count == capacity) {
        capacity += capacity / 2 + 64;
        PetscCall(PetscRealloc((size_t)capacity * sizeof **points, points));
      }
      (*points)[(*count)++] = point;
    }
  }
  fclose(file);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The file anew, without what was cut off. */
static void rewrite(const char *path, const char *hash, PetscInt count,
                    const FrequencyPoint *points)
{
  char fresh[2 * PETSC_MAX_PATH_LEN + 8];
  FILE *file;

  snprintf(fresh, sizeof fresh, "%s.part", path);
  file = fopen(fresh, "w");
  if (!file) return;
  fprintf(file, "%s\n", hash);
  for (PetscInt p = 0; p < count; p++) write_point(file, &points[p]);
  fclose(file);
  rename(fresh, path);
}

PetscErrorCode ImpedanceFileOpen(const Output *output, const char *hash, PetscInt *count,
                                 FrequencyPoint **points)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank, bytes;

  PetscFunctionBeginUser;
  *count = 0;
  *points = NULL;
  PetscCallMPI(MPI_Comm_rank(output->comm, &rank));
  if (!rank) {
    join(output, IMPEDANCE_PARTIAL, path, sizeof path);
    PetscCall(read_points(path, hash, count, points));
    rewrite(path, hash, *count, *points);
  }
  PetscCallMPI(MPI_Bcast(count, 1, MPIU_INT, 0, output->comm));
  if (rank) PetscCall(PetscMalloc1(*count + 1, points));
  PetscCall(PetscMPIIntCast(*count * (PetscInt)sizeof **points, &bytes));
  PetscCallMPI(MPI_Bcast(*points, bytes, MPI_BYTE, 0, output->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void ImpedanceFileAdd(const Output *output, const FrequencyPoint *point)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;
  FILE *file;

  MPI_Comm_rank(output->comm, &rank);
  if (rank) return;
  join(output, IMPEDANCE_PARTIAL, path, sizeof path);
  file = fopen(path, "a");
  if (!file) return;
  write_point(file, point);
  fflush(file);
  fsync(fileno(file));
  fclose(file);
}

void ImpedanceFileRemove(const Output *output)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;

  MPI_Comm_rank(output->comm, &rank);
  join(output, IMPEDANCE_PARTIAL, path, sizeof path);
  if (!rank) unlink(path);
}

PetscErrorCode ImpedanceCsvWrite(const Output *output, const ImpedanceHeader *header,
                                 PetscInt count, const FrequencyPoint *points, Problems *problems,
                                 PetscBool *is_written)
{
  const size_t capacity = (size_t)count * 96 + 1024 + strlen(header->title);
  size_t length;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(capacity, &text));
  length = (size_t)snprintf(text, capacity,
                            "# granulith %s: impedance times area\n"
                            "# case %s: %s\n"
                            "# %.10g C; area of the computed piece %.10g cm2\n"
                            "# f_Hz,Z_real_ohm_cm2,Z_imag_ohm_cm2\n",
                            header->version, header->name, header->title,
                            header->temperature - ZERO_CELSIUS, header->area * 1e4);
  for (PetscInt p = 0; p < count; p++) {
    length += (size_t)snprintf(text + length, capacity - length, "%.12g,%.12g,%.12g\n",
                               (double)points[p].frequency,
                               (double)PetscRealPartComplex(points[p].impedance) * OHM_CM2,
                               (double)PetscImaginaryPartComplex(points[p].impedance) * OHM_CM2);
  }
  PetscCall(OutputWriteText(output, "impedance.csv", text, problems, is_written));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(PETSC_SUCCESS);
}
