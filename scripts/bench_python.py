"""Speeds that the Python package must reach, as ratios in one run: a batch of 1000 gradients at Λ = 200 against the library's
own time, a table of a million records, and the import.

python scripts/bench_python.py   (in an environment that has hspin; needs cargo for the library's own time)
"""
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import hspin as hs

root = Path(__file__).parents[1]
TURNS = 9


def library():
    text = subprocess.run(
        ["cargo", "bench", "--quiet", "--bench", "gradients"], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    return min(float(line) for line in text.split())


def package(surface, points):
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        surface.gradient(points)
        times.append(time.perf_counter() - begin)
    return min(times)


def started(code):
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begin


surface = hs.Surface(spins=3, dim=200, seed=1)
points = surface.random_points(1000)
library()
pairs = [(library(), package(surface, points)) for _ in range(TURNS)]
ratio = statistics.median(ours / theirs for theirs, ours in pairs)
print(f"1000 gradients at Λ = 200: library {min(a for a, _ in pairs):.4f} s, Python {min(b for _, b in pairs):.4f} s, "
      f"ratio {ratio:.3f} (median of {TURNS} turns; at most 1.05)")

imports = [(started("import numpy"), started("import hspin")) for _ in range(TURNS)]
beyond = statistics.median(ours - numpy for numpy, ours in imports)
print(f"import: {beyond:.3f} s beyond NumPy's (median of {TURNS} turns; at most 0.15)")

with tempfile.TemporaryDirectory() as folder:
    for kept in (False, True):
        run = hs.sweep(dims=[10], starts=50_000, instances=20, protocol="gd", points=kept, out=Path(folder) / f"{kept}.run")
        for form in ("numpy", "pandas", "polars", "arrow"):
            times = []
            for _ in range(3):
                begin = time.perf_counter()
                table = run.records(form)
                times.append(time.perf_counter() - begin)
            rows = len(table["energy"]) if form == "numpy" else len(table)
            points_too = "with points, distinct ones counted" if kept else "without points"
            print(f"records of {rows} rows {points_too}, {form}: {min(times):.2f} s (at most 3)")
            assert rows == 1_000_000 and np.isfinite(np.asarray(table["energy"])).all()
