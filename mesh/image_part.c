#include "image_part.h"

#include <string.h>

const char *const ThroughAxes[] = {"z", "x", "y", "-z", "-x", "-y", NULL};

/* A box of voxels; axes from the fastest in the file on. */
typedef struct {
  Image whole;
  PetscInt64 first, count[3], step[3]; /* elements of the whole image */
} Box;

PetscBool ImagePartSpan(const PetscInt asked[2], PetscInt cells, PetscInt span[2])
{
  for (int e = 0; e < 2; e++) span[e] = asked[e] < 0 ? asked[e] + cells : asked[e];
  return (PetscBool)(span[0] >= 0 && span[0] <= span[1] && span[1] < cells);
}

static PetscErrorCode read_rows(const Box *box, ImageReader read, PetscInt64 first,
                                PetscInt64 count, int64_t *values)
{
  PetscFunctionBeginUser;
  while (count > 0) {
    const PetscInt64 row = first / box->count[0], at = first % box->count[0];
    const PetscInt64 now = PetscMin(count, box->count[0] - at);

    PetscCall((*read)(&box->whole,
                      box->first + at + row % box->count[1] * box->step[1] +
                          row / box->count[1] * box->step[2],
                      now, values));
    first += now;
    values += now;
    count -= now;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_labels(const Image *image, PetscInt64 first, PetscInt64 count,
                                  int64_t *values)
{
  const Box *box = image->data;

  PetscFunctionBeginUser;
  PetscCall(read_rows(box, box->whole.read, first, count, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_phases(const Image *image, PetscInt64 first, PetscInt64 count,
                                  int64_t *values)
{
  const Box *box = image->data;

  PetscFunctionBeginUser;
  PetscCall(read_rows(box, box->whole.read_phases, first, count, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Box *box = data;

  PetscFunctionBeginUser;
  PetscCall(ImageClose(&box->whole));
  PetscCall(PetscFree(box));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode crop(const PetscInt span[3][2], Image *image)
{
  PetscInt64 step = 1;
  int order[3];
  Box *box;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&box));
  box->whole = *image;
  ImageOrder(image, order);
  for (int o = 0; o < 3; o++) {
    const int d = order[o];

    image->cells[d] = span[d][1] - span[d][0] + 1;
    image->step[d] = step;
    step *= image->cells[d];
    box->first += span[d][0] * box->whole.step[d];
    box->count[o] = image->cells[d];
    box->step[o] = box->whole.step[d];
  }
  image->read = read_labels;
  image->read_phases = box->whole.read_phases ? read_phases : NULL;
  image->destroy = destroy;
  image->data = box;
  memset(&box->whole.phases, 0, sizeof box->whole.phases); /* the part has them */
  memset(&box->whole.grains, 0, sizeof box->whole.grains);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void turn(ThroughAxis through, Image *image)
{
  const Image in_file = *image;

  for (int d = 0; d < 3; d++) {
    const int from = (through % 3 + d) % 3;

    image->cells[d] = in_file.cells[from];
    image->step[d] = in_file.step[from];
    image->spacing[d] = in_file.spacing[from];
    if (through < THROUGH_MINUS_Z || d == 0) continue;
    image->origin += (image->cells[d] - 1) * image->step[d];
    image->step[d] = -image->step[d];
  }
}

PetscErrorCode ImageTakePart(const ImagePart *part, Image *image)
{
  PetscInt span[3][2];

  PetscFunctionBeginUser;
  for (int d = 0; d < 3 && part->is_cropped; d++) {
    PetscCheck(ImagePartSpan(part->voxels[d], image->cells[d], span[d]), PETSC_COMM_SELF,
               PETSC_ERR_ARG_OUTOFRANGE, "the part is not in the image");
  }
  if (part->is_cropped) PetscCall(crop((const PetscInt(*)[2])span, image));
  turn(part->through, image);
  PetscFunctionReturn(PETSC_SUCCESS);
}
