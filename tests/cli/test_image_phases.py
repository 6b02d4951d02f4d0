#!/usr/bin/python3
"""Images of phases: their connected pieces become grains, the same on any number of ranks."""
import unittest

import h5py
import numpy as np

from images import IMAGE, ImageTest
from program import changed
from test_tesr import DATA, HEAD, tesr

PHASES = changed(IMAGE, {"structure.holds": "phases"})
TWO = {"phases": [{"name": "a", "conductivity_S_per_cm": 1e-4},
                  {"name": "b", "conductivity_S_per_cm": 1e-5}],
       "boundaries": [{"between": ["a", "b"], "resistance_ohm_cm2": 0.5}],
       "structure.label_phases": [{"labels": [1, 1], "phase": "b"}, {"labels": [2, 9], "phase": "a"}]}


def pieces(image, periodic_axes, order="C"):
    """Grains by flooding, one voxel after the other in the order of the file; axes z, y, x."""
    grain = np.zeros(image.shape, int)
    for start in np.ndindex(image.shape if order == "C" else image.shape[::-1]):
        start = start if order == "C" else start[::-1]
        if image[start] and not grain[start]:
            grain[start], todo = grain.max() + 1, [start]
            while todo:
                at = todo.pop()
                for axis in range(3):
                    for step in -1, 1:
                        to = list(at)
                        to[axis] += step
                        if axis in periodic_axes:
                            to[axis] %= image.shape[axis]
                        to = tuple(to)
                        if 0 <= to[axis] < image.shape[axis] and not grain[to] and image[to] == image[at]:
                            grain[to] = grain[at]
                            todo.append(to)
    return grain


def spiral(size):
    """A line that winds inwards between windings of void: its ends meet last."""
    image, at, step = np.zeros((size, size), "u1"), [0, 0], [0, 1]
    image[0, 0] = 1
    while True:
        for _ in range(2):
            ahead = [[at[d] + n * step[d] for d in (0, 1)] for n in (1, 2)]
            if all(0 <= a < size for a in ahead[0]) and not (
                    all(0 <= a < size for a in ahead[1]) and image[tuple(ahead[1])]):
                break
            step = [step[1], -step[0]]
        else:
            return image
        at = ahead[0]
        if image[tuple(at)]:
            return image
        image[tuple(at)] = 1


class ImagePhases(ImageTest):
    def expect_pieces(self, image, groups=PHASES, ranks=(1, 2, 3), orders="C"):
        for lateral, axes in ("insulating", ()), ("periodic", (1, 2)):
            for order in orders:
                expected = pieces(image, axes, order)
                for n in ranks:
                    case = changed(groups, {"film.lateral": lateral})
                    grain, _ = self.grains(case, np.asarray(image, order=order), n)
                    self.assertEqual(grain.max(), expected.max(), f"{lateral} {order} {n}")
                    self.assertTrue(np.array_equal(grain, expected), f"{lateral} {order} {n}")
        return expected

    def test_noise(self):
        """Many pieces, of all shapes, in both orders of the file."""
        image = np.random.default_rng(7).integers(0, 3, (6, 7, 8))
        grain = self.expect_pieces(image, changed(PHASES, TWO), orders="CF")
        self.assertGreater(grain.max(), 30)

    def test_a_spiral_merges_late(self):
        for flat in spiral(13)[None], spiral(13)[:, None], spiral(13)[:, :, None]:
            self.assertEqual(self.expect_pieces(flat, ranks=[2, 3] if len(flat) > 1 else [3]).max(), 1)

    def test_a_checkerboard_has_a_grain_a_voxel(self):
        image = np.indices((4, 6, 4)).sum(axis=0) % 2
        self.assertEqual(self.expect_pieces(image, ranks=[3]).max(), image.sum())
        _, phase = self.grains(changed(PHASES, TWO), image + 1)
        self.assertTrue(np.array_equal(phase, np.where(image, 1, 2)))

    def test_pieces_join_across_periodic_sides_only(self):
        """A pillar at the corner of the box: four pieces, or one. Plates do not join."""
        image = np.zeros((5, 6, 6), "u1")
        image[:, ::5, ::5] = 1
        image[2] = 0
        for lateral, number in ("insulating", 8), ("periodic", 2):
            for ranks in 1, 3:
                grain, _ = self.grains(changed(PHASES, {"film.lateral": lateral}), image, ranks)
                self.assertEqual(grain.max(), number)
        turned = changed(PHASES, {"structure.through": "x"})
        grain, _ = self.grains(turned, np.ascontiguousarray(image.transpose(1, 2, 0)), 3)
        self.assertEqual(grain.max(), 2)

    def test_with_crop_and_turn(self):
        image = np.random.default_rng(8).integers(0, 2, (5, 6, 7))
        expected = pieces(image[:, 1:5], (0, 1)).transpose(2, 0, 1)  # y of the film is the file's z
        case = changed(PHASES, {"structure.crop": {"y": [1, 4]}, "structure.through": "x"})
        for ranks in 1, 2, 3:
            grain, _ = self.grains(case, image, ranks)
            self.assertTrue(np.array_equal(grain, expected), ranks)

    def test_asr(self):
        """Layers a b a: no boundary within a phase, two between; sides do not matter."""
        image = np.repeat([2, 1, 3, 2], [4, 2, 1, 1])[:, None, None] * np.ones((1, 3, 3), "i4")
        directory = self.put(changed(PHASES, TWO), image)
        self.run_program("run", directory, ranks=2)
        results = self.results(directory)
        self.assertEqual(results["case"]["structure"]["holds"]["value"], "phases")
        self.assertEqual(results["microstructure"]["num_grains"], 4)
        # a: 6/8 um of 1e-4 S/cm, b: 2/8 um of 1e-5 S/cm; a|b twice
        self.assert_close(results["asr_ohm_cm2"]["total"], 0.75 + 2.5 + 2 * 0.5 + 5.0, 1e-12)

    def test_refusals(self):
        image = np.ones((4, 4, 4), "i4")
        image[2:] = 3
        bad = {"structure.holds": ({"structure.holds": "phase"}, ["grains", "phases"]),
               "structure.phase_fractions":
                   ({"structure.phase_fractions": [{"phase": "grain", "fraction": 0.5}]}, ["holds"])}
        for key, (changes, fragments) in bad.items():
            self.refuse_key(changed(PHASES, changes), image, key, fragments)
        two = changed(PHASES, {**TWO, "structure.label_phases": [{"labels": [1, 1], "phase": "a"}]})
        self.refuse_key(two, image, "structure.label_phases.[0].labels",
                        ["1 of the image's 2 labels", "the first is 3"])


    def test_a_format_read_from_its_front(self):
        """Text has to be read in order: the same pieces, cropped and turned."""
        image = np.random.default_rng(9).integers(0, 2, (5, 6, 7))
        case = changed(PHASES, {"structure.file": "image.tesr", "structure.through": "-y",
                                "structure.crop": {"x": [1, -1]},
                                "film.width_um": [1.0, 6 / 7]})
        expected = pieces(image[:, :, 1:], (0, 2)).transpose(1, 2, 0)[::-1, ::-1]
        for ranks in 1, 3:
            directory = self.put(case, image)
            (directory / "image.tesr").write_bytes(tesr(image))
            self.run_program("mesh", directory, ranks=ranks)
            with h5py.File(directory / "results" / "labels.h5") as file:
                self.assertTrue(np.array_equal(file["grain"][()], expected), ranks)

    def test_a_file_that_knows_its_grains(self):
        case = changed(PHASES, {"structure.file": "image.tesr"})
        directory = self.put(case, np.ones((2, 2, 2), "u1"))
        (directory / "image.tesr").write_text(HEAD + DATA)
        refused = self.run_program("run", directory, expect=2)
        self.assertIn('structure.holds = "phases": must be "grains"', refused.errors[0])


if __name__ == "__main__":
    unittest.main()
