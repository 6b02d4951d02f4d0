#!/usr/bin/python3
"""`granulith compare`: the table, its files, and what is reused."""
import json
import unittest
from pathlib import Path

from program import FILM, SLAB, ProgramTest, changed

SEEDS = "x_um,y_um,z_um,weight_um2\n0.5,0.5,{:g},0\n0.5,0.5,{:g},0\n"


class Compare(ProgramTest):
    def setUp(self):
        super().setUp()
        self.film = self.write_case({**FILM, "title": "of grains"}, "film")
        self.slab = self.write_case(SLAB, "slab")

    def compare(self, *arguments, expect=0, ranks=1):
        return self.run_program("compare", "film", "slab", *arguments, expect=expect, ranks=ranks)

    def age(self, directory):
        return (directory / "results" / "results.json").stat().st_mtime_ns

    def assert_recomputed(self, case, *arguments):
        """The case is computed, and then reused."""
        name, before = case.name, self.age(case)
        self.assertNotIn(f"{name}: unchanged", self.compare(*arguments).stdout)
        after = self.age(case)
        self.assertGreater(after, before)
        self.assertIn(f"{name}: unchanged", self.compare(*arguments).stdout)
        self.assertEqual(self.age(case), after)

    def test_table(self):
        finished = self.compare()
        lines = finished.stdout.splitlines()
        head = next(n for n, line in enumerate(lines) if line.startswith("case "))
        self.assertIn("Ohm cm2", lines[head + 1])
        self.assertTrue(lines[head + 2].startswith("film "))
        row = lines[head + 3].split()
        self.assertEqual([row[0], row[5]], ["slab", "105"])
        self.assertLessEqual(max(map(len, lines[head:head + 4])), 160)

    def test_files(self):
        self.compare()
        rows = self.table(self.place / "comparison" / "comparison.csv")
        self.assertEqual([row["case"] for row in rows], ["film", "slab"])
        document = json.loads((self.place / "comparison" / "comparison.json").read_text())
        self.assertEqual(document["schema"], 1)
        for row, entry, case in zip(rows, document["cases"], (self.film, self.slab)):
            results = self.results(case)
            self.assertEqual(entry["asr_ohm_cm2"], results["asr_ohm_cm2"])
            self.assertEqual(json.loads(Path(entry["result"]).read_text()), results)
            self.assert_close(row["total_ohm_cm2"], results["asr_ohm_cm2"]["total"], 1e-8)
            self.assert_close(row["boundaries_ohm_cm2"] + 1,
                              sum(results["asr_ohm_cm2"]["boundaries"].values()) + 1, 1e-8)
            parts = "grains", "boundaries", "anode", "cathode"
            self.assert_close(sum(row[f"{part}_ohm_cm2"] for part in parts), row["total_ohm_cm2"],
                              1e-7)
            self.assertEqual(row["thickness_um"], 1.0)
        self.assertEqual(document["cases"][0]["title"], "of grains")
        self.assertEqual(rows[1]["grain_size_um"], "")  # a slab has none

    def test_output(self):
        self.compare("--output", "here")
        self.assertEqual([f for f in self.files_below(self.place / "here") if "results" in f
                          or "comparison" in f],
                         ["comparison.csv", "comparison.json", "film/results.json",
                          "slab/results.json"])
        self.assertEqual(self.files_below(self.slab), ["case.cfg"])

    def test_one_case(self):
        self.run_program("compare", "slab", "--output", "here")
        self.assertTrue((self.place / "here" / "slab" / "results.json").exists())

    def test_a_second_call_reuses(self):
        first = self.compare()
        self.assertNotIn("unchanged", first.stdout)
        ages = self.age(self.film), self.age(self.slab)
        second = self.compare()
        self.assertEqual(second.stdout.count("unchanged"), 2)
        self.assertEqual((self.age(self.film), self.age(self.slab)), ages)
        table = [finished.stdout[finished.stdout.index("\ncase "):] for finished in (first, second)]
        self.assertEqual(*table)

    def test_a_run_and_other_ranks_are_reused_too(self):
        self.run_program("run", "slab", ranks=2)
        self.assertIn("slab: unchanged", self.compare().stdout)

    def test_a_changed_case_is_computed(self):
        self.compare()
        self.write_case(changed(SLAB, {"film.thickness_um": 2.0}), "slab")
        self.assert_recomputed(self.slab)
        self.assert_close(self.results(self.slab)["asr_ohm_cm2"]["total"], 205.0, 1e-6)

    def test_a_comment_changes_nothing(self):
        self.compare()
        with open(self.slab / "case.cfg", "a") as file:
            file.write("# no change\n")
        # what is reused must be right, so a file that changed may count as changed
        self.compare()
        self.assert_close(self.results(self.slab)["asr_ohm_cm2"]["total"], 105.0, 1e-6)

    def test_another_set_is_computed(self):
        self.compare()
        self.assert_recomputed(self.slab, "--set", "cathode.charge_transfer_ohm_cm2=7")
        self.assert_close(self.results(self.slab)["asr_ohm_cm2"]["total"], 109.0, 1e-6)
        self.assert_recomputed(self.slab)  # and back
        self.assert_close(self.results(self.slab)["asr_ohm_cm2"]["total"], 105.0, 1e-6)

    def test_a_changed_file_is_computed(self):
        case = changed(FILM, {"structure.grain_size_um": None, "structure.seeds_file": "list.csv"})
        self.write_case(case, "film", list_csv=SEEDS.format(0.25, 0.75))
        self.compare()
        self.write_case(case, "film", list_csv=SEEDS.format(0.2, 0.75))
        self.assert_recomputed(self.film)

    def test_a_changed_material_is_computed(self):
        material = ("conductivity_S_per_cm = {};\n"
                    'references = ( {{ what = "all"; source = "made up"; }} );\n')
        case = changed(SLAB, {"phases": [{"name": "glass", "material": "mine"}]})
        self.write_case(case, "slab", **{"mine.cfg": material.format("1e-6")})
        self.compare()
        self.write_case(case, "slab", **{"mine.cfg": material.format("1e-5")})
        self.assert_recomputed(self.slab)
        self.assert_close(self.results(self.slab)["asr_ohm_cm2"]["total"], 15.0, 1e-6)

    def test_force_computes(self):
        self.compare()
        ages = self.age(self.film), self.age(self.slab)
        self.assertNotIn("unchanged", self.compare("--force").stdout)
        self.assertGreater(self.age(self.film), ages[0])
        self.assertGreater(self.age(self.slab), ages[1])

    def test_missing_fields_are_computed(self):
        self.compare()
        (self.slab / "results" / "fields.h5").unlink()
        self.assert_recomputed(self.slab)

    def test_a_broken_result_is_computed(self):
        self.compare()
        (self.slab / "results" / "results.json").write_text("{")
        self.assertNotIn("slab: unchanged", self.compare().stdout)
        self.assert_close(self.results(self.slab)["asr_ohm_cm2"]["total"], 105.0, 1e-6)

    def test_an_unconverged_result_is_not_reused(self):
        self.write_case(changed(FILM, {"solver": {"max_iterations": 1}}), "film")
        for _ in range(2):
            finished = self.compare(expect=3)
            self.assertNotIn("film: unchanged", finished.stdout)
            self.assertIn("no comparison was written", finished.stderr)
            self.assertFalse((self.place / "comparison" / "comparison.json").exists())
        self.assertFalse(self.results(self.film)["solve"]["converged"])

    def test_on_two_ranks(self):
        self.compare(ranks=2)
        self.assertEqual(self.compare(ranks=2).stdout.count("unchanged"), 2)


if __name__ == "__main__":
    unittest.main()
