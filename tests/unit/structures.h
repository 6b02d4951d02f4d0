#pragma once

#include <math.h>
#include <stdio.h>
#include "generator.h"
#include "harness.h"
#include "scratch.h"

/* What the tests of generators share: boxes with equal cells, empty requests, lattices of points.
 */

typedef struct {
  StructureBox box;
  PetscReal edges[3][257];
  PetscReal centres[3][256];
  Lattice points; /* cell centres */
} TestBox;

/* Lengths in um; at most 256 cells a side. */
static inline void TestBoxSet(TestBox *test, const PetscReal length_um[3], PetscBool is_periodic,
                              const PetscInt cells[3])
{
  test->box.is_periodic = is_periodic;
  for (int d = 0; d < 3; d++) {
    test->box.length[d] = length_um[d] * 1e-6;
    test->box.cells[d] = test->points.n[d] = cells[d];
    test->box.edges[d] = test->edges[d];
    test->points.x[d] = test->centres[d];
    for (PetscInt c = 0; c <= cells[d]; c++) {
      test->edges[d][c] = test->box.length[d] * (PetscReal)c / (PetscReal)cells[d];
    }
    for (PetscInt c = 0; c < cells[d]; c++) {
      test->centres[d][c] = test->box.length[d] * ((PetscReal)c + 0.5) / (PetscReal)cells[d];
    }
  }
}

/* A request with every key unset, or at the default of the case file. */
static inline StructureSpec TestSpec(char *generator)
{
  StructureSpec spec = {.generator = generator, .size_spread = 0.35, .aspect = 1, .seed = 1};

  spec.grain_size = spec.fraction = spec.diameter = NAN;
  spec.brick[0] = spec.brick[1] = spec.brick[2] = NAN;
  return spec;
}

static const char *const test_phase_names[] = {"grain", "glass", "other"};
static const PhaseNames test_phases = {3, test_phase_names};

/* Asserts that a request is refused, with a message that has `part` in it. */
static inline PetscErrorCode TestRefused(const StructureSpec *spec, const StructureBox *box,
                                         const PhaseNames *phases, const char *part)
{
  Problems problems = {0};
  Generator *generator;

  PetscFunctionBeginUser;
  PetscCall(GeneratorCreate(PETSC_COMM_WORLD, spec, box, phases, &problems, &generator));
  CU_ASSERT_PTR_NULL(generator);
  CU_ASSERT(HasProblem(&problems, part, NULL, NULL));
  PetscCall(GeneratorDestroy(&generator));
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A generator that must come without problems. */
static inline PetscErrorCode TestCreate(const StructureSpec *spec, const StructureBox *box,
                                        Generator **generator)
{
  Problems problems = {0};

  PetscFunctionBeginUser;
  PetscCall(GeneratorCreate(PETSC_COMM_WORLD, spec, box, &test_phases, &problems, generator));
  CU_ASSERT_EQUAL(problems.num_problems, 0);
  if (problems.num_problems) fprintf(stderr, "%s\n", problems.texts[0]);
  ProblemsDestroy(&problems);
  PetscCheck(*generator, PETSC_COMM_SELF, PETSC_ERR_PLIB, "no generator");
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Number of points of each grain. */
static inline PetscErrorCode TestCount(const Generator *generator, const Lattice *points,
                                       PetscInt **counts)
{
  const PetscInt num = points->n[0] * points->n[1] * points->n[2];
  int32_t *labels;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num, &labels));
  PetscCall(PetscCalloc1(generator->num_grains + 1, counts));
  PetscCall((*generator->label)(generator, points, labels));
  for (PetscInt p = 0; p < num; p++) (*counts)[labels[p]]++;
  PetscCall(PetscFree(labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}
