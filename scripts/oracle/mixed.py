"""Writes tests/data/mixed_mean_counts.csv and mixed_mean_counts_by_index.csv: exact mean numbers of critical points of mixtures.

Independent of the library: the density of the k-th of n eigenvalues is taken from the joint density of all of them. With y
the k-th one, the others have the weight |x - y| e^{-x^2/2}, and by de Bruijn's formula

    int prod_{i<j} |x_i - x_j| prod w(x_i) dx = m! Pf(A),  A_ab = int int_{x<x'} (x^a x'^b - x^b x'^a) w(x) w(x') dx dx',

bordered by int x^a w for odd m = n - 1. With w = z |x - y| e^{-x^2/2} below y and |x - y| e^{-x^2/2} above, the coefficient of z^k is
the density of y_k, up to the constant that makes its integral 1. Inner integrals are incomplete moments in closed form,
outer ones Gauss-Legendre sums in 34-digit arithmetic; the library differentiates a generating function of Hermite
kernels. The total is the sum over k; at sizes without a table by index it is taken from the density of mean_count_total.py,
which must be that sum at the other sizes. Then, with r = sqrt(2 xi''/n) y,

    E C_k(u <= U) = 2 sqrt(2 xi'/(xi'+xi'')) (xi''/xi')^{n/2} int e^{-a y^2} p_k(y) P(u <= U | r) dy,
    a = (xi''-xi')/(2(xi''+xi')),  u | r ~ N(xi' r/(xi'+xi''), (xi - xi'^2/(xi'+xi''))/n).

At n = 2 every number is checked against the formula of Kac and Rice for the function on the circle, without any matrix:
f = L has covariance 2 xi(cos), Var f' = 2 xi', Var f'' = 2 (3 xi'' + xi'), Cov(f, f'') = -2 xi'; minima have f'' > 0.

Numbers by index that are below e^{-50} of their largest lose digits to the interpolation in z: they are left out.

Needs mpmath 1.3; about 3 minutes of processor time. Run from the repository's root: python3 scripts/oracle/mixed.py
"""

import csv
import sys

from mean_count_total import Density
from mpmath import erfc, exp, inf, log, mp, mpf, nstr, pi, sqrt

mp.dps = 34

MIXTURES = [
    [(3, "0.5"), (4, "0.5")],
    [(2, "0.5"), (4, "0.5")],
    [(2, "0.95"), (4, "0.05")],
    [(3, "0.5"), (16, "0.5")],
    [(1, "0.2"), (3, "0.8")],
    [(1, "0.5"), (2, "0.5")],
    [(2, "0.3"), (3, "0.6"), (5, "0.4")],
]
ENERGIES = [-2.5, -1.75, -1.6, -1.0, -0.3, 0.4, inf]
SIZES = range(2, 13)
BY_INDEX = [2, 3, 4, 5, 6, 8]
FAR = mpf(15)
PIECE = mpf(1)


def legendre(count):
    """Nodes and weights of Gauss-Legendre quadrature on (-1, 1), by Newton's method from the usual guesses."""
    rule = []
    for i in range(count):
        x = mp.cos(pi * (i + mpf(3) / 4) / (count + mpf(1) / 2))
        for _ in range(9):
            before, value = mpf(1), x
            for n in range(2, count + 1):
                before, value = value, ((2 * n - 1) * x * value - (n - 1) * before) / n
            slope = count * (x * value - before) / (x * x - 1)
            x -= value / slope
        rule.append((x, 2 / ((1 - x * x) * slope * slope)))
    return rule


INNER = legendre(22)
OUTER = legendre(22)


def places(low, high, rule, longest):
    """Nodes and weights on (low, high)."""
    count = max(1, int(mp.ceil((high - low) / longest)))
    half = (high - low) / (2 * count)
    for piece in range(count):
        middle = low + (2 * piece + 1) * half
        for node, weight in rule:
            yield middle + half * node, half * weight


def moments_from(start, x, highest):
    """int_start^x t^a e^{-t^2/2} dt for a = 0 ... highest; start may be -inf."""
    root = sqrt(pi / 2)
    edge = [mpf(0)] * (highest + 1)
    for at, sign in [(x, 1), (start, -1)]:
        if at == -inf:
            edge[0] -= sign * root
            continue
        edge[0] += sign * root * (1 - erfc(at / sqrt(mpf(2))))
        gauss, power = exp(-at * at / 2), mpf(1)
        for a in range(1, highest + 1):
            edge[a] -= sign * power * gauss
            power *= at
    for a in range(2, highest + 1):
        edge[a] += (a - 1) * edge[a - 2]
    return edge


def one_side(y, left, m):
    """Both the skew matrix and the row of single integrals of one side of y, m functions x^a."""
    matrix = [[mpf(0)] * m for _ in range(m)]
    row = [mpf(0)] * m
    start = -inf if left else y
    low, high = (-FAR, y) if left else (y, FAR)
    if low >= high:
        return matrix, row
    sign = -1 if left else 1
    for x, weight in places(low, high, INNER, mpf(5) / 2):
        inner = moments_from(start, x, m)
        # sign (t - y) e^{-t^2/2} integrated with t^a up to x
        single = [sign * (inner[a + 1] - y * inner[a]) for a in range(m)]
        value = weight * sign * (x - y) * exp(-x * x / 2)
        powers = [value]
        for _ in range(m - 1):
            powers.append(powers[-1] * x)
        for a in range(m):
            row[a] += powers[a]
            for b in range(a):
                matrix[a][b] += single[a] * powers[b] - single[b] * powers[a]
    for a in range(m):
        for b in range(a):
            matrix[b][a] = -matrix[a][b]
    return matrix, row


def pfaffian(matrix):
    """By elimination with pivots."""
    a = [row[:] for row in matrix]
    size, result = len(a), mpf(1)
    for k in range(0, size - 1, 2):
        pivot = max(range(k + 1, size), key=lambda j: abs(a[j][k]))
        if a[pivot][k] == 0:
            return mpf(0)
        if pivot != k + 1:
            a[k + 1], a[pivot] = a[pivot], a[k + 1]
            for row in a:
                row[k + 1], row[pivot] = row[pivot], row[k + 1]
            result = -result
        result *= a[k][k + 1]
        for i in range(k + 2, size):
            factor = a[k][i] / a[k][k + 1]
            for j in range(k + 2, size):
                a[i][j] -= factor * a[k + 1][j]
                a[j][i] += factor * a[k + 1][j]
    return result


def densities(y, n):
    """Proportional to the densities of y_0 ... y_{n-1} at y."""
    m = n - 1
    below, below_row = one_side(y, True, m)
    above, above_row = one_side(y, False, m)
    points = [mpf(2 * i - m) / 2 + mpf(1) / 4 for i in range(m + 1)]
    values = []
    for z in points:
        matrix = [
            [
                z * z * below[a][b] + above[a][b] + z * (below_row[a] * above_row[b] - below_row[b] * above_row[a])
                for b in range(m)
            ]
            for a in range(m)
        ]
        if m % 2 == 1:
            border = [z * below_row[a] + above_row[a] for a in range(m)]
            matrix = [row + [border[a]] for a, row in enumerate(matrix)] + [[-x for x in border] + [mpf(0)]]
        values.append(pfaffian(matrix))
    gauss = exp(-y * y / 2)
    return [c * gauss for c in coefficients(points, values)]


def coefficients(points, values):
    """Of the polynomial through these, by divided differences."""
    table, size = values[:], len(points)
    for level in range(1, size):
        for i in range(size - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (points[i] - points[i - level])
    result = [mpf(0)] * size
    for i in range(size - 1, -1, -1):
        for j in range(size - 1, 0, -1):
            result[j] = result[j - 1] - points[i] * result[j]
        result[0] = table[i] - points[i] * result[0]
    return result


def both_sides():
    for y, weight in places(mpf(0), FAR, OUTER, PIECE):
        yield y, weight
        yield -y, weight


def tabulated(n):
    """Nodes y with weights and the densities there: by symmetry from one half of the line."""
    half = []
    for y, weight in places(mpf(0), FAR, OUTER, PIECE):
        found = densities(y, n)
        half.append((y, weight, found))
        half.append((-y, weight, found[::-1]))
    masses = [sum(weight * found[k] for _, weight, found in half) for k in range(n)]
    assert all(abs(mass / masses[0] - 1) < mpf(10) ** -15 for mass in masses), (n, masses)
    return [(y, weight, [p / masses[0] for p in found]) for y, weight, found in half]


def at_one(mixture):
    shares = [(p, mpf(v)) for p, v in mixture]
    return sum(v for _, v in shares), sum(p * v for p, v in shares), sum(p * (p - 1) * v for p, v in shares)


def counts(mixture, n, energy, table):
    """Mean numbers by index."""
    xi, xi1, xi2 = at_one(mixture)
    total = xi1 + xi2
    tilt = (xi2 - xi1) / (2 * total)
    factor = 2 * sqrt(2 * xi1 / total) * (xi2 / xi1) ** (mpf(n) / 2)
    deviation = sqrt((xi - xi1 * xi1 / total) / n)
    sums = [mpf(0)] * len(table[0][2])
    for y, weight, found in table:
        typical = xi1 / total * sqrt(2 * xi2 / n) * y
        below = mpf(1) if energy == inf else erfc(-(mpf(energy) - typical) / deviation / sqrt(mpf(2))) / 2
        value = factor * weight * exp(-tilt * y * y) * below
        for k, density in enumerate(found):
            sums[k] += value * density
    return sums


def on_the_circle(mixture, energy):
    """Minima and maxima at n = 2 by Kac and Rice."""
    xi, xi1, xi2 = at_one(mixture)
    curvature = 2 * (3 * xi2 + xi1)
    slope = -2 * xi1 / curvature
    rest = 2 * xi - 4 * xi1 * xi1 / curvature
    result = []
    for sign in [1, -1]:

        def value(t):
            typical = slope * sign * t
            below = mpf(1) if energy == inf else erfc(-(2 * mpf(energy) - typical) / sqrt(2 * rest)) / 2
            return t * exp(-t * t / (2 * curvature)) / sqrt(2 * pi * curvature) * below

        scale = sqrt(curvature)
        integral = mp.quad(value, [scale * i for i in range(0, 21)])
        result.append(2 * pi * integral / sqrt(4 * pi * xi1))
    return result


def name(mixture):
    return " ".join(f"{p}:{v}" for p, v in mixture)


def rows():
    for n in SIZES:
        is_by_index = n in BY_INDEX
        density = Density(n)
        whole = [(y, weight, [density(y)]) for y, weight in both_sides()]
        table = tabulated(n) if is_by_index else None
        print(f"{n}: tabulated", file=sys.stderr)
        for mixture in MIXTURES:
            largest = counts(mixture, n, inf, table) if is_by_index else None
            for energy in ENERGIES:
                total = counts(mixture, n, energy, whole)[0]
                found = counts(mixture, n, energy, table) if is_by_index else None
                assert found is None or abs(sum(found) / total - 1) < mpf(10) ** -14, (n, found, total)
                if n == 2:
                    other = on_the_circle(mixture, energy)
                    assert all(abs(a / b - 1) < mpf(10) ** -15 for a, b in zip(found, other)), (found, other)
                yield n, mixture, energy, total, found, largest


def main():
    with open("tests/data/mixed_mean_counts.csv", "w", newline="") as all_file:
        with open("tests/data/mixed_mean_counts_by_index.csv", "w", newline="") as index_file:
            every, by_index = (csv.writer(file, lineterminator="\n") for file in (all_file, index_file))
            every.writerow(["dim", "mixture", "below_u", "log_mean_count"])
            by_index.writerow(["dim", "mixture", "below_u", "index", "log_mean_count"])
            for n, mixture, energy, total, found, largest in rows():
                below = "inf" if energy == inf else repr(energy)
                every.writerow([n, name(mixture), below, nstr(log(total), 16)])
                for k, value in enumerate(found or []):
                    if value < exp(-50) * largest[k]:
                        continue
                    by_index.writerow([n, name(mixture), below, k, nstr(log(value), 16)])


if __name__ == "__main__":
    main()
