#include "textelements.h"

#include <ctype.h>

enum { STRIDE = 65536 };

struct TextElements {
  FILE *file;
  PetscBool has_more;
  PetscInt64 total, next; /* next: element behind the place in the file */
  PetscInt64 num_marks, most_marks;
  PetscInt64 *marks; /* byte at which element m STRIDE is looked for */
};

PetscErrorCode TextElementsOpen(FILE *file, PetscInt64 begin, PetscInt64 total, PetscBool has_more,
                                TextElements **elements)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(elements));
  (*elements)->file = file;
  (*elements)->total = total;
  (*elements)->has_more = has_more;
  (*elements)->num_marks = (*elements)->most_marks = 1;
  PetscCall(PetscMalloc1(1, &(*elements)->marks));
  (*elements)->marks[0] = begin;
  (*elements)->next = total; /* nowhere: the first reading looks up its mark */
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TextElementsClose(TextElements **elements)
{
  PetscFunctionBeginUser;
  if (!*elements) PetscFunctionReturn(PETSC_SUCCESS);
  fclose((*elements)->file);
  PetscCall(PetscFree((*elements)->marks));
  PetscCall(PetscFree(*elements));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int skip_blanks(FILE *file)
{
  int c;

  do c = getc_unlocked(file);
  while (isspace(c));
  return c;
}

static PetscBool read_integer(FILE *file, int64_t *value)
{
  int c = skip_blanks(file), sign = 1;
  int64_t number = 0;

  if (c == '-' || c == '+') {
    sign = c == '-' ? -1 : 1;
    c = getc_unlocked(file);
  }
  if (!isdigit(c)) return PETSC_FALSE;
  for (; isdigit(c); c = getc_unlocked(file)) {
    if (number > (INT64_MAX - 9) / 10) return PETSC_FALSE;
    number = 10 * number + (c - '0');
  }
  *value = sign * number;
  if (c == '<') ungetc(c, file); /* a tag of XML may follow at once */
  return (PetscBool)(isspace(c) || c == EOF || c == '<');
}

/* Keeps where the next element is, if it is one of those to be kept. */
static PetscErrorCode mark(TextElements *elements)
{
  PetscFunctionBeginUser;
  if (elements->next != elements->num_marks * STRIDE) PetscFunctionReturn(PETSC_SUCCESS);
  if (elements->num_marks == elements->most_marks) {
    elements->most_marks *= 2;
    PetscCall(
        PetscRealloc((size_t)elements->most_marks * sizeof *elements->marks, &elements->marks));
  }
  elements->marks[elements->num_marks++] = ftello(elements->file);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TextElementsRead(TextElements *elements, PetscInt64 first, PetscInt64 count,
                                int64_t *values)
{
  const PetscInt64 nearest = PetscMin(first / STRIDE, elements->num_marks - 1);

  PetscFunctionBeginUser;
  if (elements->next > first || elements->next < nearest * STRIDE) {
    PetscCheck(!fseeko(elements->file, elements->marks[nearest], SEEK_SET), PETSC_COMM_SELF,
               PETSC_ERR_FILE_READ, "the file cannot be read");
    elements->next = nearest * STRIDE;
  }
  while (elements->next < first + count) {
    const PetscInt64 place = elements->next - first;
    int64_t value;

    if (!read_integer(elements->file, &value)) {
      elements->next = elements->total; /* the next reading looks up its mark again */
      SETERRQ(PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "there is no integer");
    }
    elements->next++;
    if (place >= 0) values[place] = value;
    PetscCall(mark(elements));
  }
  if (elements->next == elements->total && !elements->has_more) {
    const int c = skip_blanks(elements->file);

    PetscCheck(c == '*' || c == '<' || c == EOF, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
               "more than expected");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
