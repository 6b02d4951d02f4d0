#include "tiff.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>
#include "tiff_files.h"
#include "tiff_lengths.h"

/* No compression of TIFF's gets more out of a byte (LZW: codes of 9 bits for up to 4096 bytes). */
#define MOST_EXPANSION 4096

typedef struct {
  PetscInt file;
  uint64_t offset; /* of its directory */
} Page;

typedef struct {
  PetscInt num_files;
  char **files;
  PetscInt num_pages, capacity;
  Page *pages;
  uint32_t width, height;
  uint16_t bits, format; /* of a sample; SAMPLEFORMAT_UINT or SAMPLEFORMAT_INT */
  TIFF *open;            /* file of the page read last */
  PetscInt open_file, page;
  PetscInt64 band;        /* rows band_rows * band and on are decoded; -1: none */
  uint32_t band_rows;     /* rows of a strip or tile */
  unsigned char *decoded; /* [band_rows rows] */
  PetscInt64 row_bytes, decoded_bytes;
} Stack;

/* libtiff speaks through a function of the whole program. */
static char said[256];

static void keep_message(const char *module, const char *format, va_list arguments)
{
  (void)module;
  vsnprintf(said, sizeof said, format, arguments);
}

static TIFF *open_file(const char *path)
{
  TIFFSetErrorHandler(keep_message);
  TIFFSetWarningHandler(NULL);
  said[0] = '\0';
  return TIFFOpen(path, "rmC"); /* no memory map: a file that shrinks must not kill the program */
}

static uint32_t band_rows_of(TIFF *tiff, uint32_t height)
{
  uint32_t rows = height;

  TIFFGetFieldDefaulted(tiff, TIFFIsTiled(tiff) ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &rows);
  return PetscMax(1, TIFFIsTiled(tiff) ? rows : PetscMin(rows, height));
}

/* Most bytes that the whole file can decode to. */
static double most_bytes(TIFF *tiff)
{
  uint16_t compression = COMPRESSION_NONE;

  TIFFGetField(tiff, TIFFTAG_COMPRESSION, &compression);
  return (double)(*TIFFGetSizeProc(tiff))(TIFFClientdata(tiff)) *
         (compression == COMPRESSION_NONE ? 1 : MOST_EXPANSION);
}

/* What a page holds: 0 by 0 if that is nothing that can be read. */
static PetscBool read_layout(TIFF *tiff, const char *path, Problems *problems, Stack *page)
{
  uint16_t samples = 1, planar = PLANARCONFIG_CONTIG, photometric = PHOTOMETRIC_MINISBLACK;

  page->bits = 1;
  page->format = SAMPLEFORMAT_UINT;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &page->width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &page->height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &page->bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &page->format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &photometric);
  if (samples != 1 || photometric == PHOTOMETRIC_RGB || photometric == PHOTOMETRIC_YCBCR) {
    ProblemsAdd(problems, path,
                "holds colours (%d samples a pixel); labels are one integer a pixel", samples);
    return PETSC_FALSE;
  }
  if (page->format == SAMPLEFORMAT_VOID) page->format = SAMPLEFORMAT_UINT;
  if ((page->format != SAMPLEFORMAT_UINT && page->format != SAMPLEFORMAT_INT) ||
      (page->bits != 1 && page->bits != 8 && page->bits != 16 && page->bits != 32 &&
       page->bits != 64)) {
    ProblemsAdd(
        problems, path, "holds %s of %d bits; labels must be integers of 1, 8, 16, 32 or 64 bits",
        page->format == SAMPLEFORMAT_IEEEFP ? "floating-point numbers" : "samples", page->bits);
    return PETSC_FALSE;
  }
  page->band_rows = band_rows_of(tiff, page->height);
  page->row_bytes = ((PetscInt64)page->width * page->bits + 7) / 8;
  if ((double)page->row_bytes * (double)page->height > most_bytes(tiff)) {
    ProblemsAdd(problems, path, "claims a page of %u x %u pixels, in a file of %.0f bytes",
                page->width, page->height, (double)(*TIFFGetSizeProc(tiff))(TIFFClientdata(tiff)));
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* Puts a page at the end of the stack, if it is like the first one. */
static PetscErrorCode add_page(TIFF *tiff, PetscInt file, Problems *problems, Stack *stack,
                               PetscBool *is_good)
{
  const char *path = stack->files[file];
  Stack page = {0};

  PetscFunctionBeginUser;
  *is_good = read_layout(tiff, path, problems, &page);
  if (!*is_good) PetscFunctionReturn(PETSC_SUCCESS);
  if (!stack->num_pages) {
    stack->width = page.width;
    stack->height = page.height;
    stack->bits = page.bits;
    stack->format = page.format;
    stack->row_bytes = page.row_bytes;
  } else if (page.width != stack->width || page.height != stack->height ||
             page.bits != stack->bits || page.format != stack->format) {
    ProblemsAdd(problems, path,
                "holds a page of %u x %u pixels of %d bits, unlike the first one: %u x %u of %d; "
                "all must be alike",
                page.width, page.height, page.bits, stack->width, stack->height, stack->bits);
    *is_good = PETSC_FALSE;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (stack->num_pages == stack->capacity) {
    stack->capacity = 2 * stack->capacity + 64;
    PetscCall(PetscRealloc((size_t)stack->capacity * sizeof *stack->pages, &stack->pages));
  }
  stack->pages[stack->num_pages++] = (Page){file, TIFFCurrentDirOffset(tiff)};
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All pages of a file; one of a folder has one. */
static PetscErrorCode add_file(PetscInt file, Problems *problems, Stack *stack, PetscBool *is_good)
{
  const char *path = stack->files[file];
  TIFF *tiff = open_file(path);

  PetscFunctionBeginUser;
  *is_good = (PetscBool)(tiff != NULL);
  if (!tiff) {
    ProblemsAdd(problems, path, "cannot be read as TIFF: %s",
                said[0] ? said : strerror(errno ? errno : EIO));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(add_page(tiff, file, problems, stack, is_good));
  while (*is_good && !TIFFLastDirectory(tiff)) {
    *is_good = (PetscBool)TIFFReadDirectory(tiff);
    if (*is_good)
      PetscCall(add_page(tiff, file, problems, stack, is_good));
    else
      ProblemsAdd(problems, path, "is broken after page %" PetscInt_FMT "%s%s", stack->num_pages,
                  said[0] ? ": " : "; its pages may run in a circle", said);
  }
  TIFFClose(tiff);
  if (*is_good && stack->num_files > 1 && stack->num_pages != file + 1) {
    ProblemsAdd(problems, path, "holds several pages; in a folder each file is one layer");
    *is_good = PETSC_FALSE;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Makes a page current. PETSC_ERR_FILE_READ if the file has changed. */
static PetscErrorCode go_to_page(Stack *stack, PetscInt number)
{
  const Page *page = &stack->pages[number];

  PetscFunctionBeginUser;
  if (stack->page == number) PetscFunctionReturn(PETSC_SUCCESS);
  stack->page = stack->band = -1;
  if (!stack->open || stack->open_file != page->file) {
    if (stack->open) TIFFClose(stack->open);
    stack->open = open_file(stack->files[page->file]);
    stack->open_file = page->file;
  }
  PetscCheck(stack->open && TIFFSetSubDirectory(stack->open, page->offset), PETSC_COMM_SELF,
             PETSC_ERR_FILE_READ, "an image cannot be read any more: %s", said);
  stack->band_rows = band_rows_of(stack->open, stack->height);
  stack->page = number;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A row of tiles, side by side. */
static PetscBool decode_tiles(Stack *stack, uint32_t first_row, PetscInt64 bytes)
{
  const PetscInt64 tile_row = TIFFTileRowSize(stack->open), tile_size = TIFFTileSize(stack->open);
  unsigned char *tile = stack->decoded + stack->band_rows * stack->row_bytes;
  uint32_t tile_width = 0;

  TIFFGetField(stack->open, TIFFTAG_TILEWIDTH, &tile_width);
  if (!tile_width || bytes < stack->band_rows * stack->row_bytes + tile_size ||
      tile_row * stack->band_rows != tile_size) {
    return PETSC_FALSE;
  }
  for (uint32_t x = 0; x < stack->width; x += tile_width) {
    const PetscInt64 from = (PetscInt64)x * stack->bits / 8;
    const PetscInt64 length = PetscMin(tile_row, stack->row_bytes - from);

    if (TIFFReadEncodedTile(stack->open, TIFFComputeTile(stack->open, x, first_row, 0, 0), tile,
                            (tmsize_t)tile_size) < 0) {
      return PETSC_FALSE;
    }
    for (uint32_t row = 0; row < stack->band_rows; row++) {
      memcpy(stack->decoded + row * stack->row_bytes + from, tile + row * tile_row, (size_t)length);
    }
  }
  return PETSC_TRUE;
}

/* Decodes the strip or tiles that hold a row of the current page. */
static PetscErrorCode decode_row(Stack *stack, uint32_t row)
{
  const PetscInt64 band = row / stack->band_rows;
  const uint32_t first = (uint32_t)(band * stack->band_rows);
  const PetscBool is_tiled = (PetscBool)TIFFIsTiled(stack->open);
  const PetscInt64 bytes =
      stack->band_rows * stack->row_bytes + (is_tiled ? TIFFTileSize(stack->open) : 0);
  PetscBool is_read;

  PetscFunctionBeginUser;
  if (stack->band == band) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCheck((double)bytes <= 8 * most_bytes(stack->open), PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
             "an image cannot be read: strips or tiles beyond its size"); /* tiles are filled up */
  stack->band = -1;
  if (bytes > stack->decoded_bytes) {
    PetscCall(PetscRealloc((size_t)bytes, &stack->decoded));
    stack->decoded_bytes = bytes;
  }
  if (is_tiled) {
    is_read = decode_tiles(stack, first, bytes);
  } else {
    const PetscInt64 rows = PetscMin(stack->band_rows, stack->height - first);
    const PetscInt64 wanted = rows * stack->row_bytes;

    is_read = (PetscBool)(TIFFReadEncodedStrip(stack->open, (uint32_t)band, stack->decoded,
                                               (tmsize_t)wanted) == wanted);
  }
  PetscCheck(is_read, PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "an image cannot be read: %s", said);
  stack->band = band;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode read_stack(const Image *image, PetscInt64 first, PetscInt64 count,
                                 int64_t *values)
{
  Stack *stack = image->data;
  const uint16_t one = 1;
  const Elements own = {.bytes = PetscMax(1, stack->bits / 8),
                        .is_signed = (PetscBool)(stack->format == SAMPLEFORMAT_INT),
                        .is_big_endian = (PetscBool) !*(const unsigned char *)&one};

  PetscFunctionBeginUser;
  while (count > 0) {
    const PetscInt64 row = first / stack->width, x = first % stack->width;
    const PetscInt64 num = PetscMin(count, stack->width - x);
    const unsigned char *from;

    PetscCall(go_to_page(stack, (PetscInt)(row / stack->height)));
    PetscCall(decode_row(stack, (uint32_t)(row % stack->height)));
    from = stack->decoded + row % stack->height % stack->band_rows * stack->row_bytes;
    for (PetscInt64 v = 0; v < num; v++) {
      values[v] = stack->bits == 1 ? from[(x + v) / 8] >> (7 - (x + v) % 8) & 1
                                   : ElementsDecode(&own, from + (x + v) * own.bytes);
    }
    first += num;
    count -= num;
    values += num;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Stack *stack = data;

  PetscFunctionBeginUser;
  if (stack->open) TIFFClose(stack->open);
  PetscCall(TiffFilesFree(stack->num_files, &stack->files));
  PetscCall(PetscFree(stack->pages));
  PetscCall(PetscFree(stack->decoded));
  PetscCall(PetscFree(stack));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Shape, and what the first page says of lengths. */
static PetscErrorCode complete(const ImageSpec *spec, Problems *problems, Stack *stack,
                               Image *image, PetscBool *is_open)
{
  const PetscBool is_section = (PetscBool)(stack->num_pages == 1);
  const double shape[3] = {stack->width, is_section ? 1 : stack->height,
                           is_section ? stack->height : (double)stack->num_pages};
  const char *description = NULL;
  TiffLengths lengths;
  float resolution[2] = {0, 0};

  PetscFunctionBeginUser;
  PetscCall(go_to_page(stack, 0));
  TIFFGetField(stack->open, TIFFTAG_IMAGEDESCRIPTION, &description);
  TIFFGetField(stack->open, TIFFTAG_XRESOLUTION, &resolution[0]);
  TIFFGetField(stack->open, TIFFTAG_YRESOLUTION, &resolution[1]);
  *is_open = (PetscBool)(TiffLengthsRead(spec->file, description, resolution, stack->num_pages,
                                         problems, &lengths) &&
                         ImageSetShape(spec->file, shape, PETSC_FALSE, problems, image));
  image->unit = lengths.unit;
  for (int d = 0; d < 3; d++) image->spacing[d] = lengths.spacing[d];
  if (is_section) {
    image->spacing[2] = lengths.spacing[1];
    image->spacing[1] = 0;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode TiffOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open)
{
  Stack *stack;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(&stack));
  image->data = stack;
  image->destroy = destroy;
  image->read = read_stack;
  stack->page = stack->band = -1;
  PetscCall(TiffFilesFind(spec->file, problems, &stack->num_files, &stack->files));
  *is_open = (PetscBool)(stack->num_files > 0);
  for (PetscInt f = 0; *is_open && f < stack->num_files; f++) {
    PetscCall(add_file(f, problems, stack, is_open));
  }
  if (!*is_open) PetscFunctionReturn(PETSC_SUCCESS);
  image->is_unsigned = (PetscBool)(stack->format == SAMPLEFORMAT_UINT);
  PetscCall(complete(spec, problems, stack, image, is_open));
  PetscFunctionReturn(PETSC_SUCCESS);
}
