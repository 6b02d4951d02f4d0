#include <errno.h>
#include "export_formats.h"

/* NumPy Enhancement Proposal 1, version 1.0: a header of 128 bytes, then grains as "<i4", shape
   (nz, ny, nx). */

static int open_npy(const ExportImage *image, const char *path, void **writer)
{
  FILE *file = fopen(path, "wb");
  char text[119]; /* with its closing newline 118 bytes behind the 10 of the magic and the length */

  if (!file) return errno;
  *writer = file;
  snprintf(text, sizeof text,
           "{'descr': '<i4', 'fortran_order': False, 'shape': (%" PetscInt_FMT ", %" PetscInt_FMT
           ", %" PetscInt_FMT "), }",
           image->cells[2], image->cells[1], image->cells[0]);
  fprintf(file, "%s%c%c%c%c%-117s\n", "\x93NUMPY", 1, 0, 118, 0, text);
  return 0;
}

static int put_npy(void *writer, const ExportImage *image, const ExportPlane *plane)
{
  return ExportIntegers(writer, plane->grain, ExportPlaneSize(image));
}

const ExportFormat ExportNpy = {"npy", "labels.npy", open_npy, put_npy, ExportClose};
