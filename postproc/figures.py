"""What a report draws, as numbers: charts made of runs, without any drawing.

paper.py draws them for papers, page.py for the browser, and table() lists them as CSV. So a figure
shows the same numbers everywhere.
"""
import math
import textwrap
from collections import Counter
from dataclasses import dataclass, field, replace

import budget
import cell
import results
from runs import axis_label, pretty_name, split_unit
from series import DASHES, is_neutral, is_sweep, label_groups, make_groups

BOLTZMANN = 8.617333262e-5  # eV/K
ASR_TARGET = 10.0           # ohm cm2
MOST_BUDGET_ROWS = 40
MOST_BANDS = 8  # with more series, error bands are shown on demand


@dataclass
class Series:
    """Points that belong together: one entry of the legend."""

    name: str
    colour: str
    symbol: str
    dash: str
    x: list
    y: list
    texts: list                  # what the pointer shows, one a point
    low: list = None             # ends of the error band, None where there is none
    high: list = None
    is_on: bool = True           # shown before anyone clicks


@dataclass
class Chart:
    """Curves over two axes."""

    name: str
    title: str
    caption: str
    x_label: str
    y_label: str
    series: list
    x_log: bool = True
    y_log: bool = True
    targets: list = field(default_factory=list)  # (value of y, label)
    has_celsius: bool = False                    # x is 1000/T; degrees Celsius on top


@dataclass
class Bar:
    """Part of a row of a bar chart."""

    row: int
    start: float
    length: float
    text: str
    is_hatched: bool = False


@dataclass
class BarChart:
    """Horizontal bars in rows, first row on top."""

    name: str
    title: str
    caption: str
    x_label: str
    rows: list
    bars: dict     # series -> (colour, [Bar])
    lines: list = field(default_factory=list)   # (value, label): across all rows
    marks: list = field(default_factory=list)   # (row, value, text)
    x_range: list = None
    has_legend: bool = True


def asr_text(run):
    """What the pointer shows at a run's ASR."""
    group, share = run.dominant
    lines = [run.label, f"{budget.format_asr(run.budget.total)} Ω cm²"]
    band = run.band()
    if band:
        lines[1] += f" ({budget.format_asr(band[0])} to {budget.format_asr(band[1])})"
    lines.append(f"{group} {share:.0%}")
    if run.temperature_C is not None:
        lines.append(f"{run.temperature_C:g} °C")
    return [*lines, run.note] if run.note else lines


def asr_series(groups, axis, palette):
    """Series of the ASR with its error band; dashes tell series of one material apart."""
    seen, series = Counter(), []
    for label, members in zip(label_groups(groups, axis), groups):
        material = members[0].material()
        bands = [run.band() or (None, None) for run in members]
        series.append(Series(label, palette.colour(material), palette.symbol(material),
                             DASHES[seen[material] % len(DASHES)],
                             [run.number(axis) for run in members],
                             [run.budget.total for run in members],
                             [asr_text(run) for run in members],
                             [low for low, _ in bands], [high for _, high in bands]))
        seen[material] += 1
    return series


def thickness_chart(runs, palette, target=ASR_TARGET):
    """ASR against thickness at the temperature that most runs have."""
    axis = "film.thickness_um"
    temperature = Counter(run.temperature_C for run in runs).most_common(1)[0][0]
    groups = make_groups([run for run in runs if run.temperature_C == temperature], axis)
    swept = {members[0].material() for members in groups if is_sweep(members, axis)}
    groups = [members for members in groups
              if is_sweep(members, axis) or members[0].material() not in swept]
    if not groups:
        return None
    where = "" if temperature is None else f", {temperature:g} °C"
    caption = ("Electrodes included. Bands: uncertainty of the parameters and, where known, of "
               "grid and chance; a factor 1 + u both ways.")
    left_out = len(runs) - sum(map(len, groups))
    if left_out:
        caption += (f" {left_out} runs are not shown here: they are at other temperatures, or "
                    "sweep something else.")
    return Chart("thickness", f"ASR against thickness{where}", caption, "thickness (µm)",
                 "area-specific resistance (Ω cm²)", asr_series(groups, axis, palette),
                 targets=[(target, f"target {target:g} Ω cm²")])


def budget_runs(runs):
    """Runs that the picture of the budget shows: all, or the middle one of each series."""
    if len(runs) <= MOST_BUDGET_ROWS:
        return list(runs)
    middle = [members[len(members) // 2] for members in make_groups(runs, "film.thickness_um")]
    return middle[:MOST_BUDGET_ROWS]


def budget_rows(runs):
    """Rows of budget.py with the labels of the report."""
    return budget.make_rows([replace(run.budget, title=run.label) for run in runs])


def constriction_text(run):
    """What the ASR would be less by with full contact, on a line of its own; empty if nothing."""
    value = run.content.get("constriction_ohm_cm2")
    if not results.is_number(value) or not value:
        return ""
    return f"\nof which constriction {budget.format_asr(value)} Ω cm²"


def budget_chart(runs):
    """Shares of the ASR."""
    shown = budget_runs(runs)
    rows = budget_rows(shown)
    groups = budget.list_groups(rows)
    bars = {group: (budget.group_style(group, groups)[0], []) for group in groups}
    for index, (row, run) in enumerate(zip(rows, shown)):
        for group, (start, length) in row.shares.items():
            if length > 0:
                value = run.budget.groups[group]
                parts = [f"{name}: {budget.format_asr(part)} Ω cm²"
                         for name, part in run.budget.parts[group].items() if name != group]
                bars[group][1].append(Bar(index, start, length, [
                    run.label, f"{group}: {budget.format_asr(value)} Ω cm², {length:.3g} %",
                    *parts]))
    labels = [f"{row.label}\n{budget.format_asr(row.total)} Ω cm²{constriction_text(run)}"
              for row, run in zip(rows, shown)]
    caption = "Below each case its total ASR; the parts add up to it."
    if any(map(constriction_text, shown)):
        caption += (" Constriction, where an electrode touches in part, is no part of its own: it sits "
                    "in grains, boundaries and that electrode.")
    if len(shown) < len(runs):
        caption += (f" {len(shown)} of {len(runs)} runs: the middle thickness of each of the first "
                    f"{len(shown)} series.")
    return BarChart("budget", "Where the resistance sits", caption, "share of the ASR (%)", labels,
                    bars, x_range=[0, 100])


def arrhenius_chart(runs, palette):
    """Conductivity of the film and what grains and boundaries alone would have, over 1000/T."""
    axis = "conditions.temperature_C"
    groups = [members for members in make_groups(runs, axis) if is_sweep(members, axis)]
    series = []
    for label, members in zip(label_groups(groups, axis), groups):
        material = members[0].material()
        for part, dash in (("total", "solid"), ("grains", "dash"), ("boundaries", "dot")):
            points = [(run, conductivity(run, part)) for run in members]
            points = [(run, value) for run, value in points if value]
            if part != "total" and not all(conductivity(run, "boundaries") for run in members):
                continue
            if len(points) < 2:
                continue
            kelvin = [run.temperature_C + 273.15 for run, _ in points]
            energy = activation_energy(kelvin, [value for _, value in points],
                                       members[0].arrhenius_law(part))
            series.append(Series(
                f"{label}: {part}, {energy:.2f} eV", palette.colour(material),
                palette.symbol(material) if part == "total" else
                f"{palette.symbol(material)}-open", dash,
                [1e3 / t for t in kelvin], [value for _, value in points],
                [[run.label, f"{part}: {value:.3g} S/cm", f"{run.temperature_C:g} °C"]
                 for run, value in points], is_on=part == "total" or len(groups) < 4))
    if not series:
        return None
    return Chart("arrhenius", "Conductivity against temperature",
                 "Film without electrodes: thickness over its ASR, and over that of its grains or "
                 "boundaries alone. Energies: straight line of ln(σT) over 1/T, or of ln σ where "
                 "the case says so.",
                 "1000/T (1/K)", "conductivity (S/cm)", series, x_log=False, has_celsius=True)


def conductivity(run, part):
    """S/cm of a run's film, or of one group of its budget as if that were all."""
    if part == "total":
        return run.conductivity
    resistance = run.budget.groups.get(part)
    return run.thickness_um * 1e-4 / resistance if resistance and run.thickness_um else None


def activation_energy(kelvin, conductivities, law="sigma_T"):
    """eV, from the least-squares line of ln(sigma T), or ln(sigma), over 1/T."""
    x = [1 / (BOLTZMANN * t) for t in kelvin]
    y = [math.log(value * t if law == "sigma_T" else value)
         for value, t in zip(conductivities, kelvin)]
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    return -(math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
             / math.fsum((a - mean_x)**2 for a in x))


def sweep_charts(runs, palette):
    """One chart for every other key that takes three values or more in otherwise equal runs."""
    charts = []
    keys = dict.fromkeys(key for run in runs for key in run.values)
    for key in keys:
        if is_neutral(key) or key in ("film.thickness_um", "conditions.temperature_C"):
            continue
        values = {run.number(key) for run in runs} - {None}
        if len(values) < 3:
            continue
        groups = [members for members in make_groups(runs, key)
                  if len({run.number(key) for run in members}) > 2]
        if groups:
            words, _ = split_unit(key)
            series = asr_series(groups, key, palette)
            charts.append(Chart(
                f"sweep-{slug(key)}", f"ASR against {words}", f"Key {key}. Electrodes included.",
                axis_label(key), "area-specific resistance (Ω cm²)", series,
                x_log=spans_decades(values), y_log=spans_decades(
                    [y for one in series for y in (*one.y, *one.low, *one.high) if y is not None])))
    return charts


def spans_decades(values):
    """Whether a log axis serves values better than a linear one."""
    return min(values) > 0 and max(values) > 8 * min(values)


def slug(text):
    """A file name of a key."""
    return "".join(c if c.isalnum() else "-" for c in text).strip("-")


def used_materials(runs):
    """name -> its keys, of the materials that the films are made of."""
    return {name: run.materials[name] for run in runs for name in run.phase_materials()
            if name in run.materials}


def used_electrodes(runs):
    return {name: keys for run in runs for name, keys in run.electrodes.items()}


def range_chart(materials, key, palette, **chart):
    """A bar a material from the first to the second number of a key; None if none has it."""
    rows, bars = [], []
    for name, keys in materials.items():
        pair = keys.get(key)
        if isinstance(pair, list) and len(pair) == 2 and all(map(results.is_number, pair)):
            is_unverified = key in (keys.get("unverified") or [])
            note = " (unverified)" if is_unverified else ""
            bars.append((palette.colour(pretty_name(name)), Bar(
                len(rows), pair[0], pair[1] - pair[0],
                [pretty_name(name), f"{pair[0]:g} to {pair[1]:g}{note}"], is_unverified)))
            rows.append((name, "\n".join(textwrap.wrap(pretty_name(name), 24))))
    if not rows:
        return None, []
    by_row = {f"{index}": (colour, [bar]) for index, (colour, bar) in enumerate(bars)}
    return BarChart(rows=[label for _, label in rows], bars=by_row, has_legend=False,
                    **chart), [name for name, _ in rows]


def window_chart(runs, palette):
    """Electrochemical windows, with the potentials of the electrodes."""
    chart, _ = range_chart(
        used_materials(runs), "window_V", palette, name="windows",
        title="Electrochemical windows", x_label="potential against Li (V)",
        caption="From each material's file; hatched: not verified. Lines: potentials of the "
                "electrodes. A potential outside the bar asks for a buffer layer.")
    if chart:
        chart.lines = [(keys["potential_V"], pretty_name(name))
                       for name, keys in used_electrodes(runs).items()
                       if results.is_number(keys.get("potential_V"))]
    return chart


def process_chart(runs, palette):
    """Process temperatures, with the onsets of known reactions with the electrodes."""
    chart, names = range_chart(
        used_materials(runs), "process_temperature_C", palette, name="process",
        title="Process temperatures", x_label="process temperature (°C)",
        caption="From each material's file; hatched: not verified. Diamonds: onset of a known "
                "reaction with an electrode; processed together above it, the two react.")
    for electrode, keys in used_electrodes(runs).items() if chart else ():
        reactions = {key.rsplit(".", 1)[0] for key in keys if key.startswith("reactions.")}
        for reaction in sorted(reactions):
            material = keys.get(f"{reaction}.material")
            onset = keys.get(f"{reaction}.onset_temperature_C")
            if material in names and results.is_number(onset):
                pair = f"{pretty_name(material)} with {pretty_name(electrode)}"
                chart.marks.append((names.index(material), onset,
                                    [f"{pair} from {onset:g} °C",
                                     str(keys.get(f"{reaction}.product") or "")]))
    return chart


def cell_chart(runs, palette):
    """Energy density of the assumed cell against thickness."""
    groups = {}
    for run in runs:
        row = cell.estimate(run)
        if row["energy_density_wh_per_kg"] is not None:
            groups.setdefault(run.material(), {})[run.thickness_um] = (run, row)
    series = []
    for material, points in groups.items():
        points = [points[thickness] for thickness in sorted(points)]
        series.append(Series(
            material, palette.colour(material), palette.symbol(material), "solid",
            [run.thickness_um for run, _ in points],
            [row["energy_density_wh_per_kg"] for _, row in points],
            [[run.label, f"{row['energy_density_wh_per_kg']:.0f} Wh/kg"] for run, row in points]))
    if not series:
        return None
    return Chart("cell", "Energy density of a lithium-metal pouch cell",
                 "An estimate from the assumptions below; the runs give thickness and density only.",
                 "thickness of the electrolyte (µm)", "energy density (Wh/kg)", series,
                 y_log=False, targets=[(cell.ENERGY_TARGET, f"target {cell.ENERGY_TARGET:g} Wh/kg")])


def make_charts(runs, palette, target=ASR_TARGET):
    """All charts of a report that its runs have numbers for."""
    charts = [thickness_chart(runs, palette, target), budget_chart(runs),
              arrhenius_chart(runs, palette), *sweep_charts(runs, palette),
              window_chart(runs, palette), process_chart(runs, palette),
              cell_chart(runs, palette)]
    return [chart for chart in charts if chart]


def table(chart):
    """Header and rows of the numbers that a chart shows."""
    if isinstance(chart, BarChart):
        rows = [[" ".join(chart.rows[bar.row].split("\n")), name if chart.has_legend else "",
                 bar.start, bar.start + bar.length]
                for name, (_, bars) in chart.bars.items() for bar in bars]
        rows += [["", label, value, value] for value, label in chart.lines]
        rows += [[" ".join(chart.rows[row].split("\n")), text[0], value, value]
                 for row, value, text in chart.marks]
        return ["row", "series", f"from: {chart.x_label}", f"to: {chart.x_label}"], rows
    rows = []
    for series in chart.series:
        nothing = [None] * len(series.x)
        rows += [[series.name, text[0], x, y, low, high] for x, y, low, high, text in
                 zip(series.x, series.y, series.low or nothing, series.high or nothing,
                     series.texts)]
    return ["series", "case", chart.x_label, chart.y_label, "band from", "band to"], rows
