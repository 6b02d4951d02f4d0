"""Reading what `granulith study` wrote: study.json and the runs it names.

A row of a study is a run of its own, or a film too thick to be resolved for which several runs of a
thinner stack stand; both become a Run with the row's thickness, temperature, ASR and bands.
"""
import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

import results
import runs


@dataclass
class Study:
    """One study.json."""

    path: Path
    title: str
    runs: list
    failures: list = field(default_factory=list)  # (label, message) of rows without an ASR
    target: float = None                          # ASR that is to be met [ohm cm2]
    thicknesses: list = field(default_factory=list)  # (label, greatest thickness [um], how)


def read_study(path):
    """The study in a study.json."""
    content = results.read_json(path)
    rows = content.get("runs")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise results.ResultError(path, '"runs" must be a list of objects')
    study = Study(Path(path), str(content.get("title") or results.case_name(path)), [])
    for index, row in enumerate(rows):
        if row.get("asr_ohm_cm2") is None:
            study.failures.append((row_label(row), str(row.get("message") or "not computed")))
        else:
            study.runs.append(read_row(study.path, index, row))
            study.runs[-1].study = study.title
    target = content.get("target") or {}
    study.target = target.get("asr_ohm_cm2")
    study.thicknesses = [(row_label(series), series.get("thickness_um"), str(series.get("how", "")))
                         for series in target.get("series") or []]
    return study


def row_label(row, without=None):
    """The case and the values it takes in this row, one key left out."""
    texts = [runs.describe_key(key, runs.format_value(value))
             for key, value in (row.get("values") or {}).items() if key != without]
    return ", ".join([str(row.get("case", "")), *texts])


def read_row(path, index, row):
    """One row with an ASR as a Run: the case of its first run, the row's own numbers."""
    where = f"runs[{index}]"
    places = row.get("results")
    if not isinstance(places, list) or not places:
        raise results.ResultError(path, f'"{where}.results" must name a results.json')
    run = runs.read_run(locate(path, Path(places[0])))
    budget = results.make_budget(path, f"{where}.", row, row_label(row, "film.thickness_um"),
                                 row.get("thickness_um"))
    values = dict(run.values, **{key: row[member] for key, member in
                                 (("film.thickness_um", "thickness_um"),
                                  ("conditions.temperature_C", "temperature_C"))
                                 if results.is_number(row.get(member))})
    members = ("error", "effective_conductivity_S_per_cm", "warnings")
    content = dict(run.content, **{name: row.get(name) for name in members})
    run = dataclasses.replace(run, budget=budget, values=values, content=content)
    if row.get("representation") == "representative":
        run.band95 = row.get("band95_ohm_cm2")
        stacks = row.get("stack_thickness_um")
        stacks = stacks if isinstance(stacks, list) else [stacks]
        sizes = " and ".join(map(runs.format_value, stacks))
        run.note = f"{len(places)} stacks of {sizes} µm stand for this film"
        if budget.parameters_relative is None:
            run.note += "; the band is that of chance alone"
    return run


def locate(path, place):
    """A results.json that a study names, also after the study's directory was moved."""
    if not place.is_file() and "runs" in place.parts:
        last = len(place.parts) - 1 - place.parts[::-1].index("runs")
        return path.parent.joinpath(*place.parts[last:])
    return place
