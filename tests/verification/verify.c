#include "verify.h"

#include <math.h>
#include <stdio.h>

PetscErrorCode SolvedCreate(MPI_Comm comm, const ModelSpec *spec, Solved *solved)
{
  const SteadyOptions options = {
      .tolerance = 1e-12, .balance_tolerance = 1e-9, .max_iterations = 2000};
  Steady steady;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(comm, spec, &solved->model));
  PetscCall(GridVecCreate(&solved->model.grid, &solved->potential));
  PetscCall(SteadyCreate(&solved->model.grid, &solved->model.faces, &options, &steady));
  PetscCall(SteadySolve(steady, solved->potential, &solved->solve));
  PetscCall(SteadyDestroy(&steady));
  CU_ASSERT(solved->solve.is_converged);
  PetscCall(
      AsrCompute(&solved->model.parts, &solved->model.faces, solved->potential, &solved->asr));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SolvedDestroy(Solved *solved)
{
  PetscFunctionBeginUser;
  PetscCall(AsrDestroy(&solved->asr));
  PetscCall(VecDestroy(&solved->potential));
  PetscCall(ModelDestroy(&solved->model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SolvedResistance(const ModelSpec *spec, PetscReal *resistance)
{
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, spec, &solved));
  *resistance = solved.asr.total;
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal SolvedBudget(const Solved *solved)
{
  const Asr *asr = &solved->asr;
  PetscReal sum = 0;

  for (PetscInt p = 0; p <= asr->num_phases; p++) {
    sum += asr->phases[p];
    for (PetscInt q = p; q <= asr->num_phases; q++) sum += AsrBoundary(asr, p, q);
  }
  for (int side = 0; side < 2; side++) {
    for (PetscInt p = 0; p < solved->model.transport.num_electrode_parts[side]; p++) {
      sum += asr->electrodes[side][p];
    }
  }
  return sum;
}

PetscReal VerifyError(const char *what, PetscReal computed, PetscReal reference)
{
  const PetscReal error = computed / reference - 1;

  PetscPrintf(PETSC_COMM_WORLD, "  %-44s computed %.12g  reference %.12g  error %+.3e\n", what,
              (double)computed, (double)reference, (double)error);
  return error;
}

PetscReal VerifyOrder(PetscReal coarse_error, PetscReal fine_error)
{
  const PetscReal order = PetscLog2Real(PetscAbsReal(coarse_error / fine_error));

  PetscPrintf(PETSC_COMM_WORLD, "    observed order %.2f\n", (double)order);
  return order;
}
