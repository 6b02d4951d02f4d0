#!/usr/bin/python3
"""DREAM.3D files: both versions, phases by name, by number and by voxel, and what is refused."""
import os
import unittest

import h5py
import numpy as np

import dream3d
from dream3d import CUBIC, HEXAGONAL
from program import FILM, ProgramTest, changed

IMAGE = changed(FILM, {"structure": {"generator": "labels", "file": "image.dream3d"},
                       "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"},
                       "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "lateral": "periodic"}})
TWO_PHASES = {"phases": [{"name": "oxide", "conductivity_S_per_cm": 1e-4},
                         {"name": "glass", "conductivity_S_per_cm": 1e-5}],
              "boundaries": [{"between": ["oxide", "glass"], "resistance_ohm_cm2": 0.5}]}
CELLS = "DataContainers/SyntheticVolumeDataContainer/CellData"
GEOMETRY = "DataContainers/SyntheticVolumeDataContainer/_SIMPL_GEOMETRY"
GRAINS = "DataContainers/SyntheticVolumeDataContainer/CellFeatureData"


def layers(labels, height=4, width=3):
    return np.repeat(labels, height)[:, None, None] * np.ones((1, width, width), "i4")


def edit(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


def replace(name, **keywords):
    """Puts another array in the place of one."""
    def change(file):
        if name in file:
            del file[name]
        file.create_dataset(name, **keywords)
    return change


def link(name, target):
    def change(file):
        if name in file:
            del file[name]
        file[name] = target
    return change


def drop(name):
    def change(file):
        del file[name]
    return change


def share(name, other):
    """A hard link, which may go round in a circle."""
    def change(file):
        file[name] = file[other]
    return change


def second_volume(file):
    file.copy("DataContainers/SyntheticVolumeDataContainer", "DataContainers/other")


# what is done to a good file of 4 x 3 x 2 voxels, and what is said
BROKEN = {
    "no geometry": (drop(GEOMETRY), ["no image", "_SIMPL_GEOMETRY"]),
    "no labels": (drop(f"{CELLS}/FeatureIds"), ["no array FeatureIds", "CellData/Phases"]),
    "labels that are a group":
        (lambda file: (drop(f"{CELLS}/FeatureIds")(file), file.create_group(f"{CELLS}/FeatureIds")),
         ["FeatureIds", "(2, 3, 4, 1)"]),
    "labels linked to themselves":
        (link(f"{CELLS}/FeatureIds", h5py.SoftLink(f"/{CELLS}/FeatureIds")), ["no array FeatureIds"]),
    "labels in another file":
        (link(f"{CELLS}/FeatureIds", h5py.ExternalLink("other.h5", "/labels")), ["no array FeatureIds"]),
    "labels in a raw file":
        (replace(f"{CELLS}/FeatureIds", shape=(2, 3, 4, 1), dtype="i4", external=[("/etc/hostname", 0, 96)]),
         ["FeatureIds", "too small"]),
    "groups in a circle": (lambda file: (drop(GEOMETRY)(file),
                                         share("DataContainers/round", "DataContainers")(file)), ["no image"]),
    "two volumes": (second_volume, ["2 arrays FeatureIds", "other/CellData/FeatureIds"]),
    "labels of another shape":
        (replace(f"{CELLS}/FeatureIds", data=np.ones((2, 3, 5, 1), "i4")), ["(2, 3, 4, 1)", "(2, 3, 5"]),
    "labels in a row":
        (replace(f"{CELLS}/FeatureIds", data=np.ones((24, 1), "i4")), ["(2, 3, 4, 1)", "2 axes"]),
    "labels of two numbers":
        (replace(f"{CELLS}/FeatureIds", data=np.ones((2, 3, 4, 2), "i4")), ["(2, 3, 4, 1)"]),
    "labels of decimals":
        (replace(f"{CELLS}/FeatureIds", data=np.ones((2, 3, 4, 1), "f4")), ["FeatureIds", "integers"]),
    "labels of text":
        (replace(f"{CELLS}/FeatureIds", data=np.full((2, 3, 4, 1), b"grain")), ["FeatureIds", "integers"]),
    "negative labels":
        (replace(f"{CELLS}/FeatureIds", data=np.full((2, 3, 4, 1), -3, "i4")), ["-3", "not be negative"]),
    "labels that were never written":
        (replace(f"{CELLS}/FeatureIds", shape=(2, 3, 4, 1), dtype="i4"), ["FeatureIds", "too small"]),
    "10^12 voxels":
        (lambda file: (replace(f"{CELLS}/FeatureIds", shape=(10**4, 10**4, 10**4, 1), dtype="i4",
                               chunks=(10, 10, 10, 1))(file),
                       replace(f"{GEOMETRY}/DIMENSIONS", data=np.full(3, 10**4))(file)), ["too small"]),
    "sizes that are negative":
        (replace(f"{GEOMETRY}/DIMENSIONS", data=np.array([4, -3, 2])), ["4 x -3 x 2 voxels"]),
    "four sizes": (replace(f"{GEOMETRY}/DIMENSIONS", data=np.array([4, 3, 2, 1])), ["no image"]),
    "sizes of text": (replace(f"{GEOMETRY}/DIMENSIONS", data=np.full(3, b"four")), ["no image"]),
    "no spacing": (drop(f"{GEOMETRY}/SPACING"), ["no image", "SPACING"]),
    "a spacing of 0":
        (replace(f"{GEOMETRY}/SPACING", data=np.array([0.1, 0, 0.1], "f4")), ["0.1 x 0 x 0.1", "above 0"]),
    "a spacing that is not a number":
        (replace(f"{GEOMETRY}/SPACING", data=np.array([0.1, np.nan, 0.1], "f4")), ["nan", "above 0"]),
    "phases of another shape":
        (replace(f"{CELLS}/Phases", data=np.ones((2, 3, 3, 1), "i4")), ["Phases", "(2, 3, 4, 1)"]),
    "a grain of two phases":
        (replace(f"{CELLS}/Phases", data=1 + np.arange(24).reshape(2, 3, 4, 1) % 2),
         ["phases 1 and 2 in grain 1", "a grain has one"]),
    "a grain of no phase":
        (lambda file: (drop(f"{CELLS}/Phases")(file),
                       replace(f"{GRAINS}/Phases", data=np.zeros((3, 1), "i4"))(file)), ["grain 1 of phase 0"]),
    "too few rows of grains": (replace(f"{GRAINS}/Phases", data=np.ones((2, 1), "i4")), ["2", "3", "rows"]),
    "no row for a grain":
        (lambda file: (drop(f"{GRAINS}/AvgEulerAngles")(file),
                       replace(f"{GRAINS}/Phases", data=np.ones((2, 1), "i4"))(file)),
         ["nothing of grain 2", "ends with 1"]),
    "grains and voxels of different phases":
        (replace(f"{GRAINS}/Phases", data=np.array([[0], [1], [2]], "i4")),
         ["grain 2 of phase 2", "1 in voxels"]),
    "grains with two angles":
        (replace(f"{GRAINS}/AvgEulerAngles", data=np.ones((3, 2), "f4")), ["AvgEulerAngles", "3 numbers"]),
    "angles that are not numbers":
        (replace(f"{GRAINS}/AvgEulerAngles", data=np.full((3, 3), np.nan, "f4")), ["AvgEulerAngles", "nan"]),
    "10^12 grains":
        (lambda file: (drop(f"{GRAINS}/AvgEulerAngles")(file),
                       replace(f"{GRAINS}/Phases", shape=(10**12, 1), dtype="i4", chunks=(1000, 1))(file)),
         ["Phases of grains"]),
    "two tables of grains": (share("DataContainers/SyntheticVolumeDataContainer/more", GRAINS), ["two tables Phases"]),
}


class Dream3d(ProgramTest):
    def put(self, groups, labels, write=dream3d.write7, **arrays):
        directory = self.write_case(groups)
        write(directory / "image.dream3d", labels, **arrays)
        return directory

    def grains(self, directory, ranks=1):
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()], file["phase"][()]

    def test_both_versions_on_any_number_of_ranks(self):
        """Sparse labels, void among them, and rows, planes and parts of both."""
        draw = np.random.default_rng(1)
        labels = draw.integers(0, 40, (7, 5, 6)) * draw.integers(0, 50, (7, 5, 6))
        expected = np.searchsorted(np.unique(np.append(labels, 0)), labels)
        for write in dream3d.write7, dream3d.write8:
            for ranks in 1, 3:
                grain, _ = self.grains(self.put(IMAGE, labels, write), ranks)
                self.assertTrue(np.array_equal(grain, expected), f"{write.__name__} {ranks}")

    def test_compressed_and_older(self):
        labels = np.random.default_rng(2).integers(0, 9, (7, 5, 6))
        directory = self.put(IMAGE, labels, resolution="RESOLUTION", name="ImageDataContainer", unit=None)
        def compress(file):
            name = "DataContainers/ImageDataContainer/CellData/FeatureIds"
            replace(name, data=labels[..., None].astype("u2"), chunks=(2, 3, 4, 1), compression="gzip")(file)
        edit(directory / "image.dream3d", compress)
        self.assertTrue(np.array_equal(self.grains(directory)[0], labels))

    def test_layers_by_hand(self):
        """Half oxide, half glass: L/sigma = 0.5 + 5, a boundary of 0.5, electrodes of 5."""
        case = changed(IMAGE, TWO_PHASES)
        labels = layers([1, 2])
        for phases, names, said in ((layers([1, 2]), None, '1 is "oxide", 2 is "glass"'),
                                    (layers([2, 1]), ["glass", "oxide"], None),
                                    (layers([1, 2]), ["LLTO", "LiPON"], '1 (LLTO) is "oxide"')):
            with self.subTest(names):
                directory = self.put(case, labels, phases=phases, names=names,
                                     crystals=[CUBIC, HEXAGONAL] if names else None)
                self.run_program("run", directory)
                results = self.results(directory)
                asr = results["asr_ohm_cm2"]
                self.assert_close(asr["grains"]["oxide"], 0.5, 1e-6)
                self.assert_close(asr["grains"]["glass"], 5.0, 1e-6)
                self.assert_close(asr["boundaries"]["oxide|glass"], 0.5, 1e-6)
                warnings = " ".join(results["warnings"])
                self.assertIn(said or "", warnings)
                self.assertEqual("taken by their numbers" in warnings, said is not None)

    def test_lengths_and_units(self):
        """The film's lengths are the file's; metres stand for no unit, as DREAM3D-NX writes them unasked."""
        free = changed(IMAGE, {"film.thickness_um": None, "film.width_um": None})
        given = changed(free, {"structure.file_unit_um": 0.5})
        labels = np.ones((4, 3, 2), "i4")
        for case, unit, expected in ((free, dream3d.MICROMETRE, [20.0, 90.0, 160.0]),
                                     (free, dream3d.NANOMETRE, [0.02, 0.09, 0.16]),
                                     (free, dream3d.MILLIMETRE, [20e3, 90e3, 160e3]),
                                     (given, dream3d.METRE, [10.0, 45.0, 80.0]),
                                     (given, dream3d.UNSPECIFIED, [10.0, 45.0, 80.0])):
            for write in dream3d.write7, dream3d.write8:
                directory = self.put(case, labels, write, spacing=(10, 30, 40), unit=unit)
                self.run_program("run", directory)
                film = self.results(directory)["case"]["film"]
                found = [*film["width_um"]["value"], film["thickness_um"]["value"]]
                np.testing.assert_allclose(found, expected, rtol=1e-6)
        for unit in dream3d.METRE, dream3d.UNSPECIFIED, None:
            directory = self.put(free, labels, spacing=(10, 30, 40), unit=unit)
            self.assertIn("file_unit_um", self.run_program("run", directory, expect=2).stderr)

    def test_phases_of_grains_alone(self):
        directory = self.put(changed(IMAGE, TWO_PHASES), layers([2, 5]), grain_phases=[0, 9, 2, 9, 9, 1])
        for ranks in 1, 2:
            _, phase = self.grains(directory, ranks)
            self.assertEqual([int(p) for p in phase[:, 0, 0]], [2] * 4 + [1] * 4)

    def test_the_case_has_the_last_word(self):
        """label_phases instead of what the file says, and dealt phases."""
        ranges = {"structure.label_phases": [{"labels": [1, 1], "phase": "glass"},
                                             {"labels": [2, 2], "phase": "oxide"}]}
        dealt = {"structure.phase_fractions": [{"phase": "glass", "fraction": 1.0}]}
        for changes, expected in (ranges, [2, 1]), (dealt, [2, 2]):
            directory = self.put(changed(IMAGE, {**TWO_PHASES, **changes}), layers([1, 2]), phases=layers([1, 2]))
            output = self.run_program("mesh", directory)
            self.assertIn("its phases are left aside", output.stdout + output.stderr)
            with h5py.File(directory / "results" / "labels.h5") as file:
                self.assertEqual([int(p) for p in file["phase"][::4, 0, 0]], expected)

    def test_phases_that_the_case_has_not(self):
        labels = layers([1, 2])
        case = changed(IMAGE, TWO_PHASES)
        self.refuse(self.put(case, labels, phases=layers([1, 3])), ["phase 3", "no phase of this number"])
        self.refuse(self.put(case, labels, phases=labels, names=["glass", "steel"], crystals=[CUBIC, CUBIC]),
                    ["phase 2", "steel", "no phase of this name"])

    def good(self):
        labels = np.ones((2, 3, 4), "i4")
        labels[1] = 2
        return self.put(IMAGE, labels, phases=np.ones_like(labels), grain_phases=[0, 1, 1],
                        euler=np.ones((3, 3)), crystals=[CUBIC])

    def test_broken_files(self):
        self.run_program("mesh", self.good())
        for name, (change, fragments) in BROKEN.items():
            with self.subTest(name):
                directory = self.good()
                edit(directory / "image.dream3d", change)
                self.refuse(directory, fragments)

    def test_broken_bytes(self):
        """Cut short anywhere; text where HDF5 is due; nothing at all; a chunk of noise."""
        image = self.good() / "image.dream3d"
        whole = image.read_bytes()
        for length in 0, 1, 8, 100, 2048, len(whole) // 2, len(whole) - 1:
            image.write_bytes(whole[:length])
            self.refuse(image.parent, ["no HDF5 file", "cut short"])
        image.write_text("x y z grain\n1 1 1 7\n")
        self.refuse(image.parent, ["no HDF5 file"])

    def test_a_broken_chunk(self):
        """Found while all voxels are read, on whichever rank."""
        noise = np.random.default_rng(3).integers(1, 2**31, (2, 3, 4, 1), "i4")
        for name in "FeatureIds", "Phases":
            directory = self.good()
            edit(directory / "image.dream3d", replace(f"{CELLS}/{name}", data=noise, chunks=(1, 3, 4, 1),
                                                      compression="gzip"))
            with h5py.File(directory / "image.dream3d") as file:
                chunk = file[f"{CELLS}/{name}"].id.get_chunk_info(1)
            with open(directory / "image.dream3d", "r+b") as file:
                file.seek(chunk.byte_offset)
                file.write(b"\xff" * chunk.size)
            for ranks in 1, 2:
                self.refuse(directory, ["is broken", "cannot be read to the end"], ranks)

    def test_a_directory_and_a_file_that_cannot_be_read(self):
        directory = self.write_case(IMAGE)
        os.mkdir(directory / "image.dream3d")
        finished = self.run_program("run", directory, expect=2)
        self.assertIn("image.dream3d", finished.errors[0])

    def refuse(self, directory, fragments, ranks=1):
        before = self.files_below(self.place)
        finished = self.run_program("run", directory, ranks=ranks, expect=2)
        (error,) = finished.errors
        self.assertTrue(error.startswith(f"granulith: error: {directory}/image.dream3d: "), error)
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertEqual(self.files_below(self.place), before)


if __name__ == "__main__":
    unittest.main()
