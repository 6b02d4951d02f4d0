#!/usr/bin/python3
"""`granulith converge`: error band of the grid, spread of realizations, widths; what is reused."""
import json
import math
import statistics
import unittest
from pathlib import Path

from program import FILM, ProgramTest, changed

# on the stairs, because matched faces at so few cells are too good for differences of one sign
FILM = changed(FILM, {"film.cells": [8, 8, 8], "structure.seed": 2, "output": {"fields": False},
                      "solver.boundary_faces": "stairs"})

# Layers whose plane lies on cell faces: 1 + 0.5 + 2 + 3 Ohm cm2 on any grid.
LAYERS = changed(FILM, {"film.cells": [4, 4, 8], "solver": None,
                        "structure": {"generator": "planes", "planes": [{"at_um": 0.5}]}})

# A few large pores in a crystal: on grids of 4, 8, 16 cells their volume jumps up and down.
PORES = changed(FILM, {"film.cells": [4, 4, 4], "boundaries": None, "solver": None,
                       "structure": {"generator": "single_crystal",
                                     "pores": {"fraction": 0.1, "diameter_um": 0.5}}})

STUDENT_4 = 2.776445  # 95 %, two-sided, 4 degrees of freedom


class ConvergeTest(ProgramTest):
    def converge(self, *arguments, expect=0, ranks=1):
        return self.run_program("converge", "case", *arguments, expect=expect, ranks=ranks)

    def document(self, name="convergence", folder="case/results"):
        return json.loads((self.place / folder / f"{name}.json").read_text())

    def quantities(self, *arguments):
        return {q["name"]: q for q in self.document(*arguments)["quantities"]}

    def level(self, folder=""):
        return json.loads((self.place / "case/results" / folder / "results.json").read_text())


class Grids(ConvergeTest):
    def test_an_exact_case_agrees_on_all_grids(self):
        self.write_case(LAYERS)
        finished = self.converge()
        self.assertIn("agree", finished.stdout)
        for name, quantity in self.quantities().items():
            self.assertEqual(quantity["grids"], "agree", name)
            self.assertIsNone(quantity["order"])
        total = self.quantities()["total"]
        for value, band in zip(total["values_ohm_cm2"], total["bands_ohm_cm2"]):
            self.assert_close(value, 6.5, 1e-6)
            self.assert_close(band, 6.5e-6, 1e-6)  # solver.tolerance
        for folder in "", "convergence/8x8x16", "convergence/16x16x32":
            self.assert_close(self.level(folder)["error"]["grid_relative"], 1e-6, 1e-6)

    def test_grains_converge(self):
        directory = self.write_case(FILM)
        finished = self.converge()
        self.assertIn("case's own grid", finished.stdout)
        document, quantities = self.document(), self.quantities()
        self.assertEqual((document["schema"], document["over"]), (1, "grid"))
        self.assertEqual([run["run"] for run in document["runs"]],
                         ["8x8x8", "16x16x16", "32x32x32"])
        self.assertEqual([run["cell_relative"] for run in document["runs"]], [1, 0.5, 0.25])
        self.assertEqual([run["is_case_itself"] for run in document["runs"]], [True, False, False])
        self.assertEqual(list(quantities), ["total", "grains.grain", "boundaries.grain|grain",
                                            "anode", "cathode"])
        total = quantities["total"]
        f = total["values_ohm_cm2"]
        order = math.log2((f[0] - f[1]) / (f[1] - f[2]))
        self.assertTrue(f[0] > f[1] > f[2] and 0.8 < order < 2.2, f)
        limit = f[2] + (f[2] - f[1]) / (2 ** order - 1)
        self.assertEqual((total["grids"], total["safety_factor"]), ("converging", 1.25))
        self.assert_close(total["order"], order, 1e-9)
        self.assert_close(total["extrapolated_ohm_cm2"], limit, 1e-12)
        folders = "", "convergence/16x16x16", "convergence/32x32x32"
        for value, band, folder, run in zip(f, total["bands_ohm_cm2"], folders, document["runs"]):
            self.assert_close(band, 1.25 * abs(value - limit), 1e-9)
            results = self.level(folder)
            self.assertEqual(results["asr_ohm_cm2"]["total"], value)
            self.assertEqual(run["asr_ohm_cm2"], results["asr_ohm_cm2"])
            self.assertEqual(json.loads(Path(run["result"]).read_text()), results)
            self.assert_close(results["error"]["grid_relative"], band / value, 1e-12)
            self.assert_adds_up(results)
        # an order that the scheme cannot have: three times the distance at order 0.5
        odd = quantities["grains.grain"]
        f = odd["values_ohm_cm2"]
        self.assertEqual((odd["grids"], odd["safety_factor"]), ("odd order", 3))
        self.assertLess(odd["order"], 0.5)
        self.assert_close(odd["bands_ohm_cm2"][2], 3 * abs(f[2] - f[1]) / (math.sqrt(2) - 1), 1e-9)
        self.assertIsNone(quantities["cathode"]["bands_ohm_cm2"][2])  # goes up and down
        self.assertIn("sign change", finished.stdout)
        self.check_csv(quantities)
        self.assertEqual([f for f in self.files_below(directory) if f.endswith(".part")], [])

    def check_csv(self, quantities):
        rows = self.table(self.place / "case/results/convergence.csv")
        self.assertEqual(len(rows), 3 * len(quantities))
        for row in rows:
            quantity = quantities[row["quantity"]]
            n = [8, 16, 32].index(row["cells_x"])
            self.assertEqual(row["cell_relative"], [1, 0.5, 0.25][n])
            self.assertEqual(row["grids"], quantity["grids"])
            self.assert_close(row["value_ohm_cm2"], quantity["values_ohm_cm2"][n], 1e-8)
            if quantity["grids"] == "sign change":
                self.assertEqual((row["band_ohm_cm2"], row["order"]), ("", ""))
            else:
                self.assert_close(row["band_ohm_cm2"], quantity["bands_ohm_cm2"][n], 1e-8)

    def test_each_grid_is_a_plain_run(self):
        directory = self.write_case(FILM)
        self.converge()
        self.run_program("run", directory, "--set", "film.cells=[16,16,16]", "--output", "plain")
        plain = json.loads((self.place / "plain/results.json").read_text())
        self.assertIsNone(plain["error"]["grid_relative"])
        self.assertEqual(self.level("convergence/16x16x16")["asr_ohm_cm2"], plain["asr_ohm_cm2"])

    def test_coarsening_gives_the_same(self):
        self.write_case(FILM)
        self.converge()
        fine = self.quantities()
        finished = self.converge("--coarsen", "--set", "film.cells=[32,32,32]", "--output", "down")
        self.assertIn("32x32x32: ASR", finished.stdout)
        coarse = self.quantities("convergence", "down")
        self.assertEqual([run["cell_relative"]
                          for run in self.document("convergence", "down")["runs"]], [4, 2, 1])
        for name in fine:
            self.assertEqual(fine[name]["values_ohm_cm2"], coarse[name]["values_ohm_cm2"])
        own = json.loads((self.place / "down/results.json").read_text())
        self.assert_close(own["error"]["grid_relative"],
                          fine["total"]["bands_ohm_cm2"][2] / fine["total"]["values_ohm_cm2"][2],
                          1e-9)

    def test_more_levels(self):
        self.write_case(FILM)
        self.converge("--levels=4", "--coarsen", "--set", "film.cells=[32,32,32]")
        self.assertEqual([run["run"] for run in self.document()["runs"]],
                         ["4x4x4", "8x8x8", "16x16x16", "32x32x32"])

    def test_what_goes_up_and_down_is_refused(self):
        self.write_case(PORES)
        finished = self.converge(expect=3)
        (error,) = finished.errors
        for word in "up and down", "Ohm cm2", "no error band", "film.cells":
            self.assertIn(word, error)
        total = self.quantities()["total"]
        f = total["values_ohm_cm2"]
        self.assertLess((f[1] - f[0]) * (f[2] - f[1]), 0)
        self.assertEqual(total["grids"], "sign change")
        self.assertEqual(total["bands_ohm_cm2"], [None] * 3)
        self.assertIsNone(self.level()["error"]["grid_relative"])
        self.assertTrue(self.level()["solve"]["converged"])

    def test_runs_are_reused(self):
        directory = self.write_case(FILM)
        self.run_program("run", directory)
        self.assertEqual(self.converge().stdout.count("unchanged"), 1)
        first = self.document()
        again = self.converge("--set", "film.cells=[8,8,8]")  # said on another line: computed anew
        self.assertEqual(again.stdout.count("unchanged"), 2)
        second = self.converge("--set", "film.cells=[8,8,8]")
        self.assertEqual(second.stdout.count("unchanged"), 3)
        self.assertEqual(self.document()["quantities"], first["quantities"])
        self.assertNotIn("unchanged", self.converge("--force").stdout)
        (directory / "results/convergence/16x16x16/results.json").unlink()  # as if interrupted
        self.assertEqual(self.converge().stdout.count("unchanged"), 2)
        self.assertEqual(self.document()["quantities"], first["quantities"])

    def test_on_ranks(self):
        self.write_case(FILM)
        self.converge()
        one = self.quantities()["total"]
        for ranks in 2, 4:
            finished = self.converge("--force", ranks=ranks)
            self.assertEqual(finished.stdout.count("case's own grid"), 1)
            for name in "values_ohm_cm2", "bands_ohm_cm2":
                for value, expected in zip(self.quantities()["total"][name], one[name]):
                    self.assert_close(value, expected, 1e-7)

    def test_electrode_layers_keep_their_kind(self):
        """h = 125 nm: 50 nm get no cells, 100 nm one; both would change at h/4 = 31 nm."""
        thin, thick = ({"name": name, "conductivity_S_per_cm": 1e-6, "thickness_nm": thickness}
                       for name, thickness in (("thin", 50.0), ("thick", 100.0)))
        self.write_case(changed(LAYERS, {"anode.layers": [thin], "cathode.layers": [thick]}))
        self.converge("--set", "solver.tolerance=1e-10")  # parts are of first order in the error
        for scale, folder in (1, ""), (2, "convergence/8x8x16"), (4, "convergence/16x16x32"):
            results = self.level(folder)
            self.assertEqual(results["solve"]["cells"], 4 * 4 * (8 + 1) * scale ** 3)
            self.assert_close(results["electrodes_ohm_cm2"]["anode"]["thin"], 5, 1e-5)
            self.assert_close(results["electrodes_ohm_cm2"]["cathode"]["thick"], 10, 1e-5)
        self.assertEqual(self.quantities()["total"]["grids"], "agree")

    def test_an_axis_one_cell_wide_stays_so(self):
        self.write_case(changed(FILM, {"film.cells": [8, 1, 8]}))
        self.converge(expect=None)
        self.assertEqual([run["cells"] for run in self.document()["runs"]],
                         [[8, 1, 8], [16, 1, 16], [32, 1, 32]])

    def test_a_fit_is_made_on_every_grid(self):
        """The measured total has no grid error; the resistance that gives it has."""
        self.write_case(changed(FILM, {"anode": None, "cathode": None, "solver": None, "boundaries": [
            {"between": ["grain", "grain"], "fit": True, "total_conductivity_S_per_cm": 5e-5}]}))
        self.converge()
        quantities = self.quantities()
        total, found = quantities["total"], quantities["fit.grain|grain"]
        for value in total["values_ohm_cm2"]:  # 1e-4 cm / 5e-5 S/cm
            self.assert_close(value, 2, 1e-5)
        self.assertEqual(total["grids"], "agree")
        self.assertGreater(max(found["values_ohm_cm2"]) / min(found["values_ohm_cm2"]), 1.01)
        for folder, value in zip(("", "convergence/16x16x16"), found["values_ohm_cm2"]):
            self.assertEqual(self.level(folder)["fit"]["grain|grain"]["resistance_ohm_cm2"], value)

    def test_an_unconverged_solve_ends_it(self):
        self.write_case(changed(FILM, {"solver": {"max_iterations": 1}}))
        finished = self.converge(expect=3)
        self.assertIn("no convergence.json", finished.stderr)
        self.assertFalse((self.place / "case/results/convergence.json").exists())


class Spread(ConvergeTest):
    def test_realizations(self):
        self.write_case(FILM)
        self.converge("--over", "realizations", "5")
        document = self.document("realizations")
        self.assertEqual([run["run"] for run in document["runs"]], [f"seed {s}" for s in range(2, 7)])
        for name, quantity in self.quantities("realizations").items():
            values = quantity["values_ohm_cm2"]
            spread = statistics.stdev(values)
            self.assertGreater(spread, 0, name)
            self.assert_close(quantity["mean_ohm_cm2"], statistics.mean(values), 1e-12)
            self.assert_close(quantity["standard_deviation_ohm_cm2"], spread, 1e-6)
            self.assert_close(quantity["band95_of_mean_ohm_cm2"],
                              STUDENT_4 * spread / math.sqrt(5), 1e-6)
            self.assert_close(quantity["band95_of_one_ohm_cm2"],
                              STUDENT_4 * spread * math.sqrt(1.2), 1e-6)
        totals = self.quantities("realizations")["total"]["values_ohm_cm2"]
        rows = self.table(self.place / "case/results/realizations.csv")
        self.assertEqual([row["run"] for row in rows], [f"seed {s}" for s in range(2, 7)])
        for row, total, run in zip(rows, totals, document["runs"]):
            self.assert_close(row["total_ohm_cm2"], total, 1e-8)
            self.assertEqual(json.loads(Path(run["result"]).read_text())["asr_ohm_cm2"]["total"], total)
        self.run_program("run", "case", "--set", "structure.seed=4", "--output", "plain")
        plain = json.loads((self.place / "plain/results.json").read_text())
        self.assertEqual(plain["asr_ohm_cm2"]["total"], totals[2])
        finished = self.converge("--over=realizations", "6", ranks=2)
        self.assertEqual(finished.stdout.count("unchanged"), 5)

    def test_pores_are_drawn_anew(self):
        self.write_case(PORES)
        self.converge("--over", "realizations", "3")
        self.assertEqual(len(set(self.quantities("realizations")["total"]["values_ohm_cm2"])), 3)

    def test_boundaries_are_drawn_anew(self):
        self.write_case(changed(LAYERS, {"boundaries.[0].lognormal_spread": 0.5}))
        self.converge("--over", "realizations", "3")
        quantities = self.quantities("realizations")
        self.assertEqual(len(set(quantities["boundaries.grain|grain"]["values_ohm_cm2"])), 3)
        self.assertLess(quantities["grains.grain"]["standard_deviation_ohm_cm2"], 1e-4)

    def test_widths(self):
        self.write_case(FILM)
        finished = self.converge("--over", "width")
        self.assertIn("to widest", finished.stdout)
        runs = self.document("width")["runs"]
        self.assertEqual([run["cells"] for run in runs], [[8, 8, 8], [16, 16, 8], [32, 32, 8]])
        self.assertEqual([run["width_um"] for run in runs], [[1, 1], [2, 2], [4, 4]])
        rows = self.table(self.place / "case/results/width.csv")
        values = self.quantities("width")["total"]["values_ohm_cm2"]
        for row, value in zip(rows, values):
            self.assert_close(row["total_ohm_cm2"], value, 1e-8)
        self.run_program("run", "case", "--set", "film.width_um=[2.0,2.0]", "--set",
                         "film.cells=[16,16,8]", "--output", "plain")
        plain = json.loads((self.place / "plain/results.json").read_text())
        self.assertEqual(plain["asr_ohm_cm2"]["total"], values[1])

    def test_what_repeats_has_no_size_effect(self):
        self.write_case(changed(LAYERS, {
            "structure": {"generator": "bricks", "brick_um": [0.5, 0.5, 0.5]}}))
        self.converge("--over", "width")
        for value in self.quantities("width")["total"]["values_ohm_cm2"]:
            self.assert_close(value, self.level()["asr_ohm_cm2"]["total"], 1e-6)


class Refusals(ConvergeTest):
    SEEDS = {"structure": {"generator": "polycrystal", "seeds_file": "list.csv"}}
    CSV = "x_um,y_um,z_um,weight_um2\n0.5,0.5,0.2,0\n0.5,0.5,0.7,0\n"

    def assert_refused(self, case, arguments, *words, **files):
        directory = self.write_case(case, **files)
        before = self.files_below(directory)
        finished = self.converge(*arguments, expect=2)
        (error,) = finished.errors
        for word in words:
            self.assertIn(word, error)
        self.assertEqual(self.files_below(directory), before)

    def test_options(self):
        for arguments, words in ((["--levels", "2"], ["--levels 2", "3 to 8", "how fast"]),
                                 (["--levels", "many"], ["--levels many"]),
                                 (["--levels"], ["--levels N", "value"]),
                                 (["--over"], ["--over", "value"]),
                                 (["--over", "grains"], ["--over grains", "realizations N or width"]),
                                 (["--over", "realizations"], ["nothing", "2 to"]),
                                 (["--over", "realizations", "1"], ["1", "standard deviation"]),
                                 (["--over", "realizations", "3", "--levels", "3"], ["--levels"]),
                                 (["--over", "width", "--coarsen"], ["--coarsen", "width"]),
                                 (["--level", "3"], ["unknown option --level", "--levels"])):
            with self.subTest(arguments):
                self.assert_refused(FILM, arguments, *words)

    def test_options_of_converge_are_not_for_others(self):
        self.write_case(FILM)
        for option in ["--levels", "3"], ["--coarsen"], ["--over", "width"]:
            finished = self.run_program("run", "case", *option, expect=2)
            self.assertIn(f"{option[0]} is an option of converge", finished.stderr)

    def test_asking_for_help_needs_no_case(self):
        self.assertIn("converge", self.run_program("converge", "--levels", "4", "--help").stdout)

    def test_one_case(self):
        self.write_case(FILM)
        self.assertIn("one case", self.run_program("converge", "case", "case", expect=2).stderr)
        self.assertIn("needs a case", self.run_program("converge", expect=2).stderr)
        self.assertIn("no such directory", self.run_program("converge", "none", expect=2).stderr)

    def test_memory(self):
        self.assert_refused(changed(FILM, {"film.cells": [600, 600, 600]}), [], "GB", "free",
                            "--coarsen", "case.cfg")

    def test_cells_that_cannot_be_halved(self):
        self.assert_refused(changed(FILM, {"film.cells": [8, 10, 8]}), ["--coarsen"],
                            "case.cfg:4: film.cells: 10 along y", "multiple of 4")
        self.assert_refused(changed(FILM, {"film.cells": [8, 8, 4]}), ["--coarsen"],
                            "4 along z", "at least 8")

    def test_bricks_that_miss_the_coarse_faces(self):
        self.assert_refused(changed(FILM, {"structure": {"generator": "bricks",
                                                         "brick_um": [1.0, 1.0, 0.25]}}),
                            ["--coarsen"], "structure.brick_um", "2 cells")

    def test_nothing_random(self):
        for generator in ({"generator": "amorphous"},
                          {"generator": "bricks", "brick_um": [0.5, 0.5, 0.5]},
                          {"generator": "planes", "planes": [{"at_um": 0.5}]}):
            self.assert_refused(changed(FILM, {"structure": generator}),
                                ["--over", "realizations", "3"], "case.cfg",
                                generator["generator"], "random")

    def test_given_structures(self):
        case = changed(FILM, self.SEEDS)
        self.assert_refused(case, ["--over", "realizations", "3"], "seeds_file",
                            "--over realizations", list_csv=self.CSV)
        self.assert_refused(case, ["--over", "width"], "seeds_file", "--over width",
                            list_csv=self.CSV)

    def test_nothing_to_widen(self):
        self.assert_refused(changed(LAYERS, {"film.cells": [1, 1, 8]}), ["--over", "width"],
                            "film.cells", "widen")

    def test_output_that_cannot_be_written(self):
        self.write_case(FILM)
        (self.place / "file").write_text("")
        finished = self.converge("--output", "file/results", expect=4)
        self.assertIn("cannot be written", finished.stderr)


if __name__ == "__main__":
    unittest.main()
