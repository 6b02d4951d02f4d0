"""Results as granulith would write them, and what every test of postproc/ needs."""
import json
import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

POSTPROC = Path(__file__).resolve().parents[2] / "postproc"
sys.dont_write_bytecode = True
sys.path.insert(0, str(POSTPROC))

# A pellet and a film as granulith would report them: brick layer of cases/llzo-pellet and -film.
PELLET = {"schema": 1,
          "case": {"title": "LLZO pellet, 500 um", "film": {"thickness_um": 500.0}},
          "asr_ohm_cm2": {"total": 131.15, "grains": {"grain": 57.47},
                          "boundaries": {"grain|grain": 21.68}, "anode": 2.0, "cathode": 50.0},
          "error": {"grid_relative": None, "parameters_relative": 0.25}}
FILM = {"schema": 1,
        "case": {"title": "LLZO film, 1 um", "film": {"thickness_um": 1.0}},
        "asr_ohm_cm2": {"total": 54.401, "grains": {"grain": 0.115},
                        "boundaries": {"grain|grain": 2.286}, "anode": 2.0, "cathode": 50.0},
        "error": {"parameters_relative": None}}


FREQUENCIES = np.logspace(7, -1, 65)  # Hz, of spectra


def zarc(f, resistance, time, exponent=1.0):
    """Impedance of a resistor beside a constant-phase element."""
    return resistance / (1 + (2j * np.pi * f * time)**exponent)


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def write_fields(path, width=2.0, thickness=1.0, cells=(12, 10, 8), leave_out=()):
    """Bricks of half the box: grain 1 to 8; j_z = grain, j_x = 3; potential falls from 0.05 V."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nx, ny, nz = cells
    k, j, i = np.meshgrid(np.arange(nz), np.arange(ny), np.arange(nx), indexing="ij")
    grain = (1 + (2 * i >= nx) + 2 * (2 * j >= ny) + 4 * (2 * k >= nz)).astype(np.int32)
    current = np.stack([np.full(grain.shape, 3.0), np.zeros(grain.shape), grain], -1)
    content = {"potential": (0.05 * (1 - (k + 0.5) / nz)).astype(np.float32),
               "current_density": current.astype(np.float32), "grain": grain,
               "phase": np.ones_like(grain), "dissipation": np.zeros(grain.shape, np.float32),
               "x_um": np.linspace(0, width, nx + 1), "y_um": np.linspace(0, width, ny + 1),
               "z_um": np.linspace(0, thickness, nz + 1)}
    with h5py.File(path, "w") as file:
        for name, values in content.items():
            if name not in leave_out:
                file[name] = values
    return path


def run(program, *arguments):
    return subprocess.run([sys.executable, "-B", str(POSTPROC / program), *map(str, arguments)],
                          capture_output=True, text=True)


class TemporaryFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def assert_picture(self, stem):
        import matplotlib.image
        image = matplotlib.image.imread(f"{stem}.png")[..., :3]
        self.assertGreater(image.shape[1], 1000, "7.2 in at 200 dpi")
        self.assertGreater(np.mean(image.min(axis=-1) < 0.95), 0.02, "the picture is blank")
        self.assertTrue(Path(f"{stem}.pdf").read_bytes().startswith(b"%PDF"))
        self.assertEqual([], list(Path(stem).parent.glob(".*")), "temporary files are left")

    def assert_refused(self, process, *words):
        self.assertEqual(2, process.returncode, process.stderr)
        self.assertEqual(1, len(process.stderr.strip().splitlines()), process.stderr)
        for word in words:
            self.assertIn(word, process.stderr)


BOLTZMANN = 8.617333262e-5  # eV/K


def noted(value, origin="case.cfg:1"):
    """A key of the case as the program writes it."""
    return {"value": value, "from": origin}


def make_result(thickness=1, temperature=25, grain=0.25, material="llzo_film", title="Film",
                cells=(16, 16, 16)):
    """results.json of bricks, ASR = L/sigma + (L/d - 1) r + 2 + 50 ohm cm2.

    1e-3 S/cm and 0.1 ohm cm2 at 25 C; sigma T and T/r are Arrhenius with 0.3 and 0.7 eV. All
    parameters are known to 20 % of the total. The window is not verified; the film is made at 600
    to 700 C and reacts with the cathode from 700 C.
    """
    def factor(energy):
        kelvin = temperature + 273.15
        return 298.15 / kelvin * math.exp(-energy / BOLTZMANN * (1 / kelvin - 1 / 298.15))

    grains = thickness * 1e-4 / (1e-3 * factor(0.3))
    boundaries = max(0.0, thickness / grain - 1) * 0.1 / factor(0.7)
    references = [{"what": noted("all"), "source": noted("made up, 10.1/x")}]
    return {
        "schema": 1, "hash": "0", "program": {"name": "granulith", "version": "0"},
        "case": {"title": noted(title), "film": {"thickness_um": noted(thickness),
                                                 "cells": noted(list(cells))},
                 "structure": {"generator": noted("bricks"), "grain_size_um": noted(grain)},
                 "phases": [{"name": noted("grain"), "material": noted(material),
                             "density_g_per_cm3": noted(5.1, f"{material}.cfg:4")}],
                 "conditions": {"temperature_C": noted(temperature),
                                "current_density_mA_per_cm2": noted(1.0)}},
        "microstructure": {"phase_fractions": {"grain": 1.0}},
        "asr_ohm_cm2": {"total": grains + boundaries + 52.0, "grains": {"grain": grains},
                        "boundaries": {"grain|grain": boundaries}, "anode": 2.0, "cathode": 50.0},
        "effective_conductivity_S_per_cm": thickness * 1e-4 / (grains + boundaries),
        "error": {"algebraic_relative": 1e-7, "grid_relative": None, "parameters_relative": 0.2},
        "solve": {"converged": True}, "warnings": ["film.cells: too few"], "sources": ["made up"],
        "materials": {material: {"description": noted("a film"), "window_V": noted([0.05, 2.91]),
                                 "process_temperature_C": noted([600, 700]),
                                 "unverified": noted(["window_V"]), "references": references}},
        "electrodes": {"li": {"potential_V": noted(0.0), "references": references},
                       "lco": {"potential_V": noted(4.05), "references": references, "reactions": [
                           {"material": noted(material), "onset_temperature_C": noted(700),
                            "product": noted("something")}]}}}
