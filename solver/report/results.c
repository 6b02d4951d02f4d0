#include "results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define OHM_CM2 1e4 /* from Ohm m^2 */

json_t *ResultsNumber(double number)
{
  return isfinite(number) ? json_real(number) : json_null();
}

PetscReal ResultPartsSum(const ResultParts *parts)
{
  PetscReal sum = 0;

  for (int p = 0; p < parts->count; p++) sum += parts->parts[p].asr;
  return sum;
}

void ResultPartsAdd(ResultParts *parts, const char *name, PetscReal asr, PetscReal uncertainty)
{
  ResultPart *part = parts->parts;

  for (int p = 0; p < parts->count; p++, part++) {
    if (!strcmp(part->name, name)) {
      part->asr += asr;
      return;
    }
  }
  if (parts->count >= RESULT_MAX_PARTS - 1 && strcmp(name, "others")) {
    ResultPartsAdd(parts, "others", asr, NAN); /* no room: nothing may be lost from the sum */
    return;
  }
  parts->count++;
  snprintf(part->name, sizeof part->name, "%s", name);
  part->asr = asr;
  part->uncertainty = uncertainty;
}

/* Resistance of an electrode, null if it blocks. */
static json_t *electrode(const ResultInput *in, int side)
{
  if (in->is_blocking[side]) return json_null();
  return ResultsNumber(ResultPartsSum(&in->electrodes[side]) * OHM_CM2);
}

static json_t *parts_json(const ResultParts *parts)
{
  json_t *object = json_object();

  for (int p = 0; p < parts->count; p++) {
    json_object_set_new(object, parts->parts[p].name, ResultsNumber(parts->parts[p].asr * OHM_CM2));
  }
  return object;
}

static PetscReal squares(const ResultParts *parts, PetscBool *is_known)
{
  PetscReal sum = 0;

  for (int p = 0; p < parts->count; p++) {
    if (isnan(parts->parts[p].uncertainty)) continue;
    *is_known = PETSC_TRUE;
    sum += PetscSqr(parts->parts[p].asr * parts->parts[p].uncertainty);
  }
  return sum;
}

PetscReal ResultsParameterError(const ResultInput *input)
{
  PetscBool is_known = PETSC_FALSE;
  PetscReal sum = 0;

  sum += squares(&input->grains, &is_known);
  sum += squares(&input->boundaries, &is_known);
  for (int side = 0; side < 2; side++) sum += squares(&input->electrodes[side], &is_known);
  return is_known ? PetscSqrtReal(sum) / input->asr->total : NAN;
}

static json_t *schema(const ResultInput *in)
{
  (void)in;
  return json_integer(1);
}

static json_t *hash(const ResultInput *in)
{
  return json_string(in->hash);
}

static json_t *program(const ResultInput *in)
{
  char petsc[64];

  snprintf(petsc, sizeof petsc, "%d.%d.%d", PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR,
           PETSC_VERSION_SUBMINOR);
  return json_pack("{s:s, s:s, s:s, s:s}", "name", "granulith", "version", in->version, "git",
                   in->git, "petsc", petsc);
}

static json_t *command(const ResultInput *in)
{
  return json_string(in->command);
}

static json_t *ranks(const ResultInput *in)
{
  return json_integer(in->ranks);
}

static json_t *case_echo(const ResultInput *in)
{
  return json_incref(in->case_echo);
}

static json_t *facets(const FacetStatistics *statistics)
{
  if (!statistics || statistics->is_estimated) return json_null();
  return json_pack("{s:I, s:I, s:o}", "num", (json_int_t)statistics->num_facets, "num_seen",
                   (json_int_t)statistics->num_seen, "coarse_area_share",
                   ResultsNumber(statistics->coarse_share));
}

static json_t *normals(const FacetStatistics *statistics)
{
  if (!statistics || !statistics->is_estimated) return json_null();
  return json_pack("{s:o, s:o, s:o}", "estimated_area_share",
                   ResultsNumber(1 - statistics->unknown_share), "unknown_area_share",
                   ResultsNumber(statistics->unknown_share), "fitted_area_share",
                   ResultsNumber(statistics->planes_share));
}

json_t *ResultsSpecks(const SpeckReport *specks)
{
  if (!specks || !specks->smallest) return json_null();
  return json_pack("{s:I, s:I, s:o, s:I, s:o, s:I}", "smallest_grain_voxels",
                   (json_int_t)specks->smallest, "num", (json_int_t)specks->num, "fraction",
                   ResultsNumber((double)specks->voxels / (double)specks->of_voxels), "num_to_void",
                   (json_int_t)specks->num_void, "fraction_to_void",
                   ResultsNumber((double)specks->voxels_void / (double)specks->of_voxels),
                   "num_grains_joined", (json_int_t)specks->num_joined);
}

json_t *ResultsResampled(const ResampleReport *resampled, const char *const *phase_names,
                         PetscInt num_phases, const GrainStatistics *statistics)
{
  json_t *fractions;

  if (!resampled || !resampled->fraction) return json_null();
  fractions = json_object();
  for (PetscInt p = 0; p < num_phases; p++) {
    json_object_set_new(fractions, phase_names[p], ResultsNumber(resampled->fraction[p + 1]));
  }
  json_object_set_new(fractions, "void", ResultsNumber(resampled->fraction[0]));
  return json_pack("{s:[I, I, I], s:o, s:I}", "voxels", (json_int_t)resampled->voxels[0],
                   (json_int_t)resampled->voxels[1], (json_int_t)resampled->voxels[2],
                   "phase_fractions_before", fractions, "num_grains_lost",
                   (json_int_t)statistics->num_lost_grains);
}

static json_t *contact(const Contact *contact_of)
{
  if (!contact_of) return json_null();
  return json_pack("{s:s, s:o, s:o, s:[I, I]}", "pattern", ContactPatterns[contact_of->pattern],
                   "fraction", ResultsNumber(contact_of->fraction), "size_um",
                   ResultsNumber(contact_of->piece[0] * 1e6), "lattice",
                   (json_int_t)contact_of->num[0], (json_int_t)contact_of->num[1]);
}

static json_t *microstructure(const ResultInput *in)
{
  const GrainStatistics *s = in->statistics;
  json_t *fractions = json_object();

  for (PetscInt p = 0; p < in->num_film_phases; p++) {
    json_object_set_new(fractions, in->phase_names[p], ResultsNumber(s->phase_fractions[p + 1]));
  }
  if (s->void_fraction > 0) json_object_set_new(fractions, "void", ResultsNumber(s->void_fraction));
  return json_pack("{s:I, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:O?, s:{s:o, s:o}}",
                   "num_grains", (json_int_t)s->num_grains, "mean_grain_size_um",
                   ResultsNumber(s->mean_size * 1e6), "size_spread", ResultsNumber(s->size_spread),
                   "phase_fractions", fractions, "boundary_area_per_volume_per_um",
                   ResultsNumber(s->boundary_area * 1e-6), "percolates", (int)in->percolates,
                   "facets", facets(in->facets), "normals", normals(in->facets), "specks",
                   ResultsSpecks(in->specks), "resampled",
                   ResultsResampled(in->resampled, in->phase_names, in->num_film_phases, s),
                   "boundary_classes", in->classes, "contact", "anode", contact(in->contacts[0]),
                   "cathode", contact(in->contacts[1]));
}

static PetscReal total(const ResultInput *in)
{
  return in->is_blocking[0] || in->is_blocking[1] ? NAN : in->asr->total;
}

static json_t *asr(const ResultInput *in)
{
  return json_pack("{s:o, s:o, s:o, s:o, s:o}", "total", ResultsNumber(total(in) * OHM_CM2),
                   "grains", parts_json(&in->grains), "boundaries", parts_json(&in->boundaries),
                   "anode", electrode(in, 0), "cathode", electrode(in, 1));
}

static json_t *electrodes(const ResultInput *in)
{
  json_t *parts[2];

  for (int side = 0; side < 2; side++) {
    parts[side] = parts_json(&in->electrodes[side]);
    if (in->is_blocking[side]) json_object_set_new(parts[side], "charge_transfer", json_null());
  }
  return json_pack("{s:o, s:o}", "anode", parts[0], "cathode", parts[1]);
}

static json_t *effective_conductivity(const ResultInput *in)
{
  const PetscReal film =
      in->asr->total - ResultPartsSum(&in->electrodes[0]) - ResultPartsSum(&in->electrodes[1]);

  return ResultsNumber(in->thickness / film * 1e-2); /* S/m to S/cm */
}

static json_t *brick_layer(const ResultInput *in)
{
  return ResultsNumber((isnan(total(in)) ? NAN : in->brick_asr) * OHM_CM2);
}

static json_t *constriction(const ResultInput *in)
{
  return ResultsNumber(in->constriction * OHM_CM2);
}

static json_t *fit(const ResultInput *in)
{
  return in->fit ? json_incref(in->fit) : NULL;
}

static json_t *impedance(const ResultInput *in)
{
  return in->impedance ? json_incref(in->impedance) : NULL;
}

static json_t *error(const ResultInput *in)
{
  return json_pack("{s:o, s:o, s:o, s:n, s:o}", "algebraic_relative",
                   ResultsNumber(in->solve->algebraic_relative), "parts_relative",
                   ResultsNumber(in->solve->parts_relative), "current_balance_relative",
                   ResultsNumber(in->solve->current_balance), "grid_relative",
                   "parameters_relative", ResultsNumber(ResultsParameterError(in)));
}

static json_t *current(const ResultInput *in)
{
  static const char *const planes[NUM_PLANES] = {"anode", "middle", "cathode"};
  json_t *object = json_object();

  for (int p = 0; p < NUM_PLANES; p++) {
    const CurrentSpread *s = &in->spreads[p];

    json_object_set_new(object, planes[p],
                        json_pack("{s:o, s:o, s:o, s:o}", "max_over_mean",
                                  ResultsNumber(s->max_over_mean), "p50", ResultsNumber(s->p50),
                                  "p99", ResultsNumber(s->p99), "p999", ResultsNumber(s->p999)));
  }
  return object;
}

static json_t *solve(const ResultInput *in)
{
  const StageSeconds *t = &in->seconds;
  json_t *seconds =
      json_pack("{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "mesh", t->mesh, "full_contact",
                t->full_contact, "faces", t->faces, "setup", t->setup, "assembly", t->assembly,
                "solve", t->solve, "report", t->report, "total", t->total);

  return json_pack("{s:I, s:I, s:o, s:b, s:s, s:o, s:o}", "cells", (json_int_t)in->cells,
                   "iterations", (json_int_t)in->solve->iterations, "sweeps_equivalent",
                   ResultsNumber(in->solve->sweeps), "converged", (int)in->solve->is_converged,
                   "reason", in->solve->reason, "seconds", seconds, "peak_memory_bytes_per_cell",
                   ResultsNumber(in->peak_bytes_per_cell));
}

static json_t *warnings(const ResultInput *in)
{
  return json_incref(in->warnings);
}

static json_t *sources(const ResultInput *in)
{
  return json_incref(in->sources);
}

static json_t *materials(const ResultInput *in)
{
  return json_incref(in->materials);
}

static json_t *electrode_files(const ResultInput *in)
{
  return json_incref(in->electrode_files);
}

/* The members of results.json, in the order in which they are written. */
static const struct {
  const char *key;
  json_t *(*build)(const ResultInput *input); /* NULL: not there */
} members[] = {
    {"schema", schema},
    {"hash", hash},
    {"program", program},
    {"command", command},
    {"ranks", ranks},
    {"case", case_echo},
    {"microstructure", microstructure},
    {"asr_ohm_cm2", asr},
    {"electrodes_ohm_cm2", electrodes},
    {"effective_conductivity_S_per_cm", effective_conductivity},
    {"brick_layer_asr_ohm_cm2", brick_layer},
    {"constriction_ohm_cm2", constriction},
    {"fit", fit},
    {"impedance", impedance},
    {"error", error},
    {"current", current},
    {"solve", solve},
    {"warnings", warnings},
    {"sources", sources},
    {"materials", materials},
    {"electrodes", electrode_files},
};

json_t *ResultsBuild(const ResultInput *input)
{
  json_t *results = json_object();

  for (size_t m = 0; m < sizeof members / sizeof *members; m++) {
    json_t *member = (*members[m].build)(input);

    if (member) json_object_set_new(results, members[m].key, member);
  }
  return results;
}
