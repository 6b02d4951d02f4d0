#!/usr/bin/python3
"""`granulith study`: what is swept, its table, what is reused, what fails, and what is made of it."""
import json
import math
import os
import re
import signal
import time
import unittest

from program import FILM, SLAB, TREE, CaseText, ProgramTest, Raw, changed, start, wait

THICKNESS, TEMPERATURE = "film.thickness_um", "conditions.temperature_C"
# LiPON's kind: 1 um has 100 ohm cm2
GLASS = changed(SLAB, {"anode": {}, "cathode": {}})


def sweep(key, *values):
    return {"key": key, "values": values}


def read(path):
    with open(path) as file:
        return json.load(file)


class StudyTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_case(GLASS, "glass")

    def write_study(self, groups, name="study"):
        directory = self.place / name
        directory.mkdir(exist_ok=True)
        text = groups if isinstance(groups, str) else str(CaseText(groups))
        (directory / "study.cfg").write_text(text)
        return directory

    def study(self, groups, *arguments, expect=0, ranks=1, name="study"):
        """Runs it; returns the rows of study.csv and study.json."""
        groups = {"case": "../glass", **groups}
        directory = self.write_study({k: v for k, v in groups.items() if v is not None}, name)
        self.finished = self.run_program("study", directory, *arguments, expect=expect, ranks=ranks)
        return self.rows(directory), self.document(directory)

    def rows(self, directory):
        return self.table(directory / "results" / "study.csv")

    def document(self, directory):
        return json.loads((directory / "results" / "study.json").read_text())

    def used(self, run, key):
        """A key as the run used it."""
        place = read(run["results"][0])["case"]
        for step in key.split("."):
            place = place[int(step[1:-1])] if step.startswith("[") else place[step]
        return place["value"]


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
    # runs of about half a second
    LONG = {"case": "../film", "sweep": [sweep("structure.seed", *range(1, 9))]}

    def setUp(self):
        super().setUp()
        self.write_case(changed(FILM, {"film.cells": [64, 64, 64], "structure.grain_size_um": 0.2}), "film")

    def begin(self, ranks):
        """Starts the study and waits until a run is done."""
        process = start("study", self.write_study(self.LONG), ranks=ranks, cwd=self.place,
                        start_new_session=True)
        while "1 of 8" not in process.stdout.readline():
            self.assertIsNone(process.poll(), "the study was over too soon for this test")
        return process

    def finish(self, kept, ranks):
        """The same command makes the rest; everything kept is reused, and nothing is half there."""
        for path in (self.place / "study").rglob("results.json"):
            json.loads(path.read_text())
        finished = self.run_program("study", "study", ranks=ranks)
        self.assertGreaterEqual(finished.stdout.count("reused"), kept)
        rows = self.rows(self.place / "study")
        self.assertEqual([row["status"] for row in rows], [0] * 8)
        self.assertEqual(len({row["total_ohm_cm2"] for row in rows}), 8)

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
                self.assertLess(kept, 8)
                self.finish(kept, ranks)
                for path in sorted((self.place / "study").rglob("results.json")):
                    path.unlink()

    def test_told_to_stop(self):
        process = self.begin(1)
        process.send_signal(signal.SIGTERM)
        finished = wait(process, 30)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        self.assertIn("of 8 runs were not made", finished.stderr)
        rows = self.rows(self.place / "study")
        self.assertGreaterEqual(len(rows), 1)
        self.assertLess(len(rows), 8)
        self.assertEqual({row["status"] for row in rows}, {0})
        self.finish(len(rows), 1)

    def test_told_to_stop_on_two_ranks(self):
        process = self.begin(2)
        os.killpg(process.pid, signal.SIGTERM)
        self.assertNotEqual(wait(process, 30).status, 0)
        kept = self.results_there()
        self.assertLess(kept, 8)
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
        finished = self.run_program("study", "study", "--set", "structure.generator=columnar", expect=2)
        self.assertIn("no thinner piece stands for the film", finished.stderr)

    def test_a_held_boundary_that_cannot_be_found(self):
        self.write_case(changed(FILM, {"boundaries": [
            {"between": ["grain", "grain"], "total_conductivity_S_per_cm": 1.0, "fit": True}]}), "film")
        rows, _ = self.study({"case": "../film", "sweep": [sweep(THICKNESS, 1, 2)]}, expect=2)
        self.assertIn("could not be found", rows[0]["message"])
        self.assertIn("must be below that of the grains", self.finished.stderr)


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
                          "solver.tolerance": 1e-8})

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
