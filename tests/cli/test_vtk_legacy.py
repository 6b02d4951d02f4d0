#!/usr/bin/python3
"""Legacy .vtk: structured points, written by VTK and typed by hand, and what is refused."""
import unittest

import h5py
import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from images import IMAGE
from program import ProgramTest, changed

LABELS = np.random.default_rng(1).integers(0, 100, (5, 6, 7))
CUBE = np.arange(1, 9).reshape(2, 2, 2)
TYPED = """# vtk DataFile Version 2.0
typed by hand
ASCII
DATASET STRUCTURED_POINTS
DIMENSIONS 3 3 3
ORIGIN 0 0 0
SPACING 0.5 0.5 0.5
CELL_DATA 8
SCALARS labels int 1
LOOKUP_TABLE default
1 2 3 4
5 6 7 8
"""


def typed(*changes, more=""):
    text = TYPED
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return (text + more).encode()


BINARY = typed(("ASCII", "BINARY")).split(b"1 2")[0]
BROKEN = {
    "nothing": (b"", ["first line"]),
    "another file": (b"\x93NUMPY\n", ["first line"]),
    "XML": (b'<?xml version="1.0"?>\n', ["first line"]),
    "neither text nor binary": (typed(("ASCII", "Ascii?")), ["ASCII", "BINARY"]),
    "a mesh": (typed(("STRUCTURED_POINTS", "UNSTRUCTURED_GRID")), ["UNSTRUCTURED_GRID", "STRUCTURED_POINTS"]),
    "no mesh": (b"\n".join(typed().split(b"\n")[:3]), ["DATASET"]),
    "no sizes": (typed(("DIMENSIONS 3 3 3\n", "")), ["DIMENSIONS"]),
    "no data": (b"\n".join(typed().split(b"\n")[:7]), ["none"]),
    "a negative size": (typed(("3 3 3", "3 -3 3")), ["DIMENSIONS"]),
    "10^12 voxels": (typed(("3 3 3", "10001 10001 10001"), ("CELL_DATA 8", "CELL_DATA 1000000000000")), ["cut short"]),
    "10^12 voxels, binary": (typed(("3 3 3", "10001 10001 10001"), ("CELL_DATA 8", "CELL_DATA 1000000000000"),
                                   ("ASCII", "BINARY")), ["cut short"]),
    "10^12 components": (typed(("int 1", "int 1000000000000")), ["cut short"]),
    "a fraction of a component": (typed(("int 1", "int 0.5")), ["whole number"]),
    "another number": (typed(("CELL_DATA 8", "CELL_DATA 27")), ["CELL_DATA 27", "8"]),
    "no spacing": (typed(("0.5 0.5 0.5", "0.5 0 0.5")), ["SPACING"]),
    "decimals": (typed((" int ", " float ")), ["no array of labels", "Float32"]),
    "strings": (typed((" int ", " string ")), ["string"]),
    "vectors": (typed(("int 1", "int 3"), ("1 2 3 4\n5 6 7 8\n", "1 2 3 4 " * 6 + "\n")), ["vectors"]),
    "no table": (typed(("LOOKUP_TABLE default\n", "")), ["LOOKUP_TABLE"]),
    "cut short": (typed(("7 8\n", "7")), ["labels", "cut short"]),
    "one too many": (typed(("7 8\n", "7 8 9\n")), ['"9"']),
    "one too many below": (typed(more="9\n"), ['"9"']),
    "binary, cut short": (BINARY + bytes(31), ["cut short"]),
    "text where binary is due": (typed(("ASCII", "BINARY")), ["cut short"]),
    "binary where text is due": (typed(("1 2 3 4\n5 6 7 8\n", "")) + b"\xff\xfe " * 8, ["broken"]),
    "a field with fewer arrays": (typed(more="FIELD FieldData 2\na 1 8 int\n1 2 3 4 5 6 7 8\n"), ["FIELD"]),
    "a field of another length": (typed(more="FIELD FieldData 1\na 1 7 int\n1 2 3 4 5 6 7\n"), ['"a"', "7", "8"]),
    "another array": (typed(), ['no array "other"', "labels"]),
}


class VtkLegacy(ProgramTest):
    def case(self, content=None, **changes):
        directory = self.write_case(changed(IMAGE, {"structure.file": "image.vtk", **changes}))
        if content is not None:
            (directory / "image.vtk").write_bytes(content)
        return directory

    def assert_is(self, directory, labels, ranks=1):
        finished = self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            grain = file["grain"][()]
        self.assertTrue(np.array_equal(grain, np.searchsorted(np.unique(np.append(labels, 0)), labels)))
        return finished

    def write(self, path, labels, is_text, of="Cell", version=51):
        """With decimals before the labels, a field of the whole, and a name with a blank."""
        data = vtk.vtkImageData()
        data.SetDimensions(*[n + (of == "Cell" and n > 1) for n in labels.shape[::-1]])
        data.SetSpacing(0.2, 0.2, 0.2)
        arrays = getattr(data, f"Get{of}Data")()
        for name, values in (("phi", labels / 7), ("the grains", labels)):
            array = numpy_to_vtk(values.reshape(-1), deep=True)
            array.SetName(name)
            arrays.AddArray(array)
        arrays.SetActiveScalars("phi")
        time = numpy_to_vtk(np.array([1.5]), deep=True)
        time.SetName("TimeValue")
        data.GetFieldData().AddArray(time)
        writer = vtk.vtkStructuredPointsWriter()
        writer.SetFileName(str(path))
        writer.SetFileVersion(version)
        writer.SetInputData(data)
        getattr(writer, f"SetFileTypeTo{'ASCII' if is_text else 'Binary'}")()
        writer.Write()

    def test_of_vtk(self):
        for is_text in True, False:
            for of, kind, version in (("Cell", "u1", 51), ("Point", "i2", 42), ("Cell", "i4", 42), ("Point", "u8", 51)):
                with self.subTest(is_text=is_text, kind=kind):
                    directory = self.case(**{"film.width_um": [1.4, 1.2]})
                    self.write(directory / "image.vtk", LABELS.astype(kind), is_text, of, version)
                    self.assert_is(directory, LABELS, ranks=1 + is_text)

    def test_a_section_of_vtk(self):
        directory = self.case(**{"film.width_um": [1.4, 0.2], "film.thickness_um": 1.2})
        self.write(directory / "image.vtk", LABELS[:1].astype("i4"), False)
        self.assert_is(directory, LABELS[0][:, None, :])

    def test_typed_by_hand(self):
        colours = "COLOR_SCALARS rgb 3\n" + "0.5 " * 24 + "\nLOOKUP_TABLE t 2\n0 0 0 1 1 1 1 1\nNORMALS n float\n" + "0 " * 24 + "\n"
        for content in (typed(), typed(("int 1", "vtkIdType")), BINARY + np.arange(1, 9).astype(">i4").tobytes(),
                        typed(("SCALARS labels", colours + "SCALARS labels")), typed(("SPACING", "ASPECT_RATIO"), ("\n", "\r\n")),
                        typed(("SCALARS labels int 1\nLOOKUP_TABLE default", "FIELD f 1\nlabels 1 8 int")),
                        typed(more="\nMETADATA\nINFORMATION 0\n\nPOINT_DATA 27\nSCALARS p float\nLOOKUP_TABLE default\n" + "1 " * 27)):
            with self.subTest(content):
                self.assert_is(self.case(content), CUBE)

    def test_array_and_lengths(self):
        directory = self.case(typed(more="SCALARS other short\nLOOKUP_TABLE default\n8 7 6 5 4 3 2 1\n"),
                              film={"lateral": "periodic"}, **{"structure.array": "other", "structure.file_unit_um": 1.0})
        self.assert_is(directory, CUBE[::-1, ::-1, ::-1])
        self.run_program("run", directory)
        self.assert_close(self.results(directory)["case"]["film"]["thickness_um"]["value"], 1.0, 1e-12)

    def test_broken_files(self):
        for name, (content, fragments) in BROKEN.items():
            with self.subTest(name):
                directory = self.case(content, **({"structure.array": "other"} if name == "another array" else {}))
                (error,) = self.run_program("run", directory, expect=2).errors
                self.assertIn("image.vtk", error)
                for fragment in fragments:
                    self.assertIn(fragment, error)
                self.assertFalse((directory / "results").exists())


if __name__ == "__main__":
    unittest.main()
