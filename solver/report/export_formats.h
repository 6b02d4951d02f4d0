#pragma once

#include <stdint.h>
#include <stdio.h>
#include "petsc_compat.h"

/* The film as an image: cells of one size, their corner at 0. */
typedef struct {
  PetscInt cells[3];              /* along x, y, z */
  double spacing_um[3];           /* likewise */
  int32_t num_grains, num_phases; /* of the film; 0 is void in both */
  const char *const *phase_names; /* [num_phases] */
  const char *is_present;         /* [num_grains + 1]: some cell has the grain */
} ExportImage;

/* A plane of cells, normal to z. */
typedef struct {
  PetscInt k;
  const int32_t *grain, *phase; /* shape (cells[1], cells[0]) */
} ExportPlane;

/*@
  ExportFormat - how an image is written on one rank

  Functions return an errno, 0 if all went well. Planes come in the order of k. After a failed open
there is nothing to close; close() comes once after all else, also after a failure.
@*/
typedef struct {
  const char *name, *file;
  int (*open)(const ExportImage *image, const char *path, void **writer);
  int (*put)(void *writer, const ExportImage *image, const ExportPlane *plane);
  int (*close)(void *writer);
} ExportFormat;

extern const ExportFormat ExportNpy, ExportVti, ExportTiff, ExportDream3d, ExportTesr;

static inline size_t ExportPlaneSize(const ExportImage *image)
{
  return (size_t)image->cells[0] * (size_t)image->cells[1];
}

/* Writes values as little-endian 32-bit integers; returns an errno. */
int ExportIntegers(FILE *file, const int32_t *values, size_t count);

/* The close() of a format whose writer is a FILE: tells of earlier failures too. */
int ExportClose(void *file);
