#!/usr/bin/python3
"""Draws the ASR of a study against the first key it sweeps, one line a case and combination of the
other keys.

    /usr/bin/python3 postproc/study.py RESULT [--output DIR]

RESULT is a study.csv or a directory that holds one (that of the study will do).
Writes study.png and study.pdf.

The ASR stands on a logarithmic axis, and so do values that span more than a decade. Filled markers
are films computed whole, open ones representative stacks, whose bar is their 95 % band. Values that
are words stand side by side. Runs that failed are left out; the program says how many.
"""
import argparse
import csv
import math
import sys
from dataclasses import dataclass

import results

# Okabe and Ito's colours and markers; beyond them line styles tell the series apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999", "#000000")
MARKERS = ("o", "s", "^", "v", "D", "P", "X", "h")
LINES = ("-", "--", ":", "-.")
LABELS = {"film.thickness_um": "thickness of the film (µm)", "conditions.temperature_C": "temperature (°C)",
          "structure.grain_size_um": "grain size (µm)", "structure.fraction": "fraction of crystals"}
LINEAR = ("fraction", "temperature_C")  # keys whose axis is never logarithmic
UNITS = (("_ohm_cm2", "Ω cm²"), ("_S_per_cm", "S/cm"), ("_um", "µm"), ("_nm", "nm"), ("_eV", "eV"), ("_C", "°C"))
FIRST_RESULT = "representation"  # the column after the swept keys


@dataclass
class Series:
    """One line of the picture."""

    label: str
    points: list  # (value of the first key, ASR, half width of its band or None)


@dataclass
class Study:
    key: str        # the first one swept
    is_number: bool  # its values are
    series: list
    num_failed: int


def read_study(path):
    """The lines to draw, in the order of the file."""
    path = results.find_result(path, ("study.csv",))
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise results.ResultError(path, f"cannot be read: {error.strerror}") from None
    if not rows or FIRST_RESULT not in rows[0] or "total_ohm_cm2" not in rows[0]:
        raise results.ResultError(path, "is not a study.csv, or has no rows")
    columns = list(rows[0])
    keys = columns[1:columns.index(FIRST_RESULT)]
    if not keys:
        raise results.ResultError(path, "has no swept key to draw against")
    done = [row for row in rows if row["total_ohm_cm2"]]
    if not done:
        raise results.ResultError(path, "has no run that came to an end")
    is_number = all(number(row[keys[0]]) is not None for row in done)
    return Study(keys[0], is_number, make_series(path, done, keys, is_number), len(rows) - len(done))


def number(text):
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def make_series(path, rows, keys, is_number):
    several_cases = len({row["case"] for row in rows}) > 1
    # a key that has one value for each of the first key's changes with it, and is no series
    others = [key for key in keys[1:]
              if len({(row[keys[0]], row[key]) for row in rows}) > len({row[keys[0]] for row in rows})]
    series = {}
    for row in rows:
        total = number(row["total_ohm_cm2"])
        if total is None or total <= 0:
            raise results.ResultError(path, f'total_ohm_cm2 is {row["total_ohm_cm2"]!r}')
        words = [row["case"]] if several_cases or not others else []
        label = ", ".join(words + [f"{short(key)} = {row[key]}" for key in others])
        value = number(row[keys[0]]) if is_number else row[keys[0]]
        band = number(row["band95_ohm_cm2"]) if row["representation"] == "representative" else None
        series.setdefault(label, Series(label, [])).points.append((value, total, band))
    for line in series.values():
        if is_number:
            line.points.sort()
    return list(series.values())


def short(key):
    return key.rsplit(".", 1)[-1]


def axis_label(key):
    """The key in words: its unit behind it, and then where it stands."""
    if key in LABELS:
        return LABELS[key]
    place, _, name = key.rpartition(".")
    place = f", {place}" if place else ""
    for ending, unit in UNITS:
        if name.endswith(ending):
            return f'{name[:-len(ending)].replace("_", " ")} ({unit}){place}'
    return name.replace("_", " ") + place


def is_logarithmic(study):
    if not study.is_number or short(study.key) in LINEAR:
        return False
    values = [point[0] for line in study.series for point in line.points]
    return min(values) > 0 and max(values) > 10 * min(values)


def draw_line(axes, line, index, positions):
    x = [positions[point[0]] if positions else point[0] for point in line.points]
    y = [point[1] for point in line.points]
    colour, marker = COLOURS[index % len(COLOURS)], MARKERS[index % len(MARKERS)]
    style = LINES[index // len(COLOURS) % len(LINES)]
    axes.plot(x, y, color=colour, linestyle=style, linewidth=1.2, zorder=2)
    for (_, total, band), position in zip(line.points, x):
        axes.plot(position, total, marker=marker, markersize=5, color=colour, zorder=3,
                  markerfacecolor=colour if band is None else "white")
        if band is not None:
            axes.errorbar(position, total, yerr=min(band, 0.999 * total), color=colour, capsize=3,
                          linewidth=0.9, zorder=2)
    axes.plot([], [], color=colour, marker=marker, linestyle=style, markersize=5, label=line.label.replace(" um", " µm"))


def label_asr(axes, study):
    """Plain numbers; within a decade or so also at 2 and 5, where powers of ten would be too few."""
    from matplotlib.ticker import LogLocator, NullFormatter
    values = [point[1] for line in study.series for point in line.points]
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    if max(values) < 30 * min(values):
        axes.yaxis.set_minor_locator(LogLocator(subs=(2, 5)))
        axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}")


def draw(study):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 8.5, "axes.linewidth": 0.6, "pdf.fonttype": 42,
                         "font.family": "DejaVu Sans", "axes.spines.top": False,
                         "axes.spines.right": False})
    rows = math.ceil(len(study.series) / 2)
    height = 3.6 + 0.2 * rows
    figure, axes = plt.subplots(figsize=(7.2, height))
    figure.subplots_adjust(left=0.1, right=0.97, top=1 - 0.15 / height, bottom=(0.75 + 0.2 * rows) / height)
    axes.set_yscale("log")
    axes.grid(color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    positions = None
    if not study.is_number:
        words = list(dict.fromkeys(point[0] for line in study.series for point in line.points))
        positions = {word: place for place, word in enumerate(words)}
        axes.set_xticks(range(len(words)), words)
    elif is_logarithmic(study):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    label_asr(axes, study)
    for index, line in enumerate(study.series):
        draw_line(axes, line, index, positions)
    axes.set_xlabel(axis_label(study.key))
    axes.set_ylabel("area-specific resistance (Ω cm²)")
    if any(point[2] is not None for line in study.series for point in line.points):
        axes.plot([], [], color="0.4", marker="o", markerfacecolor="white", linestyle="none",
                  markersize=5, label="open: representative stack, bar: its 95 % band")
    figure.legend(loc="lower left", bbox_to_anchor=(0.09, 0.005), frameon=False, ncol=2,
                  handletextpad=0.6, columnspacing=2, labelspacing=0.35)
    return figure


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("result", help="study.csv or its directory")
    parser.add_argument("--output", default=".", metavar="DIR", help="where to write (default: here)")
    arguments = parser.parse_args()
    results.require_modules("numpy", "matplotlib")
    study = read_study(arguments.result)
    if study.num_failed:
        print(f"{study.num_failed} runs failed and are left out", file=sys.stderr)
    return results.save_figure(draw(study), arguments.output, "study")


if __name__ == "__main__":
    sys.exit(results.run_command(main))
