#include "contact_faces.h"
#include "verify.h"

#include <math.h>

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};

/* A slab of one grain, width 1, cubic cells of 1/n but along y, ideal electrodes unless `parts`. */
typedef struct {
  PetscReal height;
  PetscInt cells[3];
  LateralType lateral;
  Side side;          /* that touches in part */
  PetscReal parts[4]; /* of both electrodes, two each */
} Slab;

static PetscErrorCode solve(Slab *slab, const ContactSpec *spec, Solved *solved)
{
  const PetscReal width[2] = {1, 1};
  ModelSpec model = {.film = {slab->height,
                              {1, 1},
                              {slab->cells[0], slab->cells[1], slab->cells[2]},
                              slab->lateral,
                              1},
                     .voxels = {ModelOneGrain, NULL, 1, NULL, 1},
                     .transport = {.conductivity = conductivity,
                                   .electrode = ModelEqualElectrodes,
                                   .electrode_data = slab->parts,
                                   .num_electrode_parts = {2, 2}}};

  PetscFunctionBeginUser;
  if (spec) {
    PetscCall(ContactCreate(spec, width, (PetscBool)(slab->lateral == LATERAL_PERIODIC),
                            &model.contacts[slab->side]));
  }
  PetscCall(SolvedCreate(PETSC_COMM_WORLD, &model, solved));
  for (int side = 0; side < 2; side++) PetscCall(ContactDestroy(&model.contacts[side]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode resistance(Slab *slab, const ContactSpec *spec, PetscReal *r)
{
  Solved solved;

  PetscFunctionBeginUser;
  PetscCall(solve(slab, spec, &solved));
  *r = solved.asr.total;
  ASSERT_CLOSE(SolvedBudget(&solved), *r, 1e-12);
  PetscCall(SolvedDestroy(&solved));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What a contact costs, against a reference. */
static PetscErrorCode constriction_error(VerifySeries *series, Slab *slab, const ContactSpec *spec,
                                         PetscReal *error)
{
  PetscReal part, full;

  PetscFunctionBeginUser;
  PetscCall(resistance(slab, spec, &part));
  PetscCall(resistance(slab, NULL, &full));
  ASSERT_CLOSE(full, slab->height, 1e-12);
  *error = VerifyGrid(series, (PetscReal)slab->cells[0], part - full);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* strip_w1_h1_c0.5 and strip_w1_h0.5_c0.25: slab of height h, period 1, sigma = 1, one electrode
   ideal, the other touches on a strip of width c per period; R_area - h by conformal mapping
   (sn^2 and complete elliptic integrals). Cells that touch or do not would be of first order: the
   strip would seem narrower by 2 sqrt(2)/4 h. Here edges fall on faces, and second order is left.
 */
static PetscErrorCode a_strip_in_contact_converges_to_its_constriction(void)
{
  const struct {
    const char *id;
    PetscReal height, share, reference;
  } cases[] = {{"strip_w1_h1_c0.5", 1, 0.5, 0.1103172450492774},
               {"strip_w1_h0.5_c0.25", 0.5, 0.25, 0.304886812658944}};

  PetscFunctionBeginUser;
  for (int c = 0; c < 4; c++) {
    const int which = c / 2;
    const ContactSpec spec = {CONTACT_STRIPS, cases[which].share, cases[which].share, 0};
    PetscReal errors[3];
    char what[64];
    VerifySeries series = {.what = what, .reference = cases[which].reference};

    snprintf(what, sizeof what, "%s, at the %s", cases[which].id, c % 2 ? "anode" : "cathode");
    for (int level = 0; level < 3; level++) {
      const PetscInt n = 16 << level;
      Slab slab = {.height = cases[which].height,
                   .cells = {n, 1, (PetscInt)(cases[which].height * (PetscReal)n)},
                   .side = c % 2 ? SIDE_ANODE : SIDE_CATHODE};

      PetscCall(constriction_error(&series, &slab, &spec, &errors[level]));
      if (level) CU_ASSERT(series.order > 1.9);
    }
    CU_ASSERT(fabs(errors[0]) < 8e-3);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The same strips, now with edges anywhere in their cells, 3 periods on insulating sides, and flat
   and tall cells. */
static PetscErrorCode edges_may_fall_anywhere_in_cells(void)
{
  const PetscInt grids[][2] = {{17, 17}, {29, 29}, {45, 45}, {61, 61}, {32, 96}, {96, 32}};

  PetscFunctionBeginUser;
  for (size_t g = 0; g < sizeof grids / sizeof *grids; g++) {
    const ContactSpec spec = {CONTACT_STRIPS, 0.5, 0.5, 0};
    Slab slab = {.height = 1, .cells = {grids[g][0], 1, grids[g][1]}};
    VerifySeries series = {.what = "strip_w1_h1_c0.5", .reference = 0.1103172450492774};
    const PetscReal coarse = (PetscReal)PetscMin(grids[g][0], grids[g][1]);
    PetscReal error = NAN;

    PetscCall(constriction_error(&series, &slab, &spec, &error));
    CU_ASSERT(fabs(error) < 3 / (coarse * coarse) + 1e-4);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* disc_a0.25_h0.5: slab of height 1/2 on a unit square, one electrode touches on a disc of radius
   1/4 in the middle: 11 digits, Galerkin with the exact singularity of the edge. */
static PetscErrorCode a_disc_in_contact_converges_to_its_constriction(void)
{
  const ContactSpec spec = {CONTACT_DISCS, PETSC_PI / 16, 0.5, 0};
  const PetscReal bounds[3] = {4e-3, 2e-3, 1e-3};
  VerifySeries series = {.what = "disc_a0.25_h0.5", .reference = 0.40940857796342756};

  PetscFunctionBeginUser;
  for (int level = 0; level < 3; level++) {
    const PetscInt n = 16 << level;
    Slab slab = {.height = 0.5,
                 .cells = {n, n, n / 2},
                 .lateral = level == 1 ? LATERAL_INSULATING : LATERAL_PERIODIC};
    PetscReal error = NAN;

    PetscCall(constriction_error(&series, &slab, &spec, &error));
    CU_ASSERT(fabs(error) < bounds[level]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Behind a large resistance r the current is uniform where the electrode touches: strips of share
   c, period 1, cost r (1/c - 1) + sum over m of 2 sinc(pi m c)^2 tanh(2 pi m h)/(2 pi m), the
   potential of a uniform current on the strips averaged over them; to first order in 1/r no more,
   since the current then departs by 1/r from where the power is least. */
static PetscErrorCode a_large_resistance_spreads_the_current(void)
{
  const PetscReal share = 0.3, height = 0.5, r = 1e4;
  const ContactSpec spec = {CONTACT_STRIPS, share, share, 0};
  VerifySeries series = {.what = "strip behind r = 1e4", .reference = 0};

  PetscFunctionBeginUser;
  for (int m = 1; m < 100000; m++) {
    const PetscReal k = 2 * PETSC_PI * m, sinc = sin(0.5 * k * share) / (0.5 * k * share);

    series.reference += 2 * sinc * sinc * tanh(k * height) / k;
  }
  for (int level = 0; level < 2; level++) {
    const PetscInt n = 20 << level;
    Slab slab = {.height = height, .cells = {n, 1, n / 2}, .parts = {0, 0, r, 0}};
    Solved solved;

    slab.side = SIDE_CATHODE;
    PetscCall(solve(&slab, &spec, &solved));
    ASSERT_CLOSE(solved.asr.electrodes[SIDE_CATHODE][0], r / share, 1e-4);
    VerifyGrid(&series, (PetscReal)n, solved.asr.total - r / share - height);
    CU_ASSERT(fabs(series.error) < 0.15); /* six cells to a strip */
    PetscCall(SolvedDestroy(&solved));
  }
  CU_ASSERT(series.order > 1.9);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* r between the limits, c = h = 1/2 and 1: no closed form, but bounds. The current makes the power
   least, so a uniform current on the strips gives more, r/c + 1 + 0.17 (the sum above); and each of
   the two kinds of resistance costs no less than it would alone, 1.1103 and r. */
static PetscErrorCode moderate_resistances_converge_too(void)
{
  const ContactSpec spec = {CONTACT_STRIPS, 0.5, 0.5, 0};
  const PetscReal values[] = {0.01, 0.1, 1};

  PetscFunctionBeginUser;
  for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
    PetscReal r[3];

    for (int level = 0; level < 3; level++) {
      const PetscInt n = 32 << level;
      Slab slab = {.height = 1, .cells = {n, 1, n}, .parts = {values[v], 0, 0, 0}};

      slab.side = SIDE_ANODE;
      PetscCall(resistance(&slab, &spec, &r[level]));
    }
    VerifyError("strip behind r, 32 against 128 cells", r[0], r[2]);
    VerifyError("                64 against 128 cells", r[1], r[2]);
    CU_ASSERT(fabs(r[1] - r[0]) < 6e-4);
    CU_ASSERT(fabs(r[2] - r[1]) < 0.5 * fabs(r[1] - r[0]));
    CU_ASSERT(r[2] > 1.1103 + values[v] && r[2] < 1 + 2 * values[v] + 0.17);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a strip in contact, on either side, converges to its constriction, second order",
     a_strip_in_contact_converges_to_its_constriction},
    {"edges may fall anywhere in cells, flat or tall", edges_may_fall_anywhere_in_cells},
    {"a disc in contact converges to its constriction",
     a_disc_in_contact_converges_to_its_constriction},
    {"a large resistance spreads the current", a_large_resistance_spreads_the_current},
    {"moderate resistances converge too", moderate_resistances_converge_too},
};

HARNESS_MAIN("contact", tests)
