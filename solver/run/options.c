#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static PetscBool is_directory(const char *path)
{
  struct stat status;

  return (PetscBool)(!stat(path, &status) && S_ISDIR(status.st_mode));
}

static char *join_words(int argc, char **argv)
{
  size_t length = 1;
  char *line;

  for (int a = 0; a < argc; a++) length += strlen(argv[a]) + 1;
  line = calloc(length, 1);
  if (!line) abort();
  for (int a = 0; a < argc; a++) {
    if (a) strcat(line, " ");
    strcat(line, argv[a]);
  }
  return line;
}

/* The value of `--name VALUE` or `--name=VALUE`; NULL, with a problem, if there is none. */
static const char *take_value(const char *name, int argc, char **argv, int *a, Problems *problems)
{
  const size_t length = strcspn(name, " ");

  if (argv[*a][length] == '=') return argv[*a] + length + 1;
  if (*a + 1 < argc) return argv[++*a];
  ProblemsAdd(problems, NULL, "%s needs a value", name);
  return NULL;
}

static PetscBool is_option(const char *word, const char *name)
{
  const size_t length = strlen(name);

  return (PetscBool)(!strncmp(word, name, length) && (!word[length] || word[length] == '='));
}

/* A whole number from the least allowed; 0, with a problem, if it is none. */
static PetscInt take_number(const char *name, const char *text, long least, long largest,
                            const char *why, Problems *problems)
{
  char *end;
  const long number = text ? strtol(text, &end, 10) : 0;

  if (!text) return 0;
  if (end != text && !*end && number >= least && number <= largest) return (PetscInt)number;
  ProblemsAdd(problems, NULL, "%s %s: must be a whole number from %ld to %ld%s", name, text, least,
              largest, why);
  return 0;
}

static void take_over(int argc, char **argv, int *a, Options *options, Problems *problems)
{
  options->over = take_value("--over realizations N, or --over width,", argc, argv, a, problems);
  if (!options->over) return;
  if (!strcmp(options->over, "realizations")) {
    const char *number = *a + 1 < argc ? argv[++*a] : "(nothing)";

    options->realizations = take_number("--over realizations", number, 2, 10000,
                                        ": one alone has no standard deviation", problems);
  } else if (strcmp(options->over, "width")) {
    ProblemsAdd(problems, NULL, "--over %s: must be realizations N or width", options->over);
  }
}

/* Options that would do nothing are refused. */
static void check_converge_options(const Options *options, Problems *problems)
{
  const PetscBool is_converge = (PetscBool)!strcmp(options->command, "converge");
  const PetscBool is_asking =
      (PetscBool)(!strcmp(options->command, "help") || !strcmp(options->command, "version"));
  const PetscBool is_sample = (PetscBool)(options->over && !strcmp(options->over, "realizations"));

  if (is_asking) return;
  if (!is_converge && (options->levels || options->coarsen || options->over)) {
    ProblemsAdd(problems, NULL, "%s is an option of converge, not of %s",
                options->levels    ? "--levels"
                : options->coarsen ? "--coarsen"
                                   : "--over",
                options->command);
  } else if (options->over && options->coarsen) {
    ProblemsAdd(problems, NULL, "--coarsen changes the grid, --over %s keeps it; give one of them",
                options->over);
  } else if (is_sample && options->levels) {
    ProblemsAdd(problems, NULL,
                "--levels is for grids and widths; --over realizations is followed by how many");
  }
}

static void check_mesh_options(const Options *options, Problems *problems)
{
  if (!options->has_formats || !strcmp(options->command, "mesh") ||
      !strcmp(options->command, "help")) {
    return;
  }
  ProblemsAdd(problems, NULL, "--format is an option of mesh, not of %s", options->command);
}

static void take_long_option(int argc, char **argv, int *a, Options *options, Problems *problems)
{
  const char *word = argv[*a];

  if (!strcmp(word, "--force"))
    options->force = PETSC_TRUE;
  else if (!strcmp(word, "--quiet"))
    options->quiet = PETSC_TRUE;
  else if (!strcmp(word, "--help"))
    options->command = "help";
  else if (!strcmp(word, "--version"))
    options->command = "version";
  else if (is_option(word, "--output")) {
    options->output = take_value("--output DIR", argc, argv, a, problems);
  } else if (is_option(word, "--set")) {
    const char *set = take_value("--set key.path=value", argc, argv, a, problems);

    if (set) options->sets[options->num_sets++] = set;
  } else if (!strcmp(word, "--coarsen")) {
    options->coarsen = PETSC_TRUE;
  } else if (is_option(word, "--levels")) {
    options->levels = take_number(
        "--levels", take_value("--levels N", argc, argv, a, problems), 3, 8,
        "; two grids show a difference, but not whether and how fast it vanishes", problems);
  } else if (is_option(word, "--over")) {
    take_over(argc, argv, a, options, problems);
  } else if (is_option(word, "--format")) {
    const char *list = take_value("--format NAME,NAME", argc, argv, a, problems);

    options->has_formats = PETSC_TRUE;
    if (list) ExportFormatsRead(list, problems, options->formats);
  } else {
    ProblemsAdd(
        problems, NULL,
        "unknown option %s; known are --output DIR, --set key.path=value, --force, --quiet, "
        "--levels N, --coarsen, --over WHAT, --format NAME,NAME, --help, --version, and PETSc's, "
        "which begin with one "
        "dash",
        word);
  }
}

void OptionsTake(const char *const *commands, int *argc, char **argv, Options *options,
                 Problems *problems)
{
  int kept = 1;
  PetscBool is_named = PETSC_FALSE;

  memset(options, 0, sizeof *options);
  options->command = "run";
  options->line = join_words(*argc, argv);
  options->arguments = calloc((size_t)*argc + 1, sizeof *options->arguments);
  options->sets = calloc((size_t)*argc + 1, sizeof *options->sets);
  if (!options->arguments || !options->sets) abort();
  for (int a = 1; a < *argc; a++) {
    PetscBool is_command = PETSC_FALSE;

    for (int c = 0; commands[c]; c++) {
      if (!strcmp(argv[a], commands[c])) is_command = PETSC_TRUE;
    }
    if (!strncmp(argv[a], "--", 2))
      take_long_option(*argc, argv, &a, options, problems);
    else if (argv[a][0] == '-') {
      argv[kept++] = argv[a];
      if (a + 1 < *argc && argv[a + 1][0] != '-' && !is_directory(argv[a + 1])) {
        argv[kept++] = argv[++a];
      }
    } else if (is_command && !is_named && !options->num_arguments) {
      options->command = argv[a];
      is_named = PETSC_TRUE;
    } else {
      options->arguments[options->num_arguments++] = argv[a];
    }
  }
  argv[kept] = NULL;
  *argc = kept;
  check_converge_options(options, problems);
  check_mesh_options(options, problems);
}

void OptionsDestroy(Options *options)
{
  free(options->arguments);
  free(options->sets);
  free(options->line);
}
