#include "faces.h"

#include "contact_faces.h"
#include "matched_faces.h"

const char *const BoundaryFacesKinds[] = {"matched", "stairs", NULL};

void FaceRange(const Grid *grid, int axis, PetscInt range[2])
{
  const PetscBool is_last =
      (PetscBool)(grid->start[axis] + grid->count[axis] == grid->num_cells[axis]);

  range[0] = 0;
  range[1] = grid->count[axis] + (is_last && !grid->is_periodic[axis]);
}

PetscReal FaceHalf(const FaceModel *model, int axis, PetscInt cell, PetscInt phase, PetscReal area)
{
  return 0.5 * GridSpacing(model->grid, axis, cell) /
         (model->transport->conductivity[phase][axis] * area);
}

static PetscReal half_cell(const FaceModel *model, int axis, PetscInt cell, PetscInt grain,
                           PetscReal area)
{
  return FaceHalf(model, axis, cell, model->structure->phase[grain], area);
}

/* Share of its full conductance that a face on an electrode has. */
static PetscReal contact_weight(const FaceModel *model, Side side, const PetscInt at[3])
{
  const PetscReal *weight = model->contact ? model->contact->weight[side] : NULL;

  return weight ? weight[at[1] * model->grid->count[0] + at[0]] : 1;
}

/* Where an electrode touches in part, all in the face's column resists more, the half cell too. */
static void narrow(const FaceModel *model, PetscReal weight, FaceSeries *series)
{
  series->lower /= weight;
  series->contact /= weight;
  series->upper /= weight;
  for (PetscInt p = 0; p < model->transport->num_electrode_parts[series->side]; p++) {
    series->electrode_parts[p] /= weight;
  }
}

static PetscErrorCode electrode_contact(const FaceModel *model, const PetscInt at[3], Side side,
                                        PetscInt grain, FaceSeries *series)
{
  const Transport *transport = model->transport;
  PetscReal sum = 0;

  PetscFunctionBeginUser;
  series->side = side;
  series->contact = 0;
  if (!transport->electrode) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall((*transport->electrode)(transport->electrode_data, side, model->grid->start[0] + at[0],
                                    model->grid->start[1] + at[1], grain, series->electrode_parts));
  for (PetscInt p = 0; p < transport->num_electrode_parts[side]; p++) {
    sum += series->electrode_parts[p];
  }
  series->contact = sum / FaceArea(model->grid, 2, at);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode boundary_contact(const FaceModel *model, int axis, const PetscInt at[3],
                                       PetscReal area, FaceSeries *series)
{
  const Transport *transport = model->transport;
  const float *values = NULL;
  PetscReal resistance = 0;

  PetscFunctionBeginUser;
  if (transport->boundary) {
    PetscCall((*transport->boundary)(transport->boundary_data, series->grain_lower,
                                     series->grain_upper, &resistance));
  }
  series->contact = resistance / area;
  if (model->matched) {
    values = SparseFacesGet(&model->matched->stairs, axis, FaceIndex(model->grid, axis, at));
  }
  if (!values) PetscFunctionReturn(PETSC_SUCCESS);
  series->contact *= values[0];
  series->lower *= (PetscReal)values[1];
  series->upper *= (PetscReal)values[1];
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FaceSeriesGet(const FaceModel *model, int axis, const PetscInt at[3],
                             FaceSeries *series, PetscBool *is_open)
{
  const Grid *grid = model->grid;
  const uint8_t *is_joined = model->connectivity->is_joined;
  const PetscInt cell = grid->start[axis] + at[axis];
  const PetscInt upper = GridIndex(grid, at[0], at[1], at[2]);
  const PetscInt lower =
      GridIndex(grid, at[0] - (axis == 0), at[1] - (axis == 1), at[2] - (axis == 2));
  const PetscBool at_anode = (PetscBool)(axis == 2 && cell == 0);
  const PetscBool at_cathode = (PetscBool)(axis == 2 && cell == grid->num_cells[2]);
  const PetscReal area = FaceArea(grid, axis, at);
  PetscReal weight = 1;

  PetscFunctionBeginUser;
  if (at_anode || at_cathode) {
    weight = contact_weight(model, at_anode ? SIDE_ANODE : SIDE_CATHODE, at);
  }
  *is_open =
      (PetscBool)((at_anode || is_joined[lower]) && (at_cathode || is_joined[upper]) && weight > 0);
  if (!*is_open) PetscFunctionReturn(PETSC_SUCCESS);
  series->grain_lower = at_anode ? 0 : model->structure->grain[lower];
  series->grain_upper = at_cathode ? 0 : model->structure->grain[upper];
  series->lower = at_anode ? 0 : half_cell(model, axis, cell - 1, series->grain_lower, area);
  series->upper = at_cathode ? 0 : half_cell(model, axis, cell, series->grain_upper, area);
  series->contact = 0;
  if (series->grain_lower == series->grain_upper) {
    const PetscReal raise = FaceRaise(model, axis, FaceIndex(grid, axis, at));

    series->lower /= raise;
    series->upper /= raise;
  } else if (at_anode || at_cathode) {
    PetscCall(electrode_contact(model, at, at_anode ? SIDE_ANODE : SIDE_CATHODE,
                                at_anode ? series->grain_upper : series->grain_lower, series));
    if (weight < 1) narrow(model, weight, series);
  } else {
    PetscCall(boundary_contact(model, axis, at, area, series));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Conductance [S] between two cells of one grain, by phase: the same for all such faces of a plane.
 */
static void compute_inside(const FaceModel *model, int axis, PetscInt k, PetscReal *inside)
{
  const PetscInt at[3] = {0, 0, k};

  inside[0] = 0;
  for (PetscInt phase = 1; phase <= model->structure->num_phases; phase++) {
    const PetscReal path = GridSpacing(model->grid, axis, model->grid->start[axis] + at[axis] - 1) +
                           GridSpacing(model->grid, axis, model->grid->start[axis] + at[axis]);

    inside[phase] = model->transport->conductivity[phase][axis] * FaceArea(model->grid, axis, at) /
                    (0.5 * path);
  }
}

/* Conductances [S] of n faces between cells of one grain, and the largest so far. They fit a float:
   1e-38 to 1e38 S. */
static void fill_inside(const FaceModel *model, int axis, PetscReal inside, PetscInt first,
                        PetscInt n, float *conductance, PetscReal *largest)
{
  for (PetscInt f = first; f < first + n; f++) conductance[f] = (float)inside;
  *largest = PetscMax(*largest, inside);
  for (PetscInt f = FaceRaiseNext(model, axis, first, first + n); f < first + n;
       f = FaceRaiseNext(model, axis, f + 1, first + n)) {
    const PetscReal raised = inside * FaceRaise(model, axis, f);

    conductance[f] = (float)raised;
    *largest = PetscMax(*largest, raised);
  }
}

/* Conductances of one axis [S], and the largest so far. */
static PetscErrorCode compute_axis(const FaceModel *model, int axis, float *conductance,
                                   PetscReal *largest)
{
  const Grid *grid = model->grid;
  const PetscInt last[3] = {grid->count[0] + (axis == 0), grid->count[1] + (axis == 1),
                            grid->count[2] + (axis == 2)};
  const PetscInt below =
      GridIndex(grid, 0, 0, 0) - GridIndex(grid, -(axis == 0), -(axis == 1), -(axis == 2));
  PetscReal *inside;
  FaceSeries series;
  PetscBool is_open;
  PetscInt at[3];

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(model->structure->num_phases + 1, &inside));
  for (at[2] = 0; at[2] < last[2]; at[2]++) {
    compute_inside(model, axis, at[2], inside);
    for (at[1] = 0; at[1] < last[1]; at[1]++) {
      const PetscInt first = GridIndex(grid, 0, at[1], at[2]);
      const int32_t *grain = model->structure->grain + first;
      const uint8_t *is_joined = model->connectivity->is_joined + first; /* 0 outside */
      const PetscInt face = FaceIndex(grid, axis, (const PetscInt[3]){0, at[1], at[2]});

      for (at[0] = 0; at[0] < last[0];) {
        const PetscInt start = at[0];
        const int32_t own = grain[start];

        if (own == grain[start - below]) { /* most faces */
          do at[0]++;
          while (at[0] < last[0] && grain[at[0]] == own && grain[at[0] - below] == own &&
                 is_joined[at[0]] == is_joined[start]);
          fill_inside(model, axis, is_joined[start] ? inside[model->structure->phase[own]] : 0,
                      face + start, at[0] - start, conductance, largest);
        } else {
          PetscReal t = 0;

          PetscCall(FaceSeriesGet(model, axis, at, &series, &is_open));
          if (is_open) t = FaceSeriesConductance(&series);
          *largest = PetscMax(*largest, t);
          conductance[face + start] = (float)t;
          at[0]++;
        }
      }
    }
  }
  PetscCall(PetscFree(inside));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscInt num_faces(const Grid *grid, int axis)
{
  return (grid->count[0] + (axis == 0)) * (grid->count[1] + (axis == 1)) *
         (grid->count[2] + (axis == 2));
}

PetscErrorCode FacesCompute(const FaceModel *model, Faces *faces)
{
  PetscReal largest = 0;

  PetscFunctionBeginUser;
  faces->model = *model;
  for (int d = 0; d < 3; d++) {
    PetscCall(PetscMalloc1(num_faces(model->grid, d), &faces->conductance[d]));
    PetscCall(compute_axis(model, d, faces->conductance[d], &largest));
  }
  PetscCall(MPIU_Allreduce(&largest, &faces->unit, 1, MPIU_REAL, MPIU_MAX, model->grid->comm));
  for (int d = 0; d < 3; d++) {
    const float scale = (float)(1.0 / faces->unit);

    for (PetscInt f = 0; f < num_faces(model->grid, d); f++) faces->conductance[d][f] *= scale;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode FacesDestroy(Faces *faces)
{
  PetscFunctionBeginUser;
  for (int d = 0; d < 3; d++) PetscCall(PetscFree(faces->conductance[d]));
  PetscFunctionReturn(PETSC_SUCCESS);
}
