#!/usr/bin/python3
"""Specks: grains of few voxels go to their neighbours, the same on any number of ranks."""
import json
import unittest
from collections import Counter

import numpy as np

from images import IMAGE, ImageTest
from program import changed
from test_image_phases import PHASES, TWO, pieces
from test_tesr import tesr


def drop_specks(grain, smallest, periodic_axes):
    """By the rule, voxel by voxel: grains without specks, under their numbers before."""
    grain = grain.copy()
    specks = {g for g, n in Counter(grain[grain > 0]).items() if n < smallest}
    while specks:
        faces = Counter()
        for axis in range(3):
            other = np.roll(grain, -1, axis)
            inner = [slice(None)] * 3
            if axis not in periodic_axes or grain.shape[axis] == 1:
                inner[axis] = slice(0, -1)
            for pair in zip(grain[tuple(inner)].flat, other[tuple(inner)].flat):
                for speck, neighbour in pair, pair[::-1]:
                    if speck in specks and neighbour and neighbour not in specks:
                        faces[speck, neighbour] += 1
        target = {}
        for (speck, neighbour), n in sorted(faces.items()):
            if speck not in target or n > faces[speck, target[speck]]:
                target[speck] = neighbour
        if not target:
            target = dict.fromkeys(specks, 0)
        grain = np.array([target.get(g, g) for g in grain.flat]).reshape(grain.shape)
        specks -= set(target)
    return grain


def numbered(grain):
    """Numbers from 1 in the order that they had; 0 stays."""
    return np.searchsorted(np.unique(np.append(grain, 0)), grain)


class ImageSpecks(ImageTest):
    def test_grains(self):
        image = np.random.default_rng(11).integers(0, 60, (6, 7, 8))
        image[:, 2:4] = 70  # two large ones
        image[:, 5, 1:] = 0
        for lateral, axes in ("insulating", ()), ("periodic", (1, 2)):
            case = changed(IMAGE, {"structure.smallest_grain_voxels": 5, "film.lateral": lateral})
            expected = numbered(drop_specks(image, 5, axes))
            self.assertLess(expected.max(), len(np.unique(image)) - 10)
            for ranks in 1, 2, 3:
                grain, _ = self.grains(case, image, ranks)
                self.assertTrue(np.array_equal(grain, expected), f"{lateral} {ranks}")

    def test_phases(self):
        """Pieces that a speck parted are one when it has gone."""
        image = np.random.default_rng(12).integers(0, 8, (6, 7, 8)) // 3 + 1
        case = changed(PHASES, {**TWO, "structure.smallest_grain_voxels": 6})
        dropped = drop_specks(pieces(image, (1, 2)), 6, (1, 2))
        values = np.append(0, [image[tuple(np.argwhere(pieces(image, (1, 2)) == g)[0])]
                               for g in range(1, dropped.max() + 1)])
        expected = pieces(values[dropped], (1, 2))
        for ranks in 1, 2, 3:
            grain, phase = self.grains(case, image, ranks)
            self.assertTrue(np.array_equal(grain, expected), ranks)
            self.assertTrue(np.array_equal(phase, np.array([0, 2, 1, 1])[values[dropped]]))

    def test_what_is_done_is_said(self):
        """A speck of 2 in a grain, one of 1 in void, one of 3 that stays."""
        image = np.full((8, 4, 4), 9)
        image[2, 1, 1:3] = 4
        image[4:, :, 2:] = 0
        image[6, 2, 3] = 5
        image[0, 0, :3] = 2
        case = changed(IMAGE, {"structure.smallest_grain_voxels": 3, "film.lateral": "insulating"})
        for ranks in 1, 2:
            results = self.solve_image(case, image, ranks)
            micro = results["microstructure"]
            self.assertEqual(micro["num_grains"], 2)
            self.assertEqual(micro["specks"], {
                "smallest_grain_voxels": 3, "num": 2, "fraction": 3 / 128, "num_to_void": 1,
                "fraction_to_void": 1 / 128, "num_grains_joined": 0})
            self.assertAlmostEqual(micro["phase_fractions"]["void"], 0.25)
            self.assertIn("2 grains of fewer than 3 voxels (2.34 % of the image) are dropped: "
                          "1 go to neighbours, 1 (0.781 %) become void", " ".join(results["warnings"]))
        directory = self.put(case, image)
        self.run_program("mesh", directory)
        statistics = json.loads((directory / "results" / "statistics.json").read_text())
        self.assertEqual(statistics["specks"], micro["specks"])
        self.assertIsNone(self.solve_image(IMAGE, image)["microstructure"]["specks"])
        output = self.run_program("check", self.put(case, image)).stdout
        self.assertIn("structure.smallest_grain_voxels = 3", output)

    def test_a_chain_of_specks(self):
        """Each touches the next only; in void all of them go, at a grain all of them join it."""
        image = np.zeros((1, 3, 9), "i4")
        image[0, 0] = 1
        image[0, 2, 1:] = range(2, 10)
        case = changed(IMAGE, {"structure.smallest_grain_voxels": 2, "film.lateral": "insulating"})
        grain, _ = self.grains(case, image)
        self.assertEqual([int(n) for n in np.bincount(grain.flat)], [18, 9])
        image[0, 1, 1] = 1
        for ranks in 1, 3:
            grain, _ = self.grains(case, image, ranks)
            self.assertTrue(np.array_equal(grain, image > 0))

    def test_orientations_stay_with_their_grains(self):
        """60 degrees between 1 and 3 stay when 2 has gone."""
        image = np.repeat([1, 2, 3], [4, 1, 4])[:, None, None] * np.ones((1, 3, 3), int)
        ori = "   rodrigues:active\n" + "".join(
            f"   0.0 0.0 {np.tan(np.radians(a / 2)):.12f}\n" for a in (0, 20, 40))
        classes = {"structure.file": "image.tesr", "structure.smallest_grain_voxels": 10,
                   "boundaries": [{"between": ["grain", "grain"], "misorientation": {"to_deg": 30.0},
                                   "resistance_ohm_cm2": 100.0},
                                  {"between": ["grain", "grain"], "resistance_ohm_cm2": 0.5}]}
        directory = self.put(changed(IMAGE, classes), image)
        (directory / "image.tesr").write_bytes(tesr(image, ori=ori, crysym="cubic"))
        self.run_program("run", directory)
        results = self.results(directory)
        self.assert_close(results["asr_ohm_cm2"]["total"], 1.0 + 0.5 + 5.0, 1e-9)

    def test_nothing_but_specks(self):
        image = np.arange(1, 65).reshape(4, 4, 4)
        self.refuse_key(changed(IMAGE, {"structure.smallest_grain_voxels": 2}), image, None,
                        ["no grain of 2 voxels", "smallest_grain_voxels"])
        self.refuse_key(changed(IMAGE, {"structure.smallest_grain_voxels": 0}), image,
                        "structure.smallest_grain_voxels", ["from 1"])


if __name__ == "__main__":
    unittest.main()
