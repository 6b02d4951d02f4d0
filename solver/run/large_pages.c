#define _DEFAULT_SOURCE /* madvise() */
#include "large_pages.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE ((uintptr_t)1 << 21)

/* From this size on an array's memory goes back to the system when it is freed; smaller ones leave
   theirs to those that come after. */
#define RETURNED (16 * PAGE)

/* PETSc's own, which these build on: what they return is freed as ever. */
static PetscErrorCode (*plain_malloc)(size_t, PetscBool, int, const char[], const char[], void **);
static PetscErrorCode (*plain_realloc)(size_t, int, const char[], const char[], void **);

/* Asks for large pages inside an array. An answer of no is no error. */
static void advise(void *array, size_t size)
{
#ifdef MADV_HUGEPAGE
  const uintptr_t first = ((uintptr_t)array + PAGE - 1) & ~(PAGE - 1);
  const uintptr_t end = ((uintptr_t)array + size) & ~(PAGE - 1);

  if (end > first) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
  (void)array;
  (void)size;
#endif
}

/* Zeros come last, since writing them fetches the pages. */
static PetscErrorCode advised_malloc(size_t size, PetscBool clear, int line, const char function[],
                                     const char file[], void **result)
{
  const PetscBool is_large = (PetscBool)(size >= 2 * PAGE);
  const PetscErrorCode code =
      (*plain_malloc)(size, is_large ? PETSC_FALSE : clear, line, function, file, result);

  if (code || !is_large) return code;
  advise(*result, size);
  if (clear) memset(*result, 0, size);
  return code;
}

static PetscErrorCode advised_realloc(size_t size, int line, const char function[],
                                      const char file[], void **result)
{
  const PetscErrorCode code = (*plain_realloc)(size, line, function, file, result);

  if (!code && size >= 2 * PAGE) advise(*result, size);
  return code;
}

void FreeMemoryReturn(void)
{
#ifdef __GLIBC__
  (void)malloc_trim(0);
#endif
}

PetscErrorCode LargePagesUse(void)
{
  PetscBool is_debugged;

  PetscFunctionBeginUser;
#ifdef __GLIBC__
  /* SuperLU_DIST, which comes with PETSc, forbids the C library to return memory as it is loaded */
  (void)mallopt(M_MMAP_MAX, 1 << 16);
  (void)mallopt(M_MMAP_THRESHOLD, RETURNED);
#endif
  PetscCall(PetscMallocGetDebug(&is_debugged, NULL, NULL));
  if (is_debugged) PetscFunctionReturn(PETSC_SUCCESS);
  plain_malloc = PetscTrMalloc;
  plain_realloc = PetscTrRealloc;
  PetscCall(PetscMallocSet(advised_malloc, PetscTrFree, advised_realloc));
  PetscFunctionReturn(PETSC_SUCCESS);
}
