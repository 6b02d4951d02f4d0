#!/usr/bin/python3
"""VTK's .vti, written by VTK itself and typed by hand: every encoding, which array, lengths, and what is refused."""
import base64
import struct
import unittest

import h5py
import numpy as np
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from program import FILM, ProgramTest, changed

IMAGE = changed(FILM, {"structure": {"generator": "labels", "file": "image.vti"},
                       "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"},
                       "film": {"thickness_um": 1.0, "width_um": [1.4, 1.2], "lateral": "periodic"}})
LABELS = np.random.default_rng(1).integers(0, 100, (5, 6, 7))
SPACING = (0.2, 0.2, 0.2)
NO_FILM = changed(IMAGE, {"film": {"lateral": "periodic"}})


def expected(labels):
    return np.searchsorted(np.unique(np.append(labels, 0)), labels)


def image(arrays=(), points=(), shape=LABELS.shape, spacing=SPACING):
    """VTK's image of (nz, ny, nx) cells, or points; arrays are (name, labels) or (name, labels, components)."""
    data = vtk.vtkImageData()
    data.SetDimensions(*[n if points else n + 1 for n in shape[::-1]])
    data.SetSpacing(*spacing)
    for target, some in (data.GetCellData(), arrays), (data.GetPointData(), points):
        for name, values, *components in some:
            array = numpy_to_vtk(values.reshape(-1, *components), deep=True)
            array.SetName(name)
            target.AddArray(array)
    return data


def write(path, data, mode="Appended", encode=False, compress=True, header=32, big_endian=False, block=None):
    writer = vtk.vtkXMLImageDataWriter()
    writer.SetFileName(str(path))
    writer.SetInputData(data)
    getattr(writer, f"SetDataModeTo{mode}")()
    writer.SetEncodeAppendedData(encode)
    writer.SetCompressorTypeToZLib() if compress is True else writer.SetCompressorTypeToNone()
    if compress == "LZ4":
        writer.SetCompressorTypeToLZ4()
    getattr(writer, f"SetHeaderTypeToUInt{header}")()
    writer.SetByteOrderToBigEndian() if big_endian else writer.SetByteOrderToLittleEndian()
    if block:
        writer.SetBlockSize(block)
    assert writer.Write()


def vti(data="1 2 3 4 5 6 7 8", form='format="ascii"', kind="Int32", extent="0 2 0 2 0 2", more="", file="",
        head='type="ImageData" version="1.0" byte_order="LittleEndian"', behind=""):
    return f"""<?xml version="1.0"?>
<VTKFile {head} {file}>
<ImageData WholeExtent="{extent}" Origin="0 0 0" Spacing="0.5 0.5 0.5" {more}>
<Piece Extent="{extent}">
<CellData>
<DataArray type="{kind}" Name="grain" {form}>
{data}
</DataArray>
</CellData>
</Piece>
</ImageData>
{behind}</VTKFile>
"""


RAW = np.arange(1, 9, dtype="<i4").tobytes()
WHOLE = base64.b64encode(struct.pack("<I", 32) + RAW).decode()
BINARY, ZLIB = 'format="binary"', 'compressor="vtkZLibDataCompressor"'


def blocks(*numbers):
    return base64.b64encode(struct.pack(f"<{len(numbers)}I", *numbers)).decode() + base64.b64encode(b"x" * 40).decode()


APPENDED = 'format="appended" offset="{}"'
BEHIND = '<AppendedData encoding="base64">_' + WHOLE + "</AppendedData>"

# what is wrong with a file: what is typed, what must be said
BROKEN = {
    "nothing": ("", ["no XML", "line 1"]),
    "text": ("1 2 3\n", ["no XML"]),
    "an unfinished file": (vti()[:200], ["no XML"]),
    "another kind of data": (vti(head='type="PolyData"'), ["ImageData", "PolyData"]),
    "other XML": ("<svg/>", ["ImageData"]),
    "no piece": (vti().replace("Piece", "Peace"), ["0 pieces"]),
    "a piece of the whole": (vti().replace('<Piece Extent="0 2 0 2 0 2"', '<Piece Extent="0 2 0 2 0 1"'), ["WholeExtent"]),
    "a negative size": (vti(extent="0 -2 0 2 0 2"), ["-2 x 2 x 2"]),
    "a size of half a voxel": (vti(extent="0 2.5 0 2 0 2"), ["nan"]),
    "a size of text": (vti(extent="many voxels"), ["image.vti"]),
    "10^12 voxels": (vti(extent="0 10000 0 10000 0 10000"), ["1000000000000 voxels", "cut short"]),
    "10^12 voxels, binary": (vti(WHOLE, BINARY, extent="0 10000 0 10000 0 10000"), ["1000000000000 voxels"]),
    "a turned image": (vti(more='Direction="0 1 0 1 0 0 0 0 1"'), ["Direction", "identity"]),
    "decimals": (vti(kind="Float32"), ["one integer", '"grain" (Float32)']),
    "an unknown type": (vti(kind="Int24"), ["Int24"]),
    "vectors": (vti(form='format="ascii" NumberOfComponents="3"'), ['"grain" (vectors)']),
    "no array": (vti().replace("DataArray", "Array"), ["it has none"]),
    "an unknown header": (vti(file='header_type="UInt16"'), ["UInt16", "UInt64"]),
    "an unknown order": (vti(head='type="ImageData" byte_order="Middle"'), ["Middle", "BigEndian"]),
    "an unknown compressor": (vti(file='compressor="vtkLZMADataCompressor"'), ["vtkLZMADataCompressor"]),
    "too few numbers": (vti("1 2 3 4 5 6 7                 "), ["broken"]),
    "too many numbers": (vti("1 2 3 4 5 6 7 8 9"), ["broken"]),
    "words": (vti("1 2 3 4 5 6 7 eight"), ["broken"]),
    "numbers where base64 is due": (vti(form=BINARY), ["header"]),
    "base64 cut short": (vti(WHOLE[:-8], BINARY), ["cut short"]),
    "base64 of other letters": (vti(WHOLE[:20] + "!!!!" + WHOLE[24:], BINARY), ["broken"]),
    "base64 of another length": (vti(base64.b64encode(struct.pack("<I", 31) + RAW).decode(), BINARY), ["another number"]),
    "no blocks": (vti(blocks(0, 0, 0), BINARY, file=ZLIB), ["compressed blocks"]),
    "10^9 blocks": (vti(blocks(10**9, 4, 0, 1), BINARY, file=ZLIB), ["compressed blocks"]),
    "blocks of 4 GB": (vti(blocks(1, 2**32 - 1, 0, 20), BINARY, file=ZLIB), ["compressed blocks"]),
    "blocks beyond the end": (vti(blocks(1, 32, 0, 2**31), BINARY, file=ZLIB), ["compressed blocks"]),
    "blocks of another size": (vti(blocks(1, 28, 0, 20), BINARY, file=ZLIB), ["another size"]),
    "blocks of no zlib": (vti(blocks(1, 32, 0, 20), BINARY, file=ZLIB), ["broken"]),
    "nothing appended": (vti(form=APPENDED.format(0)), ["no data", "AppendedData"]),
    "an offset beyond the end": (vti(form=APPENDED.format(10**15), behind=BEHIND), ["no data", "offset"]),
    "a negative offset": (vti(form=APPENDED.format(-4), behind=BEHIND), ["no data", "offset"]),
    "no offset": (vti(form='format="appended"', behind=BEHIND), ["no data", "offset"]),
    "an offset in the middle": (vti(form=APPENDED.format(8), behind=BEHIND), ["another number"]),
}


class Vti(ProgramTest):
    def case(self, content=None, groups=IMAGE, **changes):
        directory = self.write_case(changed(groups, changes))
        if content is not None:
            (directory / "image.vti").write_text(content)
        return directory

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()]

    def assert_is(self, directory, labels, ranks=1):
        self.assertTrue(np.array_equal(self.grains(directory, ranks), expected(labels)))

    def test_every_encoding_of_vtk(self):
        directory = self.case()
        for mode, encode in ("Ascii", False), ("Binary", False), ("Appended", False), ("Appended", True):
            for compress in (True, False) if mode != "Ascii" else (False,):
                for header, big_endian in (32, False), (64, True):
                    options = {"mode": mode, "encode": encode, "compress": compress, "header": header,
                               "big_endian": big_endian, "block": 200 if header == 32 else None}
                    with self.subTest(**options):
                        write(directory / "image.vti", image([("other", LABELS / 3.0), ("grain", LABELS.astype("i4"))]),
                              **options)
                        self.assert_is(directory, LABELS)

    def test_every_type(self):
        directory = self.case()
        for kind in "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8":
            with self.subTest(kind):
                write(directory / "image.vti", image([("grain", LABELS.astype(kind))]))
                self.assert_is(directory, LABELS)

    def test_on_any_number_of_ranks(self):
        for options in {"block": 64}, {"mode": "Ascii"}, {"mode": "Binary", "compress": False}:
            directory = self.case()
            write(directory / "image.vti", image([("grain", LABELS.astype("i4"))]), **options)
            for ranks in 2, 3:
                self.assert_is(directory, LABELS, ranks)

    def test_points_are_voxels(self):
        directory = self.case()
        write(directory / "image.vti", image(points=[("grain", LABELS.astype("i4"))]))
        self.assert_is(directory, LABELS)

    def test_which_array(self):
        others = [("flow", np.ones((5, 6, 7, 3), "i4"), 3), ("vtkGhostType", np.zeros((5, 6, 7), "u1")),
                  ("first", LABELS.astype("u2")), ("second", LABELS[::-1].astype("u2"))]
        directory = self.case()
        write(directory / "image.vti", image(others))
        self.assert_is(directory, LABELS)
        self.assertIn('array "first" is taken', self.run_program("check", directory).stdout)
        self.assert_is(self.case(**{"structure.array": "second"}), LABELS[::-1])
        self.refuse(self.case(**{"structure.array": "third"}), ['no array "third"', '"flow" (vectors)', '"second" (UInt16)'])
        self.refuse(self.case(**{"structure.array": "flow"}), ["one integer a voxel"])

    def test_lengths(self):
        """VTK has no unit: it is in the case, or the film's lengths are, in the file's ratios."""
        directory = self.case(groups=NO_FILM, **{"structure.file_unit_um": 10.0})
        write(directory / "image.vti", image([("grain", LABELS.astype("i4"))], spacing=(0.1, 0.2, 0.3)))
        self.run_program("run", directory)
        film = self.results(directory)["case"]["film"]
        self.assertEqual(film["thickness_um"]["from"], "image.vti")
        self.assert_close(film["thickness_um"]["value"], 15, 1e-12)
        self.assert_close(film["width_um"]["value"][0], 7, 1e-12)
        self.assert_close(film["width_um"]["value"][1], 12, 1e-12)
        refused = self.run_program("run", self.case(groups=NO_FILM), expect=2)
        self.assertIn("file_unit_um", refused.stderr)

    def test_a_section(self):
        """Flat along z: y is the way from anode to cathode."""
        directory = self.case()
        data = image([("grain", LABELS[0].astype("i4"))], shape=(1, 6, 7))
        data.SetDimensions(8, 7, 1)
        write(directory / "image.vti", data)
        directory = self.case(**{"film.thickness_um": 1.2})
        self.assertTrue(np.array_equal(self.grains(directory)[:, 0, :], expected(LABELS[0])))

    def test_typed_by_hand(self):
        cube = np.arange(1, 9).reshape(2, 2, 2)
        square = {"film.width_um": [1.0, 1.0]}
        for content in (vti(), vti("1 2 3 4 5 6 7 8").replace("\n</DataArray", "</DataArray"), vti(WHOLE, BINARY),
                        vti(base64.b64encode(struct.pack("<I", 32)).decode() + base64.b64encode(RAW).decode(), BINARY),
                        vti(form=APPENDED.format(0), behind=BEHIND)):
            self.assert_is(self.case(content, **square), cube)

    def test_broken_files(self):
        for name, (content, fragments) in BROKEN.items():
            with self.subTest(name):
                self.refuse(self.case(content, **{"film.width_um": [1.0, 1.0]}), fragments)

    def test_cut_short_anywhere(self):
        directory = self.case()
        write(directory / "image.vti", image([("grain", LABELS.astype("i4"))]), block=200)
        whole = (directory / "image.vti").read_bytes()
        behind = len(b"\n  </AppendedData>\n</VTKFile>\n")
        for length in range(0, len(whole) - behind, len(whole) // 20):
            (directory / "image.vti").write_bytes(whole[:length])
            self.refuse(directory, ["image.vti"])
        write(directory / "image.vti", image([("grain", LABELS.astype("i4"))]), compress="LZ4")
        self.refuse(directory, ["vtkLZ4DataCompressor", "SetCompressorTypeToZLib"])

    def refuse(self, directory, fragments):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, expect=2)
        self.assertEqual(len(finished.errors), 1, finished)
        for fragment in [f"granulith: error: {directory}/image.vti", *fragments]:
            self.assertIn(fragment, finished.errors[0])
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
