#!/usr/bin/python3
"""Draws how the ASR and its parts converge with the grid, from what `granulith converge` wrote.

    /usr/bin/python3 postproc/convergence.py RESULT [--output DIR]

RESULT is a convergence.json or a directory that holds one (a case directory will do).
Writes convergence.png and convergence.pdf.

Both axes are logarithmic: a quantity f(h) = f0 + C h^p is a straight line of slope p. Drawn is the
distance to Richardson's value f0 as a share of the whole ASR, so that parts can be compared; the
bar at the finest grid is its error band. Parts that agree on all grids, or have no order, have no
line; the legend says so. Grey lines show orders 1 and 2.
"""
import argparse
import sys
from dataclasses import dataclass

import budget
import results

STATES = {"converging": "order {order:.2f}", "odd order": "order {order:.2f}, not within 0.8 to 2.2",
          "agree": "the grids agree", "sign change": "goes up and down, no order"}
LEAST_DISTANCE = 1e-8  # of the ASR; what is nearer is rounding


@dataclass
class Line:
    """One quantity as drawn."""

    name: str
    points: list   # (cell size relative to the case's own, distance in % of the ASR)
    band: float    # of the finest grid, in % of the ASR; None if there is none
    label: str


def read_lines(path):
    """Names of the grids and their cell sizes, coarse to fine, and one Line a quantity."""
    path = results.find_result(path, ("convergence.json",))
    content = results.read_json(path)
    try:
        if content["over"] != "grid":
            raise results.ResultError(path, f'is over {content["over"]}, not over grids')
        labels = [run["run"] for run in content["runs"]]
        sizes = [float(run["cell_relative"]) for run in content["runs"]]
        total = float(content["quantities"][0]["values_ohm_cm2"][-1])
        lines = [make_line(quantity, sizes, total) for quantity in content["quantities"]]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise results.ResultError(path, f"is not a convergence.json: {error!r}") from None
    return labels, sizes, lines, content["title"] or content["name"]


def make_line(quantity, sizes, total):
    values, limit = quantity["values_ohm_cm2"], quantity["extrapolated_ohm_cm2"]
    label = f'{quantity["name"]}: {STATES[quantity["grids"]].format(order=quantity["order"] or 0)}'
    if limit is not None:
        label += f", $\\to$ {limit:.4g} Ω cm²"
    if quantity["name"] == "total" and quantity["grids"] in ("converging", "odd order"):
        label += "; bar: error band of the finest grid"
    points, band = [], None
    if quantity["grids"] in ("converging", "odd order"):
        distances = [100 * abs(value - limit) / total for value in values]
        points = [(size, distance) for size, distance in zip(sizes, distances)
                  if distance > 100 * LEAST_DISTANCE]
        band = 100 * quantity["bands_ohm_cm2"][-1] / total
    return Line(quantity["name"], points, band, label)


def line_styles(lines):
    """Colour and marker of each line: the total black, parts as in the picture of the budget, parts
    of one group told apart by lightness of the marker's face."""
    styles, seen = [], {}
    groups = list(dict.fromkeys(line.name.split(".")[0] for line in lines if line.name != "total"))
    for line in lines:
        group = line.name.split(".")[0]
        if group == "total":
            styles.append(("black", "D", "black"))
            continue
        colour, marker = budget.group_style(group, groups)
        seen[group] = seen.get(group, 0) + 1
        styles.append((colour, marker, colour if seen[group] == 1 else "white"))
    return styles


def draw_slopes(axes, sizes, lines):
    """Orders 1 and 2 for the eye, through a point below the largest distance."""
    top = max((distance for line in lines for _, distance in line.points), default=1.0)
    for order in (1, 2):
        ends = [min(sizes), max(sizes)]
        heights = [2 * top * (size / max(sizes)) ** order for size in ends]
        axes.plot(ends, heights, color="0.75", linewidth=0.8, zorder=1)
        axes.annotate(f"order {order}", (ends[0], heights[0]), (-3, 0), ha="right", va="center",
                      textcoords="offset points", color="0.5")


def draw(labels, sizes, lines, title):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 8.5, "axes.linewidth": 0.6, "pdf.fonttype": 42,
                         "font.family": "DejaVu Sans", "axes.spines.top": False,
                         "axes.spines.right": False})
    height = 3.4 + 0.2 * len(lines)
    figure, axes = plt.subplots(figsize=(7.2, height))
    figure.subplots_adjust(left=0.11, right=0.97, top=1 - 0.35 / height,
                           bottom=(0.75 + 0.2 * len(lines)) / height)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.grid(axis="y", color="0.9", linewidth=0.6)
    draw_slopes(axes, sizes, lines)
    for index, (line, (colour, marker, face)) in enumerate(zip(lines, line_styles(lines))):
        # the first are the largest, so that one behind another shows
        x, y = [p[0] for p in line.points], [p[1] for p in line.points]
        axes.plot(x, y, color=colour, marker=marker, markerfacecolor=face,
                  markersize=max(9 - index, 3.5), linewidth=max(2.4 - 0.4 * index, 0.8), label=line.label,
                  linestyle="-" if line.points else "none", zorder=3)
        if line.points and line.name == "total":
            axes.plot([min(sizes)] * 2, [min(y[-1], line.band), max(y[-1], line.band)],
                      color=colour, marker="_", linewidth=0.8, markersize=9, zorder=2)
    axes.set_xticks(sizes, labels)
    axes.minorticks_off()
    axes.set_xlim(min(sizes) / 1.35, max(sizes) * 1.15)
    axes.set_xlabel("cells (their size falls to the left)")
    axes.set_ylabel("distance to the extrapolated value\n(% of the ASR)")
    axes.set_title(title.replace(" um", " µm"), loc="left", fontsize=9)
    figure.legend(loc="lower left", bbox_to_anchor=(0.1, 0.005), frameon=False, ncol=1,
                  handletextpad=0.6, labelspacing=0.35)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", help="convergence.json or its directory")
    parser.add_argument("--output", default=".", metavar="DIR",
                        help="where to write (default: here)")
    arguments = parser.parse_args()
    results.require_modules("numpy", "matplotlib")
    return results.save_figure(draw(*read_lines(arguments.result)), arguments.output, "convergence")


if __name__ == "__main__":
    sys.exit(results.run_command(main))
