#include "cell_current.h"

PetscErrorCode CellCurrentGet(const FaceModel *model, const Faces *faces,
                              const Potential *potential, const PetscInt at[3], PetscReal voltage,
                              PetscReal density[3], PetscReal *dissipation)
{
  const Grid *grid = model->grid;
  PetscReal power = 0, volume = 1;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    volume *= GridSpacing(grid, d, grid->start[d] + at[d]);
    density[d] = 0;
    for (int up = 0; up < 2; up++) {
      const PetscInt face[3] = {at[0] + (up && d == 0), at[1] + (up && d == 1),
                                at[2] + (up && d == 2)};
      PetscReal current;
      FaceSeries series;
      PetscBool is_open;

      if (faces->conductance[d][FaceIndex(grid, d, face)] == 0.0f) continue;
      PetscCall(FaceSeriesGet(model, d, face, &series, &is_open));
      current = FaceSeriesConductance(&series) * PotentialDrop(potential, d, face) * voltage;
      density[d] += 0.5 * current / FaceArea(grid, d, face);
      power += current * current *
               ((up ? series.lower : series.upper) +
                series.contact * (series.grain_lower && series.grain_upper ? 0.5 : 1.0));
    }
  }
  *dissipation = power / volume;
  PetscFunctionReturn(PETSC_SUCCESS);
}
