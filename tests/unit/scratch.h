#pragma once

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "petsc_compat.h"
#include "problems.h"

/* A directory of a test's own, for all ranks; rank 0 writes to it. */

static inline PetscErrorCode ScratchCreate(char directory[64])
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  strcpy(directory, "/tmp/granulith-test-XXXXXX");
  if (!rank)
    PetscCheck(mkdtemp(directory), PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "no %s", directory);
  PetscCallMPI(MPI_Bcast(directory, 64, MPI_CHAR, 0, PETSC_COMM_WORLD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Writes a file; a folder in front of its name is made. */
static inline PetscErrorCode ScratchWrite(const char *directory, const char *name, const char *text)
{
  PetscMPIInt rank;
  char path[64 + 256];
  FILE *file;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (!rank) {
    snprintf(path, sizeof path, "%.63s/%s", directory, name);
    for (char *slash = path + strlen(directory) + 1; (slash = strchr(slash, '/')); slash++) {
      *slash = '\0';
      mkdir(path, 0777);
      *slash = '/';
    }
    file = fopen(path, "w");
    PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot write %s", path);
    fputs(text, file);
    fclose(file);
  }
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Writes labels, shape (cells[2], cells[1], cells[0]), as a file of NumPy. */
static inline PetscErrorCode ScratchWriteNpy(const char *directory, const char *name,
                                             const PetscInt cells[3], const int32_t *labels)
{
  const size_t num = (size_t)(cells[0] * cells[1] * cells[2]);
  PetscMPIInt rank;
  char path[256], text[119];
  FILE *file;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (!rank) {
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(text, sizeof text, "{'descr': '<i4', 'fortran_order': False, 'shape': (%d, %d, %d), }",
             (int)cells[2], (int)cells[1], (int)cells[0]);
    file = fopen(path, "wb");
    PetscCheck(file, PETSC_COMM_SELF, PETSC_ERR_FILE_OPEN, "cannot write %s", path);
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
    fprintf(file, "%-117s\n", text);
    fwrite(labels, sizeof *labels, num, file);
    fclose(file);
  }
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static inline void scratch_remove(char *directory)
{
  char *const roots[] = {directory, NULL};
  FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

  for (FTSENT *entry; walk && (entry = fts_read(walk));) {
    if (entry->fts_info != FTS_D) remove(entry->fts_accpath); /* directories on the way out */
  }
  if (walk) fts_close(walk);
}

static inline PetscErrorCode ScratchDestroy(char *directory)
{
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Barrier(PETSC_COMM_WORLD)); /* nobody reads any more */
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (!rank) scratch_remove(directory);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether one of the problems (or warnings) contains all of up to three texts; NULL is in any. */
static inline int TextsContain(int num_texts, char **texts, const char *a, const char *b,
                               const char *c)
{
  for (int t = 0; t < num_texts; t++) {
    if ((!a || strstr(texts[t], a)) && (!b || strstr(texts[t], b)) && (!c || strstr(texts[t], c))) {
      return 1;
    }
  }
  return 0;
}

/* The same, and prints what there is if it is not so. */
static inline int HasText(int num_texts, char **texts, const char *a, const char *b, const char *c)
{
  if (TextsContain(num_texts, texts, a, b, c)) return 1;
  fprintf(stderr, "none of %d texts has \"%s\", \"%s\", \"%s\":\n", num_texts, a ? a : "",
          b ? b : "", c ? c : "");
  for (int t = 0; t < num_texts; t++) fprintf(stderr, "    %s\n", texts[t]);
  return 0;
}

static inline int HasProblem(const Problems *p, const char *a, const char *b, const char *c)
{
  return HasText(p->num_problems, p->texts, a, b, c);
}

static inline int HasWarning(const Problems *p, const char *a, const char *b, const char *c)
{
  return HasText(p->num_warnings, p->warnings, a, b, c);
}
