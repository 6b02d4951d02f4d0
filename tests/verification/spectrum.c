#include "spectrum.h"

#include <stdio.h>

PetscComplex SpectrumElement(PetscReal resistance, PetscReal capacitance, PetscReal omega)
{
  return resistance / (1 + omega * resistance * capacitance * PETSC_i);
}

static PetscErrorCode boundary(void *data, PetscInt a, PetscInt b, PetscComplex *impedance)
{
  const Spectrum *spectrum = data;
  const Transport *transport = &spectrum->model.transport;
  PetscReal resistance = 0;

  PetscFunctionBeginUser;
  PetscCall((*transport->boundary)(transport->boundary_data, a, b, &resistance));
  *impedance = SpectrumElement(resistance, spectrum->film->boundary, spectrum->omega);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode electrode(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                                PetscComplex parts[])
{
  const Spectrum *spectrum = data;
  const Transport *transport = &spectrum->model.transport;
  const PetscReal capacitance = spectrum->film->electrode[side];
  PetscReal resistances[ELECTRODE_MAX_PARTS] = {0};

  PetscFunctionBeginUser;
  PetscCall((*transport->electrode)(transport->electrode_data, side, i, j, grain, resistances));
  for (PetscInt p = 0; p < transport->num_electrode_parts[side]; p++) {
    parts[p] = spectrum->film->is_blocking[side]
                   ? 1 / (spectrum->omega * capacitance * PETSC_i)
                   : SpectrumElement(resistances[p], capacitance, spectrum->omega);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SpectrumCreate(MPI_Comm comm, const AcFilm *film, Spectrum *spectrum)
{
  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(spectrum, sizeof *spectrum));
  spectrum->film = film;
  PetscCall(ModelCreate(comm, &film->model, &spectrum->model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SpectrumDestroy(Spectrum *spectrum)
{
  PetscFunctionBeginUser;
  PetscCall(ImpedanceStartDestroy(&spectrum->start));
  PetscCall(ModelDestroy(&spectrum->model));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SpectrumSolve(Spectrum *spectrum, PetscReal omega, ImpedancePoint *point)
{
  const AcFilm *film = spectrum->film;
  const Model *model = &spectrum->model;
  const Transport *dc = &model->transport;
  const BoundaryGeometry *geometry =
      film->model.geometry ? film->model.geometry : model->structure.geometry;
  const ImpedanceOptions options = {.tolerance = film->tolerance > 0 ? film->tolerance : 1e-12,
                                    .balance_tolerance = film->tolerance > 0 ? 1e-4 : 1e-6,
                                    .max_iterations = 200};
  const AcTransport transport = {
      .conductivity = (const PetscComplex(*)[3])spectrum->conductivity,
      .boundary = dc->boundary ? boundary : NULL,
      .electrode = dc->electrode ? electrode : NULL,
      .boundary_data = spectrum,
      .electrode_data = spectrum,
      .num_electrode_parts = {dc->num_electrode_parts[0], dc->num_electrode_parts[1]}};
  AcFaces faces;

  PetscFunctionBeginUser;
  spectrum->omega = omega;
  for (PetscInt p = 0; p <= model->structure.num_phases; p++) {
    for (int d = 0; d < 3; d++) {
      spectrum->conductivity[p][d] =
          dc->conductivity[p][d] + (p ? omega * film->permittivity[p] : 0) * PETSC_i;
    }
  }
  PetscCall(AcFacesCompute(&model->parts, film->model.is_matched ? geometry : NULL,
                           film->model.contacts, &transport, &faces));
  PetscCall(ImpedanceSolve(&faces, &options, &spectrum->start, point));
  PetscCall(AcFacesDestroy(&faces));
  CU_ASSERT(point->is_converged);
  CU_ASSERT(PetscRealPartComplex(point->impedance) >= 0);
  CU_ASSERT(PetscImaginaryPartComplex(point->impedance) <=
            1e-12 * PetscAbsComplex(point->impedance));
  PetscFunctionReturn(PETSC_SUCCESS);
}

void SpectrumAssert(const char *what, PetscReal omega, PetscComplex computed,
                    PetscComplex reference, PetscReal tolerance)
{
  const PetscReal error = PetscAbsComplex(computed - reference) / PetscAbsComplex(reference);

  PetscPrintf(PETSC_COMM_WORLD,
              "  %-32s omega %9.3g  computed %.9g %+.9gi  reference %.9g %+.9gi  error %.1e\n",
              what, (double)omega, (double)PetscRealPartComplex(computed),
              (double)PetscImaginaryPartComplex(computed), (double)PetscRealPartComplex(reference),
              (double)PetscImaginaryPartComplex(reference), (double)error);
  CU_ASSERT(error <= tolerance);
}
