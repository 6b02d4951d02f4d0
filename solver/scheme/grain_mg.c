#include "grain_mg.h"

#include <math.h>
#include <petsc/private/pcimpl.h>
#include <stdlib.h>
#include "hierarchy.h"
#include "operator.h"
#include "profiling.h"

#define DEFAULT_COARSE_SIZE 1000
#define DEFAULT_LANCZOS 12

/* Right for eigenvalues up to 2.67. Those of that level were 1.1 to 2.4; to find them takes longer
   than on all other levels together, and iterations are the same from 0.55 to 1. */
#define DEFAULT_DAMPING 0.6

typedef struct {
  HierarchyOptions options;
  PetscBool has_hierarchy;
  Hierarchy hierarchy;
} GrainMg;

static PetscErrorCode reset(PC pc)
{
  GrainMg *mg = pc->data;

  PetscFunctionBegin;
  if (mg->has_hierarchy) PetscCall(HierarchyDestroy(&mg->hierarchy));
  mg->has_hierarchy = PETSC_FALSE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode destroy(PC pc)
{
  PetscFunctionBegin;
  PetscCall(reset(pc));
  PetscCall(PetscFree(pc->data));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_up(PC pc)
{
  GrainMg *mg = pc->data;
  const Faces *faces;
  const char *prefix;
  char coarse_prefix[256];

  PetscFunctionBegin;
  PetscCall(OperatorGetFaces(pc->mat, &faces));
  PetscCheck(faces, PetscObjectComm((PetscObject)pc), PETSC_ERR_ARG_WRONG,
             "-pc_type grain_mg needs granulith's matrix-free operator");
  PetscCall(reset(pc));
  PetscCall(PCGetOptionsPrefix(pc, &prefix));
  PetscCall(PetscSNPrintf(coarse_prefix, sizeof coarse_prefix, "%sgrain_mg_coarse_",
                          prefix ? prefix : ""));
  PetscCall(EventBegin(EVENT_MG_SETUP));
  PetscCall(HierarchyCreate(faces, &mg->options, coarse_prefix, &mg->hierarchy));
  PetscCall(EventEnd(EVENT_MG_SETUP));
  mg->has_hierarchy = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgRoom(PC pc, float **z, float **behind)
{
  GrainMg *mg = pc->data;

  PetscFunctionBegin;
  *z = mg->hierarchy.x;
  *behind = *z + GridGhostedSize(mg->hierarchy.faces->model.grid);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgCycle(PC pc, const float *r, float **z, PetscReal *rz)
{
  GrainMg *mg = pc->data;

  PetscFunctionBegin;
  PetscCall(EventBegin(EVENT_MG_APPLY));
  PetscCall(HierarchyCycle(&mg->hierarchy, r, rz));
  PetscCall(EventEnd(EVENT_MG_APPLY));
  *z = mg->hierarchy.x;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode apply(PC pc, Vec r, Vec z)
{
  const Grid *grid = ((GrainMg *)pc->data)->hierarchy.faces->model.grid;
  const PetscScalar *in;
  PetscScalar *out;
  float *single, *result;
  PetscReal rz;
  PetscInt n;

  PetscFunctionBegin;
  PetscCall(VecGetLocalSize(r, &n));
  PetscCall(PetscMalloc1(n, &single));
  PetscCall(VecGetArrayRead(r, &in));
  for (PetscInt c = 0; c < n; c++) single[c] = (float)in[c];
  PetscCall(VecRestoreArrayRead(r, &in));
  PetscCall(GrainMgCycle(pc, single, &result, &rz));
  PetscCall(VecGetArrayWrite(z, &out));
  n = 0;
  for (PetscInt k = 0; k < grid->count[2]; k++) {
    for (PetscInt j = 0; j < grid->count[1]; j++) {
      const float *row = result + GridIndex(grid, 0, j, k);

      for (PetscInt i = 0; i < grid->count[0]; i++) out[n++] = row[i];
    }
  }
  PetscCall(VecRestoreArrayWrite(z, &out));
  PetscCall(PetscFree(single));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const struct {
  const char *name, *allowed;
  double above, most;
  PetscBool is_integer;
} ranges[] = {
    {"-grain_mg_theta", "a number above 0 and at most 1", 0, 1, PETSC_FALSE},
    {"-grain_mg_coarse_size", "an integer of at least 1", 0.5, PETSC_MAX_INT, PETSC_TRUE},
    {"-grain_mg_lines", "0, 1, or -1 for what suits the cells", -1.5, 1, PETSC_TRUE},
    {"-grain_mg_doubled", "an integer of at least -1", -1.5, PETSC_MAX_INT, PETSC_TRUE},
    {"-grain_mg_damping", "a number above 0 and at most 1", 0, 1, PETSC_FALSE},
    {"-grain_mg_lanczos", "an integer from 1 to 50", 0.5, HIERARCHY_MAX_LANCZOS, PETSC_TRUE},
};

PetscErrorCode GrainMgCheckOptions(const char *prefix, size_t size, char problem[])
{
  PetscFunctionBegin;
  problem[0] = '\0';
  for (size_t r = 0; r < sizeof ranges / sizeof *ranges && !problem[0]; r++) {
    char text[64], *end;
    PetscBool is_set;
    double value;

    PetscCall(PetscOptionsGetString(NULL, prefix, ranges[r].name, text, sizeof text, &is_set));
    if (!is_set) continue;
    value = strtod(text, &end);
    if (end > text && !*end && value > ranges[r].above && value <= ranges[r].most &&
        !(ranges[r].is_integer && value != floor(value))) {
      continue;
    }
    PetscCall(PetscSNPrintf(problem, size, "option %s %s: must be %s", ranges[r].name, text,
                            ranges[r].allowed));
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode set_from_options(PC pc, PetscOptionItems *PetscOptionsObject)
{
  GrainMg *mg = pc->data;
  const char *prefix;
  char problem[256];

  PetscFunctionBegin;
  PetscCall(PCGetOptionsPrefix(pc, &prefix));
  PetscCall(GrainMgCheckOptions(prefix, sizeof problem, problem));
  PetscCheck(!problem[0], PetscObjectComm((PetscObject)pc), PETSC_ERR_ARG_OUTOFRANGE, "%s",
             problem);
  PetscOptionsHeadBegin(PetscOptionsObject, "grain_mg options");
  PetscCall(PetscOptionsReal("-grain_mg_theta", "strength threshold of the aggregation", NULL,
                             mg->options.theta, &mg->options.theta, NULL));
  PetscCall(PetscOptionsInt("-grain_mg_coarse_size", "unknowns left to the last level's solver",
                            NULL, mg->options.coarse_size, &mg->options.coarse_size, NULL));
  PetscCall(PetscOptionsInt("-grain_mg_lines", "whether lines of cells along z are relaxed at once",
                            NULL, mg->options.lines, &mg->options.lines, NULL));
  PetscCall(PetscOptionsInt("-grain_mg_doubled", "coarse levels that get two cycles in a row", NULL,
                            mg->options.num_doubled, &mg->options.num_doubled, NULL));
  PetscCall(PetscOptionsReal("-grain_mg_damping", "of the first cycle on the largest of them", NULL,
                             mg->options.damping, &mg->options.damping, NULL));
  PetscCall(PetscOptionsInt("-grain_mg_lanczos", "steps that estimate the eigenvalue of the others",
                            NULL, mg->options.num_lanczos, &mg->options.num_lanczos, NULL));
  PetscOptionsHeadEnd();
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode view(PC pc, PetscViewer viewer)
{
  const GrainMg *mg = pc->data;
  const Hierarchy *h = &mg->hierarchy;
  PetscReal cycle, start;
  PetscBool is_ascii;

  PetscFunctionBegin;
  PetscCall(PetscObjectTypeCompare((PetscObject)viewer, PETSCVIEWERASCII, &is_ascii));
  if (!is_ascii) PetscFunctionReturn(PETSC_SUCCESS);
  if (!mg->has_hierarchy) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscViewerASCIIPrintf(viewer, "  block-strength aggregation, theta %g\n",
                                   (double)h->options.theta));
  PetscCall(PetscViewerASCIIPrintf(viewer, "  level  0: %12" PetscInt64_FMT " cells%s\n",
                                   h->num_cells, h->has_lines ? ", relaxed in lines along z" : ""));
  for (int l = 0; l < h->num_levels; l++) {
    PetscCall(PetscViewerASCIIPrintf(
        viewer, "  level %2d: %12" PetscInt64_FMT " unknowns, %.2f links each\n", l + 1,
        h->num_unknowns[l], (double)h->num_links[l] / (double)PetscMax(h->num_unknowns[l], 1)));
  }
  HierarchySweeps(h, &cycle, &start);
  PetscCall(PetscViewerASCIIPrintf(viewer,
                                   "  a cycle costs %.2f sweeps of level 0, the start %.2f\n",
                                   (double)cycle, (double)start));
  PetscCall(PetscViewerASCIIPrintf(viewer, "  solver of the last level:\n"));
  PetscCall(PetscViewerASCIIPushTab(viewer));
  PetscCall(KSPView(h->coarse, viewer));
  PetscCall(PetscViewerASCIIPopTab(viewer));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode create(PC pc)
{
  GrainMg *mg;

  PetscFunctionBegin;
  PetscCall(PetscNew(&mg));
  mg->options.theta = 0;
  mg->options.coarse_size = DEFAULT_COARSE_SIZE;
  mg->options.lines = -1;
  mg->options.num_doubled = -1;
  mg->options.damping = DEFAULT_DAMPING;
  mg->options.num_lanczos = DEFAULT_LANCZOS;
  pc->data = mg;
  pc->ops->apply = apply;
  pc->ops->applytranspose = apply;
  pc->ops->setup = set_up;
  pc->ops->reset = reset;
  pc->ops->destroy = destroy;
  pc->ops->setfromoptions = set_from_options;
  pc->ops->view = view;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgRegister(void)
{
  static PetscBool is_registered = PETSC_FALSE;

  PetscFunctionBeginUser;
  if (is_registered) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PCRegister(PCGRAINMG, create));
  is_registered = PETSC_TRUE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgStart(PC pc, Vec x)
{
  GrainMg *mg = pc->data;

  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_MG_START));
  PetscCall(HierarchyStart(&mg->hierarchy, x));
  PetscCall(EventEnd(EVENT_MG_START));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgRounding(PC pc, const float *r, PetscReal *energy)
{
  PetscFunctionBeginUser;
  PetscCall(EventBegin(EVENT_MG_ROUNDING));
  PetscCall(HierarchyRounding(&((GrainMg *)pc->data)->hierarchy, r, energy));
  PetscCall(EventEnd(EVENT_MG_ROUNDING));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgCalm(PC pc, PetscBool *is_changed)
{
  PetscFunctionBeginUser;
  PetscCall(HierarchyCalm(&((GrainMg *)pc->data)->hierarchy, is_changed));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GrainMgSweeps(PC pc, PetscReal *cycle, PetscReal *start)
{
  PetscFunctionBeginUser;
  HierarchySweeps(&((GrainMg *)pc->data)->hierarchy, cycle, start);
  PetscFunctionReturn(PETSC_SUCCESS);
}
