#include "case_parts.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"

/* Whether one of "a|b|c" (up to a space) stands in the group. */
static int has_one_of(const config_setting_t *group, const char *names)
{
  char name[64];

  while (*names && *names != ' ') {
    const int length = (int)strcspn(names, "| ");

    snprintf(name, sizeof name, "%.*s", length, names);
    if (SettingMember(group, name)) return 1;
    names += length + (names[length] == '|');
  }
  return 0;
}

static int has_word(const char *words, const char *word)
{
  const size_t length = strlen(word);

  for (const char *at = strstr(words, word); at; at = strstr(at + 1, word)) {
    if ((at == words || strchr(" |", at[-1])) && strchr(" |", at[length])) return 1;
  }
  return 0;
}

/* What the generator needs must be there; what it does not use deserves a word. */
static void check_needs(const config_setting_t *group, const StructureNeeds *needs,
                        Problems *problems)
{
  const config_setting_t *generator = SettingMember(group, "generator");

  for (const char *word = needs->needs; *word;) {
    const int length = (int)strcspn(word, " ");

    if (!has_one_of(group, word)) {
      const char *bar = memchr(word, '|', (size_t)length);
      const int first = bar ? (int)(bar - word) : length;

      SettingProblem(generator, problems, "this generator needs %.*s%s%.*s", first, word,
                     bar ? " or " : "", bar ? length - first - 1 : 0, bar ? bar + 1 : "");
    }
    word += length;
    word += strspn(word, " ");
  }
  for (int m = 0; m < config_setting_length(group); m++) {
    const config_setting_t *setting = config_setting_get_elem(group, (unsigned)m);
    const char *name = config_setting_name(setting);

    if (!KeyTableFind(&structure_table, name) || has_word(needs->needs, name) ||
        has_word(needs->uses, name) || has_word("generator phase_fractions pores", name)) {
      continue;
    }
    SettingWarning(setting, problems, "has no effect with generator = \"%s\"", needs->generator);
  }
}

PetscInt CasePhaseNumber(const CaseDraft *draft, const char *name, const config_setting_t *setting)
{
  char known[1024] = "";

  for (PetscInt p = 0; p < draft->keys.num_phases; p++) {
    const char *phase = draft->keys.phases[p].name;
    const size_t used = strlen(known);

    if (phase && !strcmp(phase, name)) return p + 1;
    if (phase) snprintf(known + used, sizeof known - used, "%s%s", used ? ", " : "", phase);
  }
  SettingProblem(setting, draft->problems, "there is no phase \"%s\"; the phases are: %s", name,
                 known);
  return 0;
}

static void check_phase_fractions(const CaseDraft *draft, const config_setting_t *group)
{
  const config_setting_t *list = SettingMember(group, "phase_fractions");
  const StructureSpec *structure = &draft->keys.structure;
  double sum = 0.0;

  for (PetscInt f = 0; f < structure->num_phase_fractions; f++) {
    const char *phase = structure->phase_fractions[f].phase;
    const config_setting_t *entry = config_setting_get_elem(list, (unsigned)f);

    if (!phase) continue;
    CasePhaseNumber(draft, phase, SettingMember(entry, "phase"));
    for (PetscInt g = 0; g < f; g++) {
      if (structure->phase_fractions[g].phase &&
          !strcmp(structure->phase_fractions[g].phase, phase)) {
        SettingProblem(SettingMember(entry, "phase"), draft->problems,
                       "this phase is listed twice");
      }
    }
    sum += structure->phase_fractions[f].fraction;
  }
  if (sum > 1.0 + 1e-9) {
    SettingProblem(list, draft->problems, "the fractions add up to %.10g, more than 1", sum);
  }
}

/* The width is the thickness if it is not given; the cells must be countable. An image brings its
   own lengths and cells. */
static void complete_film(const CaseDraft *draft, PetscBool is_image, FilmSpec *film)
{
  json_t *echo = json_object_get(draft->result->echo, "film");
  const config_setting_t *group = SettingMember(draft->root, "film");
  const config_setting_t *cells = SettingMember(group, "cells");
  double num_cells = 1.0;

  if (!group && !is_image) {
    SettingProblem(draft->root, draft->problems,
                   "film is missing; it must be a group (the film and its cells)");
  }
  if (group && !SettingMember(group, "thickness_um") && !is_image) {
    SettingProblem(group, draft->problems,
                   "thickness_um is missing; it must be a number above 0, the film's thickness");
  }
  if (group && !cells && !is_image) {
    SettingProblem(group, draft->problems,
                   "cells is missing; it must be 3 integers, the number of cells along x, y and z");
  }
  for (int d = 0; d < 3; d++) num_cells *= (double)film->cells[d];
  if (num_cells > (double)PETSC_MAX_INT) {
    SettingProblem(cells ? cells : group, draft->problems,
                   "these are %.3g cells; with this PETSc's indices there can be no more than %.3g",
                   num_cells, (double)PETSC_MAX_INT);
  }
  if (!SettingMember(group, "width_um") && isfinite(film->thickness) && !is_image) {
    json_t *thickness = json_object_get(json_object_get(echo, "thickness_um"), "value");

    film->width[0] = film->width[1] = film->thickness;
    EchoPut(echo, "width_um", json_pack("[O, O]", thickness, thickness), "default");
  }
}

PetscErrorCode CaseStructure(CaseDraft *draft)
{
  const config_setting_t *group = SettingMember(draft->root, "structure");
  StructureSpec *structure = &draft->keys.structure;
  const PetscBool is_image =
      (PetscBool)(structure->generator && !strcmp(structure->generator, "labels"));

  PetscFunctionBeginUser;
  if (is_image) PetscCall(CaseImage(draft));
  complete_film(draft, is_image, &draft->keys.film.spec);
  for (const StructureNeeds *needs = structure_needs; needs->generator; needs++) {
    if (structure->generator && !strcmp(structure->generator, needs->generator)) {
      check_needs(group, needs, draft->problems);
    }
  }
  for (PetscInt p = 0; p < structure->num_planes; p++) {
    if (structure->planes[p].normal[2] == 0.0) {
      const config_setting_t *plane =
          config_setting_get_elem(SettingMember(group, "planes"), (unsigned)p);

      SettingProblem(SettingMember(plane, "normal"), draft->problems,
                     "the third number (z) must not be 0");
    }
  }
  check_phase_fractions(draft, group);
  draft->result->film = draft->keys.film.spec;
  draft->result->layer_cells =
      draft->keys.film.layer_cells ? draft->keys.film.layer_cells : draft->result->film.cells[2];
  draft->result->structure = *structure;
  PetscCall(PetscMemzero(structure, sizeof *structure)); /* its texts and lists have moved */
  PetscFunctionReturn(PETSC_SUCCESS);
}
