#include "variant_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exit_status.h"
#include "output.h"

const char *const VariantFiles[] = {"convergence", "realizations", "width", NULL};

int VariantReportNames(const json_t *quantities)
{
  int width = 8;
  const char *name;
  json_t *values;

  json_object_foreach((json_t *)quantities, name, values)
  {
    width = (int)PetscMax((size_t)width, strlen(name));
  }
  return PetscMin(width, 40);
}

static json_t *describe_run(const Variants *variants, int n, json_t *results)
{
  const FilmSpec *film = &variants->list.cases[n].film;
  char *directory = realpath(variants->list.outputs[n], NULL), path[2 * PETSC_MAX_PATH_LEN];
  json_t *run;

  snprintf(path, sizeof path, "%s/results.json", directory ? directory : variants->list.outputs[n]);
  free(directory);
  run = json_pack("{s:s, s:b, s:[I, I, I], s:[f, f], s:s, s:O}", "run", variants->labels[n],
                  "is_case_itself", n == variants->own, "cells", (json_int_t)film->cells[0],
                  (json_int_t)film->cells[1], (json_int_t)film->cells[2], "width_um",
                  film->width[0] * 1e6, film->width[1] * 1e6, "result", path, "asr_ohm_cm2",
                  json_object_get(results, "asr_ohm_cm2"));
  if (variants->kind == VARY_GRID)
    json_object_set_new(run, "cell_relative", json_real(variants->sizes[n]));
  return run;
}

PetscErrorCode VariantReportWrite(const Session *session, const Variants *variants,
                                  const json_t *runs, json_t *quantities, const char *csv,
                                  int *status)
{
  const Case *own = &variants->list.cases[variants->own];
  const char *name = VariantFiles[variants->kind];
  char json_name[32], csv_name[32], *text;
  const char *const files[] = {csv_name, json_name, NULL}, *const none[] = {NULL};
  json_t *document, *list = json_array(), *results;
  Problems problems = {0, NULL, 0, NULL};
  PetscBool is_written;
  Output output;
  size_t n;

  PetscFunctionBeginUser;
  snprintf(json_name, sizeof json_name, "%s.json", name);
  snprintf(csv_name, sizeof csv_name, "%s.csv", name);
  json_array_foreach((json_t *)runs, n, results)
  {
    json_array_append_new(list, describe_run(variants, (int)n, results));
  }
  document = json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:O}", "schema", 1, "over",
                       VariantKinds[variants->kind], "name", own->name, "title",
                       own->title ? own->title : "", "command", session->options->line, "runs",
                       list, "quantities", quantities);
  text = json_dumps(document, JSON_INDENT(2));
  PetscCheck(text, PETSC_COMM_SELF, PETSC_ERR_LIB, "%s cannot be written as JSON", name);
  PetscCall(OutputOpen(session->comm, variants->list.outputs[variants->own], &problems, &output,
                       &is_written));
  if (is_written) PetscCall(OutputWriteText(&output, json_name, text, &problems, &is_written));
  if (is_written) PetscCall(OutputWriteText(&output, csv_name, csv, &problems, &is_written));
  if (is_written) PetscCall(OutputCommit(&output, files, none, &problems, &is_written));
  SayProblems(session->log, &problems);
  if (is_written)
    LogLine(session->log, "written: %s/%s and %s", output.directory, csv_name, json_name);
  else
    *status = STATUS_NOT_WRITTEN;
  ProblemsDestroy(&problems);
  free(text);
  json_decref(document);
  PetscFunctionReturn(PETSC_SUCCESS);
}
