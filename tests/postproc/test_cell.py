#!/usr/bin/python3
"""Tests of postproc/cell.py and postproc/runs.py: /usr/bin/python3 tests/postproc/test_cell.py"""
import copy
import csv
import unittest

from samples import FILM, PELLET, TemporaryFolder, noted, run, write_json
import cell
import runs

# As the program writes it: every key with its origin; half of the film is pores and glass.
FULL = {"schema": 1,
        "case": {"title": noted("A film, 20 um"), "film": {"thickness_um": noted(20)},
                 "phases": [{"name": noted("grain"), "material": noted("llzo_cubic_film_pld"),
                             "density_g_per_cm3": noted(5.0, "llzo_cubic_film_pld.cfg:3")},
                            {"name": noted("glass"), "density_g_per_cm3": noted(3.0)}],
                 "boundaries": [{"between": noted(["grain", "glass"]),
                                 "resistance_ohm_cm2": noted(0.1)}],
                 "conditions": {"current_density_mA_per_cm2": noted(2.0)}},
        "microstructure": {"phase_fractions": {"grain": 0.6, "glass": 0.3, "void": 0.1}},
        "asr_ohm_cm2": {"total": 30.0, "grains": {"grain": 10.0}, "boundaries": {}, "anode": 20.0,
                        "cathode": 0.0}}


class Estimates(unittest.TestCase):
    def test_the_reviews_llzo_film(self):
        """20 um of LLZO (5.1 g/cm3) at 10 to 50 US$/kg: 1 to 5, and 8.5 to 12.5 US$/m2 in all."""
        low, high = (cell.material_cost(5.1, 20, price) for price in cell.PRICES)
        self.assertEqual((1, 5), (round(low), round(high)))
        self.assertAlmostEqual(8.5, low + cell.PROCESSING, delta=0.1)
        self.assertAlmostEqual(12.5, high + cell.PROCESSING, delta=0.11, msg="5.1 rounded to 5")
        self.assertGreater(low + cell.PROCESSING, cell.COST_TARGET)

    def test_cost_by_hand(self):
        # 2 g/cm3 x 100 um = 0.2 kg/m2
        self.assertAlmostEqual(6.0, cell.material_cost(2.0, 100.0, 30.0))

    def test_the_reviews_cell(self):
        """About 350 Wh/kg with 25 um of LLZO."""
        self.assertAlmostEqual(350, cell.energy_density(5.1, 25), delta=3.5)

    def test_energy_density_by_hand(self):
        """200 Wh/m2 over 250 g/m2 of active material, 250/4.75 x 3/7 x 5.1 of electrolyte in the
        cathode, 16.2 + 35.84 of foil, 10.68 of lithium, and what the electrolyte weighs."""
        without = 250 + 250 / 4.75 * 3 / 7 * 5.1 + 16.2 + 35.84 + 10.68
        self.assertAlmostEqual(1e3 * 200 * 0.97 / without, cell.energy_density(5.0, 0.0))
        self.assertAlmostEqual(1e3 * 200 * 0.97 / (without + 500), cell.energy_density(5.0, 100.0))

    def test_voltage_loss(self):
        self.assertAlmostEqual(30.0, cell.voltage_loss(3.0, 10.0), msg="3 mA x 10 ohm")


class CellOfARun(TemporaryFolder):
    def read(self, content):
        return runs.read_run(write_json(self.folder / "results.json", content))

    def test_every_key_has_its_value_and_origin(self):
        film = self.read(FULL)
        self.assertEqual(0.1, film.values["boundaries.grain|glass.resistance_ohm_cm2"])
        self.assertEqual("llzo_cubic_film_pld.cfg:3",
                         film.origins["phases.grain.density_g_per_cm3"])
        self.assertEqual("LLZO cubic film PLD + glass", film.material())
        self.assertEqual(("A film, 20 µm", ("anode", 2 / 3)), (film.title, film.dominant))

    def test_density_is_that_of_the_phases_and_pores(self):
        self.assertAlmostEqual(0.6 * 5 + 0.3 * 3, self.read(FULL).density())
        content = copy.deepcopy(FULL)
        del content["case"]["phases"][1]["density_g_per_cm3"]
        self.assertIsNone(self.read(content).density())

    def test_estimate_of_a_run(self):
        row = cell.estimate(self.read(FULL))
        self.assertAlmostEqual(3.9 * 20 * 10e-3 + 7.5, row["cost_low_usd_per_m2"])
        self.assertAlmostEqual(3.9 * 20 * 50e-3 + 7.5, row["cost_high_usd_per_m2"])
        self.assertAlmostEqual(cell.energy_density(3.9, 20), row["energy_density_wh_per_kg"])
        self.assertEqual(60.0, row["voltage_loss_mV"])
        row = cell.estimate(self.read(FULL), (1.0,), 0.0, 5.0, 2.0)
        self.assertAlmostEqual(0.04, row["cost_low_usd_per_m2"])
        self.assertEqual((0.04, 150.0), (row["cost_high_usd_per_m2"], row["voltage_loss_mV"]))

    def test_what_is_not_known_stays_empty(self):
        row = cell.estimate(self.read(FILM))
        for key in ("cost_low_usd_per_m2", "energy_density_wh_per_kg", "voltage_loss_mV"):
            self.assertIsNone(row[key])

    def test_table_picture_and_csv(self):
        for name, content in ("full", FULL), ("pellet", PELLET):
            write_json(self.folder / name / "results/results.json", content)
        process = run("cell.py", self.folder / "full", self.folder / "pellet", "--current", 1,
                      "--output", self.folder / "out")
        self.assertEqual(0, process.returncode, process.stderr)
        self.assertIn("8.3 to 11.4", process.stdout)
        with open(self.folder / "out/cell.csv", encoding="utf-8") as file:
            full, pellet = csv.DictReader(file)
        self.assertEqual((30.0, ""), (float(full["voltage_loss_mV"]),
                                      pellet["energy_density_wh_per_kg"]))
        self.assert_picture(self.folder / "out/cell")

    def test_bad_input_ends_with_2_and_one_line(self):
        good = write_json(self.folder / "good.json", FULL)
        out = self.folder / "out"
        for words, *arguments in ((("none.json", "no such file"), self.folder / "none.json"),
                                  (('"case" is missing',),
                                   write_json(self.folder / "bad.json", {"schema": 1}))):
            self.assert_refused(run("cell.py", good, *arguments, "--output", out), *words)
        process = run("cell.py", good, "--current", -1, "--output", out)
        self.assertEqual(2, process.returncode)
        self.assertIn("--current: -1 must be a number that is not negative", process.stderr)
        self.assertFalse(out.exists(), "nothing is written")


if __name__ == "__main__":
    unittest.main()
