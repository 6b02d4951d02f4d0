#include "parts.h"

#include <math.h>
#include <stdio.h>
#include "boundary.h"

#define OHM_CM2 1e4 /* from Ohm m^2 */

static PetscReal boundary_uncertainty(const Case *case_in, PetscInt a, PetscInt b)
{
  for (PetscInt n = 0; n < case_in->num_boundaries; n++) {
    const BoundaryInput *boundary = &case_in->boundaries[n];

    if (!boundary->misorientation.name && PetscMin(a, b) == boundary->phases[0] &&
        PetscMax(a, b) == boundary->phases[1]) {
      return boundary->uncertainty;
    }
  }
  return NAN;
}

static PetscBool has_boundary(const Case *case_in, PetscInt a, PetscInt b)
{
  for (PetscInt n = 0; n < case_in->num_boundaries; n++) {
    const BoundaryInput *boundary = &case_in->boundaries[n];

    if (a == boundary->phases[0] && b == boundary->phases[1]) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* Whether the boundaries of a pair are sorted into classes of misorientation. */
static PetscBool has_classes(const Case *case_in, PetscInt a, PetscInt b)
{
  for (PetscInt n = 0; n < case_in->num_boundaries; n++) {
    const BoundaryInput *boundary = &case_in->boundaries[n];

    if (boundary->misorientation.name && a == boundary->phases[0] && b == boundary->phases[1])
      return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

static void collect_classes(const Case *case_in, const Model *model, const Solution *solution,
                            ResultInput *input)
{
  for (PetscInt k = 0; k < BoundaryClassesCount(model->classes); k++) {
    const BoundaryInput *boundary = BoundaryClassesInput(model->classes, k);
    char name[BOUNDARY_NAME];

    CaseBoundaryName(case_in, boundary, name);
    ResultPartsAdd(&input->boundaries, name, solution->asr.kinds[k], boundary->uncertainty);
  }
}

json_t *PartsClasses(const Case *case_in, const Model *model, const Solution *solution)
{
  const PetscReal film = GridPlateArea(&model->grid) * case_in->film.thickness;
  json_t *object = model->num_class_areas ? json_object() : NULL;

  for (PetscInt c = 0; c < model->num_class_areas; c++) {
    const BoundaryClassArea *own = &model->class_areas[c];
    const PetscReal resistance =
        own->number < 0
            ? solution->laws.boundary[own->phase * (case_in->num_phases + 1) + own->phase]
            : solution->laws.class_boundary[own->number];

    json_object_set_new(object, own->name,
                        json_pack("{s:o, s:o, s:o}", "area_per_volume_per_um",
                                  ResultsNumber(own->area / film * 1e-6), "area_share",
                                  ResultsNumber(own->area / film / model->statistics.boundary_area),
                                  "resistance_ohm_cm2", ResultsNumber(resistance * OHM_CM2)));
  }
  return object;
}

static void collect_film(const Case *case_in, const Asr *asr, ResultInput *input)
{
  for (PetscInt a = 1; a <= case_in->num_phases; a++) {
    const PhaseInput *phase = &case_in->phases[a - 1];

    ResultPartsAdd(&input->grains, phase->name, asr->phases[a], phase->uncertainty);
    for (PetscInt b = a; b <= case_in->num_phases; b++) {
      const PetscReal part = AsrBoundary(asr, a, b);
      char name[BOUNDARY_NAME];

      if (part == 0 && !has_boundary(case_in, a, b)) continue;
      snprintf(name, sizeof name, "%s|%s", phase->name, case_in->phases[b - 1].name);
      ResultPartsAdd(&input->boundaries, name, part, boundary_uncertainty(case_in, a, b));
    }
  }
}

/* Power at the interface below resolved layer number `position` of a side (all film phases meet the
   first one). */
static PetscReal interface_part(const Model *model, const Asr *asr, PetscInt first_phase,
                                PetscInt position)
{
  PetscReal sum = 0;

  if (position > 0) return AsrBoundary(asr, first_phase + position - 1, first_phase + position);
  for (PetscInt p = 1; p <= model->structure.num_film_phases; p++) {
    sum += AsrBoundary(asr, p, first_phase);
  }
  return sum;
}

static void collect_electrode(const Model *model, const Asr *asr, Side side, ResultParts *parts)
{
  const ElectrodeStack *stack = &model->stacks[side];
  const PetscInt first_phase =
      model->structure.num_film_phases + 1 + (side ? model->stacks[0].num_resolved : 0);
  PetscInt on_plate = 0;

  for (PetscInt l = 0; l < stack->num_resolved; l++) {
    ResultPartsAdd(parts, stack->input[l]->name, asr->phases[first_phase + l],
                   stack->input[l]->uncertainty);
  }
  for (PetscInt p = 0; p < stack->num_parts; p++) {
    const StackPart *part = &stack->parts[p];
    const PetscReal contact = ElectrodeStackContact(stack, part->position);
    PetscReal asr_part;

    if (part->position == stack->num_resolved)
      asr_part = asr->electrodes[side][on_plate++];
    else if (contact == 0)
      asr_part = 0;
    else {
      asr_part =
          interface_part(model, asr, first_phase, part->position) * part->resistance / contact;
    }
    ResultPartsAdd(parts, part->name, asr_part, part->uncertainty);
  }
}

void PartsCollect(const Case *case_in, const Model *model, const Solution *solution,
                  ResultInput *input)
{
  collect_film(case_in, &solution->asr, input);
  collect_classes(case_in, model, solution, input);
  for (int side = 0; side < 2; side++) {
    collect_electrode(model, &solution->asr, (Side)side, &input->electrodes[side]);
  }
}

PetscReal PartsBrickLayer(const Case *case_in, const Model *model, const Solution *solution,
                          const ResultInput *input)
{
  const PetscReal electrodes =
      ResultPartsSum(&input->electrodes[0]) + ResultPartsSum(&input->electrodes[1]);
  const PetscReal thickness = case_in->film.thickness;
  PetscReal film;
  PetscInt only = 0;

  for (PetscInt p = 1; p <= case_in->num_phases; p++) {
    if (model->statistics.phase_fractions[p] == 0) continue;
    if (only) return NAN;
    only = p;
  }
  if (only && has_classes(case_in, only, only)) return NAN;
  film = isnan(model->brick)
             ? thickness / solution->laws.conductivity[only][2]
             : BrickLayerAsr(thickness, solution->laws.conductivity[only][2], model->brick,
                             solution->laws.boundary[only * (case_in->num_phases + 1) + only]);
  return film + electrodes;
}
