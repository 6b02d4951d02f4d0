#include "contact.h"

#include <math.h>
#include "voxels.h"

#define WIDTH_X 3.0
#define WIDTH_Y 2.0

static const PetscReal width[2] = {WIDTH_X, WIDTH_Y};

/* Share of the electrode that touches, summed over its cells. */
static PetscErrorCode covered_share(const Contact *contact, const PetscInt n[2],
                                    LateralType lateral, const PetscReal growth[2],
                                    PetscReal *share)
{
  const FilmSpec film = VoxelsFilm(WIDTH_X, WIDTH_Y, 1, n[0], n[1], 1, lateral);
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  *share = 0;
  for (PetscInt j = 0; j < grid.count[1]; j++) {
    for (PetscInt i = 0; i < grid.count[0]; i++) {
      *share += ContactCoverage(contact, &grid, i, j, growth) / (PetscReal)(n[0] * n[1]);
    }
  }
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, share, 1, MPIU_REAL, MPIU_SUM, grid.comm));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_fraction_is_met_on_any_grid(void)
{
  const ContactSpec specs[] = {{CONTACT_DISCS, 0.2, 0.5, 0},    {CONTACT_DISCS, 0.7, 0.9, 0},
                               {CONTACT_STRIPS, 0.37, 0.4, 0},  {CONTACT_STRIPS, 0.95, 2.5, 0},
                               {CONTACT_RANDOM, 0.23, 0.3, 1},  {CONTACT_RANDOM, 0.813, 0.25, 2},
                               {CONTACT_RANDOM, 0.999, 0.5, 3}, {CONTACT_DISCS, 1e-3, 0.08, 0}};
  const PetscInt grids[][2] = {{48, 32}, {50, 47}, {97, 31}};

  PetscFunctionBeginUser;
  for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
    for (size_t g = 0; g < sizeof grids / sizeof *grids; g++) {
      for (int lateral = 0; lateral < 2; lateral++) {
        PetscReal share;
        Contact *contact;

        PetscCall(ContactCreate(&specs[s], width, (PetscBool)!lateral, &contact));
        PetscCall(covered_share(contact, grids[g], (LateralType)lateral, NULL, &share));
        ASSERT_CLOSE(share, specs[s].fraction, 1e-6);
        CU_ASSERT(fabs(contact->piece[0] / specs[s].size - 1) < 0.3);
        PetscCall(ContactDestroy(&contact));
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* By hand: 2 x 1 ellipses of half axes r + g_x, r + g_y; 3 strips on either side; gaps stay open.
 */
static PetscErrorCode growth_is_that_of_every_edge(void)
{
  const ContactSpec discs = {CONTACT_DISCS, 0.2, 0.8739, 0}, strips = {CONTACT_STRIPS, 0.5, 0.5, 0};
  const PetscReal growth[2] = {0.03, 0.02}, much[2] = {9, 9};
  const PetscInt n[2] = {60, 40};
  const PetscReal radius = sqrt(0.2 * WIDTH_X * WIDTH_Y / (2 * PETSC_PI));
  PetscReal share;
  Contact *contact;

  PetscFunctionBeginUser;
  PetscCall(ContactCreate(&discs, width, PETSC_TRUE, &contact));
  CU_ASSERT_EQUAL(contact->num[0], 2);
  CU_ASSERT_EQUAL(contact->num[1], 1);
  ASSERT_CLOSE(contact->gap, 1.5 - 2 * radius, 1e-12);
  PetscCall(covered_share(contact, n, LATERAL_PERIODIC, growth, &share));
  ASSERT_CLOSE(share, 2 * PETSC_PI * (radius + 0.03) * (radius + 0.02) / 6, 1e-9);
  PetscCall(ContactDestroy(&contact));

  PetscCall(ContactCreate(&strips, width, PETSC_FALSE, &contact));
  PetscCall(covered_share(contact, n, LATERAL_INSULATING, growth, &share));
  ASSERT_CLOSE(share, 3 * 0.56 / 3, 1e-9);
  PetscCall(covered_share(contact, n, LATERAL_INSULATING, much, &share));
  ASSERT_CLOSE(share, 0.5 + 0.5 * 0.8, 1e-9);
  PetscCall(ContactDestroy(&contact));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One square of 1/4 alone in one corner of the electrode: grown, it reaches over the sides if the
   electrode repeats. Then two at a corner, and across the sides, overlap only once. */
static PetscErrorCode squares_grow_across_sides_and_into_each_other(void)
{
  const ContactSpec spec = {CONTACT_RANDOM, 1.0 / 96, 0.25, 1};
  const PetscInt n[2] = {60, 40};
  const PetscReal growth[2] = {0.05, 0.05};
  PetscReal share;
  Contact *contact;

  PetscFunctionBeginUser;
  for (int repeats = 0; repeats < 2; repeats++) {
    PetscCall(ContactCreate(&spec, width, (PetscBool)repeats, &contact));
    CU_ASSERT_EQUAL(contact->num[0], 12);
    CU_ASSERT_EQUAL(contact->num[1], 8);
    PetscCall(PetscArrayzero(contact->share, 96));
    contact->share[0] = 1;
    PetscCall(covered_share(contact, n, LATERAL_PERIODIC, growth, &share));
    ASSERT_CLOSE(share, (repeats ? 0.35 * 0.35 : 0.3 * 0.3) / 6, 1e-9);
    contact->share[13] = 1; /* touches the first at a corner */
    PetscCall(covered_share(contact, n, LATERAL_PERIODIC, growth, &share));
    ASSERT_CLOSE(share, ((repeats ? 0.35 * 0.35 : 0.3 * 0.3) + 0.35 * 0.35 - 0.01) / 6, 1e-9);
    contact->share[1] = 0.5; /* fills half of the corner between them: from 0.25 to 0.375 */
    PetscCall(covered_share(contact, n, LATERAL_PERIODIC, NULL, &share));
    ASSERT_CLOSE(share, 2.5 * 0.0625 / 6, 1e-9);
    PetscCall(ContactDestroy(&contact));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode squares_depend_on_the_seed_alone(void)
{
  ContactSpec spec = {CONTACT_RANDOM, 0.3, 0.25, 7};
  Contact *contacts[3];
  PetscInt differ[2] = {0, 0}, checksum = 0, sums[2];

  PetscFunctionBeginUser;
  PetscCall(ContactCreate(&spec, width, PETSC_TRUE, &contacts[0]));
  PetscCall(ContactCreate(&spec, width, PETSC_FALSE, &contacts[1]));
  spec.seed = 8;
  PetscCall(ContactCreate(&spec, width, PETSC_TRUE, &contacts[2]));
  for (PetscInt p = 0; p < 96; p++) {
    for (int other = 0; other < 2; other++) {
      differ[other] += contacts[0]->share[p] != contacts[1 + other]->share[p];
    }
    if (contacts[0]->share[p] > 0) checksum += p * p;
  }
  CU_ASSERT_EQUAL(differ[0], 0);
  CU_ASSERT(differ[1] > 10);
  PetscCall(MPIU_Allreduce(&checksum, &sums[0], 1, MPIU_INT, MPI_MIN, PETSC_COMM_WORLD));
  PetscCall(MPIU_Allreduce(&checksum, &sums[1], 1, MPIU_INT, MPI_MAX, PETSC_COMM_WORLD));
  CU_ASSERT_EQUAL(sums[0], sums[1]); /* the same on every rank */
  for (int c = 0; c < 3; c++) PetscCall(ContactDestroy(&contacts[c]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the fraction is met on any grid", the_fraction_is_met_on_any_grid},
    {"growth is that of every edge, and closes no gap", growth_is_that_of_every_edge},
    {"squares grow across sides and into each other",
     squares_grow_across_sides_and_into_each_other},
    {"squares depend on the seed alone", squares_depend_on_the_seed_alone},
};

HARNESS_MAIN("contact", tests)
