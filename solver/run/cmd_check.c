#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "boundary.h"
#include "caselist.h"
#include "constants.h"
#include "exit_status.h"
#include "memory_need.h"
#include "model.h"

#define OHM_CM2 1e4 /* from Ohm m^2 */

static void say_film(Log *log, const Case *case_in)
{
  const FilmSpec *film = &case_in->film;

  LogLine(log, "%s: %s", case_in->name, case_in->title ? case_in->title : "");
  LogLine(log,
          "  film          %g um thick, %g um x %g um wide, %s sides, %" PetscInt_FMT
          " x %" PetscInt_FMT " x %" PetscInt_FMT " cells",
          film->thickness * 1e6, film->width[0] * 1e6, film->width[1] * 1e6,
          LateralTypes[film->lateral], film->cells[0], film->cells[1], film->cells[2]);
  LogLine(log, "  structure     %s%s", case_in->structure.generator,
          case_in->structure.has_pores ? ", with pores" : "");
  if (!isnan(case_in->structure.grain_size)) {
    LogLine(log, "  resolution    %.3g x %.3g x %.3g cells per grain of %g um",
            case_in->structure.grain_size / film->width[0] * (double)film->cells[0],
            case_in->structure.grain_size / film->width[1] * (double)film->cells[1],
            case_in->structure.grain_size / film->thickness * (double)film->cells[2],
            case_in->structure.grain_size * 1e6);
  }
}

static void say_phases(Log *log, const Case *case_in)
{
  for (PetscInt p = 0; p < case_in->num_phases; p++) {
    const PhaseInput *phase = &case_in->phases[p];
    const double factor = ArrheniusFactor(&phase->arrhenius, case_in->temperature);

    LogLine(log, "  phase         %s: %.4g S/cm at %g C; alone it would give %.4g Ohm cm2",
            phase->name, phase->conductivity[2] * factor * 1e-2,
            case_in->temperature - ZERO_CELSIUS,
            case_in->film.thickness / (phase->conductivity[2] * factor) * OHM_CM2);
  }
}

static void say_boundaries(Log *log, const Case *case_in)
{
  const double size = case_in->structure.grain_size;

  for (PetscInt b = 0; b < case_in->num_boundaries; b++) {
    const BoundaryInput *boundary = &case_in->boundaries[b];
    const PhaseInput *phase = &case_in->phases[boundary->phases[0] - 1];
    const double factor = ArrheniusFactor(&boundary->arrhenius, case_in->temperature);
    const double sigma =
        phase->conductivity[2] * ArrheniusFactor(&phase->arrhenius, case_in->temperature);
    double resistance = boundary->resistance;
    char name[BOUNDARY_NAME];

    CaseBoundaryName(case_in, boundary, name);
    if (isnan(resistance) && !isnan(size)) {
      resistance = BrickLayerBoundary(case_in->film.thickness, phase->conductivity[2], size,
                                      boundary->total_conductivity);
    }
    if (isnan(resistance)) {
      LogLine(log, "  boundary      %s: from the total conductivity, once the grains are known",
              name);
      continue;
    }
    resistance /= factor;
    LogLine(log, "  boundary      %s: %.4g Ohm cm2%s%s", name, resistance * OHM_CM2,
            boundary->is_from_material ? " (the material's own)" : "",
            isnan(boundary->resistance) ? " (from the total conductivity by the brick layer)" : "");
    if (!isnan(size)) {
      LogLine(log,
              "                boundary against grain, r sigma/d = %.3g; brick layer gives %.4g "
              "Ohm cm2 for the film",
              resistance * sigma / size,
              BrickLayerAsr(case_in->film.thickness, sigma, size, resistance) * OHM_CM2);
    }
  }
}

static void say_electrode(Log *log, const char *name, const ElectrodeInput *electrode,
                          double temperature)
{
  double transfer = isnan(electrode->charge_transfer) ? 0 : electrode->charge_transfer;

  transfer /= ArrheniusFactor(&electrode->arrhenius, temperature);
  LogLine(log,
          electrode->is_blocking ? "  %-13s %s: blocking"
                                 : "  %-13s %s: charge transfer %.4g Ohm cm2",
          name,
          electrode->name                 ? electrode->name
          : ElectrodeIsPartial(electrode) ? "contact in part"
                                          : "ideal contact",
          transfer * OHM_CM2);
  for (PetscInt l = 0; l < electrode->num_layers; l++) {
    const LayerInput *layer = &electrode->layers[l];
    const double sigma = layer->conductivity[2] * ArrheniusFactor(&layer->arrhenius, temperature);

    LogLine(log, "                layer %s, %g nm: %.4g Ohm cm2", layer->name,
            layer->thickness * 1e9, layer->thickness / sigma * OHM_CM2);
  }
}

static PetscErrorCode say_contact(Log *log, const FilmSpec *film, const ElectrodeInput *electrode)
{
  Contact *contact;

  PetscFunctionBeginUser;
  if (!ElectrodeIsPartial(electrode)) PetscFunctionReturn(PETSC_SUCCESS);
  PetscCall(ContactCreate(&electrode->contact, film->width,
                          (PetscBool)(film->lateral == LATERAL_PERIODIC), &contact));
  LogLine(log,
          "                touches on %g of its area: %s of %.4g um, %" PetscInt_FMT
          " x %" PetscInt_FMT "%s",
          contact->fraction, ContactPatterns[contact->pattern], contact->piece[0] * 1e6,
          contact->num[0], contact->num[1],
          contact->pattern == CONTACT_RANDOM ? " places for them" : "");
  PetscCall(ContactDestroy(&contact));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static void say_impedance(Log *log, const Case *case_in)
{
  const ImpedanceInput *input = &case_in->impedance;

  if (!case_in->has_impedance) return;
  LogLine(log, "  impedance     %" PetscInt_FMT " frequencies from %.4g to %.4g Hz%s",
          1 + FrequencyIntervals(input), input->from, input->to,
          input->refine > 0 ? ", more where the phase turns" : "");
}

/* Where every number comes from: one line a key that is not a default. */
static void say_origins(Log *log, const json_t *echo, const char *path)
{
  const char *key;
  size_t index;
  json_t *member;

  if (json_is_object(echo) && json_object_get(echo, "from")) {
    const char *from = json_string_value(json_object_get(echo, "from"));
    char *value;

    if (!strcmp(from, "default")) return;
    value = json_dumps(json_object_get(echo, "value"), JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    LogLine(log, "                %s = %s (%s)", path, value ? value : "", from);
    free(value);
    return;
  }
  if (json_is_object(echo)) {
    json_object_foreach((json_t *)echo, key, member)
    {
      char longer[512];

      snprintf(longer, sizeof longer, "%s%s%s", path, path[0] ? "." : "", key);
      say_origins(log, member, longer);
    }
  }
  json_array_foreach((json_t *)echo, index, member)
  {
    char longer[512];

    snprintf(longer, sizeof longer, "%s[%d]", path, (int)index);
    say_origins(log, member, longer);
  }
}

static PetscErrorCode check_case(const Session *session, const Case *case_in, Problems *problems,
                                 int *status)
{
  Log *log = session->log;
  PetscMPIInt size;
  PetscInt64 cells;
  double seconds;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(session->comm, &size));
  say_film(log, case_in);
  say_phases(log, case_in);
  say_boundaries(log, case_in);
  say_electrode(log, "anode", &case_in->anode, case_in->temperature);
  PetscCall(say_contact(log, &case_in->film, &case_in->anode));
  say_electrode(log, "cathode", &case_in->cathode, case_in->temperature);
  PetscCall(say_contact(log, &case_in->film, &case_in->cathode));
  say_impedance(log, case_in);
  LogLine(log, "  from where");
  say_origins(log, case_in->echo, "");
  if (json_array_size(case_in->sources)) LogLine(log, "  sources of the files named");
  for (size_t s = 0; s < json_array_size(case_in->sources); s++) {
    LogLine(log, "                %s", json_string_value(json_array_get(case_in->sources, s)));
  }
  PetscCall(ModelCountCells(case_in, problems, &cells));
  seconds = SecondsNeed(cells, case_in) / size;
  LogLine(log, "  needs about   %.3g GB and %.3g s on %d ranks for %" PetscInt64_FMT " cells",
          MemoryNeed(cells, case_in->has_impedance, size) * 1e-9, seconds, size, cells);
  PetscCall(MemoryNeedCheck(session->comm, cells, case_in->has_impedance, case_in->path,
                            "use fewer cells or more machines", problems));
  SayWarnings(log, problems, 0);
  SayProblems(log, problems);
  if (problems->num_problems) *status = STATUS_BAD_INPUT;
  PetscFunctionReturn(PETSC_SUCCESS);
}

PetscErrorCode CommandCheck(const Session *session, int *status)
{
  CaseList list;

  PetscFunctionBeginUser;
  PetscCall(CaseListRead(session, &list, status));
  if (*status == STATUS_DONE) {
    for (int n = 0; n < list.count; n++) {
      PetscCall(check_case(session, &list.cases[n], &list.problems[n], status));
    }
  }
  PetscCall(CaseListDestroy(&list));
  PetscFunctionReturn(PETSC_SUCCESS);
}
