#include "deflated.h"

#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 32768, EXPANSION = 1032 /* of deflate */, ANY_HEADER = 15 + 32 /* zlib or gzip */ };

struct Deflated {
  Elements elements;
  PetscInt64 skip, total;
  z_stream stream;
  PetscInt64 at;   /* byte of the file to be read next */
  PetscInt64 next; /* decompressed byte behind the last one, counted from the first element */
  PetscBool is_over;
  unsigned char compressed[BLOCK], plain[BLOCK];
};

PetscInt64 DeflatedMost(PetscInt64 compressed)
{
  return compressed * EXPANSION;
}

static PetscErrorCode begin_again(Deflated *deflated)
{
  PetscFunctionBeginUser;
  PetscCheck(inflateReset(&deflated->stream) == Z_OK, PETSC_COMM_SELF, PETSC_ERR_LIB,
             "zlib cannot begin");
  deflated->stream.avail_in = 0;
  deflated->at = deflated->elements.begin;
  deflated->next = -deflated->skip;
  deflated->is_over = PETSC_FALSE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode DeflatedOpen(const Elements *elements, PetscInt64 skip, PetscInt64 total,
                            Deflated **deflated)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(deflated));
  (*deflated)->elements = *elements;
  (*deflated)->skip = skip;
  (*deflated)->total = total;
  PetscCheck(inflateInit2(&(*deflated)->stream, ANY_HEADER) == Z_OK, PETSC_COMM_SELF, PETSC_ERR_MEM,
             "zlib cannot begin");
  PetscCall(begin_again(*deflated));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode DeflatedClose(Deflated **deflated)
{
  PetscFunctionBeginUser;
  if (!*deflated) PetscFunctionReturn(PETSC_SUCCESS);
  inflateEnd(&(*deflated)->stream);
  close((*deflated)->elements.file);
  PetscCall(PetscFree(*deflated));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Decompresses at most so many bytes into `plain`; fewer at the end only. Parts of gzip may follow
   one another. */
static PetscErrorCode inflate_bytes(Deflated *deflated, PetscInt64 most, PetscInt64 *num)
{
  z_stream *stream = &deflated->stream;

  PetscFunctionBeginUser;
  stream->next_out = deflated->plain;
  stream->avail_out = (uInt)PetscMin(most, BLOCK);
  while (stream->avail_out) {
    int code;

    if (!stream->avail_in) {
      const ssize_t got =
          pread(deflated->elements.file, deflated->compressed, BLOCK, (off_t)deflated->at);

      if (got <= 0) break;
      deflated->at += got;
      stream->next_in = deflated->compressed;
      stream->avail_in = (uInt)got;
    }
    if (deflated->is_over) {
      PetscCheck(inflateReset(stream) == Z_OK, PETSC_COMM_SELF, PETSC_ERR_LIB, "zlib cannot begin");
      deflated->is_over = PETSC_FALSE;
    }
    code = inflate(stream, Z_NO_FLUSH);
    deflated->is_over = (PetscBool)(code == Z_STREAM_END);
    PetscCheck(code == Z_OK || code == Z_STREAM_END, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
               "the stream cannot be decompressed");
  }
  *num = stream->next_out - deflated->plain;
  deflated->next += *num;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Behind the last element the stream must end, its checksum right. */
static PetscErrorCode check_end(Deflated *deflated)
{
  PetscInt64 num;

  PetscFunctionBeginUser;
  PetscCall(inflate_bytes(deflated, 1, &num));
  PetscCheck(!num && deflated->is_over, PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
             "the stream does not end where the voxels do");
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode DeflatedRead(Deflated *deflated, PetscInt64 first, PetscInt64 count, int64_t *values)
{
  const Elements *elements = &deflated->elements;
  const PetscInt64 begin = first * elements->bytes, end = (first + count) * elements->bytes;

  PetscFunctionBeginUser;
  if (count == 0) PetscFunctionReturn(PETSC_SUCCESS);
  if (deflated->next > begin) PetscCall(begin_again(deflated));
  while (deflated->next < end) {
    const PetscBool is_before = (PetscBool)(deflated->next < begin);
    const PetscInt64 most = (is_before ? begin : end) - deflated->next;
    PetscInt64 num;

    PetscCall(inflate_bytes(deflated, most, &num));
    PetscCheck(num == PetscMin(most, BLOCK), PETSC_COMM_SELF, PETSC_ERR_FILE_READ,
               "the stream is too short");
    for (PetscInt64 b = 0; !is_before && b < num; b += elements->bytes) {
      *values++ = ElementsDecode(elements, deflated->plain + b);
    }
  }
  if (first + count == deflated->total) PetscCall(check_end(deflated));
  PetscFunctionReturn(PETSC_SUCCESS);
}
