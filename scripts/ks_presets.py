"""How far the default protocol's energies are from the literal one's, on the same surfaces and starts.

python3 scripts/ks_presets.py HSPIN DIR [DIMS [INSTANCES [STARTS]]]

Sweeps both presets into DIR (resumable) and prints, per size, the two-sample Kolmogorov–Smirnov distance
averaged over surfaces, the largest, and the mean difference of the energy per spin. For scale: two independent
samples of n starts of one law are 0.87·√(2/n) apart on average, 0.039 at n = 1000.
"""
import csv
import subprocess
import sys
from bisect import bisect_right
from collections import defaultdict


def energies(hspin, folder, preset, dims, instances, starts):
    run, out = f"{folder}/{preset}.run", f"{folder}/{preset}"
    sweep = [hspin, "sweep", "--out", run, "--preset", preset, "--dims", dims, "--no-points"]
    subprocess.run(sweep + ["--instances", instances, "--starts", starts], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([hspin, "export", run, "--out", out], check=True)
    surfaces = defaultdict(list)
    for row in csv.DictReader(open(f"{out}/records.csv")):
        if row["outcome"] == "converged":
            surfaces[int(row["dim"]), int(row["instance"])].append(float(row["energy_per_spin"]))
    return {surface: sorted(values) for surface, values in surfaces.items()}


def distance(a, b):
    return max(abs(bisect_right(a, x) / len(a) - bisect_right(b, x) / len(b)) for x in a + b)


def main(hspin, folder, dims="100,200", instances="10", starts="1000"):
    default, literal = (energies(hspin, folder, p, dims, instances, starts) for p in ("paper", "literal"))
    for dim in map(int, dims.split(",")):
        pairs = [(default[key], literal[key]) for key in literal if key[0] == dim]
        ks = [distance(a, b) for a, b in pairs]
        shift = [sum(a) / len(a) - sum(b) / len(b) for a, b in pairs]
        print(f"Λ = {dim}: {len(ks)} surfaces, KS mean {sum(ks) / len(ks):.4f}, largest {max(ks):.4f}, "
              f"mean shift of u {sum(shift) / len(shift):+.5f}")
        assert sum(ks) / len(ks) <= 0.1


main(*sys.argv[1:])
