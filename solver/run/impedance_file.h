#pragma once

#include "output.h"

/* Impedance of the film's area at one frequency. */
typedef struct {
  PetscReal frequency;    /* [Hz] */
  PetscComplex impedance; /* [Ohm m^2] */
  PetscInt iterations;
  PetscReal error, balance; /* relative */
} FrequencyPoint;

/*@
  ImpedanceFile - impedance.partial, the frequencies that an unfinished run has done

  One line each, on disk before the next frequency of any group begins, so that a run that was
interrupted in whatever way goes on where it stopped. The first line is the hash of the case: of
another case or program the file is not used.
@*/
#define IMPEDANCE_PARTIAL "impedance.partial"

/*@
  ImpedanceFileOpen - what an earlier run left, and a file to go on with

  Collective; rank 0 reads and writes

  Input Parameters:
+ output - the directory
- hash   - of the case

  Output Parameters:
+ count  - number of points
- points - free with PetscFree()
@*/
PetscErrorCode ImpedanceFileOpen(const Output *output, const char *hash, PetscInt *count,
                                 FrequencyPoint **points);

/* Adds a point. A disk that cannot take it will not take the results either, which is said then. */
void ImpedanceFileAdd(const Output *output, const FrequencyPoint *point);

/* Removes the file; on rank 0. */
void ImpedanceFileRemove(const Output *output);

/* What stands above the numbers of impedance.csv. */
typedef struct {
  const char *name, *title, *version;
  PetscReal area;        /* of the computed piece [m^2] */
  PetscReal temperature; /* [K] */
} ImpedanceHeader;

/*@
  ImpedanceCsvWrite - impedance.csv.part: header lines begin with #, frequencies fall

  Collective. is_written is set to false, with a message, if that fails.
@*/
PetscErrorCode ImpedanceCsvWrite(const Output *output, const ImpedanceHeader *header,
                                 PetscInt count, const FrequencyPoint *points, Problems *problems,
                                 PetscBool *is_written);
