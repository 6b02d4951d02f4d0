#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "convergence.h"
#include "exit_status.h"
#include "fit.h"
#include "output.h"
#include "quantities.h"
#include "results.h"
#include "variant_report.h"

/* One quantity over the grids. */
typedef struct {
  const char *name;
  int num_grids;
  double *values; /* [Ohm cm2], coarse to fine, as `bands` */
  double *bands;
  Convergence convergence;
} Row;

typedef struct {
  int count;
  Row *rows; /* the total first */
} Rows;

static double fit_tolerance(const Case *case_in)
{
  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    if (case_in->boundaries[b].has_fit) return FitTolerance(case_in);
  }
  return 0;
}

static Rows rows_create(const Variants *variants, const json_t *runs, json_t *quantities)
{
  const Case *own = &variants->list.cases[variants->own];
  const int num_grids = variants->list.count;
  const double total = json_number_value(
      json_array_get(json_object_get(quantities, "total"), (size_t)num_grids - 1));
  Rows rows = {0, calloc(json_object_size(quantities) + 1, sizeof *rows.rows)};
  const char *name;
  json_t *values;

  if (!rows.rows) abort();
  json_object_foreach(quantities, name, values)
  {
    const double tolerance =
        total * QuantitiesTolerance(runs, name, own->tolerance, fit_tolerance(own));
    Row *row = &rows.rows[rows.count++];

    *row = (Row){name, num_grids, QuantityValues(values), QuantityValues(values), {0}};
    row->convergence = ConvergenceFind(num_grids, variants->sizes, row->values, tolerance);
    for (int n = 0; n < num_grids; n++) {
      row->bands[n] = ConvergenceBand(&row->convergence, row->values[n], tolerance);
    }
  }
  return rows;
}

static void rows_destroy(Rows *rows)
{
  for (int r = 0; r < rows->count; r++) {
    free(rows->rows[r].values);
    free(rows->rows[r].bands);
  }
  free(rows->rows);
}

static void format_cell(double number, const char *format, char text[32])
{
  if (isnan(number))
    snprintf(text, 32, "-");
  else
    snprintf(text, 32, format, number);
}

static void print_row(Log *log, const Row *row, int name_width)
{
  const double numbers[] = {row->convergence.order, row->convergence.extrapolated,
                            row->bands[row->num_grids - 1]};
  static const char *const formats[] = {"%.2f", "%.6g", "%.2g"};
  static const int widths[] = {7, 13, 10};
  char line[512], cell[32];
  size_t length = (size_t)snprintf(line, sizeof line, "%-*.40s", name_width, row->name);

  for (int n = 0; n < row->num_grids; n++) {
    length += (size_t)snprintf(line + length, sizeof line - length, " %15.6g", row->values[n]);
  }
  for (int c = 0; c < 3; c++) {
    format_cell(numbers[c], formats[c], cell);
    length += (size_t)snprintf(line + length, sizeof line - length, " %*s", widths[c], cell);
  }
  LogLine(log, "%s  %s", line, ConvergenceStates[row->convergence.state]);
}

static void print_table(Log *log, const Variants *variants, const json_t *quantities,
                        const Rows *rows)
{
  const int name_width = VariantReportNames(quantities);
  char line[512];
  size_t length = (size_t)snprintf(line, sizeof line, "%-*s", name_width, "Ohm cm2");

  for (int n = 0; n < variants->list.count; n++) {
    length += (size_t)snprintf(line + length, sizeof line - length, " %15s", variants->labels[n]);
  }
  LogLine(log, "%s", "");
  LogLine(log, "%s %7s %13s %10s  grids", line, "order", "extrapolated", "band +-");
  for (int r = 0; r < rows->count; r++) print_row(log, &rows->rows[r], name_width);
}

/* What the table means for the ASR. */
static void print_verdict(Log *log, const Variants *variants, const Row *total)
{
  const int finest = total->num_grids - 1, own = variants->own;
  const double *values = total->values, *bands = total->bands;

  if (total->convergence.state == CONVERGENCE_NONE) {
    LogError(log,
             "granulith: error: the ASR goes up and down from grid to grid (%+.3g, then %+.3g Ohm "
             "cm2; less than solver.tolerance would not count): no order, no error band; %s",
             values[finest - 1] - values[finest - 2], values[finest] - values[finest - 1],
             finest > own ? "add --levels, or start from more film.cells"
                          : "refine without --coarsen");
    return;
  }
  if (total->convergence.state == CONVERGENCE_ODD) {
    LogLine(log,
            "the order is none that the scheme has (1 to 2): the grids are not fine enough to tell "
            "it, and the band is made three times the distance to the extrapolated value");
  }
  for (int n = own; n <= finest; n += PetscMax(1, finest - own)) {
    LogLine(log, "%s: ASR %.6g Ohm cm2, grid error +- %.2g %%%s", variants->labels[n], values[n],
            100 * bands[n] / values[n], n == own ? " (the case's own grid)" : "");
  }
}

static json_t *numbers_json(int count, const double numbers[])
{
  json_t *array = json_array();

  for (int n = 0; n < count; n++) json_array_append_new(array, ResultsNumber(numbers[n]));
  return array;
}

static json_t *rows_json(const Rows *rows)
{
  json_t *list = json_array();

  for (int r = 0; r < rows->count; r++) {
    const Row *row = &rows->rows[r];
    const Convergence *found = &row->convergence;

    json_array_append_new(
        list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "name", row->name, "grids",
                        ConvergenceStates[found->state], "order", ResultsNumber(found->order),
                        "safety_factor", ResultsNumber(found->factor), "extrapolated_ohm_cm2",
                        ResultsNumber(found->extrapolated), "values_ohm_cm2",
                        numbers_json(row->num_grids, row->values), "bands_ohm_cm2",
                        numbers_json(row->num_grids, row->bands)));
  }
  return list;
}

static void put_number(FILE *file, double number)
{
  if (isnan(number))
    fputs(",", file);
  else
    fprintf(file, ",%.9g", number);
}

static char *rows_csv(const Variants *variants, const Rows *rows)
{
  char *text = NULL;
  size_t size;
  FILE *file = open_memstream(&text, &size);

  if (!file) abort();
  fputs("quantity,cells_x,cells_y,cells_z,cell_relative,value_ohm_cm2,band_ohm_cm2,order,"
        "extrapolated_ohm_cm2,safety_factor,grids\n",
        file);
  for (int r = 0; r < rows->count; r++) {
    const Row *row = &rows->rows[r];

    for (int n = 0; n < row->num_grids; n++) {
      const PetscInt *cells = variants->list.cases[n].film.cells;

      fprintf(file, "\"%s\",%" PetscInt_FMT ",%" PetscInt_FMT ",%" PetscInt_FMT, row->name,
              cells[0], cells[1], cells[2]);
      put_number(file, variants->sizes[n]);
      put_number(file, row->values[n]);
      put_number(file, row->bands[n]);
      put_number(file, row->convergence.order);
      put_number(file, row->convergence.extrapolated);
      put_number(file, row->convergence.factor);
      fprintf(file, ",%s\n", ConvergenceStates[row->convergence.state]);
    }
  }
  fclose(file);
  return text;
}

/* Every run's results.json gets the band of its own ASR; null if there is none. */
static PetscErrorCode write_bands(const Session *session, const Variants *variants, json_t *runs,
                                  const Rows *rows, int *status)
{
  static const char *const files[] = {"results.json", NULL}, *const none[] = {NULL};

  PetscFunctionBeginUser;
  for (int n = 0; n < variants->list.count && *status != STATUS_NOT_WRITTEN; n++) {
    json_t *results = json_array_get(runs, (size_t)n);
    Problems problems = {0, NULL, 0, NULL};
    PetscBool is_written;
    char *text = NULL;
    Output output;

    if (results) {
      json_object_set_new(json_object_get(results, "error"), "grid_relative",
                          ResultsNumber(rows->rows[0].bands[n] / rows->rows[0].values[n]));
      text = json_dumps(results, JSON_INDENT(2));
      PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_LIB, "the results cannot be written as JSON");
    }
    PetscCall(
        OutputOpen(session->comm, variants->list.outputs[n], &problems, &output, &is_written));
    if (is_written) PetscCall(OutputWriteText(&output, files[0], text, &problems, &is_written));
    if (is_written) PetscCall(OutputCommit(&output, files, none, &problems, &is_written));
    SayProblems(session->log, &problems);
    if (!is_written) *status = STATUS_NOT_WRITTEN;
    ProblemsDestroy(&problems);
    free(text);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ReportGrids(const Session *session, const Variants *variants, json_t *runs,
                           int *status)
{
  json_t *quantities = QuantitiesCollect(runs), *list;
  char *csv = NULL;
  Rows rows = {0, NULL};
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(session->comm, &rank));
  if (!rank) {
    rows = rows_create(variants, runs, quantities);
    print_table(session->log, variants, quantities, &rows);
    print_verdict(session->log, variants, &rows.rows[0]);
    csv = rows_csv(variants, &rows);
    if (rows.rows[0].convergence.state == CONVERGENCE_NONE) *status = STATUS_NOT_CONVERGED;
  }
  PetscCallMPI(MPI_Bcast(status, 1, MPI_INT, 0, session->comm));
  list = rows_json(&rows);
  PetscCall(write_bands(session, variants, runs, &rows, status));
  PetscCall(VariantReportWrite(session, variants, runs, list, csv, status));
  rows_destroy(&rows);
  free(csv);
  json_decref(list);
  json_decref(quantities);
  PetscFunctionReturn(PETSC_SUCCESS);
}
