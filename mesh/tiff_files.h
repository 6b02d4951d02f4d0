#pragma once

#include "petsc_compat.h"
#include "problems.h"

/*@
  TiffFilesFind - the files that a path stands for: itself, or the .tif and .tiff files of a folder

  Output Parameters:
+ num   - how many; 0 after problems
- files - [num] paths in the order of their names, numbers in them counting as numbers; free with
          TiffFilesFree()
@*/
PetscErrorCode TiffFilesFind(const char *path, Problems *problems, PetscInt *num, char ***files);
PetscErrorCode TiffFilesFree(PetscInt num, char ***files);
