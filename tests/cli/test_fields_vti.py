#!/usr/bin/python3
"""fields.vti, read by VTK: what fields.h5 has in the film, on any number of ranks, and read back as an image."""
import unittest

import h5py
import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOXML import vtkXMLImageDataReader

from program import FILM, ProgramTest, changed

# Cells of three sizes, pores, a layer of the anode with cells of its own.
CASE = changed(FILM, {
    "film": {"thickness_um": 1.5, "width_um": [1.0, 0.5], "cells": [10, 7, 12]},
    "structure.pores": {"fraction": 0.1, "diameter_um": 0.3},
    "anode.layers": [{"name": "skin", "thickness_nm": 200.0, "resolve": True, "conductivity_S_per_cm": 1e-5}],
    "output": {"fields": True, "fields_vti": True}})
NAMES = ["potential", "current_density", "dissipation", "grain", "phase"]


class FieldsVti(ProgramTest):
    def read(self, path):
        reader = vtkXMLImageDataReader()
        reader.SetFileName(str(path))
        reader.Update()
        return reader.GetOutput()

    def test_it_is_what_fields_h5_has(self):
        for ranks in 1, 2, 4:
            with self.subTest(ranks):
                directory = self.write_case(CASE, f"case{ranks}")
                self.run_program("run", directory, ranks=ranks)
                data = self.read(directory / "results" / "fields.vti")
                self.assertEqual(data.GetDimensions(), (11, 8, 13))
                np.testing.assert_allclose(data.GetSpacing(), [0.1, 0.5 / 7, 0.125], rtol=1e-12)
                np.testing.assert_allclose(data.GetOrigin(), 0, atol=1e-12)
                arrays = data.GetCellData()
                self.assertEqual([arrays.GetArrayName(n) for n in range(arrays.GetNumberOfArrays())], NAMES)
                with h5py.File(directory / "results" / "fields.h5") as file:
                    layer = file["z_um"][()].searchsorted(-1e-9)
                    for name in NAMES:
                        expected = file[name][layer:]
                        found = vtk_to_numpy(arrays.GetArray(name))
                        self.assertTrue(np.array_equal(found.reshape(expected.shape), expected), name)

    def test_grains_are_read_back(self):
        directory = self.write_case(CASE)
        self.run_program("run", directory)
        image = changed(FILM, {
            "film": {"lateral": "periodic"},
            "structure": {"generator": "labels", "file": str(directory / "results" / "fields.vti"), "array": "grain",
                          "file_unit_um": 1.0},
            "solver.boundary_faces": "stairs", "output": {"fields": False, "fields_vti": True}})
        again = self.write_case(image, "again")
        self.run_program("run", again, ranks=2)
        grains = [vtk_to_numpy(self.read(place / "results" / "fields.vti").GetCellData().GetArray("grain"))
                  for place in (directory, again)]
        self.assertTrue(np.array_equal(*grains))
        self.assertFalse((again / "results" / "fields.h5").exists())
        # not asked for any more, it goes
        self.run_program("run", again, "--set", "output.fields_vti=false")
        self.assertFalse((again / "results" / "fields.vti").exists())

    def test_graded_cells_are_refused(self):
        directory = self.write_case(changed(CASE, {"film.grading_z": 2.0}))
        (error,) = self.run_program("run", directory, expect=2).errors
        self.assertIn("fields_vti", error)
        self.assertIn("grading_z = 1", error)

    def test_what_cannot_be_written_is_the_users_to_mend(self):
        directory = self.write_case(CASE)
        (directory / "results" / "fields.vti.part").mkdir(parents=True)
        (error,) = self.run_program("run", directory, expect=4).errors
        self.assertIn("fields.vti cannot be written", error)
        self.assertEqual(self.files_below(directory), ["case.cfg"])


if __name__ == "__main__":
    unittest.main()
