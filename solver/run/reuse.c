#include "reuse.h"

#include <stdio.h>
#include <string.h>
#include "execute.h"
#include "exit_status.h"
#include "hash.h"

/* The results of a case on rank 0 if their hash fits; NULL elsewhere and otherwise. */
static PetscErrorCode load_fitting(MPI_Comm comm, const Case *case_in, const char *directory,
                                   const char *hash, json_t **results, PetscBool *fits)
{
  char path[2 * PETSC_MAX_PATH_LEN];
  PetscMPIInt rank;
  int found = 0;

  PetscFunctionBeginUser;
  *results = NULL;
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  if (!rank) {
    const char *kept;

    snprintf(path, sizeof path, "%s/results.json", directory);
    *results = json_load_file(path, 0, NULL);
    kept = json_string_value(json_object_get(*results, "hash"));
    found = kept && !strcmp(kept, hash) &&
            json_is_true(json_object_get(json_object_get(*results, "solve"), "converged"));
    if (case_in->has_impedance) {
      const json_t *impedance = json_object_get(*results, "impedance");

      snprintf(path, sizeof path, "%s/impedance.csv", directory);
      PetscCall(PetscTestFile(path, 'r', fits));
      found = found && *fits && json_is_true(json_object_get(impedance, "converged"));
    }
    if (case_in->has_fields) { /* the picture needs them */
      snprintf(path, sizeof path, "%s/fields.h5", directory);
      PetscCall(PetscTestFile(path, 'r', fits));
      found = found && *fits;
    }
    if (case_in->has_fields_vti) {
      snprintf(path, sizeof path, "%s/fields.vti", directory);
      PetscCall(PetscTestFile(path, 'r', fits));
      found = found && *fits;
    }
    if (case_in->has_boundaries_vtp) {
      snprintf(path, sizeof path, "%s/boundaries.vtp", directory);
      PetscCall(PetscTestFile(path, 'r', fits));
      found = found && *fits;
    }
    if (case_in->has_grains) {
      snprintf(path, sizeof path, "%s/grains.csv", directory);
      PetscCall(PetscTestFile(path, 'r', fits));
      found = found && *fits;
    }
    if (!found) {
      json_decref(*results);
      *results = NULL;
    }
  }
  PetscCallMPI(MPI_Bcast(&found, 1, MPI_INT, 0, comm));
  *fits = (PetscBool)found;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ResultsFind(const Session *session, const Case *case_in, const char *directory,
                           json_t **results, PetscBool *is_found)
{
  char hash[HASH_LENGTH];

  PetscFunctionBeginUser;
  *results = NULL;
  *is_found = PETSC_FALSE;
  if (session->options->force) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(HashCase(session->comm, case_in, hash));
  PetscCall(load_fitting(session->comm, case_in, directory, hash, results, is_found));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ResultsGet(const Session *session, CaseList *list, int n, json_t **results,
                          int *worst)
{
  char hash[HASH_LENGTH];
  PetscBool fits;

  PetscFunctionBeginUser;
  PetscCall(ResultsFind(session, &list->cases[n], list->outputs[n], results, &fits));
  if (fits) {
    LogLine(session->log, "%s: unchanged, results of %s reused (--force computes them anew)",
            list->cases[n].name, list->outputs[n]);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(HashCase(session->comm, &list->cases[n], hash));
  PetscCall(Execute(session, &list->cases[n], list->outputs[n], &list->problems[n], worst));
  if (*worst == STATUS_DONE) {
    PetscCall(load_fitting(session->comm, &list->cases[n], list->outputs[n], hash, results, &fits));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
