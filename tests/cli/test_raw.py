#!/usr/bin/python3
"""Raw files, whose shape and type the case gives, and tessellations, which are refused."""
import unittest

import numpy as np

from images import IMAGE, ImageTest
from program import CaseText, changed

LABELS = np.random.default_rng(1).integers(0, 100, (5, 6, 7))
RAW = changed(IMAGE, {"structure.file": "image.raw", "film.width_um": [1.4, 1.2],
                      "structure.raw": {"voxels": [7, 6, 5], "type": "uint8"}})
REFUSED = {
    "one byte short": ({"structure.raw.voxels": [7, 6, 4]}, None, ["168 voxels of 1 bytes"]),
    "too long": ({"structure.raw.header_bytes": 1}, None, ["another length"]),
    "a type too wide": ({"structure.raw.type": "int16"}, None, ["210 voxels of 2 bytes"]),
    "10^12 voxels": ({"structure.raw.voxels": [10000] * 3}, None, ["1000000000000 voxels"]),
    "not described": ({"structure.raw": None}, None, ["raw: { voxels"]),
    "a negative size": ({"structure.raw.voxels": [7, -6, 5]}, "structure.raw.voxels", ["-6", "1"]),
    "no size": ({"structure.raw.voxels": None}, "structure.raw", ["voxels"]),
    "decimals": ({"structure.raw.type": "float32"}, "structure.raw.type", ["uint8", "int64"]),
    "a file that describes itself": ({"structure.file": "image.npy"}, "structure.raw", [".raw"]),
}


class Raw(ImageTest):
    def put(self, groups, image):
        """As bytes if it is no array."""
        if isinstance(image, np.ndarray):
            return super().put(groups, image)
        directory = self.write_case(groups)
        (directory / groups["structure"]["file"]).write_bytes(image)
        return directory

    def test_types(self):
        for kind in "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64":
            for order in "<", ">":
                with self.subTest(kind, order=order):
                    groups = changed(RAW, {"structure.raw.type": kind, "structure.raw.big_endian": order == ">",
                                           "structure.raw.header_bytes": 13})
                    content = bytes(13) + LABELS.astype(np.dtype(kind).newbyteorder(order)).tobytes()
                    grain, _ = self.grains(groups, content, ranks=1 + (order == ">"))
                    self.assertTrue(np.array_equal(grain, np.searchsorted(np.unique(np.append(LABELS, 0)), LABELS)))

    def test_what_is_refused(self):
        for name, (changes, key, fragments) in REFUSED.items():
            with self.subTest(name):
                groups = changed(RAW, changes)
                image = LABELS if groups["structure"]["file"].endswith("npy") else LABELS.astype("u1").tobytes()
                directory = self.put(groups, image)
                (error,) = self.run_program("run", directory, expect=2).errors
                place = f"case.cfg:{CaseText(groups).line_of[key]}: " if key else "image.raw: "
                self.assertIn(place, error)
                for fragment in fragments:
                    self.assertIn(fragment, error)
                self.assertFalse((directory / "results").exists())

    def test_a_tessellation_says_what_to_do(self):
        directory = self.put(changed(IMAGE, {"structure.file": "n100-id1.tess"}), b"***tess\n **format\n   3.4\n")
        (error,) = self.run_program("run", directory, expect=2).errors
        for fragment in "n100-id1.tess: ", "seeds may lie outside", "-format tesr":
            self.assertIn(fragment, error)


if __name__ == "__main__":
    unittest.main()
