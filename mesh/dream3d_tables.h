#pragma once

#include <hdf5.h>
#include "image.h"

/*@
  Dream3dReadTables - what a DREAM.3D file says of its grains and of its phases

  Input Parameters:
+ path      - of the file, for messages
. container - group whose groups hold the arrays
. matrix    - the one of them that holds those of voxels
- problems  - gets tables that cannot be

  Output Parameters:
+ image   - phases and grains
- is_read - false if there were problems
@*/
PetscErrorCode Dream3dReadTables(const char *path, hid_t container, hid_t matrix,
                                 Problems *problems, Image *image, PetscBool *is_read);
