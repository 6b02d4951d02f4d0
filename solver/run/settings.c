#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawtext.h"
#include "textfile.h"

#define MAX_TEXT 1024

const char *SettingsErrorText(const config_t *config)
{
  const char *message = config_error_text(config);

  if (!strcmp(message, "mismatched element type in array")) {
    return "numbers in [ ] must be of one kind: make all of them decimal, as in [2.0, 2.5], or "
           "write "
           "( ) instead of [ ]";
  }
  if (!strcmp(message, "duplicate setting name"))
    return "this key is given twice in the same group";
  if (!strcmp(message, "syntax error")) {
    return "syntax error: is a semicolon, bracket or quote missing here or just before?";
  }
  return message;
}

static void file_path(const Settings *settings, const char *file, char *path, size_t size)
{
  if (!file || !strcmp(file, settings->path))
    snprintf(path, size, "%s", settings->path);
  else
    RawTextJoin(settings->directory, file, path, size);
}

static PetscErrorCode settings_create(const char *path, Settings **settings)
{
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 1;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(settings));
  PetscCall(PetscStrallocpy(path, &(*settings)->path));
  PetscCall(PetscStrallocpy(slash ? path : ".", &(*settings)->directory));
  if (slash == path) length = 1; /* in the root directory */
  (*settings)->directory[length] = '\0';
  config_init(&(*settings)->config);
  config_set_include_dir(&(*settings)->config, (*settings)->directory);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SettingsRead(const char *path, Problems *problems, Settings **settings)
{
  const int problems_before = problems->num_problems;
  config_t *config;
  char *text;

  PetscFunctionBeginUser;
  *settings = NULL;
  PetscCall(TextFileRead(PETSC_COMM_SELF, path, problems, &text));
  if (!text) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(settings_create(path, settings));
  config = &(*settings)->config;
  PetscCall(RawTextCheck(text, path, (*settings)->directory, 0, problems));
  PetscCall(PetscFree(text));
  if (problems->num_problems == problems_before && !config_read_file(config, (*settings)->path)) {
    char file[2 * PETSC_MAX_PATH_LEN], place[2 * PETSC_MAX_PATH_LEN + 16];

    file_path(*settings, config_error_file(config), file, sizeof file);
    snprintf(place, sizeof place, "%s:%d", file, config_error_line(config));
    ProblemsAdd(problems, place, "%s", SettingsErrorText(config));
  }
  if (problems->num_problems > problems_before) PetscCall(SettingsDestroy(settings));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SettingsDestroy(Settings **settings)
{
  PetscFunctionBeginUser;
  if (!*settings) PetscFunctionReturn(PETSC_SUCCESS);
  config_destroy(&(*settings)->config);
  for (PetscInt o = 0; o < (*settings)->num_origins; o++) {
    PetscCall(PetscFree((*settings)->origins[o]));
  }
  PetscCall(PetscFree((*settings)->origins));
  PetscCall(PetscFree((*settings)->path));
  PetscCall(PetscFree((*settings)->directory));
  PetscCall(PetscFree(*settings));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void SettingPlace(const config_setting_t *setting, char *text, size_t size)
{
  const char *file = config_setting_source_file(setting);
  const char *first = config_setting_source_file(config_root_setting(setting->config));
  const char *directory = config_get_include_dir(setting->config);
  char path[2 * PETSC_MAX_PATH_LEN];

  if (config_setting_get_hook(setting)) {
    snprintf(text, size, "%s", (const char *)config_setting_get_hook(setting));
    return;
  }
  /* the first file is named in full, files it includes as they stand behind @include */
  if (!file) file = first;
  if (!file) file = "";
  if (!directory || (first && !strcmp(file, first)))
    snprintf(path, sizeof path, "%s", file);
  else
    RawTextJoin(directory, file, path, sizeof path);
  if (config_setting_source_line(setting)) {
    snprintf(text, size, "%.*s:%u", (int)size - 16, path,
             (unsigned)config_setting_source_line(setting));
  } else {
    snprintf(text, size, "%.*s", (int)size - 1, path);
  }
}

void SettingOrigin(const config_setting_t *setting, char *text, size_t size)
{
  char place[MAX_TEXT * 4];
  const char *slash;

  SettingPlace(setting, place, sizeof place);
  slash = config_setting_get_hook(setting) ? NULL : strrchr(place, '/');
  snprintf(text, size, "%s", slash ? slash + 1 : place);
}

void SettingPath(const config_setting_t *setting, char *text, size_t size)
{
  const config_setting_t *parent = config_setting_parent(setting);
  size_t used;

  text[0] = '\0';
  if (!parent) return;
  SettingPath(parent, text, size);
  used = strlen(text);
  if (config_setting_name(setting)) {
    snprintf(text + used, size - used, "%s%s", used ? "." : "", config_setting_name(setting));
  } else {
    snprintf(text + used, size - used, "%s[%d]", used ? "." : "", config_setting_index(setting));
  }
}

void SettingText(const config_setting_t *setting, char *text, size_t size)
{
  const int is_array = config_setting_is_array(setting);

  switch (config_setting_type(setting)) {
  case CONFIG_TYPE_INT:
  case CONFIG_TYPE_INT64:
    snprintf(text, size, "%lld", config_setting_get_int64(setting));
    return;
  case CONFIG_TYPE_FLOAT:
    snprintf(text, size, "%.10g", config_setting_get_float(setting));
    return;
  case CONFIG_TYPE_BOOL:
    snprintf(text, size, "%s", config_setting_get_bool(setting) ? "true" : "false");
    return;
  case CONFIG_TYPE_STRING:
    snprintf(text, size, "\"%s\"", config_setting_get_string(setting));
    return;
  case CONFIG_TYPE_GROUP:
    snprintf(text, size, "{ ... }");
    return;
  default:
    break;
  }
  snprintf(text, size, "%s", is_array ? "[" : "(");
  for (int e = 0; e < config_setting_length(setting); e++) {
    char entry[MAX_TEXT];
    const size_t used = strlen(text);

    SettingText(config_setting_get_elem(setting, (unsigned)e), entry, sizeof entry);
    snprintf(text + used, size - used, "%s%s", e ? ", " : "", entry);
  }
  snprintf(text + strlen(text), size - strlen(text), "%s", is_array ? "]" : ")");
}

json_t *SettingJson(const config_setting_t *setting)
{
  json_t *array;

  switch (config_setting_type(setting)) {
  case CONFIG_TYPE_INT:
  case CONFIG_TYPE_INT64:
    return json_integer(config_setting_get_int64(setting));
  case CONFIG_TYPE_FLOAT:
    return json_real(config_setting_get_float(setting));
  case CONFIG_TYPE_BOOL:
    return json_boolean(config_setting_get_bool(setting));
  case CONFIG_TYPE_STRING:
    return json_string(config_setting_get_string(setting));
  case CONFIG_TYPE_GROUP:
    return json_null();
  default:
    break;
  }
  array = json_array();
  for (int e = 0; e < config_setting_length(setting); e++) {
    json_array_append_new(array, SettingJson(config_setting_get_elem(setting, (unsigned)e)));
  }
  return array;
}

config_setting_t *SettingMember(const config_setting_t *group, const char *name)
{
  if (!group || !config_setting_is_group(group)) return NULL;
  for (int m = 0; m < config_setting_length(group); m++) {
    config_setting_t *member = config_setting_get_elem(group, (unsigned)m);

    if (!strcmp(config_setting_name(member), name)) return member;
  }
  return NULL;
}

PetscBool SettingIsNumber(const config_setting_t *setting)
{
  return config_setting_is_number(setting) ? PETSC_TRUE : PETSC_FALSE;
}

/* config_setting_get_float() of an integer would be 0 in libconfig 1.5. */
double SettingNumber(const config_setting_t *setting)
{
  switch (config_setting_type(setting)) {
  case CONFIG_TYPE_INT:
  case CONFIG_TYPE_INT64:
    return (double)config_setting_get_int64(setting);
  case CONFIG_TYPE_FLOAT:
    return config_setting_get_float(setting);
  default:
    return NAN;
  }
}

/* "path = value: message" */
static void compose(const config_setting_t *setting, char *text, size_t size, const char *format,
                    va_list arguments)
{
  char path[MAX_TEXT], value[MAX_TEXT], message[MAX_TEXT];

  vsnprintf(message, sizeof message, format, arguments);
  SettingPath(setting, path, sizeof path);
  SettingText(setting, value, sizeof value);
  if (config_setting_is_root(setting))
    snprintf(text, size, "%s", message);
  else if (config_setting_is_group(setting))
    snprintf(text, size, "%s: %s", path, message);
  else
    snprintf(text, size, "%s = %s: %s", path, value, message);
}

void SettingProblem(const config_setting_t *setting, Problems *problems, const char *format, ...)
{
  char place[4 * MAX_TEXT], text[4 * MAX_TEXT];
  va_list arguments;

  va_start(arguments, format);
  compose(setting, text, sizeof text, format, arguments);
  va_end(arguments);
  SettingPlace(setting, place, sizeof place);
  ProblemsAdd(problems, place, "%s", text);
}

void SettingWarning(const config_setting_t *setting, Problems *problems, const char *format, ...)
{
  char place[4 * MAX_TEXT], text[4 * MAX_TEXT];
  va_list arguments;

  va_start(arguments, format);
  compose(setting, text, sizeof text, format, arguments);
  va_end(arguments);
  SettingPlace(setting, place, sizeof place);
  ProblemsWarn(problems, place, "%s", text);
}
