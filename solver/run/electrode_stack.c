#include "electrode_stack.h"

#include <math.h>

static void add_part(ElectrodeStack *stack, const char *name, PetscReal resistance,
                     PetscReal uncertainty, PetscInt position, Problems *problems)
{
  if (stack->num_parts == ELECTRODE_MAX_PARTS) {
    ProblemsAdd(problems, NULL, "an electrode has more than %d thin layers",
                ELECTRODE_MAX_PARTS - 1);
    return;
  }
  stack->parts[stack->num_parts++] = (StackPart){name, resistance, uncertainty, position};
}

static void add_layer(ElectrodeStack *stack, const LayerInput *layer, PetscReal cell,
                      PetscReal temperature, Problems *problems)
{
  const PetscReal sigma = layer->conductivity[2] * ArrheniusFactor(&layer->arrhenius, temperature);

  if (!layer->resolve && layer->thickness < 0.5 * cell) {
    add_part(stack, layer->name, layer->thickness / sigma, layer->uncertainty, stack->num_resolved,
             problems);
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
  PetscReal transfer = electrode->charge_transfer;

  stack->num_resolved = stack->num_parts = 0;
  for (PetscInt l = 0; l < electrode->num_layers; l++) {
    add_layer(stack, &electrode->layers[l], cell, temperature, problems);
  }
  if (isnan(transfer)) transfer = 0;
  transfer /= ArrheniusFactor(&electrode->arrhenius, temperature);
  add_part(stack, "charge_transfer", transfer, electrode->uncertainty, stack->num_resolved,
           problems);
}

PetscReal ElectrodeStackContact(const ElectrodeStack *stack, PetscInt position)
{
  PetscReal sum = 0;

  for (PetscInt p = 0; p < stack->num_parts; p++) {
    if (stack->parts[p].position == position) sum += stack->parts[p].resistance;
  }
  return sum;
}
