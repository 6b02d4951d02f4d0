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


@dataclass
class Layout:
    """Where the unknowns stand: ln R_s; ln R, ln tau, n of each element; ln Q, n."""

    has_series: bool
    count: int           # of elements
    is_blocking: bool

    @property
    def size(self):
        return self.has_series + UNKNOWNS * self.count + 2 * self.is_blocking

    def element(self, k):
        """First unknown of an element."""
        return self.has_series + UNKNOWNS * k

    def exponents(self):
        """Mask of the exponents."""
        mask = np.zeros(self.size, dtype=bool)
        mask[[self.element(k) + 2 for k in range(self.count)]] = True
        if self.is_blocking:
            mask[-1] = True
        return mask


def fit(omega, z, starts, has_series, is_blocking):
    """The circuit nearest to a spectrum.

    omega [rad/s] and z [ohm cm2], shape (N,); starts are (R, tau) of each element. Exponents start from
    two values, the better fit is taken. Standard errors are those of least squares, with the misfit
    as noise.
    """
    layout = Layout(has_series, len(starts), is_blocking)
    best = None
    for exponent in START_EXPONENTS:
        start, held = make_start(omega, z, starts, exponent, layout), np.zeros(layout.size, dtype=bool)
        found = solve(omega, z, start, held, layout)
        plain = layout.exponents() & (found.x > PLAIN)
        if plain.any():
            start, held = np.where(plain, 1.0, found.x), plain
            found = solve(omega, z, start, held, layout)
        if best is None or found.cost < best[0].cost * (1 - 1e-9):
            best = found, held
    return make_circuit(omega, z, *best, layout)


def make_start(omega, z, starts, exponent, layout):
    """First unknowns: R_s from the highest frequency, Q from the lowest."""
    unknowns = np.empty(layout.size)
    if layout.has_series:
        unknowns[0] = np.log(max(z[np.argmax(omega)].real, 1e-3 * np.abs(z).max()))
    for k, (resistance, time) in enumerate(starts):
        at = layout.element(k)
        unknowns[at:at + UNKNOWNS] = np.log(resistance), np.log(time), exponent
    if layout.is_blocking:
        last = np.argmin(omega)
        unknowns[-2:] = -np.log(omega[last] * max(-z[last].imag, 1e-6 * abs(z[last]))), exponent
    return unknowns


def solve(omega, z, start, held, layout):
    """Least squares over the unknowns that are not held; the result's x has them all."""
    weight = 1 / np.abs(z)
    lower = np.where(layout.exponents(), LEAST_EXPONENT, start - FAR)
    upper = np.where(layout.exponents(), 1.0, start + FAR)

    def whole(free):
        unknowns = start.copy()
        unknowns[~held] = free
        return unknowns

    def residuals(free):
        difference = (evaluate(omega, whole(free), layout)[0] - z) * weight
        return np.concatenate([difference.real, difference.imag])

    def jacobian(free):
        columns = evaluate(omega, whole(free), layout)[1][:, ~held] * weight[:, None]
        return np.concatenate([columns.real, columns.imag])

    found = least_squares(residuals, start[~held], jac=jacobian, bounds=(lower[~held], upper[~held]),
                          x_scale="jac", ftol=1e-15, xtol=1e-13, gtol=1e-15, max_nfev=500)
    found.x = whole(found.x)
    return found


def evaluate(omega, unknowns, layout):
    """Z, shape (N,), and its derivatives by the unknowns, shape (N, unknowns)."""
    z = np.zeros(len(omega), dtype=complex)
    derivatives = np.zeros((len(omega), layout.size), dtype=complex)
    if layout.has_series:
        derivatives[:, 0] = np.exp(unknowns[0])
        z += derivatives[:, 0]
    for k in range(layout.count):
        at = layout.element(k)
        resistance, time, exponent = np.exp(unknowns[at]), np.exp(unknowns[at + 1]), unknowns[at + 2]
        power = (1j * omega * time)**exponent
        part, slope = resistance / (1 + power), -resistance * power / (1 + power)**2
        derivatives[:, at] = part
        derivatives[:, at + 1] = slope * exponent
        derivatives[:, at + 2] = slope * np.log(1j * omega * time)
        z += part
    if layout.is_blocking:
        part = np.exp(-unknowns[-2]) * (1j * omega)**-unknowns[-1]
        derivatives[:, -2] = -part
        derivatives[:, -1] = -np.log(1j * omega) * part
        z += part
    return z, derivatives


def make_circuit(omega, z, found, held, layout):
    """The circuit of a least-squares result, with standard errors and residuals."""
    unknowns, errors = found.x, standard_errors(found, held)
    elements = []
    for at in map(layout.element, range(layout.count)):
        elements.append(Element(float(np.exp(unknowns[at])), float(np.exp(unknowns[at + 1])),
                                float(unknowns[at + 2]), *errors[at:at + UNKNOWNS]))
    circuit = Circuit(sorted(elements, key=lambda element: element.time_s))
    if layout.has_series:
        circuit.series, circuit.series_error = float(np.exp(unknowns[0])), errors[0]
    if layout.is_blocking:
        circuit.blocking = float(np.exp(unknowns[-2])), float(unknowns[-1])
        circuit.blocking_errors = tuple(errors[-2:])
    residual = np.abs(circuit.impedance(omega) - z) / np.abs(z)
    circuit.rms_residual = float(np.sqrt(np.mean(residual**2)))
    circuit.max_residual = float(residual.max())
    return circuit


def standard_errors(found, held):
    """Of all unknowns, None for those held: roots of the diagonal of s^2 (J^T J)^-1."""
    _, singular, rows = np.linalg.svd(found.jac, full_matrices=False)
    singular = np.maximum(singular, np.finfo(float).eps * singular[0])
    free = np.sqrt(2 * found.cost / (len(found.fun) - len(singular))
                   * ((rows / singular[:, None])**2).sum(axis=0))
    errors = iter(free.tolist())
    return [None if is_held else next(errors) for is_held in held]
