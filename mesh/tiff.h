#pragma once

#include "image.h"

/*@
  TiffOpen - an image in TIFF; as ImageOpen()

  One file whose pages are the layers along z, or a folder of files of one page each, in the order
of their names, in which numbers count as numbers. Rows are y, columns x. A single page is a
section: its rows are z. Samples are integers of 1, 8, 16, 32 or 64 bits, one a pixel; those of a
palette are the labels, not their colours. In strips or tiles, uncompressed or in any compression
that libtiff knows.

  Lengths are those of ImageJ ("spacing", "unit" and the resolution) and OME (PhysicalSize);
resolution alone says nothing of z and is often a screen's.

  Sources: TIFF revision 6.0; ImageJ's TiffDecoder for its description; OME-TIFF specification 6.0
@*/
PetscErrorCode TiffOpen(const ImageSpec *spec, Problems *problems, Image *image,
                        PetscBool *is_open);
