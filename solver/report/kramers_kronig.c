#include "kramers_kronig.h"

#include <math.h>
#include <petscblaslapack.h>

#define ELEMENTS_PER_DECADE 7
#define LEAST_PER_DECADE 4
#define MOST_PER_FREQUENCY 1.2
#define MOST_ELEMENTS 100
#define BEYOND 10 /* the chain goes on for a decade at both ends */

/* The least squares of one chain: rows are real, then imaginary parts; columns R, 1/C, L, R_k. */
typedef struct {
  PetscInt count;
  const PetscReal *omega;
  const PetscComplex *impedance;
  PetscReal lowest, highest; /* 1/tau of the chain's ends */
  PetscReal *matrix, *kept, *rhs, *work, *singular;
  PetscBLASInt work_size;
} Chain;

enum { OHMIC = 3 }; /* columns before the elements */

static void set_row(const Chain *chain, PetscInt row, int num_elements, PetscReal *matrix)
{
  const PetscInt rows = 2 * chain->count;
  const PetscReal omega = chain->omega[row];
  const PetscReal weight = 1 / PetscAbsComplex(chain->impedance[row]);

  matrix[row] = weight;
  matrix[row + chain->count] = 0;
  matrix[rows + row] = matrix[2 * rows + row] = 0;
  matrix[rows + row + chain->count] = -weight * chain->lowest / omega;
  matrix[2 * rows + row + chain->count] = weight * omega / chain->highest;
  for (int k = 0; k < num_elements; k++) {
    const PetscReal place = num_elements > 1 ? (PetscReal)k / (num_elements - 1) : 0.5;
    const PetscReal x =
        omega / (chain->highest * PetscPowReal(chain->lowest / chain->highest, place));

    matrix[(OHMIC + k) * rows + row] = weight / (1 + x * x);
    matrix[(OHMIC + k) * rows + row + chain->count] = -weight * x / (1 + x * x);
  }
}

/* Fits a chain; rhs holds the solution afterwards. */
static PetscErrorCode fit(Chain *chain, int num_elements, KramersKronig *test)
{
  const PetscInt rows = 2 * chain->count, columns = OHMIC + num_elements;
  PetscBLASInt m = (PetscBLASInt)rows, n = (PetscBLASInt)columns, one = 1, rank, info;
  PetscReal threshold = 1e-14, sum = 0;

  PetscFunctionBeginUser;
  for (PetscInt r = 0; r < chain->count; r++) {
    const PetscComplex unit = chain->impedance[r] / PetscAbsComplex(chain->impedance[r]);

    set_row(chain, r, num_elements, chain->matrix);
    chain->rhs[r] = PetscRealPartComplex(unit);
    chain->rhs[r + chain->count] = PetscImaginaryPartComplex(unit);
  }
  PetscCall(PetscArraycpy(chain->kept, chain->matrix, rows * columns));
  PetscCallBLAS("LAPACKgelss",
                LAPACKgelss_(&m, &n, &one, chain->matrix, &m, chain->rhs, &m, chain->singular,
                             &threshold, &rank, chain->work, &chain->work_size, &info));
  PetscCheck(!info, PETSC_COMM_SELF, PETSC_ERR_LIB, "LAPACK gelss: %d", (int)info);
  *test = (KramersKronig){num_elements, 0, 0};
  for (PetscInt r = 0; r < rows; r++) {
    const PetscComplex z = chain->impedance[r % chain->count];
    PetscReal left = -(r < chain->count ? PetscRealPartComplex(z) : PetscImaginaryPartComplex(z)) /
                     PetscAbsComplex(z);

    for (PetscInt c = 0; c < columns; c++) left += chain->kept[c * rows + r] * chain->rhs[c];
    test->max = PetscMax(test->max, PetscAbsReal(left));
    sum += left * left;
  }
  test->rms = PetscSqrtReal(sum / (PetscReal)rows);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 0 if the frequencies are too few for so long a chain. */
static int choose_number(const Chain *chain)
{
  const PetscReal decades = log10(chain->highest / chain->lowest);
  const PetscReal wanted = PetscMin(1 + ELEMENTS_PER_DECADE * decades, MOST_ELEMENTS);
  const PetscReal most = MOST_PER_FREQUENCY * (PetscReal)chain->count;

  return most < LEAST_PER_DECADE * decades ? 0 : (int)PetscMin(most, wanted);
}

PetscErrorCode KramersKronigTest(PetscInt count, const PetscReal omega[],
                                 const PetscComplex impedance[], KramersKronig *test)
{
  Chain chain = {count, omega, impedance, INFINITY, 0, NULL, NULL, NULL, NULL, NULL, 0};
  PetscInt rows = 2 * count, columns;

  PetscFunctionBeginUser;
  *test = (KramersKronig){0, NAN, NAN};
  for (PetscInt r = 0; r < count; r++) {
    chain.lowest = PetscMin(chain.lowest, omega[r]);
    chain.highest = PetscMax(chain.highest, omega[r]);
  }
  chain.lowest /= BEYOND;
  chain.highest *= BEYOND;
  columns = OHMIC + choose_number(&chain);
  if (columns == OHMIC) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscBLASIntCast(3 * columns + 5 * rows, &chain.work_size));
  PetscCall(PetscMalloc5(rows * columns, &chain.matrix, rows * columns, &chain.kept,
                         PetscMax(rows, columns), &chain.rhs, chain.work_size, &chain.work,
                         PetscMin(rows, columns), &chain.singular));
  PetscCall(fit(&chain, (int)columns - OHMIC, test));
  PetscCall(PetscFree5(chain.matrix, chain.kept, chain.rhs, chain.work, chain.singular));
  PetscFunctionReturn(PETSC_SUCCESS);
}
