#include "variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "case_keys.h"
#include "case_place.h"
#include "exit_status.h"
#include "memory_need.h"
#include "model.h"

#define MAX_SETS VARIANT_SEEDS /* of a variant's own, at most */
#define DEFAULT_LEVELS 3

const char *const VariantKinds[] = {"grid", "realizations", "width", NULL};

/* The --set options that make a variant of the case; none for the case itself. */
typedef struct {
  int count;
  char texts[MAX_SETS][VARIANT_TEXT];
  char folder[64]; /* below the case's results */
} Change;

/* An axis one cell wide has nothing along it and stays so: a film in two dimensions. */
static PetscInt scale(PetscInt cells, PetscInt up, PetscInt down)
{
  return cells == 1 ? 1 : cells * up / down;
}

static void change_grid(const Case *own, PetscInt up, PetscInt down, Change *change, char label[64])
{
  PetscInt cells[3];

  for (int d = 0; d < 3; d++) cells[d] = scale(own->film.cells[d], up, down);
  snprintf(label, 64, "%" PetscInt_FMT "x%" PetscInt_FMT "x%" PetscInt_FMT, cells[0], cells[1],
           cells[2]);
  if (up == down) return;
  snprintf(change->folder, sizeof change->folder, "convergence/%s", label);
  snprintf(change->texts[change->count++], sizeof change->texts[0],
           "film.cells=[%" PetscInt_FMT ",%" PetscInt_FMT ",%" PetscInt_FMT "]", cells[0], cells[1],
           cells[2]);
  if (own->anode.num_layers + own->cathode.num_layers) {
    snprintf(change->texts[change->count++], sizeof change->texts[0],
             "film.layer_cells=%" PetscInt_FMT, own->layer_cells);
  }
}

/* Whether structure.seed does something; the seed of pores is another. */
static PetscBool has_seed(const Case *own)
{
  for (const StructureNeeds *needs = structure_needs; needs->generator; needs++) {
    if (!strcmp(needs->generator, own->structure.generator)) {
      return (PetscBool)(strstr(needs->uses, "seed") != NULL);
    }
  }
  return PETSC_FALSE;
}

/* Whether the places where an electrode touches are drawn. */
static PetscBool is_drawn(const ElectrodeInput *electrode)
{
  return (PetscBool)(ElectrodeIsPartial(electrode) && electrode->contact.pattern == CONTACT_RANDOM);
}

int VariantSeeds(const Case *own, PetscInt step, char texts[VARIANT_SEEDS][VARIANT_TEXT])
{
  const struct {
    const char *key;
    PetscBool is_used;
    PetscInt seed;
  } seeds[VARIANT_SEEDS] = {
      {"structure.seed", has_seed(own), own->structure.seed},
      {"structure.pores.seed", own->structure.has_pores, own->structure.pores.seed},
      {"anode.contact.seed", is_drawn(&own->anode), own->anode.contact.seed},
      {"cathode.contact.seed", is_drawn(&own->cathode), own->cathode.contact.seed}};
  int count = 0;

  for (int s = 0; s < VARIANT_SEEDS; s++) {
    if (!seeds[s].is_used) continue;
    snprintf(texts[count++], VARIANT_TEXT, "%s=%" PetscInt_FMT, seeds[s].key, seeds[s].seed + step);
  }
  return count;
}

static void change_seed(const Case *own, PetscInt step, Change *change, char label[64])
{
  const int count = VariantSeeds(own, step, change->texts);

  snprintf(label, 64, "seed %s", count ? strchr(change->texts[0], '=') + 1 : "-");
  if (!step) return;
  snprintf(change->folder, sizeof change->folder, "realizations/%" PetscInt_FMT, step + 1);
  change->count = count;
}

static void change_width(const Case *own, PetscInt factor, Change *change, char label[64])
{
  const FilmSpec *film = &own->film;
  double width[2];
  PetscInt cells[2];

  for (int d = 0; d < 2; d++) {
    cells[d] = scale(film->cells[d], factor, 1);
    width[d] = film->width[d] * 1e6 * (film->cells[d] == 1 ? 1.0 : (double)factor);
  }
  snprintf(label, 64, "%g x %g um", width[0], width[1]);
  if (factor == 1) return;
  snprintf(change->folder, sizeof change->folder, "width/%" PetscInt_FMT, factor);
  snprintf(change->texts[change->count++], sizeof change->texts[0], "film.width_um=[%#.15g,%#.15g]",
           width[0], width[1]);
  snprintf(change->texts[change->count++], sizeof change->texts[0],
           "film.cells=[%" PetscInt_FMT ",%" PetscInt_FMT ",%" PetscInt_FMT "]", cells[0], cells[1],
           film->cells[2]);
}

static void refuse_coarsening(const Case *own, PetscInt factor, Problems *problems)
{
  const PetscInt *cells = own->film.cells;
  char text[256];

  for (int d = 0; d < 3; d++) {
    if (cells[d] == 1 || (cells[d] % factor == 0 && cells[d] > factor)) continue;
    snprintf(text, sizeof text,
             "film.cells: %" PetscInt_FMT " along %c: --coarsen needs a multiple of %" PetscInt_FMT
             ", at least %" PetscInt_FMT,
             cells[d], "xyz"[d], factor, 2 * factor);
    CasePlaceProblem(own, text, PETSC_FALSE, problems);
  }
}

/* What is known of single grains and points belongs to one structure. */
static void refuse_given_structure(const Case *own, const char *option, Problems *problems)
{
  const struct {
    const char *key;
    PetscBool is_set;
  } keys[] = {
      {"structure.seeds_file", (PetscBool)(own->structure.seeds_file != NULL)},
      {"structure.spheres_file", (PetscBool)(own->structure.spheres_file != NULL)},
      {"structure.file", (PetscBool)(own->structure.file != NULL)},
      {"boundaries_file", (PetscBool)(own->boundaries_file != NULL)},
      {"anode.grain_resistance_file", (PetscBool)(own->anode.grain_resistance_file != NULL)},
      {"cathode.grain_resistance_file", (PetscBool)(own->cathode.grain_resistance_file != NULL)}};
  char text[256];

  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
    if (!keys[k].is_set) continue;
    snprintf(text, sizeof text, "%s: gives one structure, %s needs others like it", keys[k].key,
             option);
    CasePlaceProblem(own, text, PETSC_FALSE, problems);
  }
}

static PetscBool is_random(const Case *own)
{
  static const char *const drawn[] = {"polycrystal", "columnar", "crystallites", NULL};
  const StructureSpec *structure = &own->structure;

  if (structure->has_pores || is_drawn(&own->anode) || is_drawn(&own->cathode)) return PETSC_TRUE;
  for (int g = 0; drawn[g]; g++) {
    if (!strcmp(structure->generator, drawn[g])) return PETSC_TRUE;
  }
  if (!has_seed(own)) return PETSC_FALSE;
  for (PetscInt b = 0; b < own->num_boundaries; b++) {
    if (own->boundaries[b].lognormal_spread > 0) return PETSC_TRUE;
  }
  return (PetscBool)(structure->num_phase_fractions > 0);
}

void VariantRefuseRealizations(const Case *own, const char *option, Problems *problems)
{
  char text[256];

  refuse_given_structure(own, option, problems);
  if (is_random(own)) return;
  snprintf(
      text, sizeof text,
      "structure.generator: \"%s\" draws no random numbers here: every realization is the same",
      own->structure.generator);
  CasePlaceProblem(own, text, PETSC_FALSE, problems);
}

static void refuse(const Case *own, const Variants *variants, const Options *options,
                   Problems *problems)
{
  if (options->coarsen) {
    refuse_coarsening(own, (PetscInt)1 << (variants->list.count - 1), problems);
  }
  if (variants->kind == VARY_REALIZATION) {
    VariantRefuseRealizations(own, "--over realizations", problems);
  }
  if (variants->kind == VARY_WIDTH) {
    refuse_given_structure(own, "--over width", problems);
    if (own->film.cells[0] == 1 && own->film.cells[1] == 1) {
      CasePlaceProblem(own,
                       "film.cells: one cell along x and along y: --over width has nothing to "
                       "widen",
                       PETSC_FALSE, problems);
    }
  }
}

static PetscErrorCode read_variant(const Session *session, const CaseList *own,
                                   const Change *change, CaseList *list, int n)
{
  const Options *options = session->options;
  char path[2 * PETSC_MAX_PATH_LEN];
  const char **sets;
  int count = options->num_sets;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(options->num_sets + MAX_SETS + 1, &sets));
  for (int s = 0; s < count; s++) sets[s] = options->sets[s];
  for (int s = 0; s < change->count; s++) sets[count++] = change->texts[s];
  if (change->count) sets[count++] = "output.fields=false";
  PetscCall(CaseRead(session->comm, options->arguments[0], count, sets, &list->cases[n],
                     &list->problems[n]));
  PetscCall(PetscFree(sets));
  snprintf(path, sizeof path, "%s%s%s", own->outputs[0], change->count ? "/" : "", change->folder);
  list->outputs[n] = strdup(path);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Before the first is run: what all of them take. */
static PetscErrorCode estimate(const Session *session, Variants *variants, int *status)
{
  const char *advice = variants->kind == VARY_GRID && !session->options->coarsen
                           ? "use --coarsen, which goes from this grid downwards, or fewer --levels"
                           : "use fewer cells or more machines";
  PetscInt64 cells, largest = 0, sum = 0;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(session->comm, &size));
  for (int n = 0; n < variants->list.count; n++) {
    Problems *problems = &variants->list.problems[n];

    if (!problems->num_problems) {
      PetscCall(ModelCountCells(&variants->list.cases[n], problems, &cells));
      PetscCall(MemoryNeedCheck(session->comm, cells, variants->list.cases[n].has_impedance,
                                variants->list.cases[n].path, advice, problems));
      largest = PetscMax(largest, cells);
      sum += cells;
    }
    SayProblems(session->log, problems);
    if (problems->num_problems) *status = STATUS_BAD_INPUT;
    if (*status != STATUS_DONE) PetscFunctionReturn(PETSC_SUCCESS); /* the next says the same */
  }
  LogLine(session->log,
          "%s: %d runs, which need at most about %.3g GB, and %.3g s in all on %d ranks",
          variants->list.cases[0].name, variants->list.count,
          MemoryNeed(largest, variants->list.cases[0].has_impedance, size) * 1e-9,
          SecondsNeed(sum, &variants->list.cases[0]) / size, size);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_variant(const Session *session, const CaseList *own, int n,
                                   Variants *variants)
{
  const int steps = variants->list.count - 1 - n; /* to the finest */
  const PetscInt power = (PetscInt)1 << n;
  Change change = {0, {{0}}, ""};

  PetscFunctionBeginUser;
  switch (variants->kind) {
  case VARY_GRID:
    if (session->options->coarsen)
      change_grid(own->cases, 1, (PetscInt)1 << steps, &change, variants->labels[n]);
    else
      change_grid(own->cases, power, 1, &change, variants->labels[n]);
    variants->sizes[n] =
        session->options->coarsen ? (double)((PetscInt)1 << steps) : 1.0 / (double)power;
    break;
  case VARY_REALIZATION:
    change_seed(own->cases, n, &change, variants->labels[n]);
    variants->sizes[n] = n + 1;
    break;
  case VARY_WIDTH:
    change_width(own->cases, power, &change, variants->labels[n]);
    variants->sizes[n] = (double)power;
    break;
  }
  if (!change.count) variants->own = n;
  PetscCall(read_variant(session, own, &change, &variants->list, n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VariantsRead(const Session *session, const CaseList *own, Variants *variants,
                            int *status)
{
  const Options *options = session->options;
  CaseList *list = &variants->list;
  Problems problems = {0, NULL, 0, NULL};

  PetscFunctionBeginUser;
  memset(variants, 0, sizeof *variants);
  for (VariantKind kind = VARY_REALIZATION; VariantKinds[kind]; kind++) {
    if (options->over && !strcmp(options->over, VariantKinds[kind])) variants->kind = kind;
  }
  list->count = variants->kind == VARY_REALIZATION ? (int)options->realizations
                : options->levels                  ? (int)options->levels
                                                   : DEFAULT_LEVELS;
  PetscCall(PetscCalloc3(list->count, &list->cases, list->count, &list->problems, list->count,
                         &list->outputs));
  PetscCall(PetscCalloc2(list->count, &variants->labels, list->count, &variants->sizes));
  refuse(own->cases, variants, options, &problems);
  SayProblems(session->log, &problems);
  *status = problems.num_problems ? STATUS_BAD_INPUT : STATUS_DONE;
  ProblemsDestroy(&problems);
  if (*status != STATUS_DONE) PetscFunctionReturn(PETSC_SUCCESS);
  for (int n = 0; n < list->count; n++) PetscCall(make_variant(session, own, n, variants));
  PetscCall(estimate(session, variants, status));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode VariantsDestroy(Variants *variants)
{
  PetscFunctionBeginUser;
  PetscCall(CaseListDestroy(&variants->list));
  PetscCall(PetscFree2(variants->labels, variants->sizes));
  PetscFunctionReturn(PETSC_SUCCESS);
}
