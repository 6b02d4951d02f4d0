#include "verify.h"

#include <math.h>

/* Part of an electrode in contact: the rest has a resistance no current overcomes. */
typedef struct {
  PetscInt cells; /* across the period */
  PetscReal share;
  Side side;
} Contact;

static PetscErrorCode strip(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                            PetscReal parts[])
{
  const Contact *contact = data;
  const PetscReal x = ((PetscReal)i + 0.5) / (PetscReal)contact->cells;

  (void)j;
  (void)grain;
  parts[0] = side == contact->side && fabs(x - 0.5) > 0.5 * contact->share ? 1e12 : 0;
  return PETSC_SUCCESS;
}

/* strip_w1_h1_c0.5: R_area = 1.1103172450492773; strip_w1_h0.5_c0.25: 0.804886812658944. The
   current density is singular at the strip's edges, where the scheme is of first order: the contact
   seems narrower by a fixed part of a cell, measured 0.72 h on all grids. With dR/dc =
   -cot(pi c/2)/2 (thick film: R = ln(1/sin(pi c/2))/pi) that is an error of 0.36 h for c = 1/2 and
   0.87 h for c = 1/4; the bounds allow 0.85 h of seeming width. */
static PetscErrorCode a_strip_in_contact_converges_to_its_constriction(void)
{
  const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
  const struct {
    const char *id;
    PetscReal height, share, reference, slope; /* -dR/dc */
  } cases[] = {{"strip_w1_h1_c0.5", 1, 0.5, 1.1103172450492773, 0.5},
               {"strip_w1_h0.5_c0.25", 0.5, 0.25, 0.804886812658944, 1.207}};

  PetscFunctionBeginUser;
  for (int c = 0; c < 4; c++) { /* each at the cathode and at the anode */
    const int which = c / 2;
    char what[64];
    VerifySeries series = {.what = what, .reference = cases[which].reference};

    snprintf(what, sizeof what, "%s, at the %s", cases[which].id, c % 2 ? "anode" : "cathode");
    for (int level = 0; level < (VerifyIsLong() ? 5 : 3); level++) {
      const PetscInt n = 16 << level;
      Contact contact = {n, cases[which].share, c % 2 ? SIDE_ANODE : SIDE_CATHODE};
      const ModelSpec spec = {.film = {cases[which].height,
                                       {1.0, 1.0},
                                       {n, 1, (PetscInt)(cases[which].height * (PetscReal)n)},
                                       LATERAL_PERIODIC,
                                       1.0},
                              .voxels = {ModelOneGrain, NULL, 1, NULL, 1},
                              .transport = {.conductivity = conductivity,
                                            .electrode = strip,
                                            .electrode_data = &contact,
                                            .num_electrode_parts = {1, 1}}};
      PetscReal resistance;

      PetscCall(SolvedResistance(&spec, &resistance));
      VerifyGrid(&series, cases[which].share * (PetscReal)n, resistance);
      if (level) CU_ASSERT(series.order > 0.9);
      CU_ASSERT(fabs(series.error) * cases[which].reference <
                0.85 * cases[which].slope / (PetscReal)n);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode disc(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                           PetscReal parts[])
{
  const Contact *contact = data;
  const PetscReal x = ((PetscReal)i + 0.5) / (PetscReal)contact->cells - 0.5;
  const PetscReal y = ((PetscReal)j + 0.5) / (PetscReal)contact->cells - 0.5;

  (void)grain;
  parts[0] = side == contact->side && hypot(x, y) > contact->share ? 1e12 : 0;
  return PETSC_SUCCESS;
}

/* disc_a0.25_h0.5: R_area = 0.9094085779634276, first order as the strip. The disc's cells have its
   area only to a few percent, so that orders are not smooth: C h is what is asserted, 0.72 h of
   seeming radius with dR/da = -1/(4 a^2) = -4 for a disc on a thick film. */
static PetscErrorCode a_disc_in_contact_converges_to_its_constriction(void)
{
  const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};
  VerifySeries series = {.what = "disc_a0.25_h0.5", .reference = 0.9094085779634276};

  PetscFunctionBeginUser;
  for (int level = 0; level < (VerifyIsLong() ? 4 : 3); level++) {
    const PetscInt n = 16 << level;
    Contact contact = {n, 0.25, SIDE_CATHODE};
    const ModelSpec spec = {.film = {0.5, {1.0, 1.0}, {n, n, n / 2}, LATERAL_PERIODIC, 1.0},
                            .voxels = {ModelOneGrain, NULL, 1, NULL, 1},
                            .transport = {.conductivity = conductivity,
                                          .electrode = disc,
                                          .electrode_data = &contact,
                                          .num_electrode_parts = {1, 1}}};
    PetscReal resistance;

    PetscCall(SolvedResistance(&spec, &resistance));
    VerifyGrid(&series, 0.5 * (PetscReal)n, resistance);
    CU_ASSERT(fabs(series.error) * series.reference < 0.72 * 4 / (PetscReal)n);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a strip in contact, on either side, converges to its constriction",
     a_strip_in_contact_converges_to_its_constriction},
    {"a disc in contact converges to its constriction",
     a_disc_in_contact_converges_to_its_constriction},
};

HARNESS_MAIN("contacts", tests)
