#include "nrrd.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "headerfields.h"
#include "voxeldata.h"

enum {
  DIMENSION,
  TYPE,
  ENCODING,
  ENDIAN,
  SIZES,
  SPACINGS,
  DIRECTIONS,
  SPACE_UNITS,
  UNITS,
  KINDS,
  DATA_FILE,
  BYTE_SKIP,
  LINE_SKIP,
  NUM_FIELDS
};

typedef struct {
  const char *path;
  Problems *problems;
  PetscBool has_data; /* the header ends with an empty line, behind which data may stand */
  PetscInt64 end;     /* byte behind that line */
  int dimension;
  HeaderField fields[NUM_FIELDS];
} Header;

static const char *const field_names[NUM_FIELDS][2] = {[DIMENSION] = {"dimension"},
                                                       [TYPE] = {"type"},
                                                       [ENCODING] = {"encoding"},
                                                       [ENDIAN] = {"endian"},
                                                       [SIZES] = {"sizes"},
                                                       [SPACINGS] = {"spacings"},
                                                       [DIRECTIONS] = {"space directions"},
                                                       [SPACE_UNITS] = {"space units"},
                                                       [UNITS] = {"units"},
                                                       [KINDS] = {"kinds"},
                                                       [DATA_FILE] = {"data file", "datafile"},
                                                       [BYTE_SKIP] = {"byte skip", "byteskip"},
                                                       [LINE_SKIP] = {"line skip", "lineskip"}};

static PetscBool read_fields(Header *header, FILE *file)
{
  char line[HEADER_LINE] = "";

  for (int f = 0; f < NUM_FIELDS; f++) {
    header->fields[f].name = field_names[f][0];
    header->fields[f].synonym = field_names[f][1];
  }
  if (fread(line, 1, 9, file) < 9 || strncmp(line, "NRRD000", 7) || line[7] < '1' ||
      line[7] > '5' || (line[8] != '\n' && line[8] != '\r')) {
    ProblemsAdd(header->problems, header->path,
                "is no NRRD file: it must begin with a line NRRD0001 to NRRD0005");
    return PETSC_FALSE;
  }
  if (line[8] == '\r') getc(file);
  while (HeaderLine(header->path, file, header->problems, line)) {
    const char *between = strchr(line, ':');

    if (!line[0]) {
      header->has_data = PETSC_TRUE;
      break;
    }
    if (line[0] == '#' || (between && between[1] == '=')) continue; /* a comment; a key and value */
    if (!HeaderFieldRead(header->path, line, ':', NUM_FIELDS, header->fields, header->problems)) {
      return PETSC_FALSE;
    }
  }
  header->end = ftello(file);
  return PETSC_TRUE;
}

/* A whole number of at least `least`, or `otherwise` where the field is not there. */
static PetscBool read_count(const Header *header, int field, double least, double otherwise,
                            double *count)
{
  const char *text = header->fields[field].value;

  *count = otherwise;
  if (!text[0] && isfinite(otherwise)) return PETSC_TRUE;
  if (HeaderNumbers(text, 1, count) == 1 && *count >= least && *count <= 1e15 &&
      *count == floor(*count)) {
    return PETSC_TRUE;
  }
  ProblemsAdd(header->problems, header->path,
              "has \"%.60s\" as \"%s\"; it must be a whole number of at least %g", text,
              header->fields[field].name, least);
  return PETSC_FALSE;
}

static PetscBool read_shape(Header *header, Image *image)
{
  double dimension, sizes[3], shape[3];

  if (!read_count(header, DIMENSION, 0, NAN, &dimension)) return PETSC_FALSE;
  if (dimension != 2 && dimension != 3) {
    ProblemsAdd(header->problems, header->path,
                "has %g axes; it must have 3 (x, y, z) or 2 (x, z), and one label a voxel",
                dimension);
    return PETSC_FALSE;
  }
  header->dimension = (int)dimension;
  if (HeaderNumbers(header->fields[SIZES].value, 3, sizes) != header->dimension) {
    ProblemsAdd(header->problems, header->path, "has sizes \"%.60s\"; they must be %d numbers",
                header->fields[SIZES].value, header->dimension);
    return PETSC_FALSE;
  }
  for (int d = 0; d < 3; d++) {
    shape[d] = header->dimension == 3 ? sizes[d] : d == 1 ? 1 : sizes[d / 2];
    if (shape[d] != floor(shape[d])) shape[d] = NAN;
  }
  return ImageSetShape(header->path, shape, PETSC_FALSE, header->problems, image);
}

/* Every axis must be one of space: of colours or components there is no label. */
static PetscBool check_kinds(const Header *header)
{
  char text[HEADER_LINE], *rest = text;

  snprintf(text, sizeof text, "%s", header->fields[KINDS].value);
  for (const char *kind; (kind = strtok_r(rest, " \t", &rest));) {
    if (!strcasecmp(kind, "domain") || !strcasecmp(kind, "space") || !strcmp(kind, "???") ||
        !strcasecmp(kind, "none"))
      continue;
    ProblemsAdd(header->problems, header->path,
                "has an axis of kind \"%.60s\"; all must be of kind domain or space", kind);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

static PetscBool read_spacings(const Header *header, double spacing[3])
{
  const char *text = header->fields[SPACINGS].value;
  const PetscBool is_given = (PetscBool)(text[0] != '\0');

  for (int d = 0; d < 3; d++) spacing[d] = 0;
  if (is_given && HeaderNumbers(text, 3, spacing) != header->dimension) {
    ProblemsAdd(header->problems, header->path, "has spacings \"%.60s\"; they must be %d numbers",
                text, header->dimension);
    return PETSC_FALSE;
  }
  for (int d = 0; d < header->dimension; d++) {
    if (isnan(spacing[d])) spacing[d] = 0; /* NRRD's way to say that it is unknown */
    if (!is_given || spacing[d] == 0 || (spacing[d] > 0 && isfinite(spacing[d]))) continue;
    ProblemsAdd(header->problems, header->path, "has the spacing %g; it must be above 0",
                spacing[d]);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Vectors "(0.1,0,0) (0,0.1,0) (0,0,0.2)": each along its own axis. */
static PetscBool read_directions(const Header *header, double spacing[3])
{
  const char *text = header->fields[DIRECTIONS].value;

  for (int d = 0; d < header->dimension; d++) {
    double v[3] = {0, 0, 0};
    int used = 0;
    const int num = sscanf(text, " (%lf ,%lf ,%lf )%n", &v[0], &v[1], &v[2], &used);
    PetscBool is_along = PETSC_TRUE;

    if (num == 2) sscanf(text, " (%lf ,%lf )%n", &v[0], &v[1], &used);
    for (int c = 0; c < 3; c++) is_along &= c == d ? v[c] > 0 && isfinite(v[c]) : v[c] == 0;
    if (used && is_along) {
      spacing[d] = v[d];
      text += used;
      continue;
    }
    ProblemsAdd(header->problems, header->path,
                "has space directions \"%.80s\"; each axis must have one, along x, y, z in this "
                "order and positive",
                header->fields[DIRECTIONS].value);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* The unit of all axes, "\"um\" \"um\" \"um\"". */
static PetscBool read_unit(const Header *header, int field, PetscReal *unit)
{
  static const struct {
    const char *name;
    PetscReal unit;
  } units[] = {{"nm", 1e-9},         {"um", 1e-6}, {"micron", 1e-6},
               {"microns", 1e-6},    {"mm", 1e-3}, {"cm", 1e-2},
               {"\xc2\xb5m", 1e-6},  {"m", 1},     {"\xce\xbcm", 1e-6},
               {"nanometers", 1e-9}, {"", 0},      {"???", 0}};
  const char *text = header->fields[field].value;
  char first[32] = "", name[32];

  for (int d = 0, used = 0; text[strspn(text, " \t")]; d++, text += used) {
    size_t u = 0;

    name[0] = '\0';
    used = 0;
    if (sscanf(text, " \"%31[^\"]\"%n", name, &used) < 1) sscanf(text, " \"\"%n", &used);
    while (u < PETSC_STATIC_ARRAY_LENGTH(units) && strcmp(units[u].name, name)) u++;
    if (!d) snprintf(first, sizeof first, "%s", name);
    if (!used || u == PETSC_STATIC_ARRAY_LENGTH(units) || strcmp(first, name)) {
      ProblemsAdd(header->problems, header->path,
                  "has %s %.80s; they must be one of \"nm\", \"um\", \"micron\", \"mm\", \"cm\", "
                  "\"m\", the same for every axis",
                  header->fields[field].name, header->fields[field].value);
      return PETSC_FALSE;
    }
    *unit = units[u].unit;
  }
  return PETSC_TRUE;
}

static PetscBool read_lengths(const Header *header, Image *image)
{
  const PetscBool has_directions = (PetscBool)(header->fields[DIRECTIONS].value[0] != '\0');
  double spacing[3];

  if (has_directions && header->fields[SPACINGS].value[0]) {
    ProblemsAdd(header->problems, header->path,
                "has both spacings and space directions; NRRD allows one of them");
    return PETSC_FALSE;
  }
  if (!read_spacings(header, spacing) || (has_directions && !read_directions(header, spacing)) ||
      !read_unit(header, has_directions ? SPACE_UNITS : UNITS, &image->unit)) {
    return PETSC_FALSE;
  }
  for (int d = 0; d < 3; d++) {
    image->spacing[d] = header->dimension == 3 ? spacing[d] : d == 1 ? 0 : spacing[d / 2];
  }
  return PETSC_TRUE;
}

static PetscBool read_type(const Header *header, Elements *elements)
{
  static const struct {
    int bytes;
    PetscBool is_signed;
    const char *names; /* each between bars */
  } types[] = {
      {1, PETSC_TRUE, "|signed char|int8|int8_t|"},
      {1, PETSC_FALSE, "|uchar|unsigned char|uint8|uint8_t|"},
      {2, PETSC_TRUE, "|short|short int|signed short|signed short int|int16|int16_t|"},
      {2, PETSC_FALSE, "|ushort|unsigned short|unsigned short int|uint16|uint16_t|"},
      {4, PETSC_TRUE, "|int|signed int|int32|int32_t|"},
      {4, PETSC_FALSE, "|uint|unsigned int|uint32|uint32_t|"},
      {8, PETSC_TRUE,
       "|longlong|long long|long long int|signed long long|signed long long int|int64|"
       "int64_t|"},
      {8, PETSC_FALSE, "|ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t|"}};
  char name[HEADER_LINE + 2];

  snprintf(name, sizeof name, "|%s|", header->fields[TYPE].value);
  for (size_t t = 0; t < PETSC_STATIC_ARRAY_LENGTH(types); t++) {
    if (!name[2] || strchr(header->fields[TYPE].value, '|') || !strstr(types[t].names, name))
      continue;
    elements->bytes = types[t].bytes;
    elements->is_signed = types[t].is_signed;
    return PETSC_TRUE;
  }
  ProblemsAdd(header->problems, header->path,
              "has values of type \"%.60s\"; labels are integers, like uint16 or int",
              header->fields[TYPE].value);
  return PETSC_FALSE;
}

static PetscBool read_encoding(const Header *header, VoxelData *data)
{
  static const struct {
    const char *name;
    VoxelEncoding encoding;
  } names[] = {{"raw", VOXELS_RAW},  {"gzip", VOXELS_DEFLATED}, {"gz", VOXELS_DEFLATED},
               {"txt", VOXELS_TEXT}, {"text", VOXELS_TEXT},     {"ascii", VOXELS_TEXT}};
  const char *encoding = header->fields[ENCODING].value, *endian = header->fields[ENDIAN].value;
  size_t n = 0;

  while (n < PETSC_STATIC_ARRAY_LENGTH(names) && strcasecmp(names[n].name, encoding)) n++;
  if (n == PETSC_STATIC_ARRAY_LENGTH(names)) {
    ProblemsAdd(header->problems, header->path,
                "has encoding \"%.60s\"; raw, gzip and text are known", encoding);
    return PETSC_FALSE;
  }
  data->encoding = names[n].encoding;
  data->elements.is_big_endian = (PetscBool)!strcasecmp(endian, "big");
  if (data->elements.is_big_endian || !strcasecmp(endian, "little") || data->elements.bytes == 1 ||
      data->encoding == VOXELS_TEXT) {
    return PETSC_TRUE;
  }
  ProblemsAdd(header->problems, header->path,
              "has endian \"%.60s\"; values of several bytes need little or big", endian);
  return PETSC_FALSE;
}

static PetscBool find_data(const Header *header, VoxelData *data)
{
  const char *file = header->fields[DATA_FILE].value;
  const PetscBool is_raw = (PetscBool)(data->encoding == VOXELS_RAW);
  double bytes, lines;

  if (!read_count(header, BYTE_SKIP, is_raw ? -1 : 0, 0, &bytes) ||
      !read_count(header, LINE_SKIP, 0, 0, &lines)) {
    return PETSC_FALSE;
  }
  if (!file[0] && !header->has_data) {
    ProblemsAdd(header->problems, header->path,
                "has no data: neither an empty line behind its header nor a data file");
  } else if (HeaderNamesManyFiles(file)) {
    ProblemsAdd(header->problems, header->path, "has several data files (\"%.60s\"); one is read",
                file);
  } else {
    data->file = file[0] ? file : NULL;
    data->begin = file[0] ? 0 : header->end;
    data->bytes = (PetscInt64)bytes;
    data->lines = (PetscInt64)lines;
    return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

PetscErrorCode NrrdOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  FILE *file = fopen(spec->file, "rbe");
  const int before = problems->num_problems;
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
  if (read_fields(header, file) && problems->num_problems == before && read_shape(header, image) &&
      check_kinds(header) && read_lengths(header, image) && read_type(header, &data.elements) &&
      read_encoding(header, &data) && find_data(header, &data)) {
    PetscCall(VoxelDataOpen(&data, problems, image, is_open));
  }
  fclose(file);
  PetscCall(PetscFree(header));
  PetscFunctionReturn(PETSC_SUCCESS);
}
