#!/usr/bin/python3
"""What `granulith run` computes and writes; every expected number is derived beside it."""
import math
import unittest
import xml.etree.ElementTree as xml

import h5py
import numpy as np

from program import FILM, SLAB, ProgramTest, Raw, changed, is_group

BOLTZMANN_EV = 8.617333262e-5  # eV/K
GLASS_CERAMIC = {"phases": [{"name": "glass", "conductivity_S_per_cm": 1e-5},
                            {"name": "crystal", "conductivity_S_per_cm": 1e-3}],
                 "boundaries": [{"between": ["glass", "crystal"], "resistance_ohm_cm2": 0.1},
                                {"between": ["crystal", "crystal"], "resistance_ohm_cm2": 0.2},
                                {"between": ["glass", "glass"], "resistance_ohm_cm2": 0.3}]}
BRICKS = {"generator": "bricks", "brick_um": [0.5, 0.5, 0.25]}

# DESIGN.md's results.json: a type, a tuple of types, or a dictionary of them
NUMBER = (int, float)
OR_NULL = (int, float, type(None))
SPREAD = {"max_over_mean": NUMBER, "p50": NUMBER, "p99": NUMBER, "p999": NUMBER}
RESULTS = {
    "schema": int, "hash": str, "command": str, "ranks": int, "case": dict,
    "program": {"name": str, "version": str, "git": str, "petsc": str},
    "microstructure": {"num_grains": int, "mean_grain_size_um": OR_NULL, "phase_fractions": dict,
                       "boundary_area_per_volume_per_um": NUMBER, "percolates": bool,
                       "contact": dict},
    "asr_ohm_cm2": {"total": NUMBER, "grains": dict, "boundaries": dict, "anode": NUMBER,
                    "cathode": NUMBER},
    "electrodes_ohm_cm2": {"anode": dict, "cathode": dict},
    "effective_conductivity_S_per_cm": NUMBER, "brick_layer_asr_ohm_cm2": OR_NULL,
    "constriction_ohm_cm2": OR_NULL,
    "error": {"algebraic_relative": NUMBER, "parts_relative": NUMBER,
              "current_balance_relative": NUMBER, "grid_relative": type(None),
              "parameters_relative": NUMBER},
    "current": {"anode": SPREAD, "middle": SPREAD, "cathode": SPREAD},
    "solve": {"cells": int, "iterations": int, "sweeps_equivalent": OR_NULL, "converged": bool,
              "seconds": dict, "peak_memory_bytes_per_cell": NUMBER},
    "warnings": list, "sources": list, "materials": dict, "electrodes": dict,
}


def slab_with(changes):
    return changed(SLAB, changes)


class Results(ProgramTest):
    def assert_shape(self, value, shape, path="results"):
        if is_group(shape):
            self.assertIsInstance(value, dict, path)
            for key, inner in shape.items():
                self.assertIn(key, value, path)
                self.assert_shape(value[key], inner, f"{path}.{key}")
        else:
            self.assertIsInstance(value, shape, path)
            if shape in (int, NUMBER):
                self.assertNotIsInstance(value, bool, path)

    def test_results_hold_every_member(self):
        results = self.solve(FILM)
        self.assert_shape(results, RESULTS)
        self.assertEqual(results["schema"], 1)
        self.assertEqual(results["solve"]["cells"], 12**3)
        self.assertEqual(set(results["asr_ohm_cm2"]),
                         {"total", "grains", "boundaries", "anode", "cathode"})
        self.assertEqual(results["microstructure"]["phase_fractions"].keys(), {"grain"})
        self.assert_adds_up(results)

    def test_values_are_echoed_with_their_origin(self):
        directory = self.write_case(FILM)
        self.run_program(directory, "--set", "film.lateral=insulating")
        case = self.results(directory)["case"]
        self.assertEqual(case["film"]["thickness_um"], {"value": 1.0, "from": "case.cfg:2"})
        self.assertEqual(case["film"]["grading_z"], {"value": 1.0, "from": "default"})
        self.assertEqual(case["structure"]["size_spread"]["from"], "default")
        self.assertEqual(case["conditions"]["temperature_C"], {"value": 25.0, "from": "default"})
        self.assertEqual(case["solver"]["balance_tolerance"], {"value": 1e-4, "from": "default"})
        self.assertEqual(case["output"]["fields"], {"value": True, "from": "default"})
        self.assertEqual(case["film"]["lateral"]["value"], "insulating")
        self.assertTrue(case["film"]["lateral"]["from"].startswith("--set"))

    def test_effective_conductivity(self):
        results = self.solve(FILM)
        asr = results["asr_ohm_cm2"]
        film = asr["total"] - asr["anode"] - asr["cathode"]
        self.assert_close(results["effective_conductivity_S_per_cm"], 1e-4 / film, 1e-9)

    def test_parameter_error_from_the_parts(self):
        """The square root of the sum of (part times uncertainty) squared, over the total."""
        results = self.solve(changed(FILM, {
            "phases.[0].uncertainty_relative": 0.3, "boundaries.[0].uncertainty_relative": 0.5,
            "anode.charge_transfer_uncertainty_relative": 0.2}))
        asr = results["asr_ohm_cm2"]
        expected = math.hypot(0.3 * asr["grains"]["grain"],
                              0.5 * asr["boundaries"]["grain|grain"],
                              0.2 * asr["anode"]) / asr["total"]
        self.assert_close(results["error"]["parameters_relative"], expected, 1e-9)

    def test_parts_are_derivatives(self):
        """A part is dASR/dln of its own resistance: centred difference, +-1 %. With matched faces but for
        the correction's own change with r, at four cells to a grain."""
        for kind, tolerance in ("stairs", 1e-3), ("matched", 2e-2):
            case = changed(FILM, {"solver": {"tolerance": 1e-9, "boundary_faces": kind},
                                  "output": {"fields": False}})
            part = self.solve(case)["asr_ohm_cm2"]["boundaries"]["grain|grain"]
            total = [self.solve(case, "--set", f"boundaries.[0].resistance_ohm_cm2={r}")
                     ["asr_ohm_cm2"]["total"] for r in (0.495, 0.505)]
            self.assert_close((total[1] - total[0]) / math.log(0.505 / 0.495), part, tolerance)

    def test_boundaries_matched_and_on_the_stairs(self):
        """Stairs have too much area, conduct too well, and say so."""
        matched, stairs = (self.solve(FILM, "--set", f"solver.boundary_faces={kind}")
                           for kind in ("matched", "stairs"))
        parts = [results["asr_ohm_cm2"]["boundaries"]["grain|grain"] for results in (matched, stairs)]
        self.assertGreater(parts[0], 1.05 * parts[1])
        self.assertIsNone(stairs["microstructure"]["facets"])
        facets = matched["microstructure"]["facets"]
        self.assertGreater(facets["num_seen"], 21)  # more than a face per grain
        self.assertLessEqual(facets["num_seen"], facets["num"])
        self.assertIn("stairs", " ".join(stairs["warnings"]))
        self.assertNotIn("stairs", " ".join(matched["warnings"]))

    def test_a_grid_too_coarse_for_its_grains_is_warned_of(self):
        results = self.solve(changed(FILM, {"structure.grain_size_um": 0.15}))
        self.assertGreater(results["microstructure"]["facets"]["coarse_area_share"], 0.05)
        self.assertIn("too coarse", " ".join(results["warnings"]))

    def test_brick_layer_of_one_phase_and_of_two(self):
        results = self.solve(FILM)
        size = results["microstructure"]["mean_grain_size_um"]
        asr = results["asr_ohm_cm2"]  # L/sigma = 1 Ohm cm2; electrodes as resolved
        expected = 1.0 + (1.0 / size - 1) * 0.5 + asr["anode"] + asr["cathode"]
        self.assert_close(results["brick_layer_asr_ohm_cm2"], expected, 1e-6)
        results = self.solve(changed(FILM, {
            "structure": {"generator": "crystallites", "fraction": 0.2, "diameter_um": 0.4},
            **GLASS_CERAMIC}))
        self.assertIsNone(results["brick_layer_asr_ohm_cm2"])


class Exact(ProgramTest):
    """Cases with an answer on paper."""

    def test_uniform_slab(self):
        results = self.solve(SLAB)
        asr = results["asr_ohm_cm2"]
        # 1e-4 cm / 1e-6 S/cm
        self.assert_close(asr["total"], 105.0, 1e-6)
        self.assert_close(asr["grains"]["glass"], 100.0, 1e-6)
        self.assert_close(asr["anode"], 2.0, 1e-6)
        self.assert_close(asr["cathode"], 3.0, 1e-6)
        self.assert_close(results["effective_conductivity_S_per_cm"], 1e-6, 1e-6)
        self.assert_close(results["current"]["middle"]["max_over_mean"], 1.0, 1e-6)
        self.assertTrue(results["microstructure"]["percolates"])

    def test_graded_slab_with_insulating_sides(self):
        results = self.solve(slab_with({"film.grading_z": 10.0, "film.lateral": "insulating"}))
        self.assert_close(results["asr_ohm_cm2"]["total"], 105.0, 1e-6)

    def test_conductivity_along_z_counts(self):
        results = self.solve(slab_with({"phases.[0].conductivity_S_per_cm": None,
                                        "phases.[0].conductivity_diagonal_S_per_cm":
                                        [1e-3, 1e-4, 1e-6]}))
        self.assert_close(results["asr_ohm_cm2"]["total"], 105.0, 1e-6)

    def test_bricks(self):
        # four courses: 1e-4/1e-4 + 3 boundaries of 0.5 + 5; those along the current carry none
        results = self.solve(changed(FILM, {"structure": BRICKS}))
        asr = results["asr_ohm_cm2"]
        self.assert_close(asr["boundaries"]["grain|grain"], 1.5, 1e-6)
        self.assert_close(asr["total"], 7.5, 1e-6)
        self.assert_close(results["brick_layer_asr_ohm_cm2"], 7.5, 1e-6)
        self.assertEqual(results["microstructure"]["num_grains"], 2 * 2 * 4)

    def test_planes(self):
        results = self.solve(changed(FILM, {"structure": {"generator": "planes", "planes": [
            {"at_um": 0.25}, {"at_um": 0.5}]}}))
        self.assert_close(results["asr_ohm_cm2"]["total"], 1.0 + 2 * 0.5 + 5.0, 1e-6)
        self.assertEqual(results["microstructure"]["num_grains"], 3)

    def test_columns_do_not_see_boundaries(self):
        # the current is parallel to every boundary: an upright column is a slab
        results = self.solve(changed(FILM, {"structure.generator": "columnar"}))
        self.assert_close(results["asr_ohm_cm2"]["total"], 6.0, 1e-6)

    def test_arrhenius(self):
        """sigma T = const exp(-E/kT): at 80 C against 25 C; and without the factor T."""
        t, t0 = 353.15, 298.15
        factor = math.exp(-0.5 / BOLTZMANN_EV * (1 / t - 1 / t0))
        directory = self.write_case(slab_with({"phases.[0].activation_energy_eV": 0.5}))
        for form, expected in (("sigma_T", factor * t0 / t), ("sigma", factor)):
            self.run_program(directory, "--set", "conditions.temperature_C=80",
                             "--set", f"phases.glass.arrhenius={form}")
            asr = self.results(directory)["asr_ohm_cm2"]
            self.assert_close(asr["grains"]["glass"], 100.0 / expected, 1e-5)
            self.assert_close(asr["anode"], 2.0, 1e-6)  # has no activation energy

    def test_no_activation_energy_is_a_warning(self):
        results = self.solve(slab_with({"conditions": {"temperature_C": 80.0}}))
        self.assert_close(results["asr_ohm_cm2"]["total"], 105.0, 1e-6)
        self.assertTrue(any("activation_energy_eV" in w for w in results["warnings"]))

    def test_electrode_layer_thin_and_resolved(self):
        # 10 nm of 1e-7 S/cm: 1e-6 cm / 1e-7 S/cm = 10 Ohm cm2
        layer = {"name": "skin", "conductivity_S_per_cm": 1e-7, "thickness_nm": 10.0}
        for resolve in False, True:
            results = self.solve(slab_with({"anode.layers": [{**layer, "resolve": resolve}]}))
            self.assert_close(results["asr_ohm_cm2"]["total"], 115.0, 1e-6, f"resolve {resolve}")
            self.assert_close(results["asr_ohm_cm2"]["anode"], 12.0, 1e-6)
            electrode = results["electrodes_ohm_cm2"]["anode"]
            self.assert_close(electrode["skin"], 10.0, 1e-6)
            self.assert_close(electrode["charge_transfer"], 2.0, 1e-6)
            self.assert_adds_up(results)
            self.assertEqual(results["solve"]["cells"] > 4 * 4 * 8, resolve)

    def test_current_scales_fields_only(self):
        one = self.solve(SLAB, name="one")
        ten = self.solve(slab_with({"conditions": {"current_density_mA_per_cm2": 10.0}}),
                         name="ten")
        self.assert_close(ten["asr_ohm_cm2"]["total"], one["asr_ohm_cm2"]["total"], 1e-9)
        rows = self.table(self.place / "ten" / "results" / "profile.csv")
        self.assert_close(rows[0]["mean_current_density_mA_per_cm2"], 10.0, 1e-6)


class Input(ProgramTest):
    """Ways to say the same thing."""

    def total(self, case, *arguments, **files):
        return self.solve(case, *arguments, **files)["asr_ohm_cm2"]["total"]

    def test_integers_and_brackets(self):
        for thickness, width, cells in ((Raw("1"), Raw("[1, 1]"), Raw("(4, 4, 8)")),
                                        (Raw("1.0"), Raw("(1.0, 1)"), Raw("[4, 4, 8]")),
                                        (Raw("1e0"), Raw("(1, 1.0)"), Raw("[4L, 4L, 8L]"))):
            case = slab_with({"film": {"thickness_um": thickness, "width_um": width,
                                       "cells": cells}})
            self.assert_close(self.total(case), 105.0, 1e-6)

    def test_set(self):
        self.assert_close(self.total(SLAB, "--set", "film.thickness_um=2"), 205.0, 1e-6)
        # the last word counts
        self.assert_close(self.total(SLAB, "--set", "film.thickness_um=2",
                                     "--set=film.thickness_um=3"), 305.0, 1e-6)
        self.assert_close(self.total(SLAB, "--set", "phases.glass.conductivity_S_per_cm=1e-5"),
                          15.0, 1e-6)
        self.assert_close(self.total(SLAB, "--set", "phases.[0].conductivity_S_per_cm=1e-5"),
                          15.0, 1e-6)
        self.assert_close(self.total(SLAB, "--set", "film.cells=[2,2,2]"), 105.0, 1e-6)

    def test_set_of_a_material(self):
        material = ("conductivity_S_per_cm = {};\n"
                    'references = ( {{ what = "all"; source = "made up"; }} );\n')
        case = slab_with({"phases": [{"name": "glass", "material": "a"}]})
        files = {"a.cfg": material.format("1e-6"), "b.cfg": material.format("1e-5")}
        results = self.solve(case, "--set", "phases.glass.material=b", **files)
        self.assert_close(results["asr_ohm_cm2"]["total"], 15.0, 1e-6)
        self.assertEqual(results["sources"], ["made up"])
        self.assertEqual(["b"], list(results["materials"]))
        self.assertEqual({"value": 1e-5, "from": "b.cfg:1"},
                         results["materials"]["b"]["conductivity_S_per_cm"])
        self.assert_close(self.total(case, **files), 105.0, 1e-6)

    def test_include(self):
        directory = self.write_case('@include "base.cfg"\ncathode: { charge_transfer_ohm_cm2 = 4; '
                                    '};\n')
        base = self.write_case(slab_with({"cathode": None}), "other") / "case.cfg"
        (directory / "base.cfg").write_text(base.read_text())
        self.run_program(directory)
        self.assert_close(self.results(directory)["asr_ohm_cm2"]["total"], 106.0, 1e-6)
        origin = self.results(directory)["case"]["film"]["thickness_um"]["from"]
        self.assertEqual(origin, "base.cfg:2")


class Files(ProgramTest):
    """Files that a case names."""

    def test_boundaries_file(self):
        bricks = changed(FILM, {"structure": {"generator": "bricks", "brick_um": [1.0, 1.0, 0.5]},
                                "boundaries_file": "list.csv"})
        results = self.solve(bricks, list_csv="grain_a,grain_b,resistance_ohm_cm2\n2,1,7.0\n")
        self.assert_close(results["asr_ohm_cm2"]["total"], 1.0 + 7.0 + 5.0, 1e-6)
        self.assert_close(results["asr_ohm_cm2"]["boundaries"]["grain|grain"], 7.0, 1e-6)

    def test_boundaries_file_with_every_pair_is_a_uniform_resistance(self):
        plain = self.solve(FILM)
        n = plain["microstructure"]["num_grains"]
        rows = "".join(f"{a},{b},0.8\n" for a in range(1, n + 1) for b in range(a + 1, n + 1))
        listed = self.solve(changed(FILM, {"boundaries_file": "list.csv"}),
                            list_csv="grain_a,grain_b,resistance_ohm_cm2\n" + rows)
        uniform = self.solve(FILM, "--set", "boundaries.[0].resistance_ohm_cm2=0.8")
        self.assert_close(listed["asr_ohm_cm2"]["total"], uniform["asr_ohm_cm2"]["total"], 2e-6)
        self.assertGreater(listed["asr_ohm_cm2"]["total"], plain["asr_ohm_cm2"]["total"])

    def test_grain_resistance_file(self):
        case = changed(FILM, {"structure": {"generator": "bricks", "brick_um": [0.5, 1.0, 1.0]},
                              "anode.grain_resistance_file": "list.csv",
                              "phases.[0].conductivity_S_per_cm": 1e-4, "boundaries": None})
        every = self.solve(case, list_csv="grain,resistance_ohm_cm2\n1,5.0\n2,5.0\n")
        self.assert_close(every["asr_ohm_cm2"]["total"], 1.0 + 5.0 + 3.0, 1e-6)
        one = self.solve(case, list_csv="grain,resistance_ohm_cm2\n1,5.0\n")["asr_ohm_cm2"]["total"]
        # between all current spread evenly and none crossing from one half to the other
        even = 1.0 + 3.0 + 1 / (0.5 / 5.0 + 0.5 / 2.0)
        apart = 1 / (0.5 / 9.0 + 0.5 / 6.0)
        self.assertTrue(even < one < apart, (even, one, apart))

    def test_seeds_file(self):
        # two seeds above one another, a plane half-way between: 1 + 0.5 + 5
        case = changed(FILM, {"structure.grain_size_um": None, "structure.seeds_file": "list.csv"})
        header = "x_um,y_um,z_um,weight_um2"
        results = self.solve(case, list_csv=header + "\n# comment\n0.5,0.5,0.25,0\n\n"
                             "0.5,0.5,0.75,0\n")
        self.assert_close(results["asr_ohm_cm2"]["total"], 6.5, 1e-6)
        # |z - 0.25|^2 - w = |z - 0.75|^2 at z = 0.5 + w: with w = 0.25 um2 at 0.75; upper phase ten
        # times less conducting: 0.75 + 0.25 * 10 + 5, boundaries between the two have nothing
        case["phases"].append({"name": "poor", "conductivity_S_per_cm": 1e-5})
        results = self.solve(case, list_csv=header + ",phase\n0.5,0.5,0.25,0.25,grain\n"
                             "0.5,0.5,0.75,0,poor\n")
        self.assert_close(results["asr_ohm_cm2"]["total"], 0.75 + 2.5 + 5.0, 1e-6)
        self.assert_close(results["microstructure"]["phase_fractions"]["poor"], 0.25, 1e-9)

    def test_spheres_file(self):
        case = changed(FILM, {"structure": {"generator": "crystallites",
                                            "spheres_file": "list.csv"},
                              "film.cells": [24, 24, 24], **GLASS_CERAMIC})
        results = self.solve(case, list_csv="x_um,y_um,z_um,radius_um\n0.5,0.5,0.5,0.4\n")
        self.assertEqual(results["microstructure"]["num_grains"], 2)
        self.assert_close(results["microstructure"]["phase_fractions"]["crystal"],
                          4 / 3 * math.pi * 0.4**3, 0.02)
        self.assert_adds_up(results)


class Generators(ProgramTest):
    """Each runs end to end; the structure itself is tested in tests/unit."""

    def check(self, changes, grains_at_least=2):
        results = self.solve(changed(FILM, {"film.cells": [16, 16, 16], **changes}))
        self.assertTrue(results["solve"]["converged"])
        self.assertLess(results["error"]["algebraic_relative"], 1e-6)
        self.assertLess(results["error"]["current_balance_relative"], 1e-4)
        self.assert_adds_up(results)
        self.assertGreaterEqual(results["microstructure"]["num_grains"], grains_at_least)
        return results

    def test_crystallites(self):
        results = self.check({"structure": {"generator": "crystallites", "fraction": 0.2,
                                            "diameter_um": 0.4}, **GLASS_CERAMIC})
        fractions = results["microstructure"]["phase_fractions"]
        self.assert_close(fractions["crystal"], 0.2, 0.1)
        # crystals conduct better: below the glass alone (10 + 5), above the parallel bound
        self.assertLess(results["asr_ohm_cm2"]["total"], 15.0)
        self.assertGreater(results["asr_ohm_cm2"]["total"], 5.0 + 1e-4 / (0.8e-5 + 0.2e-3))

    def test_pores(self):
        dense = self.check({})["asr_ohm_cm2"]["total"]
        results = self.check({"structure.pores": {"fraction": 0.15, "diameter_um": 0.4}})
        fractions = results["microstructure"]["phase_fractions"]
        solid = sum(v for k, v in fractions.items() if k != "void")
        self.assertAlmostEqual(solid, 0.85, delta=0.03)
        self.assertGreater(results["asr_ohm_cm2"]["total"], dense)

    def test_columnar(self):
        results = self.check({"structure.generator": "columnar"})
        self.assert_close(results["asr_ohm_cm2"]["total"], 6.0, 1e-6)

    def test_staggered_bricks(self):
        results = self.check({"structure": {**BRICKS, "staggered": True}})
        self.assert_close(results["asr_ohm_cm2"]["total"], 7.5, 0.5)

    def test_single_crystal(self):
        results = self.check({"structure": {"generator": "single_crystal"}, "boundaries": None}, 1)
        self.assert_close(results["asr_ohm_cm2"]["total"], 6.0, 1e-6)

    def test_elongated_grains_of_one_size(self):
        self.check({"structure.aspect": 2.0, "structure.size_spread": 0.0,
                    "structure.periodic_z": True})

    def test_phase_fractions(self):
        results = self.check({"structure.phase_fractions": [{"phase": "crystal", "fraction": 0.3}],
                              "structure.grain_size_um": 0.25, **GLASS_CERAMIC})
        self.assertAlmostEqual(results["microstructure"]["phase_fractions"]["crystal"], 0.3,
                               delta=0.08)
        self.assertEqual(set(results["asr_ohm_cm2"]["boundaries"]),
                         {"glass|glass", "glass|crystal", "crystal|crystal"})

    def test_lognormal_boundaries(self):
        even = self.check({})["asr_ohm_cm2"]
        spread = self.check({"boundaries.[0].lognormal_spread": 1.0})["asr_ohm_cm2"]
        self.assertNotAlmostEqual(spread["total"], even["total"], delta=1e-3)

    def test_polycrystal_between_the_bounds(self):
        asr = self.check({})["asr_ohm_cm2"]
        self.assertGreater(asr["total"], 6.0)  # boundaries resist
        self.assert_close(asr["grains"]["grain"], 1.0, 0.3)


class Fit(ProgramTest):
    def test_fit_reaches_the_measured_total(self):
        case = changed(FILM, {"boundaries": [{"between": ["grain", "grain"], "fit": True,
                                              "total_conductivity_S_per_cm": 4e-5}]})
        results = self.solve(case)
        self.assert_close(results["effective_conductivity_S_per_cm"], 4e-5, 1e-4)
        fit = results["fit"]["grain|grain"]
        self.assertEqual(fit["method"], "fit")
        # the resistance it found, given as such, is the same film
        again = self.solve(FILM, "--set",
                           f"boundaries.[0].resistance_ohm_cm2={fit['resistance_ohm_cm2']:.15g}")
        self.assert_close(again["asr_ohm_cm2"]["total"], results["asr_ohm_cm2"]["total"], 2e-6)

    def test_brick_layer_without_fit(self):
        # bricks are the brick layer's own structure: 1e-4 cm / 4e-5 S/cm = 2.5 = 1 + 3 r, r = 0.5
        case = changed(FILM, {"structure": BRICKS, "boundaries": [
            {"between": ["grain", "grain"], "total_conductivity_S_per_cm": 4e-5}]})
        results = self.solve(case)
        self.assert_close(results["fit"]["grain|grain"]["resistance_ohm_cm2"], 0.5, 1e-9)
        self.assertEqual(results["fit"]["grain|grain"]["method"], "brick layer")
        self.assert_close(results["effective_conductivity_S_per_cm"], 4e-5, 1e-6)
        self.assertTrue(any("brick" in w for w in results["warnings"]))


class Output(ProgramTest):
    def test_output_for_one_case_and_for_several(self):
        a, b = self.write_case(SLAB, "a"), self.write_case(SLAB, "b")
        self.run_program(a, "--output", "here")
        self.assertTrue((self.place / "here" / "results.json").exists())
        self.run_program("run", a, b, "--output=there/deep")
        for name in "a", "b":
            self.assertTrue((self.place / "there" / "deep" / name / "results.json").exists())
        self.assertEqual(self.files_below(a), ["case.cfg"])  # the case stays as it was

    def test_files_written(self):
        directory = self.write_case(SLAB)
        self.run_program(directory)
        names = ["fields.h5", "fields.xdmf", "profile.csv", "results.json", "run.log"]
        self.assertEqual(self.files_below(directory / "results"), names)
        # without fields those of the run before go
        self.run_program(directory, "--set", "output.fields=false")
        self.assertEqual(self.files_below(directory / "results"), names[2:])

    def test_quiet(self):
        directory = self.write_case(SLAB)
        finished = self.run_program(directory, "--quiet")
        self.assertEqual(finished.stdout + finished.stderr, "")
        self.assertIn("ASR 105", (directory / "results" / "run.log").read_text())

    def test_plain_lines_where_there_is_no_terminal(self):
        directory = self.write_case(FILM)
        for ranks in 1, 2:
            finished = self.run_program(directory, ranks=ranks)
            for mark in "\r", "\033":
                self.assertNotIn(mark, finished.stdout.replace("\r\n", "\n"))

    def test_run_log_says_what_the_terminal_said(self):
        directory = self.write_case(FILM)
        finished = self.run_program(directory, "--set", "solver.boundary_faces=stairs")
        log = (directory / "results" / "run.log").read_text().strip()
        self.assertTrue(finished.stdout.strip().startswith(log), (log, finished.stdout))
        for word in "12 x 12 x 12 cells", "ASR", "iterations", "warning":
            self.assertIn(word, finished.stdout)

    def test_unconverged(self):
        self.solve(FILM, "--set", "solver.max_iterations=2147483647")  # nothing is made that large
        results = self.solve(FILM, "--set", "solver.max_iterations=1", expect=3)
        self.assertIsNone(results["error"]["algebraic_relative"])  # one step tells nothing
        self.assertIsNone(results["error"]["parts_relative"])
        self.assertFalse(results["solve"]["converged"])
        self.assertEqual(results["solve"]["iterations"], 1)
        finished = self.run_program("run", "case", "--set", "solver.max_iterations=1", expect=3)
        self.assertIn("not converged", finished.errors[0])
        self.assertIn("not converged", (self.place / "case/results/run.log").read_text())

    def test_converged_means_within_the_tolerance(self):
        """Also with a preconditioner that hardly helps."""
        case = changed(FILM, {"solver": {"tolerance": 1e-9}, "output": {"fields": False}})
        exact = self.solve(case)["asr_ohm_cm2"]["total"]
        results = self.solve(FILM, "-pc_type", "jacobi")
        self.assertLess(results["error"]["algebraic_relative"], 1e-6)
        self.assert_close(results["asr_ohm_cm2"]["total"], exact, 1e-6)
        # a slab is solved to rounding before the error estimate has anything to go by
        results = self.solve(SLAB, "-pc_type", "jacobi")
        self.assert_close(results["asr_ohm_cm2"]["total"], 105.0, 1e-6)
        self.assertLess(results["error"]["algebraic_relative"], 1e-6)

    def test_several_cases_the_worst_status_counts(self):
        good = self.write_case(SLAB, "good")
        bad = self.write_case(changed(FILM, {"solver": {"max_iterations": 1}}), "bad")
        self.run_program("run", bad, good, expect=3)
        self.assertTrue(self.results(good)["solve"]["converged"])

    def test_a_bad_case_among_several_stops_before_the_first(self):
        good = self.write_case(SLAB, "good")
        bad = self.write_case(changed(SLAB, {"film.thickness_um": -1.0}), "bad")
        self.run_program("run", good, bad, expect=2)
        self.assertEqual(self.files_below(good), ["case.cfg"])

    def test_petsc_options_pass_through(self):
        directory = self.write_case(SLAB)
        self.assertIn("KSP Residual norm", self.run_program(directory, "-ksp_monitor").stdout)
        log = self.run_program("-log_view", directory).stdout
        for stage in ("Mesh", "Faces", "Setup", "Solve", "Report"):
            self.assertRegex(log, rf"\d: +{stage}: ")
        for event in ("FacesCompute", "AsrCompute", "CGResidual", "CGDirection", "CGStep",
                      "GrainMGSetUp", "GrainMGCells", "GrainMGLastSetUp", "GrainMGApply",
                      "GrainMGDown", "GrainMGLevels", "GrainMGUp", "GrainMGLast", "GrainMGStart",
                      "GrainMGRounding"):
            self.assertRegex(log, rf"(?m)^{event} +[1-9]")


class Fields(ProgramTest):
    # cells unlike in every direction, so that no two axes can be confused
    CASE = changed(FILM, {"film": {"thickness_um": 1.0, "width_um": [2.0, 0.5],
                                   "cells": [16, 6, 10]},
                          "structure.grain_size_um": 0.3})

    def test_fields_that_cannot_be_written_are_the_users_to_mend(self):
        case = self.write_case(self.CASE)
        (case / "results" / "fields.h5.part").mkdir(parents=True)  # stands in HDF5's way
        finished = self.run_program("run", case, expect=4)
        self.assertEqual(len(finished.errors), 1, finished)
        self.assertIn("fields.h5 cannot be written", finished.errors[0])
        self.assertEqual(self.files_below(case), ["case.cfg"])

    def test_fields(self):
        self.solve(self.CASE)
        with h5py.File(self.place / "case" / "results" / "fields.h5") as fields:
            shapes = {"potential": (10, 6, 16), "grain": (10, 6, 16), "phase": (10, 6, 16),
                      "dissipation": (10, 6, 16), "current_density": (10, 6, 16, 3),
                      "x_um": (17,), "y_um": (7,), "z_um": (11,)}
            units = {"potential": "V", "current_density": "mA/cm2", "x_um": "um", "y_um": "um",
                     "z_um": "um", "dissipation": "W/cm3"}
            for name, shape in shapes.items():
                self.assertEqual(fields[name].shape, shape, name)
            for name, unit in units.items():
                found = fields[name].attrs["units"]
                self.assertEqual(found.decode() if isinstance(found, bytes) else found, unit, name)
            for axis, end in ("x", 2.0), ("y", 0.5), ("z", 1.0):
                edges = fields[f"{axis}_um"][:]
                self.assertAlmostEqual(edges[0], 0.0)
                self.assertAlmostEqual(edges[-1], end, places=6)
                self.assertTrue((np.diff(edges) > 0).all())
            self.assertEqual(set(np.unique(fields["phase"])), {1})
            self.assertGreaterEqual(fields["grain"][:].min(), 1)
            # 1 mA/cm2 flows from anode to cathode in every layer
            current = fields["current_density"][..., 2].mean(axis=(1, 2))
            np.testing.assert_allclose(current, 1.0, rtol=1e-3)
            mean = fields["potential"][:].mean(axis=(1, 2))
            self.assertTrue((np.diff(mean) < 0).all())

    def test_dissipation_is_all_of_the_loss(self):
        """Its integral is current squared times resistance: boundaries and electrodes are in it."""
        results = self.solve(self.CASE)
        with h5py.File(self.place / "case" / "results" / "fields.h5") as fields:
            edges = [fields[f"{axis}_um"][:] * 1e-6 for axis in "zyx"]
            volumes = np.einsum("i,j,k->ijk", *[np.diff(e) for e in edges])
            watts = (fields["dissipation"][:] * 1e6 * volumes).sum()  # W/cm3 to W/m3
        area = 2e-6 * 0.5e-6
        # 1 mA/cm2 = 10 A/m2; Ohm cm2 = 1e-4 Ohm m2
        expected = results["asr_ohm_cm2"]["total"] * 1e-4 * 10.0**2 * area
        self.assert_close(watts, expected, 1e-5)

    def test_xdmf_names_datasets_that_exist(self):
        directory = self.write_case(self.CASE)
        self.run_program(directory)
        self.run_program("mesh", directory)
        for name, count in (("fields", 8), ("labels", 5)):
            items = list(xml.parse(directory / "results" / f"{name}.xdmf").iter("DataItem"))
            self.assertGreaterEqual(len(items), count, name)
            for item in items:
                file, dataset = item.text.strip().split(":")
                with h5py.File(directory / "results" / file) as h5:
                    shape = tuple(map(int, item.get("Dimensions").split()))
                    self.assertEqual(h5[dataset].shape, shape, dataset)
                    self.assertEqual(h5[dataset].dtype.itemsize, int(item.get("Precision", 4)))

    def test_profile(self):
        results = self.solve(self.CASE)
        rows = self.table(self.place / "case" / "results" / "profile.csv")
        self.assertEqual(len(rows), 10)
        z = [row["z_um"] for row in rows]
        np.testing.assert_allclose(z, np.arange(10) / 10 + 0.05, atol=1e-9)
        potential = [row["mean_potential_V"] for row in rows]
        self.assertTrue((np.diff(potential) < 0).all())
        # within the voltage loss, 1 mA/cm2 times the ASR
        loss = results["asr_ohm_cm2"]["total"] * 1e-3
        self.assertTrue(0 < potential[-1] < potential[0] < loss)
        balance = max(results["error"]["current_balance_relative"], 1e-8)
        current = np.array([row["mean_current_density_mA_per_cm2"] for row in rows])
        self.assertLess(np.ptp(current), 10 * max(balance, 1e-6))
        np.testing.assert_allclose(current, 1.0, rtol=1e-4)
        self.assertTrue(all(row["conducting_fraction"] == 1 for row in rows))

    def test_profile_of_a_slab_is_a_straight_line(self):
        self.solve(SLAB)
        rows = self.table(self.place / "case" / "results" / "profile.csv")
        for row in rows:  # 2 at the anode, 100 over the film, 3 at the cathode; 1 mA/cm2
            self.assert_close(row["mean_potential_V"],
                              (3.0 + 100.0 * (1 - row["z_um"])) * 1e-3, 1e-6)
            self.assertAlmostEqual(row["current_std_over_mean"], 0.0, places=6)


class Mesh(ProgramTest):
    def test_mesh(self):
        directory = self.write_case(FILM)
        finished = self.run_program("mesh", directory)
        self.assertIn("grains", finished.stdout)
        self.assertEqual(self.files_below(directory / "results"),
                         ["labels.h5", "labels.xdmf", "statistics.json"])
        with h5py.File(directory / "results" / "labels.h5") as labels:
            self.assertEqual(labels["grain"].shape, (12, 12, 12))


if __name__ == "__main__":
    unittest.main()
