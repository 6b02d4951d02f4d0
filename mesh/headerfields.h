#pragma once

#include <stdio.h>
#include "problems.h"
#include "petsc_compat.h"

enum { HEADER_LINE = 4096 };

/* A field of a header of lines "name: value" or "name = value". */
typedef struct {
  const char *name, *synonym; /* compared without regard to case; NULL: there is no synonym */
  char value[HEADER_LINE];    /* empty: not in the file */
} HeaderField;

/*@
  HeaderFieldRead - keeps the value of a line of a header

  Input Parameters:
+ path      - of the file, for messages
. line      - "name: value"; changed
. separator - ':' or '='
- problems  - gets a field that is there twice

  Input/Output Parameter:
. fields - [num], of which the one named gets its value; lines of others have no effect

  Returns:
    false if there was a problem
@*/
PetscBool HeaderFieldRead(const char *path, char *line, char separator, int num,
                          HeaderField *fields, Problems *problems);

/* Reads a line without its end, at most HEADER_LINE - 1 characters; false at the end of the file,
   and for a longer one, which is a problem. */
PetscBool HeaderLine(const char *path, FILE *file, Problems *problems, char *line);

/* Whether a field that names a file of data stands for several: a list, or a pattern of names. */
PetscBool HeaderNamesManyFiles(const char *file);

/* Reads numbers parted by blanks, at most `most`; how many, -1 if there is something else. */
int HeaderNumbers(const char *text, int most, double *numbers);
