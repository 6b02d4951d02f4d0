#pragma once

#include <CUnit/CUnit.h>
#include "petsc_compat.h"

/* A test and the sentence it proves, e.g. "a misspelt key is refused". */
typedef struct {
  const char *sentence;
  PetscErrorCode (*run)(void);
} Test;

/*@
  HarnessRun - runs a suite on all ranks of the program and prints its outcome once

  Starts and ends PETSc. A failure on any rank is a failure of the suite; a PETSc error inside a
test fails that test.

  Returns:
    the program's exit status: 0 if every assertion held on every rank
@*/
int HarnessRun(int argc, char **argv, const char *suite, const Test *tests, int num_tests);

#define HARNESS_MAIN(suite, tests)                                                                 \
  int main(int argc, char **argv)                                                                  \
  {                                                                                                \
    return HarnessRun(argc, argv, suite, tests, (int)(sizeof(tests) / sizeof((tests)[0])));        \
  }

/* Asserts that |actual - expected| <= tolerance |expected|, and prints the three if not. */
#define ASSERT_CLOSE(actual, expected, tolerance)                                                  \
  HarnessClose((double)(actual), (double)(expected), (double)(tolerance), #actual, __FILE__,       \
               __LINE__)
void HarnessClose(double actual, double expected, double tolerance, const char *what,
                  const char *file, int line);
