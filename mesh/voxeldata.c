#include "voxeldata.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "deflated.h"

static PetscErrorCode read_deflated(const Image *image, PetscInt64 first, PetscInt64 count,
                                    int64_t *values)
{
  PetscFunctionBeginUser;
  PetscCall(DeflatedRead(image->data, first, count, values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode close_deflated(void *data)
{
  Deflated *deflated = data;

  PetscFunctionBeginUser;
  PetscCall(DeflatedClose(&deflated));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Path of the file with the voxels; beside the header unless it is absolute. */
static void join_path(const VoxelData *data, char *path, size_t size)
{
  const char *slash = strrchr(data->header, '/');

  if (!data->file) {
    snprintf(path, size, "%s", data->header);
  } else if (data->file[0] == '/' || !slash) {
    snprintf(path, size, "%s", data->file);
  } else {
    snprintf(path, size, "%.*s%s", (int)(slash - data->header + 1), data->header, data->file);
  }
}

/* Opens the file; -1 with a problem. */
static int open_file(const VoxelData *data, const char *path, Problems *problems,
                     struct stat *status)
{
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* waits for no pipe */
  struct stat header;

  if (file < 0 || fstat(file, status) || !S_ISREG(status->st_mode)) {
    ProblemsAdd(problems, path, "cannot be read: %s", file < 0 ? strerror(errno) : "it is no file");
  } else if (data->file && !stat(data->header, &header) && header.st_ino == status->st_ino &&
             header.st_dev == status->st_dev) {
    ProblemsAdd(problems, path, "names itself as the file of its voxels");
  } else {
    return file;
  }
  if (file >= 0) close(file);
  return -1;
}

/* Byte behind so many lines; -1 if there are fewer. */
static PetscInt64 skip_lines(int file, PetscInt64 begin, PetscInt64 lines)
{
  char block[4096];
  ssize_t got;

  while (lines > 0 && (got = pread(file, block, sizeof block, (off_t)begin)) > 0) {
    ssize_t c = 0;

    while (c < got && lines > 0) lines -= block[c++] == '\n';
    begin += c;
  }
  return lines ? -1 : begin;
}

/* Whether there are so many voxels behind byte `begin`, as far as can be seen without reading. */
static PetscBool fits(const VoxelData *data, PetscInt64 total, PetscInt64 begin, PetscInt64 there)
{
  const PetscInt64 size = total * data->elements.bytes;

  if (begin < 0 || begin > there) return PETSC_FALSE;
  if (data->encoding == VOXELS_RAW) return (PetscBool)(there - begin == size);
  if (data->encoding == VOXELS_TEXT) return (PetscBool)(2 * total - 1 <= there - begin);
  return (PetscBool)(size <= DeflatedMost(there - begin) && data->bytes <= PETSC_MAX_INT);
}

static PetscErrorCode set_reader(const VoxelData *data, const Elements *elements, PetscInt64 total,
                                 Image *image)
{
  PetscFunctionBeginUser;
  if (data->encoding == VOXELS_RAW) {
    PetscCall(ImageSetElements(elements, image));
  } else if (data->encoding == VOXELS_TEXT) {
    PetscCall(ImageSetText(fdopen(elements->file, "rb"), elements->begin, PETSC_FALSE, image));
  } else {
    Deflated *deflated;

    PetscCall(DeflatedOpen(elements, data->bytes, total, &deflated));
    image->data = deflated;
    image->read = read_deflated;
    image->destroy = close_deflated;
    image->is_unsigned = (PetscBool)!elements->is_signed;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VoxelDataOpen(const VoxelData *data, Problems *problems, Image *image,
                             PetscBool *is_open)
{
  const PetscInt64 total = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  Elements elements = data->elements;
  char path[2 * PETSC_MAX_PATH_LEN];
  struct stat status;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  join_path(data, path, sizeof path);
  elements.file = open_file(data, path, problems, &status);
  if (elements.file < 0) PetscFunctionReturn(PETSC_SUCCESS);
  elements.begin = skip_lines(elements.file, data->begin, data->lines);
  if (data->bytes < 0) {
    const PetscInt64 begin = (PetscInt64)status.st_size - total * elements.bytes;

    elements.begin = begin < elements.begin ? -1 : begin;
  } else if (data->encoding != VOXELS_DEFLATED && elements.begin >= 0) {
    elements.begin += PetscMin(data->bytes, (PetscInt64)status.st_size + 1);
  }
  if (!fits(data, total, elements.begin, (PetscInt64)status.st_size)) {
    ProblemsAdd(problems, path,
                "has data of another length than %" PetscInt64_FMT " voxels of %d bytes take%s",
                total, elements.bytes,
                data->encoding == VOXELS_RAW        ? ""
                : data->encoding == VOXELS_DEFLATED ? ", compressed"
                                                    : " as text");
    close(elements.file);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(set_reader(data, &elements, total, image));
  if (data->file) PetscCall(PetscStrallocpy(path, &image->data_file));
  *is_open = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}
