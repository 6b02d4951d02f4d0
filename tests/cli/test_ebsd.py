#!/usr/bin/python3
"""EBSD maps, typed as OIM (.ang) and Channel 5 (.ctf) write them: grains, phases, and broken ones."""
import re
import unittest

import h5py
import numpy as np

from program import FILM, ProgramTest, changed

IMAGE = changed(FILM, {"structure": {"generator": "labels", "file": "map.ang"},
                       "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"},
                       "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "lateral": "periodic"}})
SYMMETRIES = {"cubic": (43, 11), "hexagonal": (62, 9), "tetragonal": (42, 5), "trigonal": (32, 7), "mmm": (22, 3)}


def ang(euler, phase=None, names=("LLZO",), symmetries=("cubic",), indexed=None, step=None):
    """Angles [deg] of shape (ny, nx, 3); phases from 1, or 0 in a map of one."""
    ny, nx = euler.shape[:2]
    step = step or (1 / nx, 1 / ny)  # [um]
    lines = ["# TEM_PIXperUM          1.000000", "# x-star                0.500000", "#"]
    for number, (name, symmetry) in enumerate(zip(names, symmetries), 1):
        lines += [f"# Phase {number}", f"# MaterialName  \t{name}", f"# Formula     \t{name}", "# Info \t\t",
                  f"# Symmetry              {SYMMETRIES[symmetry][0]}",
                  "# LatticeConstants      12.970 12.970 12.970  90.000  90.000  90.000", "# NumberFamilies        0",
                  "#"]
    lines += ["# GRID: SqrGrid", f"# XSTEP: {step[0]:.6f}", f"# YSTEP: {step[1]:.6f}", f"# NCOLS_ODD: {nx}",
              f"# NCOLS_EVEN: {nx}", f"# NROWS: {ny}", "#", "# OPERATOR: \tsomebody", "#"]
    for j in range(ny):
        for i in range(nx):
            angles = np.radians(euler[j, i])
            number = 0 if phase is None else phase[j, i]
            confidence = 0.9 if indexed is None or indexed[j, i] else -1.0
            lines.append("  ".join(f"{a:9.5f}" for a in angles) + f"  {i * step[0]:12.5f}  {j * step[1]:12.5f}"
                         f"  1234.5  {confidence:6.3f}  {number}  5678  0.500")
    return "\n".join(lines) + "\n"


def ctf(euler, phase=None, names=("LLZO",), symmetries=("cubic",), indexed=None, step=None, comma=False):
    ny, nx = euler.shape[:2]
    step = step or (1 / nx, 1 / ny)  # [um]
    lines = ["Channel Text File", "Prj\tC:\\maps\\film.cpr", "Author\t[Unknown]", "JobMode\tGrid", f"XCells\t{nx}",
             f"YCells\t{ny}", f"XStep\t{step[0]:.6g}", f"YStep\t{step[1]:.6g}", "AcqE1\t0", "AcqE2\t0", "AcqE3\t0",
             "Euler angles refer to Sample Coordinate system (CS0)!\tMag\t500\tCoverage\t100", f"Phases\t{len(names)}"]
    for name, symmetry in zip(names, symmetries):
        lines.append(f"12.970;12.970;12.970\t90;90;90\t{name}\t{SYMMETRIES[symmetry][1]}\t230\t\t\tsomebody")
    lines.append("Phase\tX\tY\tBands\tError\tEuler1\tEuler2\tEuler3\tMAD\tBC\tBS")
    for j in range(ny):
        for i in range(nx):
            number = 1 if phase is None else phase[j, i]
            if indexed is not None and not indexed[j, i]:
                number = 0
            angles = "\t".join(f"{a:.4f}" for a in euler[j, i])
            lines.append(f"{number}\t{i * step[0]:.4f}\t{j * step[1]:.4f}\t8\t0\t{angles}\t0.5\t120\t200")
    text = "\r\n".join(lines) + "\r\n"
    return text.replace(".", ",") if comma else text


WRITERS = {"map.ang": ang, "map.ctf": ctf}


def turned(angles, width=3):
    """Rows of a map [deg], each turned about z."""
    return np.array([[[a, 0, 0]] * width for a in angles], float)


GOOD = turned([0, 0, 40, 40], 2)

# a piece of the good map, what takes its place, what is said
BROKEN_ANG = {
    "a hexagonal grid": ("SqrGrid", "HexGrid", ["HexGrid", "square", "DREAM.3D"]),
    "no grid": ("# GRID: SqrGrid\n", "", ["lacks GRID"]),
    "no phase": ("# Phase 1\n# MaterialName  \tLLZO\n", "", ["lacks a phase"]),
    "a phase beyond all": ("# Phase 1\n", "# Phase 1000000000\n", ["from 1 to 1000"]),
    "negative columns": ("NCOLS_ODD: 2", "NCOLS_ODD: -2", ["above 0"]),
    "columns of text": ("NCOLS_ODD: 2", "NCOLS_ODD: two", ["above 0", "two"]),
    "half a column": ("NCOLS_ODD: 2", "NCOLS_ODD: 2.5", ["integer"]),
    "10^12 points": ("# NCOLS_ODD: 2\n# NCOLS_EVEN: 2\n# NROWS: 4", "# NCOLS_ODD: 1000000\n# NROWS: 1000000",
                     ["rows have 2 points", "has 1000000"]),
    "more columns than there are": ("NCOLS_ODD: 2", "NCOLS_ODD: 3", ["rows have 2 points", "the header has 3"]),
    "fewer rows than there are": ("NROWS: 4", "NROWS: 3", ["ends after 4 rows", "the header has 3"]),
    "more rows than there are": ("NROWS: 4", "NROWS: 5", ["ends after 4 rows", "the header has 5"]),
    "another step": ("YSTEP: 0.250000", "YSTEP: 0.300000", ["0.5 x 0.25 um apart", "the header has 0.5 x 0.3"]),
    "a row too short": ("  0.00000    0.00000    0.00000       0.50000       0.25000  1234.5   0.900  0  5678  0.500\n", "",
                        ["(0, 0.5) um should be (0.5, 0.25) um"]),
    "rows that go back": ("0.00000       0.25000", "0.00000      -0.25000", ["(0, -0.25) um should be (0, 0.25) um"]),
    "no place": ("0.00000       0.00000  1234.5", "inf       0.00000  1234.5", ["inf", "number"]),
    "a step of 0": ("XSTEP: 0.500000", "XSTEP: 0.000000", ["above 0"]),
    "another phase": ("0.900  0  5678  0.500\n  0.69813    0.00000    0.00000       0.50000       0.75",
                      "0.900  7  5678  0.500\n  0.69813    0.00000    0.00000       0.50000       0.75",
                      ["phase 7", "phases 1 to 1"]),
    "a point of text": ("0.50000       0.75000", "0.50000       north", ["north", "number"]),
    "a point that is no number": ("0.50000       0.75000  1234.5", "0.50000       0.75000  nan", ["nan", "number"]),
    "a point cut short": ("0.50000       0.75000  1234.5   0.900  0  5678  0.500\n", "0.50000       0.75000\n",
                          ["has 5 numbers", "8 or more"]),
}
BROKEN_CTF = {
    "another file": ("Channel Text File", "Channel Zoo", ["Channel Text File"]),
    "no grid": ("JobMode\tGrid\r\n", "", ["lacks JobMode"]),
    "no square grid": ("JobMode\tGrid", "JobMode\tHexagonal", ["lacks JobMode Grid"]),
    "a volume": ("YCells\t4", "YCells\t4\r\nZCells\t9", ["not above 1", "ZCells"]),
    "no phases": ("Phases\t1", "Parts\t1", ["lacks Phases"]),
    "phases beyond all": ("Phases\t1", "Phases\t1000000000000", ["not above 1000"]),
    "a phase of nothing": ("90;90;90\tLLZO\t11\t230\t\t\tsomebody", "90;90;90", ["phase 1", "Laue group"]),
    "no angles": ("\tEuler2", "\tOther", ["lacks Euler2"]),
    "negative rows": ("YCells\t4", "YCells\t-4", ["above 0"]),
    "10^12 points": ("XCells\t2\r\nYCells\t4", "XCells\t1000000\r\nYCells\t1000000", ["has 1000000"]),
    "fewer rows than there are": ("YCells\t4", "YCells\t3", ["ends after 4 rows", "the header has 3"]),
    "more rows than there are": ("YCells\t4", "YCells\t5", ["ends after 4 rows", "the header has 5"]),
    "a row cut off": ("1\t0.5000\t0.7500\t8\t0\t40.0000\t0.0000\t0.0000\t0.5\t120\t200\r\n", "",
                      ["ends after 7 points, within a row"]),
    "another phase": ("1\t0.5000\t0.7500", "2\t0.5000\t0.7500", ["phase 2", "1 to 1"]),
    "a negative phase": ("1\t0.5000\t0.7500", "-1\t0.5000\t0.7500", ["phase -1"]),
    "a point elsewhere": ("1\t0.5000\t0.7500", "1\t0.5000\t0.5000", ["(0.5, 0.5) um should be (0.5, 0.75) um"]),
    "a point of text": ("1\t0.5000\t0.7500", "1\teast\t0.7500", ["east", "number"]),
    "no points": ("Phase\tX\tY", "Faze\tX\tY", ["ends after 0 points"]),
}


class Ebsd(ProgramTest):
    def put(self, name, content, groups=IMAGE):
        directory = self.write_case(changed(groups, {"structure.file": name}))
        (directory / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return directory

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()][:, 0, :], file["phase"][()][:, 0, :]

    def test_grains_by_angle(self):
        """Rows of the map are rows along z; turns below the angle join, also in a chain; 88 deg are 2."""
        euler = turned([0, 1, 6, 10, 30, 30, 30 + 88])
        for name, write in WRITERS.items():
            for angle, expected in (4.5, [1, 1, 2, 2, 3, 3, 3]), (3.9, [1, 1, 2, 3, 4, 4, 4]), \
                    (6, [1, 1, 1, 1, 2, 2, 2]), (0.9, [1, 2, 3, 4, 5, 5, 6]):
                case = changed(IMAGE, {"structure.grain_angle_deg": angle})
                grain, _ = self.grains(self.put(name, write(euler), case))
                self.assertEqual([list(row) for row in grain], [[e] * 3 for e in expected], f"{name} {angle}")

    def test_grains_as_they_lie(self):
        """A ring of one orientation round another, and two apart of the same: x first, then z."""
        pattern = np.array([[1, 1, 1, 2], [1, 3, 1, 2], [1, 1, 1, 4], [5, 5, 4, 4]])
        angle = np.array([0, 0, 20, 40, 60, 20])[pattern]
        euler = np.stack([angle, 0 * angle, 0 * angle], axis=-1).astype(float)
        expected = np.array([[1, 1, 1, 2], [1, 3, 1, 2], [1, 1, 1, 4], [5, 5, 4, 4]])
        for name, write in WRITERS.items():
            for ranks in 1, 2:
                self.assertTrue(np.array_equal(self.grains(self.put(name, write(euler)), ranks)[0], expected))

    def test_lengths_are_the_file_s(self):
        """Steps in um; a section is as thick along y as its points are wide."""
        free = changed(IMAGE, {"film.thickness_um": None, "film.width_um": None})
        for name, write in WRITERS.items():
            directory = self.put(name, write(GOOD, step=(0.5, 0.25)), free)
            self.run_program("run", directory)
            film = self.results(directory)["case"]["film"]
            self.assertEqual([*film["width_um"]["value"], film["thickness_um"]["value"]], [1.0, 0.5, 1.0])

    def test_headers_as_other_programs_write_them(self):
        """ACOM numbers no phase and has no counts, MTEX may begin at any x; maps are thinned without a new header."""
        free = changed(IMAGE, {"film.thickness_um": None, "film.width_um": None})
        good = ang(GOOD, step=(0.5, 0.25))
        bare = "".join(line for line in good.splitlines(True) if not re.match("# (Phase|XSTEP|YSTEP|NCOLS|NROWS)", line))
        thinned = good
        for old, new in ("XSTEP: 0.5", "XSTEP: 0.1"), ("YSTEP: 0.25", "YSTEP: 0.05"), ("NCOLS_ODD: 2", "NCOLS_ODD: 10"), \
                ("NROWS: 4", "NROWS: 20"):
            self.assertIn(old, thinned)
            thinned = thinned.replace(old, new)
        shifted = re.sub(r"(?m)^1\t([0-9.]+)", lambda m: f"1\t{float(m[1]) + 7:.4f}", ctf(GOOD, step=(0.5, 0.25)))
        lacking = re.sub("(XCells|YCells|XStep|YStep).*\r\n", "", shifted)
        for name, content, said in ("map.ang", bare.replace("SqrGrid", "SqrGrid#"), None), \
                ("map.ang", thinned, "10 x 20 points, 0.1 x 0.05 um apart, but those in it are 2 x 4, 0.5 x 0.25 um"), \
                ("map.ctf", shifted, None), ("map.ctf", lacking, None):
            directory = self.put(name, content, free)
            self.run_program("run", directory)
            results = self.results(directory)
            film = results["case"]["film"]
            self.assertEqual([*film["width_um"]["value"], film["thickness_um"]["value"]], [1.0, 0.5, 1.0], content)
            self.assertEqual(results["microstructure"]["num_grains"], 2)
            warned = [w for w in results["warnings"] if "its header has" in w]
            self.assertEqual(len(warned), int(said is not None))
            if said:
                self.assertIn(said, warned[0])

    def test_steps_that_were_rounded(self):
        """Thirds to two decimals: the distance is the mean of a row's."""
        euler = turned([0, 40], 40)
        text = re.sub(r"(?m)^1\t([0-9.]+)", lambda m: f"1\t{float(m[1]):.2f}", ctf(euler, step=(1 / 3, 1.0)))
        free = changed(IMAGE, {"film.thickness_um": None, "film.width_um": None})
        for content in text, re.sub("(XStep|YStep).*\r\n", "", text):
            directory = self.put("map.ctf", content, free)
            self.run_program("run", directory)
            self.assert_close(self.results(directory)["case"]["film"]["width_um"]["value"][0], 40 / 3, 1e-3)

    def test_a_decimal_comma(self):
        content = ctf(GOOD, comma=True).replace("12,970", "12.970")
        self.assertEqual(self.grains(self.put("map.ctf", content))[0].max(), 2)

    def test_points_not_indexed_are_void(self):
        indexed = np.ones((4, 3), bool)
        indexed[1, 1] = indexed[3, 2] = False
        for name, write in WRITERS.items():
            directory = self.put(name, write(turned([0, 0, 40, 40]), indexed=indexed))
            grain, _ = self.grains(directory)
            self.assertTrue(np.array_equal(grain > 0, indexed))
            self.run_program("run", directory)
            said = [w for w in self.results(directory)["warnings"] if "not indexed" in w]
            self.assertEqual(len(said), 1)
            self.assertIn(f"{name}: 2 of its 12 points are not indexed: void", said[0])

    def test_phases_by_name(self):
        """A boundary of phases is one of grains, whatever the orientations."""
        case = changed(IMAGE, {"phases": [{"name": "LLZO", "conductivity_S_per_cm": 1e-4},
                                          {"name": "LiAlO2", "conductivity_S_per_cm": 1e-5}],
                               "boundaries": [{"between": ["LLZO", "LiAlO2"], "resistance_ohm_cm2": 0.5}]})
        phase = np.repeat([2, 1], 2)[:, None] * np.ones((1, 3), int)
        for name, write in WRITERS.items():
            directory = self.put(name, write(turned([0, 0, 0, 0]), phase, ("LiAlO2", "LLZO"), ("tetragonal", "cubic")),
                                 case)
            grain, phases = self.grains(directory)
            self.assertEqual([int(g) for g in grain[:, 0]], [1, 1, 2, 2])
            self.assertEqual([int(p) for p in phases[:, 0]], [1, 1, 2, 2])

    def test_misorientation(self):
        """Turns of 40, 10 and 36.87 deg (sigma 5); grains have mean orientations."""
        case = changed(IMAGE, {"boundaries": [
            {"between": ["grain", "grain"], "misorientation": {"to_deg": 15}, "resistance_ohm_cm2": 0.1},
            {"between": ["grain", "grain"], "misorientation": {"sigma": [5], "brandon_deg": 1},
             "resistance_ohm_cm2": 0.2},
            {"between": ["grain", "grain"], "resistance_ohm_cm2": 1.0}]})
        euler = turned([-1, 1, 39, 41, 49, 51, 85.87, 87.87 + 90])
        for name, write in WRITERS.items():
            directory = self.put(name, write(euler), case)
            self.run_program("run", directory)
            self.assert_close(self.results(directory)["asr_ohm_cm2"]["total"], 6.0 + 1.3, 1e-9)

    def test_broken_files(self):
        for name, good, broken in ("map.ang", ang(GOOD), BROKEN_ANG), ("map.ctf", ctf(GOOD), BROKEN_CTF):
            self.run_program("mesh", self.put(name, good))
            for what, (piece, other, fragments) in broken.items():
                with self.subTest(f"{name}: {what}"):
                    self.assertEqual(good.count(piece), 1)
                    self.refuse(self.put(name, good.replace(piece, other)), name, fragments)

    def test_cut_short_and_binary(self):
        for name, write in WRITERS.items():
            whole = write(GOOD).encode()
            for length in range(0, len(whole) - 150, 97):
                self.refuse(self.put(name, whole[:length]), name, [])
            self.refuse(self.put(name, bytes(range(256)) * 4), name, [])

    def test_an_angle_that_cannot_be(self):
        directory = self.put("map.ang", ang(GOOD), changed(IMAGE, {"structure.grain_angle_deg": 0}))
        (error,) = self.run_program("run", directory, expect=2).errors
        self.assertIn("grain_angle_deg", error)

    def refuse(self, directory, name, fragments):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, expect=2)
        (error,) = finished.errors
        self.assertTrue(error.startswith(f"granulith: error: {directory}/{name}:"), error)
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
