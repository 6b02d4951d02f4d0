#include <stdio.h>
#include <string.h>
#include "commands.h"
#include "exit_status.h"
#include "help.h"
#include "version.h"

PetscErrorCode CommandVersion(const Session *session, int *status)
{
  PetscFunctionBeginUser;
  LogLine(session->log, "granulith %s (%s), PETSc %d.%d.%d", GRANULITH_VERSION, GRANULITH_GIT,
          PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR);
  *status = STATUS_DONE;
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const struct {
  const char *topic, *text;
} topics[] = {
    {"run",
     "granulith [run] CASE ...\n"
     "  Computes the ASR of each case and writes results.json, fields.h5, fields.xdmf, "
     "profile.csv\n"
     "  and run.log into CASE/results (or --output DIR; with several cases DIR/CASENAME).\n"},
    {"compare",
     "granulith compare CASE ...\n"
     "  Runs each case, or reuses its results if case, files and program are unchanged (--force: "
     "runs\n"
     "  anyway), prints one table and writes comparison.csv and comparison.json into ./comparison\n"
     "  (or --output DIR, where the cases' results go too, as DIR/CASENAME).\n"},
    {"converge",
     "granulith converge CASE [--levels N] [--coarsen]\n"
     "  The same structure on the case's grid and on grids of half and a quarter of its cells' "
     "size "
     "(or,\n"
     "  --coarsen, of twice and four times; N grids instead of three): observed order, "
     "Richardson's\n"
     "  value and an error band (grid convergence index) of the ASR and of each of its parts, as "
     "a\n"
     "  table, convergence.json and convergence.csv. Every run's results.json then holds its band "
     "as\n"
     "  error.grid_relative. Exit status 3 if the ASR goes up and down from grid to grid.\n"
     "  A fit to a measured total is made on every grid, and the resistance it finds is in the "
     "table.\n"
     "granulith converge CASE --over realizations N\n"
     "  N structures with seeds of their own, from the case's upwards: mean, standard deviation "
     "and "
     "95 %\n"
     "  bands of the ASR and its parts; realizations.json and .csv.\n"
     "granulith converge CASE --over width [--levels N]\n"
     "  The case as wide as it is, twice and four times as wide, with cells as large; width.json "
     "and "
     ".csv.\n"
     "Runs are reused as by compare. They lie below the case's results, in convergence/, "
     "realizations/,\n"
     "width/.\n"},
    {"study",
     "granulith study DIR\n"
     "  Runs what DIR/study.cfg asks for: one or several cases with any keys swept. Results that "
     "fit are\n"
     "  reused, so a study that was stopped goes on where it stopped. Small runs go side by side, "
     "one\n"
     "  rank for every 500,000 cells. Writes study.csv and study.json into DIR/results (or "
     "--output DIR),\n"
     "  each run's results below it in runs/. A run that fails is a row with its status and "
     "message; the\n"
     "  exit status is the worst of all. A film of more cells than cells_most is computed as a\n"
     "  representative stack, with a 95 % band. Thickness sweeps: greatest thickness that meets "
     "target.\n"
     "  asr_ohm_cm2; temperature sweeps: activation energies.\n\n"},
    {"mesh",
     "granulith mesh CASE ... [--format NAME,NAME]\n"
     "  Makes the microstructure only: statistics on the terminal and in statistics.json, "
     "labels.h5\n"
     "  and labels.xdmf for ParaView.\n"
     "  --format npy,vti,tiff,dream3d,tesr (any of them) writes the film, without electrode "
     "layers,\n"
     "  for other programs: labels.npy (grains, shape (nz, ny, nx)), labels.vti (VTK: grains, "
     "phases),\n"
     "  labels.tif (grains, a page a plane), labels.dream3d (DREAM.3D 6: grains, phases), "
     "labels.tesr\n"
     "  (Neper: grains); lengths in um.\n"},
    {"check", "granulith check CASE ...\n"
              "  Reads and validates, prints derived numbers and where each value comes from, "
              "estimates memory\n"
              "  and time. No solve, nothing written.\n"},
};

static void say_overview(void)
{
  puts("granulith computes the area-specific resistance (ASR) of solid electrolytes, with every\n"
       "grain and boundary resolved, and where it sits.\n\n"
       "  mpirun -n 2 granulith cases/llzo-film    run cases (the default command is run)\n"
       "  granulith compare CASE CASE ...          run or reuse, one ASR table\n"
       "  granulith converge CASE                  finer grids: order, extrapolated ASR, error "
       "band;\n"
       "                                           --over realizations N, --over width\n"
       "  granulith study   DIR                    sweep any keys (thickness, grain size, "
       "temperature, ...)\n"
       "  granulith mesh    CASE                   microstructure and its statistics only\n"
       "  granulith check   CASE                   validate, estimate memory and time; no solve\n"
       "  granulith help [case|materials|COMMAND]  every key with unit, default, range\n\n"
       "options\n"
       "  --output DIR            where results go\n"
       "  --set key.path=value    change a key of the case; repeatable\n"
       "                          (film.thickness_um=2, phases.grain.material=x)\n"
       "  --force                 compute even if results fit (compare, converge, study), and no\n"
       "                          frequency of an interrupted spectrum is taken over\n"
       "  --levels N, --coarsen, --over WHAT      see granulith help converge\n"
       "  --format NAME,NAME      see granulith help mesh\n"
       "  --quiet                 errors only\n"
       "  --version               version, commit and PETSc\n"
       "  -ksp_monitor ...        PETSc's options begin with one dash\n\n"
       "exit status\n"
       "  0 done; 2 bad input, or a film that does not percolate; 3 not converged; 4 results "
       "cannot\n"
       "  be written; 1 internal error; 128 + n stopped by signal n");
}

PetscErrorCode CommandHelp(const Session *session, int *status)
{
  const Options *options = session->options;
  const char *topic = options->num_arguments ? options->arguments[0] : "";
  PetscMPIInt rank;

  PetscFunctionBeginUser;
  *status = STATUS_DONE;
  PetscCallMPI(MPI_Comm_rank(session->comm, &rank));
  if (rank) PetscFunctionReturn(PETSC_SUCCESS);
  if (!topic[0] || !strcmp(topic, "help"))
    say_overview();
  else if (!strcmp(topic, "case"))
    PetscCall(HelpCase(stdout));
  else if (!strcmp(topic, "materials"))
    PetscCall(HelpMaterials(stdout, "."));
  else {
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++) {
      if (strcmp(topic, topics[t].topic)) continue;
      fputs(topics[t].text, stdout);
      if (!strcmp(topic, "study")) PetscCall(HelpStudy(stdout));
      PetscFunctionReturn(PETSC_SUCCESS);
    }
    LogError(session->log,
             "granulith: error: no help on \"%s\"; there is help on case, materials, run, compare, "
             "converge, study, mesh and check",
             topic);
    *status = STATUS_BAD_INPUT;
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}
