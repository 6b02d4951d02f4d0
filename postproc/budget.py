#!/usr/bin/python3
"""Draws where the resistance of one or more runs sits: grains, boundaries, anode, cathode.

    /usr/bin/python3 postproc/budget.py RESULT... [--output DIR]

RESULT is a results.json, a comparison.json, or a directory that holds one (a case directory will
do).
Writes budget.png and budget.pdf.

A stacked bar on a log axis shows nothing true: its lowest part always looks largest. So the picture
has two halves in the same rows. On the left, every part and the total as a point on a log axis of
ASR: read values there. On the right, the same parts as lengths on a linear axis of shares: read the
composition there. A thick pellet and a thin film then stand side by side, each readable. The bar
through the total is its band from the uncertainties of the parameters, a factor 1 + u both ways;
without one the file gives no uncertainty.
"""
import argparse
import sys
import textwrap
from dataclasses import dataclass
from math import floor, log10

import results

# Okabe and Ito's colours, told apart with any kind of colour vision, each with its own marker.
STYLES = {"grains": ("#0072B2", "o"), "boundaries": ("#D55E00", "s"),
          "anode": ("#009E73", "^"), "cathode": ("#CC79A7", "v")}
MORE_STYLES = (("#E69F00", "P"), ("#56B4E9", "X"), ("#F0E442", "h"), ("#999999", "*"))

DECADES_BELOW = 4      # parts this many decades below the smallest total stand at the axis' end
SHARE_LABEL_FROM = 0.09  # smaller shares have no room for their number


@dataclass
class Row:
    """One run as drawn: everything here is a number that the picture shows."""

    label: str
    total: float
    band: tuple       # (low, high) or None
    points: dict      # group -> ASR on the log axis; parts that are zero have no point
    shares: dict      # group -> (start, length) on the axis of shares, in %


def make_rows(budgets):
    """What is drawn for each budget, from its numbers alone."""
    rows = []
    for budget in budgets:
        shares, start = {}, 0.0
        for group, share in budget.shares().items():
            shares[group] = (start, 100 * share)
            start += 100 * share
        points = {group: value for group, value in budget.groups.items() if value > 0}
        rows.append(Row(make_label(budget), budget.total, budget.band(), points, shares))
    return rows


def make_label(budget):
    """Title in lines of at most 24 letters, and the thickness where the title does not say it."""
    thickness = None if budget.thickness_um is None else f"{budget.thickness_um:g} µm"
    title = budget.title.replace(" um", " µm")
    kept = title.replace(" µm", "\u00a0µm").replace(" °C", "\u00a0°C")
    lines = textwrap.wrap(kept, 24) or [budget.path.name]
    if thickness and thickness not in title:
        lines.append(thickness)
    return "\n".join(lines)


def list_groups(rows):
    """Groups of all rows: the usual four in their order, then whatever else there is."""
    found = [group for row in rows for group in row.shares]
    others = [group for group in dict.fromkeys(found) if group not in results.GROUPS]
    return [group for group in results.GROUPS if group in found] + others


def group_style(group, groups):
    """Colour and marker of a group."""
    if group in STYLES:
        return STYLES[group]
    others = [other for other in groups if other not in STYLES]
    return MORE_STYLES[others.index(group) % len(MORE_STYLES)]


def axis_limits(rows):
    """Ends of the log axis: they hold every total, band and part but the negligible."""
    negligible = min(row.total for row in rows) / 10**DECADES_BELOW
    low = min(value for row in rows for value in [*row.points.values(), *(row.band or [row.total])])
    high = max(value for row in rows for value in (row.total, *(row.band or ())))
    return max(low, negligible) / 2, high * 2


def format_asr(value):
    """Three digits, without powers of ten where people do without."""
    if not 1e-3 <= value < 1e5:
        return f"{value:.2e}"
    return f"{value:.{max(0, 2 - floor(log10(value)))}f}"


def draw(rows):
    """The figure of the rows, first row on top."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 8.5, "axes.linewidth": 0.6, "pdf.fonttype": 42,
                         "font.family": "DejaVu Sans", "axes.spines.top": False,
                         "axes.spines.right": False})
    groups = list_groups(rows)
    lines = [max(2.6, 1.6 + row.label.count("\n")) for row in rows]
    height = 0.19 * sum(lines) + 1.15
    figure, (asr_axes, share_axes) = plt.subplots(
        1, 2, sharey=True, figsize=(7.2, height), gridspec_kw={"width_ratios": (3.1, 2)})
    figure.subplots_adjust(left=0.22, right=0.975, bottom=0.55 / height, top=1 - 0.5 / height,
                           wspace=0.08)
    positions = [-sum(lines[:i]) - lines[i] / 2 for i in range(len(rows))]
    draw_values(asr_axes, rows, positions, groups)
    draw_shares(share_axes, rows, positions, groups)
    asr_axes.set_yticks(positions, [row.label for row in rows])
    asr_axes.set_ylim(-sum(lines), 0)
    for axes in (asr_axes, share_axes):
        axes.tick_params(axis="y", length=0, pad=6)
        axes.spines["left"].set_visible(False)
    handles, labels = asr_axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncol=len(labels), frameon=False,
                  bbox_to_anchor=(0.53, 1.0), handletextpad=0.2, columnspacing=1.4)
    return figure


def draw_values(axes, rows, positions, groups):
    """Left half: points on a log axis, parts in one line and the total above them."""
    axes.set_xscale("log")
    low, high = axis_limits(rows)
    axes.set_xlim(low, high)
    axes.grid(axis="x", color="0.88", linewidth=0.6)
    axes.set_axisbelow(True)
    for row, y in zip(rows, positions):
        top = y + 0.45
        axes.plot([low, high], [y - 0.35] * 2, color="0.75", linewidth=0.6, zorder=1)
        for group, value in row.points.items():
            colour, marker = group_style(group, groups)
            if value < low:  # too small to matter: an arrow at the axis' end
                axes.plot(low, y - 0.35, marker="<", color=colour, markersize=5, clip_on=False)
            else:
                axes.plot(value, y - 0.35, marker=marker, color=colour, markersize=6.5,
                          markeredgecolor="white", markeredgewidth=0.6, zorder=3)
        if row.band:
            axes.plot(row.band, [top] * 2, color="black", linewidth=1, marker="|", markersize=6)
        axes.plot(row.total, top, marker="D", color="black", markersize=5, zorder=4)
        axes.annotate(format_asr(row.total), (row.total, top), (0, 4.5), ha="center", va="bottom",
                      textcoords="offset points", fontweight="bold", zorder=5)
    for group in groups:
        colour, marker = group_style(group, groups)
        axes.plot([], [], marker=marker, color=colour, linestyle="none", markersize=6.5,
                  label=group)
    has_bands = any(row.band for row in rows)
    axes.plot([], [], marker="D", color="black", markersize=5,
              linestyle="-" if has_bands else "none",
              label="total and its uncertainty" if has_bands else "total")
    axes.set_xlabel("area-specific resistance (Ω cm²)")


def draw_shares(axes, rows, positions, groups):
    """Right half: the same parts as lengths on a linear axis."""
    for row, y in zip(rows, positions):
        for group, (start, length) in row.shares.items():
            colour, _ = group_style(group, groups)
            axes.barh(y, length, left=start, height=1.2, color=colour, edgecolor="white",
                      linewidth=0.6)
            if length >= 100 * SHARE_LABEL_FROM:
                dark = group in ("grains", "boundaries", "anode")
                axes.text(start + length / 2, y, f"{length:.0f}", ha="center", va="center",
                          color="white" if dark else "black", fontsize=8)
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of the total (%)")
    axes.tick_params(labelleft=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", nargs="+",
                        help="results.json, comparison.json or their directory")
    parser.add_argument("--output", default=".", metavar="DIR",
                        help="where to write (default: here)")
    arguments = parser.parse_args()
    results.require_modules("numpy", "matplotlib")
    budgets = [budget for path in arguments.result for budget in results.read_budgets(path)]
    return results.save_figure(draw(make_rows(budgets)), arguments.output, "budget")


if __name__ == "__main__":
    sys.exit(results.run_command(main))
