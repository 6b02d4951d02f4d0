#pragma once

#include "generator.h"
#include "image.h"

/*@
  ImagePhasesFind - the phase that the file gives each grain of an image

  Collective; each rank reads its share of the voxels' phases once

  Input Parameters:
+ comm        - ranks that share the work
. path        - of the image, for messages
. image       - the open image
. num, labels - its labels, ascending
- problems    - gets grains of no phase or of two

  Output Parameter:
. phase - [num + 1], numbers of the file from 1, free with PetscFree(); NULL if the file has none,
and after problems
@*/
PetscErrorCode ImagePhasesFind(MPI_Comm comm, const char *path, const Image *image, PetscInt num,
                               const int64_t *labels, Problems *problems, int32_t **phase);

/*@
  ImagePhasesMatch - turns the file's phases into the case's

  By name, if one of the file's names is that of a phase of the case; all must be, then. Else by
  number: phase 1 of the file is the first of the case; a warning says so if there are several, or a
name.

  Input Parameters:
+ path     - of the image, for messages
. in_file  - what the file says of its phases
. phases   - the case's
. num      - number of grains
- problems - gets phases that the case has not

  Output Parameter:
. phase - [num + 1], from the file's numbers to the case's
@*/
PetscErrorCode ImagePhasesMatch(const char *path, const ImagePhases *in_file,
                                const PhaseNames *phases, PetscInt num, int32_t *phase,
                                Problems *problems);
