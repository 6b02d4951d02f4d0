#include "oblique.h"

#include <math.h>

static const char *const names[2] = {"first", "second"};

/* Counted by the longer of the cells' edges along x and z; there may be one cell along y. */
static PetscReal count_per_size(const ObliqueFilm *film, const FilmSpec *grid)
{
  const PetscReal across = grid->width[0] / (PetscReal)grid->cells[0];
  const PetscReal along = grid->thickness / (PetscReal)grid->cells[2];

  return film->size * 1e-6 / PetscMax(across, along);
}

PetscErrorCode ObliqueConverge(const ObliqueFilm *film, PetscBool is_matched, int num_grids,
                               PetscReal errors[])
{
  const PetscReal first = film->sigma[0] > 0 ? film->sigma[0] : 1, second = film->sigma[1];
  const PetscReal sigma[3][3] = {{0, 0, 0}, {first, first, first}, {second, second, second}};
  VerifySeries series = {
      .what = film->id, .scheme = is_matched ? "matched" : "stairs", .reference = film->reference};
  PetscReal r = film->r * OBLIQUE_UNIT, resistance;
  ModelSpec model = film->model;

  PetscFunctionBeginUser;
  model.is_matched = is_matched;
  model.phases = (PhaseNames){second > 0 ? 2 : 1, names};
  model.transport.conductivity = sigma;
  if (!model.transport.boundary) {
    model.transport.boundary = ModelEqualBoundary;
    model.transport.boundary_data = &r;
  }
  for (int level = 0; level < num_grids; level++) {
    PetscCall(SolvedResistance(&model, &resistance));
    errors[level] =
        VerifyGrid(&series, count_per_size(film, &model.film), model.film.thickness / resistance);
    for (int d = 0; d < 3; d++) model.film.cells[d] *= 2;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ObliqueVerify(const ObliqueFilm *film, int num_grids)
{
  PetscReal matched[OBLIQUE_GRIDS], stairs[OBLIQUE_GRIDS];

  PetscFunctionBeginUser;
  PetscCall(ObliqueConverge(film, PETSC_TRUE, num_grids, matched));
  PetscCall(ObliqueConverge(film, PETSC_FALSE, num_grids, stairs));
  for (int level = 0; level < num_grids; level++) {
    if (!(fabs(matched[level]) < film->bound[level])) {
      PetscPrintf(PETSC_COMM_WORLD, "  %s: error %.3e, at most %.3e allowed\n", film->id,
                  (double)matched[level], (double)film->bound[level]);
      CU_FAIL("matched faces miss their bound");
    }
  }
  if (!film->is_stairs_better) {
    CU_ASSERT(fabs(matched[num_grids - 1]) < PetscMax(1e-5, fabs(stairs[num_grids - 1])));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
