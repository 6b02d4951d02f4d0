#pragma once

#include "image.h"

/*@
  NpyOpen - an image in NumPy's format; as ImageOpen()

  Shape (nz, ny, nx), or (nz, nx) for an image one cell thick along y. Elements are integers or
  booleans of 1, 2, 4 or 8 bytes, of either byte order, in C or Fortran order.

  Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", versions 1 to 3
@*/
PetscErrorCode NpyOpen(const ImageSpec *spec, Problems *problems, Image *image, PetscBool *is_open);
