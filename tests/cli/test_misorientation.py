#!/usr/bin/python3
"""Boundaries sorted by the misorientation of their grains: by hand, on any ranks, what is refused."""
import json
import unittest

import numpy as np

import dream3d
from dream3d import CUBIC, HEXAGONAL, TETRAGONAL, UNKNOWN
from program import CaseText, ProgramTest, changed
from test_dream3d import IMAGE, layers


def boundary(resistance, **misorientation):
    group = {"between": ["grain", "grain"], "resistance_ohm_cm2": resistance}
    return {**group, "misorientation": misorientation} if misorientation else group


def with_boundaries(*groups, **more):
    return changed(IMAGE, {"boundaries": list(groups), **more})


CLASSES = with_boundaries(boundary(0.1, to_deg=15), boundary(0.2, sigma=[3, 5]), boundary(1.0))



def turned(*angles):
    """Euler angles [rad] of grains turned about z by so much more each."""
    return np.radians([[0, 0, 0], [0, 0, 0], *[[a, 0, 0] for a in np.cumsum(angles)]])


SEVERAL = {"phases": [{"name": "grain", "conductivity_S_per_cm": 1e-4},
                      {"name": "glass", "conductivity_S_per_cm": 1e-5}]}

# changes to the case, the key whose line is at fault, what is said
BAD_CASES = {
    "nothing given": ([boundary(1.0, name="all")], "boundaries.[0].misorientation", ["sigma", "to_deg"]),
    "an angle and a sigma":
        ([boundary(1.0, to_deg=15, sigma=[3])], "boundaries.[0].misorientation", ["either"]),
    "angles from back to front":
        ([boundary(1.0, from_deg=20, to_deg=15)], "boundaries.[0].misorientation.from_deg", ["below to_deg"]),
    "an angle beyond all":
        ([boundary(1.0, to_deg=200)], "boundaries.[0].misorientation.to_deg", ["200", "180"]),
    "an even sigma": ([boundary(1.0, sigma=[3, 4])], "boundaries.[0].misorientation.sigma", ["odd"]),
    "a sigma of 1": ([boundary(1.0, sigma=[1])], "boundaries.[0].misorientation.sigma", ["from 3 to 99"]),
    "a sigma of decimals": ([boundary(1.0, sigma=[3.5])], "boundaries.[0].misorientation.sigma", ["integers"]),
    "no sigma": ([boundary(1.0, sigma=[])], "boundaries.[0].misorientation.sigma", ["one number or more"]),
    "a limit without sigma":
        ([boundary(1.0, to_deg=5, brandon_deg=10)], "boundaries.[0].misorientation.brandon_deg", ["sigma"]),
    "an unknown key": ([boundary(1.0, sigmas=[3])], "boundaries.[0].misorientation.sigmas", ["sigma"]),
    "two classes of one name":
        ([boundary(1.0, to_deg=15), boundary(2.0, to_deg=15)], "boundaries", ["0-15 deg"]),
    "a total for a class":
        ([{"between": ["grain", "grain"], "misorientation": {"to_deg": 15.0},
           "total_conductivity_S_per_cm": 5e-5}], "boundaries.[0].misorientation", ["total conductivity"]),
    "a total beside a class":
        ([boundary(1.0, to_deg=15), {"between": ["grain", "grain"], "total_conductivity_S_per_cm": 5e-5}],
         "boundaries", ["total_conductivity_S_per_cm", "classes"]),
    "two phases":
        ([{**boundary(1.0, to_deg=15), "between": ["grain", "glass"]}], "boundaries.[0].misorientation",
         ["one phase"]),
}


class Misorientation(ProgramTest):
    def put(self, groups, labels, **arrays):
        directory = self.write_case(groups)
        dream3d.write7(directory / "image.dream3d", labels, **arrays)
        return directory

    def solve_layers(self, groups, euler, crystals=(CUBIC,), ranks=1, **arrays):
        labels = layers(np.arange(1, len(euler)))
        directory = self.put(groups, labels, phases=np.ones_like(labels), euler=euler,
                             crystals=list(crystals), **arrays)
        self.run_program("run", directory, ranks=ranks)
        return self.results(directory)

    def test_layers_by_hand(self):
        """Turns of 5 deg, sigma 5 and 30 deg about z: 0.1, 0.2 and 1 Ohm cm2, a third of the area each."""
        for ranks in 1, 2:
            results = self.solve_layers(CLASSES, turned(5, 36.87, 30), ranks=ranks)
            asr = results["asr_ohm_cm2"]
            self.assert_close(asr["total"], 1.0 + 1.3 + 5.0, 1e-12)
            self.assert_adds_up(results)
            expected = {"grain|grain 0-15 deg": 0.1, "grain|grain sigma 3, 5": 0.2, "grain|grain": 1.0}
            self.assertEqual(set(asr["boundaries"]), set(expected))
            for name, resistance in expected.items():
                self.assert_close(asr["boundaries"][name], resistance, 1e-6)
                found = results["microstructure"]["boundary_classes"][name]
                self.assert_close(found["resistance_ohm_cm2"], resistance, 1e-12)
                self.assert_close(found["area_share"], 1 / 3, 1e-9)
                self.assert_close(found["area_per_volume_per_um"], 1.0, 1e-9)
            self.assertIsNone(results["brick_layer_asr_ohm_cm2"])

    def test_mesh_measures_the_classes(self):
        labels = layers([1, 2, 3, 4])
        directory = self.put(CLASSES, labels, phases=np.ones_like(labels), euler=turned(5, 36.87, 38),
                             crystals=[CUBIC])
        output = self.run_program("mesh", directory, ranks=2)
        self.assertRegex(output.stdout, r"    grain\|grain 0-15 deg +1 1/um\n")
        statistics = json.loads((directory / "results" / "statistics.json").read_text())
        areas = statistics["boundary_class_area_per_volume_per_um"]
        self.assert_close(areas["grain|grain sigma 3, 5"], 2.0, 1e-9)
        self.assertEqual(areas["grain|grain"], 0)

    def test_a_twin(self):
        """Sigma 3: 70.53 deg about [110] is 60 deg about [111]."""
        euler = np.radians([[0, 0, 0], [0, 0, 0], [-45, 70.52877936550931, 45]])
        asr = self.solve_layers(CLASSES, euler)["asr_ohm_cm2"]["boundaries"]
        self.assert_close(asr["grain|grain sigma 3, 5"], 0.2, 1e-6)
        narrow = with_boundaries(boundary(0.1, sigma=[3], brandon_deg=1, name="twins"), boundary(1.0))
        for off, expected in (0.5, 0.1), (0.6, 1.0):  # 1 deg over the root of 3 is 0.577
            turned_off = euler + np.radians([[0, 0, 0], [off, 0, 0], [0, 0, 0]])
            asr = self.solve_layers(narrow, turned_off)["asr_ohm_cm2"]["boundaries"]
            self.assert_close(asr["grain|grain twins"] + asr["grain|grain"], expected, 1e-6)
            self.assertEqual(asr["grain|grain"] > 0, expected == 1.0)

    def test_symmetry_is_that_of_the_phase(self):
        """80 deg about z: 10 of a cubic or tetragonal crystal, 20 of a hexagonal, 40 of a trigonal one."""
        case = with_boundaries(boundary(0.1, to_deg=15), boundary(0.2, from_deg=15, to_deg=30),
                               boundary(0.3, from_deg=30))
        for crystal, expected in (CUBIC, 0.1), (TETRAGONAL, 0.1), (HEXAGONAL, 0.2), (dream3d.TRIGONAL, 0.3), \
                (dream3d.ORTHORHOMBIC, 0.3):
            results = self.solve_layers(case, turned(80), [crystal])
            self.assert_close(results["asr_ohm_cm2"]["total"], 6.0 + expected, 1e-12)

    def test_the_first_class_that_fits(self):
        classes = [boundary(0.1, to_deg=15), boundary(0.2, to_deg=30), boundary(0.4)]
        for order, expected in ([0, 1, 2], 0.1), ([1, 0, 2], 0.2), ([2, 1, 0], 0.2):
            results = self.solve_layers(with_boundaries(*[classes[c] for c in order]), turned(10))
            self.assert_close(results["asr_ohm_cm2"]["total"], 6.0 + expected, 1e-12)

    def test_a_class_has_its_own_capacitance(self):
        """Layers in series: 1/sigma + 5 + sum of r/(1 + i omega r C)."""
        classes = [{**boundary(0.1, to_deg=15), "capacitance_uF_per_cm2": 1.0},
                   {**boundary(0.2, sigma=[3, 5]), "capacitance_uF_per_cm2": 100.0},
                   {**boundary(1.0), "capacitance_uF_per_cm2": 10.0}]
        case = with_boundaries(*classes, impedance={"from_Hz": 1e3, "to_Hz": 1e5, "per_decade": 2})
        labels = layers(np.arange(1, 5))
        directory = self.put(case, labels, phases=np.ones_like(labels), euler=turned(5, 36.87, 30), crystals=[CUBIC])
        self.run_program("run", directory)
        spectrum = np.loadtxt(directory / "results" / "impedance.csv", delimiter=",", comments="#")
        self.assertEqual(len(spectrum), 5)
        for frequency, real, imaginary in spectrum:
            z = 6.0 + sum(r / (1 + 2j * np.pi * frequency * r * c * 1e-6)
                          for r, c in ((0.1, 1.0), (0.2, 100.0), (1.0, 10.0)))
            self.assertLess(abs(real + 1j * imaginary - z), 1e-8 * abs(z), frequency)

    def test_no_rest_and_a_single_pair_from_a_file(self):
        results = self.solve_layers(with_boundaries(boundary(0.1, to_deg=15)), turned(5, 40))
        self.assert_close(results["asr_ohm_cm2"]["total"], 6.1, 1e-12)
        self.assertIn("have no resistance", " ".join(results["warnings"]))
        self.write_case("", boundaries_csv="grain_a,grain_b,resistance_ohm_cm2\n1,2,3.0\n")
        results = self.solve_layers(changed(CLASSES, {"boundaries_file": "boundaries.csv"}), turned(5, 40))
        self.assert_close(results["asr_ohm_cm2"]["boundaries"]["grain|grain 0-15 deg"], 3.0, 1e-6)

    def test_temperature_and_spread_are_the_class_s_own(self):
        hot = [{**boundary(0.1, to_deg=15), "activation_energy_eV": 0.5}, boundary(1.0)]
        results = self.solve_layers(with_boundaries(*hot, conditions={"temperature_C": 60.0}), turned(5))
        # r sigma_T: exp(E/k (1/T - 1/298.15)) T/298.15
        factor = np.exp(0.5 / 8.617333262e-5 * (1 / 333.15 - 1 / 298.15)) * 333.15 / 298.15
        self.assert_close(results["asr_ohm_cm2"]["boundaries"]["grain|grain 0-15 deg"], 0.1 * factor, 1e-5)
        spread = [{**boundary(0.1, to_deg=15), "lognormal_spread": 0.5}, boundary(1.0)]
        results = self.solve_layers(with_boundaries(*spread), turned(5))
        self.assertNotAlmostEqual(results["asr_ohm_cm2"]["boundaries"]["grain|grain 0-15 deg"], 0.1, 3)

    def test_grains_at_random_on_any_number_of_ranks(self):
        draw = np.random.default_rng(5)
        labels = draw.integers(1, 300, (4, 4, 4)).repeat(3, 0).repeat(3, 1).repeat(3, 2)
        euler = np.stack([draw.uniform(0, 2 * np.pi, 301), np.arccos(draw.uniform(-1, 1, 301)),
                          draw.uniform(0, 2 * np.pi, 301)], axis=1)
        case = with_boundaries(boundary(0.1, to_deg=30), boundary(0.2, sigma=[3, 5, 7, 9]), boundary(1.0))
        first = None
        for ranks in 1, 2, 4:
            directory = self.put(case, labels, phases=np.ones_like(labels), euler=euler, crystals=[CUBIC])
            self.run_program("run", directory, ranks=ranks)
            results = self.results(directory)
            self.assert_adds_up(results)
            first = first or results
            for name, part in results["asr_ohm_cm2"]["boundaries"].items():
                self.assert_close(part, first["asr_ohm_cm2"]["boundaries"][name], 1e-5)
            classes = results["microstructure"]["boundary_classes"]
            self.assert_close(sum(c["area_share"] for c in classes.values()), 1.0, 1e-9)
            for name, found in classes.items():
                for key, value in first["microstructure"]["boundary_classes"][name].items():
                    self.assert_close(found[key], value, 1e-9)

    def test_bad_cases(self):
        for name, (groups, key, fragments) in BAD_CASES.items():
            with self.subTest(name):
                case = with_boundaries(*groups, **SEVERAL)
                labels = layers([1, 2])
                directory = self.put(case, labels, phases=labels, euler=turned(5), crystals=[CUBIC, CUBIC])
                self.refuse(directory, f"case.cfg:{CaseText(case).line_of[key]}: ", fragments)

    def test_what_the_file_does_not_allow(self):
        labels = layers([1, 2])
        ones = np.ones_like(labels)
        for arrays, fragments in (
                ({"phases": ones, "crystals": [CUBIC]}, ["no orientations"]),
                ({"phases": ones, "euler": turned(5)}, ["does not say the crystal structure", '"grain"']),
                ({"phases": ones, "euler": turned(5), "crystals": [UNKNOWN]}, ["does not say"]),
                ({"phases": ones, "euler": turned(5), "crystals": [HEXAGONAL]}, ["sigma", "cubic", "6/mmm"])):
            with self.subTest(fragments[0]):
                self.refuse(self.put(CLASSES, labels, **arrays), "case.cfg:", fragments)
        mixed = changed(CLASSES, {"structure.label_phases": [{"labels": [1, 2], "phase": "grain"}]})
        self.refuse(self.put(mixed, labels, phases=labels, euler=turned(5), crystals=[CUBIC, TETRAGONAL]),
                    "case.cfg:", ["two crystal structures", "m-3m", "4/mmm"])
        self.refuse(self.put(CLASSES, labels, phases=ones, euler=turned()[:2], crystals=[CUBIC]),
                    "image.dream3d: ", ["nothing of grain 2"])
        grown = changed(CLASSES, {"structure": {"generator": "polycrystal", "grain_size_um": 0.4},
                                  "film.cells": [8, 8, 8]})
        self.refuse(self.write_case(grown), "case.cfg:", ["no orientations"])

    def refuse(self, directory, place, fragments):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, expect=2)
        error = finished.errors[0]
        self.assertTrue(error.startswith(f"granulith: error: {directory}/{place}"), error)
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
