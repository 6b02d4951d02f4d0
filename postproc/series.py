"""Which runs of a report belong together, and in which colour: series of one material.

A series holds runs that differ in one key and in nothing else that matters.
"""
from collections import Counter

from runs import describe_key, format_value

# Okabe and Ito's colours, one a family of materials; those of a family differ in symbol.
FAMILY_COLOURS = {"LLZO": "#0072B2", "LLTO": "#D55E00", "LATP": "#009E73", "LAGP": "#CC79A7",
                  "LiPON": "#E69F00"}
MORE_COLOURS = ("#56B4E9", "#000000", "#7F7F7F", "#A6761D")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot")

# Keys by which runs of one series may differ: they choose the grid and the piece, not the material.
NEUTRAL_KEYS = ("title", "film.cells", "film.width_um", "film.layer_cells", "film.grading_z",
                "structure.seed", "structure.pores.seed", "conditions.current_density_mA_per_cm2")
NEUTRAL_GROUPS = ("solver.", "output.")


class Palette:
    """Colour, symbol and dash of each material, the same in all figures of a report."""

    def __init__(self, runs):
        self.colours, self.symbols = {}, {}
        more = iter(MORE_COLOURS * len(runs))
        members = Counter()
        names = [name for run in runs for name in (run.material(), *run.material_labels())]
        for name in dict.fromkeys(names):
            family = name.split(" ")[0]
            if family not in self.colours:
                self.colours[family] = FAMILY_COLOURS.get(family) or next(more)
            self.symbols[name] = SYMBOLS[members[family] % len(SYMBOLS)]
            members[family] += 1

    def colour(self, material):
        return self.colours[material.split(" ")[0]]

    def symbol(self, material):
        return self.symbols[material]


def is_neutral(key):
    return key in NEUTRAL_KEYS or key.startswith(NEUTRAL_GROUPS)


def make_groups(runs, axis):
    """Lists of runs, in order of a key, that differ in nothing else that matters."""
    groups = {}
    for run in runs:
        if run.number(axis) is not None:
            identity = tuple(sorted(identity_of(run, axis).items()))
            groups.setdefault((run.material(), identity), []).append(run)
    return [sorted(members, key=lambda run: run.number(axis)) for members in groups.values()]


def identity_of(run, axis):
    """What runs of one series have in common: every other key that matters."""
    return {key: format_value(value) for key, value in run.values.items()
            if key != axis and not is_neutral(key)}


def tell_apart(runs):
    """Gives runs of the same label what they differ in, and else their study or directory."""
    for members in same_label(runs):
        identities = [identity_of(run, None) for run in members]
        keys = [key for key in dict.fromkeys(key for own in identities for key in own)
                if len({own.get(key) for own in identities}) > 1]
        for run, own in zip(members, identities):
            texts = [describe_key(key, own[key]) for key in keys if key in own]
            run.apart = ", ".join(texts) if len(texts) <= 2 else ""
    for members in same_label(runs):
        for run in members:
            run.apart = ", ".join(filter(None, [run.apart, run.study or run.path.parent.name]))


def same_label(runs):
    """Lists of the runs that have their label in common."""
    alike = {}
    for run in runs:
        alike.setdefault(run.label, []).append(run)
    return [members for members in alike.values() if len(members) > 1]


def label_groups(groups, axis):
    """A name for each group: its material and what tells it from other groups of the material."""
    labels = []
    for members in groups:
        alike = [identity_of(other[0], axis) for other in groups
                 if other[0].material() == members[0].material()]
        own = identity_of(members[0], axis)
        keys = [key for key in dict.fromkeys(key for other in alike for key in other)
                if len({other.get(key) for other in alike}) > 1]
        if len(keys) > 2:
            labels.append(members[0].title)
        else:
            labels.append(", ".join([members[0].material()] + [
                describe_key(key, own.get(key, "none")) for key in keys]))
    return [label if labels.count(label) == 1 else f"{label} ({labels[:i].count(label) + 1})"
            for i, label in enumerate(labels)]


def is_sweep(members, axis):
    return len({run.number(axis) for run in members}) > 1
