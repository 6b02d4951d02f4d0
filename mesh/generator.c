#include "generator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "bricks.h"
#include "columnar.h"
#include "crystallites.h"
#include "labels.h"
#include "phases_deal.h"
#include "planes.h"
#include "polycrystal.h"
#include "uniform.h"

typedef PetscErrorCode (*Creator)(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                                  const PhaseNames *phases, Problems *problems,
                                  Generator **generator);

/* Names and creators in the same order. */
const char *const GeneratorNames[] = {"amorphous", "single_crystal", "polycrystal",
                                      "columnar",  "crystallites",   "bricks",
                                      "planes",    "labels",         NULL};
static const Creator creators[] = {UniformCreate,  UniformCreate,      PolycrystalCreate,
                                   ColumnarCreate, CrystallitesCreate, BricksCreate,
                                   PlanesCreate,   LabelsCreate};

/* Keys without a default, and who reads them. */
static void warn_of_unused_keys(const StructureSpec *spec, Problems *problems)
{
  const struct {
    const char *key, *readers;
    int is_set;
  } keys[] = {
      {"grain_size_um", "polycrystal columnar", !isnan(spec->grain_size)},
      {"seeds_file", "polycrystal columnar", spec->seeds_file != NULL},
      {"brick_um", "bricks", !isnan(spec->brick[0])},
      {"fraction", "crystallites", !isnan(spec->fraction)},
      {"diameter_um", "crystallites", !isnan(spec->diameter)},
      {"spheres_file", "crystallites", spec->spheres_file != NULL},
      {"planes", "planes", spec->num_planes > 0},
      {"file", "labels", spec->file != NULL},
      {"label_phases", "labels", spec->num_label_phases > 0},
  };

  for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
    if (keys[k].is_set && !strstr(keys[k].readers, spec->generator)) {
      ProblemsWarn(problems, NULL, "structure.%s is not used by generator %s", keys[k].key,
                   spec->generator);
    }
  }
}

static PetscInt find_generator(const char *name, Problems *problems)
{
  char known[256] = "";
  size_t length = 0;

  for (PetscInt g = 0; GeneratorNames[g]; g++) {
    if (name && !strcmp(GeneratorNames[g], name)) return g;
    length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", g ? ", " : "",
                               GeneratorNames[g]);
  }
  ProblemsAdd(problems, NULL, "structure.generator = \"%s\" is unknown; there are: %s",
              name ? name : "", known);
  return -1;
}

PetscErrorCode GeneratorCreate(MPI_Comm comm, const StructureSpec *spec, const StructureBox *box,
                               const PhaseNames *phases, Problems *problems, Generator **generator)
{
  const int num_problems = problems->num_problems;
  const PetscInt found = find_generator(spec->generator, problems);

  PetscFunctionBeginUser;
  *generator = NULL;
  if (found < 0) PetscFunctionReturn(PETSC_SUCCESS);
  warn_of_unused_keys(spec, problems);
  PetscCall((*creators[found])(comm, spec, box, phases, problems, generator));
  if (*generator) PetscCall(PhasesDeal(comm, spec, box, phases, problems, *generator));
  if (problems->num_problems > num_problems) PetscCall(GeneratorDestroy(generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GeneratorWrap(PetscInt num_grains,
                             PetscErrorCode (*label)(const Generator *, const Lattice *, int32_t *),
                             PetscErrorCode (*destroy)(void *), void *data, Generator **generator)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(generator));
  (*generator)->num_grains = num_grains;
  (*generator)->label = label;
  (*generator)->destroy = destroy;
  (*generator)->data = data;
  PetscCall(PetscMalloc1(num_grains + 1, &(*generator)->phase));
  for (PetscInt g = 0; g <= num_grains; g++) (*generator)->phase[g] = g > 0;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode GeneratorDestroy(Generator **generator)
{
  PetscFunctionBeginUser;
  if (!*generator) PetscFunctionReturn(PETSC_SUCCESS);
  if ((*generator)->destroy) PetscCall((*(*generator)->destroy)((*generator)->data));
  PetscCall(PetscFree((*generator)->phase));
  PetscCall(CrystalsDestroy(&(*generator)->crystals));
  PetscCall(PetscFree(*generator));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CrystalsCreate(PetscInt num_grains, Crystals **crystals)
{
  PetscFunctionBeginUser;
  PetscCall(PetscNew(crystals));
  PetscCall(
      PetscCalloc2(num_grains + 1, &(*crystals)->orientation, num_grains + 1, &(*crystals)->laue));
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CrystalsDestroy(Crystals **crystals)
{
  PetscFunctionBeginUser;
  if (!*crystals) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(PetscFree2((*crystals)->orientation, (*crystals)->laue));
  PetscCall(PetscFree(*crystals));
  PetscFunctionReturn(PETSC_SUCCESS);
}
