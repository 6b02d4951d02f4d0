#include "harness.h"

#include "scratch.h"
#include "textfile.h"

static PetscErrorCode every_rank_gets_the_text(void)
{
  Problems problems = {0};
  char directory[64], path[128], *text;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(ScratchWrite(directory, "a.txt", "one\ntwo\n"));
  PetscCall(ScratchWrite(directory, "empty.txt", ""));
  snprintf(path, sizeof path, "%s/a.txt", directory);
  PetscCall(TextFileRead(PETSC_COMM_WORLD, path, &problems, &text));
  CU_ASSERT_PTR_NOT_NULL_FATAL(text);
  CU_ASSERT_STRING_EQUAL(text, "one\ntwo\n");
  PetscCall(PetscFree(text));
  snprintf(path, sizeof path, "%s/empty.txt", directory);
  PetscCall(TextFileRead(PETSC_COMM_WORLD, path, &problems, &text));
  CU_ASSERT_PTR_NOT_NULL_FATAL(text);
  CU_ASSERT_STRING_EQUAL(text, "");
  PetscCall(PetscFree(text));
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_file_that_cannot_be_read_is_a_problem_with_its_name(void)
{
  Problems problems = {0};
  char *text;

  PetscFunctionBeginUser;
  PetscCall(TextFileRead(PETSC_COMM_WORLD, "/no/such.csv", &problems, &text));
  CU_ASSERT_PTR_NULL(text);
  CU_ASSERT(HasProblem(&problems, "/no/such.csv: cannot read", "No such file", NULL));
  PetscCall(TextFileRead(PETSC_COMM_WORLD, "/tmp", &problems, &text));
  CU_ASSERT_PTR_NULL(text);
  CU_ASSERT(HasProblem(&problems, "/tmp: cannot read", "directory", NULL));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"every rank gets the text", every_rank_gets_the_text},
    {"a file that cannot be read is a problem with its name",
     a_file_that_cannot_be_read_is_a_problem_with_its_name},
};

HARNESS_MAIN("textfile", tests)
