/* Any bytes as an image: opened and, if that goes well, read in pieces. The format is the ending in
   $GRANULITH_FUZZ, such as ".tif". Usage: GRANULITH_FUZZ=.tif fuzz_image CORPUS -max_total_time=600
 */
#include <fcntl.h>
#include <sanitizer/lsan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "image.h"

enum { MOST = 100000, PIECE = 997 }; /* elements */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[96];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  const char *ending = getenv("GRANULITH_FUZZ");

  (void)argc;
  (void)argv;
  snprintf(path, sizeof path, "/dev/shm/fuzz-%d%.20s", (int)getpid(), ending ? ending : ".npy");
  __lsan_disable(); /* what MPI keeps is not ours */
  if (PetscInitializeNoArguments()) abort();
  __lsan_enable();
  return 0;
}

static PetscErrorCode read_all(void)
{
  Problems problems = {0};
  PetscBool is_open, is_read = PETSC_TRUE;
  PetscInt64 total;
  int64_t values[PIECE];
  Image image;

  PetscFunctionBeginUser;
  PetscCall(ImageOpen(&(ImageSpec){.file = path, .grain_angle = 0.1}, &problems, &image, &is_open));
  if (is_open == (problems.num_problems > 0)) abort(); /* refused without a word, or against it */
  if (is_open) {
    total = PetscMin(MOST, (PetscInt64)image.cells[0] * image.cells[1] * image.cells[2]);
    for (PetscInt64 first = 0; first < total && is_read; first += PIECE) {
      PetscCall(ImageTryRead(&image, image.read, first, PetscMin(PIECE, total - first), values,
                             &is_read));
    }
    PetscCall(ImageTryRead(&image, image.read, total / 2, 1, values, &is_read));
  }
  PetscCall(ImageClose(&image));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const int is_written = file >= 0 && write(file, data, size) == (ssize_t)size;

  if (file >= 0) close(file);
  if (!is_written || read_all()) abort();
  return 0;
}
