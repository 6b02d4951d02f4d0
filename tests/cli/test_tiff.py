#!/usr/bin/python3
"""TIFF stacks written by tifffile and Pillow: any layout, lengths from ImageJ and OME, and what is refused."""
import io
import struct
import unittest

import h5py
import numpy as np
import tifffile
from PIL import Image

from program import FILM, ProgramTest, changed

CASE = changed(FILM, {"structure": {"generator": "labels", "file": "image.tif"},
                      "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "lateral": "periodic"},
                      "solver": {"tolerance": 1e-10, "boundary_faces": "stairs"}})
NO_LENGTHS = changed(CASE, {"film": {"lateral": "periodic"}})
SHAPE = (5, 7, 35)  # nz, ny, nx: neither bytes, tiles nor strips divide it


def labels(dtype="uint8", shape=SHAPE):
    """Random grains from 1 on, each with a voxel; and void."""
    most = {"bool": 1, "uint8": 200, "int8": 100}.get(np.dtype(dtype).name, 1000)
    values = np.random.default_rng(1).integers(0, most + 1, shape)
    values.flat[:most] = np.arange(1, most + 1)
    return values.astype(dtype)


def tiff(array, **options):
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, photometric=options.pop("photometric", "minisblack"),
                     metadata=options.pop("metadata", None), **options)
    return stream.getvalue()


def pillow(array, compression):
    pages = [Image.fromarray(page) for page in array]
    stream = io.BytesIO()
    pages[0].save(stream, "TIFF", save_all=True, append_images=pages[1:], compression=compression)
    return stream.getvalue()


IMAGEJ = {"imagej": True, "resolution": (20.0, 10.0), "metadata": {"axes": "ZYX", "spacing": 0.2, "unit": "um"}}
OME = {"ome": True, "metadata": {"axes": "ZYX", "PhysicalSizeX": 50.0, "PhysicalSizeXUnit": "nm",
                                 "PhysicalSizeY": 0.1, "PhysicalSizeYUnit": "µm", "PhysicalSizeZ": 0.2}}
LAYOUTS = {
    **{name: (name, {}) for name in ("uint8", "uint16", "uint32", "int8", "int16", "int32", "uint64", "int64", "bool")},
    "big endian": ("uint16", {"byteorder": ">"}),
    "BigTIFF": ("uint16", {"bigtiff": True}),
    "deflate": ("uint32", {"compression": "zlib"}),
    "deflate with predictor": ("uint16", {"compression": "zlib", "predictor": True}),
    "one row a strip": ("uint16", {"rowsperstrip": 1}),
    "three rows a strip": ("uint32", {"rowsperstrip": 3, "compression": "zlib"}),
    "tiles": ("uint16", {"tile": (16, 16)}),
    "compressed tiles": ("uint32", {"tile": (16, 32), "compression": "zlib", "byteorder": ">"}),
    "tiles of bits": ("bool", {"tile": (16, 16)}),
    "ImageJ": ("uint16", {"imagej": True, "metadata": {"axes": "ZYX"}}),
    "OME": ("uint16", {"ome": True, "metadata": {"axes": "ZYX"}}),
}


def entry(tag, kind, count, value):
    return struct.pack("<HHI", tag, kind, count) + struct.pack("<I", value)


def hand_made(entries, data=b"", next_page=0):
    """Header, one directory, data behind it."""
    return (b"II*\0" + struct.pack("<IH", 8, len(entries)) + b"".join(entries) + struct.pack("<I", next_page) + data)


def page(width, height, counts, bits=8, next_page=0, data=b"\1\2\3\4", compression=1):
    behind = 8 + 2 + 8 * 12 + 4
    return hand_made([entry(256, 4, 1, width), entry(257, 4, 1, height), entry(258, 3, 1, bits),
                      entry(259, 3, 1, compression), entry(262, 3, 1, 1), entry(273, 4, 1, behind),
                      entry(278, 4, 1, height), entry(279, 4, 1, counts)], data, next_page)


GOOD = tiff(labels("uint16"))
BROKEN = {
    "text": (b"1 2 3\n4 5 6\n", ["cannot be read as TIFF"]),
    "nothing": (b"", ["cannot be read as TIFF"]),
    "a header alone": (GOOD[:8], ["cannot be read as TIFF"]),
    "cut short": (tiff(labels("uint16"), compression="zlib")[:300], ["image.tif: "]),
    "pixels cut off": (page(100, 100, 10000, compression=32773), ["cannot be read"]),
    "10^12 pixels claimed": (page(1000000, 1000000, 4), ["1000000 x 1000000", "a file of"]),
    "10^12 pixels claimed, packed": (page(1000000, 1000000, 4, compression=32773), ["1000000 x 1000000", "a file of"]),
    "a page that is its own successor": (page(2, 2, 4, next_page=8), ["after page 1"]),
    "no pixels": (page(0, 2, 4), ["image.tif: "]),
    "wider than allowed": (page(2000000, 1, 4, data=bytes(4)), ["image.tif: "]),
    "samples of 4 bits": (page(4, 2, 4, bits=4), ["4 bits", "1, 8, 16, 32 or 64"]),
    "floats": (tiff(labels().astype("float32")), ["floating-point numbers of 32 bits"]),
    "colours": (tiff(np.ones((4, 4, 3), "uint8"), photometric="rgb"), ["colours", "3 samples"]),
    "pages of two sizes": (None, ["4 x 4", "unlike the first one: 3 x 3"]),
    "negative labels": (tiff(-labels("int16")), ["-", "must not be negative"]),
    "channels": (tiff(labels("uint8", (2, 3, 4, 4)), imagej=True, metadata={"axes": "ZCYX"}), ["channels", "of one"]),
    "an unknown unit": (tiff(labels(), imagej=True, resolution=(1, 1),
                             metadata={"axes": "ZYX", "spacing": 1.0, "unit": "furlong"}), ["furlong", "micron"]),
    "layers behind the page": (tiff(labels("uint8", (4, 4)), description="ImageJ=1.53\nimages=9\nslices=9\n"),
                               ["9 layers", "Image Sequence"]),
}


class Tiff(ProgramTest):
    def put(self, groups, content):
        directory = self.write_case(groups)
        (directory / "image.tif").write_bytes(content)
        return directory

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()]

    def test_layouts(self):
        for name, (dtype, options) in LAYOUTS.items():
            image = labels(dtype)
            directory = self.put(CASE, tiff(image, **dict(options)))
            for ranks in (1, 3) if name == "tiles" else (1,):
                with self.subTest(name, ranks=ranks):
                    np.testing.assert_array_equal(self.grains(directory, ranks), image)

    def test_pillows_compressions(self):
        image = labels()
        for compression in "packbits", "tiff_lzw", "tiff_deflate":
            with self.subTest(compression):
                np.testing.assert_array_equal(self.grains(self.put(CASE, pillow(image, compression))), image)
        palette = [Image.fromarray(layer).convert("P") for layer in image]
        for layer, values in zip(palette, image):
            layer.putdata(values.ravel().tolist())
        stream = io.BytesIO()
        palette[0].save(stream, "TIFF", save_all=True, append_images=palette[1:])
        np.testing.assert_array_equal(self.grains(self.put(CASE, stream.getvalue())), image)

    def test_a_folder_is_read_in_the_order_of_its_numbers(self):
        image = labels("uint16", (12, 4, 6))
        image[0].flat[:24] = range(1, 25)
        directory = self.write_case(changed(CASE, {"structure.file": "slices"}))
        (directory / "slices").mkdir()
        for number, layer in enumerate(image):
            tifffile.imwrite(directory / "slices" / f"slice-{number}.TIF", layer)
        (directory / "slices" / "notes.txt").write_text("not a layer")
        expected = np.searchsorted(np.unique(image[image > 0]), image) + (image > 0)
        for ranks in 1, 2:
            np.testing.assert_array_equal(self.grains(directory, ranks), expected)
        tifffile.imwrite(directory / "slices" / "slice-12.tif", image[:2])
        self.refuse(directory, "slices/slice-12.tif: ", ["several pages", "one layer"])
        tifffile.imwrite(directory / "slices" / "slice-12.tif", image[0, :3])
        self.refuse(directory, "slices/slice-12.tif: ", ["unlike the first one"])

    def test_a_changed_layer_is_noticed(self):
        directory = self.write_case(changed(CASE, {"structure.file": "slices"}))
        (directory / "slices").mkdir()
        hashes = []
        for value in 1, 2:
            tifffile.imwrite(directory / "slices" / "0.tif", np.full((4, 4), value, "uint8"))
            self.run_program("run", directory)
            hashes.append(self.results(directory)["hash"])
        self.assertNotEqual(*hashes)

    def test_a_single_page_is_a_section(self):
        image = labels("uint8", (20, 10))
        np.testing.assert_array_equal(self.grains(self.put(CASE, tiff(image)))[:, 0, :], image)

    def test_lengths_come_from_imagej_and_ome(self):
        """35 x 7 x 5 voxels of 0.05 x 0.1 x 0.2 um."""
        for name, options in {"ImageJ": IMAGEJ, "OME": OME}.items():
            with self.subTest(name):
                directory = self.put(NO_LENGTHS, tiff(labels("uint16"), **dict(options)))
                self.run_program("run", directory)
                results = self.results(directory)
                film = results["case"]["film"]
                self.assertEqual(film["thickness_um"]["from"], "image.tif")
                self.assertAlmostEqual(film["thickness_um"]["value"], 1.0, 6)
                np.testing.assert_allclose(film["width_um"]["value"], [1.75, 0.7], rtol=1e-6)
                given = changed(CASE, {"film.width_um": [1.75, 0.7]})
                self.put(given, tiff(labels("uint16"), **dict(options)))
                self.run_program("run", directory)
                self.assertAlmostEqual(self.results(directory)["asr_ohm_cm2"]["total"] /
                                       results["asr_ohm_cm2"]["total"], 1, 6)

    def test_the_film_may_be_left_out(self):
        directory = self.put(changed(NO_LENGTHS, {"film": None}), tiff(labels("uint16"), **dict(IMAGEJ)))
        output = self.run_program("check", directory)
        self.assertIn("35 x 7 x 5 cells", output.stdout)

    def test_a_unit_from_the_case(self):
        pixels = {**IMAGEJ, "metadata": {"axes": "ZYX", "spacing": 0.2, "unit": "pixel"}}
        directory = self.put(changed(NO_LENGTHS, {"structure.file_unit_um": 2.0}), tiff(labels("uint16"), **pixels))
        self.run_program("run", directory)
        self.assertAlmostEqual(self.results(directory)["case"]["film"]["thickness_um"]["value"], 2.0, 6)
        self.refuse(self.put(NO_LENGTHS, tiff(labels("uint16"), **pixels)), "case.cfg",
                    ["thickness_um is missing", "no unit", "structure.file_unit_um"], problems=2)
        self.refuse(self.put(CASE, tiff(labels("uint16"), **pixels)), "case.cfg",
                    ["width_um", "contradicts", "1.75 um"], problems=2)

    def test_contradictions_are_refused(self):
        for changes, fragments, problems in (
                ({"film.width_um": [1.75, 0.7], "film.thickness_um": 1.01}, ["thickness_um", "1 um along z"], 1),
                ({"film.width_um": [1.75, 0.75]}, ["width_um", "0.7 um along y"], 1),
                ({"film.width_um": [1.75, 0.7], "structure.file_unit_um": 1.0}, ["file_unit_um", "units of 1 um"], 1)):
            with self.subTest(str(changes)):
                directory = self.put(changed(CASE, changes), tiff(labels("uint16"), **dict(IMAGEJ)))
                self.refuse(directory, "case.cfg", fragments, problems)
        directory = self.put(changed(NO_LENGTHS, {}), GOOD)
        self.refuse(directory, "case.cfg", ["thickness_um is missing", "does not say how large"], problems=2)
        directory = self.put(changed(CASE, {"structure.file_unit_um": 1.0}), GOOD)
        self.refuse(directory, "case.cfg", ["file_unit_um", "nothing to act on"])

    def test_broken_files(self):
        for name, (content, fragments) in BROKEN.items():
            if content is None:
                stream = io.BytesIO()
                with tifffile.TiffWriter(stream) as writer:
                    for size in 3, 4:
                        writer.write(np.ones((size, size), "uint8"), metadata=None)
                content = stream.getvalue()
            for ranks in (1, 2) if name in ("cut short", "pixels cut off") else (1,):
                with self.subTest(name, ranks=ranks):
                    self.refuse(self.put(CASE, content), "image.tif: ", fragments, ranks=ranks)
        directory = self.write_case(changed(CASE, {"structure.file": "empty"}))
        (directory / "empty").mkdir()
        self.refuse(directory, "empty: ", ["without .tif"])

    def refuse(self, directory, place, fragments, problems=1, ranks=1):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, ranks=ranks, expect=2)
        self.assertEqual(len(finished.errors), problems, finished.stderr)
        self.assertTrue(finished.errors[0].startswith(f"granulith: error: {directory}/{place}"), finished.errors[0])
        for fragment in fragments:
            self.assertIn(fragment, finished.errors[0])
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
