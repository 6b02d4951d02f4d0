#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rawtext.h"

#define MAX_TEXT 1024

/* One --set on its way through the tree. */
typedef struct {
  char *origin;      /* "--set path=value" */
  char *path;        /* what is left of the path */
  const char *value; /* as written */
  Problems *problems;
} Assignment;

/* Copies a setting to a group (by name) or a list (at its end). */
static void copy_setting(config_setting_t *parent, const char *name, const config_setting_t *from,
                         char *origin)
{
  config_setting_t *copy = config_setting_add(parent, name, config_setting_type(from));

  if (!copy) return;
  config_setting_set_hook(copy, origin);
  switch (config_setting_type(from)) {
  case CONFIG_TYPE_INT:
    config_setting_set_int(copy, config_setting_get_int(from));
    break;
  case CONFIG_TYPE_INT64:
    config_setting_set_int64(copy, config_setting_get_int64(from));
    break;
  case CONFIG_TYPE_FLOAT:
    config_setting_set_float(copy, config_setting_get_float(from));
    break;
  case CONFIG_TYPE_BOOL:
    config_setting_set_bool(copy, config_setting_get_bool(from));
    break;
  case CONFIG_TYPE_STRING:
    config_setting_set_string(copy, config_setting_get_string(from));
    break;
  default:
    for (int e = 0; e < config_setting_length(from); e++) {
      const config_setting_t *entry = config_setting_get_elem(from, (unsigned)e);

      copy_setting(copy, config_setting_name(entry), entry, origin);
    }
  }
}

static void replace_member(config_setting_t *group, const char *name, const config_setting_t *from,
                           char *origin)
{
  if (SettingMember(group, name)) config_setting_remove(group, name);
  copy_setting(group, name, from, origin);
}

static int is_word(const Key *key)
{
  return key->type == KEY_STRING || key->type == KEY_FILE || key->type == KEY_CHOICE;
}

/* Parses the value into the member "value" of an empty configuration; NULL if it cannot be read. */
static PetscErrorCode parse_value(const Assignment *assignment, const Key *key, config_t *config,
                                  config_setting_t **value)
{
  const int problems_before = assignment->problems->num_problems;
  const char *written = assignment->value;
  size_t size = strlen(written) + 16;
  char *text;

  PetscFunctionBeginUser;
  *value = NULL;
  if (!is_word(key) || written[0] == '"') {
    PetscCall(RawTextCheck(written, assignment->origin, NULL, 0, assignment->problems));
    if (assignment->problems->num_problems > problems_before) PetscFunctionReturn(PETSC_SUCCESS);
    PetscCall(PetscMalloc1(size, &text));
    snprintf(text, size, "value = %s;", written);
    if (config_read_string(config, text) &&
        config_setting_length(config_root_setting(config)) == 1) {
      *value = config_lookup(config, "value");
    }
    PetscCall(PetscFree(text));
    if (*value) PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (!is_word(key) && (!written[0] || strpbrk(written, "\"[](){};="))) {
    ProblemsAdd(assignment->problems, assignment->origin, "%s = %s: %s; write it as in the file",
                key->name, written,
                config_error_text(config) ? SettingsErrorText(config) : "not a single value");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  config_destroy(config);
  config_init(config);
  *value = config_setting_add(config_root_setting(config), "value", CONFIG_TYPE_STRING);
  config_setting_set_string(*value, written);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Cuts the next name or [n] off the path. */
static char *next_step(Assignment *assignment)
{
  char *step = assignment->path, *dot;

  if (!step) return NULL;
  dot = strchr(step, '.');
  if (dot) *dot = '\0';
  assignment->path = dot ? dot + 1 : NULL;
  return step;
}

/* The n of "[n]", -1 if it is something else. */
static long step_index(const char *step)
{
  char *end;
  long index;

  if (step[0] != '[' || step[1] < '0' || step[1] > '9') return -1;
  index = strtol(step + 1, &end, 10);
  return strcmp(end, "]") ? -1 : index;
}

static const char *entry_name(const config_setting_t *entry)
{
  const config_setting_t *name = SettingMember(entry, "name");

  if (!name) name = SettingMember(entry, "material");
  return name && config_setting_type(name) == CONFIG_TYPE_STRING ? config_setting_get_string(name)
                                                                 : NULL;
}

/* The entry of a list that a step calls by number or name; NULL, with a problem, if there is none.
 */
static config_setting_t *find_entry(const Assignment *assignment, config_setting_t *list,
                                    const char *name, const char *step)
{
  const int length = list && config_setting_is_list(list) ? config_setting_length(list) : 0;
  const long index = step ? step_index(step) : -1;
  char known[MAX_TEXT] = "";

  if (index >= 0 && index < length) return config_setting_get_elem(list, (unsigned)index);
  for (int e = 0; e < length; e++) {
    const char *entry = entry_name(config_setting_get_elem(list, (unsigned)e));
    const size_t used = strlen(known);

    if (entry && step && !strcmp(entry, step)) return config_setting_get_elem(list, (unsigned)e);
    if (entry) snprintf(known + used, sizeof known - used, ", %s", entry);
  }
  if (!length) {
    ProblemsAdd(assignment->problems, assignment->origin,
                "%s has no entries in the file; set it as a whole, %s=({ ... })", name, name);
  } else {
    ProblemsAdd(assignment->problems, assignment->origin,
                "%s has no entry %s; there are [0] to [%d]%s", name, step ? step : "(none named)",
                length - 1, known);
  }
  return NULL;
}

/* Replaces entry n of a vector that stands in the file. */
static PetscErrorCode set_component(Assignment *assignment, const Key *key, config_setting_t *group)
{
  const config_setting_t *old = SettingMember(group, key->name);
  const long index = step_index(next_step(assignment));
  config_t config;
  config_setting_t *value, *vector;

  PetscFunctionBeginUser;
  if (!old || !config_setting_is_aggregate(old) || index < 0 ||
      index >= config_setting_length(old) || assignment->path) {
    ProblemsAdd(
        assignment->problems, assignment->origin,
        "%s is no vector in the file with that entry; write %s.[n], n from 0, or set it as a "
        "whole",
        key->name, key->name);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  config_init(&config);
  PetscCall(parse_value(assignment, key, &config, &value));
  if (value) {
    vector = config_setting_add(config_root_setting(&config), "vector", CONFIG_TYPE_LIST);
    for (int e = 0; e < config_setting_length(old); e++) {
      copy_setting(vector, NULL, e == index ? value : config_setting_get_elem(old, (unsigned)e),
                   NULL);
    }
    replace_member(group, key->name, vector, assignment->origin);
  }
  config_destroy(&config);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_member(const Assignment *assignment, const Key *key,
                                 config_setting_t *group)
{
  config_t config;
  config_setting_t *value;

  PetscFunctionBeginUser;
  config_init(&config);
  PetscCall(parse_value(assignment, key, &config, &value));
  if (value) replace_member(group, key->name, value, assignment->origin);
  config_destroy(&config);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The group or entry behind a key; a group that is missing is made. NULL, with a problem, without.
 */
static config_setting_t *descend(Assignment *assignment, const Key *key, config_setting_t *group)
{
  config_setting_t *member = SettingMember(group, key->name);

  if (key->type == KEY_LIST)
    return find_entry(assignment, member, key->name, next_step(assignment));
  if (member && key->type == KEY_GROUP && !config_setting_is_group(member)) {
    ProblemsAdd(assignment->problems, assignment->origin, "%s is no group in the file", key->name);
    return NULL;
  }
  if (key->type != KEY_GROUP) {
    ProblemsAdd(assignment->problems, assignment->origin,
                "%s is a single value, nothing can follow it", key->name);
    return NULL;
  }
  if (!member) {
    member = config_setting_add(group, key->name, CONFIG_TYPE_GROUP);
    config_setting_set_hook(member, assignment->origin);
  }
  return member;
}

static void refuse_step(const Assignment *assignment, const KeyTable *table, const char *step)
{
  const char *nearest = KeyTableNearest(table, step);

  ProblemsAdd(assignment->problems, assignment->origin, "unknown key %s%s%s%s", step,
              nearest ? "; did you mean " : "; see `granulith help case`", nearest ? nearest : "",
              nearest ? "?" : "");
}

static PetscErrorCode walk(Assignment *assignment, const KeyTable *table, config_setting_t *group)
{
  PetscFunctionBeginUser;
  while (group) {
    const char *step = next_step(assignment);
    const Key *key = step ? KeyTableFind(table, step) : NULL;

    if (!step) {
      ProblemsAdd(assignment->problems, assignment->origin, "names a group; set one of its keys");
      break;
    }
    if (!key) {
      refuse_step(assignment, table, step);
      break;
    }
    if (!assignment->path) {
      PetscCall(set_member(assignment, key, group));
      break;
    }
    if (key->type == KEY_NUMBERS || key->type == KEY_INTEGERS || key->type == KEY_STRINGS) {
      PetscCall(set_component(assignment, key, group));
      break;
    }
    group = descend(assignment, key, group);
    table = key->table;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SettingsSet(Settings *settings, const KeyTable *table, const char *assignment,
                           Problems *problems)
{
  const char *equals = strchr(assignment, '=');
  const size_t size = strlen(assignment) + 8;
  const PetscInt n = settings->num_origins;
  Assignment parts = {NULL, NULL, equals ? equals + 1 : NULL, problems};
  char *path;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(size, &parts.origin));
  snprintf(parts.origin, size, "--set %s", assignment);
  PetscCall(PetscRealloc((size_t)(n + 1) * sizeof *settings->origins, &settings->origins));
  settings->origins[settings->num_origins++] = parts.origin;
  if (!equals || equals == assignment) {
    ProblemsAdd(problems, parts.origin, "must be path=value, e.g. --set film.thickness_um=2");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscStrallocpy(assignment, &path));
  path[equals - assignment] = '\0';
  parts.path = path;
  PetscCall(walk(&parts, table, config_root_setting(&settings->config)));
  PetscCall(PetscFree(path));
  PetscFunctionReturn(PETSC_SUCCESS);
}
