#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "quantities.h"
#include "sample.h"
#include "variant_report.h"

/* Columns of the table of realizations: what SampleDescribe() says. */
enum { NUM_COLUMNS = 4 };
static const char *const column_names[NUM_COLUMNS] = {"mean_ohm_cm2", "standard_deviation_ohm_cm2",
                                                      "band95_of_mean_ohm_cm2",
                                                      "band95_of_one_ohm_cm2"};

static void sample_numbers(const Sample *sample, double numbers[NUM_COLUMNS])
{
  numbers[0] = sample->mean;
  numbers[1] = sample->deviation;
  numbers[2] = sample->band_of_mean;
  numbers[3] = sample->band_of_one;
}

static void print_realizations(Log *log, int count, const json_t *quantities)
{
  const int width = VariantReportNames(quantities);
  double numbers[NUM_COLUMNS];
  const char *name;
  json_t *quantity;

  LogLine(log, "%-*s %13s %13s %17s %17s", width, "Ohm cm2", "mean", "std", "95 % of mean +-",
          "95 % of one +-");
  json_object_foreach((json_t *)quantities, name, quantity)
  {
    double *values = QuantityValues(quantity);
    const Sample sample = SampleDescribe(count, values);

    sample_numbers(&sample, numbers);
    LogLine(log, "%-*.40s %13.6g %13.3g %17.3g %17.3g", width, name, numbers[0], numbers[1],
            numbers[2], numbers[3]);
    if (!strcmp(name, "total")) {
      LogLine(log, "%-*s %13s %11.2g %% %15.2g %% %15.2g %%", width, "", "",
              100 * numbers[1] / numbers[0], 100 * numbers[2] / numbers[0],
              100 * numbers[3] / numbers[0]);
    }
    free(values);
  }
  LogLine(log,
          "95 %% of mean: where the mean of all such structures lies; of one: around the mean, "
          "where the ASR of one more lies");
}

static void print_widths(Log *log, const Variants *variants, const json_t *quantities)
{
  const int width = VariantReportNames(quantities), last = variants->list.count - 1;
  char line[512];
  size_t length = (size_t)snprintf(line, sizeof line, "%-*s", width, "Ohm cm2");
  const char *name;
  json_t *quantity;

  for (int n = 0; n <= last; n++) {
    length += (size_t)snprintf(line + length, sizeof line - length, " %15s", variants->labels[n]);
  }
  LogLine(log, "%s", line);
  json_object_foreach((json_t *)quantities, name, quantity)
  {
    double *values = QuantityValues(quantity);

    length = (size_t)snprintf(line, sizeof line, "%-*.40s", width, name);
    for (int n = 0; n <= last; n++) {
      length += (size_t)snprintf(line + length, sizeof line - length, " %15.6g", values[n]);
    }
    LogLine(log, "%s", line);
    if (!strcmp(name, "total")) {
      length = (size_t)snprintf(line, sizeof line, "%-*s", width, "  to widest");
      for (int n = 0; n <= last; n++) {
        length += (size_t)snprintf(line + length, sizeof line - length, " %+13.2g %%",
                                   100 * (values[n] / values[last] - 1));
      }
      LogLine(log, "%s", line);
    }
    free(values);
  }
  LogLine(log, "each width is another structure of the same kind: differences no larger than the "
               "standard deviation of --over realizations are chance");
}

static json_t *describe(const Variants *variants, const json_t *quantities)
{
  json_t *list = json_array(), *quantity;
  double numbers[NUM_COLUMNS];
  const char *name;

  json_object_foreach((json_t *)quantities, name, quantity)
  {
    json_t *entry = json_pack("{s:s, s:O}", "name", name, "values_ohm_cm2", quantity);

    if (variants->kind == VARY_REALIZATION) {
      double *values = QuantityValues(quantity);
      const Sample sample = SampleDescribe(variants->list.count, values);

      sample_numbers(&sample, numbers);
      for (int c = 0; c < NUM_COLUMNS; c++) {
        json_object_set_new(entry, column_names[c], json_real(numbers[c]));
      }
      free(values);
    }
    json_array_append_new(list, entry);
  }
  return list;
}

/* One row a run, one column a quantity. */
static char *format_csv(const Variants *variants, const json_t *quantities)
{
  char *text = NULL;
  size_t size;
  FILE *file = open_memstream(&text, &size);
  const char *name;
  json_t *quantity;

  if (!file) abort();
  fputs("run,result", file);
  json_object_foreach((json_t *)quantities, name, quantity)
  {
    fprintf(file, ",\"%s_ohm_cm2\"", name);
  }
  fputs("\n", file);
  for (int n = 0; n < variants->list.count; n++) {
    fprintf(file, "%s,\"%s\"", variants->labels[n], variants->list.outputs[n]);
    json_object_foreach((json_t *)quantities, name, quantity)
    {
      fprintf(file, ",%.9g", json_number_value(json_array_get(quantity, (size_t)n)));
    }
    fputs("\n", file);
  }
  fclose(file);
  return text;
}

PetscErrorCode ReportSpread(const Session *session, const Variants *variants, json_t *runs,
                            int *status)
{
  json_t *quantities = QuantitiesCollect(runs), *list;
  PetscMPIInt rank;
  char *csv;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(session->comm, &rank));
  LogLine(session->log, "%s", "");
  if (!rank && variants->kind == VARY_REALIZATION)
    print_realizations(session->log, variants->list.count, quantities);
  else if (!rank) {
    print_widths(session->log, variants, quantities);
  }
  list = describe(variants, quantities);
  csv = format_csv(variants, quantities);
  PetscCall(VariantReportWrite(session, variants, runs, list, csv, status));
  free(csv);
  json_decref(list);
  json_decref(quantities);
  PetscFunctionReturn(PETSC_SUCCESS);
}
