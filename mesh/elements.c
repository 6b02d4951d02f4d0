#include "elements.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 16384 };

PetscErrorCode ElementsRead(const Elements *elements, PetscInt64 first, PetscInt64 count,
                            int64_t *values)
{
  unsigned char block[BLOCK];
  const PetscInt64 most = BLOCK / elements->bytes;

  PetscFunctionBeginUser;
  for (PetscInt64 done = 0; done < count; done += most) {
    const PetscInt64 num = PetscMin(most, count - done);
    const size_t size = (size_t)(num * elements->bytes);
    size_t got = 0;

    while (got < size) {
      const ssize_t more = pread(elements->file, block + got, size - got,
                                 elements->begin + (first + done) * elements->bytes + (off_t)got);

      PetscCheck(more > 0, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
                 "an image cannot be read any more: %s", more ? strerror(errno) : "it got shorter");
      got += (size_t)more;
    }
    for (PetscInt64 e = 0; e < num; e++)
      values[done + e] = ElementsDecode(elements, block + e * elements->bytes);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
