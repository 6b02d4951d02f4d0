"""Draws the charts of figures.py with matplotlib, for papers: PDF and SVG."""
import math

import budget
import figures
import results

MARKERS = {"circle": "o", "square": "s", "diamond": "D", "triangle-up": "^", "triangle-down": "v",
           "cross": "P", "x": "X", "star": "*"}
LINES = {"solid": "-", "dash": "--", "dot": ":", "dashdot": "-."}
STYLE = {"font.size": 8.5, "axes.linewidth": 0.6, "pdf.fonttype": 42, "svg.fonttype": "none",
         "svg.hashsalt": "granulith", "font.family": "DejaVu Sans", "axes.spines.top": False,
         "axes.spines.right": False, "hatch.linewidth": 0.4, "figure.max_open_warning": 0}


def save(chart, runs, output):
    """Writes output/NAME.pdf, .svg and .csv of a chart; returns the paths."""
    if chart.name == "budget":
        figure = budget.draw(figures.budget_rows(figures.budget_runs(runs)))
    else:
        figure = draw(chart)
    paths = results.save_figure(figure, output, chart.name, ("pdf", "svg"))
    close(figure)
    return [*paths, results.write_csv(output / f"{chart.name}.csv", *figures.table(chart))]


def close(figure):
    import matplotlib.pyplot as plt
    plt.close(figure)


def draw(chart):
    """The figure of a chart."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    with plt.rc_context(STYLE):
        if isinstance(chart, figures.BarChart):
            return draw_bars(plt, chart)
        return draw_curves(plt, chart)


def draw_curves(plt, chart):
    entries = len(chart.series) + len(chart.targets)
    columns = 1 if entries <= 6 else 2
    legend = 0.19 * math.ceil(entries / columns) + 0.1  # inches
    above = 0.5 if chart.has_celsius else 0.12
    height = above + 2.9 + 0.5 + legend
    figure, axes = plt.subplots(figsize=(5.6, height))
    figure.subplots_adjust(left=0.13, right=0.97, top=1 - above / height,
                           bottom=(0.5 + legend) / height)
    axes.set_xscale("log" if chart.x_log else "linear")
    axes.set_yscale("log" if chart.y_log else "linear")
    axes.grid(color="0.92", linewidth=0.6)
    for series in chart.series:
        is_open = series.symbol.endswith("-open")
        axes.plot(series.x, series.y, linestyle=LINES[series.dash], linewidth=1.2, markersize=5,
                  marker=MARKERS[series.symbol.replace("-open", "")], color=series.colour,
                  markerfacecolor="white" if is_open else series.colour,
                  markeredgecolor=series.colour if is_open else "white", markeredgewidth=0.7,
                  label=series.name, zorder=3)
        draw_band(axes, series)
    for value, label in chart.targets:
        axes.axhline(value, color="0.35", linewidth=0.8, linestyle=(0, (1, 1.5)), label=label)
    if not chart.y_log:
        axes.set_ylim(0, None)
    axes.set_xlabel(chart.x_label)
    axes.set_ylabel(chart.y_label)
    if chart.has_celsius:
        add_celsius(axes, [x for series in chart.series for x in series.x])
    figure.legend(loc="lower left", bbox_to_anchor=(0.11, 0), ncols=columns, frameon=False,
                  fontsize=7.5, borderaxespad=0.2)
    return figure


def draw_band(axes, series):
    """A shade along a series, an error bar at a lone point."""
    known = [(x, y, low, high) for x, y, low, high in
             zip(series.x, series.y, series.low or [], series.high or []) if low is not None]
    if not known:
        return
    x, y, low, high = zip(*known)
    if len(known) > 1:
        axes.fill_between(x, low, high, color=series.colour, alpha=0.1, linewidth=0, zorder=1)
    else:
        axes.errorbar(x, y, [[y[0] - low[0]], [high[0] - y[0]]], color=series.colour,
                      linewidth=0.8, capsize=2, zorder=2)


def add_celsius(axes, values):
    """Degrees Celsius on top of an axis of 1000/T."""
    top = axes.secondary_xaxis("top")
    ticks = celsius_ticks(min(values), max(values))
    top.set_xticks([1e3 / (celsius + 273.15) for celsius in ticks],
                   [f"{celsius:g}" for celsius in ticks])
    top.set_xlabel("temperature (°C)")


def celsius_ticks(low, high):
    """Round temperatures [C] between two values of 1000/T, at most eight."""
    coldest, hottest = (1e3 / value - 273.15 for value in (high, low))
    for step in (5, 10, 20, 50, 100, 200):
        first, last = math.ceil(coldest / step - 1e-6), math.floor(hottest / step + 1e-6)
        if last - first < 8:
            break
    return [step * n for n in range(first, last + 1)]


def draw_bars(plt, chart):
    heights = [row.count("\n") + 1.7 for row in chart.rows]
    height = 0.9 + 0.17 * sum(heights)
    figure, axes = plt.subplots(figsize=(5.6, height))
    figure.subplots_adjust(left=0.32, right=0.97, top=1 - 0.35 / height, bottom=0.55 / height)
    centres = [sum(heights[:i]) + heights[i] / 2 for i in range(len(heights))]
    for colour, bars in chart.bars.values():
        for bar in bars:
            axes.barh(centres[bar.row], bar.length, left=bar.start, height=1.1, facecolor=colour,
                      edgecolor="white" if bar.length else colour,
                      hatch="////" if bar.is_hatched else None,
                      linewidth=0.4 if bar.length else 2)
    for row, value, text in chart.marks:
        axes.plot(value, centres[row], "D", color="black", markersize=4.5, clip_on=False)
    for value, label in chart.lines:
        axes.axvline(value, color="0.35", linewidth=0.8, linestyle=(0, (1, 1.5)))
        axes.annotate(label, (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
                      textcoords="offset points", ha="center", va="bottom", fontsize=7.5)
    axes.set_yticks(centres, chart.rows)
    axes.set_ylim(sum(heights), 0)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="0.92", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(chart.x_label)
    return figure
