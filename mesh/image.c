#include "image.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include "dream3d.h"
#include "ebsd.h"
#include "metaimage.h"
#include "npy.h"
#include "nrrd.h"
#include "raw.h"
#include "tesr.h"
#include "textelements.h"
#include "tiff.h"
#include "vti.h"
#include "vtk_legacy.h"

static const PetscInt64 most_cells = 1000000; /* along an axis, as in film.cells */

typedef struct {
  const char *ending;
  PetscErrorCode (*open)(const ImageSpec *spec, Problems *problems, Image *image,
                         PetscBool *is_open);
  PetscBool has_orientations; /* of voxels */
} Format;

/* Its cells are no Laguerre cells of seeds in the box, as a tessellation here is made of. */
static PetscErrorCode refuse_tess(const ImageSpec *spec, Problems *problems, Image *image,
                                  PetscBool *is_open)
{
  PetscFunctionBeginUser;
  (void)image;
  *is_open = PETSC_FALSE;
  ProblemsAdd(
      problems, spec->file,
      "is a tessellation of Neper, which is not read: its seeds may lie outside the box and "
      "its cells may be no Laguerre cells; raster it, neper -T -loadtess FILE.tess -format "
      "tesr -tesrsize 128, and take the .tesr");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Format formats[] = {
    {".npy", NpyOpen, PETSC_FALSE},       {".tif", TiffOpen, PETSC_FALSE},
    {".tiff", TiffOpen, PETSC_FALSE},     {".dream3d", Dream3dOpen, PETSC_TRUE},
    {".tesr", TesrOpen, PETSC_FALSE},     {".ang", AngOpen, PETSC_TRUE},
    {".ctf", CtfOpen, PETSC_TRUE},        {".vti", VtiOpen, PETSC_FALSE},
    {".nrrd", NrrdOpen, PETSC_FALSE},     {".nhdr", NrrdOpen, PETSC_FALSE},
    {".mha", MetaImageOpen, PETSC_FALSE}, {".mhd", MetaImageOpen, PETSC_FALSE},
    {".vtk", VtkLegacyOpen, PETSC_FALSE}, {".raw", RawOpen, PETSC_FALSE},
    {".tess", refuse_tess, PETSC_FALSE},
};

PetscErrorCode ImageOpen(const ImageSpec *spec, Problems *problems, Image *image,
                         PetscBool *is_open)
{
  const char *ending = strrchr(spec->file, '.');
  char known[256] = "";
  struct stat status;

  PetscFunctionBeginUser;
  memset(image, 0, sizeof *image);
  *is_open = PETSC_FALSE;
  if (!stat(spec->file, &status) && S_ISDIR(status.st_mode)) ending = ".tif";
  for (size_t f = 0; f < PETSC_STATIC_ARRAY_LENGTH(formats); f++) {
    if (ending && !strcasecmp(ending, formats[f].ending)) {
      if (spec->by_orientation && !formats[f].has_orientations) {
        ProblemsAdd(problems, spec->file,
                    "holds no orientations of voxels: structure.holds = \"orientations\" is for "
                    ".dream3d, .ang and .ctf");
        PetscFunctionReturn(PETSC_SUCCESS);
      }
      PetscCall((*formats[f].open)(spec, problems, image, is_open));
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    PetscCall(PetscStrlcat(known, f ? ", " : "", sizeof known));
    PetscCall(PetscStrlcat(known, formats[f].ending, sizeof known));
  }
  ProblemsAdd(problems, spec->file, "is of no known format; the name of an image must end with %s",
              known);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImageClose(Image *image)
{
  PetscFunctionBeginUser;
  if (image->destroy) PetscCall((*image->destroy)(image->data));
  PetscCall(PetscFree(image->data_file));
  PetscCall(PetscFree(image->phases.name));
  PetscCall(PetscFree(image->phases.laue));
  PetscCall(PetscFree(image->grains.phase));
  PetscCall(PetscFree(image->grains.orientation));
  memset(image, 0, sizeof *image);
  PetscFunctionReturn(PETSC_SUCCESS);
}

void ImageOrder(const Image *image, int order[3])
{
  for (int d = 0; d < 3; d++) {
    int place = d;

    while (place > 0) {
      const int before = order[place - 1];
      const PetscInt64 step = PetscAbsInt(image->step[d]);
      const PetscInt64 other = PetscAbsInt(image->step[before]);

      /* an axis of one cell has the step of the next */
      if (other < step || (other == step && image->cells[before] <= image->cells[d])) break;
      order[place--] = before;
    }
    order[place] = d;
  }
}

PetscErrorCode ImageTryRead(const Image *image, ImageReader read, PetscInt64 first,
                            PetscInt64 count, int64_t *values, PetscBool *is_read)
{
  PetscErrorCode code;

  PetscFunctionBeginUser;
  PetscCall(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = (*read)(image, first, count, values);
  PetscCall(PetscPopErrorHandler());
  *is_read = (PetscBool)(code != PETSC_ERR_FILE_READ);
  if (*is_read) PetscCall(code);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscBool ImageSetShape(const char *path, const double shape[3], PetscBool is_fortran,
                        Problems *problems, Image *image)
{
  const int fast = is_fortran ? 2 : 0, slow = 2 - fast;

  for (int d = 0; d < 3; d++) {
    if (shape[d] >= 1 && shape[d] <= (double)most_cells) continue;
    ProblemsAdd(problems, path,
                "holds %.15g x %.15g x %.15g voxels (x, y, z); each size must be from 1 to "
                "%" PetscInt64_FMT,
                shape[0], shape[1], shape[2], most_cells);
    return PETSC_FALSE;
  }
  for (int d = 0; d < 3; d++) image->cells[d] = (PetscInt)shape[d];
  image->step[fast] = 1;
  image->step[1] = image->cells[fast];
  image->step[slow] = image->step[1] * image->cells[1];
  return PETSC_TRUE;
}

static PetscErrorCode read_elements(const Image *image, PetscInt64 first, PetscInt64 count,
                                    int64_t *values)
{
  PetscFunctionBeginUser;
  PetscCall(ElementsRead(image->data, first, count, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode close_elements(void *data)
{
  Elements *elements = data;

  PetscFunctionBeginUser;
  if (elements->file >= 0) close(elements->file);
  PetscCall(PetscFree(elements));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImageSetElements(const Elements *elements, Image *image)
{
  Elements *own;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&own));
  *own = *elements;
  image->is_unsigned = (PetscBool)!elements->is_signed;
  image->read = read_elements;
  image->destroy = close_elements;
  image->data = own;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_text(const Image *image, PetscInt64 first, PetscInt64 count,
                                int64_t *values)
{
  PetscFunctionBeginUser;
  PetscCall(TextElementsRead(image->data, first, count, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode close_text(void *data)
{
  TextElements *text = data;

  PetscFunctionBeginUser;
  PetscCall(TextElementsClose(&text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImageSetText(FILE *file, PetscInt64 begin, PetscBool has_more, Image *image)
{
  const PetscInt64 total = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  TextElements *text;

  PetscFunctionBeginUser;
  PetscCall(TextElementsOpen(file, begin, total, has_more, &text));
  image->read = read_text;
  image->destroy = close_text;
  image->data = text;
  PetscFunctionReturn(PETSC_SUCCESS);
}
