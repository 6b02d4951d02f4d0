#include "tesr.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORD = 256, MOST_CELLS = 20000000 };

typedef struct {
  const char *path;
  FILE *file;
  Problems *problems;
  char word[WORD]; /* the last one read; empty at the end of the file */
  int dimension;
  char data_format[WORD];
  char data_file[PETSC_MAX_PATH_LEN]; /* empty: in the file itself */
} Reader;

static PetscBool read_word(Reader *reader)
{
  if (fscanf(reader->file, "%255s", reader->word) == 1) return PETSC_TRUE;
  reader->word[0] = '\0';
  return PETSC_FALSE;
}

static PetscBool expect(Reader *reader, const char *word)
{
  if (read_word(reader) && !strcmp(reader->word, word)) return PETSC_TRUE;
  ProblemsAdd(reader->problems, reader->path,
              "is no raster tessellation that can be read: it has \"%.60s\" where %s should be",
              reader->word, word);
  return PETSC_FALSE;
}

static PetscBool read_numbers(Reader *reader, const char *what, int num, double *numbers)
{
  for (int n = 0; n < num; n++) {
    char *end = NULL;

    if (read_word(reader)) numbers[n] = strtod(reader->word, &end);
    if (end && end != reader->word && !*end && isfinite(numbers[n])) continue;
    ProblemsAdd(reader->problems, reader->path, "has \"%.60s\" where %s should be", reader->word,
                what);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* ***tesr, **format and **general, to the word behind them. */
static PetscBool read_head(Reader *reader, Image *image)
{
  double dimension = 0, sizes[3] = {1, 1, 1}, spacing[3] = {0, 0, 0}, shape[3];

  if (!expect(reader, "***tesr") || !expect(reader, "**format")) return PETSC_FALSE;
  if (!read_word(reader) ||
      (strcmp(reader->word, "2.0") && strcmp(reader->word, "2.1") && strcmp(reader->word, "2.2"))) {
    ProblemsAdd(reader->problems, reader->path, "is of format \"%.60s\"; 2.0 to 2.2 are known",
                reader->word);
    return PETSC_FALSE;
  }
  if (!strcmp(reader->word, "2.0") && read_word(reader)) {
    snprintf(reader->data_format, sizeof reader->data_format, "%s", reader->word);
  }
  if (!expect(reader, "**general") || !read_numbers(reader, "the dimension", 1, &dimension)) {
    return PETSC_FALSE;
  }
  if (dimension != 2 && dimension != 3) {
    ProblemsAdd(reader->problems, reader->path, "is of dimension %g; it must be 2 or 3", dimension);
    return PETSC_FALSE;
  }
  reader->dimension = (int)dimension;
  if (!read_numbers(reader, "a number of voxels", reader->dimension, sizes) ||
      !read_numbers(reader, "the size of a voxel", reader->dimension, spacing)) {
    return PETSC_FALSE;
  }
  for (int d = 0; d < 3; d++) {
    const int from = reader->dimension == 3 ? d : d == 2 ? 1 : 2 * d; /* of a section y is z */

    shape[d] = sizes[from];
    image->spacing[d] = spacing[from];
    if (from < reader->dimension && !(spacing[from] > 0)) {
      ProblemsAdd(reader->problems, reader->path, "has voxels of size %g; it must be above 0",
                  spacing[from]);
      return PETSC_FALSE;
    }
  }
  read_word(reader);
  return ImageSetShape(reader->path, shape, PETSC_FALSE, reader->problems, image);
}

/* How Neper describes orientations, and by how many numbers. */
static const struct {
  const char *name, *old_name;
  int num;
} descriptors[] = {{"rodrigues", "R", 3},
                   {"quaternion", "q", 4},
                   {"axis-angle", "rtheta", 4},
                   {"euler-bunge", "e", 3}};

static Quaternion make_quaternion(int descriptor, PetscBool is_passive, const double v[4])
{
  Quaternion q = {1, 0, 0, 0};
  PetscReal length;

  switch (descriptor) {
  case 0:
    q = (Quaternion){1, v[0], v[1], v[2]};
    break;
  case 1:
    q = (Quaternion){v[0], v[1], v[2], v[3]};
    break;
  case 2:
    q = QuaternionFromAxis(v, v[3] * PETSC_PI / 180);
    break;
  default:
    q = QuaternionFromEuler(
        (const PetscReal[3]){v[0] * PETSC_PI / 180, v[1] * PETSC_PI / 180, v[2] * PETSC_PI / 180});
  }
  length = sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  q = (Quaternion){q.w / length, q.x / length, q.y / length, q.z / length};
  return is_passive ? QuaternionInvert(q) : q;
}

/* "rodrigues:active" and the like; -1 with a problem. */
static int read_descriptor(Reader *reader, PetscBool *is_passive)
{
  char *colon;

  read_word(reader);
  colon = strchr(reader->word, ':');
  *is_passive = (PetscBool)(colon && !strcmp(colon, ":passive"));
  if (!colon || *is_passive || !strcmp(colon, ":active")) {
    if (colon) *colon = '\0';
    for (int d = 0; d < (int)PETSC_STATIC_ARRAY_LENGTH(descriptors); d++) {
      if (!strcmp(reader->word, descriptors[d].name) ||
          !strcmp(reader->word, descriptors[d].old_name)) {
        return d;
      }
    }
  }
  ProblemsAdd(
      reader->problems, reader->path,
      "has orientations as \"%.60s\"; rodrigues, quaternion, axis-angle and euler-bunge are "
      "known, :active or :passive (neper -T -loadtesr ... -oridescriptor rodrigues)",
      reader->word);
  return -1;
}

/* One row a cell; room grows with what is there, not with the number claimed. */
static PetscErrorCode read_orientations(Reader *reader, PetscInt num, ImageGrains *grains,
                                        PetscBool *is_read)
{
  PetscBool is_passive;
  const int descriptor = read_descriptor(reader, &is_passive);
  PetscInt room = 0;

  PetscFunctionBeginUser;
  *is_read = (PetscBool)(descriptor >= 0);
  for (PetscInt g = 0; *is_read && g <= num; g++) {
    double v[4] = {1, 0, 0, 0};

    if (g == room) {
      room = 2 * room + 64;
      PetscCall(PetscRealloc((size_t)room * sizeof *grains->orientation, &grains->orientation));
    }
    if (g > 0) {
      *is_read = read_numbers(reader, "an orientation", descriptors[descriptor].num, v);
      if (*is_read && (descriptor == 1 || descriptor == 2) && v[0] == 0 && v[1] == 0 && v[2] == 0 &&
          (descriptor == 2 || v[3] == 0)) {
        ProblemsAdd(reader->problems, reader->path,
                    "has an orientation of no direction, that of cell %" PetscInt_FMT, g);
        *is_read = PETSC_FALSE;
      }
    }
    grains->orientation[g] = make_quaternion(g ? descriptor : 1, is_passive, v);
    grains->num = g + 1;
  }
  read_word(reader);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_symmetry(Reader *reader, ImagePhases *phases, PetscBool *is_read)
{
  static const struct {
    const char *name;
    LaueClass laue;
  } names[] = {{"triclinic", LAUE_TRICLINIC}, {"cubic", LAUE_CUBIC}, {"hexagonal", LAUE_HEXAGONAL}};
  LaueClass laue = LAUE_UNKNOWN;

  PetscFunctionBeginUser;
  read_word(reader);
  for (size_t n = 0; n < PETSC_STATIC_ARRAY_LENGTH(names); n++) {
    if (!strcmp(reader->word, names[n].name)) laue = names[n].laue;
  }
  for (int l = 1; l < NUM_LAUE_CLASSES; l++) {
    if (!strcmp(reader->word, LaueClassNames[l])) laue = (LaueClass)l;
  }
  *is_read = (PetscBool)(laue != LAUE_UNKNOWN);
  if (!*is_read) {
    ProblemsAdd(reader->problems, reader->path, "has a crystal symmetry \"%.60s\" that is unknown",
                reader->word);
  } else if (!phases->num) {
    phases->num = 1;
    PetscCall(PetscCalloc1(2, &phases->name));
    PetscCall(PetscCalloc1(2, &phases->laue));
    phases->laue[1] = laue;
  }
  read_word(reader);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Skips what is not needed as far as **data; keeps orientations and symmetry of cells. */
static PetscErrorCode read_cells(Reader *reader, Image *image, PetscBool *is_read)
{
  PetscInt num = 0;

  PetscFunctionBeginUser;
  *is_read = PETSC_TRUE;
  while (*is_read && reader->word[0] && strcmp(reader->word, "**data")) {
    const PetscBool is_cell = (PetscBool)!strcmp(reader->word, "**cell");

    if (!strcmp(reader->word, "*ori") && !image->grains.num) {
      PetscCall(read_orientations(reader, num, &image->grains, is_read));
    } else if (!strcmp(reader->word, "*crysym")) {
      PetscCall(read_symmetry(reader, &image->phases, is_read));
    } else {
      read_word(reader);
      if (is_cell && reader->word[0] != '*') {
        const long long claimed = strtoll(reader->word, NULL, 10);

        num = (PetscInt)PetscMax(0, PetscMin(claimed, MOST_CELLS));
      }
    }
  }
  if (*is_read && !reader->word[0]) {
    ProblemsAdd(reader->problems, reader->path,
                "has no **data, the cell of each voxel (orientations of voxels are not enough)");
    *is_read = PETSC_FALSE;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Behind **data: the format, and another file's name if there is one. Leaves the file where the
   data begin. */
static PetscBool read_data_head(Reader *reader)
{
  PetscInt64 begin;

  if (!reader->data_format[0]) {
    if (!read_word(reader)) return PETSC_TRUE; /* refused as a format */
    snprintf(reader->data_format, sizeof reader->data_format, "%s", reader->word);
  }
  getc(reader->file); /* the end of the line; data may begin with any byte behind it */
  begin = ftello(reader->file);
  if (!read_word(reader) || strcmp(reader->word, "*file")) {
    fseeko(reader->file, begin, SEEK_SET);
    return PETSC_TRUE;
  }
  if (read_word(reader)) {
    const char *slash = strrchr(reader->path, '/');

    snprintf(reader->data_file, sizeof reader->data_file, "%.*s%s",
             slash ? (int)(slash - reader->path + 1) : 0, reader->path, reader->word);
    return PETSC_TRUE;
  }
  ProblemsAdd(reader->problems, reader->path, "names no file behind *file");
  return PETSC_FALSE;
}

/* In the file itself something must follow binary data, else they are of other sizes. */
static PetscBool ends_well(const Reader *reader, const Elements *elements, PetscInt64 bytes,
                           PetscInt64 there)
{
  char behind[16] = "";

  if (reader->data_file[0]) return (PetscBool)(bytes == there);
  if (bytes > there) return PETSC_FALSE;
  if (pread(elements->file, behind, sizeof behind - 1, elements->begin + bytes) < 0) {
    return PETSC_FALSE;
  }
  return (PetscBool)(behind[strspn(behind, " \r\n")] == '*');
}

static PetscErrorCode open_data(const Reader *reader, Image *image, PetscBool *is_open)
{
  static const struct {
    const char *name;
    int bytes;
    PetscBool is_signed, is_big_endian;
  } formats[] = {
      {"ascii", 0, PETSC_TRUE, PETSC_FALSE},    {"binary8", 1, PETSC_FALSE, PETSC_FALSE},
      {"binary16", 2, PETSC_TRUE, PETSC_FALSE}, {"binary16_big", 2, PETSC_TRUE, PETSC_TRUE},
      {"binary32", 4, PETSC_TRUE, PETSC_FALSE}, {"binary32_big", 4, PETSC_TRUE, PETSC_TRUE}};
  const PetscInt64 total = (PetscInt64)image->cells[0] * image->cells[1] * image->cells[2];
  const char *path = reader->data_file[0] ? reader->data_file : reader->path;
  Elements elements = {.file = -1,
                       .begin = reader->data_file[0] ? 0 : (PetscInt64)ftello(reader->file)};
  size_t f = 0;
  struct stat status;
  FILE *file;

  PetscFunctionBeginUser;
  while (f < PETSC_STATIC_ARRAY_LENGTH(formats) && strcmp(reader->data_format, formats[f].name))
    f++;
  if (f == PETSC_STATIC_ARRAY_LENGTH(formats)) {
    ProblemsAdd(
        reader->problems, reader->path,
        "has data of format \"%.60s\"; ascii, binary8, binary16, binary16_big, binary32 and "
        "binary32_big are known",
        reader->data_format);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  file = fopen(path, "rbe");
  if (!file || fstat(fileno(file), &status) || !S_ISREG(status.st_mode)) {
    ProblemsAdd(reader->problems, path, "cannot be read: %s",
                file ? "it is no file" : strerror(errno));
    if (file) fclose(file);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  elements.bytes = formats[f].bytes;
  elements.is_signed = formats[f].is_signed;
  elements.is_big_endian = formats[f].is_big_endian;
  *is_open =
      (PetscBool)(elements.bytes || 2 * total - 1 <= (PetscInt64)status.st_size - elements.begin);
  if (elements.bytes) {
    elements.file = open(path, O_RDONLY | O_CLOEXEC);
    *is_open = ends_well(reader, &elements, total * elements.bytes,
                         (PetscInt64)status.st_size - elements.begin);
    PetscCall(ImageSetElements(&elements, image));
    fclose(file);
  } else {
    PetscCall(ImageSetText(file, elements.begin, PETSC_FALSE, image));
  }
  if (reader->data_file[0]) PetscCall(PetscStrallocpy(path, &image->data_file));
  if (!*is_open) {
    ProblemsAdd(reader->problems, path,
                "has data of another length than %" PetscInt64_FMT " voxels in format %s take",
                total, reader->data_format);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TesrOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  Reader reader = {.path = spec->file, .file = fopen(spec->file, "rbe"), .problems = problems};
  PetscBool is_read = PETSC_FALSE;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (!reader.file) {
    ProblemsAdd(problems, spec->file, "cannot be read: %s", strerror(errno));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (read_head(&reader, image)) PetscCall(read_cells(&reader, image, &is_read));
  if (is_read && read_data_head(&reader)) PetscCall(open_data(&reader, image, is_open));
  fclose(reader.file);
  PetscFunctionReturn(PETSC_SUCCESS);
}
