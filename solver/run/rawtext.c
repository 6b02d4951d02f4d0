#include "rawtext.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "textfile.h"

#define MAX_INCLUDES 10 /* libconfig's own limit of files in files */

void RawTextJoin(const char *directory, const char *file, char *path, size_t size)
{
  if (file[0] == '/')
    snprintf(path, size, "%s", file);
  else
    snprintf(path, size, "%s/%s", directory, file);
}

/* Behind a comment or string that begins here; the same place if none does. Counts lines. */
static const char *skip_comment_or_string(const char *at, int *line)
{
  const char *end = at;

  if (*at == '#' || (at[0] == '/' && at[1] == '/')) return at + strcspn(at, "\n");
  if (at[0] == '/' && at[1] == '*') {
    for (end = at + 2; *end && !(end[0] == '*' && end[1] == '/'); end++) *line += *end == '\n';
    return *end ? end + 2 : end;
  }
  if (*at == '"') {
    for (end = at + 1; *end && *end != '"'; end++) {
      if (*end == '\\' && end[1]) end++;
      *line += *end == '\n';
    }
    return *end ? end + 1 : end;
  }
  return at;
}

static int begins_number(const char *at)
{
  if (isdigit((unsigned char)*at)) return 1;
  if (*at == '.') return isdigit((unsigned char)at[1]);
  return (*at == '+' || *at == '-') && at[1] != '+' && at[1] != '-' && begins_number(at + 1);
}

/* End of the number that begins here; what kind it is. */
static const char *scan_number(const char *at, int *is_decimal, int *is_hex)
{
  const char *end = at + (*at == '+' || *at == '-');

  *is_decimal = *is_hex = 0;
  if (end[0] == '0' && tolower((unsigned char)end[1]) == 'x') {
    *is_hex = 1;
    for (end += 2; isxdigit((unsigned char)*end);) end++;
    return end;
  }
  for (; isdigit((unsigned char)*end) || *end == '.'; end++) *is_decimal |= *end == '.';
  if (tolower((unsigned char)*end) == 'e') {
    const char *exponent = end + 1 + (end[1] == '+' || end[1] == '-');

    if (isdigit((unsigned char)*exponent)) {
      *is_decimal = 1;
      for (end = exponent; isdigit((unsigned char)*end);) end++;
    }
  }
  return end;
}

/* Checks the number that begins here and returns its end. */
static const char *check_number(const char *at, const char *place, Problems *problems)
{
  int is_decimal, is_hex, is_long, length;
  const char *end = scan_number(at, &is_decimal, &is_hex);
  long long value = 0;

  length = (int)(end - at);
  if (is_decimal) {
    if (!isfinite(strtod(at, NULL))) {
      ProblemsAdd(problems, place, "%.*s is beyond the largest number, 1.8e308", length, at);
    }
    return end;
  }
  is_long = *end == 'L';
  while (*end == 'L') end++;
  errno = 0;
  value = strtoll(at, NULL, is_hex ? 16 : 10);
  if (errno == ERANGE) {
    ProblemsAdd(problems, place, "%.*s is beyond 64 bits; write a decimal number such as 1e20",
                length, at);
  } else if (!is_long && (value > INT_MAX || value < INT_MIN)) {
    ProblemsAdd(problems, place,
                "%.*s is an integer beyond 32 bits; write %.*sL or a decimal number such as %.1e",
                length, at, length, at, (double)value);
  }
  return end;
}

/* Checks the file that an @include at `at` names, and returns the end of the line. */
static PetscErrorCode check_include(const char *at, const char *place, const char *directory,
                                    int depth, Problems *problems, const char **end)
{
  char file[PETSC_MAX_PATH_LEN], path[2 * PETSC_MAX_PATH_LEN];
  const char *open = at + strlen("@include");
  Problems of_file = {0}; /* one message is enough: that of the line */
  char *text;

  PetscFunctionBeginUser;
  *end = at + strcspn(at, "\n");
  open += strspn(open, " \t");
  if (*open != '"') PetscFunctionReturn(PETSC_SUCCESS); /* libconfig says what is wrong */
  snprintf(file, sizeof file, "%.*s", (int)strcspn(open + 1, "\"\n"), open + 1);
  if (depth >= MAX_INCLUDES) {
    ProblemsAdd(problems, place,
                "@include \"%s\": more than %d files within files; does one include itself?", file,
                MAX_INCLUDES);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  RawTextJoin(directory, file, path, sizeof path);
  PetscCall(TextFileRead(PETSC_COMM_SELF, path, &of_file, &text));
  ProblemsDestroy(&of_file);
  if (!text) {
    ProblemsAdd(problems, place, "@include \"%s\": no such file in %s", file, directory);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(RawTextCheck(text, path, directory, depth + 1, problems));
  PetscCall(PetscFree(text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode RawTextCheck(const char *text, const char *place, const char *directory, int depth,
                            Problems *problems)
{
  int line = 1;

  PetscFunctionBeginUser;
  for (const char *at = text; *at;) {
    char here[2 * PETSC_MAX_PATH_LEN];
    const char *behind = skip_comment_or_string(at, &line);

    if (directory)
      snprintf(here, sizeof here, "%s:%d", place, line);
    else
      snprintf(here, sizeof here, "%s", place);
    if (behind != at) {
      at = behind;
    } else if (isalpha((unsigned char)*at) || *at == '*') {
      while (isalnum((unsigned char)*at) || (*at && strchr("-_*", *at))) at++;
    } else if (begins_number(at)) {
      at = check_number(at, here, problems);
    } else if (directory && !strncmp(at, "@include", strlen("@include"))) {
      PetscCall(check_include(at, here, directory, depth, problems, &at));
    } else {
      line += *at++ == '\n';
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
