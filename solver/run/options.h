#pragma once

#include "petsc_compat.h"
#include "problems.h"

/*@
  Options - the program's own part of the command line; the rest is PETSc's
@*/
typedef struct {
  const char *command; /* "run" if none was named */
  int num_arguments;   /* cases, or help's topic */
  const char **arguments;
  int num_sets;
  const char **sets;  /* "path=value" */
  const char *output; /* NULL if not given */
  PetscBool force, quiet;
  char *line; /* the whole command as typed */
} Options;

/*@
  OptionsTake - takes the program's own options out of the command line

  A word behind a PETSc option (one dash) is that option's value unless it is a directory.

  Input Parameter:
. commands - names of the commands, NULL-terminated

  Input/Output Parameters:
+ argc, argv - PETSc's options are left
- problems   - gets unknown options and missing values

  Output Parameter:
. options - free with OptionsDestroy()
@*/
void OptionsTake(const char *const *commands, int *argc, char **argv, Options *options,
                 Problems *problems);
void OptionsDestroy(Options *options);
