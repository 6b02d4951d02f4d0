#pragma once

#include "impedance.h"
#include "verify.h"

/* A film with capacitances: each cell, boundary and electrode part is a resistor in parallel to a
   capacitor. Its resistances are those of model.transport. */
typedef struct {
  ModelSpec model;
  PetscReal permittivity[6]; /* by phase [F/m] */
  PetscReal boundary;        /* capacitance of all boundaries [F/m^2] */
  PetscReal electrode[2];    /* of all parts of the anode and the cathode [F/m^2] */
  PetscBool is_blocking[2];  /* the electrode's resistances do not conduct */
  PetscReal tolerance;       /* 0: 1e-12 */
} AcFilm;

/* The film laid out, for any number of frequencies. Points into itself: not to be copied. */
typedef struct {
  const AcFilm *film;
  PetscReal omega;
  PetscComplex conductivity[6][3];
  Model model;
  ImpedanceStart start;
} Spectrum;

PetscErrorCode SpectrumCreate(MPI_Comm comm, const AcFilm *film, Spectrum *spectrum);
PetscErrorCode SpectrumDestroy(Spectrum *spectrum);

/* Solves at omega [1/s], from the frequencies before; asserts that it converged and is passive. */
PetscErrorCode SpectrumSolve(Spectrum *spectrum, PetscReal omega, ImpedancePoint *point);

/* Impedance of a resistor and a capacitor in parallel. */
PetscComplex SpectrumElement(PetscReal resistance, PetscReal capacitance, PetscReal omega);

/* Asserts that two impedances differ by no more than tolerance times the second's modulus. */
void SpectrumAssert(const char *what, PetscReal omega, PetscComplex computed,
                    PetscComplex reference, PetscReal tolerance);
