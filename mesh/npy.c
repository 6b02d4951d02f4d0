#include "npy.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "elements.h"

enum { MOST_HEADER = 65536, MOST_DIMENSIONS = 8 };

/* The header's three entries. */
typedef struct {
  char type[64]; /* as written, "<i4" */
  PetscBool is_fortran, has_type, has_order, has_shape;
  int num_dimensions;
  double shape[MOST_DIMENSIONS]; /* as claimed: negative, 1e12, ... */
  char shape_text[128];
} Header;

static const char *skip_blanks(const char *text)
{
  while (*text == ' ') text++;
  return text;
}

/* Reads 'text' or "text"; NULL if there is none. */
static const char *read_quoted(const char *text, char *value, size_t size)
{
  const char quote = *text;
  const char *end;

  if (quote != '\'' && quote != '"') return NULL;
  end = strchr(text + 1, quote);
  if (!end || (size_t)(end - text) > size) return NULL;
  snprintf(value, size, "%.*s", (int)(end - text - 1), text + 1);
  return end + 1;
}

/* Reads "(3, 4, 5)"; NULL if there is none. */
static const char *read_shape(const char *text, Header *header)
{
  const char *begin = text;

  if (*text++ != '(') return NULL;
  for (text = skip_blanks(text); *text != ')'; text = skip_blanks(text)) {
    const double sign = *text == '-' ? -1 : 1;
    double size = 0;

    text += sign < 0;
    if (!isdigit((unsigned char)*text) || header->num_dimensions == MOST_DIMENSIONS) return NULL;
    for (; isdigit((unsigned char)*text); text++) size = 10 * size + (*text - '0');
    header->shape[header->num_dimensions++] = sign * size;
    text = skip_blanks(text + (*text == 'L')); /* Python 2 wrote 5L */
    if (*text == ',')
      text++;
    else if (*text != ')')
      return NULL;
  }
  snprintf(header->shape_text, sizeof header->shape_text, "%.*s", (int)(text + 1 - begin), begin);
  return text + 1;
}

static const char *read_order(const char *text, Header *header)
{
  header->is_fortran = (PetscBool)!strncmp(text, "True", 4);
  return header->is_fortran ? text + 4 : !strncmp(text, "False", 5) ? text + 5 : NULL;
}

/* What numpy calls a structured type, [('a', '<i4'), ...]: kept as far as its first word. */
static const char *read_type(const char *text, Header *header)
{
  if (*text == '[') {
    snprintf(header->type, sizeof header->type, "%.20s...", text);
    return strchr(text, ']') ? strchr(text, ']') + 1 : NULL;
  }
  return read_quoted(text, header->type, sizeof header->type);
}

/* The header is the text of a Python dictionary. */
static PetscBool parse_header(const char *text, Header *header)
{
  char key[32];

  text = skip_blanks(text);
  if (*text++ != '{') return PETSC_FALSE;
  for (text = skip_blanks(text); *text != '}'; text = skip_blanks(text)) {
    text = read_quoted(text, key, sizeof key);
    if (!text) return PETSC_FALSE;
    text = skip_blanks(text);
    if (*text++ != ':') return PETSC_FALSE;
    text = skip_blanks(text);
    if (!strcmp(key, "descr") && !header->has_type) {
      text = read_type(text, header);
      header->has_type = PETSC_TRUE;
    } else if (!strcmp(key, "fortran_order") && !header->has_order) {
      text = read_order(text, header);
      header->has_order = PETSC_TRUE;
    } else if (!strcmp(key, "shape") && !header->has_shape) {
      text = read_shape(text, header);
      header->has_shape = PETSC_TRUE;
    } else {
      return PETSC_FALSE;
    }
    if (!text) return PETSC_FALSE;
    text = skip_blanks(text);
    if (*text == ',')
      text++;
    else if (*text != '}')
      return PETSC_FALSE;
  }
  return (PetscBool)(header->has_type && header->has_order && header->has_shape);
}

static PetscBool set_type(const char *path, const Header *header, Problems *problems,
                          Elements *elements)
{
  const char *type = header->type;
  const uint16_t one = 1;
  const char own = *(const unsigned char *)&one ? '<' : '>';
  const char order = type[0] == '=' ? own : type[0];

  elements->bytes = type[0] && type[1] && strlen(type) == 3 ? type[2] - '0' : 0;
  elements->is_signed = (PetscBool)(elements->bytes && type[1] == 'i');
  elements->is_big_endian = (PetscBool)(order == '>');
  if (strchr("<>|", order) && type[0] && elements->bytes && strchr("iub", type[1]) &&
      (elements->bytes == 1 || (type[1] != 'b' && (elements->bytes == 2 || elements->bytes == 4 ||
                                                   elements->bytes == 8)))) {
    return PETSC_TRUE;
  }
  ProblemsAdd(problems, path,
              "holds elements of type %s; labels must be integers of 1, 2, 4 or 8 bytes, or "
              "booleans (in Python: image.astype(\"int32\"))",
              type);
  return PETSC_FALSE;
}

static PetscBool set_shape(const char *path, const Header *header, const Elements *elements,
                           PetscInt64 size, Problems *problems, Image *image)
{
  const int n = header->num_dimensions;
  const double *shape = header->shape;
  const double sizes[3] = {n ? shape[n - 1] : 0, n == 3 ? shape[1] : 1, shape[0]};
  const double bytes = sizes[0] * sizes[1] * sizes[2] * elements->bytes;

  if (n != 2 && n != 3) {
    ProblemsAdd(problems, path,
                "holds an array of shape %s; it must be (nz, ny, nx), or (nz, nx) for an image one "
                "cell thick",
                header->shape_text);
    return PETSC_FALSE;
  }
  if (!ImageSetShape(path, sizes, header->is_fortran, problems, image)) return PETSC_FALSE;
  if (bytes != (double)(size - elements->begin)) {
    ProblemsAdd(problems, path,
                "holds %" PetscInt64_FMT " bytes of elements; shape %s of type %s takes %.15g",
                size - elements->begin, header->shape_text, header->type, bytes);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Magic, version and the length of the dictionary that follows; 0 if there is none. */
static size_t read_preamble(const char *path, Problems *problems, Elements *elements)
{
  unsigned char start[12] = {0};
  const ssize_t length = pread(elements->file, start, sizeof start, 0);

  if (length < 10 || memcmp(start, "\x93NUMPY", 6)) {
    ProblemsAdd(problems, path,
                "is no .npy file: it does not begin with \\x93NUMPY (in Python: "
                "numpy.save(\"image.npy\", image))");
    return 0;
  }
  if (start[6] < 1 || start[6] > 3) {
    ProblemsAdd(problems, path, "is of version %d.%d of NumPy's format; 1.0, 2.0 and 3.0 are known",
                start[6], start[7]);
    return 0;
  }
  elements->begin = start[6] == 1 ? 10 : 12;
  return (size_t)start[8] | (size_t)start[9] << 8 |
         (start[6] > 1 ? (size_t)start[10] << 16 | (size_t)start[11] << 24 : 0);
}

/* A line that can be parsed and printed, without the blanks that NumPy fills up with. */
static void clean(char *text, size_t length)
{
  for (size_t c = 0; c < length; c++) {
    if (text[c] == '\n')
      text[c] = ' ';
    else if (text[c] < ' ' || text[c] > '~')
      text[c] = '?';
  }
  while (length && text[length - 1] == ' ') length--;
  text[length] = '\0';
}

static PetscBool read_header(const char *path, Problems *problems, Elements *elements, Image *image)
{
  Header header = {.type = ""};
  char text[MOST_HEADER + 1];
  struct stat status;
  size_t length;

  if (elements->file < 0 || fstat(elements->file, &status)) {
    ProblemsAdd(problems, path, "cannot be read: %s", strerror(errno));
    return PETSC_FALSE;
  }
  length = read_preamble(path, problems, elements);
  if (!elements->begin) return PETSC_FALSE;
  if (!length || length > MOST_HEADER || elements->begin + (PetscInt64)length > status.st_size ||
      pread(elements->file, text, length, elements->begin) != (ssize_t)length) {
    ProblemsAdd(problems, path,
                "is cut short: %lld bytes, its header alone should have %" PetscInt64_FMT
                " (at most %d are allowed)",
                (long long)status.st_size, elements->begin + (PetscInt64)length, MOST_HEADER);
    return PETSC_FALSE;
  }
  clean(text, length);
  elements->begin += (PetscInt64)length;
  if (!parse_header(text, &header)) {
    ProblemsAdd(problems, path,
                "has a header that cannot be read: %.100s; it must be {'descr': '<i4', "
                "'fortran_order': False, 'shape': (nz, ny, nx), }",
                text);
    return PETSC_FALSE;
  }
  return (
      PetscBool)(set_type(path, &header, problems, elements) &&
                 set_shape(path, &header, elements, (PetscInt64)status.st_size, problems, image));
}

PetscErrorCode NpyOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  Elements elements = {.file = open(spec->file, O_RDONLY | O_CLOEXEC)};

  PetscFunctionBeginUser;
  *is_open = read_header(spec->file, problems, &elements, image);
  PetscCall(ImageSetElements(&elements, image));
  PetscFunctionReturn(PETSC_SUCCESS);
}
