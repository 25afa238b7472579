"""Writes tests/data/threshold_gaps.csv: E_k - E_inf by 60-digit arithmetic on the printed formulas.

Independent of the library: the equation is solved in u as the paper prints it, where the library solves in an angle.
Needs mpmath 1.3. Run from the repository's root: python3 scripts/oracle/thresholds.py
"""

import csv

from mpmath import findroot, log, mp, mpf, nstr, sqrt

mp.dps = 60


def theta(k, spins, u):
    """Theta_{k,H}(u) for u <= -E_inf, as printed in Choromanska et al. (2015) before Theorem 4.1."""
    h = mpf(spins)
    e_inf = 2 * sqrt((h - 1) / h)
    root = sqrt(u * u - e_inf * e_inf)
    rate = -u / e_inf**2 * root - log(-u + root) + log(e_inf)
    return log(h - 1) / 2 - (h - 2) * u * u / (4 * (h - 1)) - (k + 1) * rate


def gap(k, spins):
    """E_k - E_inf by bisection on a bracket, then a few secant steps."""
    h = mpf(spins)
    e_inf = 2 * sqrt((h - 1) / h)
    low, high = mpf(10) ** -30, mpf(100)
    for _ in range(150):
        middle = sqrt(low * high)
        if theta(k, spins, -e_inf - middle) > 0:
            low = middle
        else:
            high = middle
    return findroot(lambda g: theta(k, spins, -e_inf - g), (low, high), tol=mpf(10) ** -45)


with open("tests/data/threshold_gaps.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["spins", "index", "gap"])
    for spins in (3, 4, 10, 100):
        for k in (0, 1, 10, 100, 1000):
            writer.writerow([spins, k, nstr(gap(k, spins), 18)])
