#include "case_parts.h"

#include <math.h>

#include "image.h"

static void check_cells(const CaseDraft *draft, const config_setting_t *cells, const Image *image)
{
  const FilmSpec *film = &draft->keys.film.spec;

  for (int d = 0; d < 3; d++) {
    if (!film->cells[d] || film->cells[d] % image->cells[d] == 0) continue;
    SettingProblem(cells, draft->problems,
                   "must be the image's %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
                   " voxels, or whole multiples of them (or be left out)",
                   image->cells[0], image->cells[1], image->cells[2]);
    return;
  }
}

static void check_label_phases(const CaseDraft *draft, const config_setting_t *list)
{
  const StructureSpec *structure = &draft->keys.structure;

  for (PetscInt r = 0; r < structure->num_label_phases; r++) {
    const LabelPhaseSpec *range = &structure->label_phases[r];
    const config_setting_t *entry = config_setting_get_elem(list, (unsigned)r);
    const config_setting_t *labels = SettingMember(entry, "labels");

    if (range->phase) CasePhaseNumber(draft, range->phase, SettingMember(entry, "phase"));
    if (!labels || isnan(range->labels[0])) continue;
    if (range->labels[0] != floor(range->labels[0]) ||
        range->labels[1] != floor(range->labels[1]) || range->labels[0] > range->labels[1]) {
      SettingProblem(labels, draft->problems,
                     "must be the first and the last of some labels, two integers in this order");
    }
    for (PetscInt q = 0; q < r; q++) {
      const double *other = structure->label_phases[q].labels;

      if (range->labels[0] <= other[1] && other[0] <= range->labels[1]) {
        SettingProblem(labels, draft->problems,
                       "overlaps with the labels %.15g to %.15g; a label has one phase", other[0],
                       other[1]);
      }
    }
  }
  if (list && structure->num_phase_fractions) {
    SettingProblem(list, draft->problems,
                   "must not stand together with phase_fractions; a grain has one phase");
  }
}

/* An image's boundaries are known as the faces of its voxels only. */
static void say_what_is_assumed(CaseDraft *draft, const config_setting_t *film)
{
  json_t *echo = json_object_get(draft->result->echo, "film");

  if (!SettingMember(film, "lateral")) {
    draft->keys.film.spec.lateral = LATERAL_INSULATING;
    EchoPut(echo, "lateral", json_string("insulating"), "default");
    ProblemsWarn(
        draft->problems, draft->result->path,
        "film.lateral: \"insulating\" is taken, as an image does not repeat; give it in the case "
        "to be sure");
  }
  if (draft->keys.boundary_faces == BOUNDARIES_MATCHED) {
    ProblemsWarn(
        draft->problems, draft->result->path,
        "solver.boundary_faces: an image's boundaries are taken as \"stairs\", the faces of "
        "its voxels; oblique ones have about 1.5 times their true area");
  }
}

PetscErrorCode CaseImage(CaseDraft *draft)
{
  const config_setting_t *film = SettingMember(draft->root, "film");
  const config_setting_t *cells = SettingMember(film, "cells");
  const config_setting_t *group = SettingMember(draft->root, "structure");
  const StructureSpec *structure = &draft->keys.structure;
  FilmSpec *spec = &draft->keys.film.spec;
  json_t *echo = json_object_get(draft->result->echo, "film");
  Image image;
  PetscBool is_open;

  PetscFunctionBeginUser;
  check_label_phases(draft, SettingMember(group, "label_phases"));
  if (film && !SettingMember(film, "width_um")) {
    SettingProblem(film, draft->problems,
                   "width_um is missing; an image in NumPy's format does not say how large it is");
  }
  if (spec->grading_z > 1) {
    SettingProblem(SettingMember(film, "grading_z"), draft->problems,
                   "must be 1: the voxels of an image are of one height");
  }
  if (!structure->file) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(ImageOpen(&(ImageSpec){.file = structure->file, .grain_angle = structure->grain_angle},
                      draft->problems, &image, &is_open));
  if (is_open) {
    if (cells) {
      check_cells(draft, cells, &image);
    } else {
      for (int d = 0; d < 3; d++) spec->cells[d] = image.cells[d];
      EchoPut(echo, "cells",
              json_pack("[I, I, I]", (json_int_t)image.cells[0], (json_int_t)image.cells[1],
                        (json_int_t)image.cells[2]),
              config_setting_get_string(SettingMember(group, "file")));
    }
    say_what_is_assumed(draft, film);
  }
  PetscCall(ImageClose(&image));
  PetscFunctionReturn(PETSC_SUCCESS);
}
