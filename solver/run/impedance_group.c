#include "impedance_group.h"

#include "memory_need.h"

/* A group with fewer frequencies gains less than it loses by its first, which starts from nothing.
 */
#define FEWEST_FREQUENCIES 4

/* Whether there is room for so many films. */
static PetscErrorCode has_room(const Case *case_in, const Grid *grid, int films, PetscBool *has)
{
  const PetscInt64 cells = (PetscInt64)grid->num_cells[0] * grid->num_cells[1] * grid->num_cells[2];
  Problems problems = {0, NULL, 0, NULL};

  PetscFunctionBeginUser;
  PetscCall(MemoryNeedCheck(grid->comm, films * cells, PETSC_TRUE, case_in->path, "", &problems));
  *has = (PetscBool)!problems.num_problems;
  ProblemsDestroy(&problems);
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* The most groups that are asked for, of as many ranks each, that have something to do and room. */
static PetscErrorCode choose(const Case *case_in, const Grid *grid, PetscMPIInt size, int *count)
{
  const ImpedanceInput *input = &case_in->impedance;
  const PetscInt frequencies = 1 + FrequencyIntervals(input);
  PetscBool has = PETSC_TRUE;

  PetscFunctionBeginUser;
  *count = (int)PetscMax(1, PetscMin(size, frequencies / FEWEST_FREQUENCIES));
  if (input->groups) *count = (int)PetscMin(*count, input->groups);
  for (; *count > 1; --*count) {
    if (size % *count) continue;
    PetscCall(has_room(case_in, grid, *count, &has));
    if (has) break;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void use(const Model *model, const Laws *laws, ImpedanceGroup *group)
{
  group->faces_of = (FaceModel){
      &model->grid, &model->structure, &model->connectivity, &laws->transport, NULL, NULL};
  group->contacts = model->contacts;
  group->laws = laws;
}

static PetscErrorCode lay_out(const Case *case_in, ImpedanceGroup *group, Problems *problems)
{
  PetscFunctionBeginUser;
  PetscCall(ModelCreate(group->comm, case_in, problems, &group->model));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(LawsCreate(group->comm, case_in, &group->model.structure, group->model.classes,
                       group->model.stacks, case_in->temperature, problems, &group->own_laws));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImpedanceGroupCreate(const Case *case_in, const Model *model,
                                    const Solution *solution, ImpedanceGroup *group)
{
  const MPI_Comm comm = model->grid.comm;
  Problems problems = {0, NULL, 0, NULL};
  PetscMPIInt size, rank;
  int failed;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(group, sizeof *group));
  PetscCallMPI(MPI_Comm_size(comm, &size));
  PetscCallMPI(MPI_Comm_rank(comm, &rank));
  PetscCall(choose(case_in, &model->grid, size, &group->count));
  group->ranks = size / group->count;
  group->own = rank / group->ranks;
  group->comm = comm;
  use(model, &solution->laws, group);
  if (group->count == 1) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCallMPI(MPI_Comm_split(comm, group->own, rank, &group->comm));
  PetscCall(lay_out(case_in, group, &problems));
  failed = problems.num_problems;
  ProblemsDestroy(&problems); /* its warnings have been said of the whole film */
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MAX, comm));
  if (!failed) {
    use(&group->model, &group->own_laws, group);
    PetscFunctionReturn(PETSC_SUCCESS);
  }
  /* fewer ranks cannot share the cells, memory went, or a file did: all ranks together still can */
  PetscCall(ImpedanceGroupDestroy(group));
  *group = (ImpedanceGroup){.comm = comm, .count = 1, .ranks = size};
  use(model, &solution->laws, group);
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode ImpedanceGroupDestroy(ImpedanceGroup *group)
{
  PetscFunctionBeginUser;
  if (group->count == 1) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(LawsDestroy(&group->own_laws));
  PetscCall(ModelDestroy(&group->model));
  PetscCallMPI(MPI_Comm_free(&group->comm));
  PetscFunctionReturn(PETSC_SUCCESS);
}
