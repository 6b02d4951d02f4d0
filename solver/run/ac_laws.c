#include "ac_laws.h"

#include <math.h>
#include "constants.h"

/* Impedance of a part of an electrode whose resistance is known. */
static PetscComplex part_impedance(const AcLaws *ac, const StackPart *part, PetscReal resistance)
{
  Element element = part->beside;

  element.resistance = part->is_blocking ? INFINITY : resistance;
  return ElementImpedance(&element, ac->omega);
}

/* Thin layers between the film and a resolved layer, or between two of them. */
static PetscComplex layer_contact(const AcLaws *ac, PetscInt layer)
{
  const PetscInt anode_layers = ac->laws->stacks[SIDE_ANODE].num_resolved;
  const PetscBool is_anode = (PetscBool)(layer < anode_layers);
  const ElectrodeStack *stack = &ac->laws->stacks[is_anode ? SIDE_ANODE : SIDE_CATHODE];
  const PetscInt position = is_anode ? layer : layer - anode_layers;
  PetscComplex sum = 0;

  for (PetscInt p = 0; p < stack->num_parts; p++) {
    if (stack->parts[p].position != position) continue;
    sum += part_impedance(ac, &stack->parts[p], stack->parts[p].resistance);
  }
  return sum;
}

/* A capacitance that is not given is none. */
static PetscReal known(PetscReal capacitance)
{
  return isfinite(capacitance) ? capacitance : 0;
}

static PetscErrorCode boundary_law(void *data, PetscInt grain_a, PetscInt grain_b,
                                   PetscComplex *impedance)
{
  const AcLaws *ac = data;
  const Laws *laws = ac->laws;
  const PetscInt outer = PetscMax(grain_a, grain_b);
  Element element = {0, 0, 0, 1};
  PetscReal resistance = 0;
  PetscInt kind;

  PetscFunctionBeginUser;
  if (outer > laws->num_film_grains) {
    *impedance = layer_contact(ac, outer - laws->num_film_grains - 1);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(
      (*laws->transport.boundary)(laws->transport.boundary_data, grain_a, grain_b, &resistance));
  element.resistance = resistance;
  kind = laws->classes ? BoundaryClassesFind(laws->classes, grain_a, grain_b) : -1;
  element.capacitance =
      kind < 0
          ? ac->boundary[laws->phase[grain_a] * (laws->num_film_phases + 1) + laws->phase[grain_b]]
          : known(BoundaryClassesInput(laws->classes, kind)->capacitance);
  *impedance = ElementImpedance(&element, ac->omega);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode electrode_law(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                                    PetscComplex parts[])
{
  const AcLaws *ac = data;
  const Laws *laws = ac->laws;
  const ElectrodeStack *stack = &laws->stacks[side];
  PetscReal resistances[ELECTRODE_MAX_PARTS] = {0};
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(
      (*laws->transport.electrode)(laws->transport.electrode_data, side, i, j, grain, resistances));
  for (PetscInt p = 0; p < stack->num_parts; p++) {
    if (stack->parts[p].position != stack->num_resolved) continue;
    parts[n] = part_impedance(ac, &stack->parts[p], resistances[n]);
    n++;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AcLawsCreate(const Case *case_in, const Laws *laws, AcLaws *ac)
{
  const PetscInt n = laws->num_film_phases + 1;

  PetscFunctionBeginUser;
  *ac = (AcLaws){.case_in = case_in, .laws = laws};
  PetscCall(PetscMalloc1(laws->num_phases + 1, &ac->conductivity));
  PetscCall(PetscCalloc1(n * n, &ac->boundary));
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    const BoundaryInput *input = &case_in->boundaries[b];

    if (input->misorientation.name) continue;
    ac->boundary[input->phases[0] * n + input->phases[1]] = known(input->capacitance);
    ac->boundary[input->phases[1] * n + input->phases[0]] = known(input->capacitance);
  }
  ac->transport = (AcTransport){.conductivity = (const PetscComplex(*)[3])ac->conductivity,
                                .boundary = boundary_law,
                                .electrode = electrode_law,
                                .boundary_data = ac,
                                .electrode_data = ac};
  for (int side = 0; side < 2; side++) {
    ac->transport.num_electrode_parts[side] = laws->transport.num_electrode_parts[side];
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AcLawsDestroy(AcLaws *ac)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(ac->conductivity));
  PetscCall(PetscFree(ac->boundary));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void set_phase(AcLaws *ac, PetscInt phase, PetscComplex displacement)
{
  for (int d = 0; d < 3; d++) {
    ac->conductivity[phase][d] = ac->laws->conductivity[phase][d] + displacement;
  }
}

void AcLawsSet(AcLaws *ac, PetscReal frequency)
{
  const Case *case_in = ac->case_in;
  PetscInt phase = 0;

  ac->omega = 2 * PETSC_PI * frequency;
  set_phase(ac, phase++, 0);
  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    const double permittivity = case_in->phases[p].relative_permittivity;

    set_phase(ac, phase++,
              isfinite(permittivity) ? ac->omega * VACUUM_PERMITTIVITY * permittivity * PETSC_i
                                     : 0);
  }
  for (int side = 0; side < 2; side++) {
    for (PetscInt l = 0; l < ac->laws->stacks[side].num_resolved; l++) {
      const LayerInput *input = ac->laws->stacks[side].input[l];

      set_phase(ac, phase++, input->thickness * ElementDisplacement(&input->beside, ac->omega));
    }
  }
}
