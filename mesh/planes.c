#include "planes.h"

#include <math.h>

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  const Planes *planes = generator->data;

  PetscFunctionBeginUser;
  for (PetscInt k = 0; k < points->n[2]; k++) {
    for (PetscInt j = 0; j < points->n[1]; j++) {
      for (PetscInt i = 0; i < points->n[0]; i++) {
        int32_t label = 1;

        for (PetscInt p = 0; p < planes->num_planes; p++) {
          label += PlaneHeight(planes, p, points->x[0][i], points->x[1][j]) < points->x[2][k];
        }
        *labels++ = label;
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Planes *planes = data;

  PetscFunctionBeginUser;
  PetscCall(PetscFree(planes->planes));
  PetscCall(PetscFree(planes));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Planes *GeneratorPlanes(const Generator *generator)
{
  return generator->label == label_points ? (const Planes *)generator->data : NULL;
}

PetscBool PlanesAreTilted(const Planes *planes)
{
  for (PetscInt p = 0; p < planes->num_planes; p++) {
    if (planes->planes[p].slope[0] != 0 || planes->planes[p].slope[1] != 0) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

/* Corners in turn round the section of the box. */
static void find_corner(const StructureBox *box, int corner, PetscReal *x, PetscReal *y)
{
  *x = corner == 1 || corner == 2 ? box->length[0] : 0;
  *y = corner >= 2 ? box->length[1] : 0;
}

static void check_plane(const Planes *planes, PetscInt p, const StructureBox *box,
                        Problems *problems)
{
  PetscReal lowest = PETSC_MAX_REAL, highest = -PETSC_MAX_REAL;
  const Plane *plane = &planes->planes[p];

  for (int corner = 0; corner < 4; corner++) {
    PetscReal x, y;

    find_corner(box, corner, &x, &y);
    lowest = PetscMin(lowest, PlaneHeight(planes, p, x, y));
    highest = PetscMax(highest, PlaneHeight(planes, p, x, y));
  }
  if (highest <= 0 || lowest >= box->length[2]) {
    ProblemsAdd(problems, NULL,
                "structure.planes: the plane at %g um misses the film, which is %g um thick",
                plane->at * 1e6, box->length[2] * 1e6);
  }
  if (box->is_periodic && (plane->slope[0] != 0 || plane->slope[1] != 0)) {
    ProblemsWarn(problems, NULL,
                 "structure.planes: the plane at %g um is tilted and the sides are periodic, so "
                 "the structure jumps there; film.lateral = \"insulating\" has no jump",
                 plane->at * 1e6);
  }
}

/* The difference of two heights is linear over the section: where it is zero is a straight line,
   and the planes cross in the box if the heights along that line are somewhere between the plates.
 */
static PetscBool cross_in_box(const Planes *planes, PetscInt a, PetscInt b, const StructureBox *box)
{
  PetscReal lowest = PETSC_MAX_REAL, highest = -PETSC_MAX_REAL;
  PetscBool is_crossing = PETSC_FALSE;

  for (int corner = 0; corner < 4; corner++) {
    PetscReal x[2], y[2], difference[2], share, z;

    for (int end = 0; end < 2; end++) {
      find_corner(box, (corner + end) % 4, &x[end], &y[end]);
      difference[end] =
          PlaneHeight(planes, b, x[end], y[end]) - PlaneHeight(planes, a, x[end], y[end]);
    }
    if (difference[0] * difference[1] > 0 || difference[0] == difference[1]) continue;
    if (difference[0] * difference[1] < 0)
      is_crossing = PETSC_TRUE; /* else they touch in a corner */
    share = difference[0] / (difference[0] - difference[1]);
    z = PlaneHeight(planes, a, x[0] + share * (x[1] - x[0]), y[0] + share * (y[1] - y[0]));
    lowest = PetscMin(lowest, z);
    highest = PetscMax(highest, z);
  }
  return is_crossing && highest > 0 && lowest < box->length[2] ? PETSC_TRUE : PETSC_FALSE;
}

static void check_pairs(const Planes *planes, const StructureBox *box, Problems *problems)
{
  for (PetscInt a = 0; a < planes->num_planes; a++) {
    for (PetscInt b = a + 1; b < planes->num_planes; b++) {
      const PetscReal low = planes->planes[a].at, high = planes->planes[b].at;

      if (high - low <= 1e-9 * box->length[2]) {
        ProblemsAdd(problems, NULL, "structure.planes: two planes are at the same place, %g um",
                    low * 1e6);
      } else if (cross_in_box(planes, a, b, box)) {
        ProblemsAdd(problems, NULL,
                    "structure.planes: the planes at %g and %g um cross inside the film", low * 1e6,
                    high * 1e6);
      }
    }
  }
}

/* Copies the planes in increasing order of `at`. */
static void sort_planes(const StructureSpec *spec, Problems *problems, Planes *planes)
{
  for (PetscInt p = 0; p < spec->num_planes; p++) {
    const PlaneSpec *asked = &spec->planes[p];
    PetscInt q = planes->num_planes;

    if (asked->normal[2] == 0) {
      ProblemsAdd(problems, NULL,
                  "structure.planes: the normal of the plane at %g um has no z component; "
                  "planes must lie across the film",
                  asked->at * 1e6);
      continue;
    }
    for (; q > 0 && planes->planes[q - 1].at > asked->at; q--) {
      planes->planes[q] = planes->planes[q - 1];
    }
    planes->planes[q].at = asked->at;
    for (int d = 0; d < 2; d++) planes->planes[q].slope[d] = -asked->normal[d] / asked->normal[2];
    planes->num_planes++;
  }
}

PetscErrorCode PlanesCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                            const PhaseNames *phases, Problems *problems, Generator **generator)
{
  Planes *planes;

  PetscFunctionBeginUser;
  (void)comm, (void)phases;
  if (!spec->num_planes) {
    ProblemsAdd(problems, NULL,
                "structure.planes is required by generator planes: at least one plane");
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscNew(&planes));
  for (int d = 0; d < 2; d++) planes->middle[d] = 0.5 * box->length[d];
  PetscCall(PetscMalloc1(spec->num_planes, &planes->planes));
  sort_planes(spec, problems, planes);
  for (PetscInt p = 0; p < planes->num_planes; p++) check_plane(planes, p, box, problems);
  check_pairs(planes, box, problems);
  PetscCall(GeneratorWrap(planes->num_planes + 1, label_points, destroy, planes, generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}
