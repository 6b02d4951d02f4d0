"""What a report shows of impedance spectra: tables and pictures for the page, files for papers."""
import base64
import io
from dataclasses import dataclass, field

import paper
import reading as readings
import results
import spectrum as spectra
import spectrum_figures
from page import escape, make_table


@dataclass
class Entry:
    """One spectrum of a report."""

    label: str
    name: str                     # of its files, no two alike
    reading: readings.Reading     # None: it cannot be read
    problem: str = ""
    figures: list = field(init=False)  # (name, title, figure)

    def __post_init__(self):
        self.figures = spectrum_figures.draw_all(self.reading) if self.reading else []


def read_entries(paths):
    """Entries of results.json files [(path, label)]; what cannot be read says so on the page."""
    entries, taken = [], set()
    for path, label in paths:
        name, count = results.case_name(path), 1
        while (unique := name if count == 1 else f"{name}-{count}") in taken:
            count += 1
        taken.add(unique)
        try:
            entries.append(Entry(label, unique, readings.read(spectra.read_spectrum(path))))
        except spectra.Unreadable as error:
            entries.append(Entry(label, unique, None, str(error)))
    return entries


def section(entries, most):
    """HTML: the tables of all spectra, the pictures of the first `most`."""
    parts = ["<p>R-CPE elements in series fitted to each spectrum, its distribution of relaxation "
             "times (DRT), and what is true: parts of the ASR at direct current, and what the case "
             "was given. Errors: what is read less the truth; ±: standard error.</p>"]
    for index, entry in enumerate(entries):
        parts.append(f"<h3>{escape(entry.label)}</h3>")
        if entry.reading is None:
            parts.append(f"<p>{escape(entry.problem)}</p>")
            continue
        parts.append(f"<p>{escape('; '.join(readings.summary(entry.reading)))}.</p>")
        for header, rows in filter(None, readings.tables(entry.reading)):
            parts.append(make_table([with_units(text) for text in header],
                                    [[escape(with_units(text)) for text in row] for row in rows],
                                    "numbers"))
        if index < most:
            parts += pictures(entry)
    return "".join(parts)


def with_units(text):
    return text.replace("ohm cm2", "Ω cm²")


def pictures(entry):
    """HTML of the three figures as PNG."""
    for _, title, figure in entry.figures:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=150)
        data = base64.b64encode(buffer.getvalue()).decode()
        yield (f'<figure><img alt="{escape(title)} of {escape(entry.label)}" '
               f'src="data:image/png;base64,{data}"></figure>')


def save(entries, output):
    """Writes each figure as PDF and SVG, spectrum with fit and DRT as CSV; returns the paths."""
    paths = []
    for entry in entries:
        if entry.reading is None:
            continue
        for name, _, figure in entry.figures:
            paths += results.save_figure(figure, output, f"{name}-{entry.name}", ("pdf", "svg"))
            paper.close(figure)
        spectrum, drt = entry.reading.spectrum, entry.reading.drt
        fit = entry.reading.circuit.impedance(spectrum.omega)
        paths.append(results.write_csv(
            output / f"spectrum-{entry.name}.csv",
            [*spectra.COLUMNS.split(","), "fit_real_ohm_cm2", "fit_imag_ohm_cm2"],
            zip(spectrum.f, spectrum.z.real, spectrum.z.imag, fit.real, fit.imag)))
        paths.append(results.write_csv(output / f"drt-{entry.name}.csv",
                                       ["time_constant_s", "gamma_ohm_cm2"],
                                       zip(drt.time_s, drt.gamma)))
    return paths
