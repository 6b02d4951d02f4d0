#include "harness.h"

#include <math.h>
#include "grid.h"

static const FilmSpec film = {3.0, {2.0, 1.0}, {8, 5, 6}, LATERAL_PERIODIC, 1.0};

static PetscErrorCode edges_are_equally_spaced_without_grading(void)
{
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  for (int d = 0; d < 3; d++) {
    const PetscReal length = d == 2 ? 3.0 : film.width[d];

    CU_ASSERT_EQUAL(grid.edges[d][0], 0.0);
    CU_ASSERT_EQUAL(grid.edges[d][film.cells[d]], length);
    for (PetscInt c = 0; c < film.cells[d]; c++) {
      ASSERT_CLOSE(GridSpacing(&grid, d, c), length / (PetscReal)film.cells[d], 1e-14);
    }
  }
  ASSERT_CLOSE(GridPlateArea(&grid), 2.0, 1e-15);
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode grading_is_the_ratio_of_largest_to_smallest_cell(void)
{
  PetscFunctionBeginUser;
  for (PetscInt n = 3; n <= 12; n++) {
    FilmSpec graded = film;
    PetscReal edges[13], smallest = 1e9, largest = 0;

    graded.cells[2] = n;
    graded.grading_z = 7.5;
    FilmPlaceEdges(&graded, edges);
    CU_ASSERT_EQUAL(edges[0], 0.0);
    CU_ASSERT_EQUAL(edges[n], 3.0);
    for (PetscInt c = 0; c < n; c++) {
      const PetscReal width = edges[c + 1] - edges[c];

      smallest = PetscMin(smallest, width);
      largest = PetscMax(largest, width);
      ASSERT_CLOSE(width, edges[n - c] - edges[n - c - 1], 1e-12); /* alike at both electrodes */
    }
    ASSERT_CLOSE(largest / smallest, 7.5, 1e-12);
    ASSERT_CLOSE(edges[1] - edges[0], smallest, 1e-12); /* fine at the electrodes */
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode one_or_two_cells_cannot_be_graded_and_are_equal(void)
{
  FilmSpec graded = film;
  PetscReal edges[3];

  PetscFunctionBeginUser;
  graded.grading_z = 7.5;
  graded.cells[2] = 2;
  FilmPlaceEdges(&graded, edges);
  ASSERT_CLOSE(edges[1], 1.5, 1e-15);
  graded.cells[2] = 1;
  FilmPlaceEdges(&graded, edges);
  CU_ASSERT_EQUAL(edges[1], 3.0);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Anode layers 0.1 (2 cells) and 0.3 (1 cell), cathode layer 0.2 (4 cells), from the film
   outwards: edges -0.4, -0.1, -0.05, 0 ... 3, 3.05, 3.1, 3.15, 3.2. */
static PetscErrorCode layers_lie_outside_the_film_at_their_exact_thickness(void)
{
  const GridLayer anode[2] = {{0.1, 2}, {0.3, 1}}, cathode[1] = {{0.2, 4}};
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 2, anode, 1, cathode, &grid));
  CU_ASSERT_EQUAL(grid.num_cells[2], 13);
  CU_ASSERT_EQUAL(grid.film_cells[0], 3);
  CU_ASSERT_EQUAL(grid.film_cells[1], 9);
  ASSERT_CLOSE(grid.edges[2][0], -0.4, 1e-15);
  ASSERT_CLOSE(grid.edges[2][1], -0.1, 1e-15);
  ASSERT_CLOSE(grid.edges[2][2], -0.05, 1e-15);
  CU_ASSERT_EQUAL(grid.edges[2][3], 0.0);
  CU_ASSERT_EQUAL(grid.edges[2][9], 3.0);
  for (int c = 1; c <= 4; c++) ASSERT_CLOSE(grid.edges[2][9 + c], 3.0 + 0.05 * c, 1e-15);
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode spacing_and_centres_wrap_at_periodic_sides_only(void)
{
  FilmSpec graded = film;
  PetscReal centres[3][16];
  Grid grid;

  PetscFunctionBeginUser;
  graded.grading_z = 4;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &graded, 0, NULL, 0, NULL, &grid));
  CU_ASSERT(grid.is_periodic[0] && grid.is_periodic[1] && !grid.is_periodic[2]);
  CU_ASSERT_EQUAL(GridSpacing(&grid, 2, -1), GridSpacing(&grid, 2, 0)); /* clamped */
  CU_ASSERT_EQUAL(GridSpacing(&grid, 2, 6), GridSpacing(&grid, 2, 5));
  for (int d = 0; d < 3; d++) {
    PetscCall(GridCentres(&grid, d, centres[d]));
    for (PetscInt i = -1; i <= grid.count[d]; i++) {
      const PetscInt n = grid.num_cells[d];
      PetscInt cell = grid.start[d] + i;

      cell = d < 2 ? (cell + n) % n : PetscMin(PetscMax(cell, 0), n - 1);
      ASSERT_CLOSE(centres[d][i + 1], 0.5 * (grid.edges[d][cell] + grid.edges[d][cell + 1]), 1e-15);
    }
  }
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode an_axis_one_cell_wide_is_not_periodic(void)
{
  FilmSpec flat = film;
  Grid grid;

  PetscFunctionBeginUser;
  flat.cells[1] = 1;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &flat, 0, NULL, 0, NULL, &grid));
  CU_ASSERT(grid.is_periodic[0] && !grid.is_periodic[1] && grid.is_lateral_periodic);
  PetscCall(GridDestroy(&grid));
  flat.lateral = LATERAL_INSULATING;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &flat, 0, NULL, 0, NULL, &grid));
  CU_ASSERT(!grid.is_periodic[0] && !grid.is_lateral_periodic);
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode ranks_are_shared_out_with_the_least_surface(void)
{
  PetscInt ranks[3];

  PetscFunctionBeginUser;
  /* 4 ranks on 64 x 8 x 8: three cuts of 64 cells each, against 64 + 512 in a 2 x 2 split */
  CU_ASSERT(GridShareOut(4, (const PetscInt[3]){64, 8, 8}, NULL, ranks));
  CU_ASSERT(ranks[0] == 4 && ranks[1] == 1 && ranks[2] == 1);
  /* 8 ranks on a cube: three cuts of n^2; 8 along one axis would be seven */
  CU_ASSERT(GridShareOut(8, (const PetscInt[3]){16, 16, 16}, NULL, ranks));
  CU_ASSERT(ranks[0] == 2 && ranks[1] == 2 && ranks[2] == 2);
  /* a long box across its axis, unless that costs three times as much a face and more */
  CU_ASSERT(GridShareOut(2, (const PetscInt[3]){32, 32, 96}, NULL, ranks));
  CU_ASSERT(ranks[0] == 1 && ranks[1] == 1 && ranks[2] == 2);
  CU_ASSERT(
      GridShareOut(2, (const PetscInt[3]){32, 32, 96}, (const PetscReal[3]){1, 1, 3.1}, ranks));
  CU_ASSERT(ranks[2] == 1);
  /* a box one cell thick along two axes leaves one way */
  CU_ASSERT(GridShareOut(6, (const PetscInt[3]){1, 1, 6}, NULL, ranks));
  CU_ASSERT(ranks[0] == 1 && ranks[1] == 1 && ranks[2] == 6);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode shares_are_even_and_in_pairs_where_that_costs_little(void)
{
  static const PetscInt slabs[7] = {10, 10, 10, 10, 8, 8, 8}; /* the largest is 10 in any case */

  PetscFunctionBeginUser;
  for (PetscInt p = 0; p < 7; p++) CU_ASSERT_EQUAL(GridShare(64, 7, p), slabs[p]);
  for (PetscInt p = 0; p < 5; p++) CU_ASSERT_EQUAL(GridShare(32, 5, p), p < 2 ? 7 : 6); /* not 8 */
  for (PetscInt ranks = 1; ranks <= 9; ranks++) {
    for (PetscInt n = ranks; n <= 200; n++) {
      const PetscInt even = (n + ranks - 1) / ranks;
      PetscInt sum = 0;

      for (PetscInt p = 0; p < ranks; p++) {
        const PetscInt share = GridShare(n, ranks, p);

        CU_ASSERT(share > 0 && (PetscReal)share <= 1.08 * (PetscReal)even);
        sum += share;
      }
      CU_ASSERT_EQUAL(sum, n);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Lines of flat cells stay on one rank: even in the graded film, whose middle is coarse. */
static PetscErrorCode lines_of_flat_cells_are_not_cut(void)
{
  FilmSpec films[] = {{1e-6, {3e-7, 3e-7}, {8, 8, 24}, LATERAL_PERIODIC, 1.0},
                      {1e-6, {1e-6, 1e-6}, {8, 8, 24}, LATERAL_PERIODIC, 1.0},
                      {1e-6, {3e-7, 3e-7}, {8, 8, 24}, LATERAL_PERIODIC, 1000.0}};
  PetscMPIInt size;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  for (size_t f = 0; f < sizeof films / sizeof *films; f++) {
    Grid grid;

    PetscCall(GridCreate(PETSC_COMM_WORLD, &films[f], 0, NULL, 0, NULL, &grid));
    CU_ASSERT_EQUAL(grid.ranks[2] > 1, size > 1 && f == 0);
    PetscCall(GridDestroy(&grid));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode too_many_ranks_for_the_cells_are_refused(void)
{
  const FilmSpec dot = {1.0, {1.0, 1.0}, {1, 1, 1}, LATERAL_PERIODIC, 1.0};
  PetscMPIInt size;
  PetscInt ranks[3];
  Grid grid;

  PetscFunctionBeginUser;
  CU_ASSERT(
      !GridShareOut(7, (const PetscInt[3]){6, 6, 6}, NULL, ranks)); /* 7 is prime and above 6 */
  CU_ASSERT(!GridShareOut(2, dot.cells, NULL, ranks));
  PetscCallMPI(MPI_Comm_size(PETSC_COMM_WORLD, &size));
  if (size > 1) {
    CU_ASSERT_EQUAL(GridCreate(PETSC_COMM_WORLD, &dot, 0, NULL, 0, NULL, &grid), PETSC_ERR_ARG_SIZ);
    PetscCall(GridDestroy(&grid));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode every_cell_has_one_owner(void)
{
  PetscInt owned, total;
  Grid grid;

  PetscFunctionBeginUser;
  PetscCall(GridCreate(PETSC_COMM_WORLD, &film, 0, NULL, 0, NULL, &grid));
  owned = grid.count[0] * grid.count[1] * grid.count[2];
  PetscCall(MPIU_Allreduce(&owned, &total, 1, MPIU_INT, MPI_SUM, PETSC_COMM_WORLD));
  CU_ASSERT_EQUAL(total, 8 * 5 * 6);
  CU_ASSERT_EQUAL(GridIndex(&grid, -1, -1, -1), 0);
  CU_ASSERT_EQUAL(GridIndex(&grid, grid.count[0], grid.count[1], grid.count[2]),
                  GridGhostedSize(&grid) - 1);
  PetscCall(GridDestroy(&grid));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"edges are equally spaced without grading", edges_are_equally_spaced_without_grading},
    {"grading_z is the ratio of the largest to the smallest cell",
     grading_is_the_ratio_of_largest_to_smallest_cell},
    {"one or two cells cannot be graded and are equal",
     one_or_two_cells_cannot_be_graded_and_are_equal},
    {"layers lie outside the film at their exact thickness",
     layers_lie_outside_the_film_at_their_exact_thickness},
    {"spacing and centres wrap at periodic sides only",
     spacing_and_centres_wrap_at_periodic_sides_only},
    {"an axis one cell wide is not periodic", an_axis_one_cell_wide_is_not_periodic},
    {"shares are even, and in pairs where that costs little",
     shares_are_even_and_in_pairs_where_that_costs_little},
    {"lines of flat cells are not cut", lines_of_flat_cells_are_not_cut},
    {"ranks are shared out with the least surface", ranks_are_shared_out_with_the_least_surface},
    {"too many ranks for the cells are refused", too_many_ranks_for_the_cells_are_refused},
    {"every cell has one owner", every_cell_has_one_owner},
};

HARNESS_MAIN("grid", tests)
