#!/usr/bin/python3
"""NRRD, written by teem's unu and typed by hand: encodings, types, lengths, and what is refused."""
import gzip
import os
import subprocess
import unittest

import h5py
import numpy as np

from images import IMAGE
from program import ProgramTest, changed

LABELS = np.random.default_rng(1).integers(0, 100, (5, 6, 7))
CASE = changed(IMAGE, {"structure.file": "image.nrrd", "film.width_um": [1.4, 1.2]})
NO_FILM = changed(CASE, {"film": {"lateral": "periodic"}})
CUBE = np.arange(1, 9).reshape(2, 2, 2)
HEADER = """NRRD0004
# a comment
type: uint8
dimension: 3
sizes: 2 2 2
encoding: raw
key:=value
"""
BYTES = bytes(range(1, 9))


def expected(labels):
    return np.searchsorted(np.unique(np.append(labels, 0)), labels)


def typed(changes=None, data=BYTES, more="", end="\n"):
    """A header with some values changed, then data."""
    text = HEADER
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    return (text + more + end).encode() + data


def unu(command, stdin=b""):
    return subprocess.run(["teem-unu", *command], input=stdin, check=True, capture_output=True).stdout


ZIPPED = gzip.compress(BYTES)
GZIP = {"raw": "gzip"}
# what is wrong with a file: what is typed, what must be said
BROKEN = {
    "nothing": (b"", ["no NRRD"]),
    "another file": (b"\x93NUMPY" + bytes(90), ["no NRRD"]),
    "an unknown version": (typed({"NRRD0004": "NRRD0009"}), ["NRRD0001 to NRRD0005"]),
    "a header only": (typed(data=b"", end=""), ["no data", "data file"]),
    "a line without a colon": (typed(more="nonsense\n"), ['"nonsense"']),
    "an endless line": (typed(more="a" * 10000 + ": 1\n"), ["4095"]),
    "bytes that are no text": (typed({"2 2 2": "2 2 2\x01\x02"}), ["not text"]),
    "a field twice": (typed(more="sizes: 2 2 2\n"), ['"sizes" twice']),
    "no dimension": (typed({"dimension: 3\n": ""}), ["dimension"]),
    "four axes": (typed({"dimension: 3": "dimension: 4"}), ["4 axes"]),
    "a dimension of text": (typed({"dimension: 3": "dimension: three"}), ['"three"']),
    "a negative size": (typed({"2 2 2": "2 -2 2"}), ["2 x -2 x 2"]),
    "half a voxel": (typed({"2 2 2": "2 2.5 2"}), ["nan"]),
    "too few sizes": (typed({"2 2 2": "2 2"}), ["3 numbers"]),
    "10^12 voxels": (typed({"2 2 2": "10000 10000 10000"}), ["1000000000000 voxels"]),
    "10^12 voxels, gzip": (typed({"2 2 2": "10000 10000 10000", **GZIP}, ZIPPED), ["1000000000000 voxels"]),
    "10^12 voxels, text": (typed({"2 2 2": "10000 10000 10000", "raw": "text"}, b"1 2"), ["1000000000000 voxels"]),
    "decimals": (typed({"uint8": "float"}), ['"float"', "integers"]),
    "two types": (typed({"uint8": "short|short int"}), ["integers"]),
    "no type": (typed({"type: uint8\n": ""}), ["integers"]),
    "colours": (typed(more="kinds: RGB-color domain domain\n"), ["RGB-color"]),
    "an unknown encoding": (typed({"raw": "bzip2"}), ["bzip2", "gzip"]),
    "no endian": (typed({"uint8": "uint16"}, BYTES * 2), ["endian"]),
    "cut short": (typed(data=BYTES[:-1]), ["another length"]),
    "too long": (typed(data=BYTES + b"1"), ["another length"]),
    "text where binary is due": (typed(data=b"1 2 3 4 5 6 7 8\n"), ["another length"]),
    "binary where text is due": (typed({"raw": "text"}, BYTES * 2), ["broken"]),
    "too little text": (typed({"raw": "text"}, b"1 2 3 4 5 6 7             "), ["broken"]),
    "no gzip": (typed(GZIP), ["broken"]),
    "gzip cut short": (typed(GZIP, ZIPPED[:-10]), ["broken"]),
    "gzip without its end": (typed(GZIP, ZIPPED[:-1]), ["broken"]),
    "gzip of a wrong checksum": (typed(GZIP, ZIPPED[:-8] + b"abcd" + ZIPPED[-4:]), ["broken"]),
    "gzip of too few": (typed(GZIP, gzip.compress(BYTES[:-1])), ["broken"]),
    "gzip of too many": (typed(GZIP, gzip.compress(BYTES + b"1")), ["broken"]),
    "gzip from its end": (typed(GZIP, ZIPPED, "byte skip: -1\n"), ["byte skip"]),
    "a skip beyond the end": (typed(more="byte skip: 1000000000000\n"), ["another length"]),
    "lines beyond the end": (typed(more="line skip: 1000\n"), ["another length"]),
    "a negative number of lines": (typed(more="line skip: -1\n"), ["line skip"]),
    "a turned image": (typed(more="space directions: (0,1,0) (1,0,0) (0,0,1)\n"), ["space directions"]),
    "a mirrored image": (typed(more="space directions: (-1,0,0) (0,1,0) (0,0,1)\n"), ["positive"]),
    "too few directions": (typed(more="space directions: (1,0,0) (0,1,0)\n"), ["space directions"]),
    "two kinds of lengths": (typed(more="space directions: (1,0,0) (0,1,0) (0,0,1)\nspacings: 1 1 1\n"), ["both"]),
    "a negative spacing": (typed(more="spacings: 1 -1 1\n"), ["-1"]),
    "a spacing of text": (typed(more="spacings: 1 one 1\n"), ["3 numbers"]),
    "an unknown unit": (typed(more='spacings: 1 1 1\nunits: "mile" "mile" "mile"\n'), ["mile", "micron"]),
    "units without quotes": (typed(more="spacings: 1 1 1\nunits: um um um\n"), ["um"]),
    "units that differ": (typed(more='spacings: 1 1 1\nunits: "um" "um" "mm"\n'), ["the same"]),
    "several files": (typed(more="data file: LIST\n"), ["several"]),
    "numbered files": (typed(more="data file: slice%03d.raw 1 5 1\n"), ["several"]),
    "itself as data": (typed(more="data file: image.nrrd\n"), ["itself"]),
}


class Nrrd(ProgramTest):
    def case(self, content=None, groups=CASE, **changes):
        directory = self.write_case(changed(groups, changes))
        if content is not None:
            (directory / "image.nrrd").write_bytes(content)
        return directory

    def cube(self, content):
        return self.case(content, **{"film.width_um": [1.0, 1.0]})

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()]

    def assert_is(self, directory, labels, ranks=1):
        self.assertTrue(np.array_equal(self.grains(directory, ranks), expected(labels)))

    def write(self, path, labels=LABELS, kind="i4", save=(), make=()):
        """By unu: raw values become a file."""
        (path.parent / "values").write_bytes(labels.astype(kind).tobytes())
        name = {"i": "int", "u": "uint"}[np.dtype(kind).kind] + str(8 * np.dtype(kind).itemsize)
        made = unu(["make", "-i", str(path.parent / "values"), "-t", name, "-s", *map(str, labels.shape[::-1]),
                    "-e", "raw", "-en", "little", *make])
        unu(["save", "-f", "nrrd", *save, "-o", str(path)], made)

    def test_every_type_and_encoding_of_unu(self):
        directory = self.case()
        for save in ["-e", "raw"], ["-e", "raw", "-en", "big"], ["-e", "gzip"], ["-e", "gzip", "-en", "big"], ["-e", "ascii"]:
            for kind in "i1", "u2", "i4", "u8":
                with self.subTest(save=save, kind=kind):
                    self.write(directory / "image.nrrd", kind=kind, save=save)
                    self.assert_is(directory, LABELS)

    def test_with_a_data_file(self):
        for encoding in "raw", "gzip", "ascii":
            directory = self.case(**{"structure.file": "image.nhdr"})
            self.write(directory / "image.nhdr", save=["-e", encoding])
            self.assert_is(directory, LABELS, ranks=2)

    def test_on_any_number_of_ranks_and_turned(self):
        """A part of a compressed stream, and more of it than a block, read forwards and again."""
        large = np.random.default_rng(2).integers(0, 1000, (20, 60, 70))
        directory = self.case(**{"structure.through": "x", "film": {"lateral": "periodic", "width_um": [1, 1], "thickness_um": 1}})
        self.write(directory / "image.nrrd", large, save=["-e", "gzip"])
        for ranks in 1, 3:
            grains = self.grains(directory, ranks)
            self.assertTrue(np.array_equal(grains, np.moveaxis(expected(large), (2, 0, 1), (0, 1, 2))))

    def test_typed_by_hand(self):
        for content in (typed(), typed(end="\r\n").replace(b"\r\n", b"\n"), typed(data=b"ab" + BYTES, more="byte skip: 2\n"),
                        typed(data=b"anything" + BYTES, more="byteskip: -1\n"),
                        typed(data=b"a\nb\nc" + BYTES, more="lineskip: 2\nbyte skip: 1\n"),
                        typed({"uint8": "unsigned char"}), typed({"raw": "txt"}, b"1 2 3 4\n5 6 7\n8"),
                        typed(GZIP, gzip.compress(BYTES[:3]) + gzip.compress(BYTES[3:])),
                        typed(GZIP, gzip.compress(b"abc" + BYTES), "byte skip: 3\n"),
                        typed({"uint8": "int16_t"}, np.arange(1, 9, dtype=">i2").tobytes(), "endian: big\n")):
            with self.subTest(content):
                self.assert_is(self.cube(content), CUBE)

    def test_lengths(self):
        directory = self.case(groups=NO_FILM)
        space = ["-spc", "3", "-dirs", "(1,0,0) (0,2,0) (0,0,3)"]
        axes = ["-sp", "1", "2", "3"]
        units = b'units: "um" "um" "um"\n'
        for make, more in (space + ["-spu", "um", "um", "um"], b""), (axes, units):
            with self.subTest(make):
                self.write(directory / "image.nrrd", make=make)
                content = (directory / "image.nrrd").read_bytes()
                (directory / "image.nrrd").write_bytes(content.replace(b"\n\n", b"\n" + more + b"\n", 1))
                self.run_program("run", directory)
                film = self.results(directory)["case"]["film"]
                self.assertEqual(film["thickness_um"]["from"], "image.nrrd")
                self.assert_close(film["thickness_um"]["value"], 15, 1e-12)
                self.assert_close(film["width_um"]["value"][0], 7, 1e-12)
                self.assert_close(film["width_um"]["value"][1], 12, 1e-12)
        for make in space, axes:
            self.write(directory / "image.nrrd", make=make)
            self.assertIn("file_unit_um", self.run_program("run", directory, expect=2).stderr)

    def test_a_section(self):
        directory = self.case(**{"film.thickness_um": 1.2})
        self.write(directory / "image.nrrd", LABELS[0])
        self.assertTrue(np.array_equal(self.grains(directory)[:, 0, :], expected(LABELS[0])))

    def test_a_data_file_counts_in_the_hash(self):
        directory = self.cube(typed(data=b"", more="data file: voxels\n"))
        (directory / "voxels").write_bytes(BYTES)
        self.run_program("run", directory)
        before = self.results(directory)["hash"]
        (directory / "voxels").write_bytes(bytes([1]) * 8)
        self.run_program("run", directory)
        self.assertNotEqual(self.results(directory)["hash"], before)

    def test_broken_files(self):
        for name, (content, fragments) in BROKEN.items():
            with self.subTest(name):
                self.refuse(self.cube(content), "image.nrrd", fragments)

    def test_broken_data_files(self):
        directory = self.cube(typed(data=b"", more="data file: voxels\n"))
        self.refuse(directory, "voxels", ["cannot be read"])
        (directory / "voxels").mkdir()
        self.refuse(directory, "voxels", ["no file"])
        (directory / "voxels").rmdir()
        os.mkfifo(directory / "voxels")
        self.refuse(directory, "voxels", ["no file"])
        os.remove(directory / "voxels")
        (directory / "voxels").write_bytes(b"")
        self.refuse(directory, "voxels", ["another length"])

    def refuse(self, directory, file, fragments):
        finished = self.run_program("run", directory, expect=2)
        self.assertEqual(len(finished.errors), 1, finished)
        for fragment in [f"granulith: error: {directory}/{file}", *fragments]:
            self.assertIn(fragment, finished.errors[0])
        self.assertFalse((directory / "results").exists())


if __name__ == "__main__":
    unittest.main()
