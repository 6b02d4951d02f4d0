#pragma once

#include "settings.h"

/* What reading a file by its table needs and collects. */
typedef struct {
  const char *directory; /* full path; files named are relative to it */
  PetscInt num_files;
  char **files; /* full paths of files named; the owner frees them */
  Problems *problems;
} TableReader;

/*@
  TableRead - fills a struct from a group of a file, as its table of keys says

  Every key is checked for its type and range, keys the table does not know are refused, keys left
out get their default.

  Input Parameters:
+ table    - keys of the group
. group    - the group; NULL if the file does not have it (then nothing in it is required)
. fallback - another group that may give the keys of table->first, NULL if there is none
- reader   - directory for files named

  Output Parameters:
+ target - the table's struct, free with TableFree()
- echo   - object that gets {"value": ..., "from": ...} for every key that has a value; may be NULL
@*/
PetscErrorCode TableRead(const KeyTable *table, const config_setting_t *group,
                         const config_setting_t *fallback, TableReader *reader, void *target,
                         json_t *echo);

/* Frees strings and lists of a struct and leaves it empty. */
PetscErrorCode TableFree(const KeyTable *table, void *target);

/* Adds {"value": value, "from": from} to an echo; takes the reference to value. */
void EchoPut(json_t *echo, const char *name, json_t *value, const char *from);

/* Appends a copy of a text to a list of texts. */
PetscErrorCode TextAppend(const char *text, PetscInt *num_texts, char ***texts);
