#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PetscErrorCode LogCreate(MPI_Comm comm, PetscBool is_quiet, Log *log)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(log, sizeof *log));
  log->comm = comm;
  log->is_quiet = is_quiet;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LogDestroy(Log *log)
{
  PetscFunctionBeginUser;
  free(log->text);
  log->text = NULL;
  log->length = log->capacity = 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Open MPI's mpirun gives rank 0 a terminal of its own, also where mpirun's output is a file: then
   what counts is the output of the parent, which is mpirun or its daemon. */
static PetscBool is_on_terminal(void)
{
  char path[64], target[PETSC_MAX_PATH_LEN];
  ssize_t length;

  if (!isatty(STDOUT_FILENO)) return PETSC_FALSE;
  if (!getenv("OMPI_COMM_WORLD_SIZE")) return PETSC_TRUE;
  snprintf(path, sizeof path, "/proc/%ld/fd/1", (long)getppid());
  length = readlink(path, target, sizeof target - 1);
  target[PetscMax(length, 0)] = '\0';
  return (PetscBool)(!strncmp(target, "/dev/pts/", 9) || !strncmp(target, "/dev/tty", 8));
}

static PetscBool speaks(const Log *log)
{
  int rank = 0;

  MPI_Comm_rank(log->comm, &rank);
  return (PetscBool)(rank == 0);
}

static void keep(Log *log, const char *line)
{
  const size_t length = strlen(line);

  if (log->length + length + 2 > log->capacity) {
    log->capacity = 2 * (log->length + length) + 1024;
    log->text = realloc(log->text, log->capacity);
    if (!log->text) abort();
  }
  memcpy(log->text + log->length, line, length);
  log->length += length;
  log->text[log->length++] = '\n';
  log->text[log->length] = '\0';
}

static void clear_progress(Log *log)
{
  if (log->has_progress) fputs("\r\033[K", stdout);
  log->has_progress = PETSC_FALSE;
}

/* Keeps a line and says it, unless it is not to be shown. */
static void say(Log *log, FILE *out, PetscBool is_shown, const char *format, va_list arguments)
{
  char line[4096];

  if (!speaks(log)) return;
  vsnprintf(line, sizeof line, format, arguments);
  keep(log, line);
  if (!is_shown) return;
  clear_progress(log);
  fflush(stdout);
  fprintf(out, "%s\n", line);
  fflush(out);
}

void LogLine(Log *log, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  say(log, stdout, (PetscBool)!log->is_quiet, format, arguments);
  va_end(arguments);
}

void LogProgress(Log *log, const char *format, ...)
{
  va_list arguments;

  if (!speaks(log) || log->is_quiet || !is_on_terminal()) return;
  clear_progress(log);
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  fflush(stdout);
  log->has_progress = PETSC_TRUE;
}

void LogError(Log *log, const char *format, ...)
{
  va_list arguments;

  va_start(arguments, format);
  say(log, stderr, (PetscBool)!log->is_mute, format, arguments);
  va_end(arguments);
}

void LogStartCase(Log *log)
{
  log->length = 0;
  if (log->text) log->text[0] = '\0';
}
