#include "study_size.h"

#include <math.h>
#include <string.h>
#include "case_place.h"
#include "variants.h"

#define LEAST_CELLS 8  /* along an axis that is not one cell wide */
#define LEAST_GRAINS 4 /* along a short stack: with fewer, its two ends meet */

static PetscBool has_grains(const Case *case_in)
{
  const char *generator = case_in->structure.generator;

  return (PetscBool)((strcmp(generator, "amorphous") && strcmp(generator, "single_crystal")) ||
                     case_in->structure.has_pores);
}

/* Columns are one along z, however high their cells are. */
static PetscBool changes_along_z(const Case *case_in)
{
  return (PetscBool)(strcmp(case_in->structure.generator, "columnar") ||
                     case_in->structure.has_pores);
}

static double grain_size(const StructureSpec *structure)
{
  return isnan(structure->grain_size) ? structure->diameter : structure->grain_size;
}

/* Cells along an axis come in multiples of this, so that bricks end on their faces. */
static PetscInt cell_multiple(const StructureSpec *structure, int axis, double length)
{
  if (strcmp(structure->generator, "bricks")) return 2;
  return (structure->staggered && axis == 0 ? 2 : 1) *
         PetscMax(1, (PetscInt)rint(length / structure->brick[axis]));
}

static void count_cells(const Case *case_in, double cell, StudySize *size, Problems *problems)
{
  for (int d = 0; d < 3; d++) {
    const double length = d < 2 ? size->width[d] : case_in->film.thickness;
    const PetscInt multiple = cell_multiple(&case_in->structure, d, length);
    const double wanted = PetscMax(ceil(length / cell * (1 - 1e-9)), LEAST_CELLS);

    if (case_in->film.cells[d] == 1) continue;
    if (d == 2 && !changes_along_z(case_in)) continue;
    if (wanted > 1e9) {
      ProblemsAdd(problems, case_in->path, "cell size %g um: %.3g cells along %c are too many",
                  cell * 1e6, wanted, "xyz"[d]);
      return;
    }
    size->cells[d] = multiple * (PetscInt)ceil(wanted / (double)multiple);
  }
  size->has_cells = PETSC_TRUE;
}

/* A piece stands for a film whose structure is of one kind all along z, and drawn. */
static void check_stack(const Case *case_in, double cells, double cells_most, Problems *problems)
{
  const char *generator = case_in->structure.generator;

  if (!strcmp(generator, "polycrystal") || !strcmp(generator, "crystallites")) {
    VariantRefuseRealizations(case_in, "a representative stack", problems);
  } else {
    ProblemsAdd(problems, case_in->path,
                "%.4g cells are more than cells_most = %g, and with structure.generator = \"%s\" "
                "no thinner piece stands for the film; make the cells larger or raise cells_most",
                cells, cells_most, generator);
  }
}

static void choose_stack(const Case *case_in, double cell, double cells_most, PetscInt realizations,
                         StudySize *size, Problems *problems)
{
  const double layer = (double)size->cells[0] * (double)size->cells[1];
  const double cells = layer * (double)size->cells[2];
  /* the asked size, so that films of any thickness share the stack */
  const double height = isnan(cell) ? case_in->film.thickness / (double)size->cells[2] : cell;
  const double grain = grain_size(&case_in->structure);

  const double each = cells_most / (double)realizations / layer; /* of both, along z */
  const PetscInt short_cells = 2 * (PetscInt)floor(each / (STUDY_STACKS_RATIO + 1) / 2);

  if (cells <= cells_most) return;
  check_stack(case_in, cells, cells_most, problems);
  if (problems->num_problems) return;
  size->representation = STUDY_REPRESENTATIVE;
  size->realizations = realizations;
  size->stack_cells[0] = STUDY_STACKS_RATIO * short_cells;
  size->stack_cells[1] = short_cells;
  for (int s = 0; s < 2; s++) size->stacks[s] = height * (double)size->stack_cells[s];
  if (short_cells < LEAST_CELLS || size->stacks[1] < LEAST_GRAINS * grain) {
    ProblemsAdd(
        problems, case_in->path,
        "%.4g cells are more than cells_most = %g, and that leaves %" PetscInt_FMT
        " times two stacks of only %.3g and %.3g grains, fewer than %d; raise cells_most or "
        "make the film narrower",
        cells, cells_most, realizations, size->stacks[0] / grain, size->stacks[1] / grain,
        LEAST_GRAINS);
  }
}

double StudySizeCells(const StudySize *size, PetscInt stack)
{
  const PetscBool is_stack = (PetscBool)(size->representation == STUDY_REPRESENTATIVE);

  return (double)size->cells[0] * (double)size->cells[1] *
         (double)(is_stack ? size->stack_cells[stack >= size->realizations] : size->cells[2]);
}

void StudySizeFind(const CellKeys *keys, const Case *case_in, double cells_most,
                   PetscInt realizations, StudySize *size, Problems *problems)
{
  const double grain = grain_size(&case_in->structure);
  double cell = keys->cell_size;

  memset(size, 0, sizeof *size);
  for (int d = 0; d < 3; d++) size->cells[d] = case_in->film.cells[d];
  for (int d = 0; d < 2; d++) size->width[d] = case_in->film.width[d];
  if (!has_grains(case_in)) return;
  if (isnan(grain) && !(isnan(keys->cells_per_grain) && isnan(keys->grains_across))) {
    ProblemsAdd(problems, case_in->path,
                "cells_per_grain and grains_across need structure.grain_size_um or diameter_um; "
                "give cell_size_um");
    return;
  }
  for (int d = 0; d < 2 && !isnan(keys->grains_across); d++) {
    if (case_in->film.cells[d] == 1) continue;
    size->width[d] = keys->grains_across * grain;
    size->has_width = PETSC_TRUE;
  }
  if (!isnan(keys->cells_per_grain)) cell = grain / keys->cells_per_grain;
  if (!isnan(cell)) count_cells(case_in, cell, size, problems);
  if (!problems->num_problems)
    choose_stack(case_in, cell, cells_most, realizations, size, problems);
}

PetscErrorCode StudySizeSets(const StudySize *size, const Case *case_in, PetscInt stack,
                             PetscInt *num_sets, char ***sets)
{
  const PetscBool is_stack = (PetscBool)(size->representation == STUDY_REPRESENTATIVE);
  const int is_short = is_stack && stack >= size->realizations;
  char seeds[VARIANT_SEEDS][VARIANT_TEXT];

  PetscFunctionBeginUser;
  if (size->has_width || is_stack) { /* the width is the thickness's where the case gives none */
    PetscCall(StudySet(num_sets, sets, "film.width_um=(%.9g, %.9g)", size->width[0] * 1e6,
                       size->width[1] * 1e6));
  }
  if (size->has_cells || is_stack) {
    PetscCall(StudySet(
        num_sets, sets, "film.cells=(%" PetscInt_FMT ", %" PetscInt_FMT ", %" PetscInt_FMT ")",
        size->cells[0], size->cells[1], is_stack ? size->stack_cells[is_short] : size->cells[2]));
  }
  if (!is_stack) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(StudySet(num_sets, sets, "film.thickness_um=%.9g", size->stacks[is_short] * 1e6));
  for (int s = VariantSeeds(case_in, stack, seeds) - 1; s >= 0; s--) {
    PetscCall(StudySet(num_sets, sets, "%s", seeds[s]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
