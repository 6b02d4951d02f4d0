#!/usr/bin/python3
"""Compares granulith's multigrid with those of hypre and PETSc: benchmark.csv and benchmark.png.

    BENCHMARK_SIZES="64 128" cmake --build build --target benchmark

README.md here says what is measured. Rows that are there already are not measured again.
"""
import argparse
import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

try:
    import matplotlib  # noqa: F401  before hours of measuring, not after
except ImportError:
    sys.exit(f"benchmark: {sys.executable} lacks matplotlib; run .ci/setup, or configure with "
             "-DPython3_EXECUTABLE=... one that has it")

import measure
import picture
from problems import WARM_BYTES_PER_CELL, PROBLEMS, SOLVERS

CASE = Path(__file__).resolve().parent / "case.cfg"

# What one sweep must move for each cell at the least: three faces, the unknown read and written, the
# right-hand side, all in single precision.
BYTES_PER_SWEEP = 3 * 4 + 2 * 4 + 4

KEY = ("problem", "size", "solver", "ranks")
COLUMNS = (*KEY, "cells", "outcome", "iterations", "sweeps_equivalent", "setup_seconds",
           "assembly_seconds", "solve_seconds", "total_seconds", "cells_per_second",
           "cells_per_second_total", "peak_bytes_per_cell", "asr_ohm_cm2",
           "asr_difference_relative", "bandwidth_GB_per_s", "bandwidth_fraction", "other_cores",
           "program")

SHORT_SECONDS, TIMES = 5.0, 3  # a short run is made three times, since other work disturbs it more


class Table:
    """benchmark.csv, a row at a time."""

    def __init__(self, path, anew):
        self.path = path
        if anew or not path.exists():
            path.write_text(",".join(COLUMNS) + "\n")
        text = path.read_text()
        if not text.endswith("\n"):  # killed while writing: that row is lost
            path.write_text(text[:text.rfind("\n") + 1])
        with open(path, newline="") as file:
            reader = csv.DictReader(file)
            self.rows = list(reader)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                sys.exit(f"benchmark: {path} has other columns than this benchmark writes; "
                         "set BENCHMARK_ANEW=1 to measure anew")

    def check_program(self, program):
        """Rows of two programs in one table would be compared as if they were of one."""
        for row in self.rows:
            if row["program"] != program:
                sys.exit(f"benchmark: {self.path} was measured with {row['program']}, and this is "
                         f"{program}; set BENCHMARK_ANEW=1 to measure anew")

    def has(self, key):
        return any(all(row[name] == str(key[name]) for name in KEY) for row in self.rows)

    def append(self, row):
        row = {name: "" if row.get(name) is None else str(row[name]) for name in COLUMNS}
        self.rows.append(row)
        with open(self.path, "a", newline="") as file:
            csv.DictWriter(file, COLUMNS, lineterminator="\n").writerow(row)

    def reference_asr(self, problem, size):
        """ASR of the first solver that converged; None if none did yet."""
        for row in self.rows:
            if (row["problem"], row["size"], row["outcome"]) == (problem, str(size), "converged"):
                return float(row["asr_ohm_cm2"])
        return None


def numbers(run, cells, bandwidth, reference):
    """The row's columns that come from results.json."""
    solve, seconds = run.results["solve"], run.results["solve"]["seconds"]
    sweeps, asr = solve["sweeps_equivalent"], run.results["asr_ohm_cm2"]["total"]
    moved = None if sweeps is None else sweeps * cells * BYTES_PER_SWEEP / seconds["solve"]
    difference = None if asr is None else asr / (reference or asr) - 1
    return {
        "iterations": solve["iterations"], "sweeps_equivalent": sweeps,
        "setup_seconds": seconds["setup"], "assembly_seconds": seconds["assembly"],
        "solve_seconds": seconds["solve"], "total_seconds": seconds["total"],
        "cells_per_second": cells / (seconds["setup"] + seconds["solve"]),
        "cells_per_second_total": cells / seconds["total"],
        "peak_bytes_per_cell": solve["peak_memory_bytes_per_cell"], "asr_ohm_cm2": asr,
        "asr_difference_relative": difference,
        "bandwidth_fraction": moved and moved / bandwidth,
    }


def busy_seconds(run):
    seconds = run.results["solve"]["seconds"]
    return seconds["setup"] + seconds["solve"]


def fastest(command, output, limits, warm):
    """The run, or the fastest of some if it is short; each after memory has been warmed."""
    def once():
        if subprocess.run(warm, check=False).returncode:
            print("benchmark: memory could not be touched before this run; its seconds may hold that",
                  file=sys.stderr, flush=True)
        return measure.run(command, output, limits)

    best = once()
    if best.outcome != "converged" or best.results["solve"]["seconds"]["total"] > SHORT_SECONDS:
        return best
    again = [once() for _ in range(TIMES - 1)]
    return min([best, *(run for run in again if run.outcome == "converged")], key=busy_seconds)


def write_case(problem, directory):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "case.cfg").write_text(CASE.read_text())
    (directory / "seeds.csv").write_text(problem.seeds())


def measure_one(problem, size, solver, options, bandwidth, table, program):
    case = options.output / "cases" / problem.name
    write_case(problem, case)
    command = [options.mpiexec, "-n", options.ranks, options.program, case, "--quiet"]
    for key, value in problem.settings(size).items():
        command += ["--set", f"{key}={value}"]
    limits = measure.Limits(options.time_limit, options.memory_limit * 1e9)
    cells = size**3
    bytes_needed = min(WARM_BYTES_PER_CELL[solver] * cells + 5e8, limits.memory_bytes)
    run = fastest([*command, *SOLVERS[solver]], options.output / "run", limits,
                  [options.bandwidth, str(int(bytes_needed))])
    row = {"problem": problem.name, "size": size, "solver": solver, "ranks": options.ranks,
           "cells": cells, "outcome": run.outcome, "peak_bytes_per_cell": run.peak_bytes / cells,
           "bandwidth_GB_per_s": bandwidth * 1e-9, "other_cores": round(run.other_cores, 2),
           "program": program}
    if run.results:
        row |= numbers(run, cells, bandwidth, table.reference_asr(problem.name, size))
    table.append(row)
    return row


def say(row):
    seconds = (f"set-up {row['setup_seconds']:.2f} s, solve {row['solve_seconds']:.2f} s, "
               f"{row['iterations']} iterations, " if row.get("setup_seconds") else "")
    print(f"{row['problem']} {row['size']}^3 {row['solver']}: {seconds}"
          f"{row['peak_bytes_per_cell']:.0f} bytes per cell, {row['outcome']}", flush=True)


def plan(options):
    """(problem, size, solver), small ones first, granulith's own first of each."""
    chosen = [(PROBLEMS[name], size) for name in options.problems
              for size in options.sizes or PROBLEMS[name].sizes
              if size >= PROBLEMS[name].least_size]
    chosen.sort(key=lambda pair: pair[1])
    return [(problem, size, solver) for problem, size in chosen
            for solver in SOLVERS if solver in options.solvers]


def memory_default():
    """Most of what is free [GB], so that a run is stopped before the machine swaps."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return 0.85 * int(line.split()[1]) * 1024e-9
    return float("inf")


def read_options():
    def words(name, known):
        def read(text):
            unknown = [word for word in text.split() if word not in known]
            if unknown or not text.split():
                raise argparse.ArgumentTypeError(
                    f"{name} {text!r}: known are {', '.join(known)}")
            return text.split()
        return read

    def sizes(text):
        if not text.split() or not all(w.isdecimal() and int(w) > 1 for w in text.split()):
            raise argparse.ArgumentTypeError(f"sizes {text!r}: must be integers above 1")
        return list(map(int, text.split()))

    def above_0(kind):
        def read(text):
            if not kind(text) > 0:
                raise ValueError
            return kind(text)
        read.__name__ = f"{kind.__name__} above 0"
        return read

    environment = os.environ.get
    parser = argparse.ArgumentParser(prog="benchmark", description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="granulith")
    parser.add_argument("--bandwidth", required=True, help="the bandwidth program")
    parser.add_argument("--mpiexec", default="mpirun")
    parser.add_argument("--output", type=Path, required=True, help="where the table goes")
    parser.add_argument("--ranks", type=above_0(int), default=environment("BENCHMARK_RANKS") or 2)
    parser.add_argument("--sizes", type=sizes, default=environment("BENCHMARK_SIZES") or None)
    parser.add_argument("--solvers", type=words("solvers", SOLVERS),
                        default=environment("BENCHMARK_SOLVERS") or " ".join(SOLVERS))
    parser.add_argument("--problems", type=words("problems", PROBLEMS),
                        default=environment("BENCHMARK_PROBLEMS") or " ".join(PROBLEMS))
    parser.add_argument("--time-limit", type=above_0(float), help="seconds",
                        default=environment("BENCHMARK_SECONDS") or 600)
    parser.add_argument("--memory-limit", type=above_0(float), help="GB",
                        default=environment("BENCHMARK_GB") or memory_default())
    parser.add_argument("--anew", action="store_true", help="forget the rows that are there",
                        default=environment("BENCHMARK_ANEW", "0") != "0")
    return parser.parse_args()


def ask(*command):
    """What a program prints."""
    try:
        return subprocess.run([str(word) for word in command], env=measure.ENVIRONMENT, text=True,
                              capture_output=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"benchmark: {error}\n{getattr(error, 'stderr', '')}")


def main():
    options = read_options()
    signal.signal(signal.SIGTERM, measure.Told.stop)
    options.output.mkdir(parents=True, exist_ok=True)
    program = ask(options.program, "--version")
    table = Table(options.output / "benchmark.csv", options.anew)
    table.check_program(program)
    todo = [(problem, size, solver) for problem, size, solver in plan(options)
            if not table.has({"problem": problem.name, "size": size, "solver": solver,
                              "ranks": options.ranks})]
    print(f"benchmark: {len(table.rows)} rows there, {len(todo)} to measure", flush=True)
    if todo:
        bandwidth = float(ask(options.mpiexec, "-n", options.ranks, options.bandwidth))
        print(f"memory bandwidth {bandwidth * 1e-9:.1f} GB/s", flush=True)
    for problem, size, solver in todo:
        say(measure_one(problem, size, solver, options, bandwidth, table, program))
    picture.draw(table.rows, options.output / "benchmark.png")
    print(f"wrote {table.path} and {options.output / 'benchmark.png'}")


if __name__ == "__main__":
    main()
