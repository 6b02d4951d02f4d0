#pragma once

#include "petsc_compat.h"
#include "problems.h"

/* Lengths of a stack's voxels. */
typedef struct {
  PetscReal spacing[3]; /* along x, y, z, in units of `unit`; 0: not said */
  PetscReal unit;       /* [m]; 0: not said */
} TiffLengths;

/*@
  TiffLengthsRead - what ImageJ or OME wrote about a stack into its first page

  Input Parameters:
+ path        - of the image, for messages
. description - text of the page, or NULL
. resolution  - pixels per unit of length along x and y, as ImageJ means them
. num_pages   - of the stack
- problems    - gets stacks of several channels or times, and units that are not known

  Output Parameter:
. lengths - all 0 if nothing is said

  Returns:
    false if there were problems
@*/
PetscBool TiffLengthsRead(const char *path, const char *description, const float resolution[2],
                          PetscInt num_pages, Problems *problems, TiffLengths *lengths);
