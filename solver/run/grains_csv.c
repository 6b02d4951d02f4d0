#include "grains_csv.h"

#include <stdio.h>
#include "grain_table.h"

#define LONGEST_ROW 512 /* 13 numbers of at most 24 characters and a phase's name */

static size_t print_row(char *text, PetscInt grain, const char *phase, const GrainRow *row,
                        PetscReal power)
{
  const PetscReal um = 1e6, ohm_cm2 = 1e4, mA_per_cm2 = 0.1;

  return (size_t)snprintf(
      text, LONGEST_ROW,
      "%" PetscInt_FMT ",%.127s,%.0f,%.9g,%.9g,%.9g,%.9g,%.9g,%" PetscInt_FMT
      ",%.9g,%.9g,%.9g,%.9g,%.9g,%.9g\n",
      grain, phase, row->num_cells, row->volume * um * um * um, row->size * um,
      row->centroid[0] * um, row->centroid[1] * um, row->centroid[2] * um, row->num_neighbours,
      row->current * mA_per_cm2, row->current_z * mA_per_cm2, row->asr_inside * ohm_cm2,
      row->asr_boundaries * ohm_cm2, row->asr_inside * power, row->asr_boundaries * power);
}

PetscErrorCode GrainsCsvWrite(const Case *case_in, const Model *model, const Solution *solution,
                              PetscReal voltage, const Output *output, Problems *problems,
                              PetscBool *is_written)
{
  const Microstructure *structure = &model->structure;
  const PetscReal density = case_in->current_density;
  const PetscReal power = density * density * GridPlateArea(&model->grid); /* W for 1 Ohm m^2 */
  size_t capacity = LONGEST_ROW, length;
  PetscMPIInt rank;
  GrainRow *rows;
  char *text;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_rank(output->comm, &rank));
  if (!rank) capacity += (size_t)structure->num_film_grains * LONGEST_ROW; /* it alone writes */
  PetscCall(PetscMalloc2(structure->num_film_grains + 1, &rows, capacity, &text));
  PetscCall(GrainTableCompute(&solution->faces_of, &solution->faces, solution->potential,
                              &solution->asr, voltage, rows));
  length = (size_t)snprintf(
      text, capacity,
      "grain,phase,cells,volume_um3,equivalent_diameter_um,x_um,y_um,z_um,neighbours,"
      "mean_current_density_mA_per_cm2,mean_current_density_z_mA_per_cm2,asr_inside_ohm_cm2,"
      "asr_half_boundaries_ohm_cm2,dissipation_inside_W,dissipation_half_boundaries_W\n");
  for (PetscInt g = 1; !rank && g <= structure->num_film_grains; g++) {
    if (rows[g].num_cells == 0) continue;
    length +=
        print_row(text + length, g, case_in->phases[structure->phase[g] - 1].name, rows + g, power);
  }
  PetscCall(OutputWriteText(output, "grains.csv", text, problems, is_written));
  PetscCall(PetscFree2(rows, text));
  PetscFunctionReturn(PETSC_SUCCESS);
}
