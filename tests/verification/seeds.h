#pragma once

#include <math.h>
#include "scratch.h"
#include "structure.h"

/* Writes seeds, in um, and asks for their structure. phases: name of each seed's phase, or NULL. */
static inline PetscErrorCode SeedsWrite(const char *directory, const char *name, int num_seeds,
                                        const PetscReal (*seeds)[3], const char *const phases[],
                                        char path[256], StructureSpec *spec)
{
  static char generator[] = "polycrystal";
  const size_t size = 128 * (size_t)(num_seeds + 1);
  size_t length;
  char *text;

  PetscFunctionBeginUser;
  PetscCall(PetscMalloc1(size, &text));
  length = (size_t)snprintf(text, size, "x_um,y_um,z_um,weight_um2%s\n", phases ? ",phase" : "");
  for (int s = 0; s < num_seeds; s++) {
    length += (size_t)snprintf(text + length, size - length, "%.17g,%.17g,%.17g,0%s%s\n",
                               (double)seeds[s][0], (double)seeds[s][1], (double)seeds[s][2],
                               phases ? "," : "", phases ? phases[s] : "");
  }
  PetscCall(ScratchWrite(directory, name, text));
  PetscCall(PetscFree(text));
  snprintf(path, 256, "%s/%s", directory, name);
  *spec = (StructureSpec){.generator = generator,
                          .grain_size = NAN,
                          .fraction = NAN,
                          .diameter = NAN,
                          .brick = {NAN, NAN, NAN},
                          .size_spread = 0.35,
                          .aspect = 1,
                          .seeds_file = path};
  PetscFunctionReturn(PETSC_SUCCESS);
}
