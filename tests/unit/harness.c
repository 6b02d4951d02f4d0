#include "harness.h"

#include <CUnit/TestRun.h>
#include <math.h>
#include <stdio.h>

static const Test *current;

static void run_current(void)
{
  CU_ASSERT_EQUAL((*current->run)(), 0);
}

void HarnessClose(double actual, double expected, double tolerance, const char *what,
                  const char *file, int line)
{
  char text[512];
  const int holds = fabs(actual - expected) <= tolerance * fabs(expected);

  snprintf(text, sizeof text, "%s = %.17g, expected %.17g within %g", what, actual, expected,
           tolerance);
  CU_assertImplementation(holds, (unsigned)line, text, file, "", CU_FALSE);
}

static void print_failures(const CU_pTest test)
{
  for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext) {
    if (f->pTest == test) {
      fprintf(stderr, "  %s:%u: %s\n", f->strFileName, f->uiLineNumber, f->strCondition);
    }
  }
}

/* CUnit counts on one rank; the sum over ranks decides, else a failure on rank 1 alone would pass.
 */
static int run_all(MPI_Comm comm, CU_pSuite suite, const Test *tests, int num_tests)
{
  int failed = 0, rank;

  MPI_Comm_rank(comm, &rank);
  for (int t = 0; t < num_tests; t++) {
    CU_pTest test = CU_add_test(suite, tests[t].sentence, run_current);
    int failures, failures_all;

    current = &tests[t];
    CU_run_test(suite, test);
    failures = (int)CU_get_number_of_failures();
    if (failures) print_failures(test);
    MPI_Allreduce(&failures, &failures_all, 1, MPI_INT, MPI_SUM, comm);
    if (!rank) printf("%s  %s\n", failures_all ? "FAILED" : "passed", tests[t].sentence);
    failed += failures_all > 0;
  }
  if (!rank) printf("%s: %d passed, %d failed\n", suite->pName, num_tests - failed, failed);
  return failed;
}

int HarnessRun(int argc, char **argv, const char *suite, const Test *tests, int num_tests)
{
  int failed;

  if (PetscInitialize(&argc, &argv, NULL, NULL)) return 1;
  /* a test may ask for an error and look at its code */
  if (PetscPushErrorHandler(PetscReturnErrorHandler, NULL)) return 1;
  if (CU_initialize_registry() != CUE_SUCCESS) return 1;
  failed = run_all(PETSC_COMM_WORLD, CU_add_suite(suite, NULL, NULL), tests, num_tests);
  CU_cleanup_registry();
  if (PetscPopErrorHandler() || PetscFinalize()) return 1;
  return failed ? 1 : 0;
}
