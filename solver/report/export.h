#pragma once

#include "microstructure.h"
#include "problems.h"

/* Formats of other programs a structure can be written in. */
enum { NUM_EXPORT_FORMATS = 5 };

/*@
  ExportFormatsRead - finds the formats of a list of names

  Input Parameters:
+ list     - names separated by commas, e.g. "npy,vti"
- problems - gets unknown names, with those that are known

  Output Parameter:
. chosen - one flag a format
@*/
void ExportFormatsRead(const char *list, Problems *problems, PetscBool chosen[NUM_EXPORT_FORMATS]);

/* File that a format's image goes to, e.g. "labels.npy". */
const char *ExportFileName(int format);

/*@
  ExportLabels - writes grains (and phases, where a format holds them) of the film's cells

  Collective. Layers of electrodes are left out. Planes of cells come to rank 0 one by one, so that
files do not depend on the number of ranks and no rank holds the whole film.

  Input Parameters:
+ grid, structure - the cells; all of one height
. phase_names     - of the film's phases
. chosen          - formats
- directory       - gets NAME.part of each, to be renamed by the caller

  Output Parameters:
. failed_format - -1, or the first format whose file could not be written
- failure - its errno
@*/
PetscErrorCode ExportLabels(const Grid *grid, const Microstructure *structure,
                            const char *const *phase_names,
                            const PetscBool chosen[NUM_EXPORT_FORMATS], const char *directory,
                            int *failed_format, int *failure);

/* Whether the film's cells all have one height, as images need it. */
PetscBool ExportIsUniform(const Grid *grid);
