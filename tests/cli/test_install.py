"""The installed program runs from anywhere and finds its materials."""
import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
CASE = """film: { thickness_um = 1; width_um = [1, 1]; cells = [2, 2, 4]; };
structure: { generator = "amorphous"; };
phases: ( { name = "glass"; material = "lipon_film"; } );
"""


class Install(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = pathlib.Path(folder.name) / "prefix"
        subprocess.run([os.environ["CMAKE"], "--install", os.environ["BUILD"], "--prefix", self.prefix],
                       check=True, capture_output=True)
        self.case = pathlib.Path(folder.name) / "elsewhere" / "case"
        self.case.mkdir(parents=True)
        (self.case / "case.cfg").write_text(CASE)

    def run_installed(self, *words):
        environment = {k: v for k, v in os.environ.items() if k != "GRANULITH_MATERIALS"}
        return subprocess.run([self.prefix / "bin/granulith", *words], cwd=self.case, text=True,
                              capture_output=True, env=environment)

    def test_the_installed_program_finds_the_installed_materials(self):
        self.assertTrue((self.prefix / "share/granulith/materials/lipon_film.cfg").exists())
        result = self.run_installed("run", ".")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("ASR 100 Ohm cm2", result.stdout)  # 1e-4 cm / 1e-6 S/cm

    def test_help_lists_the_installed_materials(self):
        result = self.run_installed("help", "materials")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("lipon_film", result.stdout)

    def test_version_tells_version_and_commit(self):
        self.assertRegex(self.run_installed("version").stdout, r"granulith \d+\.\d+\.\d+ \(\S+\), PETSc 3\.")


if __name__ == "__main__":
    unittest.main()
