#include "say_result.h"

#include <math.h>

#define OHM_CM2 1e4 /* from Ohm m^2 */

static void say_spectrum(Log *log, const ImpedanceRun *spectrum)
{
  PetscInt most = 0;

  if (!spectrum->count) return;
  for (PetscInt p = 0; p < spectrum->count; p++) {
    most = PetscMax(most, spectrum->points[p].iterations);
  }
  LogLine(log,
          "  impedance at %" PetscInt_FMT " frequencies, %.4g to %.4g Hz: at most %" PetscInt_FMT
          " iterations, %.1f s",
          spectrum->count, spectrum->points[0].frequency,
          spectrum->points[spectrum->count - 1].frequency, most, spectrum->seconds);
  if (spectrum->num_groups > 1) {
    LogLine(log, "  solved side by side by %d groups of ranks", spectrum->num_groups);
  }
  if (isnan(spectrum->kramers_kronig.max))
    LogLine(log, "  too few frequencies a decade for the Kramers-Kronig test");
  else
    LogLine(log, "  Kramers-Kronig residual %.1e of |Z|", spectrum->kramers_kronig.max);
  if (spectrum->num_kept) {
    LogLine(log, "  %" PetscInt_FMT " of them were done by a run that was interrupted",
            spectrum->num_kept);
  }
  if (!spectrum->is_converged) {
    LogError(log, "granulith: error: the impedance is not converged at every frequency: it is not "
                  "to be trusted");
  }
}

void SayResult(Log *log, const ResultInput *input, const ImpedanceRun *spectrum,
               const char *directory)
{
  const PetscReal electrodes[2] = {ResultPartsSum(&input->electrodes[0]),
                                   ResultPartsSum(&input->electrodes[1])};
  const PetscReal film = input->asr->total - electrodes[0] - electrodes[1];
  const PetscBool is_blocking = (PetscBool)(input->is_blocking[0] || input->is_blocking[1]);

  LogLine(log, "  %s %.6g Ohm cm2 = grains %.4g + boundaries %.4g + anode %.4g + cathode %.4g",
          is_blocking ? "no DC path (blocking); the rest is" : "ASR", input->asr->total * OHM_CM2,
          ResultPartsSum(&input->grains) * OHM_CM2, ResultPartsSum(&input->boundaries) * OHM_CM2,
          electrodes[0] * OHM_CM2, electrodes[1] * OHM_CM2);
  LogLine(log,
          "  effective conductivity %.4g S/cm; ASR error of the solve %.1e, plate currents differ "
          "by %.1e, parameters %.2g (relative)",
          input->thickness / film * 1e-2, input->solve->algebraic_relative,
          input->solve->current_balance, ResultsParameterError(input));
  if (!isnan(input->constriction)) {
    LogLine(log, "  with electrodes that touch everywhere it would be %.4g Ohm cm2 less",
            input->constriction * OHM_CM2);
  }
  say_spectrum(log, spectrum);
  LogLine(log, "  %" PetscInt_FMT " iterations, %.1f s, %.0f bytes per cell; results in %s",
          input->solve->iterations, input->seconds.total, input->peak_bytes_per_cell, directory);
  if (!input->solve->is_converged) {
    LogError(log, "granulith: error: not converged (%s): the numbers above are not to be trusted",
             input->solve->reason);
  }
}
