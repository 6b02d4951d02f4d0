#pragma once

#include "export.h"
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
  PetscInt levels;       /* of converge; 0 if not given */
  PetscBool coarsen;     /* of converge: from the case's own grid downwards */
  const char *over;      /* of converge: "realizations" or "width"; NULL if not given */
  PetscInt realizations; /* number of them, with over = "realizations" */
  PetscBool formats[NUM_EXPORT_FORMATS]; /* of mesh */
  PetscBool has_formats;
  char *line; /* the whole command as typed */
} Options;

/*@
  OptionsTake - takes the program's own options out of the command line

  A word behind a PETSc option (one dash) is that option's value unless it is a directory.

  Input Parameter:
. commands - names of the commands, NULL-terminated

  Input/Output Parameters:
+ argc, argv - PETSc's options are left
- problems   - gets unknown options, missing and wrong values, options of another command

  Output Parameter:
. options - free with OptionsDestroy()
@*/
void OptionsTake(const char *const *commands, int *argc, char **argv, Options *options,
                 Problems *problems);
void OptionsDestroy(Options *options);
