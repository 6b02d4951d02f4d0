#!/usr/bin/python3
"""Grains made of the orientations of voxels: DREAM.3D files beside EBSD maps, and what is refused."""
import itertools
import unittest

import h5py
import numpy as np

import dream3d
from dream3d import CUBIC, HEXAGONAL
from program import ProgramTest, changed
from test_dream3d import CELLS, IMAGE, drop, edit, replace
from test_ebsd import ang

CASE = changed(IMAGE, {"structure.holds": "orientations"})
ENSEMBLES = "DataContainers/SyntheticVolumeDataContainer/CellEnsembleData"
REFUSED = {
    "no phases": (drop(f"{CELLS}/Phases"), ["Phases of its voxels"]),
    "no symmetries": (drop(f"{ENSEMBLES}/CrystalStructures"), ["CrystalStructures"]),
    "no orientations": (drop(f"{CELLS}/EulerAngles"), ["no array EulerAngles", "CellData/Phases"]),
    "two angles": (replace(f"{CELLS}/EulerAngles", data=np.zeros((4, 3, 5, 2), "f4")), ["EulerAngles", "(4, 3, 5, 3)"]),
    "no axis of angles": (replace(f"{CELLS}/EulerAngles", data=np.zeros((4, 3, 5), "f4")), ["EulerAngles", "(4, 3, 5, 3)"]),
    "whole numbers": (replace(f"{CELLS}/EulerAngles", data=np.zeros((4, 3, 5, 3), "i4")), ["EulerAngles", "decimals"]),
    "never written": (replace(f"{CELLS}/EulerAngles", shape=(4, 3, 5, 3), dtype="f4"), ["EulerAngles", "too small"]),
    "a phase that is in no table": (replace(f"{CELLS}/Phases", data=np.full((4, 3, 5, 1), 7, "i4")), ["broken"]),
}


def turned(angles):
    """About z [deg]."""
    angles = np.asarray(angles, float)
    return np.radians(np.stack([angles, 0 * angles, 0 * angles], axis=-1))


def pieces(alike, shape, periodic):
    """Numbers from 1 by first voxels; alike(a, b) of places; plain Python to compare with."""
    parent = {at: at for at in np.ndindex(shape)}
    def root(at):
        while parent[at] != at:
            at = parent[at]
        return at
    for at, axis in itertools.product(np.ndindex(shape), range(3)):
        other = list(at)
        other[axis] += 1
        if other[axis] == shape[axis]:
            if not periodic or axis == 0:
                continue
            other[axis] = 0
        if alike(at, tuple(other)):
            a, b = sorted((root(at), root(tuple(other))))
            parent[b] = a
    numbers = {}
    return np.array([numbers.setdefault(root(at), len(numbers) + 1) for at in np.ndindex(shape)]).reshape(shape)


class Orientations(ProgramTest):
    def put(self, groups, euler, write=dream3d.write7, phases=None, **arrays):
        directory = self.write_case(groups)
        shape = euler.shape[:3]
        write(directory / "image.dream3d", np.ones(shape, "i4"), voxel_euler=euler,
              phases=np.ones(shape, "i4") if phases is None else phases, **{"crystals": [CUBIC], **arrays})
        return directory

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()], file["phase"][()]

    def test_as_an_ebsd_map(self):
        """The same section both ways: grains, and classes of boundaries by the means of what drifts inside a grain."""
        angles = np.repeat([0.0, 3, 6, 20, 22, 50, 53, 56, 56 + 88], 2)[:, None] + np.linspace(0, 2, 6)
        classes = {"boundaries": [{"between": ["grain", "grain"], "resistance_ohm_cm2": 1.0},
                                  {"between": ["grain", "grain"], "resistance_ohm_cm2": 0.1,
                                   "misorientation": {"name": "low", "from_deg": 0.0, "to_deg": 17.0}}],
                   "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0]}}
        directory = self.write_case(changed(IMAGE, {**classes, "structure.file": "map.ang"}))
        (directory / "map.ang").write_text(ang(np.degrees(turned(angles))))
        self.run_program("run", directory)
        expected, (grain, _) = self.results(directory), self.grains(directory)
        for write, ranks in (dream3d.write7, 1), (dream3d.write8, 2), (dream3d.write7, 3):
            directory = self.put(changed(CASE, classes), turned(angles)[:, None], write)
            self.assertTrue(np.array_equal(self.grains(directory, ranks)[0], grain))
            self.run_program("run", directory, ranks=ranks)
            results = self.results(directory)
            self.assertEqual(results["asr_ohm_cm2"]["boundaries"].keys(), expected["asr_ohm_cm2"]["boundaries"].keys())
            self.assert_close(results["asr_ohm_cm2"]["total"], expected["asr_ohm_cm2"]["total"], 1e-8)

    def test_pieces_in_space(self):
        """Random turns of 0, 3, 6 and 30 degrees, joined below 4 degrees, on any number of ranks, whole, cropped and
        turned."""
        shape = (7, 5, 6)
        angles = np.random.default_rng(1).choice([0.0, 3.0, 6.0, 30.0], shape)
        phases = 1 + np.random.default_rng(2).integers(0, 5, shape) // 4
        alike = lambda a, b: phases[a] == phases[b] and abs(angles[a] - angles[b]) < 4
        two = {"phases": [{"name": "oxide", "conductivity_S_per_cm": 1e-4}, {"name": "other", "conductivity_S_per_cm": 1e-5}],
               "boundaries": None, "structure.grain_angle_deg": 4.0}
        for lateral in "periodic", "insulating":
            case = changed(CASE, {**two, "film.lateral": lateral})
            expected = pieces(alike, shape, lateral == "periodic")
            for ranks in 1, 2, 4:
                directory = self.put(case, turned(angles), phases=phases, crystals=[CUBIC, HEXAGONAL], names=["oxide", "other"])
                grain, phase = self.grains(directory, ranks)
                self.assertTrue(np.array_equal(grain, expected), f"{lateral} {ranks}")
                self.assertTrue(np.array_equal(phase, phases))
        part = changed(CASE, {**two, "film": {"lateral": "insulating"}, "structure.crop": {"x": [1, 4], "z": [2, -1]}})
        inner = angles[2:, :, 1:5], phases[2:, :, 1:5]
        expected = pieces(lambda a, b: inner[1][a] == inner[1][b] and abs(inner[0][a] - inner[0][b]) < 4, inner[0].shape, False)
        directory = self.put(part, turned(angles), phases=phases, crystals=[CUBIC, HEXAGONAL], names=["oxide", "other"])
        self.assertTrue(np.array_equal(self.grains(directory)[0], expected))

    def test_symmetry_and_voids(self):
        """88 degrees about a cube's axis are 2; a voxel of phase 0 or without angles is void; small grains go."""
        euler = turned(np.repeat([0.0, 88.0, 40.0], [2, 2, 1])[:, None, None] * np.ones((1, 3, 4)))
        phases = np.ones(euler.shape[:3], "i4")
        phases[0, 0, 0] = 0
        euler[1, 1, 1] = np.nan
        grain, _ = self.grains(self.put(CASE, euler, phases=phases))
        self.assertEqual([grain[0, 0, 0], grain[1, 1, 1], grain[0, 1, 1], grain[3, 0, 0], grain[4, 0, 0]], [0, 0, 1, 1, 2])
        case = changed(CASE, {"structure.smallest_grain_voxels": 20})
        self.assertEqual(self.grains(self.put(case, euler, phases=phases))[0].max(), 1)

    def test_what_is_refused(self):
        euler = np.zeros((4, 3, 5, 3))
        for name, (change, fragments) in REFUSED.items():
            with self.subTest(name):
                directory = self.put(CASE, euler)
                edit(directory / "image.dream3d", change)
                self.refuse(directory, fragments)
        self.refuse(self.put(IMAGE, euler), ["no array FeatureIds", 'holds = "orientations"'])
        directory = self.write_case(changed(CASE, {"structure.file": "image.npy"}))
        np.save(directory / "image.npy", np.ones((2, 2, 2), int))
        self.refuse(directory, ["image.npy: holds no orientations"])

    def refuse(self, directory, fragments):
        (error,) = self.run_program("run", directory, expect=2).errors
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertFalse((directory / "results").exists())


if __name__ == "__main__":
    unittest.main()
