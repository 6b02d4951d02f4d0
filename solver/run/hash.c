#include "hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a, 64 bits: it guards against change, not against malice. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t count)
{
  const unsigned char *byte = bytes;

  for (size_t b = 0; b < count; b++) hash = (hash ^ byte[b]) * 0x100000001b3u;
  return hash;
}

static uint64_t mix_file(uint64_t hash, const char *path)
{
  FILE *file = fopen(path, "rb");
  char buffer[65536];
  size_t count;

  hash = mix(hash, path, strlen(path));
  if (!file) return hash;
  while ((count = fread(buffer, 1, sizeof buffer, file)) > 0) hash = mix(hash, buffer, count);
  fclose(file);
  return hash;
}

PetscErrorCode HashCase(MPI_Comm comm, const Case *case_in, char text[HASH_LENGTH])
{
  uint64_t hash = 0xcbf29ce484222325u;
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    char *echo = json_dumps(case_in->echo, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(17));

    PetscCheck(echo, PETSC_COMM_SELF, PETSC_ERR_LIB, "the case cannot be written as JSON");
    hash = mix(hash, echo, strlen(echo));
    free(echo);
    for (PetscInt f = 0; f < case_in->num_files; f++) hash = mix_file(hash, case_in->files[f]);
    hash = mix_file(hash, "/proc/self/exe"); /* the rooms are linked in, so this is the program */
  }
  PetscCallMPI(MPI_Bcast(&hash, 1, MPI_UINT64_T, 0, comm));
  snprintf(text, HASH_LENGTH, "%016llx", (unsigned long long)hash);
  PetscFunctionReturn(PETSC_SUCCESS);
}
