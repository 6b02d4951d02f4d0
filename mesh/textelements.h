#pragma once

#include <stdio.h>
#include "petsc_compat.h"

/*@
  TextElements - integers as text, parted by blanks, one after another in a file from some byte on

  They can be read from the front only; where each 65536th begins is kept, so that reading again
goes back no further.
@*/
typedef struct TextElements TextElements;

/*@
  TextElementsOpen - makes ready to read

  Input Parameters:
+ file     - belongs to the elements from now on
. begin    - byte from which on they stand
. total    - how many there are
- has_more - whether anything may follow; otherwise only an asterisk, a tag of XML, or the end

  Output Parameter:
. elements - free with TextElementsClose()
@*/
PetscErrorCode TextElementsOpen(FILE *file, PetscInt64 begin, PetscInt64 total, PetscBool has_more,
                                TextElements **elements);
PetscErrorCode TextElementsClose(TextElements **elements);

/*@
  TextElementsRead - values of elements [first, first + count)

  Errors:
. PETSC_ERR_FILE_READ - there is something else than integers below 2^63, or more or fewer of them
@*/
PetscErrorCode TextElementsRead(TextElements *elements, PetscInt64 first, PetscInt64 count,
                                int64_t *values);
