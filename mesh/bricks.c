#include "bricks.h"

#include <math.h>
#include <stdio.h>

static const PetscReal on_face = 1e-6; /* of a cell */

typedef struct {
  PetscReal brick[3];
  PetscInt num[3];
  PetscInt *first; /* [rows + 1], first grain of each row along x, y faster than z */
  PetscBool is_staggered, is_periodic;
} Bricks;

/* Whether all of x = length/parts, 2 length/parts, ... lie on cell faces. */
static PetscBool falls_on_faces(const StructureBox *box, int axis, PetscInt parts)
{
  const PetscReal *edges = box->edges[axis];
  PetscInt c = 0;

  for (PetscInt p = 1; p < parts; p++) {
    const PetscReal x = box->length[axis] * (PetscReal)p / (PetscReal)parts;

    while (c < box->cells[axis] - 1 && edges[c + 1] < x) c++;
    if (PetscMin(x - edges[c], edges[c + 1] - x) > on_face * (edges[c + 1] - edges[c])) {
      return PETSC_FALSE;
    }
  }
  return PETSC_TRUE;
}

/* Whether so many bricks can stand along an axis. */
static PetscBool is_number_good(const StructureSpec *spec, const StructureBox *box, int axis,
                                PetscInt num)
{
  const PetscInt halves = spec->staggered && axis == 0 ? 2 : 1;

  if (spec->staggered && axis == 1 && box->is_periodic && num > 1 && num % 2) return PETSC_FALSE;
  return num >= 1 && halves * num <= box->cells[axis] && falls_on_faces(box, axis, halves * num);
}

/* The nearest lengths that do, below and above the one asked for. */
static void suggest_lengths(const StructureSpec *spec, const StructureBox *box, int axis,
                            char *text, size_t size)
{
  const PetscReal length = box->length[axis] * 1e6;
  PetscInt below = 0, above = 0; /* numbers of bricks */

  for (PetscInt num = 1; num <= box->cells[axis]; num++) {
    if (!is_number_good(spec, box, axis, num)) continue;
    if (box->length[axis] / (PetscReal)num > spec->brick[axis])
      above = num;
    else if (!below)
      below = num;
  }
  if (above && below) {
    snprintf(text, size, "the nearest that do are %.9g and %.9g", length / (PetscReal)below,
             length / (PetscReal)above);
  } else if (above || below) {
    snprintf(text, size, "the nearest that does is %.9g", length / (PetscReal)(above + below));
  } else {
    snprintf(text, size, "no length does with these cells");
  }
}

static void check_axis(const StructureSpec *spec, const StructureBox *box, int axis,
                       Problems *problems, Bricks *bricks)
{
  const PetscReal parts = box->length[axis] / spec->brick[axis];
  const PetscReal whole = PetscMin(PetscMax(rint(parts), 1), (PetscReal)box->cells[axis]);
  const char *reason = NULL;
  char suggestion[128];

  bricks->num[axis] = (PetscInt)whole;
  bricks->brick[axis] = box->length[axis] / whole;
  if (PetscAbs(parts - whole) > 1e-9 * whole) {
    reason = "must divide the film";
  } else if (!is_number_good(spec, box, axis, bricks->num[axis])) {
    reason = "must end on cell faces";
    if (spec->staggered && axis == 0) reason = "and half of it must end on cell faces";
    if (spec->staggered && axis == 1 && box->is_periodic && bricks->num[axis] % 2) {
      reason =
          "must give an even number of staggered rows that end on cell faces, as y is periodic";
    }
  }
  if (!reason) return;
  suggest_lengths(spec, box, axis, suggestion, sizeof suggestion);
  ProblemsAdd(problems, NULL,
              "structure.brick_um: %.9g along %c %s (%.9g um, %" PetscInt_FMT " cells); %s",
              spec->brick[axis] * 1e6, "xyz"[axis], reason, box -> length[axis] * 1e6,
              box -> cells[axis], suggestion);
}

static PetscBool is_shifted(const Bricks *bricks, PetscInt j, PetscInt k)
{
  return bricks->is_staggered && (j + k) % 2 ? PETSC_TRUE : PETSC_FALSE;
}

static PetscErrorCode number_bricks(Bricks *bricks)
{
  const PetscInt num_rows = bricks->num[1] * bricks->num[2];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(num_rows + 1, &bricks->first));
  bricks->first[0] = 1;
  for (PetscInt r = 0; r < num_rows; r++) {
    const PetscBool has_halves = is_shifted(bricks, r % bricks->num[1], r / bricks->num[1]);

    bricks->first[r + 1] = bricks->first[r] + bricks->num[0];
    if (has_halves && !bricks->is_periodic) bricks->first[r + 1]++;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  const Bricks *bricks = generator->data;
  PetscInt place[3];

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < points->n[2]; k++) {
    place[2] = PetscMin((PetscInt)(points->x[2][k] / bricks->brick[2]), bricks->num[2] - 1);
    for (PetscInt j = 0; j < points->n[1]; j++) {
      PetscInt first;
      PetscReal shift;

      place[1] = PetscMin((PetscInt)(points->x[1][j] / bricks->brick[1]), bricks->num[1] - 1);
      shift = is_shifted(bricks, place[1], place[2]) ? 0.5 : 0;
      first = bricks->first[place[2] * bricks->num[1] + place[1]];
      for (PetscInt i = 0; i < points->n[0]; i++) {
        place[0] = (PetscInt)(points->x[0][i] / bricks->brick[0] + shift);
        if (bricks->is_periodic && shift > 0)
          place[0] %= bricks->num[0];
        else
          place[0] = PetscMin(place[0], bricks->num[0] - (shift > 0 ? 0 : 1));
        *labels++ = (int32_t)(first + place[0]);
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Bricks *bricks = data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(bricks->first));
  PetscCall(PetscFree(bricks));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode BricksCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator)
{
  const int num_problems = problems->num_problems;
  Bricks *bricks;

  PetscFunctionBeginUser;
  (void)comm, (void)phases;
  if (isnan(spec->brick[0]) || isnan(spec->brick[1]) || isnan(spec->brick[2])) {
    ProblemsAdd(problems, NULL,
                "structure.brick_um is required by generator bricks: three lengths");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscNew(&bricks));
  for (int d = 0; d < 3; d++) {
    if (spec->brick[d] > 0) {
      check_axis(spec, box, d, problems, bricks);
    } else {
      ProblemsAdd(problems, NULL, "structure.brick_um: %g along %c must be greater than 0",
                  spec->brick[d] * 1e6, "xyz"[d]);
    }
  }
  if (problems->num_problems > num_problems) {
    PetscCall(PetscFree(bricks));
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  bricks->is_staggered = spec->staggered;
  bricks->is_periodic = box->is_periodic;
  PetscCall(number_bricks(bricks));
  PetscCall(GeneratorWrap(bricks->first[bricks->num[1] * bricks->num[2]] - 1, label_points, destroy,
                          bricks, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}
