#include "harness.h"

#include <math.h>
#include "verify.h"

/* Laws that the resistance obeys whatever the structure: exact, so asserted to what the solve
   leaves. The film is a chaotic mixture of three phases with boundary resistances and unequal
   electrodes. */

enum { SIDE_CELLS = 8, NUM_GRAINS = 40 };

/* Conductivities, boundaries (areal, times the sum of the grains' numbers) and electrodes of a
   film, which may stand on its head. */
typedef struct {
  PetscReal conductivity[4][3];
  PetscReal boundary;
  PetscReal electrodes[2]; /* of anode and cathode, times 1 + i/8, so that they are not uniform */
  PetscBool is_mirrored;
} Mixture;

static const Mixture mixture = {
    .conductivity = {{0}, {1, 2, 3}, {0.02, 0.03, 0.01}, {40, 20, 30}},
    .boundary = 0.01,
    .electrodes = {0.05, 0.6},
};

/* Blocks of two cells a side, dealt to the grains by a hash; 1 in 17 void. */
static int32_t hashed_grain(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const Mixture *film = data;
  const PetscInt z = film->is_mirrored ? SIDE_CELLS - 1 - cell[2] : cell[2];
  uint32_t hash = (uint32_t)(cell[0] / 2 + 11 * (cell[1] / 2) + 173 * (z / 2));

  (void)centre;
  hash = (hash ^ (hash >> 7)) * 2654435761u;
  hash = (hash ^ (hash >> 15)) * 2246822519u;
  hash ^= hash >> 13;
  return hash % 17 ? (int32_t)(1 + hash % NUM_GRAINS) : 0;
}

static PetscErrorCode uneven_boundary(void *data, PetscInt a, PetscInt b, PetscReal *resistance)
{
  *resistance = ((const Mixture *)data)->boundary * (PetscReal)(a + b);
  return PETSC_SUCCESS;
}

static PetscErrorCode uneven_electrode(void *data, Side side, PetscInt i, PetscInt j,
                                       PetscInt grain, PetscReal parts[])
{
  (void)j;
  (void)grain;
  parts[0] = ((const Mixture *)data)->electrodes[side] * (1 + (PetscReal)i / SIDE_CELLS);
  return PETSC_SUCCESS;
}

static PetscErrorCode mixture_solve(Mixture film, Solved *solved)
{
  PetscInt phase[NUM_GRAINS + 1] = {0};
  ModelSpec spec = {.film =
                        VoxelsFilm(1, 1.5, 2, SIDE_CELLS, SIDE_CELLS, SIDE_CELLS, LATERAL_PERIODIC),
                    .voxels = {hashed_grain, &film, NUM_GRAINS, phase, 3}};

  PetscFunctionBeginUser;
  for (PetscInt g = 1; g <= NUM_GRAINS; g++) phase[g] = 1 + g % 3;
  spec.transport = (Transport){.conductivity = film.conductivity,
                               .boundary = uneven_boundary,
                               .boundary_data = &film,
                               .electrode = uneven_electrode,
                               .electrode_data = &film,
                               .num_electrode_parts = {1, 1}};
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &spec, solved));
  CU_ASSERT(solved->model.connectivity.percolates);
  CU_ASSERT(solved->model.connectivity.void_cells > 0);
  ASSERT_CLOSE(SolvedBudget(solved), solved->asr.total, 1e-12);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode mixture_resistance(Mixture film, PetscReal *resistance)
{
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(mixture_solve(film, &solved));
  *resistance = solved.asr.total;
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Reversing the current changes its sign, no more: the mirrored film with its electrodes swapped is
   the same resistor, and every part of its budget is where it was. */
static PetscErrorCode a_film_upside_down_with_its_electrodes_swapped_is_the_same(void)
{
  Mixture turned = mixture;
  Solved upright, mirrored;

  PetscFunctionBeginUser;
  turned.is_mirrored = PETSC_TRUE;
  turned.electrodes[SIDE_ANODE] = mixture.electrodes[SIDE_CATHODE];
  turned.electrodes[SIDE_CATHODE] = mixture.electrodes[SIDE_ANODE];
  PetscCall(mixture_solve(mixture, &upright));
  PetscCall(mixture_solve(turned, &mirrored));
  CU_ASSERT(fabs(VerifyError("mirrored in z", mirrored.asr.total, upright.asr.total)) < 1e-10);
  /* parts are of first order in the potential's error, hence more loosely */
  for (PetscInt p = 1; p <= 3; p++) {
    CU_ASSERT(upright.asr.phases[p] > 0);
    ASSERT_CLOSE(mirrored.asr.phases[p], upright.asr.phases[p], 1e-6);
    for (PetscInt q = p; q <= 3; q++) {
      ASSERT_CLOSE(AsrBoundary(&mirrored.asr, p, q), AsrBoundary(&upright.asr, p, q), 1e-6);
    }
  }
  for (int side = 0; side < 2; side++) {
    ASSERT_CLOSE(mirrored.asr.electrodes[1 - side][0], upright.asr.electrodes[side][0], 1e-6);
  }
  PetscCall(SolvedDestroy(&upright));
  PetscCall(SolvedDestroy(&mirrored));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The mirror alone is no symmetry of this film: the test above would see electrodes left behind. */
static PetscErrorCode a_film_upside_down_between_the_old_electrodes_is_another(void)
{
  Mixture turned = mixture;
  PetscReal upright = 0, mirrored = 0;

  PetscFunctionBeginUser;
  turned.is_mirrored = PETSC_TRUE;
  PetscCall(mixture_resistance(mixture, &upright));
  PetscCall(mixture_resistance(turned, &mirrored));
  CU_ASSERT(fabs(VerifyError("electrodes left behind (differs)", mirrored, upright)) > 1e-4);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All conductances times s: sigma s, r/s. Then R/s. 3.7e-9 takes them to those of real films. */
static PetscErrorCode all_conductances_times_s_divide_the_resistance_by_s(void)
{
  const PetscReal factors[] = {3.7e-9, 0.3, 5.1e7};
  PetscReal resistance = 0, scaled = 0;

  PetscFunctionBeginUser;
  PetscCall(mixture_resistance(mixture, &resistance));
  for (int f = 0; f < 3; f++) {
    Mixture film = mixture;

    for (int p = 1; p <= 3; p++) {
      for (int d = 0; d < 3; d++) film.conductivity[p][d] *= factors[f];
    }
    film.boundary /= factors[f];
    film.electrodes[0] /= factors[f];
    film.electrodes[1] /= factors[f];
    PetscCall(mixture_resistance(film, &scaled));
    CU_ASSERT(fabs(VerifyError("all conductances scaled", scaled * factors[f], resistance)) <
              1e-10);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rayleigh: R is the least power at unit current, and the power of each trial current grows with
   every resistance. Each change below raises some of them, one after the other; the factor it must
   gain is far above the solve's 1e-12 and far below what it does gain. */
static PetscErrorCode more_resistance_anywhere_never_lowers_the_total(void)
{
  Mixture film = mixture;
  PetscReal before = 0, after = 0;

  PetscFunctionBeginUser;
  PetscCall(mixture_resistance(film, &before));
  for (int change = 0; change < 6; change++) {
    const char *const what[] = {"sigma_x of phase 1 lower", "sigma_y of phase 2 lower",
                                "sigma_z of phase 3 lower", "boundaries more resistive",
                                "anode more resistive",     "cathode more resistive"};

    if (change < 3)
      film.conductivity[change + 1][change] /= 1.1;
    else if (change == 3)
      film.boundary *= 1.1;
    else
      film.electrodes[change - 4] *= 1.1;
    PetscCall(mixture_resistance(film, &after));
    CU_ASSERT(VerifyError(what[change], after, before) > 1e-9);
    before = after;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a film upside down with its electrodes swapped is the same",
     a_film_upside_down_with_its_electrodes_swapped_is_the_same},
    {"a film upside down between the old electrodes is another",
     a_film_upside_down_between_the_old_electrodes_is_another},
    {"all conductances times s divide the resistance by s",
     all_conductances_times_s_divide_the_resistance_by_s},
    {"more resistance anywhere never lowers the total",
     more_resistance_anywhere_never_lowers_the_total},
};

HARNESS_MAIN("symmetry", tests)
