#include "case_parts.h"

#include <stdio.h>
#include <string.h>

/* Layers of one electrode are told apart by name in the budget. */
static void check_layer_name(const CaseDraft *draft, const LayerInput *layers, PetscInt l,
                             const config_setting_t *group)
{
  const config_setting_t *setting = SettingMember(group, "name");

  if (!setting) setting = SettingMember(group, "material");
  if (!layers[l].name) {
    SettingProblem(group, draft->problems, "name is missing; a layer without a material needs one");
    return;
  }
  if (!strcmp(layers[l].name, "charge_transfer")) {
    SettingProblem(setting, draft->problems, "must not be \"charge_transfer\"");
  }
  for (PetscInt m = 0; m < l; m++) {
    if (layers[m].name && !strcmp(layers[m].name, layers[l].name)) {
      SettingProblem(setting, draft->problems,
                     "another layer of this electrode has this name; give one of them a `name`");
    }
  }
}

static PetscErrorCode complete_layer(CaseDraft *draft, LayerKeys *keys, json_t *echo,
                                     LayerInput *layer)
{
  const config_setting_t *group = keys->group;
  const Material *material = NULL;
  const char *name;
  char what[256];

  PetscFunctionBeginUser;
  if (keys->material) {
    PetscCall(MaterialsFind(&draft->materials, keys->material, SettingMember(group, "material"),
                            draft->problems, &material));
  }
  PetscCall(CaseConductor(draft, &layer_table, group, material, keys, echo));
  name = keys->name ? keys->name : keys->material;
  PetscCall(PetscStrallocpy(name, &layer->name));
  if (name && !keys->name) EchoPut(echo, "name", json_string(name), "default");
  layer->thickness = keys->thickness;
  PetscCall(PetscArraycpy(layer->conductivity, keys->conductor.diagonal, 3));
  layer->arrhenius = keys->conductor.arrhenius;
  layer->uncertainty = keys->conductor.uncertainty;
  layer->resolve = keys->resolve;
  layer->beside = CaseLayerElement(draft, keys);
  snprintf(what, sizeof what, "the conductivity of layer \"%s\"", name ? name : "");
  CaseWarnTemperature(draft, group, &layer->arrhenius, what);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Reads electrodes/NAME.cfg: its sources, and what it tells against this film. */
static PetscErrorCode look_up(CaseDraft *draft, const ElectrodeKeys *keys)
{
  const config_setting_t *asked = SettingMember(keys->group, "name");
  TableReader reader = {draft->reader.directory, 0, NULL, draft->problems};
  Materials *materials = &draft->materials;
  char path[2 * PETSC_MAX_PATH_LEN];
  ElectrodeFileKeys file;
  Settings *settings;
  json_t *echo;

  PetscFunctionBeginUser;
  if (!keys->name) PetscFunctionReturn(PETSC_SUCCESS);
  MaterialsLocate(materials->num_electrode_places, materials->electrode_places, keys->name, path,
                  sizeof path);
  if (!path[0]) {
    SettingWarning(asked, draft->problems,
                   "there is no electrodes/%s.cfg; the name is a label only", keys->name);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(SettingsRead(path, draft->problems, &settings));
  if (!settings) PetscFunctionReturn(PETSC_SUCCESS);
  echo = json_object();
  json_object_set_new(draft->result->electrodes, keys->name, echo);
  PetscCall(TableRead(&electrode_file_table, config_root_setting(&settings->config), NULL, &reader,
                      &file, echo));
  CaseAddSources(draft, file.num_references, file.references);
  CaseAdviseElectrode(draft, keys, &file);
  PetscCall(SettingsFiles(settings, &draft->result->num_files, &draft->result->files));
  PetscCall(TableFree(&electrode_file_table, &file));
  PetscCall(SettingsDestroy(&settings));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode complete_electrode(CaseDraft *draft, const char *side, ElectrodeKeys *keys,
                                         ElectrodeInput *electrode)
{
  json_t *echo = json_object_get(json_object_get(draft->result->echo, side), "layers");

  PetscFunctionBeginUser;
  PetscCall(look_up(draft, keys));
  PetscCall(PetscStrallocpy(keys->name, &electrode->name));
  PetscCall(PetscStrallocpy(keys->grain_resistance_file, &electrode->grain_resistance_file));
  electrode->charge_transfer = keys->charge_transfer;
  electrode->arrhenius = keys->arrhenius;
  electrode->uncertainty = keys->uncertainty;
  electrode->beside = CaseElectrodeElement(draft, keys);
  electrode->is_blocking = keys->is_blocking;
  electrode->num_layers = keys->num_layers;
  PetscCall(PetscCalloc1((size_t)keys->num_layers + 1, &electrode->layers));
  for (PetscInt l = 0; l < keys->num_layers; l++) {
    PetscCall(complete_layer(draft, &keys->layers[l], json_array_get(echo, (size_t)l),
                             &electrode->layers[l]));
    check_layer_name(draft, electrode->layers, l, keys->layers[l].group);
  }
  PetscCall(CaseContact(draft, keys, electrode));
  if (keys->charge_transfer > 0.0 || keys->grain_resistance_file) {
    CaseWarnTemperature(draft, keys->group, &keys->arrhenius, "the charge transfer");
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CaseElectrodes(CaseDraft *draft)
{
  PetscFunctionBeginUser;
  PetscCall(complete_electrode(draft, "anode", &draft->keys.anode, &draft->result->anode));
  PetscCall(complete_electrode(draft, "cathode", &draft->keys.cathode, &draft->result->cathode));
  PetscFunctionReturn(PETSC_SUCCESS);
}
