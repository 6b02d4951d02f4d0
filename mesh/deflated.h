#pragma once

#include "elements.h"

/*@
  Deflated - integers compressed as one stream of zlib or gzip, from some byte of a file on

  It can be read from the front only: ascending is fast, going back begins again.
@*/
typedef struct Deflated Deflated;

/*@
  DeflatedOpen - makes ready to read

  Input Parameters:
+ elements - file, which belongs to the Deflated from now on, the byte where the stream begins, and
             how an element is stored
. skip     - decompressed bytes before the first element
- total    - elements there are; the stream must end behind them

  Output Parameter:
. deflated - free with DeflatedClose()
@*/
PetscErrorCode DeflatedOpen(const Elements *elements, PetscInt64 skip, PetscInt64 total,
                            Deflated **deflated);
PetscErrorCode DeflatedClose(Deflated **deflated);

/*@
  DeflatedRead - values of elements [first, first + count)

  Errors:
. PETSC_ERR_FILE_READ - the stream is broken, or of another length
@*/
PetscErrorCode DeflatedRead(Deflated *deflated, PetscInt64 first, PetscInt64 count,
                            int64_t *values);

/* The most bytes that so many compressed ones can hold. */
PetscInt64 DeflatedMost(PetscInt64 compressed);
