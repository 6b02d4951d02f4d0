#include "case_parts.h"

#include <stdio.h>
#include <string.h>

#include "constants.h"

/* What the law of a boundary is if its group does not say. */
static void complete_law(const BoundaryValues *values, const Arrhenius *otherwise, const char *from,
                         Arrhenius *law, json_t *echo)
{
  *law = values->arrhenius;
  if (!SettingMember(values->group, "arrhenius")) {
    law->form = otherwise->form;
    if ((int)law->form >= 0)
      EchoPut(echo, "arrhenius", json_string(ArrheniusForms[law->form]), from);
  }
  if (!SettingMember(values->group, "reference_temperature_C")) {
    law->reference_temperature = otherwise->reference_temperature;
    EchoPut(echo, "reference_temperature_C",
            json_real(round((law->reference_temperature - ZERO_CELSIUS) * 1e6) / 1e6), from);
  }
}

/* Adds a boundary to the case; phases from 1. */
static PetscErrorCode add_boundary(CaseDraft *draft, const BoundaryValues *values,
                                   const Arrhenius *law, PetscInt phase_a, PetscInt phase_b)
{
  const PetscInt n = draft->result->num_boundaries;
  BoundaryInput *boundary;

  PetscFunctionBeginUser;
  PetscCall(PetscRealloc((size_t)(n + 1) * sizeof *boundary, &draft->result->boundaries));
  boundary = &draft->result->boundaries[draft->result->num_boundaries++];
  PetscCall(PetscMemzero(boundary, sizeof *boundary));
  boundary->phases[0] = PetscMin(phase_a, phase_b);
  boundary->phases[1] = PetscMax(phase_a, phase_b);
  boundary->resistance = values->resistance;
  if (isfinite(values->thickness)) boundary->resistance = values->thickness / values->conductivity;
  boundary->total_conductivity = values->total_conductivity;
  boundary->has_fit = values->has_fit;
  boundary->arrhenius = *law;
  boundary->lognormal_spread = values->lognormal_spread;
  boundary->capacitance = values->capacitance;
  if (isfinite(values->relative_permittivity)) {
    boundary->capacitance = VACUUM_PERMITTIVITY * values->relative_permittivity / values->thickness;
  }
  boundary->uncertainty = values->uncertainty;
  if (!(boundary->resistance == 0.0)) {
    CaseWarnTemperature(draft, values->group, law, "the boundary's resistance");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Classes of misorientation leave a rest. */
static int has_boundary(const Case *result, PetscInt phase_a, PetscInt phase_b)
{
  for (PetscInt b = 0; b < result->num_boundaries; b++) {
    if (!result->boundaries[b].misorientation.name &&
        result->boundaries[b].phases[0] == PetscMin(phase_a, phase_b) &&
        result->boundaries[b].phases[1] == PetscMax(phase_a, phase_b)) {
      return 1;
    }
  }
  return 0;
}

static PetscErrorCode read_listed(CaseDraft *draft, PetscInt b)
{
  const Arrhenius otherwise = {NAN, ARRHENIUS_SIGMA_T, ZERO_CELSIUS + 25.0};
  const BoundaryKeys *keys = &draft->keys.boundaries[b];
  const config_setting_t *between = SettingMember(keys->values.group, "between");
  json_t *echo = json_array_get(json_object_get(draft->result->echo, "boundaries"), (size_t)b);
  PetscInt phases[2] = {0, 0};
  Arrhenius law;

  PetscFunctionBeginUser;
  BoundaryValuesCheck(&keys->values, draft->problems);
  complete_law(&keys->values, &otherwise, "default", &law, echo);
  for (int s = 0; s < 2; s++) {
    if (keys->between[s]) phases[s] = CasePhaseNumber(draft, keys->between[s], between);
  }
  if (!phases[0] || !phases[1]) PetscFunctionReturn(PETSC_SUCCESS);
  if (!keys->has_misorientation && has_boundary(draft->result, phases[0], phases[1])) {
    SettingProblem(between, draft->problems, "this pair of phases is listed twice");
  }
  if (phases[0] == phases[1] && draft->result->phases[phases[0] - 1].is_total) {
    SettingProblem(
        between, draft->problems,
        "the conductivity of phase \"%s\" is a total one (conductivity_is), these boundaries "
        "are in it already; give the bulk conductivity or leave the boundary out",
        keys->between[0]);
  }
  PetscCall(add_boundary(draft, &keys->values, &law, phases[0], phases[1]));
  if (keys->has_misorientation) PetscCall(CaseMisorientation(draft, keys));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Where the boundary of a pair comes from belongs to the result like any other input. */
static PetscErrorCode echo_material_boundary(CaseDraft *draft, const Material *material,
                                             const PetscInt phases[2], const Arrhenius *law)
{
  const CaseKeys *keys = &draft->keys;
  const config_setting_t *group = material->keys.boundary.group;
  json_t *echo = json_object(), *list = json_object_get(draft->result->echo, "boundaries");
  BoundaryValues again;
  char from[1024];

  PetscFunctionBeginUser;
  if (!list) {
    list = json_array();
    json_object_set_new(draft->result->echo, "boundaries", list);
  }
  SettingOrigin(group, from, sizeof from);
  EchoPut(echo, "between",
          json_pack("[s, s]", keys->phases[phases[0] - 1].name, keys->phases[phases[1] - 1].name),
          from);
  PetscCall(TableRead(&boundary_values_table, group, NULL, &draft->reader, &again, echo));
  complete_law(&again, law, from, &again.arrhenius, echo);
  PetscCall(TableFree(&boundary_values_table, &again));
  json_array_append_new(list, echo);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode take_from_material(CaseDraft *draft, const Material *material,
                                         const PetscInt phases[2])
{
  const BoundaryValues *values = &material->keys.boundary;
  const config_setting_t *asked =
      SettingMember(draft->keys.phases[phases[0] - 1].group, "material");
  Arrhenius law;

  PetscFunctionBeginUser;
  complete_law(values, &material->keys.conductor.arrhenius, "", &law, NULL);
  PetscCall(add_boundary(draft, values, &law, phases[0], phases[1]));
  draft->result->boundaries[draft->result->num_boundaries - 1].is_from_material = PETSC_TRUE;
  PetscCall(echo_material_boundary(draft, material, phases, &material->keys.conductor.arrhenius));
  for (PetscInt u = 0; u < material->keys.num_unverified; u++) {
    const char *name = material->keys.unverified[u];

    if (!strncmp(name, "boundary", strlen("boundary"))) {
      SettingWarning(asked, draft->problems, "%s of this material is used and unverified", name);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Whether grains of two phases can touch in what the generator makes, as far as that is known here.
 */
static int can_touch(const Case *result, const PetscInt phases[2])
{
  const char *generator = result->structure.generator;

  if (!generator || !strcmp(generator, "amorphous") || !strcmp(generator, "single_crystal"))
    return 0;
  /* the matrix around crystallites is a single grain */
  return strcmp(generator, "crystallites") || phases[0] != 1 || phases[1] != 1;
}

static PetscErrorCode fill_pair(CaseDraft *draft, const PetscInt phases[2])
{
  const PhaseInput *a = &draft->result->phases[phases[0] - 1],
                   *b = &draft->result->phases[phases[1] - 1];
  const Material *material = draft->phase_materials[phases[0] - 1];
  const int is_own = phases[0] == phases[1];
  const int is_same = is_own || material == draft->phase_materials[phases[1] - 1];

  PetscFunctionBeginUser;
  if (!can_touch(draft->result, phases) || has_boundary(draft->result, phases[0], phases[1])) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (is_own && a->is_total) PetscFunctionReturn(PETSC_SUCCESS); /* its warning was given */
  if (is_own && material && material->keys.is_amorphous) PetscFunctionReturn(PETSC_SUCCESS);
  if (!a->name || !b->name) PetscFunctionReturn(PETSC_SUCCESS);
  if (is_same && material && material->keys.has_boundary) {
    PetscCall(take_from_material(draft, material, phases));
  } else {
    SettingWarning(draft->root, draft->problems,
                   "boundaries between \"%s\" and \"%s\" are not listed%s and have no resistance",
                   a->name, b->name, is_same && material ? ", nor in the material," : "");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CaseBoundaries(CaseDraft *draft)
{
  PetscFunctionBeginUser;
  for (PetscInt b = 0; b < draft->keys.num_boundaries; b++) PetscCall(read_listed(draft, b));
  CaseCheckClasses(draft);
  for (PetscInt p = 1; p <= draft->keys.num_phases; p++) {
    for (PetscInt q = p; q <= draft->keys.num_phases; q++) {
      const PetscInt phases[2] = {p, q};

      PetscCall(fill_pair(draft, phases));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
