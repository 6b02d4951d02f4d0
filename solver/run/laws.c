#include "laws.h"

#include <math.h>
#include "boundary.h"

/* Between the film and a resolved layer, or between two of them, there may be thin layers. */
static PetscReal layer_contact(const Laws *laws, PetscInt layer)
{
  const PetscInt anode_layers = laws->stacks[SIDE_ANODE].num_resolved;
  const Side side = layer < anode_layers ? SIDE_ANODE : SIDE_CATHODE;

  return ElectrodeStackContact(&laws->stacks[side],
                               side == SIDE_ANODE ? layer : layer - anode_layers);
}

static PetscInt boundary_kind(void *data, PetscInt grain_a, PetscInt grain_b)
{
  const Laws *laws = data;

  return BoundaryClassesFind(laws->classes, grain_a, grain_b);
}

static PetscErrorCode boundary_law(void *data, PetscInt grain_a, PetscInt grain_b,
                                   PetscReal *resistance)
{
  const Laws *laws = data;
  const PetscInt a = PetscMin(grain_a, grain_b), b = PetscMax(grain_a, grain_b);
  const GrainResistance *single;
  PetscReal typical, spread;
  PetscInt pair, kind;

  PetscFunctionBeginUser;
  if (b > laws->num_film_grains) {
    *resistance = layer_contact(laws, b - laws->num_film_grains - 1);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  single = GrainResistancesFind(&laws->pairs, a, b);
  pair = laws->phase[a] * (laws->num_film_phases + 1) + laws->phase[b];
  kind = laws->classes ? BoundaryClassesFind(laws->classes, a, b) : -1;
  typical = kind < 0 ? laws->boundary[pair] : laws->class_boundary[kind];
  spread =
      kind < 0 ? laws->spread[pair] : BoundaryClassesInput(laws->classes, kind)->lognormal_spread;
  *resistance = single ? single->resistance
                       : typical * BoundaryScatter(laws->seed, (int32_t)a, (int32_t)b, spread);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode electrode_law(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                                    PetscReal parts[])
{
  const Laws *laws = data;
  const ElectrodeStack *stack = &laws->stacks[side];
  const GrainResistance *single = GrainResistancesFind(&laws->surface[side], grain, 0);
  PetscInt n = 0;

  PetscFunctionBeginUser;
  (void)i; /* the case's electrodes are uniform but for their grains */
  (void)j;
  for (PetscInt p = 0; p < stack->num_parts; p++) {
    if (stack->parts[p].position == stack->num_resolved) parts[n++] = stack->parts[p].resistance;
  }
  if (single) parts[n - 1] = single->resistance; /* charge transfer is the last part of a stack */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void set_conductivities(const Case *case_in, PetscReal temperature, Laws *laws)
{
  PetscInt phase = 0;

  for (int d = 0; d < 3; d++) laws->conductivity[0][d] = 0;
  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    const PhaseInput *input = &case_in->phases[p];

    phase++;
    for (int d = 0; d < 3; d++) {
      laws->conductivity[phase][d] =
          input->conductivity[d] * ArrheniusFactor(&input->arrhenius, temperature);
    }
  }
  for (int side = 0; side < 2; side++) {
    for (PetscInt l = 0; l < laws->stacks[side].num_resolved; l++) {
      const LayerInput *input = laws->stacks[side].input[l];

      phase++;
      for (int d = 0; d < 3; d++) {
        laws->conductivity[phase][d] =
            input->conductivity[d] * ArrheniusFactor(&input->arrhenius, temperature);
      }
    }
  }
}

static void set_boundaries(const Case *case_in, PetscReal temperature, Laws *laws)
{
  const PetscInt n = laws->num_film_phases + 1;

  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    const BoundaryInput *input = &case_in->boundaries[b];
    const PetscReal resistance =
        input->resistance / ArrheniusFactor(&input->arrhenius, temperature);

    if (input->misorientation.name) continue;
    for (int swap = 0; swap < 2; swap++) {
      const PetscInt pair = input->phases[swap] * n + input->phases[!swap];

      laws->boundary[pair] = resistance;
      laws->spread[pair] = input->lognormal_spread;
    }
  }
}

static void set_classes(PetscReal temperature, Laws *laws)
{
  for (PetscInt k = 0; k < BoundaryClassesCount(laws->classes); k++) {
    const BoundaryInput *input = BoundaryClassesInput(laws->classes, k);

    laws->class_boundary[k] = input->resistance / ArrheniusFactor(&input->arrhenius, temperature);
  }
}

static PetscErrorCode read_files(MPI_Comm comm, const Case *case_in, Problems *problems, Laws *laws)
{
  const ElectrodeInput *electrodes[2] = {&case_in->anode, &case_in->cathode};

  PetscFunctionBeginUser;
  if (case_in->boundaries_file) {
    PetscCall(GrainResistancesRead(comm, case_in->boundaries_file, 2, laws->num_film_grains,
                                   problems, &laws->pairs));
  }
  for (int side = 0; side < 2; side++) {
    if (!electrodes[side]->grain_resistance_file) continue;
    if (laws->stacks[side].num_resolved) {
      ProblemsAdd(
          problems, electrodes[side]->grain_resistance_file,
          "%s.grain_resistance_file needs the film's grains at the electrode, but a layer "
          "with cells of its own lies between them; make its layers thinner than half a cell",
          side ? "cathode" : "anode");
    }
    PetscCall(GrainResistancesRead(comm, electrodes[side]->grain_resistance_file, 1,
                                   laws->num_film_grains, problems, &laws->surface[side]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LawsCreate(MPI_Comm comm, const Case *case_in, const Microstructure *structure,
                          BoundaryClasses *classes, const ElectrodeStack stacks[2],
                          PetscReal temperature, Problems *problems, Laws *laws)
{
  PetscInt pairs;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(laws, sizeof *laws));
  laws->num_film_grains = structure->num_film_grains;
  laws->num_film_phases = structure->num_film_phases;
  laws->num_phases = structure->num_phases;
  laws->phase = structure->phase;
  laws->seed = (uint64_t)case_in->structure.seed;
  laws->stacks = stacks;
  laws->classes = classes;
  PetscCall(PetscMalloc1(BoundaryClassesCount(classes), &laws->class_boundary));
  set_classes(temperature, laws);
  pairs = (laws->num_film_phases + 1) * (laws->num_film_phases + 1);
  PetscCall(PetscCalloc2(pairs, &laws->boundary, pairs, &laws->spread));
  PetscCall(PetscMalloc1(laws->num_phases + 1, &laws->conductivity));
  set_conductivities(case_in, temperature, laws);
  set_boundaries(case_in, temperature, laws);
  PetscCall(read_files(comm, case_in, problems, laws));
  laws->transport.conductivity = (const PetscReal(*)[3])laws->conductivity;
  laws->transport.boundary = boundary_law;
  laws->transport.boundary_data = laws;
  laws->transport.num_boundary_kinds = BoundaryClassesCount(classes);
  laws->transport.boundary_kind = boundary_kind;
  laws->transport.electrode = electrode_law;
  laws->transport.electrode_data = laws;
  for (int side = 0; side < 2; side++) {
    for (PetscInt p = 0; p < stacks[side].num_parts; p++) {
      laws->transport.num_electrode_parts[side] +=
          stacks[side].parts[p].position == stacks[side].num_resolved;
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode LawsDestroy(Laws *laws)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree2(laws->boundary, laws->spread));
  PetscCall(PetscFree(laws->class_boundary));
  PetscCall(PetscFree(laws->conductivity));
  PetscCall(PetscFree(laws->pairs.entries));
  for (int side = 0; side < 2; side++) PetscCall(PetscFree(laws->surface[side].entries));
  PetscFunctionReturn(PETSC_SUCCESS);
}
