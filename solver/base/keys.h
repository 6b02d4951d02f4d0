#pragma once

#include <math.h>
#include <stddef.h>

/*@
  Keys - the keys of an input file as data: reading, range checks, the refusal of unknown keys, the
  echo of defaults and the help all come from the same table

  A table describes a group of keys and the struct they fill. What kind of file they stand in and
how it is parsed is not known here.
@*/

/* What may stand behind a key, and the type of the struct member it fills (PetscInt: "integer"). */
typedef enum {
  KEY_NUMBER,   /* double */
  KEY_INTEGER,  /* integer */
  KEY_BOOLEAN,  /* PetscBool */
  KEY_STRING,   /* char *; one of `choices` if there are any */
  KEY_FILE,     /* char *, full path of a file that exists */
  KEY_CHOICE,   /* enum, counts through `choices`; -1: not given */
  KEY_NUMBERS,  /* double [length] */
  KEY_INTEGERS, /* integer [length]; length 0: integer * and a count */
  KEY_STRINGS,  /* char *[length]; length 0: char ** and a count */
  KEY_VALUES,   /* char ** and a count: values of any kind, as texts that --set takes */
  KEY_GROUP,    /* the struct of `table`; count: PetscBool, whether the group is there */
  KEY_LIST      /* pointer to structs of `table`, and a count; length: the least number of them */
} KeyType;

/* Allowed numbers, in the key's unit; all are if from == to. */
typedef struct {
  double from, to;
  int is_above, is_below; /* the end itself is not allowed */
} KeyRange;
#define KEY_POSITIVE                                                                               \
  {                                                                                                \
    0.0, INFINITY, 1, 0                                                                            \
  }
#define KEY_NOT_NEGATIVE                                                                           \
  {                                                                                                \
    0.0, INFINITY, 0, 0                                                                            \
  }

typedef struct KeyTable KeyTable;

typedef struct {
  const char *name; /* with the unit */
  KeyType type;
  size_t offset;            /* of the member in the table's struct */
  size_t count;             /* offset of the number of entries or of presence; 0: there is none */
  int length;               /* number of entries */
  double factor;            /* SI unit over the key's unit; 0 stands for 1 */
  double shift;             /* SI = factor value + shift */
  const char *default_text; /* as in a file, strings without quotes; NULL: no default */
  const char *otherwise;    /* what holds without the key, in words, if there is no default_text */
  int is_required;          /* must be given */
  int may_be_folder;        /* KEY_FILE: a folder stands for the files in it */
  KeyRange range;           /* of every number */
  const char *const *choices; /* NULL-terminated */
  const KeyTable *table;      /* of a group, or of each group of a list */
  const char *meaning;        /* for the user */
} Key;

struct KeyTable {
  const Key *keys;
  int num_keys;
  size_t size;           /* of the struct */
  size_t group;          /* offset of a const void * that gets the group in the file; 0: none */
  const KeyTable *first; /* further keys, of the struct's first member; NULL: none */
};

/* Number of keys of a table, those of `first` included, and one of them. */
int KeyTableSize(const KeyTable *table);
const Key *KeyTableGet(const KeyTable *table, int index);

/* The key of that name, NULL if unknown. */
const Key *KeyTableFind(const KeyTable *table, const char *name);

/*@
  KeyDistance - how many letters must be added, dropped, changed or swapped to make one word another

  Upper and lower case are the same. Source: "optimal string alignment" form of the distance of
  Damerau, Commun. ACM 7 (1964) 171, and Levenshtein.
@*/
int KeyDistance(const char *a, const char *b);

/* Whether two words are close enough for one to be a misspelling of the other. */
int KeyIsNear(const char *a, const char *b);

/* The known key (or the name of a NULL-terminated list) nearest to a misspelt one; NULL if none is
 * near. */
const char *KeyTableNearest(const KeyTable *table, const char *name);
const char *KeyNameNearest(const char *const *names, const char *name);

/* The number in SI units. */
double KeyToSi(const Key *key, double value);

/* Whether a number, in the key's unit, is finite and in the range. */
int KeyAllows(const Key *key, double value);

/*@
  KeyExpectation - what may stand behind the key, to follow "must be", e.g. "3 integers, each from 1
on"
@*/
void KeyExpectation(const Key *key, char *text, size_t size);

/*@
  KeyDescribe - the key as a line of help: "number above 0; required" or "boolean; default true"
@*/
void KeyDescribe(const Key *key, char *text, size_t size);
