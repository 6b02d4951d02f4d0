#pragma once

#include <jansson.h>
#include <math.h>
#include "conductivity.h"
#include "contact.h"
#include "element.h"
#include "faces.h"
#include "grid.h"
#include "problems.h"
#include "structure.h"

/* A case with every value resolved: files read, materials looked up, defaults filled in, SI units.
   It exists in run/ only; every other room takes the small struct it needs. NaN: not given. */

/* A phase of the film. */
typedef struct {
  char *name;
  char *material;         /* NULL if the case gives all values itself */
  double conductivity[3]; /* along x, y, z at the reference temperature [S/m] */
  Arrhenius arrhenius;
  double uncertainty; /* relative */
  double relative_permittivity;
  double typical_grain_size; /* [m] */
  PetscBool is_total;        /* the material's conductivity already includes its boundaries */
} PhaseInput;

/* Boundaries of one phase between grains that differ in orientation in some way. */
typedef struct {
  char *name;      /* in results, behind the phases; NULL: no such class, all boundaries */
  double from, to; /* disorientation, from (included) to (not) [rad]; if there is no sigma */
  PetscInt num_sigmas;
  PetscInt *sigmas; /* odd */
  double brandon;   /* allowed deviation times the root of sigma [rad] */
} MisorientationClass;

/* The boundary between grains of two phases. */
typedef struct {
  PetscInt phases[2]; /* from 1; first <= second */
  double resistance;  /* at the reference temperature [Ohm m^2]; NaN if it follows from the total */
  double total_conductivity; /* of the film, measured, at the reference temperature [S/m] */
  PetscBool has_fit;         /* refine resistance on the resolved structure */
  Arrhenius arrhenius;       /* of the boundary's conductivity */
  double lognormal_spread;
  double capacitance;         /* [F/m^2]; NaN: not known */
  double uncertainty;         /* relative */
  PetscBool is_from_material; /* not listed in the case */
  MisorientationClass misorientation;
} BoundaryInput;

/* A layer between film and electrode. */
typedef struct {
  char *name;             /* the material's name */
  double thickness;       /* [m] */
  double conductivity[3]; /* [S/m] */
  Arrhenius arrhenius;
  double uncertainty;
  PetscBool resolve; /* gets cells even if thinner than half a cell */
  Element beside;    /* its resistance: capacitor and constant-phase element; no resistance */
} LayerInput;

typedef struct {
  char *name;             /* NULL if not given */
  double charge_transfer; /* at the reference temperature [Ohm m^2] */
  Arrhenius arrhenius;    /* of the charge transfer's conductance */
  double uncertainty;     /* of the charge transfer, relative */
  Element beside;         /* the charge transfer; no resistance */
  PetscBool is_blocking;  /* no charge transfer */
  PetscInt num_layers;    /* from the film outwards */
  LayerInput *layers;
  PetscBool has_contact; /* it was asked how the electrode touches */
  ContactSpec contact;
  char *grain_resistance_file; /* full path, NULL if none */
} ElectrodeInput;

/* The spectrum that was asked for. */
typedef struct {
  double from, to; /* [Hz] */
  PetscInt per_decade;
  double refine;   /* halve intervals across which the phase turns by more [rad]; 0: none */
  PetscInt groups; /* of ranks, at most; 0: as many as there are */
} ImpedanceInput;

typedef struct {
  char *path;      /* full path of case.cfg */
  char *directory; /* of the case */
  char *name;      /* last part of the directory */
  char *title;
  FilmSpec film;
  PetscInt layer_cells; /* along z, of the grid that electrode layers are laid out for */
  StructureSpec structure;
  PetscInt num_phases;
  PhaseInput *phases; /* phase p is phases[p - 1] */
  PetscInt num_boundaries;
  BoundaryInput *boundaries; /* pairs listed, then materials' own; other pairs have no resistance */
  char *boundaries_file;     /* full path, NULL if none */
  ElectrodeInput anode, cathode;
  double temperature;     /* [K] */
  double current_density; /* mean [A/m^2] */
  double tolerance, balance_tolerance;
  PetscInt max_iterations;
  BoundaryFacesKind boundary_faces;
  PetscBool has_fields;         /* write fields.h5 */
  PetscBool has_fields_vti;     /* write fields.vti */
  PetscBool has_grains;         /* write grains.csv */
  PetscBool has_boundaries_vtp; /* write boundaries.vtp */
  PetscBool has_impedance;
  ImpedanceInput impedance;
  json_t *echo;       /* every key as used and where it came from */
  json_t *sources;    /* array of strings: references of the materials used */
  json_t *materials;  /* per material used: every key of its file */
  json_t *electrodes; /* per electrode looked up: every key of its file */
  PetscInt num_files; /* every file that was read or is named, full paths */
  char **files;
} Case;

/*@
  CaseRead - reads and checks a case directory

  Collective; every rank reads

  Input Parameters:
+ comm        - ranks that run the case
. directory   - holds case.cfg
. num_sets    - number of --set options
- sets        - "path=value" each

  Output Parameters:
+ case_in  - free with CaseDestroy(), also after problems; usable if problems->num_problems is 0
- problems - all that is wrong, with file, line, key, value and what is allowed; warnings
@*/
PetscErrorCode CaseRead(MPI_Comm comm, const char *directory, PetscInt num_sets,
                        const char *const *sets, Case *case_in, Problems *problems);
PetscErrorCode CaseDestroy(Case *case_in);

/* "grain|glass", and the name of its class, if it is one: as in results. */
enum { BOUNDARY_NAME = 128 };
void CaseBoundaryName(const Case *case_in, const BoundaryInput *boundary, char name[BOUNDARY_NAME]);
/* Intervals between the frequencies of a list, before it is refined. */
static inline PetscInt FrequencyIntervals(const ImpedanceInput *input)
{
  return PetscMax(
      1, (PetscInt)floor(log10(input->to / input->from) * (double)input->per_decade + 0.5));
}

/* Whether there is no DC path. */
static inline PetscBool CaseIsBlocking(const Case *case_in)
{
  return (PetscBool)(case_in->anode.is_blocking || case_in->cathode.is_blocking);
}

/* Whether an electrode touches in part only. */
static inline PetscBool ElectrodeIsPartial(const ElectrodeInput *electrode)
{
  return (PetscBool)(electrode->has_contact && electrode->contact.fraction < 1);
}
