"""Fits the circuit that people fit: resistor and R-CPE elements in series.

    Z = R_s + sum_k R_k/(1 + (i omega tau_k)^n_k) + 1/(Q (i omega)^n)

R_k beside a constant-phase element Q_k is the usual R-CPE (ZARC) element with tau = (R Q)^(1/n); the
last term stands for blocking electrodes. Residuals are weighted by 1/|Z|, unknowns are ln R, ln tau,
ln Q and n, so that arcs decades apart count alike.
"""
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

LEAST_EXPONENT = 0.3
PLAIN = 1 - 1e-4          # an exponent above is 1: a plain capacitor
START_EXPONENTS = (0.97, 0.8)
FAR = np.log(1e6)         # resistances and times stay within this factor of what is there
UNKNOWNS = 3              # of an element


@dataclass
class Element:
    """R in parallel to a constant-phase element."""

    resistance: float            # ohm cm2
    time_s: float
    exponent: float
    resistance_error: float = None   # standard errors; of R and tau relative, None: not known
    time_error: float = None
    exponent_error: float = None     # None where the exponent stopped at its limit

    @property
    def capacitance(self):
        """tau/R [F/cm2], which is (Q R^(1-n))^(1/n): of the capacitor with the arc's summit."""
        return self.time_s / self.resistance

    @property
    def cpe(self):
        """Q [S s^n/cm2]."""
        return self.time_s**self.exponent / self.resistance

    def impedance(self, omega):
        return self.resistance / (1 + (1j * omega * self.time_s)**self.exponent)


@dataclass
class Circuit:
    """A fitted circuit."""

    elements: list                    # fast ones first
    series: float = None              # R_s [ohm cm2]; None: the circuit has none
    series_error: float = None        # relative
    blocking: tuple = None            # (Q [S s^n/cm2], n); None: the circuit has none
    blocking_errors: tuple = None     # (relative, absolute)
    rms_residual: float = None        # of |Z_fit - Z|/|Z|
    max_residual: float = None

    def impedance(self, omega):
        total = sum((element.impedance(omega) for element in self.elements),
                    np.zeros_like(omega, dtype=complex))
        return total + (self.series or 0.0) + self.blocking_impedance(omega)

    def blocking_impedance(self, omega):
        if self.blocking is None:
            return np.zeros_like(omega, dtype=complex)
        cpe, exponent = self.blocking
        return 1 / (cpe * (1j * omega)**exponent)


def fit(omega, z, starts, has_series, is_blocking):
    """The circuit nearest to a spectrum.

    omega [rad/s] and z [ohm cm2], shape (N,); starts are (R, tau) of each element. Exponents start from
    two values, the better fit is taken. Standard errors are those of least squares, with the misfit
    as noise.
    """
    count = len(starts)
    fixed_series = [np.log(max(z[0].real, 1e-3 * np.abs(z).max()))] if has_series else []
    last = np.argmin(omega)
    blocking = [-np.log(omega[last] * max(-z[last].imag, 1e-6 * abs(z[last])))] if is_blocking else []
    best = None
    for exponent in START_EXPONENTS:
        start = np.concatenate([fixed_series, *[[np.log(r), np.log(t), exponent] for r, t in starts],
                                [*blocking, 0.95] if is_blocking else []])
        held = np.zeros(len(start), dtype=bool)
        found = solve(omega, z, start, held, has_series, count)
        plain = is_exponent(len(start), has_series, count) & (found.x > PLAIN)
        if plain.any():
            start, held = np.where(plain, 1.0, found.x), plain
            found = solve(omega, z, start, held, has_series, count)
        if best is None or found.cost < best[0].cost * (1 - 1e-9):
            best = found, held
    return make_circuit(omega, z, *best, has_series, count)


def is_exponent(size, has_series, count):
    """Which unknowns are exponents."""
    mask = np.zeros(size, dtype=bool)
    first = int(has_series)
    mask[first + 2:first + UNKNOWNS * count:UNKNOWNS] = True
    if size > first + UNKNOWNS * count:
        mask[-1] = True
    return mask


def solve(omega, z, start, held, has_series, count):
    """Least squares over the unknowns that are not held; the result's x has them all."""
    weight = 1 / np.abs(z)
    exponents = is_exponent(len(start), has_series, count)
    lower = np.where(exponents, LEAST_EXPONENT, start - FAR)
    upper = np.where(exponents, 1.0, start + FAR)

    def whole(free):
        unknowns = start.copy()
        unknowns[~held] = free
        return unknowns

    def residuals(free):
        difference = (evaluate(omega, whole(free), has_series, count)[0] - z) * weight
        return np.concatenate([difference.real, difference.imag])

    def jacobian(free):
        columns = evaluate(omega, whole(free), has_series, count)[1][:, ~held] * weight[:, None]
        return np.concatenate([columns.real, columns.imag])

    found = least_squares(residuals, start[~held], jac=jacobian, bounds=(lower[~held], upper[~held]),
                          x_scale="jac", ftol=1e-15, xtol=1e-13, gtol=1e-15, max_nfev=500)
    found.x = whole(found.x)
    return found


def evaluate(omega, unknowns, has_series, count):
    """Z, shape (N,), and its derivatives by the unknowns, shape (N, unknowns)."""
    first = int(has_series)
    derivatives = np.zeros((len(omega), len(unknowns)), dtype=complex)
    if has_series:
        derivatives[:, 0] = np.exp(unknowns[0])
    z = derivatives[:, 0] + 0 if has_series else np.zeros(len(omega), dtype=complex)
    for k in range(count):
        at = first + UNKNOWNS * k
        resistance, time, exponent = np.exp(unknowns[at]), np.exp(unknowns[at + 1]), unknowns[at + 2]
        power = (1j * omega * time)**exponent
        part, slope = resistance / (1 + power), -resistance * power / (1 + power)**2
        z = z + part
        derivatives[:, at] = part
        derivatives[:, at + 1] = slope * exponent
        derivatives[:, at + 2] = slope * np.log(1j * omega * time)
    if len(unknowns) > first + UNKNOWNS * count:
        part = np.exp(-unknowns[-2]) * (1j * omega)**-unknowns[-1]
        z = z + part
        derivatives[:, -2] = -part
        derivatives[:, -1] = -np.log(1j * omega) * part
    return z, derivatives


def make_circuit(omega, z, found, held, has_series, count):
    """The circuit of a least-squares result, with standard errors and residuals."""
    unknowns, errors = found.x, np.full(len(found.x), np.nan)
    surplus = 2 * len(z) - int((~held).sum())
    _, singular, rows = np.linalg.svd(found.jac, full_matrices=False)
    singular = np.maximum(singular, np.finfo(float).eps * singular[0])
    spread = np.sqrt(((rows / singular[:, None])**2).sum(axis=0))
    errors[~held] = np.sqrt(2 * found.cost / surplus) * spread
    errors = [None if np.isnan(error) else float(error) for error in errors]
    first = int(has_series)
    elements = []
    for k in range(count):
        at = first + UNKNOWNS * k
        elements.append(Element(float(np.exp(unknowns[at])), float(np.exp(unknowns[at + 1])),
                                float(unknowns[at + 2]), *errors[at:at + UNKNOWNS]))
    circuit = Circuit(sorted(elements, key=lambda element: element.time_s))
    if has_series:
        circuit.series, circuit.series_error = float(np.exp(unknowns[0])), errors[0]
    if len(unknowns) > first + UNKNOWNS * count:
        circuit.blocking = float(np.exp(unknowns[-2])), float(unknowns[-1])
        circuit.blocking_errors = tuple(errors[-2:])
    residual = np.abs(circuit.impedance(omega) - z) / np.abs(z)
    circuit.rms_residual = float(np.sqrt(np.mean(residual**2)))
    circuit.max_residual = float(residual.max())
    return circuit
