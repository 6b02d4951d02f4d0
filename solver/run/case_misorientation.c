#include "case_parts.h"

#include <stdio.h>
#include <string.h>

#include "constants.h"

void CaseBoundaryName(const Case *case_in, const BoundaryInput *boundary, char name[BOUNDARY_NAME])
{
  snprintf(name, BOUNDARY_NAME, "%s|%s%s%s", case_in->phases[boundary->phases[0] - 1].name,
           case_in->phases[boundary->phases[1] - 1].name, boundary->misorientation.name ? " " : "",
           boundary->misorientation.name ? boundary->misorientation.name : "");
}

/* What cannot be, key by key. */
static void check_class(const MisorientationKeys *keys, const BoundaryInput *boundary,
                        Problems *problems)
{
  const config_setting_t *sigma = SettingMember(keys->group, "sigma");
  const PetscBool has_angle = (PetscBool)(!isnan(keys->from) || !isnan(keys->to));

  if (boundary->phases[0] != boundary->phases[1]) {
    SettingProblem(keys->group, problems,
                   "is between grains of one phase; crystals of two have none in common");
  }
  if (!isnan(boundary->total_conductivity)) {
    SettingProblem(keys->group, problems,
                   "a total conductivity does not tell classes apart; give resistance_ohm_cm2");
  }
  if ((sigma != NULL) == has_angle) {
    SettingProblem(keys->group, problems, "must have either sigma, or from_deg, to_deg or both");
  }
  if (keys->from >= keys->to) {
    SettingProblem(SettingMember(keys->group, "from_deg"), problems, "must be below to_deg");
  }
  if (sigma && !keys->num_sigmas) SettingProblem(sigma, problems, "must have one number or more");
  for (PetscInt s = 0; s < keys->num_sigmas; s++) {
    if (keys->sigmas[s] % 2) continue;
    SettingProblem(sigma, problems, "must be odd numbers, as every sigma of cubic crystals is");
    break;
  }
  if (!sigma && SettingMember(keys->group, "brandon_deg")) {
    SettingProblem(SettingMember(keys->group, "brandon_deg"), problems, "belongs to sigma");
  }
}

static void name_class(const MisorientationClass *own, size_t size, char *name)
{
  if (!own->num_sigmas) {
    snprintf(name, size, own->to > PETSC_PI ? "%g deg and more" : "%g-%g deg", own->from / DEGREE,
             own->to / DEGREE);
    return;
  }
  snprintf(name, size, "sigma");
  for (PetscInt s = 0; s < own->num_sigmas; s++) {
    const size_t used = strlen(name);

    snprintf(name + used, size - used, "%s %" PetscInt_FMT, s ? "," : "", own->sigmas[s]);
  }
}

PetscErrorCode CaseMisorientation(CaseDraft *draft, const BoundaryKeys *keys)
{
  BoundaryInput *boundary = &draft->result->boundaries[draft->result->num_boundaries - 1];
  const MisorientationKeys *given = &keys->misorientation;
  MisorientationClass *own = &boundary->misorientation;
  char name[64];

  PetscFunctionBeginUser;
  check_class(given, boundary, draft->problems);
  own->from = isnan(given->from) ? 0 : given->from;
  own->to = isnan(given->to) ? 2 * PETSC_PI : given->to;
  own->brandon = given->brandon;
  own->num_sigmas = given->num_sigmas;
  PetscCall(PetscMalloc1(given->num_sigmas, &own->sigmas));
  PetscCall(PetscArraycpy(own->sigmas, given->sigmas, given->num_sigmas));
  name_class(own, sizeof name, name);
  PetscCall(PetscStrallocpy(given->name ? given->name : name, &own->name));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void CaseCheckClasses(const CaseDraft *draft)
{
  const Case *result = draft->result;

  for (PetscInt b = 0; b < result->num_boundaries; b++) {
    const BoundaryInput *boundary = &result->boundaries[b];
    const config_setting_t *list = SettingMember(draft->root, "boundaries");

    if (!boundary->misorientation.name) continue;
    for (PetscInt other = 0; other < result->num_boundaries; other++) {
      const BoundaryInput *second = &result->boundaries[other];

      if (boundary->phases[0] != second->phases[0] || boundary->phases[1] != second->phases[1])
        continue;
      if (!isnan(second->total_conductivity)) {
        SettingProblem(list, draft->problems,
                       "a boundary with total_conductivity_S_per_cm leaves no room for classes of "
                       "misorientation; give resistance_ohm_cm2");
      }
      if (other > b && second->misorientation.name &&
          !strcmp(boundary->misorientation.name, second->misorientation.name)) {
        SettingProblem(list, draft->problems, "two classes of misorientation are called \"%s\"",
                       second->misorientation.name);
      }
    }
  }
}
