#!/usr/bin/python3
"""Structures in the formats of other programs: what `mesh --format` writes, read by those programs' readers."""
import unittest

import h5py
import numpy as np
import tifffile
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOXML import vtkXMLImageDataReader

from program import FILM, ProgramTest, changed

# Cells of three sizes, pores, two phases, a layer of the anode with cells of its own.
STRUCTURE = changed(FILM, {
    "film": {"thickness_um": 1.5, "width_um": [1.0, 0.5], "cells": [10, 7, 12]},
    "phases": [{"name": "a", "conductivity_S_per_cm": 1e-4}, {"name": "b", "conductivity_S_per_cm": 1e-5}],
    "structure.pores": {"fraction": 0.1, "diameter_um": 0.3},
    "structure.phase_fractions": [{"phase": "b", "fraction": 0.3}],
    "boundaries": [{"between": ["a", "b"], "resistance_ohm_cm2": 0.5}],
    "anode.layers": [{"name": "skin", "thickness_nm": 200.0, "resolve": True, "conductivity_S_per_cm": 1e-5}]})
SPACING = [0.1, 0.5 / 7, 0.125]
FILES = {"npy": "labels.npy", "vti": "labels.vti", "tiff": "labels.tif", "dream3d": "labels.dream3d",
         "tesr": "labels.tesr"}

GENERATORS = {
    "amorphous": {"generator": "amorphous"},
    "single_crystal": {"generator": "single_crystal"},
    "polycrystal": {"generator": "polycrystal", "grain_size_um": 0.4},
    "columnar": {"generator": "columnar", "grain_size_um": 0.4},
    "bricks": {"generator": "bricks", "brick_um": [0.5, 0.25, 0.5]},
    "crystallites": {"generator": "crystallites", "fraction": 0.2, "diameter_um": 0.3},
    "planes": {"generator": "planes", "planes": [{"at_um": 0.5, "normal": [0.3, 0.2, 1.0]}]},
}


class Export(ProgramTest):
    def export(self, formats, groups=STRUCTURE, ranks=1, name="case"):
        """Grains and phases of the film, (nz, ny, nx), as labels.h5 has them, and the directory of the files."""
        directory = self.write_case(groups, name)
        self.run_program("mesh", directory, "--format", formats, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            layer = file["z_um"][()].searchsorted(-1e-9)  # cells of the anode's layer
            return file["grain"][layer:], file["phase"][layer:], directory / "results"

    def test_npy(self):
        grain, _, place = self.export("npy")
        written = np.load(place / "labels.npy")
        self.assertEqual(written.dtype, np.dtype("<i4"))
        self.assertTrue(np.array_equal(written, grain))

    def test_npy_is_read_back_bit_for_bit(self):
        """Every grain has a cell here, so grains keep their numbers; the file is the same again."""
        grain, _, place = self.export("npy")
        self.assertEqual(len(np.unique(grain)), grain.max() + 1)
        image = {"structure": {"generator": "labels", "file": str(place / "labels.npy")},
                 "film": {"thickness_um": 1.5, "width_um": [1.0, 0.5], "lateral": "periodic"},
                 "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"}}
        _, _, again = self.export("npy", changed(FILM, image), ranks=2, name="again")
        self.assertEqual((again / "labels.npy").read_bytes(), (place / "labels.npy").read_bytes())

    def test_vti(self):
        grain, phase, place = self.export("vti")
        reader = vtkXMLImageDataReader()
        reader.SetFileName(str(place / "labels.vti"))
        reader.Update()
        image = reader.GetOutput()
        self.assertEqual(image.GetDimensions(), (11, 8, 13))
        self.assertEqual(image.GetOrigin(), (0, 0, 0))
        np.testing.assert_allclose(image.GetSpacing(), SPACING, rtol=1e-12)
        for name, expected in ("grain", grain), ("phase", phase):
            written = vtk_to_numpy(image.GetCellData().GetArray(name)).reshape(12, 7, 10)
            self.assertTrue(np.array_equal(written, expected), name)

    def check_tiff(self, place, grain, spacing, dtype):
        with tifffile.TiffFile(place / "labels.tif") as file:
            written = file.asarray()
            self.assertEqual(written.dtype, np.dtype(dtype))
            self.assertTrue(np.array_equal(written, grain))
            self.assertTrue(file.is_imagej)
            self.assertEqual(file.imagej_metadata["unit"], "um")
            self.assertAlmostEqual(file.imagej_metadata["spacing"], spacing[2], delta=1e-12 * spacing[2])
            for axis, name in enumerate(("XResolution", "YResolution")):
                pixels, um = file.pages[0].tags[name].value
                self.assertAlmostEqual(um / pixels, spacing[axis], delta=1e-6 * spacing[axis])

    def test_tiff(self):
        grain, _, place = self.export("tiff")
        self.check_tiff(place, grain, SPACING, "<u2")

    def test_tiff_of_more_grains_than_16_bits(self):
        groups = changed(FILM, {"film.cells": [42, 42, 42],
                                "structure": {"generator": "bricks", "brick_um": [1 / 42] * 3}})
        grain, _, place = self.export("tiff", groups, ranks=2)
        self.assertEqual(grain.max(), 42**3)
        self.check_tiff(place, grain, [1 / 42] * 3, "<u4")

    def test_dream3d(self):
        """Every object and attribute that DREAM.3D 6 reads of an image of grains and phases."""
        grain, phase, place = self.export("dream3d")
        with h5py.File(place / "labels.dream3d") as file:
            self.assertEqual(file.attrs["FileVersion"], b"7.0")
            container = file["DataContainers/ImageDataContainer"]
            geometry, cells = container["_SIMPL_GEOMETRY"], container["CellData"]
            self.assertEqual(geometry.attrs["GeometryTypeName"], b"ImageGeometry")
            self.assertEqual(geometry.attrs["GeometryType"], 0)
            self.assertEqual(geometry.attrs["Units"], 6, "micrometre, as SIMPL counts them")
            self.assertEqual(geometry["DIMENSIONS"].dtype, np.dtype("i8"))
            self.assertEqual(list(geometry["DIMENSIONS"]), [10, 7, 12])
            self.assertEqual(list(geometry["ORIGIN"]), [0, 0, 0])
            np.testing.assert_array_equal(geometry["SPACING"], np.array(SPACING, "f4"))
            self.assertEqual(cells.attrs["AttributeMatrixType"], 3)
            self.assertEqual(list(cells.attrs["TupleDimensions"]), [10, 7, 12])
            for name, expected in ("FeatureIds", grain), ("Phases", phase):
                self.assertEqual(cells[name].dtype, np.dtype("i4"))
                self.assertTrue(np.array_equal(cells[name][()], expected[..., None]), name)
                self.assert_array(cells[name], b"DataArray<int32_t>", [10, 7, 12], b"x=10,y=7,z=12")
            ensembles = container["CellEnsembleData"]
            self.assertEqual(ensembles.attrs["AttributeMatrixType"], 11)
            self.assertEqual(list(ensembles["PhaseName"].asstr()), ["void", "a", "b"])
            self.assert_array(ensembles["PhaseName"], b"StringDataArray", [3], b"x=3")
            for name in "CrystalStructures", "PhaseTypes":
                self.assertEqual(ensembles[name][()].tolist(), [[999]] * 3)
                self.assert_array(ensembles[name], b"DataArray<uint32_t>", [3], b"x=3")

    def assert_array(self, dataset, kind, tuples, extents):
        self.assertEqual(dataset.attrs["ObjectType"], kind)
        self.assertEqual(dataset.attrs["DataArrayVersion"], 2)
        self.assertEqual(dataset.attrs["ComponentDimensions"], 1)
        self.assertEqual(list(dataset.attrs["TupleDimensions"]), tuples)
        self.assertEqual(dataset.attrs["Tuple Axis Dimensions"], extents)

    def read_tesr(self, path):
        """Neper's grammar, version 2.1, token by token: sizes, voxel sizes, has_void, ids, cells (nz, ny, nx)."""
        words = iter(path.read_text().split())

        def expect(*expected):
            for word in expected:
                self.assertEqual(next(words), word)

        expect("***tesr", "**format", "2.1", "**general", "3")
        cells = [int(next(words)) for _ in range(3)]
        spacing = [float(next(words)) for _ in range(3)]
        expect("*hasvoid")
        has_void = int(next(words))
        expect("**cell")
        count = int(next(words))
        expect("*id")
        ids = [int(next(words)) for _ in range(count)]
        expect("**data", "ascii")
        data = np.array([int(next(words)) for _ in range(np.prod(cells))]).reshape(cells[::-1])
        expect("***end")
        self.assertRaises(StopIteration, next, words)
        return cells, spacing, has_void, ids, data

    def test_tesr(self):
        grain, _, place = self.export("tesr")
        cells, spacing, has_void, ids, data = self.read_tesr(place / "labels.tesr")
        self.assertEqual(cells, [10, 7, 12])
        np.testing.assert_allclose(spacing, SPACING, rtol=1e-11)
        self.assertEqual(has_void, 1)
        self.assertEqual(ids, [g for g in np.unique(grain) if g])
        self.assertTrue(np.array_equal(data, grain))

    def test_tesr_of_grains_without_a_cell(self):
        """Too coarse a grid loses grains; the others keep their ids, the lost ones are not listed."""
        groups = changed(FILM, {"film.cells": [5, 5, 5], "structure.grain_size_um": 0.22})
        grain, _, place = self.export("tesr", groups, ranks=2)
        _, _, has_void, ids, data = self.read_tesr(place / "labels.tesr")
        self.assertLess(len(ids), grain.max(), "some grain is lost")
        self.assertEqual(ids, list(np.unique(grain)))
        self.assertEqual(has_void, 0)
        self.assertTrue(np.array_equal(data, grain))

    def test_every_generator_in_every_format(self):
        for name, structure in GENERATORS.items():
            with self.subTest(name):
                groups = changed(FILM, {"structure": structure})
                if name == "crystallites":
                    groups = changed(groups, {"phases": STRUCTURE["phases"], "boundaries": STRUCTURE["boundaries"]})
                grain, _, place = self.export(",".join(FILES), groups, name=name)
                self.assertTrue(np.array_equal(np.load(place / "labels.npy"), grain))
                for file in FILES.values():
                    self.assertTrue((place / file).exists())

    def test_files_are_the_same_on_any_number_of_ranks(self):
        written = {}
        for ranks in 1, 2, 4:
            _, _, place = self.export(",".join(FILES), ranks=ranks, name=f"on{ranks}")
            written[ranks] = {file: (place / file).read_bytes() for file in FILES.values()}
        for ranks in 2, 4:
            for file in FILES.values():
                self.assertEqual(written[ranks][file], written[1][file], f"{file} on {ranks}")

    def test_what_was_not_asked_for_goes(self):
        """An earlier structure's files would not fit the new labels.h5."""
        _, _, place = self.export("npy,vti")
        self.export("vti")
        self.assertEqual(sorted(p.name for p in place.iterdir()),
                         ["labels.h5", "labels.vti", "labels.xdmf", "statistics.json"])

    def test_refusals(self):
        directory = self.write_case(STRUCTURE)
        graded = ["--set", "film.grading_z=2"]
        for command, options, fragments in (
                ("mesh", ["--format", "stl"], ['"stl"', ", ".join(FILES)]),
                ("mesh", ["--format", "npy,,vti"], ['""', ", ".join(FILES)]),
                ("mesh", ["--format=NPY"], ['"NPY"', ", ".join(FILES)]),
                ("mesh", ["--format"], ["needs a value"]),
                ("run", ["--format", "npy"], ["option of mesh, not of run"]),
                ("mesh", ["--format", "npy", *graded], ["film.grading_z = 2", "must be 1", "labels.h5"])):
            with self.subTest(options=options):
                before = self.files_below(self.place)
                (error,) = self.run_program(command, directory, *options, expect=2).errors
                for fragment in fragments:
                    self.assertIn(fragment, error)
                self.assertEqual(self.files_below(self.place), before)
                self.assertFalse((directory / "results").exists())

    def test_a_full_disk_is_told(self):
        """Nothing is left of what was begun, and what was there stays."""
        for name in FILES:
            with self.subTest(name):
                directory = self.write_case(changed(STRUCTURE, {"film.cells": [40, 40, 60]}), name)
                (directory / "results").mkdir()
                (directory / "results" / f"{FILES[name]}.part").symlink_to("/dev/full")
                (directory / "results" / FILES[name]).write_text("before")
                (error,) = self.run_program("mesh", directory, "--format", name, expect=4).errors
                self.assertIn(f"{FILES[name]} cannot be written", error)
                self.assertEqual([p.name for p in (directory / "results").iterdir()], [FILES[name]])


if __name__ == "__main__":
    unittest.main()
