#include "phases_deal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "sampling.h"
#include "sizes.h"

static const PetscReal rounding = 1e-9; /* of fractions */

PetscInt PhaseFind(const PhaseNames *phases, const char *name, const char *place, const char *key,
                   Problems *problems)
{
  char known[1024] = "";
  size_t length = 0;

  for (PetscInt p = 0; p < phases->num_phases; p++) {
    if (!strcmp(phases->names[p], name)) return p + 1;
    if (length < sizeof known) {
      length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", p ? ", " : "",
                                 phases->names[p]);
    }
  }
  ProblemsAdd(problems, place, "%s: no phase is called \"%s\"; there are: %s", key, name, known);
  return 0;
}

/* Points of the sampling lattice in each grain: 64 a grain on average, and never too few. */
static PetscErrorCode count_points(MPI_Comm comm, const StructureBox *box,
                                   const Generator *generator, PetscInt64 *counts)
{
  const PetscReal wanted = PetscMax(64 * (PetscReal)generator->num_grains, 100000);
  PetscInt plane, first[3];
  Sampling sampling;
  Lattice points;
  int32_t *labels;

  PetscFunctionBeginUser;
  PetscCall(SamplingCreate(comm, box->length, 3, 1, wanted, &sampling));
  PetscCall(PetscMalloc1(SamplingSlabSize(&sampling), &labels));
  PetscCall(PetscArrayzero(counts, generator->num_grains + 1));
  plane = sampling.slab[0];
  while (SamplingNext(&sampling, &plane, first, &points)) {
    const PetscInt num_points = points.n[0] * points.n[1] * points.n[2];

    PetscCall((*generator->label)(generator, &points, labels));
    for (PetscInt p = 0; p < num_points; p++) counts[labels[p]]++;
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, counts, (PetscMPIInt)generator->num_grains + 1,
                             MPIU_INT64, MPI_SUM, comm));
  PetscCall(PetscFree(labels));
  PetscCall(SamplingDestroy(&sampling));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Checks what is asked for; numbers[] gets the phases. */
static PetscBool are_fractions_good(const StructureSpec *spec, const PhaseNames *phases,
                                    Problems *problems, PetscInt *numbers)
{
  const int num_problems = problems->num_problems;
  PetscReal sum = 0;

  for (PetscInt f = 0; f < spec->num_phase_fractions; f++) {
    const PhaseFractionSpec *asked = &spec->phase_fractions[f];

    numbers[f] = PhaseFind(phases, asked->phase, NULL, "structure.phase_fractions", problems);
    if (!(asked->fraction >= 0 && asked->fraction <= 1)) {
      ProblemsAdd(problems, NULL,
                  "structure.phase_fractions: the fraction of %s is %g; it must be from 0 to 1",
                  asked->phase, asked->fraction);
    }
    for (PetscInt g = 0; g < f; g++) {
      if (!strcmp(asked->phase, spec->phase_fractions[g].phase)) {
        ProblemsAdd(problems, NULL, "structure.phase_fractions: %s is there twice", asked->phase);
      }
    }
    sum += asked->fraction;
  }
  if (sum > 1 + rounding) {
    ProblemsAdd(problems, NULL,
                "structure.phase_fractions: the fractions add up to %g; at most 1 is possible",
                sum);
  }
  return problems->num_problems == num_problems ? PETSC_TRUE : PETSC_FALSE;
}

/* Deals one phase: whatever still fits, in order, and then one more if that comes nearer.
   Returns how much is missing in the end. */
static PetscReal deal_phase(PetscInt num, const PetscInt *order, const PetscInt64 *counts,
                            PetscReal target, PetscInt phase, PetscBool *is_dealt,
                            PetscInt *grain_phase)
{
  PetscReal missing = target, best;
  PetscInt nearest = 0;

  for (PetscInt o = 0; o < num; o++) {
    const PetscReal count = (PetscReal)counts[order[o]];

    if (is_dealt[order[o]] || count > missing) continue;
    missing -= count;
    is_dealt[order[o]] = PETSC_TRUE;
    grain_phase[order[o]] = phase;
  }
  best = missing;
  for (PetscInt o = 0; o < num; o++) {
    const PetscReal left = missing - (PetscReal)counts[order[o]];

    if (!is_dealt[order[o]] && PetscAbs(left) < PetscAbs(best)) {
      best = left;
      nearest = order[o];
    }
  }
  if (nearest) {
    is_dealt[nearest] = PETSC_TRUE;
    grain_phase[nearest] = phase;
  }
  return best;
}

/* Deals all phases to the grains behind the matrix. */
static PetscErrorCode deal_phases(const StructureSpec *spec, const PetscInt *numbers,
                                  const PetscInt64 *counts, Problems *problems,
                                  Generator *generator)
{
  const PetscInt num = generator->num_grains - generator->num_matrix;
  PetscReal whole = 0, sum = 0;
  PetscInt *order;
  PetscBool *is_dealt;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num, &order));
  PetscCall(PetscCalloc1(generator->num_grains + 1, &is_dealt));
  PetscCall(OrderDraw(num, (uint64_t)spec->seed, RANDOM_PHASES, order));
  for (PetscInt o = 0; o < num; o++) order[o] += generator->num_matrix + 1;
  for (PetscInt g = 1; g <= generator->num_grains; g++) whole += (PetscReal)counts[g];
  for (PetscInt f = 0; f < spec->num_phase_fractions; f++) {
    const PhaseFractionSpec *asked = &spec->phase_fractions[f];
    PetscReal missing;

    sum += asked->fraction;
    if (f == spec->num_phase_fractions - 1 && sum > 1 - rounding) { /* all that is left */
      missing = deal_phase(num, order, counts, whole, numbers[f], is_dealt, generator->phase) -
                (1 - asked->fraction) * whole;
    } else {
      missing = deal_phase(num, order, counts, asked->fraction * whole, numbers[f], is_dealt,
                           generator->phase);
    }
    if (PetscAbs(missing) > 0.01 * whole) {
      ProblemsWarn(
          problems, NULL,
          "structure.phase_fractions: %s gets %.3g of the volume instead of %g; there are only "
          "%" PetscInt_FMT " grains to deal",
          asked->phase, asked->fraction - missing / whole, asked->fraction, num);
    }
  }
  PetscCall(PetscFree(order));
  PetscCall(PetscFree(is_dealt));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode PhasesDeal(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                          const PhaseNames *phases, Problems *problems, Generator *generator)
{
  PetscInt *numbers;
  PetscInt64 *counts;

  PetscFunctionBeginUser;
  if (!spec->num_phase_fractions) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscMalloc1(spec->num_phase_fractions, &numbers));
  if (are_fractions_good(spec, phases, problems, numbers)) {
    PetscCall(PetscMalloc1(generator->num_grains + 1, &counts));
    PetscCall(count_points(comm, box, generator, counts));
    PetscCall(deal_phases(spec, numbers, counts, problems, generator));
    PetscCall(PetscFree(counts));
  }
  PetscCall(PetscFree(numbers));
  PetscFunctionReturn(PETSC_SUCCESS);
}
