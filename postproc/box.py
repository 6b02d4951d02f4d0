#!/usr/bin/python3
"""Draws one run as a box: its grains, potential and current density on three faces.

    /usr/bin/python3 postproc/box.py RESULT [--z FROM TO] [--component j|x|y|z] [--output DIR]

RESULT is a fields.h5 or a directory that holds one (a case directory will do). Writes box.png and
box.pdf. The box is drawn in parallel projection, the anode side down and the cathode side up; one
sees the cells at y = 0, at the largest x, and on top. Lengths keep their proportions as long as the
box is not too tall or too flat to look at; otherwise z is drawn to another scale, which the picture
states. --z shows a part of a tall pellet in its true shape, cut open at TO.

Only the three faces are read, so a run of any size takes seconds.
"""
import argparse
import sys
from dataclasses import dataclass

import results

results.require_modules("numpy", "h5py", "matplotlib")
import h5py
import numpy as np

AZIMUTH, ELEVATION = np.radians(38.0), np.radians(24.0)  # of the projection
TALLEST, FLATTEST = 2.0, 0.2  # height over width within which the box keeps its proportions
MAX_SEGMENTS = 60000          # more boundary lines than this would only blacken the picture
LINES_FROM_SCALE = 0.3        # of z: boundaries in boxes compressed more lie too close for lines
CLIP_PERCENT = 99.5           # of the cells are within the colour scale of the current

# Phases: Okabe and Ito's colours; grains of one phase differ in lightness.
PHASE_COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#0072B2", "#D55E00")
VOID_COLOUR = "#FFFFFF"

UNITS = {"potential": ((1, "V"), (1e3, "mV"), (1e6, "µV")),
         "current": ((1, "mA/cm²"), (1e3, "µA/cm²"), (1e6, "nA/cm²"))}
STEPS = (1, 2, 2.5, 5, 10)  # of ticks

# Layout in inches: a box and the space around it for numbers, title and keys.
PANEL_WIDTH, GAP, LEFT, RIGHT, ABOVE, BELOW = 1.95, 0.27, 0.68, 0.13, 0.4, 1.0

DATASETS = {"potential": 3, "current_density": 4, "grain": 3, "phase": 3}
COMPONENTS = {"j": "|j|", "x": "$j_x$", "y": "$j_y$", "z": "$j_z$"}


@dataclass
class Face:
    """One visible face: values of its cells [rows, columns] and its corners in the box [um]."""

    name: str
    edges: tuple        # of columns and of rows [um]
    corners: np.ndarray  # x, y, z of the cells' corners, shape (rows + 1, columns + 1, 3) [um]
    grain: np.ndarray
    phase: np.ndarray
    potential: np.ndarray        # [V], NaN in voids
    current: np.ndarray  # the wanted component or the magnitude [mA/cm2], NaN in voids


@dataclass
class Box:
    """What is drawn of one run."""

    faces: list
    lower: np.ndarray  # x, y, z [um]
    upper: np.ndarray
    thickness: float   # of the whole film and its layers [um]
    component: str

    def size(self):
        return self.upper - self.lower

    def z_scale(self):
        """Factor on z that makes the box neither too tall nor too flat; 1 if it is fine."""
        dx, dy, dz = self.size()
        width = max(dx, dy)
        return float(np.clip(dz, FLATTEST * width, TALLEST * width) / dz)


def read_box(path, z_range=None, component="j"):
    """The three visible faces of the film, or of the part of it between two z [um]."""
    path = results.find_result(path, ("fields.h5",))
    try:
        file = h5py.File(path, "r")
    except FileNotFoundError:
        raise results.ResultError(path, "no such file") from None
    except OSError as error:
        raise results.ResultError(path, f"is not an HDF5 file that can be read: {error}") from None
    with file:
        edges = check_file(path, file)
        start, end = select_cells(path, edges[2], z_range)
        nx = len(edges[0]) - 1
        cuts = {"front": (slice(start, end), 0, slice(None)),
                "right": (slice(start, end), slice(None), nx - 1),
                "top": (end - 1, slice(None), slice(None))}
        part = [edges[0], edges[1], edges[2][start:end + 1]]
        faces = [read_face(file, name, cut, part, component) for name, cut in cuts.items()]
    lower = np.array([axis[0] for axis in part])
    upper = np.array([axis[-1] for axis in part])
    return Box(faces, lower, upper, edges[2][-1] - edges[2][0], component)


def check_file(path, file):
    """Cell edges along x, y, z; refuses a file that lacks something or contradicts itself."""
    names = [*DATASETS, "x_um", "y_um", "z_um"]
    missing = [name for name in names if not isinstance(file.get(name), h5py.Dataset)]
    if missing:
        raise results.ResultError(path, "lacks the dataset " + ", ".join("/" + m for m in missing))
    edges = [file[f"{axis}_um"][...] for axis in "xyz"]
    for axis, values in zip("xyz", edges):
        if values.ndim != 1 or len(values) < 2 or not np.all(np.diff(values) > 0):
            raise results.ResultError(path, f"/{axis}_um must be cell edges that increase")
    cells = tuple(len(edges[axis]) - 1 for axis in (2, 1, 0))
    for name, dimensions in DATASETS.items():
        expected = cells + (3,) * (dimensions - 3)
        if file[name].shape != expected:
            raise results.ResultError(path, f"/{name} has shape {file[name].shape}, the edges say "
                                            f"{expected} (z, y, x)")
    return edges


def select_cells(path, edges, z_range):
    """First cell and the one behind the last between two z; all without a range."""
    if z_range is None:
        return 0, len(edges) - 1
    low, high = z_range
    centres = (edges[1:] + edges[:-1]) / 2
    chosen = np.flatnonzero((centres > low) & (centres < high))
    if not len(chosen):
        raise results.ResultError(path, f"--z {low:g} {high:g} holds no cells; the film goes from "
                                        f"{edges[0]:g} to {edges[-1]:g} µm")
    return chosen[0], chosen[-1] + 1


def read_face(file, name, cut, edges, component):
    """The cells of one face."""
    x, y, z = edges
    if name == "front":
        columns, rows = np.meshgrid(x, z)
        corners = np.stack([columns, np.full_like(columns, y[0]), rows], -1)
        axes = (x, z)
    elif name == "right":
        columns, rows = np.meshgrid(y, z)
        corners = np.stack([np.full_like(columns, x[-1]), columns, rows], -1)
        axes = (y, z)
    else:
        columns, rows = np.meshgrid(x, y)
        corners = np.stack([columns, rows, np.full_like(columns, z[-1])], -1)
        axes = (x, y)
    grain = file["grain"][cut]
    vector = file["current_density"][cut]
    if component == "j":
        current = np.linalg.norm(vector, axis=-1)
    else:
        current = vector[..., "xyz".index(component)]
    is_void = grain == 0
    return Face(name, axes, corners, grain, file["phase"][cut],
                np.where(is_void, np.nan, file["potential"][cut]),
                np.where(is_void, np.nan, current))


def project(points, z_scale):
    """Points of the box (..., 3) on paper (..., 2): x to the lower right, y to the upper right."""
    x, y, z = np.moveaxis(np.asarray(points, float), -1, 0)
    across = x * np.cos(AZIMUTH) + y * np.sin(AZIMUTH)
    away = y * np.cos(AZIMUTH) - x * np.sin(AZIMUTH)
    return np.stack([across, away * np.sin(ELEVATION) + z * z_scale * np.cos(ELEVATION)], -1)


def grain_colours(face):
    """Colours [rows, columns, RGB] of a face: hue by phase, lightness by grain, voids white."""
    from matplotlib.colors import to_rgb
    palette = np.array([to_rgb(colour) for colour in PHASE_COLOURS])
    colours = palette[(np.maximum(face.phase, 1) - 1) % len(palette)]
    # lightness from the grain's number by the golden ratio: neighbours in number lie far apart
    shade = (face.grain * 0.6180339887) % 1.0
    towards = np.where(shade > 0.5, 1.0, 0.0)[..., None]
    amount = np.where(shade > 0.5, 1.4 * (shade - 0.5), 0.9 * (0.5 - shade))[..., None]
    colours = colours + amount * (towards - colours)
    colours[face.grain == 0] = to_rgb(VOID_COLOUR)
    return colours


def boundary_segments(face):
    """Lines between cells of different grains, as pairs of points in the box (n, 2, 3)."""
    corners, grain = face.corners, face.grain
    row, column = np.nonzero(grain[:, 1:] != grain[:, :-1])
    upright = np.stack([corners[row, column + 1], corners[row + 1, column + 1]], 1)
    row, column = np.nonzero(grain[1:] != grain[:-1])
    level = np.stack([corners[row + 1, column], corners[row + 1, column + 1]], 1)
    return np.concatenate([upright, level])


def colour_range(values, clip=False):
    """Ends of a colour scale for values [n]; wide enough to hide the noise of a uniform field."""
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if clip:
        low, high = (float(v) for v in np.percentile(values, (100 - CLIP_PERCENT, CLIP_PERCENT)))
    size = max(abs(low), abs(high))
    if high - low <= 1e-3 * size or size == 0:
        middle = (low + high) / 2
        half = abs(middle) / 2 or 1.0
        return middle - half, middle + half
    return low, high


def prefixed(size, units):
    """Factor and name of the first unit in which a quantity of this size is at least 0.5."""
    for factor, unit in units:
        if size * factor >= 0.5:
            break
    return factor, unit


def draw(box, title="", phase_names=()):
    """The figure: three boxes side by side, each with its key below."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"font.size": 8.5, "pdf.fonttype": 42, "font.family": "DejaVu Sans"})
    outline = project(box_corners(box), box.z_scale())
    low, (width, height) = outline.min(axis=0), np.ptp(outline, axis=0)
    scale = PANEL_WIDTH / width  # inches on paper per projected um
    page = np.array([3 * PANEL_WIDTH + 2 * GAP + LEFT + RIGHT, height * scale + ABOVE + BELOW])
    figure = plt.figure(figsize=page)
    for index, name in enumerate(("grain", "potential", "current")):
        start = LEFT + index * (PANEL_WIDTH + GAP)
        axes = figure.add_axes((start / page[0], BELOW / page[1], PANEL_WIDTH / page[0],
                                height * scale / page[1]))
        key = figure.add_axes(((start + 0.1 * PANEL_WIDTH) / page[0], 0.46 / page[1],
                               0.8 * PANEL_WIDTH / page[0], 0.1 / page[1]))
        if name == "grain":
            draw_grains(axes, key, box, phase_names)
            draw_scales(axes, box, 1 / scale)
        else:
            draw_field(axes, key, box, name)
        draw_frame(axes, box)
        axes.set_xlim(low[0], low[0] + width)
        axes.set_ylim(low[1], low[1] + height)
        axes.axis("off")
    figure.text(0.5, 1 - 0.08 / page[1], describe(box, title), ha="center", va="top", fontsize=9)
    return figure


def describe(box, title):
    """The line above the picture: title, part shown, and the scale of z where it is not true."""
    words = [title.replace(" um", " µm")] if title else []
    words.append("anode below, cathode above")
    if box.size()[2] < 0.999 * box.thickness:
        words.append(f"z = {box.lower[2]:.3g} to {box.upper[2]:.3g} µm")
    scale = box.z_scale()
    if scale < 0.999:
        words.append(f"z compressed {1 / scale:.2g} times")
    elif scale > 1.001:
        words.append(f"z stretched {scale:.2g} times")
    return "; ".join(words)


def box_corners(box):
    low, high = box.lower, box.upper
    return np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1])
                     for z in (low[2], high[2])])


def draw_frame(axes, box):
    """The nine edges of the box that can be seen."""
    (x0, y0, z0), (x1, y1, z1) = box.lower, box.upper
    for line in ([(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1),
                  (x0, y0, z1), (x0, y0, z0)],
                 [(x0, y0, z1), (x1, y0, z1), (x1, y1, z1)], [(x1, y0, z0), (x1, y0, z1)]):
        axes.plot(*project(line, box.z_scale()).T, color="black", linewidth=0.7, zorder=5,
                  clip_on=False, solid_joinstyle="round")


def draw_grains(axes, key, box, phase_names):
    """Grains in colour, boundaries as lines; below, how many grains, and phases if several."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Patch
    for face in box.faces:
        draw_mesh(axes, face, box, facecolors=grain_colours(face))
    segments = np.concatenate([boundary_segments(face) for face in box.faces])
    if len(segments) <= MAX_SEGMENTS and box.z_scale() > LINES_FROM_SCALE:
        axes.add_collection(LineCollection(project(segments, box.z_scale()), colors="0.15",
                                           linewidths=0.35, rasterized=True, zorder=4))
    grains = np.unique(np.concatenate([face.grain.ravel() for face in box.faces]))
    phases = np.unique(np.concatenate([face.phase.ravel() for face in box.faces]))
    count = int(np.count_nonzero(grains))
    key.axis("off")
    note = f"{count} grains in sight" if count > 1 else "no grain boundary in sight"
    key.text(0.5, -2.9 if len(phases) > 1 else 0.5, note, ha="center", va="center")
    if len(phases) > 1:
        names = {0: "pore", **dict(enumerate(phase_names, start=1))}
        handles = [Patch(facecolor=phase_colour(phase), edgecolor="0.3", linewidth=0.5,
                         label=names.get(phase, f"phase {phase}")) for phase in phases]
        key.legend(handles=handles, loc="center", frameon=False, fontsize=8, handlelength=0.9,
                   ncol=min(3, len(handles)), columnspacing=0.8, handletextpad=0.35)


def phase_colour(phase):
    return PHASE_COLOURS[(phase - 1) % len(PHASE_COLOURS)] if phase else VOID_COLOUR


def draw_mesh(axes, face, box, values=None, facecolors=None, **options):
    """The cells of one face; one picture, not one polygon a cell, in the PDF too."""
    paper = project(face.corners, box.z_scale())
    if values is None:
        values = np.zeros(face.grain.shape)
    mesh = axes.pcolormesh(paper[..., 0], paper[..., 1], np.ma.masked_invalid(values),
                           shading="flat", rasterized=True, **options)
    if facecolors is not None:
        mesh.set_array(None)
        mesh.set_facecolor(facecolors.reshape(-1, 3))
    return mesh


def draw_field(axes, key, box, name):
    """A field in colour with its scale below."""
    from matplotlib.ticker import MaxNLocator
    values = np.concatenate([getattr(face, name).ravel() for face in box.faces])
    values = values[np.isfinite(values)]
    is_current = name == "current"
    low, high = colour_range(values, clip=is_current)
    factor, unit = prefixed(max(abs(low), abs(high)), UNITS[name])
    for face in box.faces:
        mesh = draw_mesh(axes, face, box, getattr(face, name) * factor, vmin=low * factor,
                         vmax=high * factor, cmap="viridis" if is_current else "cividis")
    outside = (np.any(values < low), np.any(values > high))
    extend = {(False, False): "neither", (True, False): "min", (False, True): "max"}
    bar = axes.figure.colorbar(mesh, cax=key, orientation="horizontal",
                               extend=extend.get(outside, "both"),
                               ticks=MaxNLocator(4, steps=STEPS))
    label = f"current density {COMPONENTS[box.component]}" if is_current else "potential"
    bar.set_label(f"{label} ({unit})")
    bar.outline.set_linewidth(0.5)


def draw_scales(axes, box, inch):
    """Ticks, numbers and names of x, y, z in µm along three edges; inch is one in projected um."""
    from matplotlib.ticker import MaxNLocator
    (x0, y0, z0), (x1, y1, z1) = box.lower, box.upper
    # axis, its start, the way its ticks point, the place of its name, alignment of its numbers
    edges = ((0, (x0, y0, z0), (-0.045, -0.07), (-0.24, -0.3), "right", "top"),
             (1, (x1, y0, z0), (0.045, -0.07), (0.24, -0.3), "left", "top"),
             (2, (x0, y0, z0), (-0.07, 0.0), (-0.5, 0.0), "right", "center"))
    for axis, origin, tick, name, across, along in edges:
        low, high = box.lower[axis], box.upper[axis]
        length = np.linalg.norm(np.diff(project([origin, edge_point(origin, axis, high)],
                                                box.z_scale()), axis=0)) / inch
        ticks = MaxNLocator(max(1, int(length / 0.38)), steps=STEPS).tick_values(low, high)
        margin = 1e-9 * (high - low)
        for value in ticks[(ticks >= low - margin) & (ticks <= high + margin)]:
            foot = project(edge_point(origin, axis, value), box.z_scale())
            end = foot + np.array(tick) * inch
            axes.plot(*np.transpose([foot, end]), color="black", linewidth=0.6, clip_on=False)
            axes.text(*(foot + 1.25 * np.array(tick) * inch), f"{value:g}", ha=across, va=along,
                      fontsize=7.5)
        middle = project(edge_point(origin, axis, (low + high) / 2), box.z_scale())
        axes.text(*(middle + np.array(name) * inch), f"{'xyz'[axis]} (µm)", ha="center",
                  va="center", rotation=90 if axis == 2 else 0)


def edge_point(origin, axis, value):
    """The point on the edge that starts at origin and runs along an axis."""
    point = np.array(origin, float)
    point[axis] = value
    return point


def read_names(path):
    """Title of the case and names of its phases, if results.json stands beside the fields."""
    beside = path.parent / "results.json"
    content = results.read_json(beside) if beside.is_file() else {}
    title = results.case_value(content, "title") or results.case_name(path)
    phases = results.case_value(content, "phases")
    names = []
    for phase in phases if isinstance(phases, list) else []:
        names.append(str(results.case_value({"case": phase}, "name")))
    return str(title), names


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("result", help="fields.h5 or its directory")
    parser.add_argument("--z", nargs=2, type=float, metavar=("FROM", "TO"),
                        help="part to show [um]")
    parser.add_argument("--component", choices=COMPONENTS, default="j",
                        help="of the current density; j (default) is its magnitude")
    parser.add_argument("--output", default=".", metavar="DIR",
                        help="where to write (default: here)")
    arguments = parser.parse_args()
    path = results.find_result(arguments.result, ("fields.h5",))
    box = read_box(path, arguments.z, arguments.component)
    return results.save_figure(draw(box, *read_names(path)), arguments.output, "box")


if __name__ == "__main__":
    sys.exit(results.run_command(main))
