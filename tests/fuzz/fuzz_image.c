/* Gives the readers of images any bytes: nothing may crash, and what is not opened has a message.

     CC=clang cmake -S . -B build/fuzz -DGRANULITH_FUZZ=ON && cmake --build build/fuzz --target
   fuzz_image mkdir seeds    # some good files, all of one format GRANULITH_FUZZ_FORMAT=.tesr
   build/fuzz/tests/fuzz_image seeds -max_total_time=3600

   MPI's own handler and leaks are in the way of libFuzzer's: OMPI_MCA_opal_signal= and
   ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 (HDF5 asks for what a broken file
   claims). */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "image.h"
#include "image_phases.h"
#include "label_set.h"

enum { MOST_VOXELS = 1000000, MOST_LABELS = 1000000 };

static char path[128];

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  const char *format = getenv("GRANULITH_FUZZ_FORMAT");

  (void)argc;
  (void)argv;
  if (!format || PetscInitializeNoArguments() || PetscPopSignalHandler()) {
    fprintf(stderr, "GRANULITH_FUZZ_FORMAT must be the ending of a format's names, like .npy\n");
    exit(2);
  }
  snprintf(path, sizeof path, "/dev/shm/granulith-fuzz-%d%s", (int)getpid(), format);
  return 0;
}

static PetscErrorCode read_all(const Image *image, Problems *problems)
{
  int64_t *labels;
  int32_t *phase;
  PetscInt num;

  PetscFunctionBeginUser;
  PetscCall(LabelSetFind(PETSC_COMM_SELF, path, image, MOST_LABELS, problems, &num, &labels));
  if (num) {
    PetscCall(ImagePhasesFind(PETSC_COMM_SELF, path, image, num, labels, problems, &phase));
    PetscCall(PetscFree(phase));
  }
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_image(Problems *problems)
{
  const ImageSpec spec = {.file = path, .grain_angle = 0.1};
  PetscBool is_open;
  Image image;

  PetscFunctionBeginUser;
  PetscCall(ImageOpen(&spec, problems, &image, &is_open));
  if (!is_open && !problems->num_problems) abort();
  if (is_open &&
      (double)image.cells[0] * (double)image.cells[1] * (double)image.cells[2] < MOST_VOXELS) {
    PetscCall(read_all(&image, problems));
  }
  PetscCall(ImageClose(&image));
  PetscFunctionReturn(PETSC_SUCCESS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  FILE *file = fopen(path, "wb");
  Problems problems = {0};

  if (!file) abort();
  fwrite(data, 1, size, file);
  fclose(file);
  if (read_image(&problems)) abort(); /* an error where a message is due */
  ProblemsDestroy(&problems);
  return 0;
}
