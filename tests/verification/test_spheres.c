#include "oblique.h"
#include "scratch.h"

static char generator[] = "crystallites";

static StructureSpec spheres_of(char *path)
{
  return (StructureSpec){.generator = generator,
                         .fraction = NAN,
                         .diameter = NAN,
                         .grain_size = NAN,
                         .spheres_file = path};
}

/* SC_f0.4_*: simple-cubic spheres of 40 %, matrix 1, spheres s, r = R a; multipole series, 12
   digits. Infinite s is 1e5 (4e-5 too little), infinite R 1e6, zero s 1e-8. 12, 24 and 48 cells to
   a diameter. Goals with r: 0.5 % at 24 and 0.1 % at 48 up to R = 1, above 1.5 and 0.3 %; without,
   3 % at 24. */
static PetscErrorCode arrays_of_spheres_converge(void)
{
  const struct {
    const char *id;
    PetscReal s, ratio, reference, bound[3];
    PetscBool is_stairs_better;
  } cases[] = {
      {"SC_f0.4_sinf_R0", 1e5, 0, 3.262566264108913, {0.17, 0.033, 0.018}, PETSC_FALSE},
      {"SC_f0.4_s100_R0", 100, 0, 3.133363277584848, {0.158, 0.03, 0.017}, PETSC_FALSE},
      {"SC_f0.4_s10_R0", 10, 0, 2.36443138662111, {0.081, 0.03, 0.009}, PETSC_TRUE},
      {"SC_f0.4_s2_R0", 2, 0, 1.3351367706873492, {0.0063, 0.03, 0.0015}, PETSC_TRUE},
      {"SC_f0.4_s0.1_R0", 0.1, 0, 0.5546248583810773, {0.005, 0.03, 0.0042}, PETSC_FALSE},
      {"SC_f0.4_s0.01_R0", 0.01, 0, 0.49676304242893965, {0.005, 0.03, 0.0059}, PETSC_FALSE},
      {"SC_f0.4_s0_R0", 1e-8, 0, 0.49010991455791086, {0.005, 0.03, 0.0062}, PETSC_FALSE},
      {"SC_f0.4_s1_R0.01", 1, 0.01, 0.9960317352767796, {0.0021, 0.005, 0.001}, PETSC_FALSE},
      {"SC_f0.4_s1_R0.1", 1, 0.1, 0.962954911500009, {0.0034, 0.005, 0.001}, PETSC_FALSE},
      {"SC_f0.4_s1_R1", 1, 1, 0.7765496363120817, {0.0063, 0.005, 0.00107}, PETSC_FALSE},
      {"SC_f0.4_s1_R10", 1, 10, 0.5481867667286353, {0.0147, 0.015, 0.0035}, PETSC_TRUE},
      {"SC_f0.4_s1_R100", 1, 100, 0.49658370540926955, {0.016, 0.015, 0.0045}, PETSC_FALSE},
      {"SC_f0.4_s1_Rinf", 1, 1e6, 0.49010991455791086, {0.016, 0.015, 0.0047}, PETSC_FALSE},
      {"SC_f0.4_s10_R0.1", 10, 0.1, 1.9056284496050306, {0.043, 0.005, 0.0057}, PETSC_FALSE},
      {"SC_f0.4_s10_R1", 10, 1, 0.9629334820305382, {0.006, 0.005, 0.001}, PETSC_FALSE},
      {"SC_f0.4_s100_R0.1", 100, 0.1, 2.2774187626787223, {0.078, 0.005, 0.009}, PETSC_FALSE},
      {"SC_f0.4_s0.1_R1", 0.1, 1, 0.548759044462535, {0.0067, 0.0075, 0.0041}, PETSC_FALSE},
      {"SC_f0.4_s2_R0.5", 2, 0.5, 1.0, {0.0025, 0.005, 0.001}, PETSC_FALSE},
      {"SC_f0.4_s10_R0.9", 10, 0.9, 1.0, {0.005, 0.005, 0.00125}, PETSC_FALSE}};
  const PetscReal radius = cbrt(0.4 * 3 / (4 * PETSC_PI));
  char directory[64], path[256], text[256];
  const StructureSpec structure = spheres_of(path);

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  snprintf(text, sizeof text, "x_um,y_um,z_um,radius_um\n0.5,0.5,0.5,%.17g\n", (double)radius);
  PetscCall(ScratchWrite(directory, "spheres.csv", text));
  snprintf(path, sizeof path, "%s/spheres.csv", directory);
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    const ObliqueFilm film = {
        .id = cases[c].id,
        .reference = cases[c].reference,
        .size = 2 * radius,
        .sigma = {1, cases[c].s},
        .r = cases[c].ratio * radius,
        .bound = {cases[c].bound[0], cases[c].bound[1], cases[c].bound[2]},
        .is_stairs_better = cases[c].is_stairs_better,
        .model = {.film = {1e-6, {1e-6, 1e-6}, {13, 13, 13}, LATERAL_PERIODIC, 1.0},
                  .structure = &structure}};

    PetscCall(ObliqueVerify(&film, VerifyIsLong() ? 3 : 2));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Spheres of sigma 4 in a matrix of 1 with r = a (1 - 1/4) take nothing from the field around them,
   wherever they are: R = H, and outside the potential falls evenly. */
enum { NEUTRAL = 5 };
static const PetscReal neutral[NEUTRAL][4] = {{0.31, 0.27, 0.30, 0.24},
                                              {0.78, 0.70, 0.28, 0.20},
                                              {0.33, 0.79, 0.60, 0.22},
                                              {0.80, 0.24, 0.67, 0.23},
                                              {0.55, 0.52, 0.87, 0.10}};
static const PetscReal within = 4;

static PetscErrorCode neutral_law(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  (void)data;
  *r = neutral[PetscMax(a, b) - 2][3] * (1 - 1 / within) * OBLIQUE_UNIT;
  return PETSC_SUCCESS;
}

/* How far the potential of the matrix is from 1 - z/H: at most, and root mean square. */
static PetscErrorCode measure_field(const Solved *solved, PetscReal *most, PetscReal *rms)
{
  const Grid *grid = &solved->model.grid;
  const PetscScalar *potential;
  PetscReal sums[2] = {0, 0};
  PetscInt cell = 0;

  PetscFunctionBeginUser;
  *most = 0;
  PetscCall(VecGetArrayRead(solved->potential, &potential));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    const PetscReal z = ((PetscReal)(grid->start[2] + k) + 0.5) / (PetscReal)grid->num_cells[2];

    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++, cell++) {
        const PetscReal off = fabs(potential[cell] - (1 - z));

        if (solved->model.structure.grain[GridIndex(grid, i, j, k)] != 1) continue;
        *most = PetscMax(*most, off);
        sums[0] += PetscSqr(off);
        sums[1] += 1;
      }
    }
  }
  PetscCall(VecRestoreArrayRead(solved->potential, &potential));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, most, 1, MPIU_REAL, MPIU_MAX, PETSC_COMM_WORLD));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPIU_REAL, MPIU_SUM, PETSC_COMM_WORLD));
  *rms = sqrt(sums[0] / sums[1]);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode write_neutral(const char *directory, char path[256])
{
  char text[1024] = "x_um,y_um,z_um,radius_um\n";
  size_t length = strlen(text);

  PetscFunctionBeginUser;
  for (int s = 0; s < NEUTRAL; s++) {
    length += (size_t)snprintf(text + length, sizeof text - length, "%g,%g,%g,%g\n",
                               (double)neutral[s][0], (double)neutral[s][1], (double)neutral[s][2],
                               (double)neutral[s][3]);
  }
  PetscCall(ScratchWrite(directory, "spheres.csv", text));
  snprintf(path, 256, "%s/spheres.csv", directory);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode neutral_spheres_leave_the_field_outside_uniform(void)
{
  static const char *const names[] = {"matrix", "sphere"};
  const PetscReal sigma[3][3] = {{0, 0, 0}, {1, 1, 1}, {within, within, within}};
  const PetscReal bounds[] = {0.005, 0.0025, 0.001};
  PetscReal fields[2][2]; /* off by at most and rms, of stairs and of matched faces */
  char directory[64], path[256];
  const StructureSpec structure = spheres_of(path);

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(write_neutral(directory, path));
  for (int is_matched = 1; is_matched >= 0; is_matched--) {
    const char *const scheme = is_matched ? "matched" : "stairs";
    VerifySeries total = {"exact_neutral_spheres", scheme, 1, 0, 0, NAN};
    VerifySeries most = {"exact_neutral_spheres, 1 + max. of field", scheme, 1, 0, 0, NAN};
    VerifySeries rms = {"exact_neutral_spheres, 1 + rms of field", scheme, 1, 0, 0, NAN};

    for (int level = 0; level < (VerifyIsLong() ? 3 : 2); level++) {
      const PetscInt n = 26 << level;
      const PetscReal cells = 0.46 * (PetscReal)n; /* to most spheres' diameter */
      const ModelSpec spec = {.film = {1e-6, {1e-6, 1e-6}, {n, n, n}, LATERAL_PERIODIC, 1.0},
                              .structure = &structure,
                              .is_matched = (PetscBool)is_matched,
                              .phases = {2, names},
                              .transport = {.conductivity = sigma, .boundary = neutral_law}};
      PetscReal off[2];
      Solved solved;

      PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, &solved));
      VerifyGrid(&total, cells, solved.asr.total * 1e6);
      PetscCall(measure_field(&solved, &off[0], &off[1]));
      VerifyGrid(&most, cells, 1 + off[0]);
      VerifyGrid(&rms, cells, 1 + off[1]);
      if (is_matched) CU_ASSERT(fabs(total.error) < bounds[level]);
      PetscCall(SolvedDestroy(&solved));
    }
    fields[is_matched][0] = most.error;
    fields[is_matched][1] = rms.error;
  }
  CU_ASSERT(fields[1][0] < 0.5 * fields[0][0]);
  CU_ASSERT(fields[1][1] < 0.2 * fields[0][1]);
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"arrays of spheres converge", arrays_of_spheres_converge},
    {"neutral spheres leave the field outside uniform",
     neutral_spheres_leave_the_field_outside_uniform},
};

HARNESS_MAIN("spheres", tests)
