#!/usr/bin/python3
"""`granulith study`: what is swept, its table, what is reused, what fails and what is refused."""
import json
import os
import signal
import time
import unittest

from program import FILM, Raw, changed, start, wait
from studies import GLASS, TEMPERATURE, THICKNESS, StudyTest, sweep


class Sweeps(StudyTest):
    def test_product(self):
        rows, document = self.study({"sweep": [sweep(THICKNESS, 1, 2.5),
                                               sweep("anode.charge_transfer_ohm_cm2", 0, 3, 7)]})
        self.assertEqual([(r[THICKNESS], r["anode.charge_transfer_ohm_cm2"]) for r in rows],
                         [(L, R) for L in (1, 2.5) for R in (0, 3, 7)])
        for row in rows:
            L, R = row[THICKNESS], row["anode.charge_transfer_ohm_cm2"]
            self.assert_close(row["total_ohm_cm2"], 100 * L + R, 1e-6)
            self.assertAlmostEqual(row["anode_ohm_cm2"], R, 4)
            self.assertEqual((row["case"], row["representation"], row["status"], row["thickness_um"]),
                             ("glass", "resolved", 0, L))
        self.assertEqual(document["keys"], [THICKNESS, "anode.charge_transfer_ohm_cm2"])
        self.assertEqual((document["num_runs"], document["num_done"], len(document["runs"])), (6, 6, 6))
        for run, row in zip(document["runs"], rows):
            self.assertEqual(list(run["values"].values()),
                             [row[THICKNESS], row["anode.charge_transfer_ohm_cm2"]])
            self.assertEqual(self.used(run, THICKNESS), row[THICKNESS])
            self.assertEqual(run["results"], [row["result"]])
            self.assert_close(run["asr_ohm_cm2"]["total"], row["total_ohm_cm2"], 1e-8)
        self.assertIn("6 of 6", self.finished.stdout)

    def test_columns(self):
        rows, _ = self.study({"sweep": [sweep(THICKNESS, 1)]})
        self.assertEqual(list(rows[0]), [
            "case", THICKNESS, "representation", "thickness_um", "grain_size_um", "temperature_C",
            "sigma_eff_S_per_cm", "total_ohm_cm2", "grains_ohm_cm2", "boundaries_ohm_cm2",
            "anode_ohm_cm2", "cathode_ohm_cm2", "brick_layer_ohm_cm2", "band95_ohm_cm2",
            "error_algebraic_relative", "error_grid_relative", "error_parameters_relative", "cells",
            "seconds", "warnings", "status", "message", "result"])
        self.assertEqual(rows[0]["cells"], 4 * 4 * 8)
        self.assert_close(rows[0]["sigma_eff_S_per_cm"], 1e-6, 1e-6)

    def test_zip(self):
        rows, _ = self.study({"sweep": [
            {"zip": [sweep(THICKNESS, 1, 2), sweep("phases.glass.conductivity_S_per_cm", 1e-6, 4e-6)]},
            sweep("cathode.charge_transfer_ohm_cm2", 1, 5)]})
        self.assertEqual(len(rows), 4)
        for row, expected in zip(rows, (101, 105, 51, 55)):
            self.assert_close(row["total_ohm_cm2"], expected, 1e-6)

    def test_ranges(self):
        rows, _ = self.study({"sweep": [
            {"key": THICKNESS, "from": 1, "to": 1000, "points": 4, "scale": "log"},
            {"key": TEMPERATURE, "from": 50, "to": -20, "points": 3}]})
        self.assertEqual([r[THICKNESS] for r in rows[::3]], [1, 10, 100, 1000])
        self.assertEqual([r[TEMPERATURE] for r in rows[:3]], [50, 15, -20])

    def test_names_strings_and_vectors(self):
        for name, value in ("good", "1e-4"), ("bad", "1e-7"):
            (self.place / "glass" / f"{name}.cfg").write_text(
                f'conductivity_S_per_cm = {value};\nreferences = ({{ what = "all"; source = "made up"; }});\n')
        case = changed(GLASS, {"phases": [{"name": "glass", "material": "good"}]})
        self.write_case(case, "glass")
        rows, document = self.study({"sweep": [sweep("phases.glass.material", "good", "bad"),
                                               sweep("film.width_um", [1.0, 2.5], (2, 2.0))]})
        self.assertEqual([r["phases.glass.material"] for r in rows], ["good", "good", "bad", "bad"])
        for row, expected in zip(rows, (1, 1, 1000, 1000)):
            self.assert_close(row["total_ohm_cm2"], expected, 1e-6)
        self.assertEqual(self.used(document["runs"][0], "film.width_um"), [1, 2.5])
        self.assertEqual(rows[0]["film.width_um"], "(1, 2.5)")

    def test_cases_labels_and_settings(self):
        self.write_case(FILM, "film")
        rows, document = self.study({
            "case": None, "title": "of two",
            "cases": [{"case": "../glass", "label": "thin", "set": ("film.thickness_um=0.5",)},
                      {"case": str(self.place / "film")}],
            "set": ("anode.charge_transfer_ohm_cm2=20",),
            "sweep": [sweep("cathode.charge_transfer_ohm_cm2", 0, 1)]},
            "--set", "film.width_um=(1, 1)")
        self.assertEqual([r["case"] for r in rows], ["thin", "thin", "film", "film"])
        self.assertEqual(document["title"], "of two")
        self.assert_close(rows[1]["total_ohm_cm2"], 50 + 20 + 1, 1e-6)
        self.assertGreaterEqual(rows[2]["anode_ohm_cm2"], 20)
        self.assertEqual(self.used(document["runs"][0], "film.width_um"), [1, 1])
        self.assertFalse(self.used(document["runs"][0], "output.fields"))

    def test_no_sweep_is_one_run(self):
        rows, document = self.study({})
        self.assertEqual((len(rows), document["keys"]), (1, []))
        self.assert_close(rows[0]["total_ohm_cm2"], 100, 1e-6)

    def write_fields_of(self, run):
        return os.path.exists(os.path.dirname(run["results"][0]) + "/fields.h5")

    def test_fields_on_demand(self):
        for fields in False, True:
            _, document = self.study({"fields": fields})
            self.assertEqual(self.write_fields_of(document["runs"][0]), fields)

    def test_output(self):
        directory = self.write_study({"case": "../glass"})
        self.run_program("study", directory, "--output", "here")
        self.assertEqual(self.files_below(directory), ["study.cfg"])
        self.assertTrue((self.place / "here" / "study.json").exists())
        (self.place / "file").write_text("")
        finished = self.run_program("study", directory, "--output", "file/below", expect=4)
        self.assertIn("file/below", finished.stderr)


class Cells(StudyTest):
    def cells(self, changes, study):
        self.write_case(changed(FILM, changes), "film")
        _, document = self.study({"case": "../film", "sweep": [sweep(THICKNESS, 1, 3)], **study})
        return [(self.used(run, "film.cells"), self.used(run, "film.width_um"))
                for run in document["runs"]]

    def test_as_the_case_has_them(self):
        self.assertEqual(self.cells({}, {}), [([12, 12, 12], [1, 1])] * 2)

    def test_by_size(self):
        # 1/0.09 = 11.1, 3/0.09 = 33.3: the next even numbers
        self.assertEqual(self.cells({}, {"cell_size_um": 0.09}),
                         [([12, 12, 12], [1, 1]), ([12, 12, 34], [1, 1])])

    def test_at_least_eight_and_flat_axes_stay(self):
        self.assertEqual(self.cells({"film.cells": [12, 1, 12]}, {"cell_size_um": 0.5}),
                         [([8, 1, 8], [1, 1])] * 2)

    def test_by_grains(self):
        # grains of 0.4: 3 across are 1.2 um, cells of 0.1
        self.assertEqual(self.cells({}, {"cells_per_grain": 4, "grains_across": 3}),
                         [([12, 12, 10], [1.2, 1.2]), ([12, 12, 30], [1.2, 1.2])])

    def test_bricks_end_on_faces(self):
        changes = {"structure": {"generator": "bricks", "brick_um": [0.2, 0.2, 0.2], "staggered": True},
                   "film.lateral": "insulating"}
        # 5 bricks, halved along x by the staggering: multiples of 10, 5 and 5, 15
        self.assertEqual(self.cells(changes, {"cell_size_um": 0.09}),
                         [([20, 15, 15], [1, 1]), ([20, 15, 45], [1, 1])])

    def test_films_without_grains_keep_theirs(self):
        _, document = self.study({"cells_per_grain": 4, "grains_across": 3})
        self.assertEqual(self.used(document["runs"][0], "film.cells"), [4, 4, 8])

    def test_a_case_goes_before_the_study(self):
        self.write_case(FILM, "film")
        _, document = self.study({"case": None, "cell_size_um": 0.1, "cases": [
            {"case": "../film", "label": "a"}, {"case": "../film", "label": "b", "cells_per_grain": 8}]})
        self.assertEqual([self.used(run, "film.cells")[2] for run in document["runs"]], [10, 20])


class Reuse(StudyTest):
    SWEEP = {"sweep": [sweep(THICKNESS, 1, 2)]}

    def ages(self):
        return [os.stat(row["result"]).st_mtime_ns for row in self.rows(self.place / "study")]

    def test_what_fits_is_reused(self):
        self.study(self.SWEEP)
        ages = self.ages()
        _, document = self.study({"sweep": [sweep(THICKNESS, 1, 2, 3)]}, ranks=2)
        self.assertEqual([run["reused"] for run in document["runs"]], [True, True, False])
        self.assertEqual(self.ages()[:2], ages)
        self.assertEqual(self.finished.stdout.count("reused"), 2)

    def test_force(self):
        self.study(self.SWEEP)
        ages = self.ages()
        _, document = self.study(self.SWEEP, "--force")
        self.assertEqual([run["reused"] for run in document["runs"]], [False, False])
        self.assertTrue(all(new > old for new, old in zip(self.ages(), ages)))

    def test_a_changed_case_is_computed(self):
        self.study(self.SWEEP)
        self.write_case(changed(GLASS, {"phases.[0].conductivity_S_per_cm": 2e-6}), "glass")
        rows, document = self.study(self.SWEEP)
        self.assertEqual([run["reused"] for run in document["runs"]], [False, False])
        self.assert_close(rows[1]["total_ohm_cm2"], 100, 1e-6)

    def test_runs_of_other_settings_stay(self):
        self.study(self.SWEEP)
        rows, _ = self.study(self.SWEEP, "--set", "anode.charge_transfer_ohm_cm2=5")
        self.assert_close(rows[0]["total_ohm_cm2"], 105, 1e-6)
        _, document = self.study(self.SWEEP)
        self.assertTrue(all(run["reused"] for run in document["runs"]))


class Interrupted(StudyTest):
    NUM = 16  # runs of half a second: mpirun hands signals on after one, when not all are over
    LONG = {"case": "../film", "sweep": [sweep("structure.seed", *range(1, 17))]}

    def setUp(self):
        super().setUp()
        self.write_case(changed(FILM, {"film.cells": [96, 96, 96], "structure.grain_size_um": 0.2}), "film")

    def begin(self, ranks):
        """Starts the study and waits until a run is done."""
        process = start("study", self.write_study(self.LONG), ranks=ranks, cwd=self.place,
                        start_new_session=True)
        while "1 of 16" not in process.stdout.readline():
            self.assertIsNone(process.poll(), "the study was over too soon for this test")
        return process

    def finish(self, kept, ranks):
        """The same command makes the rest; everything kept is reused, and nothing is half there."""
        for path in (self.place / "study").rglob("results.json"):
            json.loads(path.read_text())
        finished = self.run_program("study", "study", ranks=ranks)
        self.assertGreaterEqual(finished.stdout.count("reused"), kept)
        rows = self.rows(self.place / "study")
        self.assertEqual([row["status"] for row in rows], [0] * self.NUM)
        self.assertEqual(len({row["total_ohm_cm2"] for row in rows}), self.NUM)

    def results_there(self):
        return len(list((self.place / "study").rglob("results.json")))

    def test_killed(self):
        for ranks in 1, 2:
            with self.subTest(ranks=ranks):
                process = self.begin(ranks)
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                time.sleep(0.5)  # mpirun's children end a moment after it
                kept = self.results_there()
                self.assertGreaterEqual(kept, 1)
                self.assertLess(kept, self.NUM)
                self.finish(kept, ranks)
                for path in sorted((self.place / "study").rglob("results.json")):
                    path.unlink()

    def test_told_to_stop(self):
        process = self.begin(1)
        process.send_signal(signal.SIGTERM)
        finished = wait(process, 30)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        self.assertIn("of 16 runs were not made", finished.stderr)
        rows = self.rows(self.place / "study")
        self.assertGreaterEqual(len(rows), 1)
        self.assertLess(len(rows), self.NUM)
        self.assertEqual({row["status"] for row in rows}, {0})
        self.finish(len(rows), 1)

    def test_told_to_stop_on_two_ranks(self):
        process = self.begin(2)
        os.killpg(process.pid, signal.SIGTERM)
        self.assertNotEqual(wait(process, 30).status, 0)
        kept = self.results_there()
        self.assertLess(kept, self.NUM)
        self.finish(kept, 2)


class Failures(StudyTest):
    def test_a_film_that_does_not_percolate(self):
        # one column of cells, which a pore closes
        porous = changed(GLASS, {"film.cells": [1, 1, 8], "structure.pores":
                                 {"fraction": 0.0, "diameter_um": 0.9}})
        self.write_case(porous, "glass")
        rows, document = self.study({"sweep": [sweep("structure.pores.fraction", 0.5, 0)]}, expect=2)
        self.assertEqual([row["status"] for row in rows], [2, 0])
        self.assertIn("does not percolate", rows[0]["message"])
        self.assertIn("does not percolate", self.finished.stderr)
        self.assertEqual((rows[0]["total_ohm_cm2"], rows[0]["result"]), ("", ""))
        self.assertNotIn("asr_ohm_cm2", document["runs"][0])
        self.assertEqual(document["num_done"], 2)

    def test_a_value_out_of_range(self):
        rows, _ = self.study({"sweep": [sweep(THICKNESS, 1, -1)]}, expect=2)
        self.assertEqual([row["status"] for row in rows], [0, 2])
        self.assertEqual([row["representation"] for row in rows], ["resolved", ""])
        self.assertIn("must be a number above 0", rows[1]["message"])
        self.assertIn("must be a number above 0", self.finished.stderr)

    def test_not_converged(self):
        self.write_case(FILM, "film")
        rows, document = self.study({"case": "../film", "sweep": [sweep("solver.max_iterations", 1, 1000)]},
                                    expect=3)
        self.assertEqual([row["status"] for row in rows], [3, 0])
        self.assertIn("not converged", rows[0]["message"])
        self.assertNotIn("asr_ohm_cm2", document["runs"][0])

    def test_on_two_ranks(self):
        rows, _ = self.study({"sweep": [sweep(THICKNESS, 1, -1, 2, -2, 3)]}, expect=2, ranks=2)
        self.assertEqual([row["status"] for row in rows], [0, 2, 0, 2, 0])

    def test_too_many_cells_for_a_stack(self):
        self.write_case(FILM, "film")
        rows, _ = self.study({"case": "../film", "cell_size_um": 0.05, "cells_most": 20000,
                              "sweep": [sweep(THICKNESS, 1, 20)]}, expect=2)
        self.assertEqual([row["status"] for row in rows], [0, 2])
        self.assertIn("cells_most", rows[1]["message"])
        columns = changed(FILM, {"structure.generator": "columnar", "film.thickness_um": 20})
        self.write_case(columns, "film")
        as_columns = ("study", "study", "--set", "structure.generator=columnar")
        self.run_program(*as_columns)  # columns are one along z, whatever the cells' height
        pores = ("--set", "structure.pores.fraction=0.05", "--set", "structure.pores.diameter_um=0.3")
        finished = self.run_program(*as_columns, *pores, expect=2)
        self.assertIn("no thinner piece stands for the film", finished.stderr)

    def test_a_held_boundary_that_cannot_be_found(self):
        self.write_case(changed(FILM, {"boundaries": [
            {"between": ["grain", "grain"], "total_conductivity_S_per_cm": 1.0, "fit": True}]}), "film")
        rows, _ = self.study({"case": "../film", "sweep": [sweep(THICKNESS, 1, 2)]}, expect=2)
        self.assertIn("could not be found", rows[0]["message"])
        self.assertIn("must be below that of the grains", self.finished.stderr)
        self.assertEqual(self.files_below(self.place / "study" / "results"), ["study.csv", "study.json"])


class Refusals(StudyTest):
    def refused(self, groups, *words, arguments=()):
        directory = self.write_study(groups)
        finished = self.run_program("study", directory, *arguments, expect=2)
        for word in words:
            self.assertIn(word, finished.stderr)
        self.assertFalse((directory / "results").exists())
        return finished

    def sweeps(self, *sweeps):
        return {"case": "../glass", "sweep": list(sweeps)}

    def test_directories(self):
        for arguments in ((), ("a", "b")):
            self.assertIn("study takes one directory",
                          self.run_program("study", *arguments, expect=2).stderr)
        self.assertIn("holds no study.cfg", self.run_program("study", "glass", expect=2).stderr)

    def test_unknown_keys(self):
        self.refused({"case": "../glass", "sweeps": [sweep(THICKNESS, 1)]},
                     "study.cfg:2", "did you mean sweep?")
        self.refused(self.sweeps({"key": THICKNESS, "value": (1,)}), "did you mean values?")

    def test_cases(self):
        self.refused({}, "case is missing")
        self.refused({"case": "../no-such"}, "study.cfg:1", "no such directory")
        self.refused({"case": "../glass", "cases": [{"case": "../glass"}]}, "either case or cases")
        self.refused({"cases": [{"case": "../glass"}, {"case": "../glass"}]}, "give them labels")
        self.refused({"cases": [{"label": "x"}]}, "case is missing")

    def test_sweeps(self):
        self.refused(self.sweeps({"values": (1, 2)}), "needs key, or zip")
        self.refused(self.sweeps({"key": THICKNESS}), "needs values = ( ... ), or from, to and points")
        self.refused(self.sweeps({"key": THICKNESS, "from": 1, "to": 2}), "from, to and points")
        self.refused(self.sweeps({"key": THICKNESS, "values": (1, 2), "from": 1}), "either values")
        self.refused(self.sweeps({"key": THICKNESS, "from": 1, "to": 1, "points": 3}), "must differ")
        self.refused(self.sweeps({"key": THICKNESS, "from": 0, "to": 1, "points": 3, "scale": "log"}),
                     "must be above 0")
        self.refused(self.sweeps({"key": THICKNESS, "from": 1, "to": 2, "points": 1}), "from 2 to")
        self.refused(self.sweeps({"key": THICKNESS, "from": 1, "to": 2, "points": 3, "scale": "logs"}),
                     'did you mean "log"')
        self.refused(self.sweeps({"key": THICKNESS, "values": Raw("3")}), "must be a list of values")
        self.refused(self.sweeps(sweep(THICKNESS, 1), sweep(THICKNESS, 2)), "is swept twice")
        self.refused(self.sweeps(sweep("boundaries.[0].total_conductivity_S_per_cm", 1e-5)), "refit = true")
        self.refused(self.sweeps(sweep(THICKNESS, 1, 2, 1)), "takes the value 1 twice")
        self.refused(self.sweeps({"key": THICKNESS, "from": 1, "to": 2, "points": 9999},
                                 {"key": TEMPERATURE, "from": 1, "to": 2, "points": 9999}), "no more than")

    def test_zip(self):
        self.refused(self.sweeps({"zip": [sweep(THICKNESS, 1, 2), sweep(TEMPERATURE, 0)]}),
                     "takes 2 values", "take as many")
        self.refused(self.sweeps({"zip": [{"values": (1,)}]}), "needs key")
        self.refused(self.sweeps({"key": THICKNESS, "zip": [sweep(TEMPERATURE, 0)]}), "beside zip")
        self.refused(self.sweeps({"zip": [sweep(THICKNESS, 1, 1), sweep(TEMPERATURE, 0, 0)]}), "twice")

    def test_settings(self):
        self.refused(self.sweeps(sweep(THICKNESS, 1)), "is swept", "would do nothing",
                     arguments=("--set", "film.thickness_um=3"))
        self.refused({**self.sweeps(sweep(THICKNESS, 1)), "set": ("film.thickness_um=3",)},
                     "is swept", "would do nothing")
        self.refused({"case": "../glass", "set": ("film.thicknes_um=3",)}, "did you mean thickness_um?",
                     "no run of this study can be made")

    def test_a_path_that_no_case_has(self):
        self.refused(self.sweeps(sweep("film.thicknes_um", 1, 2)), "did you mean thickness_um?",
                     "no run of this study can be made")

    def test_numbers(self):
        self.refused({"case": "../glass", "cell_size_um": 0.0}, "above 0")
        self.refused({"case": "../glass", "cell_size_um": 1.0, "cells_per_grain": 3},
                     "either cell_size_um or cells_per_grain")
        self.refused({"case": "../glass", "realizations": 1}, "from 2 to")
        self.refused({"case": "../glass", "cells_most": 10}, "from 1000 to")
        self.refused({"case": "../glass", "target": {"asr_ohm_cm2": 0}}, "above 0")

if __name__ == "__main__":
    unittest.main()
