"""The quickstart does what it says, and the README's picture is that of today's cases."""
import csv
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


class Quickstart(unittest.TestCase):
    def test_quickstart_prints_table_and_paths_and_agrees_with_the_readme(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "granulith"
            ignored = shutil.ignore_patterns(".git", "build*", "results", "comparison")
            shutil.copytree(TOP, copy, symlinks=True, ignore=ignored)
            result = subprocess.run(["bash", "cases/quickstart.sh"], cwd=copy, text=True, capture_output=True)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertIn("sigma_eff", result.stdout)
            for name in ("comparison.csv", "budget.png", "box.png", "report.html", "llzo-film/fields.xdmf"):
                self.assertTrue((copy / "comparison" / name).exists(), name)
            self.assertIn("comparison/budget.png", result.stdout)
            self.assertIn("fields.xdmf", result.stdout)
            self.compare(rows(TOP / "postproc/readme/comparison.csv"), rows(copy / "comparison/comparison.csv"))

    def compare(self, shown, today):
        message = "the README's picture is not that of the cases: run bash postproc/readme/make.sh"
        self.assertEqual([r["case"] for r in shown], [r["case"] for r in today], message)
        for old, new in zip(shown, today):
            for key in old:
                if key != "case" and old[key]:
                    # the solver's tolerance and the number of ranks move numbers by less than 1e-4, small parts of
                    # the budget by less than 1e-5 of the total
                    value = float(old[key])
                    is_part = key.endswith("_ohm_cm2") and value != 0
                    part = 1e-5 * float(old["total_ohm_cm2"]) if is_part else 1e-9
                    self.assertAlmostEqual(float(new[key]), value, msg=message,
                                           delta=max(part, 1e-4 * abs(value)))


if __name__ == "__main__":
    unittest.main()
