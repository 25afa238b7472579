"""Writes tests/data/ground_states.csv: ground-state energies of mixtures with at most five steps of replica symmetry breaking.

Independent of the library, which minimises over profiles on hundreds of knots by an interior-point method and proves a bound from
below: here profiles B(q) = c + sum nu_j (1 - max(q, t_j)) have one to five kinks, whose places and sizes a general-purpose
minimiser moves. The value, sqrt(l R) with l = xi'(0) B(0) + int xi'' B and R = int 1/B, is a bound from above for every B
(Chen, Sen 2017, Theorem 1).

Needs numpy and scipy; some minutes. Run from the repository's root: python3 scripts/oracle/ground_states.py
"""

import csv

import numpy as np
from scipy.optimize import minimize

MIXTURES = [
    [(3, 0.5), (4, 0.5)],
    [(3, 0.5), (16, 0.5)],
    [(1, 0.2), (3, 0.8)],
    [(2, 0.5), (4, 0.5)],
    [(2, 0.7), (10, 0.3)],
    [(1, 0.05), (3, 0.5), (16, 0.45)],
    [(2, 0.9), (3, 0.02), (100, 0.08)],
]
STEPS = [1, 2, 3, 5]
STARTS = 6


def energy(x, mixture, steps):
    """At ln c, ln nu_j and the logits of kinks; without a field the first kink is at 0."""
    has_field = mixture[0][0] == 1
    last, sizes = np.exp(x[0]), np.exp(x[1 : 1 + steps])
    kinks = 1 / (1 + np.exp(-x[1 + steps :]))
    kinks = np.sort(kinks if has_field else np.append(kinks, 0.0))
    knots = np.concatenate(([0.0], kinks, [1.0]))
    falls = np.concatenate(([0.0], np.cumsum(sizes)))
    widths = np.diff(knots)
    values = last + np.append(np.cumsum((falls * widths)[::-1])[::-1], 0.0)
    xi = sum(v * knots**p for p, v in mixture)
    linear = sum(p * v for p, v in mixture) * last + falls @ np.diff(xi)
    ratios = values[:-1] / values[1:]
    means = np.where(falls * widths > 0, np.log(ratios) / np.maximum(falls, 1e-300), widths / values[1:])
    return np.sqrt(linear * means.sum())


def least(mixture, steps):
    random = np.random.default_rng(steps)
    best = np.inf
    for _ in range(STARTS):
        free = steps if mixture[0][0] == 1 else steps - 1
        x = np.concatenate((random.normal(size=1 + steps) - 1, 1.5 * random.normal(size=free)))
        x = minimize(energy, x, args=(mixture, steps), method="BFGS", options={"gtol": 1e-11, "maxiter": 3000}).x
        options = {"xatol": 1e-13, "fatol": 1e-15, "maxiter": 20000, "maxfev": 20000}
        best = min(best, minimize(energy, x, args=(mixture, steps), method="Nelder-Mead", options=options).fun)
    return best


def main():
    with open("tests/data/ground_states.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["mixture", "steps", "energy"])
        for mixture in MIXTURES:
            for steps in STEPS:
                name = " ".join(f"{p}:{v}" for p, v in mixture)
                writer.writerow([name, steps, f"{least(mixture, steps):.15f}"])
                file.flush()


if __name__ == "__main__":
    main()
