#!/usr/bin/python3
"""Electrodes that touch in part: what it costs, what is refused, what is said."""
import unittest

from program import FILM, SLAB, CaseText, ProgramTest, changed

SPOTS = {"pattern": "discs", "fraction": 0.25, "size_um": 0.5}
SQUARES = {"pattern": "random", "fraction": 0.25, "size_um": 0.25}
GRID = {"film.cells": [16, 16, 8]}

# what is wrong: the contact, the key whose line must be named, what the message must say
REFUSED = {
    "no contact at all": ({"fraction": 0.0}, "fraction", ["0", "above 0", "not above 1"]),
    "more than all": ({"fraction": 1.2}, "fraction", ["1.2", "above 0", "not above 1"]),
    "an unknown pattern": ({"pattern": "dots"}, "pattern", ['"dots"', "discs", "strips", "random"]),
    "a misspelt pattern": ({"pattern": "disks"}, "pattern", ['did you mean "discs"?']),
    "a misspelt key": ({"sead": 2}, "sead", ["unknown key", "did you mean seed?"]),
    "a disc larger than the film": ({"size_um": 1.5}, "size_um", ["1.5", "width along x, 1 um"]),
    "a disc smaller than a cell": ({"size_um": 0.05}, "size_um", ["0.05", "cell, 0.0625 um along x"]),
    "a square smaller than a cell":
        ({"pattern": "random", "size_um": 0.05}, "size_um", ["0.05", "cell, 0.0625 um"]),
    "a strip wider than its fraction":
        ({"pattern": "strips"}, "size_um", ["0.5", "fraction 0.25", "at most 0.25"]),
    "a disc larger than its fraction": ({"size_um": 0.7}, "size_um", ["0.7", "at most 0.56419"]),
    "discs that overlap": ({"fraction": 0.8}, "fraction", ["0.8", "2 x 2 discs", "overlap", "strips"]),
    "a seed of discs": ({"seed": 2}, "seed", ["random", "discs"]),
    "a seed of strips": ({"pattern": "strips", "size_um": 0.25, "seed": 2}, "seed", ["strips"]),
    "a negative size": ({"size_um": -0.5}, "size_um", ["-0.5", "above 0"]),
}


class Contact(ProgramTest):
    def test_constriction_is_the_difference_to_full_contact(self):
        """And it is 0 for a fraction of 1, null without a contact."""
        for contact in (SPOTS, SQUARES, {"pattern": "strips", "fraction": 0.5, "size_um": 0.25}):
            for side in ("anode", "cathode"):
                with self.subTest(contact["pattern"], side=side):
                    case = changed(FILM, {**GRID, f"{side}.contact": contact})
                    part = self.solve(case)
                    full = self.solve(changed(case, {f"{side}.contact.fraction": 1.0}))
                    none = self.solve(changed(FILM, GRID))
                    totals = [r["asr_ohm_cm2"]["total"] for r in (part, full, none)]
                    self.assert_adds_up(part)
                    self.assertEqual(totals[1], totals[2])
                    self.assertEqual(full["constriction_ohm_cm2"], 0.0)
                    self.assertIsNone(none["constriction_ohm_cm2"])
                    self.assert_close(part["constriction_ohm_cm2"], totals[0] - totals[1], 1e-9)
                    self.assertGreater(part["solve"]["seconds"]["full_contact"], 0)
                    self.assertEqual(full["solve"]["seconds"]["full_contact"], 0)
                    other = "cathode" if side == "anode" else "anode"
                    laid_out = part["microstructure"]["contact"]
                    self.assertEqual(laid_out[side]["pattern"], contact["pattern"])
                    self.assertEqual(laid_out[side]["fraction"], contact["fraction"])
                    self.assertIsNone(laid_out[other])
                    self.assertIsNone(full["microstructure"]["contact"][side])

    def test_a_large_charge_transfer_takes_the_area_that_touches(self):
        # r/f = 2000/0.25; the current is all but uniform on the discs
        results = self.solve(changed(SLAB, {**GRID, "anode.charge_transfer_ohm_cm2": 2000.0,
                                            "anode.contact": SPOTS}))
        self.assert_close(results["asr_ohm_cm2"]["anode"], 8000.0, 2e-3)
        self.assert_close(results["asr_ohm_cm2"]["cathode"], 3.0, 1e-3)
        self.assertEqual(results["microstructure"]["contact"]["anode"]["lattice"], [1, 1])
        self.assert_close(results["microstructure"]["contact"]["anode"]["size_um"], 0.5642, 1e-3)

    def test_layers_lie_inside_the_contact(self):
        """One that conducts well and has cells spreads the current; as a mere resistance it does not.

        Sheet of 1e-2 S/cm x 5e-6 cm under 100 Ohm cm2: current spreads over sqrt(100 x 5e-8) cm =
        22 um, the film is 1 um wide. What is left is the charge transfer, 2/0.25 - 2.
        """
        layer = {"name": "coat", "conductivity_S_per_cm": 1e-2, "thickness_nm": 50.0}
        costs = {}
        for resolve in (False, True):
            layers = ({**layer, "resolve": resolve},)
            results = self.solve(changed(SLAB, {**GRID, "anode": {
                "charge_transfer_ohm_cm2": 2.0, "layers": layers, "contact": SPOTS}}))
            self.assert_adds_up(results)
            costs[resolve] = results["constriction_ohm_cm2"]
        self.assert_close(costs[True], 6.0, 0.01)
        self.assertGreater(costs[False], 20.0)

    def test_the_same_on_any_ranks(self):
        case = changed(FILM, {**GRID, "anode.contact": SQUARES, "cathode.contact": SPOTS})
        one, four = self.solve(case), self.solve(case, ranks=4)
        self.assert_close(one["constriction_ohm_cm2"], four["constriction_ohm_cm2"], 1e-9)
        self.assert_close(one["asr_ohm_cm2"]["total"], four["asr_ohm_cm2"]["total"], 1e-9)

    def test_a_fit_is_that_of_full_contact(self):
        measured = {"between": ["grain", "grain"], "total_conductivity_S_per_cm": 2e-5, "fit": True}
        case = changed(FILM, {**GRID, "boundaries": [measured], "solver.tolerance": 1e-10})
        without = self.solve(case)["fit"]["grain|grain"]["resistance_ohm_cm2"]
        part = self.solve(changed(case, {"anode.contact": SPOTS}))
        self.assertEqual(part["fit"]["grain|grain"]["resistance_ohm_cm2"], without)
        self.assertLess(part["effective_conductivity_S_per_cm"], 2e-5)

    def test_a_void_at_the_only_spot_stops_the_current(self):
        """The middle of the film, where the spot is, is a pore; without a contact it percolates."""
        case = changed(SLAB, {"film.cells": [16, 16, 8], "structure.pores":
                              {"fraction": 0.25, "diameter_um": 0.7, "seed": 1}})
        spot = {"pattern": "discs", "fraction": 0.01, "size_um": 0.11}
        said = []
        for seed in range(1, 40):  # where the pore lies is drawn
            directory = self.write_case(changed(case, {"structure.pores.seed": seed,
                                                       "anode.contact": spot}))
            finished = self.run_program("run", directory, expect=None)
            said += finished.errors
            if finished.errors:
                self.assertEqual(finished.status, 2)
                self.run_program("run", self.write_case(changed(case,
                                                                {"structure.pores.seed": seed})))
                break
        (error,) = said
        self.assertIn("does not percolate: no path through its solid cells joins the electrodes where "
                      "they touch", error)

    def test_refusals(self):
        for name, (changes, key, fragments) in REFUSED.items():
            with self.subTest(name):
                text = CaseText(changed(FILM, {**GRID, "anode.contact": {**SPOTS, **changes}}))
                directory = self.write_case(str(text))
                for command in ("check", "run"):
                    finished = self.run_program(command, directory, expect=2)
                    (error,) = finished.errors
                    self.assertIn(f"case.cfg:{text.line_of['anode.contact.' + key]}: ", error)
                    for fragment in fragments:
                        self.assertIn(fragment, error)
                self.assertFalse((directory / "results").exists())

    def test_warnings_and_check(self):
        directory = self.write_case(changed(FILM, {**GRID, "anode.contact":
                                    {"pattern": "strips", "fraction": 0.95, "size_um": 0.45}}))
        output = self.run_program("check", directory).stdout
        self.assertIn("touches on 0.95 of its area: strips of 0.475 um, 2 x 1", output)
        self.assertIn("leaves gaps of 0.025 um, narrower than a cell (0.0625 um)", output)
        directory = self.write_case(changed(FILM, {**GRID, "anode.contact":
                                    {"pattern": "discs", "fraction": 0.2, "size_um": 0.4}}))
        output = self.run_program("check", directory).stdout
        self.assertIn("is 0.5046 um so that whole ones fit: 1 x 1 on the film", output)

    def test_converge_knows_constriction_and_its_seed(self):
        directory = self.write_case(changed(SLAB, {"film.cells": [8, 8, 8], "anode.contact": SQUARES}))
        self.run_program("converge", directory, "--over", "realizations", "3")
        with open(directory / "results" / "realizations.csv", encoding="utf-8") as file:
            header, *rows = file.read().splitlines()
        self.assertIn("constriction", header)
        self.assertEqual(len({row.split(",", 2)[2] for row in rows}), 3)


if __name__ == "__main__":
    unittest.main()
