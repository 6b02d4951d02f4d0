#!/usr/bin/python3
"""Tests of postproc/circuit.py and relaxation.py: /usr/bin/python3 tests/postproc/test_circuit.py

Spectra are written here from closed forms, so that what must be found in them is known.
"""
import unittest

import numpy as np

from samples import FREQUENCIES, zarc
import circuit
import relaxation


def zarc_gamma(time, resistance, centre, exponent):
    """Closed form of the DRT of an R-CPE element; a test integrates it."""
    turned = (1 - exponent) * np.pi
    return (resistance / (2 * np.pi) * np.sin(turned)
            / (np.cosh(exponent * np.log(time / centre)) - np.cos(turned)))


def with_noise(z, size, seed):
    noise = np.random.default_rng(seed).normal(size=(2, len(z)))
    return z + size * np.abs(z) * (noise[0] + 1j * noise[1])


class Fit(unittest.TestCase):
    def fit(self, z, starts, has_series=False, is_blocking=False):
        return circuit.fit(2 * np.pi * FREQUENCIES, z, starts, has_series, is_blocking)

    def assert_elements(self, found, *expected, places=1e-7):
        self.assertEqual(len(expected), len(found.elements))
        for element, values in zip(found.elements, expected):
            np.testing.assert_allclose((element.resistance, element.time_s, element.exponent), values,
                                       rtol=places)

    def test_elements_and_series_resistance_are_found_again(self):
        z = 3.0 + zarc(FREQUENCIES, 20, 1e-5, 0.9) + zarc(FREQUENCIES, 50, 2e-2, 0.75)
        found = self.fit(z, [(10, 3e-6), (90, 5e-2)], has_series=True)
        self.assert_elements(found, (20, 1e-5, 0.9), (50, 2e-2, 0.75))
        self.assertAlmostEqual(3.0, found.series, places=6)
        self.assertLess(found.max_residual, 1e-8)
        self.assertAlmostEqual(2e-2 / 50, found.elements[1].capacitance, delta=1e-9)
        self.assertAlmostEqual((2e-2)**0.75 / 50, found.elements[1].cpe, delta=1e-8)

    def test_a_plain_capacitor_has_exponent_one(self):
        found = self.fit(zarc(FREQUENCIES, 4, 1e-6) + zarc(FREQUENCIES, 9, 1e-3), [(3, 3e-6), (3, 1e-2)])
        self.assert_elements(found, (4, 1e-6, 1), (9, 1e-3, 1), places=1e-9)
        self.assertIsNone(found.elements[0].exponent_error)

    def test_blocking_electrodes(self):
        line = 1 / (2e-5 * (2j * np.pi * FREQUENCIES)**0.92)
        found = self.fit(line + zarc(FREQUENCIES, 40, 1e-6, 0.95), [(30, 3e-6)], is_blocking=True)
        self.assert_elements(found, (40, 1e-6, 0.95))
        np.testing.assert_allclose(found.blocking, (2e-5, 0.92), rtol=1e-7)

    def test_derivatives_are_those_of_the_impedance(self):
        unknowns = np.array([1.0, 2.0, -9.0, 0.8, 3.0, -4.0, 0.6, -9.0, 0.9])
        omega, layout = 2 * np.pi * FREQUENCIES, circuit.Layout(True, 2, True)
        z, derivatives = circuit.evaluate(omega, unknowns, layout)
        for k in range(len(unknowns)):
            step = np.zeros(len(unknowns))
            step[k] = 1e-6
            difference = (circuit.evaluate(omega, unknowns + step, layout)[0]
                          - circuit.evaluate(omega, unknowns - step, layout)[0]) / 2e-6
            np.testing.assert_allclose(derivatives[:, k], difference, atol=1e-7 * np.abs(z).max())

    def test_noise_moves_parameters_by_their_standard_errors(self):
        """Over many spectra (value - truth)/error has mean 0 and standard deviation 1."""
        truth = (20, 1e-5, 0.85), (50, 2e-2, 0.75)
        exact = 3.0 + sum(zarc(FREQUENCIES, *values) for values in truth)
        deviations = []
        for seed in range(30):
            found = self.fit(with_noise(exact, 0.01, seed), [values[:2] for values in truth], True)
            for element, (resistance, time, exponent) in zip(found.elements, truth):
                deviations.append([
                    np.log(element.resistance / resistance) / element.resistance_error,
                    np.log(element.time_s / time) / element.time_error,
                    (element.exponent - exponent) / element.exponent_error])
        np.testing.assert_allclose(np.mean(deviations, axis=0), 0, atol=0.35)
        np.testing.assert_allclose(np.std(deviations, axis=0), 1, atol=0.2)


class Relaxation(unittest.TestCase):
    def drt(self, z, has_series=False):
        return relaxation.distribution(2 * np.pi * FREQUENCIES, z, has_series)

    def test_the_closed_form_gives_the_element(self):
        time = np.logspace(-20, 14, 6801)
        kernel = np.log(time[1] / time[0]) / (1 + 2j * np.pi * np.outer(FREQUENCIES, time))
        np.testing.assert_allclose(kernel @ zarc_gamma(time, 50, 1e-3, 0.8),
                                   zarc(FREQUENCIES, 50, 1e-3, 0.8), rtol=1e-6)

    def test_one_element_has_the_closed_form(self):
        for exponent in (0.7, 0.8, 0.9):
            drt = self.drt(3.0 + zarc(FREQUENCIES, 50, 1e-3, exponent), True)
            exact = zarc_gamma(drt.time_s, 50, 1e-3, exponent)
            self.assertLess(np.sqrt(np.mean((drt.gamma - exact)**2)), 0.03 * exact.max())
            (peak,) = drt.peaks
            self.assertAlmostEqual(1, peak.time_s / 1e-3, delta=0.03)
            self.assertAlmostEqual(50, peak.resistance, delta=0.1)
            self.assertAlmostEqual(3.0, drt.series, delta=0.02)

    def test_two_elements(self):
        drt = self.drt(5.0 + zarc(FREQUENCIES, 30, 1e-5, .85) + zarc(FREQUENCIES, 20, 1e-2, .9), True)
        for peak, (resistance, time) in zip(drt.peaks, ((30, 1e-5), (20, 1e-2)), strict=True):
            self.assertAlmostEqual(1, peak.time_s / time, delta=0.03)
            self.assertAlmostEqual(1, peak.resistance / resistance, delta=0.02)

    def test_a_plain_capacitor_is_a_narrow_peak(self):
        drt = self.drt(zarc(FREQUENCIES, 50, 1e-3))
        (peak,) = drt.peaks
        self.assertAlmostEqual(1, peak.time_s / 1e-3, delta=0.01)
        self.assertAlmostEqual(50, peak.resistance, delta=0.2)
        above = drt.time_s[drt.gamma > 0.5 * drt.gamma.max()]
        self.assertLess(above[-1] / above[0], 2)

    def test_noise_asks_for_a_greater_penalty(self):
        z = 5.0 + zarc(FREQUENCIES, 30, 1e-5, .85) + zarc(FREQUENCIES, 20, 1e-2, .9)
        drt = self.drt(with_noise(z, 0.01, 1), True)
        self.assertGreater(drt.penalty, 100 * self.drt(z, True).penalty)
        self.assertAlmostEqual(50, sum(peak.resistance for peak in drt.peaks), delta=2.5)
        self.assertTrue((drt.gamma >= 0).all())

    def test_a_resistance_has_no_relaxation(self):
        drt = self.drt(np.full(65, 7.0 + 0j), True)
        self.assertEqual([], drt.peaks)
        self.assertAlmostEqual(7.0, drt.series, places=6)


if __name__ == "__main__":
    unittest.main()
