"""Draws benchmark.csv: time and memory per cell, a column of panels a size, a row a problem."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from problems import PROBLEMS, SOLVERS

# Okabe and Ito's colours, told apart with any kind of colour vision, each with its own marker.
STYLES = dict(zip(SOLVERS, (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "v"))))
NAMES = {"grain_mg": "granulith's multigrid", "pfmg": "hypre PFMG", "boomeramg": "hypre BoomerAMG",
         "gamg": "PETSc GAMG"}
NO_RESULT = "x"


def is_converged(row):
    return row["outcome"] == "converged"


def microseconds(row):
    return 1e6 / float(row["cells_per_second"])


def bytes_per_cell(row):
    return float(row["peak_bytes_per_cell"])


PANELS = ((microseconds, "set-up and solve, µs per cell"),
          (bytes_per_cell, "peak memory of the run, bytes per cell"))


def draw_panel(axes, rows, problems, value):
    """Points of what converged; at the right edge, one cross a solver that did not."""
    axes.set_xscale("log")
    for row in rows:
        colour, marker = STYLES[row["solver"]]
        y = problems.index(row["problem"]) + 0.12 * (list(SOLVERS).index(row["solver"]) - 1.5)
        if is_converged(row):
            axes.plot(value(row), y, marker, color=colour, markersize=6)
        else:
            axes.plot(1.02, y, NO_RESULT, color=colour, markersize=6, clip_on=False,
                      transform=axes.get_yaxis_transform())
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(len(problems) - 0.5, -0.5)
    axes.set_yticks(range(len(problems)))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.5)
    for edge in range(1, len(problems)):
        axes.axhline(edge - 0.5, color="#EEEEEE", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in "top", "right", "left":
        axes.spines[side].set_visible(False)


def draw_legend(figure, rows):
    solvers = [s for s in SOLVERS if any(row["solver"] == s for row in rows)]
    marks = [Line2D([], [], linestyle="", color=STYLES[s][0], marker=STYLES[s][1], label=NAMES[s])
             for s in solvers]
    if not all(map(is_converged, rows)):
        marks.append(Line2D([], [], linestyle="", color="black", marker=NO_RESULT,
                            label="no result, see the table"))
    figure.legend(handles=marks, loc="upper center", ncol=3, frameon=False)


def draw(rows, path):
    """Writes the picture; `rows` as csv.DictReader gives them."""
    if not rows:
        return
    problems = [name for name in PROBLEMS if any(row["problem"] == name for row in rows)]
    sizes = sorted({int(row["size"]) for row in rows})
    height = 2 * (0.32 * len(problems) + 0.8) + 0.8
    figure, panels = pyplot.subplots(2, len(sizes), figsize=(2.6 + 3.0 * len(sizes), height),
                                     sharex="row", sharey=True, squeeze=False)
    for line, (value, label) in zip(panels, PANELS):
        for axes, size in zip(line, sizes):
            draw_panel(axes, [row for row in rows if row["size"] == str(size)], problems, value)
            axes.set_xlabel(label)
            axes.set_title(f"{size}³ cells", fontsize=10)
        line[0].set_yticklabels(problems)
    draw_legend(figure, rows)
    figure.tight_layout(rect=(0, 0, 1, 1 - 0.6 / height))
    figure.savefig(path, dpi=150)
    pyplot.close(figure)
