#pragma once

#include "image.h"

/* Which of the file's axes runs from anode to cathode, and whether from its end to its beginning.
 */
typedef enum {
  THROUGH_Z,
  THROUGH_X,
  THROUGH_Y,
  THROUGH_MINUS_Z,
  THROUGH_MINUS_X,
  THROUGH_MINUS_Y
} ThroughAxis;
extern const char *const ThroughAxes[]; /* NULL-terminated, as in case files */

/* The part of an image that is used, and how it lies in the film. */
typedef struct {
  PetscBool is_cropped;  /* else it is the whole image */
  PetscInt voxels[3][2]; /* first and last along the file's x, y, z, from 0; -1 is the last */
  ThroughAxis through;
} ImagePart;

/*@
  ImagePartSpan - the voxels that a part has along one of the file's axes

  Input Parameters:
+ asked - first and last, negative ones counted from the end
- cells - of the image along the axis

  Output Parameter:
. span - first and last, from 0

  Returns:
    false if they are not in the image, or not in this order
@*/
PetscBool ImagePartSpan(const PetscInt asked[2], PetscInt cells, PetscInt span[2]);

/*@
  ImageTakePart - cuts an image and turns it, so that its z runs from anode to cathode

  The film's x, y, z are the file's y, z, x (through x), z, x, y (y) or x, y, z (z); with a minus
  sign the result is then turned half round about the film's x. So it is never mirrored.

  Input Parameter:
. part  - with spans that are in the image

  Input/Output Parameter:
. image - open, as it is in the file; its elements are those of the part from now on, in the order
          of the file
@*/
PetscErrorCode ImageTakePart(const ImagePart *part, Image *image);
