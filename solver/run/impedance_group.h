#pragma once

#include "solution.h"

/*@
  ImpedanceGroup - ranks that solve frequencies of a spectrum while other groups solve others

  Frequencies know nothing of each other, so groups hardly wait; each has the whole film.
@*/
typedef struct {
  MPI_Comm comm;  /* of the ranks of this group */
  int count, own; /* number of groups, and which this one is */
  int ranks;      /* in each */
  FaceModel faces_of;
  Contact *const *contacts; /* as in Model */
  const Laws *laws;
  Model model; /* the group's own, and its laws; unused with one group */
  Laws own_laws;
} ImpedanceGroup;

/*@
  ImpedanceGroupCreate - shares the ranks out and lays the film out in each group

  Collective over the model's ranks. All groups have the same number of ranks. There is one alone if
  the key impedance.groups says so or memory has no room for copies.

  Input Parameters:
+ case_in  - boundary resistances resolved; must outlive the group, as the others
. model    - laid out on all ranks
- solution - its laws

  Output Parameter:
. group - points into itself: not to be copied; free with ImpedanceGroupDestroy()
@*/
PetscErrorCode ImpedanceGroupCreate(const Case *case_in, const Model *model,
                                    const Solution *solution, ImpedanceGroup *group);
PetscErrorCode ImpedanceGroupDestroy(ImpedanceGroup *group);

/* The part of `count` things in a row that group `g` does: from ImpedanceGroupFirst(g) up to that
   of g + 1. Neighbours stay together, for a solve starts from those before. */
static inline PetscInt ImpedanceGroupFirst(const ImpedanceGroup *group, int g, PetscInt count)
{
  return count * g / group->count;
}
