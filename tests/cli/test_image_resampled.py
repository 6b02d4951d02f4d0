#!/usr/bin/python3
"""Images on cells of any number: the grain with most of a cell's volume, the same on any number of ranks."""
import gzip
import json
import unittest

import h5py
import numpy as np

from images import IMAGE, ImageTest
from program import changed
from test_image_phases import PHASES, TWO, pieces


def vote(image, cells):
    """Voxels and cells are cut into equal pieces, cells x voxels along each axis, and these are counted."""
    fine = image
    for axis in range(3):
        fine = fine.repeat(cells[axis], axis)
    winners = np.empty(cells, image.dtype)
    for cell in np.ndindex(*cells):
        part = fine[tuple(slice(c * n, (c + 1) * n) for c, n in zip(cell, image.shape))]
        labels, counts = np.unique(part, return_counts=True)
        most = labels[counts == counts.max()]
        centre = image[tuple((2 * c + 1) * n // (2 * m) for c, n, m in zip(cell, image.shape, cells))]
        winners[cell] = centre if centre in most else most[0]
    return winners


def numbered(image, cells):
    """Grains as the image numbers them, 0 void, on the cells."""
    return vote(np.searchsorted(np.unique(np.append(image, 0)), image), cells)


def on(cells, **changes):
    """The case of an image with so many cells, (nz, ny, nx)."""
    return changed(IMAGE, {"film.cells": list(cells[::-1]), **changes})


class ImageResampled(ImageTest):
    def test_equal_and_finer(self):
        """The image itself, and its voxels repeated: nothing is changed, nothing is said."""
        image = np.random.default_rng(31).integers(0, 9, (5, 4, 6))
        for times in 1, 2:
            grain, _ = self.grains(on(np.multiply(image.shape, times)), image)
            self.assertTrue(np.array_equal(grain, image.repeat(times, 0).repeat(times, 1).repeat(times, 2)))
        micro = self.solve_image(on((10, 4, 12)), image + 1)["microstructure"]
        self.assertIsNone(micro["resampled"])

    def test_coarser_by_a_whole_number(self):
        """The majority of 3 x 3 x 3 voxels; two labels have no tie."""
        image = np.random.default_rng(32).integers(0, 2, (9, 12, 6))
        blocks = image.reshape(3, 3, 4, 3, 2, 3).sum((1, 3, 5))
        for ranks in 1, 2, 4:
            grain, _ = self.grains(on((3, 4, 2)), image, ranks)
            self.assertTrue(np.array_equal(grain, blocks > 13), ranks)

    def test_any_number_and_ranks(self):
        """Coarser along some axes and finer along others; few labels, so that there are many ties."""
        draw = np.random.default_rng(33)
        for shape, cells in (((6, 5, 4), (4, 3, 7)), ((4, 6, 5), (3, 4, 3)), ((3, 4, 4), (5, 6, 8)),
                             ((4, 4, 4), (2, 2, 2)), ((7, 1, 5), (4, 2, 3))):
            image = draw.integers(0, 4, shape)
            expected = numbered(image, cells)
            for lateral, order in ("periodic", "C"), ("insulating", "F"):
                case = on(cells, **{"film.lateral": lateral})
                for ranks in 1, 2, 4:
                    grain, _ = self.grains(case, np.asarray(image, order=order), ranks)
                    self.assertTrue(np.array_equal(grain, expected), f"{shape} {cells} {order} {ranks}")

    def test_ties(self):
        """Of equal parts that of the centre's voxel, which lies behind a face; without it the first."""
        image = np.array([5, 3])[:, None, None]
        grain, _ = self.grains(on((1, 1, 1)), image)
        self.assertEqual(grain.item(), 1)
        image = np.array([9, 9, 7, 0, 7, 6, 6])[:, None, None]
        grain, _ = self.grains(on((1, 1, 1)), image)
        self.assertEqual(grain.item(), 1)

    def test_a_file_read_from_its_front(self):
        """A compressed NRRD, through x from its end: cut and turned first, then resampled."""
        image = np.random.default_rng(34).integers(0, 5, (6, 7, 9), "u1")
        header = ("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 9 7 6\nencoding: gzip\n"
                  "spacings: 1 1 1\nunits: \"um\" \"um\" \"um\"\n\n")
        case = changed(IMAGE, {"film": {"lateral": "insulating", "cells": [5, 4, 6]},
                               "structure.file": "image.nrrd", "structure.through": "-x",
                               "structure.crop": {"x": [1, -1]}})
        directory = self.write_case(case)
        (directory / "image.nrrd").write_bytes(header.encode() + gzip.compress(image.tobytes()))
        turned = image[:, :, 1:].transpose(2, 0, 1)[::-1, ::-1]  # film's x, y, z: file's y, z, x
        for ranks in 1, 2:
            self.run_program("mesh", directory, ranks=ranks)
            with h5py.File(directory / "results" / "labels.h5") as file:
                self.assertTrue(np.array_equal(file["grain"][()], numbered(turned, (6, 4, 5))), ranks)

    def test_segments_first(self):
        """Pieces are found, and specks dropped, on voxels: what touches on cells stays apart."""
        image = np.random.default_rng(35).integers(1, 3, (6, 8, 8))
        case = changed(PHASES, {**TWO, "film.cells": [5, 5, 4]})
        expected = vote(pieces(image, (1, 2)), (4, 5, 5))
        for ranks in 1, 2:
            grain, _ = self.grains(case, image, ranks)
            self.assertTrue(np.array_equal(grain, expected), ranks)

    def test_a_laminate_is_conserved(self):
        """Planes at 1/3 and 2/3 of the thickness fall on 12 voxels' and on 9 cells' faces."""
        image = np.repeat([4, 2, 3], 4)[:, None, None] * np.ones((1, 3, 3), "i4")
        whole, coarse = (self.solve_image(on((n, 2, 3)), image) for n in (12, 9))
        for results in whole, coarse:
            self.assert_close(results["asr_ohm_cm2"]["total"], 1.0 + 2 * 0.5 + 5.0, 1e-12)
        self.assertEqual(coarse["microstructure"]["phase_fractions"], {"grain": 1.0})
        self.assertEqual(coarse["microstructure"]["resampled"]["num_grains_lost"], 0)

    def test_what_is_changed_is_said(self):
        """Half of the film void, of the other half one voxel is a grain, lost on cells of 2 x 2 x 2."""
        image = np.ones((8, 4, 4), "i4")
        image[4:, :, 2:] = 0
        image[5, :, 2] = 1
        image[1, 1, 1] = 2
        case = on((4, 2, 2), **{"film.lateral": "insulating"})
        for ranks in 1, 2:
            results = self.solve_image(case, image, ranks)
            micro = results["microstructure"]
            self.assertEqual(micro["resampled"], {
                "voxels": [4, 4, 8], "phase_fractions_before": {"grain": 100 / 128, "void": 28 / 128},
                "num_grains_lost": 1})
            self.assertAlmostEqual(micro["phase_fractions"]["void"], 0.25)
            self.assertIn("is resampled from 4 x 4 x 8 voxels to 2 x 2 x 4 cells, each of the grain with most "
                          "of its volume: void 25 % (was 21.88 %), grain 75 % (was 78.12 %); 1 of 2 grains "
                          "have no cell", " ".join(results["warnings"]))
        directory = self.put(case, image)
        self.run_program("mesh", directory)
        statistics = json.loads((directory / "results" / "statistics.json").read_text())
        self.assertEqual(statistics["resampled"], micro["resampled"])


if __name__ == "__main__":
    unittest.main()
