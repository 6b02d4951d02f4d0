#include "vtk_legacy.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include "headerfields.h"
#include "vti_head.h"

enum { MOST_WORDS = 8, MOST_ARRAYS = 1000 };

typedef enum { OF_DATASET, OF_CELLS, OF_POINTS } Association;

typedef struct {
  const char *path;
  FILE *file;
  PetscInt64 size; /* of the file */
  Problems *problems;
  PetscBool is_binary;
  Association of;     /* what the arrays that follow belong to */
  double num[3];      /* of tuples, by Association; 0: not known yet */
  PetscBool has_size; /* DIMENSIONS were there */
  VtiHead head;
  char line[HEADER_LINE];
  int num_words;
  char *word[MOST_WORDS]; /* of the line */
} Legacy;

/* Types by the names in the file, and by those in .vti. An id is written as an int. */
static const struct {
  const char *name, *type;
  int bytes; /* 0: eight to a byte */
} types[] = {{"bit", "Bit", 0},
             {"unsigned_char", "UInt8", 1},
             {"char", "Int8", 1},
             {"signed_char", "Int8", 1},
             {"unsigned_short", "UInt16", 2},
             {"short", "Int16", 2},
             {"unsigned_int", "UInt32", 4},
             {"int", "Int32", 4},
             {"vtkidtype", "Int32", 4},
             {"unsigned_long", "UInt64", 8},
             {"long", "Int64", 8},
             {"vtktypeuint64", "UInt64", 8},
             {"vtktypeint64", "Int64", 8},
             {"float", "Float32", 4},
             {"double", "Float64", 8}};

/* Arrays that are no labels, to be passed over: where their type stands among the words, and how
   many numbers a tuple has, or which word says so. */
static const struct {
  const char *name;
  int type, components, said;
} others[] = {{"VECTORS", 2, 3, 0},      {"NORMALS", 2, 3, 0},
              {"TENSORS", 2, 9, 0},      {"TENSORS6", 2, 6, 0},
              {"GLOBAL_IDS", 2, 1, 0},   {"PEDIGREE_IDS", 2, 1, 0},
              {"EDGE_FLAGS", 2, 1, 0},   {"COLOR_SCALARS", 0, 0, 2},
              {"LOOKUP_TABLE", 0, 4, 0}, {"TEXTURE_COORDINATES", 3, 0, 2}};

static PetscBool refuse(const Legacy *legacy, const char *what)
{
  ProblemsAdd(legacy->problems, legacy->path, "is no VTK file that can be read: %s", what);
  return PETSC_FALSE;
}

/* Reads a line into words; false at the end of the file and with a problem. */
static PetscBool read_line(Legacy *legacy)
{
  char *rest = legacy->line;

  legacy->num_words = 0;
  if (!HeaderLine(legacy->path, legacy->file, legacy->problems, legacy->line)) return PETSC_FALSE;
  while (legacy->num_words < MOST_WORDS &&
         (legacy->word[legacy->num_words] = strtok_r(rest, " \t", &rest))) {
    legacy->num_words++;
  }
  return PETSC_TRUE;
}

static PetscBool is_word(const Legacy *legacy, const char *word)
{
  return (PetscBool)(legacy->num_words && !strcasecmp(legacy->word[0], word));
}

/* The next line with something in it; blocks of METADATA, which end with an empty line, are passed
   over. */
static PetscBool next_line(Legacy *legacy)
{
  do {
    if (!read_line(legacy)) return PETSC_FALSE;
    while (is_word(legacy, "METADATA")) {
      do {
        if (!read_line(legacy)) return PETSC_FALSE;
      } while (legacy->num_words);
    }
  } while (!legacy->num_words);
  return PETSC_TRUE;
}

/* A number of the line; NaN if it is none. */
static double number(const Legacy *legacy, int word)
{
  char *end;
  double value;

  if (word >= legacy->num_words) return NAN;
  value = strtod(legacy->word[word], &end);
  return *end ? NAN : value;
}

/* Which of types[] a word names; -1 with a problem. */
static int find_type(const Legacy *legacy, int word)
{
  const char *name = word < legacy->num_words ? legacy->word[word] : "";

  for (int t = 0; t < (int)PETSC_STATIC_ARRAY_LENGTH(types); t++) {
    if (!strcasecmp(types[t].name, name)) return t;
  }
  ProblemsAdd(legacy->problems, legacy->path,
              "has an array of type \"%.40s\"; types of fixed size are known, like int and float",
              name);
  return -1;
}

/* Passes over so many numbers of a type. */
static PetscBool pass_over(Legacy *legacy, const char *name, double count, int bytes)
{
  if (legacy->is_binary) {
    const double size = bytes ? count * bytes : ceil(count / 8);

    if (size <= (double)(legacy->size - ftello(legacy->file)) &&
        !fseeko(legacy->file, (off_t)size, SEEK_CUR)) {
      return PETSC_TRUE;
    }
  } else {
    int c = getc_unlocked(legacy->file);

    while (count > 0) {
      while (isspace(c)) c = getc_unlocked(legacy->file);
      if (c == EOF) break;
      while (c != EOF && !isspace(c)) c = getc_unlocked(legacy->file);
      count--;
    }
    if (!(count > 0)) return PETSC_TRUE;
  }
  ProblemsAdd(legacy->problems, legacy->path, "has the array \"%.60s\" cut short", name);
  return PETSC_FALSE;
}

/* Takes down an array that begins here and passes over it. */
static PetscBool take_array(Legacy *legacy, const char *name, int type, double components,
                            double tuples)
{
  VtiHead *head = &legacy->head;
  VtiArray *array;

  if (!(components >= 1 && components == floor(components)) ||
      !(tuples >= 0 && tuples == floor(tuples))) {
    return refuse(legacy, "an array has no whole number of components or tuples");
  }
  if (legacy->of != OF_DATASET) {
    if (tuples != legacy->num[legacy->of]) {
      ProblemsAdd(legacy->problems, legacy->path,
                  "has the array \"%.60s\" of %.15g tuples; there are %.15g", name, tuples,
                  legacy->num[legacy->of]);
      return PETSC_FALSE;
    }
    if (head->num_arrays == MOST_ARRAYS) return refuse(legacy, "it has more than 1000 arrays");
    array = &head->arrays[head->num_arrays++];
    snprintf(array->name, sizeof array->name, "%s", name);
    snprintf(array->type, sizeof array->type, "%s", types[type].type);
    array->is_of_points = (PetscBool)(legacy->of == OF_POINTS);
    array->is_scalar = (PetscBool)(components == 1);
    array->begin = (PetscInt64)ftello(legacy->file);
  }
  return pass_over(legacy, name, components * tuples, types[type].bytes);
}

/* Blanks and the like in a name stand as %20. */
static void decode(const char *from, char *to, size_t size)
{
  size_t n = 0;

  for (; *from && n + 1 < size; n++) {
    unsigned int code;

    if (*from == '%' && isxdigit((unsigned char)from[1]) && isxdigit((unsigned char)from[2]) &&
        sscanf(from + 1, "%2x", &code) == 1 && isprint((int)code)) {
      to[n] = (char)code;
      from += 3;
    } else {
      to[n] = *from++;
    }
  }
  to[n] = '\0';
}

/* SCALARS name type [components], LOOKUP_TABLE name, data. */
static PetscBool read_scalars(Legacy *legacy)
{
  const double components = legacy->num_words > 3 ? number(legacy, 3) : 1;
  char name[VTI_NAME];
  int type;

  if (legacy->num_words < 3) return refuse(legacy, "SCALARS must have a name and a type");
  decode(legacy->word[1], name, sizeof name);
  type = find_type(legacy, 2);
  if (type < 0) return PETSC_FALSE;
  if (!next_line(legacy) || !is_word(legacy, "LOOKUP_TABLE")) {
    return refuse(legacy, "LOOKUP_TABLE must follow SCALARS");
  }
  return take_array(legacy, name, type, components, legacy->num[legacy->of]);
}

/* FIELD name count, then for each array: name components tuples type, data. */
static PetscBool read_field(Legacy *legacy)
{
  const double count = number(legacy, 2);

  if (!(count >= 0)) return refuse(legacy, "FIELD must have a name and a number of arrays");
  for (double n = 0; n < count; n++) {
    char name[VTI_NAME];
    double components, tuples;
    int type;

    if (!next_line(legacy)) return refuse(legacy, "FIELD has fewer arrays than it says");
    decode(legacy->word[0], name, sizeof name);
    components = number(legacy, 1);
    tuples = number(legacy, 2);
    type = find_type(legacy, 3);
    if (type < 0 || !take_array(legacy, name, type, components, tuples)) return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

static PetscBool read_sizes(Legacy *legacy)
{
  legacy->num[OF_CELLS] = legacy->num[OF_POINTS] = 1;
  for (int d = 0; d < 3; d++) {
    const double points = number(legacy, 1 + d);

    if (!(points >= 1 && points <= 1e9 && points == floor(points))) {
      return refuse(legacy, "DIMENSIONS must be three numbers of points above 0");
    }
    legacy->head.whole[2 * d + 1] = points - 1;
    legacy->num[OF_POINTS] *= points;
    legacy->num[OF_CELLS] *= points > 1 ? points - 1 : 1;
  }
  legacy->has_size = PETSC_TRUE;
  return PETSC_TRUE;
}

static PetscBool read_spacing(Legacy *legacy)
{
  for (int d = 0; d < 3; d++) {
    legacy->head.spacing[d] = number(legacy, 1 + d);
    if (legacy->head.spacing[d] > 0 && isfinite(legacy->head.spacing[d])) continue;
    return refuse(legacy, "SPACING must be three numbers above 0");
  }
  return PETSC_TRUE;
}

static PetscBool begin_data(Legacy *legacy, Association of)
{
  if (!legacy->has_size) return refuse(legacy, "its data stand before its DIMENSIONS");
  legacy->of = of;
  if (number(legacy, 1) == legacy->num[of]) return PETSC_TRUE;
  ProblemsAdd(legacy->problems, legacy->path, "has %s %.40s; its DIMENSIONS make %.15g",
              legacy->word[0], legacy->num_words > 1 ? legacy->word[1] : "", legacy->num[of]);
  return PETSC_FALSE;
}

/* Any of others[]; words behind their name are binary in bytes, and text in decimals. */
static PetscBool read_other(Legacy *legacy)
{
  for (size_t k = 0; k < PETSC_STATIC_ARRAY_LENGTH(others); k++) {
    const char *name = legacy->num_words > 1 ? legacy->word[1] : "";
    double components, tuples = legacy->num[legacy->of];
    int type = 1;

    if (strcasecmp(legacy->word[0], others[k].name)) continue;
    components = others[k].said ? number(legacy, others[k].said) : others[k].components;
    if (!strcmp(others[k].name, "LOOKUP_TABLE")) tuples = number(legacy, 2);
    if (others[k].type) type = find_type(legacy, others[k].type);
    if (type < 0) return PETSC_FALSE;
    if (!(components >= 1 && tuples >= 0)) break;
    return pass_over(legacy, name, components * tuples, types[type].bytes);
  }
  ProblemsAdd(legacy->problems, legacy->path,
              "is no VTK file that can be read: it has \"%.40s\" where a known keyword is due",
              legacy->word[0]);
  return PETSC_FALSE;
}

static PetscBool read_section(Legacy *legacy)
{
  if (is_word(legacy, "DIMENSIONS")) return read_sizes(legacy);
  if (is_word(legacy, "SPACING") || is_word(legacy, "ASPECT_RATIO")) return read_spacing(legacy);
  if (is_word(legacy, "ORIGIN")) return PETSC_TRUE;
  if (is_word(legacy, "CELL_DATA")) return begin_data(legacy, OF_CELLS);
  if (is_word(legacy, "POINT_DATA")) return begin_data(legacy, OF_POINTS);
  if (is_word(legacy, "FIELD")) return read_field(legacy);
  if (legacy->of != OF_DATASET && is_word(legacy, "SCALARS")) return read_scalars(legacy);
  return read_other(legacy);
}

static PetscBool read_head(Legacy *legacy)
{
  const char *kind;

  if (!read_line(legacy) || legacy->num_words < 5 || strcmp(legacy->word[0], "#") ||
      strcasecmp(legacy->word[1], "vtk")) {
    return refuse(legacy, "its first line is not \"# vtk DataFile Version ...\"");
  }
  if (!read_line(legacy) || !read_line(legacy) ||
      (!is_word(legacy, "ASCII") && !is_word(legacy, "BINARY"))) {
    return refuse(legacy, "its third line is neither ASCII nor BINARY");
  }
  legacy->is_binary = is_word(legacy, "BINARY");
  while (next_line(legacy) && !is_word(legacy, "DATASET")) {
    if (!is_word(legacy, "FIELD")) return refuse(legacy, "it has no DATASET");
    if (!read_field(legacy)) return PETSC_FALSE;
  }
  kind = legacy->num_words > 1 ? legacy->word[1] : "";
  if (!strcasecmp(kind, "STRUCTURED_POINTS")) return PETSC_TRUE;
  ProblemsAdd(legacy->problems, legacy->path,
              "has a DATASET of \"%.40s\"; STRUCTURED_POINTS are read, voxels of equal size", kind);
  return PETSC_FALSE;
}

static PetscBool read_file(Legacy *legacy)
{
  const int before = legacy->problems->num_problems;

  if (!read_head(legacy)) return PETSC_FALSE;
  while (next_line(legacy)) {
    if (!read_section(legacy)) return PETSC_FALSE;
  }
  if (legacy->problems->num_problems > before) return PETSC_FALSE;
  return legacy->has_size ? PETSC_TRUE : refuse(legacy, "it has no DIMENSIONS");
}

static PetscErrorCode open_array(const Legacy *legacy, const VtiArray *array, Image *image)
{
  Elements elements = {.begin = array->begin, .is_big_endian = PETSC_TRUE};

  PetscFunctionBeginUser;
  elements.bytes = VtiBytes(array, &elements.is_signed);
  if (legacy->is_binary) {
    elements.file = fcntl(fileno(legacy->file), F_DUPFD_CLOEXEC, 0);
    PetscCall(ImageSetElements(&elements, image));
  } else {
    PetscCall(ImageSetText(fopen(legacy->path, "rbe"), array->begin, PETSC_TRUE, image));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VtkLegacyOpen(const ImageSpec *spec, Problems *problems, Image *image,
                             PetscBool *is_open)
{
  const VtiArray *array = NULL;
  struct stat status;
  Legacy *legacy;

  PetscFunctionBeginUser;
  *is_open = PETSC_FALSE;
  PetscCall(PetscNew(&legacy));
  PetscCall(PetscCalloc1(MOST_ARRAYS, &legacy->head.arrays));
  legacy->path = spec->file;
  legacy->problems = problems;
  legacy->file = fopen(spec->file, "rbe");
  if (!legacy->file || fstat(fileno(legacy->file), &status) || !S_ISREG(status.st_mode)) {
    ProblemsAdd(problems, spec->file, "cannot be read: %s",
                legacy->file ? "it is no file" : strerror(errno));
  } else {
    legacy->size = (PetscInt64)status.st_size;
    if (read_file(legacy)) array = VtiChoose(spec->file, spec->array, &legacy->head, problems);
    if (array && VtiSetShape(spec->file, &legacy->head, array, problems, image)) {
      PetscCall(open_array(legacy, array, image));
      *is_open = PETSC_TRUE;
    }
  }
  if (legacy->file) fclose(legacy->file);
  PetscCall(PetscFree(legacy->head.arrays));
  PetscCall(PetscFree(legacy));
  PetscFunctionReturn(PETSC_SUCCESS);
}
