#!/usr/bin/python3
"""Neper's raster tessellations, typed as its manual describes them: text and binary, and broken ones."""
import unittest

import h5py
import numpy as np

from program import FILM, ProgramTest, changed

IMAGE = changed(FILM, {"structure": {"generator": "labels", "file": "image.tesr"},
                       "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"},
                       "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "lateral": "periodic"}})
KINDS = {"binary8": "u1", "binary16": "<i2", "binary16_big": ">i2", "binary32": "<i4", "binary32_big": ">i4"}

HEAD = """***tesr
 **format
   2.1
 **general
   3
   4 3 2
   0.250000000000 0.333333333333 0.500000000000
  *hasvoid 1
 **cell
   2
  *id
   1 2
  *seed
     1 0.100000000000 0.200000000000 0.300000000000 0.000000000000
     2 0.500000000000 0.600000000000 0.700000000000 0.010000000000
  *ori
   rodrigues:active
   0.000000000000    0.000000000000    0.000000000000
   0.000000000000    0.000000000000    0.087488663526
  *crysym
   cubic
"""
DATA = """ **data
   ascii
1 1 1 1 1 1 1 1 1 1 1 1
2 2 2 2 2 2 2 2 2 2 2 2
***end
"""


def tesr(labels, form="ascii", version="2.1", raw=None, ori="", crysym=""):
    """The bytes of a file of (nz, ny, nx) or (ny, nx) voxels; with `raw` a name, the data are left out."""
    sizes = " ".join(map(str, labels.shape[::-1]))
    lengths = " ".join(f"{1 / n:.12f}" for n in labels.shape[::-1])
    head = f"***tesr\n **format\n   {version}{' ' + form if version == '2.0' else ''}\n **general\n" \
           f"   {labels.ndim}\n   {sizes}\n   {lengths}\n"
    if ori:
        head += f" **cell\n   {labels.max()}\n  *ori\n{ori}  *crysym\n   {crysym}\n"
    head += " **data\n" + ("" if version == "2.0" else f"   {form}\n")
    if raw:
        return (head + f"  *file {raw}\n***end\n").encode()
    return head.encode() + data(labels, form) + b"\n***end\n"


def data(labels, form):
    if form != "ascii":
        return labels.astype(KINDS[form]).tobytes()
    return "\n".join(" ".join(map(str, row)) for row in labels.reshape(-1, labels.shape[-1])).encode()


# a piece of the good file, what takes its place, what is said
BROKEN = {
    "nothing": (HEAD + DATA, "", ["***tesr"]),
    "another format": ("***tesr", "***tess", ["***tess", "***tesr"]),
    "another version": ("   2.1", "   3.0", ["3.0", "2.0 to 2.2"]),
    "one dimension": ("   3\n   4 3 2", "   1\n   24", ["dimension 1", "2 or 3"]),
    "no dimension": ("   3\n   4 3 2", "   many\n   4 3 2", ["many", "dimension"]),
    "a negative size": ("4 3 2", "4 -3 2", ["4 x -3 x 2 voxels"]),
    "10^12 voxels": ("4 3 2", "10000 10000 10000", ["1000000000000 voxels", "another length"]),
    "a size of text": ("4 3 2", "4 three 2", ["three", "number of voxels"]),
    "a voxel of no size": ("0.250000000000 0.333333333333", "0 0.333333333333", ["size 0", "above 0"]),
    "orientations as Kocks does": ("rodrigues:active", "euler-kocks", ["euler-kocks", "rodrigues"]),
    "an unknown convention": ("rodrigues:active", "rodrigues:acute", ["rodrigues:acute", ":passive"]),
    "an orientation of text": ("0.087488663526", "north", ["north", "orientation"]),
    "an orientation too few":
        ("   0.000000000000    0.000000000000    0.087488663526\n", "", ["*crysym", "orientation"]),
    "an unknown symmetry": ("cubic", "quasi", ["quasi"]),
    "no data": (DATA, "***end\n", ["no **data"]),
    "data cut short": ("2 2 2 2 2 2 2 2 2 2 2 2\n***end\n", "2 2", ["another length"]),
    "data of too few": ("2 2 2\n***end", "2\n***end", ["broken"]),
    "data of too many": ("2 2 2\n***end", "2 2 2 2\n***end", ["broken"]),
    "data of text": ("2 2 2\n***end", "2 2 two\n***end", ["broken"]),
    "data of decimals": ("2 2 2\n***end", "2 2 2.5\n***end", ["broken"]),
    "data beyond all": ("2 2 2\n***end", "2 2 99999999999999999999\n***end", ["broken"]),
    "a negative cell": ("2 2 2\n***end", "2 2 -2\n***end", ["-2", "not be negative"]),
    "an unknown kind": ("ascii", "binary64", ["binary64", "binary32"]),
    "text where binary is due": ("ascii", "binary32", ["another length"]),
    "a file that is not there": ("   ascii\n", "   ascii\n  *file no.raw\n", ["no.raw", "cannot be read"]),
    "a directory": ("   ascii\n", "   ascii\n  *file .\n", ["no file"]),
    "no name of a file": (DATA, " **data\n   ascii\n  *file", ["*file"]),
}


class Tesr(ProgramTest):
    def put(self, content, groups=IMAGE, raw=None):
        directory = self.write_case(groups)
        (directory / "image.tesr").write_bytes(content if isinstance(content, bytes) else content.encode())
        if raw is not None:
            (directory / "image.raw").write_bytes(raw)
        return directory

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()]

    def test_every_kind_of_data(self):
        """With voids, in the file or beside it, of both versions; cells keep their numbers."""
        labels = np.random.default_rng(1).permutation(np.arange(120) % 30).reshape(4, 5, 6)
        for form in "ascii", *KINDS:
            for version in "2.0", "2.1", "2.2":
                with self.subTest(form, version=version):
                    self.assertTrue(np.array_equal(self.grains(self.put(tesr(labels, form, version))), labels))
            beside = self.put(tesr(labels, form, raw="image.raw"), raw=data(labels, form))
            self.assertTrue(np.array_equal(self.grains(beside), labels))

    def test_text_on_any_number_of_ranks(self):
        """Long enough that ranks begin behind kept places, and go back to them."""
        labels = np.random.default_rng(2).integers(0, 50, (60, 50, 70))
        for ranks in 1, 3:
            self.assertTrue(np.array_equal(self.grains(self.put(tesr(labels)), ranks), labels))

    def test_a_section(self):
        labels = np.arange(1, 13).reshape(3, 4)
        for form in "ascii", "binary8":
            self.assertTrue(np.array_equal(self.grains(self.put(tesr(labels, form)))[:, 0, :], labels))

    def test_orientations(self):
        """Cells turned about z by 5, 40 and 110 deg: 5, 35 and 70, which is 20 of a cubic crystal."""
        labels = np.repeat([1, 2, 3, 4], 4)[:, None, None] * np.ones((1, 2, 2), int)
        turns = np.radians([0, 5, 40, 110])
        rows = {"rodrigues:active": [[0, 0, np.tan(t / 2)] for t in turns],
                "rodrigues:passive": [[0, 0, -np.tan(t / 2)] for t in turns],
                "quaternion": [[np.cos(t / 2), 0, 0, np.sin(t / 2)] for t in turns],
                "axis-angle": [[0, 0, 2, np.degrees(t)] for t in turns],
                "euler-bunge:active": [[np.degrees(t), 0, 0] for t in turns]}
        group = {"between": ["grain", "grain"]}
        case = changed(IMAGE, {"boundaries": [
            {**group, "misorientation": {"to_deg": 15}, "resistance_ohm_cm2": 0.1},
            {**group, "misorientation": {"to_deg": 30}, "resistance_ohm_cm2": 0.2},
            {**group, "misorientation": {"to_deg": 60}, "resistance_ohm_cm2": 0.4},
            {**group, "resistance_ohm_cm2": 1.0}]})
        for descriptor, numbers in rows.items():
            ori = f"   {descriptor}\n" + "".join("   " + " ".join(f"{n:.12f}" for n in row) + "\n" for row in numbers)
            for crysym, expected in ("cubic", 0.1 + 0.4 + 0.2), ("hexagonal", 0.1 + 0.2 + 0.1), ("mmm", 0.1 + 0.4 + 1):
                with self.subTest(descriptor, crysym=crysym):
                    directory = self.put(tesr(labels, ori=ori, crysym=crysym), case)
                    self.run_program("run", directory)
                    self.assert_close(self.results(directory)["asr_ohm_cm2"]["total"], 6.0 + expected, 1e-9)
                    if descriptor != "rodrigues:active":
                        break

    def test_passive_is_the_inverse(self):
        """Tilted about x, then turned by a quarter about its own z: the same cubic crystal.

        Read the other way round, the quarter turn is about the sample's z, and another crystal.
        """
        tilt, quarter = np.tan(np.radians(10)), 1.0
        # Rodrigues vectors of q and of q (1 + k): (a + b + a x b) / (1 - a b)
        first, second = [tilt, 0, 0], [tilt, -tilt * quarter, quarter]
        labels = np.repeat([1, 2], 4)[:, None, None] * np.ones((1, 2, 2), int)
        case = changed(IMAGE, {"boundaries": [
            {"between": ["grain", "grain"], "misorientation": {"to_deg": 0.001}, "resistance_ohm_cm2": 0.1},
            {"between": ["grain", "grain"], "resistance_ohm_cm2": 1.0}]})
        for convention, sign, expected in (("", 1, 0.1), (":active", 1, 0.1), (":passive", -1, 0.1),
                                           (":passive", 1, 1.0), (":active", -1, 1.0)):
            rows = "".join("   " + " ".join(f"{sign * n:.12f}" for n in row) + "\n" for row in (first, second))
            directory = self.put(tesr(labels, ori=f"   rodrigues{convention}\n{rows}", crysym="cubic"), case)
            self.run_program("run", directory)
            self.assert_close(self.results(directory)["asr_ohm_cm2"]["total"], 6.0 + expected, 1e-9)

    def test_broken_files(self):
        self.run_program("mesh", self.put(HEAD + DATA))
        for name, (piece, other, fragments) in BROKEN.items():
            with self.subTest(name):
                self.assertEqual((HEAD + DATA).count(piece), 1)
                self.refuse(self.put((HEAD + DATA).replace(piece, other)), fragments)

    def test_cut_short_anywhere(self):
        whole = tesr(np.arange(24).reshape(2, 3, 4), "binary16")
        for length in range(0, len(whole) - len("***end\n"), 9):
            self.refuse(self.put(whole[:length]), ["image.tesr"])
        head = tesr(np.ones((2, 3, 4), int), version="2.0")
        self.refuse(self.put(head[:head.index(b"2.0") + 3]), ["**general should be"])

    def test_raw_of_another_length(self):
        labels = np.ones((2, 3, 4), int)
        for form in "binary16", "ascii":
            whole = data(labels, form)
            self.refuse(self.put(tesr(labels, form, raw="image.raw"), raw=whole[:-1]), ["another length"], "image.raw")
        self.refuse(self.put(tesr(labels, "binary8", raw="image.raw"), raw=b"\1" * 25), ["another length"], "image.raw")

    def refuse(self, directory, fragments, file=""):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, expect=2)
        (error,) = finished.errors
        self.assertTrue(error.startswith(f"granulith: error: {directory}/{file}"), error)
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
