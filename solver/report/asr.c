#include "asr.h"

#include "matched_faces.h"
#include "potential.h"

/* Powers at 1 V in one array, so that one reduction serves: phases, boundaries, electrode parts,
   plate currents. */
typedef struct {
  PetscInt num_phases;
  PetscInt size, num_kinds;
  PetscReal *phases, *boundaries, *kinds, *electrodes[2], *plate_current;
} Powers;

static PetscErrorCode powers_create(PetscInt num_phases, PetscInt num_kinds, PetscReal **storage,
                                    Powers *powers)
{
  const PetscInt n = num_phases + 1;

  PetscFunctionBeginUser;
  powers->num_phases = num_phases;
  powers->num_kinds = num_kinds;
  powers->size = n + n * n + num_kinds + 2 * ELECTRODE_MAX_PARTS + 2;
  PetscCall(PetscCalloc1(powers->size, storage));
  powers->phases = *storage;
  powers->boundaries = powers->phases + n;
  powers->kinds = powers->boundaries + n * n;
  powers->electrodes[0] = powers->kinds + num_kinds;
  powers->electrodes[1] = powers->electrodes[0] + ELECTRODE_MAX_PARTS;
  powers->plate_current = powers->electrodes[1] + ELECTRODE_MAX_PARTS;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void add_contact(const FaceModel *model, const FaceSeries *series, PetscReal current,
                        PetscReal area, Powers *powers)
{
  const PetscInt *phase = model->structure->phase;
  const PetscReal squared = current * current;

  if (series->grain_lower && series->grain_upper) {
    const PetscInt a = phase[series->grain_lower], b = phase[series->grain_upper];
    const Transport *transport = model->transport;
    const PetscInt kind =
        powers->num_kinds ? (*transport->boundary_kind)(transport->boundary_data,
                                                        series->grain_lower, series->grain_upper)
                          : -1;

    if (kind >= 0) {
      powers->kinds[kind] += squared * series->contact;
      return;
    }
    powers->boundaries[PetscMin(a, b) * (powers->num_phases + 1) + PetscMax(a, b)] +=
        squared * series->contact;
    return;
  }
  powers->plate_current[series->side] += current;
  for (PetscInt p = 0; p < model->transport->num_electrode_parts[series->side]; p++) {
    powers->electrodes[series->side][p] += squared * series->electrode_parts[p] / area;
  }
}

static PetscErrorCode add_face(const FaceModel *model, const Faces *faces,
                               const Potential *potential, int axis, const PetscInt at[3],
                               Powers *powers)
{
  const PetscInt *phase = model->structure->phase;
  PetscReal current;
  FaceSeries series;
  PetscBool is_open;

  PetscFunctionBeginUser;
  if (faces->conductance[axis][FaceIndex(model->grid, axis, at)] == 0.0f) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(FaceSeriesGet(model, axis, at, &series, &is_open));
  current = FaceSeriesConductance(&series) * PotentialDrop(potential, axis, at);
  if (series.grain_lower)
    powers->phases[phase[series.grain_lower]] += current * current * series.lower;
  if (series.grain_upper)
    powers->phases[phase[series.grain_upper]] += current * current * series.upper;
  if (series.contact > 0 || !series.grain_lower || !series.grain_upper) {
    add_contact(model, &series, current, FaceArea(model->grid, axis, at), powers);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Squared drops of n faces, those of raised ones as often as they conduct more. */
static PetscReal sum_squares(const FaceModel *model, int axis, PetscInt face, PetscInt n,
                             const PetscScalar *below, const PetscScalar *above)
{
  PetscReal parts[4] = {0}; /* let the compiler use vectors */
  PetscInt i = 0;

  for (; i + 4 <= n; i += 4) {
    for (int v = 0; v < 4; v++) parts[v] += PetscSqr(below[i + v] - above[i + v]);
  }
  for (; i < n; i++) parts[0] += PetscSqr(below[i] - above[i]);
  for (PetscInt f = FaceRaiseNext(model, axis, face, face + n); f < face + n;
       f = FaceRaiseNext(model, axis, f + 1, face + n)) {
    parts[1] += (FaceRaise(model, axis, f) - 1) * PetscSqr(below[f - face] - above[f - face]);
  }
  return parts[0] + parts[1] + parts[2] + parts[3];
}

/* A row of faces along x. Between cells of one grain they are alike: their squared drops are summed
   first. */
static PetscErrorCode add_row(const FaceModel *model, const Faces *faces,
                              const Potential *potential, int axis, PetscInt j, PetscInt k,
                              PetscInt n, Powers *powers)
{
  const Grid *grid = model->grid;
  const PetscInt first = GridIndex(grid, 0, j, k);
  const PetscInt face = FaceIndex(grid, axis, (const PetscInt[3]){0, j, k});
  const PetscInt below = axis == 0 ? 1 : axis == 1 ? GridStepY(grid) : GridStepZ(grid);
  const int32_t *grain = model->structure->grain + first;
  const uint8_t *is_joined = model->connectivity->is_joined + first;
  const PetscScalar *x = potential->values + first;

  PetscFunctionBeginUser;
  for (PetscInt i = 0; i < n;) {
    const int32_t own = grain[i];
    const PetscInt at[3] = {i, j, k};
    PetscReal squares;
    FaceSeries series;
    PetscBool is_open;

    if (own != grain[i - below] || !is_joined[i]) {
      PetscCall(add_face(model, faces, potential, axis, at, powers));
      i++;
      continue;
    }
    while (i < n && grain[i] == own && grain[i - below] == own) i++;
    squares = sum_squares(model, axis, face + at[0], i - at[0], x + at[0] - below, x + at[0]);
    PetscCall(FaceSeriesGet(model, axis, at, &series, &is_open));
    powers->phases[model->structure->phase[own]] +=
        FaceSeriesConductance(&series) / FaceRaise(model, axis, face + at[0]) * squares;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode add_all_faces(const FaceModel *model, const Faces *faces,
                                    const Potential *potential, Powers *powers)
{
  const Grid *grid = model->grid;

  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) {
    PetscInt range[2], last[3] = {grid->count[0], grid->count[1], grid->count[2]};

    FaceRange(grid, d, range);
    last[d] = range[1];
    for (PetscInt k = 0; k < last[2]; k++) {
      for (PetscInt j = 0; j < last[1]; j++) {
        PetscCall(add_row(model, faces, potential, d, j, k, last[0], powers));
      }
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* From powers at 1 V to areal resistances: ASR_x = P_x A / I^2 with I = P / 1 V. */
static void convert(const Powers *powers, PetscReal area, Asr *asr)
{
  const PetscInt n = powers->num_phases + 1;
  PetscReal power = 0, scale;

  for (PetscInt p = 0; p < powers->size - 2; p++) power += powers->phases[p];
  scale = area / (power * power);
  asr->current = power;
  asr->total = area / power;
  asr->num_phases = powers->num_phases;
  for (PetscInt p = 0; p < n; p++) asr->phases[p] = powers->phases[p] * scale;
  for (PetscInt p = 0; p < n * n; p++) asr->boundaries[p] = powers->boundaries[p] * scale;
  asr->num_kinds = powers->num_kinds;
  for (PetscInt k = 0; k < powers->num_kinds; k++) asr->kinds[k] = powers->kinds[k] * scale;
  for (int side = 0; side < 2; side++) {
    asr->plate_current[side] = powers->plate_current[side];
    for (PetscInt p = 0; p < ELECTRODE_MAX_PARTS; p++) {
      asr->electrodes[side][p] = powers->electrodes[side][p] * scale;
    }
  }
}

PetscErrorCode AsrCompute(const FaceModel *model, const Faces *faces, Vec global, Asr *asr)
{
  const PetscInt num_phases = model->structure->num_phases;
  PetscReal *storage = NULL;
  Potential potential;
  PetscMPIInt size;
  Powers powers = {0};

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(asr, sizeof *asr));
  PetscCall(powers_create(num_phases, model->transport->num_boundary_kinds, &storage, &powers));
  PetscCall(PotentialGet(model->grid, global, &potential));
  PetscCall(add_all_faces(model, faces, &potential, &powers));
  PetscCall(PotentialRestore(&potential));
  PetscCall(PetscMPIIntCast(powers.size, &size));
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, storage, size, MPIU_REAL, MPIU_SUM, model->grid->comm));
  PetscCall(PetscMalloc3(num_phases + 1, &asr->phases, (num_phases + 1) * (num_phases + 1),
                         &asr->boundaries, powers.num_kinds, &asr->kinds));
  convert(&powers, GridPlateArea(model->grid), asr);
  PetscCall(PetscFree(storage));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode AsrDestroy(Asr *asr)
{
  PetscFunctionBeginUser;
  PetscCall(PetscFree3(asr->phases, asr->boundaries, asr->kinds));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal AsrBoundary(const Asr *asr, PetscInt a, PetscInt b)
{
  return asr->boundaries[PetscMin(a, b) * (asr->num_phases + 1) + PetscMax(a, b)];
}
