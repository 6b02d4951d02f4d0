#include "verify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

PetscErrorCode SolvedCreate(MPI_Comm comm, const ModelSpec *spec, Solved *solved)
{
  const SteadyOptions options = {
      .tolerance = 1e-13, .balance_tolerance = 1e-9, .max_iterations = 2000};
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

PetscBool VerifyIsLong(void)
{
  return (PetscBool)(getenv("VERIFY_LONG") != NULL);
}

/* The program's name is that of its theory: verify_NAME. */
static void write_csv(const VerifySeries *series, PetscReal computed)
{
  const char *path = getenv("VERIFY_CSV"), *theory;
  char program[PETSC_MAX_PATH_LEN], cells[32] = "", order[32] = "";
  PetscMPIInt rank;
  FILE *file;

  MPI_Comm_rank(PETSC_COMM_WORLD, &rank);
  if (!path || rank) return;
  file = fopen(path, "a");
  if (!file) {
    CU_FAIL("cannot write $VERIFY_CSV");
    return;
  }
  PetscGetProgramName(program, sizeof program);
  theory = strrchr(program, '/') ? strrchr(program, '/') + 1 : program;
  if (!strncmp(theory, "verify_", 7)) theory += 7;
  if (series->cells > 0) snprintf(cells, sizeof cells, "%.4g", (double)series->cells);
  if (!isnan(series->order)) snprintf(order, sizeof order, "%.3f", (double)series->order);
  fseek(file, 0, SEEK_END);
  if (!ftell(file)) {
    fputs("theory,case,scheme,cells_per_size,computed,reference,error_percent,order\n", file);
  }
  fprintf(file, "%s,\"%s\",%s,%s,%.12g,%.12g,%.6g,%s\n", theory, series->what,
          series->scheme ? series->scheme : "", cells, (double)computed, (double)series->reference,
          100 * (double)series->error, order);
  fclose(file);
}

PetscReal VerifyGrid(VerifySeries *series, PetscReal cells, PetscReal computed)
{
  const PetscReal error = computed / series->reference - 1;
  char order[32] = "", per_size[32] = "";

  series->order = NAN;
  if (series->cells > 0) {
    series->order =
        log(PetscAbsReal(series->error / error)) / log(PetscAbsReal(cells / series->cells));
    snprintf(order, sizeof order, "  order %.2f", (double)series->order);
  }
  series->cells = cells;
  series->error = error;
  if (cells > 0) snprintf(per_size, sizeof per_size, "%.1f cells", (double)cells);
  PetscPrintf(PETSC_COMM_WORLD,
              "  %-36s %-7s %11s  computed %.12g  reference %.12g  error %+.3e%s\n", series->what,
              series->scheme ? series->scheme : "", per_size, (double)computed,
              (double)series->reference, (double)error, order);
  write_csv(series, computed);
  return error;
}

PetscReal VerifyError(const char *what, PetscReal computed, PetscReal reference)
{
  VerifySeries series = {.what = what, .reference = reference};

  return VerifyGrid(&series, 0, computed);
}
