#!/usr/bin/python3
"""The number of ranks changes neither the structure, bit for bit, nor the ASR."""
import json
import unittest

import h5py
import numpy as np

from program import FILM, ProgramTest, changed

# numbers of cells that no number of ranks divides evenly
CELLS = {"film.cells": [17, 13, 19]}
STRUCTURES = {
    "polycrystal": {"structure": {"generator": "polycrystal", "grain_size_um": 0.3}},
    "columnar": {"structure": {"generator": "columnar", "grain_size_um": 0.3}},
    "crystallites with pores": {
        "structure": {"generator": "crystallites", "fraction": 0.25, "diameter_um": 0.35,
                      "pores": {"fraction": 0.1, "diameter_um": 0.3}},
        "phases": [{"name": "glass", "conductivity_S_per_cm": 1e-5},
                   {"name": "crystal", "conductivity_S_per_cm": 1e-3}],
        "boundaries": [{"between": ["glass", "crystal"], "resistance_ohm_cm2": 0.1}]},
}


class Ranks(ProgramTest):
    def labels(self, ranks):
        output = self.place / f"on{ranks}"
        self.run_program("mesh", "case", "--output", output, ranks=ranks)
        with h5py.File(output / "labels.h5") as file:
            labels = {name: data[()] for name, data in file.items()}
        return labels, json.loads((output / "statistics.json").read_text())

    def test_structure_bit_for_bit(self):
        for name, changes in STRUCTURES.items():
            with self.subTest(name):
                self.write_case(changed(FILM, {**CELLS, **changes}))
                labels, statistics = self.labels(1)
                self.assertGreater(len(np.unique(labels["grain"])), 2)
                for ranks in 2, 3, 4:
                    others, their_statistics = self.labels(ranks)
                    self.assertEqual(others.keys(), labels.keys())
                    for key in labels:
                        self.assertEqual(others[key].tobytes(), labels[key].tobytes(),
                                         f"{key} on {ranks} ranks")
                    for key in statistics:
                        self.assertAlmostEqual(their_statistics[key], statistics[key], 9, key) \
                            if isinstance(statistics[key], float) else None

    def test_asr_to_the_tolerance(self):
        for name, changes in STRUCTURES.items():
            with self.subTest(name):
                self.write_case(changed(FILM, {**CELLS, **changes, "output": {"fields": False},
                                               "boundaries.[0].lognormal_spread": 0.5}))
                found = {}
                for ranks in 1, 2, 4:
                    self.run_program("case", ranks=ranks)
                    results = self.results(self.place / "case")
                    self.assertEqual(results["ranks"], ranks)
                    self.assert_adds_up(results)
                    found[ranks] = results["asr_ohm_cm2"]
                for ranks in 2, 4:
                    self.assert_close(found[ranks]["total"], found[1]["total"], 2e-6)
                    for side in "anode", "cathode":
                        self.assert_close(found[ranks][side], found[1][side], 1e-4)


if __name__ == "__main__":
    unittest.main()
