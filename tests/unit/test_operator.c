#include "operator.h"

#include "models.h"
#include "random.h"

static const PetscReal conductivity[4][3] = {{0}, {1, 2, 4}, {100, 100, 100}, {0.01, 0.03, 0.01}};
static PetscReal boundary_resistance = 5, electrode_parts[4] = {0.5, 0.25, 0.125, 0};

/* Three grains and voids, one cell in five each at random; the second grain twice. */
static int32_t at_random(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  const uint32_t index = (uint32_t)((cell[2] * 64 + cell[1]) * 64 + cell[0]);
  const int draw = (int)(5 * RandomUniform(11, RANDOM_TESTS, index, 0));

  (void)data;
  (void)centre;
  return draw == 4 ? 2 : draw;
}

/* Without voids. */
static int32_t all_solid(const void *data, const PetscInt cell[3], const PetscReal centre[3])
{
  return PetscMax(at_random(data, cell, centre), 1);
}

static ModelSpec random_film(PetscInt nx, PetscInt ny, PetscInt nz, LateralType lateral)
{
  ModelSpec spec = {.film = VoxelsFilm(1, 2, 3, nx, ny, nz, lateral),
                    .voxels = {at_random, NULL, 3, NULL, 3},
                    .transport = {.conductivity = conductivity,
                                  .boundary = ModelEqualBoundary,
                                  .boundary_data = &boundary_resistance,
                                  .electrode = ModelEqualElectrodes,
                                  .electrode_data = electrode_parts,
                                  .num_electrode_parts = {2, 2}}};

  spec.film.grading_z = 2;
  return spec;
}

/* The operator twice. */
typedef struct {
  Model model;
  Mat shell, twin;
  Vec x, y, ax, ay;
} Pair;

/* A number from -1 to 1 for each cell, the same on any number of ranks. */
static PetscErrorCode draw(const Grid *grid, uint32_t which, Vec x)
{
  PetscScalar *values;
  PetscInt at[3], cell[3], n = 0;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(x, &values));
  for (at[2] = 0; at[2] < grid->count[2]; at[2]++) {
    for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
      for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
        VoxelsLocate(grid, at, cell);
        values[n++] =
            2 * RandomUniform(which, RANDOM_TESTS, (uint32_t)VoxelsIndex(grid, cell), 1) - 1;
      }
    }
  }
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pair_create(MPI_Comm comm, const ModelSpec *spec, Pair *pair)
{
  PetscFunctionBeginUser;
  PetscCall(ModelCreate(comm, spec, &pair->model));
  PetscCall(OperatorCreate(&pair->model.grid, &pair->model.faces, &pair->shell));
  PetscCall(OperatorAssemble(&pair->model.grid, &pair->model.faces, MATAIJ, &pair->twin));
  PetscCall(GridVecCreate(&pair->model.grid, &pair->x));
  PetscCall(VecDuplicate(pair->x, &pair->y));
  PetscCall(VecDuplicate(pair->x, &pair->ax));
  PetscCall(VecDuplicate(pair->x, &pair->ay));
  PetscCall(draw(&pair->model.grid, 1, pair->x));
  PetscCall(draw(&pair->model.grid, 2, pair->y));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode pair_destroy(Pair *pair)
{
  PetscFunctionBeginUser;
  PetscCall(VecDestroy(&pair->x));
  PetscCall(VecDestroy(&pair->y));
  PetscCall(VecDestroy(&pair->ax));
  PetscCall(VecDestroy(&pair->ay));
  PetscCall(MatDestroy(&pair->shell));
  PetscCall(MatDestroy(&pair->twin));
  PetscCall(ModelDestroy(&pair->model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Largest difference of two vectors over the largest entry of the first. */
static PetscErrorCode difference(Vec a, Vec b, PetscReal *relative)
{
  PetscReal scale;

  PetscFunctionBeginUser;
  PetscCall(VecNorm(a, NORM_INFINITY, &scale));
  PetscCall(VecAXPY(b, -1, a));
  PetscCall(VecNorm(b, NORM_INFINITY, relative));
  *relative /= scale;
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Boxes with a periodic axis one and two cells wide, insulating ones, odd ones. */
#define NUM_FILMS 6
static ModelSpec film_number(int f)
{
  static const PetscInt cells[NUM_FILMS][3] = {{7, 5, 9}, {1, 6, 8}, {2, 6, 8},
                                               {6, 2, 8}, {2, 1, 9}, {8, 7, 4}};

  return random_film(cells[f][0], cells[f][1], cells[f][2],
                     f == 5 ? LATERAL_INSULATING : LATERAL_PERIODIC);
}

/* Both multiply the same floats in double precision: they differ by rounding, while a wrong or lost
   face changes an entry by tenths of the largest. */
static PetscErrorCode the_operator_and_its_matrix_are_the_same(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscReal relative;
    Pair pair;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    PetscCall(MatMult(pair.shell, pair.x, pair.ax));
    PetscCall(MatMult(pair.twin, pair.x, pair.ay));
    PetscCall(difference(pair.ax, pair.ay, &relative));
    CU_ASSERT(relative < 1e-12);
    PetscCall(MatGetDiagonal(pair.shell, pair.ax));
    PetscCall(MatGetDiagonal(pair.twin, pair.ay));
    PetscCall(difference(pair.ax, pair.ay, &relative));
    CU_ASSERT(relative < 1e-12);
    PetscCall(pair_destroy(&pair));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Zero in cells that take no part, as all vectors of a solve are. */
static PetscErrorCode draw_potential(const Model *model, uint32_t which, Vec x)
{
  const Grid *grid = &model->grid;
  PetscScalar *values;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(draw(grid, which, x));
  PetscCall(VecGetArray(x, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++, n++) {
        if (!model->connectivity.is_joined[GridIndex(grid, i, j, k)]) values[n] = 0;
      }
    }
  }
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A vector as a ghosted local box of floats, and back. */
static PetscErrorCode to_single(const Grid *grid, Vec x, float *single)
{
  const PetscScalar *values;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayRead(x, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        single[GridIndex(grid, i, j, k)] = (float)*values++;
      }
    }
  }
  values -= grid->count[0] * grid->count[1] * grid->count[2];
  PetscCall(VecRestoreArrayRead(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode from_single(const Grid *grid, const float *single, Vec x)
{
  PetscScalar *values;
  PetscInt n = 0;

  PetscFunctionBeginUser;
  PetscCall(VecGetArrayWrite(x, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) values[n++] = single[GridIndex(grid, i, j, k)];
    }
  }
  PetscCall(VecRestoreArrayWrite(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode put(const float *single, Vec x)
{
  PetscScalar *values;
  PetscInt n;

  PetscFunctionBeginUser;
  PetscCall(VecGetLocalSize(x, &n));
  PetscCall(VecGetArrayWrite(x, &values));
  for (PetscInt c = 0; c < n; c++) values[c] = single[c];
  PetscCall(VecRestoreArrayWrite(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Single precision: 6e-8 of the largest term, of which there are six. */
#define SINGLE 1e-6

/* Periodic axes one and two cells wide included. */
static PetscErrorCode the_structured_matrix_is_the_same(void)
{
  PetscFunctionBeginUser;
#if defined(PETSC_HAVE_HYPRE)
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscReal relative;
    Mat structured;
    Pair pair;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    PetscCall(OperatorAssemble(&pair.model.grid, &pair.model.faces, MATHYPRESTRUCT, &structured));
    PetscCall(MatMult(pair.shell, pair.x, pair.ax));
    PetscCall(MatMult(structured, pair.x, pair.ay));
    PetscCall(difference(pair.ax, pair.ay, &relative));
    CU_ASSERT(relative < 1e-12);
    PetscCall(MatDestroy(&structured));
    PetscCall(pair_destroy(&pair));
  }
#endif
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* 0 in the cells that take no part, whose rows are their own. */
static PetscErrorCode clear_lone_cells(const Model *model, Vec x)
{
  const Grid *grid = &model->grid;
  PetscScalar *values;

  PetscFunctionBeginUser;
  PetscCall(VecGetArray(x, &values));
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++, values++) {
        *values *= model->connectivity.is_joined[GridIndex(grid, i, j, k)];
      }
    }
  }
  values -= grid->count[0] * grid->count[1] * grid->count[2];
  PetscCall(VecRestoreArray(x, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Two steps in one pass over memory each, against the same with library vectors: p = x, then
   p = y + 0.7 p, each balanced, and the step of 0.3 along it. */
static PetscErrorCode directions_and_steps_are_those_of_vectors(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscReal pw, relative, sum;
    PetscScalar expected;
    float *p_single, *zw, *r;
    const Grid *grid;
    PetscInt size;
    Vec p;
    Pair pair;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    grid = &pair.model.grid;
    size = grid->count[0] * grid->count[1] * grid->count[2];
    PetscCall(draw_potential(&pair.model, 1, pair.x));
    PetscCall(draw_potential(&pair.model, 2, pair.y));
    PetscCall(VecDuplicate(pair.x, &p));
    PetscCall(PetscCalloc3(GridGhostedSize(grid), &p_single, GridGhostedSize(grid), &zw, size, &r));
    for (int step = 0; step < 2; step++) {
      if (step == 0) PetscCall(VecCopy(pair.x, p));
      if (step == 1) PetscCall(VecAYPX(p, 0.7, pair.y));
      PetscCall(OperatorBalanceDirection(pair.shell, p));
      PetscCall(MatMult(pair.twin, p, pair.ax));
      PetscCall(VecDot(p, pair.ax, &expected));
      PetscCall(to_single(grid, step ? pair.y : pair.x, zw));
      PetscCall(OperatorDirection(pair.shell, step ? 0.7 : 0, p_single, zw, &pw));
      ASSERT_CLOSE(pw, expected, SINGLE);
      PetscCall(from_single(grid, zw, pair.ay));
      PetscCall(difference(pair.ax, pair.ay, &relative));
      CU_ASSERT(relative < SINGLE);
    }
    PetscCall(VecCopy(pair.y, pair.x));
    PetscCall(OperatorStep(pair.shell, 0.3, p_single, zw, pair.x, r, &sum)); /* r was 0 */
    PetscCall(VecAXPY(pair.y, 0.3, p));
    PetscCall(difference(pair.y, pair.x, &relative));
    CU_ASSERT(relative < SINGLE);
    PetscCall(VecScale(pair.ax, -0.3));
    PetscCall(put(r, pair.ay));
    PetscCall(VecSum(pair.ay, &expected));
    PetscCall(VecNorm(pair.ay, NORM_1, &relative));
    CU_ASSERT(fabs(sum - expected) < 1e-12 * relative);
    PetscCall(difference(pair.ax, pair.ay, &relative));
    CU_ASSERT(relative < SINGLE);
    PetscCall(PetscFree3(p_single, zw, r));
    PetscCall(VecDestroy(&p));
    PetscCall(pair_destroy(&pair));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A constant is added where cells take part, 0 elsewhere, and as much flows in as out: the sum of
   b - A x, and of A z, over the cells that take part is 0. */
static PetscErrorCode balanced_potentials_carry_the_same_current_through_both_plates(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscReal sum, scale, least, most;
    Pair pair;
    Vec before;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    for (int is_direction = 0; is_direction < 2; is_direction++) {
      PetscCall(draw_potential(&pair.model, 1, pair.x));
      PetscCall(VecDuplicate(pair.x, &before));
      PetscCall(VecCopy(pair.x, before));
      PetscCall(VecZeroEntries(pair.y));
      if (is_direction) {
        PetscCall(OperatorBalanceDirection(pair.shell, pair.x));
      } else {
        PetscCall(OperatorBalance(pair.shell, pair.x));
        PetscCall(OperatorRightHandSide(&pair.model.grid, &pair.model.faces, pair.y));
      }
      PetscCall(MatMult(pair.twin, pair.x, pair.ax));
      PetscCall(VecAXPY(pair.ax, -1, pair.y));
      PetscCall(clear_lone_cells(&pair.model, pair.ax));
      PetscCall(VecSum(pair.ax, &sum));
      PetscCall(VecNorm(pair.ax, NORM_1, &scale));
      CU_ASSERT(fabs(sum) <= 1e-12 * scale);
      PetscCall(VecAXPY(before, -1, pair.x));
      PetscCall(VecMin(before, NULL, &least));
      PetscCall(VecMax(before, NULL, &most));
      /* lone cells are left at 0 */
      CU_ASSERT(most - least < 1e-14 || fabs(most) < 1e-14 || fabs(least) < 1e-14);
      PetscCall(VecDestroy(&before));
    }
    PetscCall(pair_destroy(&pair));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* b - A x and x.Ax - 2 b.x + 1.b against library vectors: both in double precision. */
static PetscErrorCode residuals_and_energies_are_those_of_vectors(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscReal energy, relative;
    PetscScalar xax, bx, total, *work;
    PetscInt size;
    float *r;
    Pair pair;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    PetscCall(VecGetLocalSize(pair.x, &size));
    PetscCall(PetscMalloc1(size, &r));
    PetscCall(PetscMalloc1(GridGhostedSize(&pair.model.grid), &work));
    PetscCall(OperatorResidual(pair.shell, pair.y, pair.x, work, r, &energy));
    PetscCall(PetscFree(work));
    PetscCall(MatMult(pair.twin, pair.x, pair.ax));
    PetscCall(VecDot(pair.x, pair.ax, &xax));
    PetscCall(VecDot(pair.x, pair.y, &bx));
    PetscCall(VecSum(pair.y, &total));
    ASSERT_CLOSE(energy, xax - 2 * bx + total, 1e-12);
    PetscCall(VecAYPX(pair.ax, -1, pair.y));
    PetscCall(put(r, pair.ay));
    PetscCall(difference(pair.ax, pair.ay, &relative));
    CU_ASSERT(relative < SINGLE);
    PetscCall(PetscFree(r));
    PetscCall(pair_destroy(&pair));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_operator_is_symmetric_and_positive(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscScalar xay, yax, xax;
    PetscReal norm;
    Pair pair;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    PetscCall(MatMult(pair.shell, pair.x, pair.ax));
    PetscCall(MatMult(pair.shell, pair.y, pair.ay));
    PetscCall(VecDot(pair.x, pair.ay, &xay));
    PetscCall(VecDot(pair.y, pair.ax, &yax));
    PetscCall(VecDot(pair.x, pair.ax, &xax));
    PetscCall(VecNorm(pair.ax, NORM_2, &norm));
    CU_ASSERT(PetscAbsScalar(xay - yax) < 1e-12 * norm * norm);
    CU_ASSERT(xax > 0);
    PetscCall(pair_destroy(&pair));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Each rank alone knows the whole answer; the film on all ranks must give its own part of it. */
static PetscErrorCode the_result_does_not_depend_on_the_number_of_ranks(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    const PetscScalar *shared, *whole;
    PetscInt at[3], cell[3], n = 0;
    PetscReal worst = 0, scale;
    Pair all, one;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &all));
    PetscCall(pair_create(PETSC_COMM_SELF, &spec, &one));
    PetscCall(MatMult(all.shell, all.x, all.ax));
    PetscCall(MatMult(one.shell, one.x, one.ax));
    PetscCall(VecNorm(one.ax, NORM_INFINITY, &scale));
    PetscCall(VecGetArrayRead(all.ax, &shared));
    PetscCall(VecGetArrayRead(one.ax, &whole));
    for (at[2] = 0; at[2] < all.model.grid.count[2]; at[2]++) {
      for (at[1] = 0; at[1] < all.model.grid.count[1]; at[1]++) {
        for (at[0] = 0; at[0] < all.model.grid.count[0]; at[0]++) {
          VoxelsLocate(&all.model.grid, at, cell);
          worst = PetscMax(worst,
                           PetscAbsScalar(shared[n++] - whole[VoxelsIndex(&one.model.grid, cell)]));
        }
      }
    }
    CU_ASSERT(worst < 1e-14 * scale);
    PetscCall(VecRestoreArrayRead(all.ax, &shared));
    PetscCall(VecRestoreArrayRead(one.ax, &whole));
    PetscCall(pair_destroy(&all));
    PetscCall(pair_destroy(&one));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Sum of the conductances of both plates' faces, and number of cells without part in conduction. */
static PetscErrorCode sum_plates(const Model *model, PetscReal sums[2], PetscReal *idle)
{
  const Grid *grid = &model->grid;
  const PetscInt plane = grid->count[0] * grid->count[1];
  PetscReal local[3] = {0, 0, 0};

  PetscFunctionBeginUser;
  for (PetscInt c = 0; c < plane; c++) {
    if (grid->start[2] == 0) local[0] += model->faces.conductance[2][c];
    if (grid->start[2] + grid->count[2] == grid->num_cells[2]) {
      local[1] += model->faces.conductance[2][plane * grid->count[2] + c];
    }
  }
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      for (PetscInt i = 0; i < grid->count[0]; i++) {
        local[2] += !model->connectivity.is_joined[GridIndex(grid, i, j, k)];
      }
    }
  }
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, local, 3, MPIU_REAL, MPIU_SUM, grid->comm));
  sums[0] = local[0];
  sums[1] = local[1];
  *idle = local[2];
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* For x = 1 everywhere only plates and idle cells are left: x.Ax = anode + cathode + idle cells. */
static PetscErrorCode a_constant_feels_only_plates_and_idle_cells(void)
{
  PetscFunctionBeginUser;
  for (int f = 0; f < NUM_FILMS; f++) {
    const ModelSpec spec = film_number(f);
    PetscReal plates[2], idle;
    PetscScalar sum;
    Pair pair;

    PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
    PetscCall(sum_plates(&pair.model, plates, &idle));
    CU_ASSERT(idle > 0 && plates[0] > 0 && plates[1] > 0);
    PetscCall(VecSet(pair.x, 1));
    PetscCall(MatMult(pair.shell, pair.x, pair.ax));
    PetscCall(VecSum(pair.ax, &sum));
    ASSERT_CLOSE(sum, plates[0] + plates[1] + idle, 1e-12);
    PetscCall(pair_destroy(&pair));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A row of an idle cell gives back its value, and no other row sees that value. */
static PetscErrorCode idle_cells_have_rows_of_their_own(void)
{
  const ModelSpec spec = film_number(0);
  const PetscScalar *before, *after;
  PetscScalar *x;
  PetscInt n = 0;
  Pair pair;

  PetscFunctionBeginUser;
  PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
  PetscCall(MatMult(pair.shell, pair.x, pair.ax));
  for (int changed = 0; changed < 2; changed++) { /* first change, then look */
    const Grid *grid = &pair.model.grid;

    n = 0;
    PetscCall(VecGetArray(pair.x, &x));
    PetscCall(VecGetArrayRead(pair.ax, &before));
    PetscCall(VecGetArrayRead(pair.ay, &after));
    for (PetscInt k = 0; k < grid->count[2]; k++) {
      for (PetscInt j = 0; j < grid->count[1]; j++) {
        for (PetscInt i = 0; i < grid->count[0]; i++, n++) {
          const int is_joined = pair.model.connectivity.is_joined[GridIndex(grid, i, j, k)];

          if (!changed && !is_joined) x[n] = 1000 + (PetscScalar)n;
          if (changed) CU_ASSERT_EQUAL(after[n], is_joined ? before[n] : x[n]);
        }
      }
    }
    PetscCall(VecRestoreArray(pair.x, &x));
    PetscCall(VecRestoreArrayRead(pair.ax, &before));
    PetscCall(VecRestoreArrayRead(pair.ay, &after));
    if (!changed) PetscCall(MatMult(pair.shell, pair.x, pair.ay));
  }
  PetscCall(pair_destroy(&pair));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* One cell column of known faces: widths 1, film 1 x 1 x 3 of conductivity 4 in cells of length 1,
   contacts 0.75 and 0.125. Plates: 1/(0.75 + 1/8) = 8/7 and 1/(0.125 + 1/8) = 4; inside 4. In units
   of 4:
     row 0: 2/7 + 1, -1, 0;  row 1: -1, 2, -1;  row 2: 0, -1, 2;  rhs: 2/7, 0, 0. */
static PetscErrorCode the_rows_of_a_column_are_as_computed_by_hand(void)
{
  const PetscReal rows[3][3] = {{9.0 / 7, -1, 0}, {-1, 2, -1}, {0, -1, 2}};
  ModelSpec spec = random_film(1, 1, 3, LATERAL_PERIODIC);
  const PetscScalar *values;
  Pair pair;

  PetscFunctionBeginUser;
  spec.film.width[1] = spec.film.grading_z = 1;
  spec.voxels.grain = ModelOneGrain;
  PetscCall(pair_create(PETSC_COMM_SELF, &spec, &pair)); /* three cells do not go on four ranks */
  ASSERT_CLOSE(pair.model.faces.unit, 4, 1e-14);
  for (PetscInt c = 0; c < 3; c++) {
    PetscCall(VecZeroEntries(pair.x));
    PetscCall(VecSetValue(pair.x, c, 1, INSERT_VALUES));
    PetscCall(VecAssemblyBegin(pair.x));
    PetscCall(VecAssemblyEnd(pair.x));
    for (int is_twin = 0; is_twin < 2; is_twin++) {
      PetscCall(MatMult(is_twin ? pair.twin : pair.shell, pair.x, pair.ax));
      PetscCall(VecGetArrayRead(pair.ax, &values));
      for (PetscInt r = 0; r < 3; r++) CU_ASSERT_DOUBLE_EQUAL(values[r], rows[r][c], 2e-7);
      PetscCall(VecRestoreArrayRead(pair.ax, &values));
    }
  }
  PetscCall(VecZeroEntries(pair.ax));
  PetscCall(OperatorRightHandSide(&pair.model.grid, &pair.model.faces, pair.ax));
  PetscCall(VecGetArrayRead(pair.ax, &values));
  for (PetscInt r = 0; r < 3; r++) CU_ASSERT_DOUBLE_EQUAL(values[r], r ? 0 : 2.0 / 7, 2e-7);
  PetscCall(VecRestoreArrayRead(pair.ax, &values));
  PetscCall(pair_destroy(&pair));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The right-hand side is what the anode at 1 V drives in: A 1 - b is left with the cathode's faces
   alone, on cells next to the cathode. So tall a film that ranks divide it along z. */
static PetscErrorCode the_right_hand_side_lives_next_to_the_anode(void)
{
  ModelSpec spec = random_film(4, 3, 16, LATERAL_INSULATING);
  const PetscScalar *values;
  PetscReal plates[2], idle;
  PetscScalar sum;
  Pair pair;

  PetscFunctionBeginUser;
  spec.voxels.grain = all_solid;
  PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
  PetscCall(sum_plates(&pair.model, plates, &idle));
  CU_ASSERT_EQUAL(idle, 0);
  PetscCall(VecZeroEntries(pair.y));
  PetscCall(OperatorRightHandSide(&pair.model.grid, &pair.model.faces, pair.y));
  PetscCall(VecSum(pair.y, &sum));
  ASSERT_CLOSE(sum, plates[0], 1e-12);
  PetscCall(VecSet(pair.x, 1));
  PetscCall(MatMult(pair.shell, pair.x, pair.ax));
  PetscCall(VecAXPY(pair.ax, -1, pair.y));
  PetscCall(VecGetArrayRead(pair.ax, &values));
  {
    const Grid *grid = &pair.model.grid;
    const PetscInt plane = grid->count[0] * grid->count[1];
    const PetscBool has_cathode =
        (PetscBool)(grid->start[2] + grid->count[2] == grid->num_cells[2]);

    for (PetscInt c = 0; c < plane * grid->count[2]; c++) {
      const PetscBool is_last = (PetscBool)(has_cathode && c >= plane * (grid->count[2] - 1));

      CU_ASSERT_DOUBLE_EQUAL(values[c], is_last ? pair.model.faces.conductance[2][c + plane] : 0,
                             1e-12);
    }
  }
  PetscCall(VecRestoreArrayRead(pair.ax, &values));
  PetscCall(pair_destroy(&pair));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode the_faces_of_an_operator_can_be_had(void)
{
  const ModelSpec spec = film_number(0);
  const Faces *faces;
  Pair pair;

  PetscFunctionBeginUser;
  PetscCall(pair_create(PETSC_COMM_WORLD, &spec, &pair));
  PetscCall(OperatorGetFaces(pair.shell, &faces));
  CU_ASSERT_PTR_EQUAL(faces, &pair.model.faces);
  PetscCall(OperatorGetFaces(pair.twin, &faces));
  CU_ASSERT_PTR_NULL(faces);
  PetscCall(pair_destroy(&pair));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"the operator and its matrix are the same, diagonal too",
     the_operator_and_its_matrix_are_the_same},
    {"hypre's structured matrix is the same", the_structured_matrix_is_the_same},
    {"balanced potentials carry the same current through both plates",
     balanced_potentials_carry_the_same_current_through_both_plates},
    {"directions and steps are those of vectors", directions_and_steps_are_those_of_vectors},
    {"residuals and energies are those of vectors", residuals_and_energies_are_those_of_vectors},
    {"the operator is symmetric and positive", the_operator_is_symmetric_and_positive},
    {"the result does not depend on the number of ranks",
     the_result_does_not_depend_on_the_number_of_ranks},
    {"a constant feels only plates and idle cells", a_constant_feels_only_plates_and_idle_cells},
    {"idle cells have rows of their own", idle_cells_have_rows_of_their_own},
    {"the rows of a column are as computed by hand", the_rows_of_a_column_are_as_computed_by_hand},
    {"the right-hand side lives next to the anode", the_right_hand_side_lives_next_to_the_anode},
    {"the faces of an operator can be had", the_faces_of_an_operator_can_be_had},
};

HARNESS_MAIN("operator", tests)
