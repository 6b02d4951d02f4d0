#include "contact_faces.h"

#include <math.h>
#include "models.h"

/* The integrals by hand: with r = 0 they are shift = sqrt(1 + s^2)/4, response = (1 + sqrt(1 +
   s^2))/2. With r, both integrals by mpmath's quadrature. */
static PetscErrorCode edges_are_those_of_the_integrals(void)
{
  const struct {
    PetscReal aspect, resistance, shift, response;
  } known[] = {{1, 0.1, 0.278184715, 1.326854313},     {1, 1, 0.132574645, 2.353060804},
               {1, 10, 0.030606931, 11.760617584},     {1, 100, 0.004890003, 102.392078929},
               {1, 1e4, 0.000085546, 10003.831727107}, {0.25, 0.1, 0.191240151, 1.140442664}};
  ContactEdge edge;

  PetscFunctionBeginUser;
  for (PetscReal aspect = 0.1; aspect < 20; aspect *= 2) {
    ContactEdgeCompute(aspect, 0, &edge);
    ASSERT_CLOSE(edge.shift, 0.25 * sqrt(1 + aspect * aspect), 1e-3);
    ASSERT_CLOSE(edge.response, 0.5 + 0.5 * sqrt(1 + aspect * aspect), 1e-3);
    ASSERT_CLOSE(edge.face, 0.5 * aspect, 1e-12);
  }
  for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
    ContactEdgeCompute(known[k].aspect, known[k].resistance, &edge);
    ASSERT_CLOSE(edge.shift, known[k].shift, 0.02);
    CU_ASSERT(fabs(edge.shift - known[k].shift) < 2e-5);
    ASSERT_CLOSE(edge.response, known[k].response, 1e-3);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* Conductances in parallel where the electrode's own resistance rules. */
static PetscErrorCode large_resistances_leave_the_covered_share(void)
{
  ContactEdge edge;

  PetscFunctionBeginUser;
  ContactEdgeCompute(1, 1e4, &edge);
  for (PetscReal covered = 0; covered <= 1; covered += 0.125) {
    CU_ASSERT(fabs(ContactEdgeWeight(&edge, covered) - covered) < 2e-4);
  }
  ContactEdgeCompute(1, 0, &edge);
  CU_ASSERT_EQUAL(ContactEdgeWeight(&edge, 0), 0);
  ASSERT_CLOSE(ContactEdgeWeight(&edge, 1), 1, 1e-12);
  CU_ASSERT(ContactEdgeWeight(&edge, 0.5) < 0.3); /* 0.293 */
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const PetscReal conductivity[2][3] = {{0, 0, 0}, {1, 1, 1}};

/* Half of the anode of 4 x 1 x 1 cells touches, in the middle two, behind r = 2 and 3. */
static PetscErrorCode faces_that_do_not_touch_are_closed(void)
{
  const ContactSpec spec = {CONTACT_STRIPS, 0.5, 0.5, 0};
  const PetscReal width[2] = {1, 1};
  PetscReal parts[4] = {2, 3, 2, 3};
  ModelSpec slab = {.film = {0.25, {1, 1}, {4, 1, 2}, LATERAL_INSULATING, 1},
                    .voxels = {ModelOneGrain, NULL, 1, NULL, 1},
                    .transport = {.conductivity = conductivity,
                                  .electrode = ModelEqualElectrodes,
                                  .electrode_data = parts,
                                  .num_electrode_parts = {2, 2}}};
  PetscInt at[3] = {0, 0, 0};
  PetscReal open = 0;
  Model model;

  PetscFunctionBeginUser;
  PetscCall(ContactCreate(&spec, width, PETSC_FALSE, &slab.contacts[SIDE_ANODE]));
  PetscCall(ModelCreate(PETSC_COMM_WORLD, &slab, &model));
  CU_ASSERT_PTR_NULL(model.contact->weight[SIDE_CATHODE]);
  for (at[0] = 0; at[0] < model.grid.count[0] && model.grid.start[2] == 0; at[0]++) {
    const PetscReal weight = model.contact->weight[SIDE_ANODE][at[0]];
    FaceSeries series;
    PetscBool is_open;

    PetscCall(FaceSeriesGet(&model.parts, 2, at, &series, &is_open));
    CU_ASSERT_EQUAL(is_open, weight > 0);
    if (!is_open) continue;
    /* half a cell 1/8 high, and 2 + 3, on an area of 1/4 */
    ASSERT_CLOSE(1 / FaceSeriesConductance(&series), (0.0625 / 0.25 + 5 / 0.25) / weight, 1e-12);
    ASSERT_CLOSE(series.electrode_parts[1], 3 / weight, 1e-12);
    ASSERT_CLOSE(series.contact, 20 / weight, 1e-12);
    open += weight;
  }
  PetscCall(MPIU_Allreduce(MPI_IN_PLACE, &open, 1, MPIU_REAL, MPIU_SUM, PETSC_COMM_WORLD));
  CU_ASSERT(open > 2 && open < 2.05); /* r sigma/h = 20: hardly a shift */
  PetscCall(ModelDestroy(&model));
  PetscCall(ContactDestroy(&slab.contacts[SIDE_ANODE]));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"edges are those of the integrals", edges_are_those_of_the_integrals},
    {"large resistances leave the covered share", large_resistances_leave_the_covered_share},
    {"faces that do not touch are closed", faces_that_do_not_touch_are_closed},
};

HARNESS_MAIN("contact_faces", tests)
