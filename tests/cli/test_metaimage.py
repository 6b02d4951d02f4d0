#!/usr/bin/python3
"""MetaImage, written by VTK and typed by hand, and what is refused."""
import unittest
import zlib

import h5py
import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from images import IMAGE
from program import ProgramTest, changed

LABELS = np.random.default_rng(1).integers(0, 100, (5, 6, 7))
BYTES = bytes(range(1, 9))
CUBE = np.arange(1, 9).reshape(2, 2, 2)
HEADER = """ObjectType = Image
NDims = 3
BinaryData = True
CompressedData = False
DimSize = 2 2 2
ElementType = MET_UCHAR
"""


def typed(changes=None, data=BYTES, more="", file="LOCAL"):
    text = HEADER
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    return (text + more + f"ElementDataFile = {file}\n").encode() + data


ZLIB = {"CompressedData = False": "CompressedData = True"}
BIG = {"2 2 2": "10000 10000 10000"}
TEXT = {"BinaryData = True": "BinaryData = False"}
BROKEN = {
    "nothing": (b"", ["no ElementDataFile"]),
    "another file": (b"\x93NUMPY\n", ['no "="']),
    "another object": (typed({"= Image": "= Tube"}), ["Tube"]),
    "four axes": (typed({"NDims = 3": "NDims = 4"}), ["NDims"]),
    "a negative size": (typed({"2 2 2": "2 -2 2"}), ["2 x -2 x 2"]),
    "10^12 voxels": (typed(BIG), ["1000000000000 voxels"]),
    "10^12 voxels, zlib": (typed({**BIG, **ZLIB}, zlib.compress(BYTES)), ["1000000000000 voxels"]),
    "decimals": (typed({"MET_UCHAR": "MET_FLOAT"}), ["MET_FLOAT", "integers"]),
    "colours": (typed(more="ElementNumberOfChannels = 3\n"), ["ElementNumberOfChannels"]),
    "a turned image": (typed(more="TransformMatrix = 0 1 0 1 0 0 0 0 1\n"), ["identity"]),
    "a turned image by another name": (typed(more="Rotation = 0 1 0 1 0 0 0 0 1\n"), ["Rotation", "identity"]),
    "two byte orders": (typed(more="BinaryDataByteOrderMSB = True\nElementByteOrderMSB = False\n"), ["ElementByteOrderMSB"]),
    "a pattern": (typed(file="slice%03d.raw 1 2 1"), ["LOCAL or one file"]),
    "inflates beyond": (typed(ZLIB, zlib.compress(BYTES + bytes(10**8))), ["broken"]),
    "a negative spacing": (typed(more="ElementSpacing = 1 -1 1\n"), ["ElementSpacing", "above 0"]),
    "an unknown unit": (typed(more="DistanceUnits = mile\n"), ["mile"]),
    "neither true nor false": (typed({"= True": "= maybe"}), ["maybe"]),
    "a wrong header size": (typed(more="HeaderSize = -2\n"), ["HeaderSize"]),
    "a field twice": (typed(more="NDims = 3\n"), ["twice"]),
    "cut short": (typed(data=BYTES[:-1]), ["another length"]),
    "text where binary is due": (typed(data=b"1 2 3 4 5 6 7 8"), ["another length"]),
    "binary where text is due": (typed(TEXT, BYTES * 2), ["broken"]),
    "no zlib": (typed(ZLIB), ["broken"]),
    "zlib cut short": (typed(ZLIB, zlib.compress(BYTES)[:-3]), ["broken"]),
    "lists in a name": (typed(file="LISTS%.raw"), ["LISTS%.raw: cannot be read"]),
    "several files": (typed(file="LIST"), ["LOCAL or one file"]),
    "itself as data": (typed(file="image.mha"), ["itself"]),
}


class MetaImage(ProgramTest):
    def case(self, content=None, **changes):
        directory = self.write_case(changed(IMAGE, {"structure.file": "image.mha", **changes}))
        if content is not None:
            (directory / "image.mha").write_bytes(content)
        return directory

    def assert_is(self, directory, labels, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            grain = file["grain"][()]
        self.assertTrue(np.array_equal(grain, np.searchsorted(np.unique(np.append(labels, 0)), labels)))

    def write(self, path, labels, compress):
        data = vtk.vtkImageData()
        data.SetDimensions(*labels.shape[::-1])
        data.SetSpacing(0.2, 0.2, 0.2)
        data.GetPointData().SetScalars(numpy_to_vtk(labels.reshape(-1), deep=True))
        writer = vtk.vtkMetaImageWriter()
        writer.SetFileName(str(path))
        writer.SetInputData(data)
        writer.SetCompression(compress)
        writer.Write()

    def test_of_vtk(self):
        for ending in "mha", "mhd":
            for compress in False, True:
                for kind in "u1", "i2", "u4":
                    directory = self.case(**{"structure.file": f"image.{ending}", "film.width_um": [1.4, 1.2]})
                    self.write(directory / f"image.{ending}", LABELS.astype(kind), compress)
                    self.assert_is(directory, LABELS, ranks=1 + compress)

    def test_a_section_of_vtk(self):
        directory = self.case(**{"film.width_um": [1.4, 0.2], "film.thickness_um": 1.2})
        self.write(directory / "image.mha", LABELS[:1].astype("u1"), True)
        self.assert_is(directory, LABELS[0][:, None, :])

    def test_typed_by_hand(self):
        for content in (typed(), typed(TEXT, b"1 2 3 4 5 6 7 8\n"), typed(data=b"abc" + BYTES, more="HeaderSize = -1\n"),
                        typed({"UCHAR": "SHORT"}, np.arange(1, 9, dtype=">i2").tobytes(), "ElementByteOrderMSB = True\n"),
                        typed(more="Rotation = 1 0 0 0 1 0 0 0 1\nBinaryDataByteOrderMSB = False\nElementByteOrderMSB = False\n")):
            with self.subTest(content):
                self.assert_is(self.case(content), CUBE)

    def test_lengths(self):
        more = "ElementSpacing = 0.5 0.5 0.5\nDistanceUnits = um\n"
        directory = self.case(typed(more=more), film={"lateral": "periodic"})
        self.run_program("run", directory)
        self.assert_close(self.results(directory)["case"]["film"]["thickness_um"]["value"], 1.0, 1e-12)

    def test_broken_files(self):
        for name, (content, fragments) in {**BROKEN, "no data file": (typed(file="voxels"), ["voxels: cannot be read"])}.items():
            with self.subTest(name):
                directory = self.case(content)
                (error,) = self.run_program("run", directory, expect=2).errors
                for fragment in fragments:
                    self.assertIn(fragment, error)
                self.assertFalse((directory / "results").exists())


if __name__ == "__main__":
    unittest.main()
