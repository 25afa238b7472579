"""Milliseconds per gradient per start: hspin against every method of methods.py, measured in turns.

python gradient.py THREADS [DIM …]
"""
import sys

import shared

THREADS, DIMS = int(sys.argv[1]), [int(dim) for dim in sys.argv[2:]] or [100, 200, 300]
shared.hold_to(THREADS)

import statistics
import time

import methods
import numpy as np
import timing

STARTS = 384
ROUNDS, SECONDS = 5, 0.12


def relative(a, b):
    """Largest difference over the largest value."""
    return float(np.abs(np.asarray(a) - b).max() / np.abs(b).max())


def agreement(Method, X, hspin, precision):
    """Relative difference of energies and gradients from hspin's, the larger of the two, at the first starts."""
    W = hspin.starts[: 4 if Method is methods.Elementwise else 48].astype({"f32": "f4", "f64": "f8"}[precision])
    energy, gradient = (values[: len(W)] for values in hspin.values(precision))
    found = np.asarray(Method(X.astype(W.dtype))(W))
    assert found.dtype == W.dtype
    return max(relative(found, gradient), relative((W * found).sum(1) / 3, energy))


def compare(Method, X, hspin):
    starts = hspin.starts.astype("f4")
    call, batch, _ = timing.fastest(Method(X.astype("f4")), starts, THREADS)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        time.sleep(0.05)
        ours.append(float(hspin.ask("time", "f32", THREADS, SECONDS)))
        theirs.append(timing.trial(call, starts[:batch], SECONDS))
    return {
        "method": Method.name,
        "dim": len(X),
        "threads": THREADS,
        "batch": batch,
        "shares": isinstance(call, timing.Shares),
        "ms": statistics.median(theirs),
        "hspin_ms": statistics.median(ours),
        "ratio": statistics.median(b / a for a, b in zip(ours, theirs)),
        "difference_f32": agreement(Method, X, hspin, "f32"),
        "difference_f64": agreement(Method, X, hspin, "f64"),
    }


def main():
    rows = []
    for dim in DIMS:
        X, hspin = shared.exported(dim), shared.Gradients(dim, STARTS)
        rows += [compare(Method, X, hspin) for Method in methods.ALL]
        hspin.close()
    print(f"Per gradient, f32, {shared.threads(THREADS)}, {shared.machine()}\n")
    names = ["method", "Λ", "batch", "ms", "hspin ms", "ratio", "differs f32", "differs f64"]
    keys = ["method", "dim", "batch", "ms", "hspin_ms", "ratio", "difference_f32", "difference_f64"]
    formats = dict(ms="{:.4f}", hspin_ms="{:.4f}", ratio="{:.2f} ×", difference_f32="{:.0e}", difference_f64="{:.0e}")
    shared.markdown(names, [[formats.get(key, "{}").format(row[key]) for key in keys] for row in rows])
    shared.save("-".join(map(str, ["gradient", THREADS, *DIMS])), rows)
    wrong = [row for row in rows if not (row["difference_f32"] <= 1e-5 and row["difference_f64"] <= 1e-12)]
    if wrong:
        sys.exit(f"gradients or energies disagree: {wrong}")


main()
