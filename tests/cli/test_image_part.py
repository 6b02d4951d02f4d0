#!/usr/bin/python3
"""Parts of images and how they lie in the film: crop and through."""
import unittest

import numpy as np

from images import IMAGE, ImageTest
from program import changed

# the film's axes (z, y, x) as axes of the file's array (z, y, x), and those that run backwards
TURNS = {"z": ((0, 1, 2), ()), "x": ((2, 0, 1), ()), "y": ((1, 2, 0), ()),
         "-z": ((0, 1, 2), (0, 1)), "-x": ((2, 0, 1), (0, 1)), "-y": ((1, 2, 0), (0, 1))}

BAD_CROPS = {
    "beyond the image": ({"x": [2, 7]}, "structure.crop.x", ["[2, 7]", "voxels 0 to 6"]),
    "from back to front": ({"y": [3, 2]}, "structure.crop.y", ["[3, 2]", "in this order"]),
    "from before its beginning": ({"z": [-6, -1]}, "structure.crop.z", ["[-6, -1]", "0 to 4"]),
    "of decimals": ({"x": [0.5, 2.0]}, "structure.crop.x", ["integers"]),
}


class ImagePart(ImageTest):
    def setUp(self):
        super().setUp()
        # every voxel a grain of its own: a place cannot be mistaken
        self.image = np.random.default_rng(5).permutation(5 * 6 * 7).reshape(5, 6, 7) + 1

    def expect_grains(self, groups, expected, order="C", ranks=(1, 2, 3)):
        expected = np.searchsorted(np.unique(expected), expected) + 1
        for n in ranks:
            case = changed(groups, {"film.lateral": ["insulating", "periodic"][n % 2]})
            grain, _ = self.grains(case, np.asarray(self.image, order=order), n)
            self.assertTrue(np.array_equal(grain, expected), f"{groups['structure']} {order} {n}")

    def test_crop(self):
        case = changed(IMAGE, {"structure.crop": {"x": [1, 4], "z": [2, -2]}})
        for order in "CF":
            self.expect_grains(case, self.image[2:4, :, 1:5], order)

    def test_through(self):
        for through, (axes, flipped) in TURNS.items():
            with self.subTest(through):
                expected = np.flip(self.image.transpose(axes), flipped)
                self.assertEqual(np.linalg.det(turn(axes, flipped)), 1, "not mirrored")
                self.expect_grains(changed(IMAGE, {"structure.through": through}), expected,
                                   "F" if through == "-y" else "C")

    def test_crop_comes_first(self):
        case = changed(IMAGE, {"structure.crop": {"y": [0, 3]}, "structure.through": "-x"})
        axes, flipped = TURNS["-x"]
        self.expect_grains(case, np.flip(self.image[:, :4].transpose(axes), flipped))

    def test_one_voxel_and_a_section(self):
        for order in "CF":
            one = {"x": [6, 6], "y": [-1, -1], "z": [0, 0]}
            self.expect_grains(changed(IMAGE, {"structure.crop": one}), self.image[:1, -1:, -1:], order, [1])
            flat = changed(IMAGE, {"structure.crop": {"x": [3, 3]}, "structure.through": "y"})
            self.expect_grains(flat, self.image[:, :, 3:4].transpose(TURNS["y"][0]), order)

    def test_a_laminate_along_x(self):
        """Layers across the current: L/sigma = 1 Ohm cm2, 3 boundaries of 0.5, electrodes of 5."""
        image = np.repeat([7, 3, 9, 5], 2) * np.ones((3, 3, 1), "i4")
        directory = self.put(changed(IMAGE, {"structure.through": "x"}), image)
        self.run_program("run", directory)
        results = self.results(directory)
        self.assert_close(results["asr_ohm_cm2"]["total"], 1.0 + 1.5 + 5.0, 1e-12)
        self.assertEqual(results["case"]["film"]["cells"]["value"], [3, 3, 8])
        self.assertEqual(results["case"]["structure"]["through"]["value"], "x")
        along = self.solve_image(IMAGE, image)["asr_ohm_cm2"]
        self.assert_close(along["total"], 1.0 + 5.0, 1e-12)

    def test_check_says_it(self):
        crop = {"structure.crop": {"x": [1, -2]}, "structure.through": "-y"}
        output = self.run_program("check", self.put(changed(IMAGE, crop), self.image)).stdout
        self.assertIn("5 x 5 x 6 cells", output)
        self.assertIn("structure.crop.x = [1, -2]", output)
        self.assertIn('structure.through = "-y"', output)

    def test_bad_crops(self):
        for name, (crop, key, fragments) in BAD_CROPS.items():
            with self.subTest(name):
                self.refuse_key(changed(IMAGE, {"structure.crop": crop}), self.image, key, fragments)
        self.refuse_key(changed(IMAGE, {"structure.through": "w"}), self.image, "structure.through",
                        ["w", "-x"])


def turn(axes, flipped):
    """The rotation as a matrix."""
    matrix = np.eye(3)[list(axes)]
    matrix[list(flipped)] *= -1
    return matrix


if __name__ == "__main__":
    unittest.main()
