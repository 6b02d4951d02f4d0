#include "crystallites.h"

#include <math.h>
#include "points_csv.h"

typedef struct {
  Spheres spheres;
  StructureBox box;
} Crystallites;

static PetscErrorCode label_points(const Generator *generator, const Lattice *points,
                                   int32_t *labels)
{
  const Crystallites *crystallites = generator->data;
  const size_t num_points = (size_t)points->n[0] * (size_t)points->n[1] * (size_t)points->n[2];

  PetscFunctionBeginUser;
  for (size_t p = 0; p < num_points; p++) labels[p] = 1;
  PetscCall(SpheresLabel(&crystallites->spheres, &crystallites->box, points, 2, 1, labels));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(void *data)
{
  Crystallites *crystallites = data;

  PetscFunctionBeginUser;
  PetscCall(SpheresDestroy(&crystallites->spheres));
  PetscCall(PetscFree(crystallites));
  PetscFunctionReturn(PETSC_SUCCESS);
}

const Spheres *GeneratorSpheres(const Generator *generator)
{
  if (generator->label != label_points) return NULL;
  return &((const Crystallites *)generator->data)->spheres;
}

static PetscBool are_keys_good(const StructureSpec *spec, const PhaseNames *phases,
                               Problems *problems)
{
  const int num_problems = problems->num_problems;

  if (phases->num_phases < 2) {
    ProblemsAdd(problems, NULL,
                "generator crystallites needs two phases, the matrix and the crystals; there is %s",
                phases->num_phases ? "one" : "none");
  }
  if (spec->spheres_file && (!isnan(spec->fraction) || !isnan(spec->diameter))) {
    ProblemsAdd(
        problems, NULL,
        "structure.spheres_file and structure.%s are both given; spheres are either read from "
        "a file or packed",
        isnan(spec->fraction) ? "diameter_um" : "fraction");
  }
  if (!spec->spheres_file && isnan(spec->fraction)) {
    ProblemsAdd(problems, NULL,
                "structure.fraction is required by generator crystallites (or "
                "structure.spheres_file)");
  }
  if (!spec->spheres_file && isnan(spec->diameter)) {
    ProblemsAdd(problems, NULL,
                "structure.diameter_um is required by generator crystallites (or "
                "structure.spheres_file)");
  }
  return problems->num_problems == num_problems ? PETSC_TRUE : PETSC_FALSE;
}

static PetscErrorCode read_spheres(MPI_Comm comm, const StructureSpec *spec,
                                   const StructureBox *box, const PhaseNames *phases,
                                   Problems *problems, Points *points, Spheres *spheres)
{
  const PointsFile file = {spec->spheres_file, POINTS_SPHERES, 3, PETSC_FALSE};

  PetscFunctionBeginUser;
  PetscCall(PointsRead(comm, &file, box, phases, problems, points));
  PetscCall(SpheresCreate(points->num_points, spheres));
  PetscCall(PetscArraycpy(spheres->x, points->x, points->num_points));
  PetscCall(PetscArraycpy(spheres->radius, points->value, points->num_points));
  if (points->phase && spec->num_phase_fractions) {
    ProblemsAdd(problems, NULL,
                "structure.phase_fractions and the phase column of %s are both given",
                spec->spheres_file);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CrystallitesCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                                  const PhaseNames *phases, Problems *problems,
                                  Generator **generator)
{
  const SpherePacking packing = {"structure",       spec->fraction,       spec->diameter,
                                 spec->size_spread, (uint64_t)spec->seed, RANDOM_SPHERES};
  Crystallites *crystallites;
  Points points = {0};

  PetscFunctionBeginUser;
  if (!are_keys_good(spec, phases, problems)) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(&crystallites));
  crystallites->box = *box;
  for (int d = 0; d < 3; d++) crystallites->box.edges[d] = NULL; /* may not live as long */
  if (spec->spheres_file) {
    PetscCall(read_spheres(comm, spec, box, phases, problems, &points, &crystallites->spheres));
  } else {
    PetscCall(SpheresPack(&packing, box, problems, &crystallites->spheres));
  }
  PetscCall(GeneratorWrap(1 + crystallites->spheres.num_spheres, label_points, destroy,
                          crystallites, generator));
  (*generator)->num_matrix = 1;
  for (PetscInt s = 0; s < crystallites->spheres.num_spheres; s++) {
    (*generator)->phase[2 + s] = points.phase ? points.phase[s] : 2;
  }
  PetscCall(PointsDestroy(&points));
  PetscFunctionReturn(PETSC_SUCCESS);
}
