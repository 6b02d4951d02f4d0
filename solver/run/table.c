#include "table.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rawtext.h"

#define MAX_TEXT 1024

static void *member(void *target, size_t offset)
{
  return (char *)target + offset;
}

void EchoPut(json_t *echo, const char *name, json_t *value, const char *from)
{
  if (echo)
    json_object_set_new(echo, name, json_pack("{s:o, s:s}", "value", value, "from", from));
  else
    json_decref(value);
}

PetscErrorCode TextAppend(const char *text, PetscInt *num_texts, char ***texts)
{
  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)(*num_texts + 1) * sizeof **texts, texts));
  PetscCall(PetscStrallocpy(text, &(*texts)[(*num_texts)++]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Leaves the members of a key as "not given". */
static void clear_member(const Key *key, void *target)
{
  void *value = member(target, key->offset);

  switch (key->type) {
  case KEY_NUMBER:
    *(double *)value = NAN;
    break;
  case KEY_INTEGER:
    *(PetscInt *)value = 0;
    break;
  case KEY_BOOLEAN:
    *(PetscBool *)value = PETSC_FALSE;
    break;
  case KEY_STRING:
  case KEY_FILE:
    *(char **)value = NULL;
    break;
  case KEY_CHOICE:
    *(int *)value = -1;
    break;
  case KEY_NUMBERS:
    for (int n = 0; n < key->length; n++) ((double *)value)[n] = NAN;
    break;
  case KEY_INTEGERS:
    for (int n = 0; n < key->length; n++) ((PetscInt *)value)[n] = 0;
    if (!key->length) *(PetscInt **)value = NULL;
    break;
  case KEY_STRINGS:
    for (int n = 0; n < key->length; n++) ((char **)value)[n] = NULL;
    if (!key->length) *(char ***)value = NULL;
    break;
  case KEY_VALUES:
    *(char ***)value = NULL;
    break;
  case KEY_LIST:
    *(void **)value = NULL;
    break;
  case KEY_GROUP:
    break;
  }
  if (key->count && key->type == KEY_GROUP)
    *(PetscBool *)member(target, key->count) = PETSC_FALSE;
  else if (key->count)
    *(PetscInt *)member(target, key->count) = 0;
}

static int choice_index(const Key *key, const char *text)
{
  for (int c = 0; key->choices[c]; c++) {
    if (!strcmp(key->choices[c], text)) return c;
  }
  return -1;
}

static int is_text(const config_setting_t *setting)
{
  json_t *json;

  if (config_setting_type(setting) != CONFIG_TYPE_STRING) return 0;
  json = json_string(config_setting_get_string(setting)); /* NULL unless it is UTF-8 */
  json_decref(json);
  return json != NULL && config_setting_get_string(setting)[0];
}

/* Whether a single value is of the key's type and in its range. */
static int fits_scalar(const Key *key, const config_setting_t *setting)
{
  const double number = SettingNumber(setting);

  switch (key->type) {
  case KEY_NUMBER:
  case KEY_NUMBERS:
    return SettingIsNumber(setting) && KeyAllows(key, number);
  case KEY_INTEGER:
  case KEY_INTEGERS:
    return SettingIsNumber(setting) && KeyAllows(key, number) && floor(number) == number &&
           fabs(number) <= 9007199254740992.0;
  case KEY_BOOLEAN:
    return config_setting_type(setting) == CONFIG_TYPE_BOOL;
  case KEY_VALUES:
    return config_setting_is_scalar(setting)
               ? config_setting_type(setting) != CONFIG_TYPE_STRING || is_text(setting)
               : !config_setting_is_group(setting);
  case KEY_STRING:
  case KEY_CHOICE:
    return is_text(setting) &&
           (!key->choices || choice_index(key, config_setting_get_string(setting)) >= 0);
  default:
    return is_text(setting);
  }
}

static int is_vector(const Key *key)
{
  return key->type == KEY_NUMBERS || key->type == KEY_INTEGERS || key->type == KEY_STRINGS ||
         key->type == KEY_VALUES;
}

static int fits(const Key *key, const config_setting_t *setting)
{
  if (!is_vector(key)) return fits_scalar(key, setting);
  if (!config_setting_is_array(setting) && !config_setting_is_list(setting)) return 0;
  if (key->length && config_setting_length(setting) != key->length) return 0;
  for (int e = 0; e < config_setting_length(setting); e++) {
    if (!fits_scalar(key, config_setting_get_elem(setting, (unsigned)e))) return 0;
  }
  return 1;
}

static void refuse_value(const Key *key, const config_setting_t *setting, Problems *problems)
{
  const char *nearest = NULL;
  char expected[MAX_TEXT];

  KeyExpectation(key, expected, sizeof expected);
  if (config_setting_type(setting) == CONFIG_TYPE_STRING && key->choices) {
    nearest = KeyNameNearest(key->choices, config_setting_get_string(setting));
  }
  if (config_setting_type(setting) == CONFIG_TYPE_STRING && !is_text(setting) &&
      config_setting_get_string(setting)[0]) {
    SettingProblem(setting, problems, "must be UTF-8 text");
  } else {
    SettingProblem(setting, problems, "must be %s%s%s%s", expected,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                   nearest ? "\"?" : "");
  }
}

/* The files of a folder, in the order of their names. */
static PetscErrorCode list_folder(const char *path, TableReader *reader)
{
  struct dirent **entries = NULL;
  const int num = scandir(path, &entries, NULL, alphasort);

  PetscFunctionBeginUser;
  for (int e = 0; e < num; e++) {
    char file[3 * PETSC_MAX_PATH_LEN];
    struct stat status;

    snprintf(file, sizeof file, "%s/%s", path, entries[e]->d_name);
    if (!stat(file, &status) && S_ISREG(status.st_mode)) {
      PetscCall(TextAppend(file, &reader->num_files, &reader->files));
    }
    free(entries[e]);
  }
  free(entries);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode store_file(const Key *key, const config_setting_t *setting,
                                 TableReader *reader, char **value)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  struct stat status;

  PetscFunctionBeginUser;
  RawTextJoin(reader->directory, config_setting_get_string(setting), path, sizeof path);
  if (stat(path, &status) ||
      !(S_ISREG(status.st_mode) || (key->may_be_folder && S_ISDIR(status.st_mode)))) {
    SettingProblem(setting, reader->problems, "there is no such file%s; looked for %s",
                   key->may_be_folder ? " or folder" : "", path);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscStrallocpy(path, value));
  if (S_ISDIR(status.st_mode))
    PetscCall(list_folder(path, reader));
  else
    PetscCall(TextAppend(path, &reader->num_files, &reader->files));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* As --set takes it: a vector as ( ), where integers and decimals may mix. */
static PetscErrorCode store_text(const config_setting_t *setting, char **value)
{
  char text[MAX_TEXT];

  PetscFunctionBeginUser;
  SettingText(setting, text, sizeof text);
  if (text[0] == '[') {
    text[0] = '(';
    text[strlen(text) - 1] = ')';
  }
  PetscCall(PetscStrallocpy(text, value));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Entry e of a value that fits its key, as number e of the member. */
static PetscErrorCode store_entry(const Key *key, const config_setting_t *setting, int e,
                                  void *value)
{
  PetscFunctionBeginUser;
  switch (key->type) {
  case KEY_NUMBER:
  case KEY_NUMBERS:
    ((double *)value)[e] = KeyToSi(key, SettingNumber(setting));
    break;
  case KEY_INTEGER:
  case KEY_INTEGERS:
    ((PetscInt *)value)[e] = (PetscInt)config_setting_get_int64(setting);
    if (config_setting_type(setting) == CONFIG_TYPE_FLOAT) {
      ((PetscInt *)value)[e] = (PetscInt)SettingNumber(setting);
    }
    break;
  case KEY_BOOLEAN:
    *(PetscBool *)value = config_setting_get_bool(setting) ? PETSC_TRUE : PETSC_FALSE;
    break;
  case KEY_CHOICE:
    *(int *)value = choice_index(key, config_setting_get_string(setting));
    break;
  case KEY_VALUES:
    PetscCall(store_text(setting, &((char **)value)[e]));
    break;
  default:
    PetscCall(PetscStrallocpy(config_setting_get_string(setting), &((char **)value)[e]));
    break;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A value as the file has it, or the default. */
static PetscErrorCode read_value(const Key *key, const config_setting_t *setting, const char *from,
                                 TableReader *reader, void *target, json_t *echo)
{
  void *value = member(target, key->offset);

  PetscFunctionBeginUser;
  if (!fits(key, setting)) {
    refuse_value(key, setting, reader->problems);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  EchoPut(echo, key->name, SettingJson(setting), from);
  if (key->type == KEY_FILE) {
    PetscCall(store_file(key, setting, reader, value));
  } else if (is_vector(key)) {
    const int length = config_setting_length(setting);

    if (!key->length) {
      PetscCall(PetscCalloc1((size_t)length + 1, (char ***)value)); /* no entry takes more */
      *(PetscInt *)member(target, key->count) = length;
      value = *(char ***)value;
    }
    for (int e = 0; e < length; e++) {
      PetscCall(store_entry(key, config_setting_get_elem(setting, (unsigned)e), e, value));
    }
  } else {
    PetscCall(store_entry(key, setting, 0, value));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_default(const Key *key, TableReader *reader, void *target, json_t *echo)
{
  const char *quote = key->type == KEY_STRING || key->type == KEY_CHOICE ? "\"" : "";
  config_t config;
  char text[MAX_TEXT];

  PetscFunctionBeginUser;
  config_init(&config);
  snprintf(text, sizeof text, "%s = %s%s%s;", key->name, quote, key->default_text, quote);
  PetscCheck(config_read_string(&config, text), PETSC_COMM_SELF, PETSC_ERR_PLIB,
             "the default of %s cannot be read: %s", key->name, key->default_text);
  PetscCall(read_value(key, config_setting_get_elem(config_root_setting(&config), 0), "default",
                       reader, target, echo));
  config_destroy(&config);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_group(const Key *key, const config_setting_t *setting,
                                 TableReader *reader, void *target, json_t *echo)
{
  json_t *inner = echo && (setting || !key->count) ? json_object() : NULL;

  PetscFunctionBeginUser;
  if (setting && !config_setting_is_group(setting)) {
    refuse_value(key, setting, reader->problems);
    setting = NULL;
  }
  if (key->count) *(PetscBool *)member(target, key->count) = setting ? PETSC_TRUE : PETSC_FALSE;
  PetscCall(TableRead(key->table, setting, NULL, reader, member(target, key->offset), inner));
  if (inner) json_object_set_new(echo, key->name, inner);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_list(const Key *key, const config_setting_t *setting,
                                TableReader *reader, void *target, json_t *echo)
{
  const int length = config_setting_length(setting);
  json_t *array;
  char *entries;

  PetscFunctionBeginUser;
  for (int e = 0; e < length || !e; e++) {
    if (!config_setting_is_list(setting) || length < key->length ||
        (length && !config_setting_is_group(config_setting_get_elem(setting, (unsigned)e)))) {
      refuse_value(key, setting, reader->problems);
      PetscFunctionReturn(PETSC_SUCCESS);
    }
  }
  array = echo ? json_array() : NULL;
  PetscCall(PetscCalloc1((size_t)(length + 1) * key->table->size, &entries));
  *(void **)member(target, key->offset) = entries;
  *(PetscInt *)member(target, key->count) = length;
  for (int e = 0; e < length; e++) {
    json_t *inner = echo ? json_object() : NULL;

    PetscCall(TableRead(key->table, config_setting_get_elem(setting, (unsigned)e), NULL, reader,
                        entries + (size_t)e * key->table->size, inner));
    if (array) json_array_append_new(array, inner);
  }
  if (echo) json_object_set_new(echo, key->name, array);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void refuse_unknown(const KeyTable *table, const config_setting_t *group, Problems *problems)
{
  char known[MAX_TEXT] = "";

  for (int k = 0; k < KeyTableSize(table); k++) {
    const size_t used = strlen(known);

    snprintf(known + used, sizeof known - used, "%s%s", k ? ", " : "", KeyTableGet(table, k)->name);
  }
  for (int m = 0; m < config_setting_length(group); m++) {
    const config_setting_t *setting = config_setting_get_elem(group, (unsigned)m);
    const char *nearest = KeyTableNearest(table, config_setting_name(setting));

    if (KeyTableFind(table, config_setting_name(setting))) continue;
    if (nearest)
      SettingProblem(setting, problems, "unknown key; did you mean %s?", nearest);
    else
      SettingProblem(setting, problems, "unknown key; known here: %s", known);
  }
}

static void refuse_missing(const Key *key, const config_setting_t *group, Problems *problems)
{
  char expected[MAX_TEXT];

  KeyExpectation(key, expected, sizeof expected);
  SettingProblem(group, problems, "%s is missing; it must be %s (%s)", key->name, expected,
                 key->meaning);
}

PetscErrorCode TableRead(const KeyTable *table, const config_setting_t *group,
                         const config_setting_t *fallback, TableReader *reader, void *target,
                         json_t *echo)
{
  PetscFunctionBeginUser;
  if (group) refuse_unknown(table, group, reader->problems);
  for (const KeyTable *part = table; part; part = part->first) {
    if (part->group) *(const void **)member(target, part->group) = group;
  }
  for (int k = 0; k < KeyTableSize(table); k++) {
    const Key *key = KeyTableGet(table, k);
    const config_setting_t *setting = SettingMember(group, key->name);
    char from[2 * MAX_TEXT];

    if (!setting && k >= table->num_keys) setting = SettingMember(fallback, key->name);
    clear_member(key, target);
    if (!setting && key->is_required && group) refuse_missing(key, group, reader->problems);
    if (key->type == KEY_GROUP) {
      PetscCall(read_group(key, setting, reader, target, echo));
    } else if (setting && key->type == KEY_LIST) {
      PetscCall(read_list(key, setting, reader, target, echo));
    } else if (setting) {
      SettingOrigin(setting, from, sizeof from);
      PetscCall(read_value(key, setting, from, reader, target, echo));
    } else if (key->default_text) {
      PetscCall(read_default(key, reader, target, echo));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode free_list(const Key *key, void *target)
{
  char *entries = *(char **)member(target, key->offset);

  PetscFunctionBeginUser;
  for (PetscInt e = 0; e < *(PetscInt *)member(target, key->count); e++) {
    PetscCall(TableFree(key->table, entries + (size_t)e * key->table->size));
  }
  PetscCall(PetscFree(entries));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode free_texts(const Key *key, void *target)
{
  const int is_list = is_vector(key) && !key->length;
  char **texts = member(target, key->offset);
  PetscInt num_texts = key->type == KEY_STRINGS ? key->length : 1;

  PetscFunctionBeginUser;
  if (is_list) {
    texts = *(char ***)texts;
    num_texts = *(PetscInt *)member(target, key->count);
  }
  for (PetscInt t = 0; t < num_texts; t++) PetscCall(PetscFree(texts[t]));
  if (is_list) PetscCall(PetscFree(texts));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TableFree(const KeyTable *table, void *target)
{
  PetscFunctionBeginUser;
  for (int k = 0; k < KeyTableSize(table); k++) {
    const Key *key = KeyTableGet(table, k);

    if (key->type == KEY_GROUP) PetscCall(TableFree(key->table, member(target, key->offset)));
    if (key->type == KEY_LIST) PetscCall(free_list(key, target));
    if (key->type == KEY_INTEGERS && !key->length) {
      PetscCall(PetscFree(*(PetscInt **)member(target, key->offset)));
    }
    if (key->type == KEY_STRING || key->type == KEY_FILE || key->type == KEY_STRINGS ||
        key->type == KEY_VALUES) {
      PetscCall(free_texts(key, target));
    }
    if (key->type != KEY_GROUP) clear_member(key, target);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
