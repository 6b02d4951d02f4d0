#pragma once

#include "contact.h"
#include "microstructure.h"

/* Which cells take part in conduction. */
typedef struct {
  uint8_t *is_joined;   /* ghosted local box; 1 if solid cells join the cell to a plate, else 0 */
  PetscBool percolates; /* some path joins the plates */
  PetscInt64 island_cells; /* solid cells joined to no plate */
  PetscInt64 void_cells;
} Connectivity;

/*@
  ConnectivityCompute - finds islands, and whether the film percolates

  Collective. Cells are joined across faces; a boundary between grains does not part them.

  Input Parameters:
+ grid      - the cells
. structure - labels with the ghost layer filled
- contacts  - where anode and cathode touch; NULL, or an entry NULL: everywhere

  Output Parameter:
. connectivity - free with ConnectivityDestroy()
@*/
PetscErrorCode ConnectivityCompute(const Grid *grid, const Microstructure *structure,
                                   Contact *const contacts[2], Connectivity *connectivity);
PetscErrorCode ConnectivityDestroy(Connectivity *connectivity);
