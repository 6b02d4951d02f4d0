#pragma once

#include "image.h"

/*@
  LabelSetFind - the different labels of an image, 0 left out, in ascending order

  Collective; each rank reads its share of the file once, and every rank gets the whole list

  Input Parameters:
+ comm     - ranks that share the work
. path     - of the image, for messages
. image    - the open image
. most     - so many labels are possible
- problems - gets negative labels, too many, or none at all

  Output Parameters:
+ num    - how many there are; 0 after problems
- labels - [num], free with PetscFree()
@*/
PetscErrorCode LabelSetFind(MPI_Comm comm, const char *path, const Image *image, PetscInt most,
                            Problems *problems, PetscInt *num, int64_t **labels);

/* Place of a label in an ascending list, -1 if it is not there. */
static inline PetscInt LabelSetPlace(PetscInt num, const int64_t *labels, int64_t label)
{
  PetscInt low = 0, high = num;

  while (low < high) {
    const PetscInt middle = low + (high - low) / 2;

    if (labels[middle] < label)
      low = middle + 1;
    else
      high = middle;
  }
  return low < num && labels[low] == label ? low : -1;
}
