#pragma once

#include <stdio.h>
#include "petsc_compat.h"

/*@
  HelpCase - prints every key of a case, of a material and of an electrode file: type, unit (in its
  name), range, default, meaning; 100 columns at most
@*/
PetscErrorCode HelpCase(FILE *file);

/* Prints every key of a study.cfg likewise. */
PetscErrorCode HelpStudy(FILE *file);

/*@
  HelpMaterials - prints the materials found from a directory, with form, conductivity, description

  Input Parameters:
+ file      - where to print
- directory - of a case, or the current one; "." is fine
@*/
PetscErrorCode HelpMaterials(FILE *file, const char *directory);
