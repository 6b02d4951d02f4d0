"""Puts a report together as one HTML page that needs no network: text, tables, charts, pictures.

The charts are plotly.js figures, whose data stand in the page as JSON; page.js draws them.
"""
import base64
import csv
import html
import io
import json
import re
from pathlib import Path

import budget
import cell
import figures
import results
from paper import celsius_ticks
from runs import format_value, pretty_name, split_unit
from series import make_groups

HERE = Path(__file__).resolve().parent
PLOTLY = HERE / "vendor/plotly-basic-4.1.1.min.js"
# Nothing from elsewhere can be asked for by a page with this policy.
POLICY = ("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
          "img-src data: blob:")
INK, GRID, TARGET = "#1a1a1a", "#e6e6e6", "#595959"
ROW_LINE = 15  # px, a line of text in the rows of a bar chart
GAPS = {"l": 78, "r": 20, "t": 36, "b": 56}


def build(runs, studies, charts, pictures, warnings, command, spectra=""):
    """The whole page as text; pictures are [(caption, PNG bytes)], warnings [(text, labels)], spectra
    are HTML."""
    sections = [("summary", "Summary", summary(runs))] if runs else []
    sections += [(chart.name, chart.title, chart_section(chart)) for chart in charts]
    if any(study.thicknesses for study in studies):
        sections.insert(2, ("greatest", "Greatest thickness that meets the target",
                            target_section(studies)))
    if spectra:
        sections.append(("spectra", "Impedance spectra", spectra))
    if pictures:
        sections.append(("fields", "Fields", picture_section(pictures)))
    if runs:
        sections.append(("estimates", "Cost, energy density and voltage loss", estimates(runs)))
    sections.append(("warnings", "Warnings", failure_section(studies) + warning_section(warnings)))
    if runs:
        sections += [("materials", "Materials and electrodes", material_section(runs)),
                     ("parameters", "Parameters of the cases", parameter_section(runs))]
    links = "".join(f'<li><a href="#{name}">{escape(title)}</a></li>'
                    for name, title, _ in sections)
    body = "".join(f'<section id="{name}"><h2>{escape(title)}</h2>{content}</section>'
                   for name, title, content in sections)
    specs = {chart.name: bar_spec(chart) if isinstance(chart, figures.BarChart)
             else curve_spec(chart) for chart in charts}
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>granulith report</title>
<style>{(HERE / "page.css").read_text(encoding="utf-8")}</style></head>
<body><header><h1>Area-specific resistance of solid electrolytes</h1>
<p>{origin(runs)} Made by <code>{escape(command)}</code>.</p>
<nav><ul>{links}</ul></nav></header>
<main>{body}</main>
<script type="application/json" id="charts">{as_json(specs)}</script>
<script>{PLOTLY.read_text(encoding="utf-8")}</script>
<script>{(HERE / "page.js").read_text(encoding="utf-8")}</script>
</body></html>
"""


def escape(text):
    """Text as HTML, numbers and their units kept on one line."""
    text = re.sub(r"(\d|Ω) (µm|nm|°C|Ω|cm²|%|eV|V)(?!\w)", "\\1\u00a0\\2", str(text))
    return html.escape(text)


def as_json(content):
    """JSON that cannot end the script element it stands in."""
    return json.dumps(content, allow_nan=False).replace("<", "\\u003c")


def lines(parts):
    """Lines of text for plotly, which reads a few tags."""
    return "<br>".join(html.escape(str(part), quote=False) for part in parts if part)


def origin(runs):
    """One sentence on what the page is made from."""
    programs = {(run.content.get("program") or {}).get("version") for run in runs}
    versions = ", ".join(sorted(f"granulith {version}" for version in programs if version))
    if not runs:
        return "Spectra without an ASR: an electrode blocks."
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return escape(f"{count}{' of ' + versions if versions else ''}.")


# Charts

def axis(title, **more):
    return {"title": {"text": title, "standoff": 8}, "gridcolor": GRID, "linecolor": INK,
            "showline": True, "zeroline": False, "ticks": "outside", "tickcolor": INK,
            "automargin": True, **more}


def log_axis(title, is_log):
    if is_log:
        return axis(title, type="log", exponentformat="power",
                    minor={"ticks": "outside", "ticklen": 3})
    return axis(title, rangemode="tozero")


def layout(**more):
    return {"font": {"color": INK, "size": 13}, "paper_bgcolor": "#fff", "plot_bgcolor": "#fff",
            "margin": GAPS, "hovermode": "closest", "hoverlabel": {"align": "left"}, **more}


def curve_spec(chart):
    """Traces and layout of a Chart."""
    traces = []
    for index, series in enumerate(chart.series):
        group, shown = f"s{index}", True if series.is_on else "legendonly"
        traces += [trace | {"opacity": 1 if has_bands(chart) else 0}
                   for trace in band_traces(series, group, shown)]
        traces.append({
            "type": "scatter", "mode": "lines+markers", "x": series.x, "y": series.y,
            "name": lines([series.name]), "legendgroup": group, "visible": shown,
            "line": {"color": series.colour, "dash": series.dash, "width": 2},
            "marker": {"symbol": series.symbol, "size": 8, "color": series.colour},
            "text": [lines(text) for text in series.texts], "hoverinfo": "text"})
    ends = [x for series in chart.series for x in series.x]
    for value, label in chart.targets:
        traces.append({"type": "scatter", "mode": "lines", "x": [min(ends), max(ends)],
                       "y": [value, value], "name": lines([label]), "hoverinfo": "name",
                       "line": {"color": TARGET, "dash": "dot", "width": 1.5}})
    x_axis = log_axis(chart.x_label, chart.x_log)
    if chart.has_celsius:
        x_axis.pop("rangemode", None)
    made = layout(xaxis=x_axis, yaxis=log_axis(chart.y_label, chart.y_log))
    if chart.has_celsius:
        add_celsius(traces, made, ends)
    return {"data": traces, "layout": made, "legend": True}


def has_bands(chart):
    """Whether the error bands are shown before anyone asks for them."""
    return len(chart.series) <= figures.MOST_BANDS


def band_traces(series, group, shown):
    """The error band: a shade, or a bar at a lone point; it follows its series' legend entry."""
    known = [(x, y, low, high) for x, y, low, high in
             zip(series.x, series.y, series.low or [], series.high or []) if low is not None]
    if not known:
        return []
    x, y, low, high = (list(values) for values in zip(*known))
    trace = {"type": "scatter", "legendgroup": group, "visible": shown, "showlegend": False,
             "hoverinfo": "skip", "meta": "band"}
    if len(known) > 1:
        return [trace | {"mode": "lines", "x": x + x[::-1], "y": low + high[::-1], "fill": "toself",
                         "fillcolor": f"{series.colour}1a", "line": {"width": 0}}]
    return [trace | {"mode": "none", "x": x, "y": y,
                     "error_y": {"type": "data", "symmetric": False, "array": [high[0] - y[0]],
                                 "arrayminus": [y[0] - low[0]], "color": series.colour,
                                 "thickness": 1.2, "width": 4}}]


def add_celsius(traces, made, ends):
    """A second axis on top; plotly draws it only if a trace uses it."""
    span = max(ends) - min(ends)
    limits = [min(ends) - 0.04 * span, max(ends) + 0.04 * span]
    ticks = celsius_ticks(min(ends), max(ends))
    made["xaxis"]["range"] = limits
    made["xaxis2"] = axis("temperature (°C)", overlaying="x", side="top", matches="x",
                          tickvals=[1e3 / (value + 273.15) for value in ticks],
                          ticktext=[f"{value:g}" for value in ticks]) | {"showgrid": False}
    made["margin"] = GAPS | {"t": 84}
    traces.append({"type": "scatter", "mode": "markers", "x": limits[:1], "y": [None],
                   "xaxis": "x2", "showlegend": False, "hoverinfo": "skip"})


def bar_spec(chart):
    """Traces and layout of a BarChart; rows are as high as their labels, in lines of text."""
    traces = []
    heights = [row.count("\n") + 2 for row in chart.rows]
    centres = [sum(heights[:i]) + heights[i] / 2 for i in range(len(heights))]
    for name, (colour, bars) in chart.bars.items():
        traces.append({
            "type": "bar", "orientation": "h", "name": lines([name]),
            "showlegend": chart.has_legend,
            "y": [centres[bar.row] for bar in bars], "base": [bar.start for bar in bars],
            "x": [bar.length for bar in bars], "text": [lines(bar.text) for bar in bars],
            "textposition": "none", "hoverinfo": "text", "width": 1.3,
            "marker": {"color": colour, "line": {
                "color": ["#fff" if bar.length else colour for bar in bars],
                "width": [0.5 if bar.length else 3 for bar in bars]},
                "pattern": {"shape": ["/" if bar.is_hatched else "" for bar in bars],
                            "fillmode": "overlay", "fgcolor": "#fff", "size": 7,
                            "solidity": 0.25}}})
    if chart.marks:
        traces.append({
            "type": "scatter", "mode": "markers", "showlegend": False, "hoverinfo": "text",
            "x": [value for _, value, _ in chart.marks],
            "y": [centres[row] for row, _, _ in chart.marks],
            "text": [lines(text) for _, _, text in chart.marks],
            "marker": {"symbol": "diamond", "size": 10, "color": "#000",
                       "line": {"color": "#fff", "width": 1}}})
    made = layout(
        barmode="overlay", bargap=0.3, margin=GAPS | {"t": 56 if chart.lines else 36},
        xaxis=axis(chart.x_label, **({"range": chart.x_range} if chart.x_range else {})),
        yaxis=axis("", range=[sum(heights), 0], showgrid=False, ticks="", showline=False,
                   tickvals=centres, ticktext=[lines(row.split("\n")) for row in chart.rows]),
        shapes=[{"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": TARGET, "dash": "dot", "width": 1.5}}
                for value, _ in chart.lines],
        annotations=[{"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
                      "text": lines([label])} for value, label in chart.lines])
    return {"data": traces, "layout": made, "legend": chart.has_legend,
            "height": made["margin"]["t"] + made["margin"]["b"] + ROW_LINE * sum(heights)}


def chart_section(chart):
    hint = ""
    if not isinstance(chart, figures.BarChart) or chart.has_legend:
        hint = (' <span class="hint">Click a name in the legend to switch it off or on, twice to '
                "see it alone.</span>")
    buffer = io.StringIO()
    header, rows = figures.table(chart)
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    data = base64.b64encode(buffer.getvalue().encode()).decode()
    bands = ""
    if any(series.low and any(low is not None for low in series.low)
           for series in getattr(chart, "series", [])):
        checked = " checked" if has_bands(chart) else ""
        bands = (f'<label><input type="checkbox" autocomplete="off"{checked} '
                 f'data-bands="{chart.name}"> error bands</label>')
    return (f"<p>{escape(chart.caption)}{hint}</p>"
            f'<div class="chart" id="chart-{chart.name}" role="img" '
            f'aria-label="{escape(chart.title)}; its numbers are in the CSV below"></div>'
            f'<p class="tools">{bands}<a download="{chart.name}.csv" '
            f'href="data:text/csv;charset=utf-8;base64,{data}">{chart.name}.csv</a></p>')


def picture_section(pictures):
    return "".join(
        f'<figure><img alt="Grains, potential and current density of {escape(caption)}" '
        f'src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>" for caption, png in pictures)


# Tables

def make_table(header, rows, kind=""):
    """A table that scrolls sideways on a small screen; cells are HTML."""
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in rows)
    return (f'<div class="table"><table class="{kind}"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>")


def number(value, digits=".3g"):
    return "–" if value is None else f"{value:{digits}}"


def relative(value):
    """A relative error: 2 % or 3e-7."""
    if not results.is_number(value):
        return "–"
    return f"{100 * value:.2g} %" if value >= 1e-4 else f"{value:.0e}"


def summary(runs):
    rows = []
    for run in runs:
        band, (group, share) = run.band(), run.dominant
        notes = len(run.warnings)
        note = f'<br><span class="hint">{escape(run.note)}</span>' if run.note else ""
        status = "" if (run.content.get("solve") or {}).get("converged", True) else \
            ' <strong class="bad">not converged</strong>'
        rows.append([
            escape(run.label) + status + note, f"<b>{budget.format_asr(run.budget.total)}</b>",
            "–" if band is None else
            f"{budget.format_asr(band[0])} to {budget.format_asr(band[1])}",
            f"{escape(group)} {100 * share:.0f} %", number(run.thickness_um, "g"),
            number(run.temperature_C, "g"), relative(run.error.get("grid_relative")),
            relative(run.error.get("algebraic_relative")),
            f'<a href="#warnings">{notes}</a>' if notes else "0", escape(run.material())])
    text = ("<p>ASR with electrodes. Band: uncertainty of the parameters and, where known, of grid "
            "and chance. Errors are relative; that of the grid is known after "
            "<code>granulith converge</code>.</p>")
    return text + make_table(
        ["case", "ASR (Ω cm²)", "band (Ω cm²)", "largest part", "thickness (µm)", "T (°C)",
         "grid error", "solver error", "warnings", "material"], rows, "summary")


def target_section(studies):
    """The inverse question, as the studies answered it."""
    rows = [[escape(label), f"{study.target:g}", number(thickness), escape(how)]
            for study in studies for label, thickness, how in study.thicknesses]
    return ("<p>Thinner than this, the ASR with its electrodes stays below the target.</p>"
            + make_table(["case", "target (Ω cm²)", "greatest thickness (µm)", "how"], rows,
                         "numbers"))


def failure_section(studies):
    """Rows of studies that have no ASR."""
    items = [f"<li>{escape(label)}: {escape(message)}</li>"
             for study in studies for label, message in study.failures]
    return f"<p>Not computed:</p><ul>{''.join(items)}</ul>" if items else ""


def estimates(runs):
    """What the runs mean for a cell, and the assumptions."""
    rows = []
    for run in runs:
        row = cell.estimate(run)
        cost = "–" if row["cost_low_usd_per_m2"] is None else \
            f'{row["cost_low_usd_per_m2"]:.3g} to {row["cost_high_usd_per_m2"]:.3g}'
        rows.append([escape(run.label), number(row["density_g_per_cm3"]), cost,
                     number(row["energy_density_wh_per_kg"], ".0f"),
                     number(row["current_density_mA_per_cm2"], "g"),
                     number(row["voltage_loss_mV"], ".4g")])
    assumed = [[escape(key.replace("_", " ")), f"{value:g} {unit}", escape(source)]
               for key, (value, unit, source) in cell.CELL.items()]
    low, high = cell.PRICES
    text = (f"<p>Cost: density × thickness × {low:g} to {high:g} US$/kg, and "
            f"{cell.PROCESSING:g} US$/m² for tape casting and sintering, a vacuum film is made "
            f"otherwise; {cell.COST_TARGET:g} US$/m² are left for the electrolyte "
            f"({escape(cell.REVIEW)}, refs 5, 13, 14). Voltage loss: current density × ASR.</p>")
    header = ["case", "density (g/cm³)", "cost (US$/m²)", "energy density (Wh/kg)",
              "current (mA/cm²)", "voltage loss (mV)"]
    return (text + make_table(header, rows, "numbers")
            + "<details><summary>Assumptions on the cell</summary>"
            + make_table(["quantity", "value", "source"], assumed) + "</details>")


def warning_section(warnings):
    if not warnings:
        return "<p>None.</p>"
    items = []
    for text, labels in warnings:
        shown = "; ".join(labels[:3]) + (f"; and {len(labels) - 3} more" if len(labels) > 3 else "")
        items.append(f'<li>{escape(text)} <span class="hint">{escape(shown)}</span></li>')
    return ("<p>Warnings that differ in numbers alone stand once, with the numbers of the first "
            f"case named.</p><ul>{''.join(items)}</ul>")


def key_name(key):
    """boundary.resistance_ohm_cm2 -> boundary: resistance."""
    group, _, _ = key.rpartition(".")
    return ": ".join(filter(None, [group.replace(".", " "), split_unit(key)[0]]))


def key_value(value):
    """A value of a material file: its pairs of numbers are ranges."""
    if isinstance(value, list) and len(value) == 2 and all(map(results.is_number, value)):
        return " to ".join(map(format_value, value))
    return format_value(value)


def material_section(runs):
    """Keys and sources of every material and electrode file the runs used."""
    parts = []
    for member in ("materials", "electrodes"):
        entries = {name: keys for run in runs for name, keys in getattr(run, member).items()}
        for name, keys in entries.items():
            unverified = keys.get("unverified") or []
            rows = [[escape(key_name(key)), escape(f"{key_value(value)} {split_unit(key)[1]}"),
                     '<strong class="bad">not verified</strong>' if key in unverified else ""]
                    for key, value in keys.items()
                    if not key.startswith(("references.", "unverified"))]
            count = len([key for key in keys if key.startswith("references.")]) // 2
            sources = [[escape(keys.get(f"references.{i}.what", "")),
                        escape(keys.get(f"references.{i}.source", ""))] for i in range(count)]
            parts.append(f"<details><summary>{escape(pretty_name(name))} "
                         f'<span class="hint">{escape(name)}.cfg</span></summary>'
                         + make_table(["key", "value", ""], rows)
                         + make_table(["what", "source"], sources) + "</details>")
    return "".join(parts) or "<p>The results name none.</p>"


def parameter_section(runs):
    """Every key of one run of each series; what runs of a series differ in is in the summary."""
    parts = ["<p>One case of each series; within a series only the thickness and the grid differ."
             "</p>"]
    for members in make_groups(runs, "film.thickness_um") or [[run] for run in runs]:
        run = members[0]
        rows = [[f"<code>{escape(key)}</code>", escape(format_value(value)),
                 escape(run.origins.get(key, ""))] for key, value in run.values.items()]
        count = f"one of {len(members)}: " if len(members) > 1 else ""
        parts.append(f"<details><summary>{escape(run.label)} "
                     f'<span class="hint">{count}{escape(run.path)}</span></summary>'
                     + make_table(["key", "value", "from"], rows) + "</details>")
    return "".join(parts)
