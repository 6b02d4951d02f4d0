#!/usr/bin/python3
"""The benchmark's driver, on tiny films: what it writes, that it goes on where it stopped, and what
it says of runs that give nothing. No timings."""
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import benchmark
from problems import PROBLEMS, SOLVERS

HERE = Path(__file__).resolve().parent


class Benchmark(unittest.TestCase):
    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="granulith-benchmark-"))
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.table = self.place / "benchmark.csv"

    def start_driver(self, **settings):
        chosen = {"sizes": "16", "problems": "grains-r1 pores", "solvers": "grain_mg pfmg"}
        names = {f"BENCHMARK_{name.upper()}": value for name, value in (chosen | settings).items()}
        return subprocess.Popen(
            [sys.executable, HERE / "benchmark.py", "--program", os.environ["GRANULITH"],
             "--bandwidth", os.environ["BANDWIDTH"], "--mpiexec", os.environ["MPIEXEC"],
             "--output", self.place], env=os.environ | names, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run_driver(self, expect=0, **settings):
        driver = self.start_driver(**settings)
        said, _ = driver.communicate()
        self.assertEqual(driver.returncode, expect, said)
        return said

    def processes(self):
        """Those that work in this test's directory."""
        def words(path):
            try:
                return path.read_text()
            except OSError:  # ended meanwhile
                return ""
        return [path for path in Path("/proc").glob("[0-9]*/cmdline")
                if f"{self.place}/run" in words(path)]

    def rows(self):
        with open(self.table, newline="") as file:
            return list(csv.DictReader(file))

    def test_table(self):
        self.run_driver()
        rows = self.rows()
        self.assertEqual([(row["problem"], row["solver"]) for row in rows],
                         [("grains-r1", "grain_mg"), ("grains-r1", "pfmg"),
                          ("pores", "grain_mg"), ("pores", "pfmg")])
        for row in rows:
            self.assertEqual(tuple(row), benchmark.COLUMNS)
            self.assertEqual((row["outcome"], row["cells"], row["ranks"]),
                             ("converged", "4096", "2"))
            self.assertLess(abs(float(row["asr_difference_relative"])), 2e-6)
            self.assertGreater(float(row["asr_ohm_cm2"]), 1.0)  # of the film without boundaries
            for column in ("setup_seconds", "solve_seconds", "iterations", "peak_bytes_per_cell",
                           "cells_per_second", "bandwidth_GB_per_s"):
                self.assertGreater(float(row[column]), 0, column)
            self.assertGreaterEqual(float(row["other_cores"]), 0)
            own = row["solver"] == "grain_mg"  # a library does not tell its sweeps
            self.assertEqual(row["sweeps_equivalent"] != "", own)
            self.assertEqual(row["bandwidth_fraction"] != "", own)
            self.assertEqual(float(row["assembly_seconds"]) == 0, own)
        self.assertGreater((self.place / "benchmark.png").stat().st_size, 1000)

    def test_it_goes_on_where_it_stopped(self):
        self.run_driver(problems="grains-r1")
        before = self.table.read_text()
        self.assertIn("2 rows there, 0 to measure", self.run_driver(problems="grains-r1"))
        self.assertEqual(self.table.read_text(), before)
        # killed while the second row was written
        self.table.write_text(before[:-20])
        self.assertIn("1 rows there, 1 to measure", self.run_driver(problems="grains-r1"))
        self.assertEqual([row["solver"] for row in self.rows()], ["grain_mg", "pfmg"])
        self.assertEqual(self.table.read_text().splitlines()[:2], before.splitlines()[:2])
        self.run_driver(problems="grains-r1", solvers="grain_mg", anew="1")
        self.assertEqual(len(self.rows()), 1)

    def test_runs_that_give_nothing_are_rows_too(self):
        self.run_driver(problems="grains-r1", solvers="grain_mg", seconds="0.01")
        self.run_driver(problems="grains-r1", solvers="pfmg", gb="0.001")
        slow, large = self.rows()
        self.assertEqual(slow["outcome"], "over 0.01 s")
        self.assertEqual(large["outcome"], "out of memory: over 0.001 GB")
        for row in slow, large:
            self.assertEqual((row["asr_ohm_cm2"], row["solve_seconds"]), ("", ""))
        self.assertGreater((self.place / "benchmark.png").stat().st_size, 1000)

    def test_told_to_stop_it_takes_its_run_with_it(self):
        driver = self.start_driver(sizes="64", problems="grains-r1", solvers="boomeramg")
        while not self.processes():
            self.assertIsNone(driver.poll())
            time.sleep(0.05)
        driver.terminate()
        driver.communicate()
        self.assertEqual(driver.returncode, 1)
        self.assertEqual(self.processes(), [])
        self.assertEqual(self.rows(), [])

    def test_refusals(self):
        for setting, says in (({"solvers": "grain_mg foo"}, "known are grain_mg, pfmg"),
                              ({"problems": "foo"}, "known are grains-r0"),
                              ({"sizes": "16 x"}, "integers above 1"),
                              ({"ranks": "0"}, "above 0"), ({"seconds": "-1"}, "above 0")):
            self.assertIn(says, self.run_driver(expect=2, **setting))
        self.assertFalse(self.table.exists())
        self.table.write_text("problem,size\n")
        self.assertIn("BENCHMARK_ANEW=1", self.run_driver(expect=1))
        row = dict.fromkeys(benchmark.COLUMNS, "1") | {"program": "another"}
        self.table.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
        self.assertIn("measured with another", self.run_driver(expect=1))

    def test_problems_are_what_their_names_say(self):
        for ratio in 0, 1, 100, 1e4:
            problem = PROBLEMS[f"grains-r{ratio:g}"]
            resistance = float(problem.settings(128)["boundaries.[0].resistance_ohm_cm2"])
            self.assertAlmostEqual(resistance, ratio * (1e-4 / 128) / 1e-4, places=12)  # h/sigma
            self.assertEqual(len(problem.seeds().splitlines()), 101)
        self.assertEqual(len(PROBLEMS["fine-grains-r1"].seeds().splitlines()), 100_001)
        self.assertEqual(list(SOLVERS)[0], "grain_mg")  # the others' ASR is compared with its


if __name__ == "__main__":
    unittest.main()
