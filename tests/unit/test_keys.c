#include "harness.h"

#include <string.h>
#include "keys.h"

typedef struct {
  double thickness, size[3];
} Sample;

static const char *const kinds[] = {"periodic", "insulating", NULL};
static const Key more_keys[] = {
    {.name = "name", .type = KEY_STRING, .meaning = "a name"},
};
static const KeyTable more = {more_keys, 1, sizeof(char *), 0, NULL};
static const Key sample_keys[] = {
    {.name = "thickness_um",
     .type = KEY_NUMBER,
     .factor = 1e-6,
     .is_required = 1,
     .range = KEY_POSITIVE,
     .meaning = "thickness"},
    {.name = "temperature_C",
     .type = KEY_NUMBER,
     .shift = 273.15,
     .default_text = "25.0",
     .range = {-273.15, INFINITY, 1, 0},
     .meaning = "temperature"},
    {.name = "cells",
     .type = KEY_INTEGERS,
     .length = 3,
     .range = {1, 100, 0, 0},
     .meaning = "cells"},
    {.name = "lateral",
     .type = KEY_CHOICE,
     .choices = kinds,
     .default_text = "periodic",
     .meaning = "sides"},
    {.name = "fraction",
     .type = KEY_NUMBER,
     .range = {0, 1, 1, 1},
     .otherwise = "from a file",
     .meaning = "fraction"},
    {.name = "anything", .type = KEY_NUMBER, .meaning = "any number"},
};
static const KeyTable table = {sample_keys, 6, sizeof(Sample), 0, &more};

static PetscErrorCode keys_are_found_by_name_in_both_parts_of_a_table(void)
{
  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(KeyTableSize(&table), 7);
  CU_ASSERT_PTR_EQUAL(KeyTableFind(&table, "cells"), &sample_keys[2]);
  CU_ASSERT_PTR_EQUAL(KeyTableFind(&table, "name"), &more_keys[0]);
  CU_ASSERT_PTR_NULL(KeyTableFind(&table, "cell"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode distances_are_those_counted_by_hand(void)
{
  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(KeyDistance("", ""), 0);
  CU_ASSERT_EQUAL(KeyDistance("", "abc"), 3);
  CU_ASSERT_EQUAL(KeyDistance("kitten", "sitting"), 3); /* k-s, e-i, +g */
  CU_ASSERT_EQUAL(KeyDistance("smaple", "sample"), 1);  /* neighbours swapped */
  CU_ASSERT_EQUAL(KeyDistance("Lateral", "lateral"), 0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_misspelt_key_gets_the_nearest_one(void)
{
  const char *const near[][2] = {{"thickness_nm", "thickness_um"},
                                 {"thickness", "thickness_um"},
                                 {"thicknes_um", "thickness_um"},
                                 {"temperature_K", "temperature_C"},
                                 {"cell", "cells"},
                                 {"latreal", "lateral"}};

  PetscFunctionBeginUser;
  for (size_t n = 0; n < sizeof near / sizeof near[0]; n++) {
    const char *found = KeyTableNearest(&table, near[n][0]);

    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    CU_ASSERT_STRING_EQUAL(found, near[n][1]);
  }
  CU_ASSERT_PTR_NULL(KeyTableNearest(&table, "voltage_window"));
  CU_ASSERT_STRING_EQUAL(KeyNameNearest(kinds, "perodic"), "periodic");
  CU_ASSERT_PTR_NULL(KeyNameNearest(kinds, "open"));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode ranges_hold_at_their_ends_as_told(void)
{
  PetscFunctionBeginUser;
  CU_ASSERT(!KeyAllows(&sample_keys[0], 0.0) && KeyAllows(&sample_keys[0], 1e-300));
  CU_ASSERT(!KeyAllows(&sample_keys[1], -273.15) && KeyAllows(&sample_keys[1], -273.0));
  CU_ASSERT(KeyAllows(&sample_keys[2], 1.0) && KeyAllows(&sample_keys[2], 100.0));
  CU_ASSERT(!KeyAllows(&sample_keys[2], 0.0) && !KeyAllows(&sample_keys[2], 101.0));
  CU_ASSERT(!KeyAllows(&sample_keys[4], 0.0) && !KeyAllows(&sample_keys[4], 1.0));
  CU_ASSERT(KeyAllows(&sample_keys[5], -1e300));
  for (int k = 0; k < 6; k++) {
    CU_ASSERT(!KeyAllows(&sample_keys[k], NAN) && !KeyAllows(&sample_keys[k], INFINITY));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode units_become_si(void)
{
  PetscFunctionBeginUser;
  ASSERT_CLOSE(KeyToSi(&sample_keys[0], 2.0), 2e-6, 1e-15);
  ASSERT_CLOSE(KeyToSi(&sample_keys[1], 25.0), 298.15, 1e-15);
  ASSERT_CLOSE(KeyToSi(&sample_keys[5], 3.0), 3.0, 0.0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_key_describes_itself(void)
{
  const char *const lines[] = {"a number above 0; required",
                               "a number above -273.15; default 25.0",
                               "3 integers, each from 1 to 100",
                               "one of \"periodic\", \"insulating\"; default periodic",
                               "a number above 0 and below 1; otherwise from a file",
                               "a number"};
  char text[256];

  PetscFunctionBeginUser;
  for (int k = 0; k < 6; k++) {
    KeyDescribe(&sample_keys[k], text, sizeof text);
    CU_ASSERT_STRING_EQUAL(text, lines[k]);
  }
  KeyDescribe(&sample_keys[0], text, 5);
  CU_ASSERT_STRING_EQUAL(text, "a nu"); /* cut, not overrun */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"keys are found by name in both parts of a table",
     keys_are_found_by_name_in_both_parts_of_a_table},
    {"distances are those counted by hand", distances_are_those_counted_by_hand},
    {"a misspelt key gets the nearest one", a_misspelt_key_gets_the_nearest_one},
    {"ranges hold at their ends as told", ranges_hold_at_their_ends_as_told},
    {"units become SI", units_become_si},
    {"a key describes itself", a_key_describes_itself},
};

HARNESS_MAIN("keys", tests)
