#!/usr/bin/env python3
"""How the stairs of an oblique boundary answer a far field, and the table that makes them answer as the plane
does.

The local problem. An infinite plane of normal n and areal resistance r, conductivities sigma_1 and sigma_2 on
its sides (harmonic mean sigma), cuts a grid; the cells on either side make stairs. Faces have two-point
conductances: c_d between two cells of one grain, bulk resistance b_d (half a cell on either side) and s_d r/A_d
in series across the stairs, and

    1/T = (1 + alpha) b_d + s_d r/A_d   on the stairs, s_d = w/|n_d| + (1 - w) |n_d|, w = 1 - 1/(1 + beta)^2,
    T = (1 + gamma_d) c_d               on faces inside a grain that touch a cell with a face on the stairs.

beta = r sigma/h with h = |n_d h_d|. With s_d = 1/|n_d| the potential jumps by r J_n at every beta. With |n_d| a given
current dissipates as much on the stairs as on the plane, to first order in beta: so w makes weak boundaries right
wherever the current is uniform, at the edges of facets too, with alpha = gamma = 0.

Far away a tangential field t and a normal current J_n are given, the same on both sides. What the boundary adds
to two half spaces that meet is a symmetric 3 x 3 matrix of lengths, the surface response (currents in units of
sigma):

    R_nn  jump of the potential for a unit normal current                              plane: r sigma
    R_tu  tangential current lost per unit area for a unit field                       plane: 0
    R_nt  jump for a tangential field, or current lost along t for a normal one        plane: 0

With s_d = 1/|n_d|, alpha = gamma = 0 and one conductivity R_nn and R_nt are exact at every r, but stairs block
current along the boundary: |R - plane| is 0.1 cells at beta = 0.1 and up to 0.85 for beta -> infinity, the first-order error
that is left. Different conductivities lose more: |R - plane| is 1.7 cells for a ratio of 10 and r = 0. alpha
and gamma are those that bring R closest to the plane's in the sum of squares of all nine entries (R_tu with the
arithmetic mean for sigma: currents count by what flows), which does not depend on how axes are named. Nothing
else is fitted. Normals (a, b, 0) and (a, a, a) are matched exactly; four numbers cannot match all six entries
of every R, and up to 0.2 cells (equal conductivities) stay, in R_nt and with opposite signs in R_tt and R_uu. (Asking for
R_nn and R_tu alone leaves R_nt, leaves gamma open for normals (a, b, 0), and lets it grow without bound for (1,
1, m).)

Weak boundaries. R_nt of order beta is left then (the field that a current along n drives along the boundary). It
takes alpha and gamma of order sqrt(beta), which cancel to first order in R on an infinite plane but not at the edges
where facets meet; for beta -> 0 what is left there would outweigh the boundary. So a pull asks alpha and gamma for an
error of PULL times their own size, in cells: below beta = 0.1 or so they stay near 0. PULL = 0.3 leaves the diagonal
of R (in the grid's axes) within 0.003 cells up to beta = 1, PULL = 1 within 0.02. Contrast alone has no pull.

y = sqrt(beta/(1 + beta)) and delta = |sigma_1 - sigma_2|/(sigma_1 + sigma_2) are variables in which alpha and
gamma are smooth; the table has them divided by sqrt(lost/(1 + lost)), lost = beta + delta^2/(1 - delta^2), so
that interpolation lets them go to 0 faster than y.

Cells that are no cubes. The stairs are those of unit cubes cut by a plane of normal n_d h_d; with beta = r
sigma/|n_d h_d| all ratios on the stairs are the cubes' as well, but not c_x : c_y : c_z. The table of cubes is
read there: for beta -> infinity exact for n_d h_d along (1, 1, 1) and (1, 0, 1), elsewhere --check shows what
it costs.

The plane has a rational normal, so its stairs repeat by translation: column (i, j) is the same as column p i +
q j (mod m), a step higher for each m. A problem has m columns, not m^2, and takes milliseconds. One
factorisation gives the three fields and, since R comes from an energy, the exact derivative by every face:
dR_ab/dT = -g_a g_b/(area sigma), g the drop over the face.

Usage:
  tabulate.py FILE          write the table as a C file (a minute or two)
  tabulate.py --test FILE   solve a few of its entries anew and compare
  tabulate.py --check FILE  errors of the interpolation, of cells that are no cubes, of unequal conductivities
"""
import math
import re
import sys

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spla

NORMAL_STEPS = 8  # nodes (p, q, 8), 0 <= q <= p <= 8, of |n| sorted and divided by its largest component
BETA_STEPS = 16  # of sqrt(beta/(1 + beta)) from 0 to 1
CONTRAST_STEPS = 4  # of |sigma_1 - sigma_2|/(sigma_1 + sigma_2) from 0 to 1
LARGEST_BETA, LARGEST_CONTRAST = 1e4, 0.98  # stand for the limits; 0.98 is a ratio of 99
UNIT = 1e-4  # of the integers in the table
PULL = 0.3  # of alpha and gamma to 0
LEAST_PULL = 1e-3  # decides what the response leaves open


class Stairs:
    """The stairs of the plane z = (p x + q y)/m, in cells, on a grid of given spacing; sigma below and above."""

    def __init__(self, p, q, m, spacing=(1.0, 1.0, 1.0), sigma=(1.0, 1.0)):
        p, q, m = (v // math.gcd(p, q, m) for v in (p, q, m))
        self.spacing, self.sigma = np.asarray(spacing, float), np.asarray(sigma, float)
        self.mean_sigma = 2 / (1 / self.sigma).sum()
        volume = self.spacing.prod()
        self.normal = np.array([-p, -q, m]) / self.spacing
        self.normal /= np.linalg.norm(self.normal)
        self.area = m * volume / self.spacing[2] / self.normal[2]  # of one period
        self.face_area = volume / self.spacing
        self._connect(p, q, m)
        side = self.sigma[self.is_upper.astype(int)]
        self.bulk = np.where(self.is_boundary, self.mean_sigma, side) * (volume / self.spacing**2)[self.axis]
        self.shared = np.where(self.is_boundary, self.sigma.mean(), side) * (volume / self.spacing**2)[self.axis]
        self._base_fields(p, q, m, side)

    def _connect(self, p, q, m):
        """Faces from cell a to cell b along an axis: is_boundary across the stairs, beside where gamma acts."""
        half = 12 + 2 * m
        levels = 2 * half
        column, level = np.arange(m)[:, None], np.arange(levels)[None, :]
        surface = lambda line: (2 * line + p + q + m) // (2 * m)  # top of the stairs in column `line` = p i + q j
        faces = []
        for axis, step in enumerate((p, q, 0)):
            line = column + step
            level_b = level + surface(column) - surface(line) + (axis == 2)
            inside = (level_b >= 0) & (level_b < levels)
            pair = (column * levels + level, (line % m) * levels + level_b, np.full_like(level_b, axis),
                    (level < half) != (level_b < half), np.broadcast_to(level >= half, level_b.shape))
            faces.append(np.stack([part[inside] for part in pair]))
        self.a, self.b, self.axis, self.is_boundary, self.is_upper = np.concatenate(faces, axis=1)
        self.is_boundary, self.is_upper = self.is_boundary.astype(bool), self.is_upper.astype(bool)
        self.num_cells, self.levels = m * levels, levels
        touching = np.zeros(self.num_cells, bool)
        touching[self.a[self.is_boundary]] = touching[self.b[self.is_boundary]] = True
        self.beside = ~self.is_boundary & (touching[self.a] | touching[self.b])
        self.is_whole = np.bincount(np.r_[self.a, self.b], minlength=self.num_cells) == 6
        rows, one = np.arange(len(self.a)), np.ones(len(self.a))
        self.drop = sp.csr_matrix((np.r_[one, -one], (np.r_[rows, rows], np.r_[self.a, self.b])))
        # height of the cells over the plane, which has as much volume on either side as the stairs
        line, self.level = np.divmod(np.arange(self.num_cells), levels)
        over = surface(line) - line / m
        self.height = over - over.mean() + self.level - half + 0.5

    def _base_fields(self, p, q, m, side):
        """Drop over every face of the plane's own fields with r = 0, in the frame n, t, u: a current mean_sigma along
        n, unit fields along t and u."""
        t = np.cross(self.normal, [0, 0, 1.0]) if p or q else np.array([1.0, 0, 0])
        t /= np.linalg.norm(t)
        self.frame = np.stack([self.normal, t, np.cross(self.normal, t)])
        self.base = (self.frame * self.spacing)[:, self.axis].T.copy()
        run = self.base[:, 0] * self.mean_sigma
        below = self.height[self.a] * self.spacing[2] * self.normal[2]
        ohmic = lambda x: x / self.sigma[(x > 0).astype(int)]
        crossing = ohmic(below + run / self.mean_sigma) - ohmic(below)
        self.base[:, 0] = np.where(self.is_boundary, crossing * self.mean_sigma, run / side)

    def respond(self, resistance, alpha, gamma):
        """R [length] in the frame n, t, u, normal currents in units of mean_sigma, and dR by (alpha, gamma_x, y, z)."""
        unit = self.bulk * np.where(self.beside, 1 + np.asarray(gamma)[self.axis], 1)
        n = np.maximum(np.abs(self.normal), 1e-12)
        beta = self.beta(resistance)
        w = 1 - 1 / (1 + beta)**2
        stair = (resistance * (w / n + (1 - w) * n) / self.face_area)[self.axis]
        conductance = np.where(self.is_boundary, 1 / ((1 + alpha) / self.bulk + stair), unit)
        matrix = (self.drop.T @ sp.diags(conductance) @ self.drop).tocsc()[1:, 1:]
        source = -(self.drop.T @ (conductance[:, None] * self.base)) * self.is_whole[:, None]
        potential = np.zeros((self.num_cells, 3))
        potential[1:] = spla.splu(matrix).solve(source[1:])
        drops = self.base + self.drop @ potential
        scale = self.area * self.mean_sigma
        carried = drops.T @ (conductance[:, None] * self.base)
        response = (self.base.T @ (self.shared[:, None] * self.base) - carried) / scale
        jump = potential[self.level < 2].mean(axis=0) - potential[self.level >= self.levels - 2].mean(axis=0)
        response[0, :] = response[:, 0] = jump
        slopes = [np.where(self.is_boundary, -conductance**2 / self.bulk, 0)]
        slopes += [np.where(self.beside & (self.axis == d), self.bulk, 0) for d in range(3)]
        return response, np.array([-(drops.T * slope) @ drops / scale for slope in slopes])

    def beta(self, resistance):
        return resistance * self.mean_sigma / np.linalg.norm(self.normal * self.spacing)

    def excess(self, resistance, x):
        """R minus that of the plane, and its derivative; x = (alpha, gamma_x, gamma_y, gamma_z)."""
        response, slopes = self.respond(resistance, x[0], x[1:])
        response[0, 0] -= resistance * self.mean_sigma
        return response, slopes

    def match(self, resistance):
        """alpha, gamma_x, gamma_y, gamma_z that bring R closest to the plane's (Levenberg-Marquardt)."""
        beta = self.beta(resistance)
        lost = beta + self.sigma.mean() / self.mean_sigma - 1  # cells, while small
        if lost < 1e-12 or (np.abs(self.normal) > 1 - 1e-12).any():
            return np.zeros(4)
        weight = np.r_[1, np.full(2, np.sqrt(self.mean_sigma / self.sigma.mean()))]  # lost current against what flows
        weight = np.outer(weight, weight).ravel() * (1 + lost) / lost / np.linalg.norm(self.normal * self.spacing)
        pull = np.hypot(LEAST_PULL, PULL * beta / lost**2)

        def residual(x):
            response, slopes = self.excess(resistance, x)
            slopes = slopes.reshape(4, 9).T * weight[:, None]
            return np.r_[response.ravel() * weight, pull * x], np.r_[slopes, pull * np.eye(4)]

        x, damping = np.zeros(4), 1e-3
        value, slope = residual(x)
        for _ in range(100):
            normal = slope.T @ slope
            step = -np.linalg.solve(normal + damping * np.diag(np.diag(normal)), slope.T @ value)
            if np.abs(step).max() < 1e-9:
                break
            trial = residual(x + step) if (x + step > -0.9).all() else None
            if trial and trial[0] @ trial[0] <= value @ value:
                x, (value, slope), damping = x + step, trial, damping / 10
            else:
                damping = max(10 * damping, 1e-6)
        return x


def nodes():
    return [(p, q, NORMAL_STEPS) for p in range(NORMAL_STEPS + 1) for q in range(p + 1)]


def scale(beta, delta):
    lost = beta + delta**2 / (1 - delta**2)
    return np.sqrt(lost / (1 + lost))


def solve_entry(node, y, delta):
    """alpha and gamma along the middle, smallest and largest component of the normal, over their scale; equal
    components, equal gamma."""
    beta = min(y * y / (1 - y * y), LARGEST_BETA) if y < 1 else LARGEST_BETA
    delta = min(delta, LARGEST_CONTRAST)
    stairs = Stairs(*node, sigma=(1 - delta, 1 + delta))
    alpha, *gamma = stairs.match(beta / stairs.mean_sigma)
    gamma = [np.mean([g for g, other in zip(gamma, node) if other == size]) if size else 0.0 for size in node]
    return np.array([alpha, *gamma]) / scale(beta, delta) if beta or delta else np.zeros(4)


def tabulate():
    return np.array([[[solve_entry(node, y, delta) for node in nodes()] for y in np.linspace(0, 1, BETA_STEPS + 1)]
                     for delta in np.linspace(0, 1, CONTRAST_STEPS + 1)])


def write(path):
    numbers = np.rint(tabulate() / UNIT).astype(int)
    lines, line = [], " "
    for number in numbers.ravel():
        if len(line) + len(str(number)) > 97:
            lines.append(line)
            line = " "
        line += f" {number},"
    with open(path, "w", encoding="ascii") as file:
        file.write("/* Written by tabulate.py, which says what this is; again: tabulate.py response_table.c\n"
                   "   Order and unit: response_table.h. */\n"
                   '#include "response_table.h"\n\n/* clang-format off */\n'
                   "const float response_table[RESPONSE_SIZE] = {\n")
        file.write("\n".join([*lines, line]) + "\n};\n")


def read(path):
    with open(path, encoding="ascii") as file:
        numbers = re.findall(r"-?\d+", file.read().split("= {")[1])
    return np.array(numbers, float).reshape(CONTRAST_STEPS + 1, BETA_STEPS + 1, -1, 4) * UNIT


def test(path):
    """A few entries, spread over the table; 1.5 units for the rounding of another machine."""
    table, worst = read(path), 0
    for d, b, number in ((0, 1, 44), (0, 4, 20), (0, 8, 12), (1, 0, 30), (2, 5, 26), (4, 2, 35), (3, 8, 44), (0, 3, 3)):
        entry = solve_entry(nodes()[number], b / BETA_STEPS, d / CONTRAST_STEPS)
        worst = max(worst, np.abs(entry - table[d, b, number]).max())
    print(f"largest difference {worst:.1e}")
    return int(worst > 1.5 * UNIT)


def look_up(table, normal, beta, delta=0.0):
    """As BoundaryResponse() does; alpha and gamma by axis."""
    size = np.abs(normal)
    order = np.argsort(-size, kind="stable")
    x, y = NORMAL_STEPS * size[order[1:]] / size[order[0]]
    i, j = min(int(x), NORMAL_STEPS - 1), min(int(y), NORMAL_STEPS - 1)
    u, v = x - i, y - j
    at = lambda p, q: p * (p + 1) // 2 + q
    middle = at(i + 1, j) if u >= v else at(i, j + 1)
    parts = ((1 - max(u, v), at(i, j)), (abs(u - v), middle), (min(u, v), at(i + 1, j + 1)))
    b, d = np.sqrt(beta / (1 + beta)) * BETA_STEPS, delta * CONTRAST_STEPS
    k, e = min(int(b), BETA_STEPS - 1), min(int(d), CONTRAST_STEPS - 1)
    corners = ((1 - d + e) * (1 - b + k), e, k), ((1 - d + e) * (b - k), e, k + 1), ((d - e) * (1 - b + k), e + 1, k), \
        ((d - e) * (b - k), e + 1, k + 1)
    value = sum(w * share * table[c, t, n] for w, n in parts for share, c, t in corners)
    result = np.empty(4)
    result[[0, *(1 + order[[1, 2, 0]])]] = value * scale(beta, delta)
    return result


def print_errors(title, cases, table):
    """|R - plane| in cells, root mean square and largest of the cases (normal, beta, spacing, sigma)."""
    errors = []
    for node, beta, spacing, sigma in cases:
        stairs = Stairs(*node, spacing=spacing, sigma=sigma)
        scaled = stairs.normal * stairs.spacing
        cell = np.linalg.norm(scaled)
        resistance = beta * cell / stairs.mean_sigma
        contrast = abs(sigma[0] - sigma[1]) / sum(sigma)
        trials = [np.zeros(4), look_up(table, scaled, beta), look_up(table, scaled, beta, contrast),
                  stairs.match(resistance)]
        errors.append([np.linalg.norm(stairs.excess(resistance, x)[0]) / cell for x in trials])
    errors = np.array(errors)
    print(f"{title:34s}" + "".join(f"{rms:8.3f}{most:7.3f}" for rms, most in
                                    zip(np.sqrt((errors**2).mean(axis=0)), errors.max(axis=0))))


def check(path):
    """How far the response is from the plane's: without corrections, with the table, and matched for the very case."""
    table, cube, equal = read(path), (1, 1, 1), (1, 1)
    between = [(3, 2, 7), (5, 3, 11), (7, 1, 9), (11, 5, 16), (13, 12, 15), (11, 0, 13), (11, 10, 11), (1, 0, 3)]
    vicinal = [(1, 0, 9), (2, 1, 9), (1, 0, 20), (1, 1, 20), (2, 1, 20)]
    some = [(1, 1, 1), (1, 0, 1), (1, 0, 2), (2, 0, 1), (2, 1, 3), (3, 1, 2), (1, 1, 3), (3, 3, 1)]
    print(f"{'cells: rms, largest':34s}{'no correction':>15s}{'sigma equal':>15s}{'table':>15s}{'matched':>15s}")
    for beta in (0.03, 0.3, 2.0, 30.0, 1e3):
        print_errors(f"normals between nodes, beta {beta:g}", [(n, beta, cube, equal) for n in between], table)
        print_errors(f"near an axis, beta {beta:g}", [(n, beta, cube, equal) for n in vicinal], table)
    for aspect in (0.25, 0.5, 2, 4):
        for beta in (0.1, 1, 1e3):
            print_errors(f"dz/dx {aspect:g}, beta {beta:g}", [(n, beta, (1, 1, aspect), equal) for n in some], table)
    for ratio in (0.1, 0.3, 3, 10, 30):
        for beta in (0, 0.1, 1, 1e3):
            print_errors(f"conductivities 1 : {ratio:g}, beta {beta:g}", [(n, beta, cube, (1, ratio)) for n in some],
                         table)


def main(arguments):
    action = {"--test": test, "--check": check}.get(arguments[0]) if len(arguments) == 2 else None
    if action:
        return action(arguments[1])
    if len(arguments) == 1 and not arguments[0].startswith("-"):
        return write(arguments[0])
    return __doc__[__doc__.index("Usage"):]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
