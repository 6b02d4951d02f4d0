#include "oblique.h"
#include "seeds.h"

/* Hexagons of width 1, current along their sides that have no corner up: box 1 x sqrt(3), plates
   through the centres of grains 1, 2 and 4, 5, grain 3 in the middle; insulating sides. One cell
   thick, and as thick as 1/12 um on the coarsest grid. */
#define HEIGHT 1.7320508075688772
#define DEPTH (1 / 12.0)

static const PetscReal seeds[5][3] = {{0, DEPTH / 2, 0},
                                      {1, DEPTH / 2, 0},
                                      {0.5, DEPTH / 2, HEIGHT / 2},
                                      {0, DEPTH / 2, HEIGHT},
                                      {1, DEPTH / 2, HEIGHT}};

static ObliqueFilm honeycomb(const char *id, PetscReal reference, const StructureSpec *structure)
{
  const ObliqueFilm film = {
      .id = id,
      .reference = reference,
      .size = 1,
      .bound = {0.005, 0.0015, 0.0005},
      .model = {.film = {HEIGHT * 1e-6, {1e-6, DEPTH * 1e-6}, {12, 1, 21}, LATERAL_INSULATING, 1.0},
                .structure = structure}};

  return film;
}

/* rho = 1/sigma + r/d: the current is uniform. */
static PetscErrorCode equal_hexagons_add_r_over_d(void)
{
  StructureSpec structure;
  char directory[64], path[256], id[64];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(SeedsWrite(directory, "seeds.csv", 5, seeds, NULL, path, &structure));
  for (PetscReal r = 0.01; r < 200; r *= 10) {
    ObliqueFilm film = honeycomb(id, 1 / (1 + r), &structure);

    snprintf(id, sizeof id, "honeycomb_r%g", (double)r);
    film.r = r;
    PetscCall(ObliqueVerify(&film, 3));
  }
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Rows of sigma = 1 at the plates, a row of 5 in the middle; body-fitted finite elements, 9 digits.
 */
static PetscErrorCode rows_of_two_phases_converge(void)
{
  static const char *const phases[5] = {"first", "first", "second", "first", "first"};
  ObliqueFilm film;
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(SeedsWrite(directory, "seeds.csv", 5, seeds, phases, path, &structure));
  film = honeycomb("honeycomb_twophase_r1", 0.6268743680556758, &structure);
  film.bound[0] = 0.0097;
  film.sigma[0] = 1;
  film.sigma[1] = 5;
  film.r = 1;
  PetscCall(ObliqueVerify(&film, 3));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Slanted sides have r = 1 on the left and 3 on the right; 9 digits. */
static PetscErrorCode thrice_on_the_right(void *data, PetscInt a, PetscInt b, PetscReal *r)
{
  const PetscInt other = a == 3 ? b : a;

  (void)data;
  *r = ((a == 3 || b == 3) && (other == 2 || other == 5) ? 3 : 1) * OBLIQUE_UNIT;
  return PETSC_SUCCESS;
}

static PetscErrorCode sides_of_two_resistances_converge(void)
{
  ObliqueFilm film;
  StructureSpec structure;
  char directory[64], path[256];

  PetscFunctionBeginUser;
  PetscCall(ScratchCreate(directory));
  PetscCall(SeedsWrite(directory, "seeds.csv", 5, seeds, NULL, path, &structure));
  film = honeycomb("honeycomb_tworow_rgb_r1", 0.38137514648879495, &structure);
  film.model.transport.boundary = thrice_on_the_right;
  PetscCall(ObliqueVerify(&film, 3));
  PetscCall(ScratchDestroy(directory));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"equal hexagons add r/d", equal_hexagons_add_r_over_d},
    {"rows of two phases converge", rows_of_two_phases_converge},
    {"sides of two resistances converge", sides_of_two_resistances_converge},
};

HARNESS_MAIN("honeycomb", tests)
