#!/usr/bin/python3
"""A program told to stop stops soon, says what is lost, and leaves what was there before."""
import os
import signal
import subprocess
import time
import unittest

from program import FILM, ProgramTest, changed, end, start, wait

# A fit of many solves with a tolerance none of them needs: a minute of work in stages of a second.
LONG = changed(FILM, {
    "film.cells": [144, 144, 144], "structure.grain_size_um": 0.2,
    "boundaries": [{"between": ["grain", "grain"], "fit": True,
                    "total_conductivity_S_per_cm": 4e-6}],
    "solver": {"tolerance": 1e-12, "balance_tolerance": 1e-12}})
SOON = 20  # s, on a machine with other things to do


class Signals(ProgramTest):
    def setUp(self):
        super().setUp()
        self.case = self.write_case(LONG)
        self.kept = self.case / "results" / "results.json"
        self.kept.parent.mkdir()
        self.kept.write_text("an earlier result")

    def children(self, pid):
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True,
                               text=True)
        return [int(word) for word in found.stdout.split()]

    def stop(self, process, number):
        """Sends the signal once the solve goes on."""
        first = process.stdout.readline()  # the case's name: the structure is there
        self.assertIn("case", first)
        time.sleep(1.0)
        self.assertIsNone(process.poll(), "the run was over too soon for this test")
        end(process, number)
        return wait(process, SOON)

    def assert_nothing_changed(self):
        self.assertEqual(self.files_below(self.case), ["case.cfg", "results/results.json"])
        self.assertEqual(self.kept.read_text(), "an earlier result")

    def test_term_and_interrupt(self):
        for number in signal.SIGTERM, signal.SIGINT:
            finished = self.stop(start("run", self.case, cwd=self.place), number)
            self.assertEqual(finished.status, 128 + number, finished)
            (error,) = finished.errors
            for word in f"signal {int(number)}", "case", "lost":
                self.assertIn(word, error)
            self.assert_nothing_changed()

    def test_cases_that_were_not_run_are_named(self):
        other = self.write_case(FILM, "other")
        finished = self.stop(start("run", self.case, other, cwd=self.place), signal.SIGTERM)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        self.assertIn("1 case", finished.stderr)
        self.assert_nothing_changed()
        self.assertEqual(self.files_below(other), ["case.cfg"])

    def test_compare(self):
        finished = self.stop(start("compare", self.case, cwd=self.place), signal.SIGTERM)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        self.assertIn("no comparison", finished.stderr)
        self.assert_nothing_changed()

    def test_converge(self):
        """Grids that are done stay and are reused; the rest is as it was."""
        finished = self.stop(start("converge", self.case, "--coarsen", cwd=self.place),
                             signal.SIGTERM)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        self.assertIn("no convergence.json", finished.stderr)
        self.assertEqual(self.kept.read_text(), "an earlier result")
        self.assertEqual([f for f in self.files_below(self.case)
                          if f.endswith(".part") or "convergence.json" in f], [])

    def test_mpirun_hands_the_signal_on(self):
        finished = self.stop(start("run", self.case, ranks=2, cwd=self.place), signal.SIGTERM)
        self.assertNotEqual(finished.status, 0, finished)
        self.assert_nothing_changed()

    def test_a_signal_to_one_rank_stops_all(self):
        process = start("run", self.case, ranks=2, cwd=self.place)
        self.assertIn("case", process.stdout.readline())
        time.sleep(1.0)
        ranks = self.children(process.pid)
        self.assertEqual(len(ranks), 2)
        os.kill(ranks[1], signal.SIGTERM)
        finished = wait(process, SOON)
        self.assertEqual(finished.status, 128 + signal.SIGTERM, finished)
        self.assertEqual(len([e for e in finished.errors if "lost" in e]), 1, finished)
        self.assert_nothing_changed()


if __name__ == "__main__":
    unittest.main()
