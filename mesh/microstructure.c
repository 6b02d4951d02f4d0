#include "microstructure.h"

#include "random.h"
#include "resampling.h"
#include "spheres.h"

static void describe_box(const Grid *grid, StructureBox *box)
{
  const PetscInt first = grid->film_cells[0], cells = grid->film_cells[1] - first;

  for (int d = 0; d < 3; d++) {
    box->cells[d] = d < 2 ? grid->num_cells[d] : cells;
    box->edges[d] = d < 2 ? grid->edges[d] : grid->edges[d] + first;
    box->length[d] = box->edges[d][box->cells[d]];
  }
  /* an axis one cell wide is not periodic for the solver, but its structure still repeats */
  box->is_periodic = grid->is_lateral_periodic;
}

/* Planes of the ghosted box, from -1 to count[2], that lie in the film: [first, last). */
static void film_planes(const Grid *grid, PetscInt *first, PetscInt *last)
{
  *first = PetscMax(grid->film_cells[0] - grid->start[2], -1);
  *last = PetscMin(grid->film_cells[1] - grid->start[2], grid->count[2] + 1);
}

static PetscErrorCode label_film(const Grid *grid, const StructureBox *box,
                                 const StructureSpec *spec, const Generator *generator,
                                 Problems *problems, int32_t *grain)
{
  PetscReal *centres[3];
  PetscInt first, last;
  Lattice points;
  Spheres pores = {0};

  PetscFunctionBeginUser;
  film_planes(grid, &first, &last);
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(grid->count[d] + 2, &centres[d]));
    PetscCall(GridCentres(grid, d, centres[d]));
    points.n[d] = grid->count[d] + 2;
    points.x[d] = centres[d];
  }
  points.n[2] = PetscMax(last - first, 0);
  points.x[2] = centres[2] + first + 1;
  if (spec->has_pores) {
    const SpherePacking packing = {"structure.pores",          spec->pores.fraction,
                                   spec->pores.diameter,       0.0,
                                   (uint64_t)spec->pores.seed, RANDOM_PORES};

    PetscCall(SpheresPack(&packing, box, problems, &pores));
  }
  if (points.n[2] > 0 && !problems->num_problems) {
    int32_t *labels = grain + GridIndex(grid, -1, -1, first);

    PetscCall((*(generator->label_cells ? generator->label_cells : generator->label))(
        generator, &points, labels));
    PetscCall(SpheresLabel(&pores, box, &points, 0, 0, labels));
  }
  PetscCall(SpheresDestroy(&pores));
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(centres[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void label_layers(const Grid *grid, const PetscInt num_layers[2],
                         const GridLayer *const layers[2], PetscInt first_label, int32_t *grain)
{
  const PetscInt plane = (grid->count[0] + 2) * (grid->count[1] + 2);

  for (PetscInt k = -1; k <= grid->count[2]; k++) {
    const PetscInt cell = grid->start[2] + k;
    const PetscBool is_anode = (PetscBool)(cell < grid->film_cells[0]);
    PetscInt depth = is_anode ? grid->film_cells[0] - 1 - cell : cell - grid->film_cells[1];
    PetscInt l = 0;

    if (depth < 0 || cell < 0 || cell >= grid->num_cells[2]) continue;
    while (depth >= layers[!is_anode][l].cells) depth -= layers[!is_anode][l++].cells;
    for (PetscInt c = 0; c < plane; c++) {
      grain[GridIndex(grid, -1, -1, k) + c] =
          (int32_t)(first_label + (is_anode ? 0 : num_layers[0]) + l);
    }
  }
}

/* -1 in ghost cells that stand for nothing: behind plates and insulating sides. */
static void label_outside(const Grid *grid, int32_t *grain)
{
  for (PetscInt k = -1; k <= grid->count[2]; k++) {
    for (PetscInt j = -1; j <= grid->count[1]; j++) {
      for (PetscInt i = -1; i <= grid->count[0]; i++) {
        const PetscInt at[3] = {grid->start[0] + i, grid->start[1] + j, grid->start[2] + k};

        for (int d = 0; d < 3; d++) {
          if (!grid->is_periodic[d] && (at[d] < 0 || at[d] >= grid->num_cells[d])) {
            grain[GridIndex(grid, i, j, k)] = -1;
          }
        }
      }
    }
  }
}

static PetscErrorCode number_phases(const Generator *generator, PetscInt num_phases,
                                    const PetscInt num_layers[2], Microstructure *structure)
{
  const PetscInt layers = num_layers[0] + num_layers[1];

  PetscFunctionBeginUser;
  structure->num_film_grains = generator->num_grains;
  structure->num_grains = generator->num_grains + layers;
  structure->num_film_phases = num_phases;
  structure->num_phases = num_phases + layers;
  PetscCall(PetscMalloc1(structure->num_grains + 1, &structure->phase));
  PetscCall(PetscArraycpy(structure->phase, generator->phase, generator->num_grains + 1));
  for (PetscInt l = 1; l <= layers; l++) {
    structure->phase[structure->num_film_grains + l] = num_phases + l;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MicrostructureCreate(const Grid *grid, const StructureSpec *spec,
                                    const PhaseNames *phases, const PetscInt num_layers[2],
                                    const GridLayer *const layers[2], Problems *problems,
                                    Microstructure *structure)
{
  Generator *generator = NULL;
  StructureBox box;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(structure, sizeof *structure));
  describe_box(grid, &box);
  PetscCall(GeneratorCreate(grid->comm, spec, &box, phases, problems, &generator));
  if (!generator) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(number_phases(generator, phases->num_phases, num_layers, structure));
  PetscCall(PetscMalloc1(GridGhostedSize(grid), &structure->grain));
  PetscCall(label_film(grid, &box, spec, generator, problems, structure->grain));
  label_layers(grid, num_layers, layers, structure->num_film_grains + 1, structure->grain);
  label_outside(grid, structure->grain);
  PetscCall(BoundaryGeometryCreate(grid->comm, generator, &box, &structure->geometry));
  if (spec->has_normals) {
    PetscCall(BoundaryGeometryEstimate(grid, generator, &structure->geometry));
  }
  structure->crystals = generator->crystals;
  generator->crystals = NULL;
  structure->specks = generator->specks;
  PetscCall(
      ResamplingMeasure(grid->comm, generator, &box, phases->num_phases, &structure->resampled));
  PetscCall(GeneratorDestroy(&generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode MicrostructureDestroy(Microstructure *structure)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree(structure->grain));
  PetscCall(PetscFree(structure->phase));
  PetscCall(PetscFree(structure->resampled.fraction));
  PetscCall(CrystalsDestroy(&structure->crystals));
  PetscCall(BoundaryGeometryDestroy(&structure->geometry));
  PetscFunctionReturn(PETSC_SUCCESS);
}
