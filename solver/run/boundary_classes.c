#include "boundary_classes.h"

#include <stdio.h>
#include "case_place.h"
#include "coincidence.h"
#include "statistics.h"

enum { CACHE = 8192 }; /* pairs whose class is kept; faces of one pair lie near each other */

typedef struct {
  const BoundaryInput *input;
  Coincidence *coincidences; /* one a sigma */
} BoundaryClass;

struct BoundaryClasses {
  const Microstructure *structure;
  PetscInt num;
  BoundaryClass *classes;
  struct {
    PetscInt grain_a, grain_b, number;
  } cache[CACHE];
};

/* Grains of the class's phase must have an orientation, and one symmetry. */
static void check_crystals(const Case *case_in, const BoundaryInput *input,
                           const Microstructure *structure, Problems *problems)
{
  const Crystals *crystals = structure->crystals;
  const char *phase = case_in->phases[input->phases[0] - 1].name;
  LaueClass laue = LAUE_UNKNOWN;
  char text[512] = "";

  for (PetscInt g = 1; crystals && g <= structure->num_film_grains && !text[0]; g++) {
    if (structure->phase[g] != input->phases[0]) continue;
    if (crystals->laue[g] == LAUE_UNKNOWN) {
      snprintf(text, sizeof text,
               "boundaries: misorientation: the file does not say the crystal structure of the "
               "grains of phase \"%s\"",
               phase);
    } else if (laue != LAUE_UNKNOWN && laue != crystals->laue[g]) {
      snprintf(text, sizeof text,
               "boundaries: misorientation: the grains of phase \"%s\" are of two crystal "
               "structures, %s and %s",
               phase, LaueClassNames[laue], LaueClassNames[crystals->laue[g]]);
    } else if (input->misorientation.num_sigmas && crystals->laue[g] != LAUE_CUBIC &&
               crystals->laue[g] != LAUE_CUBIC_LOW) {
      snprintf(text, sizeof text,
               "boundaries: misorientation: sigma is for cubic crystals; those of phase \"%s\" are "
               "%s",
               phase, LaueClassNames[crystals->laue[g]]);
    }
    laue = crystals->laue[g];
  }
  if (!crystals) {
    snprintf(text, sizeof text,
             "boundaries: misorientation: the structure's grains have no orientations; they come "
             "with an image that has them (structure.file)");
  }
  if (text[0]) CasePlaceProblem(case_in, text, PETSC_FALSE, problems);
}

PetscErrorCode BoundaryClassesCreate(const Case *case_in, const Microstructure *structure,
                                     Problems *problems, BoundaryClasses **classes)
{
  const int before = problems->num_problems;

  PetscFunctionBeginUser;
  *classes = NULL;
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    const BoundaryInput *input = &case_in->boundaries[b];
    BoundaryClass *own;

    if (!input->misorientation.name) continue;
    check_crystals(case_in, input, structure, problems);
    if (!*classes) {
      PetscCall(PetscNew(classes));
      PetscCall(PetscCalloc1(case_in->num_boundaries, &(*classes)->classes));
      (*classes)->structure = structure;
    }
    own = &(*classes)->classes[(*classes)->num++];
    own->input = input;
    PetscCall(PetscCalloc1(input->misorientation.num_sigmas, &own->coincidences));
    for (PetscInt s = 0; s < input->misorientation.num_sigmas; s++) {
      PetscCall(CoincidenceCreate((int)input->misorientation.sigmas[s], &own->coincidences[s]));
    }
  }
  if (problems->num_problems > before) PetscCall(BoundaryClassesDestroy(classes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode BoundaryClassesDestroy(BoundaryClasses **classes)
{
  PetscFunctionBeginUser;
  if (!*classes) PetscFunctionReturn(PETSC_SUCCESS);
  for (PetscInt c = 0; c < (*classes)->num; c++) {
    BoundaryClass *own = &(*classes)->classes[c];

    for (PetscInt s = 0; s < own->input->misorientation.num_sigmas; s++) {
      PetscCall(CoincidenceDestroy(&own->coincidences[s]));
    }
    PetscCall(PetscFree(own->coincidences));
  }
  PetscCall(PetscFree((*classes)->classes));
  PetscCall(PetscFree(*classes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscInt BoundaryClassesCount(const BoundaryClasses *classes)
{
  return classes ? classes->num : 0;
}

const BoundaryInput *BoundaryClassesInput(const BoundaryClasses *classes, PetscInt number)
{
  return classes->classes[number].input;
}

/* Brandon, Acta Metall. 14 (1966) 1479: a boundary is of a sigma if it misses it by no more than 15
   degrees (brandon_deg) over its root. */
static PetscBool is_of_sigma(const BoundaryClass *own, Quaternion a, Quaternion b)
{
  for (PetscInt s = 0; s < own->input->misorientation.num_sigmas; s++) {
    const Coincidence *coincidence = &own->coincidences[s];

    if (CoincidenceDeviation(coincidence, a, b) <=
        own->input->misorientation.brandon / PetscSqrtReal((PetscReal)coincidence->sigma)) {
      return PETSC_TRUE;
    }
  }
  return PETSC_FALSE;
}

static PetscInt sort(const BoundaryClasses *classes, PetscInt grain_a, PetscInt grain_b)
{
  const Microstructure *structure = classes->structure;
  const Quaternion a = structure->crystals->orientation[grain_a],
                   b = structure->crystals->orientation[grain_b];
  const PetscInt phase = structure->phase[grain_a];
  PetscReal angle;

  if (phase != structure->phase[grain_b]) return -1;
  angle = Disorientation(structure->crystals->laue[grain_a], a, b);
  for (PetscInt c = 0; c < classes->num; c++) {
    const MisorientationClass *range = &classes->classes[c].input->misorientation;

    if (classes->classes[c].input->phases[0] != phase) continue;
    if (range->num_sigmas ? is_of_sigma(&classes->classes[c], a, b)
                          : angle >= range->from && angle < range->to) {
      return c;
    }
  }
  return -1;
}

PetscInt BoundaryClassesFind(BoundaryClasses *classes, PetscInt grain_a, PetscInt grain_b)
{
  const PetscInt a = PetscMin(grain_a, grain_b), b = PetscMax(grain_a, grain_b);
  const size_t place = ((size_t)a * 2654435761u + (size_t)b * 40503u) % CACHE;

  if (b > classes->structure->num_film_grains) return -1;
  if (classes->cache[place].grain_a != a || classes->cache[place].grain_b != b) {
    classes->cache[place].number = sort(classes, a, b);
    classes->cache[place].grain_a = a;
    classes->cache[place].grain_b = b;
  }
  return classes->cache[place].number;
}

/* Classes first, then the rest of each phase, then what lies between two phases. */
static PetscInt sort_for_area(void *data, PetscInt grain_a, PetscInt grain_b)
{
  BoundaryClasses *classes = data;
  const PetscInt *phase = classes->structure->phase;
  const PetscInt number = BoundaryClassesFind(classes, grain_a, grain_b);

  if (number >= 0) return number;
  return classes->num + (phase[grain_a] == phase[grain_b] ? phase[grain_a] - 1
                                                          : classes->structure->num_film_phases);
}

PetscErrorCode BoundaryClassesMeasure(const Case *case_in, BoundaryClasses *classes,
                                      const Grid *grid, PetscInt *num, BoundaryClassArea **areas)
{
  const PetscInt num_phases = classes->structure->num_film_phases;
  PetscReal *all;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(classes->num + num_phases + 1, &all));
  PetscCall(PetscMalloc1(classes->num + num_phases, areas));
  PetscCall(BoundaryAreaCompute(grid, classes->structure, classes->num + num_phases + 1,
                                sort_for_area, classes, all));
  for (PetscInt c = 0; c < classes->num; c++) {
    const BoundaryInput *input = classes->classes[c].input;

    (*areas)[c] = (BoundaryClassArea){"", c, input->phases[0], all[c]};
    CaseBoundaryName(case_in, input, (*areas)[c].name);
  }
  *num = classes->num;
  for (PetscInt p = 1; p <= num_phases; p++) {
    const BoundaryInput rest = {.phases = {p, p}};
    BoundaryClassArea *own = &(*areas)[*num];
    PetscBool has_class = PETSC_FALSE;

    for (PetscInt c = 0; c < classes->num; c++) {
      if (classes->classes[c].input->phases[0] == p) has_class = PETSC_TRUE;
    }
    if (!has_class) continue;
    *own = (BoundaryClassArea){"", -1, p, all[classes->num + p - 1]};
    CaseBoundaryName(case_in, &rest, own->name);
    (*num)++;
  }
  PetscCall(PetscFree(all));
  PetscFunctionReturn(PETSC_SUCCESS);
}
