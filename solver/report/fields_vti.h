#pragma once

#include <stdint.h>
#include "grid.h"

/* An array of fields.vti: what a cell has of it. */
typedef struct {
  const char *name;
  MPI_Datatype type; /* MPI_FLOAT or MPI_INT32_T */
  int components;
} VtiArray;

/* fields.vti while it is written. */
typedef struct {
  const Grid *grid;
  MPI_File file;
  PetscInt64 next; /* byte that the next array begins at */
  int failures;    /* on this rank */
} FieldsVti;

/*@
  FieldsVtiCreate - begins a file of VTK's image data: the film's cells, without electrode layers

  Collective. What cannot be written is counted; FieldsVtiClose() tells.

  Input Parameters:
+ grid   - whose film has cells of one height (ExportIsUniform())
. path   - of the file
. arrays - [num] in the order in which they will be put
- num    - of arrays

  Output Parameter:
. vti - to be closed
@*/
PetscErrorCode FieldsVtiCreate(const Grid *grid, const char *path, int num, const VtiArray arrays[],
                               FieldsVti *vti);

/* The next array; values: shape (count[2], count[1], count[0], components), of all own cells.
   Collective. */
PetscErrorCode FieldsVtiPut(FieldsVti *vti, const VtiArray *array, const void *values);

/* is_written: the same on all ranks. Collective. */
PetscErrorCode FieldsVtiClose(FieldsVti *vti, PetscBool *is_written);
