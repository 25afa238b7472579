"""Annealing against descent at H = 3: energies reached per gradient spent, on the same surfaces from the same starts.

python3 scripts/compare_annealing.py HSPIN DIR [DIMxINSTANCES,... [STARTS]]

Sweeps into DIR (resumable) and prints a row per size and protocol: gradients per start before the polish, mean energy per
spin with its error over surfaces, deviation over starts, share below -E_inf, and how much lower than the default sgd,
surface by surface. Gradients on a sample tensor count as one, as they cost as much as any.
"""
import csv
import subprocess
import sys
from collections import defaultdict
from statistics import fmean, stdev

THRESHOLD = 2 * (2 / 3) ** 0.5
PROTOCOLS = {
    "gd": ["--protocol", "gd"],
    "sgd": ["--preset", "paper"],
    "sgd, literal": ["--preset", "literal"],
    "anneal, 300 sweeps": ["--protocol", "anneal", "--sweeps", "300"],
    "anneal, 2000 sweeps": ["--protocol", "anneal", "--sweeps", "2000"],
    "anneal, 5000 sweeps": ["--protocol", "anneal", "--sweeps", "5000"],
}


def records(hspin, folder, name, dim, instances, starts):
    run = f"{folder}/{name.replace(', ', '-').replace(' ', '-')}-{dim}.run"
    sweep = [hspin, "sweep", "--out", run, "--dims", dim, "--instances", instances, "--starts", starts, "--no-points"]
    subprocess.run(sweep + PROTOCOLS[name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([hspin, "export", run, "--out", run + ".csv"], check=True, stderr=subprocess.DEVNULL)
    surfaces = defaultdict(list)
    for row in csv.DictReader(open(f"{run}.csv/records.csv")):
        if row["outcome"] == "converged":
            surfaces[int(row["instance"])].append((float(row["energy_per_spin"]), int(row["steps"])))
    return surfaces


def mean_and_error(values):
    return fmean(values), stdev(values) / len(values) ** 0.5


def main(hspin, folder, sizes="100x20,200x10,300x5", starts="48"):
    print("| \u039b | surfaces | protocol | gradients | u | error | sd | below \u2212E_\u221e | lower than sgd by | error |")
    print("|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for dim, instances in (size.split("x") for size in sizes.split(",")):
        base = {}
        for name in PROTOCOLS:
            base[name] = records(hspin, folder, name, dim, instances, starts)
        for name, surfaces in base.items():
            means = {key: fmean(u for u, _ in rows) for key, rows in surfaces.items()}
            flat = [row for rows in surfaces.values() for row in rows]
            u, error = mean_and_error(list(means.values()))
            gains = [fmean(u for u, _ in base["sgd"][key]) - mean for key, mean in means.items()]
            gain, gain_error = mean_and_error(gains)
            below = fmean(u < -THRESHOLD for u, _ in flat)
            print(f"| {dim} | {instances} | {name} | {fmean(steps for _, steps in flat):.0f} | {u:.4f} | {error:.4f} | "
                  f"{stdev(u for u, _ in flat):.4f} | {100 * below:.1f} % | {gain:.4f} | {gain_error:.4f} |", flush=True)


main(*sys.argv[1:])
