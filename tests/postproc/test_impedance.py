#!/usr/bin/python3
"""Tests of postproc/impedance.py: /usr/bin/python3 tests/postproc/test_impedance.py

Spectra are written here from closed forms, so that what must be read from them is known. With the
program in $GRANULITH a shipped case is computed and read, too.
"""
import copy
import json
import os
import subprocess
import unittest
from pathlib import Path

import numpy as np

from samples import FREQUENCIES, TemporaryFolder, make_result, noted, run, write_json, zarc
import reading
import results
import spectrum

CASES = Path(__file__).resolve().parents[2] / "cases"
EPSILON_0 = 8.8541878128e-14  # F/cm


class Spectra(TemporaryFolder):
    def write(self, f, z, asr=None, times=None, electrodes=None, change=None, name="results"):
        """results.json and impedance.csv in a folder of their own; returns the folder."""
        content = make_result(thickness=10, grain=1)
        content["impedance"] = {"file": "impedance.csv", "converged": True,
                                "time_constants_s": times or {"grains": {"grain": 1e-6}}}
        content["asr_ohm_cm2"] = {"anode": 0.0, "cathode": 0.0, "boundaries": {}, "total": 50.0,
                                  "grains": {"grain": 50.0}, **(asr or {})}
        content["electrodes_ohm_cm2"] = electrodes or {}
        content["microstructure"]["mean_grain_size_um"] = 1.0
        if change:
            change(content)
        folder = self.folder / name
        write_json(folder / "results.json", content)
        rows = "".join(f"{a:.12g},{b.real:.15g},{b.imag:.15g}\n" for a, b in zip(f, z))
        (folder / "impedance.csv").write_text(f"# a program\n# {spectrum.COLUMNS}\n{rows}")
        return folder

    def write_blocking(self, name):
        def change(content):
            content["case"]["anode"] = {"blocking": noted(True)}
            content["asr_ohm_cm2"].update({"total": None, "anode": None})
        f = FREQUENCIES
        return self.write(f, zarc(f, 50, 1e-6) + 1 / (2j * np.pi * f * 5e-6), change=change, name=name,
                          electrodes={"anode": {"charge_transfer": None}})

    def read(self, *arguments, elements=None, **more):
        return reading.read(spectrum.read_spectrum(self.write(*arguments, **more)), elements)


class Reading(Spectra):
    def test_two_layers(self):
        """Maxwell and Wagner: two dielectric conductors in a row, 6 and 4 um."""
        layers = [(6e-4, 1e-4, 30), (4e-4, 1e-8, 80)]  # cm, S/cm, permittivity
        parts = [(length / sigma, EPSILON_0 * epsilon / sigma) for length, sigma, epsilon in layers]
        f = np.logspace(9, 1, 65)
        z = sum(length / (sigma + 2j * np.pi * f * EPSILON_0 * epsilon)
                for length, sigma, epsilon in layers)
        found = self.read(f, z, asr={"grains": {"a": parts[0][0], "b": parts[1][0]}},
                          times={"grains": {"a": parts[0][1], "b": parts[1][1]}})
        self.assertEqual(["grains a", "grains b"], [row.name for row in found.rows])
        for row in found.rows:
            self.assertAlmostEqual(0, row.relative(row.fit), places=8)
            self.assertAlmostEqual(0, row.relative(row.drt), delta=0.01)
        self.assertEqual([], found.brick_layer, "it knows one conductor")

    def brick(self, f=np.logspace(9, -1, 81), **more):
        """10 bricks of 1 um, 9 boundaries of 2 ohm cm2 and 5 uF/cm2; 1e-4 S/cm, permittivity 40."""
        bulk, time = 1e-3 / 1e-4, EPSILON_0 * 40 / 1e-4

        def change(content):
            content["case"]["phases"][0]["relative_permittivity"] = noted(40.0)
            content["case"]["boundaries"] = [{"between": noted(["grain", "grain"]),
                                              "capacitance_uF_per_cm2": noted(5.0)}]
        return self.read(f, zarc(f, bulk, time) + zarc(f, 18.0, 1e-5), change=change,
                         asr={"grains": {"grain": bulk}, "boundaries": {"grain|grain": 18.0}},
                         times={"grains": {"grain": time}, "boundaries": {"grain|grain": 1e-5}}, **more)

    def test_the_brick_layer_reads_bricks_right(self):
        """The boundary's thickness by d C_bulk/C_gb alone counts 10 boundaries instead of 9."""
        found = self.brick()
        errors = {quantity: read / true - 1 for quantity, _, true, read in found.brick_layer}
        self.assertEqual(["bulk conductivity", "resistance of one boundary",
                          "its thickness at bulk's permittivity",
                          "its conductivity at bulk's permittivity"], list(errors))
        self.assertAlmostEqual(-0.1, errors.pop("its thickness at bulk's permittivity"), places=7)
        for error in errors.values():
            self.assertAlmostEqual(0, error, places=7)
        values = {quantity: true for quantity, _, true, _ in found.brick_layer}
        self.assertAlmostEqual(1e-4, values["bulk conductivity"])
        self.assertAlmostEqual(2.0, values["resistance of one boundary"])
        self.assertAlmostEqual(1e7 * EPSILON_0 * 40 / 5e-6,
                               values["its thickness at bulk's permittivity"])

    def test_more_elements_than_processes_add_up(self):
        found = self.brick(elements=3)
        self.assertEqual(2, len(found.rows))
        for row in found.rows:
            self.assertAlmostEqual(0, row.relative(row.fit), places=5)
        self.assertEqual(3, sum(len(row.elements) for row in found.rows))

    def test_fewer_elements_stand_for_several_processes(self):
        (row,) = self.brick(elements=1).rows
        self.assertEqual(("grains grain + boundaries grain|grain", 28.0), (row.name, row.true))

    def test_a_process_without_a_peak_hides_in_that_of_another(self):
        """Two arcs of 10 and 90 at 1 and 1.5 ms are one peak, read as the larger's."""
        f = FREQUENCIES
        found = self.read(f, zarc(f, 10, 1e-3, 0.8) + zarc(f, 90, 1.5e-3, 0.8),
                          asr={"grains": {"grain": 10.0}, "boundaries": {"grain|grain": 90.0}},
                          times={"grains": {"grain": 1e-3}, "boundaries": {"grain|grain": 1.5e-3}})
        self.assertEqual(["grains grain", "boundaries grain|grain"], [row.name for row in found.rows])
        self.assertIsNone(found.rows[0].drt)
        self.assertAlmostEqual(100, found.rows[1].drt, delta=1)

    def test_what_is_faster_than_the_spectrum_is_its_series_resistance(self):
        found = self.brick(f=np.logspace(5, -1, 49))
        series, boundary = found.rows
        self.assertEqual(("grains grain", []), (series.name, series.elements))
        self.assertAlmostEqual(0, series.relative(series.fit), delta=0.03, msg="omega tau at the end")
        self.assertAlmostEqual(0, boundary.relative(boundary.fit), delta=0.01)

    def test_what_is_slower_is_not_read(self):
        f = np.logspace(9, 5, 33)
        z = zarc(f, 10, 1e-7) + zarc(f, 90, 1e3)
        found = self.read(f, z, asr={"grains": {"grain": 10.0}, "anode": 90.0},
                          times={"grains": {"grain": 1e-7}, "anode": {"charge_transfer": 1e3}},
                          electrodes={"anode": {"charge_transfer": 90.0}})
        self.assertEqual(("anode charge_transfer", 90.0, None),
                         (found.rows[-1].name, found.rows[-1].true, found.rows[-1].fit))

    def test_a_mere_resistance_is_all_there_is(self):
        folder = self.write(FREQUENCIES, np.full(65, 50 + 0j), times={"grains": {"grain": None}})
        (row,) = reading.read(spectrum.read_spectrum(folder)).rows
        self.assertAlmostEqual(0, row.relative(row.fit), places=9)
        process = run("impedance.py", folder, "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)

    def test_nothing_in_reach_of_the_frequencies_is_refused(self):
        with self.assertRaisesRegex(results.ResultError, "slower than its frequencies"):
            self.read(FREQUENCIES, zarc(FREQUENCIES, 50, 1e6), times={"grains": {"grain": 1e6}})

    def test_equal_electrodes_are_one_arc_and_classes_belong_to_their_pair(self):
        f = FREQUENCIES
        z = zarc(f, 10, 1e-7) + zarc(f, 20, 1e-5) + zarc(f, 4, 1e-2)
        found = self.read(
            f, z, asr={"grains": {"grain": 10.0}, "anode": 2.0, "cathode": 2.0,
                       "boundaries": {"a b|a b 0-15 deg": 5.0, "a b|a b": 15.0}},
            times={"grains": {"grain": 1e-7}, "boundaries": {"a b|a b": 1e-5},
                   "anode": {"charge_transfer": 1e-2}, "cathode": {"charge_transfer": 1e-2}},
            electrodes={"anode": {"charge_transfer": 2.0}, "cathode": {"charge_transfer": 2.0}})
        self.assertEqual([("grains grain", 10.0), ("boundaries a b|a b", 20.0),
                          ("anode charge_transfer + cathode charge_transfer", 4.0)],
                         [(row.name, row.true) for row in found.rows])
        for row in found.rows:
            self.assertAlmostEqual(0, row.relative(row.fit), places=6)

    def test_blocking_electrodes_have_no_part(self):
        found = reading.read(spectrum.read_spectrum(self.write_blocking("results")))
        (row,) = found.rows
        self.assertAlmostEqual(0, row.relative(row.fit), places=7)
        self.assertAlmostEqual(0, row.relative(row.drt), delta=0.01)
        self.assertAlmostEqual(5e-6, found.circuit.blocking[0], places=12)


class Command(Spectra):
    def good(self):
        return self.write(FREQUENCIES, zarc(FREQUENCIES, 45, 1e-6, 0.9))

    def test_table_file_and_pictures(self):
        process = run("impedance.py", self.good(), "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        self.assertIn("-10.0 %", process.stdout)
        content = json.loads((self.folder / "out/impedance.json").read_text())
        (element,) = content["fit"]["elements"]
        self.assertAlmostEqual(0.9, element["exponent"], places=6)
        self.assertAlmostEqual(-0.1, content["processes"][0]["fit_error_relative"], places=6)
        self.assertAlmostEqual(45, content["drt"]["peaks"][0]["resistance_ohm_cm2"], delta=0.2)
        for name in ("nyquist", "bode", "drt"):
            self.assert_picture(self.folder / "out" / name)

    def test_both_axes_of_the_nyquist_plot_have_one_scale(self):
        import spectrum_figures
        for name, _, figure in spectrum_figures.draw_all(
                reading.read(spectrum.read_spectrum(self.good()))):
            if name == "nyquist":
                for axes in figure.axes:
                    self.assertEqual(1.0, axes.get_aspect())

    def test_as_many_elements_as_asked(self):
        found = reading.read(spectrum.read_spectrum(self.good()), 2)
        self.assertIn("2 R-CPE elements", reading.summary(found)[1])
        process = run("impedance.py", self.folder, "--elements", 0)
        self.assertEqual(2, process.returncode)
        self.assertIn("--elements: 0 must be a number from 1", process.stderr)

    def refused(self, folder, *words):
        with self.assertRaises(results.ResultError) as caught:
            reading.read(spectrum.read_spectrum(folder))
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_bad_input_ends_with_2_and_one_line(self):
        out, folder = self.folder / "out", self.good()
        self.assert_refused(run("impedance.py", folder, "--elements", 50, "--output", out),
                            "impedance.csv", "65 frequencies, too few for 50 elements")
        (folder / "impedance.csv").unlink()
        self.assert_refused(run("impedance.py", folder, "--output", out), "no such file")
        self.assertFalse(out.exists(), "nothing is written")

    def test_broken_spectra_are_refused(self):
        file = self.good() / "impedance.csv"
        good = file.read_text()
        lines = good.splitlines(keepends=True)
        third = lines[4].split(",")
        for text, *words in (
                (good.replace("Z_imag_ohm_cm2", "phase"), f'must be "# {spectrum.COLUMNS}"'),
                ("".join(lines[2:]), "its last line with #"),
                ("".join(lines[:6]), "has 4 frequencies, at least 5"),
                (good.replace(third[1], "nan", 1), "impedance.csv:5", "is not three numbers"),
                (good.replace(third[1], "1;2", 1), "impedance.csv:5", "is not three numbers"),
                (good.replace(lines[4], third[0] + "\n"), "impedance.csv:5", "is not three numbers"),
                (good.replace(third[0], "-1", 1), "impedance.csv:5", "must be positive"),
                (good + lines[4], f"impedance.csv:{len(lines) + 1}", "less than the one before"),
                (good.replace(lines[4], third[0] + ",0,0\n"), "impedance.csv:5", "is zero")):
            file.write_text(text)
            self.refused(file.parent, *words)
        file.write_bytes(b"\xff\xfe\x00")
        self.refused(file.parent, "is not text")
        file.unlink()
        self.refused(file.parent, "impedance.csv", "no such file")

    def test_broken_results_are_refused(self):
        file = self.good() / "results.json"
        good = json.loads(file.read_text())
        for place, value, words in (
                ("impedance", None, 'has no "impedance"'), ("case", 1, '"case" is missing'),
                ("asr_ohm_cm2", 1, '"asr_ohm_cm2" is missing'),
                ("impedance", {"file": "impedance.csv"}, "time_constants_s"),
                ("impedance", {"time_constants_s": {"grains": {"grain": -1}}}, "cannot be negative"),
                ("asr_ohm_cm2", {"grains": {"grain": "x"}}, "grains.grain"),
                ("asr_ohm_cm2", {"grains": 3}, "not an object")):
            content = copy.deepcopy(good)
            content[place] = value
            write_json(file, content)
            self.refused(file.parent, "results.json", words)
        self.refused(self.folder / "none", "no such file")

    @unittest.skipUnless("GRANULITH" in os.environ, "needs the program in $GRANULITH")
    def test_a_shipped_case_from_its_computation_to_its_reading(self):
        """LiPON between blocking electrodes: 1e-4 cm/1e-6 S/cm, two of 10 uF/cm2 in series."""
        computed = subprocess.run(
            [os.environ["GRANULITH"], CASES / "lipon-impedance-blocking", "--quiet", "--output",
             self.folder / "lipon"], capture_output=True, text=True)
        self.assertEqual(0, computed.returncode, computed.stderr)
        process = run("impedance.py", self.folder / "lipon", "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        content = json.loads((self.folder / "out/impedance.json").read_text())
        (row,) = content["processes"]
        self.assertAlmostEqual(100, row["fit_ohm_cm2"], delta=1e-5)
        self.assertAlmostEqual(100, row["drt_ohm_cm2"], delta=0.5)
        self.assertAlmostEqual(5e-6, content["fit"]["blocking"]["cpe_S_sn_per_cm2"], delta=1e-12)
        self.assertAlmostEqual(1e-6, content["brick_layer"][0]["read"], delta=1e-12)


class Report(Spectra):
    def report(self, *folders):
        process = run("report.py", *folders, "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        return (self.folder / "out/report.html").read_text()

    def test_spectra_have_their_section_and_files(self):
        def constricted(content):
            content["constriction_ohm_cm2"] = 7.5
        z = zarc(FREQUENCIES, 45, 1e-6)
        self.write(FREQUENCIES, z, name="all/a", change=constricted)
        self.write(FREQUENCIES[:4], z[:4], name="all/short")
        self.write_blocking("all/blocked")
        text = self.report(self.folder / "all")
        for words in ('<section id="spectra">', "45 ± ", "-10.0\u00a0%", "1 R-CPE element, series CPE",
                      "has 4 frequencies, at least 5", "of which constriction 7.50", "no part of its own"):
            self.assertTrue(words in text, words)
        self.assertEqual(6, text.count("data:image/png;base64"), "of two spectra")
        files = {path.name for path in (self.folder / "out/figures").iterdir()}
        for name in ("a", "blocked"):
            self.assertLessEqual({f"nyquist-{name}.pdf", f"bode-{name}.svg", f"drt-{name}.csv"}, files)
        fit = np.loadtxt(self.folder / "out/figures/spectrum-a.csv", delimiter=",", skiprows=1)
        np.testing.assert_allclose(fit[:, 1:3], fit[:, 3:], atol=1e-6)

    def test_a_spectrum_without_an_asr_alone(self):
        text = self.report(self.write_blocking("blocked"))
        for words in ("Spectra without an ASR: an electrode blocks.", "film.cells: too few"):
            self.assertTrue(words in text, words)


if __name__ == "__main__":
    unittest.main()
