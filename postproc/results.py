"""Reading what a granulith run wrote: results.json and comparison.json, schema 1.

Nothing is drawn here, and nothing but the standard library is needed. Bad input raises ResultError,
whose text names the file and what is wrong with it; run_command() turns that into exit status 2.
"""
import csv
import importlib.util
import json
import math
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

SCHEMA = 1
BAD_INPUT, CANNOT_WRITE = 2, 4  # exit statuses, as of granulith itself

# Parts of the ASR in the order of the picture; any further member of asr_ohm_cm2 follows them.
GROUPS = ("grains", "boundaries", "anode", "cathode")

# The parts add up to rounding; a file written with few digits may be off by this much.
SUM_TOLERANCE = 1e-5

DEBIAN_PACKAGES = {"numpy": "python3-numpy", "matplotlib": "python3-matplotlib",
                   "h5py": "python3-h5py", "scipy": "python3-scipy"}


class ResultError(Exception):
    """A result that cannot be used; the text names the file and says why."""

    def __init__(self, path, reason):
        super().__init__(f"{path}: {reason}")


@dataclass
class Budget:
    """Where the ASR of one run sits; all in ohm cm2."""

    title: str
    path: Path
    total: float
    groups: dict                    # group -> ASR, of every group in the file
    parts: dict = field(repr=False)  # group -> {part: ASR}
    thickness_um: float = None      # None: the file does not say
    parameters_relative: float = None  # band of the total from the uncertainties of its parameters

    def shares(self):
        """Group -> its part of the total; they add up to 1 exactly as the parts add up."""
        return {group: value / self.total for group, value in self.groups.items()}

    def band(self):
        """Lower and upper end of the total's band, a factor 1 + u both ways; None if not known."""
        if not self.parameters_relative:
            return None
        factor = 1 + self.parameters_relative
        return self.total / factor, self.total * factor


def require_modules(*names):
    """Ends the program with one line if a Python package is missing."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        packages = " ".join(DEBIAN_PACKAGES[name] for name in missing)
        print(f"{Path(sys.argv[0]).name}: {sys.executable} has no {', '.join(missing)}: "
              f"use /usr/bin/python3, or apt-get install {packages}", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def read_json(path):
    """The object in a JSON file of our schema."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
    except FileNotFoundError:
        raise ResultError(path, "no such file") from None
    except OSError as error:
        raise ResultError(path, f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:  # also bytes that are no UTF-8
        raise ResultError(path, f"is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise ResultError(path, "is not a granulith result: no JSON object at the top")
    if "schema" not in content:
        raise ResultError(path, 'is not a granulith result: "schema" is missing')
    if content["schema"] != SCHEMA:
        raise ResultError(path, f'"schema" is {content["schema"]!r}, this program reads {SCHEMA}')
    return content


def find_result(path, names):
    """The file meant by a file, a case directory, or a directory of results."""
    path = Path(path)
    if not path.is_dir():
        return path
    for name in names:
        for candidate in (path / name, path / "results" / name):
            if candidate.is_file():
                return candidate
    raise ResultError(path, f"holds no {' or '.join(names)}, nor does its folder results/")


def read_budgets(path):
    """The budgets in results.json (one) or comparison.json (as many as it has cases)."""
    path = find_result(path, ("results.json", "comparison.json"))
    content = read_json(path)
    if "cases" not in content:
        title = case_value(content, "title") or case_name(path)
        return [make_budget(path, "", content, title, case_value(content, "film.thickness_um"))]
    cases = content["cases"]
    if not isinstance(cases, list) or not cases:
        raise ResultError(path, '"cases" must be a list with at least one case')
    budgets = []
    for index, case in enumerate(cases):
        if not isinstance(case, dict):
            raise ResultError(path, f"cases[{index}] is not an object")
        title = case.get("title") or case.get("name") or f"case {index + 1}"
        budgets.append(make_budget(path, f"cases[{index}].", case, title, case.get("thickness_um")))
    return budgets


def make_budget(path, where, content, title, thickness_um):
    """A checked Budget from an object that has asr_ohm_cm2; `where` is its place in the file."""
    asr = content.get("asr_ohm_cm2")
    where += "asr_ohm_cm2"
    if asr is None:
        raise ResultError(path, f'"{where}" is missing')
    if not isinstance(asr, dict):
        raise ResultError(path, f'"{where}" is not an object')
    if "total" not in asr:
        raise ResultError(path, f'"{where}.total" is missing')
    if asr["total"] is None:
        raise ResultError(path, f'"{where}.total" is null: there is no ASR, as with an electrode that '
                                "blocks")
    total = checked_number(path, f"{where}.total", asr["total"])
    if total <= 0:
        raise ResultError(path, f'"{where}.total" is {total:g}, a resistance must be positive')
    parts = {}
    for group, value in asr.items():
        if group != "total":
            members = value if isinstance(value, dict) else {group: value}
            parts[group] = {name: checked_number(path, f"{where}.{group}", member)
                            for name, member in members.items()}
    if not parts:
        raise ResultError(path, f'"{where}" holds no parts')
    known = [group for group in GROUPS if group in parts]
    order = known + [group for group in parts if group not in GROUPS]
    groups = {group: math.fsum(parts[group].values()) for group in order}
    added = math.fsum(groups.values())
    if abs(added - total) > SUM_TOLERANCE * total:
        raise ResultError(path, f'the parts in "{where}" add up to {added:.6g}, '
                                f'the total is {total:.6g}')
    error = content.get("error") or {}
    band = error.get("parameters_relative") if isinstance(error, dict) else None
    if band is not None:
        band = checked_number(path, "error.parameters_relative", band)
    if not is_number(thickness_um):
        thickness_um = None
    return Budget(str(title), Path(path), total, groups, parts, thickness_um, band)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def checked_number(path, where, value):
    """A finite number that is not negative."""
    if not is_number(value):
        raise ResultError(path, f'"{where}" must be a number and is {json.dumps(value)[:40]}')
    if value < 0:
        raise ResultError(path, f'"{where}" is {value:g}, a resistance or error cannot be negative')
    return float(value)


def case_value(content, key):
    """A key of the case as used, or None: nested or by full path, alone or as {"value": ...}."""
    case = content.get("case")
    if not isinstance(case, dict):
        return None
    node = case.get(key)
    if node is None:
        node = case
        for step in key.split("."):
            node = node.get(step) if isinstance(node, dict) else None
    return node["value"] if isinstance(node, dict) and "value" in node else node


def case_name(path):
    """A name for a result without a title: the directory of its case."""
    folder = Path(path).resolve().parent
    return folder.parent.name if folder.name == "results" else folder.name


def write_whole(path, write):
    """write(temporary path), then renamed to path: a file is never half a file. Returns path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def write_csv(path, header, rows):
    """A table as CSV; None and what is no number become empty."""
    def write(temporary):
        with open(temporary, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows([["" if value is None else value for value in row] for row in rows])
    return write_whole(path, write)


def write_json(path, content):
    """An object as JSON."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return write_whole(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def save_figure(figure, output, name, kinds=("png", "pdf")):
    """Writes output/name.png (200 dpi) and output/name.pdf, or other kinds; returns the paths."""
    dates = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}
    return [write_whole(Path(output) / f"{name}.{kind}", lambda temporary: figure.savefig(
        temporary, format=kind, dpi=200, metadata=dates.get(kind))) for kind in kinds]


def run_command(main):
    """Runs main() -> files written; ends with granulith's exit statuses and one clear line."""
    program = Path(sys.argv[0]).name
    try:
        paths = main()
    except ResultError as error:
        print(f"{program}: {error}", file=sys.stderr)
        raise SystemExit(BAD_INPUT) from None
    except OSError as error:
        print(f"{program}: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        raise SystemExit(CANNOT_WRITE) from None
    for path in paths:
        print(path)
