#include "connectivity.h"

#include "voxels.h"

typedef struct {
  PetscBool percolates;
  PetscInt64 islands, voids;
} Outcome;

/* Computes the connectivity of a structure and checks its flags in the ghost layer. */
static PetscErrorCode find(int32_t (*grain)(const void *, const PetscInt *, const PetscReal *),
                           const PetscInt n[3], LateralType lateral, Contact *const contacts[2],
                           Outcome *outcome, int32_t **joined)
{
  const FilmSpec film = VoxelsFilm(1, 1, 1, n[0], n[1], n[2], lateral);
  const VoxelSpec voxels = {grain, n, 3, NULL, 3};
  Connectivity connectivity;
  Microstructure structure;
  int32_t *flags;
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  PetscCall(VoxelsFill(&grid, &voxels, &structure));
  PetscCall(ConnectivityCompute(&grid, &structure, contacts, &connectivity));
  outcome->percolates = connectivity.percolates;
  outcome->islands = connectivity.island_cells;
  outcome->voids = connectivity.void_cells;
  PetscCall(PetscMalloc1(GridGhostedSize(&grid), &flags));
  for (PetscInt c = 0; c < GridGhostedSize(&grid); c++) flags[c] = connectivity.is_joined[c];
  PetscCall(VoxelsGather(&grid, flags, joined));
  CU_ASSERT_EQUAL(VoxelsGhostsWrong(&grid, flags, *joined, 0, PETSC_FALSE), 0);
  PetscCall(PetscFree(flags));
  PetscCall(ConnectivityDestroy(&connectivity));
  PetscCall(MicrostructureDestroy(&structure));
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt sum(const int32_t *values, PetscInt n)
{
  PetscInt total = 0;

  for (PetscInt c = 0; c < n; c++) total += values[c];
  return total;
}

static const PetscInt cube[3] = {8, 8, 8};

static int32_t halves(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return cell[2] < 4 ? 1 : 2;
}

static PetscErrorCode a_film_without_voids_is_joined_everywhere(void)
{
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(halves, cube, LATERAL_PERIODIC, NULL, &outcome, &joined));
  CU_ASSERT(outcome.percolates && !outcome.islands && !outcome.voids);
  CU_ASSERT_EQUAL(sum(joined, 512), 512);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A solid cell at (4, 4, 4) in a shell of 26 voids. */
static int32_t shell(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  PetscInt distance = 0;

  (void)data;
  (void)centre;
  for (int d = 0; d < 3; d++) distance = PetscMax(distance, PetscAbsInt(cell[d] - 4));
  return distance == 1 ? 0 : 1;
}

static PetscErrorCode an_island_is_found_and_takes_no_part(void)
{
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(shell, cube, LATERAL_PERIODIC, NULL, &outcome, &joined));
  CU_ASSERT(outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 1);
  CU_ASSERT_EQUAL(outcome.voids, 26);
  CU_ASSERT_EQUAL(sum(joined, 512), 512 - 27);
  CU_ASSERT_EQUAL(joined[(4 * 8 + 4) * 8 + 4], 0);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A through column at (1, 1), a stub of 3 cells on the anode at (5, 5), one of 2 on the cathode. */
static int32_t stubs(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  if (cell[0] == 1 && cell[1] == 1) return 1;
  if (cell[0] == 5 && cell[1] == 5 && cell[2] < 3) return 2;
  return cell[0] == 5 && cell[1] == 5 && cell[2] > 5 ? 3 : 0;
}

static PetscErrorCode dead_ends_on_either_plate_are_no_islands(void)
{
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(stubs, cube, LATERAL_INSULATING, NULL, &outcome, &joined));
  CU_ASSERT(outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 0);
  CU_ASSERT_EQUAL(outcome.voids, 512 - 8 - 3 - 2);
  CU_ASSERT_EQUAL(sum(joined, 512), 13);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t split(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return cell[2] == 4 ? 0 : 1;
}

static PetscErrorCode a_film_cut_through_does_not_percolate(void)
{
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(split, cube, LATERAL_PERIODIC, NULL, &outcome, &joined));
  CU_ASSERT(!outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 0); /* both halves touch a plate */
  CU_ASSERT_EQUAL(outcome.voids, 64);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Even planes are open; odd planes let through at x = nx-1 and x = 0 in turn: one path that winds
   through every cell, and through every rank again and again. */
static int32_t snake(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const PetscInt last = ((const PetscInt *)data)[0] - 1;

  (void)centre;
  if (cell[2] % 2 == 0) return 1;
  return cell[0] == (cell[2] % 4 == 1 ? last : 0) ? 1 : 0;
}

/* The same with a gap in the middle of plane 6. */
static int32_t cut_snake(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  return cell[2] == 6 && cell[0] == 5 ? 0 : snake(data, cell, centre);
}

static PetscErrorCode a_path_that_winds_through_all_ranks_is_followed(void)
{
  const PetscInt n[3] = {16, 2, 13};
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(snake, n, LATERAL_INSULATING, NULL, &outcome, &joined));
  CU_ASSERT(outcome.percolates && !outcome.islands);
  CU_ASSERT_EQUAL(outcome.voids, 6 * 15 * 2); /* six odd planes */
  CU_ASSERT_EQUAL(sum(joined, 416), 416 - 180);
  PetscCall(PetscFree(joined));
  PetscCall(find(cut_snake, n, LATERAL_INSULATING, NULL, &outcome, &joined));
  CU_ASSERT(!outcome.percolates && !outcome.islands);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two half columns that meet at z = 4 across the periodic side, and only there. */
static int32_t around_the_side(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  if (cell[1] != 3) return 0;
  return (cell[0] == 0 && cell[2] <= 4) || (cell[0] == 7 && cell[2] >= 4);
}

static PetscErrorCode a_path_may_lead_through_a_periodic_side(void)
{
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(around_the_side, cube, LATERAL_PERIODIC, NULL, &outcome, &joined));
  CU_ASSERT(outcome.percolates);
  PetscCall(PetscFree(joined));
  PetscCall(find(around_the_side, cube, LATERAL_INSULATING, NULL, &outcome, &joined));
  CU_ASSERT(!outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 0);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static int32_t edge_contact(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return cell[1] == 3 && cell[0] == (cell[2] < 4 ? 2 : 3);
}

static PetscErrorCode cells_that_share_an_edge_are_not_joined(void)
{
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(find(edge_contact, cube, LATERAL_PERIODIC, NULL, &outcome, &joined));
  CU_ASSERT(!outcome.percolates);
  PetscCall(PetscFree(joined));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two walls, x from 0 to 3/8 and from 1/2 to 7/8. */
static int32_t walls(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  (void)data;
  (void)centre;
  return cell[0] % 4 == 3 ? 0 : 1 + cell[0] / 4;
}

/* An electrode touches one half, x below 1/2 or above. */
static PetscErrorCode half_contact(int half, Contact **contact)
{
  const ContactSpec spec = {CONTACT_RANDOM, 0.5, 0.5, 1};
  const PetscReal width[2] = {1, 1};

  PetscFunctionBeginUser;
  PetscCall(ContactCreate(&spec, width, PETSC_TRUE, contact));
  for (int p = 0; p < 4; p++) (*contact)->share[p] = p % 2 == half;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode electrodes_join_only_where_they_touch(void)
{
  Contact *contacts[2];
  int32_t *joined;
  Outcome outcome;

  PetscFunctionBeginUser;
  PetscCall(half_contact(0, &contacts[0]));
  PetscCall(half_contact(1, &contacts[1]));
  PetscCall(find(walls, cube, LATERAL_PERIODIC, contacts, &outcome, &joined));
  CU_ASSERT(!outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 0); /* each wall hangs on one electrode */
  PetscCall(PetscFree(joined));
  PetscCall(ContactDestroy(&contacts[1]));
  PetscCall(half_contact(0, &contacts[1]));
  PetscCall(find(walls, cube, LATERAL_PERIODIC, contacts, &outcome, &joined));
  CU_ASSERT(outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 192);
  PetscCall(PetscFree(joined));
  PetscCall(ContactDestroy(&contacts[1]));
  PetscCall(find(walls, cube, LATERAL_PERIODIC, contacts, &outcome, &joined));
  CU_ASSERT(outcome.percolates);
  CU_ASSERT_EQUAL(outcome.islands, 0);
  PetscCall(PetscFree(joined));
  PetscCall(ContactDestroy(&contacts[0]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"a film without voids is joined everywhere", a_film_without_voids_is_joined_everywhere},
    {"an island is found and takes no part", an_island_is_found_and_takes_no_part},
    {"dead ends on either plate are no islands", dead_ends_on_either_plate_are_no_islands},
    {"a film cut through does not percolate", a_film_cut_through_does_not_percolate},
    {"a path that winds through all ranks is followed",
     a_path_that_winds_through_all_ranks_is_followed},
    {"a path may lead through a periodic side", a_path_may_lead_through_a_periodic_side},
    {"cells that share an edge are not joined", cells_that_share_an_edge_are_not_joined},
    {"electrodes join only where they touch", electrodes_join_only_where_they_touch},
};

HARNESS_MAIN("connectivity", tests)
