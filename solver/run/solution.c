#include "solution.h"

#include <petsctime.h>
#include <string.h>
#include "energy_cg.h"
#include "grain_mg.h"
#include "large_pages.h"
#include "profiling.h"
#include "signals.h"

/* Options that PETSc looks at only when it ends. */
static PetscBool is_read_at_the_end(const char *name)
{
  static const char *const names[] = {"options_left",    "options_view",    "log_view",
                                      "log_view_memory", "malloc_dump",     "malloc_view",
                                      "malloc_debug",    "objects_dump",    "memory_view",
                                      "mpidump",         "get_total_flops", NULL};

  for (int n = 0; names[n]; n++) {
    if (!strcmp(name, names[n])) return PETSC_TRUE;
  }
  return PETSC_FALSE;
}

static PetscErrorCode refuse_unused_options(Problems *problems)
{
  PetscInt count;
  char **names, **values;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsLeftGet(NULL, &count, &names, &values));
  for (PetscInt o = 0; o < count; o++) {
    if (is_read_at_the_end(names[o])) continue;
    ProblemsAdd(
        problems, NULL,
        "option -%s%s%s is unknown to granulith and was used by no part of PETSc; check its "
        "spelling",
        names[o], values[o] ? " " : "", values[o] ? values[o] : "");
  }
  PetscCall(PetscOptionsLeftRestore(NULL, &count, &names, &values));
  PetscFunctionReturn(PETSC_SUCCESS);
}

/* What PETSc itself would only trip over later. */
static PetscErrorCode refuse_other_solvers(const Grid *grid, Problems *problems)
{
  char type[64];
  PetscBool is_set;

  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetString(NULL, NULL, "-ksp_type", type, sizeof type, &is_set));
  if (is_set && strcmp(type, KSPENERGYCG)) {
    ProblemsAdd(problems, NULL,
                "option -ksp_type %s: must be " KSPENERGYCG
                ", whose energies the error estimate needs; the preconditioner may be chosen with "
                "-pc_type",
                type);
  }
  PetscCall(PetscOptionsGetString(NULL, NULL, "-pc_type", type, sizeof type, &is_set));
  if (!is_set || !strcmp(type, PCGRAINMG)) { /* else its options are unused, which is said later */
    char problem[256];

    PetscCall(GrainMgCheckOptions(NULL, sizeof problem, problem));
    if (problem[0]) ProblemsAdd(problems, NULL, "%s", problem);
  }
  for (int d = 0; d < 3 && is_set && !strcmp(type, PCSMG); d++) {
    const PetscInt n = grid->num_cells[d];

    if (!grid->is_periodic[d] || (n & (n - 1)) == 0) continue;
    ProblemsAdd(problems, NULL,
                "option -pc_type smg: the number of cells along %c, %" PetscInt_FMT
                ", must be a power of 2 where the film is periodic; use -pc_type pfmg or "
                "film.lateral = \"insulating\"",
                'x' + d, n);
    break;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void show_iteration(void *log, PetscInt iteration, PetscReal error, PetscReal balance)
{
  LogProgress(log, "  solving: iteration %" PetscInt_FMT ", ASR error %.1e, balance %.1e",
              iteration, (double)error, (double)balance);
}

static PetscErrorCode solve(const Case *case_in, const Model *model, Log *log, Problems *problems,
                            Solution *solution)
{
  const SteadyOptions options = {.tolerance = case_in->tolerance,
                                 .balance_tolerance = case_in->balance_tolerance,
                                 .max_iterations = case_in->max_iterations,
                                 .interrupt = &SignalCaught,
                                 .progress = show_iteration,
                                 .progress_data = log};
  Steady steady = NULL;

  PetscFunctionBeginUser;
  PetscCall(refuse_other_solvers(&model->grid, problems));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  LogProgress(log, "  setting up the solver");
  FreeMemoryReturn();
  PetscCall(StageBegin(STAGE_SETUP));
  PetscCall(SteadyCreate(&model->grid, &solution->faces, &options, &steady));
  PetscCall(StageEnd());
  PetscCall(refuse_unused_options(problems));
  if (!problems->num_problems) {
    FreeMemoryReturn();
    PetscCall(GridVecCreate(&model->grid, &solution->potential));
    PetscCall(StageBegin(STAGE_SOLVE));
    PetscCall(SteadySolve(steady, solution->potential, &solution->report));
    PetscCall(StageEnd());
  }
  PetscCall(SteadyDestroy(&steady));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SolutionMakeFaces(const Case *case_in, const Model *model, PetscReal temperature,
                                 Problems *problems, Solution *solution)
{
  PetscLogDouble start, end;

  PetscFunctionBeginUser;
  PetscCall(PetscMemzero(solution, sizeof *solution));
  PetscCall(LawsCreate(model->grid.comm, case_in, &model->structure, model->classes, model->stacks,
                       temperature, problems, &solution->laws));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  solution->faces_of = (FaceModel){
      &model->grid, &model->structure, &model->connectivity, &solution->laws.transport, NULL, NULL};
  PetscCall(PetscTime(&start));
  PetscCall(StageBegin(STAGE_FACES));
  if (case_in->boundary_faces == BOUNDARIES_MATCHED && model->structure.geometry) {
    PetscCall(EventBegin(EVENT_MATCHED_FACES));
    PetscCall(MatchedFacesCreate(&solution->faces_of, model->structure.geometry, NULL,
                                 &solution->matched));
    PetscCall(EventEnd(EVENT_MATCHED_FACES));
    solution->faces_of.matched = solution->matched;
  }
  PetscCall(ContactFacesCreate(&solution->faces_of, model->contacts, &solution->contact));
  solution->faces_of.contact = solution->contact;
  PetscCall(EventBegin(EVENT_FACES));
  PetscCall(FacesCompute(&solution->faces_of, &solution->faces));
  PetscCall(EventEnd(EVENT_FACES));
  PetscCall(StageEnd());
  PetscCall(PetscTime(&end));
  solution->faces_seconds = end - start;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SolutionSolve(const Case *case_in, const Model *model, Log *log, Problems *problems,
                             Solution *solution)
{
  PetscFunctionBeginUser;
  PetscCall(solve(case_in, model, log, problems, solution));
  if (problems->num_problems || solution->report.is_interrupted) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(StageBegin(STAGE_REPORT));
  PetscCall(EventBegin(EVENT_ASR));
  PetscCall(AsrCompute(&solution->faces_of, &solution->faces, solution->potential, &solution->asr));
  PetscCall(EventEnd(EVENT_ASR));
  PetscCall(StageEnd());
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SolutionCreate(const Case *case_in, const Model *model, PetscReal temperature,
                              Log *log, Problems *problems, Solution *solution)
{
  PetscFunctionBeginUser;
  PetscCall(SolutionMakeFaces(case_in, model, temperature, problems, solution));
  if (problems->num_problems) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(SolutionSolve(case_in, model, log, problems, solution));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode SolutionDestroy(Solution *solution)
{
  PetscFunctionBeginUser;
  PetscCall(AsrDestroy(&solution->asr));
  PetscCall(VecDestroy(&solution->potential));
  PetscCall(FacesDestroy(&solution->faces));
  PetscCall(MatchedFacesDestroy(&solution->matched));
  PetscCall(ContactFacesDestroy(&solution->contact));
  PetscCall(LawsDestroy(&solution->laws));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscReal SolutionFilmAsr(const Solution *solution, const Model *model)
{
  PetscReal sum = 0;

  for (PetscInt k = 0; k < solution->asr.num_kinds; k++) sum += solution->asr.kinds[k];
  for (PetscInt p = 1; p <= model->structure.num_film_phases; p++) {
    sum += solution->asr.phases[p];
    for (PetscInt q = p; q <= model->structure.num_film_phases; q++) {
      sum += AsrBoundary(&solution->asr, p, q);
    }
  }
  return sum;
}
