#pragma once

#include "elements.h"

/*@
  VtkBytes - integers as VTK's XML files store them: with a header, perhaps as base64, perhaps
compressed in blocks
@*/
typedef struct VtkBytes VtkBytes;

typedef struct {
  int file;              /* descriptor; belongs to the VtkBytes from VtkBytesOpen() on */
  PetscInt64 begin, end; /* bytes of the file: the header is the first thing there */
  int header_bytes;      /* of a number of the header: 4 or 8 */
  PetscBool is_base64, is_compressed;
  Elements elements; /* bytes, sign and order of one element */
} VtkLayout;

/*@
  VtkBytesOpen - reads the header

  Input Parameters:
+ layout - how the file has them
- total  - elements there must be

  Output Parameters:
+ bytes - free with VtkBytesClose() in any case
- why   - what is wrong with the header; NULL: nothing
@*/
PetscErrorCode VtkBytesOpen(const VtkLayout *layout, PetscInt64 total, VtkBytes **bytes,
                            const char **why);
PetscErrorCode VtkBytesClose(VtkBytes **bytes);

/*@
  VtkBytesRead - values of elements [first, first + count)

  Errors:
. PETSC_ERR_FILE_READ - they are cut short, no base64, or cannot be decompressed
@*/
PetscErrorCode VtkBytesRead(VtkBytes *bytes, PetscInt64 first, PetscInt64 count, int64_t *values);
