#pragma once

#include <jansson.h>
#include "asr.h"
#include "contact.h"
#include "current.h"
#include "matched_faces.h"
#include "statistics.h"
#include "steady.h"

/* One part of the ASR, with what its resistance is known to. */
typedef struct {
  char name[128];
  PetscReal asr;         /* [Ohm m^2] */
  PetscReal uncertainty; /* relative; NaN if not known */
} ResultPart;

#define RESULT_MAX_PARTS 256

typedef struct {
  int count;
  ResultPart parts[RESULT_MAX_PARTS];
} ResultParts;

/* Seconds of each stage of a run. */
typedef struct {
  double mesh, full_contact, faces, setup, assembly, solve, report, total; /* assembly: of setup */
} StageSeconds;

/*@
  ResultInput - all that results.json is made of; nothing in it is owned
@*/
typedef struct {
  const char *hash, *version, *git, *command;
  int ranks;
  json_t *case_echo, *sources, *warnings;
  json_t *materials, *electrode_files; /* per name: every key of its file */
  const GrainStatistics *statistics;
  const SpeckReport *specks;       /* NULL, or smallest 0: none were to be dropped */
  const ResampleReport *resampled; /* NULL, or no voxels: an image was not resampled */
  const FacetStatistics *facets;   /* NULL: boundaries are normal to axes, or on the stairs */
  const char *const *phase_names;  /* of the film's phases, from 0 for phase 1 */
  PetscInt num_film_phases;
  PetscBool percolates;
  PetscReal thickness; /* of the film [m] */
  const Asr *asr;
  ResultParts grains, boundaries, electrodes[2];
  json_t *fit;                  /* boundaries found from a measured total; NULL if none */
  json_t *classes;              /* of misorientation, by name; NULL if there are none */
  json_t *impedance;            /* of the spectrum; NULL if none was asked for */
  PetscBool is_blocking[2];     /* the electrode has no DC resistance, and was solved with none */
  const Contact *contacts[2];   /* NULL: the electrode touches everywhere */
  PetscReal constriction;       /* what the contacts cost [Ohm m^2]; NaN: none was given */
  PetscReal brick_asr;          /* [Ohm m^2]; NaN with several conducting phases */
  const CurrentSpread *spreads; /* [NUM_PLANES] */
  const SteadyReport *solve;
  PetscInt64 cells;
  PetscReal peak_bytes_per_cell;
  StageSeconds seconds;
} ResultInput;

/*@
  ResultsBuild - results.json

  Returns:
    a new reference; numbers that are not finite become null
@*/
json_t *ResultsBuild(const ResultInput *input);

/*@
  ResultsParameterError - relative error of the total from what the parameters are known to

    sqrt(sum (part u)^2) / total

  Each part is the derivative of the total by the logarithm of its own resistance. NaN if no
  parameter's uncertainty is known.
@*/
PetscReal ResultsParameterError(const ResultInput *input);

/* Sum of an electrode's parts [Ohm m^2]. */
PetscReal ResultPartsSum(const ResultParts *parts);

/* Adds a part; parts of the same name add up, and so do, as "others", those there is no room for.
 */
void ResultPartsAdd(ResultParts *parts, const char *name, PetscReal asr, PetscReal uncertainty);

/* The specks that an image lost; null if none were to be dropped. */
json_t *ResultsSpecks(const SpeckReport *specks);

/* What an image was before it got the film's cells, and the grains it lost; null if each cell lies
 * in one voxel. */
json_t *ResultsResampled(const ResampleReport *resampled, const char *const *phase_names,
                         PetscInt num_phases, const GrainStatistics *statistics);

/* A JSON number, null if it is not finite. */
json_t *ResultsNumber(double number);
