#pragma once

#include "asr.h"
#include "contact_faces.h"
#include "laws.h"
#include "log.h"
#include "matched_faces.h"
#include "model.h"
#include "steady.h"

/*@
  Solution - a model with materials at one temperature, solved
@*/
typedef struct {
  Laws laws;
  FaceModel faces_of;    /* what the faces are made of */
  MatchedFaces *matched; /* NULL: boundaries lie on the stairs, or are normal to axes */
  ContactFaces *contact; /* NULL: both electrodes touch everywhere */
  Faces faces;
  Vec potential; /* anode at 1 V, cathode at 0 V */
  SteadyReport report;
  Asr asr; /* not there if the solve was interrupted */
  double faces_seconds;
} Solution;

/*@
  SolutionCreate - faces, solve, budget

  Collective

  Input Parameters:
+ case_in     - boundary resistances resolved
. model       - laid out and percolating; must outlive the solution
. temperature - [K]
. log         - progress
- problems    - gets what is wrong with resistance files, and PETSc options nobody used

  Output Parameter:
. solution - solved if no problems came; free with SolutionDestroy() in any case
@*/
PetscErrorCode SolutionCreate(const Case *case_in, const Model *model, PetscReal temperature,
                              Log *log, Problems *problems, Solution *solution);
PetscErrorCode SolutionDestroy(Solution *solution);

/* The same in two: between them the model's geometry may go, which only faces are made of. */
PetscErrorCode SolutionMakeFaces(const Case *case_in, const Model *model, PetscReal temperature,
                                 Problems *problems, Solution *solution);
PetscErrorCode SolutionSolve(const Case *case_in, const Model *model, Log *log, Problems *problems,
                             Solution *solution);

/* The film's own share of the ASR, without electrodes [Ohm m^2]. */
PetscReal SolutionFilmAsr(const Solution *solution, const Model *model);
