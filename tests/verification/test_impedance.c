#include "spectrum.h"

#include <stdio.h>

/* Impedance against closed forms. Lengths in um, sigma in S/m: areal impedances count in UNIT. */
#define UNIT 1e-6 /* [Ohm m^2] */

enum { FREQUENCIES = 20 };

/* The k-th of FREQUENCIES from 1e4 down to 1e-4. */
static PetscReal omega_at(int k)
{
  return PetscPowReal(10, 4 - 8.0 * k / (FREQUENCIES - 1));
}

static PetscComplex bulk(PetscReal sigma, PetscReal permittivity, PetscReal omega)
{
  return 1 / (sigma + omega * permittivity * PETSC_i);
}

enum { LAYERS = 4, LAYER_CELLS = 3 };

static int32_t layer_of(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)centre;
  return 1 + (int32_t)(cell[2] / *(const PetscInt *)data);
}

/* Maxwell-Wagner: Z = sum of h/(sigma + i omega epsilon). */
static PetscErrorCode two_layers_are_two_elements_in_series(void)
{
  const PetscReal sigma[3][3] = {{0}, {1, 1, 1}, {0.01, 0.01, 0.01}};
  const PetscInt cells = 4;
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT, UNIT, 3, 4, 8, LATERAL_PERIODIC),
                                 .voxels = {layer_of, &cells, 2, NULL, 2},
                                 .transport = {.conductivity = sigma}},
                       .permittivity = {0, 0.5, 3}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    const PetscReal omega = omega_at(k);

    PetscCall(SpectrumSolve(&spectrum, omega, &point));
    SpectrumAssert("two layers", omega, point.impedance / UNIT,
                   0.5 * bulk(1, 0.5, omega) + 0.5 * bulk(0.01, 3, omega), 1e-8);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Every kind of element at once: layers, boundaries, both electrodes. */
static PetscErrorCode a_stack_is_its_elements_in_series(void)
{
  const PetscReal sigma[LAYERS + 1][3] = {
      {0}, {1, 1, 1}, {0.1, 0.1, 0.1}, {20, 20, 20}, {0.004, 0.004, 0.004}};
  const PetscInt cells = LAYER_CELLS;
  PetscReal boundaries[LAYERS - 1] = {0.3 * UNIT, 2 * UNIT, 5 * UNIT};
  PetscReal electrodes[4] = {3 * UNIT, UNIT, 0.2 * UNIT, 0};
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT, LAYERS * UNIT, 4, 3,
                                                    LAYERS * LAYER_CELLS, LATERAL_INSULATING),
                                 .voxels = {layer_of, &cells, LAYERS, NULL, LAYERS},
                                 .transport = {sigma,
                                               ModelStackBoundary,
                                               boundaries,
                                               ModelEqualElectrodes,
                                               electrodes,
                                               {2, 1},
                                               0,
                                               NULL}},
                       .permittivity = {0, 0.5, 0.2, 0.001, 1},
                       .boundary = 7 / UNIT,
                       .electrode = {40 / UNIT, 1000 / UNIT}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    const PetscReal omega = omega_at(k);
    PetscComplex reference = SpectrumElement(3, 40, omega) + SpectrumElement(1, 40, omega) +
                             SpectrumElement(0.2, 1000, omega);

    for (int l = 0; l < LAYERS; l++) {
      reference += bulk(sigma[l + 1][2], film.permittivity[l + 1], omega);
      if (l) reference += SpectrumElement(boundaries[l - 1] / UNIT, 7, omega);
    }
    PetscCall(SpectrumSolve(&spectrum, omega, &point));
    SpectrumAssert("stack", omega, point.impedance / UNIT, reference, 1e-8);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A blocking electrode is its capacitor in series. */
static PetscErrorCode a_blocking_electrode_is_a_capacitor_in_series(void)
{
  const PetscReal sigma[2][3] = {{0}, {2, 2, 2}};
  const PetscInt cells = 6;
  PetscReal electrodes[4] = {NAN, 0, 0.5 * UNIT, 0};
  const AcFilm film = {
      .model =
          {.film = VoxelsFilm(UNIT, UNIT, UNIT, 4, 4, 6, LATERAL_PERIODIC),
           .voxels = {layer_of, &cells, 1, NULL, 1},
           .transport = {sigma, NULL, NULL, ModelEqualElectrodes, electrodes, {1, 1}, 0, NULL}},
      .permittivity = {0, 0.01},
      .electrode = {300 / UNIT, 0},
      .is_blocking = {PETSC_TRUE, PETSC_FALSE}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    const PetscReal omega = omega_at(k);

    PetscCall(SpectrumSolve(&spectrum, omega, &point));
    SpectrumAssert("blocking", omega, point.impedance / UNIT,
                   bulk(2, 0.01, omega) + 0.5 + 1 / (300 * omega * PETSC_i), 1e-8);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Layers of two phases at an angle, one period of `cells` cells along x and along z: normal to
   (1/h_x, 1/h_z). */
static int32_t tilted_layer(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscInt cells = *(const PetscInt *)data;

  (void)centre;
  return 1 + (int32_t)((cell[0] + cell[2]) % cells / (cells / 2));
}

static const PetscReal laminate_sigma[3][3] = {{0}, {1, 1, 1}, {0.01, 0.01, 0.01}};
static const PetscReal laminate_permittivity[3] = {0, 0.5, 3};
#define LAMINATE_TAN 0.75 /* h_z/h_x */

/* Of a film that is a number of periods, each LAMINATE_TAN long, thick. */
static PetscErrorCode laminate_impedance(PetscInt cells, PetscInt periods,
                                         PetscComplex impedance[FREQUENCIES])
{
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT / (PetscReal)cells,
                                                    LAMINATE_TAN * (PetscReal)periods * UNIT, cells,
                                                    1, periods * cells, LATERAL_PERIODIC),
                                 .voxels = {tilted_layer, &cells, 2, NULL, 2},
                                 .transport = {.conductivity = laminate_sigma}},
                       .permittivity = {0, laminate_permittivity[1], laminate_permittivity[2]}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    PetscCall(SpectrumSolve(&spectrum, omega_at(k), &point));
    impedance[k] = point.impedance / UNIT;
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Between plates the current is free to flow sideways, so that a film of many periods has
   Z = L/kappa_zz + a constant of its two ends, kappa_zz = kappa_par sin^2 + kappa_perp cos^2, the
   arithmetic and the harmonic mean. Of what n cells to a period make of it, kappa_perp is exact and
   kappa_par lacks 1/n of a constant (two faces of n lie between the phases): both limits by
   Richardson. */
static PetscErrorCode a_tilted_laminate_has_its_effective_tensor(void)
{
  enum { SHORT = 6, LONG = 12 };
  const PetscReal sin2 = LAMINATE_TAN * LAMINATE_TAN / (1 + LAMINATE_TAN * LAMINATE_TAN);
  const PetscReal length = LAMINATE_TAN * (LONG - SHORT);
  PetscComplex impedance[2][2][FREQUENCIES];

  PetscFunctionBeginUser;
  for (int fine = 0; fine < 2; fine++) {
    PetscCall(laminate_impedance(8 << fine, SHORT, impedance[fine][0]));
    PetscCall(laminate_impedance(8 << fine, LONG, impedance[fine][1]));
  }
  for (int k = 0; k < FREQUENCIES; k++) {
    const PetscReal omega = omega_at(k);
    const PetscComplex a = bulk(laminate_sigma[1][0], laminate_permittivity[1], omega);
    const PetscComplex b = bulk(laminate_sigma[2][0], laminate_permittivity[2], omega);
    const PetscComplex effective = sin2 * (1 / a + 1 / b) / 2 + (1 - sin2) * 2 / (a + b);
    PetscComplex found[2];

    for (int fine = 0; fine < 2; fine++) {
      found[fine] = length / (impedance[fine][1][k] - impedance[fine][0][k]);
    }
    SpectrumAssert("tilted laminate", omega, 2 * found[1] - found[0], effective, 1e-8);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static char bricks[] = "bricks", polycrystal[] = "polycrystal", planes[] = "planes";
static char crystallites[] = "crystallites";
static const char *const names[] = {"grain", "sphere"};

/* The brick layer: L/kappa + (L/d - 1) z. */
static PetscErrorCode bricks_are_the_brick_layer(void)
{
  const PetscReal sigma[2][3] = {{0}, {1, 1, 1}};
  const StructureSpec structure = {.generator = bricks,
                                   .grain_size = NAN,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .brick = {0.25 * UNIT, 0.25 * UNIT, 0.25 * UNIT},
                                   .size_spread = 0.35,
                                   .aspect = 1};
  PetscReal resistance = 2 * UNIT;
  const AcFilm film = {
      .model = {.film = VoxelsFilm(0.5 * UNIT, 0.5 * UNIT, UNIT, 8, 8, 16, LATERAL_PERIODIC),
                .structure = &structure,
                .phases = {1, names},
                .is_matched = PETSC_TRUE,
                .transport = {.conductivity = sigma,
                              .boundary = ModelEqualBoundary,
                              .boundary_data = &resistance}},
      .permittivity = {0, 0.01},
      .boundary = 0.5 / UNIT};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    const PetscReal omega = omega_at(k);

    PetscCall(SpectrumSolve(&spectrum, omega, &point));
    SpectrumAssert("bricks", omega, point.impedance / UNIT,
                   bulk(1, 0.01, omega) + 3 * SpectrumElement(2, 0.5, omega), 1e-8);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A polycrystal at omega -> 0 is its own DC resistance, at omega -> infinity a capacitor. */
static PetscErrorCode a_polycrystal_has_its_dc_limit(void)
{
  const PetscReal sigma[2][3] = {{0}, {1, 1, 1}};
  const StructureSpec structure = {.generator = polycrystal,
                                   .grain_size = 0.4 * UNIT,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .brick = {NAN, NAN, NAN},
                                   .size_spread = 0.35,
                                   .aspect = 1,
                                   .seed = 1};
  PetscReal resistance = 0.8 * UNIT, electrodes[4] = {UNIT, 0, 0.3 * UNIT, 0};
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT, UNIT, 16, 16, 16, LATERAL_PERIODIC),
                                 .structure = &structure,
                                 .phases = {1, names},
                                 .is_matched = PETSC_TRUE,
                                 .transport = {sigma,
                                               ModelEqualBoundary,
                                               &resistance,
                                               ModelEqualElectrodes,
                                               electrodes,
                                               {1, 1},
                                               0,
                                               NULL}},
                       .permittivity = {0, 0.01},
                       .boundary = 5 / UNIT,
                       .electrode = {40 / UNIT, 10 / UNIT}};
  ImpedancePoint point;
  Spectrum spectrum;
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &film.model, &solved));
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  PetscCall(SpectrumSolve(&spectrum, 1e8, &point));
  /* grains alone: a capacitor, in parallel to which they conduct */
  ASSERT_CLOSE(PetscImaginaryPartComplex(point.impedance) / UNIT, -1 / (1e8 * 0.01), 0.02);
  for (int k = 0; k < FREQUENCIES; k++) {
    PetscCall(SpectrumSolve(&spectrum, omega_at(k), &point));
  }
  PetscCall(SpectrumSolve(&spectrum, 1e-9, &point));
  SpectrumAssert("polycrystal at DC", 1e-9, point.impedance / UNIT, solved.asr.total / UNIT, 1e-7);
  /* not to rounding: faces keep other numbers at a frequency, in single precision */
  ASSERT_CLOSE(PetscRealPartComplex(point.impedance), solved.asr.total, 1e-8);
  PetscCall(SpectrumDestroy(&spectrum));
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A plane of any tilt between insulating sides: H/kappa + z |n_z|, as at DC. */
static PetscErrorCode tilted_boundary(PetscInt n, PetscReal bound)
{
  const PetscReal sigma[2][3] = {{0}, {1, 1, 1}};
  PlaneSpec plane = {.at = 0.5 * UNIT, .normal = {-0.3, 0.5, 1}};
  const StructureSpec structure = {.generator = planes, .num_planes = 1, .planes = &plane};
  PetscReal resistance = 10 * UNIT;
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT, UNIT, n, n, n, LATERAL_INSULATING),
                                 .structure = &structure,
                                 .phases = {1, names},
                                 .is_matched = PETSC_TRUE,
                                 .transport = {.conductivity = sigma,
                                               .boundary = ModelEqualBoundary,
                                               .boundary_data = &resistance}},
                       .permittivity = {0, 0.01},
                       .boundary = 1 / UNIT};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    const PetscReal omega = omega_at(k);

    PetscCall(SpectrumSolve(&spectrum, omega, &point));
    SpectrumAssert("tilted boundary", omega, point.impedance / UNIT,
                   bulk(1, 0.01, omega) + SpectrumElement(10, 1, omega) / PetscSqrtReal(1.34),
                   bound);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode a_tilted_boundary_adds_z_times_its_cosine(void)
{
  PetscFunctionBeginUser;
  PetscCall(tilted_boundary(12, 0.004));
  PetscCall(tilted_boundary(24, 0.0015));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Dilute spheres: kappa = kappa_m (1 + 3 f d/(1 - f d)), d = (k_s - k_m)/(k_s + 2 k_m), complex; to
   f^(7/3) for a cubic array. */
static PetscErrorCode dilute_spheres_follow_maxwell(void)
{
  const PetscReal sigma[3][3] = {{0}, {1, 1, 1}, {3, 3, 3}}, f = 0.05;
  const PetscReal radius = cbrt(f * 3 / (4 * PETSC_PI));
  PetscReal resistance = 0;
  char directory[64], path[256], text[256];
  const StructureSpec structure = {.generator = crystallites,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .grain_size = NAN,
                                   .spheres_file = path};
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT, UNIT, 32, 32, 32, LATERAL_PERIODIC),
                                 .structure = &structure,
                                 .phases = {2, names},
                                 .is_matched = PETSC_TRUE,
                                 .transport = {.conductivity = sigma,
                                               .boundary = ModelEqualBoundary,
                                               .boundary_data = &resistance}},
                       .permittivity = {0, 1, 0.3}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  snprintf(text, sizeof text, "x_um,y_um,z_um,radius_um\n0.5,0.5,0.5,%.17g\n", (double)radius);
  PetscCall(ScratchWrite(directory, "spheres.csv", text));
  snprintf(path, sizeof path, "%s/spheres.csv", directory);
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (PetscReal omega = 100; omega > 0.001; omega /= 10) {
    const PetscComplex matrix = 1 / bulk(1, 1, omega), sphere = 1 / bulk(3, 0.3, omega);
    const PetscComplex d = (sphere - matrix) / (sphere + 2 * matrix);

    PetscCall(SpectrumSolve(&spectrum, omega, &point));
    /* of what the spheres do: 5 % */
    SpectrumAssert("dilute spheres", omega, UNIT / point.impedance / matrix - 1,
                   3 * f * d / (1 - f * d), 0.05);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t checkerboard(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscReal x = centre[0] / UNIT, z = centre[2] / UNIT;
  const int in_x = x > 0.25 && x<0.75, in_z = z> 0.25 && z < 0.75;

  (void)data;
  (void)cell;
  return in_x == in_z ? 1 : 2;
}

/* sqrt(kappa_1 kappa_2) holds for complex conductivities too (DYKHNE 1970; the field bends at every
   edge). Contrast 1 + 2 i omega; the corners' singularity makes the order less than 2. */
static PetscErrorCode a_checkerboard_is_the_geometric_mean(void)
{
  const PetscReal sigma[3][3] = {{0}, {1, 1, 1}, {1, 1, 1}};
  const PetscReal omegas[] = {1, 0.3, 0.1}, bounds[] = {3e-3, 3e-4, 4e-5};
  const AcFilm film = {.model = {.film = VoxelsFilm(UNIT, UNIT, UNIT, 64, 1, 64, LATERAL_PERIODIC),
                                 .voxels = {checkerboard, NULL, 2, NULL, 2},
                                 .transport = {.conductivity = sigma}},
                       .permittivity = {0, 0, 2}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < 3; k++) {
    PetscCall(SpectrumSolve(&spectrum, omegas[k], &point));
    SpectrumAssert("checkerboard", omegas[k], UNIT / point.impedance,
                   PetscSqrtComplex(1 + 2 * omegas[k] * PETSC_i), bounds[k]);
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A chaotic mixture with voids and unequal electrodes, upright or on its head. */
enum { SIDE_CELLS = 8, NUM_GRAINS = 40 };

static int32_t hashed_grain(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscInt z = *(const PetscBool *)data ? SIDE_CELLS - 1 - cell[2] : cell[2];
  uint32_t hash = (uint32_t)(cell[0] / 2 + 11 * (cell[1] / 2) + 173 * (z / 2));

  (void)centre;
  hash = (hash ^ (hash >> 7)) * 2654435761u;
  hash = (hash ^ (hash >> 15)) * 2246822519u;
  hash ^= hash >> 13;
  return hash % 17 ? (int32_t)(1 + hash % NUM_GRAINS) : 0;
}

static PetscErrorCode mixture_impedance(PetscBool is_mirrored, PetscComplex impedance[FREQUENCIES])
{
  const PetscReal sigma[4][3] = {{0}, {1, 2, 3}, {0.02, 0.03, 0.01}, {40, 20, 30}};
  PetscInt phase[NUM_GRAINS + 1] = {0};
  PetscReal resistance = 0.4 * UNIT, electrodes[4] = {0.05 * UNIT, 0, 0.6 * UNIT, 0};
  AcFilm film = {.model = {.film = VoxelsFilm(UNIT, 1.5 * UNIT, 2 * UNIT, SIDE_CELLS, SIDE_CELLS,
                                              SIDE_CELLS, LATERAL_PERIODIC),
                           .voxels = {hashed_grain, &is_mirrored, NUM_GRAINS, phase, 3},
                           .transport = {sigma,
                                         ModelEqualBoundary,
                                         &resistance,
                                         ModelEqualElectrodes,
                                         electrodes,
                                         {1, 1},
                                         0,
                                         NULL}},
                 .permittivity = {0, 0.1, 0.2, 0},
                 .boundary = 3 / UNIT,
                 .electrode = {100 / UNIT, 20 / UNIT}};
  ImpedancePoint point;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  for (PetscInt g = 1; g <= NUM_GRAINS; g++) phase[g] = 1 + g % 3;
  if (is_mirrored) {
    electrodes[0] = 0.6 * UNIT;
    electrodes[2] = 0.05 * UNIT;
    film.electrode[0] = 20 / UNIT;
    film.electrode[1] = 100 / UNIT;
  }
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k < FREQUENCIES; k++) {
    PetscCall(SpectrumSolve(&spectrum, omega_at(k), &point));
    impedance[k] = point.impedance / UNIT;
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Reciprocity; and SpectrumSolve() asserts Re Z >= 0 and Im Z <= 0 at every frequency. */
static PetscErrorCode a_film_upside_down_with_its_electrodes_swapped_is_the_same(void)
{
  PetscComplex upright[FREQUENCIES], mirrored[FREQUENCIES];

  PetscFunctionBeginUser;
  PetscCall(mixture_impedance(PETSC_FALSE, upright));
  PetscCall(mixture_impedance(PETSC_TRUE, mirrored));
  for (int k = 0; k < FREQUENCIES; k++) {
    SpectrumAssert("mirrored in z", omega_at(k), mirrored[k], upright[k], 1e-9);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Grains, some of a second phase of conductivity `other`, at the tolerance of the case file. */
static PetscErrorCode hard_spectrum(PetscReal resistance, PetscReal ratio, PetscReal other,
                                    PetscBool is_blocking)
{
  const PetscReal sigma[3][3] = {{0}, {1, 1, 1}, {other, other, other}};
  static char second[] = "sphere";
  PhaseFractionSpec fraction = {.phase = second, .fraction = 0.5};
  const StructureSpec structure = {.generator = polycrystal,
                                   .grain_size = 0.3 * UNIT,
                                   .fraction = NAN,
                                   .diameter = NAN,
                                   .brick = {NAN, NAN, NAN},
                                   .size_spread = 0.35,
                                   .aspect = 1,
                                   .seed = 1,
                                   .num_phase_fractions = other != 1,
                                   .phase_fractions = &fraction};
  PetscReal r = resistance * UNIT, electrodes[4] = {0.1 * UNIT, 0, 0.3 * UNIT, 0};
  AcFilm film = {
      .model =
          {.film = VoxelsFilm(UNIT, UNIT, UNIT, 20, 20, 20, LATERAL_PERIODIC),
           .structure = &structure,
           .phases = {2, names},
           .is_matched = PETSC_TRUE,
           .transport =
               {sigma, ModelEqualBoundary, &r, ModelEqualElectrodes, electrodes, {1, 1}, 0, NULL}},
      .permittivity = {0, 1, 1},
      .boundary = ratio / r,
      .electrode = {1e4 / UNIT, 0},
      .is_blocking = {is_blocking, PETSC_FALSE},
      .tolerance = 1e-6};
  ImpedancePoint points[11], exact;
  Spectrum spectrum;

  PetscFunctionBeginUser;
  PetscCall(SpectrumCreate(PETSC_COMM_WORLD, &film, &spectrum));
  for (int k = 0; k <= 10; k++) {
    PetscCall(SpectrumSolve(&spectrum, PetscPowReal(10, 5 - k), &points[k]));
    CU_ASSERT(points[k].iterations <= 15);
    CU_ASSERT(points[k].balance < 1e-6);
  }
  film.tolerance = 1e-11;
  for (int k = 0; k <= 10; k += 3) {
    PetscCall(SpectrumSolve(&spectrum, PetscPowReal(10, 5 - k), &exact));
    CU_ASSERT(PetscAbsComplex(points[k].impedance - exact.impedance) <=
              points[k].error * PetscAbsComplex(exact.impedance));
  }
  PetscCall(SpectrumDestroy(&spectrum));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode fifteen_iterations_do_and_the_estimate_bounds_the_error(void)
{
  PetscFunctionBeginUser;
  PetscCall(hard_spectrum(3, 100, 1, PETSC_FALSE));
  PetscCall(hard_spectrum(3e4, 100, 1, PETSC_FALSE));
  PetscCall(hard_spectrum(1e-3, 0.01, 1, PETSC_FALSE));
  PetscCall(hard_spectrum(3, 1e5, 1, PETSC_TRUE));
  PetscCall(hard_spectrum(3, 100, 1e-4, PETSC_FALSE));
  PetscCall(hard_spectrum(0.3, 100, 1e-6, PETSC_TRUE));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"fifteen iterations do, and the estimate bounds the error",
     fifteen_iterations_do_and_the_estimate_bounds_the_error},
    {"two layers are two elements in series", two_layers_are_two_elements_in_series},
    {"a stack is its elements in series", a_stack_is_its_elements_in_series},
    {"a blocking electrode is a capacitor in series",
     a_blocking_electrode_is_a_capacitor_in_series},
    {"a tilted laminate has its effective tensor", a_tilted_laminate_has_its_effective_tensor},
    {"bricks are the brick layer", bricks_are_the_brick_layer},
    {"a polycrystal has its DC limit", a_polycrystal_has_its_dc_limit},
    {"a tilted boundary adds z times its cosine", a_tilted_boundary_adds_z_times_its_cosine},
    {"dilute spheres follow Maxwell", dilute_spheres_follow_maxwell},
    {"a checkerboard is the geometric mean", a_checkerboard_is_the_geometric_mean},
    {"a film upside down with its electrodes swapped is the same",
     a_film_upside_down_with_its_electrodes_swapped_is_the_same},
};

HARNESS_MAIN("impedance", tests)
