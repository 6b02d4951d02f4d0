"""tables.py: goals are judged on the grids that were run, and a README keeps the text around its tables."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
CSV = """theory,case,scheme,cells_per_size,computed,reference,error_percent,order
voronoi,"grains, one",matched,11.8,1.004,1,0.4,
voronoi,"grains, one",matched,23.6,1.002,1,0.2,1.000
voronoi,"grains, one",stairs,11.8,1.1,1,10,
spheres,SC_f0.4_s1_R10,matched,23.8,1.014,1,1.4,
slab,series4,,,3.405,3.405,0,
slab,graded,,16,1,1,0,-inf
images,array,stairs,24,1.1,1,10,
images,array,matched,24,1.001,1,0.1,
images,array,image,24,1.002,1,0.2,
"""


class Tables(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.csv = os.path.join(self.folder.name, "v.csv")
        with open(self.csv, "w", encoding="utf-8") as file:
            file.write(CSV)

    def run_script(self, *arguments):
        return subprocess.run([sys.executable, "-B", os.path.join(HERE, "tables.py"), self.csv, *arguments],
                              check=True, capture_output=True, text=True).stdout

    def test_goals_are_judged_on_the_grids_that_were_run(self):
        text = self.run_script()
        self.assertIn("| grains, one | 1 | 11.8 23.6 | +0.4 +0.2 | 1.0 | +10.0 | 0.5, 0.15, 0.05 | not at 24 |", text)
        self.assertIn("| SC_f0.4_s1_R10 | 1 | 23.8 | +1.4 |  |  | 1.5, 0.3 | yes |", text)

    def test_values_without_grids_are_listed_as_exact(self):
        text = self.run_script()
        self.assertIn("Exact, at most 1e-7 % off: series4.", text)
        self.assertIn("| graded | 1 | 16 | 0 |  |  |  |  |", text)

    def test_images_stand_beside_what_they_show(self):
        self.assertIn("| array | 24 | +0.2 | +0.1 | +10.0 |", self.run_script())

    def test_the_readme_keeps_the_text_around_its_tables(self):
        readme = os.path.join(self.folder.name, "README.md")
        with open(readme, "w", encoding="utf-8") as file:
            file.write("before\n<!-- tables -->\nold\n<!-- end -->\nafter\n")
        for _ in range(2):
            self.run_script("--readme", readme)
        with open(readme, encoding="utf-8") as file:
            text = file.read()
        self.assertTrue(text.startswith("before\n<!-- tables -->\n### Voronoi grains\n"))
        self.assertTrue(text.endswith("<!-- end -->\nafter\n"))
        self.assertNotIn("old", text)


if __name__ == "__main__":
    unittest.main()
