#pragma once

#include "caselist.h"

/* What the runs of `converge` differ in; names in VariantKinds[] as on the command line. */
typedef enum { VARY_GRID, VARY_REALIZATION, VARY_WIDTH } VariantKind;
extern const char *const VariantKinds[]; /* "grid", "realizations", "width", NULL */

/*@
  Variants - one case several times: on finer and finer grids, with other seeds, or wider and wider

  Each is what the user would get with a few --set more, and its results say so. The case itself is
  one of them and has its results where `run` puts them; those of the others lie in a directory
  below, named after the variant, and hold no fields.
*/
typedef struct {
  VariantKind kind;
  CaseList list;      /* ordered: coarse to fine, by seed, narrow to wide */
  int own;            /* which of them is the case as it stands */
  char (*labels)[64]; /* "24x24x24", "seed 3", "2 x 2 um" */
  double *sizes;      /* of cells relative to the case's own, of widths likewise, or the seed */
} Variants;

/*@
  VariantsRead - reads what --levels, --coarsen and --over ask for, and sees whether it can be run

  Collective

  Input Parameters:
+ session - its options
. own     - a list of one: the case as it stands

  Output Parameters:
+ variants - free with VariantsDestroy() in any case
- status   - not 0 if they cannot be run; everything has been said then
@*/
PetscErrorCode VariantsRead(const Session *session, const CaseList *own, Variants *variants,
                            int *status);
PetscErrorCode VariantsDestroy(Variants *variants);

#define VARIANT_TEXT 128
#define VARIANT_SEEDS 4

/* The --set options that give the case other seeds, so many steps on; returns how many there are.
 */
int VariantSeeds(const Case *own, PetscInt step, char texts[VARIANT_SEEDS][VARIANT_TEXT]);

/* Adds a problem for whatever in the case makes every realization the same; `option` is who asks.
 */
void VariantRefuseRealizations(const Case *own, const char *option, Problems *problems);
