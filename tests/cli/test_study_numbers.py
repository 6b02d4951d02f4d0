#!/usr/bin/python3
"""`granulith study`: that its numbers are right, and what is made of them."""
import math
import re
import unittest

from program import FILM, TREE, changed
from studies import TEMPERATURE, THICKNESS, StudyTest, read, sweep


class SideBySide(StudyTest):
    def test_the_same_numbers_on_any_ranks(self):
        """Grains on single ranks, side by side; one run too large for that, on all."""
        self.write_case(FILM, "film")
        study = {"case": None, "cases": [
            {"case": "../film", "set": ("solver.tolerance=1e-10",)},
            {"case": "../glass", "label": "large", "set": ("film.cells=(96, 96, 64)",)}],
            "sweep": [sweep("phases.[0].conductivity_S_per_cm", 1e-5, 1e-4, 1e-3)]}
        tables = {}
        for ranks in 1, 2, 4:
            tables[ranks], document = self.study(study, "--force", ranks=ranks)
            used = [read(run["results"][0])["ranks"] for run in document["runs"]]
            self.assertEqual(used, [1, 1, 1] + [min(ranks, 2)] * 3)
        for ranks in 2, 4:
            for row, other in zip(tables[1], tables[ranks]):
                self.assertEqual(list(row.values())[:2], list(other.values())[:2])
                self.assert_close(other["total_ohm_cm2"], row["total_ohm_cm2"], 1e-6)


class Target(StudyTest):
    def target(self, groups, asr=10.0, key=THICKNESS):
        _, document = self.study({"target": {"asr_ohm_cm2": asr}, **groups})
        self.assertEqual(document["target"]["asr_ohm_cm2"], asr)
        return document["target"]["series"]

    def test_closed_form(self):
        """100 ohm cm2 a um: 10 ohm cm2 at 0.1 um."""
        thick, thin = sweep(THICKNESS, 1, 10, 100), sweep(THICKNESS, 10, 0.03, 1)
        for values, how in (thick, "extrapolated below"), (thin, "interpolated"):
            (series,) = self.target({"sweep": [values]})
            self.assert_close(series["thickness_um"], 0.1, 1e-6)
            self.assertEqual((series["case"], series["how"]), ("glass", how))
        self.assertIn("0.1 um", self.finished.stdout)

    def test_default_and_above(self):
        _, document = self.study({"sweep": [sweep(THICKNESS, 0.01, 0.02)]})
        self.assertEqual(document["target"]["asr_ohm_cm2"], 10)
        (series,) = document["target"]["series"]
        self.assertEqual(series["how"], "extrapolated above")
        self.assert_close(series["thickness_um"], 0.1, 1e-6)

    def test_electrodes_count_and_other_keys_make_series(self):
        electrode = sweep("cathode.charge_transfer_ohm_cm2", 0, 4, 20)
        found = self.target({"sweep": [electrode, sweep(THICKNESS, 0.5, 0.05)]})
        self.assertEqual([s["values"] for s in found],
                         [{"cathode.charge_transfer_ohm_cm2": value} for value in (0, 4, 20)])
        for series, expected in zip(found, (0.1, 0.06)):
            self.assert_close(series["thickness_um"], expected, 1e-5)
        self.assertEqual((found[2]["thickness_um"], found[2]["how"]), (None, "electrodes alone exceed it"))

    def test_without_thickness_there_is_none(self):
        _, document = self.study({"sweep": [sweep(TEMPERATURE, 20, 30)]})
        self.assertNotIn("target", document)


class ActivationEnergies(StudyTest):
    # bricks are in series: each part has its own energy exactly
    BRICKS = changed(FILM, {
        "structure": {"generator": "bricks", "brick_um": [1.0, 1.0, 0.25]}, "film.cells": [2, 2, 12],
        "phases": [{"name": "grain", "conductivity_S_per_cm": 1e-4, "activation_energy_eV": 0.3}],
        "boundaries": [{"between": ["grain", "grain"], "resistance_ohm_cm2": 1.0,
                        "activation_energy_eV": 0.6, "arrhenius": "sigma"}],
        "anode": {"charge_transfer_ohm_cm2": 2.0, "activation_energy_eV": 0.5}})

    def test_bricks(self):
        self.write_case(self.BRICKS, "bricks")
        _, document = self.study({"case": "../bricks", "sweep": [
            {"key": TEMPERATURE, "from": -20, "to": 100, "points": 5}]})
        (series,) = document["arrhenius"]
        found = series["quantities"]
        self.assertEqual((series["case"], series["values"]), ("bricks", {}))
        for part, energy, law in ("grains", 0.3, "sigma_T"), ("boundaries", 0.6, "sigma"):
            self.assert_close(found[part]["activation_energy_eV"], energy, 1e-5)
            self.assertEqual((found[part]["law"], found[part]["points"]), (law, 5))
            self.assertLess(found[part]["standard_error_eV"], 1e-5)
        # sigma T = sigma_0 T_ref exp(E/k (1/T_ref - 1/T)) at 25 C
        self.assert_close(found["grains"]["prefactor"],
                          1e-4 * 298.15 * math.exp(0.3 / 8.617333262e-5 / 298.15), 1e-3)
        self.assertGreater(found["total"]["activation_energy_eV"], 0.3)
        self.assertLess(found["total"]["activation_energy_eV"], 0.6)
        self.assertGreater(found["total"]["largest_deviation_of_ln"], 0.01)  # the parts change places

    def test_two_temperatures_have_no_error(self):
        _, document = self.study({"set": ("phases.glass.activation_energy_eV=0.58",),
                                  "sweep": [sweep(TEMPERATURE, 0, 50), sweep(THICKNESS, 1, 2)]})
        self.assertEqual([s["values"] for s in document["arrhenius"]], [{THICKNESS: 1}, {THICKNESS: 2}])
        for series in document["arrhenius"]:
            self.assert_close(series["quantities"]["total"]["activation_energy_eV"], 0.58, 1e-6)
            self.assertIsNone(series["quantities"]["total"]["standard_error_eV"])
            self.assertNotIn("boundaries", series["quantities"])


class Representative(StudyTest):
    # 4 grains wide, 4 cells a grain; boundaries are most of the resistance
    CASE = changed(FILM, {"film.cells": [16, 16, 16], "structure.grain_size_um": 0.25,
                          "solver.tolerance": 1e-8, "phases.[0].uncertainty_relative": 0.5,
                          "boundaries.[0].uncertainty_relative": 0.2,
                          "cathode": {"charge_transfer_ohm_cm2": 20.0,
                                      "charge_transfer_uncertainty_relative": 0.6}})

    def test_against_resolved(self):
        self.write_case(self.CASE, "film")
        both = {"case": "../film", "cell_size_um": 0.0625, "sweep": [sweep(THICKNESS, 40, 80)]}
        seeds = {"sweep": both["sweep"] + [sweep("structure.seed", 11, 12, 13)]}
        resolved, _ = self.study({**both, **seeds}, ranks=2)
        rows, document = self.study({**both, "cells_most": 1e5}, ranks=2)
        for n, (row, run) in enumerate(zip(rows, document["runs"])):
            self.assertEqual(row["representation"], "representative")
            self.assertEqual(len(run["results"]), 8)
            self.assertEqual(run["stack_thickness_um"], [4.5, 1.125])  # 1e5/4/256/5 = 19.5: 18 cells
            self.assertLess(row["band95_ohm_cm2"], 0.03 * row["total_ohm_cm2"])
            self.assert_adds_up({"asr_ohm_cm2": run["asr_ohm_cm2"], "electrodes_ohm_cm2":
                                 {s: {"all": run["asr_ohm_cm2"][s]} for s in ("anode", "cathode")}})
            for other in resolved[3 * n:3 * n + 3]:
                self.assertEqual(other["representation"], "resolved")
                self.assertLess(abs(row["total_ohm_cm2"] - other["total_ohm_cm2"]),
                                1.2 * row["band95_ohm_cm2"])
                self.assert_close(row["error_parameters_relative"], other["error_parameters_relative"], 0.02)
        # both thicknesses share their stacks
        self.assertEqual(document["runs"][0]["results"], document["runs"][1]["results"])
        self.assertEqual(rows[0]["cells"], 4 * 256 * (72 + 18))

    def test_stacks_are_different_structures(self):
        self.write_case(self.CASE, "film")
        _, document = self.study({"case": "../film", "cell_size_um": 0.0625, "cells_most": 1e5,
                                  "sweep": [sweep(THICKNESS, 40)], "realizations": 3})
        results = [read(path) for path in document["runs"][0]["results"]]
        self.assertEqual([r["case"]["structure"]["seed"]["value"] for r in results], [1, 2, 3, 4, 5, 6])
        self.assertEqual(document["runs"][0]["realizations"], 3)


class Held(StudyTest):
    CASE = changed(FILM, {"film.cells": [24, 24, 24], "boundaries": [
        {"between": ["grain", "grain"], "total_conductivity_S_per_cm": 2e-5, "fit": True}]})

    def resistances(self, document):
        return [read(run["results"][0])["case"]["boundaries"][0]
                ["resistance_ohm_cm2"]["value"] for run in document["runs"]]

    def test_found_once_and_kept(self):
        self.write_case(self.CASE, "film")
        self.run_program("run", "film")
        fitted = self.results(self.place / "film")["fit"]["grain|grain"]["resistance_ohm_cm2"]
        rows, document = self.study({"case": "../film", "cell_size_um": 1 / 24,
                                     "sweep": [sweep(THICKNESS, 1, 2)]}, ranks=2)
        for resistance in self.resistances(document):
            self.assert_close(resistance, fitted, 1e-6)
        self.assert_close(rows[0]["sigma_eff_S_per_cm"], 2e-5, 1e-4)
        # more boundaries in series than twice those of the thin film
        self.assertGreater(rows[1]["boundaries_ohm_cm2"], 2.1 * rows[0]["boundaries_ohm_cm2"])
        self.assertEqual(self.study({"case": "../film", "cell_size_um": 1 / 24,
                                     "sweep": [sweep(THICKNESS, 1, 2)]})[1]["runs"][1]["reused"], True)

    def test_refit(self):
        self.write_case(self.CASE, "film")
        rows, _ = self.study({"case": "../film", "refit": True, "sweep": [sweep(THICKNESS, 1, 2)]})
        for row in rows:
            self.assert_close(row["sigma_eff_S_per_cm"], 2e-5, 1e-4)


class Shipped(StudyTest):
    """The shipped studies with few values on few cells: every key is there, every case runs."""

    def shrink(self, text):
        text = text.replace('"../../', f'"{TREE}/cases/')
        text = re.sub(r"(cells_per_grain|grains_across) = \d+", r"\1 = 2", text)
        text = re.sub(r"points = \d+", "points = 2", text)
        text = re.sub(r"(?m)^cells_most.*$", "", text) + "\ncells_most = 6e4;\n"
        return re.sub(r"values = ([(\[])\s*([^,]*),[^)\]]*,([^,)\]]*)([)\]])", r"values = \1\2,\3\4", text)

    def test_every_one(self):
        studies = sorted((TREE / "cases" / "studies").glob("*/study.cfg"))
        self.assertGreaterEqual(len(studies), 6)
        for path in studies:
            with self.subTest(path.parent.name):
                directory = self.write_study(self.shrink(path.read_text()), path.parent.name)
                # the fit of the cases as they stand is what takes time, and others test it
                held = () if "boundaries=" in path.read_text() else ("--set", "boundaries=()")
                self.run_program("study", directory, *held, "--set", "solver.tolerance=1e-4", ranks=2)
                document = self.document(directory)
                self.assertEqual({run["status"] for run in document["runs"]}, {0})
                self.assertEqual(document["num_done"], 2 * len({run["case"] for run in document["runs"]}))
                self.assertNotEqual(document["title"], path.parent.name)

if __name__ == "__main__":
    unittest.main()
