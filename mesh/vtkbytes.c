#include "vtkbytes.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 12288, MOST_EXPANSION = 1032 /* of deflate */ };

struct VtkBytes {
  VtkLayout layout;
  PetscInt64 begin; /* byte of the file at which what follows the header begins */
  PetscInt64 skip;  /* bytes of that before the data, where base64 goes on without a break */
  PetscInt64 num_blocks, block_size, last_size;
  PetscInt64 *offsets; /* [num_blocks + 1] of compressed blocks */
  PetscInt64 block;    /* the one that is decoded; -1: none */
  unsigned char *compressed, *decoded;
};

/* Bytes of the file, all of them or none. */
static PetscBool read_file(const VtkLayout *layout, PetscInt64 at, PetscInt64 count, void *to)
{
  if (at < layout->begin || count > layout->end - at) return PETSC_FALSE;
  for (PetscInt64 got = 0; got < count;) {
    const ssize_t more = pread(layout->file, (char *)to + got, (size_t)(count - got), at + got);

    if (more <= 0) return PETSC_FALSE;
    got += more;
  }
  return PETSC_TRUE;
}

static int sextet(unsigned char c)
{
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Three bytes from four characters; how many there are, -1 if these are none. */
static int decode_group(const unsigned char text[4], unsigned char bytes[3])
{
  const int num = text[3] != '=' ? 3 : text[2] != '=' ? 2 : 1;
  uint32_t bits = 0;

  for (int c = 0; c < 4; c++) {
    const int value = c <= num ? sextet(text[c]) : 0;

    if (value < 0) return -1;
    bits = bits << 6 | (uint32_t)value;
  }
  for (int b = 0; b < 3; b++) bytes[b] = (unsigned char)(bits >> (16 - 8 * b));
  return num;
}

/* Bytes [first, first + count) of what is encoded from byte `begin` of the file on. */
static PetscBool read_encoded(const VtkLayout *layout, PetscInt64 begin, PetscInt64 first,
                              PetscInt64 count, unsigned char *to)
{
  unsigned char text[CHUNK / 3 * 4], group[3];

  if (!layout->is_base64) return read_file(layout, begin + first, count, to);
  while (count > 0) {
    const PetscInt64 from = first / 3,
                     num = PetscMin(CHUNK / 3, (first + count - 1) / 3 - from + 1);

    if (!read_file(layout, begin + 4 * from, 4 * num, text)) return PETSC_FALSE;
    for (PetscInt64 g = 0; g < num; g++) {
      const int there = decode_group(text + 4 * g, group);

      for (int b = (int)(first % 3); b < 3 && count > 0; b++, first++, count--) {
        if (b >= there) return PETSC_FALSE;
        *to++ = group[b];
      }
    }
  }
  return PETSC_TRUE;
}

/* A number of the header; -1 if it is not there or beyond any size. */
static PetscInt64 read_number(const VtkLayout *layout, PetscInt64 place)
{
  const int bytes = layout->header_bytes;
  const Elements form = {.bytes = bytes, .is_big_endian = layout->elements.is_big_endian};
  unsigned char text[8];
  int64_t number;

  if (!read_encoded(layout, layout->begin, place * bytes, bytes, text)) return -1;
  number = ElementsDecode(&form, text);
  return number < 0 || number > PETSC_MAX_INT * (PetscInt64)1024 ? -1 : number;
}

/* Where the header's last group is filled up with '=', the data are encoded apart. */
static void find_data(VtkBytes *bytes, PetscInt64 header)
{
  const VtkLayout *layout = &bytes->layout;
  unsigned char group[4] = "";

  bytes->begin = layout->begin;
  bytes->skip = header;
  if (!layout->is_base64 || header % 3 == 0) return;
  if (!read_file(layout, layout->begin + (header - 1) / 3 * 4, 4, group) || group[3] != '=') return;
  bytes->begin += (header + 2) / 3 * 4;
  bytes->skip = 0;
}

/* Numbers: blocks, bytes of one, bytes of the last if it is smaller, compressed bytes of each. */
static PetscErrorCode read_blocks(PetscInt64 size, VtkBytes *bytes, const char **why)
{
  const VtkLayout *layout = &bytes->layout;
  const PetscInt64 room = layout->end - layout->begin;
  PetscInt64 largest = 0, num;

  PetscFunctionBeginUser;
  num = read_number(layout, 0);
  bytes->block_size = read_number(layout, 1);
  bytes->last_size = read_number(layout, 2);
  *why = "its header of compressed blocks is cut short, or of another header_type or byte_order";
  if (num < 1 || num > room / layout->header_bytes || bytes->block_size < 1 ||
      bytes->last_size < 0 || bytes->last_size > bytes->block_size) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (!bytes->last_size) bytes->last_size = bytes->block_size;
  PetscCall(PetscMalloc1(num + 1, &bytes->offsets));
  bytes->offsets[0] = 0;
  for (PetscInt64 b = 0; b < num; b++) {
    const PetscInt64 length = read_number(layout, 3 + b);
    const PetscInt64 decoded = b < num - 1 ? bytes->block_size : bytes->last_size;

    if (length < 1 || length > room || decoded > MOST_EXPANSION * length) {
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    bytes->offsets[b + 1] = bytes->offsets[b] + length;
    largest = PetscMax(largest, length);
  }
  bytes->num_blocks = num;
  *why = "its compressed blocks are of another size than the voxels";
  if ((double)(num - 1) * (double)bytes->block_size + (double)bytes->last_size != (double)size ||
      bytes->block_size % layout->elements.bytes) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  find_data(bytes, (3 + num) * layout->header_bytes);
  PetscCall(PetscMalloc1(largest, &bytes->compressed));
  PetscCall(PetscMalloc1(PetscMin(bytes->block_size, size), &bytes->decoded));
  *why = NULL;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VtkBytesOpen(const VtkLayout *layout, PetscInt64 total, VtkBytes **bytes,
                            const char **why)
{
  const PetscInt64 size = total * layout->elements.bytes;
  unsigned char last;

  PetscFunctionBeginUser;
  PetscCall(PetscNew(bytes));
  (*bytes)->layout = *layout;
  (*bytes)->block = -1;
  *why = NULL;
  if (layout->is_compressed) {
    PetscCall(read_blocks(size, *bytes, why));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  find_data(*bytes, layout->header_bytes);
  if (read_number(layout, 0) != size) {
    *why = "its header says another number of bytes than the voxels have (or header_type or "
           "byte_order are wrong)";
  } else if (!read_encoded(layout, (*bytes)->begin, (*bytes)->skip + size - 1, 1, &last)) {
    *why = "it is cut short";
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VtkBytesClose(VtkBytes **bytes)
{
  PetscFunctionBeginUser;
  if (!*bytes) PetscFunctionReturn(PETSC_SUCCESS);
  close((*bytes)->layout.file);
  PetscCall(PetscFree((*bytes)->offsets));
  PetscCall(PetscFree((*bytes)->compressed));
  PetscCall(PetscFree((*bytes)->decoded));
  PetscCall(PetscFree(*bytes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode decode_block(VtkBytes *bytes, PetscInt64 block)
{
  const PetscInt64 at = bytes->offsets[block], length = bytes->offsets[block + 1] - at;
  const PetscInt64 size = block < bytes->num_blocks - 1 ? bytes->block_size : bytes->last_size;
  uLongf decoded = (uLongf)size;

  PetscFunctionBeginUser;
  if (bytes->block == block) PetscFunctionReturn(PETSC_SUCCESS);
  bytes->block = -1;
  PetscCheck(
      read_encoded(&bytes->layout, bytes->begin, bytes->skip + at, length, bytes->compressed) &&
          uncompress(bytes->decoded, &decoded, bytes->compressed, (uLong)length) == Z_OK &&
          decoded == (uLongf)size,
      PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "a block cannot be decompressed");
  bytes->block = block;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VtkBytesRead(VtkBytes *bytes, PetscInt64 first, PetscInt64 count, int64_t *values)
{
  const Elements *elements = &bytes->layout.elements;
  unsigned char plain[CHUNK];

  PetscFunctionBeginUser;
  while (count > 0) {
    const PetscInt64 at = first * elements->bytes;
    const unsigned char *from = plain;
    PetscInt64 num;

    if (bytes->layout.is_compressed) {
      const PetscInt64 inside = at % bytes->block_size;

      num = PetscMin(count, (bytes->block_size - inside) / elements->bytes);
      PetscCall(decode_block(bytes, at / bytes->block_size));
      from = bytes->decoded + inside;
    } else {
      num = PetscMin(count, CHUNK / elements->bytes);
      PetscCheck(read_encoded(&bytes->layout, bytes->begin, bytes->skip + at, num * elements->bytes,
                              plain),
                 PETSC_COMM_SELF, PETSC_ERR_FILE_READ, "the array is cut short or no base64");
    }
    for (PetscInt64 v = 0; v < num; v++) {
      values[v] = ElementsDecode(elements, from + v * elements->bytes);
    }
    first += num;
    count -= num;
    values += num;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
