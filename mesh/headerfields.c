#include "headerfields.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

PetscBool HeaderLine(const char *path, FILE *file, Problems *problems, char *line)
{
  size_t length = 0;
  int c;

  while ((c = getc(file)) != EOF && c != '\n') {
    if (length == HEADER_LINE - 1) {
      ProblemsAdd(problems, path, "has a line of more than %d characters in its header",
                  HEADER_LINE - 1);
      return PETSC_FALSE;
    }
    if (c < ' ' && c != '\t' && c != '\r') {
      ProblemsAdd(problems, path, "has a header that is not text");
      return PETSC_FALSE;
    }
    line[length++] = (char)c;
  }
  if (length && line[length - 1] == '\r') length--;
  line[length] = '\0';
  return (PetscBool)(c != EOF || length > 0);
}

/* In ASCII, so that a message may show it. */
static PetscBool is_printable(const char *text)
{
  while (*text >= ' ' && *text <= '~') text++;
  return (PetscBool)(*text == '\0');
}

PetscBool HeaderNamesManyFiles(const char *file)
{
  const char *pattern = strchr(file, '%'); /* "slice%03d.raw 1 20 1" */

  return (PetscBool)((!strncmp(file, "LIST", 4) && (!file[4] || isspace((unsigned char)file[4]))) ||
                     (pattern && strpbrk(pattern, " \t")));
}

/* The text without blanks at either end; changed. */
static char *trim(char *text)
{
  size_t length;

  while (isspace((unsigned char)*text)) text++;
  length = strlen(text);
  while (length && isspace((unsigned char)text[length - 1])) text[--length] = '\0';
  return text;
}

PetscBool HeaderFieldRead(const char *path, char *line, char separator, int num,
                          HeaderField *fields, Problems *problems)
{
  char *between = strchr(line, separator);
  const char *name, *value;

  if (!between) {
    ProblemsAdd(problems, path, "has the line \"%.60s\" in its header, which has no \"%c\"",
                is_printable(line) ? line : "...", separator);
    return PETSC_FALSE;
  }
  *between = '\0';
  name = trim(line);
  value = trim(between + 1);
  for (int f = 0; f < num; f++) {
    if (strcasecmp(name, fields[f].name) &&
        (!fields[f].synonym || strcasecmp(name, fields[f].synonym)))
      continue;
    if (fields[f].value[0]) {
      ProblemsAdd(problems, path, "has \"%s\" twice in its header", fields[f].name);
      return PETSC_FALSE;
    }
    snprintf(fields[f].value, HEADER_LINE, "%s", value);
  }
  return PETSC_TRUE;
}

int HeaderNumbers(const char *text, int most, double *numbers)
{
  for (int n = 0;; n++) {
    char *end;

    while (isspace((unsigned char)*text)) text++;
    if (!*text) return n;
    if (n == most) return -1;
    numbers[n] = strtod(text, &end);
    if (end == text || (*end && !isspace((unsigned char)*end))) return -1;
    text = end;
  }
}
