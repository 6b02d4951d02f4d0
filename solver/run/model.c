#include "model.h"

#include <math.h>
#include <petsctime.h>
#include <stdio.h>
#include <string.h>
#include "case_place.h"
#include "memory_need.h"

static PetscErrorCode build_stacks(const Case *case_in, Problems *problems,
                                   ElectrodeStack stacks[2])
{
  const PetscInt n = case_in->layer_cells;
  FilmSpec film = case_in->film;
  PetscReal *edges;

  PetscFunctionBeginUser;
  film.cells[2] = n;
  PetscCall(PetscMalloc1(n + 1, &edges));
  FilmPlaceEdges(&film, edges);
  ElectrodeStackBuild(&case_in->anode, edges[1] - edges[0], case_in->temperature, problems,
                      &stacks[SIDE_ANODE]);
  ElectrodeStackBuild(&case_in->cathode, edges[n] - edges[n - 1], case_in->temperature, problems,
                      &stacks[SIDE_CATHODE]);
  PetscCall(PetscFree(edges));
  for (int side = 0; side < 2; side++) {
    for (PetscInt l = 0; l < stacks[side].num_resolved; l++) {
      PetscInt *cells = &stacks[side].resolved[l].cells;

      *cells = PetscMax(1, *cells * case_in->film.cells[2] / n); /* refined with the film */
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void count_box(const Case *case_in, const ElectrodeStack stacks[2], PetscInt cells[3])
{
  for (int d = 0; d < 3; d++) cells[d] = case_in->film.cells[d];
  for (int side = 0; side < 2; side++) {
    for (PetscInt l = 0; l < stacks[side].num_resolved; l++) {
      cells[2] += stacks[side].resolved[l].cells;
    }
  }
}

PetscErrorCode ModelCountCells(const Case *case_in, Problems *problems, PetscInt64 *cells)
{
  ElectrodeStack stacks[2];
  PetscInt box[3];

  PetscFunctionBeginUser;
  PetscCall(build_stacks(case_in, problems, stacks));
  count_box(case_in, stacks, box);
  *cells = (PetscInt64)box[0] * box[1] * box[2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grain length along z that the brick-layer model is to use. */
static PetscReal brick_length(const Case *case_in, const Microstructure *structure,
                              const GrainStatistics *statistics)
{
  const char *generator = case_in->structure.generator;
  const PetscReal thickness = case_in->film.thickness;

  if (structure->num_film_grains < 2) return NAN;
  if (!strcmp(generator, "bricks")) return case_in->structure.brick[2];
  if (!strcmp(generator, "columnar")) return thickness; /* no boundary lies across the current */
  if (!strcmp(generator, "planes")) return thickness / (PetscReal)structure->num_film_grains;
  return statistics->mean_size * PetscPowReal(case_in->structure.aspect, 2.0 / 3.0);
}

static PetscErrorCode make_structure(const Case *case_in, const PhaseNames *phases,
                                     const PetscInt num_layers[2], const GridLayer *const layers[2],
                                     Problems *problems, Model *model)
{
  Problems found = {0, NULL, 0, NULL};

  PetscFunctionBeginUser;
  PetscCall(MicrostructureCreate(&model->grid, &case_in->structure, phases, num_layers, layers,
                                 &found, &model->structure));
  for (int p = 0; p < found.num_problems; p++) {
    CasePlaceProblem(case_in, found.texts[p], PETSC_FALSE, problems);
  }
  for (int w = 0; w < found.num_warnings; w++) {
    CasePlaceProblem(case_in, found.warnings[w], PETSC_TRUE, problems);
  }
  ProblemsDestroy(&found);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode make_contacts(const Case *case_in, Model *model)
{
  const ElectrodeInput *electrodes[2] = {&case_in->anode, &case_in->cathode};

  PetscFunctionBeginUser;
  for (int side = 0; side < 2; side++) {
    if (!ElectrodeIsPartial(electrodes[side])) continue;
    PetscCall(ContactCreate(&electrodes[side]->contact, case_in->film.width,
                            model->grid.is_lateral_periodic, &model->contacts[side]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void say_resampled(const Case *case_in, const Model *model, Problems *problems)
{
  const ResampleReport *report = &model->structure.resampled;
  const GrainStatistics *now = &model->statistics;
  char changes[1024] = "";

  if (!report->fraction) return;
  for (PetscInt p = 0; p <= case_in->num_phases; p++) {
    const PetscReal fraction = p ? now->phase_fractions[p] : now->void_fraction;
    const size_t used = strlen(changes);

    if (report->fraction[p] == 0 && fraction == 0) continue;
    snprintf(changes + used, sizeof changes - used, "%s%s %.4g %% (was %.4g %%)", used ? ", " : "",
             p ? case_in->phases[p - 1].name : "void", fraction * 100, report->fraction[p] * 100);
  }
  ProblemsWarn(problems, case_in->structure.file,
               "is resampled from %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
               " voxels to %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
               " cells, each of the grain with most of its volume: %s; %" PetscInt64_FMT
               " of %" PetscInt_FMT " grains have no cell",
               report->voxels[0], report->voxels[1], report->voxels[2], report->cells[0],
               report->cells[1], report->cells[2], changes, now->num_lost_grains,
               model->structure.num_film_grains);
}

static PetscErrorCode lay_out(const Case *case_in, Problems *problems, Model *model)
{
  const PetscInt num_layers[2] = {model->stacks[0].num_resolved, model->stacks[1].num_resolved};
  const GridLayer *const layers[2] = {model->stacks[0].resolved, model->stacks[1].resolved};
  const char **names;
  PhaseNames phases = {case_in->num_phases, NULL};

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(case_in->num_phases, &names));
  for (PetscInt p = 0; p < case_in->num_phases; p++) names[p] = case_in->phases[p].name;
  phases.names = names;
  PetscCall(make_structure(case_in, &phases, num_layers, layers, problems, model));
  PetscCall(PetscFree(names));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(make_contacts(case_in, model));
  PetscCall(
      ConnectivityCompute(&model->grid, &model->structure, model->contacts, &model->connectivity));
  PetscCall(GrainStatisticsCompute(&model->grid, &model->structure,
                                   (PetscBool)!strcmp(case_in->structure.generator, "columnar"),
                                   &model->statistics));
  PetscCall(BoundaryClassesCreate(case_in, &model->structure, problems, &model->classes));
  if (model->classes) {
    PetscCall(BoundaryClassesMeasure(case_in, model->classes, &model->grid, &model->num_class_areas,
                                     &model->class_areas));
  }
  model->brick = brick_length(case_in, &model->structure, &model->statistics);
  if (model->statistics.num_lost_grains && !model->structure.resampled.fraction) {
    ProblemsWarn(problems, case_in->path,
                 "%" PetscInt64_FMT " of %" PetscInt_FMT
                 " grains are too small to hold the centre of a cell; refine film.cells",
                 model->statistics.num_lost_grains, model->structure.num_film_grains);
  }
  say_resampled(case_in, model, problems);
  if (model->connectivity.island_cells) {
    ProblemsWarn(problems, case_in->path,
                 "%" PetscInt64_FMT " cells are cut off from both electrodes and carry no current",
                 model->connectivity.island_cells);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ModelCreate(MPI_Comm comm, const Case *case_in, Problems *problems, Model *model)
{
  PetscInt box[3], ranks[3];
  PetscLogDouble start, end;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  PetscCall(PetscMemzero(model, sizeof *model));
  PetscCall(build_stacks(case_in, problems, model->stacks));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  count_box(case_in, model->stacks, box);
  PetscCall(MemoryNeedCheck(comm, (PetscInt64)box[0] * box[1] * box[2], case_in->has_impedance,
                            case_in->path, "use fewer cells or more machines", problems));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  if (!GridShareOut(size, box, NULL, ranks)) {
    ProblemsAdd(problems, case_in->path,
                "%d ranks cannot share %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
                " cells; run with fewer ranks",
                size, box[0], box[1], box[2]);
  }
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(GridCreate(comm, &case_in->film, model->stacks[0].num_resolved,
                       model->stacks[0].resolved, model->stacks[1].num_resolved,
                       model->stacks[1].resolved, &model->grid));
  PetscCall(lay_out(case_in, problems, model));
  PetscCall(PetscTime(&end));
  model->mesh_seconds = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ModelDestroy(Model *model)
{
  PetscFunctionBeginUser;
  PetscCall(BoundaryClassesDestroy(&model->classes));
  PetscCall(PetscFree(model->class_areas));
  PetscCall(GrainStatisticsDestroy(&model->statistics));
  PetscCall(ConnectivityDestroy(&model->connectivity));
  for (int side = 0; side < 2; side++) PetscCall(ContactDestroy(&model->contacts[side]));
  PetscCall(MicrostructureDestroy(&model->structure));
  PetscCall(GridDestroy(&model->grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ModelTouchEverywhere(const Model *model, Model *full)
{
  PetscFunctionBeginUser;
  *full = *model;
  full->contacts[0] = full->contacts[1] = NULL;
  PetscCall(ConnectivityCompute(&full->grid, &full->structure, NULL, &full->connectivity));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ModelTouchingDestroy(Model *full)
{
  PetscFunctionBeginUser;
  PetscCall(ConnectivityDestroy(&full->connectivity));
  PetscFunctionReturn(PETSC_SUCCESS);
}
