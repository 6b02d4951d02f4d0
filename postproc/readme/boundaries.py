#!/usr/bin/python3
"""Draws the error of the effective conductivity against cells per grain, with matched boundary faces and
with r on the stairs; 20 Voronoi grains. Writes boundaries.png and boundaries.csv beside this file.

    /usr/bin/python3 postproc/readme/boundaries.py [GRANULITH]

References: body-fitted finite elements of high order, 5 to 7 digits; Bi = r sigma/d, d = 20^(-1/3) um.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = pathlib.Path(__file__).resolve().parent
REFERENCES = {0.01: 0.993738607730659, 1: 0.6174444125612354, 100: 0.01615112199586025}
SIZE = 20 ** (-1 / 3)  # um
CELLS = 8, 16, 32, 64, 128
KINDS = {"stairs": ("s", "r on the stairs"), "matched": ("o", "matched faces")}
COLOURS = {0.01: "#0072B2", 1: "#009E73", 100: "#D55E00"}


def measure(program, kind, biot, cells, place):
    settings = {"solver.boundary_faces": kind, "film.cells": [cells] * 3, "solver.tolerance": 1e-8,
                "boundaries.[0].resistance_ohm_cm2": biot * SIZE * 1e-4}
    options = [f"--set={key}={value}" for key, value in settings.items()]
    subprocess.run([program, str(HERE / "voronoi20"), "--quiet", "--output", place, *options], check=True)
    results = json.loads((pathlib.Path(place) / "results.json").read_text())
    return results["effective_conductivity_S_per_cm"] / REFERENCES[biot] - 1


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else str(HERE.parents[1] / "build/bin/granulith")
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    with tempfile.TemporaryDirectory() as place, open(HERE / "boundaries.csv", "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["faces", "biot", "cells_per_grain", "error_of_conductivity"])
        for kind, (marker, name) in KINDS.items():
            for biot in REFERENCES:
                errors = [measure(program, kind, biot, cells, place) for cells in CELLS]
                per_grain = [SIZE * cells for cells in CELLS]
                for x, error in zip(per_grain, errors):
                    table.writerow([kind, biot, f"{x:.3g}", f"{error:.3e}"])
                axes.loglog(per_grain, [100 * abs(e) for e in errors], marker=marker, color=COLOURS[biot],
                            linestyle="--" if kind == "stairs" else "-", label=f"{name}, Bi = {biot:g}")
    axes.set(xlabel="cells per grain, d/h", ylabel="error of σ_eff, %")
    axes.set_xticks([3, 6, 12, 24, 47], ["3", "6", "12", "24", "47"])
    axes.minorticks_off()
    axes.grid(True, which="major", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False)
    figure.savefig(HERE / "boundaries.png", dpi=160)


if __name__ == "__main__":
    main()
