#include "case_parts.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include "image.h"

/* Lengths are the same if they differ by less, relatively: files round theirs. */
#define SAME_LENGTH 1e-3

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

/* Whether the part asked for is in the image. */
static PetscBool check_crop(const CaseDraft *draft, const config_setting_t *crop,
                            const Image *image)
{
  const ImagePart *part = &draft->keys.structure.part;
  PetscBool is_inside = PETSC_TRUE;

  for (int d = 0; d < 3 && part->is_cropped; d++) {
    const config_setting_t *along = SettingMember(crop, (const char[]){"xyz"[d], '\0'});
    PetscInt span[2];

    if (ImagePartSpan(part->voxels[d], image->cells[d], span)) continue;
    is_inside = PETSC_FALSE;
    SettingProblem(along ? along : crop, draft->problems,
                   "must be two of the image's voxels 0 to %" PetscInt_FMT
                   " along this axis, in this order (negative: from its end, -1 the last)",
                   image->cells[d] - 1);
  }
  return is_inside;
}

/* Whether the labels can be phases, if they are said to be. */
static void check_contents(const CaseDraft *draft, const config_setting_t *group,
                           const Image *image)
{
  const config_setting_t *fractions = SettingMember(group, "phase_fractions");
  const config_setting_t *holds = SettingMember(group, "holds");

  if (draft->keys.structure.contents != IMAGE_OF_PHASES) return;
  if (fractions) {
    SettingProblem(
        fractions, draft->problems,
        "must not stand together with holds = \"phases\"; the image says where they are");
  }
  if (image->read_phases || image->grains.num) {
    SettingProblem(holds, draft->problems,
                   "must be \"grains\": the file numbers grains and says more of them");
  }
}

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
}

/* A length that the file says and the case may repeat: taken, or compared. */
static void take_length(CaseDraft *draft, const config_setting_t *setting, const char *name,
                        int axis, double said, double *length)
{
  if (!setting) {
    *length = said;
  } else if (isfinite(*length) && fabs(*length - said) > SAME_LENGTH * said) {
    SettingProblem(setting, draft->problems,
                   "contradicts %s, whose voxels make %.6g um along %c; give no %s, or the same to "
                   "1 in 1000",
                   draft->keys.structure.file, said * 1e6, "xyz"[axis], name);
  }
}

/* The film's lengths, where the file says how large its voxels are. */
static void take_lengths(CaseDraft *draft, const Image *image, double unit, const char *file)
{
  const config_setting_t *film = SettingMember(draft->root, "film");
  const config_setting_t *width = SettingMember(film, "width_um");
  const config_setting_t *thickness = SettingMember(film, "thickness_um");
  json_t *echo = json_object_get(draft->result->echo, "film");
  FilmSpec *spec = &draft->keys.film.spec;
  double said[3];

  for (int d = 0; d < 3; d++) {
    /* a section is as thick as its voxels are wide, if it does not say */
    const double spacing = image->spacing[d] > 0 ? image->spacing[d] : image->spacing[0];

    said[d] = (double)image->cells[d] * spacing * unit;
  }
  take_length(draft, width, "width_um", 0, said[0], &spec->width[0]);
  if (image->spacing[1] > 0 || !width) {
    take_length(draft, width, "width_um", 1, said[1], &spec->width[1]);
  }
  take_length(draft, thickness, "thickness_um", 2, said[2], &spec->thickness);
  if (!width) {
    EchoPut(echo, "width_um", json_pack("[f, f]", said[0] * 1e6, said[1] * 1e6), file);
  }
  if (!thickness) EchoPut(echo, "thickness_um", json_real(said[2] * 1e6), file);
}

static void need_length(const CaseDraft *draft, const config_setting_t *film, const char *name,
                        const char *why)
{
  if (!SettingMember(film, name)) {
    SettingProblem(film ? film : draft->root, draft->problems, "%s%s is missing; %s",
                   film ? "" : "film.", name, why);
  }
}

/* Voxels are of one shape, whatever the unit. */
static void compare_ratios(const CaseDraft *draft, const Image *image, const config_setting_t *film)
{
  const FilmSpec *spec = &draft->keys.film.spec;
  const double lengths[3] = {spec->width[0], spec->width[1], spec->thickness};
  const double unit = lengths[2] / ((double)image->cells[2] * image->spacing[2]);

  for (int d = 0; d < 2; d++) {
    const double said = (double)image->cells[d] * image->spacing[d] * unit;

    if (!(said > 0) || !(fabs(lengths[d] - said) > SAME_LENGTH * said)) continue;
    SettingProblem(SettingMember(film, "width_um"), draft->problems,
                   "contradicts %s: its voxels are %g x %g x %g, so that with this thickness the "
                   "width along %c is %.6g um",
                   draft->keys.structure.file, image->spacing[0], image->spacing[1],
                   image->spacing[2], "xy"[d], said * 1e6);
  }
}

/* Lengths and their unit: from the file where it says them, else from the case. */
static void find_lengths(CaseDraft *draft, const Image *image, const config_setting_t *film)
{
  const config_setting_t *group = SettingMember(draft->root, "structure");
  const config_setting_t *given = SettingMember(group, "file_unit_um");
  const double unit = image->unit > 0 ? image->unit : draft->keys.structure.file_unit;
  const char *file = config_setting_get_string(SettingMember(group, "file"));
  const char *why = "the image's file does not say how large its voxels are";

  if (given && image->unit > 0) {
    SettingProblem(given, draft->problems,
                   "must not be given: the file says that its lengths are in units of %g um",
                   image->unit * 1e6);
  } else if (image->spacing[0] > 0 && image->spacing[2] > 0) {
    if (isfinite(unit) && unit > 0) {
      take_lengths(draft, image, unit, file);
      return;
    }
    why = "the image's file has no unit for its voxels' size; give this, or "
          "structure.file_unit_um (1 for um, 0.001 for nm)";
    compare_ratios(draft, image, film);
  } else if (given) {
    SettingProblem(given, draft->problems,
                   "has nothing to act on: the file does not say how large its voxels are");
  }
  need_length(draft, film, "thickness_um", why);
  need_length(draft, film, "width_um", why);
}

PetscErrorCode CaseImage(CaseDraft *draft)
{
  const config_setting_t *film = SettingMember(draft->root, "film");
  const config_setting_t *cells = SettingMember(film, "cells");
  const config_setting_t *group = SettingMember(draft->root, "structure");
  const StructureSpec *structure = &draft->keys.structure;
  FilmSpec *spec = &draft->keys.film.spec;
  json_t *echo = json_object_get(draft->result->echo, "film");
  const char *ending;
  Image image;
  PetscBool is_open;

  PetscFunctionBeginUser;
  check_label_phases(draft, SettingMember(group, "label_phases"));
  if (spec->grading_z > 1) {
    SettingProblem(SettingMember(film, "grading_z"), draft->problems,
                   "must be 1: the voxels of an image are of one height");
  }
  if (!structure->file) PetscFunctionReturn(PETSC_SUCCESS);
  if (structure->has_raw && !structure->raw.voxels[0])
    PetscFunctionReturn(PETSC_SUCCESS); /* said */
  ending = strrchr(structure->file, '.');
  if (structure->has_raw && (!ending || strcasecmp(ending, ".raw"))) {
    SettingProblem(SettingMember(group, "raw"), draft->problems,
                   "must stand with a .raw file only; others say what is in them");
  }
  PetscCall(ImageOpen(
      &(ImageSpec){.file = structure->file,
                   .grain_angle = structure->grain_angle,
                   .array = structure->array,
                   .raw = structure->has_raw ? &structure->raw : NULL,
                   .by_orientation = (PetscBool)(structure->contents == IMAGE_OF_ORIENTATIONS)},
      draft->problems, &image, &is_open));
  if (image.data_file) {
    PetscCall(TextAppend(image.data_file, &draft->reader.num_files, &draft->reader.files));
  }
  if (is_open && check_crop(draft, SettingMember(group, "crop"), &image)) {
    PetscCall(ImageTakePart(&structure->part, &image));
    check_contents(draft, group, &image);
    if (!cells) {
      for (int d = 0; d < 3; d++) spec->cells[d] = image.cells[d];
      EchoPut(echo, "cells",
              json_pack("[I, I, I]", (json_int_t)image.cells[0], (json_int_t)image.cells[1],
                        (json_int_t)image.cells[2]),
              config_setting_get_string(SettingMember(group, "file")));
    }
    find_lengths(draft, &image, film);
    say_what_is_assumed(draft, film);
    draft->keys.structure.has_normals =
        (PetscBool)(draft->keys.boundary_faces == BOUNDARIES_MATCHED);
  }
  PetscCall(ImageClose(&image));
  PetscFunctionReturn(PETSC_SUCCESS);
}
