#!/usr/bin/python3
"""Spectra: what is written, what is refused, what an interrupted run keeps."""
import math
import signal
import time
import unittest

from program import FILM, SLAB, TREE, CaseText, ProgramTest, changed, end, start, wait

EPSILON = 8.8541878128e-14  # F/cm
SPECTRUM = {"from_Hz": 1.0, "to_Hz": 1e6, "per_decade": 2}
# 1 um of 1e-6 S/cm and permittivity 20: 100 Ohm cm2 beside 17.7 nF/cm2; 2 beside 3 uF/cm2; 3.
CELL = changed(SLAB, {"phases.[0].relative_permittivity": 20.0, "impedance": SPECTRUM,
                      "anode.capacitance_uF_per_cm2": 3.0})
GRAINS = changed(FILM, {"phases.[0].relative_permittivity": 30.0, "impedance": SPECTRUM,
                        "boundaries.[0].capacitance_uF_per_cm2": 1.0})

# what is wrong: changes of CELL, the key whose line must be named, what the message must say
REFUSED = {
    "frequencies the wrong way round":
        ({"impedance.from_Hz": 1e7}, "impedance.from_Hz", ["from_Hz", "1e+07", "below", "1e+06"]),
    "a frequency of 0": ({"impedance.from_Hz": 0}, "impedance.from_Hz", ["1e-09"]),
    "no frequency in a decade": ({"impedance.per_decade": 0}, "impedance.per_decade", ["1", "100"]),
    "a phase beyond 90": ({"impedance.refine_deg": 91}, "impedance.refine_deg", ["90"]),
    "a negative number of groups": ({"impedance.groups": -1}, "impedance.groups", ["-1", "0"]),
    "a misspelt key": ({"impedance.form_Hz": 1}, "impedance.form_Hz", ["did you mean from_Hz?"]),
    "an exponent above 1": ({"cathode.cpe_S_sn_per_cm2": 1e-5, "cathode.cpe_exponent": 1.2},
                            "cathode.cpe_exponent", ["1.2", "above 0", "not above 1"]),
    "an exponent alone": ({"cathode.cpe_exponent": 0.8}, "cathode.cpe_exponent",
                          ["cpe_S_sn_per_cm2 is missing"]),
    "a CPE without exponent": ({"cathode.cpe_S_sn_per_cm2": 1e-5}, "cathode.cpe_S_sn_per_cm2",
                               ["cpe_exponent is missing"]),
    "a CPE beside a capacitance":
        ({"anode.cpe_S_sn_per_cm2": 1e-5, "anode.cpe_exponent": 0.9}, "anode.cpe_S_sn_per_cm2",
         ["must not stand together with capacitance_uF_per_cm2"]),
    "a blocking electrode with charge transfer":
        ({"anode.blocking": True}, "anode.blocking", ["leave out charge_transfer_ohm_cm2"]),
    "a blocking electrode without a capacitor":
        ({"cathode.blocking": True, "cathode.charge_transfer_ohm_cm2": None}, "cathode.blocking",
         ["give capacitance_uF_per_cm2 or cpe_S_sn_per_cm2"]),
    "a blocking electrode without a spectrum":
        ({"anode.blocking": True, "anode.charge_transfer_ohm_cm2": None, "impedance": None},
         "anode.blocking", ["no DC resistance", "impedance"]),
    "a boundary's permittivity without thickness":
        ({"boundaries": [{"between": ["glass", "glass"], "resistance_ohm_cm2": 1.0,
                          "relative_permittivity": 10.0}]},
         "boundaries.[0].relative_permittivity", ["thickness_nm is missing"]),
    "a boundary's permittivity beside its capacitance":
        ({"boundaries": [{"between": ["glass", "glass"], "thickness_nm": 1.0,
                          "conductivity_S_per_cm": 1e-9, "capacitance_uF_per_cm2": 1.0,
                          "relative_permittivity": 10.0}]},
         "boundaries.[0].relative_permittivity", ["capacitance_uF_per_cm2"]),
}


def element(resistance, farad, f):
    return 1 / (1 / resistance + 2j * math.pi * f * farad)


class Impedance(ProgramTest):
    def spectrum(self, directory):
        """Frequency and impedance of every line, as NumPy's loadtxt reads them."""
        lines = (directory / "results" / "impedance.csv").read_text().splitlines()
        rows = [tuple(map(float, line.split(","))) for line in lines if not line.startswith("#")]
        self.assertEqual([line for line in lines if line.startswith("#")][-1],
                         "# f_Hz,Z_real_ohm_cm2,Z_imag_ohm_cm2")
        return [(f, complex(re, im)) for f, re, im in rows]

    def test_a_slab_between_electrodes(self):
        results = self.solve(changed(CELL, {"impedance.per_decade": 8}))
        points = self.spectrum(self.place / "case")
        self.assertEqual(len(points), 49)
        self.assertEqual([f for f, _ in points], sorted((f for f, _ in points), reverse=True))
        for f, z in points:
            expected = element(100, 20 * EPSILON / 1e-4, f) + element(2, 3e-6, f) + 3
            self.assertLessEqual(abs(z - expected), 1e-9 * abs(expected))
        impedance = results["impedance"]
        self.assertTrue(impedance["converged"])
        self.assertEqual(impedance["frequencies"], 49)
        self.assertEqual(len(impedance["iterations"]), 49)
        self.assert_close(impedance["limits"]["zero"]["resistance_ohm_cm2"], 105.0, 1e-7)
        self.assertLess(abs(impedance["limits"]["zero_from_dc_relative"]), 1e-7)
        # 3 Ohm cm2 stay: the cathode has no capacitor
        self.assert_close(impedance["limits"]["infinity"]["resistance_ohm_cm2"], 3.0, 1e-6)
        self.assertLess(impedance["kramers_kronig"]["max_residual_relative"], 1e-5)
        constants = impedance["time_constants_s"]
        self.assert_close(constants["grains"]["glass"], 20 * EPSILON / 1e-6, 1e-12)
        self.assert_close(constants["anode"]["charge_transfer"], 6e-6, 1e-12)
        self.assertIsNone(constants["cathode"]["charge_transfer"])

    def test_a_cpe_and_layers_with_and_without_cells(self):
        layer = {"name": "skin", "conductivity_S_per_cm": 1e-9, "thickness_nm": 20.0,
                 "cpe_S_sn_per_cm2": 1e-6, "cpe_exponent": 0.8, "relative_permittivity": 10.0}
        for resolve in False, True:
            self.solve(changed(CELL, {"cathode.layers": ({**layer, "resolve": resolve},)}))
            for f, z in self.spectrum(self.place / "case"):
                omega = 2j * math.pi * f
                skin = 1 / (1 / 2000 + omega * 10 * EPSILON / 20e-7 + 1e-6 * omega**0.8)
                expected = element(100, 20 * EPSILON / 1e-4, f) + element(2, 3e-6, f) + 3 + skin
                self.assertLessEqual(abs(z - expected), 1e-9 * abs(expected))

    def test_a_boundary_by_thickness_and_permittivity(self):
        """The same as by resistance and capacitance: 1 nm of 1e-8 S/cm, permittivity 8."""
        by_thickness = {"between": ["grain", "grain"], "thickness_nm": 1.0,
                        "conductivity_S_per_cm": 1e-7, "relative_permittivity": 8.0}
        self.solve(changed(GRAINS, {"boundaries": [by_thickness]}))
        first = self.spectrum(self.place / "case")
        self.solve(changed(GRAINS, {"boundaries.[0].resistance_ohm_cm2": 1.0,
                                    "boundaries.[0].capacitance_uF_per_cm2": 8 * EPSILON * 1e13}))
        for (_, z), (_, other) in zip(first, self.spectrum(self.place / "case")):
            self.assertLessEqual(abs(z - other), 1e-9 * abs(z))

    def test_a_blocking_electrode(self):
        results = self.solve(changed(CELL, {"anode.blocking": True,
                                            "anode.charge_transfer_ohm_cm2": None}))
        for f, z in self.spectrum(self.place / "case"):
            expected = element(100, 20 * EPSILON / 1e-4, f) + 1 / (2j * math.pi * f * 3e-6) + 3
            self.assertLessEqual(abs(z - expected), 1e-9 * abs(expected))
        asr = results["asr_ohm_cm2"]
        self.assertIsNone(asr["total"])
        self.assertIsNone(asr["anode"])
        self.assertIsNone(results["brick_layer_asr_ohm_cm2"])
        self.assertIsNone(results["impedance"]["limits"]["zero"])
        self.assertIsNone(results["electrodes_ohm_cm2"]["anode"]["charge_transfer"])
        self.assert_close(asr["grains"]["glass"], 100.0, 1e-6)  # what the film has between them
        self.assert_close(asr["cathode"], 3.0, 1e-6)
        text = self.run_program("compare", self.place / "case", "--output", self.place / "c").stdout
        self.assertEqual(text.splitlines()[-3].split()[5], "-")  # no ASR
        self.assertIsNone(self.results(self.place / "case")["impedance"]["kramers_kronig"]
                          ["max_residual_relative"])  # two frequencies a decade are too few

    def test_a_blocking_electrode_has_nothing_to_converge(self):
        directory = self.write_case(changed(CELL, {"anode.blocking": True,
                                                   "anode.charge_transfer_ohm_cm2": None}))
        finished = self.run_program("converge", directory, expect=2)
        self.assertIn("blocking", finished.stderr)
        self.assertEqual(self.files_below(directory), ["case.cfg"])

    def test_grains_on_one_and_more_ranks(self):
        """Together and in groups. Three ranks are not shared out to two groups."""
        one = self.solve(changed(GRAINS, {"impedance.per_decade": 6}))
        points = self.spectrum(self.place / "case")
        for ranks, asked, groups in (2, 1, 1), (2, 0, 2), (3, 2, 1), (4, 2, 2), (4, 0, 4):
            with self.subTest(ranks=ranks, asked=asked):
                results = self.solve(changed(GRAINS, {"impedance.per_decade": 6,
                                                      "impedance.groups": asked}), ranks=ranks)
                self.assertEqual(results["impedance"]["groups_of_ranks"], groups)
                self.assertLess(abs(results["impedance"]["limits"]["zero_from_dc_relative"]), 1e-7)
                others = self.spectrum(self.place / "case")
                self.assertEqual([f for f, _ in others], [f for f, _ in points])
                for (_, z), (_, other) in zip(points, others):
                    self.assertLessEqual(abs(z - other), 1e-8 * abs(z))
                    self.assertGreaterEqual(other.real, 0)
                    self.assertLessEqual(other.imag, 0)
        self.assertLessEqual(max(one["impedance"]["iterations"]), 25)  # at a tolerance of 1e-12
        self.assertLess(abs(one["impedance"]["limits"]["zero_from_dc_relative"]), 1e-7)
        self.assertLess(one["impedance"]["kramers_kronig"]["max_residual_relative"], 1e-5)

    def test_no_group_no_spectrum(self):
        results = self.solve(GRAINS)
        self.assertIn("impedance", results)
        results = self.solve(changed(GRAINS, {"impedance": None}))
        self.assertNotIn("impedance", results)
        self.assertFalse((self.place / "case" / "results" / "impedance.csv").exists())

    def test_few_frequencies_are_not_shared_out(self):
        results = self.solve(changed(GRAINS, {"impedance.to_Hz": 1e3}), ranks=2)  # 7
        self.assertEqual(results["impedance"]["groups_of_ranks"], 1)

    def test_frequencies_of_any_group_that_do_not_converge_are_told(self):
        results = self.solve(changed(GRAINS, {"solver": {"tolerance": 1e-12, "max_iterations": 2}}),
                             ranks=2, expect=3)
        self.assertEqual(results["impedance"]["groups_of_ranks"], 2)
        self.assertFalse(results["impedance"]["converged"])
        self.assertEqual(len(self.spectrum(self.place / "case")), 13)

    def test_a_blocking_electrode_and_groups(self):
        """One limit alone: the second group has none to solve."""
        results = self.solve(changed(GRAINS, {"anode.blocking": True,
                                              "anode.capacitance_uF_per_cm2": 3.0,
                                              "anode.charge_transfer_ohm_cm2": None}), ranks=2)
        self.assertEqual(results["impedance"]["groups_of_ranks"], 2)
        self.assertIsNone(results["impedance"]["limits"]["zero"])
        self.assertIsNotNone(results["impedance"]["limits"]["infinity"])

    def test_refinement_where_the_phase_turns(self):
        self.solve(changed(CELL, {"impedance.refine_deg": 10.0}))
        points = self.spectrum(self.place / "case")
        self.assertGreater(len(points), 13)
        self.solve(changed(CELL, {"impedance.refine_deg": 10.0}), ranks=2)
        in_groups = self.spectrum(self.place / "case")
        self.assertEqual([f for f, _ in in_groups], [f for f, _ in points])
        for (f, z), (g, other) in zip(points, points[1:]):
            turn = abs(math.degrees(math.atan2((z / other).imag, (z / other).real)))
            self.assertTrue(turn <= 10 or f / g < 10**0.5**5, (f, turn))

    def test_what_stays_a_resistance_is_said(self):
        directory = self.write_case(changed(FILM, {"impedance": SPECTRUM,
                                                   "anode.charge_transfer_ohm_cm2": None,
                                                   "anode.capacitance_uF_per_cm2": 1.0}))
        text = self.run_program("check", directory).stdout
        for words in ('phase "grain" has no relative_permittivity',
                      'boundaries between "grain" and "grain" have no capacitance_uF_per_cm2',
                      "no charge transfer beside it", "13 frequencies from 1 to 1e+06 Hz"):
            self.assertIn(words, " ".join(text.split()))

    def test_an_unverified_permittivity_is_said_where_it_is_used(self):
        words = "relative_permittivity of this material is used and unverified"
        case = TREE / "cases" / "lipon-film"
        self.assertNotIn(words, self.run_program("check", case).stdout)
        finished = self.run_program("check", case, "--set", "impedance.per_decade=2")
        self.assertIn(words, " ".join(finished.stdout.split()))

    def test_refusals(self):
        for what, (changes, key, words) in REFUSED.items():
            with self.subTest(what):
                case = changed(CELL, changes)
                directory = self.write_case(case)
                finished = self.run_program("run", directory, expect=2)
                line = CaseText(case).line_of[key]
                (error,) = [e for e in finished.errors if f"case.cfg:{line}:" in e]
                for word in words:
                    self.assertIn(word, error)
                self.assertEqual(self.files_below(directory), ["case.cfg"])

    def test_an_interrupted_run_goes_on(self):
        """Frequencies that are done are kept; another case does not use them."""
        self.interrupt_and_go_on(1)

    def test_an_interrupted_run_of_two_groups_goes_on(self):
        self.interrupt_and_go_on(2)

    def interrupt_and_go_on(self, ranks):
        # mpirun hands a signal on after a second: the run must last longer than that
        case = changed(GRAINS, {"film.cells": [24, 24, 24], "output": {"fields": False},
                                "impedance.per_decade": 12 if ranks == 1 else 60})
        directory = self.write_case(case)
        partial = directory / "results" / "impedance.partial"
        process = start("run", directory, cwd=self.place, ranks=ranks)
        for _ in range(600):
            time.sleep(0.05)
            if partial.exists() and len(partial.read_text().splitlines()) > 4:
                break
        end(process, signal.SIGTERM)
        finished = wait(process, 30)
        if ranks == 1:
            self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        else:  # mpirun says less
            self.assertNotEqual(finished.status, 0, finished)
        self.assertIn("frequencies of case are done and kept", finished.stderr)
        lines = partial.read_text().splitlines(keepends=True)
        self.assertFalse((directory / "results" / "results.json").exists())
        # a line that was cut off is done again; the numbers of the others are taken as they are
        f, _, _, *rest = lines[2].split()
        lines[2] = " ".join([f, "1.0", "-1.0", *rest]) + "\n"
        cut_off = "".join(lines)[:-8]
        partial.write_text(cut_off)
        self.run_program("run", directory, timeout=300, ranks=ranks)
        results = self.results(directory)
        self.assertEqual(results["impedance"]["kept_of_interrupted_run"], len(lines) - 2)
        (replaced,) = [z for g, z in self.spectrum(directory) if abs(g / float(f) - 1) < 1e-9]
        self.assertEqual(replaced, complex(1e4, -1e4))
        self.assertFalse(partial.exists())
        # with --force all are done anew
        partial.write_text(cut_off)
        self.run_program("run", directory, "--force", timeout=300, ranks=ranks)
        self.assertEqual(self.results(directory)["impedance"]["kept_of_interrupted_run"], 0)
        self.assertNotIn(complex(1e4, -1e4), [z for _, z in self.spectrum(directory)])
        self.assertFalse(partial.exists())


if __name__ == "__main__":
    unittest.main()
