"""Whether two protocols reach the same minima, from the same starts on the same surfaces.

python3 scripts/compare_protocols.py HSPIN DIR [--dims 100,200] [--instances 20] [--starts 100] [--seed 1] [--threads N]
    [PAIR …]

A PAIR is two protocols with a colon, by default fast:sgd fast:gd sgd:gd and the control anneal:gd (300 sweeps), whose laws
are known to differ. Sweeps go to DIR and resume there. The first table has one row per protocol:

    gradients     mean per start before the polish, the first point included
    u, sd         mean energy per spin, its standard error over surfaces, and the deviation over starts of one surface
    distinct      mean number of distinct minima per surface

The second table has one row per pair:

    difference    mean of u of the first less u of the second, paired by surface, with its standard error over surfaces
    p of it       of the hypothesis that it is symmetric about 0, by random signs of the surfaces' differences
    same          share of starts that end at the same minimum under both (overlap above 1 - 1e-8)
    by chance     the same for two different starts of one surface
    overlap       mean overlap of the two ends of a start; of two different starts it is about 0
    KS            Kolmogorov-Smirnov distance of the energies of one surface's starts, mean over surfaces
    p             of the hypothesis that each start's two ends are exchangeable, hence that both laws of the energy are equal:
                  the two ends are swapped at random, start by start, and KS is computed again
    power         share of data sets, made of these by random swaps, that the same test rejects at 5 % where the lower end
                  of a start goes to the first protocol more often than to the second, so often that their means of u
                  differ by so much per spin; with 0 it is the rate of false alarms. Every energy is one that was found,
                  so that the test sees no more than it could see. "-" where ends are too near for such a difference

Only starts that converge under both protocols of a pair are compared.
"""
import argparse
import csv
import os
import random
import subprocess
from array import array
from collections import defaultdict
from itertools import accumulate, compress
from statistics import fmean, stdev

from compare_presets import converged, flip_test

PAIRS = ["fast:sgd", "fast:gd", "sgd:gd", "anneal:gd"]
MORE = {"anneal": ["--sweeps", "300"]}
SWAPS, POWER_SWAPS, POWER_SETS = 1999, 99, 100
SHIFTS = [0, 0.001, 0.002, 0.004, 0.008]
SAME = 1 - 1e-8


def points(folder, dim):
    """Points of one surface, one array of doubles each, from a file of NumPy's format."""
    with open(f"{folder}/points.npy", "rb") as file:
        file.seek(8)
        file.seek(int.from_bytes(file.read(2), "little"), os.SEEK_CUR)
        values = array("d", file.read())
    return [values[first : first + dim] for first in range(0, len(values), dim)]


def ends(args, protocol, dim):
    """(row, point) of each start that converged, by surface and start."""
    name = f"{args.dir}/{protocol}-{dim}"
    command = [args.hspin, "sweep", "--out", f"{name}.run", "--protocol", protocol, "--dims", str(dim), "--instances",
               str(args.instances), "--starts", str(args.starts), "--seed", str(args.seed), *MORE.get(protocol, [])]
    if args.threads:
        command += ["--threads", str(args.threads)]
    subprocess.run(command, check=True, capture_output=True)
    found = {}
    for instance in range(args.instances):
        place = ["--dim", str(dim), "--instance", str(instance), "--points", "--force"]
        subprocess.run([args.hspin, "export", f"{name}.run", "--out", name, *place], check=True, capture_output=True)
        rows = [row for row in csv.DictReader(open(f"{name}/records.csv"))
                if (int(row["dim"]), int(row["instance"])) == (dim, instance)]
        for row, point in zip(rows, points(name, dim), strict=True):
            if converged(row):
                found[instance, int(row["start"])] = row, point
    return found


def energy(end):
    return float(end[0]["energy_per_spin"])


def overlap(a, b):
    return sum(map(float.__mul__, a[1], b[1])) / len(a[1])


def distinct(energies):
    """Polished energies of one minimum agree to rounding, those of two do not."""
    ordered = sorted(energies)
    return 1 + sum(b - a > 1e-10 for a, b in zip(ordered, ordered[1:]))


def by_surface(found):
    surfaces = defaultdict(list)
    for (instance, _), value in sorted(found.items()):
        surfaces[instance].append(value)
    return list(surfaces.values())


def with_error(values):
    return fmean(values), stdev(values) / len(values) ** 0.5


class Distance:
    """KS distance of one surface's pairs of energies, as often as wanted with other swaps."""

    def __init__(self, pairs):
        # Energies of one minimum, found twice, differ by rounding, which must not order them.
        values = [round(u, 9) for pair in pairs for u in pair]
        self.order = sorted(range(len(values)), key=values.__getitem__)
        ordered = [values[i] for i in self.order]
        self.last = [a != b for a, b in zip(ordered, ordered[1:])] + [True]
        self.count = len(pairs)

    def swapped(self, signs):
        """With the two ends of each pair swapped where its sign is -1."""
        steps = (-signs[i // 2] if i % 2 else signs[i // 2] for i in self.order)
        return max(map(abs, compress(accumulate(steps), self.last))) / self.count

    def drawn(self, draws):
        return self.swapped(draws.choices((1, -1), k=self.count))


def test(surfaces, swaps, draws):
    """Mean KS distance over surfaces, and its p-value by random swaps."""
    distances = [Distance(pairs) for pairs in surfaces]
    found = fmean(d.swapped([1] * d.count) for d in distances)
    beyond = sum(fmean(d.drawn(draws) for d in distances) >= found - 1e-12 for _ in range(swaps))
    return found, (1 + beyond) / (1 + swaps)


def power(surfaces, shift, draws):
    """Share of rejections at 5 % where the lower end of a start is the first protocol's so often that means differ by this."""
    apart = fmean(abs(a - b) for pairs in surfaces for a, b in pairs)
    if shift > apart:
        return None
    lower_first = 0.5 + 0.5 * shift / apart
    rejected = 0
    for _ in range(POWER_SETS):
        drawn = [[(min(pair), max(pair)) if draws.random() < lower_first else (max(pair), min(pair)) for pair in pairs]
                 for pairs in surfaces]
        rejected += test(drawn, POWER_SWAPS, draws)[1] <= 0.05
    return rejected / POWER_SETS


def by_chance(pairs):
    """Share of pairs of different starts that end at the same minimum, the first by one protocol, the second by the other."""
    a, b = ([round(energy(end), 9) for end in side] for side in zip(*pairs))
    same = sum(x == y for i, x in enumerate(a) for j, y in enumerate(b) if i != j)
    return same / (len(a) * (len(a) - 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("hspin")
    parser.add_argument("dir")
    parser.add_argument("pairs", nargs="*", default=PAIRS)
    parser.add_argument("--dims", default="100,200")
    parser.add_argument("--instances", type=int, default=20)
    parser.add_argument("--starts", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int)
    args = parser.parse_intermixed_args()
    os.makedirs(args.dir, exist_ok=True)
    dims = [int(dim) for dim in args.dims.split(",")]
    names = list(dict.fromkeys(name for pair in args.pairs for name in pair.split(":")))
    found = {}
    print("| Λ | protocol | gradients | u | sd | distinct |\n|---:|---|---:|---:|---:|---:|")
    for dim in dims:
        for name in names:
            found[dim, name] = ends(args, name, dim)
            surfaces = [[energy(end) for end in of_one] for of_one in by_surface(found[dim, name])]
            u, error = with_error([fmean(of_one) for of_one in surfaces])
            steps = fmean(1 + int(row["steps"]) for row, _ in found[dim, name].values())
            print(f"| {dim} | {name} | {steps:.0f} | {u:.4f} ± {error:.4f} | {fmean(map(stdev, surfaces)):.4f} | "
                  f"{fmean(map(distinct, surfaces)):.1f} |", flush=True)
    print(f"\n| Λ | pair | starts | difference | p of it | same | by chance | overlap | KS | p | power at differences of "
          f"{', '.join(map(str, SHIFTS))} |\n|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for dim in dims:
        for name in args.pairs:
            a, b = (found[dim, side] for side in name.split(":"))
            surfaces = by_surface({key: (a[key], b[key]) for key in a.keys() & b.keys()})
            pairs = [pair for of_one in surfaces for pair in of_one]
            differences = [fmean(energy(x) - energy(y) for x, y in of_one) for of_one in surfaces]
            difference, error = with_error(differences)
            overlaps = [overlap(x, y) for x, y in pairs]
            energies = [[(energy(x), energy(y)) for x, y in of_one] for of_one in surfaces]
            draws = random.Random(1)
            ks, p = test(energies, SWAPS, draws)
            seen = (power(energies, shift, draws) for shift in SHIFTS)
            seen = ", ".join("-" if share is None else f"{share:.2f}" for share in seen)
            print(f"| {dim} | {name} | {len(pairs)} | {difference:+.5f} ± {error:.5f} | "
                  f"{flip_test(differences):.4f} | "
                  f"{100 * fmean(o > SAME for o in overlaps):.1f} % | {100 * fmean(map(by_chance, surfaces)):.2f} % | "
                  f"{fmean(overlaps):.3f} | {ks:.4f} | {p:.4f} | {seen} |", flush=True)


if __name__ == "__main__":
    main()
