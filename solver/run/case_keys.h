#pragma once

#include "conductivity.h"
#include "contact.h"
#include "faces.h"
#include "grid.h"
#include "keys.h"
#include "structure.h"

/* What case, material and electrode files say, key by key, before anything is looked up. SI units;
   NaN, -1 (choices) or NULL: not given. `group`: the config_setting_t it was read from. */

typedef enum { CONDUCTIVITY_BULK, CONDUCTIVITY_TOTAL } ConductivityKind;
extern const char *const ConductivityKinds[]; /* NULL-terminated */

/* What conducts: the values that a material has and that a phase or layer may override. */
typedef struct {
  double conductivity; /* [S/m] */
  double diagonal[3];  /* along x, y, z [S/m] */
  ConductivityKind kind;
  Arrhenius arrhenius;
  double uncertainty; /* relative */
  double valid[2];    /* temperatures [K] */
  double relative_permittivity;
  double typical_grain_size; /* [m] */
  double density;            /* [kg/m^3] */
  double window[2];          /* potentials against Li [V] */
} Conductor;

/* A boundary's own values. */
typedef struct {
  double resistance;         /* [Ohm m^2] */
  double thickness;          /* [m] */
  double conductivity;       /* [S/m] */
  double total_conductivity; /* of the film [S/m] */
  PetscBool has_fit;
  Arrhenius arrhenius;
  double lognormal_spread;
  double capacitance; /* [F/m^2] */
  double relative_permittivity;
  double uncertainty; /* relative */
  const void *group;
} BoundaryValues;

typedef struct {
  char *name;
  double from, to; /* [rad]; NaN if not given */
  PetscInt num_sigmas;
  PetscInt *sigmas;
  double brandon; /* [rad] */
  const void *group;
} MisorientationKeys;

typedef struct {
  BoundaryValues values;
  char *between[2];
  PetscBool has_misorientation;
  MisorientationKeys misorientation;
} BoundaryKeys;

typedef struct {
  Conductor conductor;
  char *name, *material;
  const void *group;
} PhaseKeys;

typedef struct {
  Conductor conductor;
  char *name, *material;
  double thickness; /* [m] */
  PetscBool resolve;
  double capacitance;   /* [F/m^2] */
  double cpe, exponent; /* [S s^n/m^2] */
  const void *group;
} LayerKeys;

typedef struct {
  ContactSpec spec;
  const void *group;
} ContactKeys;

typedef struct {
  char *name;
  double charge_transfer; /* [Ohm m^2] */
  Arrhenius arrhenius;
  double uncertainty;
  double capacitance;   /* [F/m^2] */
  double cpe, exponent; /* [S s^n/m^2] */
  PetscBool is_blocking;
  PetscInt num_layers;
  LayerKeys *layers;
  PetscBool has_contact;
  ContactKeys contact;
  char *grain_resistance_file;
  const void *group;
} ElectrodeKeys;

typedef struct {
  FilmSpec spec;
  PetscInt layer_cells; /* 0 if not given */
} FilmKeys;

typedef struct {
  double from, to; /* [Hz] */
  PetscInt per_decade;
  double refine; /* change of phase [rad] */
  PetscInt groups;
  const void *group;
} ImpedanceKeys;

typedef struct {
  char *title;
  FilmKeys film;
  StructureSpec structure;
  PetscInt num_phases;
  PhaseKeys *phases;
  PetscInt num_boundaries;
  BoundaryKeys *boundaries;
  char *boundaries_file;
  ElectrodeKeys anode, cathode;
  double temperature;     /* [K] */
  double current_density; /* [A/m^2] */
  double tolerance, balance_tolerance;
  PetscInt max_iterations;
  BoundaryFacesKind boundary_faces;
  PetscBool has_fields, has_fields_vti, has_grains, has_boundaries_vtp;
  PetscBool has_impedance;
  ImpedanceKeys impedance;
} CaseKeys;

typedef struct {
  char *what, *source;
} ReferenceKeys;

/* A file materials/NAME.cfg. */
typedef struct {
  Conductor conductor;
  char *description, *form, *process;
  PetscBool is_amorphous;
  double thickness[2];           /* of the samples [m] */
  double process_temperature[2]; /* [K] */
  PetscBool has_boundary;
  BoundaryValues boundary;
  PetscInt num_references;
  ReferenceKeys *references;
  PetscInt num_unverified;
  char **unverified; /* names of keys */
} MaterialKeys;

/* A reaction of the electrode with a material, in an electrode file. */
typedef struct {
  char *material, *product, *source;
  double onset_temperature; /* [K] */
} ReactionKeys;

/* A file electrodes/NAME.cfg. */
typedef struct {
  char *description;
  double potential; /* against Li [V] */
  PetscInt num_reactions;
  ReactionKeys *reactions;
  PetscInt num_references;
  ReferenceKeys *references;
  PetscInt num_unverified;
  char **unverified;
} ElectrodeFileKeys;

extern const KeyTable impedance_table;
extern const KeyTable case_table, structure_table, phase_table, layer_table, boundary_table;
extern const KeyTable conductor_table, boundary_values_table, material_table, electrode_file_table;

/* Which keys of `structure` a generator needs and which it can use besides; words apart by spaces,
   "a|b": one of the two. */
typedef struct {
  const char *generator, *needs, *uses;
} StructureNeeds;
extern const StructureNeeds structure_needs[]; /* ends with generator = NULL */
