"""The distribution of relaxation times (DRT) of a spectrum.

    Z(omega) = R_s + integral gamma(ln tau)/(1 + i omega tau) d ln tau        gamma >= 0

gamma [ohm cm2] stands on a regular grid of ln tau, on which sums are as good as integrals: the kernel
is analytic. Least squares of the residual over |Z|, with a Tikhonov penalty lambda on the second
derivative of gamma, measured by |Z| at omega = 1/tau as the residuals are, and gamma >= 0 by NNLS.
lambda has the least error in re-im cross-validation: gamma from the real parts alone predicts the
imaginary ones, and the other way round.

Source: Saccoccio, Wan, Chen, Ciucci, Electrochim. Acta 147, 470 (2014), 10.1016/j.electacta.2014.09.058.
"""
from dataclasses import dataclass, field

import numpy as np
from scipy import signal
from scipy.optimize import nnls

PER_DECADE = 20
BEYOND = 1.0                  # decades of tau on each side of the spectrum
LAMBDAS = np.logspace(-8, 1, 19)   # a plain RC would want none: the peak of one then has no width
LEAST_PEAK = 0.08             # of |Z| at its frequency; what is less is a ripple of the nearest peak
DEEP = 0.5                    # a peak of its own rises by this share of itself


@dataclass
class Peak:
    """A maximum of gamma, with the area between the minima beside it."""

    time_s: float
    resistance: float    # area [ohm cm2]

    @property
    def capacitance(self):
        return self.time_s / self.resistance


@dataclass
class Distribution:
    """gamma over tau."""

    time_s: np.ndarray = field(repr=False)
    gamma: np.ndarray = field(repr=False)      # ohm cm2
    series: float            # R_s [ohm cm2]; None: not asked for
    penalty: float           # lambda
    rms_residual: float      # of |Z_fit - Z|/|Z|
    peaks: list


def distribution(omega, z, has_series, blocking=0.0):
    """The DRT of z [ohm cm2], shape (N,), at omega [rad/s].

    blocking [ohm cm2], shape (N,), is the impedance of blocking electrodes, which no relaxation has;
    it is taken off.
    """
    low = np.log10(1 / omega.max()) - BEYOND
    high = np.log10(1 / omega.min()) + BEYOND
    count = int(np.ceil((high - low) * PER_DECADE)) + 1
    time = np.logspace(low, high, count)
    step = np.log(time[1] / time[0])
    weight = 1 / np.abs(z)
    kernel = step / (1 + 1j * np.outer(omega, time)) * weight[:, None]
    data = (z - blocking) * weight
    series = weight[:, None] if has_series else np.zeros((len(omega), 0))
    penalty = curvature(omega, z - blocking, time, step)
    errors = [cross_validation(kernel, data, series, np.sqrt(value) * penalty) for value in LAMBDAS]
    value = float(LAMBDAS[int(np.argmin(errors))])
    whole = np.hstack([kernel, series])
    found = solve(np.concatenate([whole.real, whole.imag]),
                  np.concatenate([data.real, data.imag]), np.sqrt(value) * penalty)
    gamma = found[:count]
    residual = np.abs(whole @ found - data)
    return Distribution(time, gamma, float(found[count]) if has_series else None, value,
                        float(np.sqrt(np.mean(residual**2))), find_peaks(time, gamma, step, omega, z - blocking))


def curvature(omega, z, time, step):
    """Rows whose squares add up to the integral of (gamma''/|Z|)^2 over ln tau."""
    modulus = modulus_at(1 / time[1:-1], omega, z)
    second = (np.eye(len(time))[:-2] - 2 * np.eye(len(time))[1:-1] + np.eye(len(time))[2:])
    return second / step**1.5 / modulus[:, None]


def solve(rows, data, penalty):
    """Non-negative unknowns; columns without a penalty are scalars beside gamma."""
    free = np.zeros((len(penalty), rows.shape[1] - penalty.shape[1]))
    matrix = np.vstack([rows, np.hstack([penalty, free])])
    scale = np.linalg.norm(matrix, axis=0)
    found, _ = nnls(matrix / scale, np.concatenate([data, np.zeros(len(penalty))]),
                    maxiter=20 * matrix.shape[1])
    return found / scale


def cross_validation(kernel, data, series, penalty):
    """Error of the imaginary parts that the real parts predict, and the reverse.

    The imaginary parts know nothing of R_s; for them it is what fits the real parts best.
    """
    gamma = solve(np.hstack([kernel.real, series]), data.real, penalty)[:kernel.shape[1]]
    error = np.sum((kernel.imag @ gamma - data.imag)**2)
    gamma = solve(kernel.imag, data.imag, penalty)
    left = data.real - kernel.real @ gamma
    if series.shape[1]:
        column = series[:, 0]
        left = left - column * max(0.0, column @ left / (column @ column))
    return error + np.sum(left**2)


def find_peaks(time, gamma, step, omega, z):
    """Peaks from fast to slow; areas reach to the lowest point between two maxima.

    A curve of least curvature swings on both sides of a sharp peak: what is no share of |Z| to speak
    of, or hardly rises, belongs to its neighbour. What rises to the grid's ends is no peak.
    """
    tops = signal.find_peaks(gamma)[0]
    if not len(tops):
        return []
    rises = signal.peak_prominences(gamma, tops)[0] / gamma[tops]
    lowest = [a + int(np.argmin(gamma[a:b])) for a, b in zip(tops, tops[1:])]
    cuts = [int(np.argmin(gamma[:tops[0]])), *lowest,
            int(tops[-1] + np.argmin(gamma[tops[-1]:]) + 1)]
    areas = [float(step * gamma[a:b].sum()) for a, b in zip(cuts, cuts[1:])]
    peaks = [Peak(summit(time, gamma, top), 0.0) for top, area, rise in zip(tops, areas, rises)
             if rise > DEEP and area > LEAST_PEAK * modulus_at(1 / time[top], omega, z)]
    for top, area in zip(tops, areas) if peaks else ():
        nearest = min(peaks, key=lambda peak: abs(np.log(peak.time_s / time[top])))
        nearest.resistance += area
    return peaks


def modulus_at(at, omega, z):
    """|Z| at other frequencies, and beyond the spectrum's ends that of the ends."""
    order = np.argsort(omega)
    return np.exp(np.interp(np.log(at), np.log(omega[order]), np.log(np.abs(z[order]))))


def summit(time, gamma, top):
    """tau of the parabola through a maximum and its neighbours."""
    left, middle, right = gamma[top - 1:top + 2]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return float(time[top] * (time[1] / time[0])**shift)
