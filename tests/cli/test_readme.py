"""Every command of the README's walk-through runs as it stands there."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


def blocks():
    return re.findall(r"^```sh\n(.*?)^```", (TOP / "README.md").read_text(), re.M | re.S)


class Readme(unittest.TestCase):
    def run_block(self, words):
        """Runs the block that contains `words`, with /tmp and build/ moved to where the test may write."""
        found = [block for block in blocks() if words in block]
        self.assertEqual(len(found), 1, f"the README has {len(found)} blocks with {words!r}")
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(os.environ["GRANULITH"])
            script = found[0].replace("/tmp/", folder + "/").replace("build/bin/granulith", str(program))
            script = script.replace("cmake --install build", f"cmake --install {os.environ['BUILD']}")
            result = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=TOP, text=True,
                                    capture_output=True)
            self.assertEqual(result.returncode, 0, script + result.stdout + result.stderr)
            return result.stdout, {path.name for path in pathlib.Path(folder).rglob("*")}

    def test_the_first_own_case_runs_step_by_step(self):
        out, files = self.run_block("my-film")
        self.assertIn("ASR", out)
        self.assertLessEqual({"results.json", "labels.xdmf", "fields.xdmf", "box.png", "budget.png"}, files)

    def test_the_spectrum_is_read_as_the_readme_says(self):
        out, files = self.run_block("postproc/impedance.py")
        self.assertLessEqual({"impedance.csv", "impedance.json", "nyquist.png", "bode.pdf", "drt.png"}, files)
        for words in ("grains grain", "boundaries grain|grain", "by the brick layer"):
            self.assertIn(words, out)

    def test_compare_runs(self):
        out, files = self.run_block("granulith compare")
        self.assertIn("brick layer", out)
        self.assertLessEqual({"comparison.csv", "report.html", "thickness.svg", "cell.png"}, files)
        self.assertIn("Wh/kg", out)

    def test_the_study_runs(self):
        out, files = self.run_block("granulith study")
        self.assertIn("crystallites", out)
        self.assertLessEqual({"study.csv", "study.json", "study.png"}, files)

    def test_the_batch_script_is_a_valid_script(self):
        script = next(block for block in blocks() if "#SBATCH" in block)
        self.assertEqual(subprocess.run(["bash", "-n"], input=script, text=True).returncode, 0)
        # the command itself, with mpirun for srun and one small case
        command = re.search(r"^srun granulith (\S+) --quiet", script, re.M)
        self.assertIsNotNone(command)
        self.assertTrue((TOP / command[1] / "case.cfg").exists())

    def test_every_link_of_the_readme_leads_somewhere(self):
        for link in re.findall(r"\]\(([^)]+)\)", (TOP / "README.md").read_text()):
            self.assertTrue((TOP / link).exists(), link)

    def test_building_by_hand_uses_presets_that_exist(self):
        block = next(block for block in blocks() if "cmake --preset release" in block)
        self.assertIn("cmake --install build --prefix", block)
        result = subprocess.run(["cmake", "--list-presets"], cwd=TOP, text=True, capture_output=True)
        for preset in ("release", "debug", "sanitizers"):
            self.assertIn(f'"{preset}"', result.stdout)


if __name__ == "__main__":
    unittest.main()
