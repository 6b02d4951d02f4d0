#pragma once

#include "petsc_compat.h"
#include "problems.h"

/*@
  Npy - an image of labels in a file of NumPy's format, read in parts

  Shape (nz, ny, nx), or (nz, nx) for an image one cell thick along y. Elements are integers or
  booleans of 1, 2, 4 or 8 bytes, of either byte order, in C or Fortran order.

  Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays", versions 1 to 3
@*/
typedef struct {
  int file;           /* descriptor; -1: closed */
  PetscInt cells[3];  /* along x, y, z */
  PetscInt64 step[3]; /* elements from a cell to the next along x, y, z */
  PetscInt64 data;    /* byte at which the elements begin */
  int bytes;          /* of an element */
  PetscBool is_signed, is_big_endian;
} Npy;

/*@
  NpyOpen - opens a file and reads its header

  Nothing is allocated, whatever sizes the header claims.

  Input Parameters:
+ path     - path of the file
- problems - gets what is wrong: what is there, and what is allowed

  Output Parameter:
. npy - close with NpyClose(), also after problems

  Returns:
    false if there were problems
@*/
PetscBool NpyOpen(const char *path, Problems *problems, Npy *npy);
void NpyClose(Npy *npy);

/*@
  NpyRead - values of elements in the order of the file

  Input Parameters:
+ npy   - an open file
. first - number of the first element
- count - how many

  Output Parameter:
. values - [count]; unsigned ones of 2^63 and more come out negative

  Errors:
. PETSC_ERR_FILE_READ - the file became shorter or cannot be read any more
@*/
PetscErrorCode NpyRead(const Npy *npy, PetscInt64 first, PetscInt64 count, int64_t *values);
