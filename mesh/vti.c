#include "vti.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "vti_head.h"
#include "vtkbytes.h"

static PetscErrorCode read_bytes(const Image *image, PetscInt64 first, PetscInt64 count,
                                 int64_t *values)
{
  PetscFunctionBeginUser;
  PetscCall(VtkBytesRead(image->data, first, count, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode close_bytes(void *data)
{
  VtkBytes *bytes = data;

  PetscFunctionBeginUser;
  PetscCall(VtkBytesClose(&bytes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscBool check_head(const char *path, const VtiHead *head, Problems *problems)
{
  if (strcmp(head->kind, "ImageData") || !head->has_image) {
    ProblemsAdd(problems, path,
                "is no VTK file of type ImageData (but \"%s\"), which .vti stands for", head->kind);
  } else if (head->num_pieces != 1) {
    ProblemsAdd(problems, path, "consists of %" PetscInt_FMT " pieces; one is read",
                head->num_pieces);
  } else if (memcmp(head->whole, head->piece, sizeof head->whole)) {
    ProblemsAdd(problems, path, "has a piece whose Extent is not the WholeExtent");
  } else if (strcmp(head->header_type, "UInt32") && strcmp(head->header_type, "UInt64")) {
    ProblemsAdd(problems, path, "has header_type \"%s\"; UInt32 and UInt64 are known",
                head->header_type);
  } else if (strcmp(head->byte_order, "LittleEndian") && strcmp(head->byte_order, "BigEndian")) {
    ProblemsAdd(problems, path, "has byte_order \"%s\"; LittleEndian and BigEndian are known",
                head->byte_order);
  } else if (head->compressor[0] && strcmp(head->compressor, "vtkZLibDataCompressor")) {
    ProblemsAdd(problems, path,
                "is compressed with %s; vtkZLibDataCompressor is known (in VTK: "
                "writer.SetCompressorTypeToZLib())",
                head->compressor);
  } else {
    for (int d = 0; d < 9; d++) {
      if (fabs(head->direction[d] - (d % 4 == 0)) < 1e-6) continue;
      ProblemsAdd(problems, path, "has a Direction that is not the identity: axes must be x, y, z");
      return PETSC_FALSE;
    }
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* Where the array's bytes are; false with a problem if they are nowhere. */
static PetscBool find_bytes(const char *path, const VtiHead *head, const VtiArray *array,
                            PetscInt64 size, Problems *problems, VtkLayout *layout)
{
  char text[4096];
  ssize_t count;

  layout->begin = array->begin;
  layout->end = array->end;
  layout->is_base64 = PETSC_TRUE;
  if (!strcmp(array->format, "appended")) {
    layout->is_base64 = (PetscBool)strcmp(head->encoding, "raw");
    layout->begin = head->appended;
    layout->end = size;
  }
  count = pread(layout->file, text, sizeof text, layout->begin);
  for (ssize_t c = 0; c < count; c++) {
    if (strchr(" \t\r\n", text[c])) continue;
    layout->begin += c;
    if (strcmp(array->format, "appended")) return PETSC_TRUE;
    if (!head->encoding[0] || text[c] != '_' ||
        !(array->offset >= 0 && array->offset < (double)size))
      break;
    layout->begin += 1 + (PetscInt64)array->offset;
    return PETSC_TRUE;
  }
  ProblemsAdd(problems, path,
              "has no data for the array \"%s\": they must stand in it, or behind the _ of "
              "AppendedData at its offset",
              array->name);
  return PETSC_FALSE;
}

/* Makes the array ready to be read. */
static PetscErrorCode open_array(const char *path, int file, const VtiHead *head,
                                 const VtiArray *array, Problems *problems, Image *image,
                                 PetscBool *is_open)
{
  const PetscInt64 total = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  VtkLayout layout = {.file = file,
                      .header_bytes = strcmp(head->header_type, "UInt64") ? 4 : 8,
                      .is_compressed = (PetscBool)(head->compressor[0] != '\0'),
                      .elements.bytes = VtiBytes(array, &layout.elements.is_signed),
                      .elements.is_big_endian = (PetscBool)(head->byte_order[0] == 'B')};
  const char *why = NULL;
  struct stat status;

  PetscFunctionBeginUser;
  image->is_unsigned = (PetscBool)!layout.elements.is_signed;
  if (!strcmp(array->format, "ascii")) {
    if (2 * total - 1 > array->end - array->begin) {
      why = "it is cut short";
      close(file);
    } else {
      PetscCall(ImageSetText(fdopen(file, "rb"), array->begin, PETSC_FALSE, image));
    }
  } else {
    VtkBytes *bytes;

    if (fstat(file, &status) ||
        !find_bytes(path, head, array, (PetscInt64)status.st_size, problems, &layout)) {
      close(file);
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    PetscCall(VtkBytesOpen(&layout, total, &bytes, &why));
    image->data = bytes;
    image->read = read_bytes;
    image->destroy = close_bytes;
  }
  if (why) {
    ProblemsAdd(problems, path, "has the array \"%s\" for %" PetscInt64_FMT " voxels, but %s",
                array->name, total, why);
  }
  *is_open = (PetscBool)!why;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VtiOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  const int file = open(spec->file, O_RDONLY | O_CLOEXEC);
  const VtiArray *array = NULL;
  VtiHead head;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (file < 0) {
    ProblemsAdd(problems, spec->file, "cannot be read: %s", strerror(errno));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(VtiHeadRead(spec->file, file, problems, &head, is_open));
  if (*is_open && check_head(spec->file, &head, problems))
    array = VtiChoose(spec->file, spec->array, &head, problems);
  *is_open = PETSC_FALSE;
  if (array && VtiSetShape(spec->file, &head, array, problems, image)) {
    PetscCall(open_array(spec->file, file, &head, array, problems, image, is_open));
  } else {
    close(file);
  }
  PetscCall(PetscFree(head.arrays));
  PetscFunctionReturn(PETSC_SUCCESS);
}
