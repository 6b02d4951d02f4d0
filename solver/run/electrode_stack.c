#include "electrode_stack.h"

#include <math.h>

static void add_part(ElectrodeStack *stack, const StackPart *part, Problems *problems)
{
  if (stack->num_parts == ELECTRODE_MAX_PARTS) {
    ProblemsAdd(problems, NULL, "an electrode has more than %d thin layers",
                ELECTRODE_MAX_PARTS - 1);
    return;
  }
  stack->parts[stack->num_parts++] = *part;
}

static void add_layer(ElectrodeStack *stack, const LayerInput *layer, PetscReal cell,
                      PetscReal temperature, Problems *problems)
{
  const PetscReal sigma = layer->conductivity[2] * ArrheniusFactor(&layer->arrhenius, temperature);

  if (!layer->resolve && layer->thickness < 0.5 * cell) {
    const StackPart part = {layer->name,        layer->thickness / sigma,
                            layer->uncertainty, stack->num_resolved,
                            layer->beside,      PETSC_FALSE};

    add_part(stack, &part, problems);
  } else if (stack->num_resolved == STACK_MAX_RESOLVED) {
    ProblemsAdd(problems, NULL, "an electrode has more than %d layers with cells of their own",
                STACK_MAX_RESOLVED);
  } else {
    stack->input[stack->num_resolved] = layer;
    stack->resolved[stack->num_resolved].thickness = layer->thickness;
    stack->resolved[stack->num_resolved++].cells =
        PetscMax(1, (PetscInt)floor(layer->thickness / cell + 0.5));
  }
}

void ElectrodeStackBuild(const ElectrodeInput *electrode, PetscReal cell, PetscReal temperature,
                         Problems *problems, ElectrodeStack *stack)
{
  StackPart transfer = {"charge_transfer", electrode->charge_transfer, electrode->uncertainty, 0,
                        electrode->beside, electrode->is_blocking};

  stack->num_resolved = stack->num_parts = 0;
  for (PetscInt l = 0; l < electrode->num_layers; l++) {
    add_layer(stack, &electrode->layers[l], cell, temperature, problems);
  }
  if (isnan(transfer.resistance)) transfer.resistance = 0;
  transfer.resistance /= ArrheniusFactor(&electrode->arrhenius, temperature);
  transfer.position = stack->num_resolved;
  add_part(stack, &transfer, problems);
}

PetscReal ElectrodeStackContact(const ElectrodeStack *stack, PetscInt position)
{
  PetscReal sum = 0;

  for (PetscInt p = 0; p < stack->num_parts; p++) {
    if (stack->parts[p].position == position) sum += stack->parts[p].resistance;
  }
  return sum;
}
