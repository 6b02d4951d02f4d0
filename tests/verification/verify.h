#pragma once

#include "asr.h"
#include "models.h"
#include "steady.h"

/* A film solved to 1e-12, with the budget of its resistance. Not to be copied. */
typedef struct {
  Model model;
  Vec potential; /* anode at 1 V */
  SteadyReport solve;
  Asr asr;
} Solved;

/* The potential is found with conductances in single precision, off by 6e-8: of second order in the
   total, which is exact, and of first order in its parts. Here the tolerance for parts. */
#define VERIFY_PART 1e-6

/*@
  SolvedCreate - lays out a film, solves it and adds up the budget

  Collective on comm. Asserts that the solve converged.

  Output Parameter:
. solved - free with SolvedDestroy()
@*/
PetscErrorCode SolvedCreate(MPI_Comm comm, const ModelSpec *spec, Solved *solved);
PetscErrorCode SolvedDestroy(Solved *solved);

/* The film's resistance [Ohm m^2] alone. */
PetscErrorCode SolvedResistance(const ModelSpec *spec, PetscReal *resistance);

/* Sum of all parts of the budget [Ohm m^2]. */
PetscReal SolvedBudget(const Solved *solved);

/* Prints computed value, reference and relative error on one line, and returns the error. */
PetscReal VerifyError(const char *what, PetscReal computed, PetscReal reference);

/* Observed order between two grids, the second twice as fine; printed. */
PetscReal VerifyOrder(PetscReal coarse_error, PetscReal fine_error);
