#include "case_place.h"

#include <stdio.h>
#include <string.h>

/* Where the case says the key that a text begins with, e.g. "structure.brick_um: ..."; NULL if it
   begins with none. Of a group or list it is the first value that stands in the case. */
static const json_t *find_origin(const json_t *echo)
{
  const char *key, *from = json_string_value(json_object_get(echo, "from"));
  const json_t *found = NULL;
  size_t index;
  json_t *member;

  if (from) return strcmp(from, "default") ? json_object_get(echo, "from") : NULL;
  json_object_foreach((json_t *)echo, key, member)
  {
    if (!found) found = find_origin(member);
  }
  json_array_foreach((json_t *)echo, index, member)
  {
    if (!found) found = find_origin(member);
  }
  return found;
}

static const char *origin_of(const Case *case_in, const char *text)
{
  const json_t *echo = case_in->echo;

  for (;;) {
    const int length = (int)strspn(text, "abcdefghijklmnopqrstuvwxyz_");
    char name[64];

    snprintf(name, sizeof name, "%.*s", length, text);
    echo = json_object_get(echo, name);
    text += length;
    if (*text++ != '.' || json_object_get(echo, "from")) break;
  }
  return json_string_value(find_origin(echo));
}

void CasePlaceProblem(const Case *case_in, const char *text, PetscBool is_warning,
                      Problems *problems)
{
  const char *origin = origin_of(case_in, text);
  char place[2 * PETSC_MAX_PATH_LEN];

  if (text[0] == '/')
    snprintf(place, sizeof place, "%s", ""); /* has its place already */
  else if (!origin)
    snprintf(place, sizeof place, "%s", case_in->path);
  else if (!strncmp(origin, "--set", 5) || origin[0] == '/')
    snprintf(place, sizeof place, "%s", origin);
  else
    snprintf(place, sizeof place, "%s/%s", case_in->directory, origin);
  if (is_warning)
    ProblemsWarn(problems, place[0] ? place : NULL, "%s", text);
  else
    ProblemsAdd(problems, place[0] ? place : NULL, "%s", text);
}
