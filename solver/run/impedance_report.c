#include "impedance_run.h"

#include <math.h>
#include <stdio.h>
#include "constants.h"
#include "results.h"
#include "version.h"

#define OHM_CM2 1e4    /* from Ohm m^2 */
#define UF_PER_CM2 1e2 /* from F/m^2 */
#define FAR 1e4        /* a limit is so far from the nearest element */

/* When an element's resistor and what is beside it have the same admittance [s]; NaN: never. */
static PetscReal time_constant(const Element *element)
{
  const PetscReal r = element->resistance;

  if (!(r > 0) || isinf(r)) return NAN;
  if (element->cpe > 0) return PetscPowReal(r * element->cpe, 1 / element->exponent);
  return element->capacitance > 0 ? r * element->capacitance : NAN;
}

/* Calls act with every element of a case: of grains, boundaries, anode, cathode. */
typedef void (*ElementAct)(void *data, const char *group, const char *name, const Element *element);

static void for_electrode(const Case *case_in, const ElectrodeStack *stack, int side,
                          ElementAct act, void *data)
{
  const char *group = side ? "cathode" : "anode";

  for (PetscInt l = 0; l < stack->num_resolved; l++) {
    const LayerInput *layer = stack->input[l];
    Element element = layer->beside;

    element.resistance =
        layer->thickness /
        (layer->conductivity[2] * ArrheniusFactor(&layer->arrhenius, case_in->temperature));
    (*act)(data, group, layer->name, &element);
  }
  for (PetscInt p = 0; p < stack->num_parts; p++) {
    Element element = stack->parts[p].beside;

    element.resistance = stack->parts[p].is_blocking ? INFINITY : stack->parts[p].resistance;
    (*act)(data, group, stack->parts[p].name, &element);
  }
}

static void for_elements(const Case *case_in, const Laws *laws, ElementAct act, void *data)
{
  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    const PhaseInput *phase = &case_in->phases[p];
    const PetscReal permittivity = VACUUM_PERMITTIVITY * phase->relative_permittivity;
    const Element element = {1 / laws->conductivity[p + 1][2],
                             isnan(permittivity) ? 0 : permittivity, 0, 1};

    (*act)(data, "grains", phase->name, &element);
  }
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    const BoundaryInput *input = &case_in->boundaries[b];
    const PetscInt pair = input->phases[0] * (case_in->num_phases + 1) + input->phases[1];
    const Element element = {laws->boundary[pair],
                             isnan(input->capacitance) ? 0 : input->capacitance, 0, 1};
    char name[128];

    snprintf(name, sizeof name, "%s|%s", case_in->phases[input->phases[0] - 1].name,
             case_in->phases[input->phases[1] - 1].name);
    (*act)(data, "boundaries", name, &element);
  }
  for (int side = 0; side < 2; side++) {
    for_electrode(case_in, &laws->stacks[side], side, act, data);
  }
}

static void widen(void *data, const char *group, const char *name, const Element *element)
{
  const PetscReal frequency = 1 / (2 * PETSC_PI * time_constant(element));
  const PetscReal away = PetscMin(PetscPowReal(FAR, 1 / element->exponent), FAR * FAR);
  FrequencyRange *range = data;

  (void)group;
  (void)name;
  if (isnan(frequency)) return;
  range->slow = fmin(range->slow, frequency / away); /* of a NaN and a number the number */
  range->fast = fmax(range->fast, frequency * away);
}

FrequencyRange ImpedanceRangeOf(const Case *case_in, const Laws *laws)
{
  FrequencyRange range = {NAN, NAN};

  for_elements(case_in, laws, widen, &range);
  return range;
}

static void note(void *data, const char *group, const char *name, const Element *element)
{
  json_object_set_new(json_object_get(data, group), name, ResultsNumber(time_constant(element)));
}

json_t *ImpedanceTimeConstants(const Case *case_in, const Laws *laws)
{
  json_t *constants =
      json_pack("{s:{}, s:{}, s:{}, s:{}}", "grains", "boundaries", "anode", "cathode");

  for_elements(case_in, laws, note, constants);
  return constants;
}

/* A limit is a resistor or a capacitor; or was not computed. */
static json_t *limit(const FrequencyPoint *point)
{
  const PetscComplex z = point->impedance;
  const PetscReal re = PetscRealPartComplex(z), im = PetscImaginaryPartComplex(z);
  const PetscBool is_resistor = (PetscBool)(fabs(im) < re);
  const PetscReal capacitance =
      PetscImaginaryPartComplex(1 / z) / (2 * PETSC_PI * point->frequency);

  if (point->frequency == 0) return json_null();
  return json_pack("{s:f, s:o, s:o}", "f_Hz", (double)point->frequency, "resistance_ohm_cm2",
                   ResultsNumber(is_resistor ? re * OHM_CM2 : NAN), "capacitance_uF_per_cm2",
                   ResultsNumber(is_resistor ? NAN : capacitance * UF_PER_CM2));
}

json_t *ImpedanceJson(const Case *case_in, const Solution *solution, const ImpedanceRun *run)
{
  const KramersKronig *test = &run->kramers_kronig;
  PetscReal error = 0, balance = 0;
  json_t *iterations = json_array();

  if (!run->count) {
    json_decref(iterations);
    return NULL;
  }
  for (PetscInt p = 0; p < run->count; p++) {
    error = PetscMax(error, run->points[p].error);
    balance = PetscMax(balance, run->points[p].balance);
    json_array_append_new(iterations, json_integer(run->points[p].iterations));
  }
  return json_pack(
      "{s:s, s:I, s:b, s:{s:o, s:o, s:o}, s:{s:i, s:o, s:o}, s:o, s:o, s:o, s:I, s:i, s:f, s:o}",
      "file", "impedance.csv", "frequencies", (json_int_t)run->count, "converged",
      (int)run->is_converged, "limits", "zero", limit(&run->slow), "zero_from_dc_relative",
      ResultsNumber(run->slow.frequency > 0
                        ? PetscRealPartComplex(run->slow.impedance) / solution->asr.total - 1
                        : NAN),
      "infinity", limit(&run->fast), "kramers_kronig", "elements", test->num_elements,
      "max_residual_relative", ResultsNumber(test->max), "rms_residual_relative",
      ResultsNumber(test->rms), "error_relative", ResultsNumber(error), "current_balance_relative",
      ResultsNumber(balance), "iterations", iterations, "kept_of_interrupted_run",
      (json_int_t)run->num_kept, "groups_of_ranks", run->num_groups, "seconds", run->seconds,
      "time_constants_s", ImpedanceTimeConstants(case_in, &solution->laws));
}

PetscErrorCode ImpedanceWrite(const Case *case_in, const Model *model, const Output *output,
                              const ImpedanceRun *spectrum, Problems *problems,
                              PetscBool *is_written)
{
  const ImpedanceHeader header = {case_in->name, case_in->title, GRANULITH_VERSION,
                                  GridPlateArea(&model->grid), case_in->temperature};

  PetscFunctionBeginUser;
  if (!spectrum->count) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(
      ImpedanceCsvWrite(output, &header, spectrum->count, spectrum->points, problems, is_written));
  PetscFunctionReturn(PETSC_SUCCESS);
}
