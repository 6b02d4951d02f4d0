"""Reading an impedance spectrum and what is known of the film that has it.

impedance.csv gives the spectrum; results.json beside it gives the processes behind it: resistance
and time constant of grains, boundaries and electrodes. Nothing is drawn or fitted here.
"""
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import results
import runs

COLUMNS = "f_Hz,Z_real_ohm_cm2,Z_imag_ohm_cm2"
LEAST_FREQUENCIES = 5
VACUUM_PERMITTIVITY = 8.8541878128e-14  # F/cm, CODATA 2018
ONE_PROCESS = 2.0  # time constants of an electrode or boundary within this factor are one arc
# Parts of the budget, and their names in a table.
KINDS = {"grains": "bulk", "boundaries": "boundary", "anode": "interface", "cathode": "interface"}


class Unreadable(results.ResultError):
    """A sound spectrum of which nothing can be read: too few frequencies, or none that matter."""


@dataclass
class Process:
    """One or more parts of the budget that answer at the same frequency."""

    names: list          # "grains grain", "anode charge_transfer"
    kind: str            # bulk, boundary or interface
    resistance: float    # true, at DC [ohm cm2]
    time_s: float        # None: a mere resistance

    @property
    def name(self):
        return " + ".join(self.names)

    @property
    def capacitance(self):
        """Of the whole film [F/cm2]."""
        return self.time_s / self.resistance


@dataclass
class Spectrum:
    """The spectrum of one run; f falls, Z [ohm cm2] is negative in its imaginary part."""

    path: Path                       # of impedance.csv
    title: str
    f: np.ndarray = field(repr=False)
    z: np.ndarray = field(repr=False)
    processes: list                  # by time constant, fast ones first
    is_blocking: bool
    values: dict = field(repr=False)   # every key of the case
    content: dict = field(repr=False)  # results.json

    @property
    def omega(self):
        return 2 * np.pi * self.f


def read_spectrum(path):
    """The spectrum that a case directory, a directory of results or a results.json means."""
    path = results.find_result(path, ("results.json",))
    content = results.read_json(path)
    group = content.get("impedance")
    if not isinstance(group, dict):
        raise results.ResultError(path, 'has no "impedance": the case needs a group impedance')
    case = content.get("case")
    if not isinstance(case, dict):
        raise results.ResultError(path, '"case" is missing')
    values, _ = runs.flatten(case)
    file = path.parent / str(group.get("file") or "impedance.csv")
    f, z = read_csv(file)
    title = str(values.get("title") or results.case_name(path)).replace(" um", " µm")
    is_blocking = any(values.get(f"{side}.blocking") is True for side in ("anode", "cathode"))
    return Spectrum(file, title, f, z, read_processes(path, content), is_blocking, values, content)


def read_csv(path):
    """Frequencies [Hz] and impedances of an impedance.csv, checked line by line."""
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise results.ResultError(path, "no such file") from None
    except OSError as error:
        raise results.ResultError(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise results.ResultError(path, "is not text") from None
    header = [line for line in lines if line.startswith("#")]
    if not header or header[-1][1:].strip() != COLUMNS:
        raise results.ResultError(path, f'its last line with # must be "# {COLUMNS}"')
    rows, last = [], math.inf
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        try:
            row = [float(word) for word in line.split(",")]
        except ValueError:
            row = []
        if len(row) != 3 or not all(map(math.isfinite, row)):
            raise results.ResultError(f"{path}:{number}", f'"{line[:60]}" is not three numbers')
        if not 0 < row[0] < last:
            raise results.ResultError(f"{path}:{number}", f"frequency {row[0]:g} Hz must be "
                                                          "positive and less than the one before")
        if row[1] == row[2] == 0:
            raise results.ResultError(f"{path}:{number}", "the impedance is zero")
        rows.append(row)
        last = row[0]
    if len(rows) < LEAST_FREQUENCIES:
        raise Unreadable(path, f"has {len(rows)} frequencies, at least {LEAST_FREQUENCIES} are needed")
    f, real, imaginary = np.array(rows).T
    return f, real + 1j * imaginary


def read_processes(path, content):
    """Parts with a resistance, those that no spectrum can tell apart as one, fast ones first.

    Classes of misorientation belong to the pair of phases whose time constant is known.
    """
    constants = content["impedance"].get("time_constants_s")
    if not isinstance(constants, dict):
        raise results.ResultError(path, '"impedance.time_constants_s" is missing')
    asr = content.get("asr_ohm_cm2")
    if not isinstance(asr, dict):
        raise results.ResultError(path, '"asr_ohm_cm2" is missing')
    parts = {**asr, **(content.get("electrodes_ohm_cm2") or {})}
    processes = []
    for group, kind in KINDS.items():
        times = constants.get(group) or {}
        of_group = parts.get(group) or {}
        if not isinstance(of_group, dict) or not isinstance(times, dict):
            raise results.ResultError(path, f'the parts of "{group}" are not an object')
        sums = {}
        for part, value in of_group.items():
            owner = part if part in times else next(
                (pair for pair in times if part.startswith(f"{pair} ")), part)
            if value is not None:  # of a blocking electrode
                value = results.checked_number(path, f"{group}.{part}", value)
                sums[owner] = sums.get(owner, 0.0) + value
        for part, value in sums.items():
            time = times.get(part)
            if value > 0:
                processes.append(Process(
                    [f"{group} {part}"], kind, value,
                    None if time is None else
                    results.checked_number(path, f"time_constants_s.{group}.{part}", time)))
    return merge(processes)


def merge(processes):
    """One process of all that are of a kind and respond alike."""
    merged = []
    for process in sorted(processes, key=lambda process: process.time_s or 0.0):
        for other in merged:
            is_near = (other.time_s is process.time_s is None
                       or (other.time_s and process.time_s
                           and process.time_s <= ONE_PROCESS * other.time_s))
            if other.kind == process.kind and is_near:
                total = other.resistance + process.resistance
                if other.time_s:
                    other.time_s = (other.time_s**(other.resistance / total)
                                    * process.time_s**(process.resistance / total))
                other.names += process.names
                other.resistance = total
                break
        else:
            merged.append(process)
    return merged
