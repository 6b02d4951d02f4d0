#pragma once

#include "petsc_compat.h"

/*@
  Elements - integers of equal size, one after another in a file from some byte on
@*/
typedef struct {
  int file;         /* descriptor; -1: closed */
  PetscInt64 begin; /* byte at which they begin */
  int bytes;        /* of an element: 1, 2, 4 or 8 */
  PetscBool is_signed, is_big_endian;
} Elements;

/*@
  ElementsRead - values of elements [first, first + count)

  Output Parameter:
. values - [count]; unsigned ones of 2^63 and more come out negative

  Errors:
. PETSC_ERR_FILE_READ - the file became shorter or cannot be read any more
@*/
PetscErrorCode ElementsRead(const Elements *elements, PetscInt64 first, PetscInt64 count,
                            int64_t *values);

/* Value of one element from its bytes. */
static inline int64_t ElementsDecode(const Elements *elements, const unsigned char *element)
{
  const int bits = 64 - 8 * elements->bytes;
  uint64_t value = 0;

  for (int b = 0; b < elements->bytes; b++) {
    value = value << 8 | element[elements->is_big_endian ? b : elements->bytes - 1 - b];
  }
  if (elements->is_signed && bits && value >> (63 - bits)) value |= ~(uint64_t)0 << (64 - bits);
  return (int64_t)value;
}
