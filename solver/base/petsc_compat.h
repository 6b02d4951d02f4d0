#pragma once

#include <petscsys.h>

/* PETSc 3.18 (Debian 12) has no name for "no error" yet. */
#if PETSC_VERSION_LT(3, 19, 0)
#define PETSC_SUCCESS 0
#endif
