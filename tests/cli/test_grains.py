#!/usr/bin/python3
"""grains.csv: one row a grain, of structures whose every number is known, and sums that are those of the budget."""
import csv
import unittest

from program import FILM, SLAB, ProgramTest, changed

WITH_GRAINS = {"output": {"fields": False, "grains": True}}

# 2 x 2 x 4 bricks of 0.5 x 0.5 x 0.25 um
BRICKS = changed(FILM, {**WITH_GRAINS, "structure": {"generator": "bricks", "brick_um": [0.5, 0.5, 0.25]}})

TWO_PHASES = changed(FILM, {**WITH_GRAINS,
    "film.grading_z": 2.0,
    "phases": [{"name": "a", "conductivity_S_per_cm": 1e-4}, {"name": "b", "conductivity_S_per_cm": 2e-5}],
    "structure.pores": {"fraction": 0.1, "diameter_um": 0.3},
    "structure.phase_fractions": [{"phase": "b", "fraction": 0.3}],
    "boundaries": [{"between": ["a", "b"], "resistance_ohm_cm2": 0.5},
                   {"between": ["a", "a"], "resistance_ohm_cm2": 0.2}],
    "anode.layers": [{"name": "skin", "thickness_nm": 200.0, "resolve": True, "conductivity_S_per_cm": 1e-5}]})


class Grains(ProgramTest):
    def table(self, groups, *arguments, ranks=1):
        directory = self.write_case(groups)
        self.run_program("run", directory, *arguments, ranks=ranks)
        with open(directory / "results" / "grains.csv") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            for key in row.keys() - {"phase"}:
                row[key] = float(row[key])
        return rows, self.results(directory)

    def sum_of(self, rows, key, phase=None):
        return sum(row[key] for row in rows if phase in (None, row["phase"]))

    def test_bricks_by_hand(self):
        """Straight columns: 1 mA/cm2 everywhere, L/sigma = 1, 3 boundaries of 0.5 Ohm cm2, over 1 um2."""
        rows, _ = self.table(BRICKS)
        self.assertEqual([row["grain"] for row in rows], list(range(1, 17)))
        for n, row in enumerate(rows):
            layer = n // 4
            self.assert_close(row["x_um"], 0.25 + 0.5 * (n % 2), 1e-8)
            self.assert_close(row["y_um"], 0.25 + 0.5 * (n // 2 % 2), 1e-8)
            self.assert_close(row["z_um"], 0.125 + 0.25 * layer, 1e-8)
            self.assert_close(row["volume_um3"], 0.0625, 1e-8)
            self.assert_close(row["equivalent_diameter_um"], (6 * 0.0625 / 3.141592653589793) ** (1 / 3), 1e-8)
            self.assertEqual(row["cells"], 12 * 12 * 12 / 16)
            inner = layer in (1, 2)
            self.assertEqual(row["neighbours"], 4 if inner else 3)  # periodic: the same one on both sides
            self.assert_close(row["mean_current_density_mA_per_cm2"], 1.0, 1e-6)
            self.assert_close(row["mean_current_density_z_mA_per_cm2"], 1.0, 1e-6)
            self.assert_close(row["asr_inside_ohm_cm2"], 1 / 16, 1e-6)
            self.assert_close(row["asr_half_boundaries_ohm_cm2"], (2 if inner else 1) * 0.25 / 4, 1e-6)
            # (1 mA/cm2)^2 x 1 um2 x 1/16 Ohm cm2
            self.assert_close(row["dissipation_inside_W"], 1e-6 * 1e-8 / 16, 1e-6)

    def test_sums_are_those_of_the_budget(self):
        for ranks in 1, 2, 4:
            rows, results = self.table(TWO_PHASES, "--set", "conditions.current_density_mA_per_cm2=3", ranks=ranks)
            parts = results["asr_ohm_cm2"]
            for phase in "a", "b":
                self.assert_close(self.sum_of(rows, "asr_inside_ohm_cm2", phase), parts["grains"][phase], 1e-7)
                self.assert_close(self.sum_of(rows, "volume_um3", phase),
                                  results["microstructure"]["phase_fractions"][phase], 1e-7)
            boundaries = sum(parts["boundaries"].values())
            self.assertGreater(boundaries, 0.1)
            self.assert_close(self.sum_of(rows, "asr_half_boundaries_ohm_cm2"), boundaries, 1e-7)
            self.assert_close(self.sum_of(rows, "dissipation_half_boundaries_W"), 9e-6 * 1e-8 * boundaries, 1e-7)
            self.assertEqual(len(rows), results["microstructure"]["num_grains"])
            if ranks == 1:
                first = rows
            for row, same in zip(rows, first):
                for key in row.keys() - {"phase"}:
                    self.assertAlmostEqual(row[key], same[key], delta=1e-6 * abs(same[key]))
                self.assertEqual(row["phase"], same["phase"])

    def test_a_grain_across_a_periodic_side(self):
        """Two columns, one across x = 0: its centroid is there, not in the middle of the box."""
        directory = self.write_case(changed(FILM, {**WITH_GRAINS, "structure": {
            "generator": "columnar", "seeds_file": "seeds.csv"}}))
        (directory / "seeds.csv").write_text("x_um,y_um,z_um,weight_um2\n0.0,0.5,0.5,0\n0.5,0.5,0.5,0\n")
        self.run_program("run", directory)
        with open(directory / "results" / "grains.csv") as file:
            centres = [float(row["x_um"]) for row in csv.DictReader(file)]
        self.assertLess(min(centres[0], 1 - centres[0]), 0.05)
        self.assertAlmostEqual(centres[1], 0.5, delta=0.05)

    def test_files_come_and_go(self):
        directory = self.write_case(SLAB)
        self.run_program("run", directory, "--set", "output.grains=true")
        self.assertIn("grains.csv", self.files_below(directory / "results"))
        self.run_program("run", directory)
        self.assertNotIn("grains.csv", self.files_below(directory / "results"))
        for _ in range(2):  # computed, and again as the table is gone
            self.run_program("compare", directory, "--output", self.place / "out", "--set", "output.grains=true")
            (self.place / "out" / directory.name / "grains.csv").unlink()


if __name__ == "__main__":
    unittest.main()
