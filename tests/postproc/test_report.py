#!/usr/bin/python3
"""Tests of report.py and what it is made of: /usr/bin/python3 tests/postproc/test_report.py

The page itself is opened in a browser by test_page.py.
"""
import copy
import csv
import json
import math
import shutil
import unittest

from samples import BOLTZMANN, TemporaryFolder, make_result, noted, run, write_fields, write_json
import figures
import page
import paper
import report
import runs
import series
import study_rows


class Reports(TemporaryFolder):
    def write(self, name, **keys):
        write_json(self.folder / name / "results.json", make_result(**keys))
        return self.folder / name

    def read(self, *names):
        return [runs.read_run(self.folder / name) for name in names]

    def charts(self, read):
        return {chart.name: chart for chart in figures.make_charts(read, series.Palette(read))}


class Series(Reports):
    def test_runs_that_differ_in_thickness_alone_are_one_series(self):
        self.write("a", thickness=2.0)
        self.write("b", thickness=1, title="another title", cells=[8, 8, 8])
        self.write("c", thickness=1, grain=0.5)
        groups = series.make_groups(self.read("a", "b", "c"), "film.thickness_um")
        self.assertEqual([[1, 2], [1]], [[run_.thickness_um for run_ in one] for one in groups])
        self.assertEqual(["LLZO film, grain size 0.25 µm", "LLZO film, grain size 0.5 µm"],
                         series.label_groups(groups, "film.thickness_um"))

    def test_runs_of_one_title_are_told_apart(self):
        for name, keys in ("a", {}), ("b", {"temperature": 60}), ("c", {"cells": [4, 4, 4]}):
            self.write(name, **keys)
        read = self.read("a", "b", "c")
        series.tell_apart(read)
        self.assertEqual(["Film, 1 µm, 25 °C, a", "Film, 1 µm, 60 °C", "Film, 1 µm, 25 °C, c"],
                         [run_.label for run_ in read])

    def test_a_material_has_one_colour_in_all_charts(self):
        for name, material in ("a", "llzo_film"), ("b", "llzo_pellet"), ("c", "odd"):
            self.write(name, material=material)
            self.write(f"{name}60", material=material, temperature=60)
        charts = self.charts(self.read("a", "b", "c", "a60", "b60", "c60"))
        shown = {one.name: (one.colour, one.symbol) for one in charts["thickness"].series}
        self.assertEqual(shown["LLZO film"][0], shown["LLZO pellet"][0], "of one family")
        self.assertEqual(3, len(set(shown.values())))
        for one in charts["arrhenius"].series:
            self.assertEqual(shown[one.name.split(":")[0]][0], one.colour)


class Charts(Reports):
    def test_thickness_with_bands_and_target(self):
        for thickness in (1, 10, 100):
            self.write(f"t{thickness}", thickness=thickness)
        self.write("hot", temperature=60)
        chart = self.charts(self.read("t1", "t10", "t100", "hot"))["thickness"]
        (one,) = chart.series
        self.assertEqual("ASR against thickness, 25 °C", chart.title)
        self.assertEqual([1, 10, 100], one.x)
        expected = [make_result(thickness=t)["asr_ohm_cm2"]["total"] for t in one.x]
        self.assertEqual(expected, one.y)
        for value, low, high in zip(one.y, one.low, one.high):
            self.assertAlmostEqual(value / 1.2, low)
            self.assertAlmostEqual(value * 1.2, high)
        self.assertEqual([10.0], [value for value, _ in chart.targets])
        self.assertIn("1 runs are not shown", chart.caption)

    def test_errors_of_parameters_and_grid_add_in_squares(self):
        content = make_result()
        content["error"].update(parameters_relative=0.3, grid_relative=0.4)
        write_json(self.folder / "a/results.json", content)
        (film,) = self.read("a")
        self.assertAlmostEqual(1.5 * film.budget.total, film.band()[1])

    def test_bars_of_the_budget_add_up(self):
        chart = self.charts(self.read(self.write("a"), self.write("b", grain=0.5)))
        bars = [bar for _, (_, members) in chart["budget"].bars.items() for bar in members]
        for row in (0, 1):
            self.assertAlmostEqual(100, math.fsum(bar.length for bar in bars if bar.row == row))

    def test_activation_energies_are_those_of_the_case(self):
        """sigma T and T/r are exactly Arrhenius with 0.3 and 0.7 eV here."""
        names = [f"T{t}" for t in (-20, 0, 25, 60, 100)]
        for name in names:
            self.write(name, temperature=int(name[1:]))
        chart = self.charts(self.read(*names))["arrhenius"]
        self.assertEqual(["LLZO film: grains, 0.30 eV", "LLZO film: boundaries, 0.70 eV"],
                         [one.name for one in chart.series[1:]])
        for one, energy in zip(chart.series[1:], (0.3, 0.7)):
            kelvin = [1e3 / x for x in one.x]
            self.assertAlmostEqual(energy, figures.activation_energy(kelvin, one.y), places=9)
            slope = (math.log(one.y[0] * kelvin[0] / one.y[-1] / kelvin[-1])
                     / (1 / kelvin[0] - 1 / kelvin[-1]))
            self.assertAlmostEqual(-energy / BOLTZMANN, slope, places=5)
        self.assertAlmostEqual(1e3 / 298.15, chart.series[0].x[2])

    def test_activation_energy_of_either_law(self):
        """sigma = exp(-0.5 eV/kT) has 0.5 eV by its own law and about kT more by the other."""
        kelvin = [250, 300, 400]
        sigma = [math.exp(-0.5 / (BOLTZMANN * t)) for t in kelvin]
        self.assertAlmostEqual(0.5, figures.activation_energy(kelvin, sigma, "sigma"), places=9)
        self.assertAlmostEqual(0.5 + BOLTZMANN * 310, figures.activation_energy(kelvin, sigma),
                               delta=1e-3)
        content = make_result()
        content["case"]["phases"][0]["arrhenius"] = noted("sigma")
        write_json(self.folder / "a/results.json", content)
        (film,) = self.read("a")
        self.assertEqual(("sigma", "sigma_T"),
                         (film.arrhenius_law("total"), film.arrhenius_law("boundaries")))

    def test_any_other_key_that_varies_has_its_chart(self):
        for grain in (0.1, 0.2, 1.0):
            self.write(f"g{grain}", grain=grain)
        charts = self.charts(self.read("g0.1", "g0.2", "g1.0"))
        chart = charts["sweep-structure-grain-size-um"]
        self.assertEqual(("ASR against grain size", "grain size (µm)"),
                         (chart.title, chart.x_label))
        self.assertEqual([0.1, 0.2, 1.0], chart.series[0].x)
        self.assertNotIn("arrhenius", charts)

    def test_windows_and_process_temperatures(self):
        chart = self.charts(self.read(self.write("a")))
        (_, (bar,)), = chart["windows"].bars.values()
        self.assertEqual((0.05, 2.86, True), (bar.start, round(bar.length, 9), bar.is_hatched))
        self.assertEqual([(0.0, "Li"), (4.05, "LCO")], chart["windows"].lines)
        (_, (bar,)), = chart["process"].bars.values()
        self.assertEqual((600, 100, False), (bar.start, bar.length, bar.is_hatched))
        (mark,) = chart["process"].marks
        self.assertEqual((0, 700), mark[:2])
        self.assertIn("LLZO film with LCO from 700 °C", mark[2])

    def test_what_the_results_lack_is_left_out(self):
        content = make_result()
        for member in ("materials", "electrodes", "microstructure", "warnings", "sources"):
            del content[member]
        write_json(self.folder / "a/results.json", content)
        read = self.read("a")
        charts = self.charts(read)
        self.assertEqual({"thickness", "budget"}, set(charts))
        self.assertTrue("Film, 1\u00a0µm" in page.build(read, [], charts.values(), [], [], "x"))

    def test_tables_hold_the_numbers_of_the_charts(self):
        charts = self.charts(self.read(self.write("a"), self.write("b", thickness=3)))
        header, rows = figures.table(charts["thickness"])
        self.assertEqual("thickness (µm)", header[2])
        self.assertEqual([(1.0, charts["thickness"].series[0].y[0]),
                          (3.0, charts["thickness"].series[0].y[1])],
                         [tuple(row[2:4]) for row in rows])
        _, rows = figures.table(charts["budget"])
        self.assertAlmostEqual(200, math.fsum(row[3] - row[2] for row in rows))

    def test_round_temperatures_on_top(self):
        ticks = paper.celsius_ticks(1e3 / 373.15, 1e3 / 253.15)
        self.assertEqual([-20, 0, 20, 40, 60, 80, 100], ticks)


def study_row(values, content, **more):
    return {"case": "LLZO film", "values": values, "representation": "resolved", "status": 0,
            "message": None, "thickness_um": values["film.thickness_um"], "temperature_C": 25.0,
            "asr_ohm_cm2": content["asr_ohm_cm2"], "error": content["error"],
            "effective_conductivity_S_per_cm": 1e-5, "band95_ohm_cm2": None, "warnings": [],
            "sources": [], **more}


class Studies(Reports):
    def write_study(self, folder, title="Thickness"):
        """A film of 1 um, one of 100 um that stacks of 10 um stand for, one that failed."""
        thin, thick = make_result(thickness=1), make_result(thickness=100)
        thick["error"]["parameters_relative"] = None
        places = {"a": 1, "s=1": 10, "s=2": 10}
        for name, thickness in places.items():
            write_json(folder / "runs" / name / "results.json", make_result(thickness=thickness))
        path = {name: str(folder / "runs" / name / "results.json") for name in places}
        failed = study_row({"film.thickness_um": 1000.0}, thick, results=[])
        del failed["asr_ohm_cm2"]
        failed.update(status=2, message="too many cells")
        content = {
            "schema": 1, "study": "s", "title": title, "keys": ["film.thickness_um"],
            "runs": [study_row({"film.thickness_um": 1.0}, thin, results=[path["a"]]),
                     study_row({"film.thickness_um": 100.0}, thick, representation="representative",
                               results=[path["s=1"], path["s=2"]], stack_thickness_um=10.0,
                               band95_ohm_cm2=0.1 * thick["asr_ohm_cm2"]["total"]), failed],
            "target": {"asr_ohm_cm2": 10.0, "series": [
                {"case": "LLZO film", "values": {}, "thickness_um": 3.5, "how": "interpolated"}]}}
        return write_json(folder / "study.json", content)

    def test_rows_are_runs_with_their_own_thickness_and_band(self):
        study = study_rows.read_study(self.write_study(self.folder / "s/results"))
        thin, thick = study.runs
        self.assertEqual(("LLZO film, 1 µm", "LLZO film, 100 µm"), (thin.label, thick.label))
        self.assertEqual((100, 100), (thick.thickness_um, thick.number("film.thickness_um")))
        self.assertAlmostEqual(1.1 * thick.budget.total, thick.band()[1])
        self.assertEqual("2 stacks of 10 µm stand for this film; the band is that of chance alone",
                         thick.note)
        self.assertEqual([("LLZO film, thickness 1000 µm", "too many cells")], study.failures)
        (one,) = self.charts(study.runs)["thickness"].series
        self.assertEqual([1, 100], one.x)

    def test_rows_are_named_by_what_is_swept(self):
        path = self.write_study(self.folder / "results")
        content = json.loads(path.read_text())
        content["runs"][0]["values"].update({"structure.fraction": 0.2,
                                             "conditions.temperature_C": 25.0})
        study = study_rows.read_study(write_json(path, content))
        self.assertEqual("LLZO film, fraction 0.2, 25 °C, 1 µm", study.runs[0].label)

    def test_rows_of_two_studies_are_told_apart(self):
        read = [row for name in ("One", "Two") for row in study_rows.read_study(
            self.write_study(self.folder / name / "results", name)).runs]
        series.tell_apart(read)
        self.assertEqual(["LLZO film, 1 µm, One", "LLZO film, 100 µm, One", "LLZO film, 1 µm, Two",
                          "LLZO film, 100 µm, Two"], [row.label for row in read])

    def test_a_study_that_was_moved_is_read(self):
        self.write_study(self.folder / "s/results")
        shutil.move(self.folder / "s", self.folder / "moved")
        self.assertEqual(2, len(study_rows.read_study(self.folder / "moved/results/study.json").runs))

    def test_page_of_a_study(self):
        self.write_study(self.folder / "s/results")
        process = run("report.py", self.folder / "s", "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        text = (self.folder / "out/report.html").read_text()
        for words in ("Greatest thickness that meets the target", "too many cells"):
            self.assertTrue(words in text, words)

    def test_bad_studies_are_refused(self):
        path = self.write_study(self.folder / "results")
        content = json.loads(path.read_text())
        for change, *words in (({"runs": 1}, '"runs" must be a list'),
                               ({"runs": [dict(content["runs"][0], results=[])]},
                                '"runs[0].results" must name a results.json'),
                               ({"runs": [dict(content["runs"][0], asr_ohm_cm2={"total": -1})]},
                                "runs[0].asr_ohm_cm2.total"),
                               ({"runs": content["runs"][2:]}, "no run of it has an ASR")):
            write_json(path, {**content, **change})
            self.assert_refused(run("report.py", path, "--output", self.folder / "out"), *words)
        self.assertFalse((self.folder / "out").exists())


class Command(Reports):
    def test_page_and_figures_are_written(self):
        for thickness in (1, 10):
            write_fields(self.write(f"all/t{thickness}", thickness=thickness) / "fields.h5")
        process = run("report.py", self.folder / "all", "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        written = {line.rsplit("/", 1)[-1] for line in process.stdout.split()}
        names = {f"{name}.{kind}" for name in ("thickness", "budget", "windows", "process", "cell")
                 for kind in ("pdf", "svg", "csv")}
        self.assertEqual({"report.html"} | names, written)
        text = (self.folder / "out/report.html").read_text()
        self.assertEqual(1, text.count("data:image/png;base64"), "one picture a material")
        self.assertFalse('<section id="spectra">' in text, "no run has a spectrum")
        with open(self.folder / "out/figures/thickness.csv", encoding="utf-8") as file:
            thickness = [row["thickness (µm)"] for row in csv.DictReader(file)]
        self.assertEqual(["1.0", "10.0"], thickness)
        self.assertTrue((self.folder / "out/figures/cell.pdf").read_bytes().startswith(b"%PDF"))
        self.assertIn("<svg", (self.folder / "out/figures/cell.svg").read_text()[:1000])

    def test_bad_input_ends_with_2_and_nothing_is_written(self):
        good, out = self.write("good"), self.folder / "out"
        (self.folder / "empty").mkdir()
        bad = copy.deepcopy(make_result())
        bad["asr_ohm_cm2"]["total"] *= 2
        write_json(self.folder / "bad/results.json", bad)
        (self.folder / "broken").mkdir()
        shutil.copy(good / "results.json", self.folder / "broken")
        (self.folder / "broken/fields.h5").write_text("no HDF5")
        for name, *words in (("none.json", "none.json", "no such file"),
                             ("empty", "holds no results.json or study.json"),
                             ("bad", "add up to"), ("broken", "fields.h5", "HDF5")):
            self.assert_refused(run("report.py", good, self.folder / name, "--output", out), *words)
        for option, value in ("--target", 0), ("--pictures", -1):
            process = run("report.py", good, option, value, "--output", out)
            self.assertEqual(2, process.returncode)
            self.assertIn(f"{option}: {value} must be a number from", process.stderr)
        self.assertFalse(out.exists())

    def test_output_that_cannot_be_written_ends_with_4(self):
        good = self.write("good")
        process = run("report.py", good, "--output", good / "results.json")
        self.assertEqual(4, process.returncode, process.stderr)

    def test_warnings_that_differ_in_numbers_stand_once(self):
        for index, name in enumerate("ab"):
            content = make_result(thickness=index + 1)
            content["warnings"] = [f"/some/where/film/case.cfg:{index}: {index + 7} grains lost"]
            write_json(self.folder / name / "results.json", content)
        self.assertEqual([("film/case.cfg:0: 7 grains lost", ["Film, 1 µm", "Film, 2 µm"])],
                         report.collect_warnings(self.read("a", "b")))


if __name__ == "__main__":
    unittest.main()
