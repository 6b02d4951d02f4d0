#pragma once

#include <libconfig.h>
#include <jansson.h>
#include "keys.h"
#include "petsc_compat.h"
#include "problems.h"

/*@
  Settings - a parsed libconfig file: the tree, and where everything in it came from
@*/
typedef struct {
  config_t config;
  char *path;      /* as the user calls it */
  char *directory; /* of the file; @include is relative to it */
  PetscInt num_origins;
  char **origins; /* "--set path=value" of settings that are not from the file */
} Settings;

/*@
  SettingsRead - reads a file and what it includes

  Not collective

  Input Parameter:
. path - of the file

  Output Parameters:
+ settings - free with SettingsDestroy(); NULL if the file cannot be read or parsed
- problems - gets what is wrong, each with file and line
@*/
PetscErrorCode SettingsRead(const char *path, Problems *problems, Settings **settings);
PetscErrorCode SettingsDestroy(Settings **settings);

/* What is wrong with a text that could not be parsed, in words that help. */
const char *SettingsErrorText(const config_t *config);

/*@
  SettingsSet - sets one value, as if it stood in the file

  A path is made of names and dots, with [n] for entry n of a list or vector; an entry of a list may
  be called by its `name` (or, without one, its `material`). Groups on the way are made if they are
  missing. The value is written as in the file; strings may do without quotes.

  Input Parameters:
+ settings   - the file
. table      - keys of the file
- assignment - "path=value"

  Output Parameter:
. problems - gets paths that do not exist and values that cannot be read
@*/
PetscErrorCode SettingsSet(Settings *settings, const KeyTable *table, const char *assignment,
                           Problems *problems);

/*@
  SettingPlace - where a setting came from: "path/file:line", or "--set path=value"

  SettingOrigin() is the same with the file's name alone, for results.
@*/
void SettingPlace(const config_setting_t *setting, char *text, size_t size);
void SettingOrigin(const config_setting_t *setting, char *text, size_t size);

/* The path of a setting: "phases.[0].material"; nothing for the root. */
void SettingPath(const config_setting_t *setting, char *text, size_t size);

/* The value as one would write it; groups and lists of groups abbreviated. */
void SettingText(const config_setting_t *setting, char *text, size_t size);

/* The value as JSON: numbers, booleans, strings and arrays of them. */
json_t *SettingJson(const config_setting_t *setting);

/* A member of a group, NULL without it; a number, whatever its kind. */
config_setting_t *SettingMember(const config_setting_t *group, const char *name);
PetscBool SettingIsNumber(const config_setting_t *setting);
double SettingNumber(const config_setting_t *setting);

/*@
  SettingProblem - adds "place: path = value: message"; SettingWarning() likewise
@*/
void SettingProblem(const config_setting_t *setting, Problems *problems, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void SettingWarning(const config_setting_t *setting, Problems *problems, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
