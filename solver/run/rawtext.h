#pragma once

#include "petsc_compat.h"
#include "problems.h"

/*@
  RawTextCheck - finds in the text of a libconfig file what libconfig 1.5 gets wrong without a word

  Integers beyond 32 bits without L (it keeps the lowest 32), integers beyond 64 bits, decimal
numbers beyond double precision (it makes them infinite), files to include that cannot be read (a
directory ends the program). Strings and comments are skipped.

  Not collective

  Input Parameters:
+ text      - the text
. place     - how to call the file in problems
. directory - included files are relative to it; NULL: the text is a single value, without lines
- depth     - 0; how many files up the first one is

  Output Parameter:
. problems - gets what is wrong; files included are checked as well
@*/
PetscErrorCode RawTextCheck(const char *text, const char *place, const char *directory, int depth,
                            Problems *problems);

/* The name of a file as seen from a directory: itself if it begins with a slash. */
void RawTextJoin(const char *directory, const char *file, char *path, size_t size);
