#!/usr/bin/python3
"""boundaries.vtp, read by VTK: known faces of bricks, and sums that are those of the budget."""
import unittest

import h5py
import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOXML import vtkXMLPolyDataReader

from program import FILM, ProgramTest, changed

BRICKS = changed(FILM, {"output": {"fields": False, "boundaries": True},
                        "structure": {"generator": "bricks", "brick_um": [0.5, 0.5, 0.25]}})
POLYCRYSTAL = changed(FILM, {
    "output": {"fields": True, "boundaries": True},
    "structure.pores": {"fraction": 0.05, "diameter_um": 0.3},
    "film.grading_z": 2.0,
    "anode.layers": [{"name": "skin", "thickness_nm": 200.0, "resolve": True, "conductivity_S_per_cm": 1e-5}]})


class Boundaries(ProgramTest):
    def faces(self, groups, *arguments, ranks=1):
        """Corners (n, 4, 3) in um, arrays of the faces, areas in cm2, results."""
        directory = self.write_case(groups)
        self.run_program("run", directory, *arguments, ranks=ranks)
        reader = vtkXMLPolyDataReader()
        reader.SetFileName(str(directory / "results" / "boundaries.vtp"))
        reader.Update()
        data = reader.GetOutput()
        points = vtk_to_numpy(data.GetPoints().GetData()).astype(float)
        cells = vtk_to_numpy(data.GetPolys().GetConnectivityArray()).reshape(-1, 4)
        corners = points[cells]
        arrays = data.GetCellData()
        values = {arrays.GetArrayName(n): vtk_to_numpy(arrays.GetArray(n)) for n in range(arrays.GetNumberOfArrays())}
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1])
        return corners, values, normal * 1e-8, self.results(directory)

    def test_bricks_by_hand(self):
        """3 planes of 144 faces cross the current, 0.5 Ohm cm2 at 1 mA/cm2; those along it carry none."""
        corners, values, normal, _ = self.faces(BRICKS)
        across = normal[:, 2] != 0
        self.assertEqual(across.sum(), 3 * 144)
        self.assertEqual(set(np.round(corners[across, 0, 2], 6)), {0.25, 0.5, 0.75})
        np.testing.assert_allclose(normal[across, 2], 1e-8 / 144, rtol=1e-5)
        np.testing.assert_allclose(values["resistance_ohm_cm2"], 0.5, rtol=1e-6)
        np.testing.assert_allclose(values["current_density_mA_per_cm2"][across], 1.0, rtol=1e-5)
        np.testing.assert_allclose(values["dissipation_W_per_cm2"][across], 0.5e-6, rtol=1e-5)
        np.testing.assert_allclose(values["current_density_mA_per_cm2"][~across], 0.0, atol=1e-5)
        np.testing.assert_array_equal(values["grain_b"][across] - values["grain_a"][across], 4)
        # periodic sides: two planes normal to x, and two normal to y, of 144 faces each
        self.assertEqual((~across).sum(), 4 * 144)

    def test_sums_are_those_of_the_budget(self):
        for ranks in 1, 2, 4:
            _, values, normal, results = self.faces(
                POLYCRYSTAL, "--set", "conditions.current_density_mA_per_cm2=3", ranks=ranks)
            areas = np.abs(normal).sum(axis=1)
            power = (values["dissipation_W_per_cm2"] * areas).sum()
            boundaries = sum(results["asr_ohm_cm2"]["boundaries"].values())
            self.assert_close(power, 9e-6 * 1e-8 * boundaries, 1e-5)
            product = values["current_density_mA_per_cm2"] ** 2 * values["resistance_ohm_cm2"] * 1e-6
            np.testing.assert_allclose(values["dissipation_W_per_cm2"], product, rtol=1e-5, atol=1e-14)

    def test_faces_lie_between_their_grains(self):
        """Cells on both sides of each face have its grains in fields.h5: a below, b above."""
        corners, values, normal, _ = self.faces(POLYCRYSTAL, ranks=2)
        with h5py.File(self.place / "case" / "results" / "fields.h5") as file:
            grain = file["grain"][()]
            edges = [file[name][()] for name in ("x_um", "y_um", "z_um")]
        centre = corners.mean(axis=1)
        axis = np.abs(normal).argmax(axis=1)
        self.assertTrue((normal[np.arange(len(axis)), axis] > 0).all(), "normals point upwards")
        for side, name in (-1e-3, "grain_a"), (1e-3, "grain_b"):
            place = centre.copy()
            place[np.arange(len(axis)), axis] += side
            place[:, :2] %= 1.0
            i, j, k = (np.searchsorted(edges[d], place[:, d]) - 1 for d in range(3))
            np.testing.assert_array_equal(grain[k, j, i], values[name])
        pairs = {tuple(pair) for pair in np.sort(np.stack([values["grain_a"], values["grain_b"]], 1))}
        self.assertGreater(len(pairs), 10)

    def test_files_come_and_go(self):
        directory = self.write_case(BRICKS)
        self.run_program("run", directory)
        self.assertIn("boundaries.vtp", self.files_below(directory / "results"))
        self.run_program("run", directory, "--set", "output.boundaries=false")
        self.assertNotIn("boundaries.vtp", self.files_below(directory / "results"))

    def test_a_film_without_boundaries(self):
        directory = self.write_case(changed(BRICKS, {"structure": {"generator": "single_crystal"}}))
        self.run_program("run", directory, ranks=2)
        reader = vtkXMLPolyDataReader()
        reader.SetFileName(str(directory / "results" / "boundaries.vtp"))
        reader.Update()
        self.assertEqual(reader.GetOutput().GetNumberOfPolys(), 0)

    def test_a_place_that_cannot_be_written(self):
        directory = self.write_case(BRICKS)
        (directory / "results" / "boundaries.vtp.part").mkdir(parents=True)
        (error,) = self.run_program("run", directory, expect=4).errors
        self.assertIn("boundaries.vtp cannot be written", error)
        self.assertEqual(self.files_below(directory / "results"), [])


if __name__ == "__main__":
    unittest.main()
