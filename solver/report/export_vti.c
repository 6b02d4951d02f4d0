#include <errno.h>
#include <stdlib.h>
#include "export_formats.h"

/* VTK's file formats, "VTK XML Formats", ImageData with raw appended data: each array is its number
   of bytes, 64 bits, and then the values. Two arrays, grain and phase, are filled plane by plane.
 */

typedef struct {
  FILE *file;
  off_t begin[2]; /* of the values of each array */
} VtiWriter;

static void print_header(FILE *file, const ExportImage *image)
{
  static const char *const names[2] = {"grain", "phase"};
  const uint64_t bytes = (uint64_t)ExportPlaneSize(image) * (uint64_t)image->cells[2] * 4;
  char extent[96];

  snprintf(extent, sizeof extent, "0 %" PetscInt_FMT " 0 %" PetscInt_FMT " 0 %" PetscInt_FMT,
           image->cells[0], image->cells[1], image->cells[2]);
  fprintf(file,
          "<?xml version=\"1.0\"?>\n<!-- lengths in um -->\n"
          "<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" "
          "header_type=\"UInt64\">\n"
          "<ImageData WholeExtent=\"%s\" Origin=\"0 0 0\" Spacing=\"%.17g %.17g %.17g\">\n"
          "<Piece Extent=\"%s\">\n<CellData Scalars=\"grain\">\n",
          extent, image->spacing_um[0], image->spacing_um[1], image->spacing_um[2], extent);
  for (int n = 0; n < 2; n++) {
    fprintf(file, "<DataArray type=\"Int32\" Name=\"%s\" format=\"appended\" offset=\"%llu\"/>\n",
            names[n], (unsigned long long)(n ? bytes + 8 : 0));
  }
  fprintf(file, "</CellData>\n</Piece>\n</ImageData>\n<AppendedData encoding=\"raw\">\n_");
}

static void put_size(FILE *file, uint64_t bytes)
{
  const int32_t halves[2] = {(int32_t)(uint32_t)bytes, (int32_t)(uint32_t)(bytes >> 32)};

  ExportIntegers(file, halves, 2); /* ExportClose() tells if it failed */
}

static int open_vti(const ExportImage *image, const char *path, void **writer)
{
  const uint64_t bytes = (uint64_t)ExportPlaneSize(image) * (uint64_t)image->cells[2] * 4;
  VtiWriter *vti = calloc(1, sizeof *vti);

  if (!vti) return ENOMEM;
  vti->file = fopen(path, "wb");
  if (!vti->file) {
    const int failure = errno;

    free(vti);
    return failure;
  }
  *writer = vti;
  print_header(vti->file, image);
  for (int n = 0; n < 2; n++) {
    if (n) fseeko(vti->file, vti->begin[0] + (off_t)bytes, SEEK_SET);
    put_size(vti->file, bytes);
    vti->begin[n] = ftello(vti->file);
  }
  fseeko(vti->file, vti->begin[1] + (off_t)bytes, SEEK_SET);
  fprintf(vti->file, "\n</AppendedData>\n</VTKFile>\n");
  return 0;
}

static int put_vti(void *writer, const ExportImage *image, const ExportPlane *plane)
{
  const int32_t *const values[2] = {plane->grain, plane->phase};
  const size_t size = ExportPlaneSize(image);
  VtiWriter *vti = writer;
  int failure = 0;

  for (int n = 0; n < 2 && !failure; n++) {
    if (fseeko(vti->file, vti->begin[n] + (off_t)size * 4 * plane->k, SEEK_SET)) return errno;
    failure = ExportIntegers(vti->file, values[n], size);
  }
  return failure;
}

static int close_vti(void *writer)
{
  VtiWriter *vti = writer;
  const int failure = ExportClose(vti->file);

  free(vti);
  return failure;
}

const ExportFormat ExportVti = {"vti", "labels.vti", open_vti, put_vti, close_vti};
