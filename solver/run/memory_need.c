#include "memory_need.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

double MemoryNeed(PetscInt64 cells, PetscBool has_impedance, int ranks)
{
  return (double)cells *
             (MEMORY_BYTES_PER_CELL + (has_impedance ? MEMORY_BYTES_PER_CELL_IMPEDANCE : 0)) +
         ranks * MEMORY_BYTES_PER_RANK;
}

double SecondsNeed(PetscInt64 cells, const Case *case_in)
{
  const PetscBool is_partial =
      (PetscBool)(ElectrodeIsPartial(&case_in->anode) || ElectrodeIsPartial(&case_in->cathode));
  double seconds = (is_partial ? 2 : 1) / SPEED_CELLS_PER_SECOND;

  if (case_in->has_impedance) {
    seconds +=
        (double)(1 + FrequencyIntervals(&case_in->impedance)) / SPEED_CELLS_PER_SECOND_IMPEDANCE;
  }
  return (double)cells * seconds;
}

/* A number in a file like /proc/meminfo or a control group's limit; 0 if it is not there. */
static double read_number(const char *path, const char *key, double unit)
{
  FILE *file = fopen(path, "r");
  char line[256];
  double number = 0;

  if (!file) return 0;
  while (fgets(line, sizeof line, file)) {
    if (!strncmp(line, key, strlen(key)) && sscanf(line + strlen(key), "%lf", &number) == 1) break;
  }
  fclose(file);
  return number * unit;
}

/* Memory this machine can give [bytes]; 0 if it does not say. */
static double memory_available(void)
{
  const double machine = read_number("/proc/meminfo", "MemAvailable:", 1024.0);
  const double limit = read_number("/sys/fs/cgroup/memory.max", "", 1.0);
  const double used = read_number("/sys/fs/cgroup/memory.current", "", 1.0);

  return limit > 0 && limit - used < machine ? limit - used : machine;
}

PetscErrorCode MemoryNeedCheck(MPI_Comm comm, PetscInt64 cells, PetscBool has_impedance,
                               const char *place, const char *advice, Problems *problems)
{
  PetscMPIInt size, ranks_here;
  MPI_Comm machine;
  double
      room[2]; /* of the machine that is worst off: available bytes, and how many times too few */
  double available, excess, worst;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine));
  PetscCallMPI(MPI_Comm_size(machine, &ranks_here));
  PetscCallMPI(MPI_Comm_free(&machine));
  available = memory_available();
  room[0] = MemoryNeed(cells, has_impedance, size) * ranks_here / size;
  excess = available > 0 ? room[0] / available : 0;
  PetscCallMPI(MPI_Allreduce(&excess, &worst, 1, MPI_DOUBLE, MPI_MAX, comm));
  if (worst <= 1.0) PetscFunctionReturn(PETSC_SUCCESS);
  room[1] = excess == worst ? available : 0;
  if (excess != worst) room[0] = 0;
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, room, 2, MPI_DOUBLE, MPI_MAX, comm));
  ProblemsAdd(problems, place,
              "film.cells: %" PetscInt64_FMT " cells would take about %.3g GB%s, but %.3g GB are "
              "free; %s",
              cells, room[0] * 1e-9, size > ranks_here ? " on one machine" : "", room[1] * 1e-9,
              advice);
  PetscFunctionReturn(PETSC_SUCCESS);
}

void MemoryPeakReset(void)
{
  FILE *file = fopen("/proc/self/clear_refs", "w");

  if (!file) return;
  fputs("5", file); /* resets VmHWM, see proc(5) */
  fclose(file);
}

double MemoryPeak(MPI_Comm comm)
{
  double bytes = read_number("/proc/self/status", "VmHWM:", 1024.0);

  if (bytes == 0) {
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    bytes = (double)usage.ru_maxrss * 1024.0;
  }
  MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_DOUBLE, MPI_SUM, comm);
  return bytes;
}
