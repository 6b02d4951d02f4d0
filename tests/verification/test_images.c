#include "oblique.h"
#include "voronoi20.h"

/* What an image of a structure gives, beside the structure itself: the same cells, and the same
   labels on them, but normals that are estimated. */

typedef struct {
  const char *id;
  PetscReal reference;  /* conductivity [S/m] */
  PetscReal sigma;      /* of the second phase; of the first 1 [S/m] */
  PetscReal resistance; /* of the boundaries [OBLIQUE_UNIT] */
} ImageCase;

typedef struct {
  const StructureSpec *structure;
  PetscReal size; /* of a grain or sphere, height of a film with one plane [um] */
  FilmSpec film;  /* with the coarsest grid */
  int num_grids;
  PetscInt num_phases; /* grain g > 1 is of the last one */
  PetscReal
      accidental; /* errors below this count as this: the structure's own are so by accident */
} ImageSeries;

enum { FROM_IMAGE, MATCHED, STAIRS, NUM_SCHEMES };
static const char *const schemes[] = {"image", "matched", "stairs"};
static const char *const names[] = {"first", "second"};

/* The labels of a structure as a file of NumPy. */
static PetscErrorCode write_image(const ModelSpec *spec, const char *directory, const char *name)
{
  Model model;
  int32_t *labels;

  PetscFunctionBeginUser;
  PetscCall(ModelCreate(PETSC_COMM_WORLD, spec, &model));
  PetscCall(VoxelsGather(&model.grid, model.structure.grain, &labels));
  PetscCall(ScratchWriteNpy(directory, name, spec->film.cells, labels));
  PetscCall(PetscFree(labels));
  PetscCall(ModelDestroy(&model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One grid: errors by scheme. */
static PetscErrorCode solve_all(const ImageCase *what, const ImageSeries *series, int level,
                                const char *directory, VerifySeries lines[NUM_SCHEMES])
{
  const PetscReal sigma[3][3] = {{0, 0, 0}, {1, 1, 1}, {what->sigma, what->sigma, what->sigma}};
  PetscReal r = what->resistance * OBLIQUE_UNIT, resistance;
  char path[256], name[64], generator[] = "labels";
  LabelPhaseSpec label_phases[2] = {{{1, 1}, (char *)names[0]}, {{2, 1000}, (char *)names[1]}};
  StructureSpec image = {.generator = generator,
                         .grain_size = NAN,
                         .fraction = NAN,
                         .diameter = NAN,
                         .brick = {NAN, NAN, NAN},
                         .file = path,
                         .label_phases = label_phases,
                         .num_label_phases = series->num_phases > 1 ? 2 : 0,
                         .has_normals = PETSC_TRUE};
  ModelSpec spec = {
      .film = series->film,
      .structure = series->structure,
      .phases = {series->num_phases, names},
      .transport = {.conductivity = sigma, .boundary = ModelEqualBoundary, .boundary_data = &r}};

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) spec.film.cells[d] <<= level;
  snprintf(name, sizeof name, "%s-%d.npy", what->id, level);
  snprintf(path, sizeof path, "%s/%s", directory, name);
  PetscCall(write_image(&spec, directory, name));
  for (int s = NUM_SCHEMES - 1; s >= 0; s--) {
    spec.structure = s == FROM_IMAGE ? &image : series->structure;
    spec.is_matched = (PetscBool)(s != STAIRS);
    PetscCall(SolvedResistance(&spec, &resistance));
    VerifyGrid(&lines[s], 1e-6 * series->size / spec.film.thickness * (PetscReal)spec.film.cells[2],
               spec.film.thickness / resistance);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode compare(const ImageCase *what, const ImageSeries *series,
                              const char *directory)
{
  VerifySeries lines[NUM_SCHEMES];

  PetscFunctionBeginUser;
  for (int s = 0; s < NUM_SCHEMES; s++) {
    lines[s] = (VerifySeries){what->id, schemes[s], what->reference, 0, 0, NAN};
  }
  for (int level = 0; level < series->num_grids; level++) {
    PetscCall(solve_all(what, series, level, directory, lines));
    CU_ASSERT(fabs(lines[FROM_IMAGE].error) <=
              2 * PetscMax(fabs(lines[MATCHED].error), series->accidental));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode images_of_polycrystals_are_as_good(void)
{
  const PetscReal grain = 0.36840315;
  const ImageCase cases[] = {{"voro20_Bi0.01", 0.993738607730659, 1, 0.01 * grain},
                             {"voro20_Bi1", 0.6174444125612354, 1, grain},
                             {"voro20_Bi100", 0.01615112199586025, 1, 100 * grain}};
  StructureSpec structure;
  const ImageSeries series = {&structure,
                              grain,
                              {1e-6, {1e-6, 1e-6}, {16, 16, 16}, LATERAL_PERIODIC, 1.0},
                              VerifyIsLong() ? 4 : 2,
                              1,
                              0.001};
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(Voronoi20Write(directory, "seeds.csv", (const PetscReal[2]){0, 0}, path, &structure));
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    PetscCall(compare(&cases[c], &series, directory));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 1324 grains of a spread of sizes, so that many are of few voxels. The references are what matched
   faces give on 256 cells, good to 5e-4. */
static PetscErrorCode images_of_many_grains_are_as_good(void)
{
  const ImageCase cases[] = {{"many grains, Bi = 1", 0.56482, 1, 0.1},
                             {"many grains, Bi = 100", 0.013626, 1, 10}};
  char directory[64], generator[] = "polycrystal";
  const StructureSpec structure = {.generator = generator,
                                   .grain_size = 0.1e-6,
                                   .size_spread = 0.35,
                                   .aspect = 1,
                                   .seed = 3,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .brick = {NAN, NAN, NAN}};
  const ImageSeries series = {&structure,
                              0.1,
                              {1e-6, {1e-6, 1e-6}, {32, 32, 32}, LATERAL_PERIODIC, 1.0},
                              VerifyIsLong() ? 3 : 2,
                              1,
                              0.001};

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int c = 0; c < 2; c++) PetscCall(compare(&cases[c], &series, directory));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Pores cut facets, so that their areas are counted. What is compared is the image with the
   structure itself on the same cells; pores have errors of their own. */
static PetscErrorCode images_with_pores_are_like_the_structure(void)
{
  char directory[64], generator[] = "polycrystal";
  const StructureSpec structure = {.generator = generator,
                                   .grain_size = 0.2e-6,
                                   .size_spread = 0.35,
                                   .aspect = 1,
                                   .seed = 3,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .brick = {NAN, NAN, NAN},
                                   .has_pores = PETSC_TRUE,
                                   .pores = {.fraction = 0.05, .diameter = 0.25e-6, .seed = 1}};
  const ImageSeries series = {
      &structure, 0.2, {1e-6, {1e-6, 1e-6}, {24, 24, 24}, LATERAL_INSULATING, 1.0}, 2, 1, 0};
  ImageCase what = {"grains and pores, Bi = 50", NAN, 1, 10};
  VerifySeries lines[NUM_SCHEMES];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  what.reference = 0.0293; /* of 160 cells, good to 1 %: it is not what is asserted */
  for (int s = 0; s < NUM_SCHEMES; s++) {
    lines[s] = (VerifySeries){what.id, schemes[s], what.reference, 0, 0, NAN};
  }
  for (int level = 0; level < series.num_grids; level++) {
    PetscCall(solve_all(&what, &series, level, directory, lines));
    CU_ASSERT(fabs(lines[FROM_IMAGE].error - lines[MATCHED].error) < 0.004);
    CU_ASSERT(fabs(lines[MATCHED].error) < (level ? 0.015 : 0.03));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode images_of_spheres_are_as_good(void)
{
  const PetscReal radius = cbrt(0.4 * 3 / (4 * PETSC_PI));
  const ImageCase cases[] = {{"SC_f0.4_s100_R0", 3.133363277584848, 100, 0},
                             {"SC_f0.4_s10_R0", 2.36443138662111, 10, 0},
                             {"SC_f0.4_s0.1_R0", 0.5546248583810773, 0.1, 0},
                             {"SC_f0.4_s1_R0.1", 0.962954911500009, 1, 0.1 * radius},
                             {"SC_f0.4_s1_R1", 0.7765496363120817, 1, radius},
                             {"SC_f0.4_s1_R10", 0.5481867667286353, 1, 10 * radius},
                             {"SC_f0.4_s1_R100", 0.49658370540926955, 1, 100 * radius},
                             {"SC_f0.4_s10_R0.1", 1.9056284496050306, 10, 0.1 * radius},
                             {"SC_f0.4_s10_R1", 0.9629334820305382, 10, radius},
                             {"SC_f0.4_s100_R0.1", 2.2774187626787223, 100, 0.1 * radius},
                             {"SC_f0.4_s0.1_R1", 0.548759044462535, 0.1, radius},
                             {"SC_f0.4_s2_R0.5", 1, 2, 0.5 * radius},
                             {"SC_f0.4_s10_R0.9", 1, 10, 0.9 * radius}};
  char directory[64], path[256], text[256], generator[] = "crystallites";
  const StructureSpec structure = {.generator = generator,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .grain_size = NAN,
                                   .spheres_file = path};
  const ImageSeries series = {&structure,
                              2 * radius,
                              {1e-6, {1e-6, 1e-6}, {13, 13, 13}, LATERAL_PERIODIC, 1.0},
                              VerifyIsLong() ? 3 : 2,
                              2,
                              0.0011};

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  snprintf(text, sizeof text, "x_um,y_um,z_um,radius_um\n0.5,0.5,0.5,%.17g\n", (double)radius);
  PetscCall(ScratchWrite(directory, "spheres.csv", text));
  snprintf(path, sizeof path, "%s/spheres.csv", directory);
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    PetscCall(compare(&cases[c], &series, directory));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* tilt1_* of test_tilted.c. On twelve columns of cells between two insulating sides, where the
   plane ends, it is of weight where its steps happen to be, which an exact area evens out. */
static PetscErrorCode images_of_planes_are_near(void)
{
  const PetscReal slopes[4] = {0.25, 0.5, 1, 1.5};
  char directory[64], id[64], generator[] = "planes";

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  for (int t = 0; t < 4; t++) {
    const PetscInt height = slopes[t] < 0.9 ? 1 : 2;
    PlaneSpec plane = {.at = 0.5e-6 * (PetscReal)height + 0.0137e-6, .normal = {-slopes[t], 0, 1}};
    const StructureSpec structure = {.generator = generator, .num_planes = 1, .planes = &plane};
    const ImageSeries series = {
        &structure,
        (PetscReal)height,
        {(PetscReal)height * 1e-6, {1e-6, 0.1e-6}, {24 / height, 1, 24}, LATERAL_INSULATING, 1.0},
        2,
        1,
        0.0035};

    for (PetscReal r = 0.01; r < 20; r *= 10) {
      const PetscReal reference =
          (PetscReal)height / ((PetscReal)height + r / sqrt(1 + PetscSqr(slopes[t])));
      const ImageCase what = {id, reference, 1, r};

      snprintf(id, sizeof id, "tilt1_tan%g_r%g", (double)slopes[t], (double)r);
      PetscCall(compare(&what, &series, directory));
    }
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"images of polycrystals are as good as what they show", images_of_polycrystals_are_as_good},
    {"images of many grains are as good as what they show", images_of_many_grains_are_as_good},
    {"images with pores are like what they show", images_with_pores_are_like_the_structure},
    {"images of planes are near what they show", images_of_planes_are_near},
    {"images of spheres are as good as what they show", images_of_spheres_are_as_good},
};

HARNESS_MAIN("images", tests)
