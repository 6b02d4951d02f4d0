#include "oblique.h"
#include "voronoi20.h"

#define GRAIN 0.36840315 /* d = 20^(-1/3) */

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
static const char *const names[] = {"grain"};

static ModelSpec voronoi20(PetscInt n, PetscReal *r, const StructureSpec *structure)
{
  const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {n, n, n}, LATERAL_PERIODIC, 1.0},
                          .structure = structure,
                          .is_matched = PETSC_TRUE,
                          .phases = {1, names},
                          .transport = {.conductivity = conductivity,
                                        .boundary = ModelEqualBoundary,
                                        .boundary_data = r}};

  return spec;
}

/* large_r_network: where boundaries leave the grains nothing to resist, the film is the network of
   its facets, A/r between two grains, and grains at a plate are the plate. Gauss elimination. */
static PetscReal network_conductance(const BoundaryGeometry *geometry, const uint8_t at_plate[])
{
  PetscReal matrix[VORONOI20][VORONOI20 + 1] = {{0}}, current = 0;

  for (PetscInt f = 0; f < geometry->num_facets; f++) {
    const int32_t a = geometry->facets[f].grain[0] - 1, b = geometry->facets[f].grain[1] - 1;
    const PetscReal conductance = geometry->facets[f].area;

    matrix[a][a] += conductance;
    matrix[b][b] += conductance;
    matrix[a][b] -= conductance;
    matrix[b][a] -= conductance;
  }
  for (int g = 0; g < VORONOI20; g++) { /* potential 1 at the anode, 0 at the cathode */
    if (!at_plate[g]) continue;
    for (int h = 0; h < VORONOI20; h++) matrix[g][h] = g == h;
    matrix[g][VORONOI20] = at_plate[g] & 1;
  }
  for (int p = 0; p < VORONOI20; p++) {
    for (int g = 0; g < VORONOI20; g++) {
      const PetscReal factor = g == p ? 0 : matrix[g][p] / matrix[p][p];

      for (int h = p; h <= VORONOI20; h++) matrix[g][h] -= factor * matrix[p][h];
    }
  }
  for (PetscInt f = 0; f < geometry->num_facets; f++) { /* what leaves the grains at the anode */
    const int32_t a = geometry->facets[f].grain[0] - 1, b = geometry->facets[f].grain[1] - 1;
    const PetscReal drop =
        matrix[a][VORONOI20] / matrix[a][a] - matrix[b][VORONOI20] / matrix[b][b];

    if (at_plate[a] == 1 && at_plate[b] != 1) current += geometry->facets[f].area * drop;
    if (at_plate[b] == 1 && at_plate[a] != 1) current -= geometry->facets[f].area * drop;
  }
  return current;
}

static PetscErrorCode find_grains_at_plates(const Model *model, uint8_t at_plate[VORONOI20])
{
  const Grid *grid = &model->grid;
  const int32_t *grain = model->structure.grain;

  PetscFunctionBeginUser;
  for (PetscInt j = 0; j < grid->count[1]; j++) {
    for (PetscInt i = 0; i < grid->count[0]; i++) {
      if (grid->start[2] == 0) at_plate[grain[GridIndex(grid, i, j, 0)] - 1] |= 1;
      if (grid->start[2] + grid->count[2] == grid->num_cells[2]) {
        at_plate[grain[GridIndex(grid, i, j, grid->count[2] - 1)] - 1] |= 2;
      }
    }
  }
  PetscCallMPI(
      MPI_Allreduce(MPI_IN_PLACE, at_plate, VORONOI20, MPI_UINT8_T, MPI_BOR, PETSC_COMM_WORLD));
  for (int g = 0; g < VORONOI20; g++) CU_ASSERT_NOT_EQUAL(at_plate[g], 3); /* no short cut */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode strong_boundaries_are_the_network_of_facets(void)
{
  const PetscReal bounds[] = {0.005, 0.0015};
  PetscReal r = 1e6 * GRAIN * OBLIQUE_UNIT;
  VerifySeries series = {.what = "large_r_network", .scheme = "matched"};
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (int level = 0; level < 2; level++) {
    const PetscInt n = 32 << level;
    const ModelSpec spec = voronoi20(n, &r, &structure);
    uint8_t at_plate[VORONOI20] = {0}; /* 1: anode, 2: cathode */
    Solved solved;

    PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
    PetscCall(find_grains_at_plates(&solved.model, at_plate));
    series.reference =
        1e12 * network_conductance(solved.model.structure.geometry, at_plate); /* um^2 */
    CU_ASSERT(fabs(VerifyGrid(&series, GRAIN * (PetscReal)n, 1e12 * solved.asr.current * r)) <
              bounds[level]);
    PetscCall(SolvedDestroy(&solved));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* small_r_slope: to first order boundaries add S_zz r, S_zz = (1/V) sum of A n_z^2 over the facets.
 */
static PetscErrorCode weak_boundaries_add_their_projected_area(void)
{
  const PetscReal biots[] = {1e-2, 1e-3, 1e-4};
  /* what boundaries add, to first order, at d/h = 6, 12, 24, 47: the second order is some Bi */
  const PetscReal bounds[] = {0.03, 0.015, 0.01, 0.01};
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (int b = 0; b < 3; b++) {
    PetscReal r = biots[b] * GRAIN * OBLIQUE_UNIT;
    char what[64];
    VerifySeries series = {.what = what, .scheme = "matched"};

    snprintf(what, sizeof what, "small_r_slope, Bi = %g", (double)biots[b]);
    for (int level = 0; level < (VerifyIsLong() ? 4 : 3); level++) {
      const PetscInt n = 16 << level;
      const ModelSpec spec = voronoi20(n, &r, &structure);
      const BoundaryGeometry *geometry;
      Solved solved;

      PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
      geometry = solved.model.structure.geometry;
      series.reference = 0;
      for (PetscInt f = 0; f < geometry->num_facets; f++) {
        series.reference +=
            geometry->facets[f].area * PetscSqr(geometry->facets[f].normal[2]) * 1e12;
      }
      VerifyGrid(&series, GRAIN * (PetscReal)n, (solved.asr.total - OBLIQUE_UNIT) / r);
      CU_ASSERT(fabs(series.error) < bounds[level] + 4 * biots[b]);
      PetscCall(SolvedDestroy(&solved));
    }
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"strong boundaries are the network of facets", strong_boundaries_are_the_network_of_facets},
    {"weak boundaries add their projected area", weak_boundaries_add_their_projected_area},
};

HARNESS_MAIN("limits", tests)
