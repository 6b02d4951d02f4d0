#!/usr/bin/python3
"""Makes one page of many runs: tables, charts, pictures, parameters with sources, warnings.

    /usr/bin/python3 postproc/report.py RESULT... [--target ohm cm2] [--pictures N] [--output DIR]

RESULT is a results.json or study.json, a directory that holds one (that of a case or study will
do), or a directory of such directories, as `compare --output` makes them. Writes
- report.html: the whole report in one file that needs no network and no server;
- figures/NAME.pdf, .svg and .csv: each chart for papers, and its numbers.

Impedance spectra are read as impedance.py does; with electrodes that block they are all there is.
"""
import argparse
import io
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

import results

results.require_modules("numpy", "scipy", "matplotlib", "h5py")
import box
import figures
import page
import paper
import runs as run_files
import series
import spectrum_page
import study_rows

PICTURES = 6  # of fields; each takes a second or two


@dataclass
class SpectrumAlone:
    """A results.json without an ASR: an electrode blocks."""

    path: Path
    label: str
    warnings: list


def read_file(path):
    """The Run in a results.json, or the SpectrumAlone."""
    path = results.find_result(path, ("results.json",))
    content = results.read_json(path)
    asr = content.get("asr_ohm_cm2")
    if (isinstance(asr, dict) and asr.get("total", 0) is None
            and isinstance(content.get("impedance"), dict)):
        title = results.case_value(content, "title") or results.case_name(path)
        return SpectrumAlone(path, str(title).replace(" um", " µm"),
                             [str(text) for text in content.get("warnings") or []])
    return run_files.read_run(path)


def read_argument(path):
    """Runs, spectra alone among them, and study (None if it is none) that an argument means."""
    path = Path(path)
    if not path.is_dir():
        if path.name == "study.json":
            study = study_rows.read_study(path)
            return study.runs, study
        return [read_file(path)], None
    for names, read in ((("results.json",), read_file),
                        (("study.json",), study_rows.read_study)):
        try:
            found = results.find_result(path, names)
        except results.ResultError:
            continue
        content = read(found)
        return (content.runs, content) if names[0] == "study.json" else ([content], None)
    found = sorted({*path.glob("*/results.json"), *path.glob("*/results/results.json")})
    if not found:
        raise results.ResultError(path, "holds no results.json or study.json, nor do its "
                                        "directories hold a results.json")
    return [read_file(file) for file in found], None


def read_all(arguments):
    """All runs, each once, all studies, and spectra alone; runs of an argument by material and values."""
    runs, read, alone = {}, [], {}
    for argument in arguments:
        found, study = read_argument(argument)
        alone.update({entry.path.resolve(): entry for entry in found
                      if isinstance(entry, SpectrumAlone)})
        found = [entry for entry in found if not isinstance(entry, SpectrumAlone)]
        found.sort(key=lambda run: (run.material(), run.thickness_um or 0, run.temperature_C or 0))
        for run in found:
            runs.setdefault((run.path.resolve(), run.thickness_um), run)
        if study:
            read.append(study)
    if not runs and not alone:
        raise results.ResultError(arguments[0], "no run of it has an ASR")
    series.tell_apart(list(runs.values()))
    return list(runs.values()), read, list(alone.values())


def read_spectra(runs, alone):
    """Entries of spectrum_page.py, each file once."""
    found = {run.path.resolve(): (run.path, run.label) for run in runs
             if isinstance(run.content.get("impedance"), dict)}
    return spectrum_page.read_entries([*found.values(), *((one.path, one.label) for one in alone)])


def collect_warnings(runs):
    """[(text, labels of the runs that give it)]; texts that differ in numbers alone are one."""
    warnings = {}
    for run in runs:
        for text in run.warnings:
            place, separator, rest = text.partition(": ")
            short = "/".join(Path(place).parts[-2:]) if "/" in place else place
            pattern = re.sub(r"\d+(\.\d+)?(e[-+]?\d+)?", "#", short + rest)
            entry = warnings.setdefault(pattern, (f"{short}{separator}{rest}", []))
            entry[1].append(run.label)
    return list(warnings.values())


def draw_fields(runs, most):
    """[(label, PNG bytes)] of the first run with fields of each material."""
    first = {}
    for run in runs:
        if (run.path.parent / "fields.h5").is_file():
            first.setdefault(run.material(), run)
    pictures = []
    for run in list(first.values())[:most]:
        fields = run.path.parent / "fields.h5"
        figure = box.draw(box.read_box(fields), *box.read_names(fields))
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150)
        paper.close(figure)
        pictures.append((run.label, buffer.getvalue()))
    return pictures


def number_from(lowest, kind):
    def convert(text):
        value = kind(text)
        if not lowest <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} must be a number from {lowest}")
        return value
    return convert


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", nargs="+", help="results.json, study.json, or their directory")
    parser.add_argument("--target", type=number_from(1e-6, float), default=figures.ASR_TARGET,
                        metavar="OHM_CM2", help="line in the chart over thickness (default 10)")
    parser.add_argument("--pictures", type=number_from(0, int), default=PICTURES, metavar="N",
                        help="at most so many pictures of fields, one a material, and of spectra "
                             f"(default {PICTURES})")
    parser.add_argument("--output", default=".", metavar="DIR",
                        help="where to write (default: here)")
    arguments = parser.parse_args()
    runs, read, alone = read_all(arguments.result)
    spectra = read_spectra(runs, alone)
    charts = figures.make_charts(runs, series.Palette(runs), arguments.target) if runs else []
    pictures = draw_fields(runs, arguments.pictures)
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    text = page.build(runs, read, charts, pictures, collect_warnings([*runs, *alone]), command,
                      spectrum_page.section(spectra, arguments.pictures) if spectra else "")
    output = Path(arguments.output)
    written = [results.write_whole(output / "report.html",
                                   lambda path: path.write_text(text, encoding="utf-8"))]
    for chart in charts:
        written += paper.save(chart, runs, output / "figures")
    return written + spectrum_page.save(spectra, output / "figures")


if __name__ == "__main__":
    sys.exit(results.run_command(main))
