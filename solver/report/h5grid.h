#pragma once

#include <hdf5.h>
#include "grid.h"

/*@
  H5Grid - an HDF5 file of cell data on a grid, written by all ranks together

  Datasets have axis order (z, y, x), with the components of a vector last, and an attribute
"units". Cell edges are in /x_um, /y_um, /z_um. A companion .xdmf file lets ParaView and VTK open
it.
@*/
typedef struct {
  const Grid *grid;
  hid_t file;
  char name[PETSC_MAX_PATH_LEN]; /* of the file without its directory, for the .xdmf */
  int num_datasets;
  struct {
    char name[64];
    char type[8]; /* "Int" or "Float" */
    int components;
  } datasets[16];
} H5Grid;

/*@
  H5GridCreate - starts a file and writes the cell edges

  Collective

  Input Parameters:
+ grid  - the cells
. path  - where to write
- final_name - name the file will have in the end, without directory

  Errors:
. PETSC_ERR_FILE_OPEN - the file cannot be created
@*/
PetscErrorCode H5GridCreate(const Grid *grid, const char *path, const char *final_name,
                            H5Grid *file);

/*@
  H5GridWrite - writes one quantity

  Collective

  Input Parameters:
+ file       - from H5GridCreate()
. name       - of the dataset
. units      - e.g. "V"
. memory     - H5T_NATIVE_DOUBLE or H5T_NATIVE_INT32: type of values
. components - 1, or 3 for a vector
- values     - shape (count z, y, x, components) of the owned box

  Doubles are stored as 32-bit floats.
@*/
PetscErrorCode H5GridWrite(H5Grid *file, const char *name, const char *units, hid_t memory,
                           int components, const void *values);

/* Closes the file and writes the .xdmf beside it. Collective. */
PetscErrorCode H5GridClose(H5Grid *file, const char *xdmf_path);
