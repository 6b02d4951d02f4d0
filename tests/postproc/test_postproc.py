#!/usr/bin/python3
"""Tests of postproc/: /usr/bin/python3 tests/postproc/test_postproc.py

Every input is written here, with the numbers expected of it derived beside it.
"""
import copy
import math
import unittest
from pathlib import Path

import h5py
import numpy as np

from samples import FILM, PELLET, TemporaryFolder, run, write_fields, write_json
import box
import budget
import convergence
import results
import study

class Results(TemporaryFolder):
    def read(self, content):
        return results.read_budgets(write_json(self.folder / "results.json", content))

    def assert_error(self, content, *words):
        with self.assertRaises(results.ResultError) as caught:
            self.read(content)
        for word in ("results.json", *words):
            self.assertIn(word, str(caught.exception))

    def test_parts_titles_and_thickness_are_read(self):
        (pellet,) = self.read(PELLET)
        self.assertEqual("LLZO pellet, 500 um", pellet.title)
        self.assertEqual(500.0, pellet.thickness_um)
        self.assertEqual(["grains", "boundaries", "anode", "cathode"], list(pellet.groups))
        self.assertEqual(21.68, pellet.groups["boundaries"])

    def test_case_keys_may_carry_their_origin(self):
        content = copy.deepcopy(PELLET)
        content["case"] = {"title": {"value": "T", "from": "case.cfg"},
                           "film.thickness_um": {"value": 7.0, "from": "--set"}}
        (budget_read,) = self.read(content)
        self.assertEqual(("T", 7.0), (budget_read.title, budget_read.thickness_um))

    def test_several_phases_add_up_to_their_group(self):
        content = copy.deepcopy(PELLET)
        content["asr_ohm_cm2"]["grains"] = {"grain": 50.0, "glass": 7.47}
        (pellet,) = self.read(content)
        self.assertAlmostEqual(57.47, pellet.groups["grains"])

    def test_a_part_that_is_new_is_kept(self):
        content = copy.deepcopy(PELLET)
        content["asr_ohm_cm2"].update({"cathode": 40.0, "separator": 10.0})
        (pellet,) = self.read(content)
        self.assertEqual(10.0, pellet.groups["separator"])

    def test_band_is_a_factor_both_ways(self):
        (pellet,) = self.read(PELLET)
        self.assertAlmostEqual(131.15 / 1.25, pellet.band()[0])
        self.assertAlmostEqual(131.15 * 1.25, pellet.band()[1])
        self.assertIsNone(self.read(FILM)[0].band())

    def test_missing_and_wrong_things_are_named(self):
        self.assert_error("{", "is not JSON")
        self.assert_error("[]", "no JSON object")
        self.assert_error({"cases": []}, '"schema" is missing')
        self.assert_error({"schema": 2}, '"schema" is 2')
        self.assert_error({"schema": 1}, '"asr_ohm_cm2" is missing')
        self.assert_error({"schema": 1, "asr_ohm_cm2": {"grains": 1}}, "asr_ohm_cm2.total")
        self.assert_error({"schema": 1, "asr_ohm_cm2": {"total": 1}}, "no parts")
        self.assert_error({"schema": 1, "asr_ohm_cm2": {"total": None}}, "no ASR", "blocks")
        self.assert_error({"schema": 1, "cases": []}, "cases")

    def test_values_that_cannot_be_are_refused(self):
        for part, words in ((None, "null"), ("1", "number"), (True, "number"), (-1.0, "negative")):
            content = copy.deepcopy(PELLET)
            content["asr_ohm_cm2"]["grains"]["grain"] = part
            self.assert_error(content, "asr_ohm_cm2.grains", words)
        content = copy.deepcopy(PELLET)
        content["asr_ohm_cm2"]["total"] = 100.0
        self.assert_error(content, "add up to 131.15", "total is 100")

    def test_a_bad_case_of_a_comparison_is_located(self):
        content = {"schema": 1, "cases": [{"name": "a", **PELLET}, {"name": "b"}]}
        self.assert_error(content, "cases[1].asr_ohm_cm2", "missing")


class BudgetPicture(TemporaryFolder):
    def rows(self, *contents):
        paths = [write_json(self.folder / f"{i}.json", c) for i, c in enumerate(contents)]
        return budget.make_rows([b for path in paths for b in results.read_budgets(path)])

    def test_drawn_parts_add_up(self):
        for row in self.rows(PELLET, FILM):
            self.assertAlmostEqual(1, math.fsum(row.points.values()) / row.total, places=9)
            self.assertAlmostEqual(100, math.fsum(length for _, length in row.shares.values()))
            end = 0.0
            for start, length in row.shares.values():
                self.assertAlmostEqual(end, start)
                end = start + length

    def test_figure_holds_these_numbers(self):
        (row,) = rows = self.rows(PELLET)
        values, shares = budget.draw(rows).axes
        drawn = sorted(line.get_xdata()[0] for line in values.lines
                       if len(line.get_xdata()) == 1)
        self.assertEqual(sorted([2.0, 21.68, 50.0, 57.47, 131.15]), drawn)
        widths = [patch.get_width() for patch in shares.patches]
        np.testing.assert_allclose(widths, np.array([57.47, 21.68, 2.0, 50.0]) / 1.3115)
        self.assertEqual("log", values.get_xscale())
        self.assertEqual("linear", shares.get_xscale())
        self.assertIn("Ω cm²", values.get_xlabel())

    def test_zero_and_tiny_parts(self):
        glass = copy.deepcopy(FILM)
        glass["asr_ohm_cm2"] = {"total": 100.0, "grains": 100.0 - 1e-9, "boundaries": {},
                                "anode": 1e-9, "cathode": 0.0}
        (row,) = rows = self.rows(glass)
        self.assertEqual({"grains", "anode"}, set(row.points))
        self.assertGreater(budget.axis_limits(rows)[0], 1e-3)
        budget.draw(rows)

    def test_total_is_written_with_three_digits(self):
        for value, text in ((131.15, "131"), (54.401, "54.4"), (0.0123, "0.0123"), (1349.2, "1349"),
                            (1.5e6, "1.50e+06")):
            self.assertEqual(text, budget.format_asr(value))

    def test_pictures_of_a_case_and_of_a_comparison(self):
        write_json(self.folder / "pellet/results/results.json", PELLET)
        film = dict(FILM, name="film", title="film", thickness_um=1.0)
        both = write_json(self.folder / "both/comparison.json",
                          {"schema": 1, "cases": [film, film]})
        process = run("budget.py", self.folder / "pellet", both, "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        self.assert_picture(self.folder / "out/budget")

    def test_bad_input_ends_with_2_and_one_line(self):
        missing = self.folder / "none.json"
        self.assert_refused(run("budget.py", missing), "none.json", "no such file")
        self.assert_refused(run("budget.py", self.folder), str(self.folder), "results.json")
        bad = write_json(self.folder / "results.json", {"schema": 1})
        self.assert_refused(run("budget.py", bad), str(bad), "asr_ohm_cm2", "missing")

    def test_output_that_cannot_be_written_ends_with_4(self):
        result = write_json(self.folder / "results.json", PELLET)
        process = run("budget.py", result, "--output", result)
        self.assertEqual(4, process.returncode, process.stderr)
        self.assertIn("cannot write", process.stderr)


def quantity(name, values, grids, order, limit, band):
    return {"name": name, "grids": grids, "order": order, "safety_factor": 1.25,
            "extrapolated_ohm_cm2": limit, "values_ohm_cm2": values,
            "bands_ohm_cm2": [None, None, band]}


# f = 10 + h for the total: 40 %, 20 %, 10 % of the finest value, 11 away from 10
CONVERGENCE = {"schema": 1, "over": "grid", "name": "film", "title": "A film, 1 um",
               "runs": [{"run": f"{n}x{n}x{n}", "cell_relative": 8 / n} for n in (8, 16, 32)],
               "quantities": [
                   quantity("total", [14.4, 12.2, 11.0], "converging", 1.0, 9.9, 1.375),
                   quantity("grains.grain", [4.0, 3.0, 2.5], "converging", 1.0, 2.0, 0.6),
                   quantity("grains.glass", [4.0, 3.9, 3.7], "odd order", -1.0, 3.2, 1.4),
                   quantity("boundaries.a|b", [1.0, 1.2, 1.1], "sign change", None, None, None),
                   quantity("anode", [2.0, 2.0, 2.0], "agree", None, 2.0, 2e-6)]}


class ConvergencePicture(TemporaryFolder):
    def read(self, content):
        return convergence.read_lines(write_json(self.folder / "convergence.json", content))

    def test_lines_are_distances_as_shares_of_the_whole(self):
        labels, sizes, lines, title = self.read(CONVERGENCE)
        self.assertEqual((["8x8x8", "16x16x16", "32x32x32"], [1, 0.5, 0.25], "A film, 1 um"),
                         (labels, sizes, title))
        total, grain, glass, boundary, anode = lines
        np.testing.assert_allclose([y for _, y in total.points], [4500 / 110, 2300 / 110, 10])
        np.testing.assert_allclose([y for _, y in grain.points], [200 / 11, 100 / 11, 50 / 11])
        self.assertAlmostEqual(total.band, 12.5)
        self.assertIn("order 1.00", total.label)
        self.assertIn("not within", glass.label)
        self.assertEqual(([], []), (boundary.points, anode.points))
        self.assertIn("no order", boundary.label)

    def test_figure_holds_these_numbers(self):
        labels, sizes, lines, title = self.read(CONVERGENCE)
        (axes,) = convergence.draw(labels, sizes, lines, title).axes
        self.assertEqual(("log", "log"), (axes.get_xscale(), axes.get_yscale()))
        drawn = {line.get_label(): list(line.get_ydata()) for line in axes.lines}
        for line in lines:
            np.testing.assert_allclose(drawn[line.label], [y for _, y in line.points])
        self.assertEqual(labels, [text.get_text() for text in axes.get_xticklabels()])

    def test_parts_of_one_group_are_told_apart(self):
        _, _, lines, _ = self.read(CONVERGENCE)
        styles = convergence.line_styles(lines)
        self.assertEqual(len(styles), len(set(styles)))

    def test_picture_also_where_nothing_converges(self):
        same = dict(CONVERGENCE, quantities=CONVERGENCE["quantities"][-1:])
        for name, content in ("some", CONVERGENCE), ("same", same):
            write_json(self.folder / name / "results/convergence.json", content)
            process = run("convergence.py", self.folder / name, "--output", self.folder / name)
            self.assertEqual(0, process.returncode, process.stderr)
            self.assert_picture(self.folder / name / "convergence")

    def test_bad_input_ends_with_2_and_one_line(self):
        self.assert_refused(run("convergence.py", self.folder), "convergence.json")
        for content, word in (({"schema": 1}, "over"), ({"schema": 1, "over": "width"}, "width"),
                              (dict(CONVERGENCE, quantities=[]), "convergence.json")):
            path = write_json(self.folder / "bad.json", content)
            self.assert_refused(run("convergence.py", path), str(path), word)


class BoxPicture(TemporaryFolder):
    def test_faces_are_the_right_cells(self):
        box_read = box.read_box(write_fields(self.folder / "fields.h5"))
        front, right, top = box_read.faces
        self.assertEqual([(8, 12), (8, 10), (10, 12)], [f.grain.shape for f in box_read.faces])
        # low y: grains 1, 2 below 5, 6; high x: 2, 4 below 6, 8; high z: 5, 6 before 7, 8
        for face, expected in ((front, [1, 2, 5, 6]), (right, [2, 4, 6, 8]), (top, [5, 6, 7, 8])):
            corners = face.grain[[0, 0, -1, -1], [0, -1, 0, -1]]
            self.assertEqual(expected, corners.tolist(), face.name)
        self.assertAlmostEqual(math.hypot(3, 1), front.current[0, 0], places=5)
        np.testing.assert_allclose(top.corners[..., 2], 1.0)
        np.testing.assert_allclose(right.corners[..., 0], 2.0)

    def test_component_can_be_chosen(self):
        path = write_fields(self.folder / "fields.h5")
        self.assertEqual(8.0, box.read_box(path, component="z").faces[2].current[-1, -1])
        self.assertEqual(0.0, box.read_box(path, component="y").faces[2].current[-1, -1])

    def test_part_of_z(self):
        part = box.read_box(write_fields(self.folder / "fields.h5"), (0.0, 0.5))
        self.assertEqual((4, 12), part.faces[0].grain.shape)
        self.assertEqual(3, part.faces[2].grain[-1, 0], "cut through the lower bricks")
        self.assertIn("z = 0 to 0.5 µm", box.describe(part, ""))

    def test_proportions_are_kept_or_the_scale_is_stated(self):
        for thickness, scale, words in ((1.0, 1.0, None), (500.0, 4.0 / 500, "compressed 1.2e+02"),
                                        (0.1, 4.0, "stretched 4 times")):
            shown = box.read_box(write_fields(self.folder / "fields.h5", thickness=thickness))
            self.assertAlmostEqual(scale, shown.z_scale())
            text = box.describe(shown, "title")
            if words is None:
                self.assertNotIn("times", text)
            else:
                self.assertIn(words, text)

    def test_faces_meet_on_paper(self):
        front, right, top = box.read_box(write_fields(self.folder / "fields.h5")).faces
        paper = [box.project(face.corners, 1.0) for face in (front, right, top)]
        np.testing.assert_allclose(paper[0][:, -1], paper[1][:, 0], atol=1e-12)
        np.testing.assert_allclose(paper[0][-1], paper[2][0], atol=1e-12)
        np.testing.assert_allclose(paper[1][-1], paper[2][:, -1], atol=1e-12)

    def test_boundaries_lie_between_the_bricks(self):
        front = box.read_box(write_fields(self.folder / "fields.h5")).faces[0]
        segments = box.boundary_segments(front)
        self.assertEqual(8 + 12, len(segments))
        middle = segments.mean(axis=1)
        self.assertTrue(np.all(np.isclose(middle[:, 0], 1.0) | np.isclose(middle[:, 2], 0.5)))

    def test_voids_carry_no_colour(self):
        path = write_fields(self.folder / "fields.h5")
        with h5py.File(path, "r+") as file:
            file["grain"][0, 0, 0] = 0
            file["phase"][0, 0, 0] = 0
        front = box.read_box(path).faces[0]
        self.assertTrue(np.isnan(front.potential[0, 0]) and np.isnan(front.current[0, 0]))
        self.assertEqual([1, 1, 1], box.grain_colours(front)[0, 0].tolist())

    def test_uniform_field_does_not_show_noise(self):
        low, high = box.colour_range(1 + 1e-6 * np.linspace(-1, 1, 100))
        self.assertAlmostEqual(0.5, low)
        self.assertAlmostEqual(1.5, high)
        self.assertEqual((0.0, 1.0), box.colour_range(np.array([np.nan])))

    def test_units_fit_the_size(self):
        self.assertEqual((1e3, "mV"), box.prefixed(0.05, box.UNITS["potential"]))
        self.assertEqual((1, "mA/cm²"), box.prefixed(2.0, box.UNITS["current"]))

    def test_phases_have_their_names(self):
        path = write_fields(self.folder / "fields.h5")
        self.assertEqual((self.folder.name, []), box.read_names(path))
        phases = [{"name": {"value": "grain", "from": "case.cfg:3"}}, {"name": "glass"}]
        write_json(self.folder / "results.json", {"schema": 1, "case": {"phases": phases}})
        self.assertEqual(["grain", "glass"], box.read_names(path)[1])

    def test_picture_of_a_case(self):
        write_fields(self.folder / "case/results/fields.h5")
        write_json(self.folder / "case/results/results.json", PELLET)
        process = run("box.py", self.folder / "case", "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        self.assert_picture(self.folder / "out/box")

    def test_bad_input_ends_with_2_and_one_line(self):
        self.assert_refused(run("box.py", self.folder), str(self.folder), "fields.h5")
        self.assert_refused(run("box.py", self.folder / "none.h5"), "none.h5", "no such file")
        text = write_json(self.folder / "text/fields.h5", "no HDF5")
        self.assert_refused(run("box.py", text), str(text), "HDF5")
        lacking = write_fields(self.folder / "lacking.h5", leave_out=("grain", "z_um"))
        self.assert_refused(run("box.py", lacking), "lacking.h5", "/grain", "/z_um")
        path = write_fields(self.folder / "fields.h5")
        self.assert_refused(run("box.py", path, "--z", 2, 3), "holds no cells")
        with h5py.File(path, "r+") as file:
            del file["phase"]
            file["phase"] = np.ones((2, 2, 2), np.int32)
        self.assert_refused(run("box.py", path), "/phase has shape (2, 2, 2)", "(8, 10, 12)")


class Study(TemporaryFolder):
    HEAD = "case,film.thickness_um,structure.seed,representation,total_ohm_cm2,band95_ohm_cm2\n"

    def read(self, *rows, head=HEAD):
        (self.folder / "study.csv").write_text(head + "".join(row + "\n" for row in rows))
        return study.read_study(self.folder)

    def test_series_are_cases_and_other_keys(self):
        found = self.read("a,10,1,resolved,5,", "a,10,2,resolved,6,", "a,1,1,resolved,2,",
                          "a,1,2,resolved,3,", "b,1,1,resolved,9,", "b,1,2,resolved,,",
                          "b,10,1,representative,90,4", "b,10,2,resolved,80,")
        self.assertEqual(("film.thickness_um", True, 1), (found.key, found.is_number, found.num_failed))
        self.assertEqual({"a, seed = 1": [(1, 2, None), (10, 5, None)],
                          "a, seed = 2": [(1, 3, None), (10, 6, None)],
                          "b, seed = 1": [(1, 9, None), (10, 90, 4)], "b, seed = 2": [(10, 80, None)]},
                         {line.label: line.points for line in found.series})

    def test_keys_that_change_together_make_no_series(self):
        found = self.read("a,1,7,resolved,2,", "a,2,8,resolved,3,")
        self.assertEqual([("a", 2)], [(line.label, len(line.points)) for line in found.series])

    def test_logarithmic_over_a_decade(self):
        for values, expected in (("1", "100"), True), (("1", "9"), False), (("0", "100"), False):
            self.assertEqual(expected, study.is_logarithmic(self.read(
                *[f"a,{value},1,resolved,2," for value in values])))
        head = self.HEAD.replace("film.thickness_um", "conditions.temperature_C")
        self.assertFalse(study.is_logarithmic(self.read("a,1,1,resolved,2,", "a,99,1,resolved,2,", head=head)))

    def test_labels_have_units(self):
        self.assertEqual("thickness of the film (µm)", study.axis_label("film.thickness_um"))
        self.assertEqual("thickness (nm), anode.layers.[0]", study.axis_label("anode.layers.[0].thickness_nm"))
        self.assertEqual("material, phases.glass", study.axis_label("phases.glass.material"))

    def test_pictures(self):
        for values in ("1", "10", "1000"), ("x", "y", "z"):
            self.read(*[f"{case},{value},1,{kind},{7 ** n},{band}" for case in "abcdef" for n, (value, kind, band)
                        in enumerate(zip(values, ["resolved"] * 2 + ["representative"], ("", "", 20)))])
            process = run("study.py", self.folder, "--output", self.folder / "out")
            self.assertEqual((0, ""), (process.returncode, process.stderr))
            self.assert_picture(self.folder / "out" / "study")

    def test_failed_runs_are_counted(self):
        self.read("a,1,1,resolved,5,", "a,2,1,resolved,,")
        self.assertIn("1 runs failed", run("study.py", self.folder, "--output", self.folder).stderr)

    def test_bad_files_are_refused(self):
        self.assert_refused(run("study.py", self.folder), "study.csv")
        for text, word in (("a,b\n1,2\n", "not a study.csv"), (self.HEAD, "no rows"),
                           (self.HEAD + "a,1,1,resolved,,\n", "no run that came to an end"),
                           (self.HEAD + "a,1,1,resolved,-5,\n", "-5"),
                           ("case,representation,total_ohm_cm2,band95_ohm_cm2\na,resolved,1,\n", "no swept key")):
            (self.folder / "study.csv").write_text(text)
            self.assert_refused(run("study.py", self.folder), "study.csv", word)


if __name__ == "__main__":
    unittest.main()
