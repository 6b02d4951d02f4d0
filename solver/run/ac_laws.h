#pragma once

#include "ac_faces.h"
#include "laws.h"

/*@
  AcLaws - a case's materials at one temperature and one frequency, as the scheme wants them
@*/
typedef struct {
  const Case *case_in;
  const Laws *laws; /* at DC */
  PetscReal omega;  /* [1/s] */
  PetscComplex (*conductivity)[3];
  PetscReal *boundary;   /* capacitance [num_film_phases + 1]^2 [F/m^2] */
  AcTransport transport; /* points into the above; hand this to the scheme */
} AcLaws;

/*@
  AcLawsCreate - adds permittivities and capacitances to the laws at DC

  Input Parameters:
+ case_in - must outlive the laws, as laws
- laws    - at DC

  Output Parameter:
. ac - for AcLawsSet(); free with AcLawsDestroy(); hand on a pointer to it, not a copy

  What is not known (NaN) is left out: a resistance alone.
@*/
PetscErrorCode AcLawsCreate(const Case *case_in, const Laws *laws, AcLaws *ac);
PetscErrorCode AcLawsDestroy(AcLaws *ac);

/* Puts all materials at one frequency [Hz]. */
void AcLawsSet(AcLaws *ac, PetscReal frequency);
