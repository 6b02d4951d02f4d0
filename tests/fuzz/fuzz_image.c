/* Gives the readers of images any bytes: nothing may crash, and what is not opened has a message.

   Under libFuzzer (mesh/README.md says how), or with FUZZ_REPLAY the files of its command line. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "image.h"
#include "image_phases.h"
#include "label_set.h"

enum { MOST_VOXELS = 1000000, MOST_LABELS = 1000000 };

static char path[128];
static PetscBool is_read; /* the last file, to its end, as labels or as orientations */

#ifndef FUZZ_REPLAY
int LLVMFuzzerInitialize(int *argc, char ***argv);
#endif
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void start(void)
{
  const char *format = getenv("GRANULITH_FUZZ_FORMAT");

  if (!format || PetscInitializeNoArguments() || PetscPopSignalHandler()) {
    fprintf(stderr, "GRANULITH_FUZZ_FORMAT must be the ending of a format's names, like .npy\n");
    exit(2);
  }
  snprintf(path, sizeof path, "/dev/shm/granulith-fuzz-%d%s", (int)getpid(), format);
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

static PetscErrorCode read_image(PetscBool by_orientation, Problems *problems)
{
  const RawSpec raw = {{2, 3, 4}, 2, PETSC_FALSE, 1};
  const ImageSpec spec = {
      .file = path, .grain_angle = 0.1, .raw = &raw, .by_orientation = by_orientation};
  PetscBool is_open;
  Image image;

  PetscFunctionBeginUser;
  PetscCall(ImageOpen(&spec, problems, &image, &is_open));
  if (!is_open && !problems->num_problems) abort();
  if (is_open &&
      (double)image.cells[0] * (double)image.cells[1] * (double)image.cells[2] < MOST_VOXELS) {
    PetscCall(read_all(&image, problems));
  }
  if (is_open && !problems->num_problems) is_read = PETSC_TRUE;
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
  is_read = PETSC_FALSE;
  if (strstr(path, ".dream3d")) {
    if (read_image(PETSC_TRUE, &problems)) abort();
    ProblemsDestroy(&problems);
    problems = (Problems){0};
  }
  if (read_image(PETSC_FALSE, &problems)) abort(); /* an error where a message is due */
  ProblemsDestroy(&problems);
  return 0;
}

#ifdef FUZZ_REPLAY
int main(int argc, char **argv)
{
  start();
  for (int a = 1; a < argc; a++) {
    FILE *file = fopen(argv[a], "rb");
    uint8_t *data;
    long size;

    printf("%s\n", argv[a]);
    fflush(stdout); /* the last one named is the one that crashes */
    if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) return 2;
    rewind(file);
    data = malloc((size_t)size + 1);
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size) return 2;
    fclose(file);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    printf("%s\n", is_read ? "read" : "refused");
    free(data);
  }
  unlink(path);
  return PetscFinalize() ? 1 : 0;
}
#else
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
  (void)argc;
  (void)argv;
  start();
  return 0;
}
#endif
