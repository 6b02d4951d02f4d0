"""What a user would have read from a spectrum, beside what is true of the film.

Elements of the fit and peaks of the DRT are given to processes by time constant and capacitance, as
people do who know the orders of magnitude. Nothing is drawn here.
"""
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

import circuit
import relaxation
import results
from spectrum import VACUUM_PERMITTIVITY, Unreadable

SEEN = 10.0  # an arc this many times faster or slower than the spectrum is not seen


@dataclass
class Row:
    """Processes and what was read of them."""

    processes: list
    elements: list = field(default_factory=list)  # of the fit; none: R_s, or nothing
    fit: float = None          # ohm cm2; None: the fit has nothing for it
    fit_error: float = None    # standard error, of R_s or a single element
    drt: float = None

    @property
    def name(self):
        return " + ".join(process.name for process in self.processes)

    @property
    def true(self):
        """At DC [ohm cm2]."""
        return sum(process.resistance for process in self.processes)

    @property
    def time_s(self):
        """True time constant; None: a mere resistance, or several."""
        return self.processes[0].time_s if len(self.processes) == 1 else None

    def relative(self, value):
        """Error of a value read."""
        return None if value is None else value / self.true - 1


@dataclass
class Reading:
    """Fit, DRT and tables of one spectrum."""

    spectrum: object
    circuit: circuit.Circuit
    drt: relaxation.Distribution
    rows: list
    brick_layer: list   # (quantity, unit, true, read)


def read(spectrum, num_elements=None):
    """Fits a spectrum and compares with its processes.

    What has no arc in the spectrum, for want of a capacitance or of higher frequencies, is the series
    resistance; the circuit has none if nothing is.
    """
    fast, seen, slow = sort_processes(spectrum)
    has_series = bool(fast)
    count = len(seen) if num_elements is None else num_elements
    unknowns = circuit.UNKNOWNS * count + has_series + 2 * spectrum.is_blocking
    if not unknowns:
        raise Unreadable(spectrum.path, "all that the case is made of is slower than its frequencies")
    if 2 * len(spectrum.f) <= unknowns:
        raise Unreadable(
            spectrum.path, f"has {len(spectrum.f)} frequencies, too few for {count} elements "
                           f"with {unknowns} unknowns")
    found = circuit.fit(spectrum.omega, spectrum.z, make_starts(spectrum, seen, count),
                        has_series, spectrum.is_blocking)
    drt = relaxation.distribution(spectrum.omega, spectrum.z, has_series,
                                  found.blocking_impedance(spectrum.omega))
    rows = make_rows(found, drt, fast, seen, slow)
    return Reading(spectrum, found, drt, rows, brick_layer(spectrum, rows))


def sort_processes(spectrum):
    """Processes that look like a resistance, that have an arc, and that are too slow to be seen."""
    fast, seen, slow = [], [], []
    for process in spectrum.processes:
        if process.time_s is None or process.time_s * spectrum.omega.max() < 1 / SEEN:
            fast.append(process)
        elif process.time_s * spectrum.omega.min() > SEEN:
            slow.append(process)
        else:
            seen.append(process)
    return fast, seen, slow


def make_starts(spectrum, seen, count):
    """(R, tau) of each element: processes, the nearest as one, or the largest in two."""
    starts = [(process.resistance, process.time_s) for process in seen]
    while len(starts) > count:
        gaps = [b[1] / a[1] for a, b in zip(starts, starts[1:])]
        at = int(np.argmin(gaps))
        (r1, t1), (r2, t2) = starts[at:at + 2]
        total = r1 + r2
        starts[at:at + 2] = [(total, t1**(r1 / total) * t2**(r2 / total))]
    if not starts and count:
        starts = [(float(np.ptp(spectrum.z.real)) or abs(spectrum.z[-1]),
                   float(1 / np.sqrt(spectrum.omega.max() * spectrum.omega.min())))]
    while len(starts) < count:
        at = int(np.argmax([r for r, _ in starts]))
        r, t = starts[at]
        starts[at:at + 1] = [(0.1 * r, 0.1 * t), (0.9 * r, t)]
    return starts


def assign(parts, processes):
    """Lists (indices of parts, indices of processes) that belong together, in the order of the parts.

    The nearest in ln tau and ln C find each other, so that the sum of distances is least. Parts left
    over go to the process nearest in tau: they are pieces of its arc, whose C is larger. Processes
    left over share the nearest part, of which they are not the first process.
    """
    if not parts or not processes:
        return []
    distances = np.array([[np.hypot(np.log(part.time_s / process.time_s),
                                    np.log(part.capacitance / process.capacitance))
                           for process in processes] for part in parts])
    groups = [([int(k)], [int(p)]) for k, p in zip(*linear_sum_assignment(distances))]
    for k in set(range(len(parts))) - {k for ks, _ in groups for k in ks}:
        min(groups, key=lambda group: abs(np.log(parts[k].time_s / processes[group[1][0]].time_s))
            )[0].append(k)
    for p in set(range(len(processes))) - {p for _, ps in groups for p in ps}:
        min(groups, key=lambda group: distances[group[0], p].min())[1].append(p)
    return sorted((sorted(ks), ps) for ks, ps in groups)


def make_rows(found, drt, fast, seen, slow):
    """The table: series resistance, groups of processes with an arc, what is too slow."""
    groups = assign(found.elements, seen)
    by_process = peaks_by_process(drt, seen, groups)
    rows = []
    if fast:
        rows.append(Row(fast, fit=found.series, fit_error=found.series_error * found.series,
                        drt=drt.series))
    for (ks, ps), area in zip(groups, by_process):
        elements = [found.elements[k] for k in ks]
        row = Row([seen[p] for p in sorted(ps)], elements,
                  sum(element.resistance for element in elements), drt=area)
        if len(elements) == 1:
            row.fit_error = elements[0].resistance_error * elements[0].resistance
        rows.append(row)
    return rows + [Row([process]) for process in slow]


def peaks_by_process(drt, seen, groups):
    """Areas of the DRT's peaks for each group of processes; None where no peak is.

    A process without a peak of its own hides in that of another.
    """
    areas = [None] * len(groups)
    for ks, ps in assign(drt.peaks, seen):
        owner = next(n for n, (_, members) in enumerate(groups) if ps[0] in members)
        areas[owner] = (areas[owner] or 0.0) + sum(drt.peaks[k].resistance for k in ks)
    return areas


def brick_layer(spectrum, rows):
    """What the brick-layer model makes of bulk and boundary arc: (quantity, unit, true, read).

    L/d cubes of edge d, the mean grain size, in a row: sigma = L/R_bulk, r = R_gb/(L/d - 1). People
    take the bulk's permittivity for the boundary's: its thickness is then d C_bulk/C_gb, its
    conductivity L/R_gb C_bulk/C_gb; the truth beside them is that of the case with this permittivity.
    Empty unless one phase has a resistance and a row of its own; without the boundary's lines unless
    it has, too.

    Source: Fleig, Maier, J. Eur. Ceram. Soc. 19, 693 (1999)
    """
    bulk, boundary = lone_row(rows, "bulk"), lone_row(rows, "boundary")
    thickness = spectrum.values.get("film.thickness_um")
    grain = (spectrum.content.get("microstructure") or {}).get("mean_grain_size_um")
    if not bulk or not results.is_number(thickness):
        return []
    permittivity = spectrum.values.get(
        f"phases.{bulk.name.removeprefix('grains ')}.relative_permittivity")
    if not results.is_number(permittivity) or not bulk.time_s:
        return []
    length, dielectric = thickness * 1e-4, VACUUM_PERMITTIVITY * permittivity
    table = [("bulk conductivity", "S/cm", dielectric / bulk.time_s, length / bulk.fit)]
    capacitance = boundary_capacitance(spectrum, boundary)
    if capacitance is None or not results.is_number(grain) or grain >= thickness:
        return table
    table.append(("resistance of one boundary", "ohm cm2", boundary.time_s / capacitance,
                  boundary.fit / (thickness / grain - 1)))
    if len(bulk.elements) == len(boundary.elements) == 1:
        ratio = bulk.elements[0].capacitance / boundary.elements[0].capacitance
        table.append(("its thickness at bulk's permittivity", "nm", 1e7 * dielectric / capacitance,
                      1e3 * grain * ratio))
        table.append(("its conductivity at bulk's permittivity", "S/cm", dielectric / boundary.time_s,
                      length / boundary.fit * ratio))
    return table


def lone_row(rows, kind):
    """The row of the only part of a kind, if it shares it with no other and something was read."""
    found = [row for row in rows if any(process.kind == kind for process in row.processes)]
    is_lone = len(found) == 1 and sum(len(process.names) for process in found[0].processes) == 1
    return found[0] if is_lone and found[0].fit else None


def boundary_capacitance(spectrum, row):
    """Of one boundary [F/cm2], as the case gives it; None if it does not."""
    if row is None:
        return None
    pair = row.name.removeprefix("boundaries ")
    given, permittivity, thickness = (
        spectrum.values.get(f"boundaries.{pair}.{key}")
        for key in ("capacitance_uF_per_cm2", "relative_permittivity", "thickness_nm"))
    if results.is_number(given) and given > 0:
        return 1e-6 * given
    if results.is_number(permittivity) and results.is_number(thickness) and thickness > 0:
        return VACUUM_PERMITTIVITY * permittivity / (thickness * 1e-7)
    return None


def percent(value):
    text = "-" if value is None else f"{100 * value:+.1f} %"
    return "0.0 %" if text in ("+0.0 %", "-0.0 %") else text


def number(value):
    return "-" if value is None else f"{value:.4g}"


def fit_text(row):
    """A fitted resistance and its standard error."""
    if row.fit is None or row.fit_error is None:
        return number(row.fit)
    if not row.fit_error < row.fit:
        return f"{row.fit:.4g}, undetermined"
    return f"{row.fit:.4g} ± {float(f'{row.fit_error:.1g}'):g}"


def tables(reading):
    """Header and rows of the two tables, as text: processes, brick layer (None: it has none)."""
    processes = (["process", "true, ohm cm2", "fit", "error", "DRT", "error"],
                 [[row.name, number(row.true), fit_text(row), percent(row.relative(row.fit)),
                   number(row.drt), percent(row.relative(row.drt))] for row in reading.rows])
    if not reading.brick_layer:
        return processes, None
    return processes, (["by the brick layer", "true", "read", "error"],
                       [[f"{quantity}, {unit}", number(true), number(read), percent(read / true - 1)]
                        for quantity, unit, true, read in reading.brick_layer])


def summary(reading):
    """Lines on the spectrum and the fit."""
    circuit, group = reading.circuit, reading.spectrum.content["impedance"]
    test = (group.get("kramers_kronig") or {}).get("max_residual_relative")
    spectrum = f"{len(reading.spectrum.f)} frequencies"
    if results.is_number(test):
        spectrum += f", Kramers-Kronig residual {relative(test)}"
    if not group.get("converged", True):
        spectrum += ", not converged"
    count = len(circuit.elements)
    return [spectrum, f"{count} R-CPE element{'s' * (count != 1)}"
                      f"{', series resistance' * (circuit.series is not None)}"
                      f"{', series CPE' * (circuit.blocking is not None)}: residual "
                      f"{relative(circuit.rms_residual)} rms, {relative(circuit.max_residual)} at most"]


def relative(value):
    return f"{100 * value:.2g} %" if value >= 1e-4 else f"{value:.0e}"
