"""The benchmark's problems and solvers: what is measured, as tables."""
import random
from dataclasses import dataclass, field

SIZES = (64, 128, 192, 256)    # cells along each axis
SPECIAL_SIZES = (64, 128, 256)

# name: PETSc's options, after which everything is as the program has it
SOLVERS = {
    "grain_mg": (),
    "pfmg": ("-pc_type", "pfmg"),
    "boomeramg": ("-pc_type", "hypre"),
    "gamg": ("-pc_type", "gamg"),
}

# More than what they need, with all that the program needs.
WARM_BYTES_PER_CELL = {"grain_mg": 250, "pfmg": 500, "boomeramg": 1200, "gamg": 1200}


@dataclass(frozen=True)
class Problem:
    """A film of Voronoi grains."""

    name: str
    ratio: float = 0.0       # boundary resistance in units of h/sigma, h the height of a cell
    grains: int = 100
    width_um: float = 1.0    # along x and y; the film is 1 um thick
    sets: dict = field(default_factory=dict)  # what else differs from case.cfg
    sizes: tuple = SPECIAL_SIZES
    least_size: int = 0      # grains need cells

    def seeds(self):
        """Text of a seeds_file, the same on every machine."""
        draw = random.Random(self.grains).random
        lines = [f"{draw() * self.width_um:.7f},{draw() * self.width_um:.7f},{draw():.7f},0"
                 for _ in range(self.grains)]
        return "\n".join(["x_um,y_um,z_um,weight_um2", *lines]) + "\n"

    def settings(self, size):
        """The --set arguments."""
        return {"title": f'"{self.name}"',
                "film.cells": f"[{size}, {size}, {size}]",
                "film.width_um": f"[{self.width_um}, {self.width_um}]",
                "boundaries.[0].resistance_ohm_cm2": repr(self.ratio / size), **self.sets}


# Half of the grains a glass that conducts 1e4 times less.
CONTRAST = {
    "phases": '( { name = "grain"; conductivity_S_per_cm = 1e-4; },'
              ' { name = "glass"; conductivity_S_per_cm = 1e-8; } )',
    "structure.phase_fractions": '( { phase = "glass"; fraction = 0.5; } )',
}

PROBLEMS = {problem.name: problem for problem in (
    *(Problem(f"grains-r{r:g}", ratio=r, sizes=SIZES) for r in (0, 1, 100, 1e4)),
    *(Problem(f"fine-grains-r{r:g}", ratio=r, grains=100_000, sizes=(256,), least_size=256)
      for r in (0, 1, 100, 1e4)),
    Problem("contrast", sets=CONTRAST),
    Problem("pores", sets={"structure.pores.fraction": "0.2", "structure.pores.diameter_um": "0.1"}),
    Problem("graded", ratio=1, sets={"film.grading_z": "1000"}),
    Problem("columnar", ratio=100, sets={"structure.generator": "columnar"}),
    Problem("tall-cells", ratio=1, width_um=0.1),
    Problem("flat-cells", ratio=1, width_um=10.0),
)}
