#!/usr/bin/python3
"""Reads a computed impedance spectrum as a laboratory would, and says what is true of the film.

    /usr/bin/python3 postproc/impedance.py RESULT [--elements N] [--output DIR]

RESULT is a results.json of a case with a group impedance, or a directory that holds one (a case
directory will do); impedance.csv stands beside it. Prints a table and writes
- impedance.json: fitted circuit, distribution of relaxation times, true and read values;
- nyquist, bode and drt, each as .png and .pdf.

Circuit: R-CPE elements in series, as many as the case has processes whose time constants differ, or
N; a resistance in series for what has no arc in the spectrum; a CPE in series for blocking electrodes. The
fit starts from the true values, so what it misses is the reading's error, not the start's. Elements
and peaks are given to processes by time constant and capacitance. Errors are those of a resistance
read against the part of the DC budget, and those of the brick layer against what the case was given.
What misses in the spectrum itself shows in its Kramers-Kronig residual.
"""
import argparse
import math
import sys
from pathlib import Path

import results

results.require_modules("numpy", "scipy", "matplotlib")
import reading as readings
import spectrum as spectra
import spectrum_figures


def fit_json(circuit):
    """The circuit, with standard errors as misfit taken for noise gives them."""
    elements = [{"resistance_ohm_cm2": element.resistance,
                 "resistance_error_relative": finite(element.resistance_error),
                 "time_constant_s": element.time_s,
                 "time_constant_error_relative": finite(element.time_error),
                 "exponent": element.exponent, "exponent_error": finite(element.exponent_error),
                 "cpe_S_sn_per_cm2": element.cpe,
                 "capacitance_uF_per_cm2": 1e6 * element.capacitance}
                for element in circuit.elements]
    blocking = None
    if circuit.blocking:
        blocking = {"cpe_S_sn_per_cm2": circuit.blocking[0],
                    "cpe_error_relative": finite(circuit.blocking_errors[0]),
                    "exponent": circuit.blocking[1],
                    "exponent_error": finite(circuit.blocking_errors[1])}
    return {"elements": elements, "series_ohm_cm2": circuit.series,
            "series_error_relative": finite(circuit.series_error), "blocking": blocking,
            "rms_residual_relative": circuit.rms_residual,
            "max_residual_relative": circuit.max_residual}


def finite(value):
    return value if value is not None and math.isfinite(value) else None


def drt_json(drt):
    return {"method": "Tikhonov, second derivative, gamma >= 0; lambda by re-im cross-validation",
            "lambda": drt.penalty, "rms_residual_relative": drt.rms_residual,
            "series_ohm_cm2": drt.series,
            "peaks": [{"time_constant_s": peak.time_s, "resistance_ohm_cm2": peak.resistance}
                      for peak in drt.peaks],
            "time_constant_s": drt.time_s.tolist(), "gamma_ohm_cm2": drt.gamma.tolist()}


def to_json(reading):
    """Everything that impedance.json holds."""
    rows = [{"process": row.name, "true_ohm_cm2": row.true, "time_constant_s": row.time_s,
             "elements": [reading.circuit.elements.index(element) + 1 for element in row.elements],
             "fit_ohm_cm2": row.fit,
             "fit_standard_error_ohm_cm2": finite(row.fit_error),
             "fit_error_relative": row.relative(row.fit), "drt_ohm_cm2": row.drt,
             "drt_error_relative": row.relative(row.drt)} for row in reading.rows]
    brick_layer = [{"quantity": quantity, "unit": unit, "true": true, "read": read,
                    "error_relative": read / true - 1}
                   for quantity, unit, true, read in reading.brick_layer]
    return {"schema": results.SCHEMA, "title": reading.spectrum.title,
            "spectrum": str(reading.spectrum.path), "fit": fit_json(reading.circuit),
            "drt": drt_json(reading.drt), "processes": rows, "brick_layer": brick_layer}


def print_table(header, rows):
    widths = [max(len(row[k]) for row in [header, *rows]) for k in range(len(header))]
    for row in [header, *rows]:
        print("  ".join(text.ljust(width) if k == 0 else text.rjust(width)
                        for k, (text, width) in enumerate(zip(row, widths))))


def count_from_one(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} must be a number from 1")
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", help="results.json or its directory")
    parser.add_argument("--elements", type=count_from_one, metavar="N",
                        help="R-CPE elements of the circuit (default: from the case)")
    parser.add_argument("--output", default=".", metavar="DIR",
                        help="where to write (default: here)")
    arguments = parser.parse_args()
    reading = readings.read(spectra.read_spectrum(arguments.result), arguments.elements)
    print("\n".join([reading.spectrum.title, *readings.summary(reading)]))
    for table in readings.tables(reading):
        if table:
            print()
            print_table(*table)
    print()
    output = Path(arguments.output)
    written = [results.write_json(output / "impedance.json", to_json(reading))]
    for name, _, figure in spectrum_figures.draw_all(reading):
        written += results.save_figure(figure, output, name)
    return written


if __name__ == "__main__":
    sys.exit(results.run_command(main))
