#!/usr/bin/python3
"""Every shipped case on a small piece of its grid, against paper where paper knows the answer and
against recorded numbers everywhere.

The recorded numbers are today's, not the truth: where the scheme is meant to change them, or a case
is new, write them anew with    GRANULITH=$PWD/build/bin/granulith /usr/bin/python3 tests/cli/test_cases.py --record
and look at the difference.
"""
import json
import re
import shutil
import sys
import unittest
from pathlib import Path

import numpy

from program import TREE, ProgramTest

RECORD = Path(__file__).resolve().parent / "expected.json"
CASES = sorted(path.parent.name for path in (TREE / "cases").glob("*/case.cfg"))
MOST_CELLS = 24, 24, 40
# the width is a period of the spots, an image is as large as it is
OF_OWN_SIZE = {"llzo-pellet-voids": ["film.cells=[24, 24, 48]", "film.thickness_um=40.0",
                                     "solver.tolerance=1e-9", "output.fields=false"],
               "labels-example": ["solver.tolerance=1e-9", "output.fields=false"]}


def numbers_in(text, key):
    """The numbers behind `key = ` in a case, one or a list."""
    found = re.search(rf"^[^#\n]*\b{key}\s*=\s*(\[[^\]]*\]|[^;]*);", text, re.MULTILINE)
    return [float(word) for word in found.group(1).strip("[]").split(",")]


def small_piece(name):
    """Settings that cut a piece from the corner of a case, with cells as large as before."""
    if name in OF_OWN_SIZE:
        return OF_OWN_SIZE[name]
    text = (TREE / "cases" / name / "case.cfg").read_text()
    lengths = numbers_in(text, "width_um") + numbers_in(text, "thickness_um")
    cells = numbers_in(text, "cells")
    kept = [min(n, most) for n, most in zip(cells, MOST_CELLS)]
    x, y, z = [repr(l * k / n) for l, k, n in zip(lengths, kept, cells)]
    return [f"film.cells={[int(k) for k in kept]}", f"film.width_um=[{x}, {y}]",
            f"film.thickness_um={z}", "solver.tolerance=1e-9", "output.fields=false"]


def numbers_of(results):
    """The numbers that are recorded, flat."""
    asr = results["asr_ohm_cm2"]
    return {"total": asr["total"], "grains": sum(asr["grains"].values()),
            "boundaries": sum(asr["boundaries"].values()), "anode": asr["anode"],
            "cathode": asr["cathode"], "num_grains": results["microstructure"]["num_grains"],
            "boundary_area_per_volume_per_um":
                results["microstructure"]["boundary_area_per_volume_per_um"]}


class Cases(ProgramTest):
    def solve_case(self, name, *sets):
        """Runs a copy of a shipped case; the tree may be read-only."""
        directory = self.place / name
        shutil.copytree(TREE / "cases" / name, directory, ignore=shutil.ignore_patterns("results"))
        words = [word for change in sets for word in ("--set", change)]
        self.run_program("run", directory, *words)
        results = self.results(directory)
        self.assertTrue(results["solve"]["converged"])
        if results["asr_ohm_cm2"]["total"] is not None:
            self.assert_adds_up(results)
        self.assertTrue(results["sources"])
        return results

    def assert_recorded(self, name, results, expected, relative=1e-4):
        found = numbers_of(results)
        self.assertEqual(expected.keys(), found.keys())
        for key in found:
            if found[key] is None or expected[key] is None:  # behind blocking electrodes
                self.assertEqual(found[key], expected[key])
                continue
            self.assertLessEqual(abs(found[key] - expected[key]),
                                 relative * max(abs(expected[key]), 1e-3 * (expected["total"] or 0)),
                                 f"{name}: {key} is {found[key]!r}, was {expected[key]!r}")

    def assert_fitted(self, results):
        """A film whose boundaries were searched for has the measured total conductivity, and its
        electrodes have no less resistance than alone."""
        boundary = results["case"]["boundaries"][0]
        self.assertEqual(results["fit"]["grain|grain"]["method"], "fit")
        if results["case"]["conditions"]["temperature_C"]["value"] == 25.0:  # of the measured total
            self.assert_close(results["effective_conductivity_S_per_cm"],
                              boundary["total_conductivity_S_per_cm"]["value"], 1e-4)
        for side in "anode", "cathode":
            parts = results["electrodes_ohm_cm2"][side]
            given = results["case"].get(side, {}).get("charge_transfer_ohm_cm2", {"value": 0.0})
            self.assertGreaterEqual(parts["charge_transfer"], given["value"] * (1 - 1e-5))

    def test_nothing_is_recorded_that_is_not_shipped(self):
        self.assertEqual(CASES, sorted(json.loads(RECORD.read_text())), "record the new cases")

    def test_every_case_is_as_recorded(self):
        recorded = json.loads(RECORD.read_text())
        for name in CASES:
            with self.subTest(name):
                self.assertIn(name, recorded)
                results = self.solve_case(name, *small_piece(name))
                if "fit" in results and not results["constriction_ohm_cm2"]:
                    self.assert_fitted(results)
                self.assert_recorded(name, results, recorded[name])

    def test_every_case_has_a_line_in_the_readme(self):
        text = (TREE / "cases" / "README.md").read_text()
        for name in CASES:
            self.assertIn(f"({name}/case.cfg)", text)

    def test_lipon_film(self):
        # 1e-4 cm / 1e-6 S/cm + 3.2 + 8.6
        asr = self.solve_case("lipon-film", "film.cells=[2, 2, 8]",
                              "solver.tolerance=1e-13")["asr_ohm_cm2"]
        self.assert_close(asr["total"], 111.8, 1e-6)
        self.assert_close(asr["anode"], 3.2, 1e-6)
        self.assert_close(asr["cathode"], 8.6, 1e-6)

    def test_lipon_between_blocking_electrodes(self):
        # 1e-4 cm of (1e-6 S/cm + i omega eps_0 16.5), and 10 uF/cm2 on each side
        self.solve_case("lipon-impedance-blocking", "film.cells=[2, 2, 8]")
        spectrum = numpy.loadtxt(self.place / "lipon-impedance-blocking" / "results" / "impedance.csv",
                                 delimiter=",")
        for frequency, real, imaginary in spectrum:
            omega = 2j * numpy.pi * frequency
            z = 1e-4 / (1e-6 + omega * 8.8541878128e-14 * 16.5) + 2 / (omega * 10e-6)
            self.assertLess(abs(complex(real, imaginary) - z), 1e-6 * abs(z), frequency)

    def test_arcs_of_llzo_part_in_the_cold(self):
        # peaks at 1/(2 pi tau), up to the step of 1.6 between frequencies; 0.37 and 0.52 eV
        shares, apart = [], []
        for name in "llzo-impedance", "llzo-impedance-cold":
            results = self.solve_case(name, *small_piece(name), "solver.tolerance=1e-6")
            f, _, imaginary = numpy.loadtxt(self.place / name / "results" / "impedance.csv",
                                            delimiter=",").T
            arc = -imaginary
            peaks = f[1:-1][(arc[1:-1] > arc[:-2]) & (arc[1:-1] > arc[2:])]
            constants = results["impedance"]["time_constants_s"]
            true = [1 / (2 * numpy.pi * tau) for tau in (constants["grains"]["grain"],
                                                         constants["boundaries"]["grain|grain"])]
            self.assertEqual(len(peaks), 2)
            numpy.testing.assert_array_less(abs(numpy.log10(peaks / true)), 0.2)
            apart.append(true[0] / true[1])
            asr = results["asr_ohm_cm2"]
            shares.append(asr["boundaries"]["grain|grain"] / asr["total"])
        inverse = (1 / 253.15 - 1 / 298.15) / 8.617333262e-5  # 1/eV
        self.assert_close(apart[1] / apart[0], numpy.exp(0.15 * inverse), 1e-3)
        self.assertLess(shares[0], 0.3)
        self.assertGreater(shares[1], 0.45)

    def test_upright_boundaries_are_in_no_ones_way(self):
        # 1e-4 cm / 8.7e-4 S/cm; the same grains across the current have many times that
        pieces = {kind: self.solve_case(f"llzo-film-{kind}", "film.cells=[24, 24, 32]",
                                        "film.width_um=[0.75, 0.75]")["asr_ohm_cm2"]
                  for kind in ("columnar", "equiaxed")}
        self.assert_close(pieces["columnar"]["total"], 1e-4 / 8.7e-4, 1e-6)
        self.assertGreater(pieces["equiaxed"]["total"], 10 * pieces["columnar"]["total"])

    def test_voids(self):
        # without voids it is llzo-pellet; with them 2/0.2 - 2 = 8 more, and the current's spreading
        piece = ["film.cells=[24, 24, 48]", "film.width_um=[20.0, 20.0]", "film.thickness_um=40.0",
                 "solver.tolerance=1e-10"]
        full = self.solve_case("llzo-pellet", *piece)["asr_ohm_cm2"]["total"]
        spots = self.solve_case("llzo-pellet-voids", *piece)
        self.assert_close(spots["asr_ohm_cm2"]["total"] - spots["constriction_ohm_cm2"], full, 1e-4)
        self.assertGreater(spots["constriction_ohm_cm2"], 8.0)
        self.assertLess(spots["constriction_ohm_cm2"], 8.0 + 3.1)

    def test_buffers_silence_the_warning_of_reduction(self):
        said = {}
        for name in "li-latp-bare", "li-latp-al2o3", "li-latp-lipon":
            text = self.run_program("check", TREE / "cases" / name).stdout
            said[name] = "below the reduction limit of latp_pellet, 2.17 V" in text
        self.assertEqual(said, {"li-latp-bare": True, "li-latp-al2o3": False, "li-latp-lipon": False})

    def test_the_reaction_of_co_sintering_is_told(self):
        for name, is_told in ("llzo-lco-above-700", True), ("llzo-lco-below-700", False):
            text = self.run_program("check", TREE / "cases" / name).stdout
            self.assertEqual("reacts with it above 700 C" in text, is_told, name)


class MaterialFiles(ProgramTest):
    def test_limits_name_their_source(self):
        """Warnings quote the reference that has these words in its `what`."""
        for path in (TREE / "cases" / "materials").glob("*.cfg"):
            text = path.read_text()
            for key, word in (("thickness_um", "thickness"), ("window_V", "window"),
                              ("process_temperature_C", "process temperature")):
                if re.search(rf"^{key} =", text, re.MULTILINE):
                    self.assertRegex(text, rf'what = "[^"]*{word}', f"{path.name}: {key}")

    def test_what_is_from_memory_is_marked(self):
        for path in (TREE / "cases").glob("*/*.cfg"):
            if path.name != "case.cfg" and "from memory" in path.read_text():
                self.assertIn("unverified = (", path.read_text(), path.name)


def record():
    """Writes expected.json anew."""
    test = Cases()
    test.setUp()
    recorded = {name: numbers_of(test.solve_case(name, *small_piece(name))) for name in CASES}
    test.doCleanups()
    RECORD.write_text(json.dumps(recorded, indent=2) + "\n")


if __name__ == "__main__":
    if "--record" in sys.argv:
        record()
    else:
        unittest.main()
