#include "contact_faces.h"

#include <math.h>

#define NUM_POINTS 64

/* Means over theta = k/2 from 0 to pi/2, k the phase from cell to cell along the electrode; the
   points lie closer at both ends, where logarithms may grow beyond limit. What large resistances
   have in common is taken out of the response, so that no rounding of r is left. */
void ContactEdgeCompute(PetscReal aspect, PetscReal resistance, ContactEdge *edge)
{
  const PetscBool is_large = (PetscBool)(resistance > 1);
  PetscReal sum = 0, shift = 0, response = 0;

  for (int p = 0; p < NUM_POINTS; p++) {
    const PetscReal u = ((PetscReal)p + 0.5) / NUM_POINTS, weight = u * (1 - u);
    const PetscReal theta = 0.5 * PETSC_PI * u * u * (3 - 2 * u), s = sin(theta);
    const PetscReal root = PetscSqrtReal(1 + aspect * aspect * s * s), load = 2 * resistance * s;

    sum += weight;
    shift += weight * log((root + load) / (cos(theta) + load)) / (s * s);
    response += weight * (is_large ? log(1 + root / load) : log(root + load));
  }
  edge->shift = 0.25 * shift / sum;
  edge->face = 0.5 * aspect + resistance;
  edge->response = exp(response / sum) * (is_large ? resistance : 1);
}

/* Edges along y and along x at cells of one kind: most of an electrode's are alike. */
typedef struct {
  PetscReal aspect[2], resistance[2];
  ContactEdge edge[2];
} CellEdges;

static void set_edges(const PetscReal aspect[2], const PetscReal resistance[2], CellEdges *edges)
{
  for (int d = 0; d < 2; d++) {
    if (aspect[d] == edges->aspect[d] && resistance[d] == edges->resistance[d]) continue;
    edges->aspect[d] = aspect[d];
    edges->resistance[d] = resistance[d];
    ContactEdgeCompute(aspect[d], resistance[d], &edges->edge[d]);
  }
}

/* The electrode's areal resistance at a cell [Ohm m^2]. */
static PetscErrorCode electrode_resistance(const FaceModel *model, Side side, const PetscInt at[3],
                                           PetscInt grain, PetscReal *resistance)
{
  const Transport *transport = model->transport;
  PetscReal parts[ELECTRODE_MAX_PARTS];

  PetscFunctionBeginUser;
  *resistance = 0;
  if (!transport->electrode) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall((*transport->electrode)(transport->electrode_data, side, model->grid->start[0] + at[0],
                                    model->grid->start[1] + at[1], grain, parts));
  for (PetscInt p = 0; p < transport->num_electrode_parts[side]; p++) *resistance += parts[p];
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode face_weight(const FaceModel *model, const Contact *contact, Side side,
                                  const PetscInt at[3], CellEdges *edges, PetscReal *weight)
{
  const Grid *grid = model->grid;
  const PetscInt cell = GridIndex(grid, at[0], at[1], at[2]);
  const PetscInt grain = model->structure->grain[cell];
  const PetscReal *sigma = model->transport->conductivity[model->structure->phase[grain]];
  const PetscReal height = GridSpacing(grid, 2, grid->start[2] + at[2]);
  PetscReal electrode, aspect[2], resistance[2], growth[2], covered;

  PetscFunctionBeginUser;
  *weight = 0;
  if (!model->connectivity->is_joined[cell]) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(electrode_resistance(model, side, at, grain, &electrode));
  for (int d = 0; d < 2; d++) {
    const PetscReal width = GridSpacing(grid, d, grid->start[d] + at[d]);

    aspect[d] = height / width * PetscSqrtReal(sigma[d] / sigma[2]);
    resistance[d] = electrode * PetscSqrtReal(sigma[d] * sigma[2]) / width;
  }
  set_edges(aspect, resistance, edges);
  for (int d = 0; d < 2; d++) {
    growth[d] = edges->edge[d].shift * GridSpacing(grid, d, grid->start[d] + at[d]);
  }
  covered = ContactCoverage(contact, grid, at[0], at[1], growth);
  *weight = ContactEdgeWeight(&edges->edge[0], covered);
  if (contact->pattern != CONTACT_STRIPS) { /* edges may run along x and y */
    *weight = 0.5 * (*weight + ContactEdgeWeight(&edges->edge[1], covered));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode weigh_side(const FaceModel *model, const Contact *contact, Side side,
                                 PetscReal **weights)
{
  const Grid *grid = model->grid;
  PetscInt at[3] = {0, 0, side == SIDE_ANODE ? 0 : grid->count[2] - 1};
  CellEdges edges = {{0, 0}, {0, 0}, {{0, 0, 0}, {0, 0, 0}}};
  PetscReal *weight;

  PetscFunctionBeginUser;
  if (grid->start[2] + at[2] != (side == SIDE_ANODE ? 0 : grid->num_cells[2] - 1)) {
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  PetscCall(PetscMalloc1(grid->count[0] * grid->count[1], weights));
  weight = *weights;
  for (at[1] = 0; at[1] < grid->count[1]; at[1]++) {
    for (at[0] = 0; at[0] < grid->count[0]; at[0]++) {
      PetscCall(face_weight(model, contact, side, at, &edges, weight++));
    }
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ContactFacesCreate(const FaceModel *model, Contact *const contacts[2],
                                  ContactFaces **faces)
{
  PetscFunctionBeginUser;
  *faces = NULL;
  if (!contacts[0] && !contacts[1]) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscNew(faces));
  for (int side = 0; side < 2; side++) {
    if (!contacts[side]) continue;
    PetscCall(weigh_side(model, contacts[side], (Side)side, &(*faces)->weight[side]));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ContactFacesDestroy(ContactFaces **faces)
{
  PetscFunctionBeginUser;
  if (!*faces) PetscFunctionReturn(PETSC_SUCCESS);
  for (int side = 0; side < 2; side++) PetscCall(PetscFree((*faces)->weight[side]));
  PetscCall(PetscFree(*faces));
  PetscFunctionReturn(PETSC_SUCCESS);
}
