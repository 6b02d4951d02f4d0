"""Runs granulith as its user does: a process, in a directory of its own, on some ranks.

The program is $GRANULITH; without it, build/bin/granulith of this tree.
"""
import csv
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("GRANULITH") or str(TREE / "build" / "bin" / "granulith")
MPIEXEC = os.environ.get("MPIEXEC") or "mpirun"

ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_mpi_yield_when_idle": "1",
               "GRANULITH_MATERIALS": str(TREE / "cases" / "materials"), **os.environ}

# A film of grains with a boundary between them and both electrodes: small, and every part at work.
FILM = {
    "film": {"thickness_um": 1.0, "width_um": [1.0, 1.0], "cells": [12, 12, 12]},
    "structure": {"generator": "polycrystal", "grain_size_um": 0.4},
    "phases": [{"name": "grain", "conductivity_S_per_cm": 1e-4}],
    "boundaries": [{"between": ["grain", "grain"], "resistance_ohm_cm2": 0.5}],
    "anode": {"charge_transfer_ohm_cm2": 2.0},
    "cathode": {"charge_transfer_ohm_cm2": 3.0},
    "solver": {"tolerance": 1e-12},  # parts of the budget are first order in the solve's error
}

# A slab without grains: L/sigma = 1e-4 cm / 1e-6 S/cm = 100 Ohm cm2, and 5 of the electrodes.
SLAB = {
    "film": {"thickness_um": 1.0, "cells": [4, 4, 8]},
    "structure": {"generator": "amorphous"},
    "phases": [{"name": "glass", "conductivity_S_per_cm": 1e-6}],
    "anode": {"charge_transfer_ohm_cm2": 2.0},
    "cathode": {"charge_transfer_ohm_cm2": 3.0},
    "solver": {"tolerance": 1e-12},  # parts of the budget are first order in the solve's error
}


class Raw(str):
    """Text that goes into a case file as it is."""


class Finished:
    """What a run left: exit status, output, time."""

    def __init__(self, status, stdout, stderr, seconds):
        self.status, self.stdout, self.stderr, self.seconds = status, stdout, stderr, seconds

    @property
    def errors(self):
        """The program's own lines on standard error, without those of mpirun."""
        return [line for line in self.stderr.splitlines() if line.startswith("granulith:")]

    def __str__(self):
        return f"status {self.status}\n{self.stdout}{self.stderr}"


def is_group(value):
    return isinstance(value, dict)


def is_list_of_groups(value):
    return isinstance(value, (list, tuple)) and value and all(is_group(v) for v in value)


def format_value(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, tuple):
        return "( " + ", ".join(format_value(v) for v in value) + " )"
    if isinstance(value, list):
        return "[ " + ", ".join(format_value(v) for v in value) + " ]"
    return repr(value)


class CaseText:
    """A case as libconfig text, one key a line, and the line of every key path."""

    def __init__(self, groups):
        self.lines, self.line_of = [], {}
        self.put(groups, "")

    def put(self, group, path):
        for key, value in group.items():
            self.put_member(key, value, f"{path}.{key}" if path else key)

    def put_member(self, key, value, path):
        self.line_of[path] = len(self.lines) + 1
        if is_group(value):
            self.lines.append(f"{key}: {{")
            self.put(value, path)
            self.lines.append("};")
        elif is_list_of_groups(value):
            self.lines.append(f"{key}: (")
            for index, group in enumerate(value):
                self.line_of[f"{path}.[{index}]"] = len(self.lines) + 1
                self.lines.append("{")
                self.put(group, f"{path}.[{index}]")
                self.lines.append("}," if index + 1 < len(value) else "}")
            self.lines.append(");")
        else:
            self.lines.append(f"{key} = {format_value(value)};")

    def __str__(self):
        return "\n".join(self.lines) + "\n"


def changed(groups, changes):
    """A copy with changes {"film.cells": ..., "phases.[0].name": ...}; None removes the key."""
    copy = json_copy(groups)
    for path, value in changes.items():
        *parents, last = [int(p[1:-1]) if p.startswith("[") else p for p in path.split(".")]
        place = copy
        for parent in parents:
            place = place.setdefault(parent, {}) if is_group(place) else place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return copy


def json_copy(value):
    if is_group(value):
        return {k: json_copy(v) for k, v in value.items()}
    if type(value) in (list, tuple):
        return type(value)(json_copy(v) for v in value)
    return value


def start(*arguments, ranks=1, cwd=None, **keywords):
    """Starts the program; one rank without mpirun."""
    command = [PROGRAM, *map(str, arguments)]
    if ranks > 1:
        command = [MPIEXEC, "-n", str(ranks), *command]
    return subprocess.Popen(command, cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **keywords)


def wait(process, timeout=120):
    begin = time.monotonic()
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    status = process.returncode
    if status < 0:  # ended by a signal it did not catch
        status = 1000 - status
    return Finished(status, stdout, stderr, time.monotonic() - begin)


def run(*arguments, ranks=1, cwd=None, timeout=120):
    return wait(start(*arguments, ranks=ranks, cwd=cwd), timeout)


def parts(asr):
    """All parts of an `asr_ohm_cm2`, as one list."""
    flat = []
    for key, value in asr.items():
        if key != "total":
            flat += list(value.values()) if is_group(value) else [value]
    return flat


class ProgramTest(unittest.TestCase):
    """Tests that run the program; each gets an empty directory, self.place."""

    maxDiff = None

    def setUp(self):
        self.place = Path(tempfile.mkdtemp(prefix="granulith-cli-")).resolve()
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)

    def write_case(self, groups, name="case", **files):
        """Writes a case (groups, or text) and the files beside it; returns its directory."""
        directory = self.place / name
        directory.mkdir(parents=True, exist_ok=True)
        text = groups if isinstance(groups, str) else str(CaseText(groups))
        (directory / "case.cfg").write_text(text)
        for file, content in files.items():
            (directory / file.replace("_csv", ".csv")).write_text(content)
        return directory

    def run_program(self, *arguments, ranks=1, timeout=120, expect=0):
        finished = run(*arguments, ranks=ranks, cwd=self.place, timeout=timeout)
        if expect is not None:
            self.assertEqual(finished.status, expect, finished)
        return finished

    def solve(self, groups, *arguments, name="case", ranks=1, expect=0, **files):
        """Writes a case, runs it and returns its results."""
        directory = self.write_case(groups, name, **files)
        self.run_program("run", directory, *arguments, ranks=ranks, expect=expect)
        return self.results(directory)

    def results(self, directory):
        return json.loads((Path(directory) / "results" / "results.json").read_text())

    def table(self, path):
        """A CSV file as a list of dictionaries, numbers as numbers."""
        def number(text):
            try:
                return float(text)
            except ValueError:
                return text
        with open(path, newline="") as file:
            return [{k: number(v) for k, v in row.items()} for row in csv.DictReader(file)]

    def files_below(self, directory):
        return sorted(str(p.relative_to(directory)) for p in Path(directory).rglob("*")
                      if not p.is_dir())

    def assert_close(self, value, expected, relative, message=None):
        self.assertLessEqual(abs(value - expected), relative * abs(expected),
                             f"{message or ''} {value!r} is not {expected!r} within {relative:g}")

    def assert_adds_up(self, results, relative=1e-10):
        asr = results["asr_ohm_cm2"]
        self.assert_close(sum(parts(asr)), asr["total"], relative, "sum of the parts")
        for side in "anode", "cathode":
            self.assert_close(sum(results["electrodes_ohm_cm2"][side].values()), asr[side], 1e-9)


def end(process, number=signal.SIGTERM):
    process.send_signal(number)
