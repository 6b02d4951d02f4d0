#!/usr/bin/env python3
"""The tables of verification.csv, in the form of README.md.

usage: tables.py verification.csv [--output FILE] [--readme README.md]

--readme puts them into that file between the lines "<!-- tables -->" and "<!-- end -->".
"""
import argparse
import collections
import csv
import math
import re
import sys

GRIDS = (12, 24, 48)  # cells per size for which there are goals
EXACT = 1e-7  # percent: rounding
POLYCRYSTALS = {12: 0.5, 24: 0.15, 48: 0.05}
THEORIES = {
    "voronoi": "Voronoi grains",
    "limits": "Weak and strong boundaries",
    "tilted": "Tilted planes",
    "honeycomb": "Honeycombs",
    "kelvin": "Kelvin cells",
    "spheres": "Spheres",
    "cylinders": "Cylinders",
    "images": "Images",
    "dykhne": "Checkerboards",
    "contact": "Partial contacts",
    "bounds": "Bounds",
    "slab": "Layers",
    "planar_boundaries": "Planar boundaries",
    "series_parallel": "Columns",
    "bricks": "Bricks",
    "layers": "Electrode layers",
    "symmetry": "Symmetries",
    "periodicity": "Periodic sides",
    "ranks": "Ranks",
}


def goals(theory, case):
    """Largest error in percent by cells per size."""
    if theory in ("voronoi", "tilted", "honeycomb", "kelvin"):
        return POLYCRYSTALS
    if "field" in case or theory not in ("spheres", "cylinders"):
        return POLYCRYSTALS if case == "large_r_network" else {}
    ratio = re.search(r"_R(\S+)", case)
    ratio = float(ratio.group(1)) if ratio else 0.75  # of the neutral spheres
    if ratio == 0:
        return {24: 3.0}
    return {24: 0.5, 48: 0.1} if ratio <= 1 else {24: 1.5, 48: 0.3}


def judge(theory, case, rows):
    """The goals, and the grids that miss theirs."""
    wanted, missed, met = goals(theory, case), [], 0
    for row in rows:
        if not row["cells_per_size"]:
            continue
        cells = float(row["cells_per_size"])
        grid = min(GRIDS, key=lambda g: abs(cells / g - 1))
        if abs(cells / grid - 1) > 0.2 or grid not in wanted:
            continue
        if abs(float(row["error_percent"])) > wanted[grid]:
            missed.append(grid)
        else:
            met += 1
    if not met and not missed:
        return "", ""
    return ", ".join(f"{wanted[g]:g}" for g in sorted(wanted)), (
        "not at " + ", ".join(map(str, missed)) if missed else "yes")


def percent(row):
    error = float(row["error_percent"])
    if error == 0 or abs(error) < 1e-8:
        return "0"
    if abs(error) < 1e-4:
        return f"{error:+.0e}"
    return f"{error:+.1f}" if abs(error) >= 10 else f"{error:+.2g}"


def image_table(rows):
    """Lines of structures beside their images."""
    cases = collections.OrderedDict()
    for row in rows:
        cases.setdefault(row["case"], {}).setdefault(row["scheme"], []).append(row)
    lines = [f"### {THEORIES['images']}", "",
             "| case | cells per size | image, % | structure, % | on stairs, % |", "|---|---|---|---|---|"]
    for case, schemes in cases.items():
        cells = " ".join(f"{float(row['cells_per_size']):.3g}" for row in schemes["image"])
        errors = (" ".join(map(percent, schemes[scheme])) for scheme in ("image", "matched", "stairs"))
        lines.append(f"| {case} | {cells} | {' | '.join(errors)} |")
    return lines + [""]


def table(theory, rows):
    """Lines of one theory: a case's errors on all its grids, both schemes beside each other."""
    cases = collections.OrderedDict()
    exact = [row for row in rows
             if not row["cells_per_size"] and abs(float(row["error_percent"])) < EXACT]
    for row in rows:
        if row["cells_per_size"]:
            cases.setdefault(row["case"], {}).setdefault(row["scheme"], []).append(row)
    lines = [f"### {THEORIES.get(theory, theory)}", ""]
    if exact:
        names = "; ".join(dict.fromkeys(row["case"] for row in exact))
        lines += [f"Exact, at most 1e{math.ceil(math.log10(EXACT))} % off: {names}.", ""]
    if not cases:
        return lines
    lines += ["| case | reference | cells per size | error, % | order | on stairs, % | goal, % | reached |",
              "|---|---|---|---|---|---|---|---|"]
    for case, schemes in cases.items():
        scheme = "matched" if "matched" in schemes else next(iter(schemes))
        best = schemes[scheme]
        stairs = schemes.get("stairs", []) if scheme == "matched" else []
        cells = [row["cells_per_size"] for row in best if row["cells_per_size"]]
        goal, reached = judge(theory, case, best) if scheme == "matched" else ("", "")
        lines.append("| " + " | ".join([
            case, f"{float(best[-1]['reference']):.6g}",
            " ".join(f"{float(c):.3g}" for c in cells),
            " ".join(map(percent, best)),
            f"{float(best[-1]['order']):.1f}" if math.isfinite(float(best[-1]["order"] or "nan")) else "",
            " ".join(map(percent, stairs)), goal, reached]) + " |")
    return lines + [""]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csv")
    parser.add_argument("--output")
    parser.add_argument("--readme")
    options = parser.parse_args()
    with open(options.csv, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    theories = sorted({row["theory"] for row in rows},
                      key=lambda t: list(THEORIES).index(t) if t in THEORIES else len(THEORIES))
    lines = []
    for theory in theories:
        of_theory = [row for row in rows if row["theory"] == theory]
        lines += image_table(of_theory) if theory == "images" else table(theory, of_theory)
    text = "\n".join(lines)
    if options.readme:
        with open(options.readme, encoding="utf-8") as file:
            before, rest = file.read().split("<!-- tables -->\n")
        after = rest.split("<!-- end -->\n")[1]
        with open(options.readme, "w", encoding="utf-8") as file:
            file.write(before + "<!-- tables -->\n" + text + "<!-- end -->\n" + after)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text)
    elif not options.readme:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
