#include "execute.h"

#include <math.h>
#include <petsctime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "caselist.h"
#include "boundaries_vtp.h"
#include "constants.h"
#include "exit_status.h"
#include "fields.h"
#include "fit.h"
#include "full_contact.h"
#include "grains_csv.h"
#include "hash.h"
#include "impedance_run.h"
#include "memory_need.h"
#include "output.h"
#include "parts.h"
#include "profiling.h"
#include "result_files.h"
#include "say_result.h"
#include "signals.h"
#include "version.h"

/* Where a run's results go and how it was asked for. */
typedef struct {
  const char *directory;
  const Options *options;
  Log *log;
  char hash[HASH_LENGTH];
  const ImpedanceRun *spectrum; /* count 0: none was asked for */
} Execution;

static PetscErrorCode write_profile(const Output *output, const Model *model,
                                    const Solution *solution, PetscReal voltage, Problems *problems,
                                    PetscBool *is_written)
{
  const PetscInt nz = model->grid.num_cells[2];
  const size_t capacity = ((size_t)nz + 1) * 160;
  size_t length;
  ProfileRow *rows;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc2(nz, &rows, capacity, &text));
  PetscCall(ProfileCompute(&solution->faces_of, &solution->faces, solution->potential, rows));
  length = (size_t)snprintf(text, capacity,
                            "z_um,mean_potential_V,mean_current_density_mA_per_cm2,"
                            "current_std_over_mean,conducting_fraction\n");
  for (PetscInt k = 0; k < nz; k++) {
    length += (size_t)snprintf(text + length, capacity - length, "%.9g,%.9g,%.9g,%.6g,%.6g\n",
                               rows[k].z * 1e6, rows[k].potential * voltage,
                               rows[k].current * voltage * 0.1, rows[k].current_spread,
                               rows[k].conducting);
  }
  PetscCall(OutputWriteText(output, "profile.csv", text, problems, is_written));
  PetscCall(PetscFree2(rows, text));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* HDF5 may fail where plain files do not (a file system without locks, a full disk): the user's to
   mend, so no internal error. */
static PetscErrorCode write_fields(const Case *case_in, const Solution *solution,
                                   const Output *output, PetscReal voltage, Log *log,
                                   Problems *problems, PetscBool *is_written)
{
  const int kinds =
      (case_in->has_fields ? FIELDS_HDF5 : 0) + (case_in->has_fields_vti ? FIELDS_VTI : 0);
  PetscBool is_vti_written = PETSC_TRUE;
  PetscErrorCode code;

  PetscFunctionBeginUser;
  LogProgress(log, "  writing fields");
  PetscCall(PetscPushErrorHandler(PetscReturnErrorHandler, NULL));
  code = FieldsWrite(&solution->faces_of, &solution->faces, solution->potential, voltage, kinds,
                     output->directory, &is_vti_written);
  PetscCall(PetscPopErrorHandler());
  *is_written = (PetscBool)(code != PETSC_ERR_FILE_OPEN && code != PETSC_ERR_FILE_WRITE);
  if (*is_written)
    PetscCall(code);
  else {
    ProblemsAdd(problems, output->directory,
                "fields.h5 cannot be written by parallel HDF5 here; choose another --output, or "
                "output.fields = false");
  }
  if (!is_vti_written) {
    ProblemsAdd(problems, output->directory, "fields.vti cannot be written");
    *is_written = PETSC_FALSE;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_boundaries(const Solution *solution, const Output *output,
                                       PetscReal voltage, Problems *problems, PetscBool *is_written)
{
  PetscFunctionBeginUser;
  PetscCall(BoundariesVtpWrite(&solution->faces_of, &solution->faces, solution->potential, voltage,
                               output->directory, is_written));
  if (!*is_written) ProblemsAdd(problems, output->directory, "boundaries.vtp cannot be written");
  PetscFunctionReturn(PETSC_SUCCESS);
}

static json_t *warnings_json(const Problems *problems)
{
  json_t *list = json_array();

  for (int w = 0; w < problems->num_warnings; w++) {
    json_array_append_new(list, json_string(problems->warnings[w]));
  }
  return list;
}

static PetscErrorCode write_results(const Output *output, const Execution *execution,
                                    const ResultInput *input, const ResultFiles *files,
                                    Problems *problems, PetscBool *is_written)
{
  json_t *results = ResultsBuild(input);
  char *text = json_dumps(results, JSON_INDENT(2));

  PetscFunctionBeginUser;
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_LIB, "the results cannot be written as JSON");
  SayResult(execution->log, input, execution->spectrum, output->directory);
  PetscCall(OutputWriteText(output, "results.json", text, problems, is_written));
  if (*is_written) {
    const char *log_text = execution->log->text ? execution->log->text : "";

    PetscCall(OutputWriteText(output, "run.log", log_text, problems, is_written));
  }
  if (*is_written) {
    PetscCall(OutputCommit(output, files->written, files->stale, problems, is_written));
  }
  free(text);
  json_decref(results);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All files of a solved case. */
static PetscErrorCode report(const Case *case_in, const Model *model, const Solution *solution,
                             const FullContact *full, const Output *output,
                             const Execution *execution, json_t *fit, PetscLogDouble start,
                             Problems *problems, PetscBool *is_written)
{
  const PetscReal voltage = case_in->current_density * solution->asr.total;
  const ResultFiles files = ResultFilesChoose(case_in);
  CurrentSpread spreads[NUM_PLANES];
  PetscLogDouble report_start, now;
  const char **names;
  ResultInput *input;
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&report_start));
  PetscCall(CurrentSpreads(&solution->faces_of, &solution->faces, solution->potential, spreads));
  PetscCall(write_profile(output, model, solution, voltage, problems, is_written));
  if (!*is_written) PetscFunctionReturn(PETSC_SUCCESS);
  if (case_in->has_fields || case_in->has_fields_vti) {
    PetscCall(
        write_fields(case_in, solution, output, voltage, execution->log, problems, is_written));
    if (!*is_written) PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(ImpedanceWrite(case_in, model, output, execution->spectrum, problems, is_written));
  if (!*is_written) PetscFunctionReturn(PETSC_SUCCESS);
  if (case_in->has_grains) {
    PetscCall(GrainsCsvWrite(case_in, model, solution, voltage, output, problems, is_written));
    if (!*is_written) PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (case_in->has_boundaries_vtp) {
    PetscCall(write_boundaries(solution, output, voltage, problems, is_written));
    if (!*is_written) PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCallMPI(MPI_Comm_size(model->grid.comm, &size));
  PetscCall(PetscNew(&input));
  PetscCall(PetscMalloc1(case_in->num_phases, &names));
  for (PetscInt p = 0; p < case_in->num_phases; p++) names[p] = case_in->phases[p].name;
  input->hash = execution->hash;
  input->version = GRANULITH_VERSION;
  input->git = GRANULITH_GIT;
  input->command = execution->options->line;
  input->ranks = size;
  input->case_echo = case_in->echo;
  input->sources = case_in->sources;
  input->materials = case_in->materials;
  input->electrode_files = case_in->electrodes;
  input->warnings = warnings_json(problems);
  input->statistics = &model->statistics;
  input->specks = &model->structure.specks;
  input->resampled = &model->structure.resampled;
  input->facets = solution->matched ? &solution->matched->statistics : NULL;
  input->phase_names = names;
  input->num_film_phases = case_in->num_phases;
  input->percolates = model->connectivity.percolates;
  input->thickness = case_in->film.thickness;
  input->asr = &solution->asr;
  PartsCollect(case_in, model, solution, input);
  input->brick_asr = PartsBrickLayer(case_in, model, solution, input);
  input->fit = fit;
  input->classes = PartsClasses(case_in, model, solution);
  input->impedance = ImpedanceJson(case_in, solution, execution->spectrum);
  input->is_blocking[SIDE_ANODE] = case_in->anode.is_blocking;
  input->is_blocking[SIDE_CATHODE] = case_in->cathode.is_blocking;
  for (int side = 0; side < 2; side++) input->contacts[side] = model->contacts[side];
  input->constriction = FullContactConstriction(case_in, full, solution->asr.total);
  input->spreads = spreads;
  input->solve = &solution->report;
  input->cells =
      (PetscInt64)model->grid.num_cells[0] * model->grid.num_cells[1] * model->grid.num_cells[2];
  input->peak_bytes_per_cell = MemoryPeak(model->grid.comm) / (PetscReal)input->cells;
  PetscCall(PetscTime(&now));
  input->seconds = (StageSeconds){model->mesh_seconds,
                                  full->seconds,
                                  solution->faces_seconds,
                                  solution->report.setup_seconds,
                                  solution->report.assembly_seconds,
                                  solution->report.solve_seconds,
                                  now - report_start,
                                  now - start};
  PetscCall(write_results(output, execution, input, &files, problems, is_written));
  json_decref(input->warnings);
  json_decref(input->classes);
  json_decref(input->impedance);
  PetscCall(PetscFree(names));
  PetscCall(PetscFree(input));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void say_structure(Log *log, const Case *case_in, const Model *model)
{
  char grains[96] = "one grain or glass";

  if (model->structure.num_film_grains > 1) {
    snprintf(grains, sizeof grains, "%" PetscInt64_FMT " grains of %.4g um",
             model->statistics.num_grains, model->statistics.mean_size * 1e6);
  }
  LogLine(log, "%s: %s", case_in->name, case_in->title ? case_in->title : "");
  LogLine(log,
          "  %" PetscInt_FMT " x %" PetscInt_FMT " x %" PetscInt_FMT
          " cells, %g um thick, %g C, %s",
          model->grid.num_cells[0], model->grid.num_cells[1], model->grid.num_cells[2],
          case_in->film.thickness * 1e6, case_in->temperature - ZERO_CELSIUS, grains);
}

/* Share of the boundaries' area on hardly resolved facets above which a user is told. */
#define MUCH_COARSE 0.05

static void warn_of_stairs(const Case *case_in, const Model *model, Problems *problems)
{
  if (case_in->boundary_faces != BOUNDARIES_ON_STAIRS || !model->structure.geometry ||
      !case_in->num_boundaries) {
    return;
  }
  ProblemsWarn(
      problems, case_in->path,
      "solver.boundary_faces = \"stairs\": boundary resistance acts on the stairs that stand for "
      "oblique boundaries; they have about 1.5 times the boundaries' area, so that boundaries "
      "resist too little, by up to a third where they dominate, at any resolution");
}

static void warn_of_coarse_facets(const Case *case_in, const Solution *solution, Problems *problems)
{
  if (!solution->matched || solution->matched->statistics.coarse_share <= MUCH_COARSE) return;
  ProblemsWarn(problems, case_in->path,
               "film.cells: %.0f %% of the boundaries' area is on pieces that fewer than four cell "
               "faces stand for; the grid is too coarse for the grains, see what finer ones give "
               "(granulith converge)",
               100 * solution->matched->statistics.coarse_share);
}

static void warn_of_unknown_normals(const Case *case_in, const Solution *solution,
                                    Problems *problems)
{
  if (!solution->matched || solution->matched->statistics.unknown_share <= MUCH_COARSE) return;
  ProblemsWarn(
      problems, case_in->path,
      "structure.file: %.0f %% of the boundaries' area is on voxels around which no normal "
      "is seen, as around single ones; there boundaries are taken on the stairs, which have "
      "too much area (structure.smallest_grain_voxels drops specks)",
      100 * solution->matched->statistics.unknown_share);
}

static PetscBool signalled(MPI_Comm comm)
{
  int caught = SignalCaught, any;

  MPI_Allreduce(&caught, &any, 1, MPI_INT, MPI_MAX, comm);
  SignalCaught = any;
  return (PetscBool)(any != 0);
}

/* From a case that was read to a model that percolates. */
static PetscErrorCode prepare(MPI_Comm comm, Case *case_in, const Execution *execution,
                              Problems *problems, Model *model, json_t **fit, int *status)
{
  PetscFunctionBeginUser;
  *status = STATUS_BAD_INPUT;
  *fit = NULL;
  LogProgress(execution->log, "%s: microstructure", case_in->name);
  PetscCall(StageBegin(STAGE_MESH));
  PetscCall(ModelCreate(comm, case_in, problems, model));
  PetscCall(StageEnd());
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  if (!model->connectivity.percolates) {
    ProblemsAdd(
        problems, case_in->path,
        "the film does not percolate: no path through its solid cells joins the electrodes%s "
        "(%.3g %% of it is void); lower structure.pores.fraction or change its seed",
        model->contacts[0] || model->contacts[1] ? " where they touch" : "",
        100 * model->statistics.void_fraction);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  say_structure(execution->log, case_in, model);
  PetscCall(FitBrickLayer(case_in, model, problems, fit));
  warn_of_stairs(case_in, model, problems);
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  SayWarnings(execution->log, problems, 0);
  *status = STATUS_DONE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The spectrum and all files of a case that is solved at DC. */
static PetscErrorCode finish(const Case *case_in, const Model *model, const Solution *solution,
                             const FullContact *full, const Output *output, Execution *execution,
                             json_t *fit, PetscLogDouble start, Problems *problems, int *status)
{
  PetscBool is_written = PETSC_TRUE;
  ImpedanceRun spectrum;

  PetscFunctionBeginUser;
  if (execution->options->force) ImpedanceFileRemove(output);
  PetscCall(StageBegin(STAGE_IMPEDANCE));
  PetscCall(ImpedanceRunCreate(case_in, model, solution, output, execution->hash, execution->log,
                               &spectrum));
  PetscCall(StageEnd());
  execution->spectrum = &spectrum;
  if (spectrum.is_interrupted) {
    signalled(model->grid.comm);
    *status = 128 + SignalCaught;
    LogError(execution->log,
             "granulith: %" PetscInt_FMT
             " frequencies of %s are done and kept in " IMPEDANCE_PARTIAL "; run it again to go on",
             spectrum.count, case_in->name);
  } else {
    PetscCall(StageBegin(STAGE_REPORT));
    PetscCall(report(case_in, model, solution, full, output, execution, fit, start, problems,
                     &is_written));
    PetscCall(StageEnd());
    if (!is_written)
      *status = STATUS_NOT_WRITTEN;
    else if (!solution->report.is_converged || !full->is_converged || !spectrum.is_converged)
      *status = STATUS_NOT_CONVERGED;
    if (is_written && spectrum.count) ImpedanceFileRemove(output);
    if (!is_written) PetscCall(OutputDiscard(output, ResultFileNames));
  }
  execution->spectrum = NULL;
  PetscCall(ImpedanceRunDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* With the model's geometry, which every rank has all of, gone once nobody needs it any more. */
static PetscErrorCode solve(const Case *case_in, Model *model, Log *log, Problems *problems,
                            Solution *solution)
{
  PetscFunctionBeginUser;
  PetscCall(SolutionMakeFaces(case_in, model, case_in->temperature, problems, solution));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  if (!case_in->has_impedance) PetscCall(BoundaryGeometryDestroy(&model->structure.geometry));
  PetscCall(SolutionSolve(case_in, model, log, problems, solution));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode solve_and_report(Case *case_in, Model *model, const Output *output,
                                       Execution *execution, json_t *fit, PetscLogDouble start,
                                       Problems *problems, int *status)
{
  PetscBool interrupted = signalled(model->grid.comm);
  const int said = problems->num_warnings;
  FullContact full;
  Solution solution;

  PetscFunctionBeginUser;
  if (!interrupted) {
    PetscCall(FullContactSolve(case_in, model, execution->log, problems, fit, &full, &interrupted));
  }
  if (interrupted || problems->num_problems) {
    signalled(model->grid.comm); /* it may have come to another rank */
    *status = interrupted ? 128 + SignalCaught : STATUS_BAD_INPUT;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(solve(case_in, model, execution->log, problems, &solution));
  if (problems->num_problems)
    *status = STATUS_BAD_INPUT;
  else if (signalled(model->grid.comm) && solution.report.is_interrupted) {
    *status = 128 + SignalCaught;
  } else {
    warn_of_coarse_facets(case_in, &solution, problems);
    warn_of_unknown_normals(case_in, &solution, problems);
    SayWarnings(execution->log, problems, said);
    PetscCall(HashCase(model->grid.comm, case_in, execution->hash));
    PetscCall(
        finish(case_in, model, &solution, &full, output, execution, fit, start, problems, status));
  }
  PetscCall(SolutionDestroy(&solution));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode Execute(const Session *session, Case *case_in, const char *directory,
                       Problems *problems, int *worst)
{
  const MPI_Comm comm = session->comm;
  Log *log = session->log;
  Execution execution = {directory, session->options, log, "", NULL};
  int status = STATUS_NOT_WRITTEN;
  PetscLogDouble start;
  PetscBool is_writable;
  json_t *fit = NULL;
  Output output;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(PetscTime(&start));
  LogStartCase(log);
  MemoryPeakReset();
  PetscCall(PetscMemzero(&model, sizeof model));
  PetscCall(OutputOpen(comm, directory, problems, &output, &is_writable));
  if (is_writable) PetscCall(prepare(comm, case_in, &execution, problems, &model, &fit, &status));
  if (status == STATUS_DONE) {
    PetscCall(
        solve_and_report(case_in, &model, &output, &execution, fit, start, problems, &status));
  }
  SayProblems(log, problems);
  if (status == STATUS_BAD_INPUT) PetscCall(OutputForget(&output));
  if (signalled(comm) && status < 128)
    status = 128 + SignalCaught; /* written, but told to stop */
  else if (status >= 128) {
    LogError(log, "granulith: stopped by signal %d: the solve of %s is lost, nothing was written",
             status - 128, case_in->name);
  }
  *worst = PetscMax(*worst, status);
  json_decref(fit);
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}
