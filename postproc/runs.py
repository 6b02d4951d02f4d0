"""A whole results.json as an object: its case, materials, budget, errors and warnings.

results.py reads the budget alone; a report and the cell need more. Nothing is drawn here.
"""
import math
from dataclasses import dataclass, field
from pathlib import Path

import results

# First words of the shipped materials' names as people write them.
ACRONYMS = {name.lower(): name for name in
            ("LLZO", "LLTO", "LATP", "LAGP", "LiPON", "LZP", "LLNTO", "LLNO", "LLTaO", "LCO", "PLD",
             "LiPF6", "LiAlO2", "Li2CO3", "Al2O3", "Li3BO3", "LiF", "Li3PO4", "Li5La3Nb2O12",
             "Li5La3Ta2O12", "LiZr2PO43", "Ta", "Al", "Ga", "HIP", "RF", "ALD", "EC", "PC", "Li")}


@dataclass
class Run:
    """One results.json."""

    path: Path                    # of the file
    budget: results.Budget
    values: dict = field(repr=False)     # "film.thickness_um" -> value, of every key of the case
    origins: dict = field(repr=False)    # the same keys -> where the value came from
    materials: dict = field(repr=False)  # name -> {key: value}
    electrodes: dict = field(repr=False)
    content: dict = field(repr=False)    # the file
    apart: str = ""        # what tells it from others of its title, if anything does
    study: str = ""        # title of the study it is a row of
    note: str = ""         # what else there is to say of it
    band95: float = None   # half of the statistical band [ohm cm2], of films that stacks stand for

    @property
    def title(self):
        return self.budget.title.replace(" um", " µm")

    @property
    def label(self):
        """Title, the thickness where the title does not say it, and what tells it apart."""
        thickness = None if self.thickness_um is None else f"{self.thickness_um:g} µm"
        parts = [self.title]
        if thickness is not None and thickness not in self.title:
            parts.append(thickness)
        return ", ".join([*parts, self.apart] if self.apart else parts)

    @property
    def thickness_um(self):
        return self.budget.thickness_um

    @property
    def temperature_C(self):
        return self.number("conditions.temperature_C")

    @property
    def error(self):
        return self.content.get("error") or {}

    @property
    def warnings(self):
        return [str(text) for text in self.content.get("warnings") or []]

    @property
    def dominant(self):
        """Largest group of the budget and its share."""
        shares = self.budget.shares()
        group = max(shares, key=shares.get)
        return group, shares[group]

    @property
    def conductivity(self):
        """Of the film without its electrodes [S/cm], None if not known."""
        value = self.content.get("effective_conductivity_S_per_cm")
        return value if results.is_number(value) and value > 0 else None

    def number(self, key):
        """A key of the case if it is a number, else None."""
        value = self.values.get(key)
        return float(value) if results.is_number(value) else None

    def arrhenius_law(self, part):
        """"sigma_T" or "sigma", of the first phase or, for part "boundaries", the first boundary."""
        group = "boundaries." if part == "boundaries" else "phases."
        laws = [value for key, value in self.values.items()
                if key.startswith(group) and key.endswith(".arrhenius")]
        return laws[0] if laws else "sigma_T"

    def phases(self):
        """Names of the phases that fill the film, and their fractions of its volume."""
        fractions = (self.content.get("microstructure") or {}).get("phase_fractions") or {}
        return {name: share for name, share in fractions.items()
                if name != "void" and results.is_number(share) and share > 0}

    def phase_materials(self):
        """Material (or else the phase's name) of each phase that fills the film, no two alike."""
        names = [self.values.get(f"phases.{phase}.material") or phase for phase in self.phases()]
        return list(dict.fromkeys(names))

    def material_labels(self):
        """The same as people write them."""
        return [pretty_name(name) for name in self.phase_materials()]

    def material(self):
        """What the film is made of, as one label."""
        return " + ".join(self.material_labels()) or self.title

    def band(self):
        """Ends of the ASR's band: uncertainty of parameters and, where known, grid and chance."""
        grid = self.error.get("grid_relative")
        uncertainty = math.hypot(self.budget.parameters_relative or 0.0,
                                 grid if results.is_number(grid) else 0.0,
                                 (self.band95 or 0.0) / self.budget.total)
        if not uncertainty:
            return None
        return self.budget.total / (1 + uncertainty), self.budget.total * (1 + uncertainty)

    def density(self):
        """Of the film [g/cm3], pores included; None if a phase gives none."""
        phases = self.phases()
        densities = {name: self.number(f"phases.{name}.density_g_per_cm3") for name in phases}
        if not phases or None in densities.values():
            return None
        return round(math.fsum(share * densities[name] for name, share in phases.items()), 6)


def pretty_name(name):
    """llzo_cubic_film_pld -> LLZO cubic film PLD."""
    return " ".join(ACRONYMS.get(word, word) for word in str(name).split("_"))


UNITS = {"um": "µm", "nm": "nm", "C": "°C", "eV": "eV", "V": "V", "ohm_cm2": "Ω cm²",
         "S_per_cm": "S/cm", "g_per_cm3": "g/cm³", "mA_per_cm2": "mA/cm²", "uF_per_cm2": "µF/cm²"}


def split_unit(key):
    """The last part of a key in words, and its unit: film.thickness_um -> thickness, µm."""
    words = key.rsplit(".", 1)[-1]
    for suffix in sorted(UNITS, key=len, reverse=True):
        if words.endswith(f"_{suffix}"):
            return words[:-len(suffix) - 1].replace("_", " "), UNITS[suffix]
    return words.replace("_", " "), ""


def describe_key(key, value):
    """thickness 2 µm, of the temperature 60 °C alone."""
    words, unit = split_unit(key)
    if key == "conditions.temperature_C":
        words = ""
    return f"{words} {value} {unit}".strip()


def axis_label(key):
    """thickness (µm)."""
    words, unit = split_unit(key)
    return f"{words} ({unit})" if unit else words


def format_value(value):
    """A value of the case as text: 1 and 1.0 are the same."""
    if isinstance(value, bool):
        return str(value).lower()
    if results.is_number(value):
        return f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(map(format_value, value))
    return str(value)


def read_run(path):
    """The run in a results.json or in a directory that holds one."""
    path = results.find_result(path, ("results.json",))
    content = results.read_json(path)
    case = content.get("case")
    if not isinstance(case, dict):
        raise results.ResultError(path, '"case" is missing')
    values, origins = flatten(case)
    title = values.get("title") or results.case_name(path)
    budget = results.make_budget(path, "", content, title, values.get("film.thickness_um"))
    materials = {name: flatten(keys)[0] for name, keys in (content.get("materials") or {}).items()}
    electrodes = {name: flatten(keys)[0]
                  for name, keys in (content.get("electrodes") or {}).items()}
    return Run(path, budget, values, origins, materials, electrodes, content)


def flatten(node, place=""):
    """Two dicts from full key to value and to origin; members of lists go by name if they have one.

    A list of groups, {"between": ["a", "b"]} as well, becomes phases.grain.material and
    boundaries.a|b.resistance_ohm_cm2.
    """
    values, origins = {}, {}
    if isinstance(node, dict) and "value" in node and "from" in node:
        return {place: node["value"]}, {place: str(node["from"])}
    if isinstance(node, dict):
        members = node.items()
    elif isinstance(node, list) and all(isinstance(member, dict) for member in node):
        members = [(member_name(member, index), member) for index, member in enumerate(node)]
    else:
        return {place: node}, {}
    for name, member in members:
        more = flatten(member, f"{place}.{name}" if place else str(name))
        values.update(more[0])
        origins.update(more[1])
    return values, origins


def member_name(member, index):
    """Name of a member of a list of groups."""
    for key in ("name", "between"):
        entry = member.get(key)
        entry = entry.get("value") if isinstance(entry, dict) else entry
        if isinstance(entry, list):
            entry = "|".join(map(str, entry))
        if isinstance(entry, str):
            return entry
    return str(index)
