#include "npy.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_HEADER = 65536, MOST_DIMENSIONS = 8, BLOCK = 16384 };

static const PetscInt64 most_cells = 1000000; /* along an axis, as in film.cells */

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

static PetscBool set_type(const char *path, const Header *header, Problems *problems, Npy *npy)
{
  const char *type = header->type;
  const uint16_t one = 1;
  const char own = *(const unsigned char *)&one ? '<' : '>';
  const char order = type[0] == '=' ? own : type[0];

  npy->bytes = type[0] && type[1] && strlen(type) == 3 ? type[2] - '0' : 0;
  npy->is_signed = (PetscBool)(npy->bytes && type[1] == 'i');
  npy->is_big_endian = (PetscBool)(order == '>');
  if (strchr("<>|", order) && type[0] && npy->bytes && strchr("iub", type[1]) &&
      (npy->bytes == 1 ||
       (type[1] != 'b' && (npy->bytes == 2 || npy->bytes == 4 || npy->bytes == 8)))) {
    return PETSC_TRUE;
  }
  ProblemsAdd(problems, path,
              "holds elements of type %s; labels must be integers of 1, 2, 4 or 8 bytes, or "
              "booleans (in Python: image.astype(\"int32\"))",
              type);
  return PETSC_FALSE;
}

static PetscBool set_shape(const char *path, const Header *header, PetscInt64 bytes,
                           Problems *problems, Npy *npy)
{
  const int n = header->num_dimensions;
  const double *shape = header->shape;
  double num_cells = 1;

  if (n != 2 && n != 3) {
    ProblemsAdd(problems, path,
                "holds an array of shape %s; it must be (nz, ny, nx), or (nz, nx) for an image one "
                "cell thick",
                header->shape_text);
    return PETSC_FALSE;
  }
  for (int d = 0; d < n; d++) {
    num_cells *= shape[d];
    if (shape[d] >= 1 && shape[d] <= (double)most_cells) continue;
    ProblemsAdd(problems, path,
                "holds an array of shape %s; each size must be from 1 to %" PetscInt64_FMT,
                header->shape_text, most_cells);
    return PETSC_FALSE;
  }
  if (num_cells * npy->bytes != (double)bytes) {
    ProblemsAdd(problems, path,
                "holds %" PetscInt64_FMT " bytes of elements; shape %s of type %s takes %.15g",
                bytes, header->shape_text, header->type, num_cells * npy->bytes);
    return PETSC_FALSE;
  }
  npy->cells[0] = (PetscInt)shape[n - 1];
  npy->cells[1] = n == 3 ? (PetscInt)shape[1] : 1;
  npy->cells[2] = (PetscInt)shape[0];
  for (int d = 0; d < 3; d++) {
    const int axis = header->is_fortran ? 2 - d : d;

    npy->step[axis] = d ? npy->step[header->is_fortran ? axis + 1 : axis - 1] *
                              npy->cells[header->is_fortran ? axis + 1 : axis - 1]
                        : 1;
  }
  return PETSC_TRUE;
}

/* Magic, version and the length of the dictionary that follows; 0 if there is none. */
static size_t read_preamble(const char *path, Problems *problems, Npy *npy)
{
  unsigned char start[12] = {0};
  const ssize_t length = pread(npy->file, start, sizeof start, 0);

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
  npy->data = start[6] == 1 ? 10 : 12;
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

static PetscBool read_header(const char *path, Problems *problems, Npy *npy)
{
  Header header = {.type = ""};
  char text[MOST_HEADER + 1];
  struct stat status;
  size_t length;

  if (npy->file < 0 || fstat(npy->file, &status)) {
    ProblemsAdd(problems, path, "cannot be read: %s", strerror(errno));
    return PETSC_FALSE;
  }
  length = read_preamble(path, problems, npy);
  if (!npy->data) return PETSC_FALSE;
  if (!length || length > MOST_HEADER || npy->data + (PetscInt64)length > status.st_size ||
      pread(npy->file, text, length, npy->data) != (ssize_t)length) {
    ProblemsAdd(problems, path,
                "is cut short: %lld bytes, its header alone should have %" PetscInt64_FMT
                " (at most %d are allowed)",
                (long long)status.st_size, npy->data + (PetscInt64)length, MOST_HEADER);
    return PETSC_FALSE;
  }
  clean(text, length);
  npy->data += (PetscInt64)length;
  if (!parse_header(text, &header)) {
    ProblemsAdd(problems, path,
                "has a header that cannot be read: %.100s; it must be {'descr': '<i4', "
                "'fortran_order': False, 'shape': (nz, ny, nx), }",
                text);
    return PETSC_FALSE;
  }
  return (
      PetscBool)(set_type(path, &header, problems, npy) &&
                 set_shape(path, &header, (PetscInt64)status.st_size - npy->data, problems, npy));
}

PetscBool NpyOpen(const char *path, Problems *problems, Npy *npy)
{
  memset(npy, 0, sizeof *npy);
  npy->file = open(path, O_RDONLY | O_CLOEXEC);
  return read_header(path, problems, npy);
}

void NpyClose(Npy *npy)
{
  if (npy->file >= 0) close(npy->file);
  npy->file = -1;
}

static int64_t decode(const Npy *npy, const unsigned char *element)
{
  const int bits = 64 - 8 * npy->bytes;
  uint64_t value = 0;

  for (int b = 0; b < npy->bytes; b++) {
    value = value << 8 | element[npy->is_big_endian ? b : npy->bytes - 1 - b];
  }
  if (npy->is_signed && bits && value >> (63 - bits)) value |= ~(uint64_t)0 << (64 - bits);
  return (int64_t)value;
}

PetscErrorCode NpyRead(const Npy *npy, PetscInt64 first, PetscInt64 count, int64_t *values)
{
  unsigned char block[BLOCK];
  const PetscInt64 most = BLOCK / npy->bytes;

  PetscFunctionBeginUser;
  for (PetscInt64 done = 0; done < count; done += most) {
    const PetscInt64 num = PetscMin(most, count - done);
    const size_t size = (size_t)(num * npy->bytes);
    size_t got = 0;

    while (got < size) {
      const ssize_t more = pread(npy->file, block + got, size - got,
                                 npy->data + (first + done) * npy->bytes + (off_t)got);

      PetscCheck(more > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
                 "an image cannot be read any more: %s", more ? strerror(errno) : "it got shorter");
      got += (size_t)more;
    }
    for (PetscInt64 e = 0; e < num; e++) values[done + e] = decode(npy, block + e * npy->bytes);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
