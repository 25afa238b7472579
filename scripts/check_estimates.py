#!/usr/bin/env python3
"""Time, memory and disk that `hspin sweep --dry-run` foretells, against what fifteen sweeps take.

    python3 scripts/check_estimates.py [--quick] [--time-factor X] [path to hspin]

Fails if one of the estimates is not within a factor of 1.5. A minute or two on two idle cores. On a machine that
others use, times need a wider bound: --time-factor sets theirs alone. --quick takes two of the sweeps.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FACTOR = 1.5
QUICK = ["H = 3, one thread", "H = 4"]
SPECS = {
    "H = 2": "--spins 2 --dims 200,400 --starts 200",
    "H = 3, small sizes": "--dims 25,50,100 --starts 500",
    "H = 3, one large size": "--dims 300 --starts 100",
    "H = 3, one thread": "--dims 50,150 --starts 200 --threads 1",
    "H = 4": "--spins 4 --dims 40,70 --starts 100",
    "H = 5": "--spins 5 --dims 15,30 --starts 60",
    "many surfaces": "--dims 25 --instances 400 --starts 20",
    "one start a surface": "--dims 25,100 --instances 300 --starts 1",
    "three starts a surface": "--dims 50 --instances 300 --starts 3",
    "one start on large surfaces": "--dims 300 --instances 4 --starts 1",
    "published constants": "--preset literal --dims 100,150 --starts 100",
    "gradient descent, no points": "--protocol gd --dims 200 --starts 150 --no-points",
    "limited-memory BFGS": "--protocol fast --dims 50,100,200 --starts 200",
    "limited-memory BFGS, large": "--protocol fast --dims 300 --starts 96",
    "saddles": "--protocol saddle --dims 30,60 --starts 100 --instances 2",
}


def foretold(hspin: Path, run: Path, flags: list[str]) -> dict:
    out = subprocess.run(
        [hspin, "sweep", "--out", run, *flags, "--dry-run", "--json"], check=True, capture_output=True
    )
    return json.loads(out.stdout)


def truth(hspin: Path, run: Path, flags: list[str]) -> dict:
    begin = time.monotonic()
    child = subprocess.Popen(
        [hspin, "sweep", "--out", run, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"hspin sweep {' '.join(flags)} ended with {child.returncode}")
    return {
        "seconds": time.monotonic() - begin,
        # Kilobytes on Linux, bytes on macOS.
        "memory_bytes": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "disk_bytes": run.stat().st_size,
    }


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("hspin", nargs="?", type=Path, default=Path("target/release/hspin"))
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--time-factor", type=float, default=FACTOR)
    asked = asked.parse_args()
    hspin = asked.hspin.resolve()
    factors = {"memory_bytes": FACTOR, "disk_bytes": FACTOR, "seconds": asked.time_factor}
    units = {"seconds": ("s", 1), "memory_bytes": ("MB", 1e6), "disk_bytes": ("MB", 1e6)}
    print(f"{'sweep':<28}" + "".join(f"{key.split('_')[0] + ' foretold/found':>34}" for key in factors))
    outside = []
    with tempfile.TemporaryDirectory() as folder:
        for name in QUICK if asked.quick else SPECS:
            run = Path(folder) / "estimate.run"
            said, found = (what(hspin, run, SPECS[name].split()) for what in (foretold, truth))
            run.unlink()
            line = f"{name:<28}"
            for key, factor in factors.items():
                unit, size = units[key]
                ratio = said[key] / found[key]
                line += f"{said[key] / size:>13.2f} /{found[key] / size:>7.2f} {unit:<2} ={ratio:>6.2f}"
                if not 1 / factor <= ratio <= factor:
                    outside.append(f"{name}: {key} {ratio:.2f}")
            print(line, flush=True)
    if outside:
        sys.exit("not within the factor asked:\n" + "\n".join(outside))


if __name__ == "__main__":
    main()
