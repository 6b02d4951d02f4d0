"""Draws a spectrum with its fit: Nyquist, Bode and the distribution of relaxation times."""
import math

import numpy as np

POINT, LINE = "#0072B2", "#D55E00"   # Okabe and Ito's colours, as everywhere
TRUE = "#009E73"
MORE_POINTS = 40     # of the fit's line, a decade
ZOOM_BELOW = 0.2     # arcs smaller than this share of the whole get axes of their own
DECADES_OF_GAMMA = 4
STYLE = {"font.size": 8.5, "axes.linewidth": 0.6, "pdf.fonttype": 42, "svg.fonttype": "none",
         "svg.hashsalt": "granulith", "font.family": "DejaVu Sans", "axes.spines.top": False,
         "axes.spines.right": False, "figure.max_open_warning": 0}
WIDTH = 7.2  # inches


def draw_all(reading):
    """[(name of the picture, what it shows, figure)]."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    plt.rcParams.update(STYLE)
    return [("nyquist", "Nyquist plot", draw_nyquist(plt, reading)),
            ("bode", "Bode plot", draw_bode(plt, reading)),
            ("drt", "Distribution of relaxation times", draw_drt(plt, reading))]


def fit_line(reading):
    """Frequencies and impedances of the fitted circuit, close enough for a line."""
    f = reading.spectrum.f
    count = max(2, int(MORE_POINTS * math.log10(f.max() / f.min())))
    line = np.geomspace(f.max(), f.min(), count)
    return line, reading.circuit.impedance(2 * np.pi * line)


def draw_nyquist(plt, reading):
    """-Z'' over Z', equal axes; fast arcs too small to be seen get axes of their own."""
    whole, fast = nyquist_limits(reading)
    limits = [whole] if fast is None else [whole, fast]
    steepness = 1.0
    if not reading.circuit.blocking:
        steepness = min(1.0, max(0.4, -1.2 * reading.spectrum.z.imag.min() / whole))
    figure, axes = plt.subplots(
        1, len(limits), figsize=(WIDTH, 0.9 + (WIDTH - 0.8) / len(limits) * min(steepness, 0.7)),
        squeeze=False, layout="constrained")
    for index, (at, limit) in enumerate(zip(axes[0], limits)):
        draw_plane(at, reading, limit, steepness * limit, 0.1 * len(limits) * limit)
        at.set_title(("whole spectrum", "fast arcs")[index] if fast else "", loc="left", fontsize=8.5)
    axes[0][-1].legend(frameon=False, fontsize=7.5, loc="upper left")
    figure.suptitle(reading.spectrum.title, x=0.01, ha="left", fontsize=9)
    return figure


def nyquist_limits(reading):
    """Largest Z' to show of the whole, and of the fast arcs alone if the whole hides them."""
    circuit = reading.circuit
    ends = np.cumsum([circuit.series or 0.0, *(e.resistance for e in circuit.elements)])
    whole = 1.15 * max(ends[-1], 1e-12)
    if not circuit.blocking:
        whole = max(whole, 1.05 * reading.spectrum.z.real.max())
    hidden = [end for end in ends[1:-1] if end < ZOOM_BELOW * ends[-1]]
    return whole, 1.6 * hidden[-1] if hidden else None


def draw_plane(axes, reading, limit, height, room):
    spectrum = reading.spectrum
    _, line = fit_line(reading)
    axes.plot(line.real, -line.imag, color=LINE, linewidth=1.2, label="fit", zorder=2)
    axes.plot(spectrum.z.real, -spectrum.z.imag, "o", color=POINT, markersize=3.5, linestyle="none",
              markerfacecolor="white", label="computed", zorder=3)
    mark_decades(axes, spectrum, limit, height, room)
    axes.set_aspect("equal")
    axes.set_xlim(-0.02 * limit, limit)
    axes.set_ylim(-0.02 * limit, height)
    axes.grid(color="0.92", linewidth=0.6)
    axes.set_xlabel("Z′ (Ω cm²)")
    axes.set_ylabel("−Z″ (Ω cm²)")


def mark_decades(axes, spectrum, limit, height, room):
    """The point nearest to each power of ten as a full dot; labels that are `room` wide have it."""
    decades = range(math.ceil(math.log10(spectrum.f.min()) - 0.05),
                    math.floor(math.log10(spectrum.f.max()) + 0.05) + 1)
    labelled = []
    for decade in decades:
        z = spectrum.z[np.argmin(np.abs(np.log10(spectrum.f) - decade))]
        x, y = z.real, -z.imag
        if x > limit or y > height:
            continue
        axes.plot(x, y, "o", color=POINT, markersize=4.5, zorder=4)
        if all(abs(x - a) > room or abs(y - b) > 0.4 * room for a, b in labelled):
            labelled.append((x, y))
            axes.annotate(f"$10^{{{decade}}}$ Hz", (x, y), (3, 3), textcoords="offset points",
                          fontsize=7, zorder=5)


def draw_bode(plt, reading):
    """|Z| and phase over frequency."""
    spectrum = reading.spectrum
    f, line = fit_line(reading)
    figure, (modulus, phase) = plt.subplots(2, 1, figsize=(WIDTH, 4.6), sharex=True,
                                            layout="constrained")
    for axes, value in ((modulus, np.abs), (phase, lambda z: -np.angle(z, deg=True))):
        axes.plot(f, value(line), color=LINE, linewidth=1.2, label="fit", zorder=2)
        axes.plot(spectrum.f, value(spectrum.z), "o", color=POINT, markersize=3.5, label="computed",
                  markerfacecolor="white", linestyle="none", zorder=3)
        axes.grid(color="0.92", linewidth=0.6)
    modulus.set_xscale("log")
    modulus.set_yscale("log")
    modulus.set_ylabel("|Z| (Ω cm²)")
    modulus.legend(frameon=False, fontsize=7.5)
    phase.set_ylim(min(-2, phase.get_ylim()[0]), 92)
    phase.set_yticks(range(0, 91, 15))
    phase.set_ylabel("−phase (°)")
    phase.set_xlabel("frequency (Hz)")
    figure.suptitle(spectrum.title, x=0.01, ha="left", fontsize=9)
    return figure


def draw_drt(plt, reading):
    """gamma over tau, with the areas of its peaks and the true resistances at true times."""
    drt = reading.drt
    figure, axes = plt.subplots(figsize=(WIDTH, 3.6), layout="constrained")
    top = drt.gamma.max() or 1.0  # of a mere resistance
    axes.plot(drt.time_s, np.maximum(drt.gamma, 1e-12 * top), color=POINT, linewidth=1.2, zorder=3,
              label="γ; numbers: areas of its peaks (Ω cm²)")
    for peak in drt.peaks:
        height = np.exp(np.interp(np.log(peak.time_s), np.log(drt.time_s),
                                  np.log(np.maximum(drt.gamma, 1e-12 * top))))
        axes.annotate(f"{peak.resistance:.3g}", (peak.time_s, height), (-4, 2), ha="right",
                      textcoords="offset points", color=POINT, zorder=4)
    known = [process for process in reading.spectrum.processes if process.time_s]
    for index, process in enumerate(known):
        axes.axvline(process.time_s, color=TRUE, linewidth=0.9, linestyle=(0, (4, 2)), zorder=1,
                     label="true time constants and resistances" if index == 0 else None)
        axes.annotate(f"{process.kind}, {process.resistance:.3g}",
                      (process.time_s, 0.02 + 0.07 * (index % 4)), (3, 0), color=TRUE, zorder=5,
                      xycoords=("data", "axes fraction"), textcoords="offset points",
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(drt.time_s[0], drt.time_s[-1])
    axes.set_ylim(top / 10**DECADES_OF_GAMMA, 5 * top)
    axes.grid(color="0.92", linewidth=0.6)
    axes.set_xlabel("relaxation time τ (s)")
    axes.set_ylabel("γ (Ω cm² per e-fold of τ)")
    axes.legend(edgecolor="none", framealpha=1, fontsize=7.5, loc="upper left", ncols=2)
    figure.suptitle(reading.spectrum.title, x=0.01, ha="left", fontsize=9)
    return figure
