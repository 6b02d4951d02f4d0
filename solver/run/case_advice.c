#include "case_parts.h"

#include <math.h>
#include <string.h>

#include "constants.h"

/* Relative slack of a limit, for the rounding of the change of units. */
#define SLACK 1e-9

/* Where a value comes from: the reference whose `what` has this word, else the first. */
static const char *source_of(const Material *material, const char *word)
{
  const MaterialKeys *keys = &material->keys;

  for (PetscInt r = 0; r < keys->num_references; r++) {
    if (keys->references[r].what && strstr(keys->references[r].what, word))
      return keys->references[r].source;
  }
  return keys->num_references ? keys->references[0].source : "no source";
}

static const char *unverified_note(PetscInt num_names, char *const *names, const char *key)
{
  for (PetscInt n = 0; n < num_names; n++) {
    if (!strcmp(names[n], key)) return ", unverified";
  }
  return "";
}

/* The material of a phase, if no phase before it has the same. */
static const Material *material_once(const CaseDraft *draft, PetscInt p)
{
  for (PetscInt q = 0; q < p; q++) {
    if (draft->phase_materials[q] == draft->phase_materials[p]) return NULL;
  }
  return draft->phase_materials[p];
}

void CaseAdviseThickness(const CaseDraft *draft)
{
  const double thickness = draft->result->film.thickness;
  const config_setting_t *setting =
      SettingMember(SettingMember(draft->root, "film"), "thickness_um");

  for (PetscInt p = 0; p < draft->keys.num_phases; p++) {
    const Material *material = material_once(draft, p);
    const double *made = material ? material->keys.thickness : NULL;
    int is_thin;

    if (!made || !isfinite(made[0]) || !isfinite(made[1])) continue;
    is_thin = thickness < made[0] * (1 - SLACK);
    if (!is_thin && !(thickness > made[1] * (1 + SLACK))) continue;
    SettingWarning(
        setting, draft->problems, "%s than %s is made, %g to %g um (thickness_um%s; %s)",
        is_thin ? "thinner" : "thicker", material->name, made[0] * 1e6, made[1] * 1e6,
        unverified_note(material->keys.num_unverified, material->keys.unverified, "thickness_um"),
        source_of(material, "thickness"));
  }
}

/* An electrode outside the window of what it touches. */
static void advise_window(const CaseDraft *draft, const ElectrodeKeys *keys,
                          const ElectrodeFileKeys *file, PetscInt p)
{
  const PhaseKeys *phase = &draft->keys.phases[p];
  const Material *material = draft->phase_materials[p];
  const double *window = phase->conductor.window;
  const int is_own = !material || SettingMember(phase->group, "window_V");
  const int is_reduced = file->potential < window[0];

  if (!is_reduced && !(file->potential > window[1])) return;
  SettingWarning(SettingMember(keys->group, "name"), draft->problems,
                 "%g V against Li (potential_V%s) is %s limit of %s, %g V (window_V%s; %s), and "
                 "there is no buffer layer "
                 "between",
                 file->potential,
                 unverified_note(file->num_unverified, file->unverified, "potential_V"),
                 is_reduced ? "below the reduction" : "above the oxidation",
                 is_own ? phase->name : material->name, window[is_reduced ? 0 : 1],
                 is_own ? ""
                        : unverified_note(material->keys.num_unverified, material->keys.unverified,
                                          "window_V"),
                 is_own ? "the case itself" : source_of(material, "window"));
}

/* "llzo" stands for llzo_cubic_pellet and all its like. */
static int is_of_family(const char *material, const char *family)
{
  const size_t length = strlen(family);

  return !strncmp(material, family, length) && strchr("_", material[length]);
}

static void advise_reaction(const CaseDraft *draft, const ElectrodeKeys *keys,
                            const ReactionKeys *reaction, const Material *material)
{
  const config_setting_t *asked = SettingMember(keys->group, "name");
  const double *made = material->keys.process_temperature;
  const char *product = reaction->product ? reaction->product : "products not named";

  if (!reaction->material || !is_of_family(material->name, reaction->material)) return;
  if (!isfinite(reaction->onset_temperature)) {
    if (keys->num_layers) return;
    SettingWarning(asked, draft->problems,
                   "reacts with %s at the temperature of use to %s (%s), and there is no buffer "
                   "layer between",
                   material->name, product, reaction->source);
  } else if (made[1] > reaction->onset_temperature + SLACK) {
    SettingWarning(asked, draft->problems,
                   "%s, made at up to %.5g C (process_temperature_C%s; %s), reacts with it above "
                   "%.5g C to %s (%s); join the two afterwards, below that temperature",
                   material->name, made[1] - ZERO_CELSIUS,
                   unverified_note(material->keys.num_unverified, material->keys.unverified,
                                   "process_temperature_C"),
                   source_of(material, "process temperature"),
                   reaction->onset_temperature - ZERO_CELSIUS, product, reaction->source);
  }
}

void CaseAdviseElectrode(const CaseDraft *draft, const ElectrodeKeys *keys,
                         const ElectrodeFileKeys *file)
{
  for (PetscInt p = 0; p < draft->keys.num_phases; p++) {
    const Material *material = material_once(draft, p);

    if (!keys->num_layers && (material || !draft->phase_materials[p])) {
      advise_window(draft, keys, file, p);
    }
    for (PetscInt r = 0; material && r < file->num_reactions; r++) {
      advise_reaction(draft, keys, &file->reactions[r], material);
    }
  }
}
