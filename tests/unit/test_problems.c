#include "harness.h"

#include <string.h>
#include "problems.h"

static PetscErrorCode a_problem_begins_with_its_place(void)
{
  Problems problems = {0};

  PetscFunctionBeginUser;
  ProblemsAdd(&problems, "case.cfg:3", "x = %d: must be above %g", -1, 0.5);
  ProblemsAdd(&problems, NULL, "no place");
  CU_ASSERT_EQUAL(problems.num_problems, 2);
  CU_ASSERT_STRING_EQUAL(problems.texts[0], "case.cfg:3: x = -1: must be above 0.5");
  CU_ASSERT_STRING_EQUAL(problems.texts[1], "no place");
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_same_problem_is_kept_once(void)
{
  Problems problems = {0};

  PetscFunctionBeginUser;
  for (int i = 0; i < 3; i++) ProblemsAdd(&problems, "a:1", "wrong");
  ProblemsAdd(&problems, "a:2", "wrong");
  CU_ASSERT_EQUAL(problems.num_problems, 2);
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode warnings_are_no_problems(void)
{
  Problems problems = {0};

  PetscFunctionBeginUser;
  ProblemsWarn(&problems, "a:1", "odd");
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  CU_ASSERT_EQUAL(problems.num_warnings, 1);
  CU_ASSERT_STRING_EQUAL(problems.warnings[0], "a:1: odd");
  ProblemsDestroy(&problems);
  CU_ASSERT_EQUAL(problems.num_warnings, 0);
  CU_ASSERT_PTR_NULL(problems.warnings);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_very_long_message_is_cut(void)
{
  Problems problems = {0};
  char text[5000];

  PetscFunctionBeginUser;
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  ProblemsAdd(&problems, "a:1", "%s", text);
  CU_ASSERT(strlen(problems.texts[0]) > 2000 && strlen(problems.texts[0]) < sizeof text);
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a problem begins with its place", a_problem_begins_with_its_place},
    {"the same problem is kept once", the_same_problem_is_kept_once},
    {"warnings are no problems", warnings_are_no_problems},
    {"a very long message is cut", a_very_long_message_is_cut},
};

HARNESS_MAIN("problems", tests)
