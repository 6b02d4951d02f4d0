#pragma once

#include "case.h"
#include "transport.h"

#define STACK_MAX_RESOLVED 8

/* One resistance in series at an electrode that gets no cells. */
typedef struct {
  const char *name;      /* "charge_transfer", or the layer's material */
  PetscReal resistance;  /* [Ohm m^2] */
  PetscReal uncertainty; /* relative; NaN if not known */
  PetscInt position;     /* number of layers with cells between it and the film */
  Element beside;        /* the resistance at AC; its own resistance is not used */
  PetscBool is_blocking; /* at AC the resistance is infinite, else 0 stands for it */
} StackPart;

/*@
  ElectrodeStack - an electrode as the grid sees it: layers with cells, and resistances on faces

  A layer thinner than half a cell becomes a resistance, on the face where it lies.
@*/
typedef struct {
  PetscInt num_resolved;
  GridLayer resolved[STACK_MAX_RESOLVED]; /* from the film outwards */
  const LayerInput *input[STACK_MAX_RESOLVED];
  PetscInt num_parts;
  StackPart parts[ELECTRODE_MAX_PARTS];
} ElectrodeStack;

/*@
  ElectrodeStackBuild - sorts an electrode's layers into resolved and thin ones

  Input Parameters:
+ electrode   - of the case; must outlive the stack
. cell        - thickness of the film's cells at this electrode [m]
. temperature - [K]
- problems    - gets too many layers

  Output Parameter:
. stack - the electrode
@*/
void ElectrodeStackBuild(const ElectrodeInput *electrode, PetscReal cell, PetscReal temperature,
                         Problems *problems, ElectrodeStack *stack);

/* Sum of the parts with a given number of resolved layers between them and the film [Ohm m^2]. */
PetscReal ElectrodeStackContact(const ElectrodeStack *stack, PetscInt position);
