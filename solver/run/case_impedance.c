#include "case_parts.h"

#include <math.h>

#include "constants.h"

#define CPE "cpe_S_sn_per_cm2"
#define CAPACITANCE "capacitance_uF_per_cm2"

/* Capacitor or constant-phase element of a group, one of the two. */
static Element read_element(CaseDraft *draft, const config_setting_t *group, double capacitance,
                            double cpe, double exponent)
{
  const config_setting_t *q = SettingMember(group, CPE), *n = SettingMember(group, "cpe_exponent");

  if (q && SettingMember(group, CAPACITANCE)) {
    SettingProblem(q, draft->problems, "must not stand together with " CAPACITANCE);
  }
  if (!q != !n) {
    SettingProblem(q ? q : n, draft->problems, "%s is missing; the admittance is Q (i omega)^n",
                   q ? "cpe_exponent" : CPE);
  }
  return (Element){.capacitance = isfinite(capacitance) ? capacitance : 0,
                   .cpe = isfinite(cpe) ? cpe : 0,
                   .exponent = isfinite(exponent) ? exponent : 1};
}

Element CaseLayerElement(CaseDraft *draft, const LayerKeys *keys)
{
  Element element = read_element(draft, keys->group, keys->capacitance, keys->cpe, keys->exponent);

  if (isfinite(keys->conductor.relative_permittivity)) {
    element.capacitance +=
        VACUUM_PERMITTIVITY * keys->conductor.relative_permittivity / keys->thickness;
  }
  return element;
}

Element CaseElectrodeElement(CaseDraft *draft, const ElectrodeKeys *keys)
{
  const Element element =
      read_element(draft, keys->group, keys->capacitance, keys->cpe, keys->exponent);
  const config_setting_t *blocking = SettingMember(keys->group, "blocking");

  if (!keys->is_blocking) return element;
  if (!(element.capacitance > 0) && !(element.cpe > 0)) {
    SettingProblem(blocking, draft->problems,
                   "a blocking electrode is a capacitor; give " CAPACITANCE " or " CPE);
  }
  if (keys->charge_transfer > 0 || keys->grain_resistance_file) {
    SettingProblem(blocking, draft->problems,
                   "a blocking electrode has no charge transfer; leave out %s",
                   keys->charge_transfer > 0 ? "charge_transfer_ohm_cm2" : "grain_resistance_file");
  }
  return element;
}

/* What stays a mere resistance for want of a number. */
static void warn_of_resistors(CaseDraft *draft)
{
  const Case *result = draft->result;
  const config_setting_t *group = draft->keys.impedance.group;

  for (PetscInt p = 0; p < result->num_phases; p++) {
    if (isfinite(result->phases[p].relative_permittivity)) continue;
    SettingWarning(group, draft->problems,
                   "phase \"%s\" has no relative_permittivity: it stays a resistance at all "
                   "frequencies",
                   result->phases[p].name ? result->phases[p].name : "");
  }
  for (PetscInt b = 0; b < result->num_boundaries; b++) {
    const BoundaryInput *boundary = &result->boundaries[b];
    const char *a = result->phases[boundary->phases[0] - 1].name;
    const char *c = result->phases[boundary->phases[1] - 1].name;

    if (isfinite(boundary->capacitance) || boundary->resistance == 0) continue;
    SettingWarning(group, draft->problems,
                   "boundaries between \"%s\" and \"%s\" have no " CAPACITANCE
                   ": they stay a resistance at all frequencies",
                   a ? a : "", c ? c : "");
  }
}

static void warn_of_shorts(CaseDraft *draft, const ElectrodeKeys *keys, const char *side)
{
  const config_setting_t *setting = SettingMember(keys->group, CAPACITANCE);

  if (!setting) setting = SettingMember(keys->group, CPE);
  if (!setting || keys->is_blocking || keys->charge_transfer > 0 || keys->grain_resistance_file) {
    return;
  }
  SettingWarning(
      setting, draft->problems,
      "%s: there is no charge transfer beside it (charge_transfer_ohm_cm2, blocking), so "
      "it has no effect",
      side);
}

/* A blocking electrode needs a spectrum. */
static void check_blocking(CaseDraft *draft, const ElectrodeKeys *keys)
{
  if (!keys->is_blocking || draft->keys.has_impedance) return;
  SettingProblem(SettingMember(keys->group, "blocking"), draft->problems,
                 "a blocking electrode has no DC resistance; ask for a spectrum with a group "
                 "impedance: { }");
}

PetscErrorCode CaseImpedance(CaseDraft *draft)
{
  const ImpedanceKeys *keys = &draft->keys.impedance;
  Case *result = draft->result;

  PetscFunctionBeginUser;
  check_blocking(draft, &draft->keys.anode);
  check_blocking(draft, &draft->keys.cathode);
  result->has_impedance = draft->keys.has_impedance;
  if (!result->has_impedance) PetscFunctionReturn(PETSC_SUCCESS);
  result->impedance =
      (ImpedanceInput){keys->from, keys->to, keys->per_decade, keys->refine, keys->groups};
  if (keys->from >= keys->to) { /* not if one of them was refused */
    const config_setting_t *place = SettingMember(keys->group, "from_Hz");

    if (!place) place = SettingMember(keys->group, "to_Hz");
    SettingProblem(place, draft->problems, "from_Hz, %g, must be below to_Hz, %g", keys->from,
                   keys->to);
  }
  warn_of_resistors(draft);
  warn_of_shorts(draft, &draft->keys.anode, "anode");
  warn_of_shorts(draft, &draft->keys.cathode, "cathode");
  PetscFunctionReturn(PETSC_SUCCESS);
}
