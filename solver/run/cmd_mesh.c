#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caselist.h"
#include "exit_status.h"
#include "fields.h"
#include "model.h"
#include "output.h"
#include "results.h"

/* Areas of the classes of misorientation, by their names in results; NULL if there are none. */
static json_t *classes_json(const Case *case_in, const Model *model)
{
  const PetscReal film = GridPlateArea(&model->grid) * case_in->film.thickness;
  json_t *object = model->num_class_areas ? json_object() : NULL;

  for (PetscInt c = 0; c < model->num_class_areas; c++) {
    json_object_set_new(object, model->class_areas[c].name,
                        ResultsNumber(model->class_areas[c].area / film * 1e-6));
  }
  return object;
}

static json_t *statistics_json(const Case *case_in, const Model *model)
{
  const GrainStatistics *s = &model->statistics;
  json_t *fractions = json_object(), *statistics;
  const char **names = calloc((size_t)case_in->num_phases, sizeof *names);

  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    names[p] = case_in->phases[p].name;
    json_object_set_new(fractions, case_in->phases[p].name, json_real(s->phase_fractions[p + 1]));
  }
  json_object_set_new(fractions, "void", json_real(s->void_fraction));
  statistics = json_pack(
      "{s:i, s:s, s:I, s:o, s:f, s:f, s:o?, s:o, s:b, s:I, s:I, s:o, s:o}", "schema", 1, "case",
      case_in->name, "num_grains", (json_int_t)s->num_grains, "mean_grain_size_um",
      ResultsNumber(s->mean_size * 1e6), "size_spread", s->size_spread,
      "boundary_area_per_volume_per_um", s->boundary_area * 1e-6,
      "boundary_class_area_per_volume_per_um", classes_json(case_in, model), "phase_fractions",
      fractions, "percolates", (int)model->connectivity.percolates, "island_cells",
      (json_int_t)model->connectivity.island_cells, "grains_without_a_cell",
      (json_int_t)s->num_lost_grains, "specks", ResultsSpecks(&model->structure.specks),
      "resampled", ResultsResampled(&model->structure.resampled, names, case_in->num_phases, s));
  free(names);
  return statistics;
}

static void say_statistics(Log *log, const Case *case_in, const Model *model)
{
  const PetscReal film = GridPlateArea(&model->grid) * case_in->film.thickness;
  const GrainStatistics *s = &model->statistics;

  LogLine(log, "%s: %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT " cells, %.2f s",
          case_in->name, model->grid.num_cells[0], model->grid.num_cells[1],
          model->grid.num_cells[2], model->mesh_seconds);
  LogLine(log, "  grains                        %" PetscInt64_FMT, s->num_grains);
  LogLine(log, "  mean grain size               %.6g um", s->mean_size * 1e6);
  LogLine(log, "  spread of ln(size)            %.4g", s->size_spread);
  LogLine(log, "  boundary area per volume      %.6g 1/um", s->boundary_area * 1e-6);
  for (PetscInt c = 0; c < model->num_class_areas; c++) {
    LogLine(log, "    %-27s %.6g 1/um", model->class_areas[c].name,
            model->class_areas[c].area / film * 1e-6);
  }
  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    LogLine(log, "  fraction of %-17s %.6g", case_in->phases[p].name, s->phase_fractions[p + 1]);
  }
  LogLine(log, "  fraction of void              %.6g", s->void_fraction);
  LogLine(log, "  percolates                    %s", model->connectivity.percolates ? "yes" : "no");
}

/* The formats asked for; none is written of cells they cannot hold. */
static PetscErrorCode export_labels(const Session *session, const Case *case_in, const Model *model,
                                    const Output *output, Problems *problems, PetscBool *is_written)
{
  const char **phases;
  int format, failure;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(case_in->num_phases, &phases));
  for (PetscInt p = 0; p < case_in->num_phases; p++) phases[p] = case_in->phases[p].name;
  PetscCall(ExportLabels(&model->grid, &model->structure, phases, session->options->formats,
                         output->directory, &format, &failure));
  *is_written = (PetscBool)!failure;
  if (failure) {
    ProblemsAdd(problems, output->directory, "%s cannot be written: %s", ExportFileName(format),
                strerror(failure));
  }
  PetscCall(PetscFree(phases));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Names of the files of this run, and of those an earlier one may have left. */
typedef struct {
  const char *written[NUM_EXPORT_FORMATS + 4], *stale[NUM_EXPORT_FORMATS + 1];
} MeshFiles;

static MeshFiles name_files(const Options *options)
{
  MeshFiles files = {{NULL}, {NULL}};
  int written = 0, stale = 0;

  for (int f = 0; f < NUM_EXPORT_FORMATS; f++) {
    if (options->formats[f])
      files.written[written++] = ExportFileName(f);
    else
      files.stale[stale++] = ExportFileName(f);
  }
  files.written[written++] = "labels.h5";
  files.written[written++] = "labels.xdmf";
  files.written[written++] = "statistics.json";
  return files;
}

static void say_files(const Session *session, const Output *output)
{
  char exported[256] = "";

  for (int f = 0; f < NUM_EXPORT_FORMATS; f++) {
    if (!session->options->formats[f]) continue;
    snprintf(exported + strlen(exported), sizeof exported - strlen(exported), ", %s",
             ExportFileName(f));
  }
  LogLine(session->log, "  written: %s/labels.xdmf (for ParaView), labels.h5, statistics.json%s",
          output->directory, exported);
}

static PetscErrorCode write_mesh(const Session *session, const Case *case_in, const Model *model,
                                 const Output *output, Problems *problems, int *status)
{
  const MeshFiles files = name_files(session->options);
  json_t *statistics = statistics_json(case_in, model);
  char *text = json_dumps(statistics, JSON_INDENT(2));
  PetscBool is_written;

  PetscFunctionBeginUser;
  PetscCall(LabelsWrite(&model->grid, &model->structure, output->directory));
  PetscCall(OutputWriteText(output, "statistics.json", text, problems, &is_written));
  if (is_written && session->options->has_formats) {
    PetscCall(export_labels(session, case_in, model, output, problems, &is_written));
  }
  if (is_written) {
    PetscCall(OutputCommit(output, files.written, files.stale, problems, &is_written));
  }
  if (is_written) {
    say_files(session, output);
  } else {
    *status = STATUS_NOT_WRITTEN;
    PetscCall(OutputDiscard(output, files.written));
  }
  free(text);
  json_decref(statistics);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Images hold cells of one size. */
static void check_exportable(const Session *session, const Case *case_in, const Model *model,
                             Problems *problems)
{
  if (!session->options->has_formats || ExportIsUniform(&model->grid)) return;
  ProblemsAdd(problems, case_in->path,
              "film.grading_z = %g: --format writes images, whose cells all have one height; must "
              "be 1 for them (labels.h5 and labels.xdmf hold graded cells)",
              case_in->film.grading_z);
}

static PetscErrorCode mesh_case(const Session *session, const Case *case_in, const char *directory,
                                Problems *problems, int *worst)
{
  int status = STATUS_NOT_WRITTEN;
  PetscBool is_writable;
  Output output;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(&model, sizeof model));
  PetscCall(OutputOpen(session->comm, directory, problems, &output, &is_writable));
  if (is_writable) {
    PetscCall(ModelCreate(session->comm, case_in, problems, &model));
    if (!problems->num_problems) check_exportable(session, case_in, &model, problems);
    status = problems->num_problems ? STATUS_BAD_INPUT : STATUS_DONE;
  }
  if (status == STATUS_DONE) {
    say_statistics(session->log, case_in, &model);
    SayWarnings(session->log, problems, 0);
    PetscCall(write_mesh(session, case_in, &model, &output, problems, &status));
  }
  SayProblems(session->log, problems);
  if (status == STATUS_BAD_INPUT) PetscCall(OutputForget(&output));
  PetscCall(ModelDestroy(&model));
  *worst = PetscMax(*worst, status);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CommandMesh(const Session *session, int *status)
{
  CaseList list;
  int worst;

  PetscFunctionBeginUser;
  PetscCall(CaseListRead(session, &list, status));
  worst = *status;
  for (int n = 0; n < list.count && *status == STATUS_DONE; n++) {
    PetscCall(mesh_case(session, &list.cases[n], list.outputs[n], &list.problems[n], &worst));
  }
  *status = worst;
  PetscCall(CaseListDestroy(&list));
  PetscFunctionReturn(PETSC_SUCCESS);
}
