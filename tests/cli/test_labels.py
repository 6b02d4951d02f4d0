#!/usr/bin/python3
"""Images of labels, written by NumPy: exact answers, any type and order, and what is refused."""
import struct
import unittest

import h5py
import numpy as np

from program import FILM, CaseText, ProgramTest, changed

LABELS = {"structure": {"generator": "labels", "file": "image.npy"},
          "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"},
          "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "lateral": "periodic"}}
IMAGE = changed(FILM, LABELS)
TWO_PHASES = {"phases": [{"name": "a", "conductivity_S_per_cm": 1e-4},
                         {"name": "b", "conductivity_S_per_cm": 1e-5}],
              "boundaries": [{"between": ["a", "b"], "resistance_ohm_cm2": 0.5}]}


def bricks(cells, brick):
    """Bricks of so many cells each, as generator bricks numbers them: x fastest."""
    z, y, x = np.indices(cells[::-1])
    nx, ny = cells[0] // brick[0], cells[1] // brick[1]
    return 1 + x // brick[0] + nx * (y // brick[1] + ny * (z // brick[2]))


def npy(header, data=b"", version=1):
    """A file with any header text, aligned as NumPy does."""
    text = header.encode("latin1")
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text + data


def header(descr="'<i4'", shape="(2, 2, 2)", order="False"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


CUBE = np.ones((2, 2, 2), "<i4").tobytes()

# what is wrong with a file: its bytes, what must be said
BAD_FILES = {
    "an empty file": (b"", ["no .npy file"]),
    "another format": (b"PK\x03\x04 a zipped archive", ["no .npy file", "numpy.save"]),
    "a later version": (npy(header(), CUBE, 9), ["version 9.0", "3.0"]),
    "a header cut short": (npy(header())[:50], ["cut short", "50 bytes"]),
    "a header of 4 GB": (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + CUBE, ["cut short", "65536"]),
    "elements cut short": (npy(header(), CUBE[:-1]), ["31 bytes", "(2, 2, 2)", "32"]),
    "elements too many": (npy(header(), CUBE + b"x"), ["33 bytes", "32"]),
    "a header of control characters": (npy("\x00\x1b[2J{}", CUBE), ["header", "??[2J{}"]),
    "a header that is no dictionary": (npy("[1, 2, 3]", CUBE), ["header", "[1, 2, 3]", "'descr'"]),
    "a header without shape": (npy("{'descr': '<i4', 'fortran_order': False}", CUBE), ["header"]),
    "a header that never ends": (npy("{'descr': '<i4', 'shape': (2, ", CUBE), ["header"]),
    "a header of an unknown key": (npy("{'colour': '<i4'}", CUBE), ["header", "colour"]),
    "an order that is neither": (npy(header(order="None"), CUBE), ["header"]),
    "a shape of text": (npy(header(shape="('a', 'b')"), CUBE), ["header"]),
    "a shape of decimals": (npy(header(shape="(2.0, 2.0, 2.0)"), CUBE), ["header"]),
    "10^12 cells": (npy(header(shape="(10000, 10000, 10000)"), CUBE), ["32 bytes", "4000000000000"]),
    "sizes beyond any integer":
        (npy(header(shape="(99999999999999999999999, 1, 1)"), CUBE), ["from 1 to 1000000"]),
    "a negative size": (npy(header(shape="(-2, 2, 2)"), CUBE), ["2 x 2 x -2 voxels", "from 1"]),
    "two negative sizes": (npy(header(shape="(-2, -2, 2)"), CUBE), ["2 x -2 x -2 voxels", "from 1"]),
    "no cells": (npy(header(shape="(0, 2, 2)")), ["2 x 2 x 0 voxels", "from 1"]),
    "four dimensions": (npy(header(shape="(1, 2, 2, 2)"), CUBE), ["(1, 2, 2, 2)", "(nz, ny, nx)"]),
    "a single number": (npy(header(shape="()"), CUBE[:4]), ["()", "(nz, ny, nx)"]),
    "floats": (npy(header("'<f4'"), CUBE), ["<f4", "integers", "astype"]),
    "objects": (npy(header("'|O'"), CUBE), ["|O", "integers"]),
    "a structured type": (npy(header("[('a', '<i4')]"), CUBE), ["('a', '<i4')", "integers"]),
    "integers of 3 bytes": (npy(header("'<i3'"), CUBE), ["<i3", "1, 2, 4 or 8"]),
    "complex numbers": (npy(header("'<c8'"), CUBE), ["<c8", "integers"]),
}

# arrays that NumPy can write and no image has
BAD_ARRAYS = {
    "a negative label": (np.array([[[1, -7], [1, 2]]], "i2"), ["-7", "not be negative"]),
    "a label of 2^63": (np.array([[[1, 2**63], [1, 2]]], "u8"), [str(2**63), "below 2^63"]),
    "void only": (np.zeros((2, 2, 2), "u1"), ["void", "from 1"]),
}

# changes to the case, the key whose line is at fault, what is said
BAD_CASES = {
    "no file": ({"structure.file": None}, None, ["needs file"]),
    "a file that is not there": ({"structure.file": "no.npy"}, "structure.file", ["no.npy"]),
    "no width": ({"film.width_um": None}, "film", ["width_um", "missing"]),
    "no thickness": ({"film.thickness_um": None}, "film", ["thickness_um", "missing"]),
    "cells of several heights": ({"film.grading_z": 2.0}, "film.grading_z", ["must be 1"]),
    "labels of no phase":
        ({**TWO_PHASES, "structure.label_phases": [{"labels": [1, 1], "phase": "a"}]},
         "structure.label_phases.[0].labels", ["1 of the image's 2 labels", "the first is 3"]),
    "several phases and no ranges": (TWO_PHASES, None, ["2 of the image's 2 labels", "label_phases"]),
    "ranges that overlap":
        ({**TWO_PHASES, "structure.label_phases": [{"labels": [1, 3], "phase": "a"},
                                                   {"labels": [3, 9], "phase": "b"}]},
         "structure.label_phases.[1].labels", ["[3, 9]", "overlaps", "1 to 3"]),
    "a range from back to front":
        ({"structure.label_phases": [{"labels": [3, 1], "phase": "grain"}]},
         "structure.label_phases.[0].labels", ["[3, 1]", "in this order"]),
    "a range of decimals":
        ({"structure.label_phases": [{"labels": [1.0, 2.5], "phase": "grain"}]},
         "structure.label_phases.[0].labels", ["integers"]),
    "a range with void":
        ({"structure.label_phases": [{"labels": [0, 3], "phase": "grain"}]},
         "structure.label_phases.[0].labels", ["[0, 3]", "from 1"]),
    "a range of an unknown phase":
        ({"structure.label_phases": [{"labels": [1, 3], "phase": "glas"}]},
         "structure.label_phases.[0].phase", ["glas", "grain"]),
    "two ways to give phases":
        ({"structure.label_phases": [{"labels": [1, 3], "phase": "grain"}],
          "structure.phase_fractions": [{"phase": "grain", "fraction": 0.5}]},
         "structure.label_phases", ["phase_fractions"]),
}


class Labels(ProgramTest):
    def put(self, groups, image, name="case"):
        """A case and its image (an array, or bytes)."""
        directory = self.write_case(groups, name)
        if isinstance(image, bytes):
            (directory / "image.npy").write_bytes(image)
        else:
            np.save(directory / "image.npy", image)
        return directory

    def solve_image(self, groups, image, *arguments, ranks=1):
        directory = self.put(groups, image)
        self.run_program("run", directory, *arguments, ranks=ranks)
        return self.results(directory)

    def grains(self, groups, image, ranks=1):
        """Array (nz, ny, nx) of grains, and of phases, as `mesh` writes them."""
        directory = self.put(groups, image)
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()], file["phase"][()]

    def test_layers_by_hand(self):
        """4 layers: L/sigma = 1 Ohm cm2, 3 boundaries of 0.5, electrodes of 5."""
        image = np.repeat([7, 3, 7000000, 5], 2)[:, None, None] * np.ones((1, 3, 3), "i4")
        asr = self.solve_image(IMAGE, image)["asr_ohm_cm2"]
        self.assert_close(asr["total"], 1.0 + 1.5 + 5.0, 1e-12)
        self.assert_close(asr["boundaries"]["grain|grain"], 1.5, 1e-6)

    def test_bricks_as_the_generator_lays_them(self):
        size = {"film.cells": [12, 8, 12]}
        brick = {"generator": "bricks", "brick_um": [0.5, 0.5, 0.25]}
        made = self.solve(changed(FILM, {**size, "structure": brick, "boundaries.[0].lognormal_spread": 0.5}),
                          name="bricks")
        read = self.solve_image(changed(IMAGE, {"boundaries.[0].lognormal_spread": 0.5}),
                                bricks([12, 8, 12], [6, 4, 3]))
        self.assert_close(read["asr_ohm_cm2"]["total"], made["asr_ohm_cm2"]["total"], 1e-10)
        for key in "num_grains", "mean_grain_size_um", "boundary_area_per_volume_per_um":
            self.assert_close(read["microstructure"][key], made["microstructure"][key], 1e-12)

    def test_halved_cells_repeat_voxels(self):
        image = bricks([4, 4, 4], [2, 2, 2])
        grain, _ = self.grains(changed(IMAGE, {"film.cells": [8, 4, 12]}), image)
        expected = image.repeat(3, axis=0).repeat(2, axis=2)
        self.assertTrue(np.array_equal(grain, expected))

    def test_types_orders_and_versions(self):
        labels = np.random.default_rng(1).integers(0, 100, (5, 6, 7))
        expected = np.searchsorted(np.unique(np.append(labels, 0)), labels)
        for kind in "|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", \
                "<u8", ">u8":
            for order in "CF":
                with self.subTest(kind, order=order):
                    image = np.asarray(labels.astype(kind), order=order)
                    grain, _ = self.grains(IMAGE, image)
                    self.assertTrue(np.array_equal(grain, expected))
        for version in (1, 0), (2, 0), (3, 0):
            directory = self.put(IMAGE, b"")
            with open(directory / "image.npy", "wb") as file:
                np.lib.format.write_array(file, labels, version=version)
            self.run_program("mesh", directory)
            with h5py.File(directory / "results" / "labels.h5") as file:
                self.assertTrue(np.array_equal(file["grain"][()], expected))

    def test_booleans_are_void_and_one_grain(self):
        image = np.random.default_rng(2).random((5, 6, 7)) < 0.8
        grain, _ = self.grains(IMAGE, image)
        self.assertTrue(np.array_equal(grain, image))

    def test_sparse_labels_on_any_number_of_ranks(self):
        """Also where more grains than one rank sees: every voxel a label of its own, or void."""
        draw = np.random.default_rng(3)
        image = draw.permutation(np.arange(9 * 10 * 11, dtype="u8") * 2**53).reshape(9, 10, 11)
        expected = np.searchsorted(np.unique(image), image)
        for lateral in "periodic", "insulating":
            for order in "CF":
                case = changed(IMAGE, {"film.lateral": lateral})
                for ranks in 1, 2, 3, 4:
                    grain, _ = self.grains(case, np.asarray(image, order=order), ranks)
                    self.assertTrue(np.array_equal(grain, expected), f"{lateral} {order} {ranks}")

    def test_asr_on_any_number_of_ranks(self):
        image = np.random.default_rng(4).integers(0, 9, (8, 8, 8)).repeat(2, axis=0)
        first = self.solve_image(IMAGE, image)["asr_ohm_cm2"]["total"]
        for ranks in 2, 4:
            self.assert_close(self.solve_image(IMAGE, image, ranks=ranks)["asr_ohm_cm2"]["total"],
                              first, 1e-9)

    def test_label_phases(self):
        image = np.repeat([10, 4000000000], 4)[:, None, None] * np.ones((1, 2, 2), "u4")
        ranges = {"structure.label_phases": [{"labels": [1, 10], "phase": "b"},
                                             {"labels": [11.0, 4294967295.0], "phase": "a"}]}
        results = self.solve_image(changed(IMAGE, {**TWO_PHASES, **ranges}), image)
        self.assert_close(results["asr_ohm_cm2"]["grains"]["a"], 0.5, 1e-6)
        self.assert_close(results["asr_ohm_cm2"]["grains"]["b"], 5.0, 1e-6)
        self.assert_close(results["asr_ohm_cm2"]["boundaries"]["a|b"], 0.5, 1e-6)
        _, phase = self.grains(changed(IMAGE, {**TWO_PHASES, **ranges}), image)
        self.assertEqual([int(p) for p in phase[:, 0, 0]], [2] * 4 + [1] * 4)

    def test_a_section(self):
        """Shape (nz, nx): one cell thick. Half of the width is void, so everything doubles."""
        image = np.ones((6, 4), "u1")
        image[:, 2:] = 0
        results = self.solve_image(IMAGE, image)
        self.assertEqual(results["solve"]["cells"], 24)
        self.assert_close(results["asr_ohm_cm2"]["grains"]["grain"], 2.0, 1e-6)
        self.assert_close(results["asr_ohm_cm2"]["total"], 2 * (1.0 + 5.0), 1e-12)

    def test_dealt_phases_leave_void_alone(self):
        image = bricks([8, 8, 8], [1, 1, 1])
        image[:4] = 0
        case = changed(IMAGE, {**TWO_PHASES, "structure.phase_fractions": [{"phase": "b", "fraction": 0.25}]})
        _, phase = self.grains(case, image)
        self.assertAlmostEqual(np.mean(phase[4:] == 2), 0.25, delta=0.01)
        self.assertFalse(phase[:4].any())

    def test_what_is_assumed_is_said(self):
        image = bricks([4, 4, 4], [2, 2, 2])
        directory = self.put(changed(IMAGE, {"film.lateral": None, "solver": {"tolerance": 1e-6}}), image)
        output = self.run_program("check", directory)
        self.assertIn("insulating sides, 4 x 4 x 4 cells", output.stdout)
        self.run_program("run", directory)
        results = self.results(directory)
        self.assertEqual(results["case"]["film"]["lateral"], {"value": "insulating", "from": "default"})
        self.assertEqual(results["case"]["film"]["cells"], {"value": [4, 4, 4], "from": "image.npy"})
        said = " ".join(results["warnings"])
        self.assertIn('film.lateral: "insulating" is taken', said)
        self.put(IMAGE, image)
        self.run_program("run", directory)
        self.assertEqual(self.results(directory)["warnings"], [])

    def test_normals_are_estimated(self):
        """Two grains parted by a tilted plane, r = H/sigma: H/sigma + r cos; the stairs have cos + sin the area."""
        slope, size = 0.5, 24
        x, z = np.arange(size) + 0.5, np.arange(size)[:, None] + 0.5
        image = (1 + (z - 0.5137 * size > slope * (x - 0.5 * size)))[:, None, :] * np.ones((1, 2, 1), "i4")
        case = changed(IMAGE, {"film.width_um": [1.0, 2 / size], "film.lateral": "insulating", "solver": {"tolerance": 1e-10},
                               "boundaries": [{"between": ["grain", "grain"], "resistance_ohm_cm2": 1.0}]})
        results = self.solve_image(case, image, ranks=2)
        normals = {"estimated_area_share": 1.0, "unknown_area_share": 0.0, "fitted_area_share": 1.0}
        self.assertEqual(results["microstructure"]["normals"], normals)
        self.assertEqual(results["warnings"], [])
        with_ranks = results["asr_ohm_cm2"]["total"]
        self.assertAlmostEqual(with_ranks / self.solve_image(case, image)["asr_ohm_cm2"]["total"], 1, delta=1e-9)
        self.assertAlmostEqual(results["asr_ohm_cm2"]["boundaries"]["grain|grain"], np.cos(np.arctan(slope)), delta=0.01)
        stairs = changed(case, {"solver.boundary_faces": "stairs"})
        results = self.solve_image(stairs, image)
        self.assertIsNone(results["microstructure"]["normals"])
        self.assertLess(results["asr_ohm_cm2"]["total"] - 5, 0.95 * (with_ranks - 5))  # electrodes: 5

    def test_noise_has_no_normals(self):
        """Single voxels of other grains, and grains of one voxel each: solved, and said."""
        draw = np.random.default_rng(5)
        image = np.ones((8, 8, 8), "i4")
        image[2:6:2, 2:6:2, 2:6:2] = 1 + np.arange(8).reshape(2, 2, 2)
        case = changed(IMAGE, {"solver": {"tolerance": 1e-6},
                               "boundaries": [{"between": ["grain", "grain"], "resistance_ohm_cm2": 1.0}]})
        for noisy in image, draw.permutation(8 ** 3).reshape(8, 8, 8) + 1, draw.integers(0, 4, (8, 8, 8)):
            results = self.solve_image(case, noisy)
            self.assertGreater(results["asr_ohm_cm2"]["total"], 0)
            normals = results["microstructure"]["normals"]
            self.assertEqual(normals["estimated_area_share"] + normals["unknown_area_share"], 1)
            self.assertEqual(normals["fitted_area_share"], 0)
            if noisy is image:
                self.assertEqual(normals["unknown_area_share"], 1)
                self.assertIn("no normal is seen", " ".join(results["warnings"]))

    def test_a_boundary_from_the_total_waits_for_the_grains(self):
        total = {"boundaries": [{"between": ["grain", "grain"], "total_conductivity_S_per_cm": 5e-5}]}
        directory = self.put(changed(IMAGE, total), bricks([4, 4, 4], [2, 2, 2]))
        output = self.run_program("check", directory).stdout
        self.assertIn("grain|grain: from the total conductivity, once the grains are known", output)
        self.assertNotIn("nan", output)

    def test_converge(self):
        """Cells are halved, voxels repeat; coarser ones take the grain with most of their volume."""
        directory = self.put(IMAGE, bricks([8, 8, 8], [4, 4, 4]))
        self.run_program("converge", directory)
        self.assertTrue((directory / "results" / "convergence" / "16x16x16" / "results.json").exists())
        self.run_program("converge", directory, "--coarsen")
        self.assertTrue((directory / "results" / "convergence" / "4x4x4" / "results.json").exists())
        for over in ("realizations", "2"), ("width",):
            refused = self.run_program("converge", directory, "--over", *over, expect=2)
            self.assertIn("structure.file: gives one structure", refused.stderr)

    def test_what_mesh_writes_is_read_back(self):
        """Grains keep their numbers: a polycrystal with pores, saved as an image."""
        case = changed(FILM, {"structure.pores": {"fraction": 0.1, "diameter_um": 0.3}})
        directory = self.write_case(case, "made")
        self.run_program("mesh", directory, ranks=2)
        with h5py.File(directory / "results" / "labels.h5") as file:
            made = file["grain"][()]
        self.assertEqual(len(np.unique(made)), made.max() + 1, "every grain has a cell")
        for ranks in 1, 2:
            grain, _ = self.grains(IMAGE, made, ranks)
            self.assertEqual(grain.tobytes(), made.tobytes())

    def test_bad_files(self):
        for name, (content, fragments) in BAD_FILES.items():
            with self.subTest(name):
                self.refuse(self.put(IMAGE, content), "image.npy: ", fragments)

    def test_bad_arrays(self):
        for name, (array, fragments) in BAD_ARRAYS.items():
            for ranks in 1, 2:
                with self.subTest(name, ranks=ranks):
                    self.refuse(self.put(IMAGE, array), "image.npy: ", fragments, ranks)

    def test_bad_cases(self):
        image = np.ones((4, 4, 4), "i4")
        image[2:] = 3
        for name, (changes, key, fragments) in BAD_CASES.items():
            with self.subTest(name):
                groups = changed(IMAGE, changes)
                place = f"case.cfg:{CaseText(groups).line_of[key]}: " if key else "case.cfg"
                self.refuse(self.put(groups, image), place, fragments)

    def test_unknown_ending(self):
        directory = self.put(changed(IMAGE, {"structure.file": "image.jpg"}), np.ones((2, 2, 2), "i4"))
        (directory / "image.npy").rename(directory / "image.jpg")
        self.refuse(directory, "image.jpg: ", ["no known format", ".npy"])

    def refuse(self, directory, place, fragments, ranks=1):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, ranks=ranks, expect=2)
        (error,) = finished.errors
        self.assertTrue(error.startswith(f"granulith: error: {directory}/{place}"), error)
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
