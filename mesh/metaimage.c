#include "metaimage.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "headerfields.h"
#include "voxeldata.h"

enum {
  OBJECT,
  DIMENSIONS,
  SIZES,
  SPACING,
  ELEMENT_SIZE,
  UNITS,
  MATRIX,
  ROTATION,
  CHANNELS,
  TYPE,
  BINARY,
  ENDIAN_MSB,
  ELEMENT_MSB,
  COMPRESSED,
  HEADER_SIZE,
  DATA_FILE,
  NUM_FIELDS
};

typedef struct {
  const char *path;
  Problems *problems;
  PetscInt64 end; /* byte behind the header */
  int dimension;
  HeaderField fields[NUM_FIELDS];
} Header;

static const char *const field_names[NUM_FIELDS][2] = {
    [OBJECT] = {"ObjectType"},
    [DIMENSIONS] = {"NDims"},
    [SIZES] = {"DimSize"},
    [SPACING] = {"ElementSpacing"},
    [ELEMENT_SIZE] = {"ElementSize"},
    [UNITS] = {"DistanceUnits"},
    [MATRIX] = {"TransformMatrix", "Orientation"},
    [ROTATION] = {"Rotation"},
    [CHANNELS] = {"ElementNumberOfChannels"},
    [TYPE] = {"ElementType"},
    [BINARY] = {"BinaryData"},
    [ENDIAN_MSB] = {"BinaryDataByteOrderMSB"},
    [ELEMENT_MSB] = {"ElementByteOrderMSB"},
    [COMPRESSED] = {"CompressedData"},
    [HEADER_SIZE] = {"HeaderSize"},
    [DATA_FILE] = {"ElementDataFile"}};

/* ElementDataFile is the last line: data may follow it. */
static PetscBool read_fields(Header *header, FILE *file)
{
  char line[HEADER_LINE];

  for (int f = 0; f < NUM_FIELDS; f++) {
    header->fields[f].name = field_names[f][0];
    header->fields[f].synonym = field_names[f][1];
  }
  while (!header->fields[DATA_FILE].value[0]) {
    const int before = header->problems->num_problems;

    if (!HeaderLine(header->path, file, header->problems, line)) {
      if (header->problems->num_problems == before) {
        ProblemsAdd(header->problems, header->path,
                    "is no MetaImage that can be read: its header has no ElementDataFile");
      }
      return PETSC_FALSE;
    }
    if (line[strspn(line, " \t")] &&
        !HeaderFieldRead(header->path, line, '=', NUM_FIELDS, header->fields, header->problems)) {
      return PETSC_FALSE;
    }
  }
  header->end = ftello(file);
  return PETSC_TRUE;
}

static PetscBool refuse(const Header *header, int field, const char *allowed)
{
  ProblemsAdd(header->problems, header->path, "has %s = \"%.60s\"; it must be %s",
              header->fields[field].name, header->fields[field].value, allowed);
  return PETSC_FALSE;
}

/* True or False; False where the field is not there. */
static PetscBool read_truth(const Header *header, int field, PetscBool *is_true)
{
  const char *text = header->fields[field].value;

  *is_true = (PetscBool)(!strcasecmp(text, "True") || !strcmp(text, "1"));
  if (*is_true || !text[0] || !strcasecmp(text, "False") || !strcmp(text, "0")) return PETSC_TRUE;
  return refuse(header, field, "True or False");
}

static PetscBool read_shape(Header *header, Image *image)
{
  double dimension, sizes[3], shape[3];

  if (strcasecmp(header->fields[OBJECT].value, "Image") && header->fields[OBJECT].value[0]) {
    return refuse(header, OBJECT, "Image");
  }
  if (HeaderNumbers(header->fields[DIMENSIONS].value, 1, &dimension) != 1 ||
      (dimension != 2 && dimension != 3)) {
    return refuse(header, DIMENSIONS, "3 (x, y, z) or 2 (x, z)");
  }
  header->dimension = (int)dimension;
  if (HeaderNumbers(header->fields[SIZES].value, 3, sizes) != header->dimension) {
    return refuse(header, SIZES, "a number for each of NDims axes");
  }
  for (int d = 0; d < 3; d++) {
    shape[d] = header->dimension == 3 ? sizes[d] : d == 1 ? 1 : sizes[d / 2];
    if (shape[d] != floor(shape[d])) shape[d] = NAN;
  }
  return ImageSetShape(header->path, shape, PETSC_FALSE, header->problems, image);
}

static PetscBool check_matrix(const Header *header, int field)
{
  const int n = header->dimension;
  double matrix[9];

  if (!header->fields[field].value[0]) return PETSC_TRUE;
  if (HeaderNumbers(header->fields[field].value, 9, matrix) != n * n) {
    return refuse(header, field, "the identity: axes are x, y, z");
  }
  if (n == 2 && matrix[0] == 1 && !matrix[1] && !matrix[2] && !matrix[3]) {
    return PETSC_TRUE; /* VTK writes four of the nine numbers of the identity in space */
  }
  for (int e = 0; e < n * n; e++) {
    if (fabs(matrix[e] - (e % (n + 1) == 0)) < 1e-6) continue;
    return refuse(header, field, "the identity: axes are x, y, z");
  }
  return PETSC_TRUE;
}

static PetscBool read_lengths(const Header *header, Image *image)
{
  static const struct {
    const char *name;
    PetscReal unit;
  } units[] = {{"", 0}, {"?", 0}, {"um", 1e-6}, {"mm", 1e-3}, {"cm", 1e-2}};
  const int field = header->fields[SPACING].value[0] ? SPACING : ELEMENT_SIZE;
  const PetscBool is_given = (PetscBool)(header->fields[field].value[0] != '\0');
  double spacing[3] = {0, 0, 0};
  size_t u = 0;

  if (is_given && HeaderNumbers(header->fields[field].value, 3, spacing) != header->dimension) {
    return refuse(header, field, "a number for each of NDims axes");
  }
  for (int d = 0; is_given && d < header->dimension; d++) {
    if (!(spacing[d] > 0 && isfinite(spacing[d]))) return refuse(header, field, "above 0");
  }
  for (int d = 0; d < 3; d++) {
    image->spacing[d] = header->dimension == 3 ? spacing[d] : d == 1 ? 0 : spacing[d / 2];
  }
  while (u < PETSC_STATIC_ARRAY_LENGTH(units) && strcmp(units[u].name, header->fields[UNITS].value))
    u++;
  if (u == PETSC_STATIC_ARRAY_LENGTH(units)) return refuse(header, UNITS, "um, mm, cm or ?");
  image->unit = units[u].unit;
  return PETSC_TRUE;
}

static PetscBool read_type(const Header *header, Elements *elements)
{
  static const struct {
    const char *name;
    int bytes;
    PetscBool is_signed;
  } types[] = {{"MET_CHAR", 1, PETSC_TRUE},      {"MET_UCHAR", 1, PETSC_FALSE},
               {"MET_SHORT", 2, PETSC_TRUE},     {"MET_USHORT", 2, PETSC_FALSE},
               {"MET_INT", 4, PETSC_TRUE},       {"MET_UINT", 4, PETSC_FALSE},
               {"MET_LONG", 4, PETSC_TRUE},      {"MET_ULONG", 4, PETSC_FALSE},
               {"MET_LONG_LONG", 8, PETSC_TRUE}, {"MET_ULONG_LONG", 8, PETSC_FALSE}};
  const char *channels = header->fields[CHANNELS].value;

  if (channels[0] && strcmp(channels, "1")) return refuse(header, CHANNELS, "1, a label a voxel");
  for (size_t t = 0; t < PETSC_STATIC_ARRAY_LENGTH(types); t++) {
    if (strcmp(types[t].name, header->fields[TYPE].value)) continue;
    elements->bytes = types[t].bytes;
    elements->is_signed = types[t].is_signed;
    return PETSC_TRUE;
  }
  return refuse(header, TYPE, "of integers, like MET_UCHAR or MET_USHORT, as labels are");
}

/* Either of two fields says so; with both they must agree. */
static PetscBool read_byte_order(const Header *header, PetscBool *is_big_endian)
{
  PetscBool of_element;

  if (!read_truth(header, ENDIAN_MSB, is_big_endian) ||
      !read_truth(header, ELEMENT_MSB, &of_element)) {
    return PETSC_FALSE;
  }
  if (!header->fields[ENDIAN_MSB].value[0]) *is_big_endian = of_element;
  if (!header->fields[ELEMENT_MSB].value[0] || of_element == *is_big_endian) return PETSC_TRUE;
  return refuse(header, ELEMENT_MSB, "what BinaryDataByteOrderMSB is");
}

static PetscBool find_data(const Header *header, VoxelData *data)
{
  const char *file = header->fields[DATA_FILE].value, *size = header->fields[HEADER_SIZE].value;
  PetscBool is_binary, is_compressed;
  double skip = 0;

  if (!read_truth(header, BINARY, &is_binary) || !read_truth(header, COMPRESSED, &is_compressed) ||
      !read_byte_order(header, &data->elements.is_big_endian)) {
    return PETSC_FALSE;
  }
  data->encoding = is_compressed ? VOXELS_DEFLATED : is_binary ? VOXELS_RAW : VOXELS_TEXT;
  if (is_compressed && !is_binary && header->fields[BINARY].value[0]) {
    return refuse(header, BINARY, "True where CompressedData is");
  }
  if (size[0] && (HeaderNumbers(size, 1, &skip) != 1 || skip != floor(skip) || skip > 1e15 ||
                  skip < (data->encoding == VOXELS_RAW ? -1 : 0))) {
    return refuse(header, HEADER_SIZE,
                  "a number of bytes (-1, all before the data: not of text or "
                  "compressed ones)");
  }
  if (HeaderNamesManyFiles(file)) {
    return refuse(header, DATA_FILE, "LOCAL or one file");
  }
  data->file = strcasecmp(file, "LOCAL") ? file : NULL;
  data->begin = data->file ? 0 : header->end;
  if (data->encoding == VOXELS_DEFLATED) {
    data->begin += (PetscInt64)skip; /* before the stream */
  } else {
    data->bytes = (PetscInt64)skip;
  }
  return PETSC_TRUE;
}

PetscErrorCode MetaImageOpen(const ImageSpec *spec, Problems *problems, Image *image,
                             PetscBool *is_open)
{
  FILE *file = fopen(spec->file, "rbe");
  VoxelData data = {.header = spec->file};
  Header *header;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  if (!file) {
    ProblemsAdd(problems, spec->file, "cannot be read: %s", strerror(errno));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscNew(&header));
  header->path = spec->file;
  header->problems = problems;
  if (read_fields(header, file) && read_shape(header, image) && check_matrix(header, MATRIX) &&
      check_matrix(header, ROTATION) && read_lengths(header, image) &&
      read_type(header, &data.elements) && find_data(header, &data)) {
    PetscCall(VoxelDataOpen(&data, problems, image, is_open));
  }
  fclose(file);
  PetscCall(PetscFree(header));
  PetscFunctionReturn(PETSC_SUCCESS);
}
