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

/* Whether time is no matter: target `verification`. */
PetscBool VerifyIsLong(void);

/* One value on finer and finer grids: a line of the error table. */
typedef struct {
  const char *what;
  const char *scheme; /* of oblique boundaries: "matched" or "stairs"; NULL where there are none */
  PetscReal reference;
  PetscReal cells, error; /* of the grid before; cells 0: none */
  PetscReal order;        /* observed from one grid to the next */
} VerifySeries;

/*@
  VerifyGrid - prints computed value, reference, relative error and, from the second grid on, order

  Adds the line to the file named by $VERIFY_CSV, if set, with the program's name as theory.

  Input Parameters:
+ series   - what is computed
. cells    - per grain, particle or whatever the geometry's size is; 0: of no matter
- computed - value

  Returns:
    the relative error
@*/
PetscReal VerifyGrid(VerifySeries *series, PetscReal cells, PetscReal computed);

/* The same for a value that no series of grids leads to. */
PetscReal VerifyError(const char *what, PetscReal computed, PetscReal reference);
