static const char help[] =
    "granulith - area-specific resistance of solid electrolytes, resolved in three dimensions\n"
    "  div(sigma grad phi) = 0 in grains, phi jumps by r j.n across grain boundaries and "
    "electrodes\n"
    "  mpirun -n 2 granulith cases/llzo-film       granulith help\n\n";

#include <mpi.h>
#include <stdio.h>
#include <string.h>
#include "caselist.h"
#include "commands.h"
#include "exit_status.h"
#include "large_pages.h"
#include "signals.h"

static const struct {
  const char *name;
  PetscErrorCode (*run)(const Session *session, int *status);
} commands[] = {{"run", CommandRun},     {"compare", CommandCompare},   {"mesh", CommandMesh},
                {"check", CommandCheck}, {"converge", CommandConverge}, {"study", CommandStudy},
                {"help", CommandHelp},   {"version", CommandVersion}};

enum { NUM_COMMANDS = sizeof commands / sizeof *commands };

/* One line instead of PETSc's banner: what failed, and where, for a report to the developers. */
static PetscErrorCode say_error(MPI_Comm comm, int line, const char *function, const char *file,
                                PetscErrorCode code, PetscErrorType type, const char *message,
                                void *context)
{
  (void)comm;
  (void)context;
  if (type == PETSC_ERROR_INITIAL) {
    fprintf(stderr, "granulith: internal error %d in %s (%s:%d): %s\n", (int)code, function, file,
            line, message ? message : "");
  }
  return code;
}

static PetscErrorCode dispatch(const Options *options, const Problems *problems, int *status)
{
  Session session = {PETSC_COMM_WORLD, options, NULL};
  Log log;

  PetscFunctionBeginUser;
  PetscCall(LogCreate(PETSC_COMM_WORLD, options->quiet, &log));
  session.log = &log;
  *status = STATUS_BAD_INPUT;
  if (problems->num_problems) {
    SayProblems(&log, problems);
  } else {
    for (int c = 0; c < NUM_COMMANDS; c++) {
      if (!strcmp(options->command, commands[c].name)) {
        PetscCall((*commands[c].run)(&session, status));
      }
    }
  }
  PetscCall(LogDestroy(&log));
  PetscFunctionReturn(PETSC_SUCCESS);
}

int main(int argc, char **argv)
{
  const char *names[NUM_COMMANDS + 1] = {NULL};
  Problems problems = {0, NULL, 0, NULL};
  int status = STATUS_INTERNAL_ERROR;
  Options options;

  for (int c = 0; c < NUM_COMMANDS; c++) names[c] = commands[c].name;
  OptionsTake(names, &argc, argv, &options, &problems);
  if (PetscInitialize(&argc, &argv, NULL, help)) return STATUS_INTERNAL_ERROR;
  if (PetscPushErrorHandler(say_error, NULL)) return STATUS_INTERNAL_ERROR;
  if (LargePagesUse()) return STATUS_INTERNAL_ERROR;
  SignalsCatch();
  if (dispatch(&options, &problems, &status)) {
    MPI_Abort(PETSC_COMM_WORLD, STATUS_INTERNAL_ERROR); /* other ranks may wait for this one */
  }
  OptionsDestroy(&options);
  ProblemsDestroy(&problems);
  if (PetscPopErrorHandler() || PetscFinalize()) return STATUS_INTERNAL_ERROR;
  return status;
}
