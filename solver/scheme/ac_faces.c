#include "ac_faces.h"

#include "contact_faces.h"
#include "matched_faces.h"

static PetscErrorCode boundary_modulus(void *data, PetscInt a, PetscInt b, PetscReal *resistance)
{
  const AcTransport *transport = ((AcFaces *)data)->transport;
  PetscComplex impedance;

  PetscFunctionBeginUser;
  PetscCall((*transport->boundary)(transport->boundary_data, a, b, &impedance));
  *resistance = PetscAbsComplex(impedance);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* All of an electrode is one part: the modulus of a sum is not the sum of moduli. */
static PetscErrorCode electrode_impedance(const AcTransport *transport, Side side, PetscInt i,
                                          PetscInt j, PetscInt grain, PetscComplex *impedance)
{
  PetscComplex parts[ELECTRODE_MAX_PARTS];

  PetscFunctionBeginUser;
  *impedance = 0;
  PetscCall((*transport->electrode)(transport->electrode_data, side, i, j, grain, parts));
  for (PetscInt p = 0; p < transport->num_electrode_parts[side]; p++) *impedance += parts[p];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode electrode_modulus(void *data, Side side, PetscInt i, PetscInt j,
                                        PetscInt grain, PetscReal parts[])
{
  PetscComplex impedance;

  PetscFunctionBeginUser;
  PetscCall(electrode_impedance(((AcFaces *)data)->transport, side, i, j, grain, &impedance));
  parts[0] = PetscAbsComplex(impedance);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* As a resistance: one over both parts of its admittance added up. */
static PetscErrorCode electrode_sum(void *data, Side side, PetscInt i, PetscInt j, PetscInt grain,
                                    PetscReal parts[])
{
  PetscComplex impedance, admittance;

  PetscFunctionBeginUser;
  PetscCall(electrode_impedance(((AcFaces *)data)->transport, side, i, j, grain, &impedance));
  parts[0] = 0;
  if (PetscAbsComplex(impedance) > 0) {
    admittance = 1 / impedance;
    parts[0] = 1 / (PetscRealPartComplex(admittance) + PetscImaginaryPartComplex(admittance));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* A number of modulus 1 with the phase of another; 1 for 0. */
static PetscComplex phase_of(PetscComplex number)
{
  const PetscReal modulus = PetscAbsComplex(number);

  return modulus > 0 ? number / modulus : 1;
}

static PetscComplex bulk_phase(const AcFaces *faces, PetscInt grain, int axis)
{
  return grain
             ? phase_of(faces->transport->conductivity[faces->model.structure->phase[grain]][axis])
             : 1;
}

static PetscErrorCode contact_phase(const AcFaces *faces, const PetscInt at[3],
                                    const FaceSeries *series, PetscComplex *phase)
{
  const AcTransport *transport = faces->transport;
  const Grid *grid = faces->model.grid;
  PetscComplex impedance = 1;

  PetscFunctionBeginUser;
  if (!(series->contact > 0)) {
    *phase = 1;
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  if (series->grain_lower && series->grain_upper) {
    PetscCall((*transport->boundary)(transport->boundary_data, series->grain_lower,
                                     series->grain_upper, &impedance));
  } else {
    PetscCall(electrode_impedance(transport, series->side, grid->start[0] + at[0],
                                  grid->start[1] + at[1],
                                  PetscMax(series->grain_lower, series->grain_upper), &impedance));
  }
  *phase = phase_of(impedance);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Admittance of one face [S], 0 if no current can cross; see FaceSeriesGet(). */
static PetscErrorCode face_admittance(const AcFaces *faces, int axis, const PetscInt at[3],
                                      PetscComplex *admittance)
{
  PetscComplex contact = 1, impedance;
  const float *matched = NULL;
  FaceSeries series;
  PetscBool is_open;

  PetscFunctionBeginUser;
  *admittance = 0;
  PetscCall(FaceSeriesGet(&faces->model, axis, at, &series, &is_open));
  if (!is_open) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(contact_phase(faces, at, &series, &contact));
  impedance = series.lower / bulk_phase(faces, series.grain_lower, axis) +
              series.upper / bulk_phase(faces, series.grain_upper, axis);
  if (faces->matched) {
    matched = SparseFacesGet(&faces->matched->stairs, axis, FaceIndex(faces->model.grid, axis, at));
  }
  if (matched) {
    impedance *= (PetscReal)matched[1] + (PetscReal)matched[2] * PETSC_i;
    contact *= (PetscReal)matched[0];
  }
  *admittance = 1 / (impedance + series.contact * contact);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt num_faces(const Grid *grid, int axis)
{
  return (grid->count[0] + (axis == 0)) * (grid->count[1] + (axis == 1)) *
         (grid->count[2] + (axis == 2));
}

/* How many times better than its bulk a face inside a grain conducts. */
static PetscComplex face_raise(const AcFaces *faces, int axis, PetscInt face)
{
  const float *gamma = faces->matched ? SparseFacesGet(&faces->matched->raised, axis, face) : NULL;

  return gamma ? 1 + (PetscReal)gamma[0] + (PetscReal)gamma[1] * PETSC_i : 1;
}

PetscErrorCode AcFacesRow(const AcFaces *faces, int axis, PetscInt j, PetscInt k, PetscInt n,
                          PetscComplex *row)
{
  const Grid *grid = faces->model.grid;
  const PetscInt below =
      GridIndex(grid, 0, 0, 0) - GridIndex(grid, -(axis == 0), -(axis == 1), -(axis == 2));
  const PetscInt first = FaceIndex(grid, axis, (const PetscInt[3]){0, j, k});
  const int32_t *grain = faces->model.structure->grain;
  PetscInt cell = GridIndex(grid, 0, j, k);
  PetscComplex inside = 0;
  int32_t known = 0; /* grain that `inside` is of */

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n; i++, cell++) {
    const PetscInt at[3] = {i, j, k};

    if (grain[cell] != grain[cell - below]) {
      PetscCall(face_admittance(faces, axis, at, &row[i]));
    } else if (!faces->model.connectivity->is_joined[cell]) {
      row[i] = 0;
    } else { /* most faces; but for the raise they are alike */
      if (known != grain[cell]) {
        PetscCall(face_admittance(faces, axis, at, &inside));
        known = grain[cell];
      }
      row[i] = inside * face_raise(faces, axis, first + i);
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Admittances of one axis [S] and the largest sum of their parts so far. */
static PetscErrorCode compute_axis(AcFaces *faces, int axis, PetscReal *largest)
{
  const Grid *grid = faces->model.grid;
  const PetscInt last[3] = {grid->count[0] + (axis == 0), grid->count[1] + (axis == 1),
                            grid->count[2] + (axis == 2)};
  PetscComplex *row;
  PetscInt face = 0;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(last[0], &row));
  for (PetscInt k = 0; k < last[2]; k++) {
    for (PetscInt j = 0; j < last[1]; j++) {
      PetscCall(AcFacesRow(faces, axis, j, k, last[0], row));
      for (PetscInt i = 0; i < last[0]; i++, face++) {
        const PetscReal re = PetscRealPartComplex(row[i]), im = PetscImaginaryPartComplex(row[i]);

        faces->part[0][axis][face] = (float)re;
        faces->part[1][axis][face] = (float)im;
        *largest = PetscMax(*largest, re + im);
      }
    }
  }
  PetscCall(PetscFree(row));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode compute_admittances(AcFaces *faces)
{
  const Grid *grid = faces->model.grid;
  PetscReal largest = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 2; p++) PetscCall(PetscMalloc1(num_faces(grid, d), &faces->part[p][d]));
    PetscCall(PetscMalloc1(num_faces(grid, d), &faces->sum.conductance[d]));
    PetscCall(compute_axis(faces, d, &largest));
  }
  PetscCall(MPIU_Allreduce(&largest, &faces->sum.unit, 1, MPIU_REAL, MPIU_MAX, grid->comm));
  for (int d = 0; d < 3; d++) {
    const float scale = (float)(1.0 / faces->sum.unit);

    for (PetscInt f = 0; f < num_faces(grid, d); f++) {
      for (int p = 0; p < 2; p++) faces->part[p][d][f] *= scale;
      faces->sum.conductance[d][f] = faces->part[0][d][f] + faces->part[1][d][f];
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AcFacesCompute(const FaceModel *model, const BoundaryGeometry *geometry,
                              Contact *const contacts[2], const AcTransport *transport,
                              AcFaces *faces)
{
  const PetscInt num_phases = model->structure->num_phases;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(faces, sizeof *faces));
  faces->transport = transport;
  PetscCall(PetscMalloc2(num_phases + 1, &faces->modulus, num_phases + 1, &faces->total));
  for (PetscInt p = 0; p <= num_phases; p++) {
    for (int d = 0; d < 3; d++) {
      const PetscComplex sigma = transport->conductivity[p][d];

      faces->modulus[p][d] = PetscAbsComplex(sigma);
      faces->total[p][d] = PetscRealPartComplex(sigma) + PetscImaginaryPartComplex(sigma);
    }
  }
  faces->moduli.conductivity = (const PetscReal(*)[3])faces->modulus;
  if (transport->boundary) faces->moduli.boundary = boundary_modulus;
  if (transport->electrode) faces->moduli.electrode = electrode_modulus;
  faces->moduli.boundary_data = faces->moduli.electrode_data = faces;
  faces->moduli.num_electrode_parts[0] = faces->moduli.num_electrode_parts[1] =
      transport->electrode ? 1 : 0;
  faces->model =
      (FaceModel){model->grid, model->structure, model->connectivity, &faces->moduli, NULL, NULL};
  if (geometry) PetscCall(MatchedFacesCreate(model, geometry, transport, &faces->matched));
  PetscCall(ContactFacesCreate(&faces->model, contacts, &faces->contact));
  faces->model.contact = faces->contact;
  faces->sums = faces->moduli;
  faces->sums.conductivity = (const PetscReal(*)[3])faces->total;
  if (transport->electrode) faces->sums.electrode = electrode_sum;
  faces->sum.model = faces->model;
  faces->sum.model.transport = &faces->sums;
  PetscCall(compute_admittances(faces));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AcFacesDestroy(AcFaces *faces)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    for (int p = 0; p < 2; p++) PetscCall(PetscFree(faces->part[p][d]));
  }
  PetscCall(FacesDestroy(&faces->sum));
  PetscCall(MatchedFacesDestroy(&faces->matched));
  PetscCall(ContactFacesDestroy(&faces->contact));
  PetscCall(PetscFree2(faces->modulus, faces->total));
  PetscFunctionReturn(PETSC_SUCCESS);
}
