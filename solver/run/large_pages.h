#pragma once

#include "petsc_compat.h"

/*@
  LargePagesUse - large arrays lie on the system's large pages, and go back to it when freed

  Linux gives 4 kB pages unless asked, and to fetch and to look up 500 of them instead of one costs
a sixth of set-up and solve. Nothing changes where the system has no large pages, and with
  -malloc_debug, whose own allocator PETSc does not share.

  To be called once, after PetscInitialize()
@*/
PetscErrorCode LargePagesUse(void);

/* Gives back to the system what was freed, smaller arrays too: where much was, before much is
   needed. */
void FreeMemoryReturn(void);
