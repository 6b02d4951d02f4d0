#include "case_parts.h"

#include <stdio.h>
#include <string.h>

#include "constants.h"

#define SCALAR "conductivity_S_per_cm"
#define DIAGONAL "conductivity_diagonal_S_per_cm"

/* A temperature in C for messages, without the rounding of the change of units. */
static double celsius(double temperature)
{
  return round((temperature - ZERO_CELSIUS) * 1e6) / 1e6;
}

void CaseWarnTemperature(const CaseDraft *draft, const config_setting_t *group,
                         const Arrhenius *law, const char *what)
{
  const double temperature = draft->keys.temperature;

  if (isfinite(law->activation_energy) || !isfinite(temperature)) return;
  if (fabs(temperature - law->reference_temperature) < 1e-6) return;
  SettingWarning(group, draft->problems,
                 "no activation_energy_eV: %s is taken as at %.10g C, the case is at %.10g C", what,
                 celsius(law->reference_temperature), celsius(temperature));
}

void CaseAddSources(CaseDraft *draft, PetscInt num_references, const ReferenceKeys *references)
{
  for (PetscInt r = 0; r < num_references; r++) {
    json_t *sources = draft->result->sources;
    int is_known = 0;

    for (size_t s = 0; s < json_array_size(sources); s++) {
      const char *text = json_string_value(json_array_get(sources, s));

      is_known |= references[r].source && !strcmp(text, references[r].source);
    }
    if (references[r].source && !is_known) {
      json_array_append_new(sources, json_string(references[r].source));
    }
  }
}

/* Values that belong to the material's conductivity are not those of a conductivity given instead.
 */
static void drop_material_values(CaseDraft *draft, const config_setting_t *group,
                                 const Material *material, Conductor *conductor, json_t *echo)
{
  const config_setting_t *own = SettingMember(group, SCALAR);
  const config_setting_t *theirs = config_root_setting(&material->settings->config);

  if (!own) own = SettingMember(group, DIAGONAL);
  if (!own) return;
  if (!SettingMember(group, SCALAR)) {
    conductor->conductivity = NAN;
    json_object_del(echo, SCALAR);
  }
  if (!SettingMember(group, DIAGONAL)) {
    for (int d = 0; d < 3; d++) conductor->diagonal[d] = NAN;
    json_object_del(echo, DIAGONAL);
  }
  if (!SettingMember(group, "conductivity_is")) {
    conductor->kind = CONDUCTIVITY_BULK;
    EchoPut(echo, "conductivity_is", json_string("bulk"), "default");
  }
  if (!SettingMember(group, "uncertainty_relative")) {
    conductor->uncertainty = 0.0;
    EchoPut(echo, "uncertainty_relative", json_real(0.0), "default");
  }
  if (!SettingMember(group, "reference_temperature_C") &&
      SettingMember(theirs, "reference_temperature_C") &&
      fabs(conductor->arrhenius.reference_temperature - ZERO_CELSIUS - 25.0) > 1e-6) {
    SettingWarning(own, draft->problems,
                   "is taken at reference_temperature_C = %.10g of the material; give it here too",
                   celsius(conductor->arrhenius.reference_temperature));
  }
}

/* Whether the run uses the value of a key of the material. */
static int is_used(const CaseDraft *draft, const config_setting_t *group,
                   const Conductor *conductor, const char *name)
{
  const int is_own = SettingMember(group, SCALAR) || SettingMember(group, DIAGONAL);
  const int is_elsewhere =
      fabs(draft->keys.temperature - conductor->arrhenius.reference_temperature) > 1e-6;

  if (SettingMember(group, name)) return 0;
  if (!strcmp(name, SCALAR) || !strcmp(name, DIAGONAL) || !strcmp(name, "conductivity_is") ||
      !strcmp(name, "uncertainty_relative")) {
    return !is_own;
  }
  if (!strcmp(name, "activation_energy_eV") || !strcmp(name, "arrhenius")) return is_elsewhere;
  if (!strcmp(name, "relative_permittivity")) return draft->keys.has_impedance;
  return !strcmp(name, "reference_temperature_C");
}

static void warn_of_material(const CaseDraft *draft, const config_setting_t *group,
                             const Material *material, const Conductor *conductor)
{
  const config_setting_t *asked = SettingMember(group, "material");
  const double temperature = draft->keys.temperature;
  const double *valid = conductor->valid;

  for (PetscInt u = 0; u < material->keys.num_unverified; u++) {
    const char *name = material->keys.unverified[u];

    if (is_used(draft, group, conductor, name)) {
      SettingWarning(asked, draft->problems, "%s of this material is used and unverified", name);
    }
  }
  if (temperature < valid[0] - 1e-6 || temperature > valid[1] + 1e-6) {
    SettingWarning(asked, draft->problems,
                   "the values hold from %.10g to %.10g C (valid_C), the case is at %.10g C",
                   celsius(valid[0]), celsius(valid[1]), celsius(temperature));
  }
}

PetscErrorCode CaseConductor(CaseDraft *draft, const KeyTable *table, const config_setting_t *group,
                             const Material *material, void *target, json_t *echo)
{
  Conductor *conductor = target;

  PetscFunctionBeginUser;
  if (SettingMember(group, SCALAR) && SettingMember(group, DIAGONAL)) {
    SettingProblem(SettingMember(group, DIAGONAL), draft->problems,
                   "must not stand together with " SCALAR);
  }
  if (material) {
    PetscCall(TableFree(table, target));
    PetscCall(TableRead(table, group, config_root_setting(&material->settings->config),
                        &draft->reader, target, echo));
    drop_material_values(draft, group, material, conductor, echo);
    warn_of_material(draft, group, material, conductor);
    CaseAddSources(draft, material->keys.num_references, material->keys.references);
    json_object_set(draft->result->materials, material->name, material->echo);
  } else if (!SettingMember(group, "material") && !SettingMember(group, SCALAR) &&
             !SettingMember(group, DIAGONAL)) {
    SettingProblem(group, draft->problems,
                   "material or " SCALAR " is missing; give one of the two");
  }
  for (int d = 0; d < 3; d++) {
    if (!isfinite(conductor->diagonal[d])) conductor->diagonal[d] = conductor->conductivity;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void check_name(const CaseDraft *draft, PetscInt p)
{
  const PhaseKeys *phases = draft->keys.phases;
  const config_setting_t *setting = SettingMember(phases[p].group, "name");

  if (!phases[p].name) return;
  if (strchr(phases[p].name, '|') || strchr(phases[p].name, ',') ||
      !strcmp(phases[p].name, "void")) {
    SettingProblem(setting, draft->problems, "must not be \"void\" nor contain | or a comma");
  }
  for (PetscInt q = 0; q < p; q++) {
    if (phases[q].name && !strcmp(phases[q].name, phases[p].name)) {
      SettingProblem(setting, draft->problems, "another phase has this name; names must differ");
    }
  }
}

static PetscErrorCode store_phase(const PhaseKeys *keys, PhaseInput *phase)
{
  PetscFunctionBeginUser;
  PetscCall(PetscStrallocpy(keys->name, &phase->name));
  PetscCall(PetscStrallocpy(keys->material, &phase->material));
  PetscCall(PetscArraycpy(phase->conductivity, keys->conductor.diagonal, 3));
  phase->arrhenius = keys->conductor.arrhenius;
  phase->uncertainty = keys->conductor.uncertainty;
  phase->relative_permittivity = keys->conductor.relative_permittivity;
  phase->typical_grain_size = keys->conductor.typical_grain_size;
  phase->is_total = keys->conductor.kind == CONDUCTIVITY_TOTAL ? PETSC_TRUE : PETSC_FALSE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A total conductivity has the phase's own boundaries in it. */
static void check_total(const CaseDraft *draft, const PhaseKeys *phase, const Material *material)
{
  const config_setting_t *group = phase->group, *own = SettingMember(group, "conductivity_is");

  if (phase->conductor.kind != CONDUCTIVITY_TOTAL) return;
  if (own && material && material->keys.has_boundary && !SettingMember(group, SCALAR) &&
      !SettingMember(group, DIAGONAL)) {
    SettingProblem(own, draft->problems,
                   "the material has boundaries, so its conductivity is \"bulk\"; give the total "
                   "conductivity here too");
  } else if (!material || !material->keys.is_amorphous) {
    SettingWarning(
        group, draft->problems,
        "the conductivity of phase \"%s\" is a total one (conductivity_is), so its own grain "
        "boundaries count as grains and have no resistance of their own",
        phase->name ? phase->name : "");
  }
}

static PetscErrorCode complete_phase(CaseDraft *draft, PetscInt p)
{
  PhaseKeys *phase = &draft->keys.phases[p];
  const config_setting_t *group = phase->group;
  json_t *echo = json_array_get(json_object_get(draft->result->echo, "phases"), (size_t)p);
  char what[256];

  PetscFunctionBeginUser;
  if (phase->material) {
    PetscCall(MaterialsFind(&draft->materials, phase->material, SettingMember(group, "material"),
                            draft->problems, &draft->phase_materials[p]));
  }
  PetscCall(CaseConductor(draft, &phase_table, group, draft->phase_materials[p], phase, echo));
  snprintf(what, sizeof what, "the conductivity of phase \"%s\"", phase->name ? phase->name : "");
  if (phase->conductor.diagonal[0] > 0.0) {
    CaseWarnTemperature(draft, group, &phase->conductor.arrhenius, what);
  }
  check_total(draft, phase, draft->phase_materials[p]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CasePhases(CaseDraft *draft)
{
  const PetscInt num_phases = draft->keys.num_phases;

  PetscFunctionBeginUser;
  draft->result->num_phases = num_phases;
  PetscCall(PetscCalloc1((size_t)num_phases + 1, &draft->result->phases));
  PetscCall(PetscCalloc1((size_t)num_phases + 1, &draft->phase_materials));
  for (PetscInt p = 0; p < num_phases; p++) {
    check_name(draft, p);
    PetscCall(complete_phase(draft, p));
    PetscCall(store_phase(&draft->keys.phases[p], &draft->result->phases[p]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
