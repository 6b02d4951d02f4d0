#include "case_parts.h"

#include <math.h>

#define SLACK 1.01       /* a size just too large for one piece is made to fit */
#define MUCH_CHANGED 0.1 /* relative, of a size, above which a user is told */

/* Largest size at which one piece covers no more than the fraction. */
static double largest_size(const ContactSpec *spec, const FilmSpec *film)
{
  const double area = spec->fraction * film->width[0] * film->width[1];

  if (spec->pattern == CONTACT_STRIPS) return spec->fraction * film->width[0];
  if (spec->pattern == CONTACT_DISCS) return sqrt(4 / PETSC_PI * area);
  return sqrt(area);
}

static PetscBool has_fitting_size(const ContactSpec *spec, const FilmSpec *film,
                                  const config_setting_t *setting, Problems *problems)
{
  const int num_axes = spec->pattern == CONTACT_STRIPS ? 1 : 2;
  const double largest = largest_size(spec, film);

  for (int d = 0; d < num_axes; d++) {
    const double cell = film->width[d] / (double)film->cells[d];
    const char axis = d ? 'y' : 'x';

    if (spec->size > film->width[d]) {
      SettingProblem(setting, problems, "must not be larger than the film's width along %c, %g um",
                     axis, film->width[d] * 1e6);
      return PETSC_FALSE;
    }
    if (spec->size < cell * (1 - 1e-9)) {
      SettingProblem(setting, problems, "must not be smaller than a cell, %g um along %c",
                     cell * 1e6, axis);
      return PETSC_FALSE;
    }
  }
  if (spec->size > largest * SLACK) {
    SettingProblem(setting, problems,
                   "one piece of that size is more than the fraction %g of the electrode; must be "
                   "at most %.6g, or the film wider",
                   spec->fraction, largest * 1e6);
    return PETSC_FALSE;
  }
  return PETSC_TRUE;
}

/* What came out of whole pieces. */
static void check_pieces(const ContactSpec *spec, const FilmSpec *film, const Contact *contact,
                         const ContactKeys *keys, Problems *problems)
{
  const double cell = film->width[0] / (double)film->cells[0];
  const config_setting_t *size = SettingMember(keys->group, "size_um");

  if (contact->gap <= 0) {
    SettingProblem(SettingMember(keys->group, "fraction"), problems,
                   "%" PetscInt_FMT " x %" PetscInt_FMT
                   " discs that touch this part of the electrode overlap; use strips or random",
                   contact->num[0], contact->num[1]);
    return;
  }
  if (contact->gap < cell * (1 - 1e-9)) {
    SettingWarning(size, problems,
                   "leaves gaps of %.3g um, narrower than a cell (%.3g um); refine film.cells",
                   contact->gap * 1e6, cell * 1e6);
  }
  if (fabs(contact->piece[0] / spec->size - 1) > MUCH_CHANGED) {
    SettingWarning(size, problems,
                   "is %.4g um so that whole ones fit: %" PetscInt_FMT " x %" PetscInt_FMT
                   " on the film",
                   contact->piece[0] * 1e6, contact->num[0], contact->num[1]);
  }
}

/* Whether the values that the pieces follow from are there; if not, that was said. */
static PetscBool is_known(const ContactSpec *spec, const FilmSpec *film)
{
  return (PetscBool)((int)spec->pattern >= 0 && isfinite(spec->fraction) && isfinite(spec->size) &&
                     isfinite(film->width[0] + film->width[1]) && film->cells[0] > 0);
}

PetscErrorCode CaseContact(CaseDraft *draft, const ElectrodeKeys *keys, ElectrodeInput *electrode)
{
  const ContactSpec *spec = &keys->contact.spec;
  const config_setting_t *group = keys->contact.group;
  const FilmSpec *film = &draft->result->film;
  Contact *contact;

  PetscFunctionBeginUser;
  electrode->has_contact = keys->has_contact;
  electrode->contact = *spec;
  if (!keys->has_contact || !is_known(spec, film)) PetscFunctionReturn(PETSC_SUCCESS);
  if (SettingMember(group, "seed") && spec->pattern != CONTACT_RANDOM) {
    SettingProblem(SettingMember(group, "seed"), draft->problems,
                   "is for pattern = \"random\"; leave it out of %s",
                   ContactPatterns[spec->pattern]);
  }
  if (spec->fraction == 1 ||
      !has_fitting_size(spec, film, SettingMember(group, "size_um"), draft->problems)) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(
      ContactCreate(spec, film->width, (PetscBool)(film->lateral == LATERAL_PERIODIC), &contact));
  check_pieces(spec, film, contact, &keys->contact, draft->problems);
  PetscCall(ContactDestroy(&contact));
  PetscFunctionReturn(PETSC_SUCCESS);
}
