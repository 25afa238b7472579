"""How far descents with other constants end from those of `literal`, on the same surfaces from the same starts.

python3 scripts/compare_presets.py HSPIN DIR [--dims 200,300,400] [--instances 20] [--starts 20] [--seed 1]
    [--threads N] [VARIANT …]

A VARIANT is a list of constants of the descent that differ from the published ones, such as
`cycles=100,full_steps=500,handover=1e-3`; without any, the default protocol is compared. Sweeps go to DIR and resume
there. Per size and variant it prints

    u - literal   mean difference of the energy per spin and its standard error over surfaces: per surface the mean
                  over starts that converge under both, so the spread between surfaces and starts cancels where the
                  two descents are alike
    p             two-sided, of the hypothesis that the difference is symmetric about 0: signs of the surfaces'
                  differences are flipped at random
    same          share of starts that end at the same minimum as under `literal`
    KS            two-sample Kolmogorov-Smirnov distance of the energies, mean over surfaces. Two *independent* samples
                  of n starts of one law are 0.87 sqrt(2/n) apart on average; these are paired, so they may be nearer
    gradients     mean steps of a start before the polish
    s/start       processor time of the whole sweep, draw, polish and index included, divided by the starts

With `--check` it ends with exit code 1 where a difference is beyond 3 standard errors plus 0.001.
"""
import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
from bisect import bisect_right
from collections import defaultdict
from statistics import fmean, stdev

PUBLISHED = "published"
# What the default's constants are is read from a dry run of it: none is repeated here.
DEFAULT = "default"
FLIPS = 20_000


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sweep(args, variant, dim):
    """Carries out one sweep, or what is left of it; returns its records and its processor time per start."""
    name = f"{args.dir}/{variant.replace('=', '-').replace(',', '_')}-{dim}"
    preset = "paper" if variant == DEFAULT else "literal"
    command = [args.hspin, "sweep", "--out", f"{name}.run", "--preset", preset, "--dims", str(dim), "--no-points",
               "--instances", str(args.instances), "--starts", str(args.starts), "--seed", str(args.seed)]
    if args.threads:
        command += ["--threads", str(args.threads)]
    if variant not in (PUBLISHED, DEFAULT):
        with open(f"{name}.toml", "w") as file:
            file.write("[descent]\n" + "\n".join(variant.split(",")) + "\n")
        command += ["--config", f"{name}.toml"]
    before = processor_seconds()
    subprocess.run(command, check=True, capture_output=True)
    spent = processor_seconds() - before
    # A sweep that resumed adds to what the earlier ones took.
    if os.path.exists(f"{name}.seconds"):
        spent += json.load(open(f"{name}.seconds"))
    json.dump(spent, open(f"{name}.seconds", "w"))
    subprocess.run([args.hspin, "export", f"{name}.run", "--out", name], check=True, capture_output=True)
    records = {}
    for row in csv.DictReader(open(f"{name}/records.csv")):
        records[int(row["instance"]), int(row["start"])] = row
    return records, spent / len(records)


def converged(row):
    return row["outcome"] == "converged"


def same_minimum(a, b):
    """Polished energies of one minimum agree to rounding, those of two do not; so do smallest eigenvalues."""
    near = lambda key, tolerance: abs(float(a[key]) - float(b[key])) <= tolerance
    return near("energy_per_spin", 1e-10) and near("min_eigenvalue", 1e-6)


def distance(a, b):
    # Energies of one minimum, found twice, differ by rounding, which must not order them.
    a, b = (sorted(round(u, 9) for u in of_one) for of_one in (a, b))
    return max(abs(bisect_right(a, x) / len(a) - bisect_right(b, x) / len(b)) for x in a + b)


def flip_test(differences):
    """Share of random sign flips whose mean is at least as far from 0 as the one that was found."""
    draws, seen = random.Random(1), abs(fmean(differences))
    flipped = (abs(fmean(d if draws.random() < 0.5 else -d for d in differences)) for _ in range(FLIPS))
    return (1 + sum(mean >= seen - 1e-15 for mean in flipped)) / (1 + FLIPS)


def compare(records, published):
    """Differences of u by surface, starts at the same minimum, pairs, and KS distances by surface."""
    pairs = defaultdict(list)
    for key, row in records.items():
        if converged(row) and converged(published[key]):
            pairs[key[0]].append((row, published[key]))
    u = lambda row: float(row["energy_per_spin"])
    shifts = [fmean(u(a) - u(b) for a, b in of_one) for of_one in pairs.values()]
    same = sum(same_minimum(a, b) for of_one in pairs.values() for a, b in of_one)
    count = sum(map(len, pairs.values()))
    ks = [distance([u(a) for a, _ in of_one], [u(b) for _, b in of_one]) for of_one in pairs.values()]
    return shifts, same / count, count, fmean(ks)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hspin")
    parser.add_argument("dir")
    parser.add_argument("variants", nargs="*", default=[DEFAULT])
    parser.add_argument("--dims", default="200,300,400")
    parser.add_argument("--instances", type=int, default=20)
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_intermixed_args()
    os.makedirs(args.dir, exist_ok=True)
    print(f"{args.instances} surfaces x {args.starts} starts, seed {args.seed}")
    print("dim  variant                                   u - literal            p    same   KS     gradients  s/start")
    far = False
    for dim in map(int, args.dims.split(",")):
        published, seconds = sweep(args, PUBLISHED, dim)
        steps = fmean(float(row["steps"]) for row in published.values())
        print(f"{dim:<4} literal{'':77}{steps:<10.0f} {seconds:.4f}", flush=True)
        for variant in args.variants or [DEFAULT]:
            records, seconds = sweep(args, variant, dim)
            shifts, same, count, ks = compare(records, published)
            mean, error = fmean(shifts), stdev(shifts) / len(shifts) ** 0.5
            steps = fmean(float(row["steps"]) for row in records.values())
            print(f"{dim:<4} {variant:41} {mean:+.5f} ± {error:.5f}  {flip_test(shifts):<6.4f} {100 * same:5.1f}%  "
                  f"{ks:.4f} {steps:<10.0f} {seconds:.4f}" + ("" if count == len(records) else
                  f"  ({len(records) - count} did not converge)"), flush=True)
            far |= abs(mean) > 3 * error + 0.001
    sys.exit(1 if args.check and far else 0)


if __name__ == "__main__":
    main()
