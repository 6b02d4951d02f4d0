#include "oblique.h"
#include "seeds.h"

static char generator[] = "planes";

/* exact_tilt_stack: planes between insulating sides that touch no plate carry a uniform current,
   R = H/sigma + sum of r |n_z|. Its example, one plane, and three planes of different slope. */
static PetscErrorCode planes_of_any_tilt_add_r_times_their_cosine(void)
{
  PlaneSpec one = {.at = 0.5e-6, .normal = {-0.3, 0.5, 1}};
  PlaneSpec three[3] = {{.at = 0.2e-6, .normal = {0.2, 0.1, 1}},
                        {.at = 0.5e-6, .normal = {-0.1, 0.2, 1}},
                        {.at = 0.8e-6, .normal = {-0.15, -0.2, 1}}};
  const struct {
    const char *name;
    PetscInt num_planes;
    PlaneSpec *planes;
    PetscReal size; /* on the axis */
  } cases[] = {{"", 1, &one, 1}, {", three planes", 3, three, 0.3}};

  PetscFunctionBeginUser;
  for (int c = 0; c < 2; c++) {
    const StructureSpec structure = {
        .generator = generator, .num_planes = cases[c].num_planes, .planes = cases[c].planes};
    const PetscInt n = c ? 40 : 12;
    PetscReal cosines = 0;

    for (PetscInt p = 0; p < cases[c].num_planes; p++) {
      const PetscReal *normal = cases[c].planes[p].normal;

      cosines += normal[2] / sqrt(PetscSqr(normal[0]) + PetscSqr(normal[1]) + PetscSqr(normal[2]));
    }
    for (PetscReal r = 0.01; r < 200; r *= 10) {
      char id[64];
      const ObliqueFilm film = {
          .id = id,
          .reference = 1 / (1 + r * cosines),
          .size = cases[c].size,
          .r = r,
          .bound = {0.005, 0.0015, 0.0005},
          .model = {.film = {1e-6, {1e-6, 1e-6}, {n, n, n}, LATERAL_INSULATING, 1.0},
                    .structure = &structure}};

      snprintf(id, sizeof id, "exact_tilt_stack%s, r = %g", cases[c].name, (double)r);
      PetscCall(ObliqueVerify(&film, VerifyIsLong() ? 3 - c : 2 - c));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

enum { PAIRS = 8 }; /* of grains on either side of a plane */

static PetscErrorCode across_the_plane(void *data, PetscInt a, PetscInt b, PetscReal *resistance)
{
  *resistance = (a <= PAIRS) != (b <= PAIRS) ? *(PetscReal *)data : 0;
  return PETSC_SUCCESS;
}

/* Seeds and their mirror images: grains that meet on the mirror, which resists, and on planes that
   end there and do not. The current is still uniform. Four grains meet on lines, and the stairs
   bring together some that do not meet. */
static PetscErrorCode grains_on_either_side_of_a_plane_change_nothing(void)
{
  const PetscReal on_plane[PAIRS][2] = {{0.2, 0.25}, {0.8, 0.2}, {0.45, 0.4}, {0.75, 0.7},
                                        {0.2, 0.6},  {0.5, 0.8}, {0.8, 0.45}, {0.3, 0.8}};
  const PetscReal length = sqrt(1 + 0.3 * 0.3 + 0.5 * 0.5);
  const PetscReal normal[3] = {-0.3 / length, 0.5 / length, 1 / length};
  PetscReal seeds[2 * PAIRS][3], r = OBLIQUE_UNIT, errors[3];
  StructureSpec structure;
  char directory[64], path[256];
  const ObliqueFilm film = {
      .id = "exact_tilt_stack, r = 1, many grains",
      .reference = 1 / (1 + normal[2]),
      .size = 1,
      .model = {.film = {1e-6, {1e-6, 1e-6}, {12, 12, 12}, LATERAL_INSULATING, 1.0},
                .structure = &structure,
                .transport = {.boundary = across_the_plane, .boundary_data = &r}}};

  PetscFunctionBeginUser;
  for (int s = 0; s < 2 * PAIRS; s++) {
    const PetscReal *p = on_plane[s % PAIRS];
    const PetscReal distance = (s < PAIRS ? -1 : 1) * (0.1 + 0.01 * (s % PAIRS));

    seeds[s][0] = p[0] + distance * normal[0];
    seeds[s][1] = p[1] + distance * normal[1];
    seeds[s][2] = 0.503 + 0.3 * (p[0] - 0.5) - 0.5 * (p[1] - 0.5) + distance * normal[2];
  }
  PetscCall(ScratchCreate(directory));
  PetscCall(SeedsWrite(directory, "seeds.csv", 2 * PAIRS, seeds, NULL, path, &structure));
  PetscCall(ObliqueConverge(&film, PETSC_TRUE, 3, errors));
  CU_ASSERT(fabs(errors[0]) < 0.005);
  CU_ASSERT(fabs(errors[1]) < 0.0015);
  CU_ASSERT(fabs(errors[2]) < 0.001);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* tilt1_*: one plane of slope tan in x and z; R = H + r cos wherever it is, so a little above the
   middle, where it misses the cells' centres. 12 cells to the height H first. */
static PetscErrorCode one_plane_of_any_slope_adds_r_times_its_cosine(void)
{
  const struct {
    PetscReal slope, bound[3];
  } cases[] = {{0.25, {0.005, 0.0015, 0.0005}},
               {0.5, {0.005, 0.0015, 0.0005}},
               {1, {0.0075, 0.0022, 0.0007}},
               {1.5, {0.0092, 0.0065, 0.00075}}};

  PetscFunctionBeginUser;
  for (int t = 0; t < 4; t++) {
    const PetscInt height = cases[t].slope < 0.9 ? 1 : 2;
    const PetscReal cosine = 1 / sqrt(1 + PetscSqr(cases[t].slope));
    PlaneSpec plane = {.at = 0.5e-6 * (PetscReal)height + 0.0137e-6,
                       .normal = {-cases[t].slope, 0, 1}};
    const StructureSpec structure = {.generator = generator, .num_planes = 1, .planes = &plane};

    for (PetscReal r = 0.01; r < 20; r *= 10) {
      char id[64];
      const ObliqueFilm film = {.id = id,
                                .reference = (PetscReal)height / ((PetscReal)height + r * cosine),
                                .size = (PetscReal)height,
                                .r = r,
                                .bound = {cases[t].bound[0], cases[t].bound[1], cases[t].bound[2]},
                                .model = {.film = {(PetscReal)height * 1e-6,
                                                   {1e-6, 0.1e-6},
                                                   {12 / height, 1, 12},
                                                   LATERAL_INSULATING,
                                                   1.0},
                                          .structure = &structure}};

      snprintf(id, sizeof id, "tilt1_tan%g_r%g", (double)cases[t].slope, (double)r);
      PetscCall(ObliqueVerify(&film, 3));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* tiltfam_tan1_*: planes z = x + k/2, periodic in x, run into the plates. A generator of planes
   would break them at the sides, so grains are layers of even and of odd k, as voxels; all planes
   are one facet, 2 sqrt(2) for each unit of the section. Moved along x, so that no cell's centre
   lies on a plane. */
#define SHIFT 0.0013e-6

static int32_t layer(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)cell;
  return (int32_t)floor((centre[2] - centre[0] + SHIFT) / 0.5e-6 + 4) % 2 + 1;
}

static void find_facet(const void *data, const Facet *facets, int axis, const PetscReal cell_a[3],
                       const PetscReal cell_b[3], PetscInt grain_a, PetscInt grain_b, FacetAt *at)
{
  (void)data, (void)axis, (void)cell_a, (void)cell_b, (void)grain_a, (void)grain_b;
  at->facet = 0;
  for (int d = 0; d < 3; d++) at->normal[d] = facets[0].normal[d]; /* up to its sign */
}

static PetscErrorCode families_of_tilted_planes_converge(void)
{
  const struct {
    PetscReal r;
    int height;
    PetscReal reference, bound[3];
  } cases[] = {{0.1, 2, 0.8931794733549381, {0.005, 0.0015, 0.0005}},
               {0.1, 4, 0.8914661529988962, {0.005, 0.0015, 0.0005}},
               {1, 2, 0.6507191783678807, {0.005, 0.0015, 0.0007}},
               {1, 4, 0.6405026324971179, {0.005, 0.0015, 0.0005}},
               {10, 2, 0.5451238350400827, {0.005, 0.0015, 0.0005}},
               {10, 4, 0.5307285617129444, {0.005, 0.0015, 0.0005}}};
  const PetscInt phase[3] = {0, 1, 1};
  const PetscReal depth = 1e-6 / 34;

  PetscFunctionBeginUser;
  for (int c = 0; c < 6; c++) {
    const PetscReal height = cases[c].height * 1e-6;
    Facet facet = {.grain = {1, 2},
                   .normal = {-sqrt(0.5), 0, sqrt(0.5)},
                   .area = 2 * sqrt(2) * height * depth};
    const BoundaryGeometry geometry = {.num_facets = 1, .facets = &facet, .find = find_facet};
    char id[64];
    const ObliqueFilm film = {
        .id = id,
        .reference = cases[c].reference,
        .size = 0.5 / sqrt(2),
        .r = cases[c].r,
        .bound = {cases[c].bound[0], cases[c].bound[1], cases[c].bound[2]},
        .model = {
            .film = {height, {1e-6, depth}, {34, 1, 34 * cases[c].height}, LATERAL_PERIODIC, 1.0},
            .voxels = {layer, NULL, 2, phase, 1},
            .geometry = &geometry}};

    snprintf(id, sizeof id, "tiltfam_tan1_r%g_H%d", (double)cases[c].r, cases[c].height);
    PetscCall(ObliqueVerify(&film, VerifyIsLong() ? 3 : 2));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"planes of any tilt add r times their cosine", planes_of_any_tilt_add_r_times_their_cosine},
    {"one plane of any slope adds r times its cosine",
     one_plane_of_any_slope_adds_r_times_its_cosine},
    {"grains on either side of a plane change nothing",
     grains_on_either_side_of_a_plane_change_nothing},
    {"families of tilted planes converge", families_of_tilted_planes_converge},
};

HARNESS_MAIN("tilted", tests)
