"""Writes tests/data/log_mean_counts_total.csv and log_mean_counts_large.csv: ln E C_L(-inf, L u), all indices together.

Exact at finite dimension L, by plain 60-digit quadrature of the GOE's density (Auffinger, Ben Arous, Cerny 2010,
Theorem 2.2). With y = sqrt(L) x and orthonormal Hermite functions phi_n(y), the density of eigenvalues is (Mehta 2004,
chapter 7)

    L rho dy = sum_{n<L} phi_n^2 + sqrt(L/2) phi_{L-1} (J_L - (1/2) int phi_L) [+ phi_{L-1} / int phi_{L-1}, odd L],
    J_n(y) = int_{-inf}^y phi_n,

and ln E C = ln(2 sqrt(2/H)) + (L/2) ln(H-1) + ln int e^{-(H-2) y^2 / (2H)} L rho dy up to y = sqrt(L H / (2(H-1))) u.
Nothing is scaled, expanded or truncated: mpmath's exponents have no end, its digits are checked by repeating rows with
another rule. below_u stands for the double nearest to what is printed; inf for all critical points.

Needs mpmath 1.3. Run from the repository's root: python3 scripts/oracle/mean_count_total.py
"""

import csv

from mpmath import erfc, exp, inf, log, mp, mpf, nstr, pi, sqrt

mp.dps = 60
NODES = 40


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


class Density:
    """L rho as a function of y."""

    def __init__(self, dim):
        self.dim = dim
        self.up = [sqrt(mpf(2) / (n + 1)) for n in range(dim)]
        self.down = [sqrt(mpf(n) / (n + 1)) for n in range(dim)]
        self.whole = self.integral_over_the_line(dim)
        self.before = self.integral_over_the_line(dim - 1)

    def integral_over_the_line(self, n):
        if n % 2 == 1:
            return mpf(0)
        value = pi ** (-mpf(1) / 4) * sqrt(2 * pi)
        for m in range(1, n, 2):
            value *= self.down[m]
        return value

    def __call__(self, y):
        dim, up, down = self.dim, self.up, self.down
        before, phi = mpf(0), pi ** (-mpf(1) / 4) * exp(-y * y / 2)
        # J_n has the parity of dim: from J_0 by the error function, or from J_1 = -sqrt(2) phi_0.
        integral = pi ** (-mpf(1) / 4) * sqrt(pi / 2) * erfc(-y / sqrt(mpf(2))) if dim % 2 == 0 else mpf(0)
        squares = mpf(0)
        for n in range(dim):
            squares += phi * phi
            if (dim - n) % 2 == 1:  # phi_n' = sqrt(n/2) phi_{n-1} - sqrt((n+1)/2) phi_{n+1}, integrated
                integral = down[n] * integral - up[n] * phi
            if n < dim - 1:
                before, phi = phi, up[n] * y * phi - down[n] * before
        total = squares + sqrt(mpf(dim) / 2) * phi * (integral - self.whole / 2)
        return total if dim % 2 == 0 else total + phi / self.before


def end_of(dim, spins, u):
    return mpf(u) * sqrt(mpf(dim) * spins / (2 * (spins - 1)))


def log_counts(dim, wanted, rule, narrower=1, digits=50):
    """ln E C for every (spins, u) of wanted, u a double or inf; the tail on the left is cut at so many digits."""
    density = Density(dim)
    ends = {(spins, u): (mpf(0) if u == inf else end_of(dim, spins, u)) for spins, u in wanted}
    orders = sorted({spins for spins, _ in wanted})
    # An oscillation of phi^2 is pi / sqrt(2 dim) long: some 5 of them to a panel of 40 nodes.
    widest = min(mpf(1) / 2, 16 / sqrt(mpf(2 * dim))) / narrower

    def panel(left, right):
        middle, half = (left + right) / 2, (right - left) / 2
        sums = dict.fromkeys(orders, mpf(0))
        for node, weight in rule:
            y = middle + half * node
            value = weight * half * density(y)
            for spins in orders:
                sums[spins] += value * exp(-mpf(spins - 2) / (2 * spins) * y * y)
        return sums

    marks = sorted(set(ends.values()))
    so_far = dict.fromkeys(orders, mpf(0))
    left = marks[0]
    while True:  # to the left of the first end, until nothing comes
        part = panel(left - widest, left)
        for spins in orders:
            so_far[spins] += part[spins]
        left -= widest
        if all(part[spins] < so_far[spins] * mpf(10) ** -digits for spins in orders):
            break
    at = {marks[0]: dict(so_far)}
    for start, stop in zip(marks, marks[1:]):
        pieces = int(mp.ceil((stop - start) / widest))
        for i in range(pieces):
            part = panel(start + (stop - start) * i / pieces, start + (stop - start) * (i + 1) / pieces)
            for spins in orders:
                so_far[spins] += part[spins]
        at[stop] = dict(so_far)
    result = {}
    for spins, u in wanted:
        integral = at[ends[spins, u]][spins] * (2 if u == inf else 1)  # the density is even
        result[spins, u] = (
            log(2 * sqrt(mpf(2) / spins)) + mpf(dim) / 2 * log(mpf(spins - 1)) + log(integral)
        )
    return result


def threshold(spins):
    return float(2 * sqrt(mpf(spins - 1) / spins))


ENERGIES = {
    2: [-1.75, -threshold(2), -0.5, 0.7, inf],
    3: [-2.5, -1.75, -1.65, -threshold(3), -1.6, -1.3, -0.5, 0.0, 0.7, inf],
    4: [-2.5, -1.75, -threshold(4), -1.3, 0.0, 0.7, inf],
    6: [-2.5, -threshold(6), -1.6, -0.5, inf],
    10: [-2.5, -threshold(10), -1.6, -0.5, 0.0, inf],
}
SPINS_OF = {
    **dict.fromkeys([2, 3, 4, 5, 8, 10, 25, 50, 51, 100, 101, 200], [2, 3, 4, 6, 10]),
    400: [2, 3, 4],
    1000: [3],
}
LARGE = {
    3000: {3: [-1.75, -threshold(3), -1.3, 0.0], 6: [-2.5, -threshold(6), -0.5]},
    10000: {3: [-1.75, -threshold(3), -1.3], 6: [-threshold(6)]},
}


def checked(dim, found, rule):
    """Stops where a closed form, or another rule on other panels, disagrees."""
    for (spins, u), value in found.items():
        if u == inf:
            h = mpf(spins)
            closed = {2: 2 * sqrt(3 * h - 2), 3: 2 + 8 * (h - 1) ** mpf(1.5) / sqrt(3 * h - 2)}.get(dim)
            closed = mpf(2 * dim) if spins == 2 else closed
            assert closed is None or abs(exp(value) / closed - 1) < mpf(10) ** -40, (dim, spins)
    if dim in (2, 5, 51, 100):
        again = log_counts(dim, list(found), rule, narrower=mpf(1.3))
        assert all(abs(again[key] - value) < mpf(10) ** -40 for key, value in found.items()), dim
    return found


def table(name, rows):
    """Writes (dim, {(spins, u): value}) as they come."""
    with open(f"tests/data/{name}", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["dim", "spins", "below_u", "log_mean_count"])
        for dim, found in rows:
            for (spins, u), value in found.items():
                writer.writerow([dim, spins, "inf" if u == inf else repr(u), nstr(value, 18)])
            file.flush()


def total(rule):
    finer = legendre(NODES + 7)
    for dim, orders in SPINS_OF.items():
        wanted = [(spins, u) for spins in orders for u in ENERGIES[spins]]
        yield dim, checked(dim, log_counts(dim, wanted, rule), finer)


def large(rule):
    """One end at a time, since here the integrand ends soon on the left of each."""
    for dim, energies in LARGE.items():
        for spins in energies:
            for u in energies[spins]:
                yield dim, log_counts(dim, [(spins, u)], rule, digits=25)


if __name__ == "__main__":
    rule = legendre(NODES)
    table("log_mean_counts_total.csv", total(rule))
    table("log_mean_counts_large.csv", large(rule))
