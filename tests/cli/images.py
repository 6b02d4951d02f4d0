"""What the tests of images share: a case of an image, its grains, refusals."""
import h5py
import numpy as np

from program import FILM, CaseText, ProgramTest, changed

IMAGE = changed(FILM, {"structure": {"generator": "labels", "file": "image.npy"},
                       "solver": {"tolerance": 1e-12, "boundary_faces": "stairs"},
                       "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "lateral": "periodic"}})


class ImageTest(ProgramTest):
    def put(self, groups, image):
        """A case and its image."""
        directory = self.write_case(groups)
        np.save(directory / "image.npy", image)
        return directory

    def solve_image(self, groups, image, ranks=1):
        directory = self.put(groups, image)
        self.run_program("run", directory, ranks=ranks)
        return self.results(directory)

    def grains(self, groups, image, ranks=1):
        """Array (nz, ny, nx) of grains, and of phases, as `mesh` writes them."""
        directory = self.put(groups, image)
        self.run_program("mesh", directory, ranks=ranks)
        with h5py.File(directory / "results" / "labels.h5") as file:
            return file["grain"][()], file["phase"][()]

    def refuse_key(self, groups, image, key, fragments):
        """Refused with one message, which names the key's line (None: the image) and says so much."""
        directory = self.put(groups, image)
        place = f"case.cfg:{CaseText(groups).line_of[key]}: " if key else "image.npy: "
        finished = self.run_program("run", directory, expect=2)
        (error,) = finished.errors
        self.assertTrue(error.startswith(f"granulith: error: {directory}/{place}"), error)
        for fragment in fragments:
            self.assertIn(fragment, error)
        self.assertFalse((directory / "results").exists())
