#pragma once

#include "facets.h"
#include "generator.h"
#include "grid.h"

/*@
  Microstructure - which grain every cell belongs to, and which phase every grain

  Grains of the film are numbered from 1; behind them come, one grain and one phase each, the
  electrode layers that have cells of their own: those of the anode from the film outwards, then
those of the cathode. 0 is void, -1 stands behind sides and plates.
@*/
typedef struct {
  PetscInt num_film_grains, num_grains; /* without and with layers */
  PetscInt num_film_phases, num_phases;
  int32_t *grain;             /* ghosted local box, see GridIndex() */
  PetscInt *phase;            /* [num_grains + 1] */
  Crystals *crystals;         /* of the film's grains; NULL: not known */
  SpeckReport specks;         /* dropped from an image */
  ResampleReport resampled;   /* an image */
  BoundaryGeometry *geometry; /* of the film's grains; NULL if their boundaries are normal to axes,
                                 or are to be taken as the faces of the cells */
} Microstructure;

/*@
  MicrostructureCreate - lays out a structure on the cells

  Collective; the same structure, bit for bit, on any number of ranks

  Input Parameters:
+ grid     - the cells
. spec     - what is asked for
. phases   - names of the film's phases
. num_layers - layers with cells of their own on the anode side and on the cathode side
. layers   - their cells, anode side first, from the film outwards
- problems - gets what is wrong with the request

  Output Parameter:
. structure - free with MicrostructureDestroy(), also after problems
@*/
PetscErrorCode MicrostructureCreate(const Grid *grid, const StructureSpec *spec,
                                    const PhaseNames *phases, const PetscInt num_layers[2],
                                    const GridLayer *const layers[2], Problems *problems,
                                    Microstructure *structure);
PetscErrorCode MicrostructureDestroy(Microstructure *structure);
