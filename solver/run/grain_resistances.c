#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "laws.h"
#include "textfile.h"

#define OHM_CM2 1e-4 /* [Ohm m^2] */

static int compare(const void *left, const void *right)
{
  const GrainResistance *a = left, *b = right;

  if (a->grain_a != b->grain_a) return a->grain_a < b->grain_a ? -1 : 1;
  return (a->grain_b > b->grain_b) - (a->grain_b < b->grain_b);
}

/* Splits a line at its commas into numbers; false if it does not hold exactly n. */
static PetscBool parse_numbers(const char *line, int n, double numbers[])
{
  for (int c = 0; c < n; c++) {
    char *end;

    numbers[c] = strtod(line, &end);
    if (end == line || !isfinite(numbers[c])) return PETSC_FALSE;
    while (*end == ' ' || *end == '\t' || *end == '\r') end++;
    if (*end != (c < n - 1 ? ',' : '\0')) return PETSC_FALSE;
    line = end + 1;
  }
  return PETSC_TRUE;
}

static PetscBool check_row(const double numbers[], int num_columns, PetscInt num_grains,
                           const char *place, Problems *problems, GrainResistance *entry)
{
  int32_t grains[2] = {0, 0};

  for (int c = 0; c < num_columns; c++) {
    if (numbers[c] < 1 || numbers[c] > (double)num_grains || numbers[c] != floor(numbers[c])) {
      ProblemsAdd(problems, place, "grain %g: must be a whole number from 1 to %" PetscInt_FMT,
                  numbers[c], num_grains);
      return PETSC_FALSE;
    }
    grains[c] = (int32_t)numbers[c];
  }
  if (num_columns == 2 && grains[0] == grains[1]) {
    ProblemsAdd(problems, place, "grain %d has no boundary with itself", grains[0]);
    return PETSC_FALSE;
  }
  if (numbers[num_columns] < 0) {
    ProblemsAdd(problems, place, "resistance_ohm_cm2 = %g: must be a number not below 0",
                numbers[num_columns]);
    return PETSC_FALSE;
  }
  entry->grain_a = num_columns == 2 ? PetscMin(grains[0], grains[1]) : grains[0];
  entry->grain_b = num_columns == 2 ? PetscMax(grains[0], grains[1]) : 0;
  entry->resistance = numbers[num_columns] * OHM_CM2;
  return PETSC_TRUE;
}

static void refuse_duplicates(const char *path, GrainResistances *list, Problems *problems)
{
  for (PetscInt e = 1; e < list->count; e++) {
    if (!compare(&list->entries[e - 1], &list->entries[e])) {
      const GrainResistance *entry = &list->entries[e];

      if (entry->grain_b) {
        ProblemsAdd(problems, path, "the boundary of grains %d and %d is listed twice",
                    entry->grain_a, entry->grain_b);
      } else {
        ProblemsAdd(problems, path, "grain %d is listed twice", entry->grain_a);
      }
    }
  }
}

PetscErrorCode GrainResistancesRead(MPI_Comm comm, const char *path, int num_columns,
                                    PetscInt num_grains, Problems *problems, GrainResistances *list)
{
  const char *header =
      num_columns == 2 ? "grain_a,grain_b,resistance_ohm_cm2" : "grain,resistance_ohm_cm2";
  PetscInt capacity = 0, number = 0;
  PetscBool has_header = PETSC_FALSE;
  char *text, *rest, *line;

  PetscFunctionBeginUser;
  PetscCall(TextFileRead(comm, path, problems, &text));
  for (rest = text; rest && (line = strsep(&rest, "\n"));) {
    char place[PETSC_MAX_PATH_LEN];
    double numbers[3];

    number++;
    line[strcspn(line, "\r")] = '\0';
    if (!line[0] || line[0] == '#') continue;
    snprintf(place, sizeof place, "%s:%" PetscInt_FMT, path, number);
    if (!has_header) {
      has_header = PETSC_TRUE;
      if (!strcmp(line, header)) continue;
      ProblemsAdd(problems, place, "the first line must be \"%s\"", header);
      break;
    }
    if (list->count == capacity) {
      capacity = 2 * capacity + 1024;
      PetscCall(PetscRealloc((size_t)capacity * sizeof *list->entries, &list->entries));
    }
    if (!parse_numbers(line, num_columns + 1, numbers)) {
      ProblemsAdd(problems, place, "\"%s\": must be %d finite numbers, %s", line, num_columns + 1,
                  header);
    } else if (check_row(numbers, num_columns, num_grains, place, problems,
                         &list->entries[list->count])) {
      list->count++;
    }
  }
  PetscCall(PetscFree(text));
  if (list->count) qsort(list->entries, (size_t)list->count, sizeof *list->entries, compare);
  refuse_duplicates(path, list, problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

const GrainResistance *GrainResistancesFind(const GrainResistances *list, PetscInt grain_a,
                                            PetscInt grain_b)
{
  const GrainResistance key = {(int32_t)grain_a, (int32_t)grain_b, 0};

  if (!list->count) return NULL;
  return bsearch(&key, list->entries, (size_t)list->count, sizeof key, compare);
}
