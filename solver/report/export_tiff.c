#include <errno.h>
#include <stdlib.h>
#include <tiffio.h>
#include "export_formats.h"

/* TIFF 6.0, one page a plane of cells, rows along y, grains as unsigned integers of the fewest bits
   of 16 and 32 that hold them. Spacing as ImageJ has it: pixels per um in the resolution tags, the
   distance of planes in the first page's description. */

typedef struct {
  TIFF *file;
  int bits;
  int is_failed;
  void *row;
} TiffWriter;

/* BigTIFF from here on; the format's offsets have 32 bits. */
#define LARGEST_CLASSIC 4000000000u

static int close_tiff(void *writer)
{
  TiffWriter *tiff = writer;
  const int is_failed = tiff->is_failed;

  TIFFClose(tiff->file);
  free(tiff->row);
  free(tiff);
  return is_failed ? EIO : 0;
}

static int open_tiff(const ExportImage *image, const char *path, void **writer)
{
  const int bits = image->num_grains > UINT16_MAX ? 32 : 16;
  const uint64_t plane = (uint64_t)ExportPlaneSize(image) * (uint64_t)bits / 8 + 1024;
  TiffWriter *tiff = calloc(1, sizeof *tiff);
  int failure;

  if (!tiff) return ENOMEM;
  TIFFSetErrorHandler(NULL); /* one message of our own instead of the library's */
  errno = 0;
  tiff->bits = bits;
  tiff->row = malloc((size_t)image->cells[0] * sizeof(uint32_t));
  if (tiff->row) {
    tiff->file = TIFFOpen(path, plane * (uint64_t)image->cells[2] > LARGEST_CLASSIC ? "wl8" : "wl");
  }
  if (tiff->file) {
    *writer = tiff;
    return 0;
  }
  failure = errno ? errno : EIO;
  free(tiff->row);
  free(tiff);
  return failure;
}

static void describe_page(const TiffWriter *tiff, const ExportImage *image, PetscInt k)
{
  char text[160];

  TIFFSetField(tiff->file, TIFFTAG_IMAGEWIDTH, (uint32_t)image->cells[0]);
  TIFFSetField(tiff->file, TIFFTAG_IMAGELENGTH, (uint32_t)image->cells[1]);
  TIFFSetField(tiff->file, TIFFTAG_BITSPERSAMPLE, tiff->bits);
  TIFFSetField(tiff->file, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff->file, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  TIFFSetField(tiff->file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff->file, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff->file, TIFFTAG_ROWSPERSTRIP, (uint32_t)image->cells[1]);
  TIFFSetField(tiff->file, TIFFTAG_RESOLUTIONUNIT, RESUNIT_NONE);
  TIFFSetField(tiff->file, TIFFTAG_XRESOLUTION, 1.0 / image->spacing_um[0]);
  TIFFSetField(tiff->file, TIFFTAG_YRESOLUTION, 1.0 / image->spacing_um[1]);
  if (k) return;
  snprintf(text, sizeof text,
           "ImageJ=1.53k\nimages=%" PetscInt_FMT "\nslices=%" PetscInt_FMT
           "\nunit=um\nspacing=%.17g\n",
           image->cells[2], image->cells[2], image->spacing_um[2]);
  TIFFSetField(tiff->file, TIFFTAG_IMAGEDESCRIPTION, text);
}

static int put_tiff(void *writer, const ExportImage *image, const ExportPlane *plane)
{
  TiffWriter *tiff = writer;
  const PetscInt nx = image->cells[0];

  errno = 0;
  describe_page(tiff, image, plane->k);
  for (PetscInt j = 0; j < image->cells[1] && !tiff->is_failed; j++) {
    for (PetscInt i = 0; i < nx; i++) {
      const int32_t grain = plane->grain[j * nx + i];

      if (tiff->bits == 16)
        ((uint16_t *)tiff->row)[i] = (uint16_t)grain;
      else
        ((uint32_t *)tiff->row)[i] = (uint32_t)grain;
    }
    tiff->is_failed = TIFFWriteScanline(tiff->file, tiff->row, (uint32_t)j, 0) < 0;
  }
  tiff->is_failed = tiff->is_failed || !TIFFWriteDirectory(tiff->file);
  if (!tiff->is_failed) return 0;
  return errno ? errno : EIO;
}

const ExportFormat ExportTiff = {"tiff", "labels.tif", open_tiff, put_tiff, close_tiff};
