#pragma once

#include <petscksp.h>
#include "operator.h"

/* When to stop. */
typedef struct {
  PetscReal tolerance;         /* estimated relative error of the ASR */
  PetscReal balance_tolerance; /* relative difference of the two electrodes' currents, and about
                                  what the parts of the ASR are off by: a tenth of parts_relative */
  PetscInt max_iterations;
  const volatile int *interrupt; /* not 0: stop at the next iteration; may be NULL */
  void (*progress)(void *data, PetscInt iteration, PetscReal error,
                   PetscReal balance); /* or NULL */
  void *progress_data;
} SteadyOptions;

/* How a solve went. */
typedef struct {
  PetscBool is_converged;
  PetscBool is_interrupted;
  PetscInt iterations;
  PetscReal algebraic_relative; /* estimated error of the ASR, see below */
  PetscReal parts_relative;     /* estimated error of each part of the ASR, relative to the total */
  PetscReal current_balance;    /* |I_anode - I_cathode| / I */
  PetscReal sweeps;             /* work in sweeps of level 0, products included; NaN for a library's
                                   preconditioner, which does not tell */
  double setup_seconds;         /* of the solver, assembly included */
  double assembly_seconds;      /* of the matrix that a library's preconditioner wants; else 0 */
  double solve_seconds;
  char reason[128]; /* why it stopped, in words */
} SteadyReport;

typedef struct _Steady *Steady;

/*@
  SteadyCreate - sets up the solver for the potential with the anode at 1 V and the cathode at 0 V

  Collective. Conjugate gradients on the matrix-free operator, preconditioned with multigrid by
  block-strength aggregation (-pc_type grain_mg) unless the options database names another
  (-pc_type hypre, gamg, ... on the assembled twin; -pc_type pfmg, smg on hypre's structured
  matrix).

  The conductance is an energy: the error of the ASR is the square of the potential's error in the
  energy norm, and each step of conjugate gradients lowers the energy by a part of what is left.
What the drops still to come add up to is extrapolated from those seen (EnergyErrorEstimate()).

  Input Parameters:
+ grid    - the cells; must outlive the solver
. faces   - conductances; must outlive the solver
- options - when to stop

  Output Parameter:
. steady - free with SteadyDestroy()

  Source: Hestenes & Stiefel (1952); Strakos & Tichy, ETNA 13 (2002) 56.
@*/
PetscErrorCode SteadyCreate(const Grid *grid, const Faces *faces, const SteadyOptions *options,
                            Steady *steady);

/*@
  SteadySolve - solves from zero

  Collective

  Output Parameters:
+ potential - a global vector of the grid [V]; 0 in voids and islands
- report    - how it went; not converging is no PETSc error
@*/
PetscErrorCode SteadySolve(Steady steady, Vec potential, SteadyReport *report);
PetscErrorCode SteadyDestroy(Steady *steady);
