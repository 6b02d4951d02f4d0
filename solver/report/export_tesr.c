#include <errno.h>
#include "export_formats.h"

/* Neper's raster tessellation, version 2.1 ("Tessellation File Formats" of its manual), x fastest.
   Text, as Neper's own reader skips leading white space, which binary values may look like. */

#define IDS_PER_LINE 20

static void print_ids(FILE *file, const ExportImage *image)
{
  int32_t count = 0, printed = 0;

  for (int32_t g = 1; g <= image->num_grains; g++) count += image->is_present[g];
  fprintf(file, " **cell\n   %d\n  *id\n   ", (int)count);
  for (int32_t g = 1; g <= image->num_grains; g++) {
    if (!image->is_present[g]) continue;
    printed++;
    fprintf(file, "%d%s", (int)g, printed == count ? "\n" : printed % IDS_PER_LINE ? " " : "\n   ");
  }
}

static int open_tesr(const ExportImage *image, const char *path, void **writer)
{
  FILE *file = fopen(path, "w");

  if (!file) return errno;
  *writer = file;
  fprintf(file,
          "***tesr\n **format\n   2.1\n **general\n   3\n   %" PetscInt_FMT " %" PetscInt_FMT
          " %" PetscInt_FMT "\n   %.12g %.12g %.12g\n  *hasvoid %d\n",
          image->cells[0], image->cells[1], image->cells[2], image->spacing_um[0],
          image->spacing_um[1], image->spacing_um[2], (int)image->is_present[0]);
  print_ids(file, image);
  fprintf(file, " **data\n   ascii\n");
  return 0;
}

static int put_tesr(void *writer, const ExportImage *image, const ExportPlane *plane)
{
  const PetscInt nx = image->cells[0], ny = image->cells[1];
  FILE *file = writer;

  for (PetscInt j = 0; j < ny; j++) {
    for (PetscInt i = 0; i < nx; i++) {
      fprintf(file, "%d%c", (int)plane->grain[j * nx + i], i + 1 < nx ? ' ' : '\n');
    }
  }
  if (plane->k + 1 == image->cells[2]) fprintf(file, "***end\n");
  return ferror(file) ? EIO : 0;
}

const ExportFormat ExportTesr = {"tesr", "labels.tesr", open_tesr, put_tesr, ExportClose};
