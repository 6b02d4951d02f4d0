#include "keys.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_WORD 64 /* longer words are compared by their first letters */

int KeyTableSize(const KeyTable *table)
{
  return table->num_keys + (table->first ? KeyTableSize(table->first) : 0);
}

const Key *KeyTableGet(const KeyTable *table, int index)
{
  if (index < table->num_keys) return &table->keys[index];
  return KeyTableGet(table->first, index - table->num_keys);
}

const Key *KeyTableFind(const KeyTable *table, const char *name)
{
  for (int k = 0; k < KeyTableSize(table); k++) {
    const Key *key = KeyTableGet(table, k);

    if (!strcmp(key->name, name)) return key;
  }
  return NULL;
}

static int least(int a, int b)
{
  return a < b ? a : b;
}

int KeyDistance(const char *a, const char *b)
{
  const int length_a = (int)strnlen(a, MAX_WORD), length_b = (int)strnlen(b, MAX_WORD);
  int cost[MAX_WORD + 1][MAX_WORD + 1]; /* of making the first i letters of a the first j of b */

  for (int i = 0; i <= length_a; i++) cost[i][0] = i;
  for (int j = 0; j <= length_b; j++) cost[0][j] = j;
  for (int i = 1; i <= length_a; i++) {
    for (int j = 1; j <= length_b; j++) {
      const int x = tolower((unsigned char)a[i - 1]), y = tolower((unsigned char)b[j - 1]);

      cost[i][j] = least(cost[i - 1][j - 1] + (x != y), least(cost[i - 1][j], cost[i][j - 1]) + 1);
      if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
          y == tolower((unsigned char)a[i - 2])) {
        cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[length_a][length_b];
}

int KeyIsNear(const char *a, const char *b)
{
  const size_t length_a = strlen(a), length_b = strlen(b);
  const size_t shorter = length_a < length_b ? length_a : length_b;

  if (shorter >= 3 && !strncmp(a, b, shorter)) return 1; /* a unit left out */
  return KeyDistance(a, b) <= 1 + (int)shorter / 4;
}

/* Keeps the better of two candidates for a misspelt name. */
static void consider(const char *candidate, const char *name, const char **nearest, int *distance)
{
  const int d = KeyDistance(candidate, name);

  if (d < *distance && KeyIsNear(candidate, name)) {
    *nearest = candidate;
    *distance = d;
  }
}

const char *KeyTableNearest(const KeyTable *table, const char *name)
{
  const char *nearest = NULL;
  int distance = MAX_WORD;

  for (int k = 0; k < KeyTableSize(table); k++) {
    consider(KeyTableGet(table, k)->name, name, &nearest, &distance);
  }
  return nearest;
}

const char *KeyNameNearest(const char *const *names, const char *name)
{
  const char *nearest = NULL;
  int distance = MAX_WORD;

  for (int n = 0; names[n]; n++) consider(names[n], name, &nearest, &distance);
  return nearest;
}

double KeyToSi(const Key *key, double value)
{
  return (key->factor != 0.0 ? key->factor * value : value) + key->shift;
}

static int has_range(const Key *key)
{
  return key->range.from < key->range.to;
}

int KeyAllows(const Key *key, double value)
{
  const KeyRange *range = &key->range;

  if (!isfinite(value)) return 0;
  if (!has_range(key)) return 1;
  return (range->is_above ? value > range->from : value >= range->from) &&
         (range->is_below ? value < range->to : value <= range->to);
}

static void add(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void add(char *text, size_t size, const char *format, ...)
{
  const size_t used = strlen(text);
  va_list arguments;

  va_start(arguments, format);
  vsnprintf(text + used, size - used, format, arguments);
  va_end(arguments);
}

static void add_range(const Key *key, char *text, size_t size)
{
  const KeyRange *range = &key->range;

  if (!has_range(key)) return;
  if (key->type == KEY_NUMBERS || key->type == KEY_INTEGERS) add(text, size, ", each");
  if (isfinite(range->from) && isfinite(range->to) && !range->is_above && !range->is_below) {
    add(text, size, " from %.10g to %.10g", range->from, range->to);
    return;
  }
  if (isfinite(range->from)) {
    add(text, size, range->is_above ? " above %.10g" : " not below %.10g", range->from);
  }
  if (isfinite(range->from) && isfinite(range->to)) add(text, size, " and");
  if (isfinite(range->to)) {
    add(text, size, range->is_below ? " below %.10g" : " not above %.10g", range->to);
  }
}

static void add_choices(const Key *key, char *text, size_t size)
{
  for (int c = 0; key->choices[c]; c++) {
    add(text, size, "%s\"%s\"", c ? ", " : "one of ", key->choices[c]);
  }
}

void KeyExpectation(const Key *key, char *text, size_t size)
{
  text[0] = '\0';
  switch (key->type) {
  case KEY_NUMBER:
    add(text, size, "a number");
    break;
  case KEY_INTEGER:
    add(text, size, "an integer");
    break;
  case KEY_BOOLEAN:
    add(text, size, "true or false");
    break;
  case KEY_STRING:
    if (!key->choices) add(text, size, "a string \"...\" that is not empty");
    break;
  case KEY_FILE:
    add(text, size, "the name of a file, \"...\"");
    break;
  case KEY_CHOICE:
    break;
  case KEY_NUMBERS:
    add(text, size, "%d numbers", key->length);
    break;
  case KEY_INTEGERS:
    if (key->length)
      add(text, size, "%d integers", key->length);
    else
      add(text, size, "integers [ ..., ... ]");
    break;
  case KEY_STRINGS:
    if (key->length)
      add(text, size, "%d strings", key->length);
    else
      add(text, size, "strings (\"...\", ...)");
    break;
  case KEY_VALUES:
    add(text, size, "a list of values: numbers, strings or vectors");
    break;
  case KEY_GROUP:
    add(text, size, "a group { ... }");
    break;
  case KEY_LIST:
    add(text, size, "a list of groups ( { ... }, ... )");
    if (key->length) add(text, size, ", %d or more", key->length);
    break;
  }
  if (key->choices) add_choices(key, text, size);
  add_range(key, text, size);
}

void KeyDescribe(const Key *key, char *text, size_t size)
{
  KeyExpectation(key, text, size);
  if (key->is_required)
    add(text, size, "; required");
  else if (key->default_text)
    add(text, size, "; default %s", key->default_text);
  else if (key->otherwise)
    add(text, size, "; otherwise %s", key->otherwise);
}
