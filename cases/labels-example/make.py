#!/usr/bin/python3
"""Makes image.npy, as a segmented stack of a microscope would be: voxels of 2 um, 0 where there is a
pore, else the number of the grain. Axis order (z, y, x), z from anode to cathode."""
from pathlib import Path

import numpy as np

VOXELS = 20, 16, 16  # nz, ny, nx
draw = np.random.default_rng(1)
voxels = np.indices(VOXELS).reshape(3, 1, -1)
seeds = draw.random((3, 60, 1)) * np.reshape(VOXELS, (3, 1, 1))
image = 1 + ((voxels + 0.5 - seeds) ** 2).sum(axis=0).argmin(axis=0).reshape(VOXELS)
pores = draw.random((3, 25, 1)) * np.reshape(VOXELS, (3, 1, 1))
image[(((voxels + 0.5 - pores) ** 2).sum(axis=0).min(axis=0) < 1.5**2).reshape(VOXELS)] = 0
np.save(Path(__file__).parent / "image.npy", image.astype("uint8"))
